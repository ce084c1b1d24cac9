# SPDX-License-Identifier: Apache-2.0
"""scripts/join_waves on dumps made up here."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/join_waves"
FIRST = """$version one $end
$timescale 1 ns $end
$scope module a $end
$var wire 1 ! clock $end
$upscope $end
$enddefinitions $end
#0
0!
#2
1!
"""
SECOND = """$timescale 10 ps $end
$scope module b $end
$var string 1 ! state $end
$var wire 4 " bus [3:0] $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
sidle !
b0 "
$end
#150
srun !
#200
b101 "
"""


class JoinTest(unittest.TestCase):
    def join(self, *texts: str) -> tuple[subprocess.CompletedProcess[str], str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for index, text in enumerate(texts):
                (folder / f"{index}.vcd").write_text(text)
            done = subprocess.run(
                [sys.executable, "-B", SCRIPT, *sorted(folder.glob("*.vcd")), "--out", folder / "out.vcd"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            out = folder / "out.vcd"
            return done, out.read_text() if out.exists() else ""

    def test_changes_stand_in_the_order_of_time_in_the_smaller_unit(self) -> None:
        done, text = self.join(FIRST, SECOND)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            text,
            """$timescale 10 ps $end
$scope module a $end
$var wire 1 0.! clock $end
$upscope $end
$scope module b $end
$var string 1 1.! state $end
$var wire 4 1." bus [3:0] $end
$upscope $end
$enddefinitions $end
#0
00.!
sidle 1.!
b0 1."
#150
srun 1.!
#200
10.!
b101 1."
""",
        )

    def test_what_is_no_dump_is_refused_by_name(self) -> None:
        done, text = self.join(FIRST, "hello\n")

        self.assertEqual((done.returncode, text), (1, ""))
        self.assertIn("1.vcd: no dump: expected $enddefinitions", done.stderr)

    def test_a_dump_is_not_overwritten(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            dump = Path(name) / "a.vcd"
            dump.write_text(FIRST)
            done = subprocess.run([sys.executable, "-B", SCRIPT, dump, "--out", dump], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(dump.read_text(), FIRST)


if __name__ == "__main__":
    unittest.main()
