# SPDX-License-Identifier: Apache-2.0
"""Steps of quantisation: of activations by the least square error of samples, of weights one a channel, rounded to
nearest or by GPTQ (Frantar 2022): each column's error is taken up by the columns that follow, weighted by what samples
need."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flexv_tools.quantise.floats import Array

Floats = npt.NDArray[np.float64]
CLIPPINGS = np.linspace(0.3, 1.0, 29)  # shares of the largest number that are tried
MAX_VALUES = 200_000  # of a tensor that are looked at
LEAST_WEIGHT = 1e-12  # a channel whose weights are all below is one without weights
DAMPING = 0.01  # of GPTQ, of the mean diagonal


def code_range(bits: int, signed: bool) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def activation_step(values: Array, bits: int) -> tuple[float, bool]:
    """Step and sign of a tensor."""
    flat = values.reshape(-1).astype(np.float64)
    flat = flat[:: max(1, flat.size // MAX_VALUES)]
    signed = bool(flat.min() < 0)
    most = float(np.abs(flat).max())
    if not np.isfinite(most):
        raise ValueError("activations are not finite")
    if most == 0:
        return 1.0, signed
    low, high = code_range(bits, signed)
    errors = [np.mean((np.clip(np.rint(flat / s), low, high) * s - flat) ** 2) for s in CLIPPINGS * most / high]
    return float(CLIPPINGS[int(np.argmin(errors))] * most / high), signed


def quantised(values: Array, step: float, bits: int, signed: bool) -> Array:
    low, high = code_range(bits, signed)
    found: Array = (np.clip(np.rint(values / step), low, high) * step).astype(np.float32)
    return found


def weight_steps(weights: Floats, bits: int) -> Floats:
    """A step for each row [channels][1]. A row without weights gets the usual one of the others, for which factors are made."""
    low, high = code_range(bits, True)
    most = np.abs(weights).max(axis=1, keepdims=True)
    is_dead = most < LEAST_WEIGHT
    most = np.where(is_dead, np.median(most[~is_dead]) if np.any(~is_dead) else high, most)
    if bits == 8:
        return np.asarray(most / high, np.float64)
    best: Floats = most / high
    least = np.full(most.shape, np.inf)
    for clipping in CLIPPINGS:
        step = clipping * most / high
        error = ((np.clip(np.rint(weights / step), low, high) * step - weights) ** 2).sum(axis=1, keepdims=True)
        best, least = np.where((error < least) & ~is_dead, step, best), np.minimum(error, least)
    return best


def nearest(weights: Floats, steps: Floats, bits: int) -> Floats:
    # The lowest code is left out of 8 bits: a channel whose sign is turned round stays within them.
    low, high = code_range(bits, True)
    found: Floats = np.clip(np.rint(weights / steps), low + (bits == 8), high)
    return found


def gptq(weights: Floats, steps: Floats, bits: int, rows: Array) -> Floats:
    """Codes [channels][depth] for inputs `rows` [samples][depth]."""
    wide = rows.astype(np.float64)
    hessian = wide.T @ wide
    dead = np.diag(hessian) == 0
    hessian[dead, dead] = 1.0
    hessian += np.eye(len(hessian)) * DAMPING * np.mean(np.diag(hessian))
    upper = np.linalg.cholesky(np.linalg.inv(hessian)).T
    left, codes = weights.copy(), np.zeros_like(weights)
    for column in range(weights.shape[1]):
        codes[:, column] = nearest(left[:, column : column + 1], steps, bits)[:, 0]
        error = (left[:, column] - codes[:, column] * steps[:, 0]) / upper[column, column]
        left[:, column + 1 :] -= np.outer(error, upper[column, column + 1 :])
    return codes
