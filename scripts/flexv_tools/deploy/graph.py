# SPDX-License-Identifier: Apache-2.0
"""A quantised network as layers of integers: what the kernels of sw/kernels compute, exactly.

Tensors are [height][width][channels] of one sample. Channels are filled up with zeros to a multiple of
four, which is what the kernels work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Scale = Floats | np.floating[Any]
Bias = Literal["sum", "product"]  # where it is added
CHANNEL_GROUP = 4
NAME_LENGTH = 120  # of what messages show
NARROW_SHIFT = 24  # of the kernels for results of 4 and 2 bits


class Unsupported(Exception):
    """A network that cannot be deployed: node, operator, what is not supported, what would be."""

    def __init__(self, node: str, operator: str, what: str, accepted: str) -> None:
        super().__init__(f"node {printable(node)} ({printable(operator)}): {what}; accepted: {accepted}")


def on_one_line(name: str) -> str:
    """A name of a file without what controls a terminal or ends a line."""
    return "".join(c if c.isprintable() else "?" for c in name)


def printable(name: str) -> str:
    """The same for a message: not endless."""
    text = on_one_line(name)
    return text if len(text) <= NAME_LENGTH else f"{text[:NAME_LENGTH]}..."


@dataclass(frozen=True)
class Format:
    """How numbers are stored. 32 bits: sums of the last layer."""

    bits: int
    signed: bool

    @property
    def low(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    def __str__(self) -> str:
        return f"{'' if self.signed else 'u'}int{self.bits}"


@dataclass(eq=False)
class Tensor:
    """A tensor of activations. Its real values are scale * (stored - zero)."""

    name: str
    height: int
    width: int
    channels: int  # of the network; stored_channels are in memory
    format: Format
    scale: Scale  # scalar, or one a channel (sums only)
    zero: int = 0
    whole: Tensor | None = None  # the concatenation that this one is a part of
    first: int = 0  # its first channel there
    bounds: tuple[int, int] | None = None  # of an input whose stored numbers do not use the whole format

    @property
    def range(self) -> tuple[int, int]:
        """Lowest and highest stored number."""
        return self.bounds or (self.format.low, self.format.high)

    @property
    def stored_channels(self) -> int:
        return -(-self.channels // CHANNEL_GROUP) * CHANNEL_GROUP

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.height, self.width, self.stored_channels

    @property
    def pixel_bytes(self) -> int:
        return self.stored_channels * self.format.bits // 8

    @property
    def size_bytes(self) -> int:
        return self.height * self.width * self.pixel_bytes

    def __str__(self) -> str:
        return f"{self.height}x{self.width}x{self.channels} {self.format}"


@dataclass(frozen=True)
class Window:
    """Kernel and strides (height, width), and padding (top, left, bottom, right)."""

    kernel: tuple[int, int] = (1, 1)
    strides: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)

    def output(self, height: int, width: int) -> tuple[int, int]:
        top, left, bottom, right = self.pads
        return (
            (height + top + bottom - self.kernel[0]) // self.strides[0] + 1,
            (width + left + right - self.kernel[1]) // self.strides[1] + 1,
        )


@dataclass(eq=False)
class Layer:
    """One call of a kernel. `error` bounds how far its results may be from the file's, in steps of the output,
    before they are clipped."""

    name: str  # of the node that it was made from
    output: Tensor
    inputs: tuple[Tensor, ...]
    window: Window = field(default_factory=Window)
    error: float = 0.0

    @property
    def input(self) -> Tensor:
        return self.inputs[0]

    @property
    def macs(self) -> int:
        """Of the network, without what fills channels up."""
        return 0

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()


@dataclass(eq=False)
class Dense(Layer):
    """Convolution over all channels; pointwise and fully connected layers are such. With `multipliers` None the
    result is the sum + bias itself (32 bits)."""

    weights: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # [out][kernel h][kernel w][in]
    weight_bits: int = 8
    biases: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # [out]
    multipliers: Ints | None = None  # [out]
    shift: int = 0
    bias: Bias = "sum"  # (sum + bias) * multiplier, or sum * multiplier + bias
    low: int = 0  # results are clipped to low..high
    high: int = 0
    filling: int = 0  # the stored number that padding is: the input's zero

    @property
    def is_narrowed(self) -> bool:
        """Whether the kernel writes bytes first, which are packed behind it: narrow results of a clip or shift that
        it does not have for them."""
        form = self.output.format
        whole = (self.low, self.high) == (form.low, form.high)
        return form.bits < 8 and (self.shift != NARROW_SHIFT or not whole)

    @property
    def macs(self) -> int:
        taps = self.window.kernel[0] * self.window.kernel[1]
        pixels = self.output.height * self.output.width
        return pixels * self.output.channels * taps * self.input.channels

    @property
    def kind(self) -> str:
        return "sums" if self.multipliers is None else "convolution"


@dataclass(eq=False)
class Depthwise(Dense):
    """Each channel with its own kernel; weights [channels][kernel h][kernel w][1]."""

    @property
    def is_3x3(self) -> bool:
        """Whether it has the kernel of its own (is_depthwise_3x3() of sw/kernels, and padding by zeros)."""
        (down, right), width = self.window.strides, self.output.width
        before = self.window.pads[1]
        behind = max(0, (width - 1) * right + 3 - before - self.input.width)
        is_small = self.window.kernel == (3, 3) and down == right <= 2 and max(before, behind) <= 1 and width > behind
        return is_small and self.filling == 0

    @property
    def macs(self) -> int:
        taps = self.window.kernel[0] * self.window.kernel[1]
        return self.output.height * self.output.width * self.output.channels * taps

    @property
    def kind(self) -> str:
        return "depthwise"


@dataclass(eq=False)
class Average(Layer):
    """(sum * multiplier + bias) >> shift."""

    multiplier: int = 1
    bias: int = 0
    shift: int = 0


@dataclass(eq=False)
class Maximum(Layer):
    """Padding never wins."""


@dataclass(eq=False)
class Add(Layer):
    """(a * factors[0] + b * factors[1] + bias) >> shift."""

    factors: tuple[int, int] = (1, 1)
    bias: int = 0
    shift: int = 0


@dataclass
class Network:
    """Layers in an order in which they can run. `source_scale` etc. of the input say how samples are quantised."""

    name: str
    input: Tensor
    layers: list[Layer]
    output: Tensor
    output_shape: tuple[int, ...]  # of the file, without batch
    is_output_flat: bool
    bias: Bias = "sum"  # of dense layers
    has_last_channels: bool = False  # the file's input is [N, H, W, C]
    notes: list[str] = field(default_factory=list)
    input_gain: Scale = np.float64(1.0)  # what the file computes with samples before they are quantised
    input_offset: Scale = np.float64(0.0)
    is_output_last: bool = False  # the file's output is [N, H, W, C]

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    def tensors(self) -> list[Tensor]:
        """The input, then each layer's output; parts of a concatenation count as the whole."""
        found: dict[int, Tensor] = {}
        for tensor in (self.input, *(layer.output for layer in self.layers)):
            whole = tensor.whole or tensor
            found[id(whole)] = whole
        return list(found.values())


def json_of(layer: Layer) -> dict[str, Any]:
    """A layer for plan.json."""
    return {
        "name": layer.name,
        "kind": layer.kind,
        "inputs": [str(tensor) for tensor in layer.inputs],
        "output": str(layer.output),
        "kernel": list(layer.window.kernel),
        "strides": list(layer.window.strides),
        "pads": list(layer.window.pads),
        "macs": layer.macs,
        "largest_error": layer.error,
    }
