// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/stub.hpp"

#include "platform/debug/hex.hpp"
#include "platform/debug/rsp_text.hpp"
#include "platform/debug/stop_reply.hpp"
#include "platform/debug/thread_actions.hpp"
#include "platform/debug/thread_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flexv::platform {

struct GdbStub::Row {
    std::string_view name;  // with which the packet begins
    Reply (GdbStub::*carry_out)(std::string_view rest);
};

/// The first row whose name the packet begins with is its own.
const GdbStub::Row GdbStub::kRows[] = {
    {"?", &GdbStub::tell_stop},
    {"qSupported", &GdbStub::tell_features},
    {"QStartNoAckMode", &GdbStub::stop_acknowledging},
    {"QNonStop:", &GdbStub::choose_mode},
    {"qAttached", &GdbStub::tell_attached},
    {"qfThreadInfo", &GdbStub::tell_first_threads},
    {"qsThreadInfo", &GdbStub::tell_more_threads},
    {"qThreadExtraInfo,", &GdbStub::tell_thread_state},
    {"qXfer:features:read:target.xml:", &GdbStub::tell_description},
    {"qXfer:threads:read::", &GdbStub::tell_thread_list},
    {"qSymbol:", &GdbStub::tell_symbols},
    {"qRcmd,", &GdbStub::run_monitor},
    {"H", &GdbStub::choose_thread},
    {"T", &GdbStub::check_thread},
    {"g", &GdbStub::read_general},
    {"G", &GdbStub::write_general},
    {"p", &GdbStub::read_register},
    {"P", &GdbStub::write_register},
    {"m", &GdbStub::read_memory},
    {"M", &GdbStub::write_memory},
    {"X", &GdbStub::write_binary},
    {"Z", &GdbStub::insert_point},
    {"z", &GdbStub::remove_point},
    {"vCont?", &GdbStub::tell_actions},
    {"vCont;", &GdbStub::resume_by_actions},
    {"vKill;", &GdbStub::kill_process},
    {"vStopped", &GdbStub::tell_next_stop},
    {"bs", &GdbStub::step_back},
    {"bc", &GdbStub::go_back},
    {"c", &GdbStub::go},
    {"C", &GdbStub::go_with_signal},
    {"s", &GdbStub::step},
    {"S", &GdbStub::step_with_signal},
    {"D", &GdbStub::detach},
    {"k", &GdbStub::kill},
};

void GdbStub::send(std::string_view payload) {
    last_frame_ = rsp_frame(payload);
    channel_.send(last_frame_);
}

void GdbStub::restart() {
    reader_.clear();
    thread_ = 1;
    chosen_ = {};
    acknowledges_ = true;
    is_waited_for_ = knows_breakpoint_reasons_ = is_non_stop_ = false;
    told_.clear();
}

void GdbStub::take_over(const Session& session, bool is_waited_for) {
    restart();
    thread_ = session.thread;
    chosen_ = {.thread = session.thread};
    acknowledges_ = session.acknowledges;
    knows_breakpoint_reasons_ = session.knows_breakpoint_reasons;
    is_waited_for_ = is_waited_for;
}

void GdbStub::show(std::string_view text) {
    if (is_waited_for_ && !text.empty())
        send("O" + hex::of_bytes(text));
}

Resumption GdbStub::serve(const Stop& stop) {
    stop_ = stop;
    thread_ = stop.thread;
    chosen_ = {.thread = stop.thread};
    resumption_.reset();
    show(stop.note);
    if (std::exchange(is_waited_for_, false))
        send(reply_of(stop_));
    for (;;) {
        take_all();
        if (resumption_)
            break;
        const std::string bytes = channel_.receive();
        if (bytes.empty())
            return {.kind = Resumption::Kind::detach};
        reader_.add(bytes);
    }
    is_waited_for_ = !is_non_stop_ && resumption_->kind != Resumption::Kind::detach &&
                     resumption_->kind != Resumption::Kind::kill;
    return *resumption_;
}

/// Up to the command that lets the platform go on.
void GdbStub::take_all() {
    while (!resumption_) {
        const auto event = reader_.next();
        if (!event)
            return;
        take(*event);
    }
}

std::optional<Resumption> GdbStub::attend(std::string_view bytes) {
    reader_.add(bytes);
    do {
        resumption_.reset();
        take_all();
    } while (resumption_ && resumption_->kind == Resumption::Kind::go);
    return resumption_;
}

/// A debugger sends nothing else while it waits for a stop; what it sends all the same is answered
/// at the stop.
bool GdbStub::wants_to_stop(std::string_view bytes) {
    constexpr char kInterrupt = 0x03;
    std::string rest(bytes);
    const auto interrupts = std::erase(rest, kInterrupt);
    reader_.add(rest);
    return interrupts != 0 || !rest.empty();
}

