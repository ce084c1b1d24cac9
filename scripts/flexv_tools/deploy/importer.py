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

from flexv_tools.deploy.constants import constant_of
from flexv_tools.deploy.external_data import load_external_data
from flexv_tools.deploy.graph import Format, Tensor, printable
from flexv_tools.deploy.operators_integer import Integers
from flexv_tools.deploy.operators_shapes import Shapes
from flexv_tools.deploy.values import INPUT, QDQ, Coded, Const, Imported, Pending, Real, Source, Value
from flexv_tools.errors import Failure

MAX_FILE_BYTES = 1 << 30
MAX_DIMENSION = 1 << 16
NO_NUMBERS = {8: "strings", 9: "truth values", 14: "complex numbers", 15: "complex numbers"}  # by onnx.TensorProto
BEFORE_LAYERS = (
    "QuantizeLinear", "DequantizeLinear", "Quant", "Clip", "Identity", "Cast", "Transpose", "Sub", "Div", "Mul", "Add",
)  # fmt: skip
DOMAINS = ("", "ai.onnx", "com.microsoft", "qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas", "PACTOps")


def load(path: Path) -> Imported:
    """Raises Unsupported for what cannot be deployed and Failure for what is no network."""
    return Importer(read_model(path), path.stem).run()


def read_model(path: Path) -> Any:
    if not path.is_file():
        raise Failure(f"{path}: no such file" if not path.exists() else f"{path}: no regular file; expected one of ONNX")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Failure(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB")
    try:
        import onnx  # type: ignore[import]
        from google.protobuf.message import DecodeError  # type: ignore[import]
    except ImportError as error:
        raise Failure("python3-onnx is missing; scripts/deploy installs it") from error
    try:
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, OSError, ValueError, RecursionError) as error:
        raise Failure(f"{path}: no ONNX file: {error}") from error
    if not model.graph.node:
        raise Failure(f"{path}: no ONNX file, or a network without nodes")
    load_external_data(path, model, MAX_FILE_BYTES)
    return model


