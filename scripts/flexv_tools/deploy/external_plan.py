# SPDX-License-Identifier: Apache-2.0
"""The plan of a network whose weights lie in external memory: tilings of all layers, and which weights come to L2 when.

A tiling costs time and leaves some of L1, and of the DMA's time, to weights of later layers; where that is worth something depends on
all others. The search begins with chains of tilings that are best at several prices of a byte that passes, and goes on with the best of
them: layer by layer, and for all layers that are alike at once, it takes every other tiling that makes the whole network faster, until
there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from flexv_tools.deploy import prefetch, stream
from flexv_tools.deploy.graph import Network, Tensor, Unsupported
from flexv_tools.deploy.planner import ALIGNMENT, Life, Plan, alive_bytes, end_of, lives_of, pack
from flexv_tools.deploy.stream import Reliance, Room, Schedule, Stage, Taken
from flexv_tools.deploy.tiler import HIDDEN, MODES, Target, Tiled, Tiling, are_alike, likeness, options_of_all, weight_bytes

STAGES = (2048, 4096, 8192, 12288, 20480)  # bytes of L1 that are left to a piece of weights, twice
PRICES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)  # cycles that a layer may lose for a byte that passes meanwhile
KEEPS = (1.0, 0.5, 0.0)  # shares of what is free in L2 for ever that keep weights
SURES = (stream.CERTAIN, stream.WHOLE)
RELIANCES: tuple[Reliance, ...] = ("part", "whole", "none")
PASSES = 4  # most times that all changes are tried

Chosen = tuple[int, ...]  # an option for each layer


@dataclass(frozen=True)
class Way:
    """How weights are brought in, as schedule() has it."""

    keep: float
    sure: tuple[float, float]
    reliance: Reliance


WAYS = tuple(Way(*each) for each in product(KEEPS, SURES, RELIANCES))


@dataclass(frozen=True)
class Candidate:
    tilings: list[Tiling]
    schedule: Schedule
    chosen: Chosen
    way: Way

    def cost(self) -> tuple[float, int]:
        """Cycles, then bytes from outside."""
        done = self.schedule
        return sum(tiling.predicted.cycles for tiling in self.tilings), done.streamed_bytes + done.direct_bytes


@dataclass(frozen=True)
class Memory:
    """L2 behind the program."""

    free: int
    inside: list[Life]
    places: dict[Tensor, int]
    outside: frozenset[Tensor]  # activations for which it is too small


def plan_external(
    network: Network, target: Target, l2_bytes: int, code_bytes: int, known: Tiled | None = None
) -> tuple[list[Tiling], Plan]:
    """Weights in external memory, and activations for which L2 is too small. Raises Unsupported when L2 does not even
    hold the program."""
    free = (l2_bytes - code_bytes) // ALIGNMENT * ALIGNMENT
    if free < 0:
        raise Unsupported(network.name, "memory plan", f"the program alone takes {code_bytes:,} bytes, {-free:,} more than L2 has",
                          f"--l2-bytes {-(-code_bytes // 65536) * 65536}")  # fmt: skip
    memory = memory_of(network, free)
    best = Search(network, target, memory, {} if known is None else known).best()
    lives = lives_of(network)
    outer = [life for life in lives if life.tensor in memory.outside]
    places_outside = pack(outer, len(network.layers))
    plan = Plan(memory.places, lives, end_of(memory.inside, memory.places), sum(map(weight_bytes, best.tilings)),
                external=places_outside, external_bytes=end_of(outer, places_outside), schedule=best.schedule)  # fmt: skip
    return best.tilings, plan


def memory_of(network: Network, free: int) -> Memory:
    lives = lives_of(network)
    outside = spilled(lives, len(network.layers), free)
    inside = [life for life in lives if life.tensor not in outside]
    return Memory(free, inside, pack(inside, len(network.layers)), frozenset(outside))


class Search:
    def __init__(self, network: Network, target: Target, memory: Memory, known: Tiled) -> None:
        assert target.external is not None
        self.target, self.memory, self.external = target, memory, target.external
        ends = [target.l1_bytes, *(target.l1_bytes - 2 * stage for stage in STAGES)]
        modes = MODES + tuple((replace(HIDDEN, is_result_awaited=False), end / target.l1_bytes) for end in ends[1:] if end > 0)
        found = options_of_all(network.layers, target, memory.outside, known, modes)
        self.options = [[replace(each, l1_bytes=min(end for end in ends if each.places.end <= end)) for each in options] for options in found]
        self.alike: dict[object, list[int]] = {}  # layers
        for number, layer in enumerate(network.layers):
            self.alike.setdefault(likeness(layer, memory.outside), []).append(number)
        self.linked: dict[Chosen, list[Tiling]] = {}

    def best(self) -> Candidate:
        starts = list(dict.fromkeys(map(self.start, PRICES)))
        best = min((self.tried(chosen, WAYS[0]) for chosen in starts), key=Candidate.cost)
        for _ in range(PASSES):
            before = best
            best = min((best, *(self.tried(best.chosen, way) for way in WAYS)), key=Candidate.cost)
            best = self.changed(best)
            if best.cost() >= before.cost():
                break
        return best

    def start(self, price: float) -> Chosen:
        """The cheapest chain, when a byte that cannot pass costs so much."""

        def worth(tiling: Tiling) -> float:
            return price * stream.capacity(tiling, self.target.l1_bytes, self.external)

        chain = prefetch.chosen(self.options, self.target, worth)
        return tuple(next(number for number, option in enumerate(options) if are_alike(option, tiling))
                     for options, tiling in zip(self.options, chain))  # fmt: skip

    def tilings(self, chosen: Chosen) -> list[Tiling]:
        if chosen not in self.linked:
            self.linked[chosen] = prefetch.linked([options[number] for options, number in zip(self.options, chosen)], self.target)
        return self.linked[chosen]

    def tried(self, chosen: Chosen, way: Way) -> Candidate:
        tilings, memory = self.tilings(chosen), self.memory
        room = Room(memory.free, taken_by(memory.inside, memory.places, tilings), sum(tiling.count for tiling in tilings))
        done = stream.schedule(tilings, room, Stage(tilings, self.target.l1_bytes), self.external, way.keep, way.sure, way.reliance)
        return Candidate(stream.with_stalls(tilings, done), done, chosen, way)

    def changed(self, best: Candidate) -> Candidate:
        """With every change taken that is an improvement, one after the other."""
        for change in list(self.changes(best)):
            chosen = tuple(change.get(layer, number) for layer, number in enumerate(best.chosen))
            if chosen != best.chosen and self.least(chosen) < best.cost()[0]:
                best = min(best, self.tried(chosen, best.way), key=Candidate.cost)
        return best

    def least(self, chosen: Chosen) -> float:
        """Without waiting for external memory."""
        return sum(tiling.predicted.cycles for tiling in self.tilings(chosen))

    def changes(self, best: Candidate) -> Iterator[dict[int, int]]:
        """Other options of layers that are alike, and of each layer."""
        groups = [layers for layers in self.alike.values() if len(layers) > 1]
        for layers in [*groups, *([number] for number in range(len(self.options)))]:
            for option in range(len(self.options[layers[0]])):
                yield {layer: option for layer in layers}


def spilled(lives: list[Life], layers: int, free: int) -> set[Tensor]:
    """Tensors for which L2 is too small: where most is alive the largest one, until the others fit."""
    outside: set[Tensor] = set()
    while True:
        inside = [life for life in lives if life.tensor not in outside]
        if end_of(inside, pack(inside, layers)) <= free:
            return outside
        peak = max(range(-1, layers + 1), key=lambda number: alive_bytes(inside, number))
        alive = [life for life in inside if life.begin <= peak <= life.end]
        outside.add(max(alive, key=lambda life: life.tensor.size_bytes).tensor)


def taken_by(lives: list[Life], places: dict[Tensor, int], tilings: list[Tiling]) -> list[Taken]:
    """What activations take of L2, in tiles: one more layer where nobody reads a result, which is compared behind its layer."""
    begins = stream.first_tiles(tilings)
    found = []
    for life in lives:
        begin = begins[max(0, life.begin)] if life.begin >= 0 else -1
        end = min(max(life.end, life.begin + 1) + 1, len(tilings))
        place = places[life.tensor]
        found.append(Taken(place, place + life.tensor.size_bytes, begin, begins[end] if end == len(tilings) else begins[end] - 1))
    return found
