# SPDX-License-Identifier: Apache-2.0
"""The trained network of sw/networks/fashion_resnet20: it classifies, and the platform computes the evaluator's numbers.

The simulator is the one in the environment variable FLEXV_VP."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from flexv_tools.deploy import accuracy, evaluator, importer, integerise, main  # noqa: E402

PROGRAM = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
FOLDER = ROOT / "sw/networks/fashion_resnet20"
MODEL, IMAGES, LABELS = FOLDER / "resnet20_4b2b.onnx", FOLDER / "images.npy", FOLDER / "labels.npy"
RIGHT = 22  # of 24, measured


class TrainedNetwork(unittest.TestCase):
    def test_the_integer_evaluator_classifies_the_images_as_measured(self) -> None:
        network = integerise.integerise(importer.load(MODEL), "sum")
        samples = main.read_samples(IMAGES, network)
        outputs = main.outputs_of(network, [evaluator.run(network, each)[network.output] for each in samples])
        share = accuracy.share(outputs, accuracy.read_labels(LABELS, len(samples)))
        self.assertEqual((len(samples), round(share * len(samples))), (24, RIGHT))

    @unittest.skipUnless(shutil.which("riscv64-unknown-elf-gcc"), "no cross compiler")
    def test_the_platform_computes_every_tensor_of_an_image_as_the_evaluator(self) -> None:
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            np.save(folder / "image.npy", np.load(IMAGES)[:1])
            call = [str(MODEL), "--out", str(folder), "--run", "--program", str(PROGRAM)]
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                status = main.main([*call, "--input", str(folder / "image.npy"), "--labels", str(LABELS)])
            self.assertEqual(status, 0, said.getvalue())
            self.assertIn("every tensor equals the evaluator's", said.getvalue())
            self.assertIn("platform: 100.00 % of 1 samples right", said.getvalue())
            with (folder / "layers.csv").open(newline="") as file:
                rows = list(csv.DictReader(file))
        cycles = sum(int(row["cycles"]) for row in rows)
        microjoules = sum(float(row["energy_uj"]) for row in rows)
        self.assertGreater(microjoules, 0)
        print(f"a frame: {cycles:,} cycles, {cycles / 463e3:.2f} ms at 463 MHz, {microjoules:.1f} uJ")


if __name__ == "__main__":
    unittest.main()
