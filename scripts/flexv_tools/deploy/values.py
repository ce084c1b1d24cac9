# SPDX-License-Identifier: Apache-2.0
"""What the importer knows of each value of a network: constants, stored activations, results on their way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from flexv_tools.deploy.graph import Floats, Format, Ints, Scale, Tensor, Window

QDQ = "QuantizeLinear, Clip and DequantizeLinear around it, or a QONNX Quant"
INPUT = "input"  # the kind of a Pending that is the input itself, before it is quantised


@dataclass(eq=False)
class Const:
    """A constant; `codes` and `scale` where it is quantised: value = codes * scale (zero already taken off)."""

    value: Floats
    codes: Ints | None = None
    scale: Floats | None = None


@dataclass(eq=False)
class Real:
    """Activations that are stored: scale * (stored - zero). `pads` are zeros asked for by a Pad node. `is_last`: a Transpose
    of the file has put channels last; in memory they always are. With `code_zero` the value of the file is the code
    itself, stored - zero + code_zero: DequantizeLinear has not come yet."""

    tensor: Tensor
    is_flat: bool = False
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    is_last: bool = False
    code_zero: int | None = None


@dataclass(eq=False)
class Pending:
    """A result that is not quantised yet: sums * gain + offset, for each output channel, clipped.

    `kind` is dense, depthwise, average, add, copy, concat or input; an addition has two gains, a concatenation has `parts`."""

    kind: str
    node: str
    inputs: tuple[Tensor, ...]
    height: int
    width: int
    channels: int
    gains: tuple[Floats, ...]
    offset: Floats
    window: Window = field(default_factory=Window)
    weights: Ints | None = None  # [out][kernel h][kernel w][in]
    low: float = -np.inf
    high: float = np.inf
    is_flat: bool = False
    is_floored: bool = False
    is_last: bool = False
    parts: tuple[Pending, ...] = ()


@dataclass(eq=False)
class Coded:
    """Codes of a QuantizeLinear, or whole numbers behind Floor, before it is known which are possible."""

    pending: Pending
    scale: float
    zero: int
    low: int
    high: int
    is_floored: bool = False
    made: Tensor | None = field(default=None, init=False)  # once it is known


Value = Const | Real | Pending | Coded


@dataclass(eq=False)
class Step:
    """What integerise makes a layer of: a requantisation of sums, or a maximum."""

    pending: Pending
    output: Tensor
    low: int
    high: int
    is_floored: bool = False
    is_maximum: bool = False


@dataclass
class Source:
    """The network's input, and what the file computes with samples before they are quantised: sample * gain + offset."""

    tensor: Tensor
    gain: Scale
    offset: Scale
    has_last_channels: bool = False  # samples are [height, width, channels]

    def same(self, other: Source) -> bool:
        a, b = self.tensor, other.tensor
        is_same = (a.format, a.range, float(a.scale), a.zero) == (b.format, b.range, float(b.scale), b.zero)
        return is_same and np.array_equal(self.gain, other.gain) and np.array_equal(self.offset, other.offset)


@dataclass
class Imported:
    name: str
    source: Source
    steps: list[Step]
    output: Real | Pending
    output_shape: tuple[int, ...]
    is_output_last: bool = False  # [height, width, channels]

    @property
    def input(self) -> Tensor:
        return self.source.tensor


def bits_for(low: int, high: int, signed: bool) -> int | None:
    """The narrowest width that holds low..high."""
    for bits in (2, 4, 8):
        form = Format(bits, signed)
        if form.low <= low and high <= form.high:
            return bits
    return None
