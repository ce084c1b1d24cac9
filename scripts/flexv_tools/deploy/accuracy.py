# SPDX-License-Identifier: Apache-2.0
"""How many samples a classifier names as their labels do: on the platform, by the integer evaluator, in exact arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flexv_tools.arrays import read_array
from flexv_tools.deploy import evaluator, exact
from flexv_tools.deploy.graph import Ints, Network
from flexv_tools.deploy.values import Imported
from flexv_tools.errors import Failure


def read_labels(path: Path, least: int, classes: int | None = None) -> Ints:
    """At least as many labels as `least`, numbers of `classes`. Raises Failure."""
    labels = read_array(path)
    if labels.dtype.kind not in "iu" or labels.ndim != 1 or len(labels) < least:
        raise Failure(f"{path}: has the shape {labels.shape} of {labels.dtype}; expected whole numbers, at least {least}")
    if classes is not None and len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise Failure(f"{path}: labels from {labels.min()} to {labels.max()}; expected 0 to {classes - 1}, one of the network's outputs")
    return np.asarray(labels, np.int64)


def share(outputs: npt.NDArray[Any], labels: Ints) -> float:
    """Share of the samples whose largest output is that of their label."""
    guesses = outputs.reshape(len(outputs), -1).argmax(axis=1)
    return float(np.mean(guesses == labels[: len(guesses)]))


def said(outputs: npt.NDArray[Any], path: Path) -> str:
    return f"{100 * share(outputs, read_labels(path, len(outputs))):.2f} % of {len(outputs):,} samples right"


def of_evaluators(imported: Imported, network: Network, samples: list[Ints], path: Path) -> str:
    labels = read_labels(path, len(samples))
    integer, real = [], []
    for sample in samples:
        stored = evaluator.run(network, sample)[network.output]
        integer.append(evaluator.output_of(network, stored).reshape(-1))
        real.append(exact.outputs(imported, network, sample))
    shares = [100 * share(np.stack(each), labels) for each in (integer, real)]
    return f"integer evaluator: {shares[0]:.2f} %, exact arithmetic: {shares[1]:.2f} % of {len(samples):,} samples right"
