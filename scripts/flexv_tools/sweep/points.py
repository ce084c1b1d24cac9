# SPDX-License-Identifier: Apache-2.0
"""Which points of a study's grid are run: all, a seeded sample, or a search towards the Pareto front.

The search is an elitist genetic one with the selection of NSGA-II, from the library DEAP. It works in
batches, each of which depends only on the results of those before it: the points are the same whatever
runs them and in whatever order they end."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

from flexv_tools.errors import Failure
from flexv_tools.sweep.study import Study, Value

Point = dict[str, Value]
Genome = tuple[int, ...]  # an index into the values of each parameter
# Results of a batch: for each point its objectives as costs (smaller is better), None when it failed.
Evaluate = Callable[[list[Point]], list[tuple[float, ...] | None]]
BATCH = 24


def point_at(study: Study, genome: Genome) -> Point:
    return {key: values[i] for (key, values), i in zip(study.parameters.items(), genome)}


def genome_of(study: Study, index: int) -> Genome:
    """The point number `index` of the grid; the last parameter changes fastest."""
    digits = []
    for values in reversed(list(study.parameters.values())):
        index, digit = divmod(index, len(values))
        digits.append(digit)
    return tuple(reversed(digits))


def sample(chance: random.Random, size: int, count: int) -> list[int]:
    """`count` different numbers below `size`, in order."""
    if size <= sys.maxsize:
        return sorted(chance.sample(range(size), count))
    chosen: set[int] = set()  # so many that hardly one comes twice
    while len(chosen) < count:
        chosen.add(chance.randrange(size))
    return sorted(chosen)


def known_points(study: Study) -> list[Point]:
    """The points of a grid or of a random sample, in the order of the grid."""
    size = study.grid_size
    if study.strategy.kind == "grid" or study.strategy.count >= size:
        indices = list(range(size))
    else:
        indices = sample(random.Random(study.strategy.seed), size, study.strategy.count)
    return [point_at(study, genome_of(study, index)) for index in indices]


def search(study: Study, evaluate: Evaluate) -> None:
    """Asks `evaluate` for batches of points until as many as the study allows have been run."""
    _Search(study, evaluate).run()


class _Search:
    def __init__(self, study: Study, evaluate: Evaluate) -> None:
        self.study = study
        self.evaluate = evaluate
        self.random = random.Random(study.strategy.seed)
        self.sizes = [len(values) for values in study.parameters.values()]
        self.costs: dict[Genome, tuple[float, ...] | None] = {}
        self.budget = min(study.strategy.count, study.grid_size)

    def run(self) -> None:
        batch = self.first()
        while batch:
            results = self.evaluate([point_at(self.study, genome) for genome in batch])
            self.costs.update(zip(batch, results))
            batch = self.next()

    def room(self) -> int:
        return min(BATCH, self.budget - len(self.costs))

    def first(self) -> list[Genome]:
        size = self.study.grid_size
        return [genome_of(self.study, index) for index in sample(self.random, size, self.room())]

    def next(self) -> list[Genome]:
        """Children of the best so far that have not been run; chance when none are left."""
        parents = self.selected()
        batch: list[Genome] = []
        for _ in range(50 * BATCH):
            if len(batch) >= self.room():
                break
            child = self.child(parents) if parents else self.anywhere()
            if child not in self.costs and child not in batch:
                batch.append(child)
        while len(batch) < self.room():
            child = self.anywhere()
            if child not in self.costs and child not in batch:
                batch.append(child)
        return batch

    def selected(self) -> list[Genome]:
        fitted = [(genome, costs) for genome, costs in self.costs.items() if costs is not None]
        return nsga2(fitted, BATCH)

    def child(self, parents: list[Genome]) -> Genome:
        one, other = self.random.choice(parents), self.random.choice(parents)
        mixed = [a if self.random.random() < 0.5 else b for a, b in zip(one, other)]
        for i, size in enumerate(self.sizes):
            if self.random.random() < 1.5 / len(self.sizes):
                step = self.random.choice((-1, 1, -2, 2))  # values are mostly in an order: near ones first
                mixed[i] = min(size - 1, max(0, mixed[i] + step))
        return tuple(mixed)

    def anywhere(self) -> Genome:
        return tuple(self.random.randrange(size) for size in self.sizes)


def nsga2(fitted: list[tuple[Genome, tuple[float, ...]]], count: int) -> list[Genome]:
    """The `count` best by rank and crowding."""
    if not fitted:
        return []
    try:
        from deap import base, tools  # type: ignore[import]
    except ImportError as error:
        raise Failure("a guided search needs DEAP; scripts/sweep installs it (python3-deap)") from error

    class Fitness(base.Fitness):  # type: ignore[misc]  # DEAP has no types
        weights = (-1.0,) * len(fitted[0][1])

    class Individual:
        def __init__(self, genome: Genome, costs: tuple[float, ...]) -> None:
            self.genome = genome
            self.fitness: Any = Fitness(costs)

    individuals = [Individual(genome, costs) for genome, costs in fitted]
    chosen = tools.selNSGA2(individuals, min(count, len(individuals)))
    return [individual.genome for individual in chosen]


def pareto_front(costs: list[tuple[float, ...]]) -> list[bool]:
    """Which of `costs` no other one dominates. In ascending order only those before can dominate, and of them
    those of the front suffice."""

    def dominates(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
        return all(x <= y for x, y in zip(a, b)) and a != b

    front: list[tuple[float, ...]] = []
    for mine in sorted(set(costs)):
        if not any(dominates(other, mine) for other in front):
            front.append(mine)
    best = set(front)
    return [mine in best for mine in costs]
