# SPDX-License-Identifier: Apache-2.0
"""Operators whose operands are codes, with their scales beside them: QLinearConv and its like, ConvInteger, MatMulInteger.

The forms of the default domain are those of ONNX, the others (QLinearAdd, QGemm, QLinearGlobalAveragePool, ...) those of
the domain com.microsoft, as onnxruntime writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Floats
from flexv_tools.deploy.operators_layers import Weights
from flexv_tools.deploy.operators_arithmetic import Arithmetic
from flexv_tools.deploy.operators_pooling import Pooling
from flexv_tools.deploy.values import Coded, Const, Pending, Real, Value


class Integers(Pooling, Arithmetic):
    """Operators on codes."""

    def codes_of_operand(self, index: int, scale: float, zero: int) -> Real:
        """What the codes that are operand `index` mean."""
        value = self.operand(index)
        if isinstance(value, Const):
            raise self.refuse("its first operand is a constant", "activations")
        real = self.dequantised(value, scale, zero)
        if real.is_last and not real.is_flat and (real.tensor.height, real.tensor.width) != (1, 1):
            raise self.refuse("channels are its last dimension", "a Transpose to [N, C, H, W] before it")
        return real

    def activations_at(self, index: int) -> Real:
        """Codes, scale and zero that are operands `index` and the next two."""
        return self.codes_of_operand(index, *self.single(self.scale_at(index + 1), self.zero_at(index + 2)))

    def weights_at(self, index: int, channel_axis: int, is_transposed: bool = False) -> Weights:
        """The same of weights; scales and zeros may be one a channel, along `channel_axis`."""
        return self.coded_weights(index, self.scale_at(index + 1), self.zero_at(index + 2), channel_axis, is_transposed)

    def coded_weights(self, index: int, scale: Floats, zero: Floats, channel_axis: int, is_transposed: bool) -> Weights:
        codes = self.constant(index, "the weights").value
        codes = codes - self.along(zero, codes, channel_axis)
        if np.any(codes != np.rint(codes)):
            raise self.refuse("weights that are not whole", "whole numbers")
        return self.checked_weights(codes.astype(np.int64), self.along(scale, codes, channel_axis), is_transposed)

    def coded_as(self, pending: Pending, index: int) -> Coded:
        """A result in codes whose scale and zero are operands `index` and the next one."""
        codes = self.codes_at(index)
        scale, zero = self.single(codes.scale, codes.zero)
        return Coded(pending, scale, zero, codes.form.low, codes.form.high)

    def whole_bias(self, index: int, real: Real, weights: Weights) -> Callable[[int], Floats]:
        """A bias of whole sums."""
        return lambda count: self.bias_of(index, count) * float(real.tensor.scale) * weights.scales

    def on_qlinearconv(self) -> Value:
        real, weights = self.activations_at(0), self.weights_at(3, 0)
        return self.coded_as(self.convolution(real, weights, self.whole_bias(8, real, weights)), 6)

    def on_qlinearmatmul(self) -> Value:
        real, weights = self.activations_at(0), self.weights_at(3, 1, True)
        return self.coded_as(self.fully_connected(real, weights, np.zeros), 6)

    def on_qgemm(self) -> Value:
        is_transposed = bool(self.attribute("transB", 0))
        if self.attribute("transA", 0):
            raise self.refuse("transA", "A * B + C, B transposed or not")
        real, weights = self.activations_at(0), self.weights_at(3, 0 if is_transposed else 1, not is_transposed)
        weights.scales = weights.scales * float(self.attribute("alpha", 1.0))
        pending = self.fully_connected(real, weights, self.whole_bias(6, real, weights))
        return self.coded_as(pending, 7) if self.operand(7) is not None else pending

    def on_qlinearadd(self) -> Value:
        return self.coded_as(self.sum_of(self.activations_at(0), self.activations_at(3), 1.0), 6)

    def on_qlinearglobalaveragepool(self) -> Value:
        if self.attribute("channels_last", 0):
            raise self.refuse("channels_last", "channels_last 0")
        real = self.activations_at(0)
        return self.coded_as(self.average(real, self.whole_map(real)), 3)

    def on_qlinearaveragepool(self) -> Value:
        if self.attribute("channels_last", 0):
            raise self.refuse("channels_last", "channels_last 0")
        real = self.activations_at(0)
        return self.coded_as(self.average(real, self.averaged_window(real)), 3)

    def whole_numbers(self, zero_index: int) -> tuple[Real, float]:
        """Codes less their zero, as real numbers with a scale of 1: what they mean, and its scale."""
        value = self.operand(0)
        zero = int(self.single(np.ones(1), self.zero_at(zero_index))[1])
        if isinstance(value, Real) and self.is_whole_input(value):
            return self.dequantised_input(value, 1.0, zero), 1.0
        if isinstance(value, Coded):
            scale, own = value.scale, value.zero
        elif isinstance(value, Real):
            scale, own = float(value.tensor.scale), value.code_zero if value.code_zero is not None else value.tensor.zero
        else:
            raise self.refuse("its operand is not quantised", "the result of QuantizeLinear")
        if zero != own:
            raise self.refuse(f"the zero {zero} of codes whose zero is {own}", "the same zero")
        if isinstance(value, Real) and value.code_zero is None:
            return value, scale
        return self.codes_of_operand(0, scale, zero), scale

    def on_convinteger(self) -> Value:
        real, scale = self.whole_numbers(2)
        weights = self.coded_weights(1, np.ones(()), self.zero_at(3), 0, False)
        return self.unscaled(self.convolution(real, weights, np.zeros), scale)

    def on_matmulinteger(self) -> Value:
        real, scale = self.whole_numbers(2)
        weights = self.coded_weights(1, np.ones(()), self.zero_at(3), 1, True)
        return self.unscaled(self.fully_connected(real, weights, np.zeros), scale)

    @staticmethod
    def unscaled(p: Pending, scale: float) -> Pending:
        return replace(p, gains=tuple(gain / scale for gain in p.gains), offset=p.offset / scale)
