# SPDX-License-Identifier: Apache-2.0
"""Where tensors lie in L2: those that live at the same time apart, the others on the same bytes.

First fit, in the best of several orders: by size, by size and time, by time, and a few hundred at random, until no plan can be
smaller. A tensor lives from the layer that makes it to the last one that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from flexv_tools.deploy.graph import Network, Tensor, Unsupported
from flexv_tools.deploy.stream import Schedule
from flexv_tools.deploy.tiler import Tiling, weight_bytes, whole_of

ALIGNMENT = 16
RANDOM_ORDERS = 300
CODE_BYTES = 96 * 1024  # of L2 for program, tables and what the runtime needs


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
