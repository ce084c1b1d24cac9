// SPDX-License-Identifier: Apache-2.0
// What each function of the firmware has cost: an observer of every core that gives its counters to
// the function whose instructions it executes. Exists only for runs with `--profile`.
#pragma once

#include "core/core.hpp"
#include "core/probe/observer.hpp"
#include "energy/counters.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/probes/function_result.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class FunctionProfile {
public:
    /// `image` outlives the profile.
    explicit FunctionProfile(const ElfImage& image) : image_(image) {}

    /// Observes `core`, called "cluster.core0" in the list of counters, from its start on.
    void observe(core::Core& core, const std::string& path);
    /// The run is over, nothing is open: books what the last functions have done.
    void finish();

    /// All functions that were executed, with counts in the order of `paths`; not priced yet.
    [[nodiscard]] std::vector<FunctionResult> functions(
        const std::vector<std::string>& paths) const;

private:
    using Events = std::map<std::string, u64>;  // path of a counter: events

    /// Counts for one core. A change of function reads all counters of the core; in between only
    /// accesses to the TCDM are counted, which its banks count for all cores together.
    class CoreObserver final : public core::Observer {
    public:
        CoreObserver(FunctionProfile& profile, core::Core& core, std::string path);

        void before(const core::Execution& execution, isa::Hart& hart) override;
        void after(const core::Execution& /*execution*/, isa::Hart& /*hart*/) override {}
        void hand_over();

    private:
        void enter(u32 pc);
        [[nodiscard]] std::vector<u64> read() const;

        FunctionProfile& profile_;
        core::Core& core_;
        const std::string path_;
        std::vector<u64> before_;
        u64 reads_ = 0;
        u64 writes_ = 0;
        Address begin_ = 1;  // of the function; empty at first
        Address end_ = 0;
        Events* events_ = nullptr;
    };

    const ElfImage& image_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
    struct Function {
        Address address = 0;
        Events events{};
    };
    std::map<std::string, Function> functions_;  // by name
};

}  // namespace flexv::platform
