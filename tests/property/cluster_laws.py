# SPDX-License-Identifier: Apache-2.0
"""Several clusters beside each other: what one cluster does alone does not depend on how many there are, what
they do together does not depend on quanta and run-ahead, and reports, traces, waves and messages know them all."""

from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import runs

COUNTS = (1, 2, 4)
MAX_CYCLES = 3_000_000

# Starts core 0 of cluster 1 at `other`; `first` is what the first cluster's core 0 does then.
TWO = """
  .globl _start
_start:
  csrr s0, mhartid
  andi t0, s0, 31
  bnez t0, stop
  srli t0, s0, 5
  bnez t0, other
  li t0, 0x10600000
  la t1, _start
  sw t1, 0x40(t0)
  li t1, 1
  sw t1, 8(t0)
  j first
stop:
  li t0, 0x00204000
  sw zero, 0(t0)
sleep:
  .insn i 0x0b, 6, t1, 0x3c(t0)
  j sleep
finish:
  li t0, 0x00200000
  li t1, 0x80000000
  or a0, a0, t1
  sw a0, 0x100(t0)
  li t1, 1
  sw t1, 0(t0)
  j stop
"""


def clusters(count: int, **more: object) -> dict[str, object]:
    return {"soc.clusters": count} | more


def run(name: str, count: int, *options: str, **more: object) -> runs.Run:
    return runs.simulate(runs.IMAGES / f"{name}.elf", clusters(count, **more), MAX_CYCLES, options)


def region(one: runs.Run, name: str) -> Any:
    return next(entry for entry in one.report["regions"] if entry["name"] == name)


def counters_of(report: dict[str, Any], cluster: str) -> dict[str, Any]:
    return {name: events for name, events in report["counters"].items() if name.split(".")[0] == cluster}


class OneClusterOfSeveral(unittest.TestCase):
    def test_a_program_for_one_cluster_does_what_it_does_on_a_chip_with_one(self) -> None:
        for name in ("hello", "parallel", "matmul"):
            with self.subTest(program=name):
                alone, beside = runs.run_of(name), run(name, 3)
                self.assertEqual(beside.status, 0, beside.stderr)
                self.assertEqual(beside.stdout, alone.stdout)
                self.assertEqual(beside.report["cycles"], alone.report["cycles"])
                self.assertEqual(counters_of(beside.report, "cluster"), counters_of(alone.report, "cluster"))
                self.assertEqual(beside.report["counters"]["l2_arbiter"], {"conflicts": 0, "wait_cycles": 0})

    def test_the_clusters_beside_it_stay_off(self) -> None:
        report = run("hello", 2).report

        idle = [hart for hart in report["harts"] if hart["name"].startswith("cluster1.")]
        self.assertEqual([hart["hartid"] for hart in idle], list(range(32, 40)))
        self.assertEqual([hart["instructions"] for hart in idle], [0] * 8)

    def test_the_report_of_one_cluster_knows_no_others(self) -> None:
        report = runs.run_of("hello").report

        self.assertNotIn("clusters", report["architecture"])
        self.assertFalse([name for name in report["counters"] if name.startswith(("cluster1", "l2_arbiter"))])


