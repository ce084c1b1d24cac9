# SPDX-License-Identifier: Apache-2.0
"""QuantizeLinear, Clip, DequantizeLinear and Quant: which numbers stand for activations and weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Floats, Format, Tensor
from flexv_tools.deploy.nodes import Nodes
from flexv_tools.deploy.values import Coded, Const, Pending, Real, Step, Value, bits_for


class Quantisation(Nodes):
    """How values are quantised."""

    def on_quantizelinear(self) -> Value:
        scale, zero, low, high = self.quantisation_of_codes()
        if self.is_input(0):
            return self.quantised_input(scale, zero, low, high)
        value = self.operand(0)
        if isinstance(value, Const):
            return self.quantised_constant(value, low, high)
        return Coded(self.pending_of(value), scale, zero, low, high)

    def quantisation_of_codes(self) -> tuple[float, int, int, int]:
        """Scale and zero of QuantizeLinear (of activations: one each) and the codes of its type."""
        scales = self.constant(1, "the scale").value
        zeros = self.operand(2)
        self.check_scale(scales)
        from onnx import TensorProto  # type: ignore[import]

        kind = self.type_of(self.node.input[2]) if zeros is not None else TensorProto.UINT8
        if kind not in (TensorProto.UINT8, TensorProto.INT8):
            raise self.refuse("codes that are neither uint8 nor int8", "uint8 and int8")
        form = Format(8, kind == TensorProto.INT8)
        zero = zeros.value.reshape(-1) if isinstance(zeros, Const) else np.zeros(1)
        self.codes_scale, self.codes_zero = scales, zero
        return float(scales.reshape(-1)[0]), int(zero[0]), form.low, form.high

    def check_scale(self, scale: Floats) -> None:
        if not scale.size or not np.all(np.isfinite(scale)) or np.any(scale <= 0):
            raise self.refuse("a scale that is not positive and finite", "positive numbers")

    def type_of(self, name: str) -> int:
        for item in self.graph.initializer:
            if item.name == name:
                return int(item.data_type)
        for node in self.graph.node:
            if name in node.output and node.op_type == "Constant":
                for attribute in node.attribute:
                    if attribute.name == "value":
                        return int(attribute.t.data_type)
        return 0

    def quantised_input(self, scale: float, zero: int, low: int, high: int) -> Value:
        """The codes of the input; Clip behind it may still narrow them."""
        height, width, channels = self.input_shape
        placeholder = Pending("input", self.label(self.node), (), height, width, channels, (), np.zeros(()))
        placeholder.is_flat, placeholder.is_last = self.is_input_flat, self.is_input_last
        return Coded(placeholder, scale, zero, low, high)

    def quantised_constant(self, value: Const, low: int, high: int) -> Const:
        axis = self.attribute("axis", 1)
        scale = self.along(self.codes_scale, value.value, axis)
        zero = self.along(self.codes_zero, value.value, axis)
        codes = np.clip(np.rint(value.value / scale) + zero, low, high)
        return Const(codes)

    def along(self, vector: Floats, like: Floats, axis: int) -> Floats:
        """`vector` so that it lies along `axis` of `like`."""
        if vector.size == 1:
            return vector.reshape(())
        axis %= max(1, like.ndim)
        if like.ndim == 0 or vector.size != like.shape[axis]:
            raise self.refuse(f"{vector.size} scales for an axis of {like.shape}", "one scale, or one a channel")
        shape = [1] * like.ndim
        shape[axis] = vector.size
        return vector.reshape(shape)

    def on_clip(self) -> Value:
        value = self.operand(0)
        low = self.bound(1, "min", -np.inf)
        high = self.bound(2, "max", np.inf)
        if isinstance(value, Const):
            return replace(value, value=np.clip(value.value, low, high))
        if isinstance(value, Coded):
            return replace(value, low=max(value.low, int(np.ceil(low))) if low > -np.inf else value.low,
                           high=min(value.high, int(np.floor(high))) if high < np.inf else value.high)  # fmt: skip
        pending = self.pending_of(value)
        return replace(pending, low=max(pending.low, low), high=min(pending.high, high))

    def bound(self, index: int, attribute: str, default: float) -> float:
        if index < len(self.node.input) and self.node.input[index]:
            return self.scalar(index, f"the bound {attribute}")
        return float(self.attribute(attribute, default))

    def on_dequantizelinear(self) -> Value:
        value = self.operand(0)
        scale = self.constant(1, "the scale").value
        self.check_scale(scale)
        zeros = self.operand(2)
        zero = zeros.value if isinstance(zeros, Const) else np.zeros(1)
        if isinstance(value, Const):
            axis = self.attribute("axis", 1)
            along = self.along(scale, value.value, axis)
            codes = value.value - self.along(zero.reshape(-1), value.value, axis)
            if not np.all(np.isfinite(codes)):
                raise self.refuse("codes that are not finite", "whole numbers")
            return Const(codes * along, codes.astype(np.int64), along)
        if isinstance(value, Real):  # an input of integers
            if scale.size != 1 or int(zero.reshape(-1)[0]) < value.tensor.format.low:
                raise self.refuse("another zero or scale than one a tensor", "one scale and one zero")
            value.tensor.scale, value.tensor.zero = np.float64(scale.reshape(())), int(zero.reshape(-1)[0])
            return value
        if not isinstance(value, Coded):
            raise self.refuse("its operand is not quantised", "the result of QuantizeLinear, or a constant")
        if scale.size != 1 or not np.isclose(float(scale.reshape(())), value.scale, rtol=1e-6):
            raise self.refuse("another scale than the QuantizeLinear before it", "the same scale, one a tensor")
        if int(zero.reshape(-1)[0]) != value.zero:
            raise self.refuse("another zero than the QuantizeLinear before it", "the same zero")
        return self.real_of(value)

    def on_quant(self) -> Value:
        """QONNX: scale, zero and number of bits are operands."""
        scale = self.constant(1, "the scale").value
        zero = self.scalar(2, "the zero")
        bits = self.scalar(3, "the number of bits")
        self.check_scale(scale)
        mode = self.attribute("rounding_mode", b"ROUND")
        if mode not in (b"ROUND", b"HALF_EVEN", b"ROUND_HALF_EVEN"):
            raise self.refuse(f"the rounding mode {mode.decode()}", "ROUND")
        is_constant = not self.is_input(0) and isinstance(self.operand(0), Const)
        most = 32 if is_constant else 8  # biases are quantised, too
        if not 2 <= bits <= most or bits != int(bits):
            raise self.refuse(f"{bits:g} bits", f"2 to {most} bits")
        signed, narrow = bool(self.attribute("signed", 1)), bool(self.attribute("narrow", 0))
        form = Format(int(bits), signed)
        low = form.low + 1 if narrow and signed else form.low
        high = form.high - 1 if narrow and not signed else form.high
        if not self.is_input(0) and isinstance(value := self.operand(0), Const):
            codes = np.clip(np.rint(value.value / scale + zero), low, high) - zero
            return Const(codes * scale, codes.astype(np.int64), scale)
        if scale.size != 1:
            raise self.refuse("scales of their own for the channels of activations", "one scale a tensor")
        single = float(scale.reshape(()))
        if self.is_input(0):
            coded = self.quantised_input(single, int(zero), low, high)
            assert isinstance(coded, Coded)
        else:
            coded = Coded(self.pending_of(self.operand(0)), single, int(zero), low, high)
        return self.real_of(coded)

    def make_input(self, form: Format, scale: float, zero: int) -> Tensor:
        if self.input_tensor is not None:
            same = (self.input_tensor.format, float(self.input_tensor.scale), self.input_tensor.zero)
            if same != (form, scale, zero):
                raise self.refuse("the input is quantised twice, in different ways", "one quantisation of the input")
            return self.input_tensor
        height, width, channels = self.input_shape
        self.input_tensor = Tensor(self.input_name, height, width, channels, form, np.float64(scale), zero)
        return self.input_tensor

    def emit(self, coded: Coded) -> Tensor:
        """Makes the tensor that `coded` describes, by a step of the network or as its input."""
        low, high, zero = coded.low, coded.high, coded.zero
        if low > high:
            raise self.refuse(f"codes from {low} to {high}", "a range that holds a number")
        signed = low < 0
        if signed and high > 127 or high - low > 255:
            raise self.refuse(f"codes from {low} to {high}", "at most 8 bits")
        if signed and zero < 0 and low == zero:  # the lowest code stands for 0: the same without sign
            low, high, zero, signed = 0, high - low, 0, False
        bits = bits_for(low, high, signed)
        if bits is None:
            raise self.refuse(f"codes from {low} to {high}", "at most 8 bits")
        form = Format(bits, signed)
        if coded.pending.kind == "input":
            if (low, high) != (form.low, form.high) and not signed:
                raise self.refuse(f"an input with codes from {low} to {high}", "a whole range of 2, 4 or 8 bits")
            return self.make_input(form, coded.scale, zero)
        if (same := self.unchanged(coded, low, high, zero)) is not None:
            return same
        return self.add_step(coded, form, low, high, zero)

    @staticmethod
    def unchanged(coded: Coded, low: int, high: int, zero: int) -> Tensor | None:
        """The tensor itself, where it is only quantised again as it is: around operators that move nothing."""
        p = coded.pending
        if p.kind != "copy":
            return None
        t = p.inputs[0]
        is_same = float(t.scale) == coded.scale and t.zero == zero and low <= t.format.low and t.format.high <= high
        is_whole = np.array_equal(p.gains[0], np.asarray(t.scale)) and np.array_equal(p.offset, np.asarray(-t.scale * t.zero))
        is_clipped = p.low > t.scale * (t.format.low - t.zero) or p.high < t.scale * (t.format.high - t.zero)
        return t if is_same and is_whole and not is_clipped else None

    def add_step(self, coded: Coded, form: Format, low: int, high: int, zero: int) -> Tensor:
        p = coded.pending
        if p.low > -np.inf:  # a clip of the reals is one of the codes
            low = max(low, int(np.ceil(p.low / coded.scale + zero - 0.5)))
        if p.high < np.inf:
            high = min(high, int(np.floor(p.high / coded.scale + zero + 0.5)))
        if low > high:
            raise self.refuse("a clip that leaves nothing", "bounds in order")
        if form.signed and low >= 0 and zero == 0:
            narrower = bits_for(0, high, False)
            form = Format(narrower or 8, False)
        tensor = Tensor(self.unique(p.node), p.height, p.width, p.channels, form, np.float64(coded.scale), zero)
        self.steps.append(Step(p, tensor, low, high, coded.is_floored))
        return tensor

    def unique(self, name: str) -> str:
        result, number = name, 2
        while result in self.names:
            result, number = f"{name}_{number}", number + 1
        self.names.add(result)
        return result

    def pending_of(self, value: Value | None) -> Pending:
        """`value` as something that can be scaled and quantised (again)."""
        if isinstance(value, Coded):
            value = self.real_of(value)
        if isinstance(value, Pending):
            return value
        if not isinstance(value, Real):
            raise self.refuse("its operand is a constant", "activations")
        if any(value.pads):
            raise self.refuse("a Pad node before it", "Pad only before Conv and pooling")
        t = value.tensor
        return Pending("copy", self.label(self.node), (t,), t.height, t.width, t.channels, (np.asarray(t.scale),),
                       np.asarray(-t.scale * t.zero), is_flat=value.is_flat, is_last=value.is_last)  # fmt: skip