void GdbStub::tell_end(std::string_view reply) {
    if (is_non_stop_)
        send_notification(std::string(reply));
    else if (std::exchange(is_waited_for_, false))
        send(reply);
}

void GdbStub::take(const RspEvent& event) {
    using enum RspEvent::Kind;
    switch (event.kind) {
        case packet:
            if (acknowledges_)
                channel_.send("+");
            carry_out(event.payload);
            return;
        case damaged:
            if (acknowledges_)
                channel_.send("-");
            return;
        case send_again:
            channel_.send(last_frame_);
            return;
        case acknowledge:
        case interrupt:  // the platform stands still already
            return;
    }
}

void GdbStub::carry_out(std::string_view packet) {
    for (const Row& row : kRows) {
        if (!packet.starts_with(row.name))
            continue;
        if (const Reply reply = (this->*row.carry_out)(packet.substr(row.name.size())))
            send(*reply);
        return;
    }
    send("");
}

bool GdbStub::is_thread(u64 number) const {
    return number >= 1 && number <= target_.thread_count();
}

// What the debugger asks at the beginning.

GdbStub::Reply GdbStub::tell_features(std::string_view rest) {
    knows_breakpoint_reasons_ = rest.find("swbreak+") != std::string_view::npos;
    return fmt::format(
        "PacketSize={:x};QStartNoAckMode+;QNonStop+;vContSupported+;swbreak+;hwbreak+;"
        "qXfer:features:read+;qXfer:threads:read+{}",
        rsp::kPacketBytes, target_.can_go_back() ? ";ReverseStep+;ReverseContinue+" : "");
}

GdbStub::Reply GdbStub::stop_acknowledging(std::string_view /*rest*/) {
    acknowledges_ = false;
    return rsp::kOk;
}

/// The run was there before the debugger: when it quits, the run goes on.
GdbStub::Reply GdbStub::tell_attached(std::string_view /*rest*/) { return "1"; }

GdbStub::Reply GdbStub::tell_symbols(std::string_view /*rest*/) { return rsp::kOk; }

GdbStub::Reply GdbStub::tell_description(std::string_view rest) {
    return rsp::part_of(target_.description(), rest);
}

GdbStub::Reply GdbStub::run_monitor(std::string_view rest) {
    const auto line = hex::bytes_of(rest);
    if (!line)
        return rsp::kMalformed;
    answer_monitor(target_.monitor(*line));
    return std::nullopt;
}

void GdbStub::answer_monitor(std::string_view text) {
    constexpr std::size_t kPart = rsp::kPacketBytes / 4;  // two digits per byte
    for (std::size_t start = 0; start < text.size(); start += kPart)
        send("O" + hex::of_bytes(text.substr(start, kPart)));
    send(rsp::kOk);
}

// Why the platform stands still.

GdbStub::Reply GdbStub::tell_stop(std::string_view /*rest*/) {
    return is_non_stop_ ? all_halted() : reply_of(stop_);
}

/// The first of the threads that are halted; the others follow on request.
std::string GdbStub::all_halted() {
    told_.clear();
    for (unsigned thread = 1; thread <= target_.thread_count(); ++thread)
        if (target_.is_halted(thread))
            told_.push_back(reply_of({.signal = 0, .thread = thread}));
    return told_.empty() ? rsp::kOk : told_.front();
}

void GdbStub::notify(const Stop& stop) {
    show(stop.note);
    send_notification(reply_of(stop));
}

/// One notification at a time: the others wait until the debugger asks for more.
void GdbStub::send_notification(std::string text) {
    told_.push_back(std::move(text));
    if (told_.size() == 1)
        channel_.send("%" + rsp_frame("Stop:" + told_.front()).substr(1));
}

GdbStub::Reply GdbStub::tell_next_stop(std::string_view /*rest*/) {
    if (!told_.empty())
        told_.pop_front();
    return told_.empty() ? rsp::kOk : told_.front();
}

GdbStub::Reply GdbStub::choose_mode(std::string_view rest) {
    if (rest != "0" && rest != "1")
        return rsp::kMalformed;
    is_non_stop_ = rest == "1";
    told_.clear();
    return rsp::kOk;
}

std::string GdbStub::reply_of(const Stop& stop) const {
    return stop_reply(stop, target_, knows_breakpoint_reasons_);
}

// Threads.

GdbStub::Reply GdbStub::tell_first_threads(std::string_view /*rest*/) {
    std::string list = "m";
    for (unsigned thread = 1; thread <= target_.thread_count(); ++thread)
        list += fmt::format("{}{:x}", thread == 1 ? "" : ",", thread);
    return list;
}

