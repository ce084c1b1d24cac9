# SPDX-License-Identifier: Apache-2.0
"""Write one of the networks of the published experiments as a quantised ONNX file (QCDQ), with synthetic weights.

mobilenet_8b and mobilenet_8b4b: MobileNetV1 0.75, 224 x 224 (Howard 2017), the latter with 4-bit weights in the
pointwise layers. resnet20_4b2b: ResNet-20, 32 x 32 (He 2016), 4-bit activations and 2-bit weights but for the first and
last layer; resnet20_small_4b2b: the same with halved maps, about 10 M MAC. Scales are such that results use their range.
float_small: four convolutions of real numbers, as PyTorch exports them, for scripts/quantise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MOBILENET_CHANNELS = (24, 48, 96, 96, 192, 192, 384, 384, 384, 384, 384, 384, 768, 768)
MOBILENET_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)


class Writer:
    """Nodes, constants and the quantisation of activations, one after the other."""

    def __init__(self, seed: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.random = np.random.default_rng(seed)

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        from onnx import numpy_helper  # type: ignore[import]

        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def node(self, operator: str, name: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        result = f"{name}.{operator}"
        self.nodes.append(helper.make_node(operator, list(inputs), [result], name=name, **attributes))
        return result

    def quantise(self, name: str, x: str, scale: float, bits: int, signed: bool = False) -> str:
        kind = np.int8 if signed else np.uint8
        scale_name, zero = self.constant(scale), self.constant(0, kind)
        codes = self.node("QuantizeLinear", f"{name}.quantise", x, scale_name, zero)
        if bits < 8:
            low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            codes = self.node("Clip", f"{name}.clip", codes, self.constant(low, kind), self.constant(high, kind))
        return self.node("DequantizeLinear", f"{name}.dequantise", codes, scale_name, zero)

    def convolution(self, name: str, x: str, inputs: int, outputs: int, kernel: int, stride: int, bits: int,
                    depthwise: bool = False, pads: tuple[int, int, int, int] | None = None) -> str:  # fmt: skip
        """With weights whose results have a deviation of about 1."""
        group = inputs if depthwise else 1
        depth = kernel * kernel * inputs // group
        high = (1 << (bits - 1)) - 1
        codes = np.clip(np.rint(self.random.standard_normal((outputs, inputs // group, kernel, kernel)) * high / 2), -high, high)
        scale = np.full(outputs, 2.0 / (max(1, high) * depth**0.5)) * (0.8 + 0.4 * self.random.random(outputs))
        bias = 0.1 * self.random.standard_normal(outputs)
        return self.layer(name, x, codes, scale, bias, stride, group, pads)

    def layer(self, name: str, x: str, codes: Any, scale: Any, bias: Any, stride: int, group: int = 1,
              pads: tuple[int, int, int, int] | None = None) -> str:  # fmt: skip
        """A convolution with codes of weights [out][in][kernel][kernel], a scale and a bias for each output."""
        outputs, kernel = codes.shape[0], codes.shape[2]
        w = self.node("DequantizeLinear", f"{name}.weights", self.constant(codes, np.int8), self.constant(scale),
                      self.constant(np.zeros(outputs), np.int8), axis=0)  # fmt: skip
        edge = kernel // 2
        return self.node("Conv", name, x, w, self.constant(bias), kernel_shape=[kernel, kernel],
                         strides=[stride, stride], pads=list(pads or (edge,) * 4), group=group)  # fmt: skip

    def activation(self, name: str, x: str, bits: int) -> str:
        """ReLU and quantisation to 0..4 deviations."""
        return self.quantise(name, self.node("Relu", f"{name}.relu", x), 4.0 / ((1 << bits) - 1), bits)

    def classifier(self, x: str, channels: int, classes: int) -> str:
        flat = self.node("Flatten", "flatten", x)
        codes = self.random.integers(-127, 128, (classes, channels))
        w = self.node("DequantizeLinear", "fc.weights", self.constant(codes, np.int8), self.constant(0.01),
                      self.constant(0, np.int8))  # fmt: skip
        return self.node("Gemm", "fc", flat, w, self.constant(self.random.standard_normal(classes)), transB=1)

    def model(self, name: str, size: int, output: str, classes: int, channels: int = 3) -> Any:
        from onnx import TensorProto, helper

        real = TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("image", real, [1, channels, size, size])],
            [helper.make_tensor_value_info(output, real, [1, classes])], self.constants)  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def mobilenet(name: str, pointwise_bits: int, size: int = 224) -> Any:
    w = Writer(1)
    x = w.quantise("image", "image", 1 / 255, 8)
    channels = MOBILENET_CHANNELS
    x = w.activation("conv1", w.convolution("conv1", x, 3, channels[0], 3, 2, 8, pads=(0, 0, 1, 1)), 8)
    for i, stride in enumerate(MOBILENET_STRIDES):
        before, after = channels[i], channels[i + 1]
        pads = (1, 1, 1, 1) if stride == 1 else (0, 0, 1, 1)
        x = w.activation(f"dw{i + 1}", w.convolution(f"dw{i + 1}", x, before, before, 3, stride, 8, True, pads), 8)
        x = w.activation(f"pw{i + 1}", w.convolution(f"pw{i + 1}", x, before, after, 1, 1, pointwise_bits), 8)
    x = w.quantise("pool", w.node("GlobalAveragePool", "pool", x), 2.0 / 255, 8)
    return w.model(name, size, w.classifier(x, channels[-1], 1000), 1000)


def resnet20(name: str, size: int, first_stride: int) -> Any:
    w = Writer(2)
    x = w.quantise("image", "image", 1 / 255, 8)
    x = w.activation("conv1", w.convolution("conv1", x, 3, 16, 3, first_stride, 8), 4)
    before = 16
    for stage, after in enumerate((16, 32, 64), 1):
        for block in range(3):
            stride = 2 if stage > 1 and block == 0 else 1
            x = residual_block(w, f"stage{stage}.{block}", x, before, after, stride)
            before = after
    x = w.quantise("pool", w.node("GlobalAveragePool", "pool", x), 2.0 / 255, 8)
    return w.model(name, size, w.classifier(x, 64, 10), 10)


def residual_block(w: Writer, name: str, x: str, before: int, after: int, stride: int) -> str:
    y = w.activation(f"{name}.conv1", w.convolution(f"{name}.conv1", x, before, after, 3, stride, 2), 4)
    y = w.quantise(f"{name}.conv2", w.convolution(f"{name}.conv2", y, after, after, 3, 1, 2), 0.5, 4, True)
    if stride != 1:
        shortcut = w.convolution(f"{name}.shortcut", x, before, after, 1, stride, 2)
        x = w.quantise(f"{name}.shortcut", shortcut, 0.5, 4, True)
    return w.activation(f"{name}.add", w.node("Add", f"{name}.add", y, x), 4)


def float_small(name: str) -> Any:
    """Of 32 x 32 x 3, not quantised."""
    w = Writer(3)
    x, before = "image", 3
    for number, (after, stride) in enumerate(((16, 2), (32, 2), (32, 1), (64, 2)), 1):
        weights = w.random.standard_normal((after, before, 3, 3)) * (2 / (9 * before)) ** 0.5
        bias = w.constant(0.1 * w.random.standard_normal(after))
        x = w.node("Conv", f"conv{number}", x, w.constant(weights), bias, kernel_shape=[3, 3], strides=[stride] * 2, pads=[1] * 4)
        x, before = w.node("Relu", f"relu{number}", x), after
    flat = w.node("Flatten", "flatten", w.node("GlobalAveragePool", "pool", x))
    weights, bias = w.constant(0.3 * w.random.standard_normal((10, before))), w.constant(np.zeros(10))
    return w.model(name, 32, w.node("Gemm", "fc", flat, weights, bias, transB=1), 10)


NETWORKS: dict[str, Callable[[str], Any]] = {
    "mobilenet_8b": lambda name: mobilenet(name, 8),
    "mobilenet_8b4b": lambda name: mobilenet(name, 4),
    "resnet20_4b2b": lambda name: resnet20(name, 32, 1),
    "resnet20_small_4b2b": lambda name: resnet20(name, 32, 2),
    "float_small": float_small,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/example_network", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=sorted(NETWORKS))
    parser.add_argument("file", type=Path, metavar="FILE.onnx")
    options = parser.parse_args()
    import onnx

    try:
        onnx.save(NETWORKS[options.name](options.name), str(options.file))
    except OSError as error:
        print(f"example_network: error: {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
