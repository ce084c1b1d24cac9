# SPDX-License-Identifier: Apache-2.0
"""scripts/layers with a program made up here."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """#!{python}
import json, sys
arguments = sys.argv[1:]
hart = {{"fetch_stalls": 200, "tcdm_stalls": 50, "event_unit_stalls": 9, "sleep_cycles": 100}}
counters = {{"cluster.core0": hart, "cluster.core1": {{}}, "cluster.tcdm": {{"reads": 7}}}}
regions = [{{"cycles": 1000, "energy_pj": 2.5e6, "counters": counters}}] * 100
json.dump({{"regions": regions}}, open(arguments[arguments.index("--report") + 1], "w"))
"""


class LayersTest(unittest.TestCase):
    def layers(self, program: str) -> tuple[subprocess.CompletedProcess[str], list]:
        with tempfile.TemporaryDirectory() as name:
            path, rows = Path(name) / "flexv-vp", Path(name) / "rows.json"
            path.write_text(program)
            path.chmod(0o755)
            done = subprocess.run(
                [sys.executable, "-B", ROOT / "scripts/layers", "--no-build", "--isa", "flexv",
                 "--program", path, "--json", rows], capture_output=True, text=True, check=False)
            return done, json.loads(rows.read_text()) if rows.exists() else []

    def test_a_layer_has_throughput_losses_and_energy(self) -> None:
        done, rows = self.layers(PROGRAM.format(python=sys.executable))
        self.assertEqual(done.returncode, 0, done.stderr)
        first = rows[0]
        self.assertEqual((first["network"], first["layer"]), ("mobilenet_8b", "conv1"))
        self.assertAlmostEqual(first["mac_per_cycle"], 8_128_512 / 1000)
        self.assertAlmostEqual(first["stall_percent"], 12.5)  # 250 of 2 harts x 1000 cycles
        self.assertAlmostEqual(first["sleep_percent"], 5.0)
        self.assertAlmostEqual(first["energy_uj"], 2.5)
        self.assertIn("mobilenet_8b4b: 325.4 M MAC", done.stdout)

    def test_a_program_that_fails_is_an_error(self) -> None:
        done, rows = self.layers("#!/bin/sh\necho broken >&2; exit 102\n")
        self.assertEqual((done.returncode, rows), (2, []))
        self.assertIn("broken", done.stderr)


if __name__ == "__main__":
    unittest.main()
