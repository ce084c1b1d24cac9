# SPDX-License-Identifier: Apache-2.0
"""Networks as others write them, from the public definitions of the operators. Scales are powers of two, weights even and
biases odd sums, so no result lies between two codes: what a file means is one number, not one of two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QONNX = "qonnx.custom_op.general"
NETWORKS: dict[str, Callable[["Writer"], Any]] = {}


def network(make: Callable[["Writer"], Any]) -> Callable[["Writer"], Any]:
    NETWORKS[make.__name__] = make
    return make


class Writer:
    """Nodes without names. `scale` of a result is that of its whole sums."""

    def __init__(self, opset: int = 13) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.opset = opset
        self.random = np.random.default_rng(17)
        self.scale: dict[str, Any] = {}
        self.size: dict[str, float] = {}  # standard deviation of sums

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def node(self, operator: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        names = [f"t{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def keep(self, made: str, like: str) -> str:
        self.scale[made], self.size[made] = self.scale[like], self.size[like]
        return made

    def codes(self, x: str, scale: float, zero: int = 0, kind: Any = np.uint8) -> str:
        self.scale[x] = scale
        made: str = self.node("QuantizeLinear", x, self.constant(scale), self.constant(zero, kind))
        self.scale[made], self.size[made] = scale, 60.0
        return made

    def real(self, codes: str, scale: float, zero: int = 0, kind: Any = np.uint8) -> str:
        made: str = self.node("DequantizeLinear", codes, self.constant(scale), self.constant(zero, kind))
        self.scale[made], self.size[made] = scale, 60.0
        return made

    def quantised(self, x: str, scale: float, zero: int = 0, kind: Any = np.uint8) -> str:
        return self.real(self.codes(x, scale, zero, kind), scale, zero, kind)

    def requantised(self, x: str, zero: int = 0, kind: Any = np.uint8) -> str:
        """With a scale that fits the sums."""
        return self.quantised(x, self.fitting(x), zero, kind)

    def fitting(self, x: str) -> float:
        """So that a deviation is 32 to 64 codes."""
        scale: float = float(np.min(self.scale[x])) * 2.0 ** round(np.log2(self.size[x] / 48))
        return scale

    def weight_codes(self, shape: tuple[int, ...], high: int = 126) -> Any:
        return 2 * self.random.integers(-(high // 2), high // 2 + 1, shape)

    def odd(self, count: int) -> Any:
        return 2 * self.random.integers(-400, 400, count) + 1

    def weights(self, codes: Any, scale: Any, zero: int = 0, kind: Any = np.int8, axis: int = 0) -> str:
        zeros = np.full(np.shape(scale), zero)
        attributes = {"axis": axis} if np.ndim(scale) else {}
        made: str = self.node("DequantizeLinear", self.constant(codes + zero, kind), self.constant(scale), self.constant(zeros, kind), **attributes)
        return made

    def conv(self, x: str, shape: tuple[int, ...], weight: str | None = None, scale: Any = 2.0**-7, bias: bool = True, **attributes: Any) -> str:
        """`shape` [out][in of a group][height][width]."""
        weight = weight or self.weights(self.weight_codes(shape), scale)
        operands = [x, weight]
        sums = self.scale[x] * np.asarray(scale)
        if bias:
            codes = self.odd(shape[0])
            operands.append(self.node("DequantizeLinear", self.constant(codes, np.int32),
                                      self.constant(np.broadcast_to(sums, shape[0])), axis=0))  # fmt: skip
        made: str = self.node("Conv", *operands, **attributes)
        self.scale[made], self.size[made] = sums, 73 * self.size[x] * float(np.sqrt(np.prod(shape[1:])))
        return made

    def model(self, output: str, shape: Any, kind: int = TensorProto.FLOAT, out_kind: int = TensorProto.FLOAT) -> Any:
        graph = helper.make_graph(self.nodes, "foreign", [helper.make_tensor_value_info("x", kind, shape)],
                                  [helper.make_tensor_value_info(output, out_kind, None)], self.constants)  # fmt: skip
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(QONNX, 1), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets)


IMAGE = [1, 3, 11, 9]


@network
def unsigned_with_zeros(w: Writer) -> Any:
    """onnxruntime, uint8: an input around 113, weights around 128, padding."""
    x = w.quantised("x", 2.0**-6, 113)
    codes = w.weight_codes((8, 3, 3, 3))
    y = w.conv(x, (8, 3, 3, 3), w.weights(codes, 2.0**-7, 128, np.uint8), pads=[1, 1, 1, 1], strides=[2, 2], kernel_shape=[3, 3])
    y = w.requantised(w.keep(w.node("Relu", y), y))
    y = w.conv(y, (8, 8, 3, 3), pads=[1, 1, 1, 1])
    return w.model(w.requantised(y, 131), IMAGE)


@network
def signed_with_zeros(w: Writer) -> Any:
    """onnxruntime, int8: -128 is 0 behind a ReLU; scales of the channels."""
    x = w.quantised("x", 2.0**-6, -14, np.int8)
    scale = 2.0 ** -w.random.integers(6, 9, 12)
    y = w.conv(x, (12, 3, 3, 3), scale=scale, pads=[0, 0, 1, 1], strides=[2, 2])
    y = w.requantised(w.keep(w.node("Relu", y), y), -128, np.int8)
    y = w.conv(y, (8, 12, 3, 3), pads=[1, 1, 1, 1])
    y = w.requantised(y, 5, np.int8)
    y = w.conv(y, (8, 8, 2, 2), pads=[1, 1, 0, 0])
    return w.model(w.requantised(y, -3, np.int8), IMAGE)


@network
def depthwise_with_zeros(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 120)
    y = w.requantised(w.conv(x, (8, 3, 1, 1)), 99)
    y = w.requantised(w.conv(y, (8, 1, 3, 3), group=8, pads=[1, 1, 1, 1]), 140)
    y = w.requantised(w.conv(y, (8, 1, 5, 5), group=8, pads=[2, 2, 2, 2], strides=[2, 2]), 7, np.int8)
    y = w.requantised(w.conv(y, (8, 1, 7, 7), group=8, pads=[3, 3, 3, 3]), 0, np.int8)
    y = w.requantised(w.conv(y, (8, 1, 9, 5), group=8, pads=[4, 2, 4, 2]), 0, np.int8)
    return w.model(y, [1, 3, 12, 13])


@network
def inverted_residual(w: Writer) -> Any:
    """MobileNetV2's block: Relu6, linear ends, a sum of tensors with zeros of their own, a ReLU behind it."""
    x = w.quantised("x", 2.0**-6, 113)
    a = w.requantised(w.conv(x, (8, 3, 1, 1)), 130)
    y = w.conv(a, (16, 8, 1, 1))
    y = w.requantised(w.keep(w.node("Clip", y, w.constant(0.0), w.constant(6.0)), y))
    y = w.conv(y, (16, 1, 3, 3), group=16, pads=[1, 1, 1, 1])
    y = w.requantised(w.keep(w.node("Clip", y, w.constant(0.0), w.constant(6.0)), y))
    y = w.conv(y, (8, 16, 1, 1))
    b = w.quantised(y, 2 * w.scale[a], 101)
    y = w.node("Relu", w.node("Add", a, b))
    y = w.quantised(y, w.scale[a], 20)
    return w.model(y, IMAGE)


