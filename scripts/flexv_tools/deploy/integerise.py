# SPDX-License-Identifier: Apache-2.0
"""From steps with real scales to layers with integer factors, proved to stay within 32 bits.

A requantisation is ((sum + bias) * multiplier) >> shift with a multiplier for each channel, or, more exactly,
(sum * multiplier + bias) >> shift. Its largest deviation from the exact result is bounded over all sums that can occur and
whose results are not clipped, and kept with the layer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flexv_tools.deploy.graph import (
    NARROW_SHIFT,
    Add,
    Average,
    Bias,
    Dense,
    Depthwise,
    Flags,
    Floats,
    Format,
    Ints,
    Layer,
    Maximum,
    Network,
    Tensor,
    Unsupported,
    printable,
)
from flexv_tools.deploy.values import Imported, Pending, Step, bits_for

LIMIT = 2.0**31 - 1
WIDE_SHIFTS = range(31, 15, -1)  # that the kernels can do
LEAST_NOTED = 0.0005  # of a step
MOST_SIZE = 0xFFFF
MOST_STEPS = 1 << 15  # that results reach with the least of these shifts
MAX_PLAIN_SHIFT = 30
CONSTANT_SUM = 1 << 24
NEGLIGIBLE = 1 / 16  # of a step: channels whose sums move their results by less may be constants
ONLY_WEIGHT = 64  # of a mean or a copy that is a depthwise layer


@dataclass
class Scaling:
    """(sum + biases) * multipliers >> shift, or with the bias behind, and how far that may be from the exact result."""

    biases: Ints
    multipliers: Ints
    shift: int
    error: float
    is_constant: Flags  # channels whose sums have to be 0


def integerise(imported: Imported, bias: Bias = "sum") -> Network:
    layers = [layer for step in imported.steps for layer in layers_of(step, bias)]
    output, notes = imported.output, []
    if isinstance(output, Pending):
        last = sums_of(output)
        layers.append(last)
        tensor = last.output
    else:
        tensor = output.tensor
    for each in (imported.input, *(layer.output for layer in layers)):
        check_size(each.whole or each)
    requantised = [layer for layer in layers if layer.output.format.bits != 32]
    worst = max(requantised, key=lambda layer: layer.error, default=None)
    if worst is not None and worst.error >= LEAST_NOTED:
        notes.append(
            f"largest deviation of a requantisation from the exact one: {worst.error:.3f} steps of the result of "
            f"{printable(worst.name)}, before rounding"
        )
    return Network(
        imported.name, imported.input, layers, tensor, imported.output_shape, len(imported.output_shape) == 1,
        bias, imported.source.has_last_channels, notes, imported.source.gain, imported.source.offset, imported.is_output_last,
    )


def check_size(tensor: Tensor) -> None:
    """Tables hold sizes in 16 bits."""
    if max(tensor.height, tensor.width, tensor.stored_channels) > MOST_SIZE:
        raise Unsupported(tensor.name, "result", f"a tensor {tensor}", f"at most {MOST_SIZE:,} rows and columns, {MOST_SIZE // 4 * 4:,} channels")


def layers_of(step: Step, bias: Bias) -> list[Layer]:
    """One, or two: additions have no clip of their own, so one to a part of the range follows."""
    t = step.output
    if step.is_maximum or step.pending.kind != "add" or is_whole(step):
        return [layer_of(step, bias)]
    whole = replace(t, name=f"{t.name} unclipped", whole=None, first=0)
    copy = Pending("copy", t.name, (whole,), t.height, t.width, t.channels, (np.asarray(t.scale),), np.asarray(-t.scale * t.zero))
    first = replace(step, output=whole, low=t.format.low, high=t.format.high)
    return [layer_of(each, bias) for each in (first, replace(step, pending=copy, is_floored=False))]


def is_whole(step: Step) -> bool:
    return (step.low, step.high) == (step.output.format.low, step.output.format.high)


def layer_of(step: Step, bias: Bias) -> Layer:
    step = as_products(step)
    p = step.pending
    if step.is_maximum:
        return Maximum(step.output.name, step.output, p.inputs, p.window)
    if p.kind in ("dense", "depthwise"):
        return dense_of(step, bias if p.kind == "dense" else "sum")
    return average_of(step) if p.kind == "average" else add_of(step)


def as_products(step: Step) -> Step:
    """A mean or a copy with a factor for each channel, or a clip, as a depthwise layer with one weight. That is large, so
    that a whole sum, to which biases are rounded, is a small part of a step."""
    p = step.pending
    if p.kind not in ("average", "copy") or not (p.gains[0].ndim or p.offset.ndim or not is_whole(step)):
        return step
    taps = (p.channels, *p.window.kernel, 1)
    gains = (np.broadcast_to(p.gains[0], p.channels) / ONLY_WEIGHT,)
    return replace(step, pending=replace(p, kind="depthwise", weights=np.full(taps, ONLY_WEIGHT), gains=gains))


def refuse(p: Pending, what: str, accepted: str) -> Unsupported:
    operators = {"dense": "Conv, Gemm or MatMul", "depthwise": "Conv", "average": "AveragePool", "add": "Add"}
    return Unsupported(p.node, operators.get(p.kind, p.kind), what, accepted)


def steps_of(step: Step) -> tuple[tuple[Floats, ...], Floats]:
    """Gains and offset in steps of the output, so that the result is the floor of their sum."""
    p, t = step.pending, step.output
    rounding = 0.0 if step.is_floored else 0.5
    with np.errstate(over="ignore"):
        gains, offset = tuple(gain / t.scale for gain in p.gains), p.offset / t.scale + t.zero + rounding
    if not all(np.all(np.isfinite(each)) for each in (*gains, offset)):
        raise refuse(p, f"factors in steps of {float(t.scale):.3g} of its result that are not finite", "a larger scale of the result")
    return gains, offset


# --- sums of products


def padded_channels(count: int) -> int:
    return -(-count // 4) * 4


def dense_of(step: Step, bias: Bias) -> Layer:
    p, t = step.pending, step.output
    (gain,), offset = steps_of(step)
    weights = flipped(p, np.broadcast_to(gain, p.channels))
    gain = np.abs(np.broadcast_to(gain, p.channels))
    offset = np.broadcast_to(offset, p.channels)
    if (step.low, step.high) == (0, 0):  # which tables mean as no clip at all
        gain, offset = np.zeros(p.channels), np.full(p.channels, 0.5)
    low, high = sum_bounds(weights, p.inputs[0].format)
    scaling = scaling_of(step, Sums(gain, offset, low, high), bias)
    weights = np.where(scaling.is_constant[:, None, None, None], 0, weights)
    kind = Depthwise if p.kind == "depthwise" else Dense
    return kind(
        t.name,
        t,
        p.inputs,
        p.window,
        scaling.error,
        weights=padded_weights(p, weights),
        weight_bits=bits_for(int(weights.min()), int(weights.max()), True) or 8,
        biases=filled(scaling.biases),
        multipliers=filled(scaling.multipliers),
        shift=scaling.shift,
        bias=bias,
        low=step.low,
        high=step.high,
        filling=filling_of(p),
    )


def filling_of(p: Pending) -> int:
    """What padding is, the stored number of 0."""
    return p.inputs[0].zero if any(p.window.pads) else 0


def flipped(p: Pending, gain: Floats) -> Ints:
    """Weights of channels with a negative gain with the other sign."""
    assert p.weights is not None
    weights = np.where((gain < 0)[:, None, None, None], -p.weights, p.weights)
    if weights.max(initial=0) > 127:
        raise refuse(p, "a weight of -128 in a channel with a negative scale", "weights from -127 there")
    return weights


def sum_bounds(weights: Ints, form: Format) -> tuple[Floats, Floats]:
    """Lowest and highest sum of each channel, over all inputs; padding is 0 and inside of them."""
    flat = weights.reshape(weights.shape[0], -1)
    positive, negative = np.maximum(flat, 0).sum(axis=1), np.minimum(flat, 0).sum(axis=1)
    low = positive * form.low + negative * form.high
    high = positive * form.high + negative * form.low
    return low.astype(np.float64), high.astype(np.float64)


@dataclass
class Sums:
    """Of each channel: the result is the floor of gain * sum + offset, for sums from low to high."""

    gain: Floats
    offset: Floats
    low: Floats
    high: Floats

    def exact(self, sums: Floats) -> Floats:
        return self.gain * sums + self.offset

    def ends(self) -> Floats:
        """[2][channels]; channels without gain have no sums."""
        found: Floats = np.stack([self.low, self.high]) * (self.gain != 0)
        return found

    def moves(self) -> Floats:
        """By how many steps sums move the results."""
        found: Floats = np.abs(self.gain * self.ends()).max(axis=0)
        return found

    def unclipped(self, lowest: int, highest: int) -> Floats:
        """The part whose results are from lowest to highest."""
        gain = np.where(self.gain == 0, 1.0, self.gain)
        ends = (np.array([[lowest], [highest + 1.0]]) - self.offset) / gain
        found: Floats = np.clip(ends, self.ends()[0], self.ends()[1])
        return found


def scaling_of(step: Step, sums: Sums, bias: Bias) -> Scaling:
    """The largest shift with which no product leaves 32 bits. Narrow results prefer the one with which the kernels
    write them packed. Channels that do without a factor of their own are constants only where there is no such shift."""
    form = step.output.format
    preferred = [NARROW_SHIFT] if form.bits < 8 and is_whole(step) else []
    unclipped = sums.unclipped(step.low, step.high)
    moves = sums.moves()
    for is_constant in ((sums.gain == 0) | (moves == 0) & (sums.gain > 1), moves <= NEGLIGIBLE):
        for shift in [*preferred, *WIDE_SHIFTS]:
            scaling = scaling_with(shift, sums, unclipped, bias, is_constant)
            if scaling is not None:
                return scaling
    raise no_scaling(step, sums, bias)


def no_scaling(step: Step, sums: Sums, bias: Bias) -> Unsupported:
    p, form = step.pending, step.output.format
    reach = np.abs(sums.exact(sums.ends())).max(axis=0)
    most = int(np.argmax(reach))
    reached = f"channel {most} reaches {reach[most]:.6g} steps of its {form.bits}-bit result"
    if reach[most] >= MOST_STEPS:
        return refuse(p, f"products leave 32 bits: {reached}", f"at most {MOST_STEPS - 1:,} steps; a larger scale of the result")
    least = int(np.argmin(np.where(sums.moves() > NEGLIGIBLE, sums.gain, np.inf)))
    what = f"the factor {sums.gain[least]:.3g} of channel {least} is too small for 32 bits, while {reached}"
    accepted = "factors nearer to each other, a smaller scale of the result"
    return refuse(p, what, f"{accepted}, or --bias product" if bias == "sum" and p.kind == "dense" else accepted)


def scaling_with(shift: int, sums: Sums, unclipped: Floats, bias: Bias, is_constant: Flags) -> Scaling | None:
    """None when a product could leave 32 bits, or a factor would be 0. Constant channels have a factor with which their
    bias is exact to a small part of a step."""
    power = 2.0**shift
    multipliers = np.where(is_constant, 2.0 ** max(0, shift - 8), np.rint(sums.gain * power))
    if np.any(multipliers < 1):
        return None
    ends, unclipped = (np.where(is_constant, 0, each) for each in (sums.ends(), unclipped))
    is_last = bias == "product"
    biases = np.rint(sums.offset * power if is_last else sums.offset * power / multipliers)

    def products(of: Floats) -> Floats:
        found: Floats = of * multipliers + biases if is_last else (of + biases) * multipliers
        return found

    if np.abs(products(ends)).max(initial=0) > LIMIT or np.abs(biases).max(initial=0) > LIMIT:
        return None
    left_out = np.where(is_constant, sums.moves(), 0)
    error = float((np.abs(products(unclipped) / power - sums.exact(unclipped)) + left_out).max(initial=0))
    return Scaling(biases.astype(np.int64), multipliers.astype(np.int64), shift, error, is_constant)


def filled(values: Ints) -> Ints:
    return np.concatenate([values, np.zeros(padded_channels(len(values)) - len(values), np.int64)])


def padded_weights(p: Pending, weights: Ints) -> Ints:
    o, kh, kw, i = weights.shape
    padded = np.zeros((padded_channels(o), kh, kw, 1 if p.kind == "depthwise" else p.inputs[0].stored_channels), np.int64)
    padded[:o, :, :, :i] = weights
    return padded


def sums_of(p: Pending) -> Dense:
    """The last layer, whose results nobody quantises: sums of 32 bits, a scale a channel."""
    if p.kind != "dense" or (p.height, p.width) != (1, 1):
        raise refuse(p, "the output of the network is not quantised", "a quantised output, or a fully connected layer")
    if p.low > -np.inf or p.high < np.inf:
        raise refuse(p, "a clip or ReLU behind the last layer without quantisation", "a quantised output")
    if p.inputs[0].height * p.inputs[0].width != p.window.kernel[0] * p.window.kernel[1]:
        raise refuse(p, "an output that is not quantised of a convolution", "a quantised output")
    assert p.weights is not None
    gain = np.broadcast_to(p.gains[0], p.channels)
    weights = flipped(p, gain)
    if not np.all(np.isfinite(gain)) or not np.all(np.isfinite(p.offset)):
        raise refuse(p, "scales or biases that are not finite", "finite ones")
    weights = np.where((gain == 0)[:, None, None, None], 0, weights)
    low, high = sum_bounds(weights, p.inputs[0].format)
    offset = np.broadcast_to(p.offset, p.channels)
    scale = scale_of_sums(np.abs(gain), offset, (low == 0) & (high == 0))
    biases = np.rint(offset / scale)
    if max(np.abs(low + biases).max(), np.abs(high + biases).max()) > LIMIT:
        raise refuse(p, "sums leave 32 bits", "fewer or smaller weights, a smaller bias")
    output = Tensor(p.node, 1, 1, p.channels, Format(32, True), scale)
    return Dense(
        p.node,
        output,
        p.inputs,
        p.window,
        float(np.abs(biases - offset / scale).max()),
        weights=padded_weights(p, weights),
        weight_bits=bits_for(int(weights.min()), int(weights.max()), True) or 8,
        biases=filled(biases.astype(np.int64)),
        multipliers=None,
    )


def scale_of_sums(scale: Floats, offset: Floats, is_constant: Flags) -> Floats:
    """Channels without weights are biases alone. Where their scale is too small for one, or coarser than all others, they get
    one in which the bias is exact."""
    usual = float(scale[~is_constant].max(initial=0))
    is_unfit = (np.abs(offset) > LIMIT * scale) | (scale == 0) | (scale > usual)
    own = np.where(offset == 0, 1.0, np.abs(offset) / CONSTANT_SUM)
    return np.where(is_constant & is_unfit, own, scale)


# --- layers with one factor for all channels


def average_of(step: Step) -> Layer:
    p, t = step.pending, step.output
    (gain,), offset = steps_of(step)
    form = p.inputs[0].format
    taps = p.window.kernel[0] * p.window.kernel[1]
    reach = abs(float(gain)) * taps * max(abs(form.low), form.high) + abs(float(offset)) + 1
    shift = plain_shift(p, reach, float(gain))
    factor, bias = round(float(gain) * 2**shift), round(float(offset) * 2**shift)
    error = abs(factor / 2**shift - float(gain)) * taps * max(abs(form.low), form.high) + 0.5 / 2**shift
    return Average(t.name, t, p.inputs, p.window, error, multiplier=factor, shift=shift, bias=bias)


def add_of(step: Step) -> Layer:
    p, t = step.pending, step.output
    gains, offset = steps_of(step)
    inputs = p.inputs if len(p.inputs) == 2 else (p.inputs[0], p.inputs[0])
    numbers = [float(gains[0]), float(gains[1]) if len(gains) == 2 else 0.0]
    most = [max(abs(tensor.format.low), tensor.format.high) for tensor in inputs]
    reach = sum(abs(g) * m for g, m in zip(numbers, most)) + abs(float(offset)) + 1
    shift = plain_shift(p, reach, max(abs(number) for number in numbers))
    factors = [round(g * 2**shift) for g in numbers]
    error = sum(abs(f / 2**shift - g) * m for f, g, m in zip(factors, numbers, most)) + 0.5 / 2**shift
    return Add(t.name, t, inputs, error=error, factors=(factors[0], factors[1]),
               bias=round(float(offset) * 2**shift), shift=shift)  # fmt: skip


def plain_shift(p: Pending, reach: float, gain: float) -> int:
    """The largest shift with which neither the result nor a factor leaves 32 bits."""
    for shift in range(MAX_PLAIN_SHIFT, -1, -1):
        if reach * 2**shift < LIMIT and abs(gain) * 2**shift < LIMIT:
            return shift
    raise refuse(p, f"results of {reach:.3g} steps leave 32 bits", "a larger scale of the result")
