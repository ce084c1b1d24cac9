# SPDX-License-Identifier: Apache-2.0
"""The rows of a folder of reference programs."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from flexv_tools.timing.benches import KINDS, Kind, Numbers
from flexv_tools.timing.traces import Difference


@dataclass
class Row:
    kind: Kind
    name: str
    label: str
    reference: Numbers
    settings: dict[str, str]
    trace: str = ""  # name of the file with the RTL's
    has_trace: bool = False  # the RTL's was compared
    difference: Difference | None = None
    ours: Numbers = field(default_factory=dict)
    failure: str = ""
    signature_equal: bool | None = None  # None: there is none to compare

    @property
    def is_exact(self) -> bool:
        return not self.failure and self.ours == self.reference

    @property
    def deviation_percent(self) -> float:
        reference = self.reference[self.kind.cycles]
        difference = abs(self.ours[self.kind.cycles] - reference)
        return 100.0 * difference / reference if reference else 100.0 * bool(difference)


def is_known(column: str, cycles: str) -> bool:
    """Whether we can measure this column; unknown ones are ignored."""
    hart, _, what = column.partition("_")
    if hart[:1] == "c" and hart[1:].isdigit():
        return what in ("instr", "start", "stop", "tcdm_stall")
    return column in (cycles, "instructions", "hart0_instructions", "hart0_cycles")


def read_row(kind: Kind, row: dict[str, str]) -> Row:
    numbers = {
        column: int(text)
        for column, text in row.items()
        if column and text and is_known(column, kind.cycles)
    }
    label = " ".join(
        f"{column.split('_')[-1]} {row[column]}" for column in kind.label if row.get(column)
    )
    trace = kind.trace.format_map(defaultdict(str, row)) + ".csv.gz"
    return Row(kind, row["name"], label, numbers, kind.settings(row), trace)


def read_rows(directory: Path, only: list[str]) -> list[Row]:
    rows = []
    for kind in KINDS:
        path = directory / kind.file
        if not path.exists():
            continue
        with path.open(newline="", encoding="utf-8") as file:
            table = [row for row in csv.DictReader(file) if row.get("name")]
        rows += [read_row(kind, row) for row in table if not only or row["name"] in only]
    return rows
