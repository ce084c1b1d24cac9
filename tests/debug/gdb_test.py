#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a user does in GDB with a run of the platform: gdb_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import unittest
from pathlib import Path

import session

EXIT_CODE = 7  # of debugged.c
CORES = 8


class Looking(session.Case):
    def test_every_core_is_a_thread_with_its_name_and_state(self) -> None:
        self.start()

        shown = self.gdb("break fetch_words", "continue", "break dma_wait", "info threads", "kill")

        for core in range(CORES):
            self.expect(rf'Thread {core + 1} "cluster\.core{core}" \(', shown)
        self.expect(r'"cluster\.core7" \(.*barrier', shown)

    def test_registers_have_their_names(self) -> None:
        self.start()

        shown = self.gdb(
            "break work if core == 2", "continue", "print $mhartid", "print $simd_legacy", "print $lpcount0",
            "info registers lpstart0 nn_w0 nn_a1 simd_format mixed_slice a_address pccr16 mepc",
            "set var $nn_w3 = 0x12345678", "print/x $nn_w3", "set var $a_skip = 5", "print $a_skip",
            "set var $a5 = 77", "print $a5", "kill",
        )  # fmt: skip

        self.expect(r"\$1 = 2$", shown)
        self.expect(r"\$2 = 1$", shown)
        for name in ("lpstart0", "nn_w0", "nn_a1", "simd_format", "mixed_slice", "a_address", "pccr16", "mepc"):
            self.expect(rf"^{name} +0x", shown)
        self.expect(r"0x12345678$", shown)
        self.expect(r"\$5 = 5$", shown)
        self.expect(r"\$6 = 77$", shown)

    def test_memory_and_peripherals_are_read_and_written(self) -> None:
        self.start()

        shown = self.gdb(
            "break fetch_words", "continue", "print source_words[3]", "set var source_words[3] = 99",
            "print source_words[3]", "x/wx 0x10200000", "x/wx 0x00000000", "x/wx 0x90000000", "kill",
        )  # fmt: skip

        self.expect(r"\$1 = 4099$", shown)
        self.expect(r"\$2 = 99$", shown)
        self.expect(r"Cannot access memory at address 0x90000000", shown)

    def test_a_sleeping_core_is_shown_at_its_event_load(self) -> None:
        self.start()

        shown = self.gdb("break fetch_words", "continue", "thread 5", "backtrace", "x/i $pc", "kill")

        self.expect(r"barrier", shown)
        self.expect(r"(main|team_main) \(", shown)

    def test_monitor_commands_show_the_platform(self) -> None:
        self.start()

        shown = self.gdb(
            "break work", "continue", "monitor help", "monitor cores", "monitor event_unit", "monitor dma",
            "monitor counters cluster.tcdm.reads", "monitor regions", "monitor report", "monitor nonsense",
            "monitor registers timer_cluster", "monitor registers nosuch", "monitor counters nosuch", "kill",
        )  # fmt: skip

        self.expect(r"^monitor cores ", shown)
        self.expect(r"^soc\.cluster\.core3 +pc 0x1c00", shown)
        self.expect(r"EU_GLOBAL\.", shown)
        self.expect(r"^cluster\.tcdm\.reads +\d+", shown)
        self.expect(r"^ +1 work", shown)
        self.expect(r"^running for \d+ cycles", shown)
        self.expect(r'unknown command "nonsense"', shown)
        self.expect(r"^0x\w+ TIMER_CLUSTER\.\w+ = |^all of them are 0", shown)
        self.expect(r"^no block nosuch; there are: .*EU_GLOBAL", shown)
        self.expect(r'^no counter has "nosuch" in its name', shown)


