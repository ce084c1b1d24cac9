# SPDX-License-Identifier: Apache-2.0
"""scripts/deploy on networks of others: the evaluator gives what the operators' definitions give, number by number, or the
file is refused with its node, its operator, what is not supported and what would be."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

import foreign_networks  # noqa: E402
import onnx_operators  # noqa: E402

from flexv_tools.deploy import constants, evaluator, importer, integerise, main  # noqa: E402
from flexv_tools.deploy.graph import Format, Network, Unsupported  # noqa: E402
from flexv_tools.errors import Failure  # noqa: E402


def samples_for(model: Any) -> Any:
    """Three samples in the layout of the input."""
    item = model.graph.input[0].type.tensor_type
    shape = [dim.dim_value for dim in item.shape.dim]
    random = np.random.default_rng(5)
    if item.elem_type in (2, 3):
        low = 0 if item.elem_type == 2 else -128
        return random.integers(low, low + 256, (3, *shape[1:])).astype(np.uint8 if low == 0 else np.int8)
    return (random.standard_normal((3, *shape[1:])) * 0.8).astype(np.float32)


class Foreign(unittest.TestCase):
    """Saves a file, reads it and evaluates it."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def network(self, model: Any) -> Network:
        foreign_networks.save(model, self.folder / "net.onnx")
        return integerise.integerise(importer.load(self.folder / "net.onnx"))

    def outputs(self, model: Any, samples: Any) -> Any:
        network = self.network(model)
        np.save(self.folder / "x.npy", samples.astype(np.float32))
        stored = main.read_samples(self.folder / "x.npy", network)
        return main.outputs_of(network, [evaluator.run(network, each)[network.output] for each in stored])


class Meaning(Foreign):
    def test_every_number_is_that_of_the_definitions(self) -> None:
        for name in foreign_networks.NETWORKS:
            with self.subTest(name):
                model = foreign_networks.made(name)
                samples = samples_for(model)
                ours = self.outputs(model, samples)
                batch = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
                whole = [onnx_operators.execute(model, np.stack([each] * batch))[0] for each in samples]
                wanted = np.stack(whole)
                self.assertEqual(ours.shape, wanted.shape)
                self.assertGreater(len(np.unique(wanted)), 5)
                different = np.count_nonzero(ours != wanted.astype(np.float32))
                self.assertEqual(different, 0, f"of {wanted.size}; at most {np.abs(ours - wanted).max()}")


Writer = foreign_networks.Writer


