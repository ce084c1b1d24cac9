// SPDX-License-Identifier: Apache-2.0
// A core as a debugger sees and changes it.
#include "core/core.hpp"
#include "isa/address.hpp"

namespace flexv::core {

Core::Next Core::hold() {
    fetch_.keep_going();
    state_ = State::held;
    return Next::yield;
}

void Core::release() {
    FLEXV_ASSERT(state_ == State::held, "only a core that is held can be released");
    const Cycles next = clock_.timeline.now() + 1;
    if (next > now_)
        drain(next - now_);
    state_ = State::running;
    clock_.timeline.schedule(*this, now_);
}

/// The bubbles of a jump are not counted: no instruction of the firmware has jumped.
bool Core::set_pc(Address target) {
    target &= ~Address{1};
    const bool is_in_front = state_ == State::running || state_ == State::held;
    if (!is_in_front || !code_.peek(target))
        return false;
    if (starting_) {  // looks up its slot when it begins
        hart_.pc = target;
        return true;
    }
    fetch_.give_up_current();
    jumped_from_ = hart_.pc;
    constexpr Cycles kToExecute = 3;
    leave_for(target, now_ - std::min(now_, kToExecute), Stall::jump, sequencer_.front(), false);
    return true;
}

void Core::set_csr(unsigned number, u32 value) {
    const bool was_legacy = hart_.simd_legacy;
    const bool was_enabled = hart_.mie;
    csrs_.write(number, value);
    sequencer_.mark_loop_ends();
    if (was_enabled != hart_.mie)
        traps_.follow_enable(now_);
    if (was_legacy == hart_.simd_legacy)
        return;
    sequencer_.forget_page();
    if ((state_ == State::running && !starting_) || state_ == State::held)
        enter(hart_.pc);
}

std::optional<NextAccess> Core::access_in_front() const {
    const Slot& slot = sequencer_.front();
    if ((slot.flags & kIllegal) != 0 || slot.access.mode == isa::AddressMode::none)
        return std::nullopt;
    return NextAccess{.address = isa::address_of(slot.access.mode, slot.op, hart_),
                      .bytes = slot.access.bytes,
                      .is_write = slot.timing == isa::Timing::store};
}

/// A store to the TCDM has left EX when others learn of it, any other one is still on its way.
bool Core::is_storing_to(Address first, Address last) const {
    const bool is_now =
        state_ == State::waiting || (state_ == State::running && now_ == clock_.timeline.now() + 1);
    return is_now && load_store_.stores_to(first, last);
}

}  // namespace flexv::core
