# SPDX-License-Identifier: Apache-2.0
"""Measure the speed of the release simulator on fixed programs.

Each program runs several times. MIPS counts the instructions of all harts, Mcycle/s the cycles of the
cluster clock; both are medians over the runs, with the range in brackets. Build first: scripts/demo.

  --against PROGRAM  another flexv-vp on the same firmware, in turn: CPU seconds and ratios, pair by pair
  --instruments      what trace, profile, waves and the others cost: CPU time with over CPU time without
  --counters         what event counters cost: the simulator is built once more in build/uncounted
  --cycles N         the first N cycles of each run instead of the whole of it

Exit status: 0, 1 when a program is missing or does not end well, 2 for a wrong argument.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flexv_tools.bench.instruments import DEFAULT_PROGRAMS, print_costs
from flexv_tools.bench.pairs import build_without_counters, print_pairs
from flexv_tools.bench.programs import PROGRAMS, Effort
from flexv_tools.bench.speed import print_speeds
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM


def host_name() -> str:
    """The processor, as Linux names it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("Exit status")[0], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"an image of sw/ or an ELF file; default: {' '.join(PROGRAMS)}")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs a program (default 5)")
    parser.add_argument("--cycles", type=int, metavar="N", help="of each run at most (default: the whole of it)")
    parser.add_argument("--program", type=Path, default=PROGRAM, metavar="PROGRAM",
                        help="the flexv-vp to measure (default: the release build)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--against", type=Path, metavar="PROGRAM", help="compare with another build of flexv-vp")
    what.add_argument("--instruments", action="store_true",
                      help=f"default programs: {' '.join(DEFAULT_PROGRAMS)}")
    what.add_argument("--counters", action="store_true", help="compare with a build whose counters do nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error(f"--repeat {options.repeat}: expected 1 or more")
    if options.cycles is not None and options.cycles < 1:
        parser.error(f"--cycles {options.cycles}: expected 1 or more")
    return options


def measure_what(options: argparse.Namespace) -> dict[str, Any]:
    """Prints as it goes; returns what --json writes."""
    names = options.names or list(DEFAULT_PROGRAMS if options.instruments else PROGRAMS)
    effort = Effort(options.repeat, options.cycles)
    if options.instruments:
        return {"instruments": [asdict(cost) for cost in print_costs(options.program, names, effort)]}
    if options.against or options.counters:
        other = options.against or build_without_counters()
        return {"pairs": [asdict(pair) for pair in print_pairs(options.program, other, names, effort)]}
    return {"programs": [asdict(result) for result in print_speeds(options.program, names, effort)]}


def main() -> int:
    options = read_arguments()
    print(f"host: {host_name()}, {options.repeat} runs each")
    try:
        numbers = measure_what(options)
        if options.json:
            options.json.write_text(json.dumps({"host": host_name()} | numbers, indent=2) + "\n")
    except (Failure, OSError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0
