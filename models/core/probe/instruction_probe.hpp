// SPDX-License-Identifier: Apache-2.0
// Where observers look at every instruction of a core, and what the pipeline remembers for them of
// the instruction before.
#pragma once

#include "base/error.hpp"
#include "core/decode/decode_cache.hpp"
#include "core/pipeline/load_store_unit.hpp"
#include "core/probe/observer.hpp"

#include <array>
#include <vector>

namespace flexv::core {

/// The access in EX with its data, without a side effect.
/// \param stored what a store writes
[[nodiscard]] MemoryAccess access_of(const LoadStoreUnit& unit, u32 stored);

class InstructionProbe {
public:
    /// \param code whose instructions execute through `interceptor` once somebody looks on
    InstructionProbe(DecodeCache& code, isa::Execute interceptor)
        : code_(code), interceptor_(interceptor) {}
    InstructionProbe(const InstructionProbe&) = delete;
    InstructionProbe& operator=(const InstructionProbe&) = delete;

    /// From now on `observer`, which outlives the core, sees every instruction, behind those who
    /// came before it. Call before the core starts.
    void attach(Observer& observer) {
        FLEXV_ASSERT(!has_begun_, "observers are there before the core starts");
        observers_.push_back(&observer);
        code_.intercept(interceptor_);
    }
    [[nodiscard]] bool is_attached() const { return !observers_.empty(); }

    // For the core.

    void begin() { has_begun_ = true; }
    void reset() {
        has_begun_ = false;
        retired_ = {};
    }
    /// Executes the row for those who look on, and notes what the pipeline remembers of it.
    void execute(const Execution& execution, isa::Hart& hart);
    [[nodiscard]] Retired& previous() { return retired_[latest_]; }

private:
    DecodeCache& code_;
    const isa::Execute interceptor_;
    std::vector<Observer*> observers_;
    std::array<Retired, 2> retired_;
    unsigned latest_ = 0;  // in retired_, the instruction before
    bool has_begun_ = false;
};

}  // namespace flexv::core
