# SPDX-License-Identifier: Apache-2.0
"""Starts flexv-vp as a shell would: with closed and full streams, small disks, signals.

A test is called as NAME.py PROGRAM: the flexv-vp to drive. Each case has a folder of its own in self.folder.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import images

PROGRAM = ""
PATIENCE = 60.0  # seconds until something hangs: sanitizers and a busy machine make it slow


class Case(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="flexv-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def image(self, image: images.Image, name: str = "firmware.elf") -> str:
        image.write(self.path(name))
        return self.path(name)

    def run_program(
        self, *arguments: str, redirect: str = "", max_file_bytes: int = 0, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """`redirect` is what a shell is told behind the command: "2>&-"."""
        limit = f"ulimit -f {max_file_bytes // 512}; " if max_file_bytes else ""
        command = f"{limit}exec {shlex.join([PROGRAM, *arguments])} {redirect}"
        return subprocess.run(
            ["sh", "-c", command],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            cwd=self.folder,
            check=False,
            **options,
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.DEVNULL),
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self.folder,
            **options,
        )
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()

    def start_run(self, image: str, *options: str, **more: Any) -> subprocess.Popen[str]:
        """A run whose firmware has printed its first line."""
        process = self.start("run", image, *options, stdout=subprocess.PIPE, **more)
        assert process.stdout
        self.addCleanup(process.stdout.close)
        self.assertTrue(process.stdout.readline(), "the firmware has printed nothing")
        return process

    def report(self, name: str = "report.json") -> dict[str, Any]:
        values: dict[str, Any] = json.loads((self.folder / name).read_text())
        values.pop("host")
        return values

    def assert_refused(self, done: subprocess.CompletedProcess[str], text: str) -> None:
        """A user's mistake, told before the firmware began: it prints first of all."""
        self.assertEqual(done.returncode, 101, done.stderr)
        self.assertIn(text, done.stderr)
        self.assertEqual(done.stdout, "")

    def assert_no_leftovers(self, *expected: str) -> None:
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), sorted(expected))


def main() -> None:
    global PROGRAM
    PROGRAM = sys.argv.pop(1)
    unittest.main(module="__main__", verbosity=2)