@network
def concatenation_of_scales(w: Writer) -> Any:
    """Parts with scales of their own, quantised again behind the concatenation, and a part that is not."""
    x = w.quantised("x", 2.0**-6, 113)
    a = w.requantised(w.conv(x, (8, 3, 1, 1)), 128)
    b = w.quantised(w.conv(x, (12, 3, 3, 3), pads=[1, 1, 1, 1]), w.scale[a] * 2, 120)
    c = w.conv(x, (4, 3, 1, 1))
    y = w.node("Relu", w.node("Concat", a, b, c, axis=1))
    y = w.quantised(y, w.scale[a])
    d, e = w.node("Split", y, w.constant([16, 8], np.int64), outputs=2, axis=-3)
    w.scale[d], w.size[d] = w.scale[a], 60.0
    y = w.requantised(w.conv(d, (8, 16, 1, 1)), 110)
    e = w.quantised(w.node("MaxPool", e, kernel_shape=[1, 1]), w.scale[a])
    return w.model(w.quantised(w.node("Concat", y, e, axis=1), min(w.scale[y], w.scale[a]), 110), IMAGE)


@network
def concatenation_of_codes(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 113)
    scale = 2.0**-6
    parts = [w.codes(w.conv(x, (8, 3, 1, 1)), scale, 9) for _ in range(2)]
    return w.model(w.real(w.node("Concat", *parts, axis=1), scale, 9), IMAGE)


def pooled(w: Writer) -> str:
    x = w.quantised("x", 2.0**-6, 113)
    return w.requantised(w.conv(x, (8, 3, 3, 3), strides=[2, 2]), 120)  # 5 x 5


