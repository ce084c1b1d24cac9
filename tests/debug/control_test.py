# SPDX-License-Identifier: Apache-2.0
"""scripts/python/flexv_control.py on real firmware.  usage: control_test.py PROGRAM REPOSITORY"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, REPOSITORY = "", Path()


def start(name: str = "parallel", **options: object):  # type: ignore[no-untyped-def]
    from flexv_control import Run

    return Run(REPOSITORY / "sw/prebuilt" / f"{name}.elf", program=PROGRAM, **options)


class Control(unittest.TestCase):
    def test_a_run_that_was_stopped_is_that_of_a_run_that_was_not(self) -> None:
        with start() as run:
            self.assertEqual(run.cycle(), 0)
            run.stop_at("main")
            self.assertEqual(run.go(), "breakpoint")
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
        from flexv_control import ControlError

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

    def test_a_run_may_be_left_early(self) -> None:
        with start("hello") as run:
            run.stop_at("main")
            run.go()
        self.assertEqual(run.status, 128 + 9)
        self.assertEqual(run.report["result"], "interrupted")

    def test_mistakes_are_named(self) -> None:
        from flexv_control import ControlError

        with self.assertRaisesRegex(ControlError, "core_count"):
            start("hello", settings={"soc.cluster.cores": 2})
        with self.assertRaisesRegex(ControlError, "no 32-bit little-endian ELF"):
            from flexv_control import Run

            Run(REPOSITORY / "README.md", program=PROGRAM)
        with start("hello") as run:
            with self.assertRaisesRegex(ControlError, "nearest: main"):
                run.symbol("mian")
            with self.assertRaisesRegex(ControlError, "no core cluster.core9"):
                run.register("cluster.core9", "pc")
            with self.assertRaisesRegex(ControlError, "no memory at 0x70000000"):
                run.read(0x70000000, 4)


if __name__ == "__main__":
    PROGRAM, REPOSITORY = sys.argv[1], Path(sys.argv[2]).resolve()
    sys.path.insert(0, str(REPOSITORY / "scripts/python"))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
