// SPDX-License-Identifier: Apache-2.0
// What every TLM-2.0 target of the platform promises, as checks for any socket: nothing is moved by
// a payload that it refuses, and a debug access leaves no trace.
#pragma once

#include "base/module.hpp"
#include "support/bus_master.hpp"

#include <utility>

namespace flexv::test {

struct BusContract {
    u64 size_bytes = 0;    ///< first address that is out of range
    u64 plain_offset = 0;  ///< a word that can be read again and again with the same result
    bool refuses_unaligned = true;  ///< words across a word boundary; memories may take them
    bool refuses_odd_lengths = true;
    bool refuses_byte_enables = true;
    bool allows_dmi = false;
};

namespace detail {

/// Sends `trans` to the target with a buffer that must stay as it is.
inline void check_refused(BusMaster& master, tlm::tlm_generic_payload& trans) {
    std::array<u8, 8> buffer;
    buffer.fill(0xa5);
    const auto before = buffer;
    trans.set_data_ptr(buffer.data());
    sc_core::sc_time delay(7, sc_core::SC_NS);

    master.out->b_transport(trans, delay);

    CHECK(trans.is_response_error());
    CHECK(trans.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE);
    CHECK(buffer == before);
    CHECK(delay >= sc_core::sc_time(7, sc_core::SC_NS));
}

inline void check_refused(BusMaster& master, u64 address, unsigned bytes) {
    for (const auto command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND}) {
        CAPTURE(address, bytes, command);
        Payload trans(command, address, nullptr, bytes);
        check_refused(master, trans);
    }
}

inline std::vector<u64> counts_of(const Module& module) {
    std::vector<u64> counts;
    for (const CounterInfo& counter : module.counters())
        counts.push_back(counter.value());
    return counts;
}

}  // namespace detail

inline void check_addresses(BusMaster& master, const BusContract& contract) {
    using detail::check_refused;
    check_refused(master, contract.size_bytes, 4);
    check_refused(master, contract.size_bytes + 0x1000, 4);
    check_refused(master, (u64{1} << 32) + contract.plain_offset, 4);
    check_refused(master, ~u64{0} - 3, 4);
    check_refused(master, contract.size_bytes - 2, 4);
    if (contract.refuses_unaligned)
        for (const u64 skew : {1U, 2U, 3U})
            check_refused(master, contract.plain_offset + skew, 4);
}

inline void check_shapes(BusMaster& master, const BusContract& contract) {
    detail::check_refused(master, contract.plain_offset, 0);
    if (contract.refuses_odd_lengths)
        detail::check_refused(master, contract.plain_offset, 3);

    Payload streaming(tlm::TLM_READ_COMMAND, contract.plain_offset, nullptr, 4);
    streaming.set_streaming_width(2);
    detail::check_refused(master, streaming);

    std::array<u8, 4> lanes = {0xff, 0, 0, 0};
    Payload enabled(tlm::TLM_READ_COMMAND, contract.plain_offset, nullptr, 4);
    enabled.set_byte_enable_ptr(lanes.data());
    enabled.set_byte_enable_length(4);
    if (contract.refuses_byte_enables)
        detail::check_refused(master, enabled);
}

/// A debug access moves neither time nor counters and shows what a read of a plain word shows.
inline void check_debug(BusMaster& master, const BusContract& contract, const Module& module) {
    const u32 expected = master.read32(contract.plain_offset);
    const auto counts = detail::counts_of(module);
    const sc_core::sc_time time = sc_core::sc_time_stamp();

    CHECK(master.debug_read32(contract.plain_offset) == expected);
    CHECK(master.debug_read32(contract.plain_offset) == expected);
    CHECK(master.debug_read(contract.size_bytes, 4).empty());
    CHECK(master.debug_read(contract.size_bytes - 4, 8).size() == 4);
    CHECK(master.debug_write(contract.size_bytes, {1, 2, 3, 4}) == 0);

    CHECK(detail::counts_of(module) == counts);
    CHECK(sc_core::sc_time_stamp() == time);
    CHECK(master.read32(contract.plain_offset) == expected);
}

/// A read only adds to the delay, never waits, and offers DMI only where that was asked for.
inline void check_delay(BusMaster& master, const BusContract& contract) {
    const sc_core::sc_time before(123, sc_core::SC_NS);
    sc_core::sc_time delay = before;
    std::array<u8, 4> buffer{};
    Payload trans(tlm::TLM_READ_COMMAND, contract.plain_offset, buffer.data(), 4);

    master.out->b_transport(trans, delay);

    CHECK(trans.is_response_ok());
    CHECK(delay >= before);
    CHECK((contract.allows_dmi || !trans.is_dmi_allowed()));
}

/// All of it; the sockets must be bound and elaborate() called.
inline void check_bus_contract(BusMaster& master, const BusContract& contract,
                               const Module& module) {
    check_addresses(master, contract);
    check_shapes(master, contract);
    check_debug(master, contract, module);
    check_delay(master, contract);
}

}  // namespace flexv::test
