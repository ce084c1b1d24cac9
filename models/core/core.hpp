// SPDX-License-Identifier: Apache-2.0
// One Flex-V core: fetches decoded instructions, executes their rows and counts cycles by stall
// rules. It runs ahead on its own until it needs something that others can see, and then asks for
// it at the cycle at which the hardware would.
#pragma once

#include "base/bus_errors.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/fetch_port.hpp"
#include "base/module.hpp"
#include "base/state_archive.hpp"
#include "base/tcdm_target.hpp"
#include "core/counters.hpp"
#include "core/csr_file.hpp"
#include "core/debugger.hpp"
#include "core/decode/decode_cache.hpp"
#include "core/fault.hpp"
#include "core/pipeline/address_map.hpp"
#include "core/pipeline/fetch_unit.hpp"
#include "core/pipeline/load_store_unit.hpp"
#include "core/pipeline/lookahead.hpp"
#include "core/pipeline/scoreboard.hpp"
#include "core/pipeline/sequencer.hpp"
#include "core/pipeline/trap_unit.hpp"
#include "core/probe/core_probes.hpp"
#include "core/probe/quirks.hpp"
#include "isa/hart.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace flexv::core {

/// What changes in a core beside its units. A reset assigns it.
struct CoreState {
    enum class State : u8 {
        off,
        running,
        requesting,
        waiting,
        fetching,
        marking,
        trapping,
        faulting,
        sleeping,
        held
    };

    Cycles now_ = 0;         // EX cycle of the next instruction, before its hazards
    bool starting_ = false;  // boot address not entered yet
    State state_ = State::off;
    Cycles decoded_ = 0;  // first cycle in decode of what traps or jumps
    Cycles slept_since_ = 0;
    Address jumped_from_ = 0;
    isa::Trap trap_{};                    // to be taken in its cycle
    std::unique_ptr<const Fault> fault_;  // to be thrown in its cycle

    void serialize(StateArchive& archive);

private:
    void serialize_fault(StateArchive& archive);
};

