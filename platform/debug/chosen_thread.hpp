// SPDX-License-Identifier: Apache-2.0
// Which thread the user means. GDB does not say so when it goes back in time.
#pragma once

namespace flexv::platform {

/// The thread that the user has chosen. GDB names none when it goes back, and lists of threads
/// leave `Hg` at whatever came last; but it asks with `T` whether a thread that is chosen lives.
struct ChosenThread {
    unsigned thread = 1;
    unsigned last_asked = 0;
    unsigned before_all = 0;  ///< while all are asked; 0: they are not

    /// The debugger asks whether thread `asked` of `count` lives: `thread N` asks once,
    /// `thread apply all` for each from the last one to the first.
    void take(unsigned asked, unsigned count) {
        if (asked == count)
            before_all = thread;
        const bool goes_on = asked == count || asked + 1 == last_asked;
        if (!goes_on)
            before_all = 0;
        thread = asked == 1 && goes_on && before_all != 0 ? before_all : asked;
        last_asked = asked;
    }
};

}  // namespace flexv::platform
