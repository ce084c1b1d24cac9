#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A user of GDB goes back in time: reverse_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import session

EXIT_CODE = 7  # of debugged.c
NO_MORE = "No more reverse-execution history|Reached end of recorded history"


def assembled(folder: Path, body: str) -> Path:
    """Runs `body` and ends in a fault behind `last`."""
    source, image = folder / "program.S", folder / "program.elf"
    source.write_text(f".globl _start\n_start:\n{body}last: li a0, 0x90000000\n lw a1, 0(a0)\n")
    command = [session.COMPILER, "-march=rv32imc", "-mabi=ilp32", "-nostdlib", "-static"]
    subprocess.run([*command, "-Wl,-Ttext=0x1c000080", "-g", "-o", image, source], check=True)
    return image


class Stepping(session.Case):
    def test_a_step_back_restores_pc_and_registers(self) -> None:
        self.start()
        look = ("print/x $pc", "print/x $ra", "print/x $sp", "print/x $a0", "print/x $a5", "print/x $mcycle")

        shown = self.gdb("break twice", "continue", *look, *["stepi"] * 5, *["reverse-stepi"] * 5, *look, "kill")

        values = re.findall(r"^\$\d+ = (.*)$", shown, re.MULTILINE)
        self.assertEqual(len(values), 2 * len(look), shown)
        self.assertEqual(values[: len(look)], values[len(look) :], shown)

    def test_a_hardware_loop_runs_backwards(self) -> None:
        self.start()

        shown = self.gdb(
            "break hardware_loop if count == 4", "continue", "delete", *["stepi"] * 14, *["reverse-stepi", "print $lpcount0"] * 11,
            "kill",
        )  # fmt: skip

        counts = [int(count) for count in re.findall(r"^\$\d+ = (\d+)$", shown, re.MULTILINE)]
        self.assertEqual(counts, sorted(counts), shown)
        self.assertEqual(set(counts) & {1, 2, 3, 4}, {1, 2, 3, 4}, shown)

    def test_functions_are_left_at_their_callers(self) -> None:
        self.start()

        shown = self.gdb("break twice", "continue", "reverse-finish", "frame", "reverse-next", "frame", "kill")

        self.expect(r"^#0 +(0x[0-9a-f]+ in )?main \(\)", shown)
        self.assertNotIn("twice (", shown.split("reverse")[-1].split("#0")[-1], shown)

    def test_nothing_lies_before_the_start(self) -> None:
        self.start()

        shown = self.gdb("print/x $pc", "stepi", "stepi", "reverse-continue", "print/x $pc", "reverse-stepi",
                         "print/x $pc", "kill")  # fmt: skip

        self.assertEqual(len(re.findall(NO_MORE, shown)), 2, shown)
        self.assertEqual(len(set(re.findall(r"^\$\d = (.*)$", shown, re.MULTILINE))), 1, shown)