@network
def reduce_mean(w: Writer) -> Any:
    x = pooled(w)
    y = w.quantised(w.node("ReduceMean", x, axes=[-1, -2], keepdims=0), w.scale[x], 120)
    return w.model(dense(w, y), [1, 3, 11, 11])


def dense(w: Writer, x: str, inputs: int = 8, outputs: int = 6, **attributes: Any) -> str:
    """Weights [in][out] with a scale for each output; the sums are the output."""
    scale = 2.0 ** -w.random.integers(5, 9, outputs)
    weight = w.weights(w.weight_codes((inputs, outputs)), scale, axis=1)
    made: str = w.node("Gemm", x, weight, w.constant(w.odd(outputs) * scale * w.scale[x]), **attributes)
    return made


@network
def global_pooling_and_squeeze(w: Writer) -> Any:
    x = pooled(w)
    y = w.quantised(w.node("GlobalAveragePool", x), w.scale[x], 120)
    y = w.keep(w.node("Squeeze", y, w.constant([2, 3], np.int64)), y)
    return w.model(dense(w, y), [1, 3, 11, 11])


@network
def gemm_with_factors(w: Writer) -> Any:
    x = pooled(w)
    y = w.keep(w.node("Reshape", x, w.constant([0, -1], np.int64)), x)
    return w.model(dense(w, y, 8 * 25, alpha=0.5, beta=2.0), [1, 3, 11, 11])


@network
def matmul_and_add(w: Writer) -> Any:
    x = pooled(w)
    y = w.keep(w.node("Flatten", x), x)
    scale = 2.0**-7
    y = w.node("MatMul", y, w.weights(w.weight_codes((200, 6)), scale))
    y = w.node("Add", w.constant(w.odd(6) * scale * w.scale[x]), y)
    w.scale[y], w.size[y] = scale * w.scale[x], 73 * 60 * 14.0
    y = w.requantised(w.keep(w.node("Relu", y), y))
    y = w.keep(w.node("Reshape", y, w.constant([-1, 6], np.int64)), y)
    return w.model(dense(w, y, 6, 3), [1, 3, 11, 11])


@network
def batch_of_eight(w: Writer) -> Any:
    x = pooled(w)
    y = w.keep(w.node("Reshape", x, w.constant([8, -1], np.int64)), x)
    return w.model(dense(w, y, 200), [8, 3, 11, 11])


@network
def shape_by_operators(w: Writer) -> Any:
    """torch's x.view(x.size(0), -1) of old."""
    x = pooled(w)
    n = w.node("Gather", w.node("Shape", x), w.constant(0, np.int64), axis=0)
    n = w.node("Unsqueeze", n, w.constant([0], np.int64))
    shape = w.node("Concat", n, w.constant([-1], np.int64), axis=0)
    y = w.keep(w.node("Reshape", x, shape), x)
    return w.model(dense(w, y, 200), [1, 3, 11, 11])


@network
def normalisation_behind_a_convolution(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 113)
    y = w.conv(x, (8, 3, 3, 3), bias=False, pads=[1, 1, 1, 1])
    unit = w.scale[y]
    gamma, variance = 2.0 ** w.random.integers(-1, 2, 8) * w.random.choice([-1, 1], 8), 4.0 ** w.random.integers(-1, 2, 8)
    mean = w.odd(8) * unit
    beta = 4 * w.random.integers(-100, 100, 8) * unit
    z = w.node("BatchNormalization", y, *(w.constant(v) for v in (gamma, beta, mean, variance)), epsilon=0.0)
    return w.model(w.requantised(w.keep(w.node("Relu", z), y)), IMAGE)


@network
def normalisation_of_activations(w: Writer) -> Any:
    """Before a ReLU and a convolution, as in pre-activation networks."""
    x = w.quantised("x", 2.0**-6, 113)
    y = w.requantised(w.conv(x, (8, 3, 1, 1)), 100)
    gamma = 2.0 ** w.random.integers(0, 2, 8) * w.random.choice([-1, 1], 8)
    beta = w.random.integers(-40, 40, 8) * w.scale[y]
    z = w.node("BatchNormalization", y, w.constant(gamma), w.constant(beta), w.constant(np.zeros(8)), w.constant(np.ones(8)), epsilon=0.0)
    z = w.quantised(w.node("Relu", z), w.scale[y])
    return w.model(w.requantised(w.conv(z, (8, 8, 3, 3), pads=[1, 1, 1, 1])), IMAGE)


