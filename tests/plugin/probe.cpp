// SPDX-License-Identifier: Apache-2.0
// A plug-in as somebody else writes it, with all that a device can have, and devices that each do
// one thing wrong.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <flexv/plugin.hpp>

namespace {

using sc_core::sc_module_name;
using sc_core::sc_time;

/// Reads give parameters; writes let it interrupt or write into L2.
class Probe final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Probe> in{"in"};
    tlm_utils::simple_initiator_socket<Probe> out{"out"};
    sc_core::sc_out<bool> first{"first"};
    sc_core::sc_out<bool> second{"second"};

    Probe(const sc_module_name& name, flexv::plugin::Host& host)
        : sc_core::sc_module(name),
          words_{std::uint32_t(host.whole("count")), std::uint32_t(host.number("ratio") * 1000),
                 std::uint32_t(host.flag("loud")), std::uint32_t(host.text("label").size()),
                 std::uint32_t(host.text("mode") == "slow")} {
        SC_HAS_PROCESS(Probe);
        in.register_b_transport(this, &Probe::b_transport);
        host.bind(in);
        host.bind(out);
        host.bind(first);
        host.bind(second);
        host.add_counter(
            "reads", "loads of registers", [this] { return reads_; }, 2.5, "test");
        host.add_counter("writes", "stores to registers", [this] { return writes_; });
        host.add_counter("resets", "resets of the chip", [this] { return resets_; });
        host.on_reset([this] { ++resets_; });
        SC_METHOD(drive);
        dont_initialize();
        sensitive << raised_;
    }

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_time& delay) {
        const std::uint64_t index = trans.get_address() / 4;
        if (trans.get_data_length() != 4 || index > 7)
            return trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        std::uint32_t value = index < 5 ? words_[index] : 0;
        if (trans.is_read()) {
            ++reads_;
            std::memcpy(trans.get_data_ptr(), &value, 4);
            delay += sc_time(10, sc_core::SC_NS);
        } else {
            ++writes_;
            std::memcpy(&value, trans.get_data_ptr(), 4);
            write(index, value);
        }
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    void write(std::uint64_t index, std::uint32_t value) {
        if (index == 5)
            raised_.notify(sc_time(value, sc_core::SC_NS));
        if (index == 6)
            copy_to_l2(value);
    }
    void drive() {
        first.write(true);
        second.write(true);
    }
    void copy_to_l2(std::uint32_t value) {
        tlm::tlm_generic_payload trans;
        sc_time delay = sc_core::SC_ZERO_TIME;
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_address(0x1c010000);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        out->b_transport(trans, delay);
    }

    std::uint32_t words_[5];
    std::uint64_t reads_ = 0;
    std::uint64_t writes_ = 0;
    std::uint64_t resets_ = 0;
    sc_core::sc_event raised_;
};

struct ThrowsWhenMade : sc_core::sc_module {
    ThrowsWhenMade(const sc_module_name& name, flexv::plugin::Host&) : sc_module(name) {
        throw std::runtime_error("the cable is not plugged in");
    }
};

struct ThrowsAnInt : sc_core::sc_module {
    ThrowsAnInt(const sc_module_name& name, flexv::plugin::Host&) : sc_module(name) { throw 7; }
};

struct ReportsWhenMade : sc_core::sc_module {
    ReportsWhenMade(const sc_module_name& name, flexv::plugin::Host&) : sc_module(name) {
        SC_REPORT_ERROR("probe", "no supply");
    }
};

struct AsksForMore : sc_core::sc_module {
    AsksForMore(const sc_module_name& name, flexv::plugin::Host& host) : sc_module(name) {
        static_cast<void>(host.whole("more"));
    }
};

struct BindsNothing : sc_core::sc_module {
    BindsNothing(const sc_module_name& name, flexv::plugin::Host&) : sc_module(name) {}
};

struct BindsTwice : sc_core::sc_module {
    tlm_utils::simple_target_socket<BindsTwice> in{"in"};
    BindsTwice(const sc_module_name& name, flexv::plugin::Host& host) : sc_module(name) {
        host.bind(in);
        host.bind(in);
    }
};

struct FreePrice : sc_core::sc_module {
    FreePrice(const sc_module_name& name, flexv::plugin::Host& host) : sc_module(name) {
        host.add_counter(
            "reads", "loads", [] { return 0; }, 1.0);
    }
};

struct ThrowsWhenAccessed : sc_core::sc_module {
    tlm_utils::simple_target_socket<ThrowsWhenAccessed> in{"in"};
    ThrowsWhenAccessed(const sc_module_name& name, flexv::plugin::Host& host) : sc_module(name) {
        in.register_b_transport(this, &ThrowsWhenAccessed::b_transport);
        host.bind(in);
    }
    void b_transport(tlm::tlm_generic_payload&, sc_time&) {
        throw std::runtime_error("no such register");
    }
};

struct ThrowsInProcess : sc_core::sc_module {
    ThrowsInProcess(const sc_module_name& name, flexv::plugin::Host&) : sc_module(name) {
        SC_HAS_PROCESS(ThrowsInProcess);
        SC_THREAD(run);
    }
    void run() {
        wait(100, sc_core::SC_NS);
        throw std::runtime_error("out of film");
    }
};

}  // namespace

using namespace flexv::plugin;

FLEXV_PLUGIN(device<Probe>("probe", "Shows its parameters.",
                           {whole("count", 3, 1, 64, "How many.", "items"),
                            number("ratio", 0.5, 0, 2, "Of one to the other."),
                            flag("loud", false, "Says so."), text("label", "none", "For a person."),
                            choice("mode", "fast", {"fast", "slow"}, "How.")}),
             device<ThrowsWhenMade>("throws_when_made", ""),
             device<ThrowsAnInt>("throws_an_int", ""),
             device<ReportsWhenMade>("reports_when_made", ""),
             device<AsksForMore>("asks_for_more", ""), device<BindsNothing>("binds_nothing", ""),
             device<BindsTwice>("binds_twice", ""), device<FreePrice>("free_price", ""),
             device<ThrowsWhenAccessed>("throws_when_accessed", ""),
             device<ThrowsInProcess>("throws_in_process", ""),
             Type{"makes_nothing", "", {}, [](const char*, Host&) { return nullptr; }});
