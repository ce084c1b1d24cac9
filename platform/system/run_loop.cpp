// SPDX-License-Identifier: Apache-2.0
#include "platform/system/run_loop.hpp"

#include "base/error.hpp"
#include "core/fault.hpp"
#include "platform/system/soc.hpp"

#include <algorithm>
#include <systemc>

namespace flexv::platform {

RunLoop::RunLoop(Soc& soc, const SimulationConfiguration& config, RunControl& control,
                 const ClusterDomain& clock, const SocDomain& soc_clock, Interleaver& interleaver)
    : soc_(soc),
      config_(config),
      control_(control),
      clock_(clock),
      soc_clock_(soc_clock),
      interleaver_(interleaver) {}

void RunLoop::end_with(u32 code) {
    exit_code_ = code;
    interleaver_.stop();
}

void RunLoop::interrupt() {
    is_interrupted_ = true;
    interleaver_.stop();
}

void RunLoop::pause_at(ClusterCycles cycle) {
    pause_at_ = cycle;
    interleaver_.pause();  // a debugger may ask in mid-quantum
}

void RunLoop::resume() {
    if (window_ != 0)
        next_sample_ = (now() / window_ + 1) * window_;
}

void RunLoop::run() {
    try {
        if (soc_.outside.is_used())
            run_beside_others();
        else
            run_quanta();
    } catch (const core::Fault& fault) {
        fault_ = {.core = fault.core(), .pc = fault.pc(), .what = fault.what()};
        finish(interleaver_.end() + 1);
    } catch (const FirmwareFault& fault) {
        fault_ = {.core = {}, .pc = std::nullopt, .what = fault.what()};
        finish(interleaver_.end() + 1);
    } catch (const std::exception& error) {
        broken_ = error.what();
        finish(interleaver_.end() + 1);
    }
    if (soc_.outside.is_used() && !is_interrupted_)
        let_others_see();
    control_.note_end();
}

/// The kernel comes to the end of the run, and a tick behind it: then others have seen what
/// happened last.
void RunLoop::let_others_see() {
    const u64 last = clock_.ticks_of(end()) + 1;
    const u64 kernel = sc_core::sc_time_stamp().value();
    if (last > kernel)
        sc_core::wait(sc_core::sc_time::from_value(last - kernel));
}

/// Up to `end`, in slices that a user who wants to stop the run can wait for. Slices cannot be
/// seen, as quanta cannot.
void RunLoop::run_until(ClusterCycles end) {
    constexpr ClusterCycles kSlice = 100'000;  // some 50 ms of eight busy cores
    while (now() < end && !interleaver_.is_stopped() && !interleaver_.is_idle() &&
           !control_.must_stop()) {
        interleaver_.run_until(now() + std::min(end - now(), kSlice));
        if (interleaver_.is_paused())
            return;
    }
}

ClusterCycles RunLoop::cycle_limit() const {
    const Cycles most = config_.max_cycles;
    return ClusterCycles(most == 0 ? kNever : most);
}

void RunLoop::run_quanta() {
    const ClusterCycles limit = cycle_limit();
    if (now() != 0)  // of a checkpoint
        follow();
    while (now() < limit) {
        pause_if_due();
        const ClusterCycles quantum_end = now() + ClusterCycles(config_.quantum_cycles);
        interleaver_.look_at(
            std::min({limit, next_sample_, control_.has_input() ? quantum_end : kNeverInCluster}));
        run_until(std::min({limit, quantum_end, next_sample_, pause_at_}));
        follow();
        if (has_ended())
            return;
        const bool others_come =
            control_.has_input() && control_.take_input(interleaver_.is_idle());
        if (interleaver_.is_idle() && !others_come && !control_.revive()) {
            is_deadlocked_ = true;
            return finish(interleaver_.end_of_acts());
        }
        if (now() >= next_sample_ && now() < limit)
            sample(now());
        soc_.quantum_probe();
    }
    pause_if_due();
    finish(now());
}

/// SystemC's time comes to where the platform is.
void RunLoop::follow() {
    const sc_core::sc_time reached = clock_.time_of(now());
    sc_core::wait(std::max(reached, sc_core::sc_time_stamp()) - sc_core::sc_time_stamp());
}

void RunLoop::pause_if_due() {
    if (now() != pause_at_)
        return;
    pause_at_ = kNeverInCluster;
    soc_.pause_probe();  // which may ask again
}

/// The firmware or the user has ended the run.
bool RunLoop::has_ended() {
    if (exit_code_ || is_interrupted_) {
        finish(interleaver_.end());
        return true;
    }
    if (!control_.must_stop())
        return false;
    is_interrupted_ = true;
    finish(now());
    return true;
}

ClusterCycles RunLoop::quantum() const {
    const sc_core::sc_time global = tlm::tlm_global_quantum::instance().get();
    if (global == sc_core::SC_ZERO_TIME)
        return ClusterCycles(config_.quantum_cycles);
    return std::max<ClusterCycles>(1, clock_.cycles_in(global));
}

/// A cycle is carried out one tick of SystemC's resolution after its beginning, when all that
/// others do at its beginning has been done; within a quantum, the platform is ahead of that.
void RunLoop::run_beside_others() {
    interleaver_.open();
    interleaver_.arrive(sc_core::sc_time_stamp().value());
    const ClusterCycles limit = cycle_limit();
    while (now() < limit) {
        soc_.traffic.deliver();
        run_due(std::min(limit, next_sample_));
        soc_.outside.look_at_cores();
        if (has_ended())
            return;
        if (now() >= next_sample_ && now() < limit)
            sample(now());
        soc_.quantum_probe();
        wait_for_others(std::min(limit, next_sample_));
        if (end_)
            return;
    }
    if (!sc_core::sc_pending_activity())
        starve();
    if (!end_)
        finish(now());
}

/// What is due at the kernel's time, and what may run ahead of it. While an access is outside
/// nothing does, because its answer may come at any time.
void RunLoop::run_due(ClusterCycles limit) {
    const u64 kernel = sc_core::sc_time_stamp().value();
    if (interleaver_.next_act_ticks() >= kernel) {
        const u64 last = limit == kNeverInCluster ? kNoTicks : clock_.ticks_of(limit);
        return interleaver_.arrive(std::min(kernel, last));
    }
    interleaver_.look_at(limit);
    const ClusterCycles ahead = soc_.traffic.outside() > 0 ? 0 : quantum() - 1;
    run_until(std::min(limit, clock_.cycle_at_ticks(kernel) + ahead));
}

void RunLoop::wait_for_others(ClusterCycles limit) {
    const u64 kernel = sc_core::sc_time_stamp().value();
    const u64 deadline = limit == kNeverInCluster ? kNoTicks : clock_.ticks_of(limit);
    const u64 next = interleaver_.next_act_ticks();
    if (next == kNoTicks)
        return wait_asleep(deadline);
    const u64 wanted = std::min(next + 1, deadline);
    if (wanted > kernel)
        sc_core::wait(sc_core::sc_time::from_value(wanted - kernel), soc_.traffic.changed());
}

/// Every core sleeps: only others can go on. Where they are known to have nothing to do, either,
/// the run ends in a deadlock, or the kernel starves: no deadline of ours keeps it going.
void RunLoop::wait_asleep(u64 deadline) {
    if (!sc_core::sc_pending_activity()) {
        if (polls_while_asleep_)
            return starve();
        return sc_core::wait(soc_.traffic.changed());
    }
    const u64 kernel = sc_core::sc_time_stamp().value();
    u64 patience = deadline == kNoTicks ? kNoTicks : deadline - std::min(deadline, kernel);
    if (polls_while_asleep_)
        patience =
            std::min<u64>(patience, std::max<u64>(sc_core::sc_time_to_pending_activity().value(),
                                                  clock_.duration_of(quantum()).value()));
    if (patience == kNoTicks)
        return sc_core::wait(soc_.traffic.changed());
    sc_core::wait(sc_core::sc_time::from_value(patience), soc_.traffic.changed());
}

void RunLoop::starve() {
    if (end_ || !interleaver_.is_idle())
        return;
    is_deadlocked_ = true;
    finish(std::max(interleaver_.end_of_acts(), settled_));
}

void RunLoop::abandon() {
    if (end_)
        return;
    is_interrupted_ = true;
    soc_.traffic.arrive(sc_core::sc_time_stamp());
    finish(now());
}

void RunLoop::take_stock() {
    if (end_)
        return;
    soc_.traffic.arrive(sc_core::sc_time_stamp());
    settle_part(now());
}

void RunLoop::settle_part(ClusterCycles cycle) {
    settled_ = cycle;
    soc_.clusters.settle_part(cycle);
}

void RunLoop::sample(ClusterCycles cycle) {
    settle_part(cycle);
    soc_.sample_probe(cycle);
    next_sample_ = cycle + window_;
}

void RunLoop::settle(ClusterCycles end) {
    settled_ = end;
    soc_.clusters.settle(end);
    if (soc_.fabric_controller)
        soc_.fabric_controller->core.settle(Cycles(soc_clock_.cycle_at(clock_.time_of(end))));
}

void RunLoop::finish(ClusterCycles end) {
    end_ = end;
    settle(end);
    soc_.peripherals.flush_output();
}

}  // namespace flexv::platform
