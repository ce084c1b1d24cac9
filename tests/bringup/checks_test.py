#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Planted mistakes that `--check` finds, and firmware without mistakes: checks_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import unittest
from typing import Any

import bringup
from bringup import image, line_of

FAULT = 102
Finding = dict[str, Any]


class Checked(bringup.Case):
    """Programs of a file, chosen by CASE; the odd ones have a mistake."""

    FILE = ""
    CHECK = ""

    def findings(self, *defines: str) -> list[Finding]:
        report = self.report(image(self.FILE, *defines), "--check", self.CHECK)
        self.assertEqual(report["result"], "exit")
        found: list[Finding] = report["findings"]
        return found

    def case(self, number: int) -> list[Finding]:
        return self.findings(f"-DCASE={number}")

    def one(self, number: int) -> Finding:
        found = self.case(number)
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0]["check"], self.CHECK)
        return found[0]

    def sides(self, finding: Finding) -> list[tuple[str, str, int]]:
        return [(side["who"], side["does"], side["line"]) for side in finding["sides"]]

    def line(self, text: str) -> int:
        return line_of(self.FILE, text)

    def refuse_none(self, *numbers: int) -> None:
        for number in numbers:
            with self.subTest(case=number):
                self.assertEqual(self.case(number), [])


class Races(Checked):
    FILE, CHECK = "races.c", "races"

    def test_two_writes_without_order_name_both_sides(self) -> None:
        finding = self.one(1)

        self.assertIn("(counter)", finding["what"])
        self.assertEqual(self.sides(finding), [
            ("cluster.core2", "writes 4 bytes there", self.line("// writes behind")),
            ("cluster.core1", "wrote 4 bytes there", self.line("// writes first")),
        ])  # fmt: skip
        self.assertTrue(finding["sides"][0]["file"].endswith("races.c"))
        self.assertRegex(finding["sides"][0]["symbol"], "^write_behind")
        self.assertGreater(finding["sides"][0]["cycle"], finding["sides"][1]["cycle"])
        self.assertIn("barrier", finding["hint"])

    def test_the_message_says_the_same(self) -> None:
        done = self.run_program(image(self.FILE, "-DCASE=1"), "--check", "races")

        self.assertEqual(done.returncode, 0, "a finding is a warning")
        self.expect(r"^flexv: warning: races: nothing orders two accesses to 0x1000\w+ \(counter\)$", done.stderr)
        self.expect(rf"^  cluster\.core2 writes 4 bytes there: pc 0x\w+ write_behind\S* \(\S*races\.c:{self.line('// writes behind')}\), cycle \d+$",
                    done.stderr)  # fmt: skip
        self.expect(r"^  hint: ", done.stderr)
        self.expect(r"^flexv: checks races: 1 finding \(races 1\)$", done.stderr)

    def test_a_word_of_l2_a_forgotten_lock_and_a_polled_flag_are_races(self) -> None:
        self.assertIn(("cluster.core4", "reads 4 bytes there", self.line("// reads in_l2")), self.sides(self.one(3)))
        self.assertTrue(any("cluster.core5" in (who for who, *_ in self.sides(each)) for each in self.case(5)))
        self.assertIn(self.line("// polls the flag"), [line for *_, line in self.sides(self.case(9)[0])])

    def test_a_transfer_that_nobody_waits_for_races(self) -> None:
        finding = self.one(7)

        (who, does, line), transfer = self.sides(finding)
        self.assertEqual((who, does, line), ("cluster.core0", "reads 4 bytes there", self.line("// uses the buffer")))
        self.assertEqual(transfer[:2], ("DMA transfer 0 of cluster.core0", "wrote 4 bytes there"))
        self.assertIn("end of the transfer", finding["hint"])

    def test_an_event_orders_only_whom_it_wakes(self) -> None:
        self.assertEqual(self.sides(self.one(11))[0],
                         ("cluster.core3", "reads 4 bytes there", self.line("// nobody has told core 3")))  # fmt: skip

    def test_barriers_locks_bytes_transfers_and_events_are_no_races(self) -> None:
        self.refuse_none(2, 4, 6, 8, 10, 12)

    def test_a_strict_run_ends_there(self) -> None:
        done = self.run_program(image(self.FILE, "-DCASE=1"), "--check", "races", "--strict", "--quiet")

        self.assertEqual(done.returncode, FAULT)
        self.expect(r"core2: races: nothing orders two accesses to .*\(counter\) \(pc 0x\w+ write_behind", done.stderr)
        self.expect(r"call stack of cluster\.core2", done.stderr)

    def test_a_watched_run_is_the_run_that_nobody_watches(self) -> None:
        watched = self.report(image(self.FILE, "-DCASE=8"), "--check", "all")
        alone = self.report(image(self.FILE, "-DCASE=8"))

        self.assertEqual(watched.pop("findings"), [])
        self.assertEqual(watched, alone)


class Uninit(Checked):
    FILE, CHECK = "uninit.c", "uninit"

    def test_a_branch_names_the_word_that_nobody_has_written(self) -> None:
        finding = self.one(1)

        self.assertRegex(finding["what"], r"a branch depends on memory that nobody has written: 0x1c0\w+ \(never_written\+0x8\)")
        self.assertEqual(finding["sides"][0]["line"], self.line("// decides"))
        self.assertEqual(finding["sides"][0]["who"], "cluster.core0")

    def test_addresses_outputs_and_results_of_the_program_count(self) -> None:
        self.assertIn("takes its address from memory that nobody has written", self.one(3)["what"])
        self.assertIn("a register of a device is written with", self.one(5)["what"])
        self.assertTrue(self.case(11), "the exit code")

    def test_transfers_carry_it_and_the_heap_is_not_written(self) -> None:
        self.assertEqual(self.one(7)["sides"][0]["line"], self.line("// decides"))
        self.assertIn("nobody has written: 0x1000", self.one(9)["what"])

    def test_copies_masks_spills_and_written_words_are_no_mistakes(self) -> None:
        self.refuse_none(2, 4, 6, 8)


