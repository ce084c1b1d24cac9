# SPDX-License-Identifier: Apache-2.0
"""What the file means: the same layers with real scales in float64, rounded where the file rounds.

Beside the integer evaluator it shows what integer factors and biases cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexv_tools.deploy import evaluator
from flexv_tools.deploy.graph import Depthwise, Floats, Ints, Layer, Network, Tensor
from flexv_tools.deploy.integerise import as_products, flipped, layer_of, padded_weights, steps_of
from flexv_tools.deploy.values import Imported, Pending, Step


def outputs(imported: Imported, network: Network, sample: Ints) -> Floats:
    """Real values of the network's output, flat."""
    values: dict[Tensor, Ints] = {imported.input: sample}
    for step in imported.steps:
        inputs = [evaluator.value_of(tensor, values) for tensor in step.pending.inputs]
        result = stored(step, inputs)
        values[step.output] = result
        whole = step.output.whole
        if whole is not None:
            values.setdefault(whole, np.zeros(whole.shape, np.int64))
            first = step.output.first
            values[whole][..., first : first + step.output.channels] = result[..., : step.output.channels]
    if isinstance(imported.output, Pending):
        last = imported.output
        sums = sums_of(network.layers[-1], [evaluator.value_of(tensor, values) for tensor in last.inputs])
        return np.asarray(np.abs(last.gains[0]) * sums[..., : last.channels] + last.offset, np.float64).reshape(-1)
    return evaluator.output_of(network, values[network.output]).reshape(-1)


def stored(step: Step, inputs: list[Ints]) -> Ints:
    step = as_products(step)
    layer = layer_of(step, "sum")
    if step.is_maximum:
        return evaluator.evaluate(layer, inputs)
    gains, offset = steps_of(step)
    if step.pending.kind in ("dense", "depthwise"):
        weights = padded_weights(step.pending, flipped(step.pending, np.broadcast_to(gains[0], step.output.channels)))
        exact = filled(step, np.abs(gains[0])) * sums_of(replace(layer, weights=weights), inputs) + filled(step, offset)
    elif step.pending.kind == "average":
        exact = float(gains[0]) * np.sum(evaluator.window_views(inputs[0], layer.window, 0), axis=0) + float(offset)
    else:
        exact = np.full(inputs[0].shape, float(offset))
        for gain, values in zip(gains, inputs):
            exact = exact + float(gain) * values
    codes: Ints = np.clip(np.floor(exact), step.low, step.high).astype(np.int64)
    return codes


def filled(step: Step, of: Floats) -> Floats:
    """A number a channel, 0 for channels that fill up."""
    result = np.zeros(step.output.stored_channels)
    result[: step.output.channels] = of
    return result


def sums_of(layer: Layer, inputs: list[Ints]) -> Ints:
    if isinstance(layer, Depthwise):
        return evaluator.depthwise_sums(layer, inputs[0])
    return evaluator.dense_sums(layer, inputs[0])  # type: ignore[arg-type]
