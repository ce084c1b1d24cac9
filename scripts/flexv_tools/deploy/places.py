# SPDX-License-Identifier: Apache-2.0
"""Which parts of the TCDM a tiled layer uses, and when."""

from __future__ import annotations

from flexv_tools.deploy.graph import Add, Dense, Depthwise
from flexv_tools.deploy.tiler import Tiling, gathers

Extent = tuple[int, int]
BANK_ROW_BYTES = 64  # places keep their banks when they are moved by a multiple


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
