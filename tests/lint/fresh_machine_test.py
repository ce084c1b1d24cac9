# SPDX-License-Identifier: Apache-2.0
"""What scripts/fresh_machine takes for a demo that went well, and where it does not run."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/fresh_machine"
NOBODY = 65534
DEMO = """\
PASS: 24576 results equal the golden ones

exit 0 after 309,566 cycles (668.6 us at 463 MHz)
1,250 instructions; host 0.09 s, 21.8 MIPS

Energy (isvlsi23, 0.65 V, 463 MHz)
  component   energy      mW    share
  cluster   16.04 uJ  23.991  100.0 %

Instructions (isvlsi23, 0.65 V, 463 MHz; one cycle, cache hit, data in the TCDM)
  class                instructions  pJ each    energy   share
  alu                         1,000     4.60  652.5 nJ   4.1 %
  mac&load, load only           250     6.70  432.2 nJ   2.7 %
"""


class CheckTest(unittest.TestCase):
    def check(self, text: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "demo.log"
            log.write_text(text)
            done = subprocess.run([SCRIPT, "--check", log], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def test_a_demo_that_went_well_is_accepted(self) -> None:
        self.assertEqual(self.check(DEMO), (0, ""))

    def test_a_table_that_lacks_a_row_is_refused(self) -> None:
        status, message = self.check(DEMO.replace("mac&load, load only           250", "mac&load, load only             1"))
        self.assertEqual(status, 1)
        self.assertIn("1001 instructions, the run has 1250", message)

    def test_an_output_that_ends_early_is_refused(self) -> None:
        status, message = self.check(DEMO.split("Instructions (")[0])
        self.assertEqual(status, 1)
        self.assertIn("the last table", message)

    def test_a_program_that_failed_is_refused(self) -> None:
        self.assertEqual(self.check(DEMO.replace("PASS", "FAIL"))[0], 1)


class SkipTest(unittest.TestCase):
    def test_without_root_it_is_skipped_with_a_reason(self) -> None:
        user = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        try:
            done = subprocess.run([SCRIPT], capture_output=True, text=True, check=False, **user)
        except PermissionError:
            self.skipTest("another user may not enter this folder")
        self.assertEqual(done.returncode, 77)
        self.assertIn("skipped, because it needs root", done.stderr)

    def test_an_unknown_option_is_an_error(self) -> None:
        done = subprocess.run([SCRIPT, "--tset"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--tset is unknown", done.stderr)


if __name__ == "__main__":
    unittest.main()
