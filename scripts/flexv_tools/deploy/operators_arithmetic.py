# SPDX-License-Identifier: Apache-2.0
"""Arithmetic on results that are not quantised yet: it is folded into their scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Floats
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import INPUT, Coded, Const, Pending, Real, Value

BY_CHANNEL = ("dense", "depthwise", "average", "copy", INPUT)  # kinds that can have a factor for each channel


class Arithmetic(Quantisation):
    """Additions, factors, normalisation, ReLU, Floor."""

    def on_add(self) -> Value:
        left, right = self.operand(0), self.operand(1)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value + right.value)
        if isinstance(left, Const) or isinstance(right, Const):
            constant = left if isinstance(left, Const) else right
            assert isinstance(constant, Const)
            return self.shifted(right if isinstance(left, Const) else left, constant.value)
        return self.sum_of(self.numeric(0, True), self.numeric(1, True), 1.0)

    def sum_of(self, a: Real, b: Real, sign: float) -> Pending:
        if any(a.pads) or any(b.pads):
            raise self.refuse("a Pad node before it", "Pad only before Conv and pooling")
        s, t = a.tensor, b.tensor
        if (s.height, s.width, s.channels) != (t.height, t.width, t.channels) or (a.is_flat, a.is_last) != (b.is_flat, b.is_last):
            raise self.refuse(f"operands {s} and {t}", "equal shapes")
        offset = -float(s.scale) * s.zero - sign * float(t.scale) * t.zero
        return Pending("add", self.label(self.node), (s, t), s.height, s.width, s.channels,
                       (np.asarray(s.scale), np.asarray(sign * t.scale)), np.asarray(offset), is_flat=a.is_flat, is_last=a.is_last)  # fmt: skip

    def on_sub(self) -> Value:
        left, right = self.operand(0), self.operand(1)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value - right.value)
        if isinstance(right, Const):
            return self.shifted(left, -right.value)
        if isinstance(left, Const):
            return self.shifted(self.scaled(right, np.asarray(-1.0)), left.value)
        return self.sum_of(self.numeric(0, True), self.numeric(1, True), -1.0)

    def on_neg(self) -> Value:
        value = self.operand(0)
        return Const(-value.value) if isinstance(value, Const) else self.scaled(value, np.asarray(-1.0))

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
        self.constant(1, "the divisor")
        return Const(left.value / right.value) if isinstance(left, Const) else self.scaled(left, 1 / right.value)

    def by_channel(self, value: Floats, pending: Pending) -> Floats:
        """A constant operand as one number, or one a channel, as it is broadcast: channels are dimension 1 of 4, or the last one
        of 2 or behind a Transpose."""
        if not np.all(np.isfinite(value)):
            raise self.refuse("a constant that is not finite", "finite numbers")
        if value.size == 1:
            return value.reshape(())
        shape, count = value.shape, pending.channels
        is_vector = pending.is_flat and (pending.height, pending.width) == (1, 1)
        if shape == (1,) * (len(shape) - 1) + (count,) and (is_vector and len(shape) <= 2 or pending.is_last and not pending.is_flat):
            return value.reshape(-1)
        if shape[-3:] == (count, 1, 1) and value.size == count and not pending.is_flat and not pending.is_last:
            return value.reshape(-1)
        raise self.refuse(f"a constant of shape {list(shape)}", "one number, or one a channel")

    def scaled(self, value: Value | None, factor: Floats) -> Pending:
        pending = self.unclipped(value)
        return self.affine(pending, self.by_channel(factor, pending), np.zeros(()))

    def shifted(self, value: Value | None, offset: Floats) -> Pending:
        pending = self.unclipped(value)
        return self.affine(pending, np.ones(()), self.by_channel(offset, pending))

    def affine(self, p: Pending, factor: Floats, offset: Floats) -> Pending:
        """`p` * factor + offset, each one number, or one a channel. All factors of a file come by here."""
        if not np.all(np.isfinite(factor)) or not np.all(np.isfinite(offset)):
            raise self.refuse("factors or addends that are not finite", "finite numbers")
        if p.parts:
            ends = np.cumsum([part.channels for part in p.parts])
            parts = [self.affine(part, *(each if not each.ndim else each[end - part.channels : end] for each in (factor, offset)))
                     for part, end in zip(p.parts, ends)]  # fmt: skip
            return replace(p, parts=tuple(parts))
        if (factor.ndim or offset.ndim) and p.kind not in BY_CHANNEL:
            raise self.refuse(f"a constant for each channel behind {p.node}, a sum of activations", "one number")
        return replace(p, gains=tuple(gain * factor for gain in p.gains), offset=p.offset * factor + offset)

    def unclipped(self, value: Value | None) -> Pending:
        pending = self.pending_of(value)
        if any(p.low > -np.inf or p.high < np.inf for p in (pending, *pending.parts)):
            raise self.refuse(f"arithmetic behind the clip of {pending.node}", "quantisation behind a clip or ReLU")
        return pending

    def on_batchnormalization(self) -> Value:
        if self.attribute("training_mode", 0) or any(self.node.output[1:]):
            raise self.refuse("normalisation by the batch's own mean and variance", "training_mode 0: an export of model.eval()")
        pending = self.unclipped(self.operand(0))
        gamma, beta, mean, variance = (self.constant(i, "a parameter").value for i in (1, 2, 3, 4))
        if any(each.shape != (pending.channels,) for each in (gamma, beta, mean, variance)):
            raise self.refuse("parameters that do not fit the channels", "one a channel")
        if pending.is_last or pending.is_flat and (pending.height, pending.width) != (1, 1):
            raise self.refuse("channels that are not dimension 1", "[N, C, H, W]")
        if np.any(variance < 0):
            raise self.refuse("a negative variance", "variances of 0 and more")
        variance = variance + float(self.attribute("epsilon", 1e-5))
        if np.any(variance <= 0):
            raise self.refuse(f"a variance of {variance.min():g} with its epsilon", "more than 0")
        factor = gamma / np.sqrt(variance)
        return self.affine(pending, factor, beta - mean * factor)

    def on_relu(self) -> Value:
        value = self.operand(0)
        if isinstance(value, Real) and not value.tensor.format.signed and value.tensor.zero == 0 and value.code_zero is None:
            return value
        pending = self.pending_of(value)
        return replace(pending, low=max(pending.low, 0.0), high=max(pending.high, 0.0))

    def on_floor(self) -> Value:
        pending = self.pending_of(self.operand(0))
        if pending.kind == INPUT:
            raise self.refuse("the input is not quantised before it", "a quantised input")
        return Coded(pending, 1.0, 0, -(1 << 30), 1 << 30, is_floored=True)

    def on_round(self) -> Value:
        """Whole numbers, as of integer networks."""
        return Coded(self.pending_of(self.operand(0)), 1.0, 0, -(1 << 30), 1 << 30)

    def on_requantshift(self) -> Value:
        pending = self.shifted_by(self.operand(0))
        levels = int(self.attribute("n_levels_out", self.attribute("n_levels", 256)))
        signed = bool(self.attribute("signed", 0))
        low = -(levels // 2) if signed else 0
        return Coded(pending, 1.0, 0, low, low + levels - 1, is_floored=True)

    def shifted_by(self, value: Value | None) -> Pending:
        mul, add = self.constant(1, "the factor").value, self.constant(2, "the addend").value
        div = self.attribute("div")
        divisor = 1.0 if div is None else self.number_of(div)
        if not 0 < divisor < np.inf:
            raise self.refuse(f"the divisor {divisor:g}", "a positive, finite divisor")
        pending = self.unclipped(value)
        factor, offset = (self.by_any_channel(each, pending) for each in (mul, add))
        return self.affine(pending, factor / divisor, offset / divisor)

    def by_any_channel(self, value: Floats, pending: Pending) -> Floats:
        if value.size not in (1, pending.channels):
            raise self.refuse(f"a constant of shape {value.shape}", "one number, or one a channel")
        return value.reshape(-1) if value.size > 1 else value.reshape(())
