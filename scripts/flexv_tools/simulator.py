# SPDX-License-Identifier: Apache-2.0
"""The simulator as a command: runs firmware, re-prices reports, gives its configuration."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexv_tools.errors import Failure

ROOT = Path(__file__).resolve().parents[2]  # the repository, or share/flexv of an installed copy
IS_INSTALLED = (ROOT.parent / "flexv_firmware").exists()
PROGRAM = ROOT.parents[1] / "bin/flexv-vp" if IS_INSTALLED else ROOT / "build/release/flexv-vp"
FIRMWARE_PACKAGE = ROOT.parent / "flexv_firmware" if IS_INSTALLED else ROOT / "sw"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flexv" if IS_INSTALLED else ROOT / "build"

Report = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a command of the simulator ended."""

    status: int
    message: str  # its last words on stderr that say why, one line
    report: Report | None


def last_words(stderr: str) -> str:
    """The first line that is an error, else the last line that says anything."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    for line in lines:
        if line.startswith("flexv:"):
            return line.removeprefix("flexv:").strip().removeprefix("error:").strip()
    return lines[-1] if lines else ""


def call(command: list[str], timeout_seconds: float | None = None) -> Outcome:
    """Runs `command`, which prints a report to stdout's file `--report`, given last."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=timeout_seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise Failure(f"{command[0]}: not found; scripts/demo builds it") from error
    except subprocess.TimeoutExpired:
        return Outcome(124, f"no end after {timeout_seconds:g} s", None)
    return Outcome(done.returncode, last_words(done.stderr.decode(errors="replace")), None)


def run(
    program: Path,
    firmware: Path,
    arguments: list[str],
    report: Path,
    timeout_seconds: float | None = None,
) -> Outcome:
    """`flexv-vp run`; the outcome holds the report when one was written."""
    done = run_to(program, firmware, arguments, report, timeout_seconds)
    return Outcome(done.status, done.message, load_report(report) if report.exists() else None)


def run_to(
    program: Path, firmware: Path, arguments: list[str], report: Path, timeout_seconds: float | None = None
) -> Outcome:
    """The same; the report stays in its file."""
    return call(
        [str(program), "run", str(firmware), *arguments, "--quiet", "--report", str(report)], timeout_seconds
    )


def price(program: Path, report: Path, arguments: list[str], output: Path) -> Outcome:
    """`flexv-vp price`: the same run at another operating point."""
    done = call([str(program), "price", str(report), *arguments, "--quiet", "--report", str(output)])
    return Outcome(done.status, done.message, load_report(output) if done.status == 0 else None)


def configuration(program: Path, config: str) -> dict[str, Any]:
    """`flexv-vp config`: every parameter with its value, {path: value}. `config` may be empty."""
    command = [str(program), "config", *(["--config", config] if config else [])]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise Failure(f"flexv-vp config: {last_words(done.stderr)}")
    text = "\n".join(line for line in done.stdout.splitlines() if not line.lstrip().startswith("//"))
    found: dict[str, Any] = {}

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, member in value.items():
                walk(f"{path}.{key}" if path else key, member)
        else:
            found[path] = value

    walk("", json.loads(text))
    return found


def load_report(path: Path) -> Report:
    try:
        value = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise Failure(f"{path}: no report: {error}") from error
    if not isinstance(value, dict):
        raise Failure(f"{path}: no report: expected an object")
    return value
