// SPDX-License-Identifier: Apache-2.0
#include "platform/run/post_mortem.hpp"

#include "isa/address.hpp"
#include "isa/csr.hpp"
#include "isa/tools/disassembler.hpp"
#include "isa/tools/syntax.hpp"
#include "platform/debug/core_state.hpp"
#include "platform/run/wait_circle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace flexv::platform {

namespace {

constexpr unsigned kRegisters = 32;

std::string effect_of(const isa::Instruction& row, const isa::Operands& op,
                      const std::array<u32, 32>& before, const std::array<u32, 32>* behind) {
    std::string text;
    if (behind != nullptr)
        for (unsigned index = 1; index < kRegisters; ++index)
            if ((isa::registers_written(row, op) >> index & 1) != 0)
                text += fmt::format(" {}={:08x}", isa::kRegisterNames[index], (*behind)[index]);
    const isa::AddressMode mode = row.access.mode;
    if (mode != isa::AddressMode::none &&
        mode != isa::AddressMode::mac_load) {  // that stands in CSRs
        text += fmt::format(" [{:08x}]", isa::address_of(mode, op, before));
        if (row.timing == isa::Timing::store)
            text += fmt::format("={:08x}", before[op.rs2]);
    }
    return text.empty() ? text : text.substr(1);
}

}  // namespace

PostMortem::PostMortem(Soc& soc, const ElfImage& image, const Configuration& configuration)
    : soc_(soc),
      image_(image),
      configuration_(configuration),
      lines_(image),
      stack_(image),
      decoder_(*isa::isa_subset("flexv")) {}

std::string PostMortem::short_name(const core::Core& core) const {
    return std::string(core.name()).substr(std::string_view(soc_.name()).size() + 1);
}

/// `seen_at` lies in the instruction that the place is about: in front of pc for a return address.
CodePlace PostMortem::place_of(Address pc, Address seen_at) const {
    CodePlace place{
        .pc = pc, .symbol = image_.symbol_at(pc), .file = {}, .line = 0, .inlined_at = {}};
    if (place.symbol.empty())
        place.symbol = image_.symbol_at(seen_at);
    if (const auto line = lines_.at(seen_at)) {
        place.file = line->file;
        place.line = line->line;
    }
    return place;
}

void PostMortem::add_stack(CoreDiagnosis& found, const core::Core& core) {
    const isa::Hart& hart = core.hart();
    const std::vector<StackFrame> frames = stack_.unwind(
        {.x = hart.x, .pc = hart.pc, .mepc = hart.mepc},
        [this, &core](Address address) { return soc_.peek(soc_.absolute(core, address)); });
    found.is_stack_cut = frames.size() == CallStack::kMostFrames;
    for (const StackFrame& frame : frames) {
        const CodePlace place = place_of(frame.pc, frame.place());
        std::vector<SourceFunction> functions = lines_.functions_at(frame.place());
        if (functions.empty())
            functions.push_back({.name = {}, .line = {}});
        for (SourceFunction& function : functions) {
            StackLine line{.place = place, .function = std::move(function.name)};
            line.place.file = std::move(function.line.file);
            line.place.line = function.line.line;
            line.is_inlined = &function != &functions.back();
            line.is_interrupted = frame.is_interrupted && &function == &functions.front();
            found.stack.push_back(std::move(line));
        }
    }
}

CoreDiagnosis PostMortem::look_at(core::Core& core) {
    CoreDiagnosis found{.name = short_name(core),
                        .hartid = core.hartid(),
                        .state = state_of(soc_, core),
                        .instructions = core.instructions(),
                        .place = place_of(core.hart().pc, core.hart().pc),
                        .stack = {},
                        .registers = {}};
    if (!core.is_off())
        add_stack(found, core);
    for (unsigned index = 1; index < kRegisters; ++index)
        found.registers.emplace_back(isa::kRegisterNames[index], core.hart().x[index]);
    for (const isa::CsrName& csr : isa::kCsrNames) {
        const bool is_wanted = csr.name == "mstatus" || csr.name == "mepc" ||
                               csr.name == "mcause" || csr.name == "mtvec" ||
                               csr.name.starts_with("lp");
        if (is_wanted && core.has_csr(csr.number))
            found.registers.emplace_back(csr.name, core.csr(csr.number));
    }
    return found;
}

