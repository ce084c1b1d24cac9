# SPDX-License-Identifier: Apache-2.0
"""Operators that move nothing, or only places: constants, reshaping, padding, concatenation, splitting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Tensor
from flexv_tools.deploy.quantisation import Quantisation
from flexv_tools.deploy.values import QDQ, Coded, Const, Pending, Real, Step, Value


class Shapes(Quantisation):
    """Operators without arithmetic."""

    def on_constant(self) -> Value:
        for item in self.node.attribute:
            if item.name == "value":
                return Const(np.asarray(self.tensor_value(item.t), np.float64))
            if item.name in ("value_float", "value_int"):
                return Const(np.asarray(self.attribute(item.name), np.float64))
            if item.name in ("value_floats", "value_ints"):
                return Const(np.asarray(self.attribute(item.name), np.float64))
        raise self.refuse("a constant that is no tensor", "value, value_float(s), value_int(s)")

    def on_identity(self) -> Value:
        if self.is_input(0):
            raise self.refuse("the input is not quantised before it", QDQ)
        value = self.operand(0)
        assert value is not None
        return value

    on_dropout = on_identity

    def on_cast(self) -> Value:
        return self.on_identity()

    def on_flatten(self) -> Value:
        if self.attribute("axis", 1) != 1:
            raise self.refuse(f"the axis {self.attribute('axis')}", "axis 1")
        return self.flat(self.operand(0))

    def flat(self, value: Value | None) -> Value:
        if isinstance(value, Coded):
            return replace(value, pending=replace(value.pending, is_flat=True))
        if isinstance(value, (Real, Pending)):
            return replace(value, is_flat=True)
        raise self.refuse("its operand is a constant", "activations")

    def on_reshape(self) -> Value:
        value = self.operand(0)
        shape = [int(n) for n in self.constant(1, "the shape").value.reshape(-1)]
        if isinstance(value, Const):
            try:
                return Const(value.value.reshape(shape))
            except ValueError as error:
                raise self.refuse(f"{error}", "a shape of the same size") from error
        of = value.tensor if isinstance(value, Real) else value.pending if isinstance(value, Coded) else value
        assert of is not None
        count = of.height * of.width * of.channels
        if len(shape) == 2 and shape[0] in (0, 1, -1) and shape[1] in (count, -1):
            return self.flat(value)
        dims = [of.height, of.width, of.channels] if getattr(value, "is_last", getattr(of, "is_last", False)) else [of.channels, of.height, of.width]
        if shape[1:] == dims:
            return value if value is not None else self.on_identity()
        raise self.refuse(f"the shape {shape}", "a flat vector [1, N], or the same shape")

    def on_squeeze(self) -> Value:
        value = self.operand(0)
        of = value.tensor if isinstance(value, Real) else value.pending if isinstance(value, Coded) else value
        if isinstance(of, (Tensor, Pending)) and (of.height, of.width) == (1, 1):
            return self.flat(value)
        raise self.refuse("dimensions that are not 1", "a tensor of one pixel")

    def on_unsqueeze(self) -> Value:
        value = self.constant(0, "its operand")
        axes = self.attribute("axes")
        if axes is None:
            axes = [int(a) for a in self.constant(1, "the axes").value.reshape(-1)]
        return Const(np.expand_dims(value.value, tuple(int(a) for a in axes)))

    def on_shape(self) -> Value:
        """Of activations with a batch of 1: files compute the shape of a Reshape from it."""
        value = self.operand(0) if not self.is_input(0) else None
        if isinstance(value, Const):
            return Const(np.asarray(value.value.shape, np.float64))
        of = value.tensor if isinstance(value, Real) else value.pending if isinstance(value, Coded) else value
        height, width, channels = self.input_shape if of is None else (of.height, of.width, of.channels)
        is_flat = self.is_input_flat if of is None else bool(getattr(value, "is_flat", getattr(of, "is_flat", False)))
        is_last = self.is_input_last if of is None else bool(getattr(value, "is_last", getattr(of, "is_last", False)))
        if is_flat:
            return Const(np.asarray([1, height * width * channels], np.float64))
        return Const(np.asarray([1, height, width, channels] if is_last else [1, channels, height, width], np.float64))

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
        if self.is_input(0):
            return self.transposed_input(order)
        value = self.operand(0)
        if isinstance(value, Const):
            order = order or list(range(value.value.ndim))[::-1]
            if sorted(order) != list(range(value.value.ndim)):
                raise self.refuse(f"the order {order} of {value.value.ndim} dimensions", "each dimension once")
            scale = value.scale if value.scale is None or value.scale.ndim != len(order) else value.scale.transpose(order)
            return Const(value.value.transpose(order), None if value.codes is None else value.codes.transpose(order), scale)
        assert value is not None
        of = value.pending if isinstance(value, Coded) else value
        if order not in ([0, 2, 3, 1], [0, 3, 1, 2]) or of.is_flat or of.is_last != (order == [0, 3, 1, 2]):
            raise self.refuse(f"the order {order}", "[0, 2, 3, 1] from [N, C, H, W], [0, 3, 1, 2] back to it")
        if isinstance(value, Coded):
            return replace(value, pending=replace(value.pending, is_last=not of.is_last))
        return replace(value, is_last=not value.is_last)

    def transposed_input(self, order: list[int]) -> Value:
        """Before the input is quantised: what follows is the input in the other order."""
        if order not in ([0, 2, 3, 1], [0, 3, 1, 2]) or self.is_input_flat or self.is_input_last != (order == [0, 3, 1, 2]):
            raise self.refuse(f"the order {order} of the input", "[0, 3, 1, 2], an input of [N, H, W, C]")
        self.is_input_last = not self.is_input_last
        for node in self.graph.node:
            for number, name in enumerate(node.input):
                if name == self.node.output[0]:
                    node.input[number] = self.input_name
        return Const(np.zeros(()))

    def on_pad(self) -> Value:
        real = self.stored(0)
        if self.attribute("mode", b"constant") != b"constant":
            raise self.refuse("another mode than constant", "zeros")
        pads = self.attribute("pads")
        if pads is None:
            pads = [int(n) for n in self.constant(1, "the pads").value.reshape(-1)]
        filling = self.scalar(2, "the value") if self.operand(2) is not None else 0.0
        if len(pads) != 8 or any(pads[i] for i in (0, 1, 4, 5)) or filling != 0:
            raise self.refuse(f"pads {list(pads)} of {filling:g}", "zeros around height and width")
        more = (pads[2], pads[3], pads[6], pads[7])
        return replace(real, pads=tuple(int(a + b) for a, b in zip(real.pads, more)))

    def on_concat(self) -> Value:
        operands = [self.operand(i) for i in range(len(self.node.input))]
        if operands and all(isinstance(value, Const) for value in operands):
            axis = int(self.attribute("axis", 0))
            return Const(np.concatenate([np.atleast_1d(value.value) for value in operands if isinstance(value, Const)], axis))
        parts = [self.unpadded(i) for i in range(len(self.node.input))]
        if self.attribute("axis", 1) != 1:
            raise self.refuse(f"the axis {self.attribute('axis')}", "channels, axis 1")
        first = parts[0].tensor
        for part in parts:
            t = part.tensor
            if (t.height, t.width) != (first.height, first.width):
                raise self.refuse(f"{first} beside {t}", "equal heights and widths")
            if (t.format, float(t.scale), t.zero) != (first.format, float(first.scale), first.zero):
                raise self.refuse(f"operands quantised in different ways ({first}, {t})", "one scale, zero and width")
            if t.channels % 4 or t.pixel_bytes * 8 != t.channels * t.format.bits:
                raise self.refuse(f"{t.channels} channels", "a multiple of 4 channels in each operand")
        return Real(self.joined([part.tensor for part in parts]), parts[0].is_flat)

    def joined(self, parts: list[Tensor]) -> Tensor:
        """A whole in which the parts lie beside each other; a part that has a place already is copied."""
        channels = sum(part.channels for part in parts)
        whole = replace(parts[0], name=self.unique(self.label(self.node)), channels=channels, whole=None, first=0)
        made = {id(step.output) for step in self.steps}
        place = 0
        for part in parts:
            if id(part) not in made or part.whole is not None:
                part = self.copied(part)
            part.whole, part.first = whole, place
            made.discard(id(part))
            place += part.channels
        return whole

    def copied(self, tensor: Tensor) -> Tensor:
        pending = self.pending_of(Real(tensor))
        output = replace(tensor, name=self.unique(self.label(self.node)), whole=None, first=0)
        self.steps.append(Step(pending, output, tensor.format.low, tensor.format.high))
        return output

    def on_split(self) -> list[Value]:
        real = self.unpadded(0)
        if self.attribute("axis", 0) % 4 != 1:
            raise self.refuse(f"the axis {self.attribute('axis', 0)}", "channels, axis 1")
        count = len(self.node.output)
        sizes = self.attribute("split")
        if sizes is None and self.operand(1) is not None:
            sizes = [int(n) for n in self.constant(1, "the sizes").value.reshape(-1)]
        t = real.tensor
        sizes = sizes or [t.channels // count] * count
        if len(sizes) != count or sum(sizes) != t.channels or any(s < 4 or s % 4 for s in sizes):
            raise self.refuse(f"{t.channels} channels into {list(sizes)}", "parts of a multiple of 4 channels")
        return self.parts_of(t, sizes)

    def parts_of(self, tensor: Tensor, sizes: list[int]) -> list[Value]:
        whole, place = tensor.whole or tensor, tensor.first if tensor.whole else 0
        parts: list[Value] = []
        for size in sizes:
            name = self.unique(self.label(self.node))
            parts.append(Real(replace(tensor, name=name, channels=size, whole=whole, first=place)))
            place += size
        return parts