@network
def normalisation_of_the_input(w: Writer) -> Any:
    """(x - mean) / deviation, channel by channel, in front of the first quantisation."""
    mean, deviation = w.constant(np.reshape([0.5, 0.25, 0.125], (1, 3, 1, 1))), w.constant(np.reshape([0.25, 0.5, 0.5], (3, 1, 1)))
    x = w.quantised(w.node("Div", w.node("Sub", "x", mean), deviation), 2.0**-6, 113)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128), IMAGE)


@network
def whole_input_dequantised(w: Writer) -> Any:
    x = w.real("x", 2.0**-6, 100)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128), IMAGE, TensorProto.UINT8)


@network
def whole_input_divided(w: Writer) -> Any:
    x = w.node("Div", w.node("Cast", "x", to=1), w.constant(256.0))
    x = w.quantised(x, 2.0**-8)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128), IMAGE, TensorProto.UINT8)


@network
def clips(w: Writer) -> Any:
    """Bounds that are left out, attributes, Min and Max."""
    x = w.quantised("x", 2.0**-6, 113)
    y = w.conv(x, (8, 3, 1, 1))
    y = w.requantised(w.keep(w.node("Clip", y, w.constant(-1.5)), y), 128)
    z = w.conv(y, (8, 8, 1, 1))
    z = w.requantised(w.keep(w.node("Clip", z, "", w.constant(3.0)), z), 128)
    u = w.conv(z, (8, 8, 1, 1))
    u = w.requantised(w.keep(w.node("Min", w.node("Max", u, w.constant(0.0)), w.constant(4.0)), u), 16)
    v = w.conv(u, (8, 8, 1, 1))
    v = w.requantised(w.keep(w.node("Clip", v, min=-2.0, max=2.0), v), 128)
    return w.model(v, IMAGE)


def quantisation(w: Writer, scale: Any, zero: int, kind: Any = np.uint8) -> list[str]:
    return [w.constant(scale), w.constant(zero, kind)]


@network
def linear_integer_operators(w: Writer) -> Any:
    """QLinearConv and its like, with codes from end to end."""
    x = w.codes("x", 2.0**-6, 113)
    a = qlinear_conv(w, x, 2.0**-6, 113, (8, 3, 3, 3), 2.0**-3, 90, pads=[1, 1, 1, 1])
    b = qlinear_conv(w, a, 2.0**-3, 90, (8, 1, 3, 3), 2.0**-2, 128, pads=[1, 1, 1, 1], group=8)
    c = w.node("QLinearAdd", a, *quantisation(w, 2.0**-3, 90), b, *quantisation(w, 2.0**-2, 128), *quantisation(w, 2.0**-3, 100),
               domain="com.microsoft")  # fmt: skip
    d = w.node("QLinearGlobalAveragePool", c, *quantisation(w, 2.0**-3, 100), *quantisation(w, 2.0**-4, 110), domain="com.microsoft",
               channels_last=0)  # fmt: skip
    e = w.node("Flatten", d)
    codes = w.weight_codes((5, 8))
    f = w.node("QGemm", e, *quantisation(w, 2.0**-4, 110), w.constant(codes + 128, np.uint8), *quantisation(w, 2.0**-7, 128),
               w.constant(w.odd(5), np.int32), *quantisation(w, 2.0**-3, 128), domain="com.microsoft", transB=1)  # fmt: skip
    return w.model(w.node("DequantizeLinear", f, *quantisation(w, 2.0**-3, 128)), [1, 3, 11, 11])


def qlinear_conv(w: Writer, x: str, scale: float, zero: int, shape: tuple[int, ...], out_scale: float, out_zero: int, **attributes: Any) -> str:
    weight_scale = 2.0 ** -w.random.integers(6, 9, shape[0])
    made: str = w.node("QLinearConv", x, *quantisation(w, scale, zero), w.constant(w.weight_codes(shape), np.int8), w.constant(weight_scale),
                       w.constant(np.zeros(shape[0]), np.int8), *quantisation(w, out_scale, out_zero),
                       w.constant(w.odd(shape[0]), np.int32), **attributes)  # fmt: skip
    return made


