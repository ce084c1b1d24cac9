# SPDX-License-Identifier: Apache-2.0
"""The shipped studies, with fewer points: each runs, and shows what its page claims.

The simulator is the one in the environment variable FLEXV_VP, the images are in FLEXV_IMAGES."""

from __future__ import annotations

import csv
import html
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


TOLERANCE = 0.05  # of a number on a page: a model or kernel that changes more makes its text wrong


class ShippedStudies(unittest.TestCase):
    def rows(self, name: str, parameters: dict[str, list[Any]]) -> list[dict[str, str]]:
        """The table of the study with these values instead of its own."""
        text = (ROOT / "studies" / name).read_text(encoding="utf-8").replace("../build/sw", str(IMAGES))
        text = text.replace("../sw/", f"{ROOT}/sw/").replace("../scripts/", f"{ROOT}/scripts/")
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

    def published(self, name: str) -> list[dict[str, str]]:
        with (ROOT / "docs/reference/studies" / name / "results.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def compare_with_page(self, name: str, rows: list[dict[str, str]]) -> None:
        """What the page in the documentation says of these points is still so, within TOLERANCE."""
        study = json.loads((ROOT / "studies" / f"{name}.json").read_text())
        page = (ROOT / "docs/reference/studies" / name / "index.html").read_text()
        again = f"scripts/sweep studies/{name}.json --out FOLDER --publish docs/reference/studies/{name} makes it again"
        self.assertIn(html.escape(json.dumps(study, indent=2)), page, again)
        keys = [*study["parameters"], "vdd", "mhz"]
        shown = {tuple(row[key] for key in keys): row for row in self.published(name)}
        for row in rows:
            there = shown[tuple(row[key] for key in keys)]
            for objective in study["objectives"]:
                value, old = float(row[objective["name"]]), float(there[objective["name"]])
                self.assertLessEqual(abs(value - old), TOLERANCE * abs(old), f"{objective['name']}: {again}")

    def test_every_study_has_a_page_that_the_tutorial_links(self) -> None:
        tutorial = (ROOT / "docs/tutorial/sweep.md").read_text()
        for path in sorted((ROOT / "studies").glob("*.json")):
            self.assertIn(f"(../reference/studies/{path.stem}/index.html)", tutorial)
            self.assertTrue((ROOT / "docs/reference/studies" / path.stem / "index.html").is_file())

    def test_twice_the_cores_nearly_double_the_throughput_where_banks_suffice(self) -> None:
        parameters = {"soc.cluster.core_count": [4, 8], "soc.cluster.tcdm.bank_count": [8, 16]}
        rows = self.rows("cores_banks.json", parameters)
        self.compare_with_page("cores_banks", rows)

        rate = {
            (row["soc.cluster.core_count"], row["soc.cluster.tcdm.bank_count"]): float(row["a8w8 MAC/cycle"])
            for row in rows
        }
        self.assertEqual(len(rate), 4)
        self.assertGreater(rate["8", "16"], 1.9 * rate["4", "16"])
        self.assertLess(rate["8", "8"], rate["8", "16"])

    def test_only_flexv_keeps_its_throughput_with_smaller_weights(self) -> None:
        rows = self.rows("instruction_sets.json", {"soc.cluster.core.isa": ["flexv", "xpulpnn"]})
        self.compare_with_page("instruction_sets", rows)

        rate = {
            row["soc.cluster.core.isa"]: [float(row[f"{width} MAC/cycle"]) for width in ("a8w8", "a8w2")]
            for row in rows
        }
        self.assertGreater(rate["flexv"][1], 0.95 * rate["flexv"][0])
        self.assertLess(rate["xpulpnn"][1], 0.5 * rate["xpulpnn"][0])
        area = {row["soc.cluster.core.isa"]: float(row["mm2"]) for row in rows}
        self.assertGreater(area["flexv"], area["xpulpnn"])

    def test_a_larger_private_cache_speeds_up_a_network_and_takes_silicon(self) -> None:
        sizes = {
            "soc.cluster.icache.l1_bytes": [256, 1024],
            "soc.cluster.icache.l15_bytes": [4096],
            "soc.cluster.icache.prefetches_at_reset": [False],
        }
        small, large = self.rows("icache_network.json", sizes)
        self.compare_with_page("icache_network", [small, large])

        self.assertLess(float(large["kcycles an image"]), float(small["kcycles an image"]))
        self.assertLess(float(large["kcycles stage3.1.conv1"]), float(small["kcycles stage3.1.conv1"]))
        self.assertGreater(float(large["mm2"]), float(small["mm2"]))

    def test_under_a_deadline_more_cores_run_at_a_lower_voltage(self) -> None:
        rows = self.rows("voltage_deadline.json", {"soc.cluster.core_count": [4, 8]})
        self.compare_with_page("voltage_deadline", rows)

        limit = 1.2
        for row in rows:
            self.assertEqual(row["feasible"] == "1", float(row["ms an image"]) <= limit, row)
        lowest = {
            cores: min(float(row["vdd"]) for row in rows if row["soc.cluster.core_count"] == cores and row["feasible"] == "1")
            for cores in ("4", "8")
        }
        self.assertLess(lowest["8"], lowest["4"])


if __name__ == "__main__":
    unittest.main()