GdbStub::Reply GdbStub::tell_more_threads(std::string_view /*rest*/) { return "l"; }

GdbStub::Reply GdbStub::tell_thread_state(std::string_view rest) {
    const auto thread = hex::number_of(rest);
    if (!thread || !is_thread(*thread))
        return rsp::kMalformed;
    return hex::of_bytes(target_.thread_state(unsigned(*thread)));
}

GdbStub::Reply GdbStub::tell_thread_list(std::string_view rest) {
    return rsp::part_of(thread_list(target_), rest);
}

/// "g" or "c" and a thread; 0 and -1 leave the choice to us.
GdbStub::Reply GdbStub::choose_thread(std::string_view rest) {
    if (rest.size() < 2)
        return rsp::kMalformed;
    const bool is_to_go = rest.front() == 'c';
    rest.remove_prefix(1);
    if (rest == "-1" || rest == "0")
        return rsp::kOk;
    const auto thread = hex::number_of(rest);
    if (!thread || !is_thread(*thread))
        return rsp::kMalformed;
    thread_ = unsigned(*thread);
    if (is_to_go)
        chosen_ = {.thread = thread_};
    return rsp::kOk;
}

GdbStub::Reply GdbStub::check_thread(std::string_view rest) {
    const auto thread = hex::number_of(rest);
    if (!thread || !is_thread(*thread))
        return rsp::kRefused;
    chosen_.take(unsigned(*thread), target_.thread_count());
    return rsp::kOk;
}

// Registers.

GdbStub::Reply GdbStub::read_general(std::string_view /*rest*/) {
    std::string values;
    for (unsigned number = 0; number < target_.general_count(); ++number)
        values += rsp::text_of(target_.register_value(thread_, number));
    return values;
}

/// All or nothing, as far as the text goes; registers that stay as they are need not be changeable.
GdbStub::Reply GdbStub::write_general(std::string_view rest) {
    constexpr std::size_t kDigits = 8;
    if (rest.size() != kDigits * target_.general_count() || !hex::bytes_of(rest))
        return rsp::kMalformed;
    bool is_done = true;
    for (unsigned number = 0; number < target_.general_count(); ++number) {
        const auto value = hex::word_of(rest.substr(kDigits * number, kDigits));
        if (value && value != target_.register_value(thread_, number))
            is_done = target_.set_register(thread_, number, *value) && is_done;
    }
    return is_done ? rsp::kOk : rsp::kRefused;
}

GdbStub::Reply GdbStub::read_register(std::string_view rest) {
    const auto number = hex::word_number_of(rest);
    if (!number || *number >= target_.register_count())
        return rsp::kMalformed;
    return rsp::text_of(target_.register_value(thread_, *number));
}

GdbStub::Reply GdbStub::write_register(std::string_view rest) {
    const auto number = hex::word_number_of(rsp::take_until(rest, '='));
    const auto value = hex::word_of(rest);
    if (!number || !value || *number >= target_.register_count())
        return rsp::kMalformed;
    return target_.set_register(thread_, *number, *value) ? rsp::kOk : rsp::kRefused;
}

// Memory.

GdbStub::Reply GdbStub::read_memory(std::string_view rest) {
    const auto range = rsp::range_of(rest);
    if (!range)
        return rsp::kMalformed;
    const std::string bytes =
        target_.read_memory(range->address, std::min(range->bytes, rsp::kPacketBytes / 2));
    return bytes.empty() && range->bytes != 0 ? rsp::kRefused : hex::of_bytes(bytes);
}

GdbStub::Reply GdbStub::write_memory(std::string_view rest) {
    const auto range = rsp::range_of(rsp::take_until(rest, ':'));
    const auto bytes = hex::bytes_of(rest);
    if (!range || !bytes || bytes->size() != range->bytes)
        return rsp::kMalformed;
    return target_.write_memory(range->address, *bytes) ? rsp::kOk : rsp::kRefused;
}

GdbStub::Reply GdbStub::write_binary(std::string_view rest) {
    const auto range = rsp::range_of(rsp::take_until(rest, ':'));
    if (!range || rest.size() != range->bytes)
        return rsp::kMalformed;
    return target_.write_memory(range->address, rest) ? rsp::kOk : rsp::kRefused;
}

// Places to stop at.

GdbStub::Reply GdbStub::insert_point(std::string_view rest) { return change_point(rest, true); }
GdbStub::Reply GdbStub::remove_point(std::string_view rest) { return change_point(rest, false); }