class GoingBack(session.Case):
    def test_the_last_breakpoint_is_met_first(self) -> None:
        self.start()

        shown = self.gdb(
            "break work", *["continue"] * 4, "print $_thread", "reverse-continue", "print $_thread",
            "reverse-continue", "print $_thread", "continue", "print $_thread", "continue", "print $_thread", "kill",
        )  # fmt: skip

        last, before, first, again, at_last = re.findall(r"^\$\d = (\d)$", shown, re.MULTILINE)
        self.assertEqual((again, at_last), (before, last), shown)
        self.assertEqual(len({last, before, first}), 3, shown)

    def test_a_fault_leads_back_to_a_breakpoint(self) -> None:
        firmware = assembled(self.folder, "li t0, 3\nloop: addi t0, t0, -1\nbnez t0, loop\n")
        self.start(firmware=firmware)

        shown = self.gdb("continue", "break loop", "reverse-continue", "print $_thread", "print $t0",
                         "info threads", "reverse-stepi", "print $_thread", "kill", firmware=firmware)  # fmt: skip

        self.expect(r"hit Breakpoint 1", shown)
        numbers = re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE)
        self.assertEqual(numbers[1], "1", shown)
        self.assertEqual(numbers[0], numbers[2], "the list of threads has chosen none")

    def test_a_condition_holds_backwards(self) -> None:
        self.start()

        shown = self.gdb("tbreak exit", "continue", "break work if core == 5", "reverse-continue", "print core", "kill")

        self.expect(r'"cluster\.core5" hit Breakpoint 2', shown)
        self.expect(r"^\$1 = 5$", shown)

    def test_a_watchpoint_finds_who_wrote(self) -> None:
        self.start()

        shown = self.gdb("tbreak exit", "continue", "print done_by[6]", "watch done_by[6]", "reverse-continue",
                         "print core", "print done_by[6]", "continue", "kill")  # fmt: skip

        self.expect(r'"cluster\.core6" hit Hardware watchpoint', shown)
        self.assertEqual(re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE), ["9", "6", "0"], shown)
        self.expect(r"Old value = 0\nNew value = 9$", shown)

    def test_behind_a_watchpoint_lies_the_past(self) -> None:
        """GDB steps over the access first, which stands still."""
        self.start()

        shown = self.gdb("break work", "continue", "delete", "watch done_by[6]", "continue", "delete", "break exit",
                         "reverse-continue", "print done_by[6]", "kill")  # fmt: skip

        self.expect(NO_MORE, shown)
        self.expect(r"^\$1 = 0$", shown)

    def test_a_watchpoint_finds_the_dma(self) -> None:
        """In front of the sleep in which core 0 waits for the transfer."""
        self.start()

        shown = self.gdb("break work", "continue", "delete", "thread 1", "watch target_words[4]", "reverse-continue",
                         "print target_words[4]", "backtrace", "kill")  # fmt: skip

        self.expect(r"hit Hardware watchpoint", shown)
        self.expect(r"^\$1 = 0$", shown)
        self.expect(r"^#\d.*fetch_words", shown)

    def test_back_and_forth_ends_like_a_run_that_nobody_looked_at(self) -> None:
        for options in ((), ("--config", "pulp_open"), ("--set", "soc.clusters=2")):
            with self.subTest(options=options):
                self.socket = str(self.folder / f"gdb{len(options)}{options[-1:]}")
                report = self.folder / "report.json"
                process = self.start("--report", str(report), *options)

                shown = self.gdb(
                    "break work", *["continue"] * 5, "reverse-continue", "reverse-stepi", "reverse-continue", "stepi",
                    "delete", "continue",
                )  # fmt: skip

                status, _, _ = self.finish(process)
                self.expect(rf"exited with code 0?{EXIT_CODE}\]", shown)
                self.assertEqual(status, EXIT_CODE)
                self.assertEqual(self.report_of(report), self.report_without_debugger(*options))

    def test_what_firmware_prints_is_shown_when_it_is_printed_again(self) -> None:
        process = self.start()

        self.gdb("break work", "continue", "delete", "tbreak main", "reverse-continue", "continue")

        self.assertEqual(self.finish(process)[1].count("twice 21 is 42\n"), 2)

    def test_a_value_that_the_user_has_set_is_where_the_past_begins(self) -> None:
        self.start()

        shown = self.gdb("break work", "continue", "stepi 3", "set var in_l2 = 77", "stepi 2", "print in_l2",
                         "delete", "reverse-continue", "print in_l2", "kill")  # fmt: skip

        self.expect(NO_MORE, shown)
        self.assertEqual(re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE), ["77", "77"], shown)

    def test_long_runs_have_a_past_too(self) -> None:
        body = "li s0, 1000000\nspin: addi a0, a0, 1\n addi a1, a1, 1\n bne a0, s0, spin\n"
        image = assembled(self.folder, body)
        process = self.start("--set", "soc.cluster.core_count=1", "--max-cycles", "1000000000", firmware=image)

        shown = self.gdb(
            "tbreak last", "continue", "print $a0", "reverse-stepi", "reverse-stepi", "reverse-stepi", "print $a0",
            "continue", firmware=image,
        )  # fmt: skip

        values = re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE)
        self.assertEqual(values[0], "1000000", shown)
        self.assertEqual(values[-1], "999999", shown)
        self.assertEqual(self.finish(process)[0], 102)


