# SPDX-License-Identifier: Apache-2.0
"""Compare simulated cycles with measured ones, program by program.

DIR has the form of tests/reference/timing: core_cycles.csv, cluster_cycles.csv, icache_cycles.csv,
dma_cycles.csv (those present are checked), src/NAME.S, and optionally link.ld, signatures/NAME.txt
and traces/NAME.csv.gz (NAME.mLATENCY.pPREFETCH.csv.gz where a row has these columns). Each program
is built, runs on the timing bench, and is shown with its reference, our numbers and the difference.
Where there is a trace of the RTL, the first instruction whose cycle differs is shown with the ten
before it, and at the end a table of the pairs of instructions where programs begin to differ.
Exit status: 0 when all programs ran, 1 when one failed or --fail-under is missed, 2 for wrong
arguments.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from flexv_tools.simulator import PROGRAM
from flexv_tools.timing.printing import report
from flexv_tools.timing.rows import read_rows
from flexv_tools.timing.running import Bench, run_all


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="CSV files and src/")
    parser.add_argument(
        "--program",
        type=Path,
        default=PROGRAM,
        help="flexv-vp to run (default: build/release/flexv-vp)",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this program; may be repeated"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="programs at a time (default: all CPUs)"
    )
    parser.add_argument(
        "--fail-under",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="status 1 when fewer rows of a CSV are exact, fewer traces are equal, or a signature differs",
    )
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    rows = read_rows(arguments.directory, arguments.only)
    if not rows:
        print(f"check_timing: no program to check in {arguments.directory}", file=sys.stderr)
        return 2
    if not arguments.program.exists():
        print(f"check_timing: {arguments.program} is missing; build it first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="check_timing_") as scratch:
        bench = Bench(arguments.directory, arguments.program, Path(scratch))
        run_all(bench, rows, max(1, arguments.jobs))
    return report(rows, arguments.fail_under, (arguments.directory / "signatures").is_dir())