class Core final : public Module,
                   public DataInitiator,
                   public InterruptTarget,
                   private Agent,
                   private CodeUser,
                   private FetchUnit::Owner,
                   private isa::Bus,
                   private CoreState {
public:
    struct Config {
        unsigned index = 0;  ///< core number in its cluster
        u32 hartid = 0;      ///< mhartid: cluster << 5 | core
        AddressMap address_map{};
        isa::ExtensionSet extensions = *isa::isa_subset("flexv");  ///< which CSRs there are
        /// 12 of the core, 5 of the cluster (docs/spec/isa.md 3.4).
        unsigned performance_counters = 17;
        bool has_single_counter = false;  ///< behind all their addresses
        bool has_quirks = false;         ///< behave like the RTL where that is not the architecture
        bool mtvec_is_writable = false;  ///< as in the fabric controller
        BusErrors bus_errors = BusErrors::fault;
        std::string isa_setting = "core.isa";  ///< what chose the extensions, for messages
    };

    using OptionalPort = sc_core::sc_port<DataTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

    // The ports into the cluster stay unbound where the AddressMap has no cluster.
    sc_core::sc_port<TcdmTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND> tcdm_out{"tcdm_out"};
    OptionalPort event_unit_out{"event_unit_out"};
    OptionalPort dma_out{"dma_out"};
    sc_core::sc_port<DataTarget> peripheral_out{"peripheral_out"};
    /// The device of AddressMap's direct window; unbound without one.
    OptionalPort direct_out{"direct_out"};
    /// Unbound: ideal instruction memory, every fetch hits.
    sc_core::sc_port<FetchTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND> fetch_out{"fetch_out"};
    sc_core::sc_port<InterruptSource, 1, sc_core::SC_ZERO_OR_MORE_BOUND> interrupt_ack_out{
        "interrupt_ack_out"};
    sc_core::sc_export<InterruptTarget> interrupt_in{"interrupt_in"};

    CoreProbes probes;

    Core(const sc_core::sc_module_name& name, ClockDomain& clock, DecodeCache& code,
         const Config& config);
    void reset() override;
    /// Behind its DecodeCache. Observers and debuggers stay who they are.
    void serialize(StateArchive& archive) override;
    void make_known(StateArchive& archive) override { archive.know(*this); }

    // For a debugger, between two instructions of any core or within Debugger::in_front().
    /// From now on `debugger` is asked where DecodeCache::stop_at() says; it outlives the core.
    void attach(Debugger& debugger) {
        debugger_ = &debugger;
        load_store_.let_rows_differ();
    }
    /// General and neural-network registers may be changed; pc is changed by set_pc().
    [[nodiscard]] isa::Hart& hart_for_debugger() { return hart_; }
    /// Lets a core that is held (Permission::hold) go on in the next cycle. The cycles of its stay
    /// are lost as those of a drained pipeline.
    void release();
    /// False, and nothing happens, while an access or a fetch is on its way, while the core is off
    /// or asleep, and where there is no memory.
    [[nodiscard]] bool set_pc(Address target);
    [[nodiscard]] bool has_csr(unsigned number) const { return csrs_.has(number); }
    /// Without side effects.
    [[nodiscard]] u32 csr(unsigned number) { return csrs_.peek(number); }
    void set_csr(unsigned number, u32 value);
    /// The load or store that the instruction in front would do. Only within in_front().
    [[nodiscard]] std::optional<NextAccess> access_in_front() const;
    /// The core has stored to a byte of [first, last] in this very cycle, or is about to.
    [[nodiscard]] bool is_storing_to(Address first, Address last) const;

    /// Fetch enable goes up: execution begins at `boot_address`, first instruction in EX at
    /// `cycle`.
    void start(Address boot_address, Cycles cycle);
    /// Books the waits that are still open at the end of a run.
    void settle(Cycles end);
    /// The same between two parts of a run, whose sums it does not change. The last cycles of a
    /// sleep stay unbooked, because they may turn out to be those of the wake-up.
    void settle_part(Cycles now);
    /// The cached line was flushed: fetch again.
    void drop_line() { fetch_.drop_line(); }

    [[nodiscard]] const isa::Hart& hart() const { return hart_; }
    [[nodiscard]] u32 hartid() const { return config_.hartid; }
    [[nodiscard]] const ClockDomain& clock() const { return clock_; }
    [[nodiscard]] bool mtvec_is_writable() const { return config_.mtvec_is_writable; }
    [[nodiscard]] u64 instructions() const { return counters_.instructions.total(); }
    [[nodiscard]] u64 macs() const { return hart_.macs; }
    [[nodiscard]] u64 stall_cycles(Stall cause) const { return counters_[cause]; }
    /// [Stall], cycles.
    [[nodiscard]] const Counters::Stalls& stalls() const { return counters_.stalls(); }
    [[nodiscard]] Cycles active_cycles() const { return counters_.active(); }
    [[nodiscard]] Cycles sleep_cycles() const { return counters_.asleep(); }
    [[nodiscard]] u64 executed(unsigned row) const { return counters_.instructions.rows()[row]; }
    [[nodiscard]] bool is_off() const { return state_ == State::off; }
    /// R running, S asleep or waiting, - off; for progress.
    [[nodiscard]] char state_letter() const;
    /// Where the core stands and what it waits for, for the deadlock report.
    [[nodiscard]] std::string describe_wait() const;

    // DataInitiator
    void granted(Cycles now, u32 data) override;
    void refused(Cycles now, const std::string& what) override;
    [[nodiscard]] unsigned port() const override { return config_.index; }

    // InterruptTarget
    void interrupt(Cycles cycle, bool asserted, unsigned id) override;

private:
    enum class Next : u8 { run, yield };
    /// What has become of the access behind a number of blocks.
    enum class Leaves : u8 {
        stuck,    ///< nothing has happened
        idle,     ///< none has entered EX
        asked,    ///< it waits
        granted,  ///< at once, in cycle now_
    };

    void end_of_elaboration() override;
    void connect_hart();
    void act(Cycles now) override;

    // The tight loop, from grant to request.
    void run();
    void go_on(bool is_granted);
    /// Of blocks.
    [[nodiscard]] unsigned user() const { return counters_.instructions.user(); }
    [[nodiscard]] bool can_pass(BasicBlock& block, Lead lead, Cycles stays);
    [[nodiscard]] bool fits(Cycles now, Cycles end, Cycles& horizon);
    [[nodiscard]] bool moves_horizon(Cycles now, Cycles end, Cycles& horizon);
    [[nodiscard]] Leaves run_blocks(Cycles horizon);
    [[nodiscard]] Leaves run_blocks_with_care();
    [[nodiscard]] Leaves run_blocks(BasicBlock* block, bool waits, Cycles now, Cycles horizon);
    void leave_predecessor(const BasicBlock& block, bool waits);
    void leave(BasicBlock& block, Lead lead, Cycles now);
    void stop_in_front_of(const isa::Trap& trap, BasicBlock& block, Cycles begun);
    [[nodiscard]] Leaves ask_behind(BasicBlock& block, Lead lead, Cycles now);
    [[nodiscard]] Leaves ask_at(BasicBlock& block, Lead lead, Cycles now);
    [[nodiscard]] BasicBlock* target_behind(const BasicBlock& block, Cycles now, Cycles& horizon);
    [[nodiscard]] Leaves branch_alone(BasicBlock& block, Lead lead, Cycles now);
    void run_plain(Cycles horizon);
    void stand_at(Slot& slot, Cycles now);
    void commit(Slot& slot, const Slot* previous, Cycles started, Cycles now);
    [[nodiscard]] BasicBlock* block_in_reach(Slot& slot, Cycles most);
    void execute(BasicBlock& block);
    [[nodiscard]] Cycles branch_behind(const BasicBlock& block, Cycles now);
    void find_trap(const isa::Trap& trap, const BasicBlock& block, Slot*& slot, Cycles& now);
    [[nodiscard]] Leaves complete_access();
    void complete_access_alone();
    void finish_access();
    void count_refill(const Slot& slot);
    void tell_written_code();

    // The way of an instruction.
    void enter_ex(const Slot& slot);
    void execute(const Slot& slot);
    void leave_ex(const Slot& slot);
    void advance(const Slot& slot);
    void take_branch(Address target);
    void leave_for(Address target, Cycles cycle, Stall cause, Slot& behind, bool takes_behind);
    void enter(Address target);
    [[nodiscard]] bool begin_access(const Slot& slot);
    [[nodiscard]] bool ask_for(const Slot& slot);
    [[nodiscard]] bool send_part(Cycles cycle);
    void count_split();

    // One instruction at a time, one function for each timing class.
    void schedule(State next);
    void pass_mark(Cycles now);
    bool clear_obstacle();
    Next step_special();
    [[nodiscard]] Permission ask_debugger();
    Next hold();
    [[nodiscard]] bool needs_clock(const Slot& slot);
    Next step_by_timing(const Slot& slot);
    Next step_access(const Slot& slot);
    Next step_wait_for_interrupt(const Slot& slot);
    void step_over(const Slot& slot, Stall cause, Cycles extra);
    Next step_divide(const Slot& slot);
    [[nodiscard]] Cycles cycles_in_shadow(const Slot& branch);
    void step_branch(const Slot& slot);
    void step_jump(const Slot& slot);
    void step_jump_register(const Slot& slot);
    void step_csr(const Slot& slot);
    void step_refetch(const Slot& slot);
    void step_hardware_loop(const Slot& slot);

    // On to another instruction, and to lines that are not held.
    void jump_to(Address target, Cycles sent);
    void flush_to(Address target, Cycles cycle, Address from);
    void drain(Cycles cycles);
    [[nodiscard]] bool prepare();
    void delay(Stall cause, Cycles cycles);
    void book_fetch(Cycles lost);
    [[nodiscard]] bool must_look_behind(const Slot& slot);
    [[nodiscard]] bool loops_back();

    // FetchUnit::Owner
    [[nodiscard]] bool waits_for_front() const override { return state_ == State::fetching; }
    void front_has_come() override { run(); }

    void decode_slot();

    // CodeUser
    void code_changes(Address first, Address last) override;
    void blocks_go() override { counters_.instructions.sum_up(); }

    [[nodiscard]] bool is_in_ex() const {
        return state_ == State::requesting || state_ == State::waiting || state_ == State::marking;
    }

    // Loads and stores, and what waits cost.
    void send_request(Cycles now);
    /// \param what returns the text, which nobody makes where nobody looks
    template <typename What>
    void tell_misuse(What what) const {
        if (probes.misuse.is_attached())
            probes.misuse({.initiator = name(), .pc = hart_.pc}, what());
    }
    void book_wait(Cycles now);
    void book_sleep(Cycles until);
    void tell_wait(bool is_asleep, Cycles from, Cycles to) const {
        if (to > from && probes.wait.is_attached())
            probes.wait({.is_asleep = is_asleep, .from = from, .to = to});
    }
    u32 load(Address address, unsigned bytes) override;
    void store(Address address, unsigned bytes, u32 value) override;

    // For those who see every instruction.
    static void execute_observed(isa::Hart& hart, const isa::Operands& op);
    void execute_observed();

    // Traps, interrupts and sleep.
    void raise(const isa::Trap& trap);
    void raise(const Fault& fault);
    void take_trap();
    [[nodiscard]] bool heed_interrupt(Cycles& horizon);
    void decide_on_interrupt();
    void take_interrupt(Cycles taken);
    [[nodiscard]] bool ends_in_interrupt(Cycles now);
    void replay_event_load();
    void await_interrupt();
    void wake(Cycles now);
    [[noreturn]] void fault(const std::string& what) const;

    // Checkpoints.
    void serialize_slots(StateArchive& archive);

    // Hot state first.
    isa::Hart hart_;
    Scoreboard scoreboard_;
    FetchUnit fetch_;
    TrapUnit traps_;
    LoadStoreUnit load_store_;
    Sequencer sequencer_;
    Lookahead ahead_;

    const Config config_;
    ClockDomain& clock_;
    DecodeCache& code_;
    Counters counters_;
    CsrFile csrs_;
    const isa::Execute* const executes_;  // [row]
    Quirks quirks_;                       // the first observer of a core that has them
    Debugger* debugger_ = nullptr;
};

