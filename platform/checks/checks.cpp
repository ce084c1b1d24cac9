// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/checks.hpp"

#include "base/console.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr const char* kHazards = "hazards";

}  // namespace

Checks::Checks(const CheckOptions& options, Soc& soc, const ElfImage& image, bool is_strict)
    : options_(options), image_(image), findings_(image, soc.name()) {
    if (is_strict)
        findings_.make_strict();
    if (options.hazards)
        for (core::Core* core : soc.cores())
            check_hazards(*core, soc);
    if (options.races)
        races_ = std::make_unique<RaceCheck>(soc, findings_);
    if (options.uninit)
        uninit_ = std::make_unique<UninitCheck>(soc, image, findings_);
    if (options.stack)
        stack_ = std::make_unique<StackCheck>(soc, image, findings_);
    if (options.dma)
        dma_ = std::make_unique<DmaCheck>(soc, findings_);
}

void Checks::check_hazards(core::Core& core, Soc& soc) {
    hazards_.push_back(std::make_unique<core::HazardCheck>(
        [this, &core, &soc](Address pc, const core::HazardRule& rule) {
            const std::string symbol = image_.symbol_at(pc);
            console::tell("flexv: warning: {}: hazard {} ({}) at pc {:#010x}{}: {}\n  hint: {}\n",
                          core.name(), rule.name, rule.quirk, pc,
                          symbol.empty() ? ", no symbol" : " " + symbol, rule.what, rule.remedy);
            findings_.note(
                kHazards, fmt::format("{}: {}", rule.name, rule.what),
                {.who = short_name(core), .does = "executes it", .pc = pc, .cycle = soc.now()},
                std::string(rule.remedy));
        },
        core.mtvec_is_writable()));
    core.probes.instruction.attach(*hazards_.back());
}

void Checks::finish(bool has_exited) {
    if (dma_ && has_exited)
        dma_->finish();
}

bool Checks::found_mistakes() const {
    return std::ranges::any_of(findings_.all(),
                               [](const Finding& finding) { return finding.check != kHazards; });
}

std::string Checks::summary() const {
    std::vector<std::string_view> made;
    std::vector<std::string> found;
    u64 sum = 0;
    for (const CheckName& check : kCheckNames) {
        if (!(options_.*check.flag))
            continue;
        made.push_back(check.name);
        u64 count = u64(std::ranges::count(findings_.all(), check.name, &Finding::check));
        if (const auto more = findings_.untold().find(std::string(check.name));
            more != findings_.untold().end())
            count += more->second;
        if (count != 0)
            found.push_back(fmt::format("{} {}", check.name, count));
        sum += count;
    }
    return fmt::format("checks {}: {}", fmt::join(made, ", "),
                       sum == 0 ? "nothing found"
                                : fmt::format("{} finding{} ({})", sum, sum == 1 ? "" : "s",
                                              fmt::join(found, ", ")));
}

}  // namespace flexv::platform
