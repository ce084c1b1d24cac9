// SPDX-License-Identifier: Apache-2.0
// What often is behind an end like this one.
#include "platform/run/post_mortem.hpp"

#include "isa/tools/disassembler.hpp"
#include "isa/tools/syntax.hpp"
#include "platform/firmware/abi_registers.hpp"
#include "platform/system/boot_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace flexv::platform {

namespace {

/// Whether the instruction is a load or store relative to gp, which linkers make of any access to
/// data near __global_pointer$.
bool is_relative_to_gp(const isa::Instruction& row, const isa::Operands& op) {
    return row.access.mode == isa::AddressMode::base_immediate && op.rs1 == abi::kGp;
}

bool is_code(const ElfImage& image, Address pc) {
    return std::ranges::any_of(image.segments(), [pc](const ElfImage::Segment& segment) {
        return segment.is_executable && pc - segment.virtual_address < segment.memory_size;
    });
}

}  // namespace

/// Start-up code of one's own often forgets gp.
std::string PostMortem::missing_gp_hint() {
    const core::Core* const core = faulty();
    if (core == nullptr || core->hart().x[abi::kGp] != 0 || !soc_.fault()->pc)
        return {};
    const isa::Instruction* row = nullptr;
    const auto op = decode(*soc_.fault()->pc, isa::Mode::legacy, row);
    if (!op || !is_relative_to_gp(*row, *op))
        return {};
    return "gp is 0: set it in the start-up code (.option norelax; la gp, __global_pointer$), or "
           "link with -Wl,--no-relax";
}

/// Nothing is ever linked to address 0 of this map.
std::string PostMortem::null_jump_hint() const {
    if (!soc_.fault() || soc_.fault()->pc != 0U)
        return {};
    const std::string text =
        "it jumped to address 0: a function pointer or a return address was never set";
    return configuration_.soc.boot == Boot::fabric_controller
               ? text
               : text + ", or the image is for a fabric controller (--config pulp_open)";
}

/// The core executes what is no code of the image.
std::string PostMortem::stray_jump_hint(const std::vector<PastInstruction>& past) const {
    if (!soc_.fault() || !soc_.fault()->pc || is_code(image_, *soc_.fault()->pc))
        return {};
    for (std::size_t i = past.size(); i-- > 0;)
        if (is_code(image_, past[i].pc))
            return fmt::format(
                "{:#010x} lies in no code of the image: the jump there was made at pc {}",
                *soc_.fault()->pc, place_of(past[i].pc, past[i].pc).text());
    return {};
}

/// Where the address of the access that failed came from.
std::string PostMortem::base_register_hint(const std::vector<PastInstruction>& past) {
    const core::Core* const core = faulty();
    if (core == nullptr || past.empty() || past.back().pc != core->hart().pc ||
        !core->access_in_front() || soc_.peek(core->access_in_front()->address & ~3U))
        return {};
    const auto mode = [](const PastInstruction& each) {
        return each.is_legacy != 0 ? isa::Mode::legacy : isa::Mode::status;
    };
    const isa::Instruction* row = nullptr;
    const auto access = decode(past.back().pc, mode(past.back()), row);
    if (!access || row->access.mode == isa::AddressMode::mac_load)
        return {};
    const unsigned base = access->rs1;
    const std::string what = fmt::format("the address comes from {} = {:#010x}",
                                         isa::kRegisterNames[base], core->hart().x[base]);
    for (std::size_t i = past.size() - 1; i-- > 0;) {
        const auto op = decode(past[i].pc, mode(past[i]), row);
        if (op && (isa::registers_written(*row, *op) >> base & 1) != 0)
            return fmt::format("{}, which `{}` has made at pc {}", what,
                               isa::format_instruction(*row, *op, past[i].pc),
                               place_of(past[i].pc, past[i].pc).text());
    }
    return what + fmt::format(", which is older than the last {} instructions", past.size());
}

/// A stack pointer that points to no memory.
std::string PostMortem::stack_hint() const {
    const core::Core* const core = faulty();
    if (core == nullptr)
        return {};
    const u32 sp = core->hart().x[abi::kSp];
    if (sp == 0)
        return "sp is 0: set the stack pointer in the start-up code before the first call";
    const Address seen = soc_.absolute(*core, sp);
    if (sp % 4 == 0 && !soc_.peek(seen - 4) && !soc_.peek(seen))
        return fmt::format(
            "sp = {:#010x} points to no memory: the stack has overflown, or the "
            "stack pointer was never set",
            sp);
    return {};
}

/// The last instructions are always the same few.
std::string PostMortem::loop_hint(const Diagnosis& diagnosis) const {
    constexpr std::size_t kMostInLoop = 8;
    std::set<Address> places;
    for (const PastLine& line : diagnosis.past)
        places.insert(line.place.pc);
    if (diagnosis.past.size() < Rewind::kInstructions || places.size() > kMostInLoop)
        return {};
    const Address first = *places.begin();
    return fmt::format(
        "{} goes round in {} instructions from pc {}: what it waits for there does not happen",
        diagnosis.core, places.size(), place_of(first, first).text());
}

/// "cluster.core2 waits at barrier 0 for cluster.core3, which waits at mutex 0 for cluster.core2"
std::string PostMortem::circle_hint() const {
    const std::vector<core::Core*> circle = cores_in_circle();
    std::string text;
    for (std::size_t i = 0; i < circle.size(); ++i) {
        const core::Core& core = *circle[i];
        const Cluster& cluster = *soc_.cluster_of(core);
        text += fmt::format("{} waits at {} for {}", i == 0 ? short_name(core) : ", which",
                            cluster.event_unit.sleeping_read(core.port())->name(),
                            short_name(*circle[(i + 1) % circle.size()]));
    }
    return text;
}

/// Most cores wait for one that waits for something else.
std::string PostMortem::deadlock_hint(const Diagnosis& diagnosis) const {
    if (std::string circle = circle_hint(); !circle.empty())
        return circle;
    const CoreDiagnosis* const odd = diagnosis.subject();
    if (odd == nullptr)
        return {};
    const auto waits_elsewhere = [odd](const CoreDiagnosis& core) {
        return core.state != odd->state && core.state.find("barrier") != std::string::npos;
    };
    const auto count = std::ranges::count_if(diagnosis.cores, waits_elsewhere);
    if (count == 0)
        return "nobody is left who could raise what the cores wait for: see `monitor event_unit` "
               "under --gdb for masks and buffers";
    return fmt::format(
        "{} cores wait at a barrier that {} does not reach: it is at pc {} and "
        "waits for {}",
        count, odd->name, odd->place.text(), odd->state);
}

void PostMortem::add_hints(Diagnosis& diagnosis, Outcome outcome,
                           const std::vector<PastInstruction>& past) {
    std::vector<std::string> hints = {missing_gp_hint(), null_jump_hint(), stray_jump_hint(past),
                                      stack_hint()};
    if (hints[0].empty())
        hints.push_back(base_register_hint(past));
    if (outcome == Outcome::deadlock)
        hints.push_back(deadlock_hint(diagnosis));
    if (outcome == Outcome::limit)
        hints.push_back(loop_hint(diagnosis));
    hints.push_back(boot_style_hint(image_, configuration_.soc.boot));
    for (std::string& hint : hints)
        if (!hint.empty())
            diagnosis.hints.push_back(std::move(hint));
}

}  // namespace flexv::platform
