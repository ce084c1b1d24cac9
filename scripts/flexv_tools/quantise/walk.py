# SPDX-License-Identifier: Apache-2.0
"""One walk through a float network, with its exact and its quantised values side by side: each layer is quantised for the
inputs that it will really get, and its bias takes up the mean error of each channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
        self.products: dict[str, Array] = {}  # exact, of layers before their bias
        self.steps: dict[str, tuple[float, bool]] = {}  # of operands of a concatenation

    def fail(self, node: Any, what: str) -> Failure:
        return Failure(f"node {node.name or node.output[0]} ({node.op_type}): {what}")

    def run(self, samples: Array) -> Any:
        inputs = [item.name for item in self.graph.input if item.name not in self.constants]
        if len(inputs) != 1 or len(self.graph.output) != 1:
            raise Failure("expected a network with one input and one output")
        self.weighty = [node for node in self.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
        self.check_shape(samples)
        self.exact[inputs[0]] = samples
        for node in self.graph.node:
            self.visit(node, self.compute)
        if self.graph.output[0].name not in self.exact:
            raise Failure(f"the output {self.graph.output[0].name} is never made; expected the output of a node")
        self.needed = {self.root_of(name) for node in self.graph.node if node.op_type in CONSUMERS
                       for name in node.input if name not in self.constants}  # fmt: skip
        self.wide = {inputs[0]}  # whose codes have 8 bits
        if (last := self.root_of(self.graph.output[0].name)) not in self.needed and not self.is_sums(last):
            self.needed.add(last)
            self.wide.add(last)
        self.groups = self.joined_groups()
        self.take(inputs[0], samples, "image", self.graph)
        for node in self.graph.node:
            self.visit(node, self.quantise)
        return self.written(samples)

    def check_shape(self, samples: Array) -> None:
        source = next(item for item in self.graph.input if item.name not in self.constants)
        wanted = [dim.dim_value for dim in source.type.tensor_type.shape.dim]
        is_same = len(wanted) == samples.ndim and all(size in (0, found) for size, found in zip(wanted[1:], samples.shape[1:]))
        if wanted and not is_same:
            sizes = ", ".join(str(size or "any") for size in wanted[1:])
            raise Failure(f"the samples have the shape {list(samples.shape)}; expected [samples, {sizes}], as input {source.name}")

    def is_sums(self, name: str) -> bool:
        """Whether a result is the sums of a layer over its whole input, which need no quantisation at the end."""
        node = self.producers.get(name)
        if node is None or node not in self.weighty:
            return False
        if node.op_type != "Conv":
            return True
        weights, x = self.constants[node.input[1]], self.exact[node.input[0]]
        return self.exact[name].shape[2:] == (1, 1) and weights.shape[2:] == x.shape[2:]

    def joined_groups(self) -> list[set[str]]:
        """Results that lie beside each other in concatenations, and so share a step."""
        groups: list[set[str]] = []
        for node in self.graph.node:
            if node.op_type == "Concat":
                names = {self.root_of(name) for name in node.input if name not in self.constants}
                groups = [names.union(*(each for each in groups if each & names)), *(each for each in groups if not each & names)]
        return groups

    def root_of(self, name: str) -> str:
        """Where the numbers of a value come from."""
        while name in self.producers and self.producers[name].op_type in SHAPERS:
            name = self.producers[name].input[0]
        return name

    def visit(self, node: Any, by: Callable[[Any, dict[str, Any]], None]) -> None:
        """`by` takes a node and its attributes."""
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
            by(node, attributes)
        except (ValueError, IndexError, KeyError, TypeError) as error:
            raise self.fail(node, str(error)) from error

    def compute(self, node: Any, attributes: dict[str, Any]) -> None:
        """The exact result."""
        name = node.output[0]
        if node in self.weighty:
            weights, bias = self.weights_of(node, attributes)
            self.products[name] = self.product(node, self.exact[node.input[0]], weights, attributes)
            self.exact[name] = self.products[name] + floats.along_channels(bias, self.products[name])
        elif node.op_type in floats.PLAIN:
            self.exact[name] = self.applied(node, self.exact, attributes)
        else:
            raise self.fail(node, f"not supported; Conv, Gemm, MatMul, {', '.join(sorted(floats.PLAIN))} are")

    def applied(self, node: Any, values: dict[str, Array], attributes: dict[str, Any]) -> Array:
        operands = [values[name] if name in values else self.constants[name] for name in node.input if name]
        return np.asarray(floats.PLAIN[node.op_type](operands, attributes), np.float32)

    @staticmethod
    def product(node: Any, of: Array, by: Array, attributes: dict[str, Any]) -> Array:
        found: Array = floats.conv(of, by, attributes) if node.op_type == "Conv" else of @ by.T
        return found

    def quantise(self, node: Any, attributes: dict[str, Any]) -> None:
        if node in self.weighty:
            self.layer(node, attributes)
        else:
            self.plain(node, attributes)

    def plain(self, node: Any, attributes: dict[str, Any]) -> None:
        rough = self.applied(node, self.rough, attributes)
        names = [self.names.get(name) or self.constant(name) for name in node.input if name]
        made = self.writer.node(node.op_type, self.label(node), *names, **attributes)
        self.take(node.output[0], rough, made, node)

    def constant(self, name: str) -> str:
        value = self.constants[name]
        return self.writer.constant(value, value.dtype)

    def label(self, node: Any) -> str:
        return str(node.name or node.output[0])

    # --- layers with weights

    def layer(self, node: Any, attributes: dict[str, Any]) -> None:
        weights, bias = self.weights_of(node, attributes)
        rough = self.rough[node.input[0]]
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
        wanted, got = self.products.pop(node.output[0]), self.product(node, rough, taken, attributes)
        correction = (wanted - got).mean(axis=(0, 2, 3) if is_conv else 0)
        other = got + floats.along_channels(bias + correction, got)
        shaped = codes.reshape(weights.shape)
        self.report.append(Row(self.label(node), node.op_type, bits, ratio_db(weights, taken), ratio_db(self.exact[node.output[0]], other)))
        made = self.write_layer(node, attributes, shaped, channel_steps.reshape(-1), bias + correction)
        self.take(node.output[0], other, made, node)

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

    def take(self, name: str, rough: Array, made: str, node: Any) -> None:
        """A value that was made: quantised, if somebody calculates with it."""
        if not np.all(np.isfinite(rough)):
            raise self.fail(node, "results that are not finite")
        is_shaped = name in self.producers and self.producers[name].op_type in SHAPERS
        if name in self.needed and not is_shaped:
            step, signed = self.step_of(name)
            rough = steps.quantised(rough, step, self.activation_bits(name), signed)
            made = self.writer.quantise(name, made, step, self.activation_bits(name), signed)
        self.rough[name], self.names[name] = rough, made

    def group_of(self, name: str) -> list[str]:
        group = next((names for names in self.groups if name in names), {name})
        return [each for each in self.exact if each in group]

    def activation_bits(self, name: str) -> int:
        return 8 if self.wide.intersection(self.group_of(name)) else self.widths.activations

    def step_of(self, name: str) -> tuple[float, bool]:
        """The operands of a concatenation share the step that is the best for all of them together."""
        if name not in self.steps:
            group = self.group_of(name)
            values = self.exact[name] if len(group) == 1 else np.concatenate([self.exact[each].reshape(-1) for each in group])
            self.steps.update(dict.fromkeys(group, steps.activation_step(values, self.activation_bits(name))))
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
    """Normalisation behind a convolution becomes part of its weights, an addition of constants behind a layer its bias."""
    fold_biases(model.graph)
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


def fold_biases(graph: Any) -> None:
    """As TensorFlow and layers of PyTorch with three dimensions write them."""
    from onnx import numpy_helper

    constants = {item.name: item for item in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    read = Counter([*(name for node in graph.node for name in node.input), *(item.name for item in graph.output)])
    for node in [each for each in graph.node if each.op_type == "Add"]:
        value, bias = node.input if node.input[1] in constants else reversed(node.input)
        layer = makers.get(value)
        if layer is None or bias not in constants or layer.op_type not in ("Conv", "MatMul") or len(layer.input) != 2 or read[value] != 1:
            continue
        numbers, weights = numpy_helper.to_array(constants[bias]), constants.get(layer.input[1])
        if weights is None or numbers.shape not in bias_shapes(layer.op_type, weights.dims):
            continue
        name = f"{layer.output[0]}.folded_addend"
        graph.initializer.append(numpy_helper.from_array(numbers.reshape(-1), name))
        layer.op_type = "Conv" if layer.op_type == "Conv" else "Gemm"
        layer.input.append(name)
        layer.output[0] = node.output[0]
        graph.node.remove(node)


def bias_shapes(operator: str, weights: Any) -> tuple[tuple[int, ...], ...]:
    """Of constants that are one number a channel behind a layer with `weights` of these sizes."""
    if operator == "MatMul":
        return ((weights[1],), (1, weights[1])) if len(weights) == 2 else ()
    return (weights[0], 1, 1), (1, weights[0], 1, 1)


def quantise(path: Path, samples: Array, widths: Widths) -> tuple[Any, Walk]:
    from flexv_tools.deploy.importer import read_model

    walk = Walk(fold(read_model(path)), widths)
    return walk.run(samples.astype(np.float32)), walk
