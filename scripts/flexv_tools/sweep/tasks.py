# SPDX-License-Identifier: Apache-2.0
"""One point of a study as a task of plain data, and how it is done: image, run, re-pricing.

A task is done in whatever process or machine an engine gives it; it finds the simulator and the images by
path. A run whose inputs are known (simulator, image, configuration, options, all by content) is taken from
the cache instead of being repeated."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from flexv_tools import simulator
from flexv_tools.sweep.metrics import Expression, MetricError
from flexv_tools.sweep.study import FIRMWARE, PLACEHOLDER, Study, Value, derived_values, is_of_platform

REFUSED = 101  # what the simulator calls a mistake of the user
BUILD_FAILED = 125  # no exit status of the simulator
_BUILDING: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # by image: one build for all points of it


@dataclass(frozen=True)
class Task:
    """What a worker needs to know. All of it is plain text and numbers."""

    number: int
    program: str
    folder: str  # where the build command runs
    image: str  # "" when the command makes it
    command: str
    inputs: tuple[str, ...]
    config: str
    arguments: tuple[str, ...]
    parameters: tuple[tuple[str, Value], ...]
    derived: tuple[tuple[str, str], ...]  # key and expression of parameters
    operating_points: tuple[tuple[float, float], ...]
    energy_profile: str
    timeout_seconds: float | None
    cache: str
    reports: str


@dataclass(frozen=True)
class Result:
    """What became of a task: a report for each operating point, or why there is none."""

    number: int
    status: int
    message: str
    reports: tuple[str, ...] = ()  # file names below the folder of reports
    was_known: bool = False
    failures: tuple[str, ...] = field(default=())  # an operating point's message, "" where it is fine


def task_of(study: Study, number: int, point: dict[str, Value], program: Path, cache: Path, reports: Path) -> Task:
    images = study.firmware.images
    if not images:
        image = ""
    elif FIRMWARE in point:
        image = str(images[study.parameters[FIRMWARE].index(point[FIRMWARE])])
    else:
        image = str(images[0])
    return Task(
        number=number,
        program=str(program),
        folder=str(study.folder),
        image=image,
        command=study.firmware.command,
        inputs=tuple(str(path) for path in study.firmware.inputs),
        config=study.config,
        arguments=study.arguments,
        parameters=tuple(point.items()),
        derived=tuple((key, expression.text) for key, expression in study.derived.items()),
        operating_points=tuple((each.vdd, each.mhz) for each in study.operating_points),
        energy_profile=study.energy_profile,
        timeout_seconds=study.timeout_seconds,
        cache=str(cache),
        reports=str(reports),
    )


def perform(task: Task) -> Result:
    """Does a task. Never raises: what goes wrong is the result's status and message."""
    try:
        return _perform(task)
    except Exception as error:  # noqa: BLE001  a worker must live on, and the row says what it was
        return Result(task.number, 103, f"{type(error).__name__}: {error}")


def _perform(task: Task) -> Result:
    try:
        expressions = [(key, Expression.parse(text)) for key, text in task.derived]
        more = derived_values(expressions, dict(task.parameters))
    except MetricError as error:
        return Result(task.number, REFUSED, str(error))
    task = replace(task, parameters=(*task.parameters, *more.items()))
    image, problem = image_of(task)
    if problem:
        return Result(task.number, BUILD_FAILED, problem)
    key = key_of(task, image)
    known = Path(task.cache) / "runs" / key
    was_known = known.is_dir()
    if not was_known:
        run_into(task, image, known)
    outcome = json.loads((known / "outcome.json").read_text())
    if outcome["status"] != 0:
        return Result(task.number, outcome["status"], outcome["message"], was_known=was_known)
    reports, failures = priced(task, known)
    return Result(task.number, 0, "", reports, was_known, failures)


# --- images


def image_of(task: Task) -> tuple[Path, str]:
    """The image of the point and "", or what the build command said."""
    if task.image:
        return Path(task.image), ""
    values = dict(task.parameters)

    def text_of(match: re.Match[str]) -> str:
        return "{out}" if match[1] == "out" else shlex.quote(str(values[match[1]]))

    text = PLACEHOLDER.sub(text_of, task.command)
    key = digest([text.encode(), *content_of_all(task.inputs)])
    folder = Path(task.cache) / "images"
    image = folder / f"{key}.elf"
    with _BUILDING[key]:
        return image, "" if image.exists() else built(task, text, image)


