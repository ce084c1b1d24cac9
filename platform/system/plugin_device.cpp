// SPDX-License-Identifier: Apache-2.0
#include "platform/system/plugin_device.hpp"

#include "base/error.hpp"
#include "base/thrown.hpp"
#include "platform/config/plugins.hpp"
#include "platform/cosim/inside.hpp"
#include "platform/plugin/library.hpp"
#include "platform/system/outside.hpp"

#include <type_traits>

namespace flexv::platform {

namespace {

plugin::Value value_of(const Value& value) {
    return std::visit(
        [](const auto& held) -> plugin::Value {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, List>)
                throw InternalError("no parameter of a plug-in is a list");
            else
                return held;
        },
        value);
}

}  // namespace

PluginDevice::PluginDevice(Outside& outside, const PluginConfiguration& device,
                           cosim::ExternalWindow* window)
    : outside_(outside),
      window_(window),
      name_(name_of(device)),
      text_(fmt::format("soc.plugins.{} ({} of {})", name_, device.type, device.plugin)),
      interrupts_(interrupts_of(device.irq)) {
    for (const auto& [key, value] : parameters_of(device, text_))
        values_[key] = value_of(value);
    make(device);
    check_binding();
}

void PluginDevice::make(const PluginConfiguration& device) {
    const plugin::Type& type = PluginLibrary::load(device.plugin).type(device.type);
    const cosim::Inside inside(outside_);
    const std::string thrown = thrown_by(
        [&] { module_ = type.make(("plugin_" + name_).c_str(), static_cast<Host&>(*this)); });
    if (!thrown.empty())
        throw UserError("{}: throws while it is made: {}", text_, thrown);
    if (!module_)
        throw UserError("{}: the plug-in has made no device", text_);
}

void PluginDevice::check_binding() const {
    if (window_ != nullptr && targets_ == 0)
        throw UserError("{}: has a window, but binds no target socket; leave \"window\" out",
                        text_);
    if (window_ == nullptr && targets_ > 0)
        throw UserError("{}: binds a target socket; give it a \"window\": [base, size in bytes]",
                        text_);
    if (interrupts_.size() > wires_.size())
        throw UserError("{}: \"irq\" has {} entries, but it binds {} interrupts", text_,
                        interrupts_.size(), wires_.size());
}

void PluginDevice::bind(TargetSocket& socket) {
    if (++targets_ > 1)
        throw UserError("binds a second target socket; a device has one window");
    if (window_ != nullptr)
        window_->out.bind(socket);
}

void PluginDevice::bind(InitiatorSocket& socket) {
    const std::string number = initiators_ == 0 ? "" : fmt::format("_{}", initiators_);
    ++initiators_;
    outside_.add_entrance("plugin_" + name_ + number).bind(socket);
}

void PluginDevice::bind(sc_core::sc_out<bool>& interrupt) {
    const std::size_t index = wires_.size();
    interrupt.bind(wires_.emplace_back());
    if (index < interrupts_.size())
        input_of(interrupts_[index]).bind(wires_.back());
}

sc_core::sc_in<bool>& PluginDevice::input_of(const Interrupt& interrupt) {
    outside_.check(interrupt, "soc.plugins." + name_ + ".irq");
    if (interrupt.kind == Interrupt::Kind::soc_event)
        return outside_.add_event_input(u8(interrupt.number));
    return outside_.add_line_input(interrupt.number, interrupt.cluster);
}

void PluginDevice::add_counter(const std::string& event, const std::string& doc,
                               std::function<std::uint64_t()> count, double pj_per_event,
                               const std::string& source) {
    outside_.add_counter(name_, event, doc, std::move(count), pj_per_event, source);
}

void PluginDevice::on_reset(std::function<void()> reset) { resets_.push_back(std::move(reset)); }

const plugin::Value* PluginDevice::find(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

void PluginDevice::reset() const {
    for (const std::function<void()>& reset : resets_)
        if (const std::string thrown = thrown_by(reset); !thrown.empty())
            outside_.fail(fmt::format("{}: throws when it is reset: {}", text_, thrown));
}

bool PluginDevice::owns(const std::string& object) const {
    const std::string own = module_->name();
    return object == own || object.starts_with(own + ".");
}

}  // namespace flexv::platform
