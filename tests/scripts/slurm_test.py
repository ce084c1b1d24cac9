# SPDX-License-Identifier: Apache-2.0
"""studies/slurm.sbatch on a real Slurm: Debian's munged, slurmctld and slurmd, started here on ports of their own.

A worker is killed in the course of the study, and the results still have the bytes of a sweep without Slurm. That needs
root, as slurmd does; where Slurm does not start, the job script alone is run, with a stand-in for srun. The simulator is
the one in the environment variable FLEXV_VP. Exit status 77 without Dask."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
HELLO = ROOT / "sw/prebuilt/hello.elf"
POINTS = 10
TOOLS = ("munged", "slurmctld", "slurmd", "srun", "sbatch")
SKIPPED = 77

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={daemon_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES State=UP
"""


def tool(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Slurm:
    """A cluster of one node, this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        for name in ("state", "spool", "munge"):
            (folder / name).mkdir()
        (folder / "munge/key").write_bytes(os.urandom(128))
        (folder / "munge/key").chmod(0o400)
        host = socket.gethostname().split(".")[0]
        configuration = CONFIGURATION.format(
            host=host,
            folder=folder,
            controller_port=free_port(),
            daemon_port=free_port(),
            processors=os.cpu_count(),
        )
        (folder / "slurm.conf").write_text(configuration)
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}

    def start(self) -> None:
        munge = self.folder / "munge"
        self.spawn("munged", "--foreground", "--force", f"--socket={munge}/socket", f"--key-file={munge}/key",
                   f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")  # fmt: skip
        self.wait_for(lambda: (munge / "socket").exists(), "munged")
        self.spawn("slurmctld", "-D")
        self.spawn("slurmd", "-D")
        self.wait_for(lambda: "idle" in self.said("sinfo", "--noheader"), "an idle node")

    def spawn(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.out").open("wb") as log:
            command = [str(tool(name)), *arguments]
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, env=self.environment))

    def said(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)
        return done.stdout

    def wait_for(self, condition: object, what: str) -> None:
        assert callable(condition)
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.1)
        logs = "\n".join(path.read_text(errors="replace")[-800:] for path in self.folder.glob("*.log"))
        raise AssertionError(f"no {what} within two minutes\n{logs}")

    def stop(self) -> None:
        subprocess.run(["scancel", "--full", "--user", "root"], env=self.environment, capture_output=True, check=False)
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)


def workers_of(folder: Path) -> Iterator[int]:
    """Processes of Dask workers whose scheduler file lies in `folder`."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if any(b"dask-worker" in word for word in words) and b"srun" not in words[0]:
                if any(str(folder).encode() in word for word in words):
                    yield int(path.parent.name)


STAND_IN = """#!/bin/bash
# srun --ntasks=N [OPTION...] COMMAND: runs the command N times on this machine
for word; do
  case $word in --ntasks=*) tasks=${word#*=}; shift;; -*) shift;; *) break;; esac
done
for _ in $(seq "$tasks"); do "$@" & done
trap 'kill $(jobs -p)' TERM
wait
"""


class JobScript(unittest.TestCase):
    """A scratch folder with a study and a repository to submit from."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        # The repository as the nodes see it; what a job leaves in build/ stays in the scratch folder.
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        for name in ("scripts", "studies", "sw"):
            (self.tree / name).symlink_to(ROOT / name)

    def write_study(self, name: str, wait: float) -> Path:
        path = self.folder / name
        parameters = ", ".join(str(number) for number in range(POINTS))
        path.write_text(
            f'{{"firmware": {{"build": "sleep {wait}; cp {HELLO} {{out}}; printf {{firmware.n}} >> {{out}}"}},'
            f'"parameters": {{"firmware.n": [{parameters}]}}, "objectives": [{{"metric": "/cycles"}}]}}'
        )
        return path

    def results_here(self, study: Path) -> bytes:
        """What a sweep without Slurm writes."""
        here = self.folder / "here"
        call = [str(ROOT / "scripts/sweep"), str(study), "--out", str(here), "--cache", str(self.folder / "c1")]
        subprocess.run([*call, "--program", str(PROGRAM)], check=True, capture_output=True)
        return (here / "results.csv").read_bytes()

    def options(self, study: Path) -> list[str]:
        places = ["--out", str(self.folder / "out"), "--cache", str(self.folder / "c2")]
        return ["studies/slurm.sbatch", str(study), *places, "--program", str(PROGRAM)]


class WithoutSlurm(JobScript):
    def job(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        (tools / "srun").write_text(STAND_IN)
        (tools / "srun").chmod(0o755)
        given = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"} | environment
        return subprocess.run(
            ["bash", *arguments], cwd=self.tree, env=given, capture_output=True, text=True, timeout=400, check=False
        )

    def test_the_job_script_runs_a_study_on_its_workers(self) -> None:
        study = self.write_study("study.json", 0.1)
        job = {"SLURM_SUBMIT_DIR": str(self.tree), "SLURM_JOB_ID": "7", "SLURM_NTASKS": "2"}
        done = self.job(*self.options(study), **job)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "out/results.csv").read_bytes(), self.results_here(study))
        self.assertEqual(list((self.tree / "build").iterdir()), [])

    def test_the_job_script_says_where_it_has_to_be_submitted(self) -> None:
        nowhere = self.job("studies/slurm.sbatch", SLURM_SUBMIT_DIR=str(self.folder), SLURM_JOB_ID="7")
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn("submit from the root of the repository", nowhere.stderr)
        self.assertIn("submit this file with sbatch", self.job("studies/slurm.sbatch").stderr)


class OnSlurm(JobScript):
    def setUp(self) -> None:
        super().setUp()
        missing = [name for name in TOOLS if tool(name) is None]
        if missing or os.geteuid() != 0:
            self.skipTest(f"missing {', '.join(missing)}" if missing else "slurmd needs root")
        self.slurm = Slurm(self.folder)
        self.addCleanup(self.slurm.stop)
        try:
            self.slurm.start()
        except AssertionError as error:
            self.skipTest(f"Slurm does not start here: {error}")

    def test_a_study_ends_as_without_slurm_although_a_worker_is_killed(self) -> None:
        study = self.write_study("study.json", 1.0)
        out, cache, log = self.folder / "out", self.folder / "c2", self.folder / "job.log"
        call = ["sbatch", "--wait", "--ntasks=2", f"--output={log}", *self.options(study)]
        job = subprocess.Popen(call, cwd=self.tree, env=self.slurm.environment | {"PWD": str(self.tree)})
        self.addCleanup(job.kill)
        runs = cache / "runs"
        self.slurm.wait_for(lambda: runs.is_dir() and len(list(runs.iterdir())) >= 2, "second point")
        workers = sorted(workers_of(self.tree / "build"))
        self.assertEqual(len(workers), 2)
        os.kill(workers[0], signal.SIGKILL)

        self.assertEqual(job.wait(400), 0, log.read_text() if log.exists() else "")
        self.assertEqual((out / "results.csv").read_bytes(), self.results_here(study))
        self.assertIn("Dask at", (out / "index.html").read_text())
        self.slurm.wait_for(lambda: not list(workers_of(self.tree / "build")), "end of the workers")


if __name__ == "__main__":
    if tool("dask-worker") is None:
        print("skipped: python3-distributed is not installed")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
