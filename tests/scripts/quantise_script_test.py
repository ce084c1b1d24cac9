# SPDX-License-Identifier: Apache-2.0
"""scripts/quantise and scripts/train: what they write is what scripts/deploy reads, and means what it should."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from flexv_tools.deploy import evaluator, exact, importer, integerise  # noqa: E402
from flexv_tools.errors import Failure  # noqa: E402
from flexv_tools.quantise import main, steps  # noqa: E402
from flexv_tools.train import data  # noqa: E402

SHAPE = [1, 3, 12, 12]


class FloatNetwork:
    """A residual network with normalisations, a depthwise layer and a classifier, random weights."""

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def conv(self, x: str, inputs: int, outputs: int, kernel: int, group: int = 1) -> str:
        depth = inputs // group * kernel**2
        w = self.constant(self.random.standard_normal((outputs, inputs // group, kernel, kernel)) / depth**0.5)
        y = self.node("Conv", x, w, kernel_shape=[kernel, kernel], pads=[kernel // 2] * 4, strides=[1, 1], group=group)
        parameters = [self.random.random(outputs) + 0.5, self.random.standard_normal(outputs) * 0.2,
                      self.random.standard_normal(outputs) * 0.2, self.random.random(outputs) + 0.5]  # fmt: skip
        return self.node("BatchNormalization", y, *(self.constant(p) for p in parameters))

    def save(self, path: Path) -> Path:
        x = self.node("Relu", self.conv("x", 3, 16, 3))
        y = self.node("Relu", self.conv(x, 16, 16, 3, 16))
        y = self.conv(y, 16, 16, 1)
        x = self.node("Relu", self.node("Add", x, y))
        x = self.node("Relu", self.conv(self.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), 16, 24, 3))
        x = self.node("Flatten", self.node("GlobalAveragePool", x))
        w = self.constant(self.random.standard_normal((7, 24)))
        return self.write(path, self.node("Gemm", x, w, self.constant(self.random.standard_normal(7)), transB=1), [1, 7])

    def write(self, path: Path, output: str, shape: list[int]) -> Path:
        graph = helper.make_graph(
            self.nodes, "net", [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)], self.constants)  # fmt: skip
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), str(path))
        return path


class Quantise(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.samples = np.random.default_rng(2).standard_normal((24, *SHAPE[1:])).astype(np.float32)
        np.save(self.folder / "x.npy", self.samples)

    def quantise(self, path: Path, *options: str) -> tuple[int, str]:
        said = io.StringIO()
        call = [str(path), str(self.folder / "out.onnx"), "--samples", str(self.folder / "x.npy"), *options]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return main.main(call), said.getvalue()

    def output_db(self, *options: str) -> float:
        status, said = self.quantise(FloatNetwork().save(self.folder / "net.onnx"), *options)
        self.assertEqual(status, 0, said)
        return float(said.split("outputs ")[1].split()[0])

    def test_eight_bits_lose_little_and_what_is_said_is_what_the_file_computes(self) -> None:
        self.assertGreater(self.output_db(), 30)
        imported = importer.load(self.folder / "out.onnx")
        network = integerise.integerise(imported, "product")
        walked = self.walked()
        for sample, wanted in list(zip(self.samples, walked))[:6]:
            stored = evaluator.quantise_input(network, sample.transpose(1, 2, 0).astype(np.float64))
            real = exact.outputs(imported, network, stored)
            self.assertLess(np.abs(real - wanted).max(), 0.05 * np.abs(walked).max())
            ours = evaluator.dequantise(network.output, evaluator.run(network, stored)[network.output]).reshape(-1)
            self.assertLess(np.abs(ours - real).max(), 0.02 * np.abs(walked).max())

    def walked(self) -> Any:
        from flexv_tools.quantise.walk import Widths, quantise

        _, walk = quantise(self.folder / "net.onnx", self.samples, Widths())
        return walk.rough[walk.graph.output[0].name]

    def test_gptq_is_better_than_rounding_to_nearest(self) -> None:
        self.assertGreater(self.output_db("--weights", "4"), self.output_db("--weights", "4", "--method", "nearest") + 1)

    def test_gptq_takes_up_errors_in_the_directions_that_samples_have(self) -> None:
        random = np.random.default_rng(3)
        rows = (random.standard_normal((200, 4)) @ random.standard_normal((4, 24))).astype(np.float32)
        weights = random.standard_normal((8, 24))
        scale = steps.weight_steps(weights, 4)
        errors = [
            np.mean((rows @ (codes * scale - weights).T) ** 2)
            for codes in (steps.gptq(weights, scale, 4, rows), steps.nearest(weights, scale, 4))
        ]
        self.assertLess(errors[0], errors[1] / 4)

    def test_widths_are_those_that_were_asked_for(self) -> None:
        self.output_db("--weights", "4", "--activations", "4", "--edges", "8")
        network = integerise.integerise(importer.load(self.folder / "out.onnx"))
        bits = [layer.weight_bits for layer in network.layers if hasattr(layer, "weight_bits")]
        self.assertEqual(bits, [8, 8, 4, 4, 8])
        self.assertEqual({layer.output.format.bits for layer in network.layers[:-1]}, {4})

    def test_what_is_not_supported_is_named(self) -> None:
        b = FloatNetwork()
        path = b.write(self.folder / "bad.onnx", b.node("Softmax", b.conv("x", 3, 4, 3)), [1, 4, 12, 12])
        status, said = self.quantise(path)
        self.assertEqual(status, 2)
        self.assertIn("softmax2 (Softmax): not supported; Conv", said)
        np.save(self.folder / "x.npy", np.full((2, *SHAPE[1:]), np.nan, np.float32))
        status, said = self.quantise(FloatNetwork().save(self.folder / "net.onnx"))
        self.assertEqual(status, 2)
        self.assertIn("not finite", said)

    # --- networks that are a line or two

    def network(self, made: Any) -> Any:
        """As scripts/deploy reads what is written of the network that `made` ends, and the ratio of its outputs."""
        b, output = made
        status, said = self.quantise(b.write(self.folder / "net.onnx", output, [1]))
        self.assertEqual(status, 0, said)
        self.db = float(said.split("outputs ")[1].split()[0])
        return integerise.integerise(importer.load(self.folder / "out.onnx"))

    def classified(self, b: FloatNetwork, x: str, channels: int) -> tuple[FloatNetwork, str]:
        x = b.node("Relu", self.plain(b, x, channels, 8))
        w = b.constant(b.random.standard_normal((5, 8)))
        return b, b.node("Gemm", b.node("Flatten", b.node("GlobalAveragePool", x)), w, b.constant(np.zeros(5)), transB=1)

    @staticmethod
    def plain(b: FloatNetwork, x: str, inputs: int, outputs: int, factor: Any = 1.0) -> str:
        """A convolution whose results are `factor` times as large."""
        w = b.random.standard_normal((outputs, inputs, 3, 3)) / (9 * inputs) ** 0.5
        return b.node("Conv", x, b.constant(w * np.reshape(factor, (-1, 1, 1, 1))), kernel_shape=[3, 3], pads=[1] * 4)

    def test_operands_of_a_concatenation_share_a_step_and_sign_that_suit_all_of_them(self) -> None:
        for order in (1, -1):
            for has_relu in (True, False):
                with self.subTest(order=order, has_relu=has_relu):
                    b = FloatNetwork()
                    small, large = b.node("Relu", self.plain(b, "x", 3, 8, 0.3)), self.plain(b, "x", 3, 8, 6.0)
                    parts = [small, b.node("Relu", large) if has_relu else large][::order]
                    self.network(self.classified(b, b.node("Concat", *parts, axis=1), 16))
                    self.assertGreater(self.db, 35)

    def test_channels_without_weights_are_deployed(self) -> None:
        b = FloatNetwork()
        factors = np.array([1, 0, 1, 1e-13, 1, 1e-7, 1, 1])
        self.network(self.classified(b, b.node("Relu", self.plain(b, "x", 3, 8, factors)), 8))
        self.assertGreater(self.db, 35)
        for bits, high in ((8, 127), (4, 7), (2, 1)):
            usual = steps.weight_steps(np.array([[4.0, 0.0], [0.0, 0.0], [2.0, 1.0], [6.0, 3.0]]), bits)[1, 0]
            self.assertEqual(usual, 4 / high)
        self.assertTrue(np.all(steps.weight_steps(np.zeros((2, 3)), 8) == 1))

    def test_an_output_that_is_no_sum_of_a_last_layer_is_quantised(self) -> None:
        for end in ("Conv", "Relu", "GlobalAveragePool", "MaxPool"):
            with self.subTest(end):
                b = FloatNetwork()
                y = self.plain(b, "x", 3, 8)
                if end != "Conv":
                    y = b.node(end, y, **({"kernel_shape": [2, 2]} if end == "MaxPool" else {}))
                network = self.network((b, b.node("Flatten", y)))
                self.assertEqual(network.output.format.bits, 8)
                self.assertGreater(self.db, 30)

    def test_additions_of_constants_are_biases(self) -> None:
        b = FloatNetwork()
        y = b.node("Relu", b.node("Add", self.plain(b, "x", 3, 8), b.constant(b.random.standard_normal((8, 1, 1)))))
        y = b.node("Flatten", b.node("GlobalAveragePool", y))
        y = b.node("Add", b.constant(b.random.standard_normal(5)), b.node("MatMul", y, b.constant(b.random.standard_normal((8, 5)))))
        network = self.network((b, y))
        self.assertEqual([layer.kind for layer in network.layers], ["convolution", "average", "sums"])
        self.assertGreater(self.db, 40)

    def test_a_layer_whose_result_is_the_output_keeps_it(self) -> None:
        b = FloatNetwork()
        y = self.plain(b, "x", 3, 8)
        b.node("Add", y, b.constant(np.ones((8, 1, 1))))  # for nobody
        self.network((b, y))
        self.assertGreater(self.db, 30)

    def test_samples_of_another_shape_or_kind_are_refused(self) -> None:
        path = FloatNetwork().save(self.folder / "net.onnx")
        for samples in (self.samples.transpose(0, 2, 3, 1), self.samples[:, :, :10], self.samples[:, :, 0, 0]):
            np.save(self.folder / "x.npy", samples)
            status, said = self.quantise(path)
            self.assertEqual((status, "expected [samples, 3, 12, 12], as input x" in said), (2, True), said)
        np.savez(self.folder / "x.npz", self.samples)
        (self.folder / "x.npz").rename(self.folder / "x.npy")
        status, said = self.quantise(path)
        self.assertEqual((status, "an archive of arrays" in said), (2, True), said)

    def test_what_is_read_is_not_written(self) -> None:
        path = FloatNetwork().save(self.folder / "out.onnx")
        before = path.read_bytes()
        status, said = self.quantise(path)
        self.assertEqual((status, path.read_bytes()), (2, before))
        self.assertIn("cannot be written as well", said)


class Train(unittest.TestCase):
    def test_a_data_set_is_read_and_framed(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            images = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
            header = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 28, 28)
            (folder / "train-images-idx3-ubyte").write_bytes(header + images.tobytes())
            (folder / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1]) + struct.pack(">I", 2) + bytes([7, 3]))
            found, labels = data.read("train", folder)
            self.assertEqual((found.shape, list(labels)), ((2, 1, 32, 32), [7, 3]))
            self.assertTrue(np.array_equal(found[1, 0, 2:30, 2:30], images[1]) and found[:, :, :2].sum() == 0)
            (folder / "train-images-idx3-ubyte").write_bytes(header + images.tobytes()[:-1])
            with self.assertRaisesRegex(Failure, "no file of images"):
                data.read("train", folder)
            with self.assertRaisesRegex(Failure, "dataset-fashion-mnist"):
                data.read("t10k", folder)

    @unittest.skipUnless(importlib.util.find_spec("torch"), "python3-torch is not installed")
    def test_the_file_means_what_was_trained(self) -> None:
        from flexv_tools.train import export
        from flexv_tools.train.network import Classifier, torch

        torch.set_num_threads(1)
        images = np.random.default_rng(4).integers(0, 256, (8, 1, 32, 32))
        net = Classifier()
        net.logits(torch.from_numpy(images).float())  # statistics and steps
        net.is_training = False
        wanted = net.logits(torch.from_numpy(images).float()).detach().numpy()
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "net.onnx"
            export.save(net, path)
            imported = importer.load(path)
        network = integerise.integerise(imported)
        for image, logits in zip(images, wanted):
            real = exact.outputs(imported, network, evaluator.quantise_input(network, image.transpose(1, 2, 0)))
            self.assertLess(np.abs(real - logits).max(), 0.1 * np.abs(wanted).max())


if __name__ == "__main__":
    unittest.main()
