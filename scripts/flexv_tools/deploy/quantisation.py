# SPDX-License-Identifier: Apache-2.0
"""QuantizeLinear, Clip, DequantizeLinear and Quant: which numbers stand for activations and weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from flexv_tools.deploy.constants import type_name
from flexv_tools.deploy.graph import Floats, Format
from flexv_tools.deploy.steps import Steps
from flexv_tools.deploy.values import Coded, Const, Pending, Real, Value

CODE_TYPES = {  # of onnx.TensorProto; the narrow ones came with opset 21 and 25
    2: Format(8, False), 3: Format(8, True), 21: Format(4, False), 22: Format(4, True), 25: Format(2, False), 26: Format(2, True),
}  # fmt: skip
ROUNDINGS: dict[str, Callable[[Floats], Floats]] = {
    **dict.fromkeys(("ROUND", "HALF_EVEN", "ROUND_HALF_EVEN"), np.rint),
    "FLOOR": np.floor,
}
MOST_ZERO = 2**31
MOST_BITS = 32  # of biases, which QONNX quantises, too


@dataclass
class Codes:
    """Of QuantizeLinear: real number / scale + zero, rounded, as a number of `form`."""

    scale: Floats
    zero: Floats
    form: Format


class Quantisation(Steps):
    """How values are quantised."""

    def on_quantizelinear(self) -> Value:
        codes, value = self.codes_at(1), self.operand(0)
        if isinstance(value, Const):
            return self.quantised_constant(value, codes)
        scale, zero = self.single(codes.scale, codes.zero)
        return Coded(self.pending_of(value), scale, zero, codes.form.low, codes.form.high)

    def codes_at(self, index: int) -> Codes:
        """A scale and a zero that are operands `index` and the next one."""
        zeros = self.operand(index + 1)
        if self.attribute("block_size", 0):
            raise self.refuse("scales of blocks", "one scale, or one a channel")
        kind = self.types.get(self.node.input[index + 1], 0) if zeros is not None else self.attribute("output_dtype", 0) or 2
        if kind not in CODE_TYPES:
            raise self.refuse(f"codes of {type_name(kind)}", "uint8 and int8, or 4 and 2 bits of either sign")
        return Codes(self.scale_at(index), self.zero_at(index + 1), CODE_TYPES[kind])

    def scale_at(self, index: int) -> Floats:
        scale = self.constant(index, "the scale").value
        if not scale.size or np.any(scale <= 0):
            raise self.refuse("a scale that is not positive and finite", "positive numbers")
        return scale

    def zero_at(self, index: int) -> Floats:
        if self.operand(index) is None:
            return np.zeros(())
        zero = self.constant(index, "the zero").value
        if not zero.size:
            raise self.refuse("a zero without elements", "one number, or one a channel")
        if np.abs(zero).max() > MOST_ZERO:
            raise self.refuse(f"the zero {zero.reshape(-1)[np.abs(zero).argmax()]:g}", "zeros within 32 bits")
        return zero

    def single(self, scale: Floats, zero: Floats) -> tuple[float, int]:
        """Of activations, which have one scale and one zero; the same ones for all channels are one."""
        for each, what in ((scale, "scales"), (zero, "zeros")):
            if np.any(each != each.reshape(-1)[0]):
                raise self.refuse(f"{what} of their own for the channels of activations", "one a tensor")
        found = float(zero.reshape(-1)[0])
        if found != int(found):
            raise self.refuse(f"the zero {found:g}", "a whole number")
        return float(scale.reshape(-1)[0]), int(found)

    def quantised_constant(self, value: Const, codes: Codes) -> Const:
        axis = self.attribute("axis", 1)
        scale = self.along(codes.scale, value.value, axis)
        zero = self.along(codes.zero, value.value, axis)
        return Const(np.clip(np.rint(value.value / scale) + zero, codes.form.low, codes.form.high))

    def along(self, vector: Floats, like: Floats, axis: int) -> Floats:
        """`vector` so that it lies along `axis` of `like`."""
        if vector.size == 1:
            return vector.reshape(())
        axis = 0 if like.ndim == 1 else axis  # of biases, where files leave out the axis
        if not -like.ndim <= axis < like.ndim or vector.size != like.shape[axis]:
            raise self.refuse(f"{vector.size} scales for the axis {axis} of {list(like.shape)}", "one scale, or one a channel")
        shape = [1] * like.ndim
        shape[axis] = vector.size
        return vector.reshape(shape)

    def on_clip(self) -> Value:
        return self.limited(self.bound(1, "min", -np.inf), self.bound(2, "max", np.inf))

    def on_max(self) -> Value:
        """With a constant: a clip."""
        return self.limited(self.other_bound(), np.inf)

    def on_min(self) -> Value:
        return self.limited(-np.inf, self.other_bound())

    def other_bound(self) -> float:
        """The constant operand of two; the other one becomes the first."""
        if len(self.node.input) != 2:
            raise self.refuse(f"{len(self.node.input)} operands", "activations and a constant")
        if isinstance(self.operand(0), Const):
            self.node.input[:] = [self.node.input[1], self.node.input[0]]
        return self.scalar(1, "the bound")

    def limited(self, low: float, high: float) -> Value:
        value = self.operand(0)
        if isinstance(value, Const):
            return replace(value, value=np.clip(value.value, low, high))
        if isinstance(value, Coded):
            return replace(value, low=max(value.low, int(np.ceil(low))) if low > -np.inf else value.low,
                           high=min(value.high, int(np.floor(high))) if high < np.inf else value.high)  # fmt: skip
        pending = self.pending_of(value)
        return replace(pending, low=max(pending.low, low), high=min(pending.high, high))

    def bound(self, index: int, attribute: str, default: float) -> float:
        """An infinite one is none, as float graphs say it, if it is on its own side."""
        value = self.operand(index)
        if value is None:
            found = float(self.attribute(attribute, default))
        elif isinstance(value, Const) and value.value.size == 1 and np.isinf(value.value).all():
            found = float(value.value.reshape(()))
        else:
            found = self.scalar(index, f"the bound {attribute}")
        if found == -default:
            raise self.refuse(f"the bound {attribute} is {found:g}", f"finite numbers, or {default:g} for none")
        return found

    def on_dequantizelinear(self) -> Value:
        scale, zero, value = self.scale_at(1), self.zero_at(2), self.operand(0)
        if self.attribute("block_size", 0):
            raise self.refuse("scales of blocks", "one scale, or one a channel")
        if isinstance(value, Const):
            return self.dequantised_constant(value, scale, zero)
        return self.dequantised(value, *self.single(scale, zero))

    def dequantised_constant(self, value: Const, scale: Floats, zero: Floats) -> Const:
        axis = self.attribute("axis", 1)
        along = self.along(scale, value.value, axis)
        codes = value.value - self.along(zero, value.value, axis)
        if not np.all(np.isfinite(codes)) or np.any(codes != np.rint(codes)):
            raise self.refuse("codes that are not whole", "whole numbers")
        return Const(codes * along, codes.astype(np.int64), along)

    def dequantised(self, value: Value | None, scale: float, zero: int) -> Real:
        """What the codes `value` of activations mean."""
        if isinstance(value, Coded):
            self.check_same(value.scale, value.zero, scale, zero)
            return self.real_of(value)
        if not isinstance(value, Real):
            raise self.refuse("its operand is not quantised", "the result of QuantizeLinear, or a constant")
        if self.is_whole_input(value):
            return self.dequantised_input(value, scale, zero)
        if value.code_zero is None:
            raise self.refuse("its operand is no code", "the result of QuantizeLinear, or a constant")
        self.check_same(float(value.tensor.scale), value.code_zero, scale, zero)
        return replace(value, code_zero=None)

    def is_whole_input(self, value: Real) -> bool:
        """Whether it is an input of integers of which nothing is known yet."""
        is_input = self.source is not None and value.tensor is self.source.tensor
        return is_input and value.code_zero == 0 and value.tensor.scale == 1

    def dequantised_input(self, value: Real, scale: float, zero: int) -> Real:
        """An input of integers; samples are its codes."""
        assert self.source is not None
        tensor = value.tensor
        if not tensor.format.low <= zero <= tensor.format.high:
            raise self.refuse(f"the zero {zero} of {tensor.format}", "one of its numbers")
        tensor.scale, tensor.zero = np.float64(scale), zero
        self.source.gain, self.source.offset = np.float64(scale), np.float64(-scale * zero)
        value.code_zero = zero
        return replace(value, code_zero=None)

    def check_same(self, scale: float, zero: int, other_scale: float, other_zero: int) -> None:
        if not np.isclose(scale, other_scale, rtol=1e-6):
            raise self.refuse("another scale than the QuantizeLinear before it", "the same scale, one a tensor")
        if zero != other_zero:
            raise self.refuse("another zero than the QuantizeLinear before it", "the same zero")

    def on_quant(self) -> Value:
        """QONNX: scale, zero and number of bits are operands."""
        value, bits = self.operand(0), self.scalar(3, "the number of bits")
        scale, zero = self.scale_at(1), self.zero_at(2)
        mode = self.attribute("rounding_mode", b"ROUND").decode(errors="replace").upper()
        if mode not in ROUNDINGS:
            raise self.refuse(f"the rounding mode {mode}", ", ".join(ROUNDINGS))
        most = MOST_BITS if isinstance(value, Const) else 8
        if not 2 <= bits <= most or bits != int(bits):
            raise self.refuse(f"{bits:g} bits", f"2 to {most} bits")
        signed, narrow = bool(self.attribute("signed", 1)), bool(self.attribute("narrow", 0))
        form = Format(int(bits), signed)
        low = form.low + 1 if narrow and signed else form.low
        high = form.high - 1 if narrow and not signed else form.high
        if isinstance(value, Const):
            if not np.all(np.isfinite(value.value)):
                raise self.refuse("constants that are not finite", "finite numbers")
            codes = np.clip(ROUNDINGS[mode](value.value / scale + zero), low, high) - zero
            return Const(codes * scale, np.rint(codes).astype(np.int64), np.broadcast_to(scale, scale.shape))
        single, offset = self.single(scale, zero)
        pending: Pending = self.pending_of(value)
        if mode == "FLOOR" and pending.kind == "input":
            raise self.refuse("the rounding mode FLOOR of the input", "ROUND")
        return self.real_of(Coded(pending, single, offset, low, high, is_floored=mode == "FLOOR"))

    on_intquant = on_quant
