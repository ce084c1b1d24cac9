# SPDX-License-Identifier: Apache-2.0
"""scripts/deploy reads what other exporters write: the same network in several styles gives the same numbers.

The styles follow what Brevitas (QCDQ and QONNX), QKeras through tf2onnx and onnxruntime's quantize_static write."""

from __future__ import annotations

import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts")]

from flexv_tools.deploy import evaluator, importer, integerise, main  # noqa: E402
from flexv_tools.deploy.graph import Network, Unsupported  # noqa: E402

QONNX = "qonnx.custom_op.general"
SCALE_X, SCALE_Y, SCALE_Z = 1 / 128, 0.001, 0.0005  # input, first and second result
CHANNELS, OUTPUTS, SIZE, CLASSES = 4, 8, 6, 5


class Style:
    """A graph that is written node by node."""

    def __init__(self, opset: int = 13) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.opset = opset
        self.random = np.random.default_rng(4)
        self.w1 = self.random.integers(-127, 128, (OUTPUTS, CHANNELS, 3, 3))
        self.w2 = self.random.integers(-127, 128, (CLASSES, OUTPUTS * SIZE * SIZE))
        self.s1 = (0.5 + self.random.random(OUTPUTS)) / 4000
        self.s2 = 1 / 5000
        self.b1 = self.random.integers(-2000, 2000, OUTPUTS)  # codes of SCALE_X * s1
        self.b2 = self.random.integers(-2000, 2000, CLASSES)

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def activation(self, x: str, scale: float, bits: int = 8, signed: bool = False) -> str:
        kind = np.int8 if signed else np.uint8
        s, z = self.constant(scale), self.constant(0, kind)
        codes = self.node("QuantizeLinear", x, s, z)
        if bits < 8:
            codes = self.node("Clip", codes, self.constant(0, kind), self.constant((1 << bits) - 1, kind))
        return self.node("DequantizeLinear", codes, s, z)

    def weights1(self) -> str:
        return self.node("DequantizeLinear", self.constant(self.w1, np.int8), self.constant(self.s1),
                         self.constant(np.zeros(OUTPUTS), np.int8), axis=0)  # fmt: skip

    def weights2(self) -> str:
        return self.node("DequantizeLinear", self.constant(self.w2, np.int8), self.constant(self.s2), self.constant(0, np.int8))

    def bias1(self) -> str:
        return self.constant(self.b1 * SCALE_X * self.s1)

    def bias2(self) -> str:
        return self.constant(self.b2 * SCALE_Y * self.s2)

    def conv(self, x: str, *operands: str) -> str:
        return self.node("Conv", x, *operands, kernel_shape=[3, 3], pads=[1, 1, 1, 1])

    def model(self, output: str, shape: list[int], kind: int = TensorProto.FLOAT) -> Any:
        graph = helper.make_graph(
            self.nodes, "net", [helper.make_tensor_value_info("x", kind, shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, CLASSES])], self.constants)  # fmt: skip
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(QONNX, 1)]
        return helper.make_model(graph, opset_imports=opsets)


def plain() -> Any:
    """What scripts/train writes."""
    s = Style()
    x = s.activation("x", SCALE_X, signed=True)
    y = s.activation(s.node("Relu", s.conv(x, s.weights1(), s.bias1())), SCALE_Y)
    y = s.node("Gemm", s.node("Flatten", y), s.weights2(), s.bias2(), transB=1)
    return s.model(s.activation(y, SCALE_Z, signed=True), [1, CHANNELS, SIZE, SIZE])


