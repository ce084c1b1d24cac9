# SPDX-License-Identifier: Apache-2.0
"""The integer evaluator: what the platform must compute, in NumPy, every tensor of every layer.

It shares nothing with the kernels but their formulas (sw/kernels/*.h)."""

from __future__ import annotations

import numpy as np

from flexv_tools.deploy.graph import (
    Add,
    Average,
    Dense,
    Depthwise,
    Floats,
    Format,
    Ints,
    Layer,
    Maximum,
    Network,
    Tensor,
    Window,
)


def quantise_input(network: Network, sample: Floats) -> Ints:
    """A sample [height][width][channels] of the file as the stored numbers, rounded half to even."""
    tensor = network.input
    real = sample * network.input_gain + network.input_offset
    steps = np.rint(real / float(tensor.scale)) + tensor.zero
    stored = np.zeros(tensor.shape, np.int64)
    stored[..., : tensor.channels] = np.clip(steps, *tensor.range).astype(np.int64)
    return stored


def dequantise(tensor: Tensor, stored: Ints) -> Floats:
    """Real values [height][width][channels of the network]."""
    values: Floats = (stored[..., : tensor.channels] - tensor.zero) * tensor.scale
    return values


def output_of(network: Network, stored: Ints) -> Floats:
    """The network's result in the shape of the file's output, without batch."""
    real = dequantise(network.output, stored)
    return (real if network.is_output_last else real.transpose(2, 0, 1)).reshape(network.output_shape)


def run(network: Network, sample: Ints) -> dict[Tensor, Ints]:
    """All tensors of one sample; a part of a concatenation also in its place of the whole."""
    values: dict[Tensor, Ints] = {network.input: sample}
    for layer in network.layers:
        result = evaluate(layer, [value_of(tensor, values) for tensor in layer.inputs])
        values[layer.output] = result
        whole = layer.output.whole
        if whole is not None:
            if whole not in values:
                values[whole] = np.zeros(whole.shape, np.int64)
            first = layer.output.first
            values[whole][..., first : first + layer.output.channels] = result[..., : layer.output.channels]
    return values


def value_of(tensor: Tensor, values: dict[Tensor, Ints]) -> Ints:
    """A part of a tensor that was made as a whole is cut out of it."""
    if tensor not in values and tensor.whole is not None:
        return values[tensor.whole][..., tensor.first : tensor.first + tensor.stored_channels]
    return values[tensor]


def evaluate(layer: Layer, inputs: list[Ints]) -> Ints:
    if isinstance(layer, Depthwise):
        return requantise(layer, depthwise_sums(layer, inputs[0]))
    if isinstance(layer, Dense):
        sums = dense_sums(layer, inputs[0])
        return checked(sums + layer.biases) if layer.multipliers is None else requantise(layer, sums)
    if isinstance(layer, Average):
        total = np.sum(window_views(inputs[0], layer.window, 0), axis=0)
        return clip(checked(total * layer.multiplier + layer.bias) >> layer.shift, layer.output.format)
    if isinstance(layer, Maximum):
        lowest = layer.output.format.low
        most: Ints = np.max(window_views(inputs[0], layer.window, lowest), axis=0)
        return most
    assert isinstance(layer, Add)
    total = inputs[0] * layer.factors[0] + inputs[1] * layer.factors[1] + layer.bias
    return clip(checked(total) >> layer.shift, layer.output.format)


def window_views(values: Ints, window: Window, filling: int) -> list[Ints]:
    """For each tap of the kernel the input that it meets, for all output pixels."""
    top, before, bottom, behind = window.pads
    padded = np.pad(values, ((top, bottom), (before, behind), (0, 0)), constant_values=filling)
    height, width = window.output(values.shape[0], values.shape[1])
    down, right = window.strides
    return [
        padded[y : y + (height - 1) * down + 1 : down, x : x + (width - 1) * right + 1 : right]
        for y in range(window.kernel[0])
        for x in range(window.kernel[1])
    ]


def dense_sums(layer: Dense, values: Ints) -> Ints:
    """Sums of products; float64 holds them exactly below 2^53."""
    taps = np.concatenate(window_views(values, layer.window, layer.filling), axis=-1).astype(np.float64)
    rows = layer.weights.reshape(layer.weights.shape[0], -1).astype(np.float64)
    sums: Ints = (taps @ rows.T).astype(np.int64)
    return sums


def depthwise_sums(layer: Depthwise, values: Ints) -> Ints:
    views = window_views(values, layer.window, layer.filling)
    taps = layer.weights.reshape(layer.weights.shape[0], -1)
    sums = np.zeros_like(views[0])
    for i, view in enumerate(views):
        sums = sums + view * taps[:, i]
    return sums


def requantise(layer: Dense, sums: Ints) -> Ints:
    assert layer.multipliers is not None
    if layer.bias == "product":
        products = checked(sums * layer.multipliers + layer.biases)
    else:
        products = checked((sums + layer.biases) * layer.multipliers)
    return np.clip(products >> layer.shift, layer.low, layer.high)


def clip(values: Ints, form: Format) -> Ints:
    return np.clip(values, form.low, form.high)


def checked(values: Ints) -> Ints:
    """The kernels calculate in 32 bits; integerise has proved that nothing leaves them."""
    assert values.min(initial=0) >= -(2**31) and values.max(initial=0) < 2**31, "a product left 32 bits"
    return values


def packed(values: Ints, bits: int) -> bytes:
    """Stored numbers as the platform has them: the first in the low bits of a byte."""
    flat = values.reshape(-1)
    if bits == 32:
        return flat.astype("<i4").tobytes()
    each = 8 // bits
    codes = (flat & ((1 << bits) - 1)).reshape(-1, each)
    shifts = np.arange(each) * bits
    data: bytes = (codes << shifts).sum(axis=1).astype(np.uint8).tobytes()
    return data


def unpacked(data: bytes, tensor: Tensor) -> Ints:
    """The inverse of packed() for a tensor."""
    form = tensor.format
    if form.bits == 32:
        return np.frombuffer(data, "<i4").astype(np.int64).reshape(tensor.shape)
    codes = np.frombuffer(data, np.uint8).astype(np.int64)
    shifts = np.arange(8 // form.bits) * form.bits
    numbers = ((codes[:, None] >> shifts) & ((1 << form.bits) - 1)).reshape(-1)
    if form.signed:
        numbers = np.where(numbers > form.high, numbers - (1 << form.bits), numbers)
    return numbers.reshape(tensor.shape)


def checksum(values: Ints, bits: int) -> tuple[int, int]:
    """As network_checksum() of sw/network."""
    data = np.frombuffer(packed(values, bits), np.uint8).astype(np.uint64)
    places = np.arange(1, len(data) + 1, dtype=np.uint64)
    return int(data.sum()) % 2**32, int((data * places).sum()) % 2**32
