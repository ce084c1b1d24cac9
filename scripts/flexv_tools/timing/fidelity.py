# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/fidelity.md: how near the cycles of all reference programs are to the RTL's.

Runs every program of tests/reference as scripts/check_timing does, and counts.
Exit status: 0 when the page is written or, with --check, says what this simulator does; 1 when it
does not, or a program failed; 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from flexv_tools.simulator import PROGRAM, ROOT
from flexv_tools.timing.rows import Row, read_rows
from flexv_tools.timing.running import Bench, run_all

PAGE = ROOT / "docs/reference/fidelity.md"
SETS = ("timing", "system", "random", "interrupts")  # folders of tests/reference
BENCHES = {
    "core_cycles.csv": "one core",
    "cluster_cycles.csv": "eight cores",
    "icache_cycles.csv": "eight cores, instruction caches",
    "dma_cycles.csv": "DMA",
}
HEADER = """# Cycles beside those of the RTL

Written by `./scripts/fidelity`, which runs all programs of `tests/reference` on the timing bench and compares them with
what was measured on the public hardware description (`tests/reference/README.md` says where the numbers come from). A program is exact when all its
numbers are equal: cycles, instructions, and of several cores each one's start, stop and stalls. A trace is equal when every
instruction of every core is in its cycle. `./scripts/check_timing tests/reference/SET` shows the programs one by one.

| set | bench | programs | exact | worst deviation | traces equal | signatures equal |
| --- | --- | --- | --- | --- | --- | --- |
"""


def counted(verdicts: list[bool]) -> str:
    return f"{sum(verdicts)} of {len(verdicts)}" if verdicts else "-"


def table_line(name: str, rows: list[Row]) -> str:
    worst = max((row.deviation_percent for row in rows if not row.failure), default=0.0)
    traces = [row.difference is None for row in rows if row.has_trace]
    signatures = [row.signature_equal for row in rows if row.signature_equal is not None]
    cells = [
        f"`{name}`",
        BENCHES[rows[0].kind.file],
        str(len(rows)),
        str(sum(row.is_exact for row in rows)),
        f"{worst:.2f} %",
        counted(traces),
        counted(signatures),
    ]
    return "| " + " | ".join(cells) + " |\n"


def run_set(name: str, program: Path, jobs: int) -> list[Row]:
    directory = ROOT / "tests/reference" / name
    rows = read_rows(directory, [])
    with tempfile.TemporaryDirectory(prefix="fidelity_") as scratch:
        run_all(Bench(directory, program, Path(scratch)), rows, jobs)
    return rows


def page_of(sets: dict[str, list[Row]]) -> str:
    text = HEADER
    missed = []
    for name, rows in sets.items():
        for file in BENCHES:
            own = [row for row in rows if row.kind.file == file]
            if own:
                text += table_line(name, own)
        missed += [f"`{row.name}`" for row in rows if not row.is_exact]
    if missed:
        text += "\nNot exact: " + ", ".join(missed) + ".\n"
    return text


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--program",
        type=Path,
        default=PROGRAM,
        help="flexv-vp to run (default: build/release/flexv-vp)",
    )
    parser.add_argument("--check", action="store_true", help="compare the page, write nothing")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="programs at a time (default: all CPUs)"
    )
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    if not arguments.program.exists():
        print(f"fidelity: {arguments.program} is missing; build it first", file=sys.stderr)
        return 2
    jobs = max(1, arguments.jobs)
    sets = {name: run_set(name, arguments.program, jobs) for name in SETS}
    failures = [(row.name, row.failure) for rows in sets.values() for row in rows if row.failure]
    for name, failure in failures:
        print(f"fidelity: {name}: {failure}", file=sys.stderr)
    page = page_of(sets)
    if not arguments.check:
        PAGE.write_text(page, encoding="utf-8")
    elif page != PAGE.read_text(encoding="utf-8"):
        print(page)
        print(f"fidelity: {PAGE.relative_to(ROOT)} says something else", file=sys.stderr)
        return 1
    return 1 if failures else 0
