# SPDX-License-Identifier: Apache-2.0
"""Arithmetic on results that are not quantised yet: it is folded into their scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Floats
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import Coded, Const, Pending, Real, Value


class Arithmetic(Quantisation):
    """Additions, factors, normalisation, ReLU, Floor."""

    def on_add(self) -> Value:
        left, right = self.operand(0), self.operand(1)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value + right.value)
        if isinstance(left, Const) or isinstance(right, Const):
            constant = left if isinstance(left, Const) else right
            assert isinstance(constant, Const)
            return self.shifted(right if isinstance(left, Const) else left, constant, 1.0)
        return self.sum_of_tensors()

    def sum_of_tensors(self) -> Pending:
        a, b = self.unpadded(0), self.unpadded(1)
        if a.tensor.shape != b.tensor.shape or a.tensor.channels != b.tensor.channels:
            raise self.refuse(f"operands {a.tensor} and {b.tensor}", "equal shapes")
        offset = -float(a.tensor.scale) * a.tensor.zero - float(b.tensor.scale) * b.tensor.zero
        t = a.tensor
        return Pending("add", self.label(self.node), (a.tensor, b.tensor), t.height, t.width, t.channels,
                       (np.asarray(a.tensor.scale), np.asarray(b.tensor.scale)), np.asarray(offset),
                       is_flat=a.is_flat)  # fmt: skip

    def on_sub(self) -> Value:
        right = self.operand(1)
        if not isinstance(right, Const):
            raise self.refuse("the difference of two activations", "a constant to take off")
        left = self.operand(0)
        return Const(left.value - right.value) if isinstance(left, Const) else self.shifted(left, right, -1.0)

    def on_mul(self) -> Value:
        left, right = self.operand(0), self.operand(1)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value * right.value)
        if isinstance(left, Const):
            return self.scaled(right, left.value)
        if isinstance(right, Const):
            return self.scaled(left, right.value)
        raise self.refuse("the product of two activations", "a constant factor")

    def on_div(self) -> Value:
        left, right = self.operand(0), self.operand(1)
        if not isinstance(right, Const) or np.any(right.value == 0):
            raise self.refuse("a division by activations or by 0", "a constant divisor")
        return Const(left.value / right.value) if isinstance(left, Const) else self.scaled(left, 1 / right.value)

    def by_channel(self, value: Floats, pending: Pending) -> Floats:
        """A constant operand as one number, or one a channel. Channels are dimension 1 of 4, or the last of 2."""
        if value.size == 1:
            return value.reshape(())
        shape = value.shape
        is_of_channels = value.size == pending.channels and (
            shape[-3:] == (pending.channels, 1, 1) or (pending.is_flat and shape[-1:] == (pending.channels,))
        )
        if not is_of_channels:
            raise self.refuse(f"a constant of shape {shape}", "one number, or one a channel")
        return value.reshape(-1)

    def scaled(self, value: Value | None, factor: Floats) -> Pending:
        pending = self.unclipped(value)
        factor = self.by_channel(factor, pending)
        self.check_channelwise(pending, factor)
        return replace(pending, gains=tuple(g * factor for g in pending.gains), offset=pending.offset * factor)

    def shifted(self, value: Value | None, constant: Const, sign: float) -> Pending:
        pending = self.unclipped(value)
        offset = self.by_channel(constant.value, pending)
        self.check_channelwise(pending, offset)
        return replace(pending, offset=pending.offset + sign * offset)

    def unclipped(self, value: Value | None) -> Pending:
        pending = self.pending_of(value)
        if pending.low > -np.inf or pending.high < np.inf:
            raise self.refuse(f"arithmetic behind the clip of {pending.node}", "quantisation behind a clip or ReLU")
        return pending

    def check_channelwise(self, pending: Pending, operand: Floats) -> None:
        if operand.ndim and pending.kind not in ("dense", "depthwise"):
            raise self.refuse("a constant for each channel behind an addition or average", "one number")

    def on_batchnormalization(self) -> Value:
        pending = self.unclipped(self.operand(0))
        gamma, beta, mean, variance = (self.constant(i, "a parameter").value for i in (1, 2, 3, 4))
        if any(each.shape != (pending.channels,) for each in (gamma, beta, mean, variance)):
            raise self.refuse("parameters that do not fit the channels", "one a channel")
        if np.any(variance < 0):
            raise self.refuse("a negative variance", "variances of 0 and more")
        factor = gamma / np.sqrt(variance + float(self.attribute("epsilon", 1e-5)))
        self.check_channelwise(pending, factor)
        gains = tuple(g * factor for g in pending.gains)
        return replace(pending, gains=gains, offset=(pending.offset - mean) * factor + beta)

    def on_relu(self) -> Value:
        value = self.operand(0)
        if isinstance(value, Real) and not value.tensor.format.signed and value.tensor.zero == 0:
            return value
        pending = self.pending_of(value)
        return replace(pending, low=max(pending.low, 0.0))

    def on_floor(self) -> Value:
        pending = self.pending_of(self.operand(0))
        return Coded(pending, 1.0, 0, -(1 << 30), 1 << 30, is_floored=True)

    def on_requantshift(self) -> Value:
        pending = self.shifted_by(self.operand(0))
        levels = int(self.attribute("n_levels_out", self.attribute("n_levels", 256)))
        signed = bool(self.attribute("signed", 0))
        low = -(levels // 2) if signed else 0
        return Coded(pending, 1.0, 0, low, low + levels - 1, is_floored=True)

    def shifted_by(self, value: Value | None) -> Pending:
        mul, add = self.constant(1, "the factor").value, self.constant(2, "the addend").value
        div = self.attribute("div")
        divisor = float(np.asarray(self.tensor_value(div)).reshape(-1)[0]) if div is not None else 1.0
        if divisor <= 0:
            raise self.refuse(f"the divisor {divisor:g}", "a positive divisor")
        pending = self.unclipped(value)
        factor = self.by_any_channel(mul, pending)
        offset = self.by_any_channel(add, pending)
        gains = tuple(g * factor / divisor for g in pending.gains)
        return replace(pending, gains=gains, offset=(pending.offset * factor + offset) / divisor)

    def by_any_channel(self, value: Floats, pending: Pending) -> Floats:
        if value.size not in (1, pending.channels):
            raise self.refuse(f"a constant of shape {value.shape}", "one number, or one a channel")
        return value.reshape(-1) if value.size > 1 else value.reshape(())
