// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/gdb_server.hpp"

#include "base/console.hpp"
#include "base/log.hpp"
#include "platform/debug/core_state.hpp"
#include "platform/system/memory_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace flexv::platform {

namespace {

/// Where nobody is seen from the bus, the view of one core counts, which sees its own cluster at 0.
/// `access` takes an address and returns how many bytes it has reached.
template <typename Access>
unsigned in_either_view(Address address, Address own, const Access& access) {
    const unsigned count = access(address);
    return count == 0 && own != address ? access(own) : count;
}

Stop::Reason reason_for(PointKind kind) {
    switch (kind) {
        case PointKind::read:
            return Stop::Reason::read;
        case PointKind::access:
            return Stop::Reason::access;
        default:
            return Stop::Reason::write;
    }
}

std::optional<ClusterCycles> cycle_of(const std::string& text) {
    u64 cycle = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, cycle);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return ClusterCycles{cycle};
}

}  // namespace

GdbServer::GdbServer(Soc& soc, const GdbOptions& options, std::function<bool()> must_end,
                     MonitorTexts texts)
    : soc_(soc),
      waits_(options.waits),
      must_end_(std::move(must_end)),
      connection_(options.endpoint, must_end_),
      stub_(*this, connection_),
      registers_(soc.cores()),
      breakpoints_(soc.codes()),
      watchpoints_(soc),
      monitor_(soc, with_own(std::move(texts))),
      reported_(soc.cores().size()),
      threads_(soc.cores().size()) {
    for (core::Core* core : soc.cores())
        core->attach(*this);
    soc_.write_probe.attach([this](Address first, Address last) { on_written(first, last); });
    soc_.pause_probe.attach([this] {
        if (connection_.is_connected() && !journey_)
            serve({.signal = gdb_signal::kInterrupt, .thread = stub_.thread()});
    });
}

GdbServer::~GdbServer() = default;

MonitorTexts GdbServer::with_own(MonitorTexts texts) {
    texts.reset = [this] { return reset(); };
    texts.stop_at = [this](const std::string& cycle) { return stop_at(cycle); };
    return texts;
}

/// Between two slices of the run, as Ctrl-C does where no core comes to an instruction.
std::string GdbServer::stop_at(const std::string& text) {
    const std::optional<ClusterCycles> cycle = cycle_of(text);
    if (!cycle || *cycle <= soc_.now())
        return fmt::format("\"{}\": must be a cycle behind {}\n", text, soc_.now());
    if (soc_.outside.is_used() || soc_.will_pause() || stub_.is_non_stop())
        return "not possible beside modules of others, --save-at, another stop_at or non-stop\n";
    soc_.pause_at(*cycle);
    return fmt::format("stops at cycle {}\n", *cycle);
}

unsigned GdbServer::thread_of(const core::Core& core) const {
    const auto found = std::ranges::find(soc_.cores(), &core);
    return unsigned(found - soc_.cores().begin()) + 1;
}

void GdbServer::begin(const std::string& why_no_past) {
    why_no_past_ = why_no_past;
    console::tell("gdb: listening on {}\n", connection_.address());
    if (!waits_ || !connection_.accept())
        return;
    stub_.restart();
    if (keep_past())
        return;
    const bool has_fabric_controller = soc_.fabric_controller != nullptr;
    serve({.thread = has_fabric_controller ? thread_count() : 1});
}

// Where cores stop.

core::Permission GdbServer::in_front(core::Core& core) {
    bool has_stopped = false;
    const Address pc = core.hart().pc;
    while (core.hart().pc == pc && !was_killed_) {
        if (stub_.is_non_stop())
            return in_front_alone(core);
        const std::optional<Stop> stop = reason_to_stop(core);
        if (!stop)
            break;
        has_stopped = true;
        if (stop->thread == thread_of(core))
            reported_[stop->thread - 1] = {.pc = pc, .instructions = core.instructions()};
        serve(*stop, place_of(core));
    }
    return has_stopped ? core::Permission::look_again : core::Permission::go;
}

