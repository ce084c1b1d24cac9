# SPDX-License-Identifier: Apache-2.0
"""One value change dump (VCD) of several: the waves of the platform beside those of other simulators. All must count
time from the same start; different units of time are brought to the smallest."""

from __future__ import annotations

import argparse
import heapq
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from flexv_tools.errors import Failure, require_other_file

UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9, "ps": 12, "fs": 15}
TIMESCALE = re.compile(r"\$timescale\s+(1|10|100)\s*(s|ms|us|ns|ps|fs)\s+\$end")
VARIABLE = re.compile(r"(\$var\s+\S+\s+\S+\s+)(\S+)")


class Dump:
    """A file that is read as it is written. `tag` tells its signals from those of the others."""

    def __init__(self, path: Path, tag: str) -> None:
        self.path = path
        self.tag = tag
        self.lines = iter(path.open(errors="replace"))
        head = self.head()
        found = TIMESCALE.search(head)
        if not found:
            raise Failure(f"{path}: no dump: expected $timescale before $enddefinitions")
        self.femtoseconds = int(found[1]) * 10 ** (15 - UNITS[found[2]])
        declarations = re.search(r"\$scope.*", head, re.DOTALL)
        self.declarations = VARIABLE.sub(rf"\g<1>{tag}\g<2>", declarations[0] if declarations else "")

    def head(self) -> str:
        text = ""
        for line in self.lines:
            before, end, _ = line.partition("$enddefinitions")
            text += before
            if end:
                return text
        raise Failure(f"{self.path}: no dump: expected $enddefinitions")

    def changes(self, femtoseconds: int) -> Iterator[tuple[int, str]]:
        """(time in that unit, a line)"""
        time = 0
        for line in map(str.strip, self.lines):
            if line.startswith("#"):
                time = int(line[1:]) * self.femtoseconds // femtoseconds
                yield time, ""
            elif line and line[0] in "01xXzZ":
                yield time, f"{line[0]}{self.tag}{line[1:]}"
            elif line and line[0] in "bBrRs":
                value, _, name = line.rpartition(" ")
                yield time, f"{value} {self.tag}{name}"


def join(paths: list[Path], out: Path) -> None:
    dumps = [Dump(path, f"{index}.") for index, path in enumerate(paths)]
    unit = min(dump.femtoseconds for dump in dumps)
    digits, name = next((unit // 10 ** (15 - power), name) for name, power in UNITS.items() if unit >= 10 ** (15 - power))
    with out.open("w") as file:
        file.write(f"$timescale {digits} {name} $end\n")
        file.writelines(dump.declarations.rstrip() + "\n" for dump in dumps)
        file.write("$enddefinitions $end\n")
        now = -1
        for time, line in heapq.merge(*(dump.changes(unit) for dump in dumps), key=lambda change: change[0]):
            if time != now:
                file.write(f"#{time}\n")
                now = time
            if line:
                file.write(line + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("dumps", type=Path, nargs="+", metavar="FILE.vcd")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.vcd")
    options = parser.parse_args()
    try:
        require_other_file(options.out, *options.dumps)
        join(options.dumps, options.out)
    except (Failure, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0
