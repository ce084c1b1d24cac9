# SPDX-License-Identifier: Apache-2.0
"""Operators that move nothing, or only places: constants, reshaping, padding, concatenation, splitting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from flexv_tools.deploy.constants import constant_of
from flexv_tools.deploy.graph import Tensor
from flexv_tools.deploy.nodes import PADLESS
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import INPUT, QDQ, Coded, Const, Pending, Real, Value

FLOATS = (1, 10, 11, 16)  # of onnx.TensorProto
WHOLE = {2: (0, 255), 3: (-128, 127), 4: (0, 65535), 5: (-32768, 32767), 6: (-(2**31), 2**31 - 1),
         7: (-(2**63), 2**63 - 1), 12: (0, 2**32 - 1), 13: (0, 2**64 - 1)}  # fmt: skip


def seen_as(value: Value, **places: bool) -> Value:
    """The same numbers, seen as a vector or in another order of dimensions."""
    if isinstance(value, Coded):
        return replace(value, pending=replace(value.pending, **places))
    return value if isinstance(value, Const) else replace(value, **places)


def constant_with(value: Const, change: Callable[[Any], Any]) -> Const:
    """A constant whose elements have other places; scales lie beside their codes."""
    codes = None if value.codes is None else np.asarray(change(value.codes), np.int64)
    scale = None if value.scale is None else np.asarray(change(np.broadcast_to(value.scale, value.value.shape)), np.float64)
    return Const(np.asarray(change(value.value), np.float64), codes, scale)


class Shapes(Quantisation):
    """Operators without arithmetic."""

    def on_constant(self) -> Value:
        for item in self.node.attribute:
            if item.name == "value":
                self.types[self.node.output[0]] = int(item.t.data_type)
                try:
                    return Const(constant_of(item.t))
                except ValueError as error:
                    raise self.refuse(f"a constant without numbers ({error})", "numbers") from error
            if item.name in ("value_float", "value_int"):
                return Const(np.asarray(self.attribute(item.name), np.float64))
            if item.name in ("value_floats", "value_ints"):
                return Const(np.asarray(self.attribute(item.name), np.float64))
        raise self.refuse("a constant that is no tensor", "value, value_float(s), value_int(s)")

    def on_identity(self) -> Value:
        value = self.operand(0)
        if value is None:
            raise self.refuse("no operand", "one")
        for name in self.node.input[:1]:
            if name in self.types and self.node.op_type == "Identity":
                self.types[self.node.output[0]] = self.types[name]
        return value

    def on_dropout(self) -> Value:
        if self.operand(2) is not None and np.any(self.constant(2, "training_mode").value):
            raise self.refuse("numbers that are dropped at random", "training_mode false: an export of model.eval()")
        return self.on_identity()

    def on_cast(self) -> Value:
        """Between kinds of numbers that both hold the value; codes stay codes."""
        value, kind = self.on_identity(), self.attribute("to", 1)
        if kind in FLOATS:
            return self.as_numbers(value)
        if kind not in WHOLE:
            raise self.refuse(f"the type {kind}", "float and whole numbers")
        low, high = WHOLE[kind]
        if isinstance(value, Const):
            self.types[self.node.output[0]] = kind
            return Const(np.clip(np.trunc(value.value), low, high))
        if isinstance(value, Pending) or isinstance(value, Real) and value.code_zero is None and (value.tensor.scale != 1 or value.tensor.zero):
            raise self.refuse("real numbers that are cut to whole ones", "QuantizeLinear, Floor or Round before it")
        if isinstance(value, Coded) and (value.low < low or value.high > high):
            raise self.refuse(f"numbers from {value.low} to {value.high} that may leave their type", "a Clip before it")
        return value

    def as_numbers(self, value: Value) -> Value:
        """Codes as real numbers of the same value."""
        if isinstance(value, Coded) and (value.scale, value.zero) != (1.0, 0):
            value = self.codes_of(value)
        if isinstance(value, Real) and value.code_zero is not None:
            whole = (value.code_zero, value.tensor.zero, float(value.tensor.scale)) == (0, 0, 1.0)
            return replace(value, code_zero=None) if whole else self.pending_of(value)
        return value

    def on_flatten(self) -> Value:
        value, axis = self.operand(0), self.attribute("axis", 1)
        if value is None or isinstance(value, Const):
            raise self.refuse("its operand is a constant", "activations")
        if axis not in (1, 1 - len(self.dims_of(value))):
            raise self.refuse(f"the axis {axis}", "axis 1")
        return self.flat(value)

    @staticmethod
    def flat(value: Value) -> Value:
        return seen_as(value, is_flat=True)

    @staticmethod
    def dims_of(value: Value) -> list[int]:
        """As the file has it, with a batch of 1."""
        if isinstance(value, Const):
            return list(value.value.shape)
        p = value.pending if isinstance(value, Coded) else value
        of: Tensor | Pending = p.tensor if isinstance(p, Real) else p
        if p.is_flat:
            return [1, of.height * of.width * of.channels]
        return [1, of.height, of.width, of.channels] if p.is_last else [1, of.channels, of.height, of.width]

    def on_reshape(self) -> Value:
        value = self.operand(0)
        shape = [int(n) for n in self.constant(1, "the shape").value.reshape(-1)]
        if value is None:
            raise self.refuse("no operand", "one")
        if isinstance(value, Const):
            return self.reshaped_constant(value, shape)
        dims = self.dims_of(value)
        if not self.attribute("allowzero", 0):
            shape = [dims[i] if n == 0 and 0 < i < len(dims) else n for i, n in enumerate(shape)]
        shape = self.without_batch(shape)
        count = int(np.prod(dims))
        if shape.count(-1) == 1 and -int(np.prod(shape)) > 0 and count % -int(np.prod(shape)) == 0:
            shape[shape.index(-1)] = count // -int(np.prod(shape))
        if shape == dims:
            return value
        if shape == [1, count]:
            return self.flat(value)
        if dims == [1, count] and shape in ([1, count, 1, 1], [1, 1, 1, count]) and self.is_pixel(value):
            return seen_as(value, is_flat=False, is_last=shape[1] == 1 and count > 1)
        if self.is_pixel(value) and shape in ([1, count, 1, 1], [1, 1, 1, count]):
            return seen_as(value, is_last=shape[1] == 1 and count > 1)
        raise self.refuse(f"the shape {shape} of {dims}", "a flat vector [1, N], or the same shape")

    def without_batch(self, shape: list[int]) -> list[int]:
        """A shape whose first dimension is the batch, as one sample has it."""
        rest = shape[1:]
        if not rest or not (shape[0] in (0, self.batch) or shape[0] == -1 and min(rest) > 0):
            raise self.refuse(f"the shape {shape}", "the batch as its first dimension")
        return [1, *rest]

    @staticmethod
    def is_pixel(value: Value) -> bool:
        p = value.pending if isinstance(value, Coded) else value
        of = p.tensor if isinstance(p, Real) else p
        return not isinstance(of, Const) and (of.height, of.width) == (1, 1)

    def reshaped_constant(self, value: Const, shape: list[int]) -> Const:
        if not self.attribute("allowzero", 0) and all(n != 0 or i < value.value.ndim for i, n in enumerate(shape)):
            shape = [value.value.shape[i] if n == 0 else n for i, n in enumerate(shape)]
        return constant_with(value, lambda each: each.reshape(shape))

    def on_squeeze(self) -> Value:
        value, axes = self.operand(0), self.numbers(1, "axes")
        if isinstance(value, Const):
            return constant_with(value, lambda each: np.squeeze(each, None if axes is None else tuple(axes)))
        if value is not None and self.is_pixel(value):
            dims = self.dims_of(value)
            ones = {i for i in range(1, len(dims)) if dims[i] == 1}
            gone = ones if axes is None else {a % len(dims) for a in axes}
            if 0 not in gone and len(dims) - len(gone) == 2 and gone <= ones:
                return self.flat(value)
        raise self.refuse(f"the axes {axes}", "height and width of a tensor of one pixel")

    def on_unsqueeze(self) -> Value:
        value, axes = self.operand(0), self.numbers(1, "axes") or []
        if isinstance(value, Const):
            return constant_with(value, lambda each: np.expand_dims(each, tuple(axes)))
        if value is not None and self.is_pixel(value) and sorted(a % 4 for a in axes) == [2, 3] and len(self.dims_of(value)) == 2:
            return seen_as(value, is_flat=False, is_last=False)
        raise self.refuse(f"the axes {axes} of activations", "[2, 3] of a vector")

    def on_shape(self) -> Value:
        """Of activations with a batch of 1: files compute the shape of a Reshape from it."""
        value = self.operand(0)
        if value is None:
            raise self.refuse("no operand", "one")
        dims = self.dims_of(value)
        if not isinstance(value, Const):
            dims = [self.batch, *dims[1:]]
        return Const(np.asarray(dims[self.attribute("start", 0) : self.attribute("end", None)], np.float64))

    def on_gather(self) -> Value:
        value, index = self.constant(0, "its operand").value, self.constant(1, "the index").value.astype(np.int64)
        axis = int(self.attribute("axis", 0))
        if not -value.ndim <= axis < value.ndim or (index.size and (index.max() >= value.shape[axis] or index.min() < -value.shape[axis])):
            raise self.refuse(f"the index {index.tolist()} of {list(value.shape)}", "one inside")
        return Const(np.take(value, index, axis))

    def on_slice(self) -> Value:
        """Of constants with one dimension."""
        value = self.constant(0, "its operand").value
        starts, ends = (self.constant(i, "a bound").value.reshape(-1) for i in (1, 2))
        steps = self.constant(4, "the step").value.reshape(-1) if self.operand(4) is not None else np.ones(1)
        if value.ndim != 1 or starts.size != 1 or ends.size != 1 or steps.size != 1 or steps[0] == 0:
            raise self.refuse(f"a part of {list(value.shape)}", "one of a constant with one dimension")
        return Const(value[int(starts[0]) : int(max(-(1 << 31), min(ends[0], 1 << 31))) : int(steps[0])])

    def on_transpose(self) -> Value:
        """Of constants any; of activations between [N, C, H, W] and [N, H, W, C], which moves nothing."""
        order = [int(n) for n in self.attribute("perm", [])]
        value = self.operand(0)
        if value is None:
            raise self.refuse("no operand", "one")
        if isinstance(value, Const):
            order = order or list(range(value.value.ndim))[::-1]
            if sorted(order) != list(range(value.value.ndim)):
                raise self.refuse(f"the order {order} of {value.value.ndim} dimensions", "each dimension once")
            return constant_with(value, lambda each: each.transpose(order))
        of = value.pending if isinstance(value, Coded) else value
        if order not in ([0, 2, 3, 1], [0, 3, 1, 2]) or of.is_flat or of.is_last != (order == [0, 3, 1, 2]):
            raise self.refuse(f"the order {order}", "[0, 2, 3, 1] from [N, C, H, W], [0, 3, 1, 2] back to it")
        return seen_as(value, is_last=not of.is_last)

    def on_pad(self) -> Value:
        real = self.stored(0)
        mode = self.attribute("mode", b"constant")
        if mode != b"constant":
            raise self.refuse(f"the mode {mode.decode(errors='replace')}", "constant")
        pads = self.padded_axes(self.numbers(1, "pads") or [])
        filling = self.scalar(2, "the value") if self.operand(2) is not None else float(self.attribute("value", 0.0))
        if len(pads) != 8 or any(pads[i] for i in (0, 1, 4, 5)) or filling != (real.code_zero or 0):
            raise self.refuse(f"pads {list(pads)} of {filling:g}", f"{real.code_zero or 0} around height and width of [N, C, H, W]")
        more = (pads[2], pads[3], pads[6], pads[7])
        return replace(real, pads=tuple(int(a + b) for a, b in zip(real.pads, more)))

    def padded_axes(self, pads: list[int]) -> list[int]:
        """Of all four dimensions, where the file names some (opset 18)."""
        if self.operand(3) is None:
            return pads
        axes = [int(axis) for axis in self.constant(3, "the axes").value.reshape(-1)]
        if len(pads) != 2 * len(axes) or len({axis % 4 for axis in axes}) != len(axes) or any(not -4 <= axis < 4 for axis in axes):
            raise self.refuse(f"pads {list(pads)} of the axes {axes}", "a begin and an end for each of four axes, or of some")
        found = [0] * 8
        for number, axis in enumerate(axes):
            found[axis % 4], found[axis % 4 + 4] = pads[number], pads[number + len(axes)]
        return found

    def on_concat(self) -> Value:
        operands = [self.operand(i) for i in range(len(self.node.input))]
        axis = int(self.attribute("axis", 1))
        if operands and all(isinstance(value, Const) for value in operands):
            return Const(np.concatenate([np.atleast_1d(value.value) for value in operands if isinstance(value, Const)], axis))
        if not operands or any(value is None or isinstance(value, Const) for value in operands):
            raise self.refuse("a constant among its operands", "activations alone")
        parts = [self.pending_of(value) for value in operands]
        first = parts[0]
        rank = 2 if first.is_flat else 4
        if not -rank <= axis < rank or axis % 4 != (3 if first.is_last and not first.is_flat else 1) and not (first.is_flat and axis == -1):
            raise self.refuse(f"the axis {axis}", "channels")
        for part in parts:
            if (part.height, part.width, part.is_flat, part.is_last) != (first.height, first.width, first.is_flat, first.is_last):
                raise self.refuse(f"{first.height}x{first.width} beside {part.height}x{part.width}", "equal heights and widths, one layout")
            if part.channels % 4:
                raise self.refuse(f"{part.channels} channels", "a multiple of 4 channels in each operand")
            if part.kind == INPUT:
                raise self.refuse("the input is not quantised before it", QDQ)
        if first.is_flat and (first.height, first.width) != (1, 1):
            raise self.refuse("vectors of more than one pixel", "vectors of channels")
        if (whole := self.stored_whole(operands)) is not None:
            return whole
        inner = [each for part in parts for each in (self.clipped_parts(part) or (part,))]
        return Pending("concat", self.label(self.node), (), first.height, first.width, sum(part.channels for part in parts),
                       (), np.zeros(()), is_flat=first.is_flat, is_last=first.is_last, parts=tuple(inner))  # fmt: skip

    @staticmethod
    def clipped_parts(pending: Pending) -> tuple[Pending, ...]:
        """Of a concatenation in a concatenation."""
        return tuple(replace(p, low=max(p.low, pending.low), high=min(p.high, pending.high)) for p in pending.parts)

    def stored_whole(self, operands: list[Value | None]) -> Real | None:
        """Operands that are quantised alike need no layer."""
        reals = [self.codes_of(value) if isinstance(value, Coded) else value for value in operands]
        found = [value for value in reals if isinstance(value, Real)]
        if len(found) != len(reals) or len({(r.tensor.format, float(r.tensor.scale), r.tensor.zero, r.code_zero) for r in found}) != 1:
            if any(isinstance(value, Real) and value.code_zero is not None for value in reals):
                raise self.refuse("codes with different scales", "one scale, zero and width, or a DequantizeLinear before it")
            return None
        first = found[0]
        return Real(self.joined([r.tensor for r in found]), first.is_flat, is_last=first.is_last, code_zero=first.code_zero)

    def on_split(self) -> list[Value]:
        value = self.operand(0)
        if isinstance(value, Const):
            raise self.refuse("its operand is a constant", "activations")
        real = self.stored(0, True)
        if any(real.pads):
            raise self.refuse("a Pad node before it", PADLESS)
        rank, axis = len(self.dims_of(real)), self.attribute("axis", 0)
        if axis % rank != (3 if rank == 4 and real.is_last else 1) or rank == 2 and not self.is_pixel(real):
            raise self.refuse(f"the axis {axis}", "channels, axis 1")
        count, t = len(self.node.output), real.tensor
        each = -(-t.channels // count) if count else 0
        sizes = self.numbers(1, "split") or [*[each] * (count - 1), t.channels - each * (count - 1)]
        if len(sizes) != count or sum(sizes) != t.channels or any(s < 4 or s % 4 for s in sizes):
            raise self.refuse(f"{t.channels} channels into {list(sizes)}", "parts of a multiple of 4 channels")
        return self.parts_of(real, sizes)

    def parts_of(self, real: Real, sizes: list[int]) -> list[Value]:
        tensor = real.tensor
        whole, place = tensor.whole or tensor, tensor.first if tensor.whole else 0
        parts: list[Value] = []
        for size in sizes:
            name = self.unique(self.label(self.node))
            parts.append(replace(real, tensor=replace(tensor, name=name, channels=size, whole=whole, first=place)))
            place += size
        return parts
