#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the platform says when firmware ends as it should not: explained_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import signal
import subprocess
import time
import unittest
from typing import Any

import bringup
from bringup import image, line_of

FAULT, LIMIT, DEADLOCK = 102, 104, 105  # exit statuses
LAST = 16  # instructions that are shown


class Faults(bringup.Case):
    def test_the_message_has_stack_source_instructions_registers_and_the_others(self) -> None:
        done = self.run_program(image("wild_pointer.c"), "--quiet")

        text = done.stderr
        self.assertEqual(done.returncode, FAULT)
        self.expect(r"core2: load of 4 bytes at 0x50000000: .*nearest: .*\(pc 0x1c0\w+ read_entry", text)
        self.expect(rf"#0 +0x1c0\w+ read_entry .*wild_pointer\.c:{line_of('wild_pointer.c', 'faults here')}$", text)
        self.expect(rf"#1 +0x1c0\w+ sum_of .*wild_pointer\.c:{line_of('wild_pointer.c', '// calls read_entry')}$", text)
        self.expect(rf"#2 +0x1c0\w+ main .*wild_pointer\.c:{line_of('wild_pointer.c', '// calls sum_of')}$", text)
        self.expect(r"last instructions of cluster\.core2", text)
        self.expect(r"registers of cluster\.core2\n +ra 1c0", text)
        self.expect(r"cluster\.core0, 1, 3, 4, 5, 6, 7: .*barrier 0 .*missing: 2", text)
        self.expect(r"hint: the address comes from a\d = 0x50000000, which `[\w.]*lw a\d, .*` has made at pc", text)

    def test_the_last_instructions_are_those_of_the_trace(self) -> None:
        trace = self.folder / "trace.log"
        report = self.report(image("wild_pointer.c"), "--trace", str(trace), "--trace-harts", "2")

        past = report["diagnosis"]["last_instructions"]
        self.assertEqual(len(past), LAST)
        rows = [line.split() for line in trace.read_text().splitlines()[1:]]
        expected = [int(row[3], 16) for row in rows[-(LAST - 1) :]]
        self.assertEqual([line["pc"] for line in past[:-1]], expected)
        self.assertEqual(past[-1]["pc"], report["diagnosis"]["cores"][2]["pc"], "the one that faults is the last")
        for line, row in zip(past[:-1], rows[-(LAST - 1) :]):
            for written in (part for part in row if "=" in part and part.startswith("x")):
                self.assertIn("=" + written.split("=")[1], line["effect"], line)

    def test_the_report_says_the_same(self) -> None:
        diagnosis = self.report(image("wild_pointer.c"))["diagnosis"]

        self.assertEqual(diagnosis["core"], "cluster.core2")
        self.assertIn("load of 4 bytes at 0x50000000", diagnosis["what"])
        core = diagnosis["cores"][2]
        stack = [(frame["function"], frame["line"]) for frame in core["call_stack"]]
        lines = [line_of("wild_pointer.c", text) for text in ("faults here", "// calls read_entry", "// calls sum_of")]
        self.assertEqual(stack[:3], list(zip(("read_entry", "sum_of", "main"), lines)))
        self.assertEqual(core["file"].rsplit("/")[-1], "wild_pointer.c")
        self.assertEqual(len(diagnosis["cores"]), 8)
        self.assertIn("barrier 0", diagnosis["cores"][0]["state"])
        self.assertEqual(len([name for name in core["registers"] if not name.startswith(("m", "lp"))]), 31)
        self.assertTrue(diagnosis["hints"])

    def test_optimised_code_without_frames_and_stripped_images_have_stacks_too(self) -> None:
        for options in (("-O2", "-fno-inline"), ("-O2", "-fno-inline", "-g0"), ("-Os", "-fno-inline")):
            with self.subTest(options=options):
                text = self.run_program(image("wild_pointer.c", *options), "--quiet").stderr
                self.expect(r"#0 .*read_entry.*\n *#1 .*sum_of.*\n *#2 .*main", text)

    def test_inlined_functions_are_shown(self) -> None:
        text = self.run_program(image("wild_pointer.c", "-O2", "-Dnoinline=always_inline"), "--quiet").stderr

        self.expect(r"#0 .*\(inlined\) +read_entry.*\n *#1 .*\(inlined\) +sum_of.*\n *#2 +0x\w+ main", text)

    def test_a_stray_jump_is_traced_back(self) -> None:
        done = self.run_program(image("stray_jump.c"), "--quiet")

        self.assertEqual(done.returncode, FAULT)
        number = line_of("stray_jump.c", "// jumps away")
        self.expect(rf"hint: 0x10000\w+ lies in no code .*do_work\+\w+ \(.*stray_jump\.c:{number}\)", done.stderr)

    def test_a_fault_behind_a_long_run_has_its_last_instructions(self) -> None:
        """Further than a copy of the program looks at each instruction."""
        path = self.folder / "trace.log"
        options = ("--trace", str(path), "--trace-harts", "0", "--trace-from", "1000000")
        report = self.report(image("late_fault.c"), *options)

        past = report["diagnosis"]["last_instructions"]
        rows = [line.split() for line in path.read_text().splitlines()[1:]]
        self.assertEqual([line["pc"] for line in past[:-1]], [int(row[3], 16) for row in rows[-(LAST - 1) :]])


