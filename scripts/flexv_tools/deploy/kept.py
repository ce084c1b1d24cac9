# SPDX-License-Identifier: Apache-2.0
"""Small layers one behind the other: what one has computed in a single tile stays in the TCDM, where the next one reads it as its single
tile's input. The copy in L2 is written meanwhile."""

from __future__ import annotations

from dataclasses import replace

from flexv_tools.deploy import cost
from flexv_tools.deploy.places import BANK_ROW_BYTES, Extent, busy_at_end, extents, used_places
from flexv_tools.deploy.tiler import Places, Target, Tiling, whole

FIRST = ("weights", "scales")  # which may come while the layer before ends, where their places are free by then


def kept(before: Tiling, tiling: Tiling, l1_bytes: int) -> Tiling | None:
    """`tiling` with its input where `before` leaves it; None where that cannot be."""
    source, is_alone = before.layer.output, before.count == tiling.count == 1
    is_plain = source.whole is None and not before.external and not tiling.external
    if not is_alone or not is_plain or tiling.layer.input is not source:
        return None
    choices: list[list[Extent]] = [busy_at_end(before), []]
    for busy in choices:
        places = placed(tiling, before.places.output[0], busy, l1_bytes)
        if places is not None:
            return replace(tiling, places=places, is_input_kept=True)
    return None


def undivided(tilings: list[Tiling], target: Target) -> list[Tiling]:
    """Layers in a single tile where that costs less than what it saves: transfers between them and their neighbours."""
    found = list(tilings)
    for number, tiling in enumerate(tilings):
        single = whole(tiling.layer, target) if tiling.count > 1 and not tiling.external else None
        if single is None:
            continue
        pairs = [(found[number - 1], single)] if number else []
        pairs += [(single, found[number + 1])] if number + 1 < len(found) else []
        saved = sum(2 * cost.dma_cycles(a.layer.output.size_bytes) for a, b in pairs if kept(a, b, target.l1_bytes) is not None)
        if single.predicted.cycles - tiling.predicted.cycles < saved:
            found[number] = single
    return found


def placed(tiling: Tiling, start: int, busy: list[Extent], l1_bytes: int) -> Places | None:
    """Everything around an input at `start`, as far from the banks of the input as it was; weights and scales not in what is
    `busy`."""
    used, ends = used_places(tiling), extents(tiling)
    size = ends[used["input"][0]] - used["input"][0]
    taken = [(start, start + size)]
    if start + size > l1_bytes:
        return None
    shift = start - used["input"][0]
    found = {"input": start}
    for name in sorted(used, key=lambda each: each not in FIRST):
        if name == "input":
            continue
        first = used[name][0]
        blocked = taken + (busy if name in FIRST else [])
        place = free_place(ends[first] - first, (first + shift) % BANK_ROW_BYTES, blocked, l1_bytes)
        if place is None:
            return None
        found[name] = place
        taken.append((place, place + ends[first] - first))
    single = {name: found.pop(name) for name in ("workspace", "bytes") if name in found}
    both = {name: (place, place) for name, place in found.items()}
    return replace(tiling.places, **both, **single, end=max(end for _, end in taken))


def free_place(size: int, bank: int, blocked: list[Extent], l1_bytes: int) -> int | None:
    """The first place of `size` bytes that begins at `bank` of a row of banks."""
    place = bank
    for begin, end in sorted(blocked):
        if place < end and begin < place + size:
            place = end + (bank - end) % BANK_ROW_BYTES
    return place if place + size <= l1_bytes else None


def hidden(before: Tiling, tiling: Tiling) -> tuple[Tiling, Tiling]:
    """Both with their predictions when `tiling` keeps its input: it need not come, and results go while it is computed."""
    source = before.layer.output
    moved = cost.dma_cycles(source.size_bytes)
    late = max(0.0, moved - tiling.predicted.compute_cycles)
    first, second = before.predicted, tiling.predicted
    return (
        replace(before, predicted=replace(first, cycles=first.cycles - moved)),
        replace(tiling, predicted=replace(second, cycles=second.cycles - moved + late, dma_cycles=second.dma_cycles - moved,
                                          dma_bytes=second.dma_bytes - source.size_bytes)),
    )  # fmt: skip