@network
def linear_matrix_product(w: Writer) -> Any:
    x = w.codes("x", 2.0**-6, 113)
    y = w.node("QLinearMatMul", x, *quantisation(w, 2.0**-6, 113), w.constant(w.weight_codes((20, 8)), np.int8), *quantisation(w, 2.0**-7, 0, np.int8),
               *quantisation(w, 2.0**-4, 128))  # fmt: skip
    return w.model(w.node("DequantizeLinear", y, *quantisation(w, 2.0**-4, 128)), [1, 20])


@network
def integer_products(w: Writer) -> Any:
    """ConvInteger and MatMulInteger, scaled by hand."""
    x = w.codes("x", 2.0**-6, 113)
    y = w.node("ConvInteger", x, w.constant(w.weight_codes((8, 3, 3, 3)), np.int8), w.constant(113, np.uint8), pads=[1, 1, 1, 1])
    y = w.node("Mul", w.node("Cast", y, to=1), w.constant(2.0**-13))
    y = w.node("Add", y, w.constant(w.odd(8).reshape(1, 8, 1, 1) * 2.0**-13))
    y = w.codes(w.node("Relu", y), 2.0**-3)
    y = w.node("MatMulInteger", w.node("Flatten", y), w.constant(w.weight_codes((8 * 99, 5)), np.int8), w.constant(0, np.uint8))
    return w.model(w.node("Mul", w.node("Cast", y, to=1), w.constant(2.0**-10)), IMAGE)


@network
def channels_last(w: Writer) -> Any:
    """From and to [N, H, W, C]; in between the file moves the channels."""
    x = w.quantised(w.node("Transpose", "x", perm=[0, 3, 1, 2]), 2.0**-6, 113)
    y = w.requantised(w.conv(x, (8, 3, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]), 128)
    z = w.node("Transpose", y, perm=[0, 2, 3, 1])
    z = w.node("Add", z, z)
    return w.model(w.quantised(z, w.scale[y], 100), [1, 10, 9, 3])


@network
def flattened_with_channels_last(w: Writer) -> Any:
    x = w.quantised(w.node("Transpose", "x", perm=[0, 3, 1, 2]), 2.0**-6, 113)
    y = w.requantised(w.conv(x, (8, 3, 3, 3), auto_pad="SAME_LOWER", strides=[3, 3]), 128)
    z = w.keep(w.node("Reshape", w.node("Transpose", y, perm=[0, 2, 3, 1]), w.constant([-1, 8 * 12], np.int64)), y)
    return w.model(dense(w, z, 96), [1, 10, 9, 3])


@network
def pooling_of_codes(w: Writer) -> Any:
    x = w.codes("x", 2.0**-6, 100, np.int8)
    x = w.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = w.real(x, 2.0**-6, 100, np.int8)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128), IMAGE)


@network
def strides_of_two_kinds(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 113)
    y = w.requantised(w.conv(x, (8, 3, 3, 5), strides=[1, 2], pads=[1, 2, 1, 2]), 128)
    y = w.requantised(w.conv(y, (8, 1, 3, 3), group=8, strides=[2, 1], pads=[1, 1, 1, 1]), 100)
    z = w.keep(w.node("MaxPool", y, kernel_shape=[1, 2], strides=[1, 2]), y)
    z = w.requantised(w.conv(z, (8, 8, 1, 1), strides=[3, 2]), 128)
    return w.model(z, [1, 3, 20, 24])


@network
def odd_widths(w: Writer) -> Any:
    """QONNX with 3, 5 and 6 bits, narrow ranges, and results that are floored."""
    def quant(x: str, scale: float, bits: int, **attributes: Any) -> str:
        made: str = w.node("Quant", x, w.constant(scale), w.constant(0.0), w.constant(float(bits)), domain=QONNX, **attributes)
        w.scale[made], w.size[made] = scale, 2.0 ** (bits - 2)
        return made

    def conv(x: str, shape: tuple[int, ...], **attributes: Any) -> str:
        codes = w.weight_codes(shape, 6)
        weight = w.node("Quant", w.constant(codes / 8), w.constant(np.full((shape[0], 1, 1, 1), 0.125)), w.constant(0.0), w.constant(4.0),
                        domain=QONNX, signed=1, narrow=1)  # fmt: skip
        made = w.conv(x, shape, weight, 0.125, **attributes)
        w.size[made] /= 18
        return made

    x = quant("x", 2.0**-3, 6, signed=0)
    y = conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1])
    y = quant(w.keep(w.node("Relu", y), y), w.fitting(y) * 8, 5, signed=0, narrow=0)
    z = conv(y, (8, 8, 1, 1))
    z = quant(z, w.fitting(z) * 16, 3, signed=1, narrow=0)
    u = conv(z, (8, 8, 1, 1))
    u = quant(u, w.scale[z], 8, signed=1, narrow=1)
    s = quant(w.node("Add", z, u), w.scale[z], 8, signed=1, narrow=1)
    v = conv(s, (8, 1, 3, 3), group=8, pads=[1, 1, 1, 1])
    return w.model(quant(v, w.fitting(v), 8, signed=1, narrow=1, rounding_mode="FLOOR"), IMAGE)