// The way of an instruction through the units. Inline, because every call less is a percent of
// speed.

// An instruction in EX.

/// Decode has taken the instruction; behind its hazards it enters EX at now_.
[[gnu::always_inline]] inline void Core::enter_ex(const Slot& slot) {
    if ((slot.flags & kLoopEnd) == 0 || !ahead_.take_loop_end(slot)) [[likely]]
        fetch_.take(pops_word(slot));
    const bool stalls = scoreboard_.stalls(slot);
    if (stalls)
        counters_.stall(Stall::load_use, 1), ++now_;
    scoreboard_.enter(stalls);
    fetch_.set_ready(now_ - 1);
}

[[gnu::always_inline]] inline void Core::execute(const Slot& slot) {
    hart_.next_pc = hart_.pc + slot.op.size;
    executes_[slot.row](hart_, slot.op);
    hart_.x[0] = 0;
    counters_.instructions.add(slot.row);
}

/// The instruction leaves EX at the end of cycle now_, its successor follows it.
[[gnu::always_inline]] inline void Core::leave_ex(const Slot& slot) {
    ++now_;
    scoreboard_.leave(slot);
    advance(slot);
}

[[gnu::always_inline]] inline void Core::advance(const Slot& slot) {
    if ((slot.flags & kLoopEnd) != 0 && loops_back())
        return;
    hart_.pc += slot.op.size;
    sequencer_.advance(slot);
}

