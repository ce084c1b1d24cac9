#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The timeline of a firmware whose cores work together: timeline_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import json
import sys
import unittest
from functools import cached_property
from typing import Any

import bringup
from bringup import image

Event = dict[str, Any]


class Timeline(bringup.Case):
    def traced(self, firmware: str, *options: str) -> dict[str, Any]:
        path = self.folder / "timeline.json"
        self.report_of_run = self.report(image(firmware), "--timeline", str(path), *options)
        trace: dict[str, Any] = json.loads(path.read_text())
        return trace

    @cached_property
    def trace(self) -> dict[str, Any]:
        return self.traced("team_work.c")

    def events(self, phase: str, **wanted: Any) -> list[Event]:
        return [event for event in self.trace["traceEvents"]
                if event["ph"] == phase and all(event.get(key) == value for key, value in wanted.items())]  # fmt: skip

    def core(self, number: int) -> dict[str, int]:
        return {"pid": 1, "tid": number + 1}

    @staticmethod
    def end(event: Event) -> int:
        return int(event["args"]["cycle"] + event["args"]["cycles"])

    def test_it_has_a_track_a_core_and_one_a_channel_that_was_used(self) -> None:
        names = {(event["pid"], event["tid"]): event["args"]["name"] for event in self.events("M", name="thread_name")}

        self.assertEqual([names[1, core + 1] for core in range(8)], [f"cluster.core{core}" for core in range(8)])
        self.assertEqual([name for (process, _), name in names.items() if process == 2], ["channel 0"])
        self.assertEqual(self.trace["otherData"]["schema"], "flexv-timeline-1")

    def test_functions_lie_in_those_that_call_them(self) -> None:
        (main,) = self.events("X", name="main", **self.core(3))
        (late,) = self.events("X", name="be_late", **self.core(3))
        (spin,) = self.events("X", name="spin", **self.core(3))

        for outer, inner in ((main, late), (late, spin)):
            self.assertLess(outer["args"]["cycle"], inner["args"]["cycle"])
            self.assertLessEqual(self.end(inner), self.end(outer))
        self.assertRegex(late["args"]["called_at"], r"team_work\.c:\d+$")
        self.assertGreater(spin["args"]["cycles"], 300)

    def test_slices_of_a_track_lie_in_each_other_or_apart(self) -> None:
        for track in {(event["pid"], event["tid"]) for event in self.events("X")}:
            slices = self.events("X", pid=track[0], tid=track[1])
            slices.sort(key=lambda event: (event["args"]["cycle"], -event["args"]["cycles"]))
            open_ends: list[int] = []
            for event in slices:
                while open_ends and open_ends[-1] <= event["args"]["cycle"]:
                    open_ends.pop()
                self.assertTrue(not open_ends or self.end(event) <= open_ends[-1], (track, event))
                open_ends.append(self.end(event))

    def test_sleeps_are_those_of_the_report_and_say_what_for(self) -> None:
        for number, hart in enumerate(self.traced_report()["harts"]):
            sleeps = self.events("X", cat="sleep", **self.core(number))
            self.assertEqual(sum(event["args"]["cycles"] for event in sleeps), hart["sleep_cycles"], hart["name"])
        names = {event["name"] for event in self.events("X", cat="sleep", **self.core(2))}
        self.assertEqual(names, {"barrier 0", "event: line 3 (software event)", "event"})  # the last one at its end
        self.assertIn("mutex 0", {event["name"] for event in self.events("X", cat="sleep", **self.core(7))})
        self.assertIn("event: line 8 (DMA event)", {event["name"] for event in self.events("X", cat="sleep", **self.core(0))})

    def traced_report(self) -> dict[str, Any]:
        _ = self.trace
        return self.report_of_run

    def test_transfers_stand_in_their_channel(self) -> None:
        inward, outward = self.events("X", cat="dma")

        self.assertEqual((inward["name"], outward["name"]), ("in 1024 bytes", "out 1024 bytes"))
        self.assertEqual((inward["pid"], inward["tid"]), (2, 1))
        self.assertLessEqual(self.end(inward), outward["args"]["cycle"])
        self.assertRegex(inward["args"]["tcdm"], "^0x1000")
        self.assertRegex(inward["args"]["external"], "^0x1c0")
        self.assertEqual((inward["args"]["by"], inward["args"]["finished"]), ("soc.cluster.core0", True))

    def arrows(self, name: str) -> list[tuple[int, int, float, float]]:
        """From which track to which, and when."""
        ends = {event["id"]: event for event in self.events("f", name=name)}
        return [(event["tid"], ends[event["id"]]["tid"], event["ts"], ends[event["id"]]["ts"])
                for event in self.events("s", name=name)]  # fmt: skip

    def test_the_last_at_the_barrier_wakes_the_others(self) -> None:
        (late,) = self.events("X", name="be_late", **self.core(3))
        after = [arrow for arrow in self.arrows("barrier 0") if arrow[2] >= late["ts"] + late["dur"]]

        self.assertEqual(self.arrows("barrier"), [], "an arrow names the barrier")
        first = [arrow for arrow in after if arrow[2] == min(arrow[2] for arrow in after)]
        self.assertEqual({arrow[0] for arrow in first}, {4}, "core 3 is the last")
        self.assertEqual({arrow[1] for arrow in first}, {1, 2, 3, 5, 6, 7, 8})

    def test_events_locks_and_transfers_are_arrows(self) -> None:
        self.assertEqual([arrow[:2] for arrow in self.arrows("software event 3")], [(2, 3)])
        self.assertEqual(len(self.arrows("transfer")), 2)
        self.assertEqual([arrow[:2] for arrow in self.arrows("DMA")], [(1, 1), (1, 1)], "channel 0 wakes core 0")
        passed_on = [arrow[:2] for arrow in self.arrows("mutex 0")]
        self.assertEqual(len(passed_on), 3, "four cores, the first one did not wait")
        self.assertEqual([giver for giver, _ in passed_on[1:]], [taker for _, taker in passed_on[:-1]])
        self.assertEqual({core for arrow in passed_on for core in arrow}, {5, 6, 7, 8})
        for name in ("software event 3", "transfer", "DMA", "mutex 0", "barrier 0"):
            for *_, sent, received in self.arrows(name):
                self.assertLess(sent, received, name)

    def test_curves_show_power_and_conflicts(self) -> None:
        trace = self.traced("team_work.c", "--power-window", "200")
        curves: dict[str, list[float]] = {}
        for event in trace["traceEvents"]:
            if event["ph"] == "C":
                curves.setdefault(event["name"], []).append(*event["args"].values())

        report = self.report_of_run
        self.assertEqual(sorted(curves), ["bank conflicts", "power"])
        self.assertEqual(len(curves["power"]), -(-report["cycles"] // 200))
        self.assertAlmostEqual(max(curves["power"]), report["energy"]["peak_mw"], 2)
        self.assertGreater(min(curves["power"]), 0)

    def test_a_run_with_it_is_the_run_without_it(self) -> None:
        with_it = self.traced_report()
        without = self.report(image("team_work.c"))
        for key in ("cycles", "counters", "instructions", "harts"):
            self.assertEqual(with_it[key], without[key], key)

    def test_two_runs_write_the_same_bytes(self) -> None:
        texts = []
        for _ in range(2):
            self.traced("team_work.c")
            texts.append((self.folder / "timeline.json").read_bytes())
        self.assertEqual(*texts)

    def test_a_run_that_hangs_shows_what_cores_wait_for_at_its_end(self) -> None:
        trace = self.traced("missing_core.c")
        sleeps = [event for event in trace["traceEvents"] if event.get("cat") in ("sleep", "wait")]
        last = {event["tid"]: event for event in sorted(sleeps, key=self.end)}

        self.assertEqual(last[4]["name"], "event")
        self.assertEqual({last[core]["name"] for core in (1, 2, 3, 5, 6, 7, 8)}, {"barrier 0"})
        self.assertEqual({self.end(event) for event in last.values()}, {self.report_of_run["cycles"]})

    def test_interrupts_and_longjmp_leave_no_function_open(self) -> None:
        trace = self.traced("profiled.c")
        handlers = [event for event in trace["traceEvents"] if event.get("cat") == "handler"]

        self.assertEqual([event["tid"] for event in handlers], [2], "only core 1 is interrupted")
        (handler,) = (event for event in trace["traceEvents"] if event.get("name") == "flexv_interrupt_handler")
        self.assertLessEqual(handlers[0]["args"]["cycle"], handler["args"]["cycle"])
        self.assertLessEqual(self.end(handler), self.end(handlers[0]))
        (thrown,) = (event for event in trace["traceEvents"] if event.get("name") == "thrown" and event["tid"] == 1)
        (main,) = (event for event in trace["traceEvents"] if event.get("name") == "main" and event["tid"] == 1)
        self.assertLess(self.end(thrown), self.end(main))

    def test_several_clusters_have_their_cores_channels_and_signals(self) -> None:
        path = self.folder / "timeline.json"
        firmware = image("between_clusters.c", "-DFLEXV_CLUSTERS", "-DCASE=8")
        run = ("--set", "soc.clusters=2")
        report = self.report(firmware, "--timeline", str(path), *run)
        events = json.loads(path.read_text())["traceEvents"]
        names = {(event["pid"], event["tid"]): event["args"]["name"] for event in events if event["name"] == "thread_name"}

        self.assertEqual([names[1, core + 1] for core in (0, 7, 8, 15)],
                         ["cluster.core0", "cluster.core7", "cluster1.core0", "cluster1.core7"])  # fmt: skip
        self.assertEqual(sorted(name for (process, _), name in names.items() if process == 2), ["channel 0", "cluster1 channel 0"])
        for core in (0, 8):
            transfers = [event for event in events if event.get("cat") == "dma" and event["ph"] == "X"
                         and event["args"]["by"] == f"soc.{names[1, core + 1]}"]  # fmt: skip
            self.assertEqual([event["args"]["bytes"] for event in transfers], [2048])
        arrows = {event["id"]: event for event in events if event["ph"] == "f"}
        woken = {(event["tid"], arrows[event["id"]]["tid"]) for event in events
                 if event["ph"] == "s" and event["name"] == "software event 7"}  # fmt: skip
        self.assertEqual(woken, {(9, 1), (1, 9)}, "cluster1 tells that all have come, the first one lets it go")
        for tid in range(1, 17):
            asleep = sum(event["args"]["cycles"] for event in events
                         if event.get("cat") == "sleep" and event["pid"] == 1 and event["tid"] == tid)  # fmt: skip
            self.assertEqual(asleep, report["harts"][tid - 1]["sleep_cycles"])
        without = self.report(firmware, *run)
        for key in ("cycles", "counters", "instructions", "harts"):
            self.assertEqual(report[key], without[key], key)

    def test_the_page_is_made_of_it(self) -> None:
        _ = self.trace
        sys.path.insert(0, str(bringup.REPOSITORY / "scripts"))
        from flexv_tools import timeline

        page = self.folder / "page.html"
        self.assertEqual(timeline.main([str(self.folder / "timeline.json"), "-o", str(page)]), 0)
        text = page.read_text()
        for part in ("be_late", "barrier 0", "in 1024 bytes", "mutex 0"):
            self.assertIn(part, text)


if __name__ == "__main__":
    bringup.main()