class Ending(session.Case):
    def test_a_fault_can_be_walked_back_from(self) -> None:
        image = assembled(self.folder, "li a2, 5\n li a3, 6\n")
        process = self.start("--set", "soc.cluster.core_count=1", firmware=image)

        shown = self.gdb("continue", "reverse-stepi", "print $a3", "reverse-stepi", "print $a3", "continue", "continue",
                         firmware=image)  # fmt: skip

        self.assertEqual(len(re.findall("received signal SIGSEGV", shown)), 2, shown)
        self.assertEqual(re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE), ["6", "0"], shown)
        self.assertEqual(self.finish(process)[0], 102)

    def test_the_first_process_stays_and_gives_the_status(self) -> None:
        """A user who goes back has the same process before him: its signals, its files, its status."""
        report = self.folder / "report.json"
        process = self.start("--report", str(report))
        self.gdb("break work", "continue", "continue", "reverse-continue", "kill")

        status, _, err = self.finish(process)

        self.assertEqual(status, 128 + signal.SIGKILL)
        self.assertIn("killed by the debugger", err)
        self.assertEqual(self.report_of(report)["result"], "interrupted")

    def test_a_signal_reaches_whoever_runs(self) -> None:
        process = self.start()
        script = self.folder / "script"
        script.write_text("break work\ncontinue\ncontinue\nreverse-continue\nshell touch there\nshell sleep 30\n")
        gdb = subprocess.Popen(
            [session.GDB, "-nx", "-batch", "-ex", "set confirm off", "-ex", f"target remote {self.address}", "-x",
             str(script), str(session.image())], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + session.PATIENCE
        while not (self.folder / "there").exists() and time.monotonic() < until:
            time.sleep(0.05)

        process.send_signal(signal.SIGTERM)
        status, _, err = self.finish(process)
        gdb.kill()
        gdb.wait()

        self.assertEqual(status, 128 + signal.SIGTERM)
        self.assertIn("interrupted by signal 15", err)

    def test_no_process_is_left(self) -> None:
        marker = str(self.folder / "marker")
        process = self.start("--report", marker)
        self.gdb("break work", "continue", "continue", "reverse-continue", "reverse-stepi", "detach")
        self.finish(process)

        until = time.monotonic() + session.PATIENCE
        while time.monotonic() < until and self.processes_with(marker):
            time.sleep(0.05)
        self.assertEqual(self.processes_with(marker), [])

    def processes_with(self, argument: str) -> list[str]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                arguments = path.read_bytes().split(b"\0")
            except OSError:
                continue
            if argument.encode() in arguments:
                found.append(path.parent.name)
        return found


class Resetting(session.Case):
    def test_reset_begins_the_run_again(self) -> None:
        process = self.start()

        shown = self.gdb(
            "break work", "continue", "set var in_l2 = 9", "stepi", "monitor reset",
            "maintenance flush register-cache", "print $_thread", "frame", "print in_l2", "delete", "continue",
        )  # fmt: skip

        self.expect(r"^the run is at its start", shown)
        self.expect(r"^#0 +_start", shown)
        self.expect(r"^\$2 = 0$", shown)
        self.expect(rf"exited with code 0?{EXIT_CODE}\]", shown)
        self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_files_that_are_written_meanwhile_forbid_the_past(self) -> None:
        self.start("--trace", str(self.folder / "trace"))

        shown = self.gdb("break work", "continue", "reverse-stepi", "monitor reset", "kill")

        self.expect(r"does not support this command", shown)
        self.expect(r"^not possible with --trace$", shown)


if __name__ == "__main__":
    session.main()
