# SPDX-License-Identifier: Apache-2.0
"""Convolutions, matrix products and pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Floats, Ints, Tensor, Window
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import QDQ, Pending, Real, Step, Value


class Layers(Quantisation):
    """Operators that become layers."""

    def on_conv(self) -> Value:
        real = self.stored(0)
        weights = self.weights_of(1)
        if weights.ndim != 4:
            raise self.refuse(f"weights with {weights.ndim} dimensions", "two-dimensional convolution")
        group, channels = self.attribute("group", 1), real.tensor.channels
        window = self.window_of(weights.shape[2:], real)
        is_depthwise = group == channels and group > 1
        if group != 1 and not is_depthwise:
            raise self.refuse(f"{group} groups of {channels} channels", "one group, or as many as channels (depthwise)")
        if is_depthwise and weights.shape[0] != channels:
            raise self.refuse(f"{weights.shape[0]} outputs of {channels} groups", "one output a channel")
        if weights.shape[1] != (1 if is_depthwise else channels):
            raise self.refuse(f"weights for {weights.shape[1]} channels, activations have {channels}", "matching shapes")
        kind = "depthwise" if is_depthwise else "dense"
        return self.dense(kind, real, weights.transpose(0, 2, 3, 1), window, self.bias_of(2, weights.shape[0]))

    def weights_of(self, index: int) -> Ints:
        """Codes of quantised weights; their scale is kept for dense()."""
        const = self.constant(index, "the weights")
        codes, scale = const.codes, const.scale
        if codes is None:
            if const.value.size and np.all(const.value == np.rint(const.value)):
                codes, scale = const.value.astype(np.int64), np.ones(())  # an integer network
            else:
                raise self.refuse("the weights are not quantised", QDQ)
        assert scale is not None
        if codes.size == 0 or codes.min() < -128 or codes.max() > 127:
            raise self.refuse("weights outside of -128..127", "signed weights of at most 8 bits")
        self.weight_scale = scale
        return codes

    def channel_scales(self, count: int, axis: int = 0) -> Floats:
        """The scale of each output channel, from what weights_of() has seen."""
        scale = self.weight_scale
        if scale.size == 1:
            return np.full(count, float(scale.reshape(())))
        if scale.size != count or (scale.ndim > 1 and scale.shape[axis] != count):
            raise self.refuse("scales of weights that do not follow the output channels", "one, or one a channel")
        return scale.reshape(-1)

    def bias_of(self, index: int, count: int) -> Floats:
        if self.operand(index) is None:
            return np.zeros(count)
        value = self.constant(index, "the bias").value
        if value.size != count:
            raise self.refuse(f"a bias with {value.size} elements for {count} channels", "one a channel")
        return value.reshape(-1)

    def window_of(self, kernel: Any, real: Real) -> Window:
        strides = self.attribute("strides", [1, 1])
        if any(d != 1 for d in self.attribute("dilations", [1, 1])):
            raise self.refuse("dilation", "dilation 1")
        if len(kernel) != 2 or len(strides) != 2 or strides[0] != strides[1] or strides[0] < 1:
            raise self.refuse(f"strides {list(strides)}", "two equal strides")
        tensor = real.tensor
        pads = self.pads_of(kernel, strides[0], tensor)
        pads = tuple(a + b for a, b in zip(pads, real.pads))
        if any(pads) and tensor.zero != 0:
            raise self.refuse(f"padding of activations whose zero is {tensor.zero}", "zero 0 where a layer pads")
        if any(p < 0 for p in pads) or any(not 0 < k < 256 for k in kernel):
            raise self.refuse(f"kernel {list(kernel)} with pads {list(pads)}", "sizes 1..255 and no negative pads")
        window = Window((int(kernel[0]), int(kernel[1])), int(strides[0]), (pads[0], pads[1], pads[2], pads[3]))
        height, width = window.output(tensor.height, tensor.width)
        if height < 1 or width < 1:
            raise self.refuse(f"a kernel {list(kernel)} larger than its input {tensor}", "an output of one pixel or more")
        return window

    def pads_of(self, kernel: Any, stride: int, tensor: Tensor) -> tuple[int, ...]:
        """Top, left, bottom, right."""
        mode = self.attribute("auto_pad", b"NOTSET").decode()
        if mode == "NOTSET":
            pads = self.attribute("pads", [0, 0, 0, 0])
            if len(pads) != 4:
                raise self.refuse(f"pads {list(pads)}", "four pads")
            return tuple(int(p) for p in pads)
        if mode == "VALID":
            return (0, 0, 0, 0)
        if mode not in ("SAME_UPPER", "SAME_LOWER"):
            raise self.refuse(f"auto_pad {mode}", "NOTSET, VALID, SAME_UPPER, SAME_LOWER")
        before, after = [], []
        for size, k in ((tensor.height, kernel[0]), (tensor.width, kernel[1])):
            total = max(0, (-(-size // stride) - 1) * stride + k - size)
            less, more = total // 2, total - total // 2
            before.append(less if mode == "SAME_UPPER" else more)
            after.append(more if mode == "SAME_UPPER" else less)
        return (*before, *after)

    def dense(self, kind: str, real: Real, weights: Ints, window: Window, bias: Floats) -> Pending:
        tensor = real.tensor
        height, width = window.output(tensor.height, tensor.width)
        gain = float(tensor.scale) * self.channel_scales(weights.shape[0])
        shift = tensor.zero * weights.reshape(weights.shape[0], -1).sum(axis=1)
        return Pending(kind, self.label(self.node), (tensor,), height, width, weights.shape[0], (gain,),
                       bias - gain * shift, window, weights, is_flat=real.is_flat)  # fmt: skip

    def on_gemm(self) -> Value:
        if self.attribute("transA", 0) or self.attribute("alpha", 1.0) != 1.0 or self.attribute("beta", 1.0) != 1.0:
            raise self.refuse("transA, alpha or beta", "A * B + C, B transposed or not")
        is_transposed = bool(self.attribute("transB", 0))
        return self.fully_connected(is_transposed, lambda count: self.bias_of(2, count))

    def on_matmul(self) -> Value:
        return self.fully_connected(False, np.zeros)

    def fully_connected(self, is_transposed: bool, bias: Callable[[int], Floats]) -> Pending:
        real = self.unpadded(0)
        weights = self.weights_of(1)
        if weights.ndim != 2:
            raise self.refuse(f"weights with {weights.ndim} dimensions", "a matrix")
        if not is_transposed:
            weights = weights.T
            self.weight_scale = self.weight_scale.T
        tensor = real.tensor
        if not real.is_flat and (tensor.height, tensor.width) != (1, 1):
            raise self.refuse(f"a matrix product with {tensor}", "a vector (Flatten before it)")
        count = tensor.height * tensor.width * tensor.channels
        if weights.shape[1] != count:
            raise self.refuse(f"{weights.shape[1]} weights an output for {count} activations", "matching shapes")
        # Files flatten channels first, if no Transpose has put them last; memory has them last.
        if real.is_last:
            shaped = weights.reshape(-1, tensor.height, tensor.width, tensor.channels)
        else:
            shaped = weights.reshape(-1, tensor.channels, tensor.height, tensor.width).transpose(0, 2, 3, 1)
        window = Window((tensor.height, tensor.width))
        return replace(self.dense("dense", real, shaped, window, bias(shaped.shape[0])), is_flat=True)

    def on_maxpool(self) -> Value:
        if self.attribute("ceil_mode", 0):
            raise self.refuse("ceil_mode", "ceil_mode 0")
        if len(self.node.output) > 1 and self.node.output[1]:
            raise self.refuse("its second output", "the maximum alone")
        real = self.stored(0)
        return self.maximum(real, self.max_window(self.attribute("kernel_shape", []), real))

    def max_window(self, kernel: Any, real: Real) -> Window:
        """Padding never wins a maximum, so a zero elsewhere does not matter."""
        zero, real.tensor.zero = real.tensor.zero, 0
        try:
            return self.window_of(kernel, real)
        finally:
            real.tensor.zero = zero

    def on_globalmaxpool(self) -> Value:
        real = self.unpadded(0)
        return self.maximum(real, Window((real.tensor.height, real.tensor.width)))

    def maximum(self, real: Real, window: Window) -> Real:
        t = real.tensor
        height, width = window.output(t.height, t.width)
        pending = Pending("maximum", self.label(self.node), (t,), height, width, t.channels, (), np.zeros(()), window)
        output = replace(t, name=self.unique(pending.node), height=height, width=width, whole=None, first=0)
        self.steps.append(Step(pending, output, t.format.low, t.format.high, is_maximum=True))
        return Real(output)

    def on_averagepool(self) -> Value:
        if self.attribute("ceil_mode", 0):
            raise self.refuse("ceil_mode", "ceil_mode 0")
        real = self.stored(0)
        window = self.window_of(self.attribute("kernel_shape", []), real)
        if any(window.pads) and not self.attribute("count_include_pad", 0):
            raise self.refuse("padding that does not count", "no padding, or count_include_pad 1")
        return self.average(real, window)

    def on_globalaveragepool(self) -> Value:
        real = self.unpadded(0)
        return self.average(real, Window((real.tensor.height, real.tensor.width)))

    def on_reducemean(self) -> Value:
        axes = self.attribute("axes")
        if axes is None and len(self.node.input) > 1:
            axes = [int(a) for a in self.constant(1, "the axes").value.reshape(-1)]
        value = self.operand(0)
        is_last = isinstance(value, (Real, Pending)) and value.is_last
        wanted = [1, 2] if is_last else [2, 3]
        if axes is None or sorted(a % 4 for a in axes) != wanted:
            raise self.refuse(f"the axes {axes}", f"the mean over height and width, {wanted}")
        if isinstance(value, Real):
            self.values[self.node.input[0]] = replace(value, is_last=False)
        value = self.on_globalaveragepool()
        assert isinstance(value, Pending)
        return replace(value, is_flat=not self.attribute("keepdims", 1))

    def average(self, real: Real, window: Window) -> Pending:
        t = real.tensor
        height, width = window.output(t.height, t.width)
        gain = float(t.scale) / (window.kernel[0] * window.kernel[1])
        return Pending("average", self.label(self.node), (t,), height, width, t.channels, (np.asarray(gain),),
                       np.asarray(-float(t.scale) * t.zero), window)  # fmt: skip
