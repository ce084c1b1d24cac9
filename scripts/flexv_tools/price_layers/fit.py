# SPDX-License-Identifier: Apache-2.0
"""Prices of pieces of code: the non-negative ones with the least squares of errors over all layers of a class, relative to what is
tolerated of each."""

from __future__ import annotations

import numpy as np

from flexv_tools.deploy import report
from flexv_tools.deploy.cost import Prices
from flexv_tools.deploy.graph import Floats
from flexv_tools.deploy.work import Work
from flexv_tools.price_layers.measure import Sample

SHORT_CYCLES = 100 / report.PREDICTION_PERCENT * report.CACHE_CYCLES  # layers of less may be off by more percent
RIDGE = 1e-3  # keeps prices apart that always come together
ALIKE = (("gathered", "pointwise"), ("depthwise", "depthwise, copied"))  # classes that take prices of each other which they lack
COMMON = ("sums", "to 32 bits")  # of layers whose input channels come in parts: there are few, which have the same prices in both classes


def fitted(samples: list[Sample]) -> Prices:
    prices: Prices = {kind: {} for kind in sorted({sample.kind for sample in samples})}
    for group in groups_of(list(prices)):
        own = [sample for sample in samples if sample.kind in group]
        values = fitted_group(own, [keyed(sample) for sample in own])
        for sample in own:
            prices[sample.kind] |= {name: values[key_of(sample.kind, name)] for name in sample.work}
    for one, other in ALIKE:
        a, b = prices.get(one, {}), prices.get(other, {})
        shared = {name: value for name, value in (*a.items(), *b.items()) if not name.startswith(("layer", "tile", "behind"))}
        for table in (a, b):
            table.update({name: value for name, value in shared.items() if name not in table})
    return {kind: dict(sorted(table.items())) for kind, table in prices.items()}


def groups_of(kinds: list[str]) -> list[tuple[str, ...]]:
    """Classes that are fitted together."""
    return [ALIKE[0], *((kind,) for kind in kinds if kind not in ALIKE[0])]


def key_of(kind: str, name: str) -> str:
    is_common = kind in ALIKE[0] and any(part in name for part in COMMON)
    return name if is_common else f"{kind}: {name}"


def keyed(sample: Sample) -> Work:
    return {key_of(sample.kind, name): count for name, count in sample.work.items()}


def fitted_group(samples: list[Sample], works: list[Work]) -> dict[str, float]:
    names = sorted({name for work in works for name in work})
    if not names:
        return {}
    weights = np.array([1 / max(sample.cycles, SHORT_CYCLES) for sample in samples])
    matrix = np.array([[work.get(name, 0.0) for name in names] for work in works]) * weights[:, None]
    scale = matrix.max(axis=0)
    wanted = np.array([sample.cycles for sample in samples]) * weights
    values = least_squares(matrix / scale, wanted) / scale
    return {name: round(float(value), 3) for name, value in zip(names, values)}


def least_squares(matrix: Floats, result: Floats) -> Floats:
    """x >= 0 with matrix x = result: what would be negative is left out, one by one."""
    is_active = np.ones(matrix.shape[1], bool)
    while True:
        count = int(is_active.sum())
        system = np.vstack([matrix[:, is_active], RIDGE * np.eye(count)])
        wanted = np.concatenate([result, np.zeros(count)])
        found = np.linalg.lstsq(system, wanted, rcond=None)[0]
        if count == 0 or found.min() >= 0:
            break
        is_active[np.flatnonzero(is_active)[found.argmin()]] = False
    prices: Floats = np.zeros(matrix.shape[1])
    prices[is_active] = found
    return prices


def error_of(prices: Prices, sample: Sample) -> float:
    """By how much its prediction is off, relative."""
    table = prices[sample.kind]
    return cycles_of(table, sample.work) / sample.cycles - 1


def cycles_of(table: dict[str, float], work: Work) -> float:
    return sum(count * table.get(name, 0.0) for name, count in work.items())
