# SPDX-License-Identifier: Apache-2.0
"""A run of flexv-vp that waits for a debugger, and a GDB in batch mode on it.

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
PATIENCE = 100.0  # seconds until something hangs: sanitizers and a busy machine make it slow
COMPILER = "riscv64-unknown-elf-gcc"
GDB = "gdb-multiarch"
RUNTIME = ("crt0.S", "start.c", "exit.c", "stdout.c", "l1.c")


@functools.cache
def image(name: str = "debugged", *options: str) -> Path:
    """firmware/NAME.c with the runtime of sw/, with debug information; `options` are the compiler's. With
    -DFLEXV_CLUSTERS all clusters run it."""
    folder = tempfile.TemporaryDirectory(prefix="flexv-debugged-")
    unittest.addModuleCleanup(folder.cleanup)
    firmware = REPOSITORY / "sw"
    result = Path(folder.name) / f"{name}.elf"
    command = [COMPILER, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "--specs=picolibc.specs"]
    command += ["-DPICOLIBC_INTEGER_PRINTF_SCANF", "-ffreestanding", "-Og", "-g", "-std=c17", *options]
    command += [f"-I{firmware}/include", f"-I{firmware}/drivers", f"-Wa,-I{firmware}/include", "-c"]
    has_clusters = "-DFLEXV_CLUSTERS" in options
    sources = [firmware / "runtime" / part for part in (*RUNTIME, *(("clusters.c",) if has_clusters else ()))]
    sources += [REPOSITORY / f"tests/debug/firmware/{name}.c"]
    objects = []
    for source in sources:
        objects.append(str(Path(folder.name) / f"{source.stem}.o"))
        subprocess.run([*command, str(source), "-o", objects[-1]], check=True)
    link = [COMPILER, "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", "-nostartfiles"]
    link += ["-DPICOLIBC_INTEGER_PRINTF_SCANF", "-static", f"-T{firmware}/runtime/link.ld"]
    if has_clusters:
        link.append("-Wl,--defsym=__own_cluster=1")
    subprocess.run([*link, *objects, "-o", str(result)], check=True)
    return result


class Case(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="flexv-debug-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.socket = str(self.folder / "gdb")

    def start(self, *options: str, gdb: str = "", firmware: Path | None = None) -> subprocess.Popen[str]:
        """Returns when the program listens."""
        command = [PROGRAM, "run", str(firmware or image()), "--quiet", "--gdb", gdb or self.socket]
        process = subprocess.Popen(
            [*command, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("gdb: listening on "):
                self.address = line.removeprefix("gdb: listening on ").strip()
                return process
        self.fail("the program does not listen")

    def end(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.communicate()

    def gdb(self, *commands: str, firmware: Path | None = None) -> str:
        """What GDB prints; a command that fails does not end the others."""
        arguments = [GDB, "-nx", "-batch", "-iex", "set style enabled off"]
        for command in ("set pagination off", "set confirm off", f"target remote {self.address}", *commands):
            arguments += ["-ex", command]
        done = subprocess.run(
            [*arguments, str(firmware or image())], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        return done.stdout

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def expect(self, pattern: str, text: str) -> re.Match[str]:
        found = re.search(pattern, text, re.MULTILINE)
        self.assertTrue(found, f"no {pattern!r} in\n{text}")
        assert found
        return found

    def report_of(self, path: Path) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(path.read_text())
        report.pop("host")
        return report

    def report_without_debugger(self, *options: str, firmware: Path | None = None) -> dict[str, Any]:
        path = self.folder / "plain.json"
        command = [PROGRAM, "run", str(firmware or image()), "--quiet", "--report", str(path), *options]
        subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        return self.report_of(path)


def main() -> None:
    global PROGRAM, REPOSITORY
    PROGRAM, REPOSITORY = sys.argv[1], Path(sys.argv[2]).resolve()
    for tool in (GDB, COMPILER):
        if not shutil.which(tool):
            print(f"SKIPPED: {tool} is not installed")
            return
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
