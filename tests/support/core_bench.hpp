// SPDX-License-Identifier: Apache-2.0
// One core with a TCDM, a code memory and devices that answer as told: enough to run a few lines of
// assembler and look at cycles and registers.
#pragma once

#include "base/error.hpp"
#include "core/core.hpp"
#include "isa/tools/assembler.hpp"
#include "tcdm/tcdm.hpp"

#include <tlm_utils/simple_target_socket.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace flexv::test {

/// Code from 0x1c000000 on, the TCDM at 0x10000000, nothing elsewhere; debug and DMI access only.
class CodeMemory final : public sc_core::sc_module {
public:
    static constexpr Address kBase = 0x1c00'0000;
    static constexpr Address kTcdm = 0x1000'0000;

    tlm_utils::simple_target_socket<CodeMemory> bus_in{"bus_in"};
    tlm_utils::simple_initiator_socket<CodeMemory> tcdm_out{"tcdm_out"};

    CodeMemory(const sc_core::sc_module_name& name, tcdm::Tcdm& memory)
        : sc_core::sc_module(name), words(4096), tcdm_(memory) {
        bus_in.register_transport_dbg(this, &CodeMemory::transport_dbg);
        bus_in.register_get_direct_mem_ptr(this, &CodeMemory::get_direct_mem_ptr);
        bus_in.register_b_transport(this, &CodeMemory::b_transport);
        tcdm_out.register_invalidate_direct_mem_ptr(this, &CodeMemory::invalidate);
        tcdm_out.bind(memory.bus_in);
    }

    std::vector<u32> words;

private:
    void b_transport(tlm::tlm_generic_payload& /*trans*/, sc_core::sc_time& /*delay*/) {}
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) {
        const u64 address = trans.get_address();
        const unsigned length = trans.get_data_length();
        if (address >= kBase && address + length <= kBase + words.size() * 4) {
            std::memcpy(trans.get_data_ptr(),
                        reinterpret_cast<char*>(words.data()) + (address - kBase), length);
            return length;
        }
        if (address >= kTcdm && address + length <= kTcdm + tcdm_.size_bytes()) {
            std::memcpy(trans.get_data_ptr(), tcdm_.storage() + (address - kTcdm), length);
            return length;
        }
        return 0;
    }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
        if (trans.get_address() < kTcdm || trans.get_address() >= kTcdm + tcdm_.size_bytes())
            return false;
        trans.set_address(trans.get_address() - kTcdm);
        return tcdm_out->get_direct_mem_ptr(trans, dmi);
    }
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) {
        bus_in->invalidate_direct_mem_ptr(kTcdm + start, kTcdm + end);
    }

    tcdm::Tcdm& tcdm_;
};

/// A device that grants `delay` cycles after the request, or never; remembers what was asked.
class Device final : public sc_core::sc_module, public DataTarget, private Agent {
public:
    sc_core::sc_export<DataTarget> in{"in"};

    Device(const sc_core::sc_module_name& name, ClockDomain& clock)
        : sc_core::sc_module(name), clock_(clock) {
        in.bind(*this);
        clock_.timeline.add(*this);
    }

    void request(DataInitiator& initiator, const DataRequest& asked, Cycles now) override {
        requests.push_back(asked);
        cycles.push_back(now);
        initiator_ = &initiator;
        if (stops)
            clock_.timeline.stop();
        if (refuses)
            initiator.refused(now, "nothing is here");
        else if (delay == 0)
            initiator.granted(now, data);
        else if (delay != kNever)
            clock_.timeline.schedule(*this, now + delay);
    }
    void cancel(DataInitiator&, Cycles) override {}
    [[nodiscard]] std::string waits_for(const DataInitiator&) const override { return "a device"; }
    void act(Cycles now) override { initiator_->granted(now, data); }

    Cycles delay = 0;
    u32 data = 0;
    bool refuses = false;
    bool stops = false;
    std::vector<DataRequest> requests;
    std::vector<Cycles> cycles;

private:
    ClockDomain& clock_;
    DataInitiator* initiator_ = nullptr;
};

class CoreBench {
public:
    static constexpr Address kEntry = CodeMemory::kBase + 0x80;
    static constexpr Address kData = CodeMemory::kTcdm + 0x100;

    ClockDomain clock;
    isa::Decoder decoder;
    core::DecodeCache code;
    core::Core core;
    Device event_unit{"event_unit", clock};
    Device dma{"dma", clock};
    Device peripheral{"peripheral", clock};
    tcdm::Tcdm tcdm;
    CodeMemory memory;

    explicit CoreBench(const char* subset = "flexv", bool has_quirks = false)
        : decoder(isa::isa_subset(subset).value()),
          code("code", decoder, {.translation = translation()}),
          core("core", clock, code, {.index = 0, .hartid = 5, .has_quirks = has_quirks}),
          tcdm("tcdm", clock, {}),
          memory("memory", tcdm) {
        code.code_out.bind(memory.bus_in);
        core.tcdm_out(tcdm.initiators_in);
        core.event_unit_out(event_unit.in);
        core.dma_out(dma.in);
        core.peripheral_out(peripheral.in);
        peripheral.stops = true;
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

    /// Whatever a test executes is translated, too, and both are compared.
    static core::translation::Settings translation() {
        return core::translation::Settings::of(can_translate() ? Translate::check : Translate::off);
    }
    /// Puts `lines` at `address`, one 32-bit instruction each; targets are offsets.
    void put(Address address, const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            memory.words.at((address - CodeMemory::kBase) / 4) = isa::assemble(line);
            address += 4;
        }
    }
    /// Runs `lines` from the entry to a final store to the peripheral; a0 holds kData, a1 the
    /// peripheral's address. Returns the cycles of the lines: those between the store before
    /// them and the store behind them, less the last store's own cycle.
    Cycles run(std::vector<std::string> lines, Cycles limit = 100'000) {
        std::vector<std::string> program = {"lui a0, 0x10000", "addi a0, a0, 0x100",
                                            "lui a1, 0x1a100", "sw x0, 0(a1)"};
        program.insert(program.end(), lines.begin(), lines.end());
        program.push_back("sw x0, 4(a1)");
        program.push_back("jal x0, 0");
        put(kEntry, program);
        core.start(kEntry, 0);
        clock.timeline.run_until(limit);
        clock.timeline.run_until(limit);
        REQUIRE(peripheral.cycles.size() == 2);
        return peripheral.cycles[1] - peripheral.cycles[0] - 1;
    }
    u32 x(unsigned index) const { return core.hart().x.at(index); }
    u32 word(Address address) {
        u32 value = 0;
        std::memcpy(&value, tcdm.storage() + (address & (tcdm.size_bytes() - 1)), sizeof value);
        return value;
    }
    void set_word(Address address, u32 value) {
        std::memcpy(tcdm.storage() + (address & (tcdm.size_bytes() - 1)), &value, sizeof value);
    }
};

}  // namespace flexv::test
