// SPDX-License-Identifier: Apache-2.0
// Two initiators for tests: one for any TLM-2.0 target socket, one for the cycle-exact port of a
// block.
#pragma once

#include "base/data_port.hpp"
#include "base/units.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::test {

/// Completes the binding of all sockets without letting time pass; once, before the first access.
inline void elaborate() { sc_core::sc_start(sc_core::SC_ZERO_TIME); }

struct Reply {
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    u32 data = 0;
    sc_core::sc_time delay;

    [[nodiscard]] bool is_ok() const { return status == tlm::TLM_OK_RESPONSE; }
};

/// A payload with a length and no extras; tests bend it further.
struct Payload : tlm::tlm_generic_payload {
    Payload(tlm::tlm_command command, u64 address, u8* data, unsigned bytes) {
        set_command(command);
        set_address(address);
        set_data_ptr(data);
        set_data_length(bytes);
        set_streaming_width(bytes);
    }
};

class BusMaster final : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<BusMaster> out{"out"};

    explicit BusMaster(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}

    u32 read32(u64 address) { return expect_ok(read(address, 4)).data; }
    u16 read16(u64 address) { return u16(expect_ok(read(address, 2)).data); }
    u8 read8(u64 address) { return u8(expect_ok(read(address, 1)).data); }
    void write32(u64 address, u32 data) { expect_ok(write(address, data, 4)); }
    void write16(u64 address, u16 data) { expect_ok(write(address, data, 2)); }
    void write8(u64 address, u8 data) { expect_ok(write(address, data, 1)); }

    /// Up to 4 bytes; the status is the caller's business.
    Reply read(u64 address, unsigned bytes, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        return access(tlm::TLM_READ_COMMAND, address, 0, bytes, delay);
    }
    Reply write(u64 address, u32 data, unsigned bytes,
                sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        return access(tlm::TLM_WRITE_COMMAND, address, data, bytes, delay);
    }

    /// The bytes that the target gave, which may be fewer than wanted.
    std::vector<u8> debug_read(u64 address, unsigned bytes) {
        std::vector<u8> data(bytes, 0xa5);
        Payload trans(tlm::TLM_READ_COMMAND, address, data.data(), bytes);
        data.resize(out->transport_dbg(trans));
        return data;
    }
    u32 debug_read32(u64 address) {
        const std::vector<u8> data = debug_read(address, 4);
        REQUIRE(data.size() == 4);
        return u32(data[0]) | u32(data[1]) << 8 | u32(data[2]) << 16 | u32(data[3]) << 24;
    }
    unsigned debug_write(u64 address, std::vector<u8> data) {
        Payload trans(tlm::TLM_WRITE_COMMAND, address, data.data(), unsigned(data.size()));
        return out->transport_dbg(trans);
    }
    void debug_write32(u64 address, u32 data) {
        REQUIRE(debug_write(address, {u8(data), u8(data >> 8), u8(data >> 16), u8(data >> 24)}) ==
                4);
    }

private:
    Reply access(tlm::tlm_command command, u64 address, u32 data, unsigned bytes,
                 sc_core::sc_time delay) {
        std::array<u8, 4> buffer = {u8(data), u8(data >> 8), u8(data >> 16), u8(data >> 24)};
        Payload trans(command, address, buffer.data(), bytes);
        out->b_transport(trans, delay);
        u32 result = 0;
        for (unsigned i = 0; i < bytes && i < 4; ++i)
            result |= u32(buffer[i]) << (8 * i);
        return {.status = trans.get_response_status(), .data = result, .delay = delay};
    }
    static Reply expect_ok(const Reply& reply) {
        REQUIRE(reply.status == tlm::TLM_OK_RESPONSE);
        return reply;
    }
};

/// A core's load/store unit as the targets inside the cluster see it; answers are kept, not used.
class DataMaster final : public DataInitiator {
public:
    explicit DataMaster(unsigned port = 0) : port_(port) {}

    void granted(Cycles now, u32 answer) override {
        granted_at = now;
        data = answer;
    }
    void refused(Cycles /*now*/, const std::string& what) override { refusal = what; }
    [[nodiscard]] unsigned port() const override { return port_; }

    /// Loads that are answered in the same cycle.
    u32 read32(DataTarget& target, Address address, Cycles now) {
        return access(target, {.address = address}, now);
    }
    void write32(DataTarget& target, Address address, u32 value, Cycles now) {
        access(target, {.address = address, .data = value, .is_write = true}, now);
    }
    u32 access(DataTarget& target, const DataRequest& request, Cycles now) {
        granted_at.reset();
        refusal.clear();
        target.request(*this, request, now);
        REQUIRE((granted_at == now || !refusal.empty()));
        return data;
    }

    std::optional<Cycles> granted_at;
    u32 data = 0;
    std::string refusal;

private:
    const unsigned port_;
};

}  // namespace flexv::test
