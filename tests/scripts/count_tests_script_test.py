# SPDX-License-Identifier: Apache-2.0
"""The last line of scripts/test."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

COUNT = Path(__file__).resolve().parents[2] / "scripts/count_tests"


class CountTest(unittest.TestCase):
    def count(self, text: str | None, *options: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            results = Path(folder) / "results.xml"
            if text is not None:
                results.write_text(text)
            done = subprocess.run(
                [sys.executable, "-B", str(COUNT), str(results), *options], capture_output=True, text=True, check=False
            )
        return done.returncode, done.stdout

    def test_skipped_tests_are_neither_passed_nor_failed(self) -> None:
        suite = '<testsuite tests="10" failures="0" disabled="0" skipped="2"/>'
        self.assertEqual(self.count(suite), (0, "8 passed, 0 failed\n"))

    def test_tests_that_did_not_run_count_as_failed(self) -> None:
        suite = '<testsuite tests="10" failures="1" disabled="2" skipped="0"/>'
        self.assertEqual(self.count(suite), (1, "7 passed, 3 failed\n"))

    def test_no_results_are_a_failure(self) -> None:
        self.assertEqual(self.count(None), (1, "0 passed, 1 failed\n"))

    def test_a_further_step_counts_as_one_more_test(self) -> None:
        suite = '<testsuite tests="8" failures="0" disabled="0" skipped="0"/>'
        self.assertEqual(self.count(suite, "--also", "0"), (0, "9 passed, 0 failed\n"))
        self.assertEqual(self.count(suite, "--also", "1"), (1, "8 passed, 1 failed\n"))
        self.assertEqual(self.count(suite, "--also", "77"), (0, "8 passed, 0 failed\n"))


if __name__ == "__main__":
    unittest.main()
