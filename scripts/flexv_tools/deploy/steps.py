# SPDX-License-Identifier: Apache-2.0
"""From quantised values to tensors and steps of the network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy.graph import Format, Tensor
from flexv_tools.deploy.nodes import PADLESS, Nodes
from flexv_tools.deploy.values import INPUT, Coded, Pending, Real, Source, Step, Value, bits_for


class Steps(Nodes):
    """Each quantisation of a result is a step; the same quantisation of the same result is one."""

    def tensor_of(self, coded: Coded) -> Tensor:
        if coded.made is None:
            coded.made = self.emit(coded)
        return coded.made

    def emit(self, coded: Coded) -> Tensor:
        """Makes the tensor that `coded` describes, by a step of the network or as its input."""
        coded = self.clipped(coded)
        low, high, zero = coded.low, coded.high, coded.zero
        signed = low < 0
        if signed and zero < 0 and low == zero:  # the lowest code stands for 0: the same without sign
            low, high, zero, signed = 0, high - low, 0, False
        bits = bits_for(low, high, signed)
        if bits is None:
            raise self.refuse(f"codes from {low} to {high}", "at most 8 bits")
        form, coded = Format(bits, signed), replace(coded, low=low, high=high, zero=zero)
        if coded.pending.kind == INPUT:
            return self.make_input(coded, form)
        return self.concatenated(coded, form) if coded.pending.parts else self.add_step(coded, form)

    def clipped(self, coded: Coded) -> Coded:
        """With a clip of the real numbers as one of the codes."""
        p, low, high = coded.pending, coded.low, coded.high
        if p.low > -np.inf:
            low = max(low, int(np.ceil(self.code_at(p.low, coded) - 0.5)))
        if p.high < np.inf:
            high = min(high, int(np.floor(self.code_at(p.high, coded) + 0.5)))
        if low > high:
            raise self.refuse(f"codes from {low} to {high}", "bounds in order, and a range that holds a number")
        return replace(coded, low=low, high=high)

    @staticmethod
    def code_at(bound: float, coded: Coded) -> float:
        """Which code, with a fraction, stands for a bound; far outside of all ranges it is any that is."""
        with np.errstate(over="ignore"):
            code = np.float64(bound) / coded.scale + coded.zero
        return float(np.clip(code, -(2.0**31), 2.0**31))

    def make_input(self, coded: Coded, form: Format) -> Tensor:
        p = coded.pending
        tensor = Tensor(p.node, p.height, p.width, p.channels, form, np.float64(coded.scale), coded.zero)
        if (coded.low, coded.high) != (form.low, form.high):
            tensor.bounds = coded.low, coded.high
        made = Source(tensor, p.gains[0], p.offset, self.has_last_channels)
        if self.source is None:
            self.source = made
        elif not self.source.same(made):
            raise self.refuse("the input is quantised twice, in different ways", "one quantisation of the input")
        return self.source.tensor

    def add_step(self, coded: Coded, form: Format) -> Tensor:
        """`coded` has to fit `form`. There is none for what is only quantised again as it is."""
        p = coded.pending
        if (same := self.unchanged(coded)) is not None:
            return same
        key = (p.kind, p.node, *map(id, (p.weights, *p.inputs)), *(g.tobytes() for g in (*p.gains, p.offset)), form,
               coded.scale, coded.zero, coded.low, coded.high, coded.is_floored)  # fmt: skip
        if key not in self.made:
            tensor = Tensor(self.unique(p.node), p.height, p.width, p.channels, form, np.float64(coded.scale), coded.zero)
            self.steps.append(Step(p, tensor, coded.low, coded.high, coded.is_floored))
            self.made[key] = tensor
        return self.made[key]

    @staticmethod
    def unchanged(coded: Coded) -> Tensor | None:
        """The tensor itself, where it is only quantised again as it is: around operators that move nothing."""
        p = coded.pending
        if p.kind != "copy":
            return None
        t = p.inputs[0]
        is_same = float(t.scale) == coded.scale and t.zero == coded.zero and coded.low <= t.format.low and t.format.high <= coded.high
        is_whole = np.array_equal(p.gains[0], np.asarray(t.scale)) and np.array_equal(p.offset, np.asarray(-t.scale * t.zero))
        return t if is_same and is_whole else None

    def unique(self, name: str) -> str:
        result, number = name, 2
        while result in self.names:
            result, number = f"{name}_{number}", number + 1
        self.names.add(result)
        return result

    def pending_of(self, value: Value | None) -> Pending:
        """`value` as something that can be scaled and quantised (again)."""
        if isinstance(value, Coded):
            value = self.codes_of(value)
        if isinstance(value, Pending):
            return value
        if not isinstance(value, Real):
            raise self.refuse("its operand is a constant", "activations")
        if any(value.pads):
            raise self.refuse("a Pad node before it", PADLESS)
        t = value.tensor
        gain, offset = np.asarray(t.scale), np.asarray(-t.scale * t.zero)
        if value.code_zero is not None:
            gain, offset = np.asarray(1.0), np.asarray(float(value.code_zero - t.zero))
        return Pending("copy", self.label(self.node), (t,), t.height, t.width, t.channels, (gain,), offset,
                       is_flat=value.is_flat, is_last=value.is_last)  # fmt: skip

    # --- concatenations

    def concatenated(self, coded: Coded, form: Format) -> Tensor:
        """Parts that are quantised alike, behind their concatenation."""
        p = coded.pending
        parts = []
        for part in p.parts:
            one = replace(part, low=max(part.low, p.low), high=min(part.high, p.high))
            tensor = self.add_step(self.clipped(replace(coded, pending=one)), form)
            parts.append(tensor if tensor.format == form else self.copied(tensor, form))
        return self.joined(parts)

    def joined(self, parts: list[Tensor]) -> Tensor:
        """A whole in which the parts lie beside each other; a part that has a place already is copied."""
        for t in parts:
            if t.channels % 4 or t.pixel_bytes * 8 != t.channels * t.format.bits:
                raise self.refuse(f"{t.channels} channels", "a multiple of 4 channels in each operand")
        channels = sum(part.channels for part in parts)
        whole = replace(parts[0], name=self.unique(self.label(self.node)), channels=channels, whole=None, first=0)
        made = {id(step.output) for step in self.steps}
        place = 0
        for part in parts:
            if id(part) not in made or part.whole is not None:
                part = self.copied(part, part.format)
            part.whole, part.first = whole, place
            made.discard(id(part))
            place += part.channels
        return whole

    def copied(self, tensor: Tensor, form: Format) -> Tensor:
        pending = self.pending_of(Real(tensor))
        output = replace(tensor, name=self.unique(self.label(self.node)), whole=None, first=0, format=form, bounds=None)
        self.steps.append(Step(pending, output, form.low, form.high))
        return output
