# SPDX-License-Identifier: Apache-2.0
"""Pictures of a sweep for papers, by Matplotlib: the Pareto front, a heat map an objective, main effects.

Each is written as SVG and as PNG; the bytes depend on the results alone."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from flexv_tools.sweep.results import Row, number_text
from flexv_tools.sweep.study import Objective, Study, Value

STYLE = {"svg.hashsalt": "flexv", "font.size": 8, "axes.spines.top": False, "axes.spines.right": False}
WIDTH = 3.5  # inches: a column of a two-column paper
MAX_LABELS = 12  # ticks of a heat map's axis that carry text


def write(study: Study, rows: list[Row], folder: Path) -> bool:
    """Writes all pictures that the study has data for. False when Matplotlib is not there."""
    try:
        import matplotlib  # type: ignore[import]  # has no types
    except ImportError:
        return False
    matplotlib.use("Agg")
    good = [row for row in rows if row.is_ok]
    if not good:
        return True
    folder.mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        front(study, good, folder)
        for number, objective in enumerate(study.objectives, 1):
            heat_map(study, good, objective, folder / f"map_{number}")
        effects(study, good, folder)
    return True


def save(figure: Any, path: Path) -> None:
    import matplotlib.pyplot as plt  # type: ignore[import]

    figure.savefig(path.with_suffix(".svg"), bbox_inches="tight", metadata={"Date": None})
    figure.savefig(path.with_suffix(".png"), bbox_inches="tight", dpi=200, metadata={"Software": None})
    plt.close(figure)


def value_of(row: Row, objective: Objective) -> float:
    return float(row.metrics[objective.name] or 0)


def front(study: Study, rows: list[Row], folder: Path) -> None:
    """The first objective against each other one; the front is what no point beats in all of them."""
    import matplotlib.pyplot as plt

    first, others = study.objectives[0], study.objectives[1:]
    if not others:
        return
    figure, axes = plt.subplots(1, len(others), figsize=(WIDTH * len(others), 2.6), squeeze=False)
    kinds = (
        ("other points", "o", "#3b6fb6", [row for row in rows if row.is_feasible and not row.is_pareto]),
        ("forbidden by a constraint", "x", "#8d99a6", [row for row in rows if not row.is_feasible]),
        ("Pareto front", "D", "#e08a3c", [row for row in rows if row.is_pareto]),
    )
    for axis, other in zip(axes[0], others):
        for label, marker, colour, some in kinds:
            if some:
                x, y = [value_of(row, first) for row in some], [value_of(row, other) for row in some]
                axis.scatter(x, y, s=18, marker=marker, color=colour, label=label)
        axis.set_xlabel(first.name)
        axis.set_ylabel(other.name)
    axes[0][0].legend(frameon=False)
    figure.tight_layout()
    save(figure, folder / "front")


def several(study: Study) -> list[str]:
    return [key for key, values in study.parameters.items() if len(values) > 1]


def groups_of(rows: list[Row], objective: Objective, *keys: str) -> dict[tuple[Value, ...], list[float]]:
    """What the rows have of the objective, by their values of `keys`."""
    groups: dict[tuple[Value, ...], list[float]] = {}
    for row in rows:
        groups.setdefault(tuple(row.parameters[key] for key in keys), []).append(value_of(row, objective))
    return groups


def occurring(study: Study, rows: list[Row], key: str) -> list[Value]:
    """The values of a parameter that some row has, in the order of the study."""
    there = {row.parameters[key] for row in rows}
    return [value for value in study.parameters[key] if value in there]


def heat_map(study: Study, rows: list[Row], objective: Objective, path: Path) -> None:
    """The best value over everything but the first two parameters that change."""
    import matplotlib.pyplot as plt

    keys = several(study)
    if len(keys) < 2:
        return
    columns, lines = occurring(study, rows, keys[0]), occurring(study, rows, keys[1])
    best = max if objective.is_max else min
    known = {where: best(group) for where, group in groups_of(rows, objective, keys[0], keys[1]).items()}
    cells = [[known.get((column, line)) for column in columns] for line in lines]
    figure, axis = plt.subplots(figsize=(WIDTH, 0.9 + 0.32 * min(len(lines), MAX_LABELS)))
    numbers = [[float("nan") if value is None else value for value in line] for line in cells]
    image = axis.imshow(numbers, aspect="auto", cmap="viridis" if objective.is_max else "viridis_r")
    for name, values, set_ticks in ((keys[0], columns, axis.set_xticks), (keys[1], lines, axis.set_yticks)):
        step = -(-len(values) // MAX_LABELS)
        set_ticks(range(0, len(values), step), [str(value) for value in values[::step]])
    axis.set_xlabel(keys[0])
    axis.set_ylabel(keys[1])
    if len(columns) * len(lines) <= MAX_LABELS * MAX_LABELS:
        for y, line in enumerate(cells):
            for x, value in enumerate(line):
                if value is not None:
                    box = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1}
                    axis.text(x, y, f"{value:.4g}", ha="center", va="center", fontsize=6, bbox=box)
    figure.colorbar(image).set_label(objective.name)
    save(figure, path)


def effects(study: Study, rows: list[Row], folder: Path) -> None:
    """The mean of each objective at each value of each parameter that changes."""
    import matplotlib.pyplot as plt

    keys = several(study)
    if not keys:
        return
    shape = (len(study.objectives), len(keys))
    figure, axes = plt.subplots(*shape, figsize=(2.2 * shape[1], 1.6 * shape[0]), squeeze=False, sharey="row")
    for line, objective in zip(axes, study.objectives):
        for axis, key in zip(line, keys):
            groups = groups_of(rows, objective, key)
            some = [(value, groups[value,]) for value in study.parameters[key] if (value,) in groups]
            known = [(number_text(v) if type(v) in (int, float) else str(v), g) for v, g in some]  # type: ignore[arg-type]
            axis.plot([label for label, _ in known], [statistics.fmean(group) for _, group in known], "o-", color="#3b6fb6")
            axis.tick_params(axis="x", labelrotation=30)
        line[0].set_ylabel(objective.name)
    for axis, key in zip(axes[-1], keys):
        axis.set_xlabel(key)
    figure.tight_layout()
    save(figure, folder / "effects")
