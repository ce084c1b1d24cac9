# SPDX-License-Identifier: Apache-2.0
"""Weights of a layer's first tile are brought in while the layer before computes its last one, where their place is
free by then: in the half of a buffer that is not used any more, or at the other end of the TCDM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Dense
from flexv_tools.deploy.kept import hidden, kept, undivided
from flexv_tools.deploy.places import BANK_ROW_BYTES, busy_at_end, first_weights, used_places
from flexv_tools.deploy.tiler import Places, Target, Tiling, weight_row_bytes

LEAST_BYTES = 256  # less is not worth starting a transfer for


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
    if target.external is None:
        tilings = undivided(tilings, target)
    found = tilings[:1]
    for number, tiling in enumerate(tilings[1:], 1):
        own = target if ends is None else replace(target, l1_bytes=ends[number])
        stays = kept(found[-1], tiling, own.l1_bytes) if target.external is None else None
        if stays is not None:
            found[-1], tiling = hidden(found[-1], stays)
        found.append(after(found[-1], tiling, own))
    warm = [warmed(before, tiling) for before, tiling in zip([None, *found], found)]
    return [later(tiling, cost.AHEAD_CYCLES) if next_one.is_prefetched else tiling for tiling, next_one in zip(warm, warm[1:])] + warm[-1:]


def warmed(before: Tiling | None, tiling: Tiling) -> Tiling:
    """The first tile of a kernel that the layer before has not left in the caches takes longer."""
    if before is not None and kernel_of(before) == kernel_of(tiling):
        return tiling
    return later(tiling, cost.COLD_CYCLES)


def later(tiling: Tiling, cycles: float) -> Tiling:
    return replace(tiling, predicted=replace(tiling.predicted, cycles=tiling.predicted.cycles + cycles))


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
    for variant in [tiling] if tiling.is_input_kept else variants(tiling, target):
        if all(end <= begin or stop <= start for start, end in first_weights(variant) for begin, stop in busy):
            saved = min(cost.dma_cycles(count), variant.predicted.cycles / 2)
            predicted = replace(variant.predicted, cycles=variant.predicted.cycles - saved)
            return replace(variant, is_prefetched=True, predicted=predicted)
    return tiling
