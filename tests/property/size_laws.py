# SPDX-License-Identifier: Apache-2.0
"""What energy owes the size of the cluster: more of anything costs more, and whatever prices a run
agrees about it."""

from __future__ import annotations

import csv
import functools
import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import runs
from energy_laws import attojoules, image, price, run_with

CORES = "soc.cluster.core_count"
TCDM = "soc.cluster.tcdm.size_bytes"
BANKS = "soc.cluster.tcdm.bank_count"


def settings(values: dict[str, object]) -> tuple[str, ...]:
    return tuple(word for key, value in values.items() for word in ("--set", f"{key}={value}"))


@functools.cache
def one_core_program() -> Path:
    path = Path(tempfile.mkdtemp()) / "one_core.elf"
    runs.assemble(runs.ROOT / "tests/property/one_core.S", path)
    return path


@functools.cache
def one_core_run(**sizes: object) -> dict[str, Any]:
    """The run of a program that works on core 0 alone; sizes by the last names of their keys."""
    keys = {"cores": CORES, "tcdm": TCDM, "banks": BANKS}
    report, stderr = run_with(one_core_program(), *settings({keys[k]: v for k, v in sizes.items()}))
    if not report:
        raise RuntimeError(stderr)
    return report


def component(report: dict[str, Any], name: str) -> int:
    return attojoules(report["energy"]["components"][name])


def leakage(report: dict[str, Any]) -> int:
    parts = report["energy"]["components"].items()
    return sum(attojoules(value) for name, value in parts if ".leakage." in name)


def total(report: dict[str, Any]) -> int:
    return attojoules(report["energy"]["total_pj"])


def per_cycle(report: dict[str, Any], energy: int) -> float:
    return energy / report["cycles"]


