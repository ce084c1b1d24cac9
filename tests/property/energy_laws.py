# SPDX-License-Identifier: Apache-2.0
"""What energy owes itself: over components, windows, regions, operating points and time."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Any

import runs

ATTOJOULES = Decimal(10) ** 6  # a picojoule


def attojoules(picojoules: float | str) -> int:
    return round(Decimal(str(picojoules)) * ATTOJOULES)


def run_with(image: Path, *options: str) -> tuple[dict[str, Any], str]:
    """The report, whatever came of the run, without `host`; and stderr."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [str(runs.PROGRAM), "run", str(image), "--report", str(path), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if not path.exists():
            return {}, done.stderr
        report = json.loads(path.read_text())
    del report["host"]
    return report, done.stderr


def price(report: dict[str, Any], *options: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        host = {"seconds": 1.0, "mips": 1.0}
        path.write_text(json.dumps(report | {"host": host}))
        command = [str(runs.PROGRAM), "price", str(path), "--quiet", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    priced = json.loads(done.stdout)
    del priced["host"]
    return priced


def image(name: str) -> Path:
    return runs.IMAGES / f"{name}.elf"


CLOCKS = {400: 0x84002FAF, 200: 0x88002FAF, 50: 0x90002FAF, 100: 0x8C002FAF, 655: 0x84004E20}  # MHz: CONF1 of an FLL


def clock_changes(clocks: list[int]) -> str:
    """Core 0 computes at each of the clocks, in a region 1 that never ends and a region 2 that a change cuts."""
    lines = [".globl _start", "_start:", "csrr t0, mhartid", "bnez t0, park", "li s0, 0x1a100020", "slti x0, x0, 1"]
    for number, mhz in enumerate(clocks):
        lines += ["slti x0, x0, 2", f"li t1, {37 + 11 * number}", "1: mul t2, t2, t1", "addi t1, t1, -1", "bnez t1, 1b"]
        lines += [f"li t1, {CLOCKS[mhz]:#x}", "sw t1, 4(s0)"]
        lines += ["li t1, 23", "1: addi t1, t1, -1", "bnez t1, 1b", "sltiu x0, x0, 2", "lw t2, 0(s0)"]
    lines += ["li t0, 0x10200000", "sw x0, 0x100(t0)", "li t1, 1", "sw t1, 0(t0)", "park: j park"]
    return "\n".join(lines) + "\n"


@runs.needs_compiler
class ChangingClock(unittest.TestCase):
    """Firmware sets the FLL of the cluster again and again: everything adds up as at one clock."""

    def run_at(self, clocks: list[int], *options: str) -> tuple[dict[str, Any], str, list[dict[str, str]]]:
        with tempfile.TemporaryDirectory() as folder:
            source, elf, power = (Path(folder) / name for name in ("fll.S", "fll.elf", "power.csv"))
            source.write_text(clock_changes(clocks))
            runs.assemble(source, elf)
            report, errors = run_with(elf, "--power-trace", str(power), *options)
            with power.open(newline="") as file:
                windows = list(csv.DictReader(file))
        self.assertEqual(report["result"], "exit", errors)
        return report, errors, windows

    def test_windows_and_regions_add_up_to_the_total(self) -> None:
        for window in ("1", "97", "1000"):
            with self.subTest(window=window):
                report, _, windows = self.run_at([200, 50, 400, 100, 200], "--power-window", window)
                total = attojoules(report["energy"]["total_pj"])
                self.assertEqual(sum(attojoules(row["total_pj"]) for row in windows), total)
                own = sum(attojoules(entry["own_energy_pj"]) for entry in report["regions"])
                self.assertEqual(own + attojoules(report["energy"]["rest_pj"]), total)
                energy = sum(float(row["mean_mw"]) * ns for row, ns in zip(windows, self.lengths(report, windows)))
                self.assertAlmostEqual(energy / float(report["energy"]["total_pj"]), 1, places=4)

    @staticmethod
    def lengths(report: dict[str, Any], windows: list[dict[str, str]]) -> list[float]:
        """Of each window in ns: together the time of the run."""
        begins = [float(row["begin_ns"]) for row in windows] + [report["time_ns"]]
        return [end - begin for begin, end in zip(begins, begins[1:])]

    def test_cycles_and_time_are_those_of_the_clocks(self) -> None:
        report, _, _ = self.run_at([200, 50, 400])
        clock = report["clock"]
        self.assertEqual(sum(clock["cycles_by_clock"]), report["cycles"])
        time = sum(1000 * cycles / mhz for cycles, mhz in zip(clock["cycles_by_clock"], clock["mhz_of_clock"]))
        self.assertAlmostEqual(time, report["time_ns"], places=6)
        self.assertAlmostEqual(1000 * report["cycles"] / report["time_ns"], clock["mhz"], places=9)
        for entry in report["regions"]:
            self.assertEqual(sum(entry["cycles_by_clock"]), entry["cycles"])
            self.assertEqual(sum(entry["own_cycles_by_clock"]), entry["own_cycles"])

    def test_leakage_follows_time_and_not_cycles(self) -> None:
        report, _, _ = self.run_at([200, 50, 400])
        leakages = []
        for one in (report, run_with(image("hello"))[0]):
            parts = [energy for name, energy in one["energy"]["components"].items() if "leakage" in name]
            leakages.append(sum(parts) / one["time_ns"])
        self.assertGreater(leakages[0], 0)
        self.assertAlmostEqual(leakages[0] / leakages[1], 1, places=5)

    def test_a_report_priced_again_is_the_report_of_the_run(self) -> None:
        report, _, _ = self.run_at([200, 50, 400])
        del report["energy"]["peak_mw"], report["energy"]["peak_window_cycles"]
        self.assertEqual(price(report), report)
        at_one_clock = price(report, "--mhz", "400")
        self.assertNotIn("mhz_of_clock", at_one_clock["clock"])
        self.assertAlmostEqual(at_one_clock["time_ns"], report["cycles"] * 2.5)

    def test_a_clock_beyond_the_profile_is_warned_of_once(self) -> None:
        report, errors, _ = self.run_at([655, 400, 655, 200, 655])
        self.assertEqual(errors.count("the clock leaves what the profile knows"), 1, errors)
        self.assertTrue(any("set by firmware" in text for text in report["energy"]["warnings"]))
        self.assertNotIn("the clock leaves", self.run_at([200, 400, 100])[1])


class Repricing(unittest.TestCase):
    POINTS = (
        ("--vdd", "0.725"),
        ("--mhz", "250"),
        ("--energy-profile", "shaheen", "--vdd", "0.8", "--mhz", "500"),
        ("--energy-profile", "shaheen", "--vdd", "0.62", "--mhz", "280.5"),
    )

    def test_a_report_priced_again_is_the_report_of_a_run_with_these_settings(self) -> None:
        for name in ("hello", "matmul"):
            base, _ = run_with(image(name))
            for options in self.POINTS:
                with self.subTest(program=name, options=options):
                    self.assertEqual(price(base, *options), run_with(image(name), *options)[0])

    def test_pricing_with_nothing_new_changes_nothing(self) -> None:
        base, _ = run_with(image("matmul"))
        self.assertEqual(price(base), base)

    def test_dynamic_energy_grows_with_the_square_of_the_voltage(self) -> None:
        base, _ = run_with(image("matmul"))
        for vdd in (0.6, 0.7, 0.8):
            priced = price(base, "--vdd", str(vdd))
            for component, energy in base["energy"]["components"].items():
                if energy == 0 or ".leakage." in component:
                    continue
                with self.subTest(vdd=vdd, component=component):
                    ratio = priced["energy"]["components"][component] / energy
                    self.assertAlmostEqual(ratio, (vdd / 0.65) ** 2, places=5)

    def test_leakage_is_a_power_so_half_the_clock_doubles_its_energy(self) -> None:
        base, _ = run_with(image("hello"))
        priced = price(base, "--mhz", "231.5")
        for component, energy in base["energy"]["components"].items():
            factor = 2 if ".leakage." in component else 1
            ratio = priced["energy"]["components"][component] / energy if energy else factor
            self.assertAlmostEqual(ratio, factor, places=4, msg=component)


class Windows(unittest.TestCase):
    def trace(self, name: str, window: int) -> tuple[list[dict[str, str]], dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "power.csv"
            options = ("--power-trace", str(path), "--power-window", str(window))
            options += ("--wave", str(Path(folder) / "run.vcd"))
            report, _ = run_with(image(name), *options)
            with path.open() as file:
                return list(csv.DictReader(file)), report

    def test_windows_add_up_to_the_run_component_by_component(self) -> None:
        for window in (1000, 333, 50_000_000):
            with self.subTest(window=window):
                rows, report = self.trace("matmul", window)
                for component, energy in report["energy"]["components"].items():
                    total = sum(attojoules(row[f"{component}_pj"]) for row in rows)
                    self.assertEqual(total, attojoules(energy), component)
                total = sum(attojoules(row["total_pj"]) for row in rows)
                self.assertEqual(total, attojoules(report["energy"]["total_pj"]))

    def test_a_window_is_the_sum_of_its_components(self) -> None:
        rows, report = self.trace("parallel", 1000)
        for row in rows:
            total = sum(attojoules(row[f"{name}_pj"]) for name in report["energy"]["components"])
            self.assertEqual(total, attojoules(row["total_pj"]))

    def test_windows_follow_each_other_from_reset_to_the_end(self) -> None:
        rows, report = self.trace("hello", 700)
        self.assertEqual(rows[0]["begin_cycle"], "0")
        self.assertEqual(int(rows[-1]["end_cycle"]), report["cycles"])
        for row, following in zip(rows, rows[1:]):
            self.assertEqual(row["end_cycle"], following["begin_cycle"])
            self.assertEqual(int(row["end_cycle"]) - int(row["begin_cycle"]), 700)

    def test_watching_changes_nothing(self) -> None:
        for name in runs.FIRMWARE:
            for window in (1000, 77):
                with self.subTest(program=name, window=window):
                    report = self.trace(name, window)[1]
                    expected = runs.run_of(name).report
                    self.assertEqual(report["counters"], expected["counters"])
                    self.assertEqual(
                        report["energy"]["total_pj"], expected["energy"]["total_pj"]
                    )

    def test_a_core_is_active_or_asleep_in_every_window(self) -> None:
        """Seen in the power of a core: never above what one instruction of each class and its clock
        may cost, never below sleep."""
        rows, _ = self.trace("matmul", 1000)
        for row in rows[1:-1]:
            energy = Decimal(row["cluster.core0_pj"])
            self.assertGreaterEqual(energy, Decimal("0.02") * 900)
            self.assertLessEqual(energy, Decimal("4.0") * 1100)


class Wave(unittest.TestCase):
    PERIOD = 2000  # ps, of 500 MHz
    POINT = ("--vdd", "0.8", "--mhz", "500")

    def changes(self, name: str, extension: str) -> tuple[dict[str, list[tuple[int, str]]], dict[str, Any]]:
        """Path of a signal: its values and the times in ps at which they begin."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"run.{extension}"
            report, stderr = run_with(image(name), "--wave", str(path), *self.POINT)
            self.assertTrue(report, stderr)
            if extension == "vcd":
                return self.parse(path.read_text()), report
            self.assertLess(path.stat().st_size, 200_000)
            back = subprocess.run(["fst2vcd", str(path)], capture_output=True, text=True, check=True)
            return self.parse(back.stdout), report

    def parse(self, text: str) -> dict[str, list[tuple[int, str]]]:
        scope: list[str] = []
        paths: dict[str, str] = {}
        found: dict[str, list[tuple[int, str]]] = {}
        time = 0
        for line in text.splitlines():
            words = line.split()
            if line.startswith("$scope"):
                scope.append(words[2])
            elif line.startswith("$upscope"):
                scope.pop()
            elif line.startswith("$var"):
                paths[words[3]] = ".".join([*scope, words[4]])
            elif line.startswith("#"):
                self.assertGreaterEqual(int(line[1:]), time, "time never goes back")
                time = int(line[1:])
            elif len(words) == 2 and words[1] in paths and words[0][0] in "srb":
                found.setdefault(paths[words[1]], []).append((time, words[0][1:]))
        return found

    def cycles_in(self, values: list[tuple[int, str]], state: str, end: int) -> int:
        ends = [time for time, _ in values[1:]] + [end * self.PERIOD]
        spans = [stop - start for (start, value), stop in zip(values, ends) if value == state]
        return sum(spans) // self.PERIOD

    def test_a_core_is_shown_asleep_and_stalled_as_long_as_its_counters_say(self) -> None:
        for name in ("hello", "parallel"):
            signals, report = self.changes(name, "vcd")
            for hart in report["harts"]:
                states = signals[f"{hart['name']}.state"]
                with self.subTest(program=name, hart=hart["name"]):
                    asleep = self.cycles_in(states, "asleep", report["cycles"])
                    self.assertEqual(asleep, hart["sleep_cycles"])
                    waits = ("tcdm", "event_unit", "dma", "peripheral", "fetch")
                    stalled = self.cycles_in(states, "stalled", report["cycles"])
                    self.assertEqual(stalled, sum(hart["stalls"][cause] for cause in waits))
                    self.assertEqual(states[0], (0, "off"))

    def test_regions_are_shown_with_name_and_id(self) -> None:
        signals, _ = self.changes("matmul", "vcd")
        names = [value for _, value in signals["cluster.core3.region"]]
        self.assertEqual(names[:4], ["-", "matmul", "kernel", "matmul"])
        self.assertEqual(names[-1], "-")
        ids = [int(value, 2) for _, value in signals["cluster.core3.region_id"]]
        self.assertEqual(ids[:4], [0, 1, 2, 1])

    def test_shown_power_is_the_mean_of_the_run(self) -> None:
        signals, report = self.changes("matmul", "vcd")
        end = report["cycles"] * self.PERIOD
        values = signals["cluster.power_mw"]
        stops = [time for time, _ in values[1:]] + [end]
        mean = sum(float(v) * (stop - start) for (start, v), stop in zip(values, stops)) / end
        self.assertAlmostEqual(mean / report["energy"]["mean_mw"], 1, places=4)

    @unittest.skipUnless(shutil.which("vcd2fst"), "vcd2fst is not installed (package gtkwave)")
    def test_fst_holds_the_same_as_vcd(self) -> None:
        expected, _ = self.changes("hello", "vcd")
        found, _ = self.changes("hello", "fst")
        for path in ("cluster.core0.state", "cluster.core5.region"):
            self.assertEqual(self.settled(found[path]), self.settled(expected[path]), path)
        for (when, power), (time, value) in zip(
            self.settled(found["cluster.power_mw"]), self.settled(expected["cluster.power_mw"])
        ):
            self.assertEqual(when, time)
            self.assertAlmostEqual(float(power), float(value))

    @staticmethod
    def settled(values: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Without the initial value that another one replaces at once."""
        return list(dict(values).items())


class Regions(unittest.TestCase):
    def test_own_parts_of_regions_and_the_rest_are_the_run(self) -> None:
        report = runs.run_of("matmul").report
        self.assertEqual(len(report["regions"]), 2)
        own = sum(attojoules(region["own_energy_pj"]) for region in report["regions"])
        rest = attojoules(report["energy"]["rest_pj"])
        self.assertEqual(own + rest, attojoules(report["energy"]["total_pj"]))
        self.assertGreater(rest, 0)

    def test_a_region_is_the_sum_of_its_components(self) -> None:
        for region in runs.run_of("matmul").report["regions"]:
            total = sum(attojoules(value) for value in region["components"].values())
            self.assertEqual(total, attojoules(region["energy_pj"]), region["name"])

    def test_an_inner_region_owns_all_of_itself_and_the_outer_one_the_rest(self) -> None:
        outer, inner = runs.run_of("matmul").report["regions"]
        self.assertEqual((outer["name"], inner["name"]), ("matmul", "kernel"))
        self.assertEqual(inner["own_energy_pj"], inner["energy_pj"])
        self.assertEqual(
            attojoules(outer["own_energy_pj"]) + attojoules(inner["energy_pj"]),
            attojoules(outer["energy_pj"]),
        )

    def test_coefficients_add_up_to_components(self) -> None:
        energy = runs.run_of("matmul").report["energy"]
        inside = [item for item in energy["coefficients"] if not item["outside"]]
        total = sum(attojoules(item["energy_pj"]) for item in inside)
        self.assertEqual(total, attojoules(energy["total_pj"]))
        for item in energy["coefficients"]:
            self.assertTrue(item["source"], item["symbol"])

    def test_harts_and_the_blocks_beside_them_never_exceed_the_total(self) -> None:
        report = runs.run_of("matmul").report
        harts = sum(attojoules(hart["energy_pj"]) for hart in report["harts"])
        self.assertGreater(harts, 0)
        self.assertLess(harts, attojoules(report["energy"]["total_pj"]))


class Functions(unittest.TestCase):
    def profile(self, name: str) -> tuple[dict[str, Any], str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "callgrind.out"
            report, _ = run_with(image(name), "--profile", str(path))
            return report, path.read_text()

    def test_functions_and_what_the_cores_share_are_the_run(self) -> None:
        for name in runs.FIRMWARE:
            with self.subTest(program=name):
                report, _ = self.profile(name)
                energy = sum(attojoules(entry["energy_pj"]) for entry in report["functions"])
                shared = attojoules(report["energy"]["shared_pj"])
                self.assertEqual(energy + shared, attojoules(report["energy"]["total_pj"]))
                for key in ("instructions", "active_cycles", "sleep_cycles"):
                    total = sum(entry[key] for entry in report["functions"])
                    self.assertEqual(total, sum(hart[key] for hart in report["harts"]), key)

    def test_watching_functions_changes_nothing(self) -> None:
        for name in runs.FIRMWARE:
            report, _ = self.profile(name)
            self.assertEqual(report["counters"], runs.run_of(name).report["counters"])

    def test_the_function_that_multiplies_needs_most(self) -> None:
        report, _ = self.profile("matmul")
        first, second, *_ = sorted(report["functions"], key=lambda entry: -entry["energy_pj"])
        macs = sum(entry["macs"] for entry in report["functions"])
        self.assertGreater(first["macs"] + second["macs"], 0.95 * macs)

    def test_the_file_says_the_same_as_the_report(self) -> None:
        report, text = self.profile("hello")
        self.assertTrue(text.startswith("# callgrind format\n"))
        (names,) = re.findall("^events: (.*)$", text, re.MULTILINE)
        (totals,) = re.findall("^totals: (.*)$", text, re.MULTILINE)
        sums = dict(zip(names.split(), map(int, totals.split())))
        self.assertEqual(names.split()[:5], ["Instr", "Active", "Sleep", "MACs", "Energy"])
        keys = {"Instr": "instructions", "Active": "active_cycles", "Sleep": "sleep_cycles", "MACs": "macs"}
        for event, key in keys.items():
            self.assertEqual(sums[event], sum(entry[key] for entry in report["functions"]), event)
        energy = sum(attojoules(entry["energy_pj"]) for entry in report["functions"])
        self.assertLess(abs(sums["Energy"] / energy - 1), 0.005, "halves of fetched words are rounded a line")
        for entry in report["functions"]:
            self.assertRegex(text, rf"(?m)^c?fn=\(\d+\) {re.escape(entry['name'])}$")

    @runs.needs_compiler
    def test_a_function_is_found_in_its_source(self) -> None:
        source = runs.ROOT / "tests/property/asleep.S"
        with tempfile.TemporaryDirectory() as folder:
            elf, out = Path(folder) / "asleep.elf", Path(folder) / "callgrind.out"
            runs.assemble(source, elf, "-g")
            report, _ = run_with(elf, "--max-cycles", "2000", "--profile", str(out))
        (function,) = report["functions"]
        self.assertEqual(function["name"], "_start")
        self.assertEqual(function["file"], str(source))
        label = source.read_text().splitlines().index("_start:")
        self.assertEqual(function["line"], label + 2, "its first instruction")

    def test_functions_are_priced_again_with_the_rest(self) -> None:
        report, _ = self.profile("hello")
        priced = price(report, "--vdd", "0.7")
        energy = sum(attojoules(entry["energy_pj"]) for entry in priced["functions"])
        shared = attojoules(priced["energy"]["shared_pj"])
        self.assertEqual(energy + shared, attojoules(priced["energy"]["total_pj"]))


class Time(unittest.TestCase):
    def test_a_longer_run_never_costs_less(self) -> None:
        before = 0
        for cycles in range(1000, 40_000, 3000):
            report, _ = run_with(image("matmul"), "--max-cycles", str(cycles))
            total = attojoules(report["energy"]["total_pj"])
            self.assertGreaterEqual(total, before, f"{cycles} cycles")
            before = total

    @runs.needs_compiler
    def test_an_idle_cluster_costs_clock_sleep_and_leakage(self) -> None:
        """Every core waits for an event that nobody sends: from one limit to a later one nothing else
        is added (tests/reference/energy_model.md, section 6, last row)."""
        with tempfile.TemporaryDirectory() as folder:
            elf = Path(folder) / "asleep.elf"
            runs.assemble(runs.ROOT / "tests/property/asleep.S", elf)
            early, _ = run_with(elf, "--max-cycles", "20000")
            late, _ = run_with(elf, "--max-cycles", "30000")
        cycles = 10_000
        grown = {
            name: attojoules(energy) - attojoules(early["energy"]["components"][name])
            for name, energy in late["energy"]["components"].items()
        }
        self.assertEqual(grown.pop("cluster.infrastructure"), cycles * self.price(late, "infra"))
        for core in range(8):
            self.assertEqual(grown.pop(f"cluster.core{core}"), cycles * self.price(late, "sleep"))
        leakage = sum(grown.pop(name) for name in list(grown) if ".leakage." in name)
        self.assertAlmostEqual(leakage / cycles / 1e6 * 463e-3, 0.678, places=3)  # mW
        self.assertEqual(set(grown.values()), {0}, grown)

    @staticmethod
    def price(report: dict[str, Any], symbol: str) -> int:
        values = [c["value"] for c in report["energy"]["coefficients"] if c["symbol"] == symbol]
        return attojoules(values[0])


class OperatingPoints(unittest.TestCase):
    def test_outside_of_the_valid_range_there_is_a_warning(self) -> None:
        report, stderr = run_with(image("hello"), "--vdd", "0.85")
        self.assertIn("0.85 V is outside of 0.6..0.8 V", stderr)
        self.assertEqual(len(report["energy"]["warnings"]), 1)
        self.assertIn("above what profile isvlsi23 reaches", run_with(image("hello"), "--mhz", "600")[1])

    def test_beyond_the_limits_the_run_does_not_begin(self) -> None:
        for options in (("--vdd", "0.95"), ("--vdd", "0.45"), ("--mhz", "1500")):
            with self.subTest(options=options):
                report, stderr = run_with(image("hello"), *options)
                self.assertEqual(report, {})
                self.assertIn("flexv: error: ", stderr)
                self.assertIn("energy profile isvlsi23", stderr)


if __name__ == "__main__":
    runs.main()
