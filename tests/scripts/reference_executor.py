# SPDX-License-Identifier: Apache-2.0
"""ONNX networks executed node by node in float64, as the operators are defined: what the evaluator of the
deployment is compared with. At each quantisation of activations a hook sees the exact value and says what goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import helper, numpy_helper

Array = Any
Hook = Callable[[str, Array, float, float], Array]  # node, real value, scale, zero -> real value


def execute(graph: Any, source: Array, hook: Hook) -> Array:
    """`source` and the result are [channels, height, width] or [channels]."""
    values: dict[str, Array] = {item.name: numpy_helper.to_array(item).astype(np.float64) for item in graph.initializer}
    constants = set(values)
    name = next(item.name for item in graph.input if item.name not in constants)
    values[name] = source[None]
    codes: dict[str, tuple[str, Array]] = {}
    for node in graph.node:
        inputs = [values[i] if i else None for i in node.input]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        is_constant = node.input[0] in constants
        if is_constant:
            constants.update(node.output)
        if node.op_type == "QuantizeLinear":
            codes[node.output[0]] = (node.input[0], inputs[0])
            result = inputs[0] / inputs[1] + inputs[2]  # still exact; rounded where it is used
        elif node.op_type == "Clip" and node.input[0] in codes:
            codes[node.output[0]] = codes[node.input[0]]
            result = np.clip(inputs[0], inputs[1], inputs[2])
        elif node.op_type == "DequantizeLinear":
            result = dequantise(node, inputs, attributes, is_constant, hook)
        elif node.op_type == "Quant":
            result = quant(node, inputs, attributes, is_constant, hook)
        else:
            result = OPERATORS[node.op_type](inputs, attributes)
            if node.op_type == "MaxPool":
                result = hook(node.name, result, 1.0, 0.0)
        values[node.output[0]] = result
    return values[graph.output[0].name][0]


def dequantise(node: Any, inputs: list[Array], attributes: dict[str, Any], is_constant: bool, hook: Hook) -> Array:
    scale, zero = inputs[1], inputs[2]
    if is_constant:
        shape = [1] * inputs[0].ndim
        if scale.size > 1:
            shape[attributes.get("axis", 1)] = scale.size
        return (inputs[0] - zero.reshape(shape if zero.size > 1 else ())) * scale.reshape(shape if scale.size > 1 else ())
    return hook(node.name, inputs[0], float(scale), float(zero))


def quant(node: Any, inputs: list[Array], attributes: dict[str, Any], is_constant: bool, hook: Hook) -> Array:
    value, scale, zero, bits = inputs
    signed = attributes["signed"]
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    exact = np.clip(value / scale + zero, low, high)
    if is_constant:
        return (np.rint(exact) - zero) * scale
    return hook(node.name, exact, float(scale), float(zero))


def conv(inputs: list[Array], attributes: dict[str, Any]) -> Array:
    x, w = inputs[0], inputs[1]
    top, left, bottom, right = attributes["pads"]
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    group, stride = attributes["group"], attributes["strides"][0]
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    per_in, per_out = x.shape[1] // group, w.shape[0] // group
    parts = [
        np.einsum("nchwij,ocij->nohw", windows[:, g * per_in : (g + 1) * per_in], w[g * per_out : (g + 1) * per_out])
        for g in range(group)
    ]
    y = np.concatenate(parts, axis=1)
    return y + inputs[2].reshape(1, -1, 1, 1) if len(inputs) > 2 else y


def max_pool(inputs: list[Array], attributes: dict[str, Any]) -> Array:
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    x = np.pad(inputs[0], ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=-np.inf)
    step = attributes["strides"][0]
    windows = np.lib.stride_tricks.sliding_window_view(x, attributes["kernel_shape"], axis=(2, 3))
    return windows[:, :, ::step, ::step].max(axis=(4, 5))


OPERATORS: dict[str, Callable[[list[Array], dict[str, Any]], Array]] = {
    "Conv": conv,
    "MaxPool": max_pool,
    "Relu": lambda inputs, _: np.maximum(inputs[0], 0),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Clip": lambda inputs, _: np.clip(inputs[0], inputs[1], inputs[2]),
    "Concat": lambda inputs, attributes: np.concatenate(inputs, axis=attributes["axis"]),
    "Flatten": lambda inputs, _: inputs[0].reshape(inputs[0].shape[0], -1),
    "GlobalAveragePool": lambda inputs, _: inputs[0].mean(axis=(2, 3), keepdims=True),
    "Gemm": lambda inputs, _: inputs[0] @ inputs[1].T + inputs[2],
    "BatchNormalization": lambda inputs, a: (inputs[0] - inputs[3].reshape(1, -1, 1, 1))
    / np.sqrt(inputs[4].reshape(1, -1, 1, 1) + a.get("epsilon", 1e-5))
    * inputs[1].reshape(1, -1, 1, 1)
    + inputs[2].reshape(1, -1, 1, 1),
}
