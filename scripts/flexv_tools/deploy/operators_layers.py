# SPDX-License-Identifier: Apache-2.0
"""Convolutions and matrix products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Floats, Ints, Window
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import QDQ, Const, Pending, Real, Value

MAX_KERNEL = 255  # and stride: a byte of the tables


@dataclass
class Weights:
    """Codes with the output channels first, and the scale of each of those."""

    codes: Ints
    scales: Floats


class Layers(Quantisation):
    """Operators with weights."""

    def on_conv(self) -> Value:
        real = self.numeric(0)
        return self.convolution(real, self.weights_of(1), lambda count: self.bias_of(2, count))

    def convolution(self, real: Real, weights: Weights, bias: Callable[[int], Floats]) -> Pending:
        codes, channels = weights.codes, real.tensor.channels
        if real.is_flat:
            raise self.refuse("an operand with 2 dimensions", "[N, C, H, W]")
        if codes.ndim != 4:
            raise self.refuse(f"weights with {codes.ndim} dimensions", "two-dimensional convolution")
        if (shape := self.attribute("kernel_shape")) is not None and list(shape) != list(codes.shape[2:]):
            raise self.refuse(f"kernel_shape {list(shape)} with weights {list(codes.shape)}", "the weights' own shape")
        group = self.attribute("group", 1)
        is_depthwise = group == channels and group > 1
        if group != 1 and not is_depthwise:
            raise self.refuse(f"{group} groups of {channels} channels", "one group, or as many as channels (depthwise)")
        if is_depthwise and codes.shape[0] != channels:
            raise self.refuse(f"{codes.shape[0]} outputs of {channels} groups", "one output a channel")
        if codes.shape[1] != (1 if is_depthwise else channels):
            raise self.refuse(f"weights for {codes.shape[1]} channels, activations have {channels}", "matching shapes")
        kind = "depthwise" if is_depthwise else "dense"
        window = self.window_of(codes.shape[2:], real)
        return self.product(kind, real, Weights(codes.transpose(0, 2, 3, 1), weights.scales), window, bias(codes.shape[0]))

    def weights_of(self, index: int, is_transposed: bool = False) -> Weights:
        """Quantised weights. Those of a matrix that is not transposed have the output channels last."""
        const = self.constant(index, "the weights")
        codes, scale = const.codes, const.scale
        if codes is None:
            if const.value.size and np.all(const.value == np.rint(const.value)) and np.abs(const.value).max() < 256:
                codes, scale = const.value.astype(np.int64), np.ones(())  # an integer network
            else:
                raise self.refuse("the weights are not quantised", QDQ)
        assert scale is not None
        return self.checked_weights(codes, scale, is_transposed)

    def checked_weights(self, codes: Ints, scale: Floats, is_transposed: bool = False) -> Weights:
        if codes.size == 0:
            raise self.refuse(f"weights of the shape {list(codes.shape)}", "one or more in each dimension")
        if codes.min() < -128 or codes.max() > 127:
            raise self.refuse("weights outside of -128..127 when their zero is taken off", "signed weights of at most 8 bits")
        whole = np.broadcast_to(scale, codes.shape)
        if is_transposed:
            codes, whole = codes.T, whole.T
        flat = whole.reshape(codes.shape[0], -1) if codes.ndim else whole.reshape(1, 1)
        if np.any(flat != flat[:, :1]):
            raise self.refuse("scales of weights that do not follow the output channels", "one, or one a channel")
        return Weights(codes, flat[:, 0])

    def bias_of(self, index: int, count: int) -> Floats:
        if self.operand(index) is None:
            return np.zeros(count)
        value = self.constant(index, "the bias").value
        if value.size not in (1, count) or value.shape[-1:] not in ((), (value.size,)):
            raise self.refuse(f"a bias of shape {list(value.shape)} for {count} channels", "one a channel")
        return np.broadcast_to(value.reshape(-1), (count,))

    def window_of(self, kernel: Any, real: Real, filling: int | None = None) -> Window:
        """The window of a convolution or of pooling. Padding has to be the stored number `filling`, or no number at all."""
        strides = self.attribute("strides", [1, 1])
        if any(d != 1 for d in self.attribute("dilations", [1, 1])):
            raise self.refuse("dilation", "dilation 1")
        if len(kernel) != 2 or len(strides) != 2 or any(not 0 < s <= MAX_KERNEL for s in strides):
            raise self.refuse(f"kernel {list(kernel)} with strides {list(strides)}", f"two sizes and two strides of 1..{MAX_KERNEL}")
        tensor = real.tensor
        pads = self.pads_of(kernel, strides, (tensor.height, tensor.width))
        pads = tuple(a + b for a, b in zip(pads, real.pads))
        if any(p < 0 for p in pads) or any(not 0 < k <= MAX_KERNEL for k in kernel):
            raise self.refuse(f"kernel {list(kernel)} with pads {list(pads)}", f"sizes 1..{MAX_KERNEL} and no negative pads")
        if any(pad >= size for pad, size in zip(pads, (*kernel, *kernel))):
            raise self.refuse(f"kernel {list(kernel)} with pads {list(pads)}", "pads smaller than the kernel")
        if any(pads) and filling is not None and tensor.zero != filling:
            raise self.refuse(f"padding of activations whose zero is {tensor.zero}", f"the zero {filling} where this operator pads")
        if any(pads) and not tensor.range[0] <= tensor.zero <= tensor.range[1]:
            raise self.refuse(f"padding of activations whose zero {tensor.zero} is no code", "a zero among the codes")
        window = Window((int(kernel[0]), int(kernel[1])), (int(strides[0]), int(strides[1])), (pads[0], pads[1], pads[2], pads[3]))
        height, width = window.output(tensor.height, tensor.width)
        if height < 1 or width < 1:
            raise self.refuse(f"a kernel {list(kernel)} larger than its input {tensor}", "an output of one pixel or more")
        return window

    def pads_of(self, kernel: Any, strides: Any, sizes: tuple[int, int]) -> tuple[int, ...]:
        """Top, left, bottom, right."""
        mode = self.attribute("auto_pad", b"NOTSET").decode(errors="replace")
        if mode in ("NOTSET", ""):
            pads = self.attribute("pads", [0, 0, 0, 0])
            if len(pads) != 4:
                raise self.refuse(f"pads {list(pads)}", "four pads")
            return tuple(int(p) for p in pads)
        if mode == "VALID":
            return (0, 0, 0, 0)
        if mode not in ("SAME_UPPER", "SAME_LOWER"):
            raise self.refuse(f"auto_pad {mode}", "NOTSET, VALID, SAME_UPPER, SAME_LOWER")
        before, after = [], []
        for size, k, stride in zip(sizes, kernel, strides):
            total = max(0, (-(-size // stride) - 1) * stride + k - size)
            less, more = total // 2, total - total // 2
            before.append(less if mode == "SAME_UPPER" else more)
            after.append(more if mode == "SAME_UPPER" else less)
        return (*before, *after)

    def product(self, kind: str, real: Real, weights: Weights, window: Window, bias: Floats) -> Pending:
        """Sums of products of activations and weights [out][kernel h][kernel w][in], and a bias."""
        tensor, codes = real.tensor, weights.codes
        height, width = window.output(tensor.height, tensor.width)
        gain = float(tensor.scale) * weights.scales
        shift = tensor.zero * codes.reshape(codes.shape[0], -1).sum(axis=1)
        return Pending(kind, self.label(self.node), (tensor,), height, width, codes.shape[0], (gain,),
                       bias - gain * shift, window, codes, is_flat=real.is_flat)  # fmt: skip

    def on_gemm(self) -> Value:
        if self.attribute("transA", 0):
            raise self.refuse("transA", "A * B + C, B transposed or not")
        alpha, beta = float(self.attribute("alpha", 1.0)), float(self.attribute("beta", 1.0))
        weights = self.weights_of(1, not self.attribute("transB", 0))
        if not np.isfinite(alpha) or not np.isfinite(beta):
            raise self.refuse(f"alpha {alpha:g}, beta {beta:g}", "finite factors")
        weights.scales = weights.scales * alpha
        return self.fully_connected(self.numeric(0), weights, lambda count: beta * self.bias_of(2, count))

    def on_matmul(self) -> Value:
        if isinstance(self.operand(0), Const):
            raise self.refuse("constants on the left", "activations times a constant matrix")
        return self.fully_connected(self.numeric(0), self.weights_of(1, True), np.zeros)

    def fully_connected(self, real: Real, weights: Weights, bias: Callable[[int], Floats]) -> Pending:
        tensor, codes = real.tensor, weights.codes
        if any(real.pads):
            raise self.refuse("a Pad node before it", "Pad only before Conv and pooling")
        if codes.ndim != 2:
            raise self.refuse(f"weights with {codes.ndim} dimensions", "a matrix")
        is_pixel = real.is_last and (tensor.height, tensor.width) == (1, 1)
        if not real.is_flat and not is_pixel:
            raise self.refuse(f"a matrix product with {tensor}", "a vector (Flatten before it)")
        count = tensor.height * tensor.width * tensor.channels
        if codes.shape[1] != count:
            raise self.refuse(f"{codes.shape[1]} weights an output for {count} activations", "matching shapes")
        # Files flatten channels first, if no Transpose has put them last; memory has them last.
        if real.is_last:
            shaped = codes.reshape(-1, tensor.height, tensor.width, tensor.channels)
        else:
            shaped = codes.reshape(-1, tensor.channels, tensor.height, tensor.width).transpose(0, 2, 3, 1)
        if max(tensor.height, tensor.width) > MAX_KERNEL:
            raise self.refuse(f"a vector made of {tensor}", f"heights and widths of at most {MAX_KERNEL}")
        window = Window((tensor.height, tensor.width))
        return replace(self.product("dense", real, Weights(shaped, weights.scales), window, bias(shaped.shape[0])), is_flat=real.is_flat, is_last=is_pixel)