def brevitas_qcdq() -> Any:
    """Constants are nodes, integer weights are clipped, biases are dequantised integers, Linear is a Transpose and a MatMul, and
    the shape of a view is computed."""
    s = Style(14)

    def made(value: Any, kind: Any = np.float32) -> str:
        return s.node("Constant", value=numpy_helper.from_array(np.asarray(value, kind)))

    def dequantised(codes: Any, kind: Any, scale: Any, **axis: int) -> str:
        zeros = made(np.zeros(np.shape(scale)), kind)
        data = s.constant(codes, kind)
        if kind == np.int8:
            data = s.node("Clip", data, made(-127, kind), made(127, kind))
        return s.node("DequantizeLinear", data, made(scale), zeros, **axis)

    x = s.activation("x", SCALE_X, signed=True)
    y = s.conv(x, dequantised(s.w1, np.int8, s.s1, axis=0), dequantised(s.b1, np.int32, SCALE_X * s.s1, axis=0))
    y = s.activation(s.node("Relu", y), SCALE_Y)
    count = s.node("Gather", s.node("Shape", y), made(0, np.int64), axis=0)
    shape = s.node("Concat", s.node("Unsqueeze", count, made([0], np.int64)), made([-1], np.int64), axis=0)
    y = s.node("Reshape", y, shape)
    w = s.node("Transpose", dequantised(s.w2, np.int8, s.s2), perm=[1, 0])
    y = s.node("Add", dequantised(s.b2, np.int32, SCALE_Y * s.s2), s.node("MatMul", y, w))
    return s.model(s.activation(y, SCALE_Z, signed=True), [1, CHANNELS, SIZE, SIZE])


def brevitas_qonnx() -> Any:
    """Weights are reals, scales have the weights' dimensions, biases have 32 bits."""
    s = Style()

    def quant(x: str, scale: Any, bits: int, signed: int, narrow: int = 0) -> str:
        return s.node("Quant", x, s.constant(scale), s.constant(0.0), s.constant(float(bits)), signed=signed, narrow=narrow,
                      rounding_mode="ROUND", domain=QONNX)  # fmt: skip

    def parameter(codes: Any, scale: Any, bits: int, narrow: int = 1) -> str:
        return quant(s.constant(codes * scale), scale, bits, 1, narrow)

    x = quant("x", SCALE_X, 8, 1)
    y = s.conv(x, parameter(s.w1, s.s1.reshape(-1, 1, 1, 1), 8), parameter(s.b1, SCALE_X * s.s1, 32, 0))
    y = quant(s.node("Relu", y), SCALE_Y, 8, 0)
    y = s.node("Reshape", y, s.constant([1, -1], np.int64))
    y = s.node("Gemm", y, parameter(s.w2, np.full((1, 1), s.s2), 8), parameter(s.b2, SCALE_Y * s.s2, 32, 0), transB=1)
    return s.model(quant(y, SCALE_Z, 8, 1), [1, CHANNELS, SIZE, SIZE])


def keras(is_transposed_first: bool) -> Any:
    """Channels last: a Transpose before and behind the convolution, biases added, weights of the matrix in that order."""
    s = Style()
    x = "x"
    if is_transposed_first:
        x = s.activation(s.node("Transpose", x, perm=[0, 3, 1, 2]), SCALE_X, signed=True)
    else:
        x = s.node("Transpose", s.activation(x, SCALE_X, signed=True), perm=[0, 3, 1, 2])
    y = s.node("Add", s.conv(x, s.weights1()), s.constant((s.b1 * SCALE_X * s.s1).reshape(1, -1, 1, 1)))
    y = s.activation(s.node("Relu", y), SCALE_Y)
    y = s.node("Reshape", s.node("Transpose", y, perm=[0, 2, 3, 1]), s.constant([-1, OUTPUTS * SIZE * SIZE], np.int64))
    w = s.w2.reshape(CLASSES, OUTPUTS, SIZE, SIZE).transpose(2, 3, 1, 0).reshape(-1, CLASSES)
    w2 = s.node("DequantizeLinear", s.constant(w, np.int8), s.constant(s.s2), s.constant(0, np.int8))
    y = s.node("Add", s.node("MatMul", y, w2), s.bias2())
    return s.model(s.activation(y, SCALE_Z, signed=True), [1, SIZE, SIZE, CHANNELS])


