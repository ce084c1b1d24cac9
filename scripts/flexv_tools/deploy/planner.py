# SPDX-License-Identifier: Apache-2.0
"""Where tensors lie in L2: those that live at the same time apart, the others on the same bytes.

First fit, in the best of several orders: by size, by size and time, by time, and a few hundred at random, until no plan can be
smaller. A tensor lives from the layer that makes it to the last one that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from flexv_tools.deploy.graph import Network, Tensor, Unsupported
from flexv_tools.deploy import prefetch, stream
from flexv_tools.deploy.stream import Room, Schedule, Stage, Taken
from flexv_tools.deploy.tiler import Target, Tiled, Tiling, tile_all, weight_bytes, whole_of

ALIGNMENT = 16
RANDOM_ORDERS = 300
CODE_BYTES = 96 * 1024  # of L2 for program, tables and what the runtime needs
STAGES = (0, 8192, 4096, 12288, 2048)  # bytes of L1 that are left to a piece of weights, twice
KEEPS = (1.0, 0.5, 0.0)  # shares of what is free in L2 for ever that keep weights
NEIGHBOURS = 60  # other tilings of a layer that are tried at the end
PRICES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # cycles that a layer may lose for a byte that passes meanwhile


@dataclass(frozen=True)
class Life:
    tensor: Tensor
    begin: int  # number of the layer that makes it; -1: the input
    end: int  # of the last one that reads it

    def meets(self, other: Life) -> bool:
        return self.begin <= other.end and other.begin <= self.end


@dataclass
class Plan:
    """Places of whole tensors, bytes from the start of the memory for activations."""

    places: dict[Tensor, int]
    lives: list[Life]
    activation_bytes: int
    weight_bytes: int
    notes: list[str] = field(default_factory=list)
    external: dict[Tensor, int] = field(default_factory=dict)  # places of those outside of the chip, behind the weights
    external_bytes: int = 0  # of them
    schedule: Schedule | None = None  # None: weights lie in L2

    def is_external(self, tensor: Tensor) -> bool:
        return whole_of(tensor) in self.external

    def place_of(self, tensor: Tensor) -> int:
        """Of a tensor, or of a part of one, in L2 or in external memory."""
        whole = whole_of(tensor)
        place = self.external[whole] if whole in self.external else self.places[whole]
        return place + tensor.first * tensor.format.bits // 8 if tensor.whole is not None else place

    @property
    def l2_bytes(self) -> int:
        """Of what is planned: activations, and weights that are brought in ahead."""
        return max(self.activation_bytes, self.schedule.end if self.schedule else 0)


def lives_of(network: Network) -> list[Life]:
    begin: dict[Tensor, int] = {whole_of(network.input): -1}
    end: dict[Tensor, int] = {whole_of(network.input): -1}
    for number, layer in enumerate(network.layers):
        for tensor in layer.inputs:
            end[whole_of(tensor)] = number
        output = whole_of(layer.output)
        begin.setdefault(output, number)
        end[output] = max(end.get(output, number), number)
    end[whole_of(network.output)] = len(network.layers)
    return [Life(tensor, begin[tensor], end[tensor]) for tensor in begin]


def plan(network: Network, tilings: list[Tiling], l2_bytes: int) -> Plan:
    """Raises Unsupported when the network needs more than `l2_bytes`."""
    lives = lives_of(network)
    places = pack(lives, len(network.layers))
    activations = end_of(lives, places)
    weights = sum(weight_bytes(tiling) for tiling in tilings)
    needed = activations + weights + CODE_BYTES
    if needed > l2_bytes:
        largest = max(range(len(network.layers)), key=lambda i: alive_bytes(lives, i))
        raise Unsupported(
            network.layers[largest].name,
            "memory plan",
            f"L2 has to hold {weights:,} bytes of weights, {activations:,} of activations (most at this node) and "
            f"{CODE_BYTES:,} of program: {needed - l2_bytes:,} more than its {l2_bytes:,}",
            f"--l2-bytes {-(-needed // 65536) * 65536}, or --l3 for weights and activations outside of the chip",
        )
    return Plan(places, lives, activations, weights)


def all_outside(network: Network, tilings: list[Tiling]) -> Plan:
    """Everything in external memory."""
    lives = lives_of(network)
    places = pack(lives, len(network.layers))
    weights = sum(weight_bytes(tiling) for tiling in tilings)
    return Plan({}, lives, 0, weights, external=places, external_bytes=end_of(lives, places), schedule=Schedule())


def plan_external(
    network: Network, target: Target, l2_bytes: int, code_bytes: int, known: Tiled | None = None
) -> tuple[list[Tiling], Plan]:
    """Weights in external memory, and activations for which L2 is too small. Raises Unsupported when L2 does not even
    hold the program."""
    assert target.external is not None
    free = (l2_bytes - code_bytes) // ALIGNMENT * ALIGNMENT
    if free < 0:
        raise Unsupported(network.name, "memory plan", f"the program alone takes {code_bytes:,} bytes, {-free:,} more than L2 has",
                          f"--l2-bytes {-(-code_bytes // 65536) * 65536}")  # fmt: skip
    lives = lives_of(network)
    outside = spilled(lives, len(network.layers), free)
    inside = [life for life in lives if life.tensor not in outside]
    places = pack(inside, len(network.layers))
    places_outside = pack([life for life in lives if life.tensor in outside], len(network.layers))
    external = target.external
    tables = Tables(network, target, frozenset(outside), {} if known is None else known)

    def tried(chosen: Chosen, keep: float, sure: tuple[float, float]) -> Candidate:
        tilings = tables.tilings(chosen)
        room = Room(free, taken_by(inside, places, tilings), sum(tiling.count for tiling in tilings))
        done = stream.schedule(tilings, room, Stage(tilings, target.l1_bytes), external, keep, sure)
        return Candidate(stream.with_stalls(tilings, done), done, chosen, keep, sure)

    ways = [(keep, sure) for keep in KEEPS for sure in (stream.CERTAIN, stream.WHOLE)]
    found = [tried(chosen, *way) for chosen in dict.fromkeys(map(tables.choice, PRICES)) for way in ways]
    best = min(found, key=Candidate.cost)
    for chosen in tables.neighbours(best):
        best = min(best, tried(chosen(best.chosen), best.keep, best.sure), key=Candidate.cost)
    tilings, done = best.tilings, best.schedule
    plan = Plan(places, lives, end_of(inside, places), sum(weight_bytes(tiling) for tiling in tilings), external=places_outside,
                external_bytes=end_of([life for life in lives if life.tensor in outside], places_outside), schedule=done)  # fmt: skip
    return tilings, plan


Chosen = tuple[int, ...]  # an option for each layer


class Tables:
    """Each layer's tilings that leave more or less of L1 to pieces of weights, and combinations of them."""

    def __init__(self, network: Network, target: Target, outside: frozenset[Tensor], known: Tiled) -> None:
        assert target.external is not None
        self.target = target
        self.linked: dict[Chosen, list[Tiling]] = {}
        self.options: list[list[tuple[Tiling, int, int]]] = [[] for _ in network.layers]  # with L1 bytes, bytes that pass
        for stage_bytes in STAGES[:2] if outside else STAGES:  # with activations outside other things count more
            l1_bytes = target.l1_bytes - 2 * stage_bytes
            try:
                tilings = tile_all(network.layers, replace(target, l1_bytes=l1_bytes), outside, known)
            except Unsupported:
                if stage_bytes == 0:
                    raise
                break  # so little is not enough for a layer
            for options, tiling in zip(self.options, tilings):
                options.append((tiling, l1_bytes, stream.capacity(tiling, target.l1_bytes, target.external)))

    def choice(self, price: float) -> Chosen:
        """The cheapest tilings, when a byte that cannot pass costs so much."""

        def cost_of(option: tuple[Tiling, int, int]) -> float:
            return option[0].predicted.cycles - price * option[2]

        return tuple(min(range(len(options)), key=lambda i: cost_of(options[i])) for options in self.options)

    def neighbours(self, best: Candidate) -> Iterator[Callable[[Chosen], Chosen]]:
        """Each layer with each other one of its tilings, those first that may save most."""

        def cycles(layer: int, option: int) -> float:
            return self.options[layer][option][0].predicted.cycles

        changes = [
            (cycles(layer, option) - cycles(layer, best.chosen[layer]), layer, option)
            for layer, options in enumerate(self.options)
            for option in range(len(options))
            if option != best.chosen[layer]
        ]
        for _, layer, option in sorted(changes)[:NEIGHBOURS]:
            yield lambda chosen, layer=layer, option=option: (*chosen[:layer], option, *chosen[layer + 1 :])  # type: ignore[misc]

    def tilings(self, chosen: Chosen) -> list[Tiling]:
        if chosen not in self.linked:
            each = [options[number] for options, number in zip(self.options, chosen)]
            ends = [l1_bytes for _, l1_bytes, _ in each]
            self.linked[chosen] = prefetch.linked([tiling for tiling, _, _ in each], self.target, ends)
        return self.linked[chosen]