class Stopping(session.Case):
    def test_a_breakpoint_stops_each_core(self) -> None:
        process = self.start()

        shown = self.gdb("break work", *["continue"] * CORES, "delete", "continue")

        hits = re.findall(r'Thread (\d+) "cluster\.core(\d)" hit Breakpoint 1', shown)
        self.assertEqual(sorted({core for _, core in hits}), [str(core) for core in range(CORES)], shown)
        self.assertEqual(len(hits), CORES, shown)
        self.expect(rf"exited with code 0?{EXIT_CODE}\]", shown)
        self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_a_breakpoint_on_a_load_stops_each_core(self) -> None:
        """All run in lock-step: while one steps over the breakpoint, the others come to it."""
        self.start("--set", "soc.cluster.icache.is_ideal=true")
        listing = subprocess.run(
            ["riscv64-unknown-elf-objdump", "-d", "--disassemble=work", str(session.image())],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        store = self.expect(r"^\s*([0-9a-f]+):.*\bsw\b.*\b(a\d|s\d)\b", listing)[1]

        shown = self.gdb(f"break *0x{store}", *["continue"] * CORES, "delete", "continue")

        hits = re.findall(r'"cluster\.core(\d)" hit Breakpoint 1', shown)
        self.assertEqual(sorted(hits), [str(core) for core in range(CORES)], shown)

    def test_a_condition_holds_the_right_core(self) -> None:
        self.start()

        shown = self.gdb("break work if core == 5", "continue", "print core", "print $_thread", "kill")

        self.expect(r'"cluster\.core5" hit Breakpoint 1', shown)
        self.expect(r"\$1 = 5$", shown)
        self.expect(r"\$2 = 6$", shown)

    def test_a_hardware_breakpoint_stops_too(self) -> None:
        self.start()

        shown = self.gdb("hbreak twice", "continue", "print value", "finish", "kill")

        self.expect(r"\$1 = 21$", shown)
        self.expect(r"Value returned is \$2 = 42$", shown)

    def test_a_watchpoint_sees_the_dma(self) -> None:
        self.start()

        shown = self.gdb("break fetch_words", "continue", "watch target_words[4]", "continue", "kill")

        self.expect(r"was written by cluster\.dma at cycle \d+", shown)
        self.expect(r"New value = 4100$", shown)

    def test_a_watchpoint_says_which_core_stored(self) -> None:
        self.start()

        shown = self.gdb("break work", "continue", "delete", "watch done_by[6]", "continue", "print core", "kill")

        self.expect(r"was written by cluster\.core6 at cycle", shown)
        self.expect(r'"cluster\.core6" hit Hardware watchpoint', shown)
        self.expect(r"New value = 9$", shown)

    def test_a_watchpoint_on_l2_stops_at_each_core(self) -> None:
        self.start()

        shown = self.gdb("break work", "continue", "delete", "watch in_l2", *["continue"] * 6, "info threads", "kill")

        for core in (1, 2, 3):
            self.expect(rf"was written by cluster\.core{core} at cycle", shown)
            self.expect(rf"New value = {core}$", shown)

    def test_a_read_watchpoint_stops_a_load_of_a_core(self) -> None:
        self.start()

        shown = self.gdb("break main", "continue", "delete", "rwatch source_words[0]", "awatch source_words[2]",
                         "continue", "kill")  # fmt: skip

        self.expect(r"hit Hardware access \(read/write\) watchpoint 3", shown)

    def test_a_watchpoint_on_a_register_of_a_peripheral(self) -> None:
        self.start()

        shown = self.gdb("break fetch_words", "continue", "delete", "awatch *(int*)0x10204400", "continue",
                         "backtrace", "kill")  # fmt: skip

        self.expect(r"hit Hardware access", shown)
        self.expect(r"#\d.*fetch_words|dma_", shown)

    def test_ctrl_c_stops_a_run(self) -> None:
        process = self.start(firmware=None)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(self.address)
            self.assertTrue(exchange(line, "?").startswith("T05"))
            self.assertEqual(exchange(line, "vMustReplyEmpty"), "")
            line.sendall(frame("c") + b"\x03")
            reply = read_packet(line)
            self.assertRegex(reply, "^(T02|W07)")
        self.finish(process)


class Contested(session.Case):
    """All eight cores come to a watched place in the same cycle."""

    CORES = 8

    def stops(self, function: str, watch: str, value: str, count: int = CORES) -> list[int]:
        """`value` at each of `count` stops behind the begin of `function`."""
        firmware = session.image("contested")
        self.start(firmware=firmware)
        shown = self.gdb(f"break {function}", "continue", "delete", watch, *["continue", f"print {value}"] * count, "kill",
                         firmware=firmware)  # fmt: skip
        self.assertEqual(len(re.findall(r"hit Hardware", shown)), count, shown)
        return [int(number) for number in re.findall(r"^\$\d+ = (-?\d+)$", shown, re.MULTILINE)]

    def test_each_write_is_that_of_the_core_whose_value_is_there(self) -> None:
        for place in ("in_tcdm", "in_l2"):
            with self.subTest(place=place):
                self.socket = str(self.folder / place)
                self.assertEqual(self.stops("store_all", f"watch {place}", f"{place} - $_thread"), [0] * self.CORES)

    def test_a_register_is_written_by_each(self) -> None:
        """GDB drops a stop at `watch` whose value is still the old one, as it is while a store is on its way."""
        threads = self.stops("store_all", "awatch *(int*)0x10200410", "$_thread")
        self.assertEqual(sorted(threads), list(range(1, self.CORES + 1)))

    def test_each_read_stops(self) -> None:
        for place in ("in_tcdm", "in_l2"):
            with self.subTest(place=place):
                self.socket = str(self.folder / place)
                threads = self.stops("read_all", f"rwatch {place}", "$_thread")
                self.assertEqual(sorted(threads), list(range(1, self.CORES + 1)))

    def test_other_views_of_a_word_have_the_same_author(self) -> None:
        self.assertEqual(self.stops("store_elsewhere", "watch in_tcdm", "$_thread", 2), [6, 7])


class Stepping(session.Case):
    def test_step_passes_through_a_hardware_loop(self) -> None:
        self.start()

        shown = self.gdb(
            "break hardware_loop if count == 4", "continue", "delete", "stepi 3", *["stepi", "print $lpcount0"] * 12,
            "finish", "kill",
        )  # fmt: skip

        counts = re.findall(r"\$\d+ = (\d+)$", shown, re.MULTILINE)
        for count in "4321":
            self.assertIn(count, counts, shown)
        self.expect(r"Value returned is \$\d+ = 4$", shown)

    def test_next_steps_over_calls_and_over_sleep(self) -> None:
        self.start()

        shown = self.gdb("break fetch_words", "continue", "delete", "finish", *["next"] * 3, "info threads", "kill")

        self.expect(r"^0x[0-9a-f]+ in team_main \(\)", shown)
        self.expect(r"^\d+\s+barrier\(\);$", shown)
        self.expect(r"^\d+\s+work\(core\);$", shown)

    def test_a_function_of_the_firmware_can_be_called(self) -> None:
        self.start()

        shown = self.gdb("break work if core == 1", "continue", "print twice(300)", "print core", "kill")

        self.expect(r"\$1 = 600$", shown)
        self.expect(r"\$2 = 1$", shown)

    def test_the_program_counter_can_be_written(self) -> None:
        self.start()

        shown = self.gdb("break twice", "continue", "print/x $pc", "set var $pc = $ra", "print/x $pc == $ra",
                         "stepi", "kill")  # fmt: skip

        self.expect(r"\$2 = 0x1$", shown)

    def test_code_that_is_written_is_executed(self) -> None:
        """twice() becomes `ret`, so that it gives back its argument."""
        process = self.start()

        self.gdb("break main", "continue", "set var *(short*)twice = 0x8082", "delete", "continue")

        self.expect(r"twice 21 is 21", self.finish(process)[1])


class Loading(session.Case):
    """`load` writes the sections of another image: code and data in L2, data in the TCDM."""

    def loaded(self, *commands: str) -> tuple[subprocess.Popen[str], str]:
        process = self.start(firmware=session.image("loaded"))
        return process, self.gdb("load", *commands, firmware=session.image("loaded", "-DVALUE=5"))

    def test_an_image_is_loaded_over_another_one_and_runs(self) -> None:
        process, shown = self.loaded("continue")

        self.expect(r"^Loading section \.text, size 0x[0-9a-f]+ lma 0x1c00", shown)
        self.expect(r"^Loading section \.tcdm, size 0x[0-9a-f]+ lma 0x10000000", shown)
        self.expect(r"^Start address 0x1c00[0-9a-f]+, load size \d+", shown)
        self.assertEqual(self.finish(process)[0], 50 + CORES)

    def test_sections_can_be_compared_and_hit_by_breakpoints(self) -> None:
        process, shown = self.loaded(
            "compare-sections", "print in_tcdm[1]", "break value_of_code if $mhartid == 3", "continue", "finish", "kill"
        )

        self.expect(r"Section \.tcdm, range .* matched\.", shown)
        self.expect(r"Section \.text, range .* matched\.", shown)
        self.assertNotIn("MIS-MATCHED", shown)
        self.expect(r"\$1 = 6$", shown)
        self.expect(r'"cluster\.core3" hit Breakpoint 1', shown)
        self.expect(r"Value returned is \$2 = 5$", shown)

    def test_a_section_where_no_memory_is_cannot_be_loaded(self) -> None:
        self.start(firmware=session.image("loaded"))
        shown = self.gdb(f"restore {session.image('loaded')} binary 0x90000000", "kill")

        self.expect(r"memory write failed", shown)


class Clusters(session.Case):
    """soc.clusters = 2: every core of either is a thread, and each cluster sees itself at 0."""

    def clusters(self) -> subprocess.Popen[str]:
        self.firmware = session.image("in_clusters", "-DFLEXV_CLUSTERS")
        return self.start("--set", "soc.clusters=2", firmware=self.firmware)

    def test_threads_are_named_after_their_cluster(self) -> None:
        self.clusters()
        shown = self.gdb("break work if $mhartid == 34", "continue", "info threads", "kill", firmware=self.firmware)

        for thread in range(2 * CORES):
            cluster = "cluster" if thread < CORES else "cluster1"
            self.expect(rf'Thread {thread + 1} "{cluster}\.core{thread % CORES}" \(', shown)

    def test_a_breakpoint_stops_the_cores_of_both(self) -> None:
        process = self.clusters()
        shown = self.gdb("break work", *["continue"] * 2 * CORES, "delete", "continue", firmware=self.firmware)

        hits = re.findall(r'"(cluster1?)\.core(\d)" hit Breakpoint 1', shown)
        self.assertEqual(sorted(hits), [(name, str(core)) for name in ("cluster", "cluster1") for core in range(CORES)], shown)
        self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_memory_is_that_of_the_cluster_of_the_thread(self) -> None:
        self.clusters()
        shown = self.gdb(
            "break done", "continue", "print mine", "print $mhartid", "delete", "thread 1", "print mine", "thread 9", "print mine",
            "print *(int *)((char *)&mine + 0x10000000)", "print *(int *)((char *)&mine + 0x10400000)",
            "set var mine = 77", "print *(int *)((char *)&mine + 0x10400000)", "thread 1", "print mine", "kill",
            firmware=self.firmware,
        )  # fmt: skip

        found = re.findall(r"^\$\d+ = (\d+)$", shown, re.MULTILINE)
        first, hart = int(found[0]), int(found[1])
        self.assertEqual(first, 100 + hart // 32, shown)
        self.assertEqual(found[2:], ["100", "101", "100", "101", "77", "100"], shown)

    def test_a_watchpoint_of_one_cluster_names_who_has_written(self) -> None:
        self.clusters()
        shown = self.gdb(
            "break work if $mhartid == 32", "continue", "delete", "watch *(int *)((char *)&mine + 0x10400000)", "continue",
            "print $mhartid", "kill", firmware=self.firmware,
        )  # fmt: skip

        self.expect(r"was written by cluster1\.core0 at cycle \d+", shown)
        self.expect(r"New value = 101$", shown)

    def test_a_run_that_was_looked_at_has_the_report_of_one_that_was_not(self) -> None:
        path = self.folder / "report.json"
        process = self.start("--set", "soc.clusters=2", "--report", str(path), firmware=session.image("in_clusters", "-DFLEXV_CLUSTERS"))
        self.gdb(
            "break work if $mhartid == 35", "continue", "step", "step", "info threads", "delete", "continue",
            firmware=session.image("in_clusters", "-DFLEXV_CLUSTERS"),
        )  # fmt: skip
        self.finish(process)

        plain = self.report_without_debugger("--set", "soc.clusters=2", firmware=session.image("in_clusters", "-DFLEXV_CLUSTERS"))
        self.assertEqual(self.report_of(path), plain)


class Coming(session.Case):
    def test_a_run_that_was_looked_at_has_the_report_of_one_that_was_not(self) -> None:
        for options in ((), ("--config", "pulp_open")):
            with self.subTest(options=options):
                self.socket = str(self.folder / f"gdb{len(options)}")
                path = self.folder / "report.json"
                process = self.start("--report", str(path), *options)
                self.gdb(
                    "break work", "continue", "info threads", "info registers", "stepi 20", "next", "continue",
                    "watch target_words[2]", "monitor report", "x/64wx 0x10000000", "continue", "delete", "continue",
                )  # fmt: skip
                self.finish(process)

                self.assertEqual(self.report_of(path), self.report_without_debugger(*options))

    def test_a_debugger_looks_at_a_restored_run(self) -> None:
        """It stops before the first cycle behind the checkpoint, with the cores where they were."""
        cycle, checkpoint, path = 1500, str(self.folder / "checkpoint"), self.folder / "report.json"
        command = [session.PROGRAM, "run", str(session.image()), "--quiet", "--save-at", str(cycle), checkpoint]
        subprocess.run(command, capture_output=True, check=False, timeout=session.PATIENCE)
        process = self.start("--restore", checkpoint, "--report", str(path))

        shown = self.gdb("info threads", "stepi", "break work if core == 3", "continue", "delete", "continue")
        self.finish(process)

        self.expect(r'Thread 1 "cluster\.core0"', shown)
        self.expect(r"hit Breakpoint 1, work", shown)
        report = self.report_of(path)
        self.assertEqual(report.pop("restored")["cycle"], cycle)
        self.assertEqual(report, self.report_without_debugger())

    def test_a_debugger_may_leave_and_come_back(self) -> None:
        process = self.start(gdb="0")
        self.expect(r"^127\.0\.0\.1:\d+$", self.address)

        first = self.gdb("break twice", "continue", "detach")
        self.expect(r'hit Breakpoint 1, .*twice', first)
        status, out, err = self.finish(process)

        self.assertEqual(status, EXIT_CODE)
        self.assertIn("twice 21 is 42", out)
        self.assertIn("the debugger has left; the run goes on", err)

    def test_a_second_debugger_finds_the_run(self) -> None:
        spin = self.folder / "spin.elf"
        process = self.start("--gdb-nowait", "--max-cycles", "2000000000", firmware=self.spinning(spin))

        for _ in range(2):
            shown = self.gdb("info threads", "detach", firmware=spin)
            self.expect(r'Thread 1 "cluster\.core0"', shown)
        killed = self.gdb("kill", firmware=spin)

        self.expect(r"killed", killed)
        self.assertEqual(self.finish(process)[0], 128 + signal.SIGKILL)

    def spinning(self, path: os.PathLike[str]) -> Path:
        source = self.folder / "spin.S"
        source.write_text(".globl _start\n_start: addi a0, a0, 1\n j _start\n")
        command = [session.COMPILER, "-march=rv32imc", "-mabi=ilp32", "-nostdlib", "-static"]
        command += ["-Wl,-Ttext=0x1c000080", "-g", "-o", str(path), str(source)]
        subprocess.run(command, check=True)
        return Path(path)

    def test_kill_ends_the_run_and_writes_what_was_asked_for(self) -> None:
        path = self.folder / "report.json"
        process = self.start("--report", str(path))

        self.gdb("break twice", "continue", "kill")

        status, _, err = self.finish(process)
        self.assertEqual(status, 128 + signal.SIGKILL)
        self.assertIn("killed by the debugger", err)
        self.assertEqual(self.report_of(path)["result"], "interrupted")

    def test_a_signal_ends_a_run_that_waits_for_a_debugger(self) -> None:
        process = self.start()

        process.send_signal(signal.SIGTERM)

        self.assertEqual(self.finish(process)[0], 128 + signal.SIGTERM)

    def test_a_fault_can_be_looked_at(self) -> None:
        path = self.folder / "fault.elf"
        source = self.folder / "fault.S"
        source.write_text(".globl _start\n_start: li a0, 0x90000000\n lw a1, 0(a0)\n j _start\n")
        command = [session.COMPILER, "-march=rv32imc", "-mabi=ilp32", "-nostdlib", "-static"]
        subprocess.run([*command, "-Wl,-Ttext=0x1c000080", "-g", "-o", str(path), str(source)], check=True)
        process = self.start("--set", "soc.cluster.core_count=1", firmware=path)

        shown = self.gdb("continue", "print/x $a0", "x/i $pc", "continue", firmware=path)

        self.expect(r"flexv: .*load of 4 bytes at 0x90000000", shown)
        self.expect(r"received signal SIGSEGV", shown)
        self.expect(r"\$1 = 0x90000000$", shown)
        self.expect(r"=> .*lw\s+a1,0\(a0\)", shown)
        self.assertEqual(self.finish(process)[0], 102)

    def test_odd_places_to_listen_at_are_refused(self) -> None:
        for place, why in (("70000", "at most 65535"), ("/nowhere/at/all", "cannot listen there")):
            done = subprocess.run(
                [session.PROGRAM, "run", str(session.image()), "--gdb", place],
                capture_output=True, text=True, timeout=session.PATIENCE, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 101)
            self.assertIn(why, done.stderr)


def frame(payload: str) -> bytes:
    return f"${payload}#{sum(payload.encode()) & 0xFF:02x}".encode()


def read_packet(line: socket.socket) -> str:
    line.settimeout(session.PATIENCE)
    received = b""
    while not re.search(rb"#..$", received):
        part = line.recv(4096)
        if not part:
            break
        received += part
    return received.decode().lstrip("+").lstrip("$")[:-3]


def exchange(line: socket.socket, payload: str) -> str:
    line.sendall(frame(payload))
    return read_packet(line)


if __name__ == "__main__":
    session.main()
