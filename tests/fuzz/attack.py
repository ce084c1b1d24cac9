#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attacks flexv-vp from outside: signals at random times, streams that are closed, full or broken, files that may
not grow, in random combinations with all outputs. Whatever happens, the program ends soon, with a status that its
users know, files are whole or not there, and nothing else is left.

    attack.py PROGRAM [--runs 40] [--seed 1] [--first 0]     the same numbers make the same attacks
    attack.py PROGRAM --seconds 600 --seed 7                 as many as the time allows
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "program"))
import images  # noqa: E402

PATIENCE = 60.0  # seconds: a run under sanitizers on a busy machine takes a few
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
KNOWN = {*range(100), 101, 102, 104, 105, 128 + signal.SIGPIPE, *(128 + number for number in SIGNALS)}
OUTPUTS = {
    "--report": "report.json",
    "--profile": "profile.callgrind",
    "--wave": "run.vcd",
    "--power-trace": "power.csv",
    "--signature": "signature",
    "--trace": "trace.log",
}
STREAMS = {
    0: ["", "", "0<&-", "0</dev/zero"],
    1: ["1>out", "1>out", "1>&-", "1>/dev/full", "1>/dev/null", "| head -c 20 >/dev/null"],
    2: ["2>errors", "2>errors", "2>&-", "2>/dev/full"],
}


def firmware() -> dict[str, images.Image]:
    ending = images.prints_and_ends(3)
    endless = images.prints_for_ever()
    asleep = images.asleep()
    for image in (ending, endless, asleep):
        image.symbols += [(b"begin_signature", 0, 0), (b"end_signature", 4, 0)]
    return {"spin": images.spin(), "ends": ending, "prints": endless, "asleep": asleep}


@dataclass
class Attack:
    """What is done to one run, from the two numbers alone."""

    image: str
    arguments: list[str]
    redirects: list[str]
    max_file_bytes: int
    signals: list[tuple[float, signal.Signals]] = field(default_factory=list)

    @staticmethod
    def choose(seed: int, number: int) -> Attack:
        chance = random.Random(f"{seed}:{number}")
        image = chance.choice(sorted(firmware()))
        arguments = []
        for option, name in OUTPUTS.items():
            if chance.random() < 0.5:
                is_fst = option == "--wave" and shutil.which("vcd2fst") and chance.random() < 0.4
                arguments += [option, "run.fst" if is_fst else name]
        if chance.random() < 0.3:
            quantum = chance.choice([1, 1000, 10**9])
            arguments += ["--set", f"simulation.quantum_cycles={quantum}"]
        signals = [
            (chance.uniform(0, 1.5), chance.choice(SIGNALS)) for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        if not signals:
            arguments += ["--max-cycles", str(chance.choice([1, 1000, 30_000]))]
        redirects = [chance.choice(choices) for choices in STREAMS.values()]
        limit = chance.choice([0, 0, 512, 64 * 1024, 1024 * 1024])
        return Attack(image, arguments, redirects, limit, sorted(signals))

    def command(self, program: str) -> str:
        """For a shell. A signal goes to the program, not to the shell or the reader of the pipe."""
        limit = f"ulimit -f {self.max_file_bytes // 512}; " if self.max_file_bytes else ""
        stdin, stdout, stderr = self.redirects
        words = " ".join([program, "run", "firmware.elf", *self.arguments])
        own = f"sh -c 'echo $$ >pid; exec {words} {stdin} {stderr}'"
        if not stdout.startswith("|"):
            return f"{limit}{own} {stdout}; echo $? >status"
        return f"{limit}{{ {own}; echo $? >status; }} {stdout}"


class Failure(Exception):
    """A law that did not hold."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def start(attack: Attack, program: str, folder: Path) -> subprocess.Popen[bytes]:
    firmware()[attack.image].write(str(folder / "firmware.elf"))
    return subprocess.Popen(
        ["sh", "-c", attack.command(program)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def used_seconds(folder: Path) -> float:
    """Processor time of the program so far; 0 before it has begun."""
    try:
        pid = (folder / "pid").read_text().strip()
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(attack: Attack, process: subprocess.Popen[bytes], folder: Path) -> None:
    """At moments of the program's own time, so that a busy machine gets the same phases."""
    end = time.monotonic() + PATIENCE / 2  # for a program that does not compute
    for moment, number in attack.signals:
        while process.poll() is None and used_seconds(folder) < moment and time.monotonic() < end:
            time.sleep(0.003)
        if process.poll() is not None or not (folder / "pid").exists():
            return
        pid = (folder / "pid").read_text().split()
        subprocess.run(["kill", f"-{int(number)}", *pid], stderr=subprocess.DEVNULL, check=False)


def carry_out(attack: Attack, program: str, folder: Path) -> int:
    process = start(attack, program, folder)
    try:
        send(attack, process, folder)
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired as late:
        pid = (folder / "pid").read_text().split()
        subprocess.run(["kill", "-9", *pid], check=False)
        process.wait()
        raise Failure(f"still runs after {PATIENCE} s") from late
    text = (folder / "status").read_text().split() if (folder / "status").exists() else []
    require(bool(text), "the shell itself was ended")
    return int(text[0])


def check_file(path: Path) -> None:
    if path.suffix == ".fst":
        done = subprocess.run(["fst2vcd", str(path)], capture_output=True, check=False)
        require(done.returncode == 0 and b"$enddefinitions" in done.stdout, f"{path.name} cannot be read")
        return
    text = path.read_text()
    require(text.endswith("\n"), f"{path.name} ends in mid-line")
    if path.suffix == ".json":
        require(json.loads(text)["schema"] == "flexv-report-1", "the report is none")


def check(attack: Attack, status: int, folder: Path) -> None:
    errors = (folder / "errors").read_text(errors="replace") if (folder / "errors").exists() else ""
    for word in ("internal error", "Sanitizer", "runtime error", "Assertion", "terminate called"):
        require(word not in errors, f"{word} on stderr\n{errors}")
    require(status in KNOWN, f"status {status}\n{errors}")
    asked = set(attack.arguments) & {*OUTPUTS.values(), "run.fst"}
    found = {path.name for path in folder.iterdir()} - {"firmware.elf", "pid", "status", "out", "errors"}
    require(found <= asked, f"left behind: {sorted(found - asked)}\n{errors}")
    for name in found:
        check_file(folder / name)
    if status < 100 or status in (102, 104, 105):
        require(found == asked, f"status {status}, but lacks {sorted(asked - found)}\n{errors}")


def try_once(program: str, seed: int, number: int) -> bool:
    attack = Attack.choose(seed, number)
    with tempfile.TemporaryDirectory(prefix="flexv-attack-") as scratch:
        folder = Path(scratch)
        try:
            check(attack, carry_out(attack, program, folder), folder)
        except Failure as failure:
            print(f"attack {number} of seed {seed}: {failure}\n  {attack.command(program)}", file=sys.stderr)
            print(f"  {attack.image}, signals {attack.signals}", file=sys.stderr)
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first attack")
    parser.add_argument("--seconds", type=float, default=0.0, help="go on for so long, whatever --runs says")
    options = parser.parse_args()
    program = str(Path(options.program).resolve())
    end = time.monotonic() + options.seconds
    number, failed = options.first, 0
    while time.monotonic() < end if options.seconds else number < options.first + options.runs:
        failed += not try_once(program, options.seed, number)
        number += 1
    print(f"{number - options.first} attacks with seed {options.seed}, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
