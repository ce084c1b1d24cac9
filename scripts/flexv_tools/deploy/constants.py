# SPDX-License-Identifier: Apache-2.0
"""Constants of ONNX files as numbers, also of the narrow types that came after the packages of Debian 12."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexv_tools.deploy.graph import Floats

NARROW = {21: (4, False), 22: (4, True), 25: (2, False), 26: (2, True)}  # (u)int4, (u)int2: several numbers a byte, the first in the low bits


def constant_of(item: Any) -> Floats:
    """The numbers of a TensorProto. Raises ValueError where it holds none."""
    from onnx import numpy_helper  # type: ignore[import]

    if item.data_type in NARROW:
        return narrow_numbers(item, *NARROW[item.data_type])
    try:
        return np.asarray(numpy_helper.to_array(item), np.float64)
    except (KeyError, TypeError) as error:
        raise ValueError(f"data of {type_name(item.data_type)}; expected numbers") from error


def type_name(kind: int) -> str:
    """Of onnx.TensorProto.DataType."""
    from onnx import TensorProto

    names = {number: name.lower() for name, number in TensorProto.DataType.items()}
    return names.get(kind, f"the type {kind}") if kind else "an unknown type"


def narrow_numbers(item: Any, bits: int, is_signed: bool) -> Floats:
    count, each = int(np.prod(item.dims, dtype=np.int64)), 8 // bits
    data = item.raw_data if item.HasField("raw_data") else bytes(number & 0xFF for number in item.int32_data)
    if len(data) != -(-count // each):
        raise ValueError(f"{len(data)} bytes for {count} numbers of {bits} bits")
    codes = (np.frombuffer(data, np.uint8).astype(np.int64)[:, None] >> np.arange(each) * bits) & ((1 << bits) - 1)
    numbers = codes.reshape(-1)[:count]
    if is_signed:
        numbers = np.where(numbers >= 1 << (bits - 1), numbers - (1 << bits), numbers)
    return numbers.reshape(tuple(item.dims)).astype(np.float64)
