# SPDX-License-Identifier: Apache-2.0
"""Quantised ONNX networks made up here: by hand, or at random from a seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Builder:
    """Nodes and constants, one after the other. Scales are chosen so that results use their range."""

    def __init__(self, seed: int = 0, style: str = "qcdq") -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.random = np.random.default_rng(seed)
        self.style = style  # qcdq or qonnx

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def quantise(self, x: str, scale: float, bits: int = 8, signed: bool = False, zero: int = 0) -> str:
        if self.style == "qonnx":
            operands = [self.constant(scale), self.constant(float(zero)), self.constant(float(bits))]
            domain = "qonnx.custom_op.general"
            return self.node("Quant", x, *operands, signed=int(signed), narrow=0, rounding_mode="ROUND", domain=domain)
        kind = np.int8 if signed else np.uint8
        scale_name, zero_name = self.constant(scale), self.constant(zero, kind)
        codes = self.node("QuantizeLinear", x, scale_name, zero_name)
        if bits < 8:
            low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            codes = self.node("Clip", codes, self.constant(low, kind), self.constant(high, kind))
        return self.node("DequantizeLinear", codes, scale_name, zero_name)

    def weights(self, shape: tuple[int, ...], bits: int, scale: Any) -> str:
        high = (1 << (bits - 1)) - 1
        codes = self.random.integers(-high - 1 if bits < 8 else -high, high + 1, shape)
        scale = np.asarray(scale, np.float32)
        if self.style == "qonnx":
            along = scale.reshape((-1,) + (1,) * (len(shape) - 1)) if scale.size > 1 else scale
            real = self.constant(codes * along)
            operands = [self.constant(along), self.constant(0.0), self.constant(float(bits))]
            domain = "qonnx.custom_op.general"
            return self.node("Quant", real, *operands, signed=1, narrow=0, rounding_mode="ROUND", domain=domain)
        zeros = np.zeros(scale.shape, np.int8)
        axis = {"axis": 0} if scale.size > 1 else {}
        return self.node("DequantizeLinear", self.constant(codes, np.int8), self.constant(scale),
                         self.constant(zeros, np.int8), **axis)  # fmt: skip

    def conv(self, x: str, inputs: int, outputs: int, kernel: tuple[int, int] = (3, 3), stride: int = 1,
             pads: tuple[int, int, int, int] = (1, 1, 1, 1), bits: int = 8, group: int = 1, gain: float = 1.0,
             bias: bool = True) -> str:  # fmt: skip
        depth = inputs // group * kernel[0] * kernel[1]
        scale = (0.75 + 0.5 * self.random.random(outputs)) * gain / (depth**0.5 * 2 ** (bits - 2))
        w = self.weights((outputs, inputs // group, *kernel), bits, scale)
        operands = [x, w]
        if bias:
            operands.append(self.constant(self.random.standard_normal(outputs) * 0.2))
        top, left, bottom, right = pads
        return self.node("Conv", *operands, kernel_shape=kernel, strides=[stride] * 2, pads=[top, left, bottom, right],
                         group=group)  # fmt: skip

    def gemm(self, x: str, inputs: int, outputs: int, bits: int = 8) -> str:
        w = self.weights((outputs, inputs), bits, 0.02)
        return self.node("Gemm", x, w, self.constant(self.random.standard_normal(outputs)), transB=1)

    def save(self, path: Path, shape: list[int], output: str, out_shape: list[int], source: str = "x") -> Path:
        real = TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes, path.stem, [helper.make_tensor_value_info(source, real, shape)],
            [helper.make_tensor_value_info(output, real, out_shape)], self.constants)  # fmt: skip
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("qonnx.custom_op.general", 1)]
        onnx.save(helper.make_model(graph, opset_imports=opsets), str(path))
        return path


def wide_network(path: Path, widths: tuple[int, int], style: str = "qcdq", sizes: tuple[int, int, int] = (100, 28, 9)) -> Path:
    """A layer that has more of everything than a small TCDM holds, and a classifier of all its results. `widths` of
    activations and weights, `sizes` input and output channels, height."""
    bits, weight_bits = widths
    inputs, outputs, height = sizes
    b = Builder(5, style)
    x = b.quantise("x", 1 / (1 << bits), bits)
    y = b.conv(x, inputs, outputs, (3, 3), 1, (1, 1, 0, 1), weight_bits)
    y = b.quantise(b.node("Relu", y), 4.0 / (1 << bits), bits)
    y = b.gemm(b.node("Flatten", y), outputs * (height - 1) * height, 10)
    return b.save(path, [1, inputs, height, height], y, [1, 10])


def random_network(path: Path, seed: int) -> Path:
    """Odd sizes, asymmetric padding, mixed widths, residuals, pooling, concatenation; a classifier or a map."""
    b = Builder(seed, "qonnx" if seed % 2 else "qcdq")
    r = b.random
    height, width, channels = int(r.integers(5, 24)), int(r.integers(5, 24)), int(r.integers(1, 9))
    shape = [1, channels, height, width]
    bits = int(r.choice([8, 8, 4, 2]))
    x = b.quantise("x", 1 / (1 << bits), bits, bool(r.integers(2)))
    for _ in range(int(r.integers(2, 6))):
        x, height, width, channels = random_layer(b, x, height, width, channels)
    if r.integers(2):
        x = b.quantise(b.node("GlobalAveragePool", x), float(r.random() * 0.02 + 0.005), *same_format(b, x))
        x = b.node("Flatten", x)
        classes = int(r.integers(2, 30))
        return b.save(path, shape, b.gemm(x, channels, classes, int(r.choice([8, 4, 2]))), [1, classes])
    return b.save(path, shape, x, [1, channels, height, width])


FORMATS: dict[str, tuple[int, bool]] = {}


def same_format(b: Builder, x: str) -> tuple[int, bool]:
    return FORMATS.get(f"{id(b)} {x}", (8, False))


def quantised(b: Builder, x: str, low_scale: float = 0.002) -> str:
    r = b.random
    bits, signed = int(r.choice([8, 8, 4, 2])), bool(r.integers(2))
    if not signed and r.integers(2):
        x = b.node("Relu", x)
    scale = float(low_scale * 2 ** (8 - bits) * (1 + 4 * r.random()))
    made = b.quantise(x, scale, bits, signed)
    FORMATS[f"{id(b)} {made}"] = bits, signed
    return made


def random_layer(b: Builder, x: str, height: int, width: int, channels: int) -> tuple[str, int, int, int]:
    r = b.random
    kind = r.choice(["conv", "conv", "pointwise", "depthwise", "residual", "max", "concat"])
    if kind in ("conv", "depthwise"):
        kernel = (int(r.integers(1, 6)), int(r.integers(1, 6)))
        pads = tuple(int(r.integers(0, max(1, k))) for k in (*kernel, *kernel))
        stride = int(r.integers(1, 4))
        new_height = (height + pads[0] + pads[2] - kernel[0]) // stride + 1
        new_width = (width + pads[1] + pads[3] - kernel[1]) // stride + 1
        if new_height < 1 or new_width < 1:
            return x, height, width, channels
        outputs = channels if kind == "depthwise" else int(r.integers(1, 40))
        group = channels if kind == "depthwise" else 1
        y = b.conv(x, channels, outputs, kernel, stride, pads, int(r.choice([8, 4, 2])), group, bias=bool(r.integers(2)))
        return quantised(b, y), new_height, new_width, outputs
    if kind == "pointwise":
        outputs = int(r.integers(1, 40))
        y = b.conv(x, channels, outputs, (1, 1), 1, (0, 0, 0, 0), int(r.choice([8, 4, 2])))
        return quantised(b, y), height, width, outputs
    if kind == "residual":
        y = quantised(b, b.conv(x, channels, channels, bits=int(r.choice([8, 4, 2]))))
        return quantised(b, b.node("Add", x, y)), height, width, channels
    if kind == "max" and min(height, width) >= 3:
        y = b.node("MaxPool", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 0, 1])
        FORMATS[f"{id(b)} {y}"] = same_format(b, x)
        return y, (height + 1 - 3) // 2 + 1, (width + 1 - 2) // 2 + 1, channels
    if kind == "concat":
        parts = [b.conv(x, channels, 8, (1, 1), 1, (0, 0, 0, 0)), b.conv(x, channels, 12)]
        made = [b.quantise(part, 0.02, 8, True) for part in parts]
        y = b.node("Concat", *made, axis=1)
        FORMATS[f"{id(b)} {y}"] = 8, True
        return y, height, width, 20
    return x, height, width, channels
