// SPDX-License-Identifier: Apache-2.0
// The past of a run that a debugger holds. Now and then the program makes a copy of itself (fork)
// that waits. To go back, a copy of such a copy runs the same cycles again up to the place that is
// wanted and takes the debugger over; the program that was there ends.
#pragma once

#include "platform/debug/first_process.hpp"
#include "platform/debug/journey.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class History {
public:
    /// Where the run is.
    struct Present {
        std::vector<u64> instructions{};  ///< [thread - 1], retired
        ClusterCycles cycle = 0;
        Place front{};  ///< the core that the debugger has stopped there, if one
    };

    /// Before any cycle has passed, in the process that the user has started.
    History() = default;
    ~History() { forget(); }
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// It is time for a copy.
    [[nodiscard]] bool is_due() const {
        return copies_.size() == first_known_ || Clock::now() >= next_copy_;
    }
    /// Makes a copy. \returns in one that was sent out, what for
    [[nodiscard]] std::optional<Journey> keep(const Present& present);
    /// The debugger has changed something: from here on nothing before it can be had by running
    /// again, but for the start.
    void cut();
    /// The debugger has left.
    void forget();

    /// The last stop in front of journey.place. `must_end` is asked now and then.
    [[nodiscard]] std::optional<PastStop> last_stop(Journey journey,
                                                    const std::function<bool()>& must_end);
    // These return only when they cannot.
    void go_to(Journey journey);
    /// As far back as there is something known.
    void go_to_earliest(Journey journey);
    /// To where the first copy was made, also behind cut().
    void go_to_start(Journey journey);

    // In a copy that was sent out.
    /// It has come to its place: what it writes is seen again.
    void arrive();
    /// The answer of a search.
    [[noreturn]] void answer(const std::optional<PastStop>& found) const;

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds kInterval{250};
    static constexpr std::size_t kMostCopies = 16;

    /// A copy that waits.
    struct Copy {
        int process = -1;
        std::array<int, 2> line{-1, -1};  ///< ends for whoever asks, and for the copy
        Present made{};
    };

    [[nodiscard]] Journey wait(const Copy& self) const;
    [[nodiscard]] static bool is_sent_out(const Copy& self, const Journey& journey);
    void begin_journey(const Journey& journey, const Copy& self);
    [[nodiscard]] static std::string ask(const Copy& copy, const Journey& journey,
                                         const std::function<bool()>& must_end);
    void give_way_to(std::size_t index, Journey journey);
    static void drop(const Copy& copy);
    void thin_out();
    void mute();

    std::optional<FirstProcess> first_process_;
    std::vector<Copy> copies_;     // the oldest first
    std::size_t first_known_ = 0;  // in copies_, behind cut()
    Clock::duration interval_ = kInterval;
    Clock::time_point next_copy_{};
    int answer_ = -1;                         // the line of the copy that has sent this one out
    std::array<int, 2> real_output_{-1, -1};  // stdout and stderr while they are muted
};

}  // namespace flexv::platform
