# SPDX-License-Identifier: Apache-2.0
"""Instruction traces: the RTL's (cycle, hart, pc) beside those of `flexv-vp run --trace`.

Cycle 0 is that of the earliest of the harts' last start marker stores, as in the README of the
reference programs. Both lists hold what was executed up to the latest stop marker.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MARKER = 0x1A10F000
START_STORE = f"PA:{MARKER:08x} store:"
STOP_STORE = f"PA:{MARKER + 4:08x} store:"
LINES_BEFORE = 10
FETCH_TO_EXECUTE = 3  # cycles from the request of a word to EX of its instruction, at best
WORDS_HELD = 3  # in the prefetch buffer
FENCES = ("fence", "fence.i")


@dataclass(frozen=True)
class Step:
    """One executed instruction; the text is known for our own traces only."""

    cycle: int
    pc: int
    size: int = 0
    text: str = ""

    @property
    def mnemonic(self) -> str:
        return self.text.split(" ", 1)[0]


Trace = dict[int, list[Step]]  # by hart, in the order of execution


def read_reference(path: Path) -> Trace:
    trace: Trace = {}
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            step = Step(int(row["cycle"]), int(row["pc"], 16))
            trace.setdefault(int(row["hart"]), []).append(step)
    return trace


def read_own(path: Path) -> Trace:
    """The lines of `--trace` between the markers, counted from the start marker."""
    trace: Trace = {}
    starts: dict[int, int] = {}
    stops: dict[int, int] = {}
    with path.open(encoding="utf-8") as file:
        next(file, None)  # the header
        for line in file:
            _, cycle, hart, pc, word, text = line.split(None, 5)
            step = Step(int(cycle), int(pc, 16), len(word) // 2, text[:30].strip())
            trace.setdefault(int(hart), []).append(step)
            if START_STORE in line:
                starts[int(hart)] = step.cycle
            elif STOP_STORE in line:
                stops[int(hart)] = step.cycle
    if not starts or not stops:
        return {}
    first, last = min(starts.values()), max(stops.values())
    return {
        hart: [
            Step(step.cycle - first, step.pc, step.size, step.text)
            for step in steps
            if first <= step.cycle <= last
        ]
        for hart, steps in trace.items()
    }


@dataclass(frozen=True)
class Difference:
    """The first instruction of a hart that is not executed when the RTL executes it."""

    hart: int
    index: int
    reference: list[Step]
    own: list[Step]

    @property
    def cycle(self) -> int:
        return min(
            steps[self.index].cycle for steps in (self.reference, self.own) if self.index < len(steps)
        )

    def lines(self) -> Iterator[str]:
        yield f"hart {self.hart}, instruction {self.index}:      cycle of the RTL, ours"
        for index in range(max(0, self.index - LINES_BEFORE), self.index + 1):
            yield self._line(index)

    def _line(self, index: int) -> str:
        theirs = self.reference[index] if index < len(self.reference) else None
        ours = self.own[index] if index < len(self.own) else None
        shown = [f"{step.cycle:8d} {step.pc:08x}" if step else " " * 17 for step in (theirs, ours)]
        sign = "<" if index == self.index else ""
        return f"  {shown[0]}  {shown[1]}  {ours.text if ours else '':30} {sign}".rstrip()


def first_difference(reference: Trace, own: Trace) -> Difference | None:
    """The earliest over all harts that the reference shows."""
    found = []
    for hart, steps in reference.items():
        ours = own.get(hart, [])
        if len(ours) > len(steps) and hart_ends_early(steps, ours):
            ours = ours[: len(steps)]  # the reference leaves out what follows the exit store
        index = next(
            (i for i, (a, b) in enumerate(zip(steps, ours)) if not is_same(a, b)),
            min(len(steps), len(ours)),
        )
        if index < max(len(steps), len(ours)):
            found.append(Difference(hart, index, steps, ours))
    return min(found, key=lambda difference: difference.cycle) if found else None


def is_same(reference: Step, own: Step) -> bool:
    """The RTL's tracer writes a fence that waits behind a multi-cycle instruction one cycle early."""
    early = 1 if own.mnemonic in FENCES and reference.cycle < own.cycle else 0
    return (reference.cycle + early, reference.pc) == (own.cycle, own.pc)


def hart_ends_early(reference: list[Step], own: list[Step]) -> bool:
    """True when ours goes on behind the last instruction of the reference."""
    return bool(reference) and own[len(reference) - 1].pc == reference[-1].pc


def words_at_hand(steps: list[Step], index: int) -> int:
    """How many words the prefetch buffer can have had behind the word of this instruction."""
    target = index
    while target > 0 and steps[target].pc == steps[target - 1].pc + steps[target - 1].size:
        target -= 1
    arrived = steps[index].cycle - steps[target].cycle
    consumed = steps[index].pc // 4 - steps[target].pc // 4
    return max(0, min(WORDS_HELD, arrived - consumed))


@dataclass
class PairTable:
    """At which pairs of neighbouring instructions the first differences of programs stand."""

    timing: dict[str, str]  # of a mnemonic
    pairs: Counter[tuple[str, str, int, int]] = field(default_factory=Counter)
    programs: dict[tuple[str, str, int, int], str] = field(default_factory=dict)

    def add(self, program: str, difference: Difference) -> None:
        steps = difference.own
        if difference.index >= len(steps):
            return
        before = self._class(steps[difference.index - 1]) if difference.index else "(first)"
        step = steps[difference.index]
        words = words_at_hand(steps, difference.index)
        key = (before, self._class(step), step.pc % 4, words)
        self.pairs[key] += 1
        self.programs.setdefault(key, program)

    def _class(self, step: Step) -> str:
        timing = self.timing.get(step.mnemonic, step.mnemonic)
        return f"{timing}{'.c' if step.size == 2 else ''}"

    def lines(self) -> Iterator[str]:
        yield f"{'programs':>8}  {'behind':18} {'late or early':18} mod 4  words at hand  first of them"
        for key, count in sorted(self.pairs.items(), key=lambda item: (-item[1], item[0])):
            before, late, offset, words = key
            yield f"{count:8d}  {before:18} {late:18} {offset:5d}  {words:13d}  {self.programs[key]}"


def read_timing(lines: Iterable[str]) -> dict[str, str]:
    """Timing class by mnemonic as a listing shows it, from the table of `flexv-vp isa --format csv`, where
    p.lw.post is the p.lw with a post-increment."""
    timing: dict[str, str] = {}
    for row in csv.DictReader(lines):
        shown = row["mnemonic"]
        for form in (".post", ".rr", ".rrpost"):
            shown = shown.removesuffix(form)
        timing[shown] = row["timing"]
    return timing