class Together(unittest.TestCase):
    def test_every_core_of_every_cluster_runs_main(self) -> None:
        for count in (1, 2, 3, 4):
            with self.subTest(clusters=count):
                one = run("hello_clusters", count)
                self.assertEqual(one.status, 0, one.stdout + one.stderr)
                lines = [f"cluster {c} of {count}, core {i} of 8" for c in range(count) for i in range(8)]
                self.assertEqual(one.stdout.splitlines(), [*lines, f"PASS: {count} clusters"])

    def test_other_sizes_and_a_fabric_controller(self) -> None:
        for options, more in (
            ((), {"soc.cluster.core_count": 1}),
            ((), {"soc.cluster.core_count": 16, "soc.cluster.tcdm.size_bytes": 16384}),
            ((), {"soc.cluster.core_count": 3, "clock.soc_mhz": 173}),
            (("--config", "pulp_open"), {}),
        ):
            with self.subTest(options=options, **more):
                one = run("hello_clusters", 4, *options, **more)
                self.assertEqual(one.status, 0, one.stdout + one.stderr)
                self.assertIn("PASS: 4 clusters", one.stdout)

    def test_a_matrix_product_over_the_clusters_is_the_same_and_faster(self) -> None:
        cycles = {}
        for count in COUNTS:
            one = run("matmul_clusters", count)
            self.assertEqual(one.status, 0, one.stdout + one.stderr)
            self.assertIn("PASS: 24576 results", one.stdout)
            cycles[count] = region(one, "matmul")["cycles"]
            self.assertAlmostEqual(region(one, "kernel")["macs"] / (192 * 128 * 288), 1, delta=0.01)

        self.assertGreater(cycles[1] / cycles[2], 1.8)
        self.assertGreater(cycles[1] / cycles[4], 3)
        self.assertLess(cycles[1] / cycles[4], 4)

    def test_clusters_that_read_l2_together_wait_for_each_other(self) -> None:
        waits = {count: run("matmul_clusters", count).report["counters"].get("l2_arbiter") for count in COUNTS}

        self.assertIsNone(waits[1])
        self.assertGreater(waits[2]["wait_cycles"], 0)
        self.assertGreater(waits[4]["wait_cycles"], waits[2]["wait_cycles"])

    def test_a_wider_l2_makes_them_wait_less(self) -> None:
        def waited(width: int) -> int:
            one = run("matmul_clusters", 4, **{"soc.l2.bytes_per_cycle": width})
            return int(one.report["counters"]["l2_arbiter"]["wait_cycles"])

        self.assertLess(waited(16), waited(8))

    def test_quanta_change_nothing(self) -> None:
        for name, more in (("hello_clusters", {"clock.soc_mhz": 173}), ("matmul_clusters", {})):
            expected = run(name, 3, **more, **{"simulation.quantum_cycles": 1000})
            for quantum in (1, 77, 100_000):
                with self.subTest(program=name, quantum=quantum):
                    other = run(name, 3, **more, **{"simulation.quantum_cycles": quantum})
                    self.assertEqual(other.stdout, expected.stdout)
                    self.assertEqual(other.report, expected.report)

    def test_how_far_cores_run_ahead_changes_no_cycle(self) -> None:
        expected = run("hello_clusters", 4)
        for ahead in (1, 2, 7, 1024):
            with self.subTest(run_ahead=ahead):
                other = run("hello_clusters", 4, **{"simulation.run_ahead_cycles": ahead})
                self.assertEqual(other.stdout, expected.stdout)
                self.assertEqual(other.report["cycles"], expected.report["cycles"])
                self.assertEqual(
                    other.report["counters"]["l2_arbiter"], expected.report["counters"]["l2_arbiter"]
                )

    def test_energy_and_area_are_those_of_all_clusters(self) -> None:
        one, two = (run("matmul_clusters", count).report for count in (1, 2))

        components = two["energy"]["components"]
        self.assertAlmostEqual(sum(components.values()), two["energy"]["total_pj"], delta=0.01)
        self.assertEqual(
            {name for name in components if name.startswith("cluster.")},
            {name.replace("cluster1.", "cluster.") for name in components if name.startswith("cluster1.")},
        )
        self.assertAlmostEqual(
            components["cluster1.leakage.cores"], components["cluster.leakage.cores"], delta=0.01
        )
        self.assertAlmostEqual(two["area"]["total_mm2"], 2 * one["area"]["total_mm2"], places=6)
        self.assertEqual(two["area"]["outside_components"], one["area"]["outside_components"])
        self.assertFalse(two["energy"].get("unpriced"))
        self.assertAlmostEqual(two["energy"]["total_pj"] / one["energy"]["total_pj"], 1, delta=0.2)

    def test_a_report_can_be_priced_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report.json"
            image = runs.IMAGES / "matmul_clusters.elf"
            for command in (
                ["run", str(image), "--set", "soc.clusters=2", "--report", str(path)],
                ["price", str(path), "--report", str(Path(folder) / "again.json")],
            ):
                done = subprocess.run(
                    [str(runs.PROGRAM), *command, "--quiet"], capture_output=True, text=True, timeout=60, check=False
                )
                self.assertEqual(done.returncode, 0, done.stderr)
            first, again = (json.loads((Path(folder) / name).read_text()) for name in ("report.json", "again.json"))
        self.assertEqual(again["energy"], first["energy"])
        self.assertEqual(again["area"], first["area"])

    def test_profile_trace_and_wave_name_the_cores_of_all_clusters(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            trace, wave, profile = (Path(folder) / name for name in ("t.log", "w.vcd", "p.folded"))
            one = run(
                "hello_clusters", 2, "--trace", str(trace), "--trace-harts", "33", "--wave", str(wave),
                "--profile", str(profile), "--power-trace", str(Path(folder) / "power.csv"),
            )
            self.assertEqual(one.status, 0, one.stderr)
            self.assertGreater(len(trace.read_text().splitlines()), 100)
            self.assertIn("cluster1", wave.read_text())
            self.assertIn("cluster1.core7;", profile.read_text())
            self.assertIn("cluster1.core0", (Path(folder) / "power.csv").read_text().splitlines()[0])


class Ends(unittest.TestCase):
    def assembled(self, text: str, count: int = 2, *options: str) -> runs.Run:
        with tempfile.TemporaryDirectory() as folder:
            source, image = Path(folder) / "two.S", Path(folder) / "two.elf"
            source.write_text(TWO + text)
            runs.assemble(source, image)
            return runs.simulate(image, clusters(count), 100_000, options)

    @runs.needs_compiler
    def test_the_run_ends_when_every_cluster_that_was_started_has_ended(self) -> None:
        for first, other, code in ((0, 0, 0), (0, 5, 5), (6, 5, 6)):
            with self.subTest(first=first, other=other):
                delay = "li t1, 300\n1: addi t1, t1, -1\nbnez t1, 1b\n"
                one = self.assembled(f"first: li a0, {first}\nj finish\nother: {delay} li a0, {other}\nj finish")
                self.assertEqual(one.status, code, one.stderr)
                self.assertGreater(one.report["cycles"], 600)

    @runs.needs_compiler
    def test_a_cluster_that_nobody_starts_has_nothing_to_end(self) -> None:
        one = self.assembled("first: li a0, 3\nj finish\nother: li a0, 0\nj finish", 4)

        self.assertEqual(one.status, 3, one.stderr)

    @runs.needs_compiler
    def test_core_status_ends_the_run_whatever_others_do(self) -> None:
        one = self.assembled("first: j first\nother: li t0, 0x1a1040a0\nli t1, 0x80000007\nsw t1, 0(t0)\nj other")

        self.assertEqual(one.status, 7, one.stderr)

    @runs.needs_compiler
    def test_a_deadlock_is_one_of_all_clusters(self) -> None:
        both = self.assembled("first: j stop\nother: j stop")
        one = self.assembled("first: j stop\nother: j other")

        self.assertEqual(both.status, 105, both.stderr)
        self.assertIn("cluster1.core0", both.stderr)
        self.assertEqual(one.status, 104, one.stderr)

    @runs.needs_compiler
    def test_a_fault_names_cluster_and_core(self) -> None:
        one = self.assembled("first: j first\nother: li t0, 0x10a00000\nlw t1, 0(t0)\nj other")

        self.assertEqual(one.status, 102)
        self.assertIn("soc.cluster1.core0: load of 4 bytes at 0x10a00000", one.stderr)

    @runs.needs_compiler
    def test_each_cluster_is_seen_by_the_others_at_its_own_address(self) -> None:
        one = self.assembled(
            "first: j first\nother: li t0, 0x10400010\nli t1, 0x123\nsw t1, 0(t0)\nli t0, 0x10\nlw a0, 0(t0)\n"
            "bne a0, t1, bad\nli t0, 0x10000010\nlw a0, 0(t0)\nbeq a0, t1, bad\nli t0, 0x1a1040a0\n"
            "li t1, 0x80000009\nsw t1, 0(t0)\nbad: j bad"
        )

        self.assertEqual(one.status, 9, one.stderr)


class Configurations(unittest.TestCase):
    def refused(self, *settings: str) -> str:
        command = [str(runs.PROGRAM), "config"]
        for setting in settings:
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 101, done.stderr)
        return done.stderr

    def test_there_are_one_to_four(self) -> None:
        for value in ("0", "5", "-1", "1.5", "two", ""):
            with self.subTest(value=value):
                self.assertIn("soc.clusters", self.refused(f"soc.clusters={value}"))

    def test_the_timing_bench_has_one(self) -> None:
        self.assertIn("timing bench", self.refused("soc.clusters=2", "soc.cluster.marker.enabled=true"))

    def test_the_registers_of_each_are_described(self) -> None:
        done = subprocess.run(
            [str(runs.PROGRAM), "describe", "--set", "soc.clusters=2"],
            capture_output=True, text=True, timeout=60, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("`TIMER_CLUSTER_1` at 0x10600400", done.stdout)


if __name__ == "__main__":
    runs.main()
