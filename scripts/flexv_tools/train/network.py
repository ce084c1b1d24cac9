# SPDX-License-Identifier: Apache-2.0
"""ResNet-20 (He 2016) with halved maps, 4-bit activations and 2-bit weights, quantised while it learns.

Steps of quantisation are learnt like weights (LSQ, Esser 2020): rounding passes the gradient on. Every step is
positive and every factor of a normalisation, too, so that the file's weights keep their widths."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

torch: Any = importlib.import_module("torch")

Tensor = Any
STAGES = (16, 32, 64)
BLOCKS = 3
EPSILON = 1e-5


@dataclass(frozen=True)
class Conv:
    """A convolution with its normalisation; `bits` of its weights."""

    name: str
    inputs: int
    outputs: int
    kernel: int
    stride: int
    bits: int


@dataclass(frozen=True)
class Block:
    name: str
    first: Conv
    second: Conv
    shortcut: Conv | None


STEM = Conv("conv1", 1, STAGES[0], 3, 2, 8)


def blocks() -> Iterator[Block]:
    before = STAGES[0]
    for stage, after in enumerate(STAGES, 1):
        for number in range(BLOCKS):
            stride = 2 if stage > 1 and number == 0 else 1
            name = f"stage{stage}.{number}"
            shortcut = Conv(f"{name}.shortcut", before, after, 1, stride, 2) if stride != 1 else None
            yield Block(name, Conv(f"{name}.conv1", before, after, 3, stride, 2),
                        Conv(f"{name}.conv2", after, after, 3, 1, 2), shortcut)  # fmt: skip
            before = after


def all_convs() -> list[Conv]:
    found = [STEM]
    for block in blocks():
        found += [each for each in (block.first, block.second, block.shortcut) if each is not None]
    return found


def code_range(bits: int, signed: bool) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def fake_quantised(x: Tensor, step: Tensor, bits: int, signed: bool) -> Tensor:
    """`x` rounded to multiples of `step`, with a gradient for both."""
    low, high = code_range(bits, signed)
    damping = 1 / math.sqrt(x.numel() / (step.numel() if step.numel() > 1 else x.shape[0]) * max(1, high))
    step = step.abs() + 1e-8
    step = step * damping + (step - step * damping).detach()
    scaled = torch.clamp(x / step, low, high)
    return (scaled + (torch.round(scaled) - scaled).detach()) * step


class Classifier:
    """Parameters by name, and how they are used. `steps` of activations start from the first batch."""

    def __init__(self, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.parameters: dict[str, Tensor] = {}
        self.statistics: dict[str, Tensor] = {}
        self.is_training = True
        for conv in all_convs():
            self.add_conv(conv)
        self.add("fc.weight", torch.randn(10, STAGES[-1]) * 0.1)
        self.add("fc.bias", torch.zeros(10))
        self.add("fc.step", torch.tensor(0.003))

    def add(self, name: str, value: Tensor) -> None:
        self.parameters[name] = value.detach().clone().requires_grad_(True)

    def add_conv(self, conv: Conv) -> None:
        depth = conv.kernel**2 * conv.inputs
        weight = torch.randn(conv.outputs, conv.inputs, conv.kernel, conv.kernel) * math.sqrt(2 / depth)
        self.add(f"{conv.name}.weight", weight)
        high = code_range(conv.bits, True)[1]
        step = 2 * weight.abs().mean(dim=(1, 2, 3), keepdim=True) / math.sqrt(high)
        self.add(f"{conv.name}.step", step)
        self.add(f"{conv.name}.gamma", torch.ones(conv.outputs))
        self.add(f"{conv.name}.beta", torch.zeros(conv.outputs))
        self.statistics[f"{conv.name}.mean"] = torch.zeros(conv.outputs)
        self.statistics[f"{conv.name}.variance"] = torch.ones(conv.outputs)

    def weight(self, name: str, bits: int) -> Tensor:
        return fake_quantised(self.parameters[f"{name}.weight"], self.parameters[f"{name}.step"], bits, True)

    def convolved(self, conv: Conv, x: Tensor) -> Tensor:
        functional, name = torch.nn.functional, conv.name
        y = functional.conv2d(x, self.weight(name, conv.bits), stride=conv.stride, padding=conv.kernel // 2)
        return functional.batch_norm(
            y, self.statistics[f"{name}.mean"], self.statistics[f"{name}.variance"],
            self.parameters[f"{name}.gamma"].abs(), self.parameters[f"{name}.beta"], self.is_training, 0.1, EPSILON,
        )  # fmt: skip

    def activation(self, name: str, x: Tensor, bits: int, signed: bool = False) -> Tensor:
        key = f"{name}.activation"
        if key not in self.parameters:
            high = code_range(bits, signed)[1]
            self.add(key, (2 * x.detach().abs().mean() / math.sqrt(high)).clone())
        return fake_quantised(x if signed else torch.relu(x), self.parameters[key], bits, signed)

    def logits(self, images: Tensor) -> Tensor:
        """Of images [count][1][32][32] with numbers 0..255."""
        x = self.activation("conv1", self.convolved(STEM, images / 255), 4)
        for block in blocks():
            y = self.activation(block.first.name, self.convolved(block.first, x), 4)
            y = self.activation(block.second.name, self.convolved(block.second, y), 4, True)
            if block.shortcut is not None:
                x = self.activation(block.shortcut.name, self.convolved(block.shortcut, x), 4, True)
            x = self.activation(f"{block.name}.add", x + y, 4)
        x = self.activation("pool", x.mean(dim=(2, 3)), 8)
        return x @ self.weight("fc", 8).t() + self.parameters["fc.bias"]
