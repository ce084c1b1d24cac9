#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A session of LLDB on a run of the platform: lldb_test.py PROGRAM REPOSITORY.

LLDB 16 is the first one that knows the RISC-V calling convention; without one of them the test is skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import session

OLDEST = 16
NEWEST = 30


def lldb() -> str:
    """A debugger that can do it; empty when there is none."""
    for name in ("lldb", *(f"lldb-{version}" for version in range(NEWEST, OLDEST - 1, -1))):
        if shutil.which(name):
            text = subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout
            version = re.search(r"version (\d+)", text)
            if version and int(version[1]) >= OLDEST:
                return name
    return ""


class Lldb(session.Case):
    def lldb(self, *commands: str) -> str:
        arguments = [lldb(), "--no-lldbinit", "--batch", str(session.image())]
        for command in (f"process connect unix-connect://{self.address}", *commands):
            arguments += ["-o", command]
        done = subprocess.run(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=session.PATIENCE, check=False,
        )  # fmt: skip
        return done.stdout

    def test_it_attaches_stops_steps_and_lets_the_run_end(self) -> None:
        process = self.start()

        shown = self.lldb(
            "breakpoint set --name twice", "continue", "thread list", "register read a0 nn_w0", "frame variable",
            "memory read --format x --count 1 --size 4 0x1c000080", "thread step-inst", "breakpoint delete 1", "continue",
        )  # fmt: skip

        self.expect(r"thread #1, stop reason = breakpoint 1\.1", shown)
        self.expect(r"frame #0: .*twice\(value=21\) at debugged\.c:", shown)
        self.expect(r"^  thread #8: tid = 0x0008", shown)
        self.expect(r"a0 = 0x00000015", shown)
        self.expect(r"nn_w0 = 0x00000000", shown)
        self.expect(r"\(uint32_t\) value = 21", shown)
        self.expect(r"^0x1c000080: 0x[0-9a-f]{8}", shown)
        self.expect(r"stop reason = instruction step into", shown)
        self.expect(r"exited with status = 7", shown)
        self.assertEqual(self.finish(process)[0], 7)

    def test_it_shows_the_chain_of_calls_of_the_core_that_has_stopped(self) -> None:
        self.start()

        shown = self.lldb("breakpoint set --name work", "continue", "thread backtrace", "kill")

        core = int(self.expect(r"frame #0: .*work\(core=(\d)\) at debugged\.c:", shown)[1])
        self.expect(rf"thread #{core + 1}, stop reason = breakpoint 1\.1", shown)
        self.expect(r"frame #\d: .*main at debugged\.c:", shown)


if __name__ == "__main__":
    if not lldb():
        print(f"SKIPPED: no LLDB {OLDEST} or later is installed")
        sys.exit()
    session.main()
