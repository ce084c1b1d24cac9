# SPDX-License-Identifier: Apache-2.0
"""ONNX networks executed as the operators are defined (onnx.ai/onnx/operators, the contributed operators of onnxruntime,
QONNX), node by node, in NumPy: what a file means, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import helper, numpy_helper

Array = Any
Operator = Callable[..., Any]
LIMITS = {np.dtype(np.uint8): (0, 255), np.dtype(np.int8): (-128, 127)}
CASTS = {1: np.float64, 2: np.uint8, 3: np.int8, 6: np.int64, 7: np.int64, 11: np.float64}


def execute(model: Any, source: Array) -> Array:
    """`source` in the layout of the input, with batch. Reals are float64."""
    graph = model.graph
    values: dict[str, Array] = {item.name: widened(numpy_helper.to_array(item)) for item in graph.initializer}
    name = next(item.name for item in graph.input if item.name not in values)
    values[name] = source
    for node in graph.node:
        operands = [values[i] if i else None for i in node.input]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        result = OPERATORS[node.op_type](*operands, **attributes)
        for output, value in zip(node.output, result if isinstance(result, list) else [result]):
            values[output] = value
    return values[graph.output[0].name]


def widened(value: Array) -> Array:
    return value.astype(np.float64) if value.dtype.kind == "f" else value


def shaped(vector: Array, like: Array, axis: int) -> Array:
    if vector is None or np.size(vector) == 1:
        return np.reshape(0 if vector is None else vector, ())
    shape = [1] * like.ndim
    shape[axis] = vector.size
    return vector.reshape(shape)


def quantize(x: Array, scale: Array, zero: Array = None, axis: int = 1, **_: Any) -> Array:
    kind = np.dtype(np.uint8) if zero is None else zero.dtype
    codes = np.rint(x / shaped(scale, x, axis)) + shaped(zero, x, axis).astype(np.int64)
    return np.clip(codes, *LIMITS[kind]).astype(kind)


def dequantize(x: Array, scale: Array, zero: Array = None, axis: int = 1, **_: Any) -> Array:
    return (x.astype(np.int64) - shaped(zero, x, axis).astype(np.int64)) * shaped(scale, x, axis)


def quant(x: Array, scale: Array, zero: Array, bits: Array, signed: int = 1, narrow: int = 0, rounding_mode: bytes = b"ROUND") -> Array:
    low, high = (-(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1 - narrow)
    rounding = np.floor if rounding_mode == b"FLOOR" else np.rint
    return (np.clip(rounding(x / scale + zero), low, high) - zero) * scale


def windows(x: Array, kernel: Any, strides: Any, pads: Any, filling: float) -> Array:
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=filling)
    return np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))[:, :, :: strides[0], :: strides[1]]


def pads_of(x: Array, kernel: Any, strides: Any, pads: Any, auto_pad: bytes) -> Any:
    if auto_pad in (b"NOTSET", b"VALID"):
        return pads if auto_pad == b"NOTSET" else (0, 0, 0, 0)
    total = [max(0, (-(-n // s) - 1) * s + k - n) for n, s, k in zip(x.shape[2:], strides, kernel)]
    less, more = [t // 2 for t in total], [t - t // 2 for t in total]
    return (*less, *more) if auto_pad == b"SAME_UPPER" else (*more, *less)


def conv(x: Array, w: Array, b: Array = None, group: int = 1, strides: Any = (1, 1), pads: Any = (0, 0, 0, 0),
         auto_pad: bytes = b"NOTSET", **_: Any) -> Array:  # fmt: skip
    view = windows(x, w.shape[2:], strides, pads_of(x, w.shape[2:], strides, pads, auto_pad), 0)
    per_in, per_out = x.shape[1] // group, w.shape[0] // group
    parts = [np.einsum("nchwij,ocij->nohw", view[:, g * per_in : (g + 1) * per_in], w[g * per_out : (g + 1) * per_out])
             for g in range(group)]  # fmt: skip
    y = np.concatenate(parts, axis=1)
    return y if b is None else y + b.reshape(1, -1, 1, 1)


def less_zero(x: Array, zero: Array, axis: int = 0) -> Array:
    return x.astype(np.int64) - shaped(zero, x, axis).astype(np.int64)


def qlinear_conv(x: Array, xs: Array, xz: Array, w: Array, ws: Array, wz: Array, ys: Array, yz: Array, b: Array = None, **a: Any) -> Array:
    sums = conv(less_zero(x, xz), less_zero(w, wz), b, **a)
    return quantize(sums * (xs * shaped(ws, sums, 1)), ys, yz)


def qlinear_matmul(x: Array, xs: Array, xz: Array, w: Array, ws: Array, wz: Array, ys: Array, yz: Array) -> Array:
    sums = less_zero(x, xz) @ less_zero(w, wz, 1)
    return quantize(sums * (xs * ws), ys, yz)


def gemm(a: Array, b: Array, c: Array = 0, alpha: float = 1.0, beta: float = 1.0, transB: int = 0, **_: Any) -> Array:
    return alpha * (a @ (b.T if transB else b)) + beta * c


def qgemm(x: Array, xs: Array, xz: Array, w: Array, ws: Array, wz: Array, c: Array, ys: Array, yz: Array, transB: int = 0, **_: Any) -> Array:
    w = less_zero(w, wz, 0 if transB else 1)
    return quantize((less_zero(x, xz) @ (w.T if transB else w) + c) * (xs * ws), ys, yz)


def batch_normalization(x: Array, gamma: Array, beta: Array, mean: Array, variance: Array, epsilon: float = 1e-5, **_: Any) -> Array:
    gamma, beta, mean, variance = (shaped(v, x, 1) for v in (gamma, beta, mean, variance))
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def max_pool(x: Array, kernel_shape: Any, strides: Any = (1, 1), pads: Any = (0, 0, 0, 0), **_: Any) -> Array:
    low = -np.inf if x.dtype.kind == "f" else LIMITS[x.dtype][0]
    return windows(x, tuple(kernel_shape), strides, pads, low).max(axis=(4, 5))


def average_pool(x: Array, kernel_shape: Any, strides: Any = (1, 1), pads: Any = (0, 0, 0, 0), **_: Any) -> Array:
    return windows(x, tuple(kernel_shape), strides, pads, 0).mean(axis=(4, 5))


def reshape(x: Array, shape: Array, allowzero: int = 0) -> Array:
    return x.reshape([x.shape[i] if n == 0 and not allowzero else int(n) for i, n in enumerate(shape)])


def split(x: Array, sizes: Array, axis: int = 0) -> list[Array]:
    return np.split(x, np.cumsum(sizes)[:-1], axis)


def pad(x: Array, pads: Array, value: Array = 0, axes: Array = None, **_: Any) -> Array:
    half = len(pads) // 2
    around = [(0, 0)] * x.ndim
    for axis, a, b in zip(range(x.ndim) if axes is None else axes, pads[:half], pads[half:]):
        around[int(axis)] = int(a), int(b)
    return np.pad(x, around, constant_values=value)


def squeeze(x: Array, axes: Array) -> Array:
    return np.squeeze(x, tuple(int(a) for a in axes))


OPERATORS: dict[str, Operator] = {
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "Quant": quant,
    "Conv": conv,
    "ConvInteger": lambda x, w, xz=None, wz=None, **a: conv(less_zero(x, xz), less_zero(w, wz), **a),
    "MatMulInteger": lambda x, w, xz=None, wz=None: less_zero(x, xz) @ less_zero(w, wz, 1),
    "QLinearConv": qlinear_conv,
    "QLinearMatMul": qlinear_matmul,
    "QLinearAdd": lambda a, sa, za, b, sb, zb, sc, zc: quantize(dequantize(a, sa, za) + dequantize(b, sb, zb), sc, zc),
    "QLinearGlobalAveragePool": lambda x, xs, xz, ys, yz, **_: quantize(dequantize(x, xs, xz).mean(axis=(2, 3), keepdims=True), ys, yz),
    "QGemm": qgemm,
    "Gemm": gemm,
    "MatMul": lambda a, b: a @ b,
    "BatchNormalization": batch_normalization,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda x: x.mean(axis=(2, 3), keepdims=True),
    "GlobalMaxPool": lambda x: x.max(axis=(2, 3), keepdims=True),
    "ReduceMean": lambda x, axes, keepdims=1: x.mean(axis=tuple(axes), keepdims=bool(keepdims)),
    "Clip": lambda x, low=None, high=None, min=-np.inf, max=np.inf: np.clip(
        x, min if low is None else low, max if high is None else high).astype(x.dtype),
    "Relu": lambda x: np.maximum(x, 0),
    "Max": np.maximum,
    "Min": np.minimum,
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
    "Neg": lambda x: -x,
    "Floor": np.floor,
    "Round": np.rint,
    "Identity": lambda x: x,
    "Cast": lambda x, to: x.astype(CASTS[to]),
    "Flatten": lambda x, axis=1: x.reshape(x.shape[0], -1),
    "Reshape": reshape,
    "Transpose": lambda x, perm: x.transpose(perm),
    "Concat": lambda *x, axis: np.concatenate(x, axis),
    "Split": split,
    "Pad": pad,
    "Squeeze": squeeze,
    "Unsqueeze": lambda x, axes: np.expand_dims(x, tuple(int(a) for a in axes)),
    "Constant": lambda value: widened(numpy_helper.to_array(value)),
    "Shape": lambda x: np.array(x.shape),
    "Gather": lambda x, i, axis=0: np.take(x, i, axis),
}  # fmt: skip
