// SPDX-License-Identifier: Apache-2.0
// Tightly coupled data memory: word-interleaved banks behind a full crossbar. One access a bank and
// cycle; who loses waits. Cores and DMA ask through `initiators_in`, everybody else through
// `bus_in`.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "base/round_robin.hpp"
#include "base/tcdm_target.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <vector>

namespace flexv::tcdm {

class Tcdm final : public Module, public TcdmTarget, private Agent {
public:
    struct Config {
        u32 size_bytes = 128 << 10;     ///< power of two, 16 KiB..1 MiB
        u32 bank_count = 16;            ///< power of two, at most 64
        u32 port_count = 16;            ///< crossbar width: 16 or 32, a power of two
        Cycles bus_latency_cycles = 1;  ///< first word for a master on `bus_in`; later words 1 each
    };

    static constexpr Address kTestAndSet = 1U << 20;  ///< address bit of the test-and-set view

    sc_core::sc_export<TcdmTarget> initiators_in{"initiators_in"};
    tlm_utils::simple_target_socket<Tcdm> bus_in{"bus_in"};

    Tcdm(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void reset() override;
    void serialize(StateArchive& archive) override;

    [[nodiscard]] u64 conflicts_of_bank(unsigned bank) const { return bank_conflicts_.at(bank); }

private:
    void act(Cycles now) override;
    void code_written(u32 offset, u32 bytes) override;
    void take_alone(unsigned port, unsigned bank, bool is_write) override;
    void add_bank_counters();
    [[gnu::noinline]] void serve(u32 ports, Cycles now);
    void grant(unsigned port, Cycles now);
    void grant_alone(unsigned port, Cycles now);
    void arbitrate(u32 ports, Cycles now);

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    unsigned copy(tlm::tlm_generic_payload& trans, bool has_side_effects);

    const Config config_;
    ClockDomain& clock_;
    std::vector<RoundRobin> arbiters_;    // [bank]
    std::vector<u64> bank_conflicts_;     // [bank]
    std::array<Counter*, 2> accesses_{};  // [is_write]
    Counter reads_{*this, "reads", "32-bit words read from a bank"};
    Counter writes_{*this, "writes", "32-bit words written to a bank, whole or in part"};
    Counter conflicts_{*this, "conflicts",
                       "lost arbitrations: port-cycles spent waiting for a bank"};
};

}  // namespace flexv::tcdm
