# SPDX-License-Identifier: Apache-2.0
"""Compare the committed generated files with what the program says now, or rewrite them.

Generated reference pages lie in docs/reference, the assembler macros of the firmware in sw/include,
the results of whole runs in tests/golden.
Exit status: 0 when all are equal (or were written), 1 when one differs, 2 when the program is missing
or a command of it fails.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT

DIFF_LINES = 60  # shown a file


@dataclass(frozen=True)
class Output:
    """What one command of the program wrote."""

    stdout: str
    stderr: str
    report: str  # empty without --report


def reference(output: Output) -> str:
    return output.stdout


def report(output: Output) -> str:
    """The JSON report without what depends on the host."""
    values = json.loads(output.report)
    del values["host"]
    return json.dumps(values, indent=2) + "\n"


def summary(output: Output) -> str:
    """The summary on the terminal without what depends on the host."""
    return re.sub(r"; host .*", "", output.stderr, count=1)


@dataclass(frozen=True)
class Golden:
    path: str
    arguments: tuple[str, ...]  # REPORT stands for a file that the program writes
    text_of: Callable[[Output], str] = reference


REPORT = "REPORT"
REGISTER_BLOCKS = (
    "CLUSTER_CTRL",
    "TIMER",
    "EU_GLOBAL",
    "ICACHE_CTRL",
    "MCHAN",
    "HMR",
    "EU_DEMUX",
    "FLL",
    "UDMA_CTRL",
    "UDMA_UART",
    "SOC_CTRL",
    "SOC_EVENT_GEN",
    "FC_ITC",
    "STDOUT",
)
GOLDENS = (
    Golden("docs/reference/registers.md", ("describe",)),
    *(
        Golden(
            f"sw/drivers/generated/{block.lower()}_regs.h",
            ("describe", "--format", "c", "--block", block),
        )
        for block in REGISTER_BLOCKS
    ),
    Golden("docs/reference/isa.csv", ("isa", "--format", "csv")),
    Golden("sw/include/flexv/isa.inc", ("isa", "--format", "gas")),
    Golden("docs/reference/configuration.txt", ("config",)),
    Golden(
        "tests/golden/hello.report.json",
        ("run", "sw/prebuilt/hello.elf", "--quiet", "--report", REPORT),
        report,
    ),
    Golden("tests/golden/parallel.summary.txt", ("run", "sw/prebuilt/parallel.elf"), summary),
)


def run(program: Path, arguments: tuple[str, ...], report_file: Path) -> Output:
    command = [str(program.resolve())]
    command += [str(report_file) if argument == REPORT else argument for argument in arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return Output(done.stdout, done.stderr, report_file.read_text() if report_file.exists() else "")


def generate(program: Path, golden: Golden) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return golden.text_of(run(program, golden.arguments, Path(folder) / "report.json"))


def update(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(f"wrote {path.relative_to(ROOT)}")


def is_equal(path: Path, text: str) -> bool:
    name = str(path.relative_to(ROOT))
    committed = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(
        committed.splitlines(keepends=True), text.splitlines(keepends=True), name, "generated"
    )
    sys.stdout.writelines(itertools.islice(lines, DIFF_LINES))
    if committed != text:
        print(f"{name} differs; scripts/golden --update rewrites it, review the diff")
    return committed == text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="rewrite the files")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to ask")
    options = parser.parse_args()
    all_equal = True
    try:
        for golden in GOLDENS:
            text = generate(options.program, golden)
            if options.update:
                update(ROOT / golden.path, text)
            else:
                all_equal &= is_equal(ROOT / golden.path, text)
    except (Failure, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if all_equal else 1
