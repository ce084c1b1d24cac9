# SPDX-License-Identifier: Apache-2.0
"""Every combination of parameters that is accepted runs; the others are refused with a text.

The parameters and what each may be are read from `flexv-vp config`, so a new one is covered without a
change here. A longer run, from another seed: random_configuration.py PROGRAM IMAGES --runs 2000 --seed 7
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_CYCLES = 100_000  # hello takes less in the default configuration
RUN_SECONDS = 100
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
EXIT, USER, FAULT, LIMIT = 0, 101, 102, 104


@dataclass(frozen=True)
class Parameter:
    key: str
    allowed: str  # as printed: "a whole number 1..16"

    def values(self, rng: random.Random) -> list[str]:
        """Its ends, and one value between them where there is such; of a choice, all."""
        if self.allowed.startswith("one of "):
            return [name.strip(' "') for name in self.allowed.removeprefix("one of ").split(",")]
        if self.allowed == "true or false":
            return ["true", "false"]
        if found := re.fullmatch(r"a whole number (\d+)\.\.(\S+)( - 1)?", self.allowed):
            low = int(found[1])
            high = 2**64 - 1 if found[3] else int(found[2])
            return [str(low), str(high), str(rng.randint(low, min(high, low + 20)))]
        if found := re.fullmatch(r"(0 or )?a number (\S+)\.\.(\S+)", self.allowed):
            low, high = float(found[2]), float(found[3])
            between = round(rng.uniform(low, high), 3)
            return [str(value) for value in ([0.0] if found[1] else []) + [low, high, between]]
        if found := re.fullmatch(r"a power of two from (\d+) (\w+) to (\d+) (\w+)", self.allowed):
            low, high = int(found[1]) * UNITS[found[2]], int(found[3]) * UNITS[found[4]]
            return [str(1 << bit) for bit in range(64) if low <= 1 << bit <= high]
        if found := re.fullmatch(
            r"a multiple of (\d+) (\w+) from (\d+) (\w+) to (\d+) (\w+)", self.allowed
        ):
            step, low, high = (int(found[i]) * UNITS[found[i + 1]] for i in (1, 3, 5))
            return [str(low), str(high), str(rng.randrange(low, high + 1, step))]
        if self.allowed.startswith("a file, or one of "):
            return re.findall(r'"([^"]+)"', self.allowed)
        if self.allowed == "a file":
            return [""]
        if self.allowed == "a list":
            return ["[]"]
        raise ValueError(f"{self.key}: no values known for: {self.allowed}")


def parameters(program: Path) -> list[Parameter]:
    text = subprocess.run([program, "config"], capture_output=True, text=True, check=True).stdout
    found: list[Parameter] = []
    path: list[str] = []
    allowed = ""
    for line in text.splitlines():
        if re.match(r"\s*// \[a list of objects ", line):
            allowed = "a list"
        elif comment := re.match(r"\s*// \[(?:[^;\]]*; )?([^\]]*)\] ", line):
            allowed = comment[1]
        elif opened := re.match(r'\s*"(\w+)": \{$', line):
            path.append(opened[1])
        elif member := re.match(r'\s*"(\w+)": ', line):
            found.append(Parameter(".".join([*path, member[1]]), allowed))
        elif re.match(r"\s*\},?$", line) and path:
            path.pop()
    return found


def choose(known: list[Parameter], rng: random.Random) -> dict[str, str]:
    chosen = rng.sample(known, rng.randint(1, min(12, len(known))))
    settings = {parameter.key: rng.choice(parameter.values(rng)) for parameter in chosen}
    limit = int(settings.get("simulation.max_cycles", "0"))
    if limit == 0 or limit > MAX_CYCLES:
        settings["simulation.max_cycles"] = str(MAX_CYCLES)
    return settings


def complaint(status: int, text: str, settings: dict[str, str]) -> str:
    """What is wrong with the end of a run; empty when nothing is."""
    if "Sanitizer" in text or "runtime error" in text or "internal error" in text:
        return "broken"
    if status == USER:
        return "" if "error: " in text else "refused without a text"
    if status == FAULT and settings.get("soc.cluster.core.isa", "flexv") != "flexv":
        return ""  # the program has instructions that this core has not
    if status in (EXIT, LIMIT):
        return ""
    return f"status {status}"


def run(program: Path, image: Path, settings: dict[str, str]) -> tuple[list[str], str]:
    command = [str(program), "run", str(image)]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return command, f"no end in {RUN_SECONDS} s"
    wrong = complaint(done.returncode, done.stderr, settings)
    return command, f"{wrong}\n{done.stderr}" if wrong else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("images", type=Path, help="folder of hello.elf")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    known = parameters(options.program)
    if not known:
        print("flexv-vp config lists no parameter")
        return 1
    rng = random.Random(options.seed)
    failures = 0
    for _ in range(options.runs):
        command, wrong = run(options.program, options.images / "hello.elf", choose(known, rng))
        if wrong:
            failures += 1
            print(" ".join(command), wrong, sep="\n", flush=True)
    print(f"seed {options.seed}: {options.runs} configurations, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