const core::Core* PostMortem::faulty() const {
    if (!soc_.fault())
        return nullptr;
    const auto core = std::ranges::find_if(
        soc_.cores(), [this](const core::Core* c) { return c->name() == soc_.fault()->core; });
    return core == soc_.cores().end() ? nullptr : *core;
}

/// Where all wait, the one that waits for something else than most is of interest.
const core::Core* PostMortem::odd_one_out() const {
    std::map<std::string, unsigned> counts;
    for (const core::Core* core : soc_.cores())
        if (!core->is_off())
            ++counts[core->describe_wait()];
    const core::Core* found = nullptr;
    for (const core::Core* core : soc_.cores())
        if (!core->is_off() &&
            (found == nullptr || counts[core->describe_wait()] < counts[found->describe_wait()]))
            found = core;
    return found;
}

/// Of one cluster, that wait for each other, each behind one that waits for it.
std::vector<core::Core*> PostMortem::cores_in_circle() const {
    for (Cluster* const cluster : soc_.clusters.all()) {
        std::vector<u32> awaited;
        for (unsigned core = 0; core < cluster->core_count(); ++core)
            awaited.push_back(cluster->event_unit.awaited_cores(core));
        std::vector<core::Core*> cores;
        for (const unsigned core : wait_circle(awaited))
            cores.push_back(&cluster->core(core));
        if (!cores.empty())
            return cores;
    }
    return {};
}

const core::Core* PostMortem::subject(Outcome outcome) const {
    if (outcome == Outcome::fault)
        return faulty();
    const auto running = std::ranges::find_if(
        soc_.cores(), [](const core::Core* core) { return core->state_letter() == 'R'; });
    if (running != soc_.cores().end())
        return *running;
    const std::vector<core::Core*> circle = cores_in_circle();
    return circle.empty() ? odd_one_out() : circle.front();
}

std::optional<isa::Operands> PostMortem::decode(Address pc, isa::Mode mode,
                                                const isa::Instruction*& row) {
    const auto low = soc_.peek(pc & ~3U);
    const auto high = pc % 4 == 0 ? low : soc_.peek((pc & ~3U) + 4);
    if (!low)
        return std::nullopt;
    const u32 word = pc % 4 == 0 ? *low : *low >> 16 | high.value_or(0) << 16;
    row = decoder_.find(word, mode);
    return row == nullptr ? std::nullopt : std::optional(isa::operands_of(*row, word));
}

std::vector<PastLine> PostMortem::past_lines(const std::vector<PastInstruction>& past,
                                             const core::Core& core) {
    std::vector<PastLine> lines;
    for (std::size_t i = 0; i < past.size(); ++i) {
        const PastInstruction& each = past[i];
        const isa::Instruction* row = nullptr;
        const auto op =
            decode(each.pc, each.is_legacy != 0 ? isa::Mode::legacy : isa::Mode::status, row);
        const bool is_last = i + 1 == past.size();
        const bool is_done = !is_last || each.number < core.instructions();
        const std::array<u32, 32>* const behind = !is_done  ? nullptr
                                                  : is_last ? &core.hart().x
                                                            : &past[i + 1].x;
        PastLine line{.cycle = each.cycle,
                      .place = place_of(each.pc, each.pc),
                      .instruction = "no instruction of this core",
                      .effect = {}};
        if (op) {
            line.instruction = isa::format_instruction(*row, *op, each.pc);
            line.effect = effect_of(*row, *op, each.x, behind);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

Diagnosis PostMortem::diagnosis(Outcome outcome, const std::string& what, Rewind* rewind,
                                const Starts& starts) {
    Diagnosis result{
        .what = what, .core = {}, .cores = {}, .past = {}, .past_note = {}, .hints = {}};
    for (core::Core* core : soc_.cores())
        result.cores.push_back(look_at(*core));
    std::vector<PastInstruction> past;
    if (const core::Core* const core = subject(outcome)) {
        result.core = short_name(*core);
        if (rewind != nullptr) {
            const auto start = starts.find(core);
            Rewind::Answer answer =
                rewind->past_of(*core, start == starts.end() ? 0 : start->second);
            past = std::move(answer.instructions);
            result.past_note = std::move(answer.why_not);
        } else {
            result.past_note = "not kept in this run";
        }
        result.past = past_lines(past, *core);
    }
    add_hints(result, outcome, past);
    return result;
}

}  // namespace flexv::platform
