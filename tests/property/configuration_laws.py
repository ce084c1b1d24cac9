# SPDX-License-Identifier: Apache-2.0
"""What a parameter must not change.

There is no law here that fewer banks cost more cycles: two harts that meet once more at a bank can miss
each other behind it.
"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import runs


RUN_AHEAD = 32  # simulation.run_ahead_cycles


class ConfigurationLaws(unittest.TestCase):
    def test_the_quantum_changes_nothing(self) -> None:
        for name in runs.FIRMWARE:
            expected = runs.run_of(name)
            for cycles in (1, 23, 100_000):
                with self.subTest(program=name, quantum=cycles):
                    run = runs.simulate(
                        runs.IMAGES / f"{name}.elf", {"simulation.quantum_cycles": cycles}
                    )
                    self.assertEqual(run.stdout, expected.stdout)
                    self.assertEqual(run.report, expected.report)

    @runs.needs_compiler
    def test_a_hart_that_still_runs_at_the_end_is_hardly_ahead(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "exit.elf"
            runs.assemble(runs.ROOT / "tests/firmware/programs/exit_eoc.S", image)
            run = runs.simulate(image, {"soc.cluster.icache.is_ideal": "true"})
        for hart in run.report["harts"]:
            lived = hart["active_cycles"] + hart["sleep_cycles"]
            self.assertLessEqual(lived, run.report["cycles"] + RUN_AHEAD, hart["name"])

    @runs.needs_compiler
    def test_no_hart_runs_past_the_limit(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "spin.elf"
            runs.assemble(runs.ROOT / "tests/firmware/programs/spin.S", image)
            run = runs.simulate(image, max_cycles=777)
        for hart in run.report["harts"]:
            self.assertLess(hart["active_cycles"] + hart["sleep_cycles"], 777 + 4, hart["name"])

    def test_the_number_of_banks_changes_waits_but_no_work(self) -> None:
        expected = runs.run_of("matmul")
        for banks in (8, 32, 64):
            with self.subTest(banks=banks):
                run = runs.simulate(runs.IMAGES / "matmul.elf", {"soc.cluster.tcdm.bank_count": banks})
                self.assertEqual(run.status, 0, "the firmware checks its results")
                for event in ("macs", "dot_products", "mac_load_refills"):
                    self.assertEqual(run.of_cores(event), expected.of_cores(event), event)
                for event in ("bytes_in", "bytes_out"):
                    path = f"cluster.dma.{event}"
                    self.assertEqual(run.counter(path), expected.counter(path), event)
                self.assertNotEqual(
                    run.counter("cluster.tcdm.conflicts"), expected.counter("cluster.tcdm.conflicts")
                )

    def test_voltage_changes_energy_but_no_event(self) -> None:
        expected = runs.run_of("parallel")
        run = runs.simulate(runs.IMAGES / "parallel.elf", {"clock.vdd": 0.7})
        self.assertEqual(run.report["counters"], expected.report["counters"])
        self.assertGreater(run.report["energy"]["total_pj"], expected.report["energy"]["total_pj"])

    def test_the_energy_profile_changes_no_event(self) -> None:
        expected = runs.run_of("parallel")
        run = runs.simulate(runs.IMAGES / "parallel.elf", {"energy.profile": "shaheen"})
        self.assertEqual(run.report["counters"], expected.report["counters"])


if __name__ == "__main__":
    runs.main()
