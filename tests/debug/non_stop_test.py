#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A user of GDB stops single cores while the others go on: non_stop_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import queue
import re
import socket
import subprocess
import threading
import time

import session
from gdb_test import frame

EXIT_CODE = 7  # of debugged.c
CORES = 8


class Conversation:
    """A GDB that takes commands while cores run, by its machine interface."""

    def __init__(self, case: session.Case) -> None:
        self.case = case
        self.process = subprocess.Popen(
            [session.GDB, "-nx", "--interpreter=mi", str(session.image())], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        case.addCleanup(self.end)
        self.lines: queue.Queue[str] = queue.Queue()
        self.shown = ""
        threading.Thread(target=self.listen, daemon=True).start()
        for command in ("-gdb-set non-stop on", "-gdb-set mi-async on", "-gdb-set confirm off"):
            self.tell(command)
        self.tell(f"-target-select remote {case.address}", r"\*stopped.*thread-id=\"1\"")

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def tell(self, command: str, until: str = r"\^(done|running|connected|error)") -> str:
        """What GDB shows from the command up to a line with `until`, in the order in which it comes."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.wait_for(until)

    def wait_for(self, until: str) -> str:
        part = ""
        end = time.monotonic() + session.PATIENCE
        while not re.search(until, part):
            try:
                line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                self.case.fail(f"no {until!r} in\n{self.shown}")
            part += line
            self.shown += line
        return part

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def threads_at(shown: str) -> set[str]:
    return set(re.findall(r'\*stopped,reason="breakpoint-hit".*?thread-id="(\d+)"', shown))


class NonStop(session.Case):
    def test_the_others_go_on_while_one_core_stands(self) -> None:
        """Core 0 stands in front of the barrier's first visit: the other seven come to it and sleep."""
        process = self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert fetch_words")
        gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"breakpoint-hit\".*thread-id=\"1\"")
        time.sleep(0.2)

        shown = gdb.tell("-thread-info")

        self.assertEqual(shown.count('state="running"'), CORES - 1, shown)
        self.assertEqual(len(re.findall(r"missing: 0\)", shown)), CORES - 1, shown)
        gdb.tell("-exec-continue --thread 1", r"exited")
        self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_each_core_stops_at_a_breakpoint_of_its_own(self) -> None:
        process = self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert work")

        shown = gdb.tell("-exec-continue --thread 1")
        while len(threads_at(shown)) < CORES:
            shown += gdb.wait_for(r"\*stopped")

        self.assertEqual(threads_at(shown), {str(thread) for thread in range(1, CORES + 1)}, shown)
        gdb.tell("-break-delete")
        gdb.tell("-exec-continue --all", r"exited")
        self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_one_core_steps_and_is_looked_at(self) -> None:
        self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert twice")
        gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"breakpoint-hit\"")

        before = gdb.tell("-data-evaluate-expression --thread 1 --frame 0 $pc")
        gdb.tell("-exec-step-instruction --thread 1", r"\*stopped,reason=\"end-stepping-range\"")
        after = gdb.tell("-data-evaluate-expression --thread 1 --frame 0 $pc")
        value = gdb.tell("-data-evaluate-expression --thread 1 --frame 0 value")

        self.assertNotEqual(before, after)
        self.assertIn('value="', value)
        gdb.tell("-interpreter-exec console kill", r"\^")

    def test_a_running_core_is_interrupted(self) -> None:
        """Thread 2 sleeps at the barrier, as long as core 0 stands."""
        self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert fetch_words")
        gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"breakpoint-hit\"")

        gdb.tell("-exec-interrupt --thread 2", r"\*stopped.*thread-id=\"2\"")
        shown = gdb.tell("-stack-list-frames --thread 2")

        self.assertIn("team_main", shown)
        gdb.tell("-exec-continue --thread 1")
        time.sleep(0.3)
        waiting = gdb.tell("-thread-info 2")
        self.assertIn('state="stopped"', waiting)
        gdb.tell("-exec-continue --thread 2", r"exited")

    def test_a_watchpoint_stops_who_writes(self) -> None:
        self.start()
        gdb = Conversation(self)
        gdb.tell("-break-watch done_by[6]")

        shown = gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"watchpoint-trigger\".*")

        self.expect(r'new="9"', shown)
        self.expect(r'thread-id="7"', shown)

    def read_until(self, line: socket.socket, answer: str) -> None:
        line.settimeout(session.PATIENCE)
        received = ""
        while answer not in received or not re.search("#..$", received):
            part = line.recv(4096).decode()
            self.assertTrue(part, f"no {answer} in {received}")
            received += part

    def test_leaving_non_stop_halts_all_and_lets_all_go(self) -> None:
        for last in ("c", "D"):
            with self.subTest(last=last):
                self.socket = str(self.folder / last)
                process = self.start()
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(self.address)
                    for packet, answer in (("QNonStop:1", "$OK#"), ("vCont;s:1", "%Stop:"), ("QNonStop:0", "$OK#"),
                                           (last, "$W07#" if last == "c" else "$OK#")):  # fmt: skip
                        line.sendall(frame(packet))
                        self.read_until(line, answer)
                self.assertEqual(self.finish(process)[0], EXIT_CODE)

    def test_a_debugger_that_leaves_lets_all_go(self) -> None:
        process = self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert fetch_words")
        gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"breakpoint-hit\"")

        gdb.tell("-target-detach")

        status, out, _ = self.finish(process)
        self.assertEqual(status, EXIT_CODE)
        self.assertIn("twice 21 is 42", out)

    def test_a_debugger_that_dies_lets_all_go(self) -> None:
        process = self.start()
        gdb = Conversation(self)
        gdb.tell("-break-insert fetch_words")
        gdb.tell("-exec-continue --thread 1", r"\*stopped,reason=\"breakpoint-hit\"")

        gdb.process.kill()

        self.assertEqual(self.finish(process)[0], EXIT_CODE)


if __name__ == "__main__":
    session.main()
