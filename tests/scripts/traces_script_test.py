# SPDX-License-Identifier: Apache-2.0
"""Traces beside traces of the RTL: what counts as equal, and what is said where they differ."""

from __future__ import annotations

import gzip
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from flexv_tools.timing.traces import (  # noqa: E402
    Difference, PairTable, Step, first_difference, read_own, read_reference, words_at_hand)

START, STOP = "PA:1a10f000 store:00000000", "PA:1a10f004 store:00000000"


def straight(cycles: list[int], pc: int = 0x100, text: str = "add x1, x2, x3") -> list[Step]:
    return [Step(cycle, pc + 4 * index, 4, text) for index, cycle in enumerate(cycles)]


class Traces(unittest.TestCase):
    def test_equal_traces_have_no_difference(self) -> None:
        self.assertIsNone(first_difference({0: straight([0, 1, 2])}, {0: straight([0, 1, 2])}))

    def test_a_fence_may_be_written_one_cycle_early_by_the_rtl(self) -> None:
        early = straight([0, 6], text="fence")

        self.assertIsNone(first_difference({0: early}, {0: straight([0, 7], text="fence")}))
        self.assertIsNotNone(first_difference({0: early}, {0: straight([0, 8], text="fence")}))
        self.assertIsNotNone(first_difference({0: early}, {0: straight([0, 7])}))

    def test_the_earliest_difference_of_all_harts_is_found(self) -> None:
        reference = {0: straight([0, 1, 9]), 1: straight([0, 1, 2])}
        own = {0: straight([0, 1, 8]), 1: straight([0, 3, 4])}

        found = first_difference(reference, own)

        assert found
        self.assertEqual((found.hart, found.index), (1, 1))

    def test_an_instruction_that_is_missing_is_a_difference(self) -> None:
        found = first_difference({0: straight([0, 1, 2])}, {0: straight([0, 1])})

        assert found
        self.assertEqual(found.index, 2)

    def test_what_follows_the_end_of_the_reference_does_not_count(self) -> None:
        self.assertIsNone(first_difference({0: straight([0, 1])}, {0: straight([0, 1, 2])}))

    def test_ten_instructions_before_the_difference_are_shown_in_both(self) -> None:
        reference, own = straight(list(range(20))), straight(list(range(14)) + [20] * 6)

        lines = list(Difference(0, 14, reference, own).lines())

        self.assertEqual(len(lines), 12)
        self.assertTrue(lines[-1].endswith("<"))
        self.assertIn("14 00000138        20 00000138", lines[-1])

    def test_a_pair_is_named_by_class_alignment_and_words_at_hand(self) -> None:
        table = PairTable({"add": "single", "p.mac": "mac"})
        own = straight([5, 6], 0x102) + [Step(9, 0x10a, 4, "p.mac x1, x2, x3")]

        table.add("one", Difference(0, 2, own, own))
        table.add("two", Difference(0, 2, own, own))

        self.assertEqual(list(table.pairs), [("single", "mac", 2, 2)])
        self.assertEqual(list(table.lines())[1].split(), ["2", "single", "mac", "2", "2", "one"])

    def test_words_are_at_hand_while_instructions_are_slow(self) -> None:
        self.assertEqual(words_at_hand(straight([0, 1, 2]), 2), 0)
        self.assertEqual(words_at_hand(straight([0, 5, 6]), 2), 3)


class Files(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = Path(scratch.name)

    def test_a_reference_is_read_by_hart(self) -> None:
        path = self.path / "a.csv.gz"
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write("cycle,hart,pc\n0,2,1c000100\n1,2,1c000104\n1,3,1c000100\n")

        self.assertEqual(read_reference(path), {2: [Step(0, 0x1C000100), Step(1, 0x1C000104)],
                                                3: [Step(1, 0x1C000100)]})

    def test_our_trace_counts_from_the_start_marker_to_the_stop_marker(self) -> None:
        path = self.path / "a.trace"
        path.write_text(
            "Time Cycle Hart PC Instr Decoded\n"
            "10 7 0 1c000000 00000013 addi x0, x0, 0\n"
            f"20 9 0 1c000004 00052023 sw x0, 0(x10) {START}\n"
            "30 10 0 1c000008 0001 c.addi x0, 0\n"
            f"40 12 0 1c00000a 00052223 sw x0, 4(x10) {STOP}\n"
            "50 13 0 1c00000e 00052423 sw x0, 8(x10)\n", encoding="utf-8")

        steps = read_own(path)[0]

        self.assertEqual([(step.cycle, step.size) for step in steps], [(0, 4), (1, 2), (3, 4)])
        self.assertEqual(steps[1].mnemonic, "c.addi")

    def test_a_trace_without_markers_is_empty(self) -> None:
        path = self.path / "a.trace"
        path.write_text("Time Cycle Hart PC Instr Decoded\n10 7 0 1c000000 00000013 addi x0, x0, 0\n")

        self.assertEqual(read_own(path), {})


if __name__ == "__main__":
    unittest.main()
