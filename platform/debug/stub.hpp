// SPDX-License-Identifier: Apache-2.0
// The commands of GDB's remote serial protocol, one row for each. A packet that no row knows gets
// the empty reply, as the protocol asks; one that is malformed gets an error and changes nothing.
#pragma once

#include "platform/debug/chosen_thread.hpp"
#include "platform/debug/rsp_packet.hpp"
#include "platform/debug/target.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

class GdbStub {
public:
    GdbStub(DebugTarget& target, DebugChannel& channel) : target_(target), channel_(channel) {}

    /// The platform stands still: tells why, if the debugger waits for it, and carries out commands
    /// until it shall go on. A lost connection detaches.
    [[nodiscard]] Resumption serve(const Stop& stop);
    /// Bytes that have come while the platform runs. True when the user wants to stop it.
    [[nodiscard]] bool wants_to_stop(std::string_view bytes);
    /// Shows `text` on the debugger's console. While the platform runs or is about to tell a stop.
    void show(std::string_view text);
    /// Threads stop and go one by one: stops are told by notify(), and the debugger may ask at any
    /// time.
    [[nodiscard]] bool is_non_stop() const { return is_non_stop_; }
    /// Non-stop: carries out what has come. \returns that the debugger leaves or kills
    [[nodiscard]] std::optional<Resumption> attend(std::string_view bytes);
    /// Non-stop: a thread has halted.
    void notify(const Stop& stop);
    /// Non-stop: the debugger has not yet asked for everything that it was notified of.
    [[nodiscard]] bool is_telling() const { return !told_.empty(); }
    /// The last reply of a run: "W00" for an exit, "X0b" for the end by a signal.
    void tell_end(std::string_view reply);
    /// Another debugger has connected.
    void restart();
    /// The thread that the debugger looks at.
    [[nodiscard]] unsigned thread() const { return thread_; }

    /// What the two sides have agreed upon.
    struct Session {
        unsigned thread = 1;
        bool acknowledges = true;
        bool knows_breakpoint_reasons = false;

        void serialize(StateArchive& archive) {
            archive(thread, acknowledges, knows_breakpoint_reasons);
        }
    };
    [[nodiscard]] Session session() const {
        return {.thread = thread_,
                .acknowledges = acknowledges_,
                .knows_breakpoint_reasons = knows_breakpoint_reasons_};
    }
    /// Goes on with the session of another stub.
    /// \param is_waited_for its debugger expects a stop reply
    void take_over(const Session& session, bool is_waited_for);
    /// Answers a `monitor` command that has outlived the stub that got it.
    void answer_monitor(std::string_view text);

private:
    struct Row;
    static const Row kRows[];

    void send(std::string_view payload);
    void take(const RspEvent& event);
    void carry_out(std::string_view packet);
    void take_all();
    void resume(const Resumption& resumption) { resumption_ = resumption; }
    void send_notification(std::string text);
    [[nodiscard]] std::string all_halted();
    [[nodiscard]] bool is_thread(u64 number) const;
    [[nodiscard]] std::string reply_of(const Stop& stop) const;

    // What the rows do; `rest` is the packet behind the row's name. Each returns the reply.
    using Reply = std::optional<std::string>;  // nullopt: none now
    Reply tell_stop(std::string_view rest);
    Reply tell_features(std::string_view rest);
    Reply stop_acknowledging(std::string_view rest);
    Reply tell_attached(std::string_view rest);
    Reply tell_first_threads(std::string_view rest);
    Reply tell_more_threads(std::string_view rest);
    Reply tell_thread_state(std::string_view rest);
    Reply tell_description(std::string_view rest);
    Reply tell_thread_list(std::string_view rest);
    Reply tell_symbols(std::string_view rest);
    Reply run_monitor(std::string_view rest);
    Reply choose_thread(std::string_view rest);
    Reply check_thread(std::string_view rest);
    Reply read_general(std::string_view rest);
    Reply write_general(std::string_view rest);
    Reply read_register(std::string_view rest);
    Reply write_register(std::string_view rest);
    Reply read_memory(std::string_view rest);
    Reply write_memory(std::string_view rest);
    Reply write_binary(std::string_view rest);
    Reply insert_point(std::string_view rest);
    Reply remove_point(std::string_view rest);
    Reply change_point(std::string_view rest, bool inserts);
    Reply tell_actions(std::string_view rest);
    Reply resume_by_actions(std::string_view rest);
    Reply resume_one_by_one(std::string_view rest);
    Reply choose_mode(std::string_view rest);
    Reply tell_next_stop(std::string_view rest);
    Reply go(std::string_view rest);
    Reply go_with_signal(std::string_view rest);
    Reply step(std::string_view rest);
    Reply step_with_signal(std::string_view rest);
    Reply step_back(std::string_view rest);
    Reply go_back(std::string_view rest);
    Reply resume_at(std::string_view address, Resumption::Kind kind);
    Reply detach(std::string_view rest);
    Reply kill(std::string_view rest);
    Reply kill_process(std::string_view rest);

    DebugTarget& target_;
    DebugChannel& channel_;
    RspReader reader_;
    std::string last_frame_;
    Stop stop_;
    std::optional<Resumption> resumption_;  // of the command that was carried out last
    unsigned thread_ = 1;                   // whose registers are read
    ChosenThread chosen_;
    bool acknowledges_ = true;
    bool is_waited_for_ = false;  // the debugger expects a stop reply
    bool knows_breakpoint_reasons_ = false;
    bool is_non_stop_ = false;
    std::deque<std::string> told_;  // stop replies, the first has been sent
};

}  // namespace flexv::platform
