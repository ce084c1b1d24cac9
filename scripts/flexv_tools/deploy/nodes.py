# SPDX-License-Identifier: Apache-2.0
"""What all operators need of a node: its operands, attributes, and how it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexv_tools.deploy.constants import constant_of
from flexv_tools.deploy.graph import Tensor, Unsupported
from flexv_tools.deploy.values import INPUT, QDQ, Coded, Const, Pending, Real, Source, Step, Value


FLOAT, INT, STRING, TENSOR, FLOATS, INTS = 1, 2, 3, 4, 6, 7  # of onnx.AttributeProto
ATTRIBUTES = {
    **dict.fromkeys(("axis", "start", "end", "allowzero", "group", "ceil_mode", "count_include_pad", "keepdims", "transA", "transB", "signed", "narrow",
                     "n_levels", "n_levels_out", "block_size", "output_dtype", "to", "storage_order", "channels_last", "num_outputs", "training_mode", "value_int"), INT),
    **dict.fromkeys(("auto_pad", "mode", "rounding_mode"), STRING),
    **dict.fromkeys(("alpha", "beta", "epsilon", "value_float"), FLOAT),
    **dict.fromkeys(("value", "min", "max"), FLOAT),  # that of a Constant is read apart
    "value_floats": FLOATS,
    "value_ints": INTS,
    **dict.fromkeys(("axes", "perm", "dilations", "kernel_shape", "pads", "split", "strides"), INTS),
}  # fmt: skip
NOT_FINITE = ("min", "max", "value_float")  # may be infinite: no bound
PADLESS = "Pad only before Conv and pooling"


class Nodes:
    """The state of an import, and the node that is looked at."""

    def __init__(self, model: Any, name: str) -> None:
        self.graph = model.graph
        self.name = name
        self.values: dict[str, Value] = {}
        self.types: dict[str, int] = {}  # of onnx.TensorProto, of constants
        self.steps: list[Step] = []
        self.made: dict[tuple[object, ...], Tensor] = {}
        self.node: Any = None
        self.names: set[str] = set()
        self.batch = 1
        self.source: Source | None = None
        self.has_last_channels = False  # the file's input is [N, H, W, C]

    def tensor_of(self, coded: Coded) -> Tensor:
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
                value = helper.get_attribute_value(item)
                if wanted == FLOAT and (np.isnan(value) or np.isinf(value) and name not in NOT_FINITE):
                    raise self.refuse(f"the attribute {name} is {value:g}", "a finite number")
                return value
        return default

    def operand(self, index: int) -> Value | None:
        """None where it is left out."""
        if index >= len(self.node.input) or not self.node.input[index]:
            return None
        name = self.node.input[index]
        if name not in self.values:
            raise self.refuse(f"its operand {name} is a second output", "first outputs")
        return self.values[name]

    def constant(self, index: int, what: str) -> Const:
        value = self.operand(index)
        if not isinstance(value, Const):
            raise self.refuse(f"{what} is not a constant", "an initializer")
        if not np.all(np.isfinite(value.value)):
            raise self.refuse(f"{what} is not finite", "finite numbers")
        return value

    def scalar(self, index: int, what: str) -> float:
        """One number, or the same one everywhere."""
        value = self.constant(index, what).value
        if not value.size or np.any(value != value.reshape(-1)[0]):
            raise self.refuse(f"{what} has {value.size} elements", "one number")
        return float(value.reshape(-1)[0])

    def numbers(self, index: int, attribute: str) -> list[int] | None:
        """Whole numbers that are an attribute in old operators and an operand in new ones."""
        found = self.attribute(attribute)
        if found is None and self.operand(index) is not None:
            found = self.constant(index, f"the operand {attribute}").value.reshape(-1)
        return None if found is None else [int(n) for n in found]

    def stored(self, index: int, in_any_order: bool = False) -> Real:
        """Activations that are quantised."""
        value = self.operand(index)
        if isinstance(value, Coded):
            value = self.codes_of(value)
        if isinstance(value, Pending):
            what = "the input of the network" if value.kind == INPUT else f"the result of {value.node}"
            raise self.refuse(f"its operand, {what}, is not quantised", QDQ)
        if not isinstance(value, Real):
            raise self.refuse("its first operand is a constant", "activations")
        if value.is_last and not in_any_order and not value.is_flat and (value.tensor.height, value.tensor.width) != (1, 1):
            raise self.refuse("channels are its last dimension", "a Transpose to [N, C, H, W] before it")
        return value

    def numeric(self, index: int, in_any_order: bool = False) -> Real:
        """Activations to calculate with: real numbers, not codes of them."""
        real = self.stored(index, in_any_order)
        if real.code_zero is not None and (real.code_zero, real.tensor.zero, float(real.tensor.scale)) != (0, 0, 1.0):
            raise self.refuse("codes that are not dequantised", "a DequantizeLinear before it")
        return real

    def real_of(self, coded: Coded) -> Real:
        """What the codes mean."""
        pending = coded.pending
        return Real(self.tensor_of(coded), pending.is_flat, is_last=pending.is_last)

    def codes_of(self, coded: Coded) -> Real:
        """The codes themselves; whole numbers are their own codes."""
        real = self.real_of(coded)
        if (coded.scale, coded.zero) != (1.0, 0):
            real.code_zero = coded.zero
        return real

    def unpadded(self, index: int) -> Real:
        real = self.stored(index)
        if any(real.pads):
            raise self.refuse("a Pad node before it", PADLESS)
        return real

    def number_of(self, value: Any) -> float:
        """An attribute that is a number, or a tensor of one."""
        found = constant_of(value).reshape(-1) if hasattr(value, "data_type") else np.asarray(value).reshape(-1)
        if found.size != 1 or found.dtype.kind not in "fiu":
            raise self.refuse("an attribute that is no number", "one number")
        return float(found[0])
