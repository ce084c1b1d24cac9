// SPDX-License-Identifier: Apache-2.0
// How a debugger goes back: from where it is to a journey, and what a copy of the program does on
// one.
#include "platform/debug/gdb_server.hpp"

#include <utility>

namespace flexv::platform {

// In the program that is to go back.

/// Makes a copy when there is reason to. True in one that has gone on its journey.
bool GdbServer::keep_past(const Place& front) {
    if (!can_go_back() || !connection_.is_connected() || was_killed_)
        return false;
    if (std::exchange(has_changed_, false))
        history_.cut();
    if (!history_.is_due())
        return false;
    History::Present present{.instructions = {}, .cycle = soc_.now(), .front = front};
    for (const core::Core* const core : soc_.cores())
        present.instructions.push_back(core->instructions());
    const std::optional<Journey> journey = history_.keep(present);
    if (journey)
        begin_journey(*journey, front);
    return journey.has_value();
}

Journey GdbServer::journey() const {
    Journey journey{.session = stub_.session(), .points = breakpoints_.points()};
    for (const DebugPoint& point : watchpoints_.points())
        journey.points.push_back(point);
    return journey;
}

/// Returns only when there is nothing to go back to: the stop that says so.
Stop GdbServer::go_back(const Resumption& resumption, const Place& place) {
    Journey to = journey();
    const core::Core& core = core_of(resumption.thread);
    const bool has_past = !has_changed_;
    if (has_past && resumption.kind == Resumption::Kind::go_back) {
        to.place = place;
        to.end = place.thread == 0 ? soc_.now() : kNeverInCluster;
        if (const auto found = history_.last_stop(to, must_end_)) {
            to.place = found->place;
            to.stop = *found;
            history_.go_to(to);
        }
    } else if (has_past && core.instructions() > 0) {
        to.place = {.thread = resumption.thread, .instructions = core.instructions() - 1};
        to.stop.place = to.place;
        history_.go_to(to);
    }
    to.stop = {.place = place_of(core), .reason = Stop::Reason::begin};
    if (has_past)
        history_.go_to_earliest(to);
    return {.thread = resumption.thread, .reason = Stop::Reason::begin};
}

/// Returns only when it cannot.
std::string GdbServer::reset() {
    if (!can_go_back())
        return "not possible with " + why_no_past_ + "\n";
    Journey to = journey();
    to.is_reset = true;
    to.stop.place = {.thread = stub_.thread()};
    history_.go_to_start(to);
    return "not possible: the run had begun when the debugger came\n";
}

// On a journey.

void GdbServer::begin_journey(const Journey& journey, const Place& front) {
    connection_.survive_fork();
    stub_.take_over(journey.session, !journey.is_reset);
    plan_ = {};
    breakpoints_.clear();
    watchpoints_.clear();
    for (const DebugPoint& point : journey.points)
        (void)insert(point.kind, point.address, point.bytes);
    breakpoints_.mark(watchpoints_.need_every_access(), false);
    journey_ = journey;
    look_along_the_way();
    const bool is_there = journey.kind == Journey::Kind::place && journey.place == front;
    if (journey.kind == Journey::Kind::here || is_there)
        serve(arrive(), front);
}

/// Between slices of the run.
void GdbServer::look_along_the_way() {
    constexpr u64 kAhead = 250'000;  // more than a core can retire between two looks
    const Place& place = journey_->place;
    const bool is_near =
        place.thread != 0 && core_of(place.thread).instructions() + kAhead >= place.instructions;
    if (is_near)
        breakpoints_.mark_everything();
    if (journey_->kind == Journey::Kind::search && soc_.now() >= journey_->end)
        history_.answer(last_stop_);
}

bool GdbServer::has_come(const core::Core& core) const {
    const Place& place = journey_->place;
    return place.thread == thread_of(core) && core.instructions() >= place.instructions;
}

std::optional<Stop> GdbServer::stop_on_journey(core::Core& core) {
    const bool is_search = journey_->kind == Journey::Kind::search;
    if (has_come(core) && is_search)
        history_.answer(last_stop_);
    if (has_come(core))
        return arrive();
    if (!is_search)
        return std::nullopt;
    if (const std::optional<Stop> stop = reason_of(core)) {
        const unsigned thread = thread_of(core);
        reported_[thread - 1] = {.pc = core.hart().pc, .instructions = core.instructions()};
        last_stop_ = {.place = place_of(core), .reason = stop->reason, .address = stop->address};
    }
    return std::nullopt;
}

/// In front of the store that writes, or of what the thread that is shown waits in meanwhile.
void GdbServer::note_write_on_journey(Address first, Address last) {
    const auto hit = watchpoints_.changed(first, last);
    const core::Core* const core = writer(first, last);
    if (hit)
        last_stop_ = {.place = place_of(core != nullptr ? *core : core_of(stub_.thread())),
                      .reason = Stop::Reason::write,
                      .address = hit->address};
}

Stop GdbServer::arrive() {
    const Journey journey = *std::exchange(journey_, std::nullopt);
    history_.arrive();
    if (journey.is_reset)
        stub_.answer_monitor(
            "the run is at its start; `maintenance flush register-cache` tells GDB so\n");
    const PastStop& stop = journey.stop;
    return {.thread = stop.place.thread, .reason = stop.reason, .address = stop.address};
}

/// The run has ended before the place.
void GdbServer::end_journey() {
    if (!journey_)
        return;
    if (journey_->kind == Journey::Kind::search)
        history_.answer(last_stop_);
    journey_.reset();
    history_.arrive();
}

}  // namespace flexv::platform
