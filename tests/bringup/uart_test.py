#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody reads and types at the UART while firmware runs: uart_test.py PROGRAM REPOSITORY."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
import unittest
from collections.abc import Callable
from pathlib import Path

import bringup
from bringup import image

USER_ERROR, DEADLOCK = 101, 105  # exit statuses


class Line:
    """Our end of the UART, a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.text = ""

    def read_until(self, end: str) -> str:
        """All up to `end`; what comes behind it stays."""
        last = time.monotonic() + bringup.PATIENCE
        while end not in self.text:
            ready = select.select([self.descriptor], [], [], max(0.0, last - time.monotonic()))[0]
            more = os.read(self.descriptor, 4096) if ready else b""
            if not more:
                raise AssertionError(f"no {end!r} in {self.text!r}")
            self.text += more.decode()
        found, _, self.text = self.text.partition(end)
        return found + end

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def ask(self, text: str) -> str:
        self.type(text)
        return self.read_until("> ")

    def close(self) -> None:
        os.close(self.descriptor)


class Uart(bringup.Case):
    def start(self, place: str, *options: str, firmware: str = "") -> subprocess.Popen[str]:
        """Returns when the program says where it listens, self.place."""
        command = [bringup.PROGRAM, "run", firmware or image("talks.c"), "--quiet", "--uart", place, *options]
        with (self.folder / "stderr").open("w") as stderr:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=self.folder
            )
        self.addCleanup(self.end, process)
        self.wait_until(lambda: self.said().endswith("\n"))
        self.place = self.said().splitlines()[0].removeprefix("uart: ")
        return process

    def said(self) -> str:
        return (self.folder / "stderr").read_text()

    def end(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.communicate()

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Status, what the virtual stdout has got, and what was said behind the place of the UART."""
        out, _ = process.communicate(timeout=bringup.PATIENCE)
        return process.returncode, out, self.said().partition("\n")[2]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        last = time.monotonic() + bringup.PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), last)
            time.sleep(0.02)

    def connect(self) -> Line:
        host, _, port = self.place.partition(":")
        if host.startswith("/dev/"):
            return Line(os.open(host, os.O_RDWR | os.O_NOCTTY))
        peer = socket.socket(socket.AF_INET if port else socket.AF_UNIX)
        peer.connect((host, int(port)) if port else self.place)
        return Line(peer.detach())

    def talk(self, line: Line) -> None:
        self.assertEqual(line.read_until("> "), "> ")
        self.assertEqual(line.ask("hello\n"), "HELLO\n> ")
        self.assertEqual(line.ask("a longer line, at once\n"), "A LONGER LINE, AT ONCE\n> ")
        line.type("quit\n")
        self.assertEqual(line.read_until("\n"), "bye\n")


class BothWays(Uart):
    def test_on_a_pseudo_terminal(self) -> None:
        process = self.start("pty")
        self.assertRegex(self.place, "^/dev/pts/[0-9]+$")
        self.talk(self.connect())

        self.assertEqual(self.finish(process), (2, "2 lines\n", ""))

    def test_on_a_unix_socket(self) -> None:
        process = self.start("line")
        self.assertEqual(self.place, "line")
        self.place = str(self.folder / self.place)
        self.talk(self.connect())

        self.assertEqual(self.finish(process), (2, "2 lines\n", ""))
        self.assertFalse((self.folder / "line").exists())

    def test_on_a_port_of_this_machine(self) -> None:
        process = self.start("0")
        self.assertRegex(self.place, "^127.0.0.1:[0-9]+$")
        self.talk(self.connect())

        self.assertEqual(self.finish(process), (2, "2 lines\n", ""))

    def test_with_firmware_that_looks_all_the_time(self) -> None:
        process = self.start("pty", firmware=image("talks.c", "-DPOLLS"))
        self.talk(self.connect())

        self.assertEqual(self.finish(process), (2, "2 lines\n", ""))

    def test_with_a_debugger_that_does_not_come(self) -> None:
        process = self.start("pty", "--gdb", str(self.folder / "gdb"), "--gdb-nowait")
        self.talk(self.connect())

        self.assertEqual(self.finish(process)[:2], (2, "2 lines\n"))


