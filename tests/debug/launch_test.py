#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Visual Studio Code does with docs/tutorial/launch.json, done by GDB's machine interface: launch_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import json
import subprocess
import unittest
from typing import Any

import session


class Launch(session.Case):
    def setUp(self) -> None:
        super().setUp()
        text = (session.REPOSITORY / "docs/tutorial/launch.json").read_text()
        (self.configuration,) = json.loads(text)["configurations"]

    def machine_interface(self, *commands: str) -> str:
        """The editor's way to a stub: symbols, set-up commands, target, then what its user does."""
        configuration: dict[str, Any] = self.configuration
        lines = [f"-file-exec-and-symbols {session.image()}"]
        lines += [each["text"] for each in configuration["setupCommands"]]
        lines += [f"-target-select remote {self.address}", *commands, "-gdb-exit"]
        done = subprocess.run(
            [configuration["miDebuggerPath"], "-nx", "--interpreter=mi"], input="\n".join(lines) + "\n",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=session.PATIENCE, check=False,
        )  # fmt: skip
        return done.stdout

    def test_it_says_what_cpptools_needs(self) -> None:
        for key in ("name", "type", "request", "program", "MIMode", "miDebuggerPath", "miDebuggerServerAddress"):
            self.assertTrue(self.configuration[key], key)
        self.assertEqual((self.configuration["type"], self.configuration["MIMode"]), ("cppdbg", "gdb"))
        self.assertRegex(self.configuration["miDebuggerServerAddress"], r"^localhost:\d+$")

    def test_its_address_is_one_that_the_platform_listens_on(self) -> None:
        self.start(gdb="0")

        self.assertRegex(self.address, r"^(127\.0\.0\.1|localhost):\d+$")

    def test_its_commands_stop_at_a_breakpoint_with_all_threads(self) -> None:
        self.start(gdb="0")

        shown = self.machine_interface("-break-insert work", "-exec-continue", "-thread-info", "-stack-list-frames", "-interpreter-exec console kill")

        self.assertNotIn("^error", shown)
        self.expect(r"\^connected", shown)
        self.expect(r"\^done,bkpt=\{number=\"1\"", shown)
        for core in range(8):
            self.expect(rf'name="cluster\.core{core}"|target-id="Thread {core + 1}', shown)


if __name__ == "__main__":
    session.main()
