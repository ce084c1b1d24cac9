# SPDX-License-Identifier: Apache-2.0
"""A study: what to run, over which parameters, and what of the results counts.

    {
      "name": "cores and banks",
      "firmware": "build/sw/matmul.elf",
      "config": "flexv_cluster",
      "parameters": {"soc.cluster.core_count": [1, 2, 4, 8], "soc.cluster.tcdm.bank_count": [8, 16]},
      "points": "grid",
      "operating_points": [{"vdd": 0.65, "mhz": 463}],
      "objectives": [{"name": "cycles", "metric": "/cycles", "goal": "min"}],
      "constraints": ["{/energy/mean_mw} <= 30"]
    }

`firmware` is a path, a list of paths (which is then a parameter), or {"build": COMMAND, "inputs": [FILES]}: the
command makes the image of a point at {out}, with parameters in braces. Paths are relative to the study.
A parameter whose key begins with `firmware.` goes to that command alone, one that begins with `study.` only into
expressions, every other one to `--set`. `restore` names a checkpoint of which only prices and operating point may differ.
`derived` has parameters of the platform that follow from those of the study:
{"soc.cluster.tcdm.bank_count": "{study.banking_factor} * {soc.cluster.core_count}"}.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flexv_tools import simulator
from flexv_tools.errors import Failure
from flexv_tools.json_lines import Document, Path_, read
from flexv_tools.sweep.metrics import Expression

Value = str | int | float | bool
KEYS = (
    "name firmware config arguments parameters derived points operating_points objectives constraints "
    "max_cycles timeout_seconds energy_profile restore"
).split()
FIRMWARE = "firmware"  # the parameter that a list of images makes
FIRMWARE_PREFIX = "firmware."
STUDY_PREFIX = "study."
COLUMNS = ("vdd", "mhz", "status", "feasible", "pareto", "report", "message")  # of the table, beside a study's own
KEY = re.compile(r"[A-Za-z_][\w.\[\]-]*")
MAX_POINTS = 1_000_000
MAX_SECONDS = 1e6  # eleven days: what a process can be waited for
PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.\[\]-]*)\}")  # of a build command; other braces are the shell's


@dataclass(frozen=True)
class Objective:
    name: str
    expression: Expression
    is_max: bool


@dataclass(frozen=True)
class Firmware:
    """Either images, or a command that makes one."""

    images: tuple[Path, ...] = ()
    command: str = ""
    inputs: tuple[Path, ...] = ()  # what the command reads: their content is part of the cache's key


@dataclass(frozen=True)
class Strategy:
    """Which points of the grid are run: all, some by chance, or guided to the Pareto front."""

    kind: str = "grid"  # grid, random or pareto
    count: int = 0
    seed: int = 0


@dataclass(frozen=True)
class OperatingPoint:
    vdd: float
    mhz: float


@dataclass(frozen=True)
class Study:
    name: str
    folder: Path  # of the file; commands of `firmware` run here
    firmware: Firmware
    config: str
    arguments: tuple[str, ...]
    parameters: dict[str, tuple[Value, ...]]
    derived: dict[str, Expression]  # parameters of the platform that follow from those
    strategy: Strategy
    operating_points: tuple[OperatingPoint, ...]
    objectives: tuple[Objective, ...]
    constraints: tuple[Expression, ...]
    energy_profile: str = ""
    timeout_seconds: float | None = None
    source: Any = field(default=None, compare=False)  # the document, for the page and for --resume

    @property
    def grid_size(self) -> int:
        size = 1
        for values in self.parameters.values():
            size *= len(values)
        return size


def is_of_platform(key: str) -> bool:
    """Whether a parameter of a study is one of `flexv-vp config`."""
    return key != FIRMWARE and not key.startswith((FIRMWARE_PREFIX, STUDY_PREFIX))


def derived_values(derived: Iterable[tuple[str, Expression]], point: dict[str, Value]) -> dict[str, Value]:
    """Raises MetricError for what has no value at this point."""
    found: dict[str, Value] = {}
    for key, expression in derived:
        value = expression.value({}, point)
        found[key] = int(value) if value == int(value) else value
    return found


def load(path: Path, program: Path | None = None) -> Study:
    """Reads and checks a study, with `program` also the names of its parameters. Raises Failure that names file,
    line and key."""
    document = read(path)
    study = _Reader(document, path.resolve().parent).study()
    if program is not None:
        require_parameters(study, simulator.configuration(program, study.config), document)
    return study


def require_parameters(study: Study, known: Iterable[str], document: Document) -> None:
    """Raises Failure for a parameter that the platform does not have; `known` are its keys."""
    names = list(known)
    for kind, keys in (("parameters", list(study.parameters)), ("derived", list(study.derived))):
        for key in keys:
            if not is_of_platform(key) or key in names:
                continue
            near = difflib.get_close_matches(key, names, n=1, cutoff=0)
            hint = f"; nearest: {near[0]}" if near else ""
            raise document.failure((kind, key), f"no parameter of the platform{hint} (`flexv-vp config` has all)")


class _Reader:
    def __init__(self, document: Document, folder: Path) -> None:
        self.document = document
        self.folder = folder

    def study(self) -> Study:
        root = self.document.value
        if not isinstance(root, dict):
            raise self.document.failure((), "expected an object with the keys " + ", ".join(KEYS))
        self.check_keys((), root, KEYS)
        for key in ("firmware", "objectives"):
            if key not in root:
                raise self.document.failure((), f"{key} is missing")
        firmware = self.firmware()
        parameters = self.parameters(firmware)
        derived = self.derived(parameters)
        study = Study(
            name=self.text("name", Path(self.document.name).stem),
            folder=self.folder,
            firmware=firmware,
            config=self.config(),
            arguments=self.arguments(),
            parameters=parameters,
            derived=derived,
            strategy=self.strategy(),
            operating_points=self.operating_points(),
            objectives=self.objectives([*parameters, *derived]),
            constraints=self.constraints(),
            energy_profile=self.file_or_name("energy_profile"),
            timeout_seconds=self.positive("timeout_seconds", MAX_SECONDS),
            source=root,
        )
        self.check_references(study)
        return study

    # --- parts

    def firmware(self) -> Firmware:
        value = self.document.value["firmware"]
        if isinstance(value, dict):
            return self.firmware_command(value)
        paths = value if isinstance(value, list) else [value]
        if not paths or not all(isinstance(path, str) and path for path in paths):
            raise self.document.failure(("firmware",), 'expected a path, a list of paths, or {"build": COMMAND}')
        if len(set(paths)) != len(paths):
            raise self.document.failure(("firmware",), "the same image stands twice")
        images = tuple(self.existing(("firmware",), path) for path in paths)
        for image in images:
            if not image.is_file():
                raise self.document.failure(("firmware",), f"{image} is no file")
        return Firmware(images=images)

    def firmware_command(self, value: dict[str, Any]) -> Firmware:
        self.check_keys(("firmware",), value, ["build", "inputs"])
        command, inputs = value.get("build"), value.get("inputs", [])
        if not isinstance(command, str) or "{out}" not in command:
            raise self.document.failure(("firmware", "build"), "expected a command that writes the image to {out}")
        if not isinstance(inputs, list) or not all(isinstance(name, str) for name in inputs):
            raise self.document.failure(("firmware", "inputs"), "expected a list of files and folders")
        return Firmware(
            command=command,
            inputs=tuple(self.existing(("firmware", "inputs", i), name) for i, name in enumerate(inputs)),
        )

    def parameters(self, firmware: Firmware) -> dict[str, tuple[Value, ...]]:
        value = self.document.value.get("parameters", {})
        if not isinstance(value, dict):
            raise self.document.failure(("parameters",), 'expected {"key": [values]}')
        parameters: dict[str, tuple[Value, ...]] = {}
        if len(firmware.images) > 1:
            parameters[FIRMWARE] = tuple(self.document.value["firmware"])
        for key, values in value.items():
            if key == FIRMWARE:
                raise self.document.failure(("parameters", key), 'images are listed by "firmware" of the study')
            parameters[key] = self.values_of(("parameters", key), key, values)
            if key.startswith(FIRMWARE_PREFIX) and not firmware.command:
                raise self.document.failure(("parameters", key), 'needs firmware as {"build": COMMAND}')
        size = 1
        for each in parameters.values():
            size *= len(each)
        if size > MAX_POINTS and self.strategy().kind == "grid":
            raise self.document.failure(
                ("parameters",), f'a grid of {size:,} points; at most {MAX_POINTS:,}, or "points": {{"random": N}}'
            )
        return parameters

    def derived(self, parameters: dict[str, tuple[Value, ...]]) -> dict[str, Expression]:
        value = self.document.value.get("derived", {})
        if not isinstance(value, dict):
            raise self.document.failure(("derived",), 'expected {"key": "expression of parameters in braces"}')
        derived: dict[str, Expression] = {}
        for key, text in value.items():
            path: Path_ = ("derived", key)
            if not KEY.fullmatch(key) or not is_of_platform(key):
                raise self.document.failure(path, "no key of the configuration; `flexv-vp config` lists them")
            if key in parameters:
                raise self.document.failure(path, "is a parameter of the study already")
            derived[key] = self.expression(path, text)
            for name in derived[key].references:
                numbers = [value for value in parameters.get(name, ()) if type(value) in (int, float)]
                if name not in parameters or len(numbers) != len(parameters[name]):
                    raise self.document.failure(path, f"{{{name}}} is no parameter of this study with numbers as values")
        return derived

    def values_of(self, path: Path_, key: str, values: Any) -> tuple[Value, ...]:
        if not KEY.fullmatch(key):
            raise self.document.failure(path, "no key of the configuration; `flexv-vp config` lists them")
        if not isinstance(values, list) or not values:
            raise self.document.failure(path, "expected a list of values, at least one")
        for i, value in enumerate(values):
            if not isinstance(value, (str, int, float, bool)):
                raise self.document.failure((*path, i), "expected a number, a text, true or false")
        if len({repr(value) for value in values}) != len(values):
            raise self.document.failure(path, "the same value stands twice")
        return tuple(values)

    def strategy(self) -> Strategy:
        value = self.document.value.get("points", "grid")
        if value == "grid":
            return Strategy()
        kinds = [kind for kind in ("random", "pareto") if isinstance(value, dict) and kind in value]
        if len(kinds) != 1:
            raise self.document.failure(
                ("points",), 'expected "grid", {"random": N, "seed": S} or {"pareto": N, "seed": S}'
            )
        self.check_keys(("points",), value, [kinds[0], "seed"])
        count, seed = value[kinds[0]], value.get("seed", 0)
        if type(count) is not int or not 1 <= count <= MAX_POINTS:
            raise self.document.failure(("points", kinds[0]), f"expected a number of points, 1 to {MAX_POINTS:,}")
        if type(seed) is not int:
            raise self.document.failure(("points", "seed"), "expected a whole number")
        return Strategy(kinds[0], count, seed)

    def operating_points(self) -> tuple[OperatingPoint, ...]:
        value = self.document.value.get("operating_points", [])
        if not isinstance(value, list):
            raise self.document.failure(("operating_points",), 'expected [{"vdd": V, "mhz": F}, ...]')
        points = []
        for i, item in enumerate(value):
            path: Path_ = ("operating_points", i)
            if not isinstance(item, dict) or set(item) != {"vdd", "mhz"}:
                raise self.document.failure(path, 'expected {"vdd": V, "mhz": F}')
            for key, number in item.items():
                if isinstance(number, bool) or not isinstance(number, (int, float)) or number <= 0:
                    raise self.document.failure((*path, key), "expected a positive number")
            point = OperatingPoint(float(item["vdd"]), float(item["mhz"]))
            if point in points:
                raise self.document.failure(path, "the same operating point stands twice")
            points.append(point)
        return tuple(points)

    def objectives(self, taken: list[str]) -> tuple[Objective, ...]:
        """`taken` are columns of the table that parameters have."""
        value = self.document.value["objectives"]
        if not isinstance(value, list) or not value:
            raise self.document.failure(("objectives",), "expected a list, at least one objective")
        objectives: list[Objective] = []
        for i, item in enumerate(value):
            path: Path_ = ("objectives", i)
            if not isinstance(item, dict):
                raise self.document.failure(path, 'expected {"metric": ..., "goal": "min"|"max", "name": ...}')
            self.check_keys(path, item, ["metric", "goal", "name"])
            metric, goal = item.get("metric"), item.get("goal", "min")
            if goal not in ("min", "max"):
                raise self.document.failure((*path, "goal"), f"{goal!r}: expected min or max")
            expression = self.expression((*path, "metric"), metric)
            name = item.get("name", metric)
            if not isinstance(name, str) or not name or any(name == other.name for other in objectives):
                raise self.document.failure((*path, "name"), "expected a name of its own")
            if name in COLUMNS or name in taken:
                raise self.document.failure((*path, "name"), f"{name!r} is another column of the table of results")
            objectives.append(Objective(name, expression, goal == "max"))
        return tuple(objectives)

    def constraints(self) -> tuple[Expression, ...]:
        value = self.document.value.get("constraints", [])
        if not isinstance(value, list):
            raise self.document.failure(("constraints",), 'expected a list, such as ["{/energy/mean_mw} <= 30"]')
        return tuple(self.expression(("constraints", i), text) for i, text in enumerate(value))

    def expression(self, path: Path_, text: Any) -> Expression:
        if not isinstance(text, str):
            raise self.document.failure(path, "expected a JSON pointer or an expression of such")
        try:
            return Expression.parse(text)
        except Failure as error:
            raise self.document.failure(path, str(error)) from error

    # --- kinds of values

    def check_keys(self, path: Path_, value: dict[str, Any], known: list[str]) -> None:
        for key in value:
            if key not in known:
                raise self.document.failure((*path, key), f"unknown key; known are {', '.join(known)}")

    def text(self, key: str, default: str) -> str:
        value = self.document.value.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.document.failure((key,), "expected a text")
        return value

    def config(self) -> str:
        return self.file_or_name("config")

    def file_or_name(self, key: str) -> str:
        """A file beside the study as an absolute path; anything else is a name that the platform knows."""
        value = self.document.value.get(key, "")
        if not isinstance(value, str):
            raise self.document.failure((key,), "expected the path of a file or the name of a shipped one")
        beside = self.folder / value
        if value and beside.is_file():
            return str(beside)
        if value.endswith(".json"):
            raise self.document.failure((key,), f"{value} does not exist beside the study")
        return value

    def arguments(self) -> tuple[str, ...]:
        value = self.document.value.get("arguments", [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.document.failure(("arguments",), "expected a list of options of `flexv-vp run`")
        for i, item in enumerate(value):
            if item.split("=")[0] in ("--report", "--quiet", "--config", "--gdb", "--restore"):
                raise self.document.failure(("arguments", i), f"{item} is the sweep's own")
        limit = self.positive("max_cycles")
        if limit is not None and limit != int(limit):
            raise self.document.failure(("max_cycles",), "expected a whole number of cycles")
        limits = ("--max-cycles", str(int(limit))) if limit else ()
        return (*value, *limits, *self.restore())

    def restore(self) -> tuple[str, ...]:
        """The checkpoint from which every point goes on."""
        name = self.document.value.get("restore")
        if name is None:
            return ()
        if not isinstance(name, str) or not name:
            raise self.document.failure(("restore",), "expected the path of a checkpoint (flexv-vp run --save-at)")
        return ("--restore", str(self.existing(("restore",), name)))

    def positive(self, key: str, largest: float = 1e18) -> float | None:
        value = self.document.value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= largest:
            raise self.document.failure((key,), f"expected a positive number, at most {largest:g}")
        return value

    def existing(self, path: Path_, name: str) -> Path:
        found = (self.folder / name).resolve()
        if not found.exists():
            raise self.document.failure(path, f"{name} does not exist (looked for {found})")
        return found

    def check_references(self, study: Study) -> None:
        """Braces of metrics name pointers or parameters, those of a build command parameters."""
        for kind, expressions in (
            ("objectives", [objective.expression for objective in study.objectives]),
            ("constraints", list(study.constraints)),
        ):
            for i, expression in enumerate(expressions):
                for name in expression.references:
                    if not name.startswith("/") and name not in study.parameters and name not in study.derived:
                        raise self.document.failure((kind, i), f"{{{name}}} is neither a pointer nor a parameter")
        for name in PLACEHOLDER.findall(study.firmware.command):
            if name != "out" and name not in study.parameters and name not in study.derived:
                raise self.document.failure(("firmware", "build"), f"{{{name}}} is no parameter of this study")