class Refused(Foreign):
    """What is not supported is never approximated in silence."""

    def refused(self, model: Any, operator: str, *words: str) -> None:
        with self.assertRaises(Unsupported) as caught:
            self.network(model)
        said = str(caught.exception)
        self.assertRegex(said, rf"^node .+ \({operator}\): .+; accepted: .+")
        for word in words:
            self.assertIn(word, said)

    def convolution(self, shape: tuple[int, ...], **attributes: Any) -> Any:
        w = Writer()
        y = w.conv(w.quantised("x", 2.0**-6, 113), shape, **attributes)
        return w.model(w.requantised(y), [1, 4, 9, 9])

    def behind_a_layer(self, operator: str, *more: Any, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        """The operator on quantised activations, and another quantisation."""
        w = Writer()
        y = w.requantised(w.conv(w.quantised("x", 2.0**-6, 113), (8, 4, 1, 1)), 100)
        z = w.node(operator, y, *(w.constant(each) for each in more), outputs=outputs, domain=domain, **attributes)
        return w.model(w.quantised(z if outputs == 1 else z[0], 0.5), [1, 4, 9, 9])

    def test_convolutions(self) -> None:
        self.refused(self.convolution((4, 2, 3, 3), group=2), "Conv", "2 groups of 4 channels", "depthwise")
        self.refused(self.convolution((8, 1, 3, 3), group=4), "Conv", "8 outputs of 4 groups", "one output a channel")
        self.refused(self.convolution((4, 4, 3, 3), dilations=[2, 2]), "Conv", "dilation")
        self.refused(self.convolution((4, 4, 3, 3), dilations=[1, 2], group=1), "Conv", "dilation")
        self.refused(self.convolution((4, 4, 3, 3), pads=[3, 0, 0, 0]), "Conv", "pads smaller than the kernel")
        self.refused(self.convolution((4, 4, 3, 3), pads=[-1, 0, 0, 0]), "Conv", "negative pads")
        self.refused(self.convolution((4, 4, 3, 3), kernel_shape=[5, 5]), "Conv", "kernel_shape")
        self.refused(self.convolution((4, 4, 3)), "Conv", "two-dimensional")
        self.refused(self.convolution((4, 4, 10, 3)), "Conv", "larger than its input")

    def test_operators_that_are_none_of_ours(self) -> None:
        for operator, attributes in (("Softmax", {}), ("LeakyRelu", {}), ("Sigmoid", {}), ("HardSwish", {}), ("Resize", {}),
                                     ("ConvTranspose", {}), ("DynamicQuantizeLinear", {}), ("BipolarQuant", {"domain": foreign_networks.QONNX}),
                                     ("Relu", {"domain": "somebody.elses"})):  # fmt: skip
            with self.subTest(operator):
                self.refused(self.behind_a_layer(operator, **attributes), operator, "not supported", "conv")

    def test_forms_of_operators(self) -> None:
        flat = np.float32(np.zeros((8, 8)))
        for model, operator, word in (
            (self.behind_a_layer("Pad", np.int64([0, 0, 1, 1, 0, 0, 1, 1]), mode="reflect"), "Pad", "reflect"),
            (self.behind_a_layer("Pad", np.int64([0, 0, 1, 1, 0, 0, 1, 1]), np.float32(1)), "Pad", "around height"),
            (self.behind_a_layer("Pad", np.int64([1, 1]), np.float32(0), np.int64([1])), "Pad", "around height"),
            (self.behind_a_layer("Pad", np.int64([1, 1, 1, 1]), np.float32(0), np.int64([2, -2])), "Pad", "of the axes [2, -2]"),
            (self.behind_a_layer("Pad", np.int64([1, 1]), np.float32(0), np.int64([7])), "Pad", "of the axes [7]"),
            (self.behind_a_layer("BatchNormalization", *[np.float32(np.ones(8))] * 4, training_mode=1), "BatchNormalization", "model.eval()"),
            (self.behind_a_layer("Mul", np.float32(np.ones((1, 8, 9, 9)))), "Mul", "one a channel"),
            (self.behind_a_layer("Add", np.float32(np.ones(9))), "Add", "one a channel"),
            (self.behind_a_layer("Div", np.float32(0)), "Div", "by 0"),
            (self.behind_a_layer("Flatten", axis=2), "Flatten", "axis 1"),
            (self.behind_a_layer("Reshape", np.int64([1, 9, 72, 1])), "Reshape", "flat vector"),
            (self.behind_a_layer("Reshape", np.int64([-1])), "Reshape", "batch"),
            (self.behind_a_layer("Transpose", perm=[0, 1, 3, 2]), "Transpose", "[0, 2, 3, 1]"),
            (self.behind_a_layer("ReduceMean", axes=[1]), "ReduceMean", "height and width"),
            (self.behind_a_layer("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]), "AveragePool", "zero is 100"),
            (self.behind_a_layer("MaxPool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), "MaxPool", "ceil_mode"),
            (self.behind_a_layer("MaxPool", kernel_shape=[2, 2], outputs=2), "MaxPool", "second output"),
            (self.behind_a_layer("Split", np.int64([3, 5]), axis=1, outputs=2), "Split", "multiple of 4"),
            (self.behind_a_layer("Cast", to=6), "Cast", "Floor or Round"),
            (self.behind_a_layer("Gemm", flat), "Gemm", "not quantised|Flatten"),
            (self.behind_a_layer("MatMul", flat + 0.5), "MatMul", "not quantised"),
        ):
            with self.subTest(f"{operator} {word}"):
                with self.assertRaisesRegex(Unsupported, f"\\({operator}\\): .*({word.replace('[', chr(92) + '[')})"):
                    self.network(model)

    def test_quantisations(self) -> None:
        def quantised(scale: Any, zero: Any) -> Any:
            w = Writer()
            z = w.node("QuantizeLinear", "x", w.constant(scale), w.constant(zero, np.asarray(zero).dtype), axis=1)
            y = w.node("DequantizeLinear", z, w.constant(scale), w.constant(zero, np.asarray(zero).dtype), axis=1)
            w.scale[y], w.size[y] = 1.0, 60.0
            return w.model(w.requantised(w.conv(y, (4, 4, 1, 1))), [1, 4, 9, 9])

        self.refused(quantised(0.1 * np.arange(1, 5), np.uint8([0] * 4)), "QuantizeLinear", "scales of their own", "one a tensor")
        self.refused(quantised(0.1 * np.ones(4), np.uint8([1, 2, 3, 4])), "QuantizeLinear", "zeros of their own")
        self.refused(quantised(0.1, np.uint16(0)), "QuantizeLinear", "codes of uint16", "uint8 and int8")
        self.refused(quantised(0.1, np.int32(0)), "QuantizeLinear", "codes of int32")
        self.network(quantised(0.1 * np.ones(4), np.uint8([7] * 4)))  # the same ones are one

    def test_another_scale_or_zero_of_the_dequantisation(self) -> None:
        for scale, zero, word in ((0.2, 9, "another scale"), (0.1, 8, "another zero")):
            w = Writer()
            y = w.real(w.codes("x", 0.1, 9), scale, zero)
            self.refused(w.model(w.requantised(w.conv(y, (4, 4, 1, 1))), [1, 4, 9, 9]), "DequantizeLinear", word)

    def test_weights_wider_than_the_kernels_take(self) -> None:
        w = Writer()
        x = w.quantised("x", 2.0**-6, 113)
        weight = w.weights(w.random.integers(0, 256, (4, 4, 1, 1)), 0.1, 0, np.uint8)
        self.refused(w.model(w.requantised(w.conv(x, (4, 4, 1, 1), weight)), [1, 4, 9, 9]), "Conv", "outside of -128..127", "8 bits")

    def test_results_that_are_not_quantised(self) -> None:
        w = Writer()
        y = w.conv(w.quantised("x", 2.0**-6, 113), (4, 4, 3, 3))
        self.refused(w.model(y, [1, 4, 9, 9]), "Conv.*", "not quantised", "a quantised output")
        w = Writer()
        y = w.conv(w.quantised("x", 2.0**-6, 113), (4, 4, 3, 3))
        self.refused(w.model(w.requantised(w.conv(y, (4, 4, 3, 3))), [1, 4, 9, 9]), "Conv", "is not quantised", "DequantizeLinear")

    def test_inputs_and_outputs(self) -> None:
        for shape, word in (([1, 4, 0, 9], "all but N known"), ([4, 9, 9], "expected [N, C, H, W]"), ([1, 4, 9, 9, 9], "expected")):
            w = Writer()
            with self.assertRaises(Failure) as caught:
                self.network(w.model(w.quantised("x", 0.1), shape))
            self.assertIn(word, str(caught.exception))
        for kind, word in ((TensorProto.STRING, "holds strings"), (TensorProto.BOOL, "holds truth values")):
            model = self.convolution((4, 4, 1, 1))
            model.graph.input[0].type.tensor_type.elem_type = kind
            with self.assertRaisesRegex(Failure, f"{word}; expected real numbers, uint8 or int8"):
                self.network(model)
        model = self.convolution((4, 4, 1, 1))
        model.graph.input.append(helper.make_tensor_value_info("y", 1, [1]))
        with self.assertRaisesRegex(Failure, "expected one input, found 2: x, y"):
            self.network(model)

    def test_a_batch_in_a_constant_shape_that_is_another(self) -> None:
        w = Writer()
        x = w.quantised("x", 2.0**-6, 113)
        y = w.node("Reshape", x, w.constant([4, -1], np.int64))
        self.refused(w.model(y, [8, 4, 3, 3]), "Reshape", "the batch")

    def test_an_input_that_is_quantised_in_two_ways(self) -> None:
        w = Writer()
        a, b = (w.requantised(w.conv(w.quantised("x", scale), (4, 4, 1, 1))) for scale in (0.5, 0.25))
        self.refused(w.model(w.quantised(w.node("Add", a, b), 1.0), [1, 4, 9, 9]), "QuantizeLinear|DequantizeLinear", "twice")


class Details(Foreign):
    def test_results_that_several_layers_read_are_computed_once(self) -> None:
        network = self.network(foreign_networks.made("one_pair_for_each_reader"))
        self.assertEqual([layer.kind for layer in network.layers], ["convolution", "convolution", "add", "add"])

    def test_constants_of_four_and_two_bits(self) -> None:
        for kind, bits, signed in ((21, 4, False), (22, 4, True), (25, 2, False), (26, 2, True)):
            form = Format(bits, signed)
            numbers = np.arange(form.low, form.high + 1).repeat(3)[: 2 ** bits * 3 - 1]
            each = 8 // bits
            codes = np.pad(numbers & ((1 << bits) - 1), (0, -len(numbers) % each)).reshape(-1, each)
            data = (codes << np.arange(each) * bits).sum(axis=1).astype(np.uint8)
            for fields in ({"raw_data": data.tobytes()}, {"int32_data": data.astype(np.int32)}):
                item = TensorProto(data_type=kind, dims=[len(numbers)], **fields)
                self.assertEqual(constants.constant_of(item).tolist(), numbers.tolist())
            with self.assertRaisesRegex(ValueError, "bytes for"):
                constants.constant_of(TensorProto(data_type=kind, dims=[len(numbers) + each], raw_data=data.tobytes()))

    def test_a_narrow_type_of_codes_needs_no_clip(self) -> None:
        w = Writer(21)
        x = w.quantised("x", 2.0**-6, 113)
        y = w.conv(x, (8, 4, 1, 1))
        operands = [w.constant(w.fitting(y) * 16), w.constant(0, np.int8)]
        w.constants[-1].data_type = 22  # int4
        w.constants[-1].raw_data = bytes(1)
        y = w.node("DequantizeLinear", w.node("QuantizeLinear", y, *operands), *operands)
        network = self.network(w.model(y, [1, 4, 9, 9]))
        self.assertEqual(str(network.output.format), "int4")

    def test_samples_of_a_whole_input_are_its_codes(self) -> None:
        network = self.network(foreign_networks.made("whole_input_dequantised"))
        sample = np.arange(297, dtype=np.float64).reshape(11, 9, 3) % 256
        self.assertTrue(np.array_equal(evaluator.quantise_input(network, sample)[..., :3], sample))

    def test_an_input_is_clipped_to_the_codes_of_the_file(self) -> None:
        w = Writer()
        x = w.node("Quant", "x", w.constant(0.5), w.constant(0.0), w.constant(8.0), domain=foreign_networks.QONNX, signed=1, narrow=1)
        w.scale[x], w.size[x] = 0.5, 60.0
        network = self.network(w.model(w.requantised(w.conv(x, (4, 4, 1, 1))), [1, 4, 1, 1]))
        self.assertEqual(evaluator.quantise_input(network, np.full((1, 1, 4), -100.0)).tolist(), [[[-127] * 4]])


if __name__ == "__main__":
    unittest.main()