class Stacks(Checked):
    FILE, CHECK = "stacks.c", "stack"

    def test_a_stack_that_reaches_its_neighbours_is_told_with_the_function(self) -> None:
        (finding,) = self.findings("-DCORE=2", "-DDEPTH=20")

        self.assertRegex(finding["what"], r"the stack of cluster\.core2 grows \d+ bytes beyond 0x1001\w+ into the stack of cluster\.core3")
        self.assertRegex(finding["sides"][0]["symbol"], "^deeper")

    def test_what_fits_is_no_mistake(self) -> None:
        self.assertEqual(self.findings("-DCORE=2", "-DDEPTH=8"), [])


class Transfers(Checked):
    FILE, CHECK = "transfers.c", "dma"

    def test_a_place_in_an_inlined_helper_names_those_that_it_is_inlined_in(self) -> None:
        (side, *_) = self.one(5)["sides"]

        self.assertRegex(side["file"], r"io\.h$")
        self.assertRegex(side["inlined_at"][0], r"dma\.h:\d+$")
        done = self.run_program(image(self.FILE, "-DCASE=5"), "--check", "dma", "--quiet")
        self.expect(r"pc 0x\w+ \S+ \(\S*io\.h:\d+, inlined at \S*dma\.h:\d+\), cycle", done.stderr)

    def test_a_buffer_that_is_written_while_it_is_sent(self) -> None:
        finding = self.one(1)

        self.assertRegex(finding["what"], r"\(buffer\+0x7fc\) is written while transfer 0 reads it")
        self.assertEqual(finding["sides"][0]["line"], self.line("// too early"))
        self.assertIn("started transfer 0 of 2048 bytes from the TCDM", finding["sides"][1]["does"])

    def test_identifiers_freed_twice_never_or_early(self) -> None:
        twice, never, early = self.one(3), self.one(5), self.one(9)

        self.assertIn("is freed, but nobody has it", twice["what"])
        self.assertEqual(never["what"], "identifier 0 was never freed")
        self.assertIn("is freed while its transfer goes on", early["what"])

    def test_two_directions_that_meet(self) -> None:
        self.assertIn("transfers 0 and 1 go in both directions at once and meet at", self.one(7)["what"])

    def test_reading_what_is_read_is_no_mistake(self) -> None:
        self.refuse_none(2)

    def test_a_strict_run_fails_by_what_is_found_at_its_end(self) -> None:
        done = self.run_program(image(self.FILE, "-DCASE=5"), "--check", "dma", "--strict")
        self.assertEqual(done.returncode, FAULT)


class Clusters(Checked):
    """Two clusters: what each does for itself, and what they do to each other."""

    FILE = "between_clusters.c"

    def findings(self, *defines: str) -> list[Finding]:
        self.CHECK = "dma" if defines[0] in ("-DCASE=7", "-DCASE=9") else "races"
        report = self.report(image(self.FILE, "-DFLEXV_CLUSTERS", *defines), "--check", self.CHECK, "--set", "soc.clusters=2")
        self.assertEqual(report["result"], "exit")
        found: list[Finding] = report["findings"]
        return found

    def test_a_word_of_l2_that_both_write(self) -> None:
        finding = self.one(1)

        line = self.line("// writes shared")
        self.assertIn("(shared)", finding["what"])
        self.assertEqual(self.sides(finding), [
            ("cluster1.core0", "writes 4 bytes there", line), ("cluster.core0", "wrote 4 bytes there", line),
        ])  # fmt: skip

    def test_a_word_of_one_that_the_other_reaches(self) -> None:
        finding = self.one(3)

        self.assertRegex(finding["what"], r"0x1040\w+ \(own\)")
        self.assertEqual(self.sides(finding), [
            ("cluster1.core0", "writes 4 bytes there", self.line("// from inside")),
            ("cluster.core0", "wrote 4 bytes there", self.line("// from outside")),
        ])  # fmt: skip

    def test_a_barrier_of_each_does_not_order_the_two(self) -> None:
        self.assertIn("(shared)", self.one(5)["what"])

    def test_transfers_belong_to_their_cluster(self) -> None:
        touched, never = self.one(7), self.one(9)

        self.assertRegex(touched["what"], r"0x1040\w+ \(buffer\+0x7fc\) is written while transfer 0 of cluster1 writes it")
        self.assertEqual(touched["sides"][0]["who"], "cluster1.core0")
        self.assertEqual(never["what"], "identifier 0 of cluster1 was never freed")

    def test_barriers_of_all_and_words_of_each_are_no_races(self) -> None:
        self.refuse_none(2, 4, 6, 8)

    def test_nothing_is_found_by_any_check_where_there_is_nothing(self) -> None:
        for count in (1, 2, 4):
            with self.subTest(clusters=count):
                firmware = image(self.FILE, "-DFLEXV_CLUSTERS", "-DCASE=8")
                watched = self.report(firmware, "--check", "all", "--set", f"soc.clusters={count}")
                self.assertEqual(watched.pop("findings"), [])
                self.assertEqual(watched, self.report(firmware, "--set", f"soc.clusters={count}"))


class OwnFirmware(bringup.Case):
    """Programs of the bring-up tests that have no mistake."""

    def test_nothing_is_found(self) -> None:
        for options in ((), ("-O2",), ("-Os",)):
            with self.subTest(options=options):
                self.assertEqual(self.report(image("team_work.c", *options), "--check", "all")["findings"], [])


if __name__ == "__main__":
    bringup.main()
