# SPDX-License-Identifier: Apache-2.0
"""Operators of float networks in NumPy, batches [samples][channels][height][width]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Attributes = dict[str, Any]


def pads_of(attributes: Attributes) -> tuple[int, int, int, int]:
    if attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID") or attributes.get("ceil_mode", 0):
        raise ValueError("auto_pad and ceil_mode are not supported; give the pads")
    if any(each != 1 for each in attributes.get("dilations", [1, 1])):
        raise ValueError("dilation is not supported")
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    return top, left, bottom, right


def windows(x: Array, kernel: Any, attributes: Attributes, filling: float = 0.0) -> Array:
    """[samples][channels][out height][out width][kernel height][kernel width]"""
    top, left, bottom, right = pads_of(attributes)
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=filling)
    strides = attributes.get("strides", [1, 1])
    shape = int(kernel[0]), int(kernel[1])
    view = np.lib.stride_tricks.sliding_window_view(padded, shape, axis=(2, 3))  # type: ignore[call-overload]
    found: Array = view[:, :, :: strides[0], :: strides[1]]
    return found


def rows_of(x: Array, weights: Array, attributes: Attributes) -> Array:
    """Inputs of a dense convolution as rows [pixels of all samples][channels * kernel]."""
    view = windows(x, weights.shape[2:], attributes)
    return np.ascontiguousarray(view.transpose(0, 2, 3, 1, 4, 5)).reshape(-1, weights[0].size)


def conv(x: Array, weights: Array, attributes: Attributes) -> Array:
    group = attributes.get("group", 1)
    view = windows(x, weights.shape[2:], attributes)
    if group == 1:
        rows = rows_of(x, weights, attributes)
        y = rows @ weights.reshape(weights.shape[0], -1).T
        shaped: Array = y.reshape(x.shape[0], view.shape[2], view.shape[3], -1).transpose(0, 3, 1, 2)
        return shaped
    if group != x.shape[1] or weights.shape[0] != group:
        raise ValueError(f"{group} groups of {x.shape[1]} channels are not supported")
    found: Array = np.einsum("nchwij,cij->nchw", view, weights[:, 0], optimize=True)
    return found


def along_channels(vector: Any, x: Array) -> Array:
    found: Array = np.asarray(vector, np.float32).reshape((1, -1) + (1,) * (x.ndim - 2))
    return found


def batch_normalisation(x: Array, parameters: list[Array], attributes: Attributes) -> Array:
    gamma, beta, mean, variance = parameters
    factor = gamma / np.sqrt(variance + attributes.get("epsilon", 1e-5))
    found: Array = x * along_channels(factor, x) + along_channels(beta - mean * factor, x)
    return found


def average(x: Array, kernel: Any, attributes: Attributes) -> Array:
    if any(pads_of(attributes)) and not attributes.get("count_include_pad", 0):
        raise ValueError("padding that does not count is not supported")
    found: Array = windows(x, kernel, attributes).mean(axis=(4, 5))
    return found


PLAIN: dict[str, Callable[[list[Array], Attributes], Array]] = {
    "Relu": lambda inputs, _: np.maximum(inputs[0], 0),
    "Clip": lambda inputs, a: np.clip(
        inputs[0], inputs[1] if len(inputs) > 1 else a.get("min", -np.inf), inputs[2] if len(inputs) > 2 else a.get("max", np.inf)
    ),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "MaxPool": lambda inputs, a: np.asarray(windows(inputs[0], a["kernel_shape"], a, -np.inf).max(axis=(4, 5))),
    "AveragePool": lambda inputs, a: average(inputs[0], a["kernel_shape"], a),
    "GlobalAveragePool": lambda inputs, _: np.asarray(inputs[0].mean(axis=(2, 3), keepdims=True)),
    "Flatten": lambda inputs, _: inputs[0].reshape(inputs[0].shape[0], -1),
    "Reshape": lambda inputs, _: inputs[0].reshape((inputs[0].shape[0], *[int(n) for n in inputs[1][1:]])),
    "Concat": lambda inputs, a: np.concatenate(inputs, axis=a.get("axis", 1)),
    "Identity": lambda inputs, _: inputs[0],
    "Dropout": lambda inputs, _: inputs[0],
    "BatchNormalization": lambda inputs, a: batch_normalisation(inputs[0], inputs[1:5], a),
}
