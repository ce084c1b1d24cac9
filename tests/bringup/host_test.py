#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What firmware may ask of the host: semihosting and tohost: host_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import unittest
from pathlib import Path

import bringup
from bringup import image

FAULT, USER_ERROR = 102, 101  # exit statuses


class Semihosting(bringup.Case):
    def root(self) -> Path:
        root = self.folder / "root"
        (root / "folder").mkdir(parents=True)
        (root / "in.txt").write_text("hello world")
        (self.folder / "secret.txt").write_text("secret")
        (root / "link.txt").symlink_to(self.folder / "secret.txt")
        return root

    def test_firmware_has_console_files_arguments_and_an_end(self) -> None:
        root = self.root()
        (self.folder / "typed.txt").write_text("typed and more")
        done = self.run_program(image("semihosted.c"), "--quiet", "--semihost-root", str(root), "--stdin", "typed.txt",
                                "--", "-n", "5", "--quiet")  # fmt: skip

        self.assertEqual(done.returncode, 42, done.stderr)
        expected = """arguments: -n 5 --quiet
            open 1|length 11|not read 59|not written 0|close 0|closed twice -1
            outside -1|absolute 0|link -1|error 1|input: typed|terminal 1|system -1|unknown -1|time passes 1"""
        self.assertEqual(done.stdout.splitlines(), [line.strip() for line in expected.replace("|", "\n").splitlines()])
        self.assertEqual((root / "folder/out.txt").read_text(), "world")

    def test_without_a_folder_there_are_no_files(self) -> None:
        done = self.run_program(image("semihosted.c"), "--quiet", "--semihosting")

        self.assertEqual(done.returncode, 42)
        self.assertIn("arguments: none\nopen 0\n", done.stdout)

    def test_two_runs_are_the_same(self) -> None:
        runs = [self.report(image("semihosted.c"), "--semihosting") for _ in range(2)]
        self.assertEqual(*runs)

    def test_it_is_closed_by_default(self) -> None:
        done = self.run_program(image("semihosted.c"), "--quiet")

        self.assertEqual(done.returncode, FAULT)
        self.expect(r"semihosting call .operation 0x10 in a0.*--semihosting", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_mistakes_are_named(self) -> None:
        for options, message in (
            (("--semihost-root", "nowhere"), "--semihost-root nowhere: No such file or directory"),
            (("--", "-n"), "hint: --semihosting opens it"),
            (("--stdin", "nowhere"), "nowhere"),
        ):
            done = self.run_program(image("semihosted.c"), *options)
            self.assertEqual(done.returncode, USER_ERROR)
            self.assertIn(message, done.stderr)

    def test_a_debugger_and_semihosting_share_the_cores(self) -> None:
        done = self.run_program(image("semihosted.c"), "--quiet", "--semihosting", "--gdb", str(self.folder / "s"), "--gdb-nowait")

        self.assertEqual(done.returncode, 42, done.stderr)


class ToHost(bringup.Case):
    def ended(self, case: int) -> tuple[int, str]:
        done = self.run_program(image("tohost.c", f"-DCASE={case}"), "--quiet", "--max-cycles", "1e6")
        return done.returncode, done.stdout

    def test_a_number_ends_the_run(self) -> None:
        self.assertEqual(self.ended(0), (5, ""))

    def test_a_system_call_prints(self) -> None:
        self.assertEqual(self.ended(1), (0, "called\n"))

    def test_characters_are_printed(self) -> None:
        self.assertEqual(self.ended(2), (5, "ok\n"))


if __name__ == "__main__":
    bringup.main()
