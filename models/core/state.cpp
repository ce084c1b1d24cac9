// SPDX-License-Identifier: Apache-2.0
// A core in a checkpoint. Between two acts all that it will go on with lies in its members; only
// pointers to decoded instructions have to be said in other words.
#include "core/core.hpp"

#include <algorithm>
#include <array>

namespace flexv::core {

void Core::serialize(StateArchive& archive) {
    archive(hart_, csrs_, fetch_, interrupt_, load_store_);
    archive(now_, scoreboard_, starting_, state_, decoded_, slept_since_, jumped_from_,
            boot_address_);
    archive(trap_.cause, trap_.value);
    archive(counters_);
    serialize_fault(archive);
    if (config_.has_quirks)
        archive(probes.instruction.previous(), quirks_);
    serialize_slots(archive);
}

void Core::serialize_fault(StateArchive& archive) {
    bool is_there = fault_ != nullptr;
    archive(is_there);
    if (!is_there)
        return fault_.reset();
    std::string core = fault_ ? fault_->core() : "";
    u32 pc = fault_ ? fault_->pc() : 0;
    std::string what = fault_ ? fault_->what() : "";
    archive(core, pc, what);
    fault_ = std::make_unique<Fault>(core, pc, what);
}

Core::SlotPlace Core::place_of(const Slot* slot) const {
    using enum SlotPlace::Where;
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

Slot* Core::slot_at(const SlotPlace& place) {
    using enum SlotPlace::Where;
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

void Core::serialize_slots(StateArchive& archive) {
    const Slot* const observed = config_.has_quirks ? probes.instruction.previous().slot : nullptr;
    std::array places = {place_of(slot_), place_of(page_), place_of(scoreboard_.previous()),
                         place_of(observed)};
    archive(page_base_, places);
    const auto points_to = [&](SlotPlace::Where where) {
        return std::ranges::find(places, where, &SlotPlace::where) != places.end();
    };
    if (points_to(SlotPlace::Where::in_ex))
        for (Slot& copy : kept_.in_ex)
            code_.serialize_copy(archive, copy);
    if (points_to(SlotPlace::Where::previous))
        code_.serialize_copy(archive, kept_.previous);
    if (!archive.is_loading())
        return;
    slot_ = slot_at(places[0]);
    page_ = slot_at(places[1]);
    scoreboard_.set_previous(slot_at(places[2]));
    if (config_.has_quirks)
        probes.instruction.previous().slot = slot_at(places[3]);
}

}  // namespace flexv::core
