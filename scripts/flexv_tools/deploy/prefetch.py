# SPDX-License-Identifier: Apache-2.0
"""How layers overlap with their neighbours: operands of a layer's first tile are brought in while the layer before computes its last one,
where their place in the TCDM is free by then and what they are made of is in L2; and the last result of a layer is on its way out while
the next layer's first tile is computed, where nobody needs it or its place so early."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Dense, Tensor
from flexv_tools.deploy.kept import kept
from flexv_tools.deploy.places import (
    BANK_ROW_BYTES, SINGLE, Buffer, Extent, are_apart, arranged, buffers_of, busy_at_end, extents, extents_of, last_result,
    used_places,
)  # fmt: skip
from flexv_tools.deploy.tiler import Places, Target, Tiling, class_of_tiling, is_channelwise, model_of, whole_of
from flexv_tools.deploy.work import Work

LEAST_BYTES = 256  # of weights: less is not worth starting a transfer for
OPERANDS: dict[str, tuple[Buffer, ...]] = {"input": (("input", 0),), "second": (("second", 0),), "weights": (("weights", 0), ("scales", 0))}


@dataclass(frozen=True)
class Region:
    """Rows and channels of a tensor."""

    rows: cost.Span
    channels: cost.Span

    def meets(self, other: Region) -> bool:
        return are_meeting(self.rows, other.rows) and are_meeting(self.channels, other.channels)


def are_meeting(a: cost.Span, b: cost.Span) -> bool:
    return a.begin < b.begin + b.count and b.begin < a.begin + a.count


@dataclass(frozen=True)
class Chain:
    """Layers up to one of them: what all but the last one cost, and what that one costs as far as it is known."""

    tilings: tuple[Tiling, ...]
    cycles: float = 0.0
    rest: float = 0.0

    @property
    def total(self) -> float:
        return self.cycles + self.rest


def nothing(_: Tiling) -> float:
    return 0.0


def chosen(options: list[list[Tiling]], target: Target, worth: Callable[[Tiling], float] = nothing) -> list[Tiling]:
    """One of its options for each layer, so that all together cost least: what a layer costs depends on the one before it and on the one
    behind it. `worth`: cycles that an option may cost more than others, for reasons of its own."""
    chains = [Chain((option,), -worth(option), option.predicted.cycles) for option in options[0]]
    for number, each in enumerate(options[1:], 1):
        chains = [min((extended(chain, option, target, worth) for chain in chains), key=lambda chain: chain.total) for option in each]
    best = min(chains, key=lambda chain: chain.total).tilings
    return [predicted(best, number, target) for number in range(len(best))]


def extended(chain: Chain, tiling: Tiling, target: Target, worth: Callable[[Tiling], float]) -> Chain:
    tilings = (*chain.tilings[:-1], *follow(chain.tilings[-2:], tiling, target))
    before, last = (predicted(tilings, number, target).predicted.cycles for number in (len(tilings) - 2, len(tilings) - 1))
    return Chain(tilings, chain.cycles + before - worth(tiling), last)


def linked(tilings: list[Tiling], target: Target) -> list[Tiling]:
    """These tilings, each where most of its operands come early, with what it costs then."""
    return chosen([[tiling] for tiling in tilings], target)


@lru_cache(maxsize=8192)
def follow(found: tuple[Tiling, ...], tiling: Tiling, target: Target) -> tuple[Tiling, Tiling]:
    """The layer behind one or two that are `found`, and the last one of them with it: where most is saved."""
    l1_bytes = tiling.l1_bytes or target.l1_bytes
    busy = busy_at_end(found[-1]) + on_the_way(found)
    ready = [name for name in OPERANDS if is_ready(found, tiling, name)]
    stays = kept(found[-1], tiling, busy, l1_bytes) if target.external is None else None
    if stays is not None:
        candidates = iter([linked_to(found, replace(tiling, places=stays), ready, busy, True)])
    else:
        every = (replace(tiling, places=places) for places in arrangements(tiling, ready, busy, last_result(found[-1]), l1_bytes))
        candidates = (linked_to(found, each, ready, busy, False) for each in every)
    moves = {name: move_of(tiling, name).cycles for name in ready}
    out = result_move(found[-1]).cycles

    def saved(pair: tuple[Tiling, Tiling]) -> float:
        """Cycles that nobody waits for transfers any more; the lower one of two layouts that save as much."""
        early = sum(moves[name] for name in early_names(pair[1].links))
        return early + (0.0 if pair[0].links.is_result_awaited else out) - pair[1].places.end * 1e-6

    best = next(candidates)
    most = saved(best)
    for candidate in candidates:
        if not best[0].links.is_result_awaited and len(early_names(best[1].links)) == len(ready):
            break
        if (each := saved(candidate)) > most:
            best, most = candidate, each
    return best


def early_names(links: cost.Links) -> list[str]:
    early = {"input": links.is_input_ahead, "second": links.is_second_ahead, "weights": links.is_prefetched}
    return [name for name, is_early in early.items() if is_early]


def linked_to(found: Sequence[Tiling], tiling: Tiling, ready: list[str], busy: list[Extent], is_kept: bool) -> tuple[Tiling, Tiling]:
    early = [name for name in ready if are_apart(extents_of(tiling, OPERANDS[name]), busy) and not (is_kept and name == "input")]
    links = cost.Links(is_input_kept=is_kept, is_input_ahead="input" in early, is_second_ahead="second" in early,
                       is_prefetched="weights" in early)  # fmt: skip
    tiling = replace(tiling, links=links)
    before = found[-1]
    return replace(before, links=replace(before.links, is_result_awaited=not may_leave(before, tiling))), tiling


# --- transfers


def move_of(tiling: Tiling, name: str) -> cost.Move:
    """Of an operand of the first tile."""
    model, first = model_of(tiling, Target()), (tiling.channel_spans[0], tiling.row_spans[0], 0)
    return model.parameters(*first) if name == "weights" else model.operand(int(name == "second"), *first)


def early_moves(tiling: Tiling) -> list[cost.Move]:
    """Of what comes while the layer before ends."""
    return [move_of(tiling, name) for name in early_names(tiling.links)]


def result_move(tiling: Tiling) -> cost.Move:
    """Of what goes out behind the last tile."""
    return model_of(tiling, Target()).results(tiling.channel_spans[-1], tiling.row_spans[-1])


def predicted(found: Sequence[Tiling], number: int, target: Target) -> Tiling:
    """A layer with what it costs beside its neighbours."""
    first = max(0, number - 2)
    return predicted_in(tuple(found[first : number + 2]), number - first, target)


@lru_cache(maxsize=8192)
def predicted_in(found: tuple[Tiling, ...], number: int, target: Target) -> Tiling:
    """The same among those layers that matter: two before it, one behind it."""
    tiling, before = with_moves(found, number), with_moves(found, number - 1) if number else None
    result = model_of(tiling, target).predict()
    more = cost.priced(class_of_tiling(tiling), around_layer(before, tiling, found[number + 1] if number + 1 < len(found) else None))
    more += model_of(before, target).predict().late_cycles if before is not None else 0.0
    return replace(tiling, predicted=replace(result, cycles=result.cycles + more))


def with_moves(found: Sequence[Tiling], number: int) -> Tiling:
    """A layer with the transfers of its neighbours that go on beside its tiles."""
    links, before = found[number].links, found[number - 1] if number else None
    if before is not None and not before.links.is_result_awaited:
        links = replace(links, behind=result_move(before))
    if number + 1 < len(found):
        links = replace(links, ahead=sum(early_moves(found[number + 1]), cost.Move()))
    return replace(found[number], links=links)


def around_layer(before: Tiling | None, tiling: Tiling, following: Tiling | None) -> Work:
    """What depends on the layers beside it: code that the caches hold already, weights that are brought in by the one or the other."""
    work: Work = {"first layer": 1} if before is None else {f"behind {class_of_tiling(before)}": 1}
    if before is None or kernel_of(before) != kernel_of(tiling):
        work["other kernel"] = 1
    if isinstance(tiling.layer, Dense) and not tiling.links.is_prefetched:
        work["weights brought in"] = 1
    if following is not None and following.links.is_prefetched:
        work["weights brought in ahead"] = 1
    return work


def kernel_of(tiling: Tiling) -> tuple[object, ...]:
    layer = tiling.layer
    return layer.kind, layer.input.format, layer.output.format, layer.weight_bits if isinstance(layer, Dense) else 0


# --- what is in L2, and when


def result_region(tiling: Tiling, number: int) -> Region:
    part, row = divmod(number, tiling.row_tiles)
    return Region(tiling.row_spans[row], tiling.channel_spans[part])


def operand_region(tiling: Tiling, tile: int) -> Region:
    """Of the inputs of a tile."""
    result, part = divmod(tile, tiling.input_parts)
    region = result_region(tiling, result)
    channels = region.channels if is_channelwise(tiling.layer) else cost.Span(part * tiling.inputs, tiling.inputs)
    return Region(cost.input_span(tiling.layer, region.rows), channels)


def is_ready(found: Sequence[Tiling], tiling: Tiling, name: str) -> bool:
    """Whether an operand of the first tile can be read when the last tile of the layer before begins."""
    layer = tiling.layer
    if name == "weights":
        weights = model_of(tiling, Target()).parameters(tiling.channel_spans[0], tiling.row_spans[0], 0)
        return isinstance(layer, Dense) and weights.bytes >= LEAST_BYTES
    if name == "second" and len(layer.inputs) < 2:
        return False
    tensor = layer.inputs[name == "second"]
    return tensor not in tiling.external and all(is_written(found, number, tensor, operand_region(tiling, 0))
                                                 for number in range(len(found)))  # fmt: skip


def is_written(found: Sequence[Tiling], number: int, tensor: Tensor, region: Region) -> bool:
    """Whether what a layer makes of a tensor's region is in L2 when the last tile of all that are `found` begins."""
    maker, last = found[number], len(found) - 1
    if whole_of(maker.layer.output) is not whole_of(tensor) or number < last - 1:
        return True
    if number == last - 1:
        return maker.links.is_result_awaited or found[last].count > 1
    results = maker.row_tiles * maker.channel_tiles
    under_way = range(max(0, results - (1 if maker.input_parts > 1 else 2)), results)
    return maker.layer.output is tensor and not any(region.meets(result_region(maker, each)) for each in under_way)


