// SPDX-License-Identifier: Apache-2.0
// Between sockets of different BUSWIDTH, which TLM-2.0 does not let bind: all sockets of the
// platform are 32 bits wide. On a little-endian host a generic payload is the same at every width
// (IEEE 1666, 14.18), so everything passes as it is, in both directions:
//
//     flexv::WidthAdapter<32, 64> wide("wide");  // your target is 64 bits wide
//     chip.external_out("mine").bind(wide.in);
//     wide.out.bind(device.socket);
//
// For an initiator of 64 bits in front of external_in() it is a WidthAdapter<64, 32>.
#pragma once

#include <systemc>
#include <tlm>

namespace flexv {

/// \tparam From bits of `in`
/// \tparam To bits of `out`
template <unsigned From, unsigned To>
class WidthAdapter final : public sc_core::sc_module,
                           private tlm::tlm_fw_transport_if<>,
                           private tlm::tlm_bw_transport_if<> {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                  "on a big-endian host payloads depend on the width");

public:
    tlm::tlm_target_socket<From> in{"in"};     ///< to bind to the initiator
    tlm::tlm_initiator_socket<To> out{"out"};  ///< to the target

    explicit WidthAdapter(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.bind(*this);
        out.bind(*this);
    }

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) override {
        out->b_transport(trans, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return out->nb_transport_fw(trans, phase, delay);
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return in->nb_transport_bw(trans, phase, delay);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) override {
        return out->transport_dbg(trans);
    }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) override {
        return out->get_direct_mem_ptr(trans, dmi);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
        in->invalidate_direct_mem_ptr(first, last);
    }
};

}  // namespace flexv