// Where the next instruction comes from.

/// Makes `target` the next instruction.
[[gnu::always_inline]] inline void Core::enter(Address target) {
    hart_.pc = target;
    sequencer_.go_to(target);
    if ((sequencer_.front().flags & kUndecoded) != 0) [[unlikely]]
        decode_slot();
}

/// The fetch stage is sent to `target` in cycle `cycle`, while `behind` is in front. EX is free
/// from now_ on. The bubbles in front of the target cover every hazard.
[[gnu::always_inline]] inline void Core::leave_for(Address target, Cycles cycle, Stall cause,
                                                   Slot& behind, bool takes_behind) {
    scoreboard_.flush();
    enter(target);
    const bool needs_two_words = (target & 2) != 0 && sequencer_.front().op.size == 4;
    const Cycles decoded = fetch_.may_leave_for(target, cycle, behind.pc)
                               ? fetch_.leave(cycle, needs_two_words)
                               : ahead_.redirect(cycle, behind, takes_behind);
    const Cycles enters = std::max(now_, decoded + 2);
    counters_.stall(cause, enters - now_);
    now_ = enters;
}

/// The branch left EX at the end of cycle now_ - 1. A multi-cycle instruction behind it is not
/// executed, yet its cycles are lost (docs/spec/timing.md 1.8).
[[gnu::always_inline]] inline void Core::take_branch(Address target) {
    counters_.add(Event::taken_branch);
    const Cycles left = now_ - 1;
    jumped_from_ = hart_.pc;
    Slot& behind = sequencer_.behind_front();
    if ((behind.flags & (kUndecoded | kSpecial)) != 0) {
        const Cycles shadow = cycles_in_shadow(sequencer_.front());
        now_ += shadow;
        counters_.stall(Stall::jump, shadow);
    }
    leave_for(target, left, Stall::jump, behind, true);
}