class Peers(Uart):
    def test_the_run_waits_for_somebody(self) -> None:
        process = self.start("pty", firmware=image("talks.c", "-DDOES=says_little"))
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(0.5)
        line = self.connect()

        self.assertEqual(line.read_until("\n"), "bye\n")
        self.assertEqual(self.finish(process), (0, "0 lines\n", ""))

    def test_it_need_not_wait_and_says_what_nobody_has_read(self) -> None:
        process = self.start("pty", "--uart-nowait", firmware=image("talks.c", "-DDOES=says_little"))

        self.assertEqual(self.finish(process), (0, "0 lines\n", "uart: 4 characters were read by nobody\n"))

    def test_who_comes_late_reads_what_was_said_before(self) -> None:
        process = self.start("pty", "--uart-nowait")
        time.sleep(0.5)
        self.talk(self.connect())

        self.assertEqual(self.finish(process), (2, "2 lines\n", ""))

    def test_one_may_go_and_another_come(self) -> None:
        for place in ("pty", "0"):
            with self.subTest(place=place):
                process = self.start(place)
                first = self.connect()
                first.read_until("> ")
                self.assertEqual(first.ask("hello\n"), "HELLO\n> ")
                first.close()
                self.wait_until(lambda: "nobody is there any more; the run goes on" in self.said())
                second = self.connect()
                self.assertEqual(second.ask("again\n"), "AGAIN\n> ")
                second.type("quit\n")

                self.assertEqual(second.read_until("\n"), "bye\n")
                self.assertEqual(self.finish(process)[:2], (2, "2 lines\n"))

    def test_nothing_is_lost_when_the_firmware_ends_before_it_is_read(self) -> None:
        for place in ("pty", "0"):
            with self.subTest(place=place):
                process = self.start(place)
                line = self.connect()
                line.type("hello\nquit\nnobody takes this\n")
                time.sleep(0.5)

                self.assertEqual(line.read_until("bye\n"), "> HELLO\n> bye\n")
                self.assertEqual(self.finish(process), (1, "1 lines\n", ""))

    def test_a_signal_ends_every_wait(self) -> None:
        for name, options in (("before the run", ()), ("for a character", ("--uart-nowait",))):
            with self.subTest(name):
                process = self.start("pty", *options)
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)

                status, _, err = self.finish(process)
                self.assertEqual(status, 128 + signal.SIGINT)
                self.assertIn("interrupted by signal 2", err)

    def test_a_peer_that_does_not_read_holds_the_run_up(self) -> None:
        process = self.start("pty", firmware=image("talks.c", "-DDOES=says_much"))
        line = self.connect()
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(0.5)

        said = line.read_until("bye\n")
        self.assertEqual(said.count("much\n"), 4000)
        self.assertEqual(self.finish(process), (0, "0 lines\n", ""))


class Limits(Uart):
    def test_idle_time_is_that_of_the_user(self) -> None:
        """The firmware sleeps for 0.5 s of a timer at 463 MHz."""
        start = time.monotonic()
        process = self.start("pty", "--uart-nowait", firmware=image("talks.c", "-DDOES=sleeps"))

        self.assertEqual(self.finish(process)[0], 0)
        self.assertGreater(time.monotonic() - start, 0.5)

    def test_who_waits_for_nothing_is_deadlocked(self) -> None:
        process = self.start("pty", "--uart-nowait", firmware=image("talks.c", "-DDOES=forgets"))

        status, _, err = self.finish(process)
        self.assertEqual(status, DEADLOCK)
        self.assertIn("every core sleeps", err)

    def test_mistakes_are_named(self) -> None:
        (self.folder / "typed.txt").write_text("x")
        (self.folder / "file").write_text("x")
        for options, message in (
            (("--uart", "70000"), "--uart 70000: a port is at most 65535"),
            (("--uart", "nowhere/line"), "--uart nowhere/line: cannot listen there: No such file"),
            (("--uart", "file"), "--uart file: cannot listen there: Address already in use"),
            (("--uart", "x" * 120), "the path of a socket has at most 107 characters"),
            (("--uart-nowait",), "--uart-nowait needs --uart pty|PORT|PATH"),
            (("--uart", "pty", "--stdin", "typed.txt"), "--uart pty: soc.uart.input = typed.txt says already"),
        ):
            done = self.run_program(image("talks.c"), *options)
            self.assertEqual(done.returncode, USER_ERROR)
            self.assertIn(message, done.stderr)

    def test_without_it_the_input_is_a_file(self) -> None:
        (self.folder / "typed.txt").write_text("hello\nquit\n")
        done = self.run_program(image("talks.c"), "--quiet", "--stdin", "typed.txt")

        self.assertEqual((done.returncode, done.stdout), (1, "> HELLO\n> bye\n1 lines\n"))


if __name__ == "__main__":
    bringup.main()
