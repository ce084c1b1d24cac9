# SPDX-License-Identifier: Apache-2.0
"""Small layers one behind the other: what one has computed in a single tile stays in the TCDM, where the next one reads it as its single
tile's input. The copy in L2 is written meanwhile."""

from __future__ import annotations

from dataclasses import replace

from flexv_tools.deploy.places import Buffer, Extent, arranged, buffers_of, used_places
from flexv_tools.deploy.tiler import Places, Tiling

FIRST = ("weights", "scales", "second")  # which may come while the layer before ends, where their places are free by then


def may_keep(before: Tiling, tiling: Tiling) -> bool:
    """Whether the input of `tiling` is there, as it is needed, when `before` ends."""
    source, is_alone = before.layer.output, before.count == tiling.count == 1
    is_plain = source.whole is None and not before.external and not tiling.external
    return is_alone and is_plain and tiling.layer.input is source and tiling.layer.inputs.count(source) == 1


def kept(before: Tiling, tiling: Tiling, busy: list[Extent], l1_bytes: int) -> Places | None:
    """Places of `tiling` around its input, where `before` leaves it; as many as can of those that come first not in what is `busy`."""
    start = before.places.output[0]
    if not may_keep(before, tiling) or start + tiling.places.sizes["input"] > l1_bytes:
        return None
    names = list(used_places(tiling))
    for firsts in (FIRST, ("weights", "scales"), ()):
        order: list[Buffer] = [each for each in buffers_of(tiling) if each[0] != "input"]
        order.sort(key=lambda each: (each[0] not in firsts, names.index(each[0])))
        blocked = {each: busy for each in order if each[0] in firsts}
        single = replace(tiling, places=undoubled(tiling))
        order = [each for each in order if each[1] == 0]
        places = arranged(single, order, blocked, l1_bytes, {("input", 0): start}, start - tiling.places.input[0])
        if places is not None:
            return places
    return None


def undoubled(tiling: Tiling) -> Places:
    """A single tile needs one of each."""
    p = tiling.places
    single = {name: (starts[0], starts[0]) for name, starts in used_places(tiling).items() if len(starts) == 2}
    return replace(p, **single)
