// SPDX-License-Identifier: Apache-2.0
#include "base/module.hpp"

#include "base/state_archive.hpp"

namespace flexv {

/// A count that does not go back has been kept by the block.
void Module::reset_within_run() {
    std::vector<u64> totals;
    for (const CounterInfo& counter : counters_)
        totals.push_back(counter.total());
    reset();
    for (std::size_t i = 0; i < totals.size(); ++i)
        counters_[i].before_reset += totals[i] - counters_[i].total();
}

void Module::serialize_with_counters(StateArchive& archive) {
    for (CounterInfo& counter : counters_) {
        archive(counter.before_reset);
        if (counter.stored != nullptr)
            archive(*counter.stored);
    }
    serialize(archive);
}

}  // namespace flexv