/// A thread steps alone over a breakpoint that the debugger has taken away meanwhile, and expects
/// no other to stop. When its instruction waits for something, another core may have reason to:
/// then the step counts as made, so that the debugger puts the breakpoint back and the other can
/// stop.
std::optional<Stop> GdbServer::reason_to_stop(core::Core& core) {
    if (!connection_.is_connected())
        return std::nullopt;
    if (journey_)
        return stop_on_journey(core);
    std::optional<Stop> stop = reason_of(core);
    if (stop && is_stepping_alone(plan_.thread) && stop->thread != plan_.thread)
        return Stop{.signal = stop->signal, .thread = plan_.thread};
    return stop;
}

bool GdbServer::is_stepping_alone(unsigned thread) const {
    return plan_.kind == Resumption::Kind::step && plan_.alone && plan_.thread == thread;
}

std::optional<Stop> GdbServer::reason_of(core::Core& core) {
    const unsigned thread = thread_of(core);
    const Address pc = core.hart().pc;
    const bool is_step = has_stepped(core, thread);
    if (std::exchange(shall_stop_, false))
        return Stop{.signal = gdb_signal::kInterrupt, .thread = thread};
    const bool is_stepping_away =
        plan_.kind == Resumption::Kind::step && plan_.thread == thread && step_from_.is_of(core);
    const bool is_new = !is_stepping_away && !reported_[thread - 1].is_of(core);
    const bool is_lifted = breakpoints_.is_lifted(pc) && !is_stepping_alone(thread);
    if (is_new && (is_lifted || breakpoints_.contains(pc)))
        return Stop{.thread = thread, .reason = Stop::Reason::breakpoint};
    if (is_step)
        return Stop{.thread = thread};
    return is_new ? access_stop(core, thread) : std::nullopt;
}

bool GdbServer::has_stepped(const core::Core& core, unsigned thread) const {
    const Address offset = core.hart().pc - plan_.range_first;
    const bool is_in_range = offset < plan_.range_end - plan_.range_first;
    return plan_.kind == Resumption::Kind::step && plan_.thread == thread && !is_in_range &&
           !step_from_.is_of(core);
}

std::optional<Stop> GdbServer::access_stop(const core::Core& core, unsigned thread) const {
    const auto access = core.access_in_front();
    const auto hit =
        access ? watchpoints_.hit_by(*access, !is_stepping_alone(thread)) : std::nullopt;
    if (!hit)
        return std::nullopt;
    return Stop{.thread = thread, .reason = reason_for(hit->kind), .address = hit->address};
}

/// Memory tells of a write when it has happened.
void GdbServer::on_written(Address first, Address last) {
    if (is_writing_)
        return;
    if (journey_)
        return note_write_on_journey(first, last);
    const auto hit = watchpoints_.changed(first, last);
    if (!hit || !connection_.is_connected())
        return;
    const core::Core* const core = writer(first, last);
    const std::string who = core != nullptr ? thread_name(thread_of(*core)) : busy_master();
    const unsigned thread = core != nullptr ? thread_of(*core) : stub_.thread();
    const std::string note =
        fmt::format("{:#010x} was written by {} at cycle {}\n", hit->address, who, soc_.now());
    const Stop stop{
        .thread = thread, .reason = Stop::Reason::write, .address = hit->address, .note = note};
    if (stub_.is_non_stop())
        return halt_behind(stop);
    if (is_stepping_alone(plan_.thread) && thread != plan_.thread)
        serve({.thread = plan_.thread}, place_of(core_of(plan_.thread)));
    if (!connection_.is_connected())
        return;
    is_past_ = true;
    serve(stop, place_of(core_of(thread)));
}

