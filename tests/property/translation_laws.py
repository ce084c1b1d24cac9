#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Translated code does what the interpreter does: simulation.translate = check compares both after every run of instructions, and no
report knows whether something was translated."""

from __future__ import annotations

import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import runs

sys.path.insert(0, str(runs.ROOT / "scripts"))

from flexv_tools.timing.running import LINK_SCRIPT, Bench  # noqa: E402

REFERENCE = runs.ROOT / "tests/reference"
MAX_CYCLES = 1_000_000
# Cores with quirks are looked at in every instruction, so nothing of them is in blocks.
BENCH_OPTIONS = ("--config", "timing_bench", "--set", "soc.cluster.core.quirks=false")


def run(image: Path, mode: str, options: tuple[str, ...]) -> runs.Run:
    return runs.simulate(image, {"simulation.translate": mode}, MAX_CYCLES, options)


class Translation(unittest.TestCase):
    def assert_equal(self, image: Path, *options: str, modes: tuple[str, ...] = ("check",)) -> None:
        expected = run(image, "off", options)
        self.assertNotEqual(expected.report, {}, expected.stderr)
        for mode in modes:
            found = run(image, mode, options)
            self.assertEqual((found.status, found.stderr), (expected.status, expected.stderr), f"{image.stem}, {mode}")
            self.assertEqual((found.stdout, found.report), (expected.stdout, expected.report), f"{image.stem}, {mode}")

    def test_firmware_does_the_same(self) -> None:
        for name in runs.FIRMWARE:
            self.assert_equal(runs.IMAGES / f"{name}.elf", modes=("on", "check"))

    def test_clusters_beside_each_other_do_the_same(self) -> None:
        self.assert_equal(runs.IMAGES / "hello_clusters.elf", "--set", "soc.clusters=4", modes=("on", "check"))

    @runs.needs_compiler
    def test_programs_of_the_reference_do_the_same(self) -> None:
        for group in ("timing", "random"):
            with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
                bench = Bench(REFERENCE / group, runs.PROGRAM, Path(folder))
                (bench.scratch / "default.ld").write_text(LINK_SCRIPT)
                names = sorted(path.stem for path in (bench.directory / "src").glob("*.S"))
                self.assertEqual([problem for problem in pool.map(bench.build, names) if problem], [])
                list(pool.map(lambda name, bench=bench: self.assert_equal(bench.elf(name), *BENCH_OPTIONS), names))


if __name__ == "__main__":
    runs.main()
