# SPDX-License-Identifier: Apache-2.0
"""ONNX files as values that know how they are quantised.

Three ways of saying so are read: QuantizeLinear [Clip] DequantizeLinear (QCDQ), the operator Quant of QONNX,
and integer networks whose results are scaled by Mul, Add, Div, Floor and Clip, or by RequantShift. Real numbers between
two quantisations are folded into one requantisation; what cannot be is refused with node and reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Format, Tensor
from flexv_tools.deploy.operators_arithmetic import Arithmetic
from flexv_tools.deploy.operators_layers import Layers
from flexv_tools.deploy.operators_shapes import Shapes
from flexv_tools.deploy.values import QDQ, Coded, Const, Imported, Pending, Real, Value
from flexv_tools.errors import Failure

MAX_FILE_BYTES = 1 << 30
MAX_DIMENSION = 1 << 16
BEFORE_LAYERS = ("QuantizeLinear", "DequantizeLinear", "Quant", "Clip", "Identity", "Cast", "Transpose")


def load(path: Path) -> Imported:
    """Raises Unsupported for what cannot be deployed and Failure for what is no network."""
    return Importer(read_model(path), path.stem).run()


def read_model(path: Path) -> Any:
    if not path.is_file():
        raise Failure(f"{path}: no such file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Failure(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB")
    try:
        import onnx  # type: ignore[import]
        from google.protobuf.message import DecodeError  # type: ignore[import]
    except ImportError as error:
        raise Failure("python3-onnx is missing; scripts/deploy installs it") from error
    try:
        model = onnx.load(str(path))
    except (DecodeError, OSError, ValueError, RecursionError) as error:
        raise Failure(f"{path}: no ONNX file: {error}") from error
    if not model.graph.node:
        raise Failure(f"{path}: no ONNX file, or a network without nodes")
    return model


class Importer(Layers, Arithmetic, Shapes):
    """Walks the nodes of a file; `on_<operator>` of the classes above make a value of each."""

    def run(self) -> Imported:
        self.read_constants()
        source = self.read_input()
        for node in self.sorted_nodes():
            self.node = node
            handler: Callable[[], Value | list[Value]] | None = getattr(self, f"on_{node.op_type.lower()}", None)
            if handler is None:
                known = sorted(name[3:] for name in dir(self) if name.startswith("on_"))
                raise self.refuse("the operator is not supported", ", ".join(known))
            try:
                made = handler()
            except ValueError as error:  # of NumPy: shapes, mostly
                raise self.refuse(f"operands that do not fit each other ({error})", "shapes as ONNX defines them") from error
            for name, value in zip(node.output, made if isinstance(made, list) else [made]):
                self.values[name] = value
        return self.finish(source)

    def sorted_nodes(self) -> list[Any]:
        """In an order in which operands come first. Files are meant to be sorted; some are not."""
        ready = set(self.values) | {""} | {item.name for item in self.graph.input}
        waiting, ordered = list(self.graph.node), []
        while waiting:
            now = [node for node in waiting if all(name in ready for name in node.input)]
            if not now:
                node = waiting[0]
                missing = next(name for name in node.input if name not in ready)
                raise Failure(
                    f"{self.name}: node {self.label(node)} ({node.op_type}): operand {missing!r} is never made; "
                    "expected an initializer, an input or the output of a node before it (no cycles)"
                )
            for node in now:
                ready.update(node.output)
            ordered += now
            waiting = [node for node in waiting if not any(node is done for done in now)]
        return ordered

    def read_constants(self) -> None:
        from onnx import numpy_helper

        for item in self.graph.initializer:
            try:
                self.values[item.name] = Const(np.asarray(numpy_helper.to_array(item), np.float64))
            except (ValueError, TypeError, KeyError) as error:
                raise Failure(f"{self.name}: initializer {item.name!r}: {error}") from error

    def read_input(self) -> Any:
        inputs = [item for item in self.graph.input if item.name not in self.values]
        if len(inputs) != 1:
            names = ", ".join(item.name for item in inputs) or "none"
            raise Failure(f"{self.name}: expected one input, found {names}")
        source = inputs[0]
        dims = [dim.dim_value for dim in source.type.tensor_type.shape.dim]
        if len(dims) not in (2, 4) or any(not 0 < dim <= MAX_DIMENSION for dim in dims[1:]):
            raise Failure(f"{self.name}: input {source.name} has the shape {dims}; expected [N, C, H, W] or [N, C]")
        if dims[0] not in (0, 1):
            raise Failure(f"{self.name}: input {source.name} has a batch of {dims[0]}; expected 1")
        channels, height, width = dims[1], *(dims[2:] if len(dims) == 4 else (1, 1))
        if len(dims) == 4 and self.begins_with_last_channels(source.name):
            self.is_input_last = self.has_last_channels = True
            height, width, channels = dims[1:]
        self.input_shape = (height, width, channels)
        self.input_name = source.name
        element = source.type.tensor_type.elem_type
        if element in (2, 3):  # UINT8, INT8
            self.values[source.name] = Real(self.make_input(Format(8, element == 3), 1.0, 0), len(dims) == 2, is_last=self.is_input_last)
        else:
            self.is_input_flat = len(dims) == 2
        return source

    def begins_with_last_channels(self, name: str) -> bool:
        """Whether the input is transposed from [N, H, W, C] before anything computes with it."""
        reached = {name}
        for node in self.sorted_nodes():
            if node.input and node.input[0] in reached and node.op_type in BEFORE_LAYERS:
                if node.op_type == "Transpose":
                    return any(item.name == "perm" and list(item.ints) == [0, 3, 1, 2] for item in node.attribute)
                reached.update(node.output)
        return False

    def finish(self, source: Any) -> Imported:
        if len(self.graph.output) != 1:
            raise Failure(f"{self.name}: expected one output, found {len(self.graph.output)}")
        name = self.graph.output[0].name
        value = self.values.get(name)
        self.node = next((node for node in self.graph.node if name in node.output), self.graph.node[-1])
        if isinstance(value, Coded):
            value = self.real_of(value)
        if isinstance(value, (Real, Pending)) and value.is_last and not value.is_flat:
            of: Tensor | Pending = value.tensor if isinstance(value, Real) else value
            if (of.height, of.width) != (1, 1):
                raise self.refuse("an output with its channels last", "[N, C, H, W], or a vector")
        if self.input_tensor is None:
            raise self.refuse(f"the input {source.name} is never quantised", f"{QDQ}, or an input of type uint8 or int8")
        if isinstance(value, Real) and value.tensor.whole is not None:
            value = replace(value, tensor=self.copied(value.tensor))
        if isinstance(value, Const) or value is None:
            raise self.refuse("the output does not depend on the input", "a network")
        shape = self.shape_of(value)
        return Imported(self.name, self.input_tensor, self.steps, value, shape, self.has_last_channels)

    def shape_of(self, value: Real | Pending) -> tuple[int, ...]:
        of: Tensor | Pending = value.tensor if isinstance(value, Real) else value
        return (of.height * of.width * of.channels,) if value.is_flat else (of.channels, of.height, of.width)