/// "KIND,ADDRESS,BYTES"; conditions behind it are the debugger's own business.
GdbStub::Reply GdbStub::change_point(std::string_view rest, bool inserts) {
    constexpr u64 kKinds = 5;
    rest = rsp::take_until(rest, ';');
    const auto kind = hex::number_of(rsp::take_until(rest, ','));
    const auto range = rsp::range_of(rest);
    if (!kind || !range)
        return rsp::kMalformed;
    if (*kind >= kKinds)
        return "";
    const bool is_done = inserts ? target_.insert(PointKind(*kind), range->address, range->bytes)
                                 : target_.remove(PointKind(*kind), range->address, range->bytes);
    return is_done ? rsp::kOk : rsp::kRefused;
}

// Going on.

GdbStub::Reply GdbStub::tell_actions(std::string_view /*rest*/) { return "vCont;c;C;s;S;r;t"; }

/// All threads run, whatever the actions say of the others, because time is one for all; `alone`
/// tells that the debugger has taken away a breakpoint for this step.
GdbStub::Reply GdbStub::resume_by_actions(std::string_view rest) {
    if (rest.empty())
        return rsp::kMalformed;
    if (is_non_stop_)
        return resume_one_by_one(rest);
    const auto actions = actions_of(rest, target_.thread_count());
    if (!actions)
        return rsp::kMalformed;
    Resumption resumption;
    bool has_default = false;
    for (const ThreadAction& action : *actions) {
        has_default = has_default || !action.thread;
        if (!steps(action) || resumption.kind == Resumption::Kind::step)
            continue;
        const auto thread = unsigned(action.thread.value_or(0));
        resumption = resumption_of(action, thread == 0 ? thread_ : thread);
    }
    resumption.alone = resumption.kind == Resumption::Kind::step && !has_default;
    resume(resumption);
    return std::nullopt;
}

/// Each thread does what the first action says that is for it.
GdbStub::Reply GdbStub::resume_one_by_one(std::string_view rest) {
    const auto actions = actions_of(rest, target_.thread_count());
    if (!actions)
        return rsp::kMalformed;
    for (unsigned thread = 1; thread <= target_.thread_count(); ++thread) {
        const auto action = std::ranges::find_if(*actions, [thread](const ThreadAction& one) {
            return one.thread.value_or(thread) == thread || one.thread == 0U;
        });
        if (action == actions->end() || target_.is_halted(thread) == (action->letter == 't'))
            continue;
        if (action->letter == 't') {
            target_.halt(thread);
            continue;
        }
        target_.let_go(thread, resumption_of(*action, thread));
    }
    resume({.kind = Resumption::Kind::go});
    return rsp::kOk;
}

GdbStub::Reply GdbStub::resume_at(std::string_view address, Resumption::Kind kind) {
    if (!address.empty()) {
        const auto pc = hex::word_number_of(address);
        if (!pc)
            return rsp::kMalformed;
        if (!target_.set_register(thread_, target_.general_count() - 1, *pc))
            return rsp::kRefused;
    }
    resume({.kind = kind, .thread = kind == Resumption::Kind::step ? thread_ : 0});
    return std::nullopt;
}

GdbStub::Reply GdbStub::go(std::string_view rest) { return resume_at(rest, Resumption::Kind::go); }
GdbStub::Reply GdbStub::step(std::string_view rest) {
    return resume_at(rest, Resumption::Kind::step);
}
/// A core has no signals; the debugger only means to go on.
GdbStub::Reply GdbStub::go_with_signal(std::string_view rest) {
    return hex::number_of(rsp::take_until(rest, ';')) ? go(rest) : Reply{rsp::kMalformed};
}
GdbStub::Reply GdbStub::step_with_signal(std::string_view rest) {
    return hex::number_of(rsp::take_until(rest, ';')) ? step(rest) : Reply{rsp::kMalformed};
}

GdbStub::Reply GdbStub::step_back(std::string_view /*rest*/) {
    if (!target_.can_go_back())
        return rsp::kRefused;
    resume({.kind = Resumption::Kind::step_back, .thread = chosen_.thread});
    return std::nullopt;
}

GdbStub::Reply GdbStub::go_back(std::string_view /*rest*/) {
    if (!target_.can_go_back())
        return rsp::kRefused;
    resume({.kind = Resumption::Kind::go_back, .thread = chosen_.thread});
    return std::nullopt;
}

GdbStub::Reply GdbStub::detach(std::string_view /*rest*/) {
    resume({.kind = Resumption::Kind::detach});
    return rsp::kOk;
}

GdbStub::Reply GdbStub::kill(std::string_view /*rest*/) {
    resume({.kind = Resumption::Kind::kill});
    return std::nullopt;
}

GdbStub::Reply GdbStub::kill_process(std::string_view /*rest*/) {
    resume({.kind = Resumption::Kind::kill});
    return rsp::kOk;
}

}  // namespace flexv::platform
