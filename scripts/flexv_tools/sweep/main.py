# SPDX-License-Identifier: Apache-2.0
"""Run a study: every point of it on the simulator, with a table and a page of the results.

    scripts/sweep STUDY.json --out FOLDER       runs it here, a process a core
    scripts/sweep STUDY.json --out FOLDER --engine dask [--scheduler tcp://HOST:PORT]
    scripts/sweep STUDY.json --scaling          how fast it is with 1, 2, 4 .. jobs
    scripts/sweep --compare OLD NEW             two result folders: what changed
    scripts/sweep STUDY.json --compare OLD NEW --out FOLDER    two commits: builds and runs both first

Writes FOLDER/results.csv, FOLDER/reports/*.json, FOLDER/index.html and FOLDER/pictures/ (SVG and PNG). A run whose inputs are known by content
is taken from the cache. Ctrl-C keeps what is done, and --resume goes on. docs/tutorial/sweep.md shows a study.
Exit status: 0; 1 when a point failed, or when --compare finds a difference; 2 for a mistake in the call or the
study; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from flexv_tools import simulator
from flexv_tools.errors import Failure
from flexv_tools.sweep import compare, engines, page, pictures, points, results, study, tasks
from flexv_tools.sweep.results import Row
from flexv_tools.sweep.study import Study, Value

CACHE = simulator.CACHE / "sweep-cache"
Point = dict[str, Value]


class Progress:
    """A line a second on a terminal, a few otherwise: done, rate, time that remains."""

    def __init__(self, total: int, is_quiet: bool) -> None:
        self.total = total
        self.is_quiet = is_quiet
        self.started = self.shown = time.monotonic()
        self.done = self.failed = self.known = 0
        self.interval = 0.2 if sys.stderr.isatty() else 10.0

    def add(self, result: tasks.Result) -> None:
        self.done += 1
        self.failed += result.status != 0
        self.known += result.was_known
        now = time.monotonic()
        if not self.is_quiet and (now - self.shown >= self.interval or self.done == self.total):
            self.shown = now
            self.show(now - self.started)

    def show(self, seconds: float) -> None:
        rate = self.done / seconds if seconds > 0 else 0.0
        left = (self.total - self.done) / rate if rate else 0.0
        line = f"{self.done} of {self.total} points, {self.failed} failed, {self.known} known; {rate:.1f}/s"
        line += f", {left:.0f} s to go" if self.done < self.total else f", {seconds:.1f} s"
        end = "\r" if sys.stderr.isatty() and self.done < self.total else "\n"
        print(f"\033[2K{line}" if sys.stderr.isatty() else line, end=end, file=sys.stderr, flush=True)


@dataclass
class Sweep:
    """A study on its way: the results so far, by the number of the point."""

    study: Study
    program: Path
    out: Path
    cache: Path
    is_quiet: bool
    asked: list[Point] = field(default_factory=list)
    done: dict[int, tasks.Result] = field(default_factory=dict)

    @property
    def reports(self) -> Path:
        return self.out / "reports"

    def run(self, engine: engines.Engine) -> None:
        if self.study.strategy.kind == "pareto":
            progress = Progress(min(self.study.strategy.count, self.study.grid_size), self.is_quiet)
            points.search(self.study, lambda batch: self.costs(self.run_batch(engine, batch, progress)))
        else:
            batch = points.known_points(self.study)
            self.run_batch(engine, batch, Progress(len(batch), self.is_quiet))

    def run_batch(self, engine: engines.Engine, batch: list[Point], progress: Progress) -> list[int]:
        """Numbers of the points, which are done now."""
        first = len(self.asked)
        self.asked += batch
        numbers = list(range(first, len(self.asked)))
        wanted = [
            tasks.task_of(self.study, number, self.asked[number], self.program, self.cache, self.reports)
            for number in numbers
        ]
        for result in engine.results(wanted):
            self.done[result.number] = result
            progress.add(result)
        return numbers

    def costs(self, numbers: Iterable[int]) -> list[tuple[float, ...] | None]:
        """For the search: the costs of a point at its best operating point."""
        found: list[tuple[float, ...] | None] = []
        for number in numbers:
            rows = results.rows_of(self.study, self.asked[number], self.done[number], self.reports)
            priced = [cost for row in rows if (cost := results.costs(self.study, row)) is not None]
            found.append(min(priced) if priced else None)
        return found

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for number, point in enumerate(self.asked):
            result = self.done.get(number)
            if result is None:
                rows += [
                    Row(row.order, row.parameters, row.vdd, row.mhz, results.NOT_RUN, "", "", {})
                    for row in results.rows_of(self.study, point, tasks.Result(number, 1, ""), self.reports)
                ]
            else:
                rows += results.rows_of(self.study, point, result, self.reports)
        return results.with_front(self.study, rows)

    def write(self, engine: str) -> list[Row]:
        rows = self.rows()
        results.write(self.out / "results.csv", results.csv_text(self.study, rows))
        results.write(self.out / "index.html", page.html_text(self.study, rows, versions(self.program, engine)))
        if not pictures.write(self.study, rows, self.out / "pictures") and not self.is_quiet:
            print("no pictures: python3-matplotlib is not there; scripts/sweep installs it", file=sys.stderr)
        return rows


def versions(program: Path, engine: str) -> dict[str, str]:
    """What one needs to do it again."""

    def said(*command: str) -> str:
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=simulator.ROOT, check=False)
        except OSError:
            return ""
        return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else ""

    return {
        "simulator": said(str(program), "--version"),
        "commit": said("git", "describe", "--always", "--dirty"),
        "python": sys.version.split()[0],
        "engine": engine,
    }


def prepare_folder(out: Path, plan: Study, resume: bool) -> TextIO:
    """Makes `out`, or sees that what is in it belongs to the same study. While the file that comes back is open
    no other sweep works there."""
    marker = out / "study.json"
    text = json.dumps(plan.source, indent=2) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not marker.exists() and any(out.iterdir()):
            raise Failure(f"{out}: is not empty; name a new folder")
        file = marker.open("a+", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.seek(0)
        known = file.read()
    except BlockingIOError as error:
        raise Failure(f"{out}: another sweep works there; wait for its end, or name another folder") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{out}: cannot be used: {error}") from error
    if known and not resume:
        raise Failure(f"{out}: holds results already; --resume goes on with them, or name another folder")
    if known and known != text:
        raise Failure(f"{out}: holds results of another study; name another folder")
    if not known:
        file.write(text)
        file.flush()
    return file


def require_writable(folder: Path, what: str) -> None:
    """Raises Failure at once, before every point fails by it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Failure(f"{folder}: {what} cannot be written: {error.strerror}") from error


