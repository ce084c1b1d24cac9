// SPDX-License-Identifier: Apache-2.0
// A debugger on the platform: every core is a thread. Stops take place within the call in which a
// core, a memory or the run itself asks, and nothing of the platform is unwound: a run that was
// stopped goes on exactly where it was, and its report is that of a run without a debugger.
#pragma once

#include "core/debugger.hpp"
#include "platform/debug/breakpoints.hpp"
#include "platform/debug/connection.hpp"
#include "platform/debug/gdb_options.hpp"
#include "platform/debug/history.hpp"
#include "platform/debug/monitor.hpp"
#include "platform/debug/registers.hpp"
#include "platform/debug/stub.hpp"
#include "platform/debug/watchpoints.hpp"
#include "platform/system/soc.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class GdbServer final : private core::Debugger, private DebugTarget {
public:
    /// Listens. `must_end` is asked while the platform stands still: true lets it go on and end.
    /// Throws UserError.
    GdbServer(Soc& soc, const GdbOptions& options, std::function<bool()> must_end,
              MonitorTexts texts);
    ~GdbServer();
    GdbServer(const GdbServer&) = delete;
    GdbServer& operator=(const GdbServer&) = delete;

    /// Says where it listens, and waits for a debugger if it is to. Between boot and time.
    /// \param why_no_past what writes or asks while the run goes on, "--trace", so that the same
    ///   cycles cannot be run again; empty: nothing
    void begin(const std::string& why_no_past);
    /// Called now and then while no core acts: takes what the debugger has sent, and whoever
    /// connects.
    void look();
    /// The user has ended the run from the debugger.
    [[nodiscard]] bool was_killed() const { return was_killed_; }

    /// What cores ask in front of instructions, for another debugger that takes its place there.
    [[nodiscard]] core::Debugger& debugger() { return *this; }

    /// The firmware has ended.
    void tell_exit(unsigned status);
    /// The run has ended otherwise: the user may look around, and then hears of the signal.
    /// \param core whose thread is shown; null: the one that was shown last
    void tell_failure(unsigned signal, const core::Core* core, const std::string& what);
    /// All sleep, and no thread that is held could wake one: waits until the debugger lets one go.
    /// False where there is none, and at the end of the run.
    bool wait_for_somebody();

private:
    /// A core in front of one instruction for the `instructions`th time.
    struct Arrival {
        Address pc = 0;
        u64 instructions = 0;

        [[nodiscard]] bool is_of(const core::Core& core) const {
            return core.hart().pc == pc && core.instructions() == instructions;
        }
    };

    [[nodiscard]] MonitorTexts with_own(MonitorTexts texts);
    std::string stop_at(const std::string& text);
    core::Permission in_front(core::Core& core) override;
    [[nodiscard]] std::optional<Stop> reason_to_stop(core::Core& core);
    [[nodiscard]] std::optional<Stop> reason_of(core::Core& core);
    [[nodiscard]] bool is_stepping_alone(unsigned thread) const;
    [[nodiscard]] bool has_stepped(const core::Core& core, unsigned thread) const;
    [[nodiscard]] std::optional<Stop> access_stop(const core::Core& core, unsigned thread) const;
    void serve(const Stop& stop, Place place = {});
    void go_on(const Resumption& resumption, const Place& front = {});

    // non_stop.cpp: threads one by one
    /// What the debugger knows of a thread.
    struct Thread {
        bool is_halted = false;
        bool is_held = false;     ///< and its core stands in front of an instruction
        bool shall_halt = false;  ///< as soon as its core is in front of one
        Resumption plan{};
        Arrival step_from{};
    };
    core::Permission in_front_alone(core::Core& core);
    [[nodiscard]] std::optional<Stop> reason_alone(core::Core& core);
    void begin_non_stop();
    void end_non_stop();
    void attend(const std::string& bytes);
    void attend_while(const std::function<bool()>& holds);
    [[nodiscard]] bool is_anybody_running() const;
    void mark_alone();
    void halt_behind(const Stop& stop);
    void halt_all(const Stop& stop);
    void stop_all();
    [[nodiscard]] bool is_halted(unsigned thread) const override;
    void let_go(unsigned thread, const Resumption& resumption) override;
    void halt(unsigned thread) override;

    // back.cpp: the same cycles again
    [[nodiscard]] Stop go_back(const Resumption& resumption, const Place& place);
    [[nodiscard]] std::string reset();
    [[nodiscard]] Journey journey() const;
    [[nodiscard]] Place place_of(const core::Core& core) const {
        return {.thread = thread_of(core), .instructions = core.instructions()};
    }
    bool keep_past(const Place& front = {});
    void begin_journey(const Journey& journey, const Place& front);
    void look_along_the_way();
    void end_journey();
    [[nodiscard]] std::optional<Stop> stop_on_journey(core::Core& core);
    void note_write_on_journey(Address first, Address last);
    void note(const PastStop& stop);
    [[nodiscard]] bool has_come(const core::Core& core) const;
    [[nodiscard]] Stop arrive();
    void leave(const char* why);
    void take_connection();
    void on_written(Address first, Address last);
    [[nodiscard]] const core::Core* writer(Address first, Address last) const;
    [[nodiscard]] std::string busy_master() const;
    [[nodiscard]] bool is_due();

    [[nodiscard]] core::Core& core_of(unsigned thread) const {
        return *soc_.cores().at(thread - 1);
    }
    [[nodiscard]] unsigned thread_of(const core::Core& core) const;

    // DebugTarget
    [[nodiscard]] unsigned thread_count() const override;
    [[nodiscard]] std::string thread_name(unsigned thread) const override;
    [[nodiscard]] std::string thread_state(unsigned thread) const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] unsigned general_count() const override { return DebugRegisters::kPc + 1; }
    [[nodiscard]] unsigned register_count() const override { return registers_.count(); }
    [[nodiscard]] std::optional<u32> register_value(unsigned thread, unsigned number) override;
    bool set_register(unsigned thread, unsigned number, u32 value) override;
    [[nodiscard]] std::string read_memory(Address address, unsigned bytes) override;
    bool write_memory(Address address, std::string_view bytes) override;
    bool insert(PointKind kind, Address address, unsigned bytes) override;
    bool remove(PointKind kind, Address address, unsigned bytes) override;
    [[nodiscard]] bool can_go_back() const override {
        return why_no_past_.empty() && !stub_.is_non_stop();
    }
    [[nodiscard]] std::string monitor(std::string_view line) override;

    Soc& soc_;
    const bool waits_;
    const std::function<bool()> must_end_;
    DebugConnection connection_;
    GdbStub stub_;
    DebugRegisters registers_;
    Breakpoints breakpoints_;
    Watchpoints watchpoints_;
    Monitor monitor_;
    Resumption plan_;                // of the last stop
    Arrival step_from_;              // of the thread that steps
    std::vector<Arrival> reported_;  // [thread - 1], stops that were told
    std::vector<Thread> threads_;    // [thread - 1], non-stop
    bool shall_stop_ = false;        // at the next instruction of any core
    bool is_overdue_ = false;        // no core has come to one since the last look
    bool is_past_ = false;     // the stop that is served lies behind the access that it is for
    bool is_writing_ = false;  // the debugger itself
    bool was_killed_ = false;
    std::chrono::steady_clock::time_point next_look_{};

    History history_;
    std::string why_no_past_;
    bool has_changed_ = false;           // the debugger has, since the last stop
    std::optional<Journey> journey_;     // of a copy that was sent out
    std::optional<PastStop> last_stop_;  // of a search so far
};

}  // namespace flexv::platform
