// SPDX-License-Identifier: Apache-2.0
// What a debugger's commands work on: threads with registers, memory, places to stop at. The stub
// speaks to this, so that it can be tried without a platform.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

/// Numbers as GDB has them, whatever the host's signals are (gdb/signals.def).
namespace gdb_signal {
inline constexpr unsigned kInterrupt = 2;
inline constexpr unsigned kIllegal = 4;
inline constexpr unsigned kTrap = 5;
inline constexpr unsigned kAbort = 6;
inline constexpr unsigned kKill = 9;
inline constexpr unsigned kSegmentation = 11;
inline constexpr unsigned kLimit = 24;  // SIGXCPU
}  // namespace gdb_signal

/// The digits of the packets Z0 ... Z4.
enum class PointKind : u8 { software, hardware, write, read, access };

/// Why the platform stands still.
struct Stop {
    /// `begin`: there is nothing known before.
    enum class Reason : u8 { signal, breakpoint, write, read, access, begin };
    unsigned signal = gdb_signal::kTrap;
    unsigned thread = 1;  ///< from 1 on
    Reason reason = Reason::signal;
    PointKind point = PointKind::software;  ///< of a breakpoint
    Address address = 0;                    ///< of a watchpoint
    std::string note{};                     ///< for the user's console
};

/// A breakpoint or watchpoint.
struct DebugPoint {
    PointKind kind = PointKind::software;
    Address address = 0;
    unsigned bytes = 0;

    void serialize(StateArchive& archive) { archive(kind, address, bytes); }
};

/// How the platform goes on.
struct Resumption {
    enum class Kind : u8 { go, step, step_back, go_back, detach, kill };
    Kind kind = Kind::go;
    unsigned thread = 0;      ///< that steps, forth or back
    Address range_first = 0;  ///< it goes on stepping while its pc is in here; empty: one step
    Address range_end = 0;    ///< behind the last byte
    bool alone = false;  ///< the debugger lets no other thread run until the step has been made
};

class DebugTarget {
public:
    // Threads have numbers from 1 on.
    [[nodiscard]] virtual unsigned thread_count() const = 0;
    [[nodiscard]] virtual std::string thread_name(unsigned thread) const = 0;
    [[nodiscard]] virtual std::string thread_state(unsigned thread) const = 0;

    [[nodiscard]] virtual std::string description() const = 0;  ///< XML, for qXfer:features
    /// The first registers, those of the g packet: x0 to x31 and pc.
    [[nodiscard]] virtual unsigned general_count() const = 0;
    [[nodiscard]] virtual unsigned register_count() const = 0;
    /// nullopt when this core has no such register.
    [[nodiscard]] virtual std::optional<u32> register_value(unsigned thread, unsigned number) = 0;
    /// False when it cannot be changed now.
    virtual bool set_register(unsigned thread, unsigned number, u32 value) = 0;

    /// As many of `bytes` bytes as there are.
    [[nodiscard]] virtual std::string read_memory(Address address, unsigned bytes) = 0;
    virtual bool write_memory(Address address, std::string_view bytes) = 0;

    /// False when there can be no such point.
    virtual bool insert(PointKind kind, Address address, unsigned bytes) = 0;
    virtual bool remove(PointKind kind, Address address, unsigned bytes) = 0;

    // Threads that stop and go one by one (non-stop).
    [[nodiscard]] virtual bool is_halted(unsigned thread) const = 0;
    /// A halted thread goes on, or steps.
    virtual void let_go(unsigned thread, const Resumption& resumption) = 0;
    /// A thread that runs is to stop; GdbStub::notify() tells when it has.
    virtual void halt(unsigned thread) = 0;

    /// The run can be taken back (step_back, go_back).
    [[nodiscard]] virtual bool can_go_back() const = 0;

    /// What the command `monitor LINE` prints.
    [[nodiscard]] virtual std::string monitor(std::string_view line) = 0;

protected:
    ~DebugTarget() = default;
};

/// The way to the debugger.
class DebugChannel {
public:
    /// A lost connection shows at the next receive().
    virtual void send(std::string_view bytes) = 0;
    /// Waits for bytes. Empty: the connection is lost, or whoever waits is to end.
    [[nodiscard]] virtual std::string receive() = 0;

protected:
    ~DebugChannel() = default;
};

}  // namespace flexv::platform
