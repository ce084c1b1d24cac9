# SPDX-License-Identifier: Apache-2.0
"""One walk through a float network, with its exact and its quantised values side by side: each layer is quantised for the
inputs that it will really get, and its bias takes up the mean error of each channel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flexv_tools.deploy.examples import Writer
from flexv_tools.errors import Failure
from flexv_tools.quantise import floats, steps
from flexv_tools.quantise.floats import Array

CONSUMERS = ("Conv", "Gemm", "MatMul", "Add", "AveragePool", "GlobalAveragePool", "MaxPool", "Concat")
SHAPERS = ("Flatten", "Reshape", "Identity", "Dropout", "MaxPool")  # the same numbers, others places


@dataclass(frozen=True)
class Widths:
    """Bits of activations and weights; first and last layer and depthwise ones have their own."""

    activations: int = 8
    weights: int = 8
    edges: int = 8
    depthwise: int = 8
    method: str = "gptq"  # for less than 8 bits; or nearest


@dataclass(frozen=True)
class Row:
    """A line of the report. Ratios of signal to error in dB."""

    layer: str
    operator: str
    bits: int
    weight_db: float
    output_db: float


def ratio_db(exact: Array, other: Array) -> float:
    error = float(np.mean((exact.astype(np.float64) - other) ** 2))
    signal = float(np.mean(exact.astype(np.float64) ** 2))
    return 99.0 if error == 0 else 10 * float(np.log10(max(signal, 1e-30) / error))


class Walk:
    def __init__(self, model: Any, widths: Widths) -> None:
        from onnx import numpy_helper  # type: ignore[import]

        self.graph = model.graph
        self.widths = widths
        self.writer = Writer(0)
        self.constants = {item.name: numpy_helper.to_array(item) for item in self.graph.initializer}
        self.exact: dict[str, Array] = {}
        self.rough: dict[str, Array] = {}
        self.names: dict[str, str] = {}  # in the file that is written
        self.report: list[Row] = []
        self.producers = {name: node for node in self.graph.node for name in node.output}
        self.steps: dict[str, tuple[float, bool]] = {}  # of operands of a concatenation

    def fail(self, node: Any, what: str) -> Failure:
        return Failure(f"node {node.name or node.output[0]} ({node.op_type}): {what}")

    def run(self, samples: Array) -> Any:
        inputs = [item.name for item in self.graph.input if item.name not in self.constants]
        if len(inputs) != 1 or len(self.graph.output) != 1:
            raise Failure("expected a network with one input and one output")
        self.weighty = [node for node in self.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
        self.needed = {self.root_of(name) for node in self.graph.node if node.op_type in CONSUMERS
                       for name in node.input if name not in self.constants}  # fmt: skip
        self.take(inputs[0], samples, samples, "image", self.graph)
        for node in self.graph.node:
            self.visit(node)
        return self.written(samples)

    def root_of(self, name: str) -> str:
        """Where the numbers of a value come from."""
        while name in self.producers and self.producers[name].op_type in SHAPERS:
            name = self.producers[name].input[0]
        return name

    def visit(self, node: Any) -> None:
        from onnx import helper

        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        if node.op_type == "Constant":
            from onnx import numpy_helper

            self.constants[node.output[0]] = numpy_helper.to_array(attributes["value"])
            return
        for name in node.input:
            if name and name not in self.exact and name not in self.constants:
                raise self.fail(node, f"its operand {name} is never made")
        try:
            if node in self.weighty:
                self.layer(node, attributes)
            elif node.op_type in floats.PLAIN:
                self.plain(node, attributes)
            else:
                raise self.fail(node, f"not supported; Conv, Gemm, MatMul, {', '.join(sorted(floats.PLAIN))} are")
        except (ValueError, IndexError, KeyError, TypeError) as error:
            raise self.fail(node, str(error)) from error

    def plain(self, node: Any, attributes: dict[str, Any]) -> None:
        both = []
        for values in (self.exact, self.rough):
            operands = [values[name] if name in values else self.constants[name] for name in node.input if name]
            both.append(np.asarray(floats.PLAIN[node.op_type](operands, attributes), np.float32))
        names = [self.names.get(name) or self.constant(name) for name in node.input if name]
        made = self.writer.node(node.op_type, self.label(node), *names, **attributes)
        self.take(node.output[0], both[0], both[1], made, node)

    def constant(self, name: str) -> str:
        value = self.constants[name]
        return self.writer.constant(value, value.dtype)

    def label(self, node: Any) -> str:
        return str(node.name or node.output[0])

    # --- layers with weights

    def layer(self, node: Any, attributes: dict[str, Any]) -> None:
        weights, bias = self.weights_of(node, attributes)
        x, rough = self.exact[node.input[0]], self.rough[node.input[0]]
        is_conv = node.op_type == "Conv"
        is_depthwise = attributes.get("group", 1) != 1
        bits = self.bits_of(node, is_depthwise)
        flat = weights.reshape(weights.shape[0], -1).astype(np.float64)
        channel_steps = steps.weight_steps(flat, bits)
        if bits < 8 and self.widths.method == "gptq" and not is_depthwise:
            rows = floats.rows_of(rough, weights, attributes) if is_conv else rough
            codes = steps.gptq(flat, channel_steps, bits, rows)
        else:
            codes = steps.nearest(flat, channel_steps, bits)
        taken = (codes * channel_steps).astype(np.float32).reshape(weights.shape)

        def outputs(of: Array, by: Array) -> Array:
            found: Array = floats.conv(of, by, attributes) if is_conv else of @ by.T
            return found

        wanted, got = outputs(x, weights), outputs(rough, taken)
        correction = (wanted - got).mean(axis=(0, 2, 3) if is_conv else 0)
        exact = wanted + floats.along_channels(bias, wanted)
        other = got + floats.along_channels(bias + correction, got)
        shaped = codes.reshape(weights.shape)
        self.report.append(Row(self.label(node), node.op_type, bits, ratio_db(weights, taken), ratio_db(exact, other)))
        made = self.write_layer(node, attributes, shaped, channel_steps.reshape(-1), bias + correction)
        self.take(node.output[0], exact, other, made, node)

    def bits_of(self, node: Any, is_depthwise: bool) -> int:
        if node is self.weighty[0] or node is self.weighty[-1]:
            return self.widths.edges
        return self.widths.depthwise if is_depthwise else self.widths.weights

    def weights_of(self, node: Any, attributes: dict[str, Any]) -> tuple[Array, Array]:
        """Weights [out][...] and bias."""
        if node.input[1] not in self.constants:
            raise self.fail(node, "its weights are not constant")
        weights = np.asarray(self.constants[node.input[1]], np.float32)
        if node.op_type != "Conv":
            if attributes.get("transA", 0) or attributes.get("alpha", 1.0) != 1 or attributes.get("beta", 1.0) != 1:
                raise self.fail(node, "transA, alpha and beta are not supported")
            weights = weights if attributes.get("transB", 0) else weights.T
        if not np.all(np.isfinite(weights)):
            raise self.fail(node, "its weights are not finite")
        bias = self.constants[node.input[2]] if len(node.input) > 2 and node.input[2] else np.zeros(weights.shape[0])
        return weights, np.asarray(bias, np.float32).reshape(-1)

    def write_layer(self, node: Any, attributes: dict[str, Any], codes: Any, scales: Any, bias: Any) -> str:
        w, name = self.writer, self.label(node)
        zeros = w.constant(np.zeros(len(scales)), np.int8)
        weights = w.node("DequantizeLinear", f"{name}.weights", w.constant(codes, np.int8), w.constant(scales), zeros, axis=0)
        x = self.names[node.input[0]]
        if node.op_type == "Conv":
            return w.node("Conv", name, x, weights, w.constant(bias), **attributes)
        return w.node("Gemm", name, x, weights, w.constant(bias), transB=1)

    # --- activations

    def take(self, name: str, exact: Array, rough: Array, made: str, node: Any) -> None:
        """A value that was made: quantised, if somebody calculates with it."""
        if not np.all(np.isfinite(rough)):
            raise self.fail(node, "results that are not finite")
        is_shaped = name in self.producers and self.producers[name].op_type in SHAPERS
        if name in self.needed and not is_shaped:
            step, signed = self.step_of(name, exact)
            rough = steps.quantised(rough, step, self.activation_bits(name), signed)
            made = self.writer.quantise(name, made, step, self.activation_bits(name), signed)
        self.exact[name], self.rough[name], self.names[name] = exact, rough, made

    def activation_bits(self, name: str) -> int:
        return self.widths.activations if name in self.producers else 8

    def step_of(self, name: str, exact: Array) -> tuple[float, bool]:
        """The operands of a concatenation share the step of the first one that is made."""
        beside = [set(map(self.root_of, node.input)) for node in self.graph.node if node.op_type == "Concat"]
        group = next((names for names in beside if name in names), {name})
        for other in group:
            if other in self.steps:
                return self.steps[other]
        self.steps[name] = steps.activation_step(exact, self.activation_bits(name))
        return self.steps[name]

    def written(self, samples: Array) -> Any:
        from onnx import TensorProto, helper

        name = self.graph.output[0].name
        shape = [1, *self.exact[name].shape[1:]]
        graph = helper.make_graph(
            self.writer.nodes, self.graph.name or "network",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, *samples.shape[1:]])],
            [helper.make_tensor_value_info(self.names[name], TensorProto.FLOAT, shape)], self.writer.constants)  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])

    def agreement(self) -> tuple[float, float]:
        """Of the outputs: dB, and the share of samples whose largest number is the same."""
        name = self.graph.output[0].name
        exact, rough = (values[name].reshape(len(values[name]), -1) for values in (self.exact, self.rough))
        return ratio_db(exact, rough), float(np.mean(exact.argmax(axis=1) == rough.argmax(axis=1)))


def fold(model: Any) -> Any:
    """Normalisation behind a convolution becomes part of its weights."""
    from onnx import numpy_helper

    graph = model.graph
    constants = {item.name: item for item in graph.initializer}
    users: dict[str, int] = {}
    for node in graph.node:
        for name in node.input:
            users[name] = users.get(name, 0) + 1
    makers = {name: node for node in graph.node for name in node.output}
    for node in [each for each in graph.node if each.op_type == "BatchNormalization"]:
        before = makers.get(node.input[0])
        names = list(node.input[1:5])
        if before is None or before.op_type != "Conv" or users[node.input[0]] != 1:
            continue
        if any(name not in constants for name in (*names, *before.input[1:])) or users[before.input[1]] != 1:
            continue
        gamma, beta, mean, variance = (numpy_helper.to_array(constants[name]) for name in names)
        epsilon = next((item.f for item in node.attribute if item.name == "epsilon"), 1e-5)
        factor = gamma / np.sqrt(variance + epsilon)
        weights = numpy_helper.to_array(constants[before.input[1]])
        bias = numpy_helper.to_array(constants[before.input[2]]) if len(before.input) > 2 else np.zeros(len(factor))
        scaled = weights * factor.reshape(-1, 1, 1, 1)
        constants[before.input[1]].CopyFrom(numpy_helper.from_array(scaled.astype(np.float32), before.input[1]))
        name = f"{before.output[0]}.folded_bias"
        graph.initializer.append(numpy_helper.from_array(((bias - mean) * factor + beta).astype(np.float32), name))
        del before.input[2:]
        before.input.append(name)
        before.output[0] = node.output[0]
        graph.node.remove(node)
    return model


def quantise(path: Path, samples: Array, widths: Widths) -> tuple[Any, Walk]:
    from flexv_tools.deploy.importer import read_model

    walk = Walk(fold(read_model(path)), widths)
    return walk.run(samples.astype(np.float32)), walk
