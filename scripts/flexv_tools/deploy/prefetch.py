# SPDX-License-Identifier: Apache-2.0
"""Weights of a layer's first tile are brought in while the layer before computes its last one, where their place is
free by then: in the half of a buffer that is not used any more, or at the other end of the TCDM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Add, Dense
from flexv_tools.deploy.tiler import Places, Target, Tiling, gathers, weight_row_bytes

Extent = tuple[int, int]
LEAST_BYTES = 2048  # less is not worth starting a transfer for
BANK_ROW_BYTES = 64  # places keep their banks when they are moved by a multiple


def used_places(tiling: Tiling) -> dict[str, tuple[int, ...]]:
    """Places of what the layer has; the others are 0."""
    layer, p = tiling.layer, tiling.places
    found: dict[str, tuple[int, ...]] = {"input": p.input, "output": p.output}
    if isinstance(layer, Add):
        found["second"] = p.second
    if isinstance(layer, Dense):
        found |= {"weights": p.weights, "scales": p.scales}
        if gathers(layer, tiling.inputs):
            found["workspace"] = (p.workspace,)
        if p.sums != (0, 0):
            found["sums"] = p.sums
        elif layer.is_narrowed:
            found["bytes"] = (p.bytes,)
    return found


def extents(tiling: Tiling) -> dict[int, int]:
    """End of what begins at each place: where the next one begins."""
    starts = sorted({start for places in used_places(tiling).values() for start in places})
    return dict(zip(starts, [*starts[1:], tiling.places.end]))


def busy_at_end(tiling: Tiling) -> list[Extent]:
    """What the last tile uses, and results that are on their way out."""
    ends, used = extents(tiling), used_places(tiling)
    last, part = tiling.count - 1, tiling.channel_tiles - 1
    starts = [used["input"][last & 1], *used["output"]]
    if "second" in used:
        starts.append(used["second"][last & 1])
    if "weights" in used:
        starts += [used["weights"][(part if tiling.input_parts == 1 else last) & 1], used["scales"][part & 1]]
    for name in ("workspace", "sums", "bytes"):
        starts += used.get(name, ())
    return [(start, ends[start]) for start in starts]


def first_weights(tiling: Tiling) -> list[Extent]:
    ends, p = extents(tiling), tiling.places
    return [(start, ends[start]) for start in (p.weights[0], p.scales[0])]


def variants(tiling: Tiling, target: Target) -> Iterator[Tiling]:
    """The same tiles at other places: halves exchanged, everything at the end of the TCDM."""
    room = (target.l1_bytes - tiling.places.end) // BANK_ROW_BYTES * BANK_ROW_BYTES
    for shift in (0, room):
        places = moved(tiling, shift)
        yield replace(tiling, places=places)
        yield replace(tiling, places=replace(places, weights=places.weights[::-1], scales=places.scales[::-1]))


def moved(tiling: Tiling, shift: int) -> Places:
    p = tiling.places
    changed = {name: tuple(start + shift for start in places) for name, places in used_places(tiling).items()}
    single = {name: changed.pop(name)[0] for name in ("workspace", "bytes") if name in changed}
    return replace(p, **changed, **single, end=p.end + shift)


def linked(tilings: list[Tiling], target: Target, ends: list[int] | None = None) -> list[Tiling]:
    """All tilings, each at the first of its places that lets its weights come early. `ends`: bytes of L1 that each may use."""
    found = tilings[:1]
    for number, tiling in enumerate(tilings[1:], 1):
        own = target if ends is None else replace(target, l1_bytes=ends[number])
        found.append(after(found[-1], tiling, own))
    return [warmed(before, tiling) for before, tiling in zip([None, *found], found)]


def warmed(before: Tiling | None, tiling: Tiling) -> Tiling:
    """The first tile of a kernel that the layer before has not left in the caches takes longer."""
    if before is not None and kernel_of(before) == kernel_of(tiling):
        return tiling
    return replace(tiling, predicted=replace(tiling.predicted, cycles=tiling.predicted.cycles + cost.COLD_CYCLES))


def kernel_of(tiling: Tiling) -> tuple[object, ...]:
    layer = tiling.layer
    return layer.kind, layer.input.format, layer.output.format, layer.weight_bits if isinstance(layer, Dense) else 0


def after(before: Tiling, tiling: Tiling, target: Target) -> Tiling:
    layer = tiling.layer
    if not isinstance(layer, Dense):
        return tiling
    count = tiling.channel_spans[0].count * (weight_row_bytes(layer, tiling.inputs) + 8)
    if count < LEAST_BYTES:
        return tiling
    busy = busy_at_end(before)
    for variant in variants(tiling, target):
        if all(end <= begin or stop <= start for start, end in first_weights(variant) for begin, stop in busy):
            saved = min(cost.dma_cycles(count), variant.predicted.cycles / 2)
            predicted = replace(variant.predicted, cycles=variant.predicted.cycles - saved)
            return replace(variant, is_prefetched=True, predicted=predicted)
    return tiling
