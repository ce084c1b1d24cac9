#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random walks through runs, forth and back: walk_test.py PROGRAM REPOSITORY [FIRST LAST].

However often a run is stopped, where, and whichever way it goes from there, it ends with the report of a run that nobody has looked at.
"""

from __future__ import annotations

import functools
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROGRAM, REPOSITORY = sys.argv[1], Path(sys.argv[2]).resolve()
FIRST, LAST = (int(seed) for seed in sys.argv[3:5]) if len(sys.argv) > 4 else (0, 30)
sys.path.insert(0, str(REPOSITORY / "scripts/python"))

from flexv_control import Run  # noqa: E402

CONFIGURATIONS = (
    (),
    ("--config", "pulp_open"),
    ("--set", "soc.cluster.core_count=3"),
    ("--set", "simulation.run_ahead_cycles=1"),
)  # fmt: skip
L2 = range(0x1C000000, 0x1C100000)
FORTH = ("stop", "stop", "step", "step", "step", "go", "remove")
BACK = ("step back", "step back", "go back", "there and back", "reset")


@functools.cache
def plain_report(firmware: Path, options: tuple[str, ...]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [PROGRAM, "run", str(firmware), "--quiet", "--report", str(path), *options]
        subprocess.run(command, capture_output=True, check=False)
        return without_host(json.loads(path.read_text()))


def without_host(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key != "host"}


class Walk:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.firmware = REPOSITORY / "sw/prebuilt" / f"{self.random.choice(('hello', 'parallel'))}.elf"
        self.options = self.random.choice(CONFIGURATIONS)
        self.ways = FORTH if seed % 2 == 0 else FORTH + BACK
        self.stops: list[int] = []
        self.done: list[str] = []

    def go(self) -> list[str]:
        """What is wrong with it."""
        with Run(self.firmware, program=PROGRAM, options=self.options) as run:
            self.places = sorted(address for address in run.symbols.values() if address in L2 and address % 2 == 0)
            wrong = []
            for _ in range(self.random.randrange(5, 30)):
                wrong += self.take(run, self.random.choice(self.ways), self.random.choice(list(run.threads)))
                if run.status is not None:
                    break
            while run.status is None:
                for stop in self.stops:
                    run.remove_stop(stop)
                self.stops = []
                run.go()
        if without_host(run.report) != plain_report(self.firmware, self.options):
            wrong.append("ends with another report")
        return wrong

    def take(self, run: Run, way: str, core: str) -> list[str]:
        self.done.append(f"{way} {core}")
        if way == "stop":
            self.stops.append(self.random.choice(self.places))
            run.stop_at(self.stops[-1])
        elif way == "remove" and self.stops:
            run.remove_stop(self.stops.pop())
        elif way == "step":
            run.step(core)
        elif way == "go" and self.stops:
            run.go()
        elif way == "step back":
            run.step_back(core)
        elif way == "go back":
            run.go_back()
        elif way == "reset":
            run.reset()
        elif way == "there and back":
            return self.there_and_back(run, core)
        return []

    def there_and_back(self, run: Run, core: str) -> list[str]:
        def look() -> list[int]:
            return [run.register(core, name) for name in ("pc", "ra", "sp", "a0", "a5", "s0")]

        before = look()
        if run.step(core) == "exit" or run.register(core, "pc") == before[0]:  # another one has stopped
            return []
        run.step_back(core)
        after = look()
        return [] if after == before else [f"{core} stepped there and back: {before} became {after}"]


def main() -> int:
    failed = 0
    for seed in range(FIRST, LAST):
        walk = Walk(seed)
        for wrong in walk.go():
            print(f"seed {seed}, {walk.firmware.name} {' '.join(walk.options)}: {wrong}; {', '.join(walk.done)}")
            failed += 1
    print(f"{LAST - FIRST} walks, {failed} mistakes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
