// SPDX-License-Identifier: Apache-2.0
// The fetch stage as the hardware has it, one call per clock: a FIFO of four words and the prefetch
// buffer that fills it, hardware-loop back edges included (docs/spec/state_machines.md 1.3, 1.4).
// Addresses only, no bytes: whoever calls knows the size of the instruction in front.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

namespace flexv::core {

class FetchStage {
public:
    static constexpr Address kNone = 1;  // no address of an instruction is odd
    static constexpr unsigned kWords = 4;
    /// The last word that the stage asks for while `front` stays in front of it.
    static constexpr Address reach_behind(Address front) {
        return (front & ~Address{3}) + 4 * (kWords - 1);
    }

    /// What the stage sees in one cycle.
    struct Inputs {
        bool decode_takes = false;    ///< the instruction in front, if it is complete
        bool is_compressed = false;   ///< the instruction in front
        Address loop_target = kNone;  ///< the instruction in front ends a loop that goes on there
        Address redirect = kNone;     ///< jump, branch or trap; wins over everything
        bool word_arrives = false;    ///< the one asked for last
        bool grants = true;           ///< a request of this cycle would be granted
    };
    struct Outputs {
        bool is_taken = false;  ///< decode has got the instruction in front
        bool requests = false;  ///< the cache is asked for the word at `address`
        Address address = 0;    ///< on the wires, also when nothing is asked for
    };

    /// Nothing stored; `target` was asked for, and granted, in the cycle before.
    static constexpr FetchStage behind_request(Address target) {
        FetchStage stage;
        stage.requested_ = target;
        stage.port_ = Port::waiting;
        return stage;
    }
    /// `words` stored, the first of them with the instruction at `front`; the word behind them is
    /// on its way, or not.
    static constexpr FetchStage filled(Address front, unsigned words, bool is_waiting) {
        FetchStage stage;
        stage.head_ = front;
        stage.stored_ = u8(words);
        const Address first = front & ~Address{3};
        stage.requested_ = words == 0 ? front : first + 4 * (words - (is_waiting ? 0U : 1U));
        stage.port_ = is_waiting ? Port::waiting : Port::idle;
        return stage;
    }

    /// The address of the instruction in front, also when it has not arrived.
    [[nodiscard]] constexpr Address front() const { return stored_ != 0 ? head_ : requested_; }
    [[nodiscard]] constexpr Address requested() const { return requested_; }
    [[nodiscard]] constexpr unsigned stored() const { return stored_; }
    /// A request has been granted and its word has not come.
    [[nodiscard]] constexpr bool is_waiting() const {
        return port_ == Port::waiting || port_ == Port::aborted;
    }
    /// Straight code: what follows depends on nothing but stored() and is_waiting().
    [[nodiscard]] constexpr bool is_plain() const {
        const bool is_straight =
            loop_ == Loop::none || loop_ == Loop::done || (loop_ == Loop::fetching && stored_ == 0);
        return (port_ == Port::waiting || port_ == Port::idle) && !is_loop_[1] && is_straight;
    }
    /// Full, and nothing on its way.
    [[nodiscard]] constexpr bool is_full() const {
        return port_ == Port::idle && stored_ >= kWords - 1 && loop_ == Loop::none;
    }
    /// Nothing but the word on its way can change anything, decode and a redirect aside.
    [[nodiscard]] constexpr bool is_starving() const {
        return is_waiting() &&
               (loop_ == Loop::none || loop_ == Loop::done || loop_ == Loop::fetching);
    }

    /// The instruction in front is complete, counting a word that arrives.
    [[nodiscard]] constexpr bool has_front(bool is_compressed, bool word_arrives) const {
        const bool arrives = word_arrives && port_ == Port::waiting;
        if (needs_two_words(is_compressed))
            return stored_ >= 2 || (stored_ == 1 && arrives);
        return stored_ != 0 || arrives || is_loop_[1];
    }

    void serialize(StateArchive& archive) {
        archive(head_, second_, requested_, stored_, is_loop_, port_, loop_);
    }

