// SPDX-License-Identifier: Apache-2.0
// What each instruction has cost in each chain of calls: an observer of every core that follows its
// calls and gives every cycle to one instruction. Exists only for runs with `--profile`.
#pragma once

#include "core/core.hpp"
#include "core/probe/observer.hpp"
#include "energy/counters.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/probes/call_tracker.hpp"
#include "platform/probes/profile_result.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

class CallProfile {
public:
    /// Names what a core waits for at an address, "barrier 0".
    using WaitName = std::function<std::string(Address)>;
    /// Price in attojoule of counts in the order of the counters' list.
    using Price = std::function<u64(const energy::Counts&)>;

    /// `image` outlives the profile.
    CallProfile(const ElfImage& image, WaitName wait_name);
    ~CallProfile();
    CallProfile(const CallProfile&) = delete;
    CallProfile& operator=(const CallProfile&) = delete;

    /// Observes `core`, called "cluster.core0" in the list of counters, from its start on.
    void observe(core::Core& core, const std::string& path);
    /// The run is over: books what the cores wait for at its end.
    void finish();

    /// `paths`: the list of counters that `price` takes.
    [[nodiscard]] Profile result(const std::vector<std::string>& paths, const Price& price) const;

private:
    class CoreObserver;
    class Builder;

    const ElfImage& image_;
    const WaitName wait_name_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
};

}  // namespace flexv::platform