/// Who but a core may have written.
std::string GdbServer::busy_master() const {
    for (const Cluster* const cluster : soc_.clusters.all())
        if (!cluster->dma.is_idle())
            return cluster->short_name() + ".dma";
    return "a master outside of the cores";
}

/// Who serves the access knows the core behind it. Behind a burst of the DMA there is one, too,
/// that does not store there; what it brings into a TCDM has none.
const core::Core* GdbServer::writer(Address first, Address last) const {
    const Cause& cause = Log::cause();
    const auto found = std::ranges::find_if(soc_.cores(), [&cause](const core::Core* core) {
        return cause.is_known() && std::string_view(core->name()) == cause.initiator;
    });
    const bool is_core =
        found != soc_.cores().end() &&
        (memory_map::cluster_at(first).has_value() || (*found)->is_storing_to(first, last));
    return is_core ? *found : nullptr;
}

// Standing still and going on.

/// \param place what lies before this stop, when some core is in front of an instruction or busy
///   with one; else all that lies before now
void GdbServer::serve(const Stop& stop, Place place) {
    shall_stop_ = is_overdue_ = false;
    threads_[stop.thread - 1].is_halted = true;
    Resumption next = stub_.serve(stop);
    // Behind a watchpoint the debugger expects the access in front and steps over it.
    if (std::exchange(is_past_, false) && next.kind == Resumption::Kind::step && next.alone)
        next = stub_.serve({.thread = stop.thread});
    while (next.kind == Resumption::Kind::step_back || next.kind == Resumption::Kind::go_back)
        next = stub_.serve(go_back(next, place));
    go_on(next, place);
}

void GdbServer::go_on(const Resumption& resumption, const Place& front) {
    plan_ = resumption;
    if (plan_.kind == Resumption::Kind::kill) {
        was_killed_ = true;
        soc_.interrupt();
    }
    if (plan_.kind == Resumption::Kind::kill || plan_.kind == Resumption::Kind::detach)
        return leave(was_killed_ ? "has killed the run" : "has left; the run goes on");
    if (stub_.is_non_stop())
        return begin_non_stop();
    end_non_stop();
    const bool steps = plan_.kind == Resumption::Kind::step;
    if (steps) {
        const core::Core& core = core_of(plan_.thread);
        step_from_ = {.pc = core.hart().pc, .instructions = core.instructions()};
    }
    watchpoints_.mark(plan_.alone);
    breakpoints_.mark(steps || watchpoints_.need_every_access(), plan_.alone);
    (void)keep_past(front);
}

void GdbServer::leave(const char* why) {
    plan_ = {};
    history_.forget();
    end_non_stop();
    stub_.restart();
    breakpoints_.clear();
    watchpoints_.clear();
    breakpoints_.mark(false, false);
    connection_.close();
    shall_stop_ = is_overdue_ = false;
    console::tell("gdb: the debugger {}\n", why);
}

bool GdbServer::is_due() {
    constexpr std::chrono::milliseconds kInterval{10};  // a look costs a system call
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_)
        return false;
    next_look_ = now + kInterval;
    return true;
}

/// A core that runs comes to its next instruction soon; where none does, all sleep.
void GdbServer::look() {
    if (journey_)
        return look_along_the_way();
    if (shall_stop_ && std::exchange(is_overdue_, true))
        return serve({.signal = gdb_signal::kInterrupt, .thread = stub_.thread()});
    if (shall_stop_ || !is_due())
        return;
    if (!connection_.is_connected())
        return take_connection();
    const std::string bytes = connection_.receive_waiting();
    if (!connection_.is_connected())
        return leave("is gone; the run goes on");
    if (stub_.is_non_stop())
        return attend(bytes);
    if (!bytes.empty() && stub_.wants_to_stop(bytes)) {
        shall_stop_ = true;
        breakpoints_.mark_everything();
    }
    (void)keep_past();
}

