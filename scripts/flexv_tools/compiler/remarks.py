# SPDX-License-Identifier: Apache-2.0
"""Remarks in clang's form: `FILE:LINE:COLUMN: remark: text [-Rflexv=pass]`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass
class Remarks:
    """Collects remarks of the assembly stage; prints them when they are wanted."""

    are_wanted: bool
    chosen: frozenset[str] = frozenset()  # passes; all when empty
    lines: dict[str, None] = field(default_factory=dict)  # the same about the same place is said once

    def done(self, name: str, place: str, text: str) -> None:
        self.add(name, place, text)

    def missed(self, name: str, place: str, text: str) -> None:
        self.add(name, place, text)

    def add(self, name: str, place: str, text: str) -> None:
        line = f"{place or '<unknown>:0:0'}: remark: {text} [-Rflexv={name}]"
        if self.are_wanted and (not self.chosen or name in self.chosen):
            self.lines[line] = None

    def print(self) -> None:
        for line in self.lines:
            print(line, file=sys.stderr)