class Importer(Integers, Shapes):
    """Walks the nodes of a file; `on_<operator>` of the classes above make a value of each."""

    def run(self) -> Imported:
        self.read_constants()
        self.read_input()
        for node in self.sorted_nodes():
            self.node = node
            made = self.made_by(node)
            for name, value in zip(node.output, made if isinstance(made, list) else [made]):
                self.values[name] = value
        return self.finish()

    def made_by(self, node: Any) -> Value | list[Value]:
        handler: Callable[[], Value | list[Value]] | None = getattr(self, f"on_{node.op_type.lower()}", None)
        if handler is None or node.domain not in DOMAINS:
            known = sorted(name[3:] for name in dir(self) if name.startswith("on_"))
            domain = f" of the domain {node.domain}" if node.domain else ""
            raise self.refuse(f"the operator{domain} is not supported", ", ".join(known))
        try:
            return handler()
        except (ValueError, IndexError) as error:  # of NumPy, and of operands that are missing: shapes, mostly
            raise self.refuse(f"operands that do not fit each other ({error})", "shapes as ONNX defines them") from error

    def sorted_nodes(self) -> list[Any]:
        """In an order in which operands come first. Files are meant to be sorted; some are not."""
        nodes = list(self.graph.node)
        ready = set(self.values) | {""} | {item.name for item in self.graph.input}
        missing = [{name for name in node.input if name not in ready} for node in nodes]
        readers: dict[str, list[int]] = {}
        for number, names in enumerate(missing):
            for name in names:
                readers.setdefault(name, []).append(number)
        ordered: list[int] = []
        now = [number for number, names in enumerate(missing) if not names]
        while now:
            made: set[int] = set()
            for number in now:
                self.check_outputs(nodes[number], ready)
                ready.update(nodes[number].output)
                for name, reader in ((name, each) for name in nodes[number].output for each in readers.get(name, [])):
                    missing[reader].discard(name)
                    made.update(() if missing[reader] else (reader,))
            ordered += now
            now = sorted(made)
        self.check_made(nodes, missing)
        return [nodes[number] for number in ordered]

    def check_made(self, nodes: list[Any], missing: list[set[str]]) -> None:
        for node, names in zip(nodes, missing):
            if names:
                name = next(name for name in node.input if name in names)
                raise Failure(
                    f"{self.name}: node {self.label(node)} ({node.op_type}): operand {printable(name)!r} is never made; "
                    "expected an initializer, an input or the output of a node before it (no cycles)"
                )

    def check_outputs(self, node: Any, ready: set[str]) -> None:
        for name in node.output:
            if name and name in ready:
                raise Failure(f"{self.name}: node {self.label(node)} ({node.op_type}): makes {printable(name)!r}, which is there already; "
                              "expected a name of its own for each input, initializer and output")  # fmt: skip

    def read_constants(self) -> None:
        for item in self.graph.initializer:
            if any(size < 0 for size in item.dims):
                raise Failure(f"{self.name}: initializer {printable(item.name)!r}: the shape {list(item.dims)}; expected sizes of 0 and more")
            if item.name in self.values:
                raise Failure(f"{self.name}: two initializers {printable(item.name)!r}; expected a name of its own for each")
            try:
                self.values[item.name] = Const(constant_of(item))
            except ValueError as error:
                raise Failure(f"{self.name}: initializer {printable(item.name)!r}: {error}") from error
            self.types[item.name] = int(item.data_type)

    def read_input(self) -> None:
        inputs = [item for item in self.graph.input if item.name not in self.values]
        if len(inputs) != 1:
            names = ", ".join(item.name for item in inputs) or "none"
            raise Failure(f"{self.name}: expected one input, found {len(inputs)}: {names}")
        source = inputs[0]
        dims = [dim.dim_value for dim in source.type.tensor_type.shape.dim]
        if len(dims) not in (2, 4) or any(not 0 < dim <= MAX_DIMENSION for dim in dims[1:]):
            raise Failure(f"{self.name}: input {source.name} has the shape {dims}; expected [N, C, H, W] or [N, C], all but N known")
        self.batch = dims[0] or 1  # each sample is a run of its own
        channels, height, width = dims[1], *(dims[2:] if len(dims) == 4 else (1, 1))
        if len(dims) == 4 and self.begins_with_last_channels(source.name):
            self.has_last_channels = True
            height, width, channels = dims[1:]
        is_flat, is_last = len(dims) == 2, self.has_last_channels
        element = source.type.tensor_type.elem_type
        if element in NO_NUMBERS:
            raise Failure(f"{self.name}: input {source.name} holds {NO_NUMBERS[element]}; expected real numbers, uint8 or int8")
        if element in (2, 3):  # UINT8, INT8
            tensor = Tensor(source.name, height, width, channels, Format(8, element == 3), np.float64(1.0))
            self.source = Source(tensor, np.float64(1.0), np.float64(0.0), is_last)
            self.values[source.name] = Real(tensor, is_flat, is_last=is_last, code_zero=0)
        else:
            self.values[source.name] = Pending(INPUT, source.name, (), height, width, channels, (np.ones(()),), np.zeros(()),
                                               is_flat=is_flat, is_last=is_last)  # fmt: skip

    def begins_with_last_channels(self, name: str) -> bool:
        """Whether the input is transposed from [N, H, W, C] before anything computes with it."""
        reached = {name}
        for node in self.sorted_nodes():
            if node.input and node.input[0] in reached and node.op_type in BEFORE_LAYERS:
                if node.op_type == "Transpose":
                    return any(item.name == "perm" and list(item.ints) == [0, 3, 1, 2] for item in node.attribute)
                reached.update(node.output)
        return False

    def finish(self) -> Imported:
        if len(self.graph.output) != 1:
            raise Failure(f"{self.name}: expected one output, found {len(self.graph.output)}")
        name = self.graph.output[0].name
        value = self.values.get(name)
        self.node = next((node for node in self.graph.node if name in node.output), self.graph.node[-1])
        if isinstance(value, Coded):
            value = self.real_of(value)
        if self.source is None:
            raise self.refuse("the input is never quantised", f"{QDQ}, or an input of type uint8 or int8")
        if isinstance(value, Const) or value is None or isinstance(value, Pending) and value.kind == INPUT:
            raise self.refuse("the output does not depend on the input", "a network")
        if isinstance(value, Pending) and value.kind in ("concat", "copy"):
            raise self.refuse("the output is not quantised", f"{QDQ}, or the result of a fully connected layer")
        if isinstance(value, Real) and (value.tensor.whole is not None or value.tensor is self.source.tensor):
            value = replace(value, tensor=self.copied(value.tensor, value.tensor.format))
        if isinstance(value, Real) and any(value.pads):
            raise self.refuse("a Pad node before the output", "Pad only before Conv and pooling")
        return Imported(self.name, self.source, self.steps, value, tuple(self.dims_of(value)[1:]), value.is_last)