def onnxruntime(weight_kind: Any) -> Any:
    """Every tensor is quantised, around operators that move nothing too, also with a zero of its own for weights; activations
    with sign are unsigned with the zero 128."""
    s = Style(11)
    zero = 128 if weight_kind == np.uint8 else 0

    def qdq(x: str, scale: float, code: int) -> str:
        operands = s.constant(scale), s.constant(code, np.uint8)
        return s.node("DequantizeLinear", s.node("QuantizeLinear", x, *operands), *operands)

    def weights(codes: Any, scale: Any) -> str:
        return s.node("DequantizeLinear", s.constant(codes + zero, weight_kind), s.constant(scale), s.constant(zero, weight_kind))

    def bias(codes: Any, scale: float) -> str:
        return s.node("DequantizeLinear", s.constant(codes, np.int32), s.constant(scale), s.constant(0, np.int32))

    x = s.activation("x", SCALE_X, signed=True)
    s1 = s.s1[0]
    y = s.conv(x, weights(s.w1, s1), bias(s.b1, SCALE_X * s1))
    y = qdq(s.node("Relu", y), SCALE_Y, 0)
    y = qdq(s.node("Flatten", y), SCALE_Y, 0)
    y = s.node("Gemm", y, weights(s.w2, s.s2), bias(s.b2, SCALE_Y * s.s2), transB=1)
    return s.model(qdq(y, SCALE_Z, 128), [1, CHANNELS, SIZE, SIZE])


class Exporters(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def network(self, model: Any) -> Network:
        onnx.save(model, str(self.folder / "net.onnx"))
        return integerise.integerise(importer.load(self.folder / "net.onnx"), "sum")

    def results(self, model: Any) -> tuple[Network, Any]:
        """Real results of the same samples."""
        network = self.network(model)
        samples = np.random.default_rng(9).uniform(-1, 1, (3, CHANNELS, SIZE, SIZE)).astype(np.float32)
        if network.has_last_channels:
            samples = samples.transpose(0, 2, 3, 1)
        np.save(self.folder / "x.npy", samples)
        stored = main.read_samples(self.folder / "x.npy", network)
        return network, main.outputs_of(network, [evaluator.run(network, each)[network.output] for each in stored])

    def check(self, model: Any, expected: Callable[[], Any] = plain) -> None:
        network, ours = self.results(model)
        _, wanted = self.results(expected())
        self.assertEqual(ours.shape, wanted.shape)
        self.assertLessEqual(np.abs(ours - wanted).max(), 1e-5)
        self.assertGreater(len(np.unique(wanted)), 5)
        self.assertEqual([layer.kind for layer in network.layers], ["convolution", "convolution"])

    def test_brevitas_qcdq(self) -> None:
        self.check(brevitas_qcdq())

    def test_brevitas_qonnx(self) -> None:
        self.check(brevitas_qonnx())

    def test_keras(self) -> None:
        for is_transposed_first in (True, False):
            with self.subTest(is_transposed_first=is_transposed_first):
                self.check(keras(is_transposed_first))

    def test_onnxruntime(self) -> None:
        def one_scale() -> Any:
            s = Style()
            s.s1[:] = s.s1[0]
            x = s.activation("x", SCALE_X, signed=True)
            y = s.activation(s.node("Relu", s.conv(x, s.weights1(), s.bias1())), SCALE_Y)
            y = s.node("Gemm", s.node("Flatten", y), s.weights2(), s.bias2(), transB=1)
            return s.model(s.activation(y, SCALE_Z, signed=True), [1, CHANNELS, SIZE, SIZE])

        for kind in (np.int8, np.uint8):
            with self.subTest(kind=kind):
                self.check(onnxruntime(kind), one_scale)

    def test_orders_that_cannot_be_followed_are_refused(self) -> None:
        for order in ([0, 2, 1, 3], [0, 1, 3, 2], []):
            s = Style()
            y = s.conv(s.activation("x", SCALE_X), s.weights1())
            y = s.node("Transpose", s.activation(y, SCALE_Y), perm=order)
            with self.assertRaisesRegex(Unsupported, r"the order .*accepted: \[0, 2, 3, 1\]"):
                self.network(s.model(y, [1, CHANNELS, SIZE, SIZE]))

    def test_a_layer_behind_channels_last_is_refused(self) -> None:
        s = Style()
        y = s.node("Transpose", s.activation("x", SCALE_X), perm=[0, 2, 3, 1])
        y = s.activation(s.conv(y, s.weights1()), SCALE_Y)
        with self.assertRaisesRegex(Unsupported, "channels are its last dimension"):
            self.network(s.model(y, [1, CHANNELS, SIZE, SIZE]))


if __name__ == "__main__":
    unittest.main()
