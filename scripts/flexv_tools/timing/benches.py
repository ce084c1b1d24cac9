# SPDX-License-Identifier: Apache-2.0
"""The four kinds of bench on which reference programs run, and what the marker device measures there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CLUSTER_CORES = 8
Numbers = dict[str, int]


@dataclass(frozen=True)
class Hart:
    """What the marker device knows of one hart; cycles since the start of the run."""

    instructions: int
    start: int
    stop: int
    tcdm_stall: int


@dataclass(frozen=True)
class Kind:
    """One CSV file: on which bench its programs run, and which of its numbers we know."""

    file: str
    settings: Callable[[dict[str, str]], dict[str, str]]
    measure: Callable[[dict[int, Hart]], Numbers]
    cycles: str  # the column that the percentage is of
    label: tuple[str, ...] = ()  # columns that tell rows of one program apart
    trace: str = "{name}"  # of the file of a row's trace


def total_cycles(harts: dict[int, Hart]) -> int:
    """From the first start to the last stop."""
    return max(h.stop for h in harts.values()) - min(h.start for h in harts.values())


def measure_core(harts: dict[int, Hart]) -> Numbers:
    first = harts[min(harts)]
    return {"instructions": first.instructions, "cycles": first.stop - first.start}


def measure_cluster(harts: dict[int, Hart]) -> Numbers:
    origin = min(hart.start for hart in harts.values())
    numbers = {"total_cycles": total_cycles(harts)}
    for index, hart in harts.items():
        numbers |= {
            f"c{index}_instr": hart.instructions,
            f"c{index}_start": hart.start - origin,
            f"c{index}_stop": hart.stop - origin,
            f"c{index}_tcdm_stall": hart.tcdm_stall,
        }
    return numbers


def measure_first(harts: dict[int, Hart]) -> Numbers:
    first = harts[min(harts)]
    return {
        "hart0_instructions": first.instructions,
        "hart0_cycles": first.stop - first.start,
        "total_cycles": total_cycles(harts),
    }


def cores(count: int) -> dict[str, str]:
    return {"soc.cluster.core_count": str(count)}


def cluster_settings(_: dict[str, str]) -> dict[str, str]:
    """The RTL's cores were compiled as for synthesis."""
    return cores(CLUSTER_CORES) | {"soc.cluster.core.single_performance_counter": "true"}


def icache_settings(row: dict[str, str]) -> dict[str, str]:
    is_on = row.get("l1_prefetch", "0") not in ("", "0")
    return cores(CLUSTER_CORES) | {
        "soc.cluster.icache.is_ideal": "false",
        "soc.cluster.icache.memory_latency_cycles": latency_of(row),
        "soc.cluster.icache.prefetches_at_reset": "true" if is_on else "false",
    }


def dma_settings(row: dict[str, str]) -> dict[str, str]:
    return cores(CLUSTER_CORES) | {"soc.l2.latency_cycles": latency_of(row)}


def latency_of(row: dict[str, str]) -> str:
    return row.get("memory_latency") or "10"  # that of most rows


KINDS = (
    Kind("core_cycles.csv", lambda row: cores(1), measure_core, "cycles"),
    Kind("cluster_cycles.csv", cluster_settings, measure_cluster, "total_cycles"),
    Kind(
        "icache_cycles.csv",
        icache_settings,
        measure_first,
        "total_cycles",
        ("memory_latency", "l1_prefetch"),
        "{name}.m{memory_latency}.p{l1_prefetch}",
    ),
    Kind(
        "dma_cycles.csv",
        dma_settings,
        measure_first,
        "total_cycles",
        ("memory_latency",),
        "{name}.m{memory_latency}",
    ),
)