def built(task: Task, text: str, image: Path) -> str:
    """Runs the build command `text`; "", or what it said."""
    folder = image.parent
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / "image.elf"
        command = text.replace("{out}", shlex.quote(str(made)))
        done = subprocess.run(
            command, shell=True, cwd=task.folder, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode != 0 or not made.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            why = said[-1] if said else "it made no image"
            return f"firmware was not built (exit status {done.returncode}): {why}"
        os.replace(made, image)
    return ""


# --- keys


def digest(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little"))
        total.update(part)
    return total.hexdigest()[:24]


def content_of_all(paths: Iterable[str]) -> list[bytes]:
    """Names and contents of files, and of all files in folders."""
    parts = []
    for path in map(Path, paths):
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for file in files:
            parts += [str(file.relative_to(path.parent)).encode(), content_of(str(file)).encode()]
    return parts


def content_of(path: str) -> str:
    stat = os.stat(path)
    return _content_of(path, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=4096)
def _content_of(path: str, _changed: int, _size: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def key_of(task: Task, image: Path) -> str:
    """All that decides what a run gives."""
    texts = [*arguments_of(task), str(task.timeout_seconds)]
    files = [task.program, str(image), *files_in(texts)]
    return digest([*(content_of(name).encode() for name in files), *(text.encode() for text in texts)])


def files_in(arguments: list[str]) -> list[str]:
    """Files that arguments name, alone or behind a `=`, and those that profiles among them extend."""
    found: list[str] = []
    names = [part for text in arguments for part in {text, text.rpartition("=")[2]} if part]
    while names:
        name = names.pop(0)
        if name not in found and len(name) < 4096 and Path(name).is_file():
            found.append(name)
            names += extended_by(name)
    return found


def extended_by(name: str) -> list[str]:
    """What a profile of energy extends; nothing for other files."""
    if not name.endswith(".json"):
        return []
    with contextlib.suppress(OSError, ValueError):
        value = json.loads(Path(name).read_text(encoding="utf-8"))
        if isinstance(value, dict) and isinstance(value.get("extends"), str):
            return [value["extends"]]
    return []


# --- runs


def setting_text(value: Value) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def arguments_of(task: Task) -> list[str]:
    arguments = ["--config", task.config] if task.config else []
    arguments += task.arguments
    if task.energy_profile:
        arguments += ["--energy-profile", task.energy_profile]
    for key, value in task.parameters:
        if is_of_platform(key):
            arguments += ["--set", f"{key}={setting_text(value)}"]
    return arguments


def run_into(task: Task, image: Path, known: Path) -> None:
    """Runs and keeps what came out; appears whole or not at all."""
    known.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=known.parent))
    try:
        report = scratch / "report.json"
        outcome = simulator.run_to(Path(task.program), image, arguments_of(task), report, task.timeout_seconds)
        status = outcome.status
        message = outcome.message
        if status != 0 and not message:
            message = f"the firmware ended with {status}" if 0 < status < 100 else f"exit status {status}"
        if status == 0 and not report.exists():
            status, message = 103, "the simulator wrote no report"
        (scratch / "outcome.json").write_text(json.dumps({"status": status, "message": message}) + "\n")
        if status in (124,) or status > 128 or status < 0:  # time or a signal: of this moment, not of the inputs
            known = scratch.with_suffix(".once")
        try:
            os.rename(scratch, known)
        except OSError:
            pass  # another worker had the same inputs and was first
        if known.suffix == ".once":
            raise RuntimeError(message or f"ended by signal (status {status})")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if known.suffix == ".once":
            shutil.rmtree(known, ignore_errors=True)


def priced(task: Task, known: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The report as it is, or one for each operating point; copied to the study's reports."""
    folder = Path(task.reports)
    folder.mkdir(parents=True, exist_ok=True)
    if not task.operating_points:
        name = f"{task.number:05d}.json"
        place(known / "report.json", folder / name)
        return (name,), ("",)
    names, failures = [], []
    for vdd, mhz in task.operating_points:
        point = f"{vdd:.12g}V_{mhz:.12g}MHz.json"
        name = f"{task.number:05d}_{point}"
        stored = known / point
        failure = ""
        if not stored.exists():
            beside = stored.with_name(f"{stored.name}.{os.getpid()}")
            outcome = simulator.price(
                Path(task.program), known / "report.json", ["--vdd", f"{vdd:.12g}", "--mhz", f"{mhz:.12g}"], beside
            )
            if outcome.status == 0:
                os.replace(beside, stored)
            else:
                failure = outcome.message or f"price: exit status {outcome.status}"
        if not failure:
            place(stored, folder / name)
        names.append(name)
        failures.append(failure)
    return tuple(names), tuple(failures)


def place(source: Path, target: Path) -> None:
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, beside)
    os.replace(beside, target)
