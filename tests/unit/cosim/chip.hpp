// SPDX-License-Identifier: Apache-2.0
// A chip with little programs beside modules of somebody else, in one simulation. The clock is
// 500 MHz, so a cycle is 2 ns.
#pragma once

#include "isa/tools/assembler.hpp"
#include "platform/config/configuration_reader.hpp"
#include "platform/system/soc.hpp"
#include "support/tlm_checker.hpp"

#include <tlm_utils/simple_target_socket.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flexv::test {

using sc_core::SC_NS;
using sc_core::sc_time;

inline constexpr Address kEntry = 0x1c00'0080;
inline constexpr Address kWindow = 0x2000'0000;
inline constexpr Address kSlot = 0x1020'2400;
inline constexpr double kCycleNs = 2;

/// A value into a register by two instructions.
inline std::vector<std::string> load_constant(const std::string& reg, u32 value) {
    const u32 low = value & 0xfff;
    const i32 signed_low = low >= 0x800 ? i32(low) - 0x1000 : i32(low);
    const u32 high = (value - u32(signed_low)) >> 12;
    return {fmt::format("lui {}, {:#x}", reg, high),
            fmt::format("addi {}, {}, {}", reg, reg, signed_low)};
}

inline platform::Configuration chip_configuration(const std::string& text, u64 quantum = 1000) {
    platform::LoadedConfiguration loaded;
    platform::apply_json(loaded, text, "test");
    platform::check_consistency(loaded);
    loaded.values.clock = {.mhz = 500};
    loaded.values.simulation.quantum_cycles = Cycles{quantum};
    return loaded.values;
}

/// One window of each kind, one core.
inline constexpr const char* kWindows = R"({"soc": {
    "cluster": {"core_count": 1, "external_out":
        [{"name": "slot", "base": "0x10202400", "size_bytes": "1 KiB"}]},
    "external_out": [{"name": "device", "base": "0x20000000", "size_bytes": "4 KiB"}]}})";
inline constexpr const char* kTwoCores = R"({"soc": {"cluster": {"core_count": 2},
    "external_out": [{"name": "device", "base": "0x20000000", "size_bytes": "4 KiB"}]}})";

struct Chip {
    platform::Soc soc;

    explicit Chip(const platform::Configuration& configuration,
                  platform::RunControl& control = platform::RunControl::nobody())
        : soc("soc", configuration, std::make_unique<platform::CoreWiring>(), control) {}

    /// Puts `parts` behind each other at the entry and starts all cores there. Behind the last
    /// binding.
    void start(const std::vector<std::vector<std::string>>& parts) {
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        put(kEntry, parts);
        soc.boot(kEntry);
    }
    void put(Address address, const std::vector<std::vector<std::string>>& parts) {
        for (const auto& part : parts)
            for (const std::string& line : part) {
                const u32 word = isa::assemble(line);
                REQUIRE(soc.write(address, &word, 4) == 4);
                address += 4;
            }
    }
    u32 word(Address address) { return soc.peek(address).value(); }
};

/// Ends with what is in a0.
inline std::vector<std::string> end_with_a0() {
    return {"lui t6, 0x10200", "sw a0, 0x100(t6)", "addi t5, x0, 1", "sw t5, 0(t6)", "jal x0, 0"};
}

/// Somebody else's target: a memory of 4 KiB whose accesses a test may shape.
class Device final : public sc_core::sc_module {
public:
    struct Seen {
        u64 address = 0;
        bool is_write = false;
        u32 data = 0;
        sc_time time;  ///< SystemC's and the annotated one
    };

    tlm_utils::simple_target_socket<Device> in{"in"};
    TlmChecker checker{"checker"};

    explicit Device(const sc_core::sc_module_name& name) : sc_core::sc_module(name), bytes(4096) {
        checker.out.bind(in);
        in.register_b_transport(this, &Device::b_transport);
        in.register_transport_dbg(this, &Device::transport_dbg);
    }
    ~Device() override { CHECK(checker.violations == std::vector<std::string>{}); }

    u32 word(u64 offset) const {
        u32 value = 0;
        std::memcpy(&value, &bytes[offset], sizeof value);
        return value;
    }
    void set_word(u64 offset, u32 value) { std::memcpy(&bytes[offset], &value, sizeof value); }

    /// Before the data is moved; may wait, add delay, set a status and then return false.
    std::function<bool(tlm::tlm_generic_payload& trans, sc_time& delay)> on_access;
    std::vector<unsigned char> bytes;
    std::vector<Seen> seen;

private:
    unsigned move(tlm::tlm_generic_payload& trans) {
        const u64 address = trans.get_address();
        const unsigned length = trans.get_data_length();
        if (address + length > bytes.size())
            return 0;
        if (trans.is_write())
            std::memcpy(&bytes[address], trans.get_data_ptr(), length);
        else
            std::memcpy(trans.get_data_ptr(), &bytes[address], length);
        return length;
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_time& delay) {
        Seen access{.address = trans.get_address(),
                    .is_write = trans.is_write(),
                    .time = sc_core::sc_time_stamp() + delay};
        if (trans.is_write())
            std::memcpy(&access.data, trans.get_data_ptr(), std::min(trans.get_data_length(), 4U));
        seen.push_back(access);
        if (on_access && !on_access(trans, delay))
            return;
        trans.set_response_status(move(trans) == 0 ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                   : tlm::TLM_OK_RESPONSE);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) { return move(trans); }
};

}  // namespace flexv::test
