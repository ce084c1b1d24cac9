# SPDX-License-Identifier: Apache-2.0
"""Hardware loops out of `flexv.count`, on two levels. Loops that counted_loops.py refuses count in software, which is always right.

All loops that have no others inside are converted at once, then those around them: a function is analysed twice or three times,
however many loops it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from flexv_tools.compiler import flow
from flexv_tools.compiler.assembly import Kind, Line, directive, instruction, label
from flexv_tools.compiler.counted_loops import Loop, Refused, body_end, check_body, check_entry, find_loop, loop_lines, needs_zero
from flexv_tools.compiler.remarks import Remarks

MARK = "flexv.count"
LEVELS = 2


@dataclass
class Edits:
    """Changes of a function, by indices of its lines."""

    before: dict[int, list[Line]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    entries: dict[str, tuple[str, set[int]]] = field(default_factory=dict)  # label of a head: what branches from outside use, lines inside

    def insert(self, index: int, lines: list[Line]) -> None:
        self.before.setdefault(index, []).extend(lines)

    def apply(self, lines: list[Line]) -> list[Line]:
        result: list[Line] = []
        for index, line in enumerate(lines):
            result += self.before.get(index, [])
            if index not in self.removed:
                result.append(self.entering(index, line))
        return result

    def entering(self, index: int, line: Line) -> Line:
        """A branch to the head of a loop sets the loop up first."""
        start, inside = self.entries.get(flow.target_of(line) or "", ("", set()))
        return instruction(line.name, *line.operands[:-1], start, place=line.place) if start and index not in inside else line


def convert_loop(function: flow.Function, loop: Loop, level: int, name: str, edits: Edits) -> None:
    """The loop's part of the changes. Raises Refused before anything is changed."""
    start, end = f".Lflexv_start_{name}", f".Lflexv_end_{name}"
    restores_zero = needs_zero(function, loop)
    removed = {loop.count, loop.branch} | ({loop.jump} if loop.jump is not None else set())
    last, length = body_end(function, loop, removed)
    padding = max(2 - length, 0 if last is not None else 1)
    edits.insert(function.blocks[loop.head].first, set_up(start, end, level, function.lines[loop.count]))
    if last is not None and padding == 0:
        edits.insert(last, [label(end)])
    edits.insert(loop.branch, [*nops(padding, end), *close(loop, restores_zero)])
    edits.removed |= removed
    inside = set(loop_lines(function, loop))
    edits.entries.update({name: (start, inside) for name in head_labels(function, loop)})


def set_up(start: str, end: str, level: int, count: Line) -> list[Line]:
    # The loop-back costs a cycle when a 32-bit instruction at the start is not aligned.
    return [label(start), directive(".balign 4"), instruction("lp.setup", str(level), count.operands[0], end, place=count.place)]


def nops(number: int, end: str) -> list[Line]:
    """The loop ends at the last one."""
    lines = [instruction("nop") for _ in range(number)]
    return [*lines[:-1], label(end), lines[-1]] if lines else []


def close(loop: Loop, restores_zero: bool) -> list[Line]:
    lines = [instruction("li", loop.register, "0")] if restores_zero else []
    return lines + ([instruction("j", loop.exit_label)] if loop.exit_label is not None else [])


def head_labels(function: flow.Function, loop: Loop) -> list[str]:
    """Labels before the first instruction of the loop."""
    block = function.blocks[loop.head]
    names = []
    for line in function.lines[block.first : block.last]:
        if line.kind in (Kind.INSTRUCTION, Kind.INLINE):
            break
        if line.kind is Kind.LABEL:
            names.append(line.name)
    return names


def count_in_software(lines: list[Line], count: int) -> None:
    register = lines[count].operands[0]
    lines[count] = instruction("addi", register, register, "-1", place=lines[count].place)


@dataclass
class Counter:
    """A mark in the function, wherever its line may have gone."""

    mark: Line
    name: str


def size(function: flow.Function, count: int) -> int:
    """How many blocks a loop has: inner ones first."""
    try:
        return len(find_loop(function, count).blocks)
    except Refused:
        return len(function.blocks)


def counters_inner_first(function: flow.Function, name: str) -> list[Counter]:
    marks = [index for index, line in enumerate(function.lines) if line.kind is Kind.INSTRUCTION and line.name == MARK]
    marks.sort(key=lambda index: size(function, index))
    return [Counter(function.lines[index], f"{name}_{number}") for number, index in enumerate(marks)]


def place_of(mark: Line) -> str:
    """Of the loop, which the pass has written behind the counter."""
    return mark.comment or mark.place


class Round:
    """Converts all loops that have no other counters inside."""

    def __init__(self, function: flow.Function, counters: list[Counter], remarks: Remarks) -> None:
        self.function = function
        self.counters = counters
        self.remarks = remarks
        self.edits = Edits()
        marked = {id(counter.mark) for counter in counters}
        self.places = {id(line): index for index, line in enumerate(function.lines) if id(line) in marked}
        self.taken = {function.block_at(index) for index in self.places.values()}  # blocks that end loops still to be converted

    def run(self) -> list[Counter]:
        """The counters that wait for the next round."""
        return [counter for counter in self.counters if not self.is_done(counter)]

    def give_up(self) -> None:
        """Each of the loops that are left lies in another one."""
        for counter in self.counters:
            self.refuse(counter, Refused("it is entered in its middle"))

    def refuse(self, counter: Counter, reason: Refused) -> None:
        count = self.places[id(counter.mark)]
        count_in_software(self.function.lines, count)
        self.taken.discard(self.function.block_at(count))
        self.remarks.missed("hwloops", place_of(counter.mark), f"no hardware loop: {reason}")

    def is_done(self, counter: Counter) -> bool:
        count = self.places[id(counter.mark)]
        latch = self.function.block_at(count)
        try:
            loop = find_loop(self.function, count)
            if self.taken & (loop.blocks - {latch}):
                return False
            check_entry(self.function, loop)
            level = max(check_body(self.function, loop), default=-1) + 1
            if level >= LEVELS:
                raise Refused("the loops inside use both hardware loops")
            convert_loop(self.function, loop, level, counter.name, self.edits)
            self.remarks.done("hwloops", place_of(counter.mark), f"hardware loop {level}")
        except Refused as reason:
            self.refuse(counter, reason)
        return True


def convert(lines: list[Line], name: str, remarks: Remarks) -> list[Line]:
    """All marked loops of one function."""
    if not any(line.kind is Kind.INSTRUCTION and line.name == MARK for line in lines):
        return lines
    function = flow.analyse(lines)
    waiting = counters_inner_first(function, name)
    while waiting:
        this = Round(function, waiting, remarks)
        before, waiting = len(waiting), this.run()
        if len(waiting) == before:
            this.give_up()
            break
        lines = this.edits.apply(lines)
        function = flow.analyse(lines)
    return lines
