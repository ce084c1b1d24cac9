# SPDX-License-Identifier: Apache-2.0
"""Devices and test benches in another process: remote_test.py FLEXV_VP."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/program"), str(ROOT / "scripts/python")]
import flexv_remote
import images
from firmware_case import FirmwareCase
from flexv_remote import ACCESS, HEADER, AccessError, Peer
from images import read_and_end

PROGRAM = ""
FAULT, DEADLOCK = 102, 105
WINDOW, L2 = 0x2000_0000, 0x1C01_0000
LINE = 12
SPIN = [images.jump(0)]
LISTEN_AND_SLEEP = images.listen_to(LINE) + images.sleep()


class Memory(Peer):
    """A word that takes 100 ns, and a log of what was asked."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.words: dict[int, bytes] = {}
        self.log: list[tuple[str, int, int]] = []
        self.resets = 0

    def on_read(self, offset: int, size: int) -> int | bytes:
        self.log.append(("read", offset, self.now))
        self.delay_ns = 100
        return self.words.get(offset, bytes(size))

    def on_write(self, offset: int, data: bytes) -> None:
        self.log.append(("write", offset, self.now))
        if offset >= 0x100:
            raise AccessError
        self.words[offset] = data

    def on_reset(self) -> None:
        self.resets += 1


