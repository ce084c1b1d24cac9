// SPDX-License-Identifier: Apache-2.0
// From TLM-2.0 to the pins of an APB peripheral (AMBA 3) that Verilator has translated: one
// transfer at a time, by the protocol's cycles, with as many wait states as the block asks for.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <verilated.h>
#include <verilated_vcd_c.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <systemc>
#include <tlm>

template <class Rtl>
class ApbBlock final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<ApbBlock> in{"in"};
    sc_core::sc_out<bool> irq_out{"irq_out"};

    /// \param wave a file for the block's signals (VCD, in ps), empty for none
    ApbBlock(const sc_core::sc_module_name& name, const sc_core::sc_time& period,
             const std::string& wave)
        : sc_core::sc_module(name), half_period_(period / 2) {
        in.register_b_transport(this, &ApbBlock::b_transport);
        if (!wave.empty()) {
            context_.traceEverOn(true);
            rtl_.trace(&wave_, kAllLevels);
            wave_.set_time_unit("1ps");
            wave_.set_time_resolution("1ps");
            wave_.open(wave.c_str());
        }
        SC_HAS_PROCESS(ApbBlock);
        SC_THREAD(run_clock);
        this->set_stack_size(kStackBytes);
    }
    ~ApbBlock() override {
        rtl_.final();
        wave_.close();
    }

private:
    static constexpr int kAllLevels = 99;
    static constexpr int kStackBytes = 256 << 10;
    static constexpr unsigned kResetCycles = 2;

    void run_clock() {
        for (unsigned cycle = 0;; ++cycle) {
            rtl_.presetn = cycle >= kResetCycles;
            rtl_.pclk = 0;
            rtl_.eval();
            dump();
            wait(half_period_);
            // What the edge sees.
            const bool has_ended = rtl_.psel && rtl_.penable && rtl_.pready;
            data_ = rtl_.prdata;
            is_error_ = rtl_.pslverr;
            rtl_.pclk = 1;
            rtl_.eval();
            irq_out.write(rtl_.irq);
            if (has_ended)
                transfer_ended_.notify();
            clock_rose_.notify();
            wait(sc_core::SC_ZERO_TIME);  // who waits for the edge has changed the pins
            rtl_.eval();
            dump();
            wait(half_period_);
        }
    }

    void dump() {
        const sc_core::sc_time unit(1, sc_core::SC_PS);
        if (wave_.isOpen())
            wave_.dump(std::uint64_t(sc_core::sc_time_stamp() / unit));
    }

    /// Setup and access phase of each word (APB knows nothing shorter); the caller waits meanwhile.
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        if (trans.get_data_length() != 4 || trans.get_address() % 4 != 0) {
            trans.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
            return;
        }
        wait(delay);
        delay = sc_core::SC_ZERO_TIME;
        bus_.lock();
        wait(clock_rose_);
        rtl_.psel = 1;
        rtl_.penable = 0;
        rtl_.pwrite = trans.is_write();
        rtl_.paddr = static_cast<std::uint32_t>(trans.get_address());
        if (trans.is_write())
            std::memcpy(&rtl_.pwdata, trans.get_data_ptr(), 4);
        wait(clock_rose_);
        rtl_.penable = 1;
        wait(transfer_ended_);
        rtl_.psel = 0;
        rtl_.penable = 0;
        if (trans.is_read())
            std::memcpy(trans.get_data_ptr(), &data_, 4);
        trans.set_response_status(is_error_ ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                            : tlm::TLM_OK_RESPONSE);
        bus_.unlock();
    }

    const sc_core::sc_time half_period_;
    VerilatedContext context_;
    Rtl rtl_{&context_};
    VerilatedVcdC wave_;
    std::uint32_t data_ = 0;
    bool is_error_ = false;
    sc_core::sc_mutex bus_;
    sc_core::sc_event clock_rose_;
    sc_core::sc_event transfer_ended_;
};