def on_the_way(found: Sequence[Tiling]) -> list[Extent]:
    """What the layer before the last one still takes out during the last one's only tile."""
    if len(found) < 2 or found[-1].count > 1 or found[-2].links.is_result_awaited:
        return []
    return [last_result(found[-2])]


def may_leave(before: Tiling, tiling: Tiling) -> bool:
    """Whether the last result may be on its way out during the next layer's first tile: neither that tile nor the transfers beside
    it need the result or its place."""
    links, result = tiling.links, last_result(before)
    buffers = [each for each in buffers_of(tiling) if not (links.is_input_kept and each[0] == "input")]
    if not are_apart(extents_of(tiling, buffers), [result]):
        return False
    for tensor, is_here in zip(tiling.layer.inputs, (links.is_input_here, links.is_second_ahead)):
        if whole_of(tensor) is not whole_of(before.layer.output):
            continue
        last = result_region(before, before.row_tiles * before.channel_tiles - 1)
        if not is_here or tensor is not before.layer.output:
            return False
        if tiling.count > 1 and operand_region(tiling, 1).meets(last):
            return False
    return True


# --- places


def arrangements(tiling: Tiling, ready: list[str], busy: list[Extent], result: Extent, l1_bytes: int) -> Iterator[Places]:
    """Where the same tiles may lie: as they are, halves exchanged, at the end of the TCDM; and around what is busy."""
    for variant in variants(tiling, l1_bytes):
        yield variant.places
    buffers = sorted(buffers_of(tiling), key=lambda each: -tiling.places.sizes[each[0]])
    choices: list[tuple[str, ...]] = [tuple(ready), *((name,) for name in ready), ()]
    avoidable: tuple[list[Extent], ...] = ([result], [])
    for names in dict.fromkeys(choices):
        early: list[Buffer] = [each for name in names for each in OPERANDS[name]]
        early.sort(key=lambda each: -tiling.places.sizes[each[0]])
        order = early + [each for each in buffers if each not in early]
        for avoided in avoidable:
            blocked = {each: avoided + (busy if each in early else []) for each in order}
            for is_from_above in (False, True):
                places = arranged(tiling, order, blocked, l1_bytes, is_from_above=is_from_above)
                if places is not None:
                    yield places


def variants(tiling: Tiling, l1_bytes: int) -> Iterator[Tiling]:
    """The same tiles at other places: halves exchanged, everything at the end of the TCDM."""
    room = (l1_bytes - tiling.places.end) // BANK_ROW_BYTES * BANK_ROW_BYTES
    for shift in (0, room):
        places = moved(tiling, shift)
        yield replace(tiling, places=places)
        yield replace(tiling, places=replace(places, weights=places.weights[::-1], scales=places.scales[::-1]))


def moved(tiling: Tiling, shift: int) -> Places:
    p = tiling.places
    changed = {name: tuple(start + shift for start in starts) for name, starts in used_places(tiling).items()}
    single = {name: changed.pop(name)[0] for name in SINGLE if name in changed}
    return replace(p, **changed, **single, end=p.end + shift)