class CallStacks(bringup.Case):
    def ends(self, case: int, *options: str) -> str:
        done = self.run_program(image("lost_stacks.c", f"-DCASE={case}"), "--quiet", *options)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_behind_a_jump_to_nowhere_the_caller_is_where_ra_points(self) -> None:
        caller = line_of("lost_stacks.c", "// there is no function")
        for case, name in ((1, "no symbol"), (2, "flexv_team")):
            self.expect(rf"#0  0x\w+ {name}\n +#1  0x\w+ call_table .*lost_stacks\.c:{caller}\n +#2  0x\w+ main ", self.ends(case))

    def test_endless_recursion_is_folded_and_said_to_be_deeper(self) -> None:
        text = self.ends(3)
        self.expect(r"#1  0x\w+ recurse .*\n +\.\.\. the same 62 times more\n +\.\.\. and deeper$", text)

    def test_a_stack_ends_where_the_return_address_is_lost(self) -> None:
        text = self.ends(4, "--max-cycles", "700")  # in the start-up code
        stack = self.expect(r"call stack of cluster\.core0: .*\n((?: +#.*\n)+)", text)[1]
        self.assertLessEqual(stack.count("join_team"), 1, stack)

    def test_a_transfer_to_nowhere_names_the_nearest_memory(self) -> None:
        self.expect(r"transfer 0: read of \d+ bytes at external 0x60000000 .*; nearest: soc\.\w+ 0x", self.ends(5))


class OtherEnds(bringup.Case):
    def test_a_deadlock_names_the_core_that_does_not_come(self) -> None:
        done = self.run_program(image("missing_core.c"), "--quiet")

        self.assertEqual(done.returncode, DEADLOCK)
        number = line_of("missing_core.c", "// sleeps here")
        self.expect(r"call stack of cluster\.core3: .*event on line 1 ", done.stderr)
        self.expect(rf"#\d+ +0x\w+ wait_for_message .*missing_core\.c:{number}$", done.stderr)
        self.expect(r"hint: 7 cores wait at a barrier that cluster\.core3 does not reach", done.stderr)
        self.expect(r"last instructions of cluster\.core3", done.stderr)

    def test_a_deadlock_names_the_circle_of_those_who_wait_for_each_other(self) -> None:
        done = self.run_program(image("locked_barrier.c"), "--quiet")

        self.assertEqual(done.returncode, DEADLOCK)
        self.expect(r"hint: cluster\.core2 waits at barrier 0 for cluster\.core(\d), which waits at mutex 0 for cluster\.core2$",
                    done.stderr)  # fmt: skip
        self.expect(r"call stack of cluster\.core2: ", done.stderr)
        self.expect(r"last instructions of cluster\.core2", done.stderr)

    def test_a_limit_shows_the_loop_and_the_stack_through_an_exception(self) -> None:
        done = self.run_program(image("polls_for_ever.c"), "--quiet", "--max-cycles", "30000")

        self.assertEqual(done.returncode, LIMIT)
        self.expect(r"wait_for_flag .*\n( +#.*\n)+ +#\d+ +0x\w+ call_system .*<- interrupted here\n +#\d+ +0x\w+ main",
                    done.stderr)  # fmt: skip
        self.expect(r"hint: cluster\.core0 goes round in \d instructions from pc 0x\w+ wait_for_flag", done.stderr)

    def test_an_interrupted_run_is_explained(self) -> None:
        command = [bringup.PROGRAM, "run", image("polls_for_ever.c"), "--quiet"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            time.sleep(3)
            process.send_signal(signal.SIGINT)
            _, text = process.communicate(timeout=bringup.PATIENCE)

        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.expect(r"call stack of cluster\.core0", text)
        self.expect(r"last instructions of cluster\.core0 .*\n( +\d+ [0-9a-f]{8} .*\n){16}", text)

    def test_a_good_end_has_no_diagnosis(self) -> None:
        report = self.report(image("profiled.c"))

        self.assertEqual(report["result"], "exit")
        self.assertNotIn("diagnosis", report)


class Copies(bringup.Case):
    def outcome(self, *options: str) -> Any:
        report = self.report(image("missing_core.c"), *options)
        return {key: report[key] for key in ("cycles", "counters", "diagnosis")}

    def test_two_runs_say_the_same(self) -> None:
        self.assertEqual(self.outcome(), self.outcome())

    def test_outputs_hold_nothing_twice(self) -> None:
        """The copy that goes back writes to nobody."""
        done = self.run_program(image("late_fault.c"), "--quiet")

        self.assertEqual(done.stdout, "before the fault\n")


if __name__ == "__main__":
    bringup.main()
