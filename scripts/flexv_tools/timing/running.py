# SPDX-License-Identifier: Apache-2.0
"""Builds reference programs and runs them on the timing bench of the platform."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.errors import Failure
from flexv_tools.timing.benches import Hart
from flexv_tools.timing.rows import Row
from flexv_tools.timing.traces import first_difference, read_own, read_reference

COMPILER = "riscv64-unknown-elf-gcc"
BUILD_FLAGS = [
    "-march=rv32imac_zicsr_zifencei",
    "-mabi=ilp32",
    "-mno-relax",
    "-nostdlib",
    "-nostartfiles",
    "-static",
    "-Wl,--no-relax,--build-id=none,--no-warn-rwx-segments",
]
LINK_SCRIPT = """
ENTRY(_start)
SECTIONS {
  . = 0x1C000000;
  .text : { *(.text.init) *(.text .text.*) }
  .data : { *(.rodata .rodata.* .data .data.* .sdata .sdata.*) }
  .bss : { *(.bss .bss.* .sbss .sbss.* COMMON) }
}
"""
MAX_CYCLES = 20_000_000


@dataclass(frozen=True)
class Bench:
    directory: Path
    program: Path
    scratch: Path

    def elf(self, name: str) -> Path:
        return self.scratch / f"{name}.elf"

    def build(self, name: str) -> str:
        """Returns what went wrong, or nothing."""
        source = self.directory / "src" / f"{name}.S"
        script = self.directory / "link.ld"
        if not script.exists():
            script = self.scratch / "default.ld"
        command = [COMPILER, *BUILD_FLAGS, "-I", str(source.parent), "-T", str(script)]
        done = subprocess.run(
            [*command, "-o", str(self.elf(name)), str(source)], capture_output=True, text=True
        )
        return "" if done.returncode == 0 else "does not build: " + first_line(done.stderr)

    def simulate(self, row: Row, index: int) -> dict[str, int]:
        """The counters of the marker device; compares signature and trace on the way."""
        report = self.scratch / f"{index}.json"
        command = [str(self.program), "run", str(self.elf(row.name)), "--config", "timing_bench"]
        for key, value in row.settings.items():
            command += ["--set", f"{key}={value}"]
        command += ["--quiet", "--max-cycles", str(MAX_CYCLES), "--report", str(report)]
        expected = self.directory / "signatures" / f"{row.name}.txt"
        signature = self.scratch / f"{index}.signature"
        if expected.exists():
            row.signature_equal = False
            command += ["--signature", str(signature)]
        reference = self.directory / "traces" / row.trace
        trace = self.scratch / f"{index}.trace"
        if reference.exists():
            command += ["--trace", str(trace)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if trace.exists():
            row.has_trace = True
            row.difference = first_difference(read_reference(reference), read_own(trace))
            trace.unlink()
        if not report.exists():
            raise Failure(f"status {done.returncode}: {first_line(done.stderr)}")
        result = json.loads(report.read_text(encoding="utf-8"))
        if signature.exists():
            row.signature_equal = words_of(signature) == words_of(expected)
        if result["result"] != "exit":
            raise Failure(f"ended by {result['result']}: {first_line(done.stderr)}")
        counters: dict[str, int] = result["counters"]["cluster.marker"]
        return counters


def first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    wanted = [line for line in lines if "rror" in line or line.startswith("flexv")]
    return (wanted or lines or ["no message"])[0]


def words_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").lower().split()


def harts_of(counters: dict[str, int]) -> dict[int, Hart]:
    indices = sorted(int(key[4:-5]) for key in counters if key.endswith("_exit"))
    bad = [f"hart {i}: {counters[f'hart{i}_exit']}" for i in indices if counters[f"hart{i}_exit"]]
    if bad:
        raise Failure("exit value not 0, " + ", ".join(bad))
    started = [i for i in indices if counters[f"hart{i}_started"]]
    if not started:
        raise Failure("no hart stored a start marker")
    return {
        i: Hart(
            counters[f"hart{i}_instructions"],
            counters[f"hart{i}_start"],
            counters[f"hart{i}_stop"],
            counters[f"hart{i}_tcdm_stalls"],
        )
        for i in started
    }


def run_row(bench: Bench, row: Row, index: int) -> None:
    if row.failure:
        return
    try:
        measured = row.kind.measure(harts_of(bench.simulate(row, index)))
        if row.kind.cycles not in row.reference:
            raise Failure(f"the reference has no {row.kind.cycles}")
        missing = [column for column in row.reference if column not in measured]
        if missing:
            raise Failure("not measured: " + ", ".join(missing))
        row.ours = {column: measured[column] for column in row.reference}
    except (Failure, subprocess.TimeoutExpired, OSError, ValueError, KeyError) as error:
        row.failure = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"


def run_all(bench: Bench, rows: list[Row], jobs: int) -> None:
    (bench.scratch / "default.ld").write_text(LINK_SCRIPT, encoding="utf-8")
    names = sorted({row.name for row in rows})
    with ThreadPoolExecutor(jobs) as pool:
        failures = dict(zip(names, pool.map(bench.build, names)))
        for row in rows:
            row.failure = failures[row.name]
        list(pool.map(lambda item: run_row(bench, item[1], item[0]), enumerate(rows)))
