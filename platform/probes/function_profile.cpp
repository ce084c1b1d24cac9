// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/function_profile.hpp"

#include "platform/firmware/source_lines.hpp"

#include <utility>

namespace flexv::platform {

namespace {

constexpr const char* kNoFunction = "(no symbol)";

}  // namespace

FunctionProfile::CoreObserver::CoreObserver(FunctionProfile& profile, core::Core& core,
                                            std::string path)
    : profile_(profile), core_(core), path_(std::move(path)), before_(read()) {}

std::vector<u64> FunctionProfile::CoreObserver::read() const {
    std::vector<u64> values;
    for (const CounterInfo& counter : core_.counters())
        values.push_back(counter.total());
    return values;
}

void FunctionProfile::CoreObserver::before(const core::Execution& execution, isa::Hart& /*hart*/) {
    if (execution.pc < begin_ || execution.pc >= end_) [[unlikely]]
        enter(execution.pc);
    if (execution.memory && execution.memory->is_tcdm)
        ++(execution.memory->is_write ? writes_ : reads_);
}

void FunctionProfile::CoreObserver::enter(u32 pc) {
    hand_over();
    const ElfImage::Symbol* const symbol = profile_.image_.function_at(pc);
    begin_ = symbol == nullptr ? pc : symbol->address;
    end_ = symbol == nullptr ? pc + 1 : symbol->address + symbol->size;
    Function& function = profile_.functions_[symbol == nullptr ? kNoFunction : symbol->name];
    function.address = begin_;
    events_ = &function.events;
}

/// Gives what was counted since the last change to the function that is left. What comes before the
/// first instruction, its fetch, belongs to the first function.
void FunctionProfile::CoreObserver::hand_over() {
    if (events_ == nullptr)
        return;
    std::vector<u64> now = read();
    const auto& counters = core_.counters();
    for (std::size_t i = 0; i < now.size(); ++i)
        if (now[i] != before_[i])
            (*events_)[path_ + "." + counters[i].name] += now[i] - before_[i];
    const std::string tcdm = path_.substr(0, path_.find('.')) + ".tcdm.";
    (*events_)[tcdm + "reads"] += std::exchange(reads_, 0);
    (*events_)[tcdm + "writes"] += std::exchange(writes_, 0);
    before_ = std::move(now);
}

void FunctionProfile::observe(core::Core& core, const std::string& path) {
    observers_.push_back(std::make_unique<CoreObserver>(*this, core, path));
    core.probes.instruction.attach(*observers_.back());
}

void FunctionProfile::finish() {
    for (const auto& observer : observers_)
        observer->hand_over();
}

std::vector<FunctionResult> FunctionProfile::functions(
    const std::vector<std::string>& paths) const {
    const SourceLines lines(image_);
    const std::vector<CoreCounters> cores = core_counters(paths);
    std::vector<FunctionResult> all;
    for (const auto& [name, function] : functions_) {
        energy::Counts counts(paths.size());
        for (std::size_t i = 0; i < paths.size(); ++i)
            if (const auto found = function.events.find(paths[i]); found != function.events.end())
                counts[i] = found->second;
        all.push_back(function_result(name, cores, counts));
        if (const auto place = lines.at(function.address)) {
            all.back().file = place->file;
            all.back().line = place->line;
        }
    }
    return all;
}

}  // namespace flexv::platform
