// SPDX-License-Identifier: Apache-2.0
// Targets and initiators of another bus width.
#include "flexv/width_adapter.hpp"
#include "unit/cosim/chip.hpp"

#include <tlm_utils/simple_initiator_socket.h>

using namespace flexv;
using namespace flexv::test;

namespace {

/// A memory that is 64 bits wide.
struct WideMemory final : sc_core::sc_module {
    tlm_utils::simple_target_socket<WideMemory, 64> in{"in"};
    std::vector<unsigned char> bytes = std::vector<unsigned char>(4096);
    unsigned debug_accesses = 0;

    explicit WideMemory(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &WideMemory::b_transport);
        in.register_transport_dbg(this, &WideMemory::transport_dbg);
    }
    unsigned move(tlm::tlm_generic_payload& trans) {
        unsigned char* const place = &bytes.at(trans.get_address());
        if (trans.is_write())
            std::memcpy(place, trans.get_data_ptr(), trans.get_data_length());
        else
            std::memcpy(trans.get_data_ptr(), place, trans.get_data_length());
        return trans.get_data_length();
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_time& /*delay*/) {
        move(trans);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) {
        ++debug_accesses;
        return move(trans);
    }
};

/// Writes eight bytes once, as one beat of its bus.
struct WideMaster final : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<WideMaster, 64> out{"out"};
    u64 data = 0x0706'0504'0302'0100;
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;

    explicit WideMaster(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(WideMaster);
        SC_THREAD(run);
    }
    void run() {
        tlm::tlm_generic_payload trans;
        sc_time delay;
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_address(kWindow + 0x10);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
        trans.set_data_length(sizeof data);
        trans.set_streaming_width(sizeof data);
        out->b_transport(trans, delay);
        status = trans.get_response_status();
    }
};

}  // namespace

TEST_CASE("a target of 64 bits stands behind an adapter, and an initiator before one", "[cosim]") {
    Chip chip(chip_configuration(kTwoCores));
    WidthAdapter<32, 64> widen("widen");
    WidthAdapter<64, 32> narrow("narrow");
    WideMemory memory("memory");
    WideMaster master("master");
    chip.soc.outside.window("device").bind(widen.in);
    widen.out.bind(memory.in);
    master.out.bind(narrow.in);
    narrow.out.bind(chip.soc.outside.add_entrance("master"));

    // Byte 5 of what the master has written, and back into the upper half of another double word.
    chip.start({load_constant("a1", kWindow),
                {"lbu a0, 0x15(a1)", "beq a0, x0, -4", "sb a0, 0x2f(a1)", "lw a0, 0x2c(a1)",
                 "srli a0, a0, 24"},
                end_with_a0()});
    sc_core::sc_start();

    CHECK(master.status == tlm::TLM_OK_RESPONSE);
    CHECK(chip.soc.exit_code() == 5U);
    CHECK(memory.bytes[0x2f] == 5);
    CHECK(chip.word(kWindow + 0x14) == 0x0706'0504);
    CHECK(memory.debug_accesses > 0);
}
