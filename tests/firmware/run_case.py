#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one command and checks exit status, output, messages and simulated cycles.

Usage: run_case.py [checks] -- PROGRAM run IMAGE [OPTIONS]
With --cycles or --repeat a JSON report is asked for; --repeat runs twice and compares every byte but `host`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path


class Failure(Exception):
    """A check that did not hold."""


def arguments() -> tuple[argparse.Namespace, list[str]]:
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--status", type=int, default=0)
    parser.add_argument("--output", action="append", default=[], help="regular expression for stdout")
    parser.add_argument("--message", action="append", default=[], help="regular expression for stderr")
    parser.add_argument("--cycles", nargs=2, type=int, metavar=("LOW", "HIGH"))
    parser.add_argument("--repeat", action="store_true")
    return parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]


def run(command: list[str], report: Path) -> tuple[subprocess.CompletedProcess[str], dict]:
    done = subprocess.run(
        [*command, "--report", str(report)], capture_output=True, text=True, timeout=100
    )
    values = json.loads(report.read_text()) if report.exists() else {}
    values.pop("host", None)
    return done, values


def require(holds: bool, what: str, done: subprocess.CompletedProcess[str]) -> None:
    if not holds:
        raise Failure(f"{what}\nstatus {done.returncode}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}")


def check(checks: argparse.Namespace, done: subprocess.CompletedProcess[str], report: dict) -> None:
    require(done.returncode == checks.status, f"expected status {checks.status}", done)
    for regex in checks.output:
        require(bool(re.search(regex, done.stdout)), f"stdout lacks {regex!r}", done)
    for regex in checks.message:
        require(bool(re.search(regex, done.stderr)), f"stderr lacks {regex!r}", done)
    if checks.cycles:
        low, high = checks.cycles
        require(low <= report["cycles"] <= high, f"{report['cycles']} cycles, expected {low}..{high}", done)


def main() -> int:
    checks, command = arguments()
    with tempfile.TemporaryDirectory() as folder:
        done, report = run(command, Path(folder) / "first.json")
        try:
            check(checks, done, report)
            if checks.repeat:
                again, second = run(command, Path(folder) / "second.json")
                same = again.stdout == done.stdout and second == report
                require(same, "two runs differ", again)
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
