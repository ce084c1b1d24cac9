# SPDX-License-Identifier: Apache-2.0
"""Pooling: largest numbers and means of windows, or of whole maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Window
from flexv_tools.deploy.nodes import PADLESS
from flexv_tools.deploy.operators_layers import MAX_KERNEL, Layers
from flexv_tools.deploy.values import Pending, Real, Step, Value


class Pooling(Layers):
    """Operators on windows without weights."""

    def on_maxpool(self) -> Value:
        if len(self.node.output) > 1 and self.node.output[1]:
            raise self.refuse("its second output", "the maximum alone")
        real = self.stored(0)
        if any(real.pads) and real.tensor.zero != real.tensor.format.low:
            raise self.refuse("a Pad node before it, whose zeros may win", "pads of its own, or activations of 0 and more")
        return self.maximum(real, self.pooled_window(real))

    def pooled_window(self, real: Real, filling: int | None = None) -> Window:
        kernel = self.attribute("kernel_shape", [])
        self.check_spatial(real)
        window = self.window_of(kernel, real, filling)
        if self.attribute("ceil_mode", 0) and self.output_rounded_up(window, real) != window.output(real.tensor.height, real.tensor.width):
            raise self.refuse("ceil_mode where it makes a difference", "ceil_mode 0, or windows that end at the edge")
        return window

    def check_spatial(self, real: Real) -> None:
        if real.is_flat:
            raise self.refuse("an operand with 2 dimensions", "[N, C, H, W]")

    @staticmethod
    def output_rounded_up(window: Window, real: Real) -> tuple[int, int]:
        top, left, bottom, right = window.pads
        return (
            -(-(real.tensor.height + top + bottom - window.kernel[0]) // window.strides[0]) + 1,
            -(-(real.tensor.width + left + right - window.kernel[1]) // window.strides[1]) + 1,
        )

    def on_globalmaxpool(self) -> Value:
        real = self.stored(0)
        return self.maximum(real, self.whole_map(real))

    def whole_map(self, real: Real) -> Window:
        self.check_spatial(real)
        if any(real.pads):
            raise self.refuse("a Pad node before it", PADLESS)
        if max(real.tensor.height, real.tensor.width) > MAX_KERNEL:
            raise self.refuse(f"a window over {real.tensor}", f"heights and widths of at most {MAX_KERNEL}")
        return Window((real.tensor.height, real.tensor.width))

    def maximum(self, real: Real, window: Window) -> Real:
        t = real.tensor
        height, width = window.output(t.height, t.width)
        pending = Pending("maximum", self.label(self.node), (t,), height, width, t.channels, (), np.zeros(()), window)
        output = replace(t, name=self.unique(pending.node), height=height, width=width, whole=None, first=0, bounds=None)
        self.steps.append(Step(pending, output, t.format.low, t.format.high, is_maximum=True))
        return Real(output, code_zero=real.code_zero)

    def on_averagepool(self) -> Value:
        real = self.numeric(0)
        return self.average(real, self.averaged_window(real))

    def averaged_window(self, real: Real) -> Window:
        window = self.pooled_window(real, filling=0)
        if window.pads != real.pads and not self.attribute("count_include_pad", 0):
            raise self.refuse("padding that does not count", "no padding, or count_include_pad 1")
        return window

    def on_globalaveragepool(self) -> Value:
        real = self.numeric(0)
        return self.average(real, self.whole_map(real))

    def on_reducemean(self) -> Value:
        axes, value = self.numbers(1, "axes"), self.operand(0)
        is_last = isinstance(value, (Real, Pending)) and value.is_last
        wanted = [1, 2] if is_last else [2, 3]
        if axes is None or sorted(a % 4 for a in axes) != wanted:
            raise self.refuse(f"the axes {axes}", f"the mean over height and width, {wanted}")
        if is_last and isinstance(value, Real):
            self.values[self.node.input[0]] = replace(value, is_last=False)
        real = self.numeric(0)
        mean = self.average(real, self.whole_map(real))
        if value is not None:
            self.values[self.node.input[0]] = value
        is_flat = not self.attribute("keepdims", 1)
        return replace(mean, is_flat=is_flat, is_last=is_last and not is_flat)

    def average(self, real: Real, window: Window) -> Pending:
        t = real.tensor
        height, width = window.output(t.height, t.width)
        gain: Any = float(t.scale) / (window.kernel[0] * window.kernel[1])
        return Pending("average", self.label(self.node), (t,), height, width, t.channels, (np.asarray(gain),),
                       np.asarray(-float(t.scale) * t.zero), window)  # fmt: skip
