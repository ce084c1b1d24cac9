# SPDX-License-Identifier: Apache-2.0
"""Neither the length of the quantum nor how far cores run ahead changes anything, whoever interrupts whom."""

from __future__ import annotations

import itertools
import tempfile
import unittest
from pathlib import Path

import interrupt_programs
import runs

SEEDS = range(8)
QUANTA = (1, 7, 1000, 100_000)
MAX_CYCLES = 200_000
SETTINGS = {
    "soc.cluster.core_count": interrupt_programs.CORES,
    "soc.cluster.icache.is_enabled_at_reset": "true",
}

# Core 0 marks a region five times while the others compute, and ends the run.
MARKS = """
  .globl _start
_start:
  csrr t0, mhartid
  andi t0, t0, 31
  beqz t0, 2f
1: addi a0, a0, 1
  addi a1, a1, 1
  j 1b
2: li t1, 5
3: slti x0, x0, 1
  .rept 40
  addi a0, a0, 1
  .endr
  sltiu x0, x0, 1
  .rept 100
  addi a0, a0, 1
  .endr
  addi t1, t1, -1
  bnez t1, 3b
  li t0, 0x1a1040a0
  li t1, 0x80000000
  sw t1, 0(t0)
  j .
"""


def build(folder: str, seed: int, with_fabric: bool) -> Path:
    source = Path(folder) / f"{seed}.S"
    source.write_text(interrupt_programs.program(seed, with_fabric))
    image = Path(folder) / f"{seed}.elf"
    runs.assemble(source, image, "-nostartfiles", "-Wl,--section-start=.vectors=0x1c000000,--nmagic")
    return image


def run(image: Path, quantum: int, *options: str) -> runs.Run:
    return runs.simulate(image, SETTINGS | {"simulation.quantum_cycles": quantum}, MAX_CYCLES, options)


def results(image: Path, run_ahead: int, *options: str) -> tuple[int, str]:
    """Cycles, and what each core counted and saw."""
    signature = image.with_suffix(".signature")
    bound = ("--set", f"simulation.run_ahead_cycles={run_ahead}")
    one = run(image, 1000, "--signature", str(signature), *bound, *options)
    return one.report["cycles"], signature.read_text()


class QuantumLaws(unittest.TestCase):
    def check(self, with_fabric: bool, *options: str) -> None:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                image = build(folder, seed, with_fabric)
                expected = run(image, QUANTA[0], *options)
                self.assertIn(expected.status, (0, 104), expected.stderr)
                for quantum in QUANTA[1:]:
                    with self.subTest(seed=seed, quantum=quantum):
                        other = run(image, quantum, *options)
                        self.assertEqual(other.stdout, expected.stdout)
                        self.assertEqual(other.report, expected.report)

    @runs.needs_compiler
    def test_in_a_cluster(self) -> None:
        self.check(False)

    @runs.needs_compiler
    def test_with_a_fabric_controller(self) -> None:
        self.check(True, "--config", "pulp_open")

    @runs.needs_compiler
    def test_with_two_clocks(self) -> None:
        self.check(True, "--config", "pulp_open", "--set", "clock.soc_mhz=150")

    @runs.needs_compiler
    def test_cores_that_do_not_run_ahead_end_the_same(self) -> None:
        configurations: dict[str, tuple[str, ...]] = {
            "cluster": (),
            "fabric controller": ("--config", "pulp_open"),
            "two clocks": ("--config", "pulp_open", "--set", "clock.soc_mhz=150"),
        }
        for seed, (name, options) in itertools.product(SEEDS, configurations.items()):
            with tempfile.TemporaryDirectory() as folder:
                image = build(folder, seed, bool(options))
                expected = results(image, 32, *options)
                for ahead in (1, 13, 1024):
                    with self.subTest(seed=seed, ahead=ahead, configuration=name):
                        self.assertEqual(results(image, ahead, *options), expected)

    @runs.needs_compiler
    def test_traces_are_the_same_and_change_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            image = build(folder, 100, True)
            traces = []
            reports = [run(image, 1000, "--config", "pulp_open").report]
            for quantum in QUANTA:
                path = Path(folder) / f"{quantum}.log"
                reports.append(run(image, quantum, "--config", "pulp_open", "--trace", str(path)).report)
                traces.append(path.read_text())
        self.assertTrue(all(report == reports[0] for report in reports))
        self.assertTrue(all(trace == traces[0] for trace in traces))

    @runs.needs_compiler
    def test_a_deadlock_ends_where_the_last_core_falls_asleep(self) -> None:
        """And not where the quantum ends: every counter tells of the cycles that the report has."""
        with tempfile.TemporaryDirectory() as folder:
            source, image = Path(folder) / "asleep.S", Path(folder) / "asleep.elf"
            source.write_text(".globl _start\n_start:\n  li t0, 300\n1: addi t0, t0, -1\n  bnez t0, 1b\n2: wfi\n  j 2b\n")
            runs.assemble(source, image)
            reports = [run(image, quantum).report for quantum in QUANTA]
        self.assertEqual(reports[0]["result"], "deadlock")
        self.assertEqual(reports[0]["counters"]["cluster"]["cycles"], reports[0]["cycles"])
        self.assertTrue(all(report == reports[0] for report in reports))

    @runs.needs_compiler
    def test_with_caches_that_firmware_would_have_to_enable(self) -> None:
        """Seeds that once found an act of the fabric controller at a cycle that depended on the quantum."""
        for seed in (101, 107, 112):
            with tempfile.TemporaryDirectory() as folder:
                image = build(folder, seed, True)
                settings = SETTINGS | {"soc.cluster.icache.is_enabled_at_reset": "false"}
                reports = [
                    runs.simulate(image, settings | {"simulation.quantum_cycles": quantum}, MAX_CYCLES,
                                  ("--config", "pulp_open")).report
                    for quantum in QUANTA
                ]
            with self.subTest(seed=seed):
                self.assertTrue(all(report == reports[0] for report in reports))

    @runs.needs_compiler
    def test_regions_are_exact_but_for_what_harts_have_computed_ahead(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source, image = Path(folder) / "marks.S", Path(folder) / "marks.elf"
            source.write_text(MARKS)
            runs.assemble(source, image)
            ahead, default = 32, run(image, 1000)  # simulation.run_ahead_cycles
            exact = run(image, 1000, "--set", "simulation.run_ahead_cycles=1")
            power = str(Path(folder) / "power.csv")
            observed = run(image, 1000, "--power-trace", power, "--power-window", "1")
        self.assertEqual(exact.report["cycles"], default.report["cycles"])
        regions = [one.report["regions"] for one in (default, exact, observed)]
        self.assertEqual([region["visits"] for region in regions[0]], [5])
        for loose, tight, seen in zip(*regions, strict=True):
            self.assertEqual((tight["cycles"], tight["instructions"]), (seen["cycles"], seen["instructions"]))
            self.assertEqual(tight["cycles"], loose["cycles"])
            bound = ahead * interrupt_programs.CORES * 2 * loose["visits"]
            self.assertLessEqual(abs(loose["instructions"] - tight["instructions"]), bound)

    @runs.needs_compiler
    def test_the_programs_are_interrupted(self) -> None:
        """Every source is seen, so that the laws are about something."""
        with tempfile.TemporaryDirectory() as folder:
            run_of = [run(build(folder, seed, True), 1000, "--config", "pulp_open") for seed in SEEDS]
        self.assertGreater(sum(one.counter("interrupt_controller.interrupts") for one in run_of), 50)


if __name__ == "__main__":
    runs.main()
