# SPDX-License-Identifier: Apache-2.0
"""Signals at many moments: a run ends in order, with everything that was asked for."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import termios
import time
import unittest
from pathlib import Path

import images
import program

OUTPUTS = {
    "--report": "report.json",
    "--profile": "profile.callgrind",
    "--wave": "run.vcd",
    "--power-trace": "power.csv",
    "--signature": "signature",
    "--trace": "trace.log",
}
OPTIONS = [word for option in OUTPUTS.items() for word in option]
F_SETPIPE_SZ = 1031  # linux/fcntl.h; a constant of Python from 3.10 on
needs_fst = unittest.skipUnless(shutil.which("vcd2fst") and shutil.which("fst2vcd"), "gtkwave is not installed")


class Signals(program.Case):
    def stop(self, process: subprocess.Popen[str], number: int, group: bool = False) -> str:
        """Sends the signal. \\returns what the program has said"""
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        assert process.stderr
        errors = process.stderr.read()
        self.assertEqual(process.wait(program.PATIENCE), 128 + number, errors)
        return errors

    def test_an_interrupted_run_writes_what_a_run_up_to_that_cycle_writes(self) -> None:
        image = self.image(images.spin())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number.name):
                process = self.start_run(image, *OPTIONS, "--trace-harts", "0", "--set", "soc.cluster.core_count=2")
                errors = self.stop(process, number)

                report = self.report()
                cycles = report.pop("cycles")
                self.assertIn(f"at cycle {cycles}", report.pop("diagnosis")["what"])
                self.assertEqual(report.pop("result"), "interrupted")
                self.assertIn(f"interrupted by signal {int(number)} ({number.name}) at cycle {cycles}", errors)
                for core in range(2):
                    self.assertRegex(errors, rf"cluster\.core{core} at pc 0x1c0[0-9a-f]+ spins_here")
                written = {name: (self.folder / name).read_bytes() for name in OUTPUTS.values()}

                done = self.run_program(
                    "run", image, *OPTIONS, "--trace-harts", "0", "--set", "soc.cluster.core_count=2",
                    "--max-cycles", str(cycles),
                )  # fmt: skip
                self.assertEqual(done.returncode, 104)
                expected = self.report()
                self.assertIn("limit of", expected.pop("diagnosis")["what"])
                self.assertEqual((expected.pop("cycles"), expected.pop("result")), (cycles, "limit"))
                self.assertEqual(report, expected)
                for name in [name for name in OUTPUTS.values() if name != "report.json"]:
                    self.assertTrue(written[name] == (self.folder / name).read_bytes(), name)
                self.assert_no_leftovers("firmware.elf", *OUTPUTS.values())

    def test_a_limit_tells_where_the_cores_are_too(self) -> None:
        done = self.run_program("run", self.image(images.spin()), "--max-cycles", "3000")

        self.assertRegex(done.stderr, r"limit of 3000 cycles(.*\n)+ *soc\.cluster\.core7 at pc 0x1c0\w+ spins_here")

    def test_the_quantum_may_be_as_long_as_it_likes(self) -> None:
        process = self.start_run(
            self.image(images.spin()), "--set", "simulation.quantum_cycles=1000000000", "--report", "report.json"
        )
        self.stop(process, signal.SIGINT)

        self.assertEqual(self.report()["result"], "interrupted")

    def test_all_cores_may_sleep(self) -> None:
        for settings in ([], ["--set", "simulation.quantum_cycles=1000000000"]):
            process = self.start_run(self.image(images.asleep()), "--report", "report.json", *settings)
            errors = self.stop(process, signal.SIGTERM)

            self.assertIn("sleeps_here", errors)
            self.assertIn("event on line 10", errors)
            self.assertEqual(self.report()["result"], "interrupted")

    @needs_fst
    def test_ctrl_c_reaches_the_group_and_leaves_a_readable_fst(self) -> None:
        process = self.start_run(
            self.image(images.spin()), "--wave", "run.fst", "--report", "report.json",
            start_new_session=True,
        )  # fmt: skip
        self.stop(process, signal.SIGINT, group=True)

        dump = subprocess.run(["fst2vcd", self.path("run.fst")], capture_output=True, check=True).stdout
        self.assertIn(b"core7", dump)
        self.assertGreater(len(dump), 1000)
        self.assert_no_leftovers("firmware.elf", "report.json", "run.fst")

    def test_before_time_starts_a_signal_ends_at_once(self) -> None:
        os.mkfifo(self.path("fifo"))
        image = self.image(images.spin())
        for arguments in (["run", "fifo"], ["config", "--config", "fifo"], ["price", "fifo"],
                          ["run", image, "--report", "report.json", "--trace", "fifo"]):  # fmt: skip
            with self.subTest(arguments=arguments):
                process = self.start(*arguments)
                self.wait_until_blocked(process)
                errors = self.stop(process, signal.SIGTERM)
                self.assertEqual(errors, "flexv: interrupted by signal 15 (SIGTERM)\n")
                self.assert_no_leftovers("fifo", "firmware.elf")

    @staticmethod
    def wait_until_blocked(process: subprocess.Popen[str]) -> None:
        """In the opening of a FIFO, which nobody else opens."""
        end = time.monotonic() + program.PATIENCE
        while time.monotonic() < end:
            if "wait_for_partner" in Path(f"/proc/{process.pid}/wchan").read_text():
                return
            if "S" == Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]:
                time.sleep(0.3)
                return
            time.sleep(0.01)

    def slow_reader(self, process_options: list[str]) -> tuple[subprocess.Popen[str], int]:
        """A run that has ended and is stuck in writing its report to a FIFO."""
        os.mkfifo(self.path("fifo"))
        process = self.start(
            "run", self.image(images.prints_and_ends()), "--report", "fifo", "--quiet",
            *process_options,
        )  # fmt: skip
        fifo = os.open(self.path("fifo"), os.O_RDONLY)
        fcntl.fcntl(fifo, F_SETPIPE_SZ, 4096)
        end = time.monotonic() + program.PATIENCE
        previous = -1
        while time.monotonic() < end:  # until the pipe is full and stays so
            time.sleep(0.2)
            count = int.from_bytes(self.readable(fifo), "little")
            if count and count == previous:
                break
            previous = count
        return process, fifo

    @staticmethod
    def readable(descriptor: int) -> bytes:
        return fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4))

    def test_what_is_being_written_is_written_to_its_end(self) -> None:
        process, fifo = self.slow_reader(["--trace", "trace.log"])
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        with os.fdopen(fifo) as file:
            text = file.read()
        assert process.stderr
        errors = process.stderr.read()

        self.assertEqual(process.wait(program.PATIENCE), 130)
        self.assertIn("interrupted by signal 2 (SIGINT)", errors)
        self.assertEqual(json.loads(text)["result"], "exit")

    def test_a_second_signal_ends_at_once(self) -> None:
        process, fifo = self.slow_reader(["--trace", "trace.log"])
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        self.assertIsNone(process.poll())
        self.stop(process, signal.SIGTERM)
        os.close(fifo)

        self.assert_no_leftovers("fifo", "firmware.elf", "trace.log")

    def test_nohup_is_respected(self) -> None:
        process = self.start_run(
            self.image(images.spin()), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
        )
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        self.stop(process, signal.SIGTERM)

    def test_at_any_moment_files_are_whole_or_not_there(self) -> None:
        image = self.image(images.prints_and_ends(signature=True))
        begin = time.monotonic()
        self.run_program("run", image)
        usual = time.monotonic() - begin
        moments = random.Random(10)
        for _ in range(20):
            process = self.start("run", image, *OPTIONS)
            time.sleep(moments.uniform(0, 1.3 * usual))
            process.send_signal(moments.choice([signal.SIGINT, signal.SIGTERM]))
            process.wait(program.PATIENCE)
            self.assertIn(process.returncode, (0, 130, 143, -signal.SIGINT, -signal.SIGTERM))
            self.check_files()

    def check_files(self) -> None:
        found = {path.name for path in self.folder.iterdir()} - {"firmware.elf"}
        self.assertLessEqual(found, set(OUTPUTS.values()))
        if "report.json" in found:
            self.assertIn(self.report()["result"], ("exit", "interrupted"))
        for name in found:
            text = (self.folder / name).read_text()
            self.assertTrue(text.endswith("\n"), name)
            (self.folder / name).unlink()


if __name__ == "__main__":
    program.main()