    constexpr Outputs clock(const Inputs& in) {
        if (loop_ == Loop::none && in.loop_target == kNone && in.redirect == kNone)
            return clock_straight(in);
        const bool arrives = in.word_arrives && port_ == Port::waiting;
        const bool has_front = this->has_front(in.is_compressed, in.word_arrives);
        const bool redirects = in.redirect != kNone;
        const bool leaves_loop = loop_ == Loop::unaligned_compressed && !redirects;
        const bool is_taken = has_front && in.decode_takes && !redirects && !leaves_loop;
        const LoopStep step = loop_step(in, has_front, is_taken);
        const Memory memory = memory_step(in, step, leaves_loop, has_front);
        const Loop next = loop_behind(in, memory.asks_for_loop, has_front);
        fill(arrives, is_taken, in.is_compressed);
        if (step.clears || redirects || leaves_loop)
            clear();
        if (memory.keeps_address)
            requested_ = step.is_speculative && !redirects ? in.loop_target : memory.address;
        port_ = memory.next;
        loop_ = next;
        return {.is_taken = is_taken, .requests = memory.request, .address = memory.address};
    }

private:
    enum class Port : u8 { idle, granting, waiting, aborted };
    enum class Loop : u8 { none, unaligned, unaligned_compressed, in, fetching, done };

    struct LoopStep {
        bool masks = false;           ///< the loop's start is what the prefetch buffer wants
        bool is_speculative = false;  ///< the address register takes the loop's start
        bool clears = false;
    };
    struct Memory {
        bool request = false;
        bool keeps_address = false;
        bool asks_for_loop = false;
        Address address = kNone;
        Port next = Port::idle;
    };

    [[nodiscard]] constexpr bool is_odd() const { return (front() & 2) != 0 && !is_loop_[1]; }
    [[nodiscard]] constexpr bool needs_two_words(bool is_compressed) const {
        return is_odd() && !is_compressed;
    }
    [[nodiscard]] constexpr bool requested_is_odd() const { return (requested_ & 2) != 0; }
    /// As has_front(), of what is stored alone.
    [[nodiscard]] constexpr bool has_front_stored(bool is_compressed) const {
        return stored_ >= (needs_two_words(is_compressed) ? 2 : 1);
    }

    /// clock() without jumps and loops.
    constexpr Outputs clock_straight(const Inputs& in) {
        const bool arrives = in.word_arrives && port_ == Port::waiting;
        const bool has_room = stored_ < kWords - 1;
        Outputs out{.is_taken = in.decode_takes && has_front(in.is_compressed, in.word_arrives),
                    .address = port_ == Port::idle || port_ == Port::waiting
                                   ? (requested_ & ~Address{3}) + 4
                                   : requested_};
        switch (port_) {
            case Port::idle:
                out.requests = has_room;
                break;
            case Port::granting:
                out.requests = true;
                break;
            case Port::waiting:
                out.requests = has_room && in.word_arrives;
                if (in.word_arrives)
                    port_ = Port::idle;
                break;
            case Port::aborted:
                out.requests = in.word_arrives;
                break;
        }
        fill(arrives, out.is_taken, in.is_compressed);
        if (out.requests) {
            requested_ = out.address;
            port_ = in.grants ? Port::waiting : Port::granting;
        }
        return out;
    }

    [[nodiscard]] constexpr LoopStep loop_step(const Inputs& in, bool has_front,
                                               bool is_taken) const {
        LoopStep step;
        switch (loop_) {
            case Loop::none:
                if (in.loop_target == kNone)
                    break;
                step.masks = !requested_is_odd();
                step.is_speculative =
                    requested_is_odd() && (!has_front || (in.is_compressed && is_odd()));
                step.clears = is_taken;
                break;
            case Loop::unaligned:
                step.masks = true;
                step.clears = has_front && is_taken;
                break;
            case Loop::in:
                step.masks = true;
                step.clears = is_taken;
                break;
            case Loop::fetching:
                step.clears = is_taken && !(in.word_arrives && port_ != Port::aborted);
                break;
            case Loop::unaligned_compressed:
            case Loop::done:
                break;
        }
        return step;
    }

