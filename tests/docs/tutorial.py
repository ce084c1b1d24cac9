#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do what a page of docs/tutorial tells its reader: tutorial.py PAGE.md FLEXV_VP REPOSITORY [FIRMWARE_BUILD].

Blocks ```json NAME are written as files. Pages with blocks ```diff NAME find a copy of the sources to patch. In
blocks ```console each line behind `$ ` is run by a shell, and the lines below it must be the beginnings of lines of its
output (stdout and stderr), in this order; `...` stands for any lines. All commands but those with `||` must succeed. Exit status 77, skipped, where FLEXV_VP has not been built.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCES = ("docs", "models", "platform", "tests/isa")  # what a page may change
SKIPPED = 77
MOVED = re.compile(r"Hunk #\d+ succeeded at \d+ \(offset ")  # `patch`, where the source above has other lines
DEBIAN_PYTHON = "/usr/bin/python3"  # sees Debian's packages
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Command:
    text: str
    expected: list[str] = field(default_factory=list)


def commands(block: str) -> Iterator[Command]:
    command = None
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command
            command = Command(line[2:])
        elif command:
            command.expected.append(line)
    if command:
        yield command


def missing(expected: list[str], output: str) -> str | None:
    """The first expected line that does not come; without `...` in front it must come next."""
    lines = (line for line in output.splitlines() if not MOVED.match(line))
    may_skip = False
    for wanted in expected:
        if wanted == "...":
            may_skip = True
            continue
        for line in lines:
            if line.startswith(wanted):
                break
            if not may_skip and line.strip():
                return wanted
        else:
            return wanted
        may_skip = False
    return None


def copy_sources(repository: Path, folder: Path) -> None:
    for name in SOURCES:
        shutil.copytree(repository / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def prepare(folder: Path, program: Path, repository: Path, firmware: Path | None) -> dict[str, str]:
    """The folder of the page's first sentence, and the environment of its commands."""
    (folder / "build").mkdir()
    (folder / "build/release").symlink_to(program.parent)
    if firmware:
        (folder / "build/sw").symlink_to(firmware)
    (folder / "bin").mkdir()
    (folder / "bin/flexv-vp").symlink_to(program)
    (folder / "scripts").mkdir()
    (folder / "scripts/python").symlink_to(repository / "scripts/python")
    for script in ("energy_report", "operating_points", "timeline"):
        (folder / "scripts" / script).write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -B "{repository}/scripts/{script}" "$@" '
            + (f'--program "{program}"\n' if script == "operating_points" else "\n")
        )
        (folder / "scripts" / script).chmod(0o755)
    for script, module in (("deploy", "deploy.main"), ("example_network", "deploy.examples"), ("quantise", "quantise.main")):
        end = f'--program "{program}"' if script == "deploy" else ""
        (folder / "scripts" / script).write_text(
            f'#!/bin/sh\nPYTHONPATH="{repository}/scripts" exec {DEBIAN_PYTHON} -B -m flexv_tools.{module} "$@" {end}\n'
        )
        (folder / "scripts" / script).chmod(0o755)
    for image in (repository / "sw/prebuilt").glob("*.elf"):
        (folder / image.name).symlink_to(image)
    return os.environ | {"PATH": f"{folder}/bin:{os.environ['PATH']}"}


def follow(page: Path, folder: Path, environment: dict[str, str]) -> int:
    """Returns how many commands were run; raises SystemExit with what went wrong."""
    count = 0
    for kind, name, content in BLOCK.findall(page.read_text()):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        if kind != "console":
            continue
        for command in commands(content):
            count += 1
            done = subprocess.run(
                command.text, shell=True, cwd=folder, env=environment, check=False, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if done.returncode != 0:
                sys.exit(f"$ {command.text}\nexit status {done.returncode}\n{done.stdout}")
            if (line := missing(command.expected, done.stdout)) is not None:
                sys.exit(f"$ {command.text}\nthe page promises the line\n{line}\nbut there is\n{done.stdout}")
    return count


def main() -> None:
    page, program, repository, *firmware = (Path(argument).resolve() for argument in sys.argv[1:])
    if not program.exists():
        print(f"{program} has not been built")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "```diff " in page.read_text():
            copy_sources(repository, folder)
        else:
            (folder / "docs").symlink_to(repository / "docs")
        count = follow(page, folder, prepare(folder, program, repository, *firmware or [None]))
    if count == 0:
        sys.exit(f"{page}: no command found")
    print(f"{count} commands")


if __name__ == "__main__":
    main()