def run_study(plan: Study, options: argparse.Namespace, program: Path, out: Path) -> int:
    sweep = Sweep(plan, program, out, options.cache, options.quiet)
    status = 0
    with ExitStack() as stack:
        stack.enter_context(prepare_folder(out, plan, options.resume))
        require_writable(sweep.reports, "reports")
        require_writable(options.cache, "the cache (--cache)")
        engine = stack.enter_context(engines.make(options.engine, options.jobs, options.scheduler))
        try:
            sweep.run(engine)
        except KeyboardInterrupt:
            print("\ninterrupted; --resume goes on from here", file=sys.stderr)
            status = 130
        rows = sweep.write(engine.description)
    if options.publish:
        publish(plan, rows, options.publish)
    failed = [row for row in rows if not row.is_ok]
    if not options.quiet:
        print(ending(plan, rows, out), file=sys.stderr)
    return status or (1 if failed else 0)


def publish(plan: Study, rows: list[Row], folder: Path) -> None:
    """Table and page for a place without the reports; nothing in them says on which machine they were made."""
    without = [replace(row, report="") for row in rows]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder}: cannot be made: {error.strerror}") from error
    results.write(folder / "results.csv", results.csv_text(plan, without))
    results.write(folder / "index.html", page.html_text(plan, without, {}))


def measure_scaling(plan: Study, options: argparse.Namespace, program: Path) -> int:
    """The study with 1, 2, 4 .. jobs, nothing known beforehand: a row each. Then how much of the work is this
    program's own, which one processor has to do however many simulators run."""
    counts = [1 << i for i in range(options.jobs.bit_length()) if 1 << i < options.jobs] + [options.jobs]
    print(f"{'jobs':>4} {'seconds':>9} {'points/s':>9} {'speed-up':>9} {'efficiency':>11}")
    alone = 0.0
    count = 0
    before = (processor_seconds(resource.RUSAGE_SELF), processor_seconds(resource.RUSAGE_CHILDREN))
    for jobs in counts:
        with tempfile.TemporaryDirectory() as folder:
            sweep = Sweep(plan, program, Path(folder) / "out", Path(folder) / "cache", is_quiet=True)
            with engines.make(options.engine, jobs, options.scheduler) as engine:
                started = time.monotonic()
                sweep.run(engine)
                seconds = time.monotonic() - started
        failed = [result for result in sweep.done.values() if result.status != 0]
        if failed:
            raise Failure(f"{len(failed)} points fail, so their time says nothing; first: {failed[0].message}")
        alone = alone or seconds
        count += len(sweep.done)
        gain = alone / seconds
        print(f"{jobs:4} {seconds:9.2f} {len(sweep.done) / seconds:9.2f} {gain:8.2f}x {100 * gain / jobs:9.0f} %", flush=True)
    own = (processor_seconds(resource.RUSAGE_SELF) - before[0]) / count
    theirs = (processor_seconds(resource.RUSAGE_CHILDREN) - before[1]) / count
    if options.engine == "local":
        print(f"a point: {1e3 * own:.1f} ms of this program, {1e3 * theirs:.1f} ms of simulators and build commands; "
              f"enough for {1 + theirs / own:.0f} processors")  # fmt: skip
    return 0


