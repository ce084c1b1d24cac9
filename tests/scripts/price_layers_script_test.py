# SPDX-License-Identifier: Apache-2.0
"""scripts/price_layers: prices that explain what was measured, and what it measures on."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

try:
    import networks  # noqa: E402
    import onnx  # noqa: E402
except ImportError as error:
    raise unittest.SkipTest(f"no NumPy or ONNX: {error}") from error

from flexv_tools.deploy import cost, importer, integerise, main, prefetch, tiler  # noqa: E402
from flexv_tools.price_layers import fit, measure  # noqa: E402
from flexv_tools.price_layers import main as price_layers  # noqa: E402
from flexv_tools.price_layers import networks as surveyed  # noqa: E402
from flexv_tools.price_layers.measure import Sample  # noqa: E402

TRUE = {"layer": 1000.0, "tile": 500.0, "step": 16.0, "window": 70.0}


def sample(kind: str, tiles: int, steps: int, windows: int, noise: float = 1.0) -> Sample:
    work = {"layer": 1.0, "tile": float(tiles), "step": float(steps), "window": float(windows)}
    return Sample(kind, work, noise * fit.cycles_of(TRUE, work))


def several(kind: str) -> list[Sample]:
    return [sample(kind, 1 + i % 3, 40 * (i % 5), 7 * (i % 4)) for i in range(60)]


class Fit(unittest.TestCase):
    def test_prices_are_found_again(self) -> None:
        found = fit.fitted(several("pointwise"))["pointwise"]
        for name, value in TRUE.items():
            self.assertAlmostEqual(found[name] / value, 1, delta=0.05, msg=name)

    def test_no_price_is_negative(self) -> None:
        samples = several("pointwise")
        for number, each in enumerate(samples):  # a piece that comes where layers are faster
            if number % 2:
                each.work["lucky"] = 1.0
                samples[number] = Sample(each.kind, each.work, 0.9 * each.cycles)
        self.assertGreaterEqual(min(fit.fitted(samples)["pointwise"].values()), 0)

    def test_a_class_takes_prices_that_it_lacks_from_one_that_is_alike(self) -> None:
        samples = several("pointwise") + several("gathered")
        samples[0].work["rare step"] = 2.0
        found = fit.fitted(samples)
        self.assertEqual(found["gathered"]["rare step"], found["pointwise"]["rare step"])

    def test_samples_of_a_file_are_fitted_without_measuring(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            each = [{"kind": s.kind, "work": s.work, "cycles": s.cycles} for s in several("sums")]
            (folder / "samples.json").write_text(json.dumps(each))
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                status = price_layers.main(["--samples", str(folder / "samples.json"), "--out", str(folder / "prices.json"),
                                            "--program", str(folder / "none")])  # fmt: skip
            self.assertEqual(status, 0)
            self.assertRegex(said.getvalue(), r"sums +60 layers, 100\.0 % within 5 %")
            written = json.loads((folder / "prices.json").read_text())
            self.assertEqual(written["measured"]["sums"]["layers"], 60)
            self.assertIn("step", written["cycles"]["sums"])

    def test_a_missing_simulator_is_said(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(price_layers.main(["--program", "/nowhere/flexv-vp"]), 2)
        self.assertIn("/nowhere/flexv-vp: not found", said.getvalue())


class Survey(unittest.TestCase):
    def test_networks_are_the_same_for_a_seed_and_can_be_deployed(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "net.onnx"
            for make, seed in ((surveyed.network, 1), (surveyed.network, 2), (surveyed.residual_network, 3),
                               (surveyed.wide_network, 4)):
                model = make(seed)
                self.assertEqual(model.SerializeToString(), make(seed).SerializeToString())
                onnx.save(model, str(path))
                self.assertGreater(len(integerise.integerise(importer.load(path)).layers), 4)

    def test_what_layers_of_random_networks_do_has_a_price(self) -> None:
        """Prices that ship, of all instruction sets."""
        unpriced: set[str] = set()
        with tempfile.TemporaryDirectory() as name:
            for seed in range(6):
                path = networks.random_network(Path(name) / "net.onnx", seed)
                target = tiler.Target(main.ISAS[seed % 3])
                tilings = prefetch.linked(tiler.tile_all(integerise.integerise(importer.load(path)).layers, target), target)
                for tiling in tilings:
                    table = cost.prices()[tiler.class_of_tiling(tiling)]
                    unpriced |= {name for name in measure.layer_work(tiling, target.isa, 8) if name not in table}
        self.assertEqual(unpriced, set())


if __name__ == "__main__":
    unittest.main()
