// SPDX-License-Identifier: Apache-2.0
#include "fetch_path/fetch_unit.hpp"

namespace flexv::fetch_path {

void FetchUnit::bind(FetchPort& port) {
    port_ = &port;
    filter_ = &port.filter();
    port.attach(*this);
}

void FetchUnit::reset() {
    needs_care_ = port_ != nullptr;
    is_clocked_ = has_current_ = has_begun_ = word_arrives_ = false;
    lead_ = Lead::behind_redirect();
    fetched_ = 0;
    ready_ = 1;
    line_ = kNoLine;
    taken_ = 0;
    next_.reset();
    shadow_.reset();
    redirect_.reset();
}

void FetchUnit::start(Cycles now) {
    constexpr Cycles kFetchToExecute = 3;
    const Cycles asked = port_ != nullptr ? now : now - std::min(now, kFetchToExecute);
    fetched_ = asked;
    ready_ = asked + 1;
}

// Which code needs no clock.

bool FetchUnit::reaches_settled(const Front& front, bool may_stay) {
    Lead lead = lead_;
    lead.idle(ready_ - fetched_ - 1);
    lead.take(front.pops());
    if (may_stay)
        lead.idle(kNever);
    const Address last = line_of(lead.reach(front.next()));
    return last <= front.last_line() || is_settled(last);
}

bool FetchUnit::stays_settled(const Front& front, bool may_stay) {
    if (!is_settled(line_of(front.pc)) || !is_settled(front.last_line()) ||
        !reaches_settled(front, may_stay))
        return false;
    if (front.loop_target != FetchStage::kNone && !has_back_edge_settled(front.loop_target))
        return false;
    (void)takes_line(line_of(front.pc));
    (void)takes_line(front.last_line());
    needs_care_ = !is_settled(line_ + kFetchLineBytes);
    return true;
}

bool FetchUnit::has_back_edge_settled(Address target) {
    constexpr Address kAhead = 4 * FetchStage::kWords;
    return port_ == nullptr ||
           (is_settled(line_of(target)) && is_settled(line_of(target + kAhead)));
}

/// Up to the redirect the stage asks for what lies behind.
bool FetchUnit::redirects_settled(const Front& target, const Front& behind) {
    return is_settled(line_of(target.pc)) && (!needs_care_ || reaches_settled(behind, false));
}

// The clock.

void FetchUnit::start_clock(Address front) {
    if (fetched_ + 1 < ready_)
        catch_up();
    stage_ = lead_.stage(front);
    port_->resume(stage_.requested(), stage_.is_waiting());
    is_clocked_ = needs_care_ = true;
    has_begun_ = false;
    next_.reset();
    shadow_.reset();
    redirect_.reset();
}

bool FetchUnit::stops_clock(Cycles cycle, bool is_allowed) {
    ready_ = cycle - 1;
    if (!is_allowed || redirect_ || next_ || fetched_ >= ready_ || !port_->is_calm())
        return false;
    const std::optional<Lead> lead = Lead::of(stage_);
    if (!lead)
        return false;
    lead_ = *lead;
    is_clocked_ = has_begun_ = false;
    return true;
}

void FetchUnit::expect(const Front& front, Cycles entered) {
    if (!next_)
        next_ = Wanted{.front = front, .ready = ready_, .closes = entered};
}

bool FetchUnit::has_left_decode_empty() {
    if (!is_clocked_ || !next_ || next_->closes == kNever)
        return false;
    while (!next_->is_taken && fetched_ + 1 < next_->closes && can_clock())
        clock(next_->closes - 1);
    return !next_->is_taken;
}

std::optional<Cycles> FetchUnit::prepare(const Front& front, Cycles left, bool may_stay) {
    if (has_current_)
        return taken_;
    if (!is_clocked_) {
        if (stays_settled(front, may_stay))
            return ready_;
        start_clock(front.pc);
    }
    expect(front);
    next_->opens = left;
    while (!next_->is_taken && can_clock())
        clock();
    if (!next_->is_taken)
        return std::nullopt;
    taken_ = next_->taken;
    next_.reset();
    has_current_ = true;
    count_lines(front);
    return taken_;
}

void FetchUnit::count_lines(const Front& front) {
    for (const Address line : {line_of(front.pc), front.last_line()}) {
        if (line == line_)
            continue;
        line_ = line;
        if (!port_->has_missed(line))
            filter_->count_hit();
    }
}

Cycles FetchUnit::redirect(Cycles cycle, const Front& target, const Front& behind,
                           bool takes_behind) {
    const Cycles ideal = std::max(ready_, cycle + (target.needs_two_words() ? 2 : 1));
    if (port_ != nullptr && !is_clocked_ && !redirects_settled(target, behind))
        start_clock(behind.pc);
    if (!is_clocked_) {
        lead_ = Lead::behind_redirect();
        fetched_ = cycle;
        ready_ = ideal;
        return ideal;
    }
    if (!next_ && takes_behind)
        expect(behind);
    shadow_ = next_;
    redirect_ = Redirect{.cycle = std::max(cycle, fetched_ + 1), .target = target.pc};
    next_ = Wanted{.front = target, .ready = ready_};
    return ideal;
}

void FetchUnit::clock(Cycles last) {
    skip(last == kNever ? kNever : last - 1);
    const Cycles now = fetched_ + 1;
    if (!has_begun_)
        word_arrives_ = port_->begin(now);
    has_begun_ = false;
    FetchStage::Inputs in{.word_arrives = word_arrives_, .grants = port_->grants()};
    const bool redirects = redirect_ && redirect_->cycle <= now;
    if (redirects)
        in.redirect = redirect_->target;
    std::optional<Wanted>& wanted = this->wanted();
    if (wanted && !wanted->is_taken) {
        in.is_compressed = wanted->front.is_compressed;
        in.loop_target = wanted->front.loop_target;
        in.decode_takes = wanted->can_be_taken(now);
    }
    const FetchStage::Outputs out = stage_.clock(in);
    port_->end(out.requests, out.address);
    fetched_ = now;
    if (out.is_taken) {
        wanted->is_taken = true;
        wanted->taken = now;
    }
    if (redirects) {
        redirect_.reset();
        shadow_.reset();
    }
}

/// Nothing but a line that comes, decode or a redirect can change anything.
bool FetchUnit::is_static() {
    return port_->is_static() && (stage_.is_full() || stage_.is_starving());
}

/// Passes over cycles in which nothing happens, up to `last` at most.
void FetchUnit::skip(Cycles last) {
    if (has_begun_ || !is_static())
        return;
    const Cycles known = port_->known_until();
    Cycles event = known == kNever ? kNever : known - 1;
    if (redirect_)
        event = std::min(event, redirect_->cycle);
    const std::optional<Wanted>& wanted = this->wanted();
    if (wanted && !wanted->is_taken && stage_.has_front(wanted->front.is_compressed, false))
        event = std::min(event, wanted->takes_from(fetched_ + 1));
    if (event == kNever && last == kNever)
        return;
    const Cycles quiet = std::min(event == kNever ? kNever : event - 1, last);
    fetched_ = std::max(fetched_, quiet);
}

void FetchUnit::act(Cycles now) {
    if (!is_clocked_)
        return;
    const bool waits = owner_.waits_for_front();
    const Cycles last = waits ? now : now - 1;
    while (fetched_ < last && can_clock() && !(waits && next_ && next_->is_taken))
        clock(last);
    if (waits && next_ && next_->is_taken)
        return owner_.front_has_come();
    if (fetched_ + 1 == now && !has_begun_ && can_clock()) {
        word_arrives_ = port_->begin(now);
        has_begun_ = true;
    }
    keep_going();
}

void FetchUnit::line_comes(Cycles cycle) {
    if (is_clocked_)
        timeline_.schedule(*this, cycle);
}

void FetchUnit::keep_going() {
    if (!is_clocked_)
        return;
    const std::optional<Wanted>& wanted = this->wanted();
    const bool can_take =
        wanted && !wanted->is_taken && stage_.has_front(wanted->front.is_compressed, false);
    if (is_static() && !redirect_ && !can_take && !(has_begun_ && word_arrives_))
        return;
    timeline_.schedule(*this, std::max(timeline_.now(), fetched_) + 1);
}

// Back edges of hardware loops, while every fetch hits.

void FetchUnit::take_loop_end(const Front& last) {
    stage_ = lead_.stage(last.pc);
    while (fetched_ < ready_) {
        ++fetched_;
        (void)stage_.clock({.decode_takes = fetched_ == ready_,
                            .is_compressed = last.is_compressed,
                            .loop_target = last.loop_target,
                            .word_arrives = stage_.is_waiting()});
    }
}

Cycles FetchUnit::follow_back_edge(const Front& start, Cycles left) {
    constexpr unsigned kLongest = 8;
    for (unsigned cycle = 0; cycle < kLongest; ++cycle) {
        const std::optional<Lead> lead = Lead::of(stage_);
        if (lead && stage_.has_front(start.is_compressed, stage_.is_waiting())) {
            lead_ = *lead;
            break;
        }
        ++fetched_;
        (void)stage_.clock(
            {.is_compressed = start.is_compressed, .word_arrives = stage_.is_waiting()});
    }
    if (ready_ <= fetched_)
        ready_ = std::max(fetched_ + 1, left);
    return ready_;
}

}  // namespace flexv::fetch_path
