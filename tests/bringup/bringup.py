# SPDX-License-Identifier: Apache-2.0
"""Compiles a small firmware of firmware/ with the runtime of sw/ and runs it.

A test is called as NAME_test.py PROGRAM REPOSITORY: the flexv-vp to drive, and where the firmware's sources are.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

PROGRAM = ""
REPOSITORY = Path()
PATIENCE = 200.0  # seconds until something hangs: sanitizers and a busy machine make it slow
COMPILER = "riscv64-unknown-elf-gcc"
RUNTIME = ("crt0.S", "start.c", "exit.c", "stdout.c", "l1.c")


@functools.cache
def folder() -> Path:
    scratch = tempfile.TemporaryDirectory(prefix="flexv-bringup-")
    unittest.addModuleCleanup(scratch.cleanup)
    return Path(scratch.name)


@functools.cache
def image(name: str, *options: str) -> str:
    """firmware/NAME with the runtime of sw/; `options` are the compiler's. With -DFLEXV_CLUSTERS all clusters run it."""
    source = REPOSITORY / "tests/bringup/firmware" / name
    firmware = REPOSITORY / "sw"
    result = folder() / f"{source.stem}{abs(hash(options))}.elf"
    command = [COMPILER, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "--specs=picolibc.specs"]
    command += ["-DPICOLIBC_INTEGER_PRINTF_SCANF", "-ffreestanding", "-Og", "-g", "-std=c17", *options]
    command += [f"-I{firmware}/include", f"-I{firmware}/drivers", f"-Wa,-I{firmware}/include", "-c"]
    has_clusters = "-DFLEXV_CLUSTERS" in options
    runtime = (*RUNTIME, "clusters.c") if has_clusters else RUNTIME
    objects = []
    for each in [*(firmware / "runtime" / part for part in runtime), source]:
        objects.append(f"{result}.{each.stem}.o")
        subprocess.run([*command, str(each), "-o", objects[-1]], check=True)
    link = [COMPILER, "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", "-nostartfiles", "-static"]
    link += ["-DPICOLIBC_INTEGER_PRINTF_SCANF", f"-T{firmware}/runtime/link.ld"]
    link += ["-Wl,--defsym=__own_cluster=1"] if has_clusters else []
    subprocess.run([*link, *objects, "-o", str(result)], check=True)
    return str(result)


def line_of(name: str, text: str) -> int:
    """The number of the only line of firmware/NAME that has `text` in it."""
    lines = (REPOSITORY / "tests/bringup/firmware" / name).read_text().splitlines()
    (number,) = (number for number, line in enumerate(lines, 1) if text in line)
    return number


class Case(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="flexv-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def run_program(self, firmware: str, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, "run", firmware, *options],
            stdin=more.pop("stdin", subprocess.DEVNULL),
            capture_output=True, text=True, errors="replace", timeout=PATIENCE, cwd=self.folder, check=False, **more,
        )  # fmt: skip

    def report(self, firmware: str, *options: str) -> dict[str, Any]:
        path = self.folder / "report.json"
        self.run_program(firmware, "--report", str(path), "--quiet", *options)
        report: dict[str, Any] = json.loads(path.read_text())
        report.pop("host")
        return report

    def expect(self, pattern: str, text: str) -> re.Match[str]:
        found = re.search(pattern, text, re.MULTILINE)
        self.assertTrue(found, f"no {pattern!r} in\n{text}")
        assert found
        return found


def main() -> None:
    global PROGRAM, REPOSITORY
    PROGRAM, REPOSITORY = sys.argv[1], Path(sys.argv[2]).resolve()
    if not shutil.which(COMPILER):
        print(f"SKIPPED: {COMPILER} is not installed")
        return
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
