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


END, CALL, HIGH_FIRST, STORES, LOW_ALONE, LOW_AGAIN, END_HIGH_FIRST, CALL_WITH_LOW_ALONE = range(8)  # of firmware/tohost.c
PATIENCE_CYCLES = 1000  # of kPatience in platform/run/htif.cpp
SOME_CYCLES = 200  # of what the cases differ by beside that


class ToHost(bringup.Case):
    places: tuple[tuple[str, ...], ...] = ((), ("-DIN_TCDM",))

    def ended(self, case: int, *options: str) -> tuple[int, str]:
        done = self.run_program(image("tohost.c", f"-DCASE={case}", *options), "--quiet", "--max-cycles", "1e6")
        return done.returncode, done.stdout

    def cycles(self, case: int, *options: str) -> int:
        return int(self.report(image("tohost.c", f"-DCASE={case}", *options))["cycles"])

    def test_a_number_ends_the_run(self) -> None:
        for place in self.places:
            for case in (END, END_HIGH_FIRST, LOW_ALONE, LOW_AGAIN):
                with self.subTest(case=case, place=place):
                    self.assertEqual(self.ended(case, *place), (5, ""))

    def test_a_system_call_prints(self) -> None:
        for place in self.places:
            for case in (CALL, CALL_WITH_LOW_ALONE):
                with self.subTest(case=case, place=place):
                    self.assertEqual(self.ended(case, *place), (0, "called\n"))

    def test_characters_are_printed_whichever_half_comes_first(self) -> None:
        for place in self.places:
            self.assertEqual(self.ended(HIGH_FIRST, *place), (5, "ok\n"))
            self.assertEqual(self.ended(STORES, *place), (5, "o\0k\n"))

    def test_a_low_word_alone_is_a_request_when_no_high_word_has_come(self) -> None:
        for place in self.places:
            late = self.cycles(LOW_ALONE, *place) - self.cycles(END, *place)
            self.assertLess(abs(late - PATIENCE_CYCLES), SOME_CYCLES)

    def test_it_is_one_at_once_when_it_is_written_again_or_the_high_word_was_written_before(self) -> None:
        for case in (LOW_AGAIN, END_HIGH_FIRST):
            self.assertLess(self.cycles(case), self.cycles(END) + SOME_CYCLES)

    def test_it_is_one_at_the_end_of_the_run(self) -> None:
        limit = self.cycles(LOW_ALONE) - PATIENCE_CYCLES // 2
        done = self.run_program(image("tohost.c", f"-DCASE={LOW_ALONE}"), "--max-cycles", str(limit))
        self.assertEqual(done.returncode, 5)
        self.expect(rf"^exit 5 after {limit:,} cycles", done.stderr)

    def test_a_word_that_is_no_more_than_a_word_is_a_request_at_once(self) -> None:
        for case in (END, LOW_ALONE):
            self.assertEqual(self.ended(case, "-DSHORT"), (5, ""))
        self.assertEqual(self.ended(CALL, "-DSHORT"), (0, "called\n"))
        self.assertLess(self.cycles(LOW_ALONE, "-DSHORT"), self.cycles(END) + SOME_CYCLES)

    def test_a_checkpoint_holds_a_low_word_that_waits(self) -> None:
        for place in self.places:
            firmware = image("tohost.c", f"-DCASE={LOW_ALONE}", *place)
            whole = self.report(firmware)
            cycle = whole["cycles"] - PATIENCE_CYCLES // 2
            self.report(firmware, "--save-at", str(cycle), "waits.ckpt")
            restored = self.report(firmware, "--restore", "waits.ckpt")
            self.assertEqual(restored.pop("restored")["cycle"], cycle)
            self.assertEqual(restored, whole)


if __name__ == "__main__":
    bringup.main()
