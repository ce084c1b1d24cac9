// SPDX-License-Identifier: Apache-2.0
// The place where a debugger may stop a core: in front of instructions that it has chosen
// (DecodeCache::stop_at). They carry the flag of a region mark, so the tight loop stops there and
// knows nothing of debuggers.
#pragma once

#include "base/units.hpp"

namespace flexv::core {

class Core;

/// A load or store that is about to be asked for.
struct NextAccess {
    Address address = 0;
    u8 bytes = 0;
    bool is_write = false;
};

/// What a core does behind Debugger::in_front().
enum class Permission : u8 {
    go,          ///< executes the instruction
    look_again,  ///< something was changed
    hold         ///< stays in front of it until Core::release(), while the others go on
};

class Debugger {
public:
    /// `core` is in front of the instruction at its pc; it has not begun. Called in the core's own
    /// time, each time that the core looks at the instruction. What the call takes in host time
    /// costs no cycle, so a debugger may talk to its user meanwhile, and change the core.
    virtual Permission in_front(Core& core) = 0;

protected:
    ~Debugger() = default;
};

}  // namespace flexv::core
