// SPDX-License-Identifier: Apache-2.0
#include "interrupt_controller/interrupt_controller.hpp"

#include "base/state_archive.hpp"

#include <bit>
#include <utility>

namespace flexv::interrupt_controller {

InterruptController::InterruptController(const sc_core::sc_module_name& name, ClockDomain& clock,
                                         const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x800, .unmapped = Unmapped::read_zero_and_warn}),
      config_(config) {
    if (config.event_depth == 0)
        throw UserError("{}.event_depth = 0: must be at least 1", this->name());
    interrupt_ack_in.bind(*this);
}

RegisterSpec InterruptController::plain(u32 offset, std::string name, std::string doc) {
    return {.offset = offset,
            .name = std::move(name),
            .doc = std::move(doc),
            .fields = {lines},
            .on_write = [this](u32, u32) { drive(bank_.now()); }};
}

RegisterSpec InterruptController::setter(u32 offset, Register& target) {
    return {.offset = offset,
            .name = target.name() + "_SET",
            .doc = fmt::format("Sets the bits of {} that are written as 1.", target.name()),
            .access = Access::write_only,
            .fields = {lines},
            .on_write = [this, &target](u32, u32 now) { change(target, now, 0); }};
}

RegisterSpec InterruptController::clearer(u32 offset, Register& target) {
    return {.offset = offset,
            .name = target.name() + "_CLR",
            .doc = fmt::format("Clears the bits of {} that are written as 1.", target.name()),
            .access = Access::write_only,
            .fields = {lines},
            .on_write = [this, &target](u32, u32 now) { change(target, 0, now); }};
}

void InterruptController::change(Register& target, u32 set, u32 cleared) {
    target.set((target.value() | set) & ~cleared);
    drive(bank_.now());
}

void InterruptController::reset() {
    RegisterBlock::reset();
    events_.clear();
    drive(clock_.timeline.now());
}

void InterruptController::serialize(StateArchive& archive) {
    RegisterBlock::serialize(archive);
    archive(events_, is_asserted_, id_);
}

void InterruptController::raise(unsigned line, Cycles now) { set_pending(1U << line, now); }

void InterruptController::set_pending(u32 pending, Cycles now) {
    status_.set(status_.value() | pending);
    drive(now);
}

bool InterruptController::push_event(u8 id, Cycles now) {
    if (events_.size() >= config_.event_depth) {
        ++lost_events_;
        return false;
    }
    events_.push_back(id);
    raise(kEventLine, now);
    return true;
}

void InterruptController::acknowledge(unsigned /*core*/, unsigned id, Cycles now) {
    const u32 line = 1U << id;
    ++interrupts_;
    ack_.set(ack_.value() | line);
    status_.set(status_.value() & ~line);
    if (id == kEventLine && !events_.empty()) {
        fifo_.set(events_.front());
        events_.pop_front();
    }
    set_pending(events_.empty() ? 0 : 1U << kEventLine, now);
}

/// The request is a flip-flop behind the status: what is pending now shows one cycle later.
void InterruptController::drive(Cycles now) {
    const u32 pending = status_.value() & mask_.value();
    is_asserted_ = pending != 0;
    id_ = is_asserted_ ? 31 - unsigned(std::countl_zero(pending)) : 0;
    if (interrupt_out.size() > 0)
        interrupt_out->interrupt(now + 1, is_asserted_, id_);
}

}  // namespace flexv::interrupt_controller
