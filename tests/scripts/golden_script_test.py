# SPDX-License-Identifier: Apache-2.0
"""scripts/golden with programs made up here; the committed files stay as they are."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[2] / "scripts/golden"
REPORT = '{"host": {"seconds": 1}}'


class GoldenTest(unittest.TestCase):
    def compare(self, program: str) -> subprocess.CompletedProcess[str]:
        """Runs the script on a shell script."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "flexv-vp"
            path.write_text(f"#!/bin/sh\n{program}\n")
            path.chmod(0o755)
            return subprocess.run(
                [sys.executable, "-B", str(GOLDEN), "--program", str(path)],
                capture_output=True,
                text=True,
                check=False,
            )

    def test_another_text_is_a_difference_and_shown_in_part(self) -> None:
        done = self.compare(f"[ \"$1\" != run ] || [ $# -lt 5 ] || echo '{REPORT}' > \"$5\"")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("-mnemonic,match", done.stdout)
        self.assertIn("isa.csv differs; scripts/golden --update", done.stdout)
        files = done.stdout.count(" differs; ")
        self.assertLess(done.stdout.count("\n"), 62 * files)  # 60 lines of a diff, one that says so

    def test_a_program_that_fails_is_an_error(self) -> None:
        done = self.compare("echo what is wrong >&2; exit 3")
        self.assertEqual(done.returncode, 2)
        self.assertIn("exit status 3\nwhat is wrong", done.stderr)

    def test_a_program_that_writes_no_report_is_an_error(self) -> None:
        self.assertEqual(self.compare("true").returncode, 2)


if __name__ == "__main__":
    unittest.main()
