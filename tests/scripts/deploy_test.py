# SPDX-License-Identifier: Apache-2.0
"""scripts/deploy: what networks mean, what is refused, and that the platform computes the evaluator's numbers.

The simulator is the one in the environment variable FLEXV_VP."""

from __future__ import annotations

import contextlib
import csv
import html
import importlib.util
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import onnx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

import foreign_networks  # noqa: E402
import networks  # noqa: E402
import reference_executor  # noqa: E402

from flexv_tools.deploy import build, cost, evaluator, examples, external_plan, importer, integerise, main, places, planner, prefetch, report, settings, stream, tiler, work  # noqa: E402
from flexv_tools.deploy.graph import Bias, Dense, Format, Network, Tensor, Unsupported  # noqa: E402
from flexv_tools.errors import Failure  # noqa: E402
from flexv_tools.sweep import main as sweep  # noqa: E402

PROGRAM = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
SEEDS = range(int(os.environ.get("FLEXV_DEPLOY_SEEDS", "6")))


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def builder(self, style: str = "qcdq") -> networks.Builder:
        return networks.Builder(1, style)

    def save(self, b: networks.Builder, output: str, shape: list[int], out_shape: list[int] | None = None) -> Path:
        return b.save(self.folder / "net.onnx", shape, output, out_shape or [1])

    def network(self, path: Path, bias: Bias = "sum") -> Network:
        return integerise.integerise(importer.load(path), bias)


class Meaning(Folder):
    """The evaluator against the operators' definitions, layer by layer: each gets the evaluator's inputs."""

    def check(self, path: Path, seed: int = 0, bias: Bias = "sum") -> None:
        network = self.network(path, bias)
        form = network.input.format
        sample = np.random.default_rng(seed).integers(form.low, form.high + 1, network.input.shape)
        sample[..., network.input.channels :] = 0
        values = evaluator.run(network, sample)
        layers = [layer for layer in network.layers if layer.output.format.bits != 32]
        steps = iter(layers)
        real = evaluator.dequantise(network.input, sample).transpose(2, 0, 1)
        is_first = [True]

        def hook(node: str, exact: Any, scale: float, zero: float) -> Any:
            if is_first[0]:  # the input itself
                is_first[0] = False
                return real[None]
            layer = next(steps)
            out = layer.output
            stored = values[out][..., : out.channels].transpose(2, 0, 1)[None].reshape(exact.shape)
            if layer.kind != "maximum":
                shift = out.zero - zero  # codes of the file may be those of another sign
                bounded = np.clip(exact + shift, out.format.low, out.format.high)
                limit = 0.5 + layer.error + 1e-6
                self.assertLessEqual(np.abs(stored - bounded).max(), limit, f"{path.stem}: {layer.name} at {node}")
            return (stored - out.zero) * out.scale

        result = reference_executor.execute(onnx.load(str(path)).graph, real, hook)
        ours = evaluator.dequantise(network.output, values[network.output]).transpose(2, 0, 1)
        step = np.asarray(network.output.scale).reshape(-1, 1, 1)
        self.assertLessEqual(np.abs((ours - result.reshape(ours.shape)) / step).max(), 0.5 + 1e-6)

    def test_random_networks(self) -> None:
        for seed in range(40):
            with self.subTest(seed=seed):
                self.check(networks.random_network(self.folder / f"random{seed}.onnx", seed), seed)

    def test_random_networks_with_the_bias_behind_the_product(self) -> None:
        for seed in range(40, 60):
            with self.subTest(seed=seed):
                self.check(networks.random_network(self.folder / f"random{seed}.onnx", seed), seed, "product")

    def test_a_bias_behind_the_product_is_more_exact(self) -> None:
        b = self.builder()
        y = b.quantise(b.conv(b.quantise("x", 0.1, 4), 8, 8, (1, 1), 1, (0, 0, 0, 0), bits=2), 0.1, 4)
        path = self.save(b, y, [1, 8, 5, 5])
        errors = [self.network(path, bias).layers[0].error for bias in ("sum", "product")]
        self.assertGreater(errors[0], 0.01)
        self.assertLess(errors[1], 0.001)

    def test_a_batch_normalisation_with_negative_factors_is_folded(self) -> None:
        b = self.builder()
        x = b.quantise("x", 1 / 255)
        y = b.conv(x, 3, 8, bits=4)
        parameters = [b.constant(b.random.standard_normal(8)) for _ in range(3)]
        y = b.node("BatchNormalization", y, *parameters, b.constant(b.random.random(8) + 0.1))
        y = b.quantise(b.node("Relu", y), 0.01)
        self.check(self.save(b, y, [1, 3, 9, 7]))

    def test_an_activation_with_a_zero_of_its_own_feeds_a_layer_without_padding(self) -> None:
        b = self.builder()
        x = b.quantise("x", 0.02, zero=117)
        y = b.quantise(b.conv(x, 3, 8, (1, 1), 1, (0, 0, 0, 0)), 0.01, zero=100)
        self.check(self.save(b, y, [1, 3, 6, 5]))

    def test_a_clip_of_the_reals_is_one_of_the_codes(self) -> None:
        b = self.builder()
        y = b.conv(b.quantise("x", 1 / 255), 3, 8)
        y = b.quantise(b.node("Clip", y, b.constant(0.0), b.constant(6 * 0.01)), 0.001)
        network = self.network(self.save(b, y, [1, 3, 6, 5]))
        layer = network.layers[0]
        assert isinstance(layer, Dense)
        self.assertEqual((layer.low, layer.high), (0, 60))

    def test_an_integer_network_is_floored_where_it_says_so(self) -> None:
        """The addend of 11 is less than a whole sum and rounded to one, which the network says."""
        b = self.builder()
        x = b.quantise("x", 1.0)
        w = b.constant(b.random.integers(-8, 8, (4, 4, 1, 1)))
        y = b.node("Conv", x, w, kernel_shape=[1, 1])
        y = b.node("Add", b.node("Mul", y, b.constant(37.0)), b.constant(11.0))
        y = b.node("Floor", b.node("Div", y, b.constant(256.0)))
        y = b.node("Clip", y, b.constant(0.0), b.constant(255.0))
        network = self.network(self.save(b, y, [1, 4, 3, 3]))
        sample = np.random.default_rng(3).integers(0, 256, network.input.shape)
        weights = onnx.numpy_helper.to_array(b.constants[2]).reshape(4, 4)
        expected = np.clip((sample @ weights.T.astype(np.int64) * 37 + 11) // 256, 0, 255)
        ours = evaluator.run(network, sample)[network.output]
        self.assertLessEqual(np.abs(ours - expected).max(), 1)
        self.assertGreater(np.mean(ours == expected), 0.9)
        self.assertAlmostEqual(network.layers[0].error, 11 / 256, places=3)
        self.assertIn("largest deviation", network.notes[0])


@unittest.skipUnless(importlib.util.find_spec("torch"), "python3-torch is not installed")
class InTorch(Meaning):
    """The same with convolutions, matrix products and pooling by PyTorch, in float64."""

    def setUp(self) -> None:
        super().setUp()
        original = dict(reference_executor.OPERATORS)
        self.addCleanup(reference_executor.OPERATORS.update, original)
        reference_executor.OPERATORS.update(Conv=self.conv, MaxPool=self.max_pool, Gemm=self.gemm, GlobalAveragePool=self.average)

    @staticmethod
    def conv(inputs: list[Any], attributes: dict[str, Any]) -> Any:
        import torch

        x, w, *bias = (torch.from_numpy(np.ascontiguousarray(each)) for each in inputs)
        top, left, bottom, right = attributes["pads"]
        padded = torch.nn.functional.pad(x, (left, right, top, bottom))
        return torch.nn.functional.conv2d(padded, w, *bias, stride=list(attributes["strides"]), groups=attributes["group"]).numpy()

    @staticmethod
    def max_pool(inputs: list[Any], attributes: dict[str, Any]) -> Any:
        import torch

        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        padded = torch.nn.functional.pad(torch.from_numpy(inputs[0]), (left, right, top, bottom), value=-np.inf)
        return torch.nn.functional.max_pool2d(padded, list(attributes["kernel_shape"]), list(attributes["strides"])).numpy()

    @staticmethod
    def gemm(inputs: list[Any], _: dict[str, Any]) -> Any:
        import torch

        return torch.nn.functional.linear(*(torch.from_numpy(np.ascontiguousarray(each)) for each in inputs)).numpy()

    @staticmethod
    def average(inputs: list[Any], _: dict[str, Any]) -> Any:
        import torch

        return torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(np.ascontiguousarray(inputs[0])), 1).numpy()