/// An instruction may stay in EX. Its successor is in decode then, and the fetch stage goes on
/// behind that, maybe to a line that the cache has to be asked for: then the stage is clocked.
[[gnu::always_inline]] inline bool Core::must_look_behind(const Slot& slot) {
    return !fetch_.has_behind(slot) && !fetch_.is_clocked() && ahead_.goes_out_of_reach(slot);
}

// Loads and stores.

/// TCDM banks are asked for ahead of time; everything else when the timeline has got there.
/// \returns true when the access is complete, because nobody else could come in between
[[gnu::always_inline]] inline bool Core::send_part(Cycles cycle) {
    for (;; ++cycle) {
        load_store_.ask_in(cycle);
        now_ = cycle;
        if (!load_store_.is_in_tcdm()) {
            schedule(State::requesting);
            return false;
        }
        state_ = State::waiting;
        if (!load_store_.asks_tcdm_or_takes(*this))
            return false;
        if (load_store_.take(0)) [[likely]]
            return true;
        count_split();
    }
}

/// The load or store has entered EX in cycle now_, and asks for its first (usually only) word.
/// \returns true when it is complete
[[gnu::always_inline]] inline bool Core::ask_for(const Slot& slot) {
    load_store_.begin(slot, hart_, now_);
    return send_part(now_);
}

/// The same of one that is about to enter EX.
[[gnu::always_inline]] inline bool Core::begin_access(const Slot& slot) {
    if (fetch_.is_clocked()) [[unlikely]]
        fetch_.keep_going();
    enter_ex(slot);
    return ask_for(slot);
}

}  // namespace flexv::core
