// SPDX-License-Identifier: Apache-2.0
// Non-stop: threads halt and go one by one, and the debugger may ask at any time. A core that is
// halted in front of an instruction is held there while simulated time goes on for the others;
// where nobody runs, time stands still.
#include "platform/debug/gdb_server.hpp"

#include <algorithm>
#include <utility>

namespace flexv::platform {

/// Behind the first command that lets some thread go.
void GdbServer::begin_non_stop() {
    history_.forget();
    mark_alone();
}

void GdbServer::end_non_stop() {
    for (unsigned thread = 1; thread <= thread_count(); ++thread)
        if (std::exchange(threads_[thread - 1], {}).is_held)
            core_of(thread).release();
}

// Halting.

core::Permission GdbServer::in_front_alone(core::Core& core) {
    Thread& thread = threads_[thread_of(core) - 1];
    if (const auto stop = thread.is_halted ? std::nullopt : reason_alone(core)) {
        reported_[thread_of(core) - 1] = {.pc = core.hart().pc,
                                          .instructions = core.instructions()};
        thread.is_halted = true;
        thread.shall_halt = false;
        stub_.notify(*stop);
    }
    attend_while([&] { return thread.is_halted && !is_anybody_running(); });
    if (!thread.is_halted || !stub_.is_non_stop())
        return core::Permission::go;
    thread.is_held = true;
    mark_alone();
    return core::Permission::hold;
}

std::optional<Stop> GdbServer::reason_alone(core::Core& core) {
    const unsigned number = thread_of(core);
    const Thread& thread = threads_[number - 1];
    if (thread.shall_halt)
        return Stop{.signal = 0, .thread = number};
    const Address pc = core.hart().pc;
    const bool is_new = !reported_[number - 1].is_of(core) && !thread.step_from.is_of(core);
    if (is_new && breakpoints_.contains(pc))
        return Stop{.thread = number, .reason = Stop::Reason::breakpoint};
    const Resumption& plan = thread.plan;
    const bool is_in_range = pc - plan.range_first < plan.range_end - plan.range_first;
    if (plan.kind == Resumption::Kind::step && !is_in_range && !thread.step_from.is_of(core))
        return Stop{.thread = number};
    return is_new ? access_stop(core, number) : std::nullopt;
}

/// `stop` is told of a thread that is past the access; its core is held at its next instruction.
void GdbServer::halt_behind(const Stop& stop) {
    if (std::exchange(threads_[stop.thread - 1].is_halted, true))
        return;
    stub_.notify(stop);
    mark_alone();
}

/// At the end of a run: until the debugger lets somebody go.
void GdbServer::halt_all(const Stop& stop) {
    for (Thread& thread : threads_)
        thread = {.is_halted = true};
    stub_.notify(stop);
    attend_while([this] { return !is_anybody_running(); });
}

// What the debugger asks for.

bool GdbServer::is_halted(unsigned thread) const { return threads_[thread - 1].is_halted; }

void GdbServer::let_go(unsigned thread, const Resumption& resumption) {
    Thread& state = threads_[thread - 1];
    core::Core& core = core_of(thread);
    const bool was_held = state.is_held;
    state = {.is_halted = false, .plan = resumption};
    if (resumption.kind == Resumption::Kind::step)
        state.step_from = {.pc = core.hart().pc, .instructions = core.instructions()};
    if (was_held)
        core.release();
    mark_alone();
}

/// Who sleeps or is off is halted at once: its core is held when it wakes.
void GdbServer::halt(unsigned thread) {
    const bool is_quiet = core_of(thread).state_letter() != 'R';
    threads_[thread - 1].is_halted = is_quiet;
    threads_[thread - 1].shall_halt = !is_quiet;
    if (is_quiet)
        stub_.notify({.signal = 0, .thread = thread});
    mark_alone();
}

void GdbServer::attend(const std::string& bytes) {
    if (const auto resumption = stub_.attend(bytes))
        return go_on(*resumption);
    if (!stub_.is_non_stop())
        return stop_all();
    attend_while([this] { return !is_anybody_running(); });
}

/// Time stands still while `holds`.
void GdbServer::attend_while(const std::function<bool()>& holds) {
    while (stub_.is_non_stop() && connection_.is_connected() && holds()) {
        const std::string bytes = connection_.receive();
        if (!connection_.is_connected())
            return leave("is gone; the run goes on");
        if (bytes.empty())  // whoever waits is to end
            return;
        if (const auto resumption = stub_.attend(bytes))
            return go_on(*resumption);
        if (!stub_.is_non_stop())
            return stop_all();
    }
}

/// The debugger has left non-stop: all stand until it lets them go.
void GdbServer::stop_all() {
    if (connection_.is_connected())
        serve({.signal = 0, .thread = stub_.thread()});
}

bool GdbServer::is_anybody_running() const {
    return std::ranges::any_of(threads_, [](const Thread& thread) { return !thread.is_halted; });
}

/// Nobody acts any more. True when that is so because of cores that are held, and one is not now.
bool GdbServer::wait_for_somebody() {
    const auto count = [this] { return std::ranges::count_if(threads_, &Thread::is_held); };
    const auto held = count();
    if (!stub_.is_non_stop() || held == 0)
        return false;
    attend_while([&] { return count() == held; });
    return count() != held;
}

/// Every instruction is looked at while some thread is to halt at its next one.
void GdbServer::mark_alone() {
    const bool looks_everywhere = std::ranges::any_of(threads_, [](const Thread& thread) {
        const bool steps = !thread.is_halted && thread.plan.kind == Resumption::Kind::step;
        return steps || thread.shall_halt || (thread.is_halted && !thread.is_held);
    });
    breakpoints_.mark(looks_everywhere || watchpoints_.need_every_access(), false);
}

}  // namespace flexv::platform