@dataclass(frozen=True)
class Candidate:
    tilings: list[Tiling]
    schedule: Schedule
    chosen: Chosen
    keep: float
    sure: tuple[float, float]

    def cost(self) -> tuple[float, int]:
        """Cycles, then bytes from outside."""
        done = self.schedule
        return sum(tiling.predicted.cycles for tiling in self.tilings), done.streamed_bytes + done.direct_bytes


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


def end_of(lives: list[Life], places: dict[Tensor, int]) -> int:
    return max((places[life.tensor] + life.tensor.size_bytes for life in lives), default=0)


def orders(lives: list[Life]) -> Iterator[list[Life]]:
    yield sorted(lives, key=lambda each: (-each.tensor.size_bytes, each.begin))
    yield sorted(lives, key=lambda each: (-each.tensor.size_bytes * (each.end - each.begin + 1), each.begin))
    yield sorted(lives, key=lambda each: each.begin)
    random = np.random.default_rng(1)
    for _ in range(RANDOM_ORDERS):
        yield [lives[i] for i in random.permutation(len(lives))]


def pack(lives: list[Life], layers: int) -> dict[Tensor, int]:
    """No plan is smaller than what lives at the same time; most networks reach it at once."""
    least = max((alive_bytes(lives, number) for number in range(-1, layers + 1)), default=0)
    best: dict[Tensor, int] = {}
    for order in orders(lives):
        places: dict[Tensor, int] = {}
        for life in order:
            places[life.tensor] = first_fit(life, lives, places)
        if not best or end_of(lives, places) < end_of(lives, best):
            best = places
        if end_of(lives, best) <= least:
            break
    return best


def first_fit(life: Life, lives: list[Life], places: dict[Tensor, int]) -> int:
    taken = sorted(
        (places[other.tensor], places[other.tensor] + other.tensor.size_bytes)
        for other in lives
        if other.tensor in places and other.meets(life)
    )
    place = 0
    for begin, end in taken:
        if place + life.tensor.size_bytes <= begin:
            break
        place = max(place, -(-end // ALIGNMENT) * ALIGNMENT)
    return place


def alive_bytes(lives: list[Life], number: int) -> int:
    return sum(life.tensor.size_bytes for life in lives if life.begin <= number <= life.end)