void GdbServer::take_connection() {
    if (!connection_.accept_waiting())
        return;
    stub_.restart();
    console::tell("gdb: a debugger has connected\n");
    shall_stop_ = true;
    breakpoints_.mark_everything();
}

// The end.

void GdbServer::tell_exit(unsigned status) {
    end_journey();
    stub_.tell_end(fmt::format("W{:02x}", status & 0xff));
    attend_while([this] { return stub_.is_telling(); });
}

void GdbServer::tell_failure(unsigned signal, const core::Core* core, const std::string& what) {
    end_journey();
    if (!connection_.is_connected())
        return;
    const unsigned thread = core != nullptr ? thread_of(*core) : stub_.thread();
    const Stop stop{.signal = signal, .thread = thread, .note = "flexv: " + what + "\n"};
    if (stub_.is_non_stop()) {
        halt_all(stop);
    } else {
        Resumption next = stub_.serve(stop);
        while (next.kind == Resumption::Kind::step_back || next.kind == Resumption::Kind::go_back)
            next = stub_.serve(go_back(next, {}));
        was_killed_ = next.kind == Resumption::Kind::kill;
    }
    stub_.tell_end(fmt::format("X{:02x}", signal));
    attend_while([this] { return stub_.is_telling(); });
}

// What the stub asks for.

unsigned GdbServer::thread_count() const { return unsigned(soc_.cores().size()); }

std::string GdbServer::thread_name(unsigned thread) const {
    const core::Core& core = core_of(thread);
    if (soc_.fabric_controller && &core == &soc_.fabric_controller->core)
        return "fabric_controller";
    return std::string(core.name()).substr(std::string_view(soc_.name()).size() + 1);
}

std::string GdbServer::thread_state(unsigned thread) const {
    return state_of(soc_, core_of(thread));
}

std::string GdbServer::description() const { return registers_.description(); }

std::optional<u32> GdbServer::register_value(unsigned thread, unsigned number) {
    return registers_.value(core_of(thread), number);
}

bool GdbServer::set_register(unsigned thread, unsigned number, u32 value) {
    has_changed_ = true;
    return registers_.set(core_of(thread), number, value);
}

std::string GdbServer::read_memory(Address address, unsigned bytes) {
    std::string read;
    while (read.size() < bytes) {
        const Address from = address + Address(read.size());
        std::string part(bytes - read.size(), '\0');
        const Address own = soc_.absolute(core_of(stub_.thread()), from);
        const unsigned count = in_either_view(from, own, [&](Address seen) {
            return soc_.read(seen, part.data(), unsigned(part.size()));
        });
        if (count == 0)
            break;
        read += part.substr(0, count);
    }
    return read;
}

bool GdbServer::write_memory(Address address, std::string_view bytes) {
    is_writing_ = has_changed_ = true;
    std::size_t written = 0;
    while (written < bytes.size()) {
        const std::string_view rest = bytes.substr(written);
        const Address to = address + Address(written);
        const Address own = soc_.absolute(core_of(stub_.thread()), to);
        const unsigned count = in_either_view(to, own, [&](Address seen) {
            return soc_.write(seen, rest.data(), unsigned(rest.size()));
        });
        if (count == 0)
            break;
        written += count;
    }
    is_writing_ = false;
    watchpoints_.refresh();
    return written == bytes.size();
}

bool GdbServer::insert(PointKind kind, Address address, unsigned bytes) {
    if (kind > PointKind::hardware)
        return watchpoints_.insert(kind, address, bytes);
    if (address % 2 != 0)
        return false;
    breakpoints_.insert(address);
    return true;
}

bool GdbServer::remove(PointKind kind, Address address, unsigned bytes) {
    return kind > PointKind::hardware ? watchpoints_.remove(kind, address, bytes)
                                      : breakpoints_.remove(address);
}

std::string GdbServer::monitor(std::string_view line) { return monitor_.answer(line); }

}  // namespace flexv::platform
