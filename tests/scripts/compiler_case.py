# SPDX-License-Identifier: Apache-2.0
"""What tests of scripts/flexv-cc share: a scratch folder, calls of the driver, runs on the platform."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
sys.path.insert(0, str(ROOT / "scripts"))

DOT = "int f(const unsigned char* a, const signed char* b, int n) { int s = 0; for (int i = 0; i < n; ++i) s += a[i] * b[i]; return s; }\n"
HELLO = '#include "flexv/flexv.h"\n#include <stdio.h>\nint main(void) { if (core_id() == 0) printf("hello %d\\n", VALUE); return 0; }\n'


class Case(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def call(self, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """flexv-cc, with text for its standard input."""
        return subprocess.run([ROOT / "scripts/flexv-cc", *words], cwd=self.folder, capture_output=True, text=True, check=False, input=given)

    def right(self, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        done = self.call(*words, given=given)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def assembly(self, text: str, *switches: str) -> str:
        """Instructions of the function f, one per line, without labels and directives of no interest."""
        done = self.right("-O2", *switches, "-S", self.write("f.c", text), "-o", "-")
        body = done.stdout.split("\nf:\n", 1)[1].split(".Lfunc_end", 1)[0]
        lines = [re.sub(r"#.*", "", line).split() for line in body.splitlines()]
        return "\n".join(" ".join(line) for line in lines if line and not line[0].startswith((".Ltmp", ".Lfunc", ".cfi")))

    def run_elf(self, elf: Path) -> str:
        done = subprocess.run([SIMULATOR, "run", elf, "--quiet", "--check", "hazards", "--max-cycles", "20000000"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout
