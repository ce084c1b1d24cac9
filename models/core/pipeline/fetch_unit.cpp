// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/fetch_unit.hpp"

#include <utility>

namespace flexv::core {

void FetchUnit::bind(FetchPort& port) {
    port_ = &port;
    filter_ = &port.filter();
    filter_version_ = &filter_->version();
    port.attach(*this);
    needs_care_ = true;
}

void FetchUnit::reset() {
    static_cast<FetchState&>(*this) = {};
    needs_care_ = port_ != nullptr;
}

void FetchState::serialize(StateArchive& archive) {
    archive(needs_care_, is_clocked_, has_current_, has_left_, must_clock_, lead_, fetched_, ready_,
            line_, back_edge_);
    archive(stage_, taken_, is_over_hits_, asked_, has_begun_, word_arrives_, next_, behind_,
            shadow_, redirect_);
}

void FetchUnit::forget_what_follows() {
    next_.reset();
    behind_.reset();
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

/// Those that `way` enters.
bool FetchUnit::finds_lines(const Passage& way, HeldLines& known) const {
    const unsigned entered = way.entered + 1U;
    known.all = port_ == nullptr || filter_->has_all(way.first_line, way.reached);
    if (!known.all && (way.within == 0 || !filter_->has_all(way.first_line, entered)))
        return false;
    if (!filter_->all_hit(way.first_line, entered))
        return false;
    known.version = *filter_version_;
    return true;
}

/// The stage, at `lead` in front of `way`, asks for nothing behind its last line.
bool FetchUnit::rest_stays_within(Lead lead, const Passage& way, Cycles stays) {
    lead.take(way.first_pops);
    lead.idle(stays);
    return lead.reach(way.second_pc) < way.last_line + kFetchLineBytes &&
           (way.rest_within >> lead.index() & 1) != 0;
}

/// Nothing is asked of the cache for the lines from `first` to that of `last`.
bool FetchUnit::is_settled(Address first, Address last) {
    for (Address line = line_of(first); line <= line_of(last); line += kFetchLineBytes)
        if (!is_settled(line))
            return false;
    return true;
}

/// Also when `front` stays in EX and another instruction behind it in decode.
bool FetchUnit::stays_settled(const Front& front) {
    if (!is_settled(front.pc, FetchStage::reach_behind(front.next() + 4)))
        return false;
    if (front.loop_target != FetchStage::kNone && !reaches(front.loop_target))
        return false;
    enter_lines_of(front);
    return true;
}

/// Up to the cycle in which decode takes `front`. What the stage asks for in the next one the cache
/// looks up when `front` enters EX at the earliest, and the one behind it has been prepared by
/// then.
bool FetchUnit::flows_settled(const Front& front) {
    if (!is_settled(front.pc, std::max(front.last_line(), reach_before(ready_ + 1, front))))
        return false;
    enter_lines_of(front);
    return true;
}

void FetchUnit::enter_lines_of(const Front& front) {
    count_lines(front);
    needs_care_ = !is_settled(line_ + kFetchLineBytes);
}

/// The last word that the stage, unclocked, may have asked for before `cycle`; decode takes `front`
/// when it can and nothing behind it.
Address FetchUnit::reach_before(Cycles cycle, const Front& front) const {
    Lead lead = lead_;
    if (cycle <= fetched_ + 1)
        return lead.reach(front.pc);
    const Cycles taken = std::max(ready_, fetched_ + 1);
    if (cycle <= taken) {
        lead.idle(cycle - fetched_ - 1);
        return lead.reach(front.pc);
    }
    lead.idle(taken - fetched_ - 1);
    lead.take(front.pops());
    lead.idle(cycle - taken - 1);
    return lead.reach(front.next());
}

// The clock.

void FetchUnit::start_clock(Address front) {
    if (fetched_ + 1 < ready_)
        catch_up();
    stage_ = lead_.stage(front);
    asked_ = stage_.requested();
    port_->resume(asked_, stage_.is_waiting());
    is_over_hits_ = port_->is_calm();
    is_clocked_ = needs_care_ = true;
    has_begun_ = false;
    forget_what_follows();
}

bool FetchUnit::can_stop_clock() const {
    const bool is_taken = next_ && next_->is_taken;
    return !redirect_ && !is_taken && fetched_ < ready_ && (is_over_hits_ || port_->is_calm());
}

bool FetchUnit::stops_clock(Address next) {
    if (std::exchange(must_clock_, false) || !can_stop_clock())
        return false;
    const std::optional<Lead> lead = Lead::of(stage_);
    if (!lead || !reaches(next))
        return false;
    lead_ = *lead;
    is_clocked_ = is_over_hits_ = has_begun_ = false;
    forget_what_follows();
    return true;
}

void FetchUnit::expect(const Front& front, const Front& behind, Cycles entered) {
    if (!next_)
        next_.emplace();
    if (!next_->is_taken) {
        next_->front = front;
        behind_ = Wanted{.front = behind};
    }
    if (next_->ready == kNever) {
        next_->ready = ready_;
        next_->closes = entered;
    }
}

bool FetchUnit::has_left_decode_empty() {
    if (!is_clocked_ || !next_ || next_->closes == kNever)
        return false;
    while (!next_->is_taken && fetched_ + 1 < next_->closes && can_clock())
        clock(next_->closes - 1);
    return !next_->is_taken;
}

std::optional<Cycles> FetchUnit::prepare(const Front& front, Cycles left) {
    if (has_current_)
        return taken_;
    if (!is_clocked_) {
        if (!must_clock_ && (front.flows ? flows_settled(front) : stays_settled(front)))
            return ready_;
        start_clock(front.pc);
    }
    if (!next_)
        next_ = Wanted{.front = front};
    next_->front.loop_target = front.loop_target;
    if (next_->ready == kNever)
        next_->ready = ready_;
    if (next_->opens == kNever)
        next_->opens = left;
    while (!next_->is_taken && can_clock())
        clock();
    if (!next_->is_taken)
        return std::nullopt;
    taken_ = next_->taken;
    has_left_ = next_->front.jump_target != FetchStage::kNone;
    next_ = std::exchange(behind_, std::nullopt);
    has_current_ = true;
    count_lines(front);
    return taken_;
}

/// Those that `front` enters, if they have not been counted when the tight loop tried to take it.
void FetchUnit::count_lines(const Front& front) {
    if (line_ == front.last_line())
        return;
    for (const Address line : {line_of(front.pc), front.last_line()}) {
        if (line == line_)
            continue;
        line_ = line;
        filter_->count_entry(line);
    }
}

void FetchUnit::give_up_current() { has_current_ = has_left_ = must_clock_ = false; }

// Jumps.

/// Before `cycle` nothing is asked for that lies behind the line that is executed. An instruction
/// of 32 bits takes the stage as far as any.
bool FetchUnit::stays_in_line(Cycles cycle, Address behind) const {
    return !is_clocked_ && !has_current_ && !must_clock_ &&
           reach_before(cycle, {.pc = behind}) < line_ + kFetchLineBytes;
}

/// Up to the redirect in `cycle` the stage asks for what lies behind.
bool FetchUnit::redirects_settled(Cycles cycle, const Front& target, const Front& behind) {
    return is_settled(line_of(target.pc)) &&
           (!needs_care_ || is_settled(behind.pc, reach_before(cycle, behind)));
}

Cycles FetchUnit::redirect(Cycles cycle, const Front& target, const Front& behind,
                           bool takes_behind) {
    if (port_ != nullptr && !is_clocked_ && !redirects_settled(cycle, target, behind))
        start_clock(behind.pc);
    if (!is_clocked_) {
        (void)leave(cycle, target.needs_two_words());
        (void)takes_line(line_of(target.pc));
        return ready_;
    }
    if (line_ != line_of(target.pc))
        line_ = kNoLine;  // prepare() counts it
    const Cycles decoded = std::max(ready_, cycle + Cycles{target.needs_two_words() ? 2U : 1U});
    if (std::exchange(has_left_, false)) {  // from decode, by itself
        if (!next_)
            next_ = Wanted{.front = target};
        next_->ready = ready_;
        return decoded;
    }
    if (!next_ && takes_behind)
        next_ = Wanted{.front = behind, .ready = ready_};
    shadow_ = next_;
    if (shadow_)
        shadow_->front.jump_target = FetchStage::kNone;
    redirect_ = Redirect{.cycle = std::max(cycle, fetched_ + 1), .target = target.pc};
    next_ = Wanted{.front = target, .ready = ready_};
    behind_.reset();
    return decoded;
}

void FetchUnit::clock(Cycles last) {
    skip(last == kNever ? kNever : last - 1);
    const Cycles now = fetched_ + 1;
    if (!has_begun_)
        word_arrives_ = begin(now);
    has_begun_ = false;
    FetchStage::Inputs in{.word_arrives = word_arrives_,
                          .grants = is_over_hits_ || port_->grants()};
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
    clock_cache(out);
    fetched_ = now;
    if (redirects) {
        redirect_.reset();
        shadow_.reset();
    }
    if (!out.is_taken)
        return;
    wanted->is_taken = true;
    wanted->taken = now;
    if (wanted->front.jump_target != FetchStage::kNone)
        redirect_ = Redirect{.cycle = now + 1, .target = wanted->front.jump_target};
}

/// The cache in the cycle behind fetched_, in which the stage has asked for `out`. Over hits it is
/// left alone, up to a word in a line that it does not hold; and again once a missing line has
/// come.
void FetchUnit::clock_cache(const FetchStage::Outputs& out) {
    if (!is_over_hits_) {
        port_->end(out.requests, out.address);
        is_over_hits_ = word_arrives_ && port_->is_calm();
    } else if (out.requests && !is_settled(line_of(out.address))) {
        resume_cache(true);
        port_->end(out.requests, out.address);
    }
    if (out.requests)
        asked_ = out.address;
}

/// Brings the cache to where it would be if it had been clocked all the time.
/// \param has_begun also the cycle behind fetched_ has begun
void FetchUnit::resume_cache(bool has_begun) {
    is_over_hits_ = false;
    port_->resume(asked_, has_begun ? word_arrives_ : stage_.is_waiting());
    if (has_begun)
        (void)port_->begin(fetched_ + 1);
}

void FetchUnit::lines_go() {
    if (is_clocked_ && is_over_hits_)
        resume_cache(has_begun_);
}

/// Nothing but a line that comes, decode or a redirect can change anything.
bool FetchUnit::is_static() const {
    if (is_over_hits_)
        return stage_.is_full();
    return (stage_.is_full() || stage_.is_starving()) && port_->is_static();
}

/// Passes over cycles in which nothing happens, up to `last` at most.
void FetchUnit::skip(Cycles last) {
    if (has_begun_ || !is_static())
        return;
    const Cycles known = is_over_hits_ ? kNever : port_->known_until();
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
    if (waits)
        while (fetched_ < now && can_clock() && !(next_ && next_->is_taken))
            clock(now);
    if (waits && next_ && next_->is_taken)
        return owner_.front_has_come();
    keep_going();
}

void FetchUnit::line_comes(Cycles cycle) {
    if (is_clocked_)
        timeline_.schedule(*this, cycle);
}

/// What the core does up to the present cycle is known: so is what the stage asks for in it.
void FetchUnit::keep_going() {
    if (!is_clocked_)
        return;
    const Cycles now = timeline_.now();
    while (fetched_ + 1 < now && can_clock())
        clock(now - 1);
    if (fetched_ + 1 == now && !has_begun_ && can_clock()) {
        word_arrives_ = begin(now);
        has_begun_ = true;
    }
    const std::optional<Wanted>& wanted = this->wanted();
    const bool can_take = wanted && !wanted->is_taken &&
                          stage_.has_front(wanted->front.is_compressed, false) &&
                          wanted->takes_from(fetched_ + 1) != kNever;
    if (is_static() && !redirect_ && !can_take && !(has_begun_ && word_arrives_))
        return;
    timeline_.schedule(*this, std::max(now, fetched_) + 1);
}

// Back edges of hardware loops, while every fetch hits.

void FetchUnit::take_loop_end(const Front& last, const Front& start) {
    back_edge_ = BackEdge::of({.lead = lead_,
                               .wait = ready_ - fetched_,
                               .last = last.pc,
                               .is_last_compressed = last.is_compressed,
                               .start = start.pc,
                               .is_start_compressed = start.is_compressed});
    fetched_ = ready_;
}

Cycles FetchUnit::follow_back_edge(Cycles left) {
    lead_ = back_edge_.lead();
    fetched_ += back_edge_.cycles() - 1;
    if (ready_ <= fetched_)
        ready_ = std::max(fetched_ + 1, left);
    return ready_;
}

}  // namespace flexv::core
