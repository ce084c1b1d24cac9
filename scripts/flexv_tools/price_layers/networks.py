# SPDX-License-Identifier: Apache-2.0
"""Random networks in which every kernel occurs in every width, on small and on large maps, for a survey of what they take."""

from __future__ import annotations

from typing import Any

from flexv_tools.deploy.examples import Writer

LAYERS = 10
HEIGHTS = ((1, 4), (4, 12), (12, 36))
CHANNELS = (3, 4, 7, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96)
WIDE_HEIGHTS = ((24, 56),)
WIDE_CHANNELS = (24, 32, 48, 64, 96, 128)
CLASSES = (2, 100)
WIDE_CLASSES = (200, 800)
MOST_WEIGHTS = 90_000
KINDS = ("pointwise",) * 4 + ("convolution",) * 4 + ("depthwise",) * 3 + ("residual", "maximum", "average")


class Maker:
    """Layer by layer, with what is known of the tensor that comes out last."""

    def __init__(self, seed: int, heights: tuple[tuple[int, int], ...] = HEIGHTS, channels: tuple[int, ...] = CHANNELS) -> None:
        self.w = Writer(seed)
        self.random = self.w.random
        low, high = heights[int(self.random.integers(len(heights)))]
        self.height, self.width = (int(self.random.integers(low, high + 1)) for _ in range(2))
        self.channels = self.pick(channels)
        self.shape = [1, self.channels, self.height, self.width]
        self.bits, self.signed, self.number = self.pick((8, 8, 4, 2)), self.chance(4), 0
        self.x = self.w.quantise("image", "image", 1 / (1 << self.bits), self.bits, self.signed)

    def pick(self, values: tuple[Any, ...]) -> Any:
        return values[int(self.random.integers(len(values)))]

    def chance(self, one_in: int) -> bool:
        return int(self.random.integers(one_in)) == 0

    def name(self) -> str:
        self.number += 1
        return f"layer{self.number}"

    def quantised(self, y: str, bits: int = 0, signed: bool = False) -> str:
        """To `bits`, or to random widths, as results whose deviation is about 1."""
        self.bits, self.signed = (bits, signed) if bits else (self.pick((8, 8, 4, 4, 2)), self.chance(3))
        name = self.name()
        if not self.signed:
            y = self.w.node("Relu", f"{name}.relu", y)
        return self.w.quantise(name, y, 4.0 / ((1 << self.bits) - 1), self.bits, self.signed)

    def convolved(self, x: str, outputs: int, kernel: int, stride: int, pad: int, is_depthwise: bool = False) -> str:
        self.height = (self.height + 2 * pad - kernel) // stride + 1
        self.width = (self.width + 2 * pad - kernel) // stride + 1
        y = self.w.convolution(self.name(), x, self.channels, outputs, kernel, stride, self.pick((8, 4, 2)), is_depthwise, (pad,) * 4)
        self.channels = outputs
        return self.quantised(y)

    def add_layer(self) -> None:
        kind, least = self.pick(KINDS), min(self.height, self.width)
        outputs = self.pick(CHANNELS)
        if kind == "pointwise":
            self.x = self.convolved(self.x, outputs, 1, 1, 0)
        elif kind == "convolution":
            kernel, stride = self.pick((1, 2, 3, 3, 3, 5)), self.pick((1, 1, 2))
            if self.channels * outputs * kernel * kernel <= MOST_WEIGHTS and least >= kernel:
                self.x = self.convolved(self.x, outputs, kernel, stride, int(self.random.integers(0, kernel)))
        elif kind == "depthwise":
            kernel, stride = self.pick((3, 3, 3, 2, 5, 7)), self.pick((1, 1, 2))
            if least >= kernel:
                self.x = self.convolved(self.x, self.channels, kernel, stride, kernel // 2, True)
        elif kind == "residual" and self.channels <= 64:
            y = self.convolved(self.x, self.channels, 3, 1, 1)
            self.x = self.quantised(self.w.node("Add", self.name(), self.x, y))
        elif least >= 4:
            self.pool(kind)

    def pool(self, kind: str) -> None:
        name, size = self.name(), self.pick((2, 2, 3))
        operator = "MaxPool" if kind == "maximum" else "AveragePool"
        self.x = self.w.node(operator, name, self.x, kernel_shape=[size, size], strides=[2, 2])
        self.height, self.width = (self.height - size) // 2 + 1, (self.width - size) // 2 + 1
        if kind != "maximum":
            self.x = self.quantised(self.x)

    def classified(self, between: tuple[int, int]) -> str:
        x = self.quantised(self.w.node("GlobalAveragePool", "pool", self.x))
        classes, high = int(self.random.integers(*between)), (1 << (self.pick((8, 4, 2)) - 1)) - 1
        codes = self.random.integers(-high - 1 if high < 127 else -high, high + 1, (classes, self.channels))
        weights = self.w.layer("classes", x, codes.reshape(classes, self.channels, 1, 1), [0.01] * classes, [0.0] * classes, 1)
        return self.w.node("Flatten", "flatten", weights)


def network(seed: int) -> Any:
    """An ONNX model of layers of all kinds."""
    maker = Maker(seed)
    while maker.number < LAYERS * 2:
        maker.add_layer()
    return model_of(maker, seed)


def residual_network(seed: int) -> Any:
    """One of residual blocks with the same width everywhere, whose additions are another kernel's."""
    maker = Maker(seed)
    bits = maker.pick((8, 4))
    for _ in range(LAYERS // 2):
        channels = 4 * int(maker.random.integers(1, 17))
        y = maker.w.convolution(maker.name(), maker.x, maker.channels, channels, 1, 1, 8)
        maker.channels = channels
        x = maker.quantised(y, bits, maker.chance(2))
        y = maker.w.convolution(maker.name(), x, channels, channels, 1, 1, 4)
        y = maker.quantised(y, bits, maker.chance(2))
        maker.x = maker.quantised(maker.w.node("Add", maker.name(), y, x), bits, False)
    return model_of(maker, seed)


def wide_network(seed: int) -> Any:
    """One of depthwise and pointwise layers on large maps, with a large classifier: what single outputs take shows here."""
    maker = Maker(seed, WIDE_HEIGHTS, WIDE_CHANNELS)
    for _ in range(LAYERS // 3):
        kernel, stride = maker.pick((3, 3, 3, 5)), maker.pick((1, 1, 2))
        maker.x = maker.convolved(maker.x, maker.channels, kernel, stride, kernel // 2, True)
        maker.x = maker.convolved(maker.x, maker.pick(WIDE_CHANNELS), 1, 1, 0)
    return model_of(maker, seed, WIDE_CLASSES)


def model_of(maker: Maker, seed: int, classes: tuple[int, int] = CLASSES) -> Any:
    from onnx import TensorProto, helper  # type: ignore[import]

    output = maker.classified(classes)
    real = TensorProto.FLOAT
    graph = helper.make_graph(
        maker.w.nodes, f"survey{seed}", [helper.make_tensor_value_info("image", real, maker.shape)],
        [helper.make_tensor_value_info(output, real, [1, None])], maker.w.constants)  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