class Case(FirmwareCase):
    def setUp(self) -> None:
        super().setUp()
        self.address = f"unix:{self.folder}/socket"

    def device(self, **more: Any) -> dict[str, Any]:
        return {"name": "far", "socket": self.address, "window": [WINDOW, 4096], "timeout_ms": 20_000} | more

    def command(self, body: list[int], *devices: dict[str, Any], options: tuple[str, ...] = ()) -> list[str]:
        path = self.folder / "chip.json"
        path.write_text(json.dumps({"soc": {"remotes": devices}}, indent=1))
        return [PROGRAM, "run", str(self.write_image(body)), "--config", str(path), "--quiet",
                "--report", str(self.folder / "report.json"), *options]  # fmt: skip

    def run_with(
        self, serve: Callable[[], None], body: list[int], *devices: dict[str, Any], options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        done = subprocess.run(self.command(body, *devices or (self.device(),), options=options),
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
        server.join(20)
        self.assertFalse(server.is_alive(), "the peer has seen no end")
        return done


class ADevice(Case):
    def test_firmware_reads_what_it_has_written(self) -> None:
        memory = Memory(self.address)
        done = self.run_with(memory.serve, images.store(WINDOW + 8, 42) + read_and_end(WINDOW + 8))
        self.assertEqual(done.returncode, 42, done.stderr)
        self.assertEqual([(what, offset) for what, offset, _ in memory.log], [("write", 8), ("read", 8)])
        counters = self.report()["counters"]["outside.remote_far_window"]
        self.assertEqual((counters["reads"], counters["writes"]), (1, 1))

    def test_its_delay_is_simulated(self) -> None:
        times = []
        for delay in (100, 1100):
            memory = Memory(self.address)

            def on_read(offset: int, size: int, memory: Memory = memory, delay: int = delay) -> int:
                memory.delay_ns = delay
                return 0

            memory.on_read = on_read  # type: ignore[method-assign]
            self.run_with(memory.serve, read_and_end(WINDOW), self.device(quantum_ns=0))
            times.append(self.report()["time_ns"])
        self.assertAlmostEqual(times[1] - times[0], 1000, delta=5)

    def test_an_access_that_it_refuses_is_an_error_of_the_firmware(self) -> None:
        done = self.run_with(Memory(self.address).serve, images.store(WINDOW + 0x100, 1) + images.end_with(0))
        self.assertEqual(done.returncode, FAULT, done.stderr)
        self.assertIn("soc.remotes.far: its target answers TLM_ADDRESS_ERROR_RESPONSE", done.stderr)

    def test_it_interrupts_in_the_course_of_an_access(self) -> None:
        class Interrupting(Memory):
            def on_write(self, offset: int, data: bytes) -> None:
                self.pulse(0)

        done = self.run_with(Interrupting(self.address).serve,
                             images.store(WINDOW, 1) + LISTEN_AND_SLEEP + images.end_with(3),
                             self.device(irq="line12", quantum_ns=0))  # fmt: skip
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_it_interrupts_when_its_time_has_come(self) -> None:
        class Alarm(Memory):
            def on_sync(self) -> None:
                if self.now >= 50_000:
                    self.pulse(1)

        done = self.run_with(Alarm(self.address).serve, LISTEN_AND_SLEEP + images.end_with(4),
                             self.device(irq=[3, "line12"]))  # fmt: skip
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertAlmostEqual(self.report()["time_ns"], 50_000, delta=1000)

    def test_without_a_quantum_a_sleep_that_nobody_ends_is_a_deadlock(self) -> None:
        server = threading.Thread(target=Memory(self.address).serve, daemon=True)
        server.start()
        command = self.command([], self.device(quantum_ns=0))
        images.Image(LISTEN_AND_SLEEP + images.end_with(0)).write(command[2])  # for all cores
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, DEADLOCK, done.stderr)

    def test_two_devices_and_a_port(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        one, two = Memory(self.address), Memory(f"tcp:{port}")
        other = threading.Thread(target=two.serve, daemon=True)
        other.start()
        body = images.store(WINDOW, 7) + images.store(WINDOW + 0x1000, 8) + read_and_end(WINDOW + 0x1000)
        second = self.device(name="second", socket=f"tcp:{port}", window=[WINDOW + 0x1000, 4096])
        done = self.run_with(one.serve, body, self.device(), second)
        other.join(20)
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertEqual((one.words[0][0], two.words[0][0]), (7, 8))

    def test_it_may_begin_to_listen_behind_the_platform(self) -> None:
        def late() -> None:
            time.sleep(0.5)
            Memory(self.address).serve()

        self.assertEqual(self.run_with(late, read_and_end(WINDOW)).returncode, 0)

    def test_a_run_is_the_same_bytes_twice_and_its_own_accesses_whatever_the_quantum(self) -> None:
        reports, logs = [], []
        for quantum in (1000, 1000, 1, 17):
            memory = Memory(self.address)
            self.run_with(memory.serve, images.store(WINDOW, 5) + read_and_end(WINDOW),
                          options=("--set", f"simulation.quantum_cycles={quantum}"))  # fmt: skip
            report = self.report()
            report.pop("host")
            reports.append(report)
            logs.append(memory.log)
        self.assertTrue(all(report == reports[0] for report in reports))
        self.assertTrue(all(log == logs[0] for log in logs))


class ATestBench(Case):
    def test_it_reads_and_writes_what_the_platform_has_and_ends_the_run(self) -> None:
        class Bench(Peer):
            def on_sync(self) -> None:
                if self.now < 5000:
                    return
                self.write(L2, b"a burst of some bytes")
                self.found = self.read(L2, 7)
                self.write(0x1000_0000, 0x1234)
                self.word = self.read(0x1000_0000)
                self.quit(33)

        bench = Bench(self.address)
        done = self.run_with(bench.serve, SPIN, self.device(window=[]))
        self.assertEqual(done.returncode, 33, done.stderr)
        self.assertEqual((bench.found, bench.word), (b"a burst", b"\x34\x12\0\0"))
        self.assertGreaterEqual(self.report()["time_ns"], 5000)

    def test_an_access_that_the_platform_refuses_is_told(self) -> None:
        class Bench(Peer):
            refused = 0

            def on_sync(self) -> None:
                for address in (0x6000_0000, 1 << 40, 0xFFFF_FFFE):
                    with contextlib.suppress(AccessError):
                        self.read(address)
                        continue
                    self.refused += 1
                with contextlib.suppress(AccessError):
                    self.read(L2, 0)
                self.quit()

        bench = Bench(self.address)
        done = self.run_with(bench.serve, SPIN)
        self.assertEqual((done.returncode, bench.refused), (0, 3), done.stderr)

    def test_it_may_reach_its_own_window_by_the_bus(self) -> None:
        class Mirror(Memory):
            def on_sync(self) -> None:
                self.words[0x10] = b"self"
                self.seen = self.read(WINDOW + 0x10)
                self.quit()

        mirror = Mirror(self.address)
        self.assertEqual(self.run_with(mirror.serve, SPIN).returncode, 0)
        self.assertEqual(mirror.seen, b"self")

    def test_an_access_keeps_its_delay_when_another_one_comes_in_its_course(self) -> None:
        class Asks(Memory):
            def on_read(self, offset: int, size: int) -> int:
                if offset == 0:
                    self.delay_ns = 1000
                    self.read(WINDOW + 0x10)
                return 0

        self.run_with(Memory(self.address).serve, read_and_end(WINDOW), self.device(quantum_ns=0))
        plain = self.report()["time_ns"]
        self.run_with(Asks(self.address).serve, read_and_end(WINDOW), self.device(quantum_ns=0))
        self.assertGreater(self.report()["time_ns"], plain + 800)  # 1000 ns, and 100 ns less

    def test_one_that_asks_itself_for_ever_ends_the_run(self) -> None:
        class Narcissus(Memory):
            def on_read(self, offset: int, size: int) -> int | bytes:
                return self.read(WINDOW + offset, size)

        done = self.run_with(Narcissus(self.address).serve, read_and_end(WINDOW), self.device(quantum_ns=0))
        self.assert_refused(done, "soc.remotes.far", "asks for its own window, and within that again, 9 deep")

    def test_it_may_act_in_the_future(self) -> None:
        class Ahead(Peer):
            def on_sync(self) -> None:
                self.now += 3000
                self.write(L2, 9)
                self.quit()

        self.assertEqual(self.run_with(Ahead(self.address).serve, SPIN).returncode, 0)
        self.assertGreaterEqual(self.report()["time_ns"], 3000)


class AMistakenPeer(Case):
    def test_it_takes_no_place_of_somebody_else(self) -> None:
        text = self.folder / "notes.txt"
        text.write_text("precious")
        with self.assertRaisesRegex(OSError, "notes.txt"):
            Peer(f"unix:{text}")
        self.assertEqual(text.read_text(), "precious")
        with Peer(self.address).listener:
            with self.assertRaisesRegex(OSError, "another peer listens there"):
                Peer(self.address)
        Peer(self.address).listener.close()  # where the last one has gone

    def test_what_it_returns_is_checked(self) -> None:
        for value in (1.5, None, "abcd", b"ab", 1 << 40):
            with self.subTest(value=value), self.assertRaisesRegex(ValueError, "on_read.. has returned .* for 4 bytes"):
                flexv_remote.bytes_of(value, 4)
        self.assertEqual(flexv_remote.bytes_of(-2, 4), b"\xfe\xff\xff\xff")
        with Peer(self.address).listener:
            pass
        with self.assertRaisesRegex(ValueError, "quit"):
            Peer(self.address).quit(1 << 31)


class Raw:
    """A peer that is written packet by packet."""

    def __init__(self, address: str, script: Callable[[Raw], None]) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(address.removeprefix("unix:"))
        self.listener.listen(1)
        self.script = script

    def serve(self) -> None:
        with self.listener:
            self.link, _ = self.listener.accept()
        with self.link, contextlib.suppress(OSError):
            self.script(self)

    def send(self, command: int, body: bytes = b"", flags: int = 0, number: int = 1) -> None:
        self.link.sendall(HEADER.pack(command, len(body), number, flags, 0) + body)

    def hello(self, major: int = 4, minor: int = 3) -> None:
        self.send(flexv_remote.HELLO, struct.pack(">HH", major, minor))
        self.receive()

    def receive(self) -> tuple[int, int, bytes]:
        header = self.link.recv(HEADER.size, socket.MSG_WAITALL)
        command, length, number, _, _ = HEADER.unpack(header)
        return command, number, self.link.recv(length, socket.MSG_WAITALL) if length else b""

    def wait_for_the_end(self) -> None:
        while self.link.recv(4096):
            pass


class Misbehaving(Case):
    """The run ends with 101, a text, and its report where it has begun; nothing hangs."""

    def refuse(self, script: Callable[[Raw], None], *words: str, **more: Any) -> None:
        Path(self.address.removeprefix("unix:")).unlink(missing_ok=True)
        done = self.run_with(Raw(self.address, script).serve, read_and_end(WINDOW), self.device(**more))
        self.assert_refused(done, "soc.remotes.far", self.address, *words)

    def test_nobody_listens(self) -> None:
        begin = time.monotonic()
        done = subprocess.run(self.command(read_and_end(WINDOW), self.device(timeout_ms=200)), capture_output=True,
                              text=True, timeout=60, check=False)  # fmt: skip
        self.assert_refused(done, f"soc.remotes.far: {self.address}: nobody listens at", "for 200 ms")
        self.assertLess(time.monotonic() - begin, 20)

    def test_another_version(self) -> None:
        self.refuse(lambda peer: peer.hello(major=3), "speaks remote-port 3.3, expected 4.x")

    def test_another_minor_version_is_welcome(self) -> None:
        def older(peer: Raw) -> None:
            peer.hello(minor=0)
            command, number, _ = peer.receive()
            self.assertEqual(command, flexv_remote.READ)
            peer.send(command, ACCESS.pack(0, 0, 0, 4, 0, 4, 0) + b"\5\0\0\0", flexv_remote.RESPONSE, number)
            peer.wait_for_the_end()

        done = self.run_with(Raw(self.address, older).serve, read_and_end(WINDOW), self.device(quantum_ns=0))
        self.assertEqual(done.returncode, 5, done.stderr)

    def test_no_hello(self) -> None:
        for words, sent in (
            ("begins with a sync packet, expected hello", HEADER.pack(flexv_remote.SYNC, 8, 0, 0, 0) + bytes(8)),
            ("unknown command", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        ):
            with self.subTest(words=words):

                def sends(peer: Raw, sent: bytes = sent) -> None:
                    peer.link.sendall(sent)
                    peer.wait_for_the_end()

                self.refuse(sends, words)
        self.refuse(lambda peer: None, "has closed the connection")

    def test_silence(self) -> None:
        self.refuse(lambda peer: peer.wait_for_the_end(), "does not answer for 200 ms", timeout_ms=200)

        def greets(peer: Raw) -> None:
            peer.hello()
            peer.wait_for_the_end()

        self.refuse(greets, "does not answer for 2000 ms", "at cycle", timeout_ms=2000)
        self.assertEqual(self.report()["result"], "interrupted")

    def test_an_end_in_the_course_of_the_run(self) -> None:
        def dies(peer: Raw) -> None:
            peer.hello()
            peer.receive()

        self.refuse(dies, "has closed the connection", "at cycle", quantum_ns=0)
        self.assertEqual(self.report()["result"], "interrupted")

        def dies_within_a_packet(peer: Raw) -> None:
            peer.hello()
            peer.receive()
            peer.link.sendall(b"\0\0\0\3\0")

        self.refuse(dies_within_a_packet, "has closed the connection, 5 bytes into a packet", quantum_ns=0)

    def test_answers_that_are_none(self) -> None:
        read = flexv_remote.READ
        for words, command, body, offset in (
            ("answers read number 99", read, ACCESS.pack(0, 0, 0, 4, 0, 4, 0) + bytes(4), 99),
            ("answers sync number", flexv_remote.SYNC, bytes(8), 0),
            ("answers a read of 4 bytes with 2", read, ACCESS.pack(0, 0, 0, 2, 0, 2, 0) + bytes(2), 0),
            ("sends a time", read, ACCESS.pack(1 << 60, 0, 0, 4, 0, 4, 0) + bytes(4), 0),
            ("a read packet ends 4 bytes too early", read, ACCESS.pack(0, 0, 0, 4, 0, 4, 0), 0),
        ):
            with self.subTest(words=words):

                def answers(peer: Raw, command: int = command, body: bytes = body, offset: int = offset) -> None:
                    peer.hello()
                    _, number, _ = peer.receive()
                    peer.send(command, body, flexv_remote.RESPONSE, offset or number)
                    peer.wait_for_the_end()

                self.refuse(answers, words, quantum_ns=0)

    def test_requests_that_cannot_be(self) -> None:
        for words, command, body in (
            ("unknown command 7", 7, b""),
            ("says hello twice", flexv_remote.HELLO, struct.pack(">HH", 4, 3)),
            ('changes wire 2, but "irq" has 1 entries', flexv_remote.INTERRUPT, struct.pack(">QQIB", 0, 0, 2, 1)),
            ("is too long", flexv_remote.READ, ACCESS.pack(0, 0, 0, 1 << 31, 0, 0, 0)),
            ("extended layout", flexv_remote.WRITE, ACCESS.pack(0, 4, 0, 0, 0, 0, 0)),
            ("sends a time", flexv_remote.READ, ACCESS.pack(1 << 62, 0, L2, 4, 0, 4, 0)),
        ):
            with self.subTest(words=words):

                def asks(peer: Raw, command: int = command, body: bytes = body) -> None:
                    peer.hello()
                    peer.receive()
                    peer.send(command, body)
                    peer.wait_for_the_end()

                self.refuse(asks, words, quantum_ns=0, irq=3)

    def end_by_a_signal(self, meets: Callable[[Raw], None], number: int) -> None:
        """The signal comes when `meets` has returned, and the device waits for its peer."""
        Path(self.address.removeprefix("unix:")).unlink(missing_ok=True)
        has_met = threading.Event()

        def script(peer: Raw) -> None:
            meets(peer)
            has_met.set()
            peer.wait_for_the_end()

        threading.Thread(target=Raw(self.address, script).serve, daemon=True).start()
        command = self.command(read_and_end(WINDOW), self.device(timeout_ms=3_000_000, quantum_ns=0))
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
            self.assertTrue(has_met.wait(30))
            run.send_signal(number)
            _, text = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 128 + number, text)
        self.assertIn(f"soc.remotes.far: {self.address}: interrupted by signal", text)
        self.assertEqual(self.report()["result"], "interrupted")

    def test_a_signal_ends_the_wait_for_a_greeting(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                self.end_by_a_signal(lambda peer: None, number)
                self.assertEqual(self.report()["instructions"], 0)

    def test_a_signal_ends_the_wait_for_an_answer(self) -> None:
        def meets(peer: Raw) -> None:
            peer.hello()
            peer.receive()  # the access

        self.end_by_a_signal(meets, signal.SIGTERM)

    def test_configurations_that_cannot_be(self) -> None:
        for more, words in (
            ({"socket": "/tmp/x"}, '"unix:PATH"'),
            ({"socket": "tcp:99999"}, '"tcp:PORT" of this machine'),
            ({"socket": "tcp:10.0.0.1:80"}, '"tcp:PORT" of this machine'),
            ({"name": ""}, "must be a name"),
            ({"quantum_ns": -1}, "must be a whole number 0..1000000000"),
            ({"timeout_ms": 0}, "must be a whole number 1..3600000"),
            ({"window": [0x1C00_0000, 4096]}, "soc.remotes.far"),
        ):
            with self.subTest(more=more):
                command = self.command(images.end_with(0), self.device(**more))
                done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
                self.assert_refused(done, words)
        command = self.command(images.end_with(0), self.device(), self.device(window=[]))
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assert_refused(done, "two devices are called far")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
