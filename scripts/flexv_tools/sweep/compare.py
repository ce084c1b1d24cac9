# SPDX-License-Identifier: Apache-2.0
"""Two result folders beside each other: which points changed, in what, by how much."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.errors import Failure

NOT_COMPARED = ("report", "message", "pareto", "feasible")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    name: str
    parameters: list[str]  # columns that say which point it is
    metrics: list[str]
    rows: dict[Key, dict[str, str]]


@dataclass(frozen=True)
class Change:
    key: Key
    column: str
    old: str
    new: str

    @property
    def percent(self) -> float | None:
        try:
            old, new = float(self.old), float(self.new)
        except ValueError:
            return None
        return 100 * (new - old) / abs(old) if old else None


def read(folder: Path) -> Table:
    path = folder / "results.csv" if folder.is_dir() else folder
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
            columns = list(lines[0]) if lines else []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Failure(f"{path}: no results of a sweep: {error}") from error
    if "status" not in columns:
        raise Failure(f"{path}: no results of a sweep: no column status, or no row")
    split = columns.index("status")
    parameters = columns[:split]
    metrics = [name for name in columns[split + 1 :] if name not in NOT_COMPARED]
    rows = {tuple(line[name] for name in parameters): line for line in lines}
    return Table(str(folder), parameters, metrics, rows)


def compare(old: Table, new: Table, tolerance_percent: float) -> tuple[list[str], bool]:
    """Lines of a report, and whether anything differs by more than the tolerance."""
    if old.parameters != new.parameters:
        raise Failure(
            f"the two sweeps have different parameters: {', '.join(old.parameters)} and {', '.join(new.parameters)}"
        )
    changes = [change for key in old.rows if key in new.rows for change in changes_of(old, new, key)]
    beyond = [c for c in changes if c.percent is None or abs(c.percent) > tolerance_percent]
    lost = [key for key in old.rows if key not in new.rows]
    added = [key for key in new.rows if key not in old.rows]
    gone = [name for name in old.metrics if name not in new.metrics]
    lines = [f"{name}: only {old.name} has this metric" for name in gone]
    lines += [text_of(old, change) for change in beyond]
    lines += [f"{point_text(old, key)}: only in {old.name}" for key in lost]
    lines += [f"{point_text(old, key)}: only in {new.name}" for key in added]
    lines.append(summary(old, new, changes, beyond, lost, added, tolerance_percent))
    return lines, bool(beyond or lost or gone)


def changes_of(old: Table, new: Table, key: Key) -> list[Change]:
    before, after = old.rows[key], new.rows[key]
    columns = ["status", *(name for name in old.metrics if name in new.metrics)]
    return [Change(key, name, before[name], after[name]) for name in columns if before[name] != after[name]]


def point_text(table: Table, key: Key) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(table.parameters, key)) or "the only point"


def text_of(table: Table, change: Change) -> str:
    percent = change.percent
    how_much = f" ({percent:+.3g} %)" if percent is not None else ""
    return f"{point_text(table, change.key)}: {change.column} {change.old or '-'} -> {change.new or '-'}{how_much}"


def summary(
    old: Table,
    new: Table,
    changes: list[Change],
    beyond: list[Change],
    lost: list[Key],
    added: list[Key],
    tolerance_percent: float,
) -> str:
    points = len({change.key for change in changes})
    common = len([key for key in old.rows if key in new.rows])
    worst = ""
    for name in [name for name in old.metrics if name in new.metrics]:
        percents = [c.percent for c in changes if c.column == name and c.percent is not None]
        if percents:
            worst += f"; {name} {min(percents):+.3g} .. {max(percents):+.3g} %"
    limit = f", {len({c.key for c in beyond})} by more than {tolerance_percent:g} %" if tolerance_percent else ""
    missing = f", {len(lost)} missing" if lost else ""
    more = f", {len(added)} new" if added else ""
    return f"{points} of {common} points changed{limit}{missing}{more}{worst}"
