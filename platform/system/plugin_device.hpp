// SPDX-License-Identifier: Apache-2.0
// A device of a plug-in on its places in the SoC: what it binds while it is made goes to its
// window, to an entrance, to interrupts and into the report.
#pragma once

#include "flexv/plugin.hpp"
#include "platform/config/configuration.hpp"
#include "platform/config/interrupts.hpp"
#include "platform/cosim/external_window.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class Outside;

class PluginDevice final : private plugin::Host {
public:
    /// Makes the device, in the course of elaboration. Throws UserError where the plug-in throws,
    /// or binds what the configuration does not give.
    /// \param window null: it has none
    PluginDevice(Outside& outside, const PluginConfiguration& device,
                 cosim::ExternalWindow* window);
    PluginDevice(const PluginDevice&) = delete;
    PluginDevice& operator=(const PluginDevice&) = delete;

    /// Of the chip, in the course of a run.
    void reset() const;
    /// Whether an SystemC object of this hierarchical name is of the device.
    [[nodiscard]] bool owns(const std::string& object) const;
    /// "soc.plugins.led (adder of libadder.so)"
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void bind(TargetSocket& socket) override;
    void bind(InitiatorSocket& socket) override;
    void bind(sc_core::sc_out<bool>& interrupt) override;
    void add_counter(const std::string& event, const std::string& doc,
                     std::function<std::uint64_t()> count, double pj_per_event,
                     const std::string& source) override;
    void on_reset(std::function<void()> reset) override;
    [[nodiscard]] const plugin::Value* find(const std::string& name) const override;

    void make(const PluginConfiguration& device);
    void check_binding() const;
    sc_core::sc_in<bool>& input_of(const Interrupt& interrupt);

    Outside& outside_;
    cosim::ExternalWindow* const window_;
    const std::string name_;
    const std::string text_;
    std::map<std::string, plugin::Value> values_;
    const std::vector<Interrupt> interrupts_;
    std::deque<sc_core::sc_signal<bool>> wires_;  // of its interrupts
    unsigned targets_ = 0;
    unsigned initiators_ = 0;
    std::vector<std::function<void()>> resets_;
    std::unique_ptr<sc_core::sc_module> module_;
};

}  // namespace flexv::platform
