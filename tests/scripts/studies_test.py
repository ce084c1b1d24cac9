# SPDX-License-Identifier: Apache-2.0
"""The shipped studies, with fewer points: each runs, and shows what its page claims.

The simulator is the one in the environment variable FLEXV_VP, the images are in FLEXV_IMAGES."""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from flexv_tools.sweep import main  # noqa: E402

PROGRAM = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
IMAGES = Path(os.environ.get("FLEXV_IMAGES", ROOT / "build/sw")).resolve()


class ShippedStudies(unittest.TestCase):
    def rows(self, name: str, parameters: dict[str, list[Any]]) -> list[dict[str, str]]:
        """The table of the study with these values instead of its own."""
        text = (ROOT / "studies" / name).read_text(encoding="utf-8").replace("../build/sw", str(IMAGES))
        document = json.loads(text)
        self.assertLessEqual(parameters.keys(), document["parameters"].keys())
        document["parameters"] |= parameters
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / name).write_text(json.dumps(document))
            options = ["--program", str(PROGRAM), "--cache", str(folder / "cache"), "--quiet"]
            self.assertEqual(main.main([str(folder / name), "--out", str(folder / "out"), *options]), 0)
            with (folder / "out/results.csv").open(newline="") as file:
                return list(csv.DictReader(file))

    def test_twice_the_cores_nearly_double_the_throughput_where_banks_suffice(self) -> None:
        parameters = {"soc.cluster.core_count": [4, 8], "soc.cluster.tcdm.bank_count": [8, 16]}
        rows = self.rows("cores_banks.json", parameters)

        rate = {
            (row["soc.cluster.core_count"], row["soc.cluster.tcdm.bank_count"]): float(row["a8w8 MAC/cycle"])
            for row in rows
        }
        self.assertEqual(len(rate), 4)
        self.assertGreater(rate["8", "16"], 1.9 * rate["4", "16"])
        self.assertLess(rate["8", "8"], rate["8", "16"])

    def test_only_flexv_keeps_its_throughput_with_smaller_weights(self) -> None:
        rows = self.rows("instruction_sets.json", {"soc.cluster.core.isa": ["flexv", "xpulpnn"]})

        rate = {
            row["soc.cluster.core.isa"]: [float(row[f"{width} MAC/cycle"]) for width in ("a8w8", "a8w2")]
            for row in rows
        }
        self.assertGreater(rate["flexv"][1], 0.95 * rate["flexv"][0])
        self.assertLess(rate["xpulpnn"][1], 0.5 * rate["xpulpnn"][0])


if __name__ == "__main__":
    unittest.main()
