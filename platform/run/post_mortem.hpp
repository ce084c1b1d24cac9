// SPDX-License-Identifier: Apache-2.0
// Explains a run that has ended as it should not: where each core stands, who has called whom, what
// the core in question has done last, and what may be wrong.
#pragma once

#include "platform/config/configuration.hpp"
#include "platform/firmware/call_stack.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/firmware/source_lines.hpp"
#include "platform/results/diagnosis.hpp"
#include "platform/results/run_result.hpp"
#include "platform/run/rewind.hpp"
#include "platform/system/soc.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class PostMortem {
public:
    /// Of a run that has ended; all outlive it.
    PostMortem(Soc& soc, const ElfImage& image, const Configuration& configuration);

    using Starts = std::map<const core::Core*, Cycles>;

    /// \param outcome no exit  \param what one sentence  \param rewind null: it keeps no copies
    /// \param starts the cycle in which each core was started
    [[nodiscard]] Diagnosis diagnosis(Outcome outcome, const std::string& what, Rewind* rewind,
                                      const Starts& starts);

private:
    [[nodiscard]] CodePlace place_of(Address pc, Address seen_at) const;
    void add_stack(CoreDiagnosis& found, const core::Core& core);
    [[nodiscard]] CoreDiagnosis look_at(core::Core& core);
    [[nodiscard]] const core::Core* subject(Outcome outcome) const;
    [[nodiscard]] const core::Core* odd_one_out() const;
    [[nodiscard]] std::vector<core::Core*> cores_in_circle() const;
    [[nodiscard]] std::vector<PastLine> past_lines(const std::vector<PastInstruction>& past,
                                                   const core::Core& core);
    [[nodiscard]] std::optional<isa::Operands> decode(Address pc, isa::Mode mode,
                                                      const isa::Instruction*& row);
    void add_hints(Diagnosis& diagnosis, Outcome outcome, const std::vector<PastInstruction>& past);

    // hints.cpp
    [[nodiscard]] std::string missing_gp_hint();
    [[nodiscard]] std::string null_jump_hint() const;
    [[nodiscard]] std::string stray_jump_hint(const std::vector<PastInstruction>& past) const;
    [[nodiscard]] std::string base_register_hint(const std::vector<PastInstruction>& past);
    [[nodiscard]] std::string stack_hint() const;
    [[nodiscard]] std::string loop_hint(const Diagnosis& diagnosis) const;
    [[nodiscard]] std::string circle_hint() const;
    [[nodiscard]] std::string deadlock_hint(const Diagnosis& diagnosis) const;

    [[nodiscard]] std::optional<u32> word_at(Address address) { return soc_.peek(address); }
    [[nodiscard]] std::string short_name(const core::Core& core) const;
    [[nodiscard]] const core::Core* faulty() const;

    Soc& soc_;
    const ElfImage& image_;
    const Configuration& configuration_;
    const SourceLines lines_;
    const CallStack stack_;
    const isa::Decoder decoder_;
};

}  // namespace flexv::platform
