# SPDX-License-Identifier: Apache-2.0
"""What all operators need of a node: its operands, attributes, and how it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Tensor, Unsupported
from flexv_tools.deploy.values import QDQ, Coded, Const, Pending, Real, Step, Value


INT, STRING, INTS = 2, 3, 7  # of onnx.AttributeProto
ATTRIBUTES = {
    **dict.fromkeys(("axis", "start", "end", "allowzero", "group", "ceil_mode", "count_include_pad", "keepdims", "transA", "transB", "signed", "narrow",
                     "n_levels", "n_levels_out"), INT),
    **dict.fromkeys(("auto_pad", "mode", "rounding_mode"), STRING),
    **dict.fromkeys(("axes", "perm", "dilations", "kernel_shape", "pads", "split", "strides"), INTS),
}  # fmt: skip


class Nodes:
    """The state of an import, and the node that is looked at."""

    def __init__(self, model: Any, name: str) -> None:
        self.graph = model.graph
        self.name = name
        self.values: dict[str, Value] = {}
        self.steps: list[Step] = []
        self.node: Any = None
        self.names: set[str] = set()
        self.input_name = ""
        self.input_shape = (0, 0, 0)
        self.input_tensor: Tensor | None = None
        self.is_input_flat = False
        self.is_input_last = False  # what is quantised has its channels last
        self.has_last_channels = False  # the file's input is [N, H, W, C]

    def emit(self, coded: Coded) -> Tensor:
        """Makes the tensor that `coded` describes."""
        raise NotImplementedError


    @staticmethod
    def label(node: Any) -> str:
        return str(node.name or (node.output[0] if node.output else "?"))

    def refuse(self, what: str, accepted: str) -> Unsupported:
        return Unsupported(self.label(self.node), self.node.op_type, what, accepted)

    def attribute(self, name: str, default: Any = None) -> Any:
        import onnx  # type: ignore[import]
        from onnx import helper

        for item in self.node.attribute:
            if item.name == name:
                wanted = ATTRIBUTES.get(name, item.type)
                if item.type != wanted:
                    kind = onnx.AttributeProto.AttributeType.Name
                    raise self.refuse(f"the attribute {name} of type {kind(item.type)}", f"type {kind(wanted)}")
                return helper.get_attribute_value(item)
        return default

    def operand(self, index: int) -> Value | None:
        """None where it is left out."""
        if index >= len(self.node.input) or not self.node.input[index]:
            return None
        name = self.node.input[index]
        if name in self.values:
            return self.values[name]
        raise self.refuse(f"its operand {name} is the input, which is not quantised before", QDQ)

    def is_input(self, index: int) -> bool:
        return self.node.input[index] == self.input_name and self.input_name not in self.values

    def constant(self, index: int, what: str) -> Const:
        value = self.operand(index)
        if not isinstance(value, Const):
            raise self.refuse(f"{what} is not a constant", "an initializer")
        if not np.all(np.isfinite(value.value)):
            raise self.refuse(f"{what} is not finite", "finite numbers")
        return value

    def scalar(self, index: int, what: str) -> float:
        value = self.constant(index, what).value
        if value.size != 1:
            raise self.refuse(f"{what} has {value.size} elements", "one number")
        return float(value.reshape(()))

    def stored(self, index: int) -> Real:
        """Activations that are quantised."""
        value = self.operand(index)
        if isinstance(value, Coded):
            value = self.real_of(value)
            self.values[self.node.input[index]] = value
        if isinstance(value, Pending):
            raise self.refuse(f"its operand, the result of {value.node}, is not quantised", QDQ)
        if not isinstance(value, Real):
            raise self.refuse("its first operand is a constant", "activations")
        if value.is_last and not value.is_flat and (value.tensor.height, value.tensor.width) != (1, 1):
            raise self.refuse("channels are its last dimension", "a Transpose to [N, C, H, W] before it")
        return value

    def real_of(self, coded: Coded) -> Real:
        pending = coded.pending
        return Real(self.emit(coded), pending.is_flat, is_last=pending.is_last)

    def unpadded(self, index: int) -> Real:
        real = self.stored(index)
        if any(real.pads):
            raise self.refuse("a Pad node before it", "Pad only before Conv and pooling")
        return real

    @staticmethod
    def tensor_value(value: Any) -> Any:
        from onnx import numpy_helper

        return numpy_helper.to_array(value) if hasattr(value, "data_type") else value
