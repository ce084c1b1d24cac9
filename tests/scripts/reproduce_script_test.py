# SPDX-License-Identifier: Apache-2.0
"""scripts/reproduce with a program made up here: the form of its rows, verdicts and errors."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REPRODUCE = ROOT / "scripts/reproduce"
KEYS = {"experiment", "isa", "act_bits", "weight_bits", "quantity", "unit", "published", "measured",
        "ratio", "kind"}
PROGRAM = """#!{python}
import json, sys
arguments = sys.argv[1:]
report = arguments[arguments.index("--report") + 1]
hart = {{"instructions": 1000, "fetch_stalls": 10}}
regions = [{{"name": name, "cycles": {cycles}, "energy_pj": 2.0e6,
            "counters": {{"cluster.core0": hart, "cluster.tcdm": {{}}}}}}
           for name in ("a8w8", "a8w4", "a8w2", "a4w4", "a4w2", "a2w2")]
json.dump({{"regions": regions}}, open(report, "w"))
"""


class ReproduceTest(unittest.TestCase):
    def reproduce(self, program: str) -> tuple[subprocess.CompletedProcess[str], list, str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = folder / "flexv-vp"
            path.write_text(program)
            path.chmod(0o755)
            done = subprocess.run(
                [sys.executable, "-B", REPRODUCE, "--no-build", "--no-networks", "--program", path, "--json",
                 folder / "rows.json", "--page", folder / "page.md"],
                capture_output=True, text=True, check=False)
            rows, page = folder / "rows.json", folder / "page.md"
            return (done, json.loads(rows.read_text()) if rows.exists() else [],
                    page.read_text() if page.exists() else "")

    def test_rows_have_the_agreed_keys_and_kinds(self) -> None:
        done, rows, page = self.reproduce(PROGRAM.format(python=sys.executable, cycles=30000))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(all(set(row) == KEYS for row in rows))
        self.assertEqual({row["kind"] for row in rows}, {"anchor", "published", "prediction"})
        flexv = [row for row in rows
                 if row["experiment"] == "matmul_table_iv" and row["isa"] == "flexv"]
        self.assertEqual([row["published"] for row in flexv], [26.9, 27.6, 27.8, 50.6, 51.9, 91.5])
        self.assertAlmostEqual(flexv[0]["measured"], 192 * 64 * 288 / 30000)
        self.assertAlmostEqual(flexv[0]["ratio"], flexv[0]["measured"] / 26.9)
        self.assertIn("| Flex-V | a8w8 | 26.90 | 117.96 |", page)

    def test_a_difference_is_explained_from_the_counters(self) -> None:
        done, _, page = self.reproduce(PROGRAM.format(python=sys.executable, cycles=30000))
        self.assertIn("fewer instructions", page, done.stderr)
        self.assertIn("the baseline makes it", page)

    def test_networks_are_compared_by_cycles_and_by_energy_a_cycle(self) -> None:
        sys.path.insert(0, str(ROOT / "scripts"))
        from flexv_tools import reproduce, reproduce_networks

        original = reproduce_networks.measure
        self.addCleanup(setattr, reproduce_networks, "measure", original)
        cycles = {"flexv": 10_000_000, "xpulpnn": 20_000_000, "xpulpv2": 25_000_000}
        def measure(program: Path, network: Any, isa: str, external_l2_bytes: int | None = None) -> Any:
            slower = {None: 1.0, 0x180000: 1.005, 0x100000: 1.09}[external_l2_bytes]
            unlike = ("fc +9.0 %",) if isa == "xpulpnn" else ()
            hidden = 0.94 if isa == "xpulpv2" else 0.96
            return reproduce_networks.Result(120_000_000, round(cycles[isa] * slower), 1.5, 20, unlike, hidden)

        reproduce_networks.measure = measure
        rows = reproduce.network_rows(Path("unused"))
        self.assertEqual(len(rows), 4 * 3 + 4 + 2 * 2 + 2 * 4 * 3)
        flexv = next(row for row in rows if row.isa == "flexv" and (row.act_bits, row.weight_bits) == (8, 8))
        self.assertEqual((flexv.published, flexv.measured), (6.0, 12.0))
        self.assertIn("2.50 times as fast", next(row.remark for row in rows if row.isa == "xpulpv2"))
        energy = next(row for row in rows if row.experiment == "network_energy")
        self.assertEqual((energy.published, energy.measured), (8.55, 1.5))
        self.assertIn("150.0 pJ a cycle, published 427.5 pJ; 2.00 times fewer cycles", energy.remark)
        self.assertEqual(reproduce.verdict(energy), "82.5 % less")
        kept, missed = [row for row in rows if row.experiment == "external_memory"][:2]
        self.assertEqual((reproduce.verdict(kept), reproduce.verdict(missed)), ("kept", "missed"))
        self.assertAlmostEqual(missed.measured, 9.0)
        predictions = {row.isa: row for row in rows if row.experiment == "network_predictions"}
        self.assertEqual((predictions["xpulpnn"].measured, reproduce.verdict(predictions["xpulpnn"])), (95.0, "not all"))
        self.assertIn("19 of 20 layers; others: fc +9.0 %", predictions["xpulpnn"].remark)
        self.assertEqual(reproduce.verdict(predictions["flexv"]), "all")
        transfers = {row.isa: reproduce.verdict(row) for row in rows if row.experiment == "network_transfers"}
        self.assertEqual(transfers, {"flexv": "kept", "xpulpnn": "kept", "xpulpv2": "missed"})
        unpublished = [row for row in rows if "ResNet-20, 4b2b;" in row.remark and row.experiment == "networks"]
        self.assertEqual([row.kind for row in unpublished], ["prediction"] * 3)

    def test_a_slow_kernel_fails(self) -> None:
        done, _, page = self.reproduce(PROGRAM.format(python=sys.executable, cycles=300000))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("% less", page)

    def test_a_program_that_fails_is_an_error(self) -> None:
        done, rows, _ = self.reproduce("#!/bin/sh\necho broken >&2; exit 102\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("exit status 102", done.stderr)
        self.assertEqual(rows, [])


class LayerPlanTest(unittest.TestCase):
    def test_the_networks_have_their_published_sizes(self) -> None:
        done = subprocess.run([sys.executable, "-B", ROOT / "sw/golden/layer_plan.py", "--json"],
                              capture_output=True, text=True, check=True)
        layers = json.loads(done.stdout)
        sums: dict[str, int] = {}
        for layer in layers:
            sums[layer["network"]] = sums.get(layer["network"], 0) + layer["count"] * layer["macs"]
        self.assertEqual(sums["mobilenet_8b"], 325_400_448)
        self.assertEqual(sums["mobilenet_8b4b"], 303_464_448)  # the pointwise layers
        self.assertEqual(sums["resnet20_4b2b"], 40_813_184 - 640)  # without the last layer


if __name__ == "__main__":
    unittest.main()
