// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/sequencer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <vector>

namespace flexv::core {

void Sequencer::reset() {
    front_ = page_ = nullptr;
    forget_page();
}

void Sequencer::enter_page(Address base) {
    page_ = code_.slot(base, mode());
    page_base_ = base;
}

void Sequencer::change_mode_behind(const Slot& slot) {
    const bool jumps = slot.timing == isa::Timing::branch
                           ? hart_.next_pc != kNotTaken
                           : hart_.next_pc != hart_.pc + slot.op.size;
    forget_page();
    if (!jumps)  // which looks up anyway
        front_ = page_ + DecodeCache::kPageSlots - slot.step;
}

Slot& Sequencer::decoded(Address pc) {
    const bool is_at_hand = (pc & ~kPageMask) == page_base_;
    Slot& slot = is_at_hand ? page_[(pc & kPageMask) / 2] : *code_.slot(pc, mode());
    if ((slot.flags & kUndecoded) != 0)
        (void)code_.decode(slot, pc, mode());
    return slot;
}

// What follows.

Sequencer::Way Sequencer::behind(const Slot& slot, const Way& way) const {
    Way next = way;
    next.pc += slot.op.size;
    if (const isa::HardwareLoop* const loop = ending_loop(slot, way)) {
        next.pc = loop->start;
        --next.counts[std::size_t(loop - hart_.loops.data())];
    }
    return next;
}

Front Sequencer::fetched(const Slot& slot, const Way& way) const {
    const isa::HardwareLoop* const loop = ending_loop(slot, way);
    return {.pc = way.pc,
            .is_compressed = slot.op.size == 2,
            .loop_target = loop != nullptr ? loop->start : FetchStage::kNone};
}

const isa::HardwareLoop* Sequencer::loop_that_ends_at(const Way& way) const {
    for (unsigned index = 0; index < hart_.loops.size(); ++index) {
        const isa::HardwareLoop& loop = hart_.loops[index];
        if (loop.end == way.pc && way.counts[index] >= 2)
            return is_too_short(loop) ? nullptr : &loop;
    }
    return nullptr;
}

/// One instruction is too short for a loop: directly behind its set-up it runs once, else twice
/// (docs/spec/timing.md 1.4, `hwl_1x10`).
bool Sequencer::is_too_short(const isa::HardwareLoop& loop) const {
    const Slot* const previous = scoreboard_.previous();
    return loop.start == loop.end && previous != nullptr &&
           (previous->timing == isa::Timing::hardware_loop || previous->pc == loop.end);
}

const isa::HardwareLoop* Sequencer::count_loop() {
    const isa::HardwareLoop* const loop = loop_that_ends_at(way());
    if (loop != nullptr)
        --hart_.loops[std::size_t(loop - hart_.loops.data())].count;
    return loop;
}

void Sequencer::mark_loop_ends() {
    for (const isa::HardwareLoop& loop : hart_.loops)
        if (loop.count != 0)
            code_.mark_loop_end(loop.end);
}

// Code that changes.

const Slot* Sequencer::keep(Address first, Address last, bool is_in_ex) {
    const auto meets = [&](const Slot* slot) {
        return slot != nullptr && slot->pc <= last && slot->pc + (slot->op.size - 1) >= first;
    };
    const Slot* const previous = scoreboard_.previous();
    const bool keeps_previous =
        previous != &kept_.previous && (meets(previous) || previous == kept_.in_ex.data());
    if (keeps_previous)
        kept_.previous = *previous;
    if (is_in_ex && front_ != kept_.in_ex.data() && meets(front_)) {
        Slot sentinel;
        sentinel.flags = kPageEnd;
        sentinel.pc = front_->pc + front_->op.size;
        kept_.in_ex.fill(sentinel);
        kept_.in_ex.front() = *front_;
        kept_.in_ex.front().block = nullptr;  // is about to be forgotten
        front_ = kept_.in_ex.data();
    }
    return keeps_previous ? &kept_.previous : nullptr;
}

Sequencer::Place Sequencer::place_of(const Slot* slot) const {
    using enum Place::Where;
    if (slot == nullptr)
        return {};
    if (slot == &kept_.previous)
        return {.where = previous};
    for (u32 index = 0; index < kept_.in_ex.size(); ++index)
        if (slot == &kept_.in_ex[index])
            return {.where = in_ex, .index = index};
    const auto cached = code_.place_of(slot);
    FLEXV_ASSERT(cached, "a core points to slots of its cache, or to its own copies");
    return {.where = in_cache, .cached = *cached};
}

Slot* Sequencer::slot_at(const Place& place) {
    using enum Place::Where;
    switch (place.where) {
        case nowhere:
            return nullptr;
        case in_cache:
            return code_.slot_at(place.cached);
        case in_ex:
            return &kept_.in_ex.at(place.index);
        case previous:
            return &kept_.previous;
    }
    return nullptr;
}

void Sequencer::serialize(StateArchive& archive, std::span<const Slot** const> others) {
    std::vector<Place> places = {place_of(front_), place_of(page_)};
    for (const Slot** const other : others)
        places.push_back(place_of(*other));
    archive(page_base_, places);
    const auto points_to = [&](Place::Where where) {
        return std::ranges::find(places, where, &Place::where) != places.end();
    };
    if (points_to(Place::Where::in_ex))
        for (Slot& copy : kept_.in_ex)
            code_.serialize_copy(archive, copy);
    if (points_to(Place::Where::previous))
        code_.serialize_copy(archive, kept_.previous);
    if (!archive.is_loading())
        return;
    front_ = slot_at(places[0]);
    page_ = slot_at(places[1]);
    for (std::size_t index = 0; index < others.size(); ++index)
        *others[index] = slot_at(places[index + 2]);
}

}  // namespace flexv::core
