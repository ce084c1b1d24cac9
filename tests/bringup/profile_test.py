#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Profiles of a firmware with everything that a profiler has to follow: profile_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import json
import shutil
import subprocess
import unittest
from functools import cached_property
from typing import Any

import bringup
from bringup import image, line_of

OPTIONS = ("-O2",)  # tail calls
COSTS = ("instructions", "active_cycles", "sleep_cycles", "macs")


class Profile(bringup.Case):
    def written(self, name: str, *options: str) -> str:
        path = self.folder / name
        done = self.run_program(image("profiled.c", *OPTIONS), "--quiet", "--profile", str(path),
                                "--report", str(self.folder / "report.json"), *options)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        return path.read_text()

    @cached_property
    def profile(self) -> dict[str, Any]:
        profile: dict[str, Any] = json.loads(self.written("profile.json"))
        return profile

    @cached_property
    def run_report(self) -> dict[str, Any]:
        _ = self.profile
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return report

    def function(self, name: str) -> dict[str, Any]:
        (found,) = (each for each in self.profile["functions"] if each["name"] == name)
        return dict(found)

    def chains(self) -> dict[str, int]:
        """Chains of calls behind main, of any core: how often they were made."""
        names: list[str] = []
        counts: dict[str, int] = {}
        for call in self.profile["calls"]:
            outer = "" if call["parent"] is None else names[call["parent"]]
            name = self.profile["functions"][call["function"]]["name"]
            names.append(f"{outer};{name}".lstrip(";"))
            inner = names[-1].partition(";main;")[2]
            counts[inner] = counts.get(inner, 0) + call["calls"]
        return counts

    def adds_up(self, profile: dict[str, Any], report: dict[str, Any]) -> None:
        self.assertEqual(profile["cores"], [hart["name"] for hart in report["harts"]])
        for index, hart in enumerate(report["harts"]):
            calls = [call for call in profile["calls"] if call["core"] == index]
            for key in ("instructions", "active_cycles", "sleep_cycles"):
                self.assertEqual(sum(call[key] for call in calls), hart[key], (hart["name"], key))
            for cause, cycles in hart["stalls"].items():
                self.assertEqual(sum(call["stalls"].get(cause, 0) for call in calls), cycles, cause)

    def test_every_cycle_of_every_core_is_somewhere(self) -> None:
        self.adds_up(self.profile, self.run_report)

    def test_the_fabric_controller_is_a_core(self) -> None:
        profile = json.loads(self.written("profile.json", "--config", "pulp_open"))
        report = json.loads((self.folder / "report.json").read_text())

        self.assertEqual(profile["cores"][8], "fc.core")
        self.assertGreater(report["harts"][8]["instructions"], 0)
        self.assertGreater(report["harts"][8]["sleep_cycles"], 0)
        self.adds_up(profile, report)

    def test_functions_lines_and_calls_say_the_same(self) -> None:
        for key in (*COSTS, "energy_pj"):
            own = sum(function["own"][key] for function in self.profile["functions"])
            awake = [function["own"][key] for function in self.profile["functions"] if not function["is_wait"]]
            self.assertAlmostEqual(own, sum(call[key] for call in self.profile["calls"]), msg=key)
            self.assertAlmostEqual(sum(awake), sum(line[key] for line in self.profile["lines"]), msg=key)

    def test_energy_is_that_of_the_functions_of_the_report(self) -> None:
        mine = sum(function["own"]["energy_pj"] for function in self.profile["functions"])
        reported = sum(function["energy_pj"] for function in self.run_report["functions"])
        self.assertLess(abs(mine / reported - 1), 0.003, "halves of fetched words are rounded a function")

    def test_calls_are_counted(self) -> None:
        chains = self.chains()
        self.assertEqual(chains["leaf"], 8 * (10 + 1), "ten calls and a tail call per core")
        self.assertEqual(chains["recurse;recurse;recurse"], 8)
        self.assertNotIn("tail;leaf", chains, "a tail call takes the place of its caller")
        self.assertEqual(self.function("tail")["calls"], 8)

    def test_a_longjmp_ends_what_it_leaves(self) -> None:
        chains = self.chains()
        self.assertEqual(chains["thrown;leaf"], 8)
        self.assertEqual(chains["thrown;throw_away;throw_away"], 8)
        self.assertFalse([chain for chain in chains if chain.startswith("thrown;throw_away") and chain.endswith("hardware_loop")])
        self.assertEqual(chains["hardware_loop"], 8, "behind the longjmp main calls on")

    def test_an_interrupt_is_no_call_of_what_it_interrupts(self) -> None:
        handler = [call for call in self.profile["calls"] if call["handler"]]
        self.assertEqual([call["core"] for call in handler], [1])
        names = [name for name in self.chains() if "flexv_interrupt_handler;leaf" in name]
        self.assertEqual(len(names), 1)

    def test_a_hardware_loop_belongs_to_its_lines(self) -> None:
        lines = [line for line in self.profile["lines"]
                 if self.profile["functions"][line["function"]]["name"] == "hardware_loop"]  # fmt: skip
        self.assertGreaterEqual(sum(line["instructions"] for line in lines), 8 * 2 * 20)
        self.assertTrue(all(line["file"].endswith("profiled.c") for line in lines))

    def test_a_line_has_the_instructions_of_its_loop(self) -> None:
        number = line_of("profiled.c", "sink = 0;")
        lines = [line for line in self.profile["lines"] if line["file"].endswith("profiled.c") and line["line"] == number]
        self.assertGreaterEqual(sum(line["instructions"] for line in lines), sum(100 * core for core in range(8)))

    def test_sleep_is_named_by_what_it_waits_for(self) -> None:
        waits = {function["name"]: function["own"] for function in self.profile["functions"] if function["is_wait"]}
        barrier = [own for name, own in waits.items() if name == "[asleep: EU_DEMUX.BAR0_TRIGGER_WAIT_CLEAR]"]
        self.assertEqual(len(barrier), 1, waits)
        asleep = sum(hart["sleep_cycles"] for hart in self.run_report["harts"])
        self.assertGreater(barrier[0]["sleep_cycles"], 0.5 * asleep)
        self.assertEqual(sum(own["sleep_cycles"] for own in waits.values()), asleep)

    def test_folded_stacks_add_up(self) -> None:
        text = self.written("profile.folded")
        self.assertIn("cluster.core0;_start;", text)
        total = sum(int(line.rpartition(" ")[2]) for line in text.splitlines())
        cycles = sum(hart["active_cycles"] + hart["sleep_cycles"] for hart in self.run_report["harts"])
        self.assertEqual(total, cycles)

    def test_callgrind_annotate_reads_the_file(self) -> None:
        text = self.written("callgrind.out")
        self.expect(r"^calls=8 \d+$", text)
        if not shutil.which("callgrind_annotate"):
            self.skipTest("callgrind_annotate is not installed")
        done = subprocess.run(
            ["callgrind_annotate", "--auto=no", "--inclusive=yes", "--show=Instr", str(self.folder / "callgrind.out")],
            capture_output=True, text=True, check=False)  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.expect(r"main", done.stdout)
        total = self.expect(r"([\d,]+) \([ \d.]+%\)  PROGRAM TOTALS", done.stdout)[1]
        self.assertEqual(int(total.replace(",", "")), self.run_report["instructions"])

    def test_tables_are_for_people(self) -> None:
        text = self.written("profile.txt")
        for part in (r"^Functions ", r"^Lines", r"^Cores", r"profiled\.c:\d+", r"cluster\.core7"):
            self.expect(part, text)
        self.expect(r"^  \[asleep: EU\S*BAR0_TRIGGER_WAIT_CLEAR.*\]  ", text)  # names are what it is read for

    def test_profiling_changes_nothing(self) -> None:
        plain = self.report(image("profiled.c", *OPTIONS))
        for key in ("cycles", "counters", "harts"):
            self.assertEqual(plain[key], self.run_report[key])

    def test_a_run_that_ends_badly_has_a_profile(self) -> None:
        path = self.folder / "p.json"
        self.run_program(image("missing_core.c"), "--quiet", "--profile", str(path))
        names = [function["name"] for function in json.loads(path.read_text())["functions"]]
        self.assertTrue([name for name in names if "BAR0_TRIGGER_WAIT_CLEAR" in name], names)


if __name__ == "__main__":
    bringup.main()