    [[nodiscard]] constexpr Memory memory_step(const Inputs& in, const LoopStep& step,
                                               bool leaves_loop, bool has_front) const {
        const bool redirects = in.redirect != kNone;
        const bool jumps = redirects || leaves_loop;
        const Address jump_target = redirects ? in.redirect : requested_;
        const Port asked = in.grants ? Port::waiting : Port::granting;
        const bool has_room = stored_ < kWords - 1;
        Memory memory{.address = (requested_ & ~Address{3}) + 4, .next = port_};
        const auto choose = [&](bool wants_loop) {
            if (jumps)
                memory.address = jump_target;
            else if (wants_loop)
                memory.address = in.loop_target;
        };
        switch (port_) {
            case Port::idle: {
                const bool wants_loop = step.masks && has_front_stored(in.is_compressed);
                choose(wants_loop);
                if (!has_room && !jumps && !wants_loop)
                    break;
                memory.request = memory.keeps_address = true;
                memory.asks_for_loop = wants_loop;
                memory.next = asked;
                break;
            }
            case Port::granting: {
                const bool wants_loop = step.masks && has_front_stored(in.is_compressed);
                memory.request = true;
                memory.address = requested_;
                choose(wants_loop);
                memory.keeps_address = jumps || wants_loop;
                memory.asks_for_loop = wants_loop && !jumps;
                memory.next = asked;
                break;
            }
            case Port::waiting:
                choose(step.masks);
                if (!has_room && !jumps && !step.masks) {
                    memory.next = in.word_arrives ? Port::idle : Port::waiting;
                } else if (in.word_arrives) {
                    memory.request = memory.keeps_address = true;
                    memory.asks_for_loop = step.masks;
                    memory.next = asked;
                } else if (jumps || (step.masks && has_front)) {
                    memory.keeps_address = true;
                    memory.asks_for_loop = !jumps;
                    memory.next = Port::aborted;
                }
                break;
            case Port::aborted:
                memory.address = jumps ? jump_target : requested_;
                memory.keeps_address = jumps;
                if (in.word_arrives) {
                    memory.request = true;
                    memory.next = asked;
                }
                break;
        }
        return memory;
    }

    [[nodiscard]] constexpr Loop loop_behind(const Inputs& in, bool asks_for_loop,
                                             bool has_front) const {
        if (in.redirect != kNone)
            return Loop::none;
        const bool front_is_target = stored_ != 0 ? is_loop_[0] : loop_ == Loop::fetching;
        switch (loop_) {
            case Loop::none:
                if (in.loop_target == kNone)
                    return Loop::none;
                if (requested_is_odd() && has_front && in.is_compressed && is_odd())
                    return Loop::unaligned_compressed;
                if (requested_is_odd() && !has_front)
                    return Loop::unaligned;
                return asks_for_loop ? Loop::fetching : Loop::in;
            case Loop::unaligned:
                return has_front ? Loop::fetching : Loop::unaligned;
            case Loop::unaligned_compressed:
                return Loop::fetching;
            case Loop::in:
                return asks_for_loop ? Loop::fetching : Loop::in;
            case Loop::fetching:
                if (!in.word_arrives || port_ == Port::aborted)
                    return Loop::fetching;
                return has_front && front_is_target ? Loop::none : Loop::done;
            case Loop::done:
                return has_front && front_is_target ? Loop::none : Loop::done;
        }
        return Loop::none;
    }

    /// The FIFO at the end of the cycle, but for clear().
    constexpr void fill(bool arrives, bool is_taken, bool is_compressed) {
        if (arrives)
            push();
        if (!is_taken)
            return;
        if (is_loop_[1]) {
            head_ = second_;
            --stored_;
            is_loop_[0] = true;
            is_loop_[1] = false;
            return;
        }
        is_loop_[0] = false;
        const Address next_word = (head_ & ~Address{3}) + 4;
        if ((head_ & 2) == 0 && is_compressed) {
            head_ |= 2;
            return;
        }
        head_ = next_word + ((head_ & 2) != 0 && !is_compressed ? 2 : 0);
        --stored_;
    }

    constexpr void push() {
        const bool is_target = loop_ == Loop::fetching;
        if (stored_ == 0) {
            head_ = requested_;
            stored_ = 1;
            is_loop_[0] = is_target;
        } else if (is_target) {  // the front is kept whole in entry 0
            second_ = requested_;
            stored_ = 2;
            is_loop_[1] = true;
        } else {
            ++stored_;
        }
    }

    constexpr void clear() {
        stored_ = 0;
        is_loop_[0] = is_loop_[1] = false;
    }

    Address head_ = 0;       // of entry 0
    Address second_ = 0;     // of entry 1, when a loop's start stands there
    Address requested_ = 0;  // the last address asked for
    u8 stored_ = 0;
    bool is_loop_[2] = {false, false};  // entries 0 and 1 came for a loop's back edge
    Port port_ = Port::idle;
    Loop loop_ = Loop::none;
};

}  // namespace flexv::core