def with_size(report: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    """The same events on a cluster of another size."""
    return price(report | {"architecture": report["architecture"] | {name: value}})


@runs.needs_compiler
class Clusters(unittest.TestCase):
    """The same program of one core on clusters of different sizes."""

    def test_more_cores_cost_more_although_they_sleep(self) -> None:
        reports = [one_core_run(cores=cores) for cores in (1, 2, 4, 8, 16)]
        for small, large in zip(reports, reports[1:]):
            for energy in (leakage, total, lambda report: component(report, "cluster.infrastructure")):
                self.assertGreater(
                    per_cycle(large, energy(large)), 1.01 * per_cycle(small, energy(small))
                )
            self.assertGreater(total(large), total(small))

    def test_cores_leak_in_proportion_to_their_number(self) -> None:
        one, sixteen = one_core_run(cores=1), one_core_run(cores=16)
        ratio = per_cycle(sixteen, component(sixteen, "cluster.leakage.cores")) / per_cycle(
            one, component(one, "cluster.leakage.cores")
        )
        self.assertAlmostEqual(ratio, 16, places=3)

    def test_a_sleeping_core_costs_its_gated_clock_and_its_branch_of_the_clock_tree(self) -> None:
        report = one_core_run(cores=8)
        for core in range(1, 8):
            (hart,) = [h for h in report["harts"] if h["name"] == f"cluster.core{core}"]
            gated = attojoules("0.02") * hart["sleep_cycles"]
            self.assertGreaterEqual(component(report, f"cluster.core{core}"), gated)
        branch = 0.40 * 7.817 / 8  # pJ a cycle: the share of `infrastructure` that follows `cores`
        more = one_core_run(cores=9)
        grown = [per_cycle(r, component(r, "cluster.infrastructure")) * 1e-6 for r in (report, more)]
        self.assertGreater(grown[1] - grown[0], branch)

    def test_twice_the_tcdm_leaks_by_its_law_and_changes_no_event(self) -> None:
        small, large = one_core_run(), one_core_run(tcdm=262144)
        self.assertEqual(small["counters"], large["counters"])
        ratio = component(large, "cluster.leakage.tcdm") / component(small, "cluster.leakage.tcdm")
        self.assertAlmostEqual(ratio, 1 + 0.93, places=4)
        one_mib = one_core_run(tcdm=1048576)
        ratio = component(one_mib, "cluster.leakage.tcdm") / component(small, "cluster.leakage.tcdm")
        self.assertAlmostEqual(ratio, 1 + 0.93 * 7, places=4)

    def test_more_banks_of_the_same_bytes_leak_more_and_read_cheaper(self) -> None:
        few, many = one_core_run(), one_core_run(banks=64)
        self.assertGreater(leakage(many), leakage(few))
        self.assertGreater(
            component(many, "cluster.infrastructure"), component(few, "cluster.infrastructure")
        )
        scale = {c["symbol"]: c["scale"] for c in many["energy"]["coefficients"]}
        self.assertAlmostEqual(scale["bank_r"], 0.5)
        self.assertGreater(scale["lic"], 1)


class Sizes(unittest.TestCase):
    """Any run, priced for other sizes."""

    def test_the_default_cluster_is_not_scaled(self) -> None:
        for name in runs.FIRMWARE:
            energy = runs.run_of(name).report["energy"]
            self.assertEqual(energy["extrapolations"], [])
            self.assertEqual(energy["uncertainty_percent"], {"total": 10.0, "component": 30.0})
            self.assertEqual({item["scale"] for item in energy["coefficients"]}, {1.0})

    def test_more_of_a_size_never_costs_less(self) -> None:
        report = runs.run_of("matmul").report
        for name, size in report["architecture"].items():
            if isinstance(size, str) or name.endswith("banks"):
                continue  # smaller banks are cheaper to read
            before = 0
            for factor in (0.25, 0.5, 1, 2, 8):
                if size * factor < 1:
                    continue
                now = total(with_size(report, name, int(size * factor)))
                with self.subTest(size=name, factor=factor):
                    self.assertGreaterEqual(now, before)
                before = now

    def test_every_size_of_the_cluster_matters(self) -> None:
        report = runs.run_of("matmul").report
        for name, size in report["architecture"].items():
            other = "xpulpv2" if isinstance(size, str) else 2 * size
            priced = with_size(report, name, other)
            with self.subTest(size=name):
                key = "outside_components" if name.startswith("l2.") else "components"
                self.assertNotEqual(priced["energy"][key], report["energy"][key])
                (found,) = priced["energy"]["extrapolations"]
                self.assertEqual((found["size"], found["value"], found["reference"]), (name, other, size))
                grown = priced["energy"]["uncertainty_percent"]["total"]
                self.assertAlmostEqual(grown, 10.0 if name.startswith("l2.") else 125**0.5)

    def test_area_is_the_sum_of_its_components_and_of_its_items(self) -> None:
        for cores, banks in ((1, 8), (8, 16), (16, 64)):
            area = one_core_run(cores=cores, banks=banks)["area"]
            inside = [item for item in area["items"] if not item["outside"]]
            for parts in (area["components"].values(), [item["mm2"] for item in inside]):
                self.assertEqual(round(1e6 * area["total_mm2"]), sum(round(1e6 * mm2) for mm2 in parts))
            self.assertAlmostEqual(area["total_mm2"], sum(area["item_kinds"].values()))

    def test_more_of_anything_takes_more_silicon(self) -> None:
        for key, values in (("cores", (1, 2, 4, 8, 16)), ("banks", (8, 16, 32, 64)), ("tcdm", (1 << 16, 1 << 17, 1 << 18))):
            areas = [one_core_run(**{key: value})["area"]["total_mm2"] for value in values]
            for small, large in zip(areas, areas[1:]):
                self.assertGreater(large, small, key)

    def test_area_depends_on_sizes_alone(self) -> None:
        run = one_core_run()
        self.assertEqual(price(run, "--vdd", "0.8", "--mhz", "600")["area"], run["area"])
        larger = with_size(run, "cores", 16)["area"]["total_mm2"]
        self.assertEqual(larger, one_core_run(cores=16)["area"]["total_mm2"])

    def test_a_region_has_its_throughput_over_the_area(self) -> None:
        report = runs.run_of("matmul").report
        for region in report["regions"]:
            self.assertAlmostEqual(region["gops_per_mm2"], region["gops"] / report["area"]["total_mm2"])

    def test_a_report_without_sizes_is_refused_with_what_to_do(self) -> None:
        report = runs.run_of("hello").report | {"host": {"seconds": 1.0, "mips": 1.0}}
        del report["architecture"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "old.json"
            path.write_text(json.dumps(report))
            command = [str(runs.PROGRAM), "price", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 101)
        self.assertIn("old.json: has no `architecture`", done.stderr)
        self.assertIn("hint: run the firmware again", done.stderr)


class Agreement(unittest.TestCase):
    """Whatever shows the energy of a cluster of another size shows the same."""

    CLUSTERS = (
        {CORES: 16, TCDM: 1048576, BANKS: 64},
        {CORES: 3, "soc.cluster.core.isa": "flexv", "soc.cluster.icache.l1_bytes": 2048},
        {CORES: 2, "soc.cluster.icache.l15_bytes": 16384, "soc.l2.size_bytes": 4194304},
    )

    def test_a_report_priced_again_is_the_report_of_the_run(self) -> None:
        for sizes in self.CLUSTERS:
            with self.subTest(sizes=sizes):
                report, _ = run_with(image("hello"), *settings(sizes))
                self.assertTrue(report["energy"]["extrapolations"])
                self.assertEqual(price(report), report)
                other = ("--vdd", "0.7", "--mhz", "400")
                run, _ = run_with(image("hello"), *settings(sizes), *other)
                self.assertEqual(price(report, *other), run)

    def test_windows_components_coefficients_and_regions_make_up_the_total(self) -> None:
        for sizes in self.CLUSTERS:
            with self.subTest(sizes=sizes), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "power.csv"
                report, _ = run_with(image("hello"), *settings(sizes), "--power-trace", str(path))
                with path.open() as file:
                    rows = list(csv.DictReader(file))
                energy = report["energy"]
                inside = [item for item in energy["coefficients"] if not item["outside"]]
                own = sum(attojoules(region["own_energy_pj"]) for region in report["regions"])
                for parts in (
                    [row["total_pj"] for row in rows],
                    energy["components"].values(),
                    [item["energy_pj"] for item in inside],
                ):
                    self.assertEqual(sum(attojoules(part) for part in parts), total(report))
                self.assertEqual(own + attojoules(energy["rest_pj"]), total(report))

    def test_the_summary_says_what_is_extrapolated(self) -> None:
        _, stderr = run_with(image("hello"), *settings({CORES: 1, TCDM: 1048576}))
        self.assertIn(
            "extrapolated by laws of size: cores 1 instead of 8, tcdm.bytes 1 MiB instead of 128 KiB", stderr
        )
        self.assertIn("uncertain by +-23.5 % (totals) and +-70.4 % (components)", stderr)
        self.assertNotIn("extrapolated", run_with(image("hello"))[1])


if __name__ == "__main__":
    runs.main()