def processor_seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def ending(plan: Study, rows: list[Row], out: Path) -> str:
    lines = []
    failed = [row for row in rows if not row.is_ok]
    for row in failed[:5]:
        where = ", ".join(f"{key}={value}" for key, value in row.parameters.items())
        lines.append(f"  {where or 'the only point'}: {row.status}: {row.message}")
    if len(failed) > 5:
        lines.append(f"  and {len(failed) - 5} more; results.csv has all")
    for objective in plan.objectives:
        best = page.best_row(plan, rows, objective)
        if best is not None:
            value = results.number_text(best.metrics[objective.name])
            where = ", ".join(f"{key}={text}" for key, text in best.parameters.items())
            lines.append(f"best {objective.name}: {value} at {where or 'the only point'}")
    lines.append(f"{len(rows)} rows, {len(failed)} failed: {out / 'results.csv'}, {out / 'index.html'}")
    return "\n".join(lines)


def run_commits(options: argparse.Namespace) -> int:
    """Builds both commits in work trees of their own, runs the study on each, and compares."""
    folders = []
    for revision in options.compare:
        commit = git("rev-parse", "--short=12", "--verify", f"{revision}^{{commit}}")
        if not commit:
            raise Failure(f"{revision}: neither a folder with results nor a commit")
        tree = simulator.ROOT / "build/revisions" / commit
        if not tree.exists():
            git("worktree", "add", "--detach", str(tree), commit)
        build(tree)
        out = options.out / commit
        run_study(study.load(options.study), options, tree / "build/release/flexv-vp", out)
        folders.append(out)
    return print_comparison(folders[0], folders[1], options.tolerance)


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=simulator.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def build(tree: Path) -> None:
    for command in (
        ["cmake", "--preset", "release", "-DFLEXV_TESTS=OFF"],
        ["cmake", "--build", "build/release", "--target", "flexv-vp"],
    ):
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{tree}: {' '.join(command)} failed\n{done.stderr[-2000:]}")


def print_comparison(old: Path, new: Path, tolerance_percent: float) -> int:
    lines, differs = compare.compare(compare.read(old), compare.read(new), tolerance_percent)
    print("\n".join(lines))
    return 1 if differs else 0


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/sweep", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="?", type=Path, metavar="STUDY.json")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the results go")
    parser.add_argument("--engine", choices=("local", "dask"), default="local", help="who does the work")
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help="a running Dask scheduler, or its scheduler file; implies dask")
    parser.add_argument("--jobs", type=int, default=engines.default_jobs(), metavar="N", help="runs at once")
    parser.add_argument("--resume", action="store_true", help="go on with the results in FOLDER")
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="FOLDER", help="runs known by content")
    parser.add_argument("--program", type=Path, default=simulator.PROGRAM, help="the simulator")
    parser.add_argument("--compare", nargs=2, metavar=("OLD", "NEW"), help="two result folders or two commits")
    parser.add_argument("--tolerance", type=float, default=0.0, metavar="PERCENT", help="of --compare; default 0")
    parser.add_argument("--scaling", action="store_true", help="only measure how fast 1, 2, 4 .. --jobs are")
    parser.add_argument("--publish", type=Path, metavar="FOLDER", help="also table and page without reports, there")
    parser.add_argument("--quiet", action="store_true", help="neither progress nor summary")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error("--jobs must be at least 1")
    if not options.tolerance >= 0:
        parser.error("--tolerance must not be negative")
    if options.compare is None and (options.study is None or (options.out is None and not options.scaling)):
        parser.error("expected STUDY.json --out FOLDER, STUDY.json --scaling, or --compare OLD NEW")
    if options.scaling and options.scheduler:
        parser.error("--scaling changes the number of workers; a running scheduler has its own")
    return options


def dispatch(options: argparse.Namespace) -> int:
    options.cache = options.cache.resolve()
    if options.compare is None:
        if not options.program.is_file():
            raise Failure(f"{options.program}: not found; scripts/demo builds it")
        program = options.program.resolve()
        if options.scaling:
            return measure_scaling(study.load(options.study, program), options, program)
        return run_study(study.load(options.study, program), options, program, options.out)
    if all((Path(name) / "results.csv").exists() or Path(name).is_file() for name in options.compare):
        return print_comparison(Path(options.compare[0]), Path(options.compare[1]), options.tolerance)
    if options.study is None or options.out is None:
        missing = [name for name in options.compare if not (Path(name) / "results.csv").exists()]
        raise Failure(f"{missing[0]}: no results.csv there; to compare commits give STUDY.json and --out, too")
    return run_commits(options)


def main(arguments: list[str] | None = None) -> int:
    try:
        return dispatch(read_arguments(arguments))
    except Failure as error:
        print(f"sweep: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
