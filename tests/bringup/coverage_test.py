#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Coverage of a firmware of which some is not executed: coverage_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import shutil
import subprocess
import unittest
from functools import cached_property
from pathlib import Path

import bringup
from bringup import image, line_of

CORES = 8


class Coverage(bringup.Case):
    @cached_property
    def records(self) -> list[list[str]]:
        """KEY, FIELD... of the source under test."""
        path = self.folder / "firmware.info"
        done = self.run_program(image("covered.c"), "--quiet", "--coverage", str(path))
        self.assertEqual(done.returncode, 0, done.stderr)
        (text,) = (part for part in path.read_text().split("end_of_record\n") if "covered.c\n" in part)
        lines = [line.partition(":") for line in text.splitlines()]
        return [[key, *fields.split(",")] for key, _, fields in lines]

    def counts(self, text: str) -> int:
        number = str(line_of("covered.c", text))
        (count,) = (record[2] for record in self.records if record[:2] == ["DA", number])
        return int(count)

    def branches(self, text: str) -> list[str]:
        number = str(line_of("covered.c", text))
        return [record[4] for record in self.records if record[:2] == ["BRDA", number]]

    def test_lines_are_counted_over_all_cores(self) -> None:
        self.assertEqual(self.counts("five times a core"), 5 * CORES)
        self.assertEqual(self.counts("// both ways"), 8 * CORES)
        self.assertEqual(self.counts("// not executed"), 0)

    def test_branches_are_told_by_their_ways(self) -> None:
        self.assertEqual(sorted(self.branches("// both ways")), ["24", "40"])
        self.assertEqual(sorted(self.branches("// one way")), ["0", "64"])

    def test_functions_are_counted(self) -> None:
        calls = {record[2]: int(record[1]) for record in self.records if record[0] == "FNDA"}
        self.assertEqual(calls, {"never_called": 0, "both_ways": 8 * CORES, "one_way": 8 * CORES, "main": CORES})

    def test_sums_are_those_of_the_records(self) -> None:
        sums = {record[0]: int(record[1]) for record in self.records if record[0] in ("LF", "LH", "BRF", "BRH", "FNF", "FNH")}
        lines = [record for record in self.records if record[0] == "DA"]
        self.assertEqual(sums["LF"], len(lines))
        self.assertEqual(sums["LH"], sum(record[2] != "0" for record in lines))
        self.assertEqual((sums["FNF"], sums["FNH"]), (4, 3))
        self.assertLess(sums["BRH"], sums["BRF"])

    def test_lcov_reads_the_file(self) -> None:
        _ = self.records
        if not shutil.which("lcov"):
            self.skipTest("lcov is not installed")
        done = subprocess.run(["lcov", "--summary", str(self.folder / "firmware.info"), "--rc", "lcov_branch_coverage=1"],
                              capture_output=True, text=True, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect(r"lines\.+: [\d.]+%", done.stdout + done.stderr)

    def test_genhtml_draws_a_firmware_with_a_library(self) -> None:
        info, pages = self.folder / "hello.info", self.folder / "pages"
        self.run_program(image("late_fault.c"), "--quiet", "--coverage", str(info))  # it prints
        sources = [line[3:] for line in info.read_text().splitlines() if line.startswith("SF:")]
        self.assertTrue(sources)
        for source in sources:
            self.assertTrue(Path(source).is_absolute() and Path(source).exists(), source)
        if not shutil.which("genhtml"):
            self.skipTest("lcov is not installed")
        done = subprocess.run(["genhtml", "--quiet", "--branch-coverage", "-o", str(pages), str(info)],
                              capture_output=True, text=True, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((pages / "index.html").exists())


if __name__ == "__main__":
    bringup.main()
