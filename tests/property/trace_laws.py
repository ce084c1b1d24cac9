#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who looks at instructions sees all of them and changes nothing."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

import runs
from runs import Run

LINE = re.compile(
    r"\s*(?P<time>\d+\.\d{3})\s+(?P<cycle>\d+)\s+(?P<hart>\d+) (?P<pc>[0-9a-f]{8}) "
    r"(?P<word>[0-9a-f]{4}(?:[0-9a-f]{4})?)\s+(?P<text>\S.*)"
)
Line = dict[str, str]


def traced(program: str, *options: str) -> tuple[Run, list[Line]]:
    """A run of a program of sw/apps and the lines of its trace, without the heading."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.log"
        image = runs.IMAGES / f"{program}.elf"
        run = runs.simulate(image, options=("--trace", str(path), *options))
        lines = path.read_text().splitlines()[1:]
    matches = [LINE.fullmatch(line) for line in lines]
    broken = [line for line, match in zip(lines, matches) if match is None]
    if broken:
        raise AssertionError(f"not a line of a trace: {broken[0]!r}")
    return run, [match.groupdict() for match in matches if match]


class TraceLaws(unittest.TestCase):
    def test_a_trace_has_a_line_an_instruction(self) -> None:
        run, lines = traced("hello")
        for hart in run.report["harts"]:
            seen = sum(int(line["hart"]) == hart["hartid"] for line in lines)
            self.assertEqual(seen, hart["instructions"], hart["name"])

    def test_an_observed_run_gives_the_same_report(self) -> None:
        run, _ = traced("hello", "--check", "hazards")
        self.assertEqual(run.report, runs.run_of("hello").report | {"findings": []})

    def test_the_cycles_of_a_hart_rise(self) -> None:
        _, lines = traced("hello")
        for hart in range(8):
            cycles = [int(line["cycle"]) for line in lines if int(line["hart"]) == hart]
            self.assertEqual(cycles, sorted(set(cycles)))

    def test_filters_leave_a_part_of_the_whole(self) -> None:
        _, whole = traced("hello")
        ours = [line for line in whole if int(line["hart"]) in (1, 6)]
        first, last = (int(ours[len(ours) * part // 4]["cycle"]) for part in (1, 3))
        filters = ("--trace-harts", "1,6", "--trace-from", str(first), "--trace-to", str(last))
        _, part = traced("hello", *filters)
        self.assertLess(len(part), len(ours))
        self.assertEqual(part, [line for line in ours if first <= int(line["cycle"]) <= last])


if __name__ == "__main__":
    runs.main()
