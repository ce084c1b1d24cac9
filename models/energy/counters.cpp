// SPDX-License-Identifier: Apache-2.0
#include "energy/counters.hpp"

#include "base/error.hpp"

namespace flexv::energy {

CounterSet::CounterSet(const sc_core::sc_object& top) {
    const std::size_t prefix = std::string_view(top.name()).size() + 1;
    for (const sc_core::sc_object* child : top.get_child_objects())
        collect(*child, prefix);
}

void CounterSet::collect(const sc_core::sc_object& object, std::size_t prefix) {
    const std::string name = object.name();
    if (const auto* module = dynamic_cast<const Module*>(&object)) {
        for (const CounterInfo& counter : module->counters()) {
            paths_.push_back(name.substr(prefix) + "." + counter.name);
            docs_.push_back(counter.doc);
            counters_.push_back(&counter);
        }
    }
    for (const sc_core::sc_object* child : object.get_child_objects())
        collect(*child, prefix);
}

Counts CounterSet::read() const {
    Counts counts;
    counts.reserve(counters_.size());
    for (const CounterInfo* const counter : counters_)
        counts.push_back(counter->total());
    return counts;
}

void accumulate(Counts& sum, const Counts& now, const Counts& before) {
    FLEXV_ASSERT(now.size() == before.size(), "snapshots come from one list of counters");
    sum.resize(now.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
        FLEXV_ASSERT(now[i] >= before[i], "a counter never goes back");
        sum[i] += now[i] - before[i];
    }
}

std::string_view component_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view event_of(std::string_view path) {
    return path.substr(path.rfind('.') + 1);  // npos + 1 == 0: the whole
}

}  // namespace flexv::energy
