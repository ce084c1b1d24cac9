// SPDX-License-Identifier: Apache-2.0
// Somebody else's simulation: the platform and a target of a few lines. Takes what `flexv-vp run`
// does.
#include <tlm_utils/simple_target_socket.h>

#include <flexv/flexv.hpp>

struct Device : sc_core::sc_module {
    tlm_utils::simple_target_socket<Device> in{"in"};
    explicit Device(const sc_core::sc_module_name& name) : sc_module(name) {
        in.register_b_transport(this, &Device::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& /*delay*/) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

int sc_main(int argc, char* argv[]) {
    flexv::Configuration configuration;
    configuration.set("soc.external_out",
                      R"([{"name": "device", "base": "0x20000000", "size_bytes": 4096}])");
    flexv::Platform chip("chip", configuration, argv[1]);
    chip.ask({argv + 2, argv + argc});
    Device device("device");
    chip.external_out("device").bind(device.in);
    return flexv::library_version() == flexv::kApiVersion ? chip.run() : 1;
}
