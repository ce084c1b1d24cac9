# SPDX-License-Identifier: Apache-2.0
"""What the numbers of one report owe each other, on programs that use all of the cluster."""

from __future__ import annotations

import unittest
from collections.abc import Callable

import runs
from runs import Run


def attojoules(picojoules: float) -> int:
    """Exact: the report divides whole attojoules by 10^6."""
    return round(picojoules * 1e6)


def on_each_run(law: Callable[[unittest.TestCase, Run], None]) -> Callable[[unittest.TestCase], None]:
    def test(case: unittest.TestCase) -> None:
        for name in runs.FIRMWARE:
            with case.subTest(program=name):
                law(case, runs.run_of(name))

    return test


class ReportLaws(unittest.TestCase):
    @on_each_run
    def test_energy_is_the_sum_of_its_components_and_of_the_kinds_of_coefficients(self, run: Run) -> None:
        energy = run.report["energy"]
        total = attojoules(energy["total_pj"])
        self.assertGreater(total, 0)
        for parts in (energy["components"], energy["coefficient_kinds"]):
            self.assertEqual(sum(attojoules(value) for value in parts.values()), total)

    @on_each_run
    def test_mean_power_is_energy_over_time(self, run: Run) -> None:
        energy = run.report["energy"]
        self.assertAlmostEqual(energy["mean_mw"], energy["total_pj"] / run.report["time_ns"], places=6)
        self.assertAlmostEqual(
            run.report["time_ns"], run.report["cycles"] * 1000 / run.report["clock"]["mhz"], places=3
        )

    @on_each_run
    def test_instructions_are_the_sum_over_the_harts(self, run: Run) -> None:
        total = run.report["instructions"]
        self.assertEqual(sum(hart["instructions"] for hart in run.report["harts"]), total)
        self.assertEqual(run.of_cores("instructions"), total)

    @on_each_run
    def test_every_active_cycle_is_an_instruction_or_a_stall(self, run: Run) -> None:
        for hart in run.report["harts"]:
            explained = hart["instructions"] + sum(hart["stalls"].values())
            self.assertEqual(hart["active_cycles"], explained, hart["name"])

    @on_each_run
    def test_a_hart_is_active_or_asleep_within_the_run(self, run: Run) -> None:
        for hart in run.report["harts"]:
            lived = hart["active_cycles"] + hart["sleep_cycles"]
            # Cores of this boot style start in cycle 1, so all but one are accounted for.
            self.assertEqual(lived, run.report["cycles"] - 1, hart["name"])

    @on_each_run
    def test_instructions_are_classified_once(self, run: Run) -> None:
        for hart in run.report["harts"]:
            events = run.report["counters"][hart["name"]]
            classes = ("alu", "multiply", "dot_products", "loads_stores")
            divisions = events["instructions"] - sum(events[name] for name in classes)
            self.assertGreaterEqual(divisions, 0, hart["name"])
            self.assertLessEqual(divisions, events["divide_cycles"], hart["name"])

    @on_each_run
    def test_a_region_is_part_of_the_run(self, run: Run) -> None:
        energy = run.report["energy"]["total_pj"]
        for region in run.report["regions"]:
            self.assertLessEqual(region["cycles"], run.report["cycles"], region["name"])
            self.assertLessEqual(region["instructions"], run.report["instructions"], region["name"])
            self.assertLessEqual(region["macs"], run.of_cores("macs"), region["name"])
            self.assertLessEqual(region["energy_pj"], energy, region["name"])
            for component, events in region["counters"].items():
                for event, count in events.items():
                    self.assertLessEqual(count, run.counter(f"{component}.{event}"), event)


class BlocksAgree(unittest.TestCase):
    """What one block sends, another one receives."""

    @on_each_run
    def test_a_lost_arbitration_of_a_bank_is_a_wait_of_a_core_or_of_the_dma(self, run: Run) -> None:
        waits = run.of_cores("tcdm_stalls") + run.counter("cluster.dma.tcdm_stall")
        self.assertEqual(run.counter("cluster.tcdm.conflicts"), waits)

    @on_each_run
    def test_a_transaction_of_the_cluster_bus_is_an_access_of_a_core_or_a_burst(self, run: Run) -> None:
        sent = run.counter("cluster.peripherals.external_loads")
        sent += run.counter("cluster.peripherals.external_stores")
        sent += run.counter("cluster.dma.bursts")
        self.assertEqual(run.counter("cluster.bus.transactions"), sent)

    @on_each_run
    def test_a_transaction_of_the_cluster_bus_reaches_the_soc_or_the_own_window(self, run: Run) -> None:
        received = run.counter("bus.transactions") + run.counter("cluster.window.transactions")
        self.assertEqual(run.counter("cluster.bus.transactions"), received)

    @on_each_run
    def test_l2_serves_only_what_the_soc_bus_carries(self, run: Run) -> None:
        served = run.counter("l2.reads") + run.counter("l2.writes")
        self.assertLessEqual(served, run.counter("bus.transactions"))
        moved = run.counter("l2.bytes_read") + run.counter("l2.bytes_written")
        self.assertLessEqual(moved, run.counter("bus.bytes"))
        self.assertGreaterEqual(run.counter("l2.bytes_read"), run.counter("cluster.dma.bytes_in"))

    @on_each_run
    def test_a_private_miss_is_a_hit_or_a_miss_of_the_shared_cache(self, run: Run) -> None:
        looked_up = run.counter("cluster.icache.l15_hits") + run.counter("cluster.icache.l15_misses")
        self.assertEqual(run.counter("cluster.icache.prefetches"), 0, "asks the shared cache, too")
        self.assertEqual(run.counter("cluster.icache.l1_misses"), looked_up)
        self.assertEqual(
            run.counter("cluster.icache.refills"), run.counter("cluster.icache.l15_misses")
        )

    @on_each_run
    def test_a_bank_serves_one_access_a_cycle(self, run: Run) -> None:
        banks = 16  # default
        accesses = run.counter("cluster.tcdm.reads") + run.counter("cluster.tcdm.writes")
        self.assertLessEqual(accesses, banks * run.report["cycles"])

    @on_each_run
    def test_an_access_of_a_core_reaches_one_target(self, run: Run) -> None:
        """Three kinds of accesses keep this from an equation: those in flight when the run ends are not
        of retired instructions yet, the DMA does not count those to its registers, and a Mac&Load
        without a product is both a refill and a load."""
        received = run.counter("cluster.tcdm.reads") + run.counter("cluster.tcdm.writes")
        received -= dma_words(run)
        received += run.counter("cluster.peripherals.accesses")
        received += run.counter("cluster.event_unit.accesses")
        refills = run.of_cores("mac_load_refills")
        sent = run.of_cores("loads_stores") + refills
        in_flight = len(run.report["harts"])
        self.assertLessEqual(received, sent + in_flight + run.of_cores("misaligned_stalls"))
        if run.counter("cluster.dma.commands") == 0:
            self.assertGreaterEqual(received, sent - refills)


def dma_words(run: Run) -> int:
    """The programs here move whole words."""
    return (run.counter("cluster.dma.bytes_in") + run.counter("cluster.dma.bytes_out")) // 4


if __name__ == "__main__":
    runs.main()