@network
def one_pair_for_each_reader(w: Writer) -> Any:
    """The same quantisation again for each layer that reads a result."""
    x = w.quantised("x", 2.0**-6, 113)
    y = w.conv(x, (8, 3, 1, 1))
    scale = w.fitting(y)
    codes = w.codes(y, scale, 128)
    a, b, c = w.quantised(y, scale, 128), w.real(codes, scale, 128), w.real(codes, scale, 128)
    z = w.requantised(w.conv(a, (8, 8, 3, 3), pads=[1, 1, 1, 1]), 128)
    z = w.quantised(w.node("Add", z, w.quantised(w.node("Identity", b), scale, 128)), min(scale, w.scale[z]), 128)
    return w.model(w.quantised(w.node("Add", z, c), min(scale, w.scale[z]), 120), IMAGE)


@network
def strange_names(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 113)
    y = w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128)
    y = w.requantised(w.conv(y, (8, 8, 1, 1)), 128)
    for node, name in zip([node for node in w.nodes if node.op_type == "Conv"], ('a"b\\n*/ %s\n\u00e4<b>', 'a"b\\n*/ %s\n\u00e4<b>')):
        node.name = name
    return w.model(y, IMAGE)


@network
def constants_on_their_way(w: Writer) -> Any:
    """Weights that are quantised in the file, turned, reshaped, of other types."""
    x = w.quantised("x", 2.0**-6, 113)
    codes = w.weight_codes((8, 3, 3, 3))
    q = [w.constant(np.full(8, 2.0**-7)), w.constant(np.zeros(8), np.int8)]
    weight = w.node("DequantizeLinear", w.node("QuantizeLinear", w.constant(codes * 2.0**-7, np.float64), *q, axis=0), *q, axis=0)
    y = w.requantised(w.conv(x, (8, 3, 3, 3), weight, pads=[1, 1, 1, 1]), 128)
    codes = w.weight_codes((8, 8))
    tensor = numpy_helper.from_array(np.asarray(codes, np.int8))
    weight = w.node("DequantizeLinear", w.node("Constant", value=tensor), w.constant(np.full(8, 2.0**-7)), axis=1)
    weight = w.node("Reshape", w.node("Transpose", weight, perm=[1, 0]), w.constant([8, 8, 1, 1], np.int64))
    return w.model(w.requantised(w.conv(y, (8, 8, 1, 1), weight), 128), IMAGE)


@network
def padding_by_a_node(w: Writer) -> Any:
    x = w.quantised("x", 2.0**-6, 113)
    x = w.keep(w.node("Pad", x, w.constant([0, 0, 1, 0, 0, 0, 1, 2], np.int64), w.constant(0.0)), x)
    y = w.conv(x, (8, 3, 3, 3), pads=[1, 0, 1, 0])
    return w.model(w.requantised(y, 128), IMAGE)


@network
def padding_of_some_axes(w: Writer) -> Any:
    """By a node of opset 18, width first."""
    w.opset = 18
    x = w.quantised("x", 2.0**-6, 113)
    x = w.keep(w.node("Pad", x, w.constant([2, 1, 0, 1], np.int64), w.constant(0.0), w.constant([-1, 2], np.int64)), x)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3)), 128), IMAGE)


@network
def whole_codes_as_numbers(w: Writer) -> Any:
    """Cast, Sub, Mul in place of DequantizeLinear."""
    x = w.codes("x", 2.0**-6, 113)
    x = w.node("Sub", w.node("Cast", x, to=1), w.constant(113.0))
    x = w.quantised(w.node("Mul", x, w.constant(2.0**-6)), 2.0**-6, 113)
    return w.model(w.requantised(w.conv(x, (8, 3, 3, 3), pads=[1, 1, 1, 1]), 128), IMAGE)


def made(name: str) -> Any:
    return NETWORKS[name](Writer())


def save(model: Any, path: Any) -> None:
    onnx.save(model, str(path))


def made_at(name: str, path: Path) -> Path:
    save(made(name), path)
    return path
