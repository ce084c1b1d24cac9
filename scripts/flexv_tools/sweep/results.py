# SPDX-License-Identifier: Apache-2.0
"""Rows of results: one for each point and operating point, with what was measured of it.

`results.csv` holds parameters, status and metrics, sorted by the order of the study's grid; nothing of it
depends on the engine, the number of jobs or the time. Numbers have twelve digits."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from flexv_tools import simulator
from flexv_tools.errors import Failure
from flexv_tools.sweep.metrics import MetricError
from flexv_tools.sweep.points import pareto_front
from flexv_tools.sweep.study import Study, Value, derived_values
from flexv_tools.sweep.tasks import BUILD_FAILED, Result

NOT_RUN = "not run"
STATUS_WORDS = {
    101: "refused",
    102: "fault",
    103: "internal error",
    104: "limit",
    105: "deadlock",
    124: "timeout",
    BUILD_FAILED: "not built",
}


@dataclass(frozen=True)
class Row:
    """`order` sorts rows as the grid does; metrics are None where the point has none."""

    order: tuple[int, ...]
    parameters: dict[str, Value]
    vdd: float | None
    mhz: float | None
    status: str
    message: str
    report: str
    metrics: dict[str, float | None]
    is_feasible: bool = False
    is_pareto: bool = False

    @property
    def is_ok(self) -> bool:
        return self.status == "ok"


def status_word(status: int) -> str:
    if status == 0:
        return "ok"
    return STATUS_WORDS.get(status, f"exit {status}")


def rows_of(study: Study, point: dict[str, Value], result: Result, reports: Path) -> list[Row]:
    """A row for each operating point, or the only one."""
    order = tuple(values.index(point[key]) for key, values in study.parameters.items())
    where: list[tuple[float | None, float | None]] = [(each.vdd, each.mhz) for each in study.operating_points]
    more: dict[str, Value] = dict.fromkeys(study.derived, "")
    with contextlib.suppress(MetricError):
        more = derived_values(study.derived.items(), point)
    rows = []
    for i, (vdd, mhz) in enumerate(where or [(None, None)]):
        base = Row((*order, i), point | more, vdd, mhz, status_word(result.status), result.message, "", {})
        if result.status != 0:
            rows.append(base)
        elif result.failures[i]:
            rows.append(replace(base, status="not priced", message=result.failures[i]))
        else:
            rows.append(measured(study, replace(base, report=result.reports[i]), reports))
    return rows


def measured(study: Study, row: Row, reports: Path) -> Row:
    report = simulator.load_report(reports / row.report)
    metrics: dict[str, float | None] = {}
    try:
        for objective in study.objectives:
            metrics[objective.name] = objective.expression.value(report, row.parameters)
        feasible = all(constraint.value(report, row.parameters) for constraint in study.constraints)
    except MetricError as error:
        return replace(row, status="no metric", message=str(error))
    return replace(row, metrics=metrics, is_feasible=feasible)


def costs(study: Study, row: Row) -> tuple[float, ...] | None:
    """The objectives, smaller is better; None for a failed or forbidden point."""
    if not row.is_ok or not row.is_feasible:
        return None
    values = [row.metrics[objective.name] for objective in study.objectives]
    return tuple(-float(v or 0) if objective.is_max else float(v or 0) for v, objective in zip(values, study.objectives))


def with_front(study: Study, rows: Iterable[Row]) -> list[Row]:
    """Sorted rows; those of the Pareto front are marked."""
    ordered = sorted(rows, key=lambda row: row.order)
    priced = [(i, cost) for i, row in enumerate(ordered) if (cost := costs(study, row)) is not None]
    for (i, _), is_best in zip(priced, pareto_front([cost for _, cost in priced])):
        ordered[i] = replace(ordered[i], is_pareto=is_best)
    return ordered


def header(study: Study) -> list[str]:
    points = ["vdd", "mhz"] if study.operating_points else []
    names = [objective.name for objective in study.objectives]
    return [*study.parameters, *study.derived, *points, "status", *names, "feasible", "pareto", "report", "message"]


def number_text(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.12g}"


def cells(study: Study, row: Row) -> list[str]:
    points = [number_text(row.vdd), number_text(row.mhz)] if study.operating_points else []
    metrics = [number_text(row.metrics.get(objective.name)) for objective in study.objectives]
    flags = [str(int(row.is_feasible)), str(int(row.is_pareto))] if row.is_ok else ["", ""]
    parameters = [str(row.parameters[key]) for key in (*study.parameters, *study.derived)]
    return [*parameters, *points, row.status, *metrics, *flags, row.report, row.message]


def csv_text(study: Study, rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header(study))
    writer.writerows(cells(study, row) for row in rows)
    return text.getvalue()


def write(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}") from error
