# SPDX-License-Identifier: Apache-2.0
"""Who does the tasks: processes of this machine, or the workers of a Dask cluster.

Both take a list of tasks and hand out results as they end, in any order."""

from __future__ import annotations

import concurrent.futures
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from flexv_tools.errors import Failure
from flexv_tools.sweep.tasks import Result, Task, perform

PACKAGE = Path(__file__).resolve().parents[1]
RETRIES = 3  # of a task whose worker died


class Engine(AbstractContextManager["Engine"], Protocol):
    description: str

    def results(self, tasks: list[Task]) -> Iterator[Result]:
        """Each task's result once."""
        ...


def make(name: str, jobs: int, scheduler: str) -> Engine:
    """`name` is local or dask; `scheduler` the address of a running one or its scheduler file, or "" to start one
    here."""
    if name == "dask" or scheduler:
        return DaskEngine(jobs, scheduler)
    return LocalEngine(jobs)


def default_jobs() -> int:
    return len(os.sched_getaffinity(0))


class LocalEngine:
    """Threads that wait for processes: the work is in the simulator, not in Python."""

    def __init__(self, jobs: int) -> None:
        self.description = f"{jobs} process{'es' if jobs > 1 else ''} on this machine"
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    def results(self, tasks: list[Task]) -> Iterator[Result]:
        futures = [self.pool.submit(perform, task) for task in tasks]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()


class DaskEngine:
    """Dask distributed. The workers see the same files under the same paths (a shared folder); a task whose
    worker dies is given to another one, RETRIES times."""

    def __init__(self, jobs: int, scheduler: str) -> None:
        try:
            import dask
            import distributed
        except ImportError as error:
            raise Failure("the engine dask needs python3-distributed; scripts/sweep installs it") from error
        self.distributed: Any = distributed
        self.cluster: Any = None
        dask.config.set({"distributed.scheduler.allowed-failures": RETRIES})
        if scheduler:
            self.client: Any = self.connected(scheduler)
            self.description = f"Dask at {scheduler}"
        else:
            self.cluster = self.distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
                silence_logs=50,
                local_directory=tempfile.gettempdir(),
            )
            self.client = self.distributed.Client(self.cluster)
            self.description = f"Dask with {jobs} worker{'s' if jobs > 1 else ''} on this machine"
        self.send_package()

    def connected(self, scheduler: str) -> Any:
        try:
            if Path(scheduler).is_file():
                return self.distributed.Client(scheduler_file=scheduler, timeout=10)
            return self.distributed.Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise Failure(f"{scheduler}: no Dask scheduler answers there: {error}") from error

    def send_package(self) -> None:
        """Workers elsewhere need this package, nothing else of the repository's scripts."""
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "flexv_tools_package.zip"
            with zipfile.ZipFile(archive, "w") as file:
                for path in sorted(PACKAGE.rglob("*.py")):
                    file.write(path, path.relative_to(PACKAGE.parent))
            self.client.upload_file(str(archive))

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()

    def results(self, tasks: list[Task]) -> Iterator[Result]:
        futures = {self.client.submit(perform, task, pure=False, retries=RETRIES): task for task in tasks}
        for future in self.distributed.as_completed(list(futures)):
            if future.status == "finished":
                yield future.result()
            else:  # every retry has lost its worker
                task = futures[future]
                yield Result(task.number, 103, f"the worker died {RETRIES + 1} times on this point")