class Refusals(Folder):
    """Node, operator, what is not supported and what would be."""

    def refused(self, b: networks.Builder, output: str, *words: str, shape: tuple[int, ...] = (1, 4, 8, 8)) -> None:
        with self.assertRaises(Unsupported) as caught:
            self.network(self.save(b, output, list(shape)))
        for word in ("node ", "accepted: ", *words):
            self.assertIn(word, str(caught.exception))

    def test_an_unknown_operator_is_named_with_the_known_ones(self) -> None:
        b = self.builder()
        self.refused(b, b.node("Softmax", b.quantise("x", 1.0)), "softmax", "Softmax", "conv")

    def test_weights_that_are_not_quantised(self) -> None:
        b = self.builder()
        w = b.constant(b.random.standard_normal((4, 4, 3, 3)))
        y = b.node("Conv", b.quantise("x", 1.0), w, kernel_shape=[3, 3])
        self.refused(b, y, "weights are not quantised", "QuantizeLinear")

    def test_an_input_that_is_not_quantised(self) -> None:
        b = self.builder()
        self.refused(b, b.conv("x", 4, 4), "not quantised")

    def test_groups_dilation_and_strides(self) -> None:
        for attributes, word in (({"group": 2}, "2 groups"), ({"dilations": [2, 2]}, "dilation"),
                                 ({"strides": [1, 0]}, "strides")):  # fmt: skip
            b = self.builder()
            w = b.weights((4, 4 // attributes.get("group", 1), 3, 3), 8, 0.1)
            y = b.node("Conv", b.quantise("x", 1.0), w, kernel_shape=[3, 3], **attributes)
            self.refused(b, b.quantise(y, 1.0), word)

    def test_padding_by_what_is_no_code(self) -> None:
        b = self.builder("qonnx")
        self.refused(b, b.quantise(b.conv(b.quantise("x", 0.1, 4, zero=77), 4, 4), 1.0), "zero 77 is no code")

    def test_scales_that_are_not_finite(self) -> None:
        for scale in (float("nan"), float("inf"), 0.0, -1.0):
            b = self.builder()
            self.refused(b, b.quantise("x", scale), "scale")

    def test_a_concatenation_of_different_scales_that_is_not_quantised(self) -> None:
        b = self.builder()
        x = b.quantise("x", 0.1)
        parts = [b.quantise(b.conv(x, 4, 8), scale) for scale in (0.1, 0.2)]
        self.refused(b, b.node("Concat", *parts, axis=1), "not quantised")

    def test_sums_that_leave_32_bits(self) -> None:
        b = self.builder()
        y = b.quantise(b.conv(b.quantise("x", 1.0), 4, 4, gain=1e6), 1e-3)
        self.refused(b, y, "32 bits", "steps")

    def test_a_layer_that_no_tile_makes_fit_says_how_much_is_missing(self) -> None:
        b = self.builder()
        y = b.quantise(b.conv(b.quantise("x", 1.0), 4, 4), 1.0)
        network = self.network(self.save(b, y, [1, 4, 8, 4000]))
        with self.assertRaisesRegex(Unsupported, r"conv.*needs [\d,]+ bytes of L1, [\d,]+ more"):
            tiler.tile(network.layers[0], tiler.Target())

    def test_a_network_larger_than_l2_says_what_would_do(self) -> None:
        b = self.builder()
        y = b.quantise(b.conv(b.quantise("x", 1.0), 4, 64), 1.0)
        network = self.network(self.save(b, y, [1, 4, 64, 64]))
        tilings = [tiler.tile(layer, tiler.Target()) for layer in network.layers]
        with self.assertRaisesRegex(Unsupported, r"L2 has to hold.*more than its 262,144.*--l2-bytes \d+"):
            planner.plan(network, tilings, 256 * 1024)


class HostileFiles(Folder):
    def failure(self, data: bytes, *words: str) -> None:
        path = self.folder / "bad.onnx"
        path.write_bytes(data)
        with self.assertRaises((Failure, Unsupported)) as caught:
            self.network(path)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def model(self) -> Any:
        b = self.builder()
        y = b.quantise(b.conv(b.quantise("x", 1.0), 4, 4), 1.0)
        return onnx.load(str(self.save(b, y, [1, 4, 8, 8])))

    def test_what_is_no_onnx_file(self) -> None:
        self.failure(b"\x7fELF nothing of the kind", "no ONNX file")
        self.failure(b"", "no ONNX file")
        for path, word in ((self.folder, "no regular file"), (self.folder / "nothing.onnx", "no such file")):
            with self.assertRaisesRegex(Failure, word):
                importer.load(path)

    def test_truncated_files(self) -> None:
        data = self.model().SerializeToString()
        for end in range(1, len(data), max(1, len(data) // 60)):
            path = self.folder / "cut.onnx"
            path.write_bytes(data[:end])
            with contextlib.suppress(Failure, Unsupported):
                self.network(path)

    def test_a_cycle_and_a_missing_operand(self) -> None:
        for name in ("conv7", "nobody"):
            model = self.model()
            node = next(node for node in model.graph.node if node.op_type == "Conv")
            node.input[0] = node.output[0] if name == "conv7" else name
            self.failure(model.SerializeToString(), "never made")

    def test_what_is_made_twice(self) -> None:
        for name in ("x", "c0", "conv3"):  # the input, an initializer, another node's result
            model = self.model()
            node = model.graph.node[-1] if name == "conv3" else next(node for node in model.graph.node if node.op_type == "Conv")
            node.output[0] = name
            self.failure(model.SerializeToString(), "which is there already", name)

    def test_constants_in_other_files(self) -> None:
        for name, word in (("../secret", "network's folder"), ("/etc/hostname", "network's folder"), ("nothing", "is not there")):
            model = self.model()
            item = model.graph.initializer[3]
            item.ClearField("raw_data")
            item.data_location = onnx.TensorProto.EXTERNAL
            entry = item.external_data.add()
            entry.key, entry.value = "location", name
            self.failure(model.SerializeToString(), word)

    def test_negative_sizes(self) -> None:
        model = self.model()
        model.graph.initializer[2].dims[0] = -4
        self.failure(model.SerializeToString(), "expected sizes of 0 and more")

    def test_names_do_not_reach_the_terminal(self) -> None:
        model = self.model()
        node = next(node for node in model.graph.node if node.op_type == "Conv")
        node.name, node.op_type = "a\n\x1b[31m" + "x" * 5000, "Con\tv"
        with self.assertRaises(Unsupported) as caught:
            self.network_of(model)
        self.assertTrue(str(caught.exception).isprintable())
        self.assertLess(len(str(caught.exception)), 1500)

    def test_attributes_of_a_layer_that_are_anything(self) -> None:
        for name, value in (("group", 0), ("group", -1), ("pads", [-1] * 4), ("pads", [1 << 40] * 4), ("pads", [1, 1, 1]),
                            ("strides", [1 << 40, 1]), ("strides", [-1, -1]), ("kernel_shape", [5, 5]), ("auto_pad", "NONSENSE"),
                            ("dilations", [0, 0])):  # fmt: skip
            model = self.model()
            node = next(node for node in model.graph.node if node.op_type == "Conv")
            for old in [each for each in node.attribute if each.name == name]:
                node.attribute.remove(old)
            node.attribute.append(onnx.helper.make_attribute(name, value))
            with self.assertRaises(Unsupported, msg=f"{name} {value}"):
                self.network_of(model)

    def test_huge_and_missing_dimensions(self) -> None:
        for value in (1 << 40, 0):
            model = self.model()
            model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = value
            self.failure(model.SerializeToString(), "shape")

    def test_a_constant_whose_data_do_not_fit_its_shape(self) -> None:
        model = self.model()
        model.graph.initializer[3].dims[0] = 99
        self.failure(model.SerializeToString(), model.graph.initializer[3].name)


    def test_wrong_types_and_shapes_of_constants(self) -> None:
        for number, name in enumerate(item.name for item in self.model().graph.initializer):
            for value in (np.array(["text"], object), np.zeros((0,), np.float32), np.float32([[np.nan]]), np.int64(-(1 << 40))):
                model = self.model()
                model.graph.initializer[number].CopyFrom(onnx.numpy_helper.from_array(np.asarray(value), name))
                with contextlib.suppress(Failure, Unsupported):
                    self.network_of(model)

    def test_fields_of_the_file_that_are_anything(self) -> None:
        """Nodes lose, exchange and repeat operands; attributes get other types. What comes of it is a network or a text."""
        for seed in range(int(os.environ.get("FLEXV_DEPLOY_DAMAGES", "150"))):
            random = np.random.default_rng(seed)
            model = onnx.load(str(networks.random_network(self.folder / "r.onnx", seed % 10))) if seed % 3 else foreign_networks.made(
                list(foreign_networks.NETWORKS)[seed // 3 % len(foreign_networks.NETWORKS)])  # fmt: skip
            for _ in range(int(random.integers(1, 4))):
                damage(model.graph, random)
            with self.subTest(seed=seed), contextlib.suppress(Failure, Unsupported):
                self.network_of(model)

    def network_of(self, model: Any) -> Network:
        path = self.folder / "damaged.onnx"
        path.write_bytes(model.SerializeToString())
        return self.network(path)


def damage(graph: Any, random: Any) -> None:
    node = graph.node[int(random.integers(len(graph.node)))]
    names = [item.name for item in graph.initializer] + [name for each in graph.node for name in each.output] + ["", "x"]
    kind = random.integers(7)
    if kind == 0 and len(node.input):
        node.input[int(random.integers(len(node.input)))] = str(random.choice(names))
    elif kind == 1 and len(node.input):
        del node.input[int(random.integers(len(node.input)))]
    elif kind == 2:
        others = ["Conv", "Add", "Quant", "DequantizeLinear", "MaxPool", "Gemm", "Concat", "Clip", "Reshape", "Split", "QLinearConv", "Pad",
                  "ConvInteger", "QLinearAdd", "QGemm", "Squeeze", "Unsqueeze", "Transpose", "Cast", "Max", "ReduceMean", "Flatten", "Sub"]  # fmt: skip
        node.op_type = str(random.choice(others))
    elif kind == 3 and len(node.attribute):
        old = node.attribute[int(random.integers(len(node.attribute)))]
        values = [1, -7, 1 << 40, 0.5, "text", [1, 2], [0.5], [-1, 1 << 33], []]
        value = values[int(random.integers(len(values)))]
        if value == []:
            node.attribute.remove(old)
        else:
            old.CopyFrom(onnx.helper.make_attribute(old.name, value))
    elif kind == 4:
        node.input.append(str(random.choice(names)))
    elif kind == 5:
        item = graph.initializer[int(random.integers(len(graph.initializer)))]
        item.data_type = int(random.integers(0, 17))
    else:
        del node.output[:]


class Plans(Folder):
    """Tiles and places are the best that there are in the model."""

    known: dict[tuple[str, int], list[tiler.Tiling]] = {}  # several tests look at the same chains

    def layers(self) -> list[Any]:
        found = []
        for seed in (0, 1, 2):
            found += self.network(networks.random_network(self.folder / f"r{seed}.onnx", seed)).layers
        found += self.network(foreign_networks.made_at("depthwise_with_zeros", self.folder / "d.onnx")).layers
        return found + self.network(networks.wide_network(self.folder / "w.onnx", (8, 4))).layers

    def test_no_other_tiling_is_cheaper(self) -> None:
        for layer in self.layers():
            for l1_bytes in (14_000, 40_000):
                target = tiler.Target("flexv", 8, l1_bytes)
                every = list(self.all_tilings(layer, target))
                if not every:
                    continue
                found = tiler.tile(layer, target)
                random = np.random.default_rng(3)
                chosen = [every[i] for i in random.choice(len(every), min(len(every), 60), replace=False)]
                others = every + [variant for each in chosen for variant in tiler.variants(each)]
                least = min(tiler.model_of(each, target).predict().cycles for each in others)
                self.assertLessEqual(found.predicted.cycles, least, f"{layer.name} {l1_bytes}")
                self.assertEqual(found.predicted.cycles, tiler.model_of(found, target).predict().cycles)

    def test_no_tiling_is_faster_than_its_bound(self) -> None:
        for layer in self.layers():
            target = tiler.Target("flexv", 8, 20_000)
            for each in list(self.all_tilings(layer, target))[::7]:
                for variant in list(tiler.variants(each))[::5]:
                    cycles = tiler.model_of(variant, target).predict().cycles
                    self.assertLessEqual(tiler.bound(variant, target, {}), cycles + 1e-6)
                    self.assertLessEqual(tiler.model_of(variant, target).bound(), cycles + 1e-6)

    def test_tiles_cover_a_layer_once(self) -> None:
        for layer in self.layers():
            for variant in tiler.variants(tiler.tile(layer, tiler.Target("flexv", 8, 20_000))):
                for spans, size in ((variant.row_spans, layer.output.height), (variant.channel_spans, layer.output.stored_channels)):
                    covered = [i for span in spans for i in range(span.begin, span.begin + span.count)]
                    self.assertEqual(covered, list(range(size)))

    def all_tilings(self, layer: Any, target: tiler.Target) -> Any:
        """Of equal tiles, without what makes the search short."""
        word = 32 // layer.input.format.bits
        most = layer.input.stored_channels
        for channels in tiler.widths_of(layer):
            parts = [channels] if tiler.is_channelwise(layer) else [*range(word, most, word), most, 4]
            for inputs in parts:
                for rows in range(1, layer.output.height + 1) if layer.kind != "sums" else [1]:
                    places = tiler.places_of(layer, rows, channels, inputs, target)
                    largest = tiler.largest_transfer(layer, rows, channels, inputs)
                    if inputs <= most and places.end <= target.l1_bytes and largest <= tiler.MAX_DMA_BYTES:
                        yield tiler.Tiling(layer, rows, channels, inputs, places)

    def test_operands_of_a_tile_lie_apart(self) -> None:
        for layer in self.layers():
            tiling = tiler.tile(layer, tiler.Target("flexv", 8, 14_000))
            p = tiling.places
            starts = {*p.input, *p.output, *p.weights, *p.scales, *p.sums, *p.second, p.workspace, p.bytes} - {0}
            self.assertLessEqual(max(starts, default=0), p.end)
            self.assertEqual(starts, {start for each in places.used_places(tiling).values() for start in each} - {0})
            self.assertLessEqual(p.end, 14_000)

    def linked(self, name: str, l1_bytes: int = tiler.Target.l1_bytes) -> list[tiler.Tiling]:
        """Layers of an example, or of a random network of that seed, as they follow each other."""
        if (name, l1_bytes) in self.known:
            return self.known[name, l1_bytes]
        path, target = self.folder / "net.onnx", tiler.Target("flexv", 8, l1_bytes)
        if name.isdigit():
            networks.random_network(path, int(name))
        elif name == "wide":
            networks.wide_network(path, (8, 8), sizes=(96, 120, 17))
        else:
            onnx.save(examples.NETWORKS[name](name), str(path))
        found = prefetch.chosen(tiler.options_of_all(self.network(path).layers, target), target)
        return self.known.setdefault((name, l1_bytes), found)

    def chains(self) -> Any:
        for name in ("resnet20_small_4b2b", "wide", *map(str, range(6))):
            for l1_bytes in (16_000, tiler.Target.l1_bytes):
                with self.subTest(name=name, l1_bytes=l1_bytes):
                    yield self.linked(name, l1_bytes), l1_bytes

    def test_operands_come_early_only_to_places_that_the_layer_before_has_left(self) -> None:
        numbers = {"weights": 0, "input": 0, "second": 0}
        for tilings, l1_bytes in self.chains():
            for number, (before, after) in enumerate(zip(tilings, tilings[1:])):
                self.assertLessEqual(after.places.end, l1_bytes)
                busy = places.busy_at_end(before)
                if number and before.count == 1 and not tilings[number - 1].links.is_result_awaited:
                    busy.append(places.last_result(tilings[number - 1]))
                links = after.links
                for name, is_early in (("weights", links.is_prefetched), ("input", links.is_input_ahead), ("second", links.is_second_ahead)):
                    numbers[name] += is_early
                    for start, end in places.extents_of(after, prefetch.OPERANDS[name]) if is_early else []:
                        for begin, stop in busy:
                            self.assertTrue(end <= begin or stop <= start, f"{after.layer.name} {name}")
        for name, number in numbers.items():
            self.assertGreater(number, 10, name)

    def test_a_result_leaves_late_only_from_a_place_that_the_next_layer_does_not_use(self) -> None:
        late = 0
        for tilings, _ in self.chains():
            self.assertTrue(tilings[-1].links.is_result_awaited)
            for before, after in zip(tilings, tilings[1:]):
                if before.links.is_result_awaited:
                    continue
                late += 1
                begin, stop = places.last_result(before)
                for start, end in places.extents(after).items():
                    is_kept = after.links.is_input_kept and start == after.places.input[0]
                    self.assertTrue(is_kept or end <= begin or stop <= start, after.layer.name)
        self.assertGreater(late, 30)

    def test_what_is_read_has_been_written(self) -> None:
        """Tile by tile, with a clock that counts tiles: transfers that begin with a tile have ended when the next one begins."""
        for tilings, _ in self.chains():
            written: dict[int, Any] = {}  # of each whole tensor, when: [row][channel]
            clock = 0
            for number, tiling in enumerate(tilings):
                links = tiling.links
                for tile in range(tiling.count):
                    for operand, tensor in enumerate(tiling.layer.inputs):
                        is_here = (links.is_input_ahead, links.is_second_ahead)[operand]
                        if tile == 0 and operand == 0 and links.is_input_kept:
                            continue
                        begins = clock - (tile != 0 or is_here)  # during the tile before
                        seen = written.get(id(tiler.whole_of(tensor)))
                        if seen is None:
                            continue  # the network's input
                        region = prefetch.operand_region(tiling, tile)
                        first = tensor.first + region.channels.begin
                        rows = seen[region.rows.begin : region.rows.begin + region.rows.count, first : first + region.channels.count]
                        self.assertLessEqual(rows.max(), begins, f"{tiling.layer.name} tile {tile} operand {operand}")
                    clock += 1
                    result, part = divmod(tile, tiling.input_parts)
                    if part + 1 == tiling.input_parts:
                        out = tiling.layer.output
                        whole = tiler.whole_of(out)
                        seen = written.setdefault(id(whole), np.full((whole.height, whole.stored_channels), 1 << 30))
                        rows, channels = tiling.row_spans[result % tiling.row_tiles], tiling.channel_spans[result // tiling.row_tiles]
                        first = out.first + channels.begin
                        is_waited = tile + 1 == tiling.count and links.is_result_awaited
                        seen[rows.begin : rows.begin + rows.count, first : first + channels.count] = clock + (not is_waited)

    def test_an_input_stays_only_between_layers_of_a_single_tile_and_apart_from_what_they_use(self) -> None:
        numbers = []
        for name in ("resnet20_small_4b2b", *map(str, range(6))):
            tilings = self.linked(name)
            numbers.append(sum(tiling.links.is_input_kept for tiling in tilings))
            for before, tiling in zip(tilings, tilings[1:]):
                if tiling.links.is_input_kept:
                    self.assertEqual((before.count, tiling.count), (1, 1))
                    self.assertIs(tiling.layer.input, before.layer.output)
                    self.check_kept(tiling, before.places.output[0], tiler.Target.l1_bytes)
        self.assertGreater(numbers[0], 25)
        self.assertGreater(sum(numbers[1:]), 3)

    def test_a_layer_is_not_divided_where_transfers_to_its_neighbours_would_cost_more(self) -> None:
        path, target = self.folder / "net.onnx", tiler.Target()
        onnx.save(examples.NETWORKS["resnet20_4b2b"]("resnet"), str(path))
        alone = tiler.tile_all(self.network(path).layers, target)
        together = self.linked("resnet20_4b2b")
        self.assertTrue(any(tiling.count > 1 for tiling in alone))
        self.assertTrue(all(tiling.count == 1 for tiling in together))
        self.assertLess(sum(t.predicted.cycles for t in together), sum(t.predicted.cycles for t in prefetch.linked(alone, target)))

    def test_the_options_that_are_chosen_cost_least_together(self) -> None:
        """Against every combination of three layers' options."""
        target = tiler.Target("flexv", 8, 30_000)
        for seed in (3, 4, 5):
            layers = self.network(networks.random_network(self.folder / "r.onnx", seed)).layers[:3]
            options = tiler.options_of_all(layers, target)
            every = [prefetch.linked(list(each), target) for each in itertools.product(*options)]
            least = min(sum(t.predicted.cycles for t in each) for each in every)
            self.assertAlmostEqual(sum(t.predicted.cycles for t in prefetch.chosen(options, target)), least, delta=0.002 * least)

    def test_groups_of_gathered_pixels_are_larger_only_where_the_cores_share_them_as_evenly(self) -> None:
        self.assertEqual([work.gathered_group(pixels, 8) for pixels in (1024, 256, 896, 784, 64, 4)], [16, 16, 16, 8, 8, 8])

    def check_kept(self, tiling: tiler.Tiling, start: int, l1_bytes: int) -> None:
        original, used = tiler.tile(tiling.layer, tiler.Target()), places.used_places(tiling)
        sizes, ends = places.extents(original), places.used_places(original)
        held = []
        for name, starts in used.items():
            self.assertEqual(len(set(starts)), 1, name)
            first = ends[name][0]
            held.append((starts[0], starts[0] + sizes[first] - first))
            self.assertEqual((starts[0] - first) % 64, (start - original.places.input[0]) % 64, name)
        self.assertEqual(used["input"][0], start)
        for (_, end), (begin, _) in zip(sorted(held), sorted(held)[1:]):
            self.assertLessEqual(end, begin)
        self.assertLessEqual(max(end for _, end in held), l1_bytes)
        self.assertEqual(max(end for _, end in held), tiling.places.end)

    def test_places_are_moved_as_a_whole(self) -> None:
        for layer in self.layers():
            tiling = tiler.tile(layer, tiler.Target("flexv", 8, 14_000))
            starts = sorted(places.extents(tiling))
            for variant in prefetch.variants(tiling, 30_000):
                shift = variant.places.end - tiling.places.end
                self.assertEqual(sorted(places.extents(variant)), [start + shift for start in starts])
                self.assertEqual(shift % places.BANK_ROW_BYTES, 0)

    def test_the_plan_of_a_residual_network_is_as_small_as_what_lives_together(self) -> None:
        for name in ("resnet20_4b2b", "mobilenet_8b"):
            path = self.folder / f"{name}.onnx"
            onnx.save(examples.NETWORKS[name](name), str(path))
            network = self.network(path)
            lives = planner.lives_of(network)
            least = max(planner.alive_bytes(lives, number) for number in range(len(network.layers)))
            self.assertEqual(planner.end_of(lives, planner.pack(lives, len(network.layers))), least)

    @unittest.skipUnless(shutil.which("cbc"), "coinor-cbc is not installed")
    def test_places_are_those_of_a_solver(self) -> None:
        for seed in range(4):
            random = np.random.default_rng(seed)
            lives = []
            for number in range(6):
                tensor = Tensor(f"t{number}", 1, int(random.integers(1, 9)) * 16, 4, Format(8, False), np.float64(1))
                begin = int(random.integers(0, 8))
                lives.append(planner.Life(tensor, begin, begin + int(random.integers(0, 5))))
            self.assertEqual(planner.end_of(lives, planner.pack(lives, 13)), self.solved(lives), f"seed {seed}")

    def solved(self, lives: list[planner.Life]) -> int:
        """The same as a mixed integer program: of two that live together one lies below the other."""
        most = sum(life.tensor.size_bytes for life in lives)
        rows = [f"end{i}: top - p{i} >= {life.tensor.size_bytes}" for i, life in enumerate(lives)]
        pairs = [(i, j) for i, a in enumerate(lives) for j, b in enumerate(lives) if i < j and a.meets(b)]
        for i, j in pairs:
            rows.append(f"u{i}x{j}: p{j} - p{i} + {most} b{i}x{j} >= {lives[i].tensor.size_bytes}")
            rows.append(f"v{i}x{j}: p{i} - p{j} - {most} b{i}x{j} >= {lives[j].tensor.size_bytes - most}")
        binaries = " ".join(f"b{i}x{j}" for i, j in pairs)
        (self.folder / "plan.lp").write_text(
            "minimize\n obj: top\nsubject to\n " + "\n ".join(rows) + f"\nbinary\n {binaries}\nend\n"
        )
        solution = self.folder / "plan.txt"
        subprocess.run(["cbc", str(self.folder / "plan.lp"), "solve", "solution", str(solution)], capture_output=True, check=True)
        return round(float(solution.read_text().split("objective value")[1].split()[0]))


def busy_places(tilings: list[tiler.Tiling], tile: int) -> list[tuple[int, int]]:
    """What is used of L1 while a tile is computed: by its operands, those of the next one and results; what operands of the next
    layer take that come in the last tile, and a result of the layer before that goes out in the first one."""
    begins = stream.first_tiles(tilings)
    number = max(i for i, begin in enumerate(begins[:-1]) if begin <= tile)
    tiling, index = tilings[number], tile - begins[number]
    ends, used = places.extents(tiling), places.used_places(tiling)
    starts = {start for name, places in used.items() if name != "weights" for start in places}
    if "weights" in used:
        for each in (index, index + 1):  # of this tile, and of the next one, which may come meanwhile
            if each < tiling.count:
                part = each // tiling.row_tiles if tiling.input_parts == 1 else each
                starts.add(used["weights"][part & 1])
    found = [(start, ends[start]) for start in starts]
    if index + 1 == tiling.count and number + 1 < len(tilings):
        after = tilings[number + 1]
        early = {"weights": after.links.is_prefetched, "input": after.links.is_input_ahead, "second": after.links.is_second_ahead}
        found += [each for name, is_early in early.items() if is_early for each in places.extents_of(after, prefetch.OPERANDS[name])]
    if index == 0 and number and not tilings[number - 1].links.is_result_awaited:
        found.append(places.last_result(tilings[number - 1]))
    return found


class Streams(Folder):
    """Weights that come from external memory: in time, whole, and to places where nothing else lies."""

    known: dict[Any, Any] = {}  # several tests look at the same plans

    def planned(self, name: str, l2_bytes: int, external: cost.External) -> tuple[Network, list[tiler.Tiling], planner.Plan, int]:
        key = (name, l2_bytes, external)
        if key not in self.known:
            self.known[key] = self.plan(name, l2_bytes, external)
        found: tuple[Network, list[tiler.Tiling], planner.Plan, int] = self.known[key]
        return found

    def plan(self, name: str, l2_bytes: int, external: cost.External) -> tuple[Network, list[tiler.Tiling], planner.Plan, int]:
        path = self.folder / f"{name}.onnx"
        if name == "wide":
            networks.wide_network(path, (8, 8), sizes=(96, 120, 17))
        else:
            onnx.save(examples.NETWORKS[name](name), str(path))
        network = self.network(path)
        target = tiler.Target("flexv", 8, 40_000, external)
        return network, *external_plan.plan_external(network, target, l2_bytes, 0), target.l1_bytes

    def cases(self) -> Any:
        for name, sizes in (("resnet20_small_4b2b", (30_000, 60_000)), ("wide", (24_000, 90_000, 200_000))):
            for l2_bytes in sizes:
                for rate in (0.1, 0.4, 4.0):
                    with self.subTest(name=name, l2_bytes=l2_bytes, rate=rate):
                        yield l2_bytes, self.planned(name, l2_bytes, cost.External(rate))

    def test_nothing_lies_on_something_else(self) -> None:
        for l2_bytes, (_, tilings, plan, l1_bytes) in self.cases():
            done = plan.schedule
            assert done is not None
            self.assertLessEqual(plan.l2_bytes, l2_bytes)
            inside = [life for life in plan.lives if life.tensor in plan.places]
            held = external_plan.taken_by(inside, plan.places, tilings)
            tiles = sum(tiling.count for tiling in tilings)
            arrives: dict[int, int] = {}
            for piece in done.pieces:
                for block in done.blocks:
                    if block.source < piece.source + piece.bytes and piece.source < block.source + block.size:
                        arrives.setdefault(id(block), piece.tile + 1)  # written from then on
            for block in done.blocks:
                if block.place is not None and (block.is_kept or id(block) in arrives):
                    first = -1 if block.is_kept else arrives[id(block)]
                    held.append(stream.Taken(block.place, block.place + block.goal, first, tiles if block.is_kept else block.last))
            for number, a in enumerate(held):
                for b in held[number + 1 :]:
                    apart = a.end <= b.begin or b.end <= a.begin or a.last < b.first or b.last < a.first
                    self.assertTrue(apart, f"{a} {b}")
            busy = [busy_places(tilings, tile) for tile in range(tiles)]
            for before, piece in zip([None, *done.pieces], done.pieces):
                self.assertLessEqual(piece.via + piece.bytes, l1_bytes)
                for begin, end in (place for places in busy[piece.tile : piece.tile + 2] for place in places):
                    self.assertTrue(end <= piece.via or piece.via + piece.bytes <= begin, f"{piece} {begin}..{end}")
                if before is not None:
                    self.assertLess(before.tile, piece.tile)
                    if before.tile == piece.tile - 1:
                        self.assertTrue(before.via + before.bytes <= piece.via or piece.via + piece.bytes <= before.via)

    def test_what_is_staged_has_come_whole_and_in_time(self) -> None:
        for _, (_, tilings, plan, _) in self.cases():
            done = plan.schedule
            assert done is not None
            for block in done.blocks:
                if block.is_kept or block.staged == 0:
                    continue
                assert block.place is not None
                came = bytearray(block.size)
                for piece in done.pieces:
                    low = max(piece.source, block.source)
                    high = min(piece.source + piece.bytes, block.source + block.size)
                    if low < high:
                        self.assertEqual(piece.place - piece.source, block.place - block.source)
                        self.assertLessEqual(piece.tile, block.deadline)
                        came[low - block.source : high - block.source] = b"x" * (high - low)
                self.assertEqual(came[: block.staged].count(b"x"), block.staged)
            size = sum(block.size for block in done.blocks)
            self.assertLessEqual(size - done.kept_bytes, done.streamed_bytes + done.direct_bytes)

    def test_what_is_left_to_a_tile_is_hidden_by_it(self) -> None:
        """A layer of large tiles whose weights are read while they are computed, and only what they do not hide lies in L2."""
        b = networks.Builder(2, "qcdq")
        y = b.quantise(b.conv(b.quantise("x", 1 / 128), 64, 64, (1, 1), 1, (0, 0, 0, 0)), 0.01)
        y = b.quantise(b.conv(y, 64, 256, (3, 3), 1, (1, 1, 1, 1)), 0.01)
        layers = self.network(b.save(self.folder / "net.onnx", [1, 64, 8, 8], y, [1])).layers
        for rate in (0.2, 0.4, 1.0, 4.0):
            external = cost.External(rate)
            target = tiler.Target("flexv", 8, 60_000, external)
            tilings = prefetch.linked(tiler.tile_all(layers, target), target)
            for reliance in ("none", "whole", "part"):
                blocks = stream.blocks_of(tilings)
                stream.leave_to_tiles(blocks, tilings, external, reliance)
                left: dict[int, float] = {}
                for block in blocks:
                    self.assertEqual(block.goal % block.row, 0)
                    self.assertIn(block.goal, range(block.size + 1) if reliance == "part" else (0, block.size))
                    if block.goal < block.size:
                        left[block.read] = left.get(block.read, 0.0) + external.cycles(block.size - block.goal)
                times = [time for tiling in tilings for time in tiling.predicted.tiles]
                self.assertTrue(all(times[tile].dma + cycles <= times[tile].compute + stream.CERTAIN[1] for tile, cycles in left.items()))
                if reliance != "whole" or rate == 4.0:
                    self.assertEqual(bool(left), reliance != "none")

    def test_a_plan_is_as_fast_as_any_of_all_combinations(self) -> None:
        """Tilings of three layers, and ways to bring weights."""
        for seed, l2_bytes in ((3, 20_000), (4, 24_000), (8, 40_000)):
            network = self.network(networks.random_network(self.folder / "r.onnx", seed))
            network.layers = network.layers[:3]
            network.output = network.layers[-1].output
            target = tiler.Target("flexv", 8, 30_000, cost.External(0.1))
            tilings, _ = external_plan.plan_external(network, target, l2_bytes, 0)
            search = external_plan.Search(network, target, external_plan.memory_of(network, l2_bytes), {})
            every = itertools.product(itertools.product(*(range(len(options)) for options in search.options)), external_plan.WAYS)
            least = min(search.tried(chosen, way).cost()[0] for chosen, way in every)
            self.assertAlmostEqual(sum(tiling.predicted.cycles for tiling in tilings), least, delta=0.01 * least)

    def test_a_faster_memory_and_a_larger_l2_cost_less(self) -> None:
        def cycles(l2_bytes: int, rate: float) -> float:
            _, tilings, _, _ = self.planned("wide", l2_bytes, cost.External(rate))
            return sum(tiling.predicted.cycles for tiling in tilings)

        self.assertGreater(cycles(24_000, 0.1), cycles(24_000, 0.4))
        self.assertGreater(cycles(24_000, 0.4), cycles(200_000, 0.4))

    def test_an_l2_that_does_not_hold_the_program_is_refused(self) -> None:
        network = self.network(networks.random_network(self.folder / "r.onnx", 3))
        with self.assertRaisesRegex(Unsupported, r"the program alone takes 70,000 bytes, 4,4\d\d more than L2 has.*--l2-bytes 131072"):
            external_plan.plan_external(network, tiler.Target(external=cost.External()), 65536, 70_000)


@unittest.skipUnless(shutil.which("riscv64-unknown-elf-gcc"), "no cross compiler")
class OnThePlatform(Folder):
    """Every tensor of every layer is the evaluator's."""

    def test_weights_and_activations_in_external_memory(self) -> None:
        outside = {}
        for name, l2_bytes, options in (("resnet20_small_4b2b", 98304, ()), ("wide", 73728, ("--l1-bytes", "30000")),
                                        ("wide", 131072, ("--isa", "xpulpv2"))):  # fmt: skip
            path = self.folder / "net.onnx"
            if name == "wide":
                networks.wide_network(path, (8, 8), sizes=(96, 120, 17))
            else:
                onnx.save(examples.NETWORKS[name](name), str(path))
            with self.subTest(name=name, l2_bytes=l2_bytes):
                status, said = self.deploy(path, "--l3", "--l2-bytes", str(l2_bytes), *options)
                self.assertEqual(status, 0, said)
                self.assertIn("every tensor equals", said)
                plan = json.loads((self.folder / "out/plan.json").read_text())
                measured = json.loads((self.folder / "out/report.json").read_text())
                read = measured["counters"]["external_memory"]["bytes_read"]
                self.assertGreaterEqual(read, plan["external"]["streamed_bytes"] + plan["external"]["direct_bytes"])
                outside[name, l2_bytes] = plan["external"]["activation_bytes"]
        self.assertEqual(outside["resnet20_small_4b2b", 98304], 0)
        self.assertGreater(outside["wide", 73728], 0)

    def deploy(self, path: Path, *options: str) -> tuple[int, str]:
        said = io.StringIO()
        call = [str(path), "--out", str(self.folder / "out"), "--run", "--program", str(PROGRAM), *options]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return main.main(call), said.getvalue()

    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "out/layers.csv").open() as file:
            return list(csv.DictReader(file))

    def off(self) -> list[float]:
        """By how much predictions of the layers are off, in percent; of short ones where it is more than chance in the caches."""
        pairs = [(int(row["cycles"]), int(row["predicted_cycles"])) for row in self.rows()]
        return [100 * abs(predicted / cycles - 1) if abs(predicted - cycles) > report.CACHE_CYCLES else 0.0 for cycles, predicted in pairs]

    def test_random_networks(self) -> None:
        """Equal to the evaluator; and the layers, of all shapes and widths, take the cycles that were predicted."""
        off = []
        for seed in SEEDS:
            isa = main.ISAS[seed % 3]
            with self.subTest(seed=seed, isa=isa):
                path = networks.random_network(self.folder / f"random{seed}.onnx", seed)
                status, said = self.deploy(path, "--isa", isa, "--l2-bytes", str(4 << 20))
                self.assertEqual(status, 0, said)
                self.assertIn("every tensor equals", said)
                off += self.off()
        self.assertLessEqual(sum(each > report.PREDICTION_PERCENT for each in off), max(2, len(off) // 8), off)
        self.assertLess(max(off), 12)

    def test_networks_of_others(self) -> None:
        for name in ("unsigned_with_zeros", "depthwise_with_zeros", "inverted_residual", "concatenation_of_scales", "strides_of_two_kinds",
                     "odd_widths", "channels_last", "strange_names"):  # fmt: skip
            with self.subTest(name):
                path = foreign_networks.made_at(name, self.folder / f"{name}.onnx")
                status, said = self.deploy(path, "--l1-bytes", "20000")
                self.assertEqual(status, 0, said)
                self.assertIn("every tensor equals", said)

    def test_layers_larger_than_the_tcdm_in_every_dimension(self) -> None:
        for widths, isa, bias in (((8, 8), "flexv", "sum"), ((4, 2), "flexv", "product"), ((8, 4), "xpulpnn", "sum"),
                                  ((2, 2), "xpulpnn", "product"), ((4, 8), "xpulpv2", "product")):  # fmt: skip
            with self.subTest(widths=widths, isa=isa, bias=bias):
                path = networks.wide_network(self.folder / "wide.onnx", widths, "qonnx" if widths[0] == 4 else "qcdq")
                status, said = self.deploy(path, "--l1-bytes", "10000", "--isa", isa, "--bias", bias)
                self.assertEqual(status, 0, said)
                layers = json.loads((self.folder / "out/plan.json").read_text())["layers"]
                self.assertLess(layers[0]["tile"]["inputs"], 100)
                self.assertLess(layers[0]["tile"]["rows"], 8)
                if widths == (8, 8):
                    self.assertLess(layers[0]["tile"]["channels"], 28)
                    self.assertLess(layers[1]["tile"]["inputs"], 28)

    def test_a_bias_behind_the_product_is_computed_by_every_library(self) -> None:
        b = self.builder()
        x = b.quantise("x", 1 / 255)
        for bits, signed in ((4, False), (2, True), (8, False), (4, True)):  # on Flex-V by columns
            y = b.conv(x, 16, 16, (1, 1), 1, (0, 0, 0, 0), 8 if bits == 2 else 4)
            x = b.quantise(y if signed else b.node("Relu", y), 4.0 / 2**bits, bits, signed)
        status, said = self.deploy(self.save(b, x, [1, 16, 8, 8], [1, 16, 8, 8]), "--bias", "product")
        self.assertEqual(status, 0, said)
        for isa, seed in (("xpulpnn", 3), ("xpulpv2", 3)):
            path = networks.random_network(self.folder / "random.onnx", seed)
            status, said = self.deploy(path, "--bias", "product", "--isa", isa)
            self.assertEqual(status, 0, said)

    def test_results_that_are_clipped_to_a_part_of_their_range(self) -> None:
        for kind in (1, 4):  # dense and depthwise
            b = self.builder()
            y = b.conv(b.quantise("x", 1 / 255), 4, 4, group=kind, bits=4)
            y = b.quantise(b.node("Clip", y, b.constant(-0.02), b.constant(0.3)), 0.005, signed=True)
            status, said = self.deploy(self.save(b, y, [1, 4, 9, 11]))
            self.assertEqual(status, 0, said)
            codes = np.rint(np.load(self.folder / "out/output.npy") / 0.005)
            self.assertEqual((codes.min(), codes.max()), (-4, 60))

    def classifier(self) -> Path:
        b = self.builder()
        y = b.quantise(b.node("Relu", b.conv(b.quantise("x", 1 / 255), 3, 16, stride=2)), 0.01)
        y = b.quantise(b.node("Relu", b.conv(y, 16, 16, bits=4)), 0.05, 4)
        y = b.quantise(b.node("GlobalAveragePool", y), 0.01)
        return self.save(b, b.gemm(b.node("Flatten", y), 16, 10), [1, 3, 16, 16], [1, 10])

    def test_every_library_gives_the_same_output_for_all_samples(self) -> None:
        path = self.classifier()
        samples = np.random.default_rng(7).random((3, 3, 16, 16)).astype(np.float32)
        np.save(self.folder / "x.npy", samples)
        outputs = []
        for isa in ("flexv", "xpulpnn", "xpulpv2"):
            status, said = self.deploy(path, "--isa", isa, "--input", str(self.folder / "x.npy"))
            self.assertEqual(status, 0, said)
            outputs.append(np.load(self.folder / "out/output.npy"))
            self.assertTrue(np.array_equal(outputs[-1], np.load(self.folder / "out/golden.npy")))
        self.assertEqual((outputs[0].shape, outputs[0].dtype), ((3, 10), np.float32))
        self.assertTrue(all(np.array_equal(outputs[0], other) for other in outputs))

    def test_small_tiles_and_few_cores_change_cycles_only(self) -> None:
        path = self.classifier()
        outputs = []
        for options in ((), ("--l1-bytes", "12000"), ("--cores", "3")):
            status, said = self.deploy(path, *options)
            self.assertEqual(status, 0, said)
            outputs.append(np.load(self.folder / "out/output.npy"))
        self.assertTrue(np.array_equal(outputs[0], outputs[1]) and np.array_equal(outputs[0], outputs[2]))

    def test_the_stacks_of_many_cores_lie_behind_the_tiles(self) -> None:
        """Sixteen of 2 KiB; tiles that take what there is are right beside them."""
        path, room = self.classifier(), settings.room_of(128 * 1024, 16, 5)
        for options in ((), ("--l1-bytes", str(room))):
            status, said = self.deploy(path, "--cores", "16", *options)
            self.assertEqual(status, 0, said)
            end = build.symbol_address(self.folder / "out/firmware.elf", "__tcdm_bss_end")
            self.assertLessEqual(end, 0x1000_0000 + (128 - 16 * 2) * 1024)
            self.assertGreater(end, 0x1000_0000 + (128 - 16 * 2) * 1024 - 256)

    def test_the_files_of_the_contract_are_written(self) -> None:
        self.deploy(self.classifier())
        out = self.folder / "out"
        for name in ("src", "firmware.elf", "plan.json", "output.npy", "golden.npy", "report.json", "layers.csv"):
            self.assertTrue((out / name).exists(), name)
        plan = json.loads((out / "plan.json").read_text())
        measured = json.loads((out / "report.json").read_text())
        self.assertEqual(len(plan["layers"]), len(measured["regions"]))
        header = (out / "layers.csv").read_text().splitlines()[0]
        for column in ("layer", "shape", "macs", "cycles", "mac_per_cycle", "predicted_cycles", "dma_bytes", "dma_overlap"):
            self.assertIn(column, header.split(","))

    def test_a_residual_network_takes_the_cycles_that_were_predicted(self) -> None:
        path = self.folder / "resnet.onnx"
        onnx.save(examples.NETWORKS["resnet20_small_4b2b"]("resnet"), str(path))
        status, said = self.deploy(path)
        self.assertEqual(status, 0, said)
        plan = json.loads((self.folder / "out/plan.json").read_text())
        regions = json.loads((self.folder / "out/report.json").read_text())["regions"]
        measured = sum(region["cycles"] for region in regions)
        self.assertLess(abs(plan["predicted_cycles"] / measured - 1), 0.03)
        self.assertGreater(plan["macs"] / measured, 18)  # MAC/cycle
        off = self.off()
        self.assertLessEqual(sum(each > report.PREDICTION_PERCENT for each in off), 3, off)
        self.assertLess(max(off), 12)
        overlaps = {row["layer"]: float(row["dma_overlap"]) for row in self.rows()}
        for name in ("stage3.0.conv2", "stage3.1.conv1", "stage3.2.conv2", "stage1.1.add"):  # operands come while others compute
            self.assertGreater(overlaps[name], 0.95, name)
        hidden = re.search(r"([\d.]+) % of the transfers hidden", said)
        assert hidden is not None
        self.assertGreater(float(hidden[1]), 95)

    def test_the_pages_show_layers_hints_roofline_and_instruction_sets_side_by_side(self) -> None:
        status, said = self.deploy(self.classifier(), "--isa", "all")
        self.assertEqual(status, 0, said)
        seen = self.drawn(self.folder / "out/flexv/index.html", """{
            rows: document.querySelectorAll("#layers tbody tr").length, hints: document.querySelectorAll("#hints tbody tr").length,
            points: document.querySelectorAll("#roofline circle").length, tiles: document.querySelectorAll("#tiles tbody tr").length,
            tensors: document.querySelectorAll("#memory rect").length, wide: document.body.scrollWidth > window.innerWidth}""")
        self.assertEqual((seen["rows"], seen["tiles"], seen["hints"]), (4, 4, 4))
        self.assertEqual((seen["points"], seen["wide"]), (3, False))  # layers with products
        self.assertGreaterEqual(seen["tensors"], 4)
        seen = self.drawn(self.folder / "out/index.html", """{
            rows: document.querySelectorAll("#comparison tbody tr").length, cells: document.querySelectorAll("#comparison th").length,
            links: [...document.querySelectorAll("a")].map((a) => a.getAttribute("href"))}""")
        self.assertEqual((seen["rows"], seen["cells"]), (5, 2 + 9))
        for link in seen["links"]:
            self.assertTrue((self.folder / "out" / link).is_file(), link)

    def drawn(self, page: Path, what: str) -> Any:
        """What a browser sees of a page."""
        browser = shutil.which("chromium")
        if browser is None:
            self.skipTest("chromium is not installed")
        copy = page.with_name("probe.html")
        script = f"<script>document.title = JSON.stringify({what})</script></body>"
        copy.write_text(page.read_text().replace("</body>", script))
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run",
             f"--user-data-dir={self.folder / 'browser'}", "--dump-dom", f"file://{copy}"],
            capture_output=True, text=True, timeout=300, check=True)  # fmt: skip
        return json.loads(html.unescape(done.stdout.split("<title>")[1].split("</title>")[0]))

    def test_a_study_takes_a_network_as_its_firmware(self) -> None:
        """The one of docs/tutorial/sweep.md, with fewer points."""
        page = (ROOT / "docs/tutorial/sweep.md").read_text()
        study = json.loads(page.split("## Networks")[1].split("```json\n")[1].split("```")[0])
        study["firmware"]["build"] = study["firmware"]["build"].replace("scripts/deploy", str(ROOT / "scripts/deploy"))
        study["parameters"] = {"soc.cluster.core.isa": ["flexv", "xpulpv2"], "soc.cluster.core_count": [8]}
        self.classifier().rename(self.folder / "net.onnx")
        (self.folder / "study.json").write_text(json.dumps(study))
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = sweep.main([str(self.folder / "study.json"), "--out", str(self.folder / "out"), "--program", str(PROGRAM),
                                 "--cache", str(self.folder / "cache"), "--jobs", "1"])  # fmt: skip
        self.assertEqual(status, 0, said.getvalue())
        with (self.folder / "out/results.csv").open(newline="") as file:
            cycles = [int(row["cycles"]) for row in csv.DictReader(file)]
        self.assertEqual(len(cycles), 2)
        self.assertLess(cycles[0], cycles[1])

    def test_accuracy_of_platform_and_evaluators(self) -> None:
        path = self.classifier()
        samples = np.random.default_rng(7).random((2, 3, 16, 16)).astype(np.float32)
        np.save(self.folder / "x.npy", samples)
        network = self.network(path)
        outputs = [
            evaluator.run(network, evaluator.quantise_input(network, sample.transpose(1, 2, 0)))[network.output]
            for sample in samples.astype(np.float64)
        ]
        labels = [int(evaluator.dequantise(network.output, each).argmax()) for each in outputs]
        np.save(self.folder / "y.npy", np.array([labels[0], (labels[1] + 1) % 10]))
        inputs = ("--input", str(self.folder / "x.npy"), "--labels", str(self.folder / "y.npy"))
        status, said = self.deploy(path, *inputs, "--samples", "1")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"integer evaluator: 50\.00 %, exact arithmetic: \d+\.00 % of 2 samples right")
        self.assertIn("platform: 100.00 % of 1 samples right", said)

    def test_a_difference_is_found_and_named(self) -> None:
        path = self.classifier()
        original = evaluator.requantise

        def wrong(layer: Any, sums: Any) -> Any:
            result = original(layer, sums)
            result[0, 0, 0] ^= 1
            return result

        evaluator.requantise = wrong
        self.addCleanup(setattr, evaluator, "requantise", original)
        status, said = self.deploy(path)
        self.assertEqual(status, 1)
        self.assertIn("layer 1 conv", said)

    def test_a_network_that_is_not_supported_ends_with_2(self) -> None:
        b = self.builder()
        status, said = self.deploy(self.save(b, b.node("Softmax", b.quantise("x", 1.0)), [1, 4, 8, 8]))
        self.assertEqual(status, 2)
        self.assertIn("deploy: error: node softmax", said)

    def test_samples_of_another_shape_are_refused(self) -> None:
        np.save(self.folder / "x.npy", np.zeros((1, 3, 5, 5), np.float32))
        status, said = self.deploy(self.classifier(), "--input", str(self.folder / "x.npy"))
        self.assertEqual(status, 2)
        self.assertIn("expected [samples, 3, 16, 16]", said)


if __name__ == "__main__":
    unittest.main()
