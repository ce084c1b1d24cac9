# SPDX-License-Identifier: Apache-2.0
"""Which parts of the TCDM a tiled layer uses, when, and where else they may lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flexv_tools.deploy.graph import Add, Dense, Depthwise
from flexv_tools.deploy.tiler import Places, Tiling, gathers

Extent = tuple[int, int]
Buffer = tuple[str, int]  # name, half
BANK_ROW_BYTES = 64  # places keep their banks when they are moved by a multiple
SINGLE = ("workspace", "bytes")


def used_places(tiling: Tiling) -> dict[str, tuple[int, ...]]:
    """Places of what the layer has; the others are 0."""
    layer, p = tiling.layer, tiling.places
    found: dict[str, tuple[int, ...]] = {"input": p.input, "output": p.output}
    if isinstance(layer, Add):
        found["second"] = p.second
    if isinstance(layer, Dense):
        found |= {"weights": p.weights, "scales": p.scales}
        if gathers(layer, tiling.inputs) or isinstance(layer, Depthwise) and not layer.is_3x3:
            found["workspace"] = (p.workspace,)
        if p.sums != (0, 0):
            found["sums"] = p.sums
        elif layer.is_narrowed:
            found["bytes"] = (p.bytes,)
    return found


def extents(tiling: Tiling) -> dict[int, int]:
    """End of what begins at each place."""
    sizes = tiling.places.sizes
    return {start: start + sizes[name] for name, starts in used_places(tiling).items() for start in starts}


def extents_of(tiling: Tiling, buffers: Iterable[Buffer]) -> list[Extent]:
    used, sizes = used_places(tiling), tiling.places.sizes
    return [(used[name][half], used[name][half] + sizes[name]) for name, half in buffers]


def busy_at_end(tiling: Tiling) -> list[Extent]:
    """What the last tile uses, and results that are on their way out."""
    ends, used = extents(tiling), used_places(tiling)
    last, part = tiling.count - 1, tiling.channel_tiles - 1
    starts = [used["input"][last & 1], *used["output"]]
    if "second" in used:
        starts.append(used["second"][last & 1])
    if "weights" in used:
        starts += [used["weights"][(part if tiling.input_parts == 1 else last) & 1], used["scales"][part & 1]]
    for name in (*SINGLE, "sums"):
        starts += used.get(name, ())
    return [(start, ends[start]) for start in starts]


def last_result(tiling: Tiling) -> Extent:
    """What goes out behind the last tile."""
    return extents_of(tiling, [("output", tiling.row_tiles * tiling.channel_tiles - 1 & 1)])[0]


def are_apart(some: Iterable[Extent], others: list[Extent]) -> bool:
    return all(end <= begin or stop <= start for start, end in some for begin, stop in others)


def buffers_of(tiling: Tiling) -> list[Buffer]:
    """Without those that are another one's place."""
    return [
        (name, half)
        for name, starts in used_places(tiling).items()
        for half, start in enumerate(starts)
        if half == 0 or start != starts[0]
    ]


def arranged(
    tiling: Tiling, order: list[Buffer], blocked: dict[Buffer, list[Extent]], l1_bytes: int, fixed: dict[Buffer, int] | None = None,
    shift: int = 0, is_from_above: bool = False,
) -> Places | None:  # fmt: skip
    """The buffers one after the other, each at the first place (or the last one) where it meets neither others nor what is blocked for it;
    their banks stay as far from each other as they are, `shift` bytes further. None: there is no such place."""
    used, sizes = used_places(tiling), tiling.places.sizes
    found = dict(fixed or {})
    taken = [(start, start + sizes[name]) for (name, _), start in found.items()]
    for name, half in order:
        place = free_place(sizes[name], (used[name][half] + shift) % BANK_ROW_BYTES, taken + blocked.get((name, half), []), l1_bytes,
                           is_from_above)  # fmt: skip
        if place is None:
            return None
        found[name, half] = place
        taken.append((place, place + sizes[name]))
    both = {name: (found[name, 0], found.get((name, 1), found[name, 0])) for name in used if name not in SINGLE}
    single = {name: found[name, 0] for name in used if name in SINGLE}
    return replace(tiling.places, **both, **single, end=max(end for _, end in taken))


def free_place(size: int, bank: int, blocked: list[Extent], l1_bytes: int, is_from_above: bool = False) -> int | None:
    """The first or the last place of `size` bytes that begins at `bank` of a row of banks."""
    if is_from_above:
        place = l1_bytes - size - (l1_bytes - size - bank) % BANK_ROW_BYTES
        for begin, end in sorted(blocked, key=lambda each: -each[1]):
            if place < end and begin < place + size:
                place = begin - size - (begin - size - bank) % BANK_ROW_BYTES
        return place if place >= 0 else None
    place = bank
    for begin, end in sorted(blocked):
        if place < end and begin < place + size:
            place = end + (bank - end) % BANK_ROW_BYTES
    return place if place + size <= l1_bytes else None
