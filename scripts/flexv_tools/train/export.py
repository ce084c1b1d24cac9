# SPDX-License-Identifier: Apache-2.0
"""A trained classifier as an ONNX file: codes of weights, normalisations folded into the scales and biases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from flexv_tools.deploy.examples import Writer
from flexv_tools.train.network import EPSILON, STEM, Classifier, Conv, blocks, code_range


def save(net: Classifier, path: Path) -> None:
    import onnx  # type: ignore[import]

    onnx.save(model_of(net, path.stem), str(path))


def model_of(net: Classifier, name: str) -> Any:
    """Its input are the images as they are, numbers 0..255 [1, 1, 32, 32]."""
    w = Writer(0)
    x = w.quantise("image", "image", 1.0, 8)
    x = activation(w, net, "conv1", convolution(w, net, STEM, x, 1 / 255), 4)
    for block in blocks():
        y = activation(w, net, block.first.name, convolution(w, net, block.first, x), 4)
        y = activation(w, net, block.second.name, convolution(w, net, block.second, y), 4, True)
        if block.shortcut is not None:
            x = activation(w, net, block.shortcut.name, convolution(w, net, block.shortcut, x), 4, True)
        x = activation(w, net, f"{block.name}.add", w.node("Add", f"{block.name}.add", x, y), 4)
    x = activation(w, net, "pool", w.node("GlobalAveragePool", "pool", x), 8)
    codes, step = codes_of(net, "fc", 8)
    weights = w.node("DequantizeLinear", "fc.weights", w.constant(codes, np.int8), w.constant(step.reshape(())),
                     w.constant(0, np.int8))  # fmt: skip
    bias = w.constant(numpy_of(net.parameters["fc.bias"]))
    return w.model(name, 32, w.node("Gemm", "fc", w.node("Flatten", "flatten", x), weights, bias, transB=1), 10, 1)


def numpy_of(value: Any) -> Any:
    return value.detach().numpy().astype(np.float64)


def step_of(net: Classifier, name: str) -> Any:
    return np.abs(numpy_of(net.parameters[name])) + 1e-8


def codes_of(net: Classifier, name: str, bits: int) -> tuple[Any, Any]:
    step = step_of(net, f"{name}.step")
    low, high = code_range(bits, True)
    return np.rint(np.clip(numpy_of(net.parameters[f"{name}.weight"]) / step, low, high)), step


def convolution(w: Writer, net: Classifier, conv: Conv, x: str, source: float = 1.0) -> str:
    """`source`: real value of one step of the file's input where training had another."""
    codes, step = codes_of(net, conv.name, conv.bits)
    mean, variance = (net.statistics[f"{conv.name}.{each}"].numpy().astype(np.float64) for each in ("mean", "variance"))
    factor = np.abs(numpy_of(net.parameters[f"{conv.name}.gamma"])) / np.sqrt(variance + EPSILON)
    bias = numpy_of(net.parameters[f"{conv.name}.beta"]) - mean * factor
    return w.layer(conv.name, x, codes, factor * step.reshape(-1) * source, bias, conv.stride)


def activation(w: Writer, net: Classifier, name: str, x: str, bits: int, signed: bool = False) -> str:
    if not signed and name != "pool":
        x = w.node("Relu", f"{name}.relu", x)
    return w.quantise(name, x, float(step_of(net, f"{name}.activation")), bits, signed)
