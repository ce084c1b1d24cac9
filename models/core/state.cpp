// SPDX-License-Identifier: Apache-2.0
// A core in a checkpoint. Between two acts all that it will go on with lies in its members; only
// pointers to decoded instructions have to be said in other words.
#include "core/core.hpp"

#include <array>

namespace flexv::core {

void Core::serialize(StateArchive& archive) {
    archive(hart_, csrs_, fetch_, traps_, load_store_, scoreboard_, counters_);
    CoreState::serialize(archive);
    if (config_.has_quirks)
        archive(probes.instruction.previous(), quirks_);
    serialize_slots(archive);
}

void CoreState::serialize(StateArchive& archive) {
    archive(now_, starting_, state_, decoded_, slept_since_, jumped_from_);
    archive(trap_.cause, trap_.value);
    serialize_fault(archive);
}

void CoreState::serialize_fault(StateArchive& archive) {
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

void Core::serialize_slots(StateArchive& archive) {
    const Slot* previous = scoreboard_.previous();
    const Slot* observed = config_.has_quirks ? probes.instruction.previous().slot : nullptr;
    std::array others = {&previous, &observed};
    sequencer_.serialize(archive, others);
    if (!archive.is_loading())
        return;
    scoreboard_.set_previous(previous);
    if (config_.has_quirks)
        probes.instruction.previous().slot = observed;
}

}  // namespace flexv::core
