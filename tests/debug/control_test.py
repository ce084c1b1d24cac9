# SPDX-License-Identifier: Apache-2.0
"""scripts/python/flexv_control.py on real firmware.  usage: control_test.py PROGRAM REPOSITORY"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, REPOSITORY = "", Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "scripts/python"), str(REPOSITORY / "tests/program")]
import images
from firmware_case import FirmwareCase
from flexv_control import ControlError, Run


def start(name: str = "parallel", **options: object) -> Run:
    return Run(REPOSITORY / "sw/prebuilt" / f"{name}.elf", **{"program": PROGRAM} | options)  # type: ignore[arg-type]


def ends(pid: int, seconds: float = 20) -> bool:
    for _ in range(int(seconds / 0.1)):
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


class Control(FirmwareCase):
    def run_of(self, body: list[int], **options: object) -> Run:
        settings = {"soc.cluster.core_count": 1}
        return Run(self.write_image(body), program=PROGRAM, settings=settings, **options)  # type: ignore[arg-type]

    def test_a_run_that_was_stopped_is_that_of_a_run_that_was_not(self) -> None:
        with start() as run:
            self.assertEqual(run.cycle(), 0)
            run.stop_at("main")
            self.assertEqual(run.go(), "breakpoint")
            self.assertEqual(run.register(run.stopped, "pc") & ~1, run.symbol("main"))
            self.assertEqual(run.register("cluster.core0", "pc") & ~1, run.symbol("main"))
            self.assertGreater(run.counters("instructions")["cluster.core0.instructions"], 0)
            self.assertEqual(run.step(), "breakpoint")
            run.remove_stop("main")
            self.assertEqual(run.go(), "exit")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.json"
            firmware = REPOSITORY / "sw/prebuilt/parallel.elf"
            plain = subprocess.run([PROGRAM, "run", str(firmware), "--quiet", "--report", str(file)],
                                   capture_output=True, text=True, timeout=100, check=False)
            expected = json.loads(file.read_text())
        del expected["host"], run.report["host"]
        self.assertEqual(run.report, expected)
        self.assertEqual((run.status, run.output), (plain.returncode, plain.stdout))

    def test_memory_and_registers_are_read_and_written(self) -> None:
        with start("hello") as run:
            data = bytes(range(256)) * 20
            run.write(0x10000000, data)
            self.assertEqual(run.read(0x10000000, len(data)), data)
            run.write_word(0x1C100000, -1)
            self.assertEqual(run.read_word(0x1C100000), 0xFFFFFFFF)
            run.stop_at("main")
            run.go()
            run.set_register("cluster.core3", "a5", 0x12345678)
            self.assertEqual(run.register("cluster.core3", "a5"), 0x12345678)

    def test_a_run_goes_back(self) -> None:
        with start() as run:
            run.stop_at("main")
            run.go()
            pc, cycle = run.register("cluster.core0", "pc"), run.cycle()
            run.step()
            self.assertNotEqual(run.register("cluster.core0", "pc"), pc)
            self.assertEqual(run.step_back(), "breakpoint")
            self.assertEqual(run.register("cluster.core0", "pc"), pc)
            self.assertEqual(run.cycle(), cycle)
            run.remove_stop("main")
            self.assertEqual(run.go_back(), "start")
            run.write_word(run.symbol("main"), 0)
            run.reset()
            self.assertEqual(run.cycle(), 0)
            self.assertNotEqual(run.read_word(run.symbol("main")), 0)
            self.assertEqual(run.go(), "exit")
        self.assertEqual(run.status, 0)

    def test_a_run_that_writes_meanwhile_does_not_go_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder, start(options=["--trace", f"{folder}/trace"]) as run:
            run.step()
            for back in (run.go_back, run.step_back):
                with self.assertRaisesRegex(ControlError, "cannot go back"):
                    back()
            with self.assertRaisesRegex(ControlError, "not possible with --trace"):
                run.reset()

    def test_parameters_reach_the_platform(self) -> None:
        with start("hello", settings={"soc.cluster.core_count": 2, "soc.cluster.core.quirks": True}) as run:
            self.assertEqual(list(run.threads), ["cluster.core0", "cluster.core1"])
            self.assertEqual(run.go(), "exit")
        self.assertEqual(run.output, "hello from core 0 of 2\nhello from core 1 of 2\n")
        window = {"name": "mine", "base": "0x20000000", "size_bytes": 4096}
        with start("hello", settings={"soc.external_out": [window]}) as run:
            self.assertEqual(run.go(), "exit")

    def test_a_failure_is_named_and_can_be_looked_at(self) -> None:
        for body, options, outcome, status in (
            ([*images.store(0x70000000, 1)], [], "fault", 102),
            ([0], [], "fault", 102),  # no instruction
            ([*images.listen_to(12), *images.sleep()], [], "deadlock", 105),
            ([images.jump(0)], ["--max-cycles", "20000"], "limit", 104),
        ):
            with self.subTest(outcome=outcome), self.run_of(body, options=options) as run:
                self.assertEqual(run.go(), outcome)
                self.assertIn("flexv: ", run.messages)
                self.assertIn("cluster.core0", run.monitor("cores"))
                self.assertEqual(run.read_word(images.ENTRY), images.read_csr(images.T0, images.MHARTID))
            self.assertEqual(run.status, status)
            self.assertEqual(run.report["result"], outcome)

    def test_a_run_stops_at_a_cycle_and_after_a_time(self) -> None:
        with self.run_of([images.addi(images.A0, images.A0, 1), images.jump(-4)]) as run:
            self.assertEqual(run.go_to(5000), "interrupted")
            self.assertEqual(run.cycle(), 5000)
            self.assertEqual(run.go_to(5001), "interrupted")
            self.assertEqual(run.cycle(), 5001)
            self.assertEqual(run.go(timeout=0.3), "interrupted")
            self.assertGreater(run.cycle(), 5001)
            self.assertGreater(run.register("cluster.core0", "x10"), 1000)
            with self.assertRaisesRegex(ControlError, "must be a cycle behind"):
                run.go_to(17)
        self.assertEqual(run.status, 128 + 9)

    def test_memory_can_be_written_before_the_first_instruction(self) -> None:
        with self.run_of([images.addi(images.A0, images.A0, 1), images.jump(-4)]) as run:
            run.write_word(images.ENTRY, images.jump(0))
            self.assertEqual(run.read_word(images.ENTRY), images.jump(0))
            run.go_to(5000)
            self.assertEqual(run.register("cluster.core0", "pc"), images.ENTRY)
            self.assertEqual(run.register("cluster.core0", "a0"), 0)

    def test_ctrl_c_of_a_terminal_stops_the_run_and_leaves_it_there(self) -> None:
        program = self.folder / "looks.py"
        program.write_text(
            f"import sys\nsys.path.insert(0, {str(REPOSITORY / 'scripts/python')!r})\nfrom flexv_control import Run\n"
            f"with Run({str(self.write_image([images.jump(0)]))!r}, program={PROGRAM!r}) as run:\n"
            "    print('goes', flush=True)\n"
            "    print(run.go(), run.cycle() > 0)\n"
            "    print(run.go_to(run.cycle() + 10))\n"  # also in mid-quantum
        )
        with subprocess.Popen([sys.executable, "-B", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              start_new_session=True) as looks:  # fmt: skip
            assert looks.stdout
            self.assertEqual(looks.stdout.readline(), "goes\n")
            time.sleep(0.5)
            os.killpg(looks.pid, signal.SIGINT)  # as a terminal does, and a notebook: all that it has started
            output, errors = looks.communicate(timeout=60)
        self.assertEqual((output, errors), ("interrupted True\ninterrupted\n", ""))

    def test_ctrl_c_during_a_question_does_not_shift_the_answers(self) -> None:
        with self.run_of([images.jump(0)]) as run:
            run.write_word(0x1C070000, 0x11111111)
            run.write_word(0x1C070004, 0x22222222)
            receive = run.packets.receive

            def interrupted(timeout: float | None = None) -> str:
                os.kill(os.getpid(), signal.SIGINT)
                return receive(timeout)

            run.packets.receive = interrupted  # type: ignore[method-assign]
            with self.assertRaises(KeyboardInterrupt):
                run.read_word(0x1C070000)
            run.packets.receive = receive  # type: ignore[method-assign]
            self.assertEqual(run.read_word(0x1C070004), 0x22222222)

    def test_a_timeout_of_nothing_looks_and_stops(self) -> None:
        with self.run_of([images.jump(0)]) as run:
            self.assertEqual(run.go(0), "interrupted")
            self.assertEqual(run.step(timeout=20), "breakpoint")
            for timeout in (-1, float("nan"), float("inf")):
                with self.assertRaisesRegex(ControlError, "must be seconds, 0 or more"):
                    run.go(timeout)
            self.assertEqual(run.read_word(images.ENTRY), images.read_csr(images.T0, images.MHARTID))

    def test_what_the_simulator_tells_does_not_hold_it(self) -> None:
        with start("hello", options=["--trace", "/dev/stderr"]) as run:
            self.assertEqual(run.go(), "exit")
        self.assertGreater(len(run.errors), 1 << 16)

    def test_what_the_firmware_prints_need_not_be_text(self) -> None:
        letter = [images.lui(images.T0, images.STDOUT), images.addi(images.A0, 0, 0xFF), images.sw(images.A0, 0, images.T0)]
        with self.run_of([*letter, *images.end_with(3)]) as run:
            self.assertEqual(run.go(), "exit")
        self.assertEqual((run.status, run.output, run.report["exit_code"]), (3, "\ufffd", 3))

    def test_a_run_ends_with_its_python(self) -> None:
        program = self.folder / "left.py"
        program.write_text(
            f"import sys, os, signal\nsys.path.insert(0, {str(REPOSITORY / 'scripts/python')!r})\n"
            f"from flexv_control import Run\nrun = Run({str(self.write_image([images.jump(0)]))!r}, program={PROGRAM!r})\n"
            "print(run.process.pid, flush=True)\nrun.go(timeout=0.1)\nrun.packets.send('vCont;c')\n"
            "if sys.argv[1] == 'killed': os.kill(os.getpid(), signal.SIGKILL)\nraise SystemExit\n"
        )
        for how in ("killed", "ended"):
            done = subprocess.run([sys.executable, "-B", program, how], capture_output=True, text=True, timeout=60, check=False)
            self.assertTrue(ends(int(done.stdout)), how)

    def test_a_run_may_be_left_early(self) -> None:
        with start("hello") as run:
            run.stop_at("main")
            run.go()
        self.assertEqual(run.status, 128 + 9)
        self.assertEqual(run.report["result"], "interrupted")

    def test_mistakes_are_named(self) -> None:
        with self.assertRaisesRegex(ControlError, "core_count"):
            start("hello", settings={"soc.cluster.cores": 2})
        with self.assertRaisesRegex(ControlError, "no 32-bit little-endian ELF"):
            Run(REPOSITORY / "README.md", program=PROGRAM)
        (self.folder / "cut.elf").write_bytes((REPOSITORY / "sw/prebuilt/hello.elf").read_bytes()[:3000])
        with self.assertRaisesRegex(ControlError, "cut.elf: is cut off"):
            Run(self.folder / "cut.elf", program=PROGRAM)
        with self.assertRaisesRegex(ControlError, "true has ended with status 0 and has started no run"):
            start("hello", program="/bin/true")
        with start("hello") as run:
            with self.assertRaisesRegex(ControlError, "nearest: main"):
                run.symbol("mian")
            with self.assertRaisesRegex(ControlError, "no core cluster.core9"):
                run.register("cluster.core9", "pc")
            with self.assertRaisesRegex(ControlError, "no memory at 0x70000000"):
                run.read(0x70000000, 4)
            with self.assertRaisesRegex(ControlError, "no memory at 0x70000000"):
                run.stop_at(0x70000000)
            with self.assertRaisesRegex(ControlError, "no register mstatos"):
                run.register("cluster.core0", "mstatos")
            for mistake in (lambda: run.read(0x1C000000, -5), lambda: run.write(0x1C000000, "abc")):  # type: ignore[arg-type]
                with self.assertRaisesRegex(ControlError, "must be"):
                    mistake()
            self.assertEqual(run.register("cluster.core0", "fp"), run.register("cluster.core0", "x8"))
            self.assertEqual(run.counters("no such counter"), {})
            with self.assertRaisesRegex(ControlError, "unknown command"):
                run.monitor("xyzzy")
            self.assertEqual(run.go(), "exit")
            for behind in (run.go, run.cycle, lambda: run.read(0x1C000000, 4)):
                with self.assertRaisesRegex(ControlError, "the run has ended"):
                    behind()


if __name__ == "__main__":
    PROGRAM, REPOSITORY = sys.argv[1], Path(sys.argv[2]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
