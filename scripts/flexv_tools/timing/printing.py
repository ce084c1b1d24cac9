# SPDX-License-Identifier: Apache-2.0
"""Shows rows of reference programs: each beside its measured numbers, then what they have in common."""

from __future__ import annotations

from flexv_tools.simulator import ROOT
from flexv_tools.timing.benches import KINDS, Kind
from flexv_tools.timing.rows import Row
from flexv_tools.timing.traces import PairTable, read_timing

ISA_TABLE = ROOT / "docs/reference/isa.csv"
NAME_WIDTH = 30


def triple(row: Row, column: str) -> str:
    reference, ours = row.reference.get(column), row.ours.get(column)
    if reference is None or ours is None:
        return " " * 23
    return f"{reference:8d}{ours:8d}{ours - reference:+7d}"


def hart_summary(row: Row) -> str:
    """Which per-hart numbers differ, each as the largest difference, and the sums of stalls."""
    notes = []
    for what in ("instr", "start", "stop", "tcdm_stall"):
        off = [
            row.ours[column] - number
            for column, number in row.reference.items()
            if column.endswith("_" + what) and row.ours[column] != number
        ]
        if off:
            notes.append(f"{what} differs on {len(off)} harts, most {max(off, key=abs):+d}")
    sums = [
        sum(number for column, number in numbers.items() if column.endswith("tcdm_stall"))
        for numbers in (row.reference, row.ours)
    ]
    notes.append(f"TCDM stalls {sums[0]} / {sums[1]}")
    return "; ".join(notes)


def print_row(row: Row) -> None:
    title = f"{row.name} {row.label}".strip()
    if row.failure:
        print(f"  {title:{NAME_WIDTH}} FAILED: {row.failure}")
        return
    instructions = "instructions" if "instructions" in row.reference else "hart0_instructions"
    line = f"  {title:{NAME_WIDTH}}{triple(row, row.kind.cycles)}{row.deviation_percent:8.2f} %"
    if row.kind.cycles == "total_cycles" and "hart0_cycles" in row.reference:
        line += "  " + triple(row, "hart0_cycles")
    if instructions in row.reference:
        line += "  " + triple(row, instructions)
    else:
        line += "  " + hart_summary(row)
    print(line if row.is_exact else line + "  <")
    if row.difference:
        for shown in row.difference.lines():
            print("      " + shown)


def print_header(kind: Kind) -> None:
    columns = {
        "core_cycles.csv": "cycles: reference, ours, difference; instructions: the same",
        "cluster_cycles.csv": "total cycles: reference, ours, difference; what differs per hart",
    }
    both = "total cycles: reference, ours, difference; first hart's cycles and instructions: the same"
    print(f"\n{kind.file} ({columns.get(kind.file, both)})")


def print_summary(kind: Kind, rows: list[Row]) -> float:
    """Returns the share of exact rows in percent."""
    exact = sum(row.is_exact for row in rows)
    failed = sum(bool(row.failure) for row in rows)
    worst = max((row.deviation_percent for row in rows if not row.failure), default=0.0)
    note = f", {failed} failed" if failed else ""
    print(f"{kind.file}: exact {exact} of {len(rows)}, worst {worst:.2f} %{note}")
    return 100.0 * exact / len(rows)


def print_signatures(rows: list[Row]) -> bool:
    """One verdict a program: its runs all have to give the expected words."""
    verdicts: dict[str, bool] = {}
    for row in rows:
        if row.signature_equal is not None:
            verdicts[row.name] = verdicts.get(row.name, True) and row.signature_equal
    for name, is_equal in verdicts.items():
        if not is_equal:
            print(f"  {name}: signature differs")
    print(f"signatures equal {sum(verdicts.values())} of {len(verdicts)}")
    return all(verdicts.values())


def print_traces(rows: list[Row]) -> list[float]:
    """Returns the share of equal traces in percent, if there are any."""
    compared = [row for row in rows if row.has_trace]
    if not compared:
        return []
    equal = sum(row.difference is None for row in compared)
    print(f"traces equal {equal} of {len(compared)}")
    return [100.0 * equal / len(compared)]


def print_pairs(rows: list[Row]) -> None:
    """Where the programs begin to differ, over all of them."""
    table = PairTable(read_timing(ISA_TABLE.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        if row.difference:
            table.add(f"{row.name} {row.label}".strip(), row.difference)
    if table.pairs:
        print("\nfirst differences of traces:")
        for line in table.lines():
            print(line)


def report(rows: list[Row], fail_under: float, with_signatures: bool) -> int:
    by_kind = {kind: [row for row in rows if row.kind is kind] for kind in KINDS}
    present = {kind: own for kind, own in by_kind.items() if own}
    for kind, own in present.items():
        print_header(kind)
        for row in own:
            print_row(row)
    print_pairs(rows)
    print()
    shares = [print_summary(kind, own) for kind, own in present.items()]
    shares += print_traces(rows)
    if with_signatures and not print_signatures(rows) and fail_under > 0:
        return 1
    return 1 if any(row.failure for row in rows) or min(shares) < fail_under else 0
