// SPDX-License-Identifier: Apache-2.0
// Looks at what a core has done before the end of a run, without keeping anything while it runs:
// now and then the program makes a copy of itself (fork) that waits; asked at the end, the copy
// runs the same cycles again and writes down the last instructions.
#pragma once

#include "core/debugger.hpp"
#include "platform/system/soc.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace flexv::platform {

/// An instruction that a core was about to execute.
struct PastInstruction {
    Cycles cycle = 0;  ///< of the core's clock
    u64 number = 0;    ///< how many the core had retired before
    u32 pc = 0;
    u32 is_legacy = 1;        ///< CSR 0x010
    std::array<u32, 32> x{};  ///< registers in front of it
};

class Rewind final : private core::Debugger {
public:
    /// Nothing of `soc` runs yet.
    explicit Rewind(Soc& soc) : soc_(soc) {}
    ~Rewind();
    Rewind(const Rewind&) = delete;
    Rewind& operator=(const Rewind&) = delete;

    /// Makes a copy when it is time for one. Between slices of the run, in the program and in a
    /// copy that has been woken, where it says when to end. \returns true in a copy that has come
    /// to the end
    bool look();
    /// In a copy whose run has ended: tells what it has seen, and does not return. Nothing in the
    /// program itself.
    void tell();

    struct Answer {
        std::vector<PastInstruction> instructions;  ///< the oldest first
        std::string why_not;                        ///< empty when it is known
    };
    /// The last instructions of `core`, up to the one in front. Once, behind the end of the run.
    /// \param start cycle in which the core was started
    [[nodiscard]] Answer past_of(const core::Core& core, Cycles start);

    static constexpr unsigned kInstructions = 16;

private:
    /// A copy that waits.
    struct Copy {
        int process = -1;
        int request = -1;                 ///< we write
        int answer = -1;                  ///< we read
        std::vector<u64> instructions{};  ///< of each core when it was made
    };
    struct Request {
        unsigned core = 0;
        u64 instructions = 0;   ///< that the core has retired at the end
        Cycles start = 0;       ///< of the core
        ClusterCycles end = 0;  ///< of the run
    };
    using Clock = std::chrono::steady_clock;

    core::Permission in_front(core::Core& core) override;
    void copy();
    void record();
    void wait_for_request(int request, int answer);
    void forget(const Copy& copy) const;
    [[nodiscard]] std::vector<u64> instructions() const;
    [[nodiscard]] Copy* copy_for(unsigned core, u64 last);

    Soc& soc_;
    std::vector<Copy> copies_;  // the first one, and the latest
    Clock::time_point next_copy_{};
    bool is_asleep_ = false;  // no more copies

    // Of a copy that was woken.
    int out_ = -1;
    Request wanted_;
    bool records_ = false;
    std::deque<PastInstruction> seen_;
};

}  // namespace flexv::platform
