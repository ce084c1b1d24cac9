# SPDX-License-Identifier: Apache-2.0
"""A run of flexv-vp under the control of Python, through its debugger port; standard library only.

    from flexv_control import Run

    with Run("matmul.elf", program="build/release/flexv-vp",
             settings={"soc.cluster.tcdm.bank_count": 32}) as run:
        run.stop_at("main")
        print(run.go(), run.stopped)             # "breakpoint", and the core
        print(hex(run.register("cluster.core0", "pc")), run.read_word(run.symbol("result")))
        run.write_word(run.symbol("result"), 7)
        print(run.counters("tcdm"))
        print(run.go())                          # "exit"
    print(run.status, run.report["cycles"], run.output)
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import json
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

NAMES = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 "
         "t3 t4 t5 t6 pc").split()  # fmt: skip
MAX_BYTES = 1024  # of memory in one packet
BREAKPOINT, INTERRUPT = 5, 2  # signals of a run that goes on
ENDS = {4: "fault", 11: "fault", 6: "deadlock", 24: "limit"}  # signals of one that does not


class ControlError(Exception):
    """What was asked for cannot be, with the reason."""


def symbols_of(path: Path) -> dict[str, int]:
    """Address of each symbol of a 32-bit little-endian ELF file."""
    try:
        return read_symbols(path, path.read_bytes())
    except (struct.error, ValueError) as error:
        raise ControlError(f"{path}: is cut off, or no ELF file: {error}") from error


def read_symbols(path: Path, image: bytes) -> dict[str, int]:
    if image[:6] != b"\x7fELF\x01\x01":
        raise ControlError(f"{path}: is no 32-bit little-endian ELF file")
    (table,) = struct.unpack_from("<I", image, 32)
    size, count = struct.unpack_from("<HH", image, 46)
    sections = [struct.unpack_from("<10I", image, table + size * index) for index in range(count)]
    found: dict[str, int] = {}
    for section in sections:
        if section[1] != 2:  # SHT_SYMTAB
            continue
        texts = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], 16):
            name, value, _, info, _, _ = struct.unpack_from("<IIIBBH", image, at)
            if name != 0 and info & 15 < 3:  # neither section nor file
                end = image.index(b"\0", texts + name)
                found[image[texts + name : end].decode(errors="replace")] = value
    return found


def expanded(body: str) -> str:
    """Without GDB's escapes and run lengths."""
    text = ""
    at = 0
    while at < len(body):
        if body[at] == "}":
            at += 1
            text += chr(ord(body[at]) ^ 0x20)
        elif body[at] == "*":
            at += 1
            text += text[-1] * (ord(body[at]) - 29)
        else:
            text += body[at]
        at += 1
    return text


def setting_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def die_with_parent() -> None:
    """In the child, in front of the program: a Python that is killed closes nothing."""
    prctl_set_death_signal = 1
    ctypes.CDLL(None).prctl(prctl_set_death_signal, signal.SIGTERM)


def end_run(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    """Of a Run that nobody has closed: Python ends, or has lost it."""
    if process.poll() is None:
        process.kill()
        process.wait()
    folder.cleanup()


class DeferredInterrupt:
    """While it lasts, Ctrl-C does not cut an exchange of packets in two. It goes on behind that, or is `taken`: told to the run."""

    PATIENCE = 3  # how many it takes to end a run that does not react

    def __init__(self, on_interrupt: Callable[[], None] | None = None, on_last: Callable[[], None] | None = None) -> None:
        self.on_interrupt, self.on_last = on_interrupt, on_last
        self.count = 0
        self.before: Any = None

    def __enter__(self) -> DeferredInterrupt:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.getsignal(signal.SIGINT)
            if callable(self.before):
                signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, *_: object) -> None:
        self.count += 1
        if self.count == 1 and self.on_interrupt:
            self.on_interrupt()
        if self.count == self.PATIENCE and self.on_last:
            self.on_last()

    def __exit__(self, *_: object) -> None:
        if not callable(self.before):
            return
        signal.signal(signal.SIGINT, self.before)
        if self.count > 0 and not self.on_interrupt:
            self.before(signal.SIGINT, None)


class Packets:
    """GDB's remote protocol over a socket."""

    def __init__(self, path: str) -> None:
        self.link = socket.socket(socket.AF_UNIX)
        self.link.connect(path)
        self.buffer = b""

    def send(self, text: str) -> None:
        body = text.encode("latin-1")
        self._send(b"$" + body + b"#%02x" % (sum(body) & 255))

    def interrupt(self) -> None:
        self._send(b"\3")

    def _send(self, data: bytes) -> None:
        try:
            self.link.sendall(data)
        except OSError as error:
            raise ControlError("the run has ended") from error

    def receive(self, timeout: float | None = None) -> str:
        """Raises TimeoutError."""
        while True:
            found = re.search(rb"\$([^#]*)#..", self.buffer, re.DOTALL)
            if found:
                self.buffer = self.buffer[found.end() :]
                with contextlib.suppress(OSError):  # the run ends behind its last word
                    self.link.sendall(b"+")
                return expanded(found[1].decode("latin-1"))
            self.link.settimeout(timeout)
            try:
                part = self.link.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                part = b""
            if not part:
                raise ControlError("the run has ended")
            self.buffer += part

    def ask(self, text: str) -> str:
        with DeferredInterrupt():
            self.send(text)
            return self.receive()


class Run:
    """One run: started in front of the first instruction, ended with the block. Several threads may ask it; one at a time."""

    def __init__(self, firmware: str | Path, program: str | Path = "flexv-vp", config: str = "",
                 settings: Mapping[str, object] | None = None, options: Sequence[str] = ()) -> None:  # fmt: skip
        self.firmware, self.program = Path(firmware), str(program)
        self.symbols = symbols_of(self.firmware)
        self.folder = tempfile.TemporaryDirectory(prefix="flexv-control-")
        folder = Path(self.folder.name)
        self.report_file = folder / "report.json"
        command = [self.program, "run", str(self.firmware), "--quiet", "--gdb", str(folder / "gdb")]
        command += ["--report", str(self.report_file)]
        command += ["--config", config] if config else []
        for key, value in (settings or {}).items():
            command += ["--set", f"{key}={setting_text(value)}"]
        self.output_file, self.errors_file = folder / "output", folder / "errors"
        self.errors = ""
        self.lock = threading.RLock()
        is_main = threading.current_thread() is threading.main_thread()  # the kernel looks at the thread, not the process
        with self.output_file.open("wb") as output, self.errors_file.open("wb") as errors:
            self.process = subprocess.Popen(
                [*command, *options], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                start_new_session=True,  # Ctrl-C of a terminal, and a notebook's interrupt, are for Python, which tells the run
                preexec_fn=die_with_parent if is_main else None,  # noqa: PLW1509
            )  # fmt: skip
        self.end_if_lost = weakref.finalize(self, end_run, self.process, self.folder)
        self.status: int | None = None
        self.stopped = ""  # the core of the last stop
        self.messages = ""  # what the simulator has told of stops
        self.has_failed = False
        self.report: dict[str, Any] = {}
        self.output = ""
        self.packets = self._connect(str(folder / "gdb"))
        self.threads = self._threads()

    def _connect(self, path: str) -> Packets:
        while self.process.poll() is None:
            if b"gdb: listening on " in self.errors_file.read_bytes():
                packets = Packets(path)
                packets.ask("qSupported:swbreak+")
                return packets
            time.sleep(0.005)
        self._end()
        raise ControlError(self.errors.strip() or f"{self.program} has ended with status {self.status} and has started no run")

    def _threads(self) -> dict[str, str]:
        """Id of each core, by its name in reports."""
        text = ""
        while True:
            part = self.packets.ask(f"qXfer:threads:read::{len(text):x},800")
            text += part[1:]
            if part[0] != "m":  # more follows
                break
        found = re.findall(r'<thread id="(\w+)"[^>]*? name="([^"]+)"', text)
        return {name: id_ for id_, name in found}

    # --- Going on

    def stop_at(self, place: str | int) -> None:
        """A breakpoint at a symbol or address."""
        self._point("Z", place)

    def remove_stop(self, place: str | int) -> None:
        self._point("z", place)

    def _point(self, kind: str, place: str | int) -> None:
        address = self.symbol(place) if isinstance(place, str) else place
        self.read(address, 2)  # there is memory
        if self._ask(f"{kind}0,{address:x},4") != "OK":
            raise ControlError(f"no breakpoint at {place}")

    def go(self, timeout: float | None = None) -> str:
        """Until something happens: "breakpoint", "exit", what ends the run ("fault", "deadlock", "limit", where one can
        still look), or "interrupted" after `timeout` seconds of the host and by Ctrl-C. `stopped` is the core."""
        return self._until_stop("vCont;c", timeout)

    def go_to(self, cycle: int, timeout: float | None = None) -> str:
        """As go(), but for "interrupted" in front of what happens in that cycle of the cluster."""
        text = self.monitor(f"stop_at {cycle}")
        if not text.startswith("stops at cycle"):
            raise ControlError(f"go_to: {text.strip()}")
        return self.go(timeout)

    def step(self, core: str = "cluster.core0", timeout: float | None = None) -> str:
        """One instruction of a core; others go on meanwhile. One that sleeps comes to none: "interrupted" after `timeout`."""
        return self._until_stop(f"vCont;s:{self._thread(core)};c", timeout)

    def go_back(self, timeout: float | None = None) -> str:
        """To the last stop before: "breakpoint", or "start" where there is none."""
        return self._until_stop("bc", timeout)

    def step_back(self, core: str = "cluster.core0", timeout: float | None = None) -> str:
        """To where the core was in front of its last instruction."""
        self._ask(f"T{self._thread(core)}")
        return self._until_stop("bs", timeout)

    def reset(self) -> None:
        """To the start of the run; what was written from here is gone."""
        text = self.monitor("reset")
        if not text.startswith("the run is at its start"):
            raise ControlError(f"reset: {text.strip()}")

    def _ask(self, text: str) -> str:
        with self.lock:
            if self.status is not None:
                raise ControlError("the run has ended")
            return self.packets.ask(text)

    def _until_stop(self, command: str, timeout: float | None = None) -> str:
        if timeout is not None and not 0 <= timeout < threading.TIMEOUT_MAX:
            raise ControlError(f"timeout = {timeout}: must be seconds, 0 or more")
        with self.lock:
            if self.status is not None:
                raise ControlError("the run has ended")
            with DeferredInterrupt(self.packets.interrupt, self.process.kill):
                self.packets.send(command)
                try:
                    stop = self._stop(timeout)
                except TimeoutError:
                    self.packets.interrupt()
                    stop = self._stop()
            return self._outcome(stop)

    def _stop(self, timeout: float | None = None) -> str:
        """The next packet but what the simulator tells its user."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.001)  # 0 would not wait at all
            stop = self.packets.receive(left)
            if not stop.startswith("O"):
                return stop
            self.messages += bytes.fromhex(stop[1:]).decode(errors="replace")

    def _outcome(self, stop: str) -> str:
        if stop.startswith("E"):
            raise ControlError("this run cannot go back: it writes files or talks to others while it runs")
        if "replaylog:begin" in stop:
            return "start"
        if stop.startswith(("W", "X")):
            self._end()
            return "exit"
        number = int(stop[1:3], 16)
        thread = re.search(r"thread:(\w+);", stop)
        self.stopped = next((core for core, id_ in self.threads.items() if thread and id_ == thread[1]), "")
        self.has_failed = number in ENDS
        return {BREAKPOINT: "breakpoint", INTERRUPT: "interrupted", **ENDS}.get(number, f"signal {number}")

    # --- Looking, without side effects

    def symbol(self, name: str) -> int:
        if name not in self.symbols:
            near = difflib.get_close_matches(name, self.symbols, 5, 0.5)
            raise ControlError(f"{self.firmware}: no symbol {name}; nearest: {', '.join(near) or 'none'}")
        return self.symbols[name]

    def _thread(self, core: str) -> str:
        if core not in self.threads:
            raise ControlError(f"no core {core}; there are {', '.join(self.threads)}")
        return self.threads[core]

    def register(self, core: str, name: str) -> int:
        """A register by its ABI name or number ("a0", "x10"), or "pc"."""
        number = self._number(name)
        self._ask(f"Hg{self._thread(core)}")
        value: int = struct.unpack("<I", bytes.fromhex(self._ask(f"p{number:x}")))[0]
        return value

    @staticmethod
    def _number(name: str) -> int:
        if name in NAMES:
            return NAMES.index(name)
        if name == "fp":
            return NAMES.index("s0")
        if re.fullmatch(r"x(\d|[12]\d|3[01])", name):
            return int(name[1:])
        raise ControlError(f"no register {name}; there are x0..x31 and {', '.join(NAMES)}")

    def set_register(self, core: str, name: str, value: int) -> None:
        number = self._number(name)
        self._ask(f"Hg{self._thread(core)}")
        if self._ask(f"P{number:x}={struct.pack('<I', value & 0xFFFFFFFF).hex()}") != "OK":
            raise ControlError(f"{core}.{name} cannot be set")

    def read(self, address: int, size: int) -> bytes:
        if size < 0:
            raise ControlError(f"read of {size} bytes: must be 0 or more")
        data = b""
        while len(data) < size:
            part = self._ask(f"m{address + len(data):x},{min(MAX_BYTES, size - len(data)):x}")
            if part.startswith("E") or not part:
                raise ControlError(f"no memory at {address + len(data):#010x}")
            data += bytes.fromhex(part)
        return data

    def write(self, address: int, data: bytes) -> None:
        if not isinstance(data, (bytes, bytearray)):
            raise ControlError(f"write of {data!r}: must be bytes")
        for at in range(0, len(data), MAX_BYTES):
            part = data[at : at + MAX_BYTES]
            if self._ask(f"M{address + at:x},{len(part):x}:{part.hex()}") != "OK":
                raise ControlError(f"no memory at {address + at:#010x}")

    def read_word(self, address: int) -> int:
        value: int = struct.unpack("<I", self.read(address, 4))[0]
        return value

    def write_word(self, address: int, value: int) -> None:
        self.write(address, struct.pack("<I", value & 0xFFFFFFFF))

    def monitor(self, line: str) -> str:
        """What `monitor LINE` of GDB prints; "help" lists the commands."""
        with self.lock, DeferredInterrupt():
            if self.status is not None:
                raise ControlError("the run has ended")
            self.packets.send("qRcmd," + line.encode().hex())
            text = ""
            while (answer := self.packets.receive()) != "OK":
                if answer.startswith("E"):
                    raise ControlError(f"monitor {line}: {answer}")
                text += bytes.fromhex(answer.removeprefix("O")).decode(errors="replace")
                if not answer.startswith("O"):
                    break
        if text.startswith("unknown command"):
            raise ControlError(f"monitor {line}: {text}")
        return text

    def counters(self, part: str = "") -> dict[str, int]:
        """Counters that are not 0, so far, whose path has `part` in it."""
        found = re.findall(r"^(\S+) +(\d+)$", self.monitor(f"counters {part}".strip()), re.MULTILINE)
        return {path: int(count) for path, count in found}

    def output_so_far(self) -> str:
        """What the firmware has printed."""
        return self.output_file.read_bytes().decode(errors="replace") if self.status is None else self.output

    def cycle(self) -> int:
        found = re.match(r"cycle (\d+)", self.monitor("cores"))
        return int(found[1]) if found else 0

    # --- The end

    def _end(self) -> None:
        if self.status is not None:
            return
        if hasattr(self, "packets"):
            self.packets.link.close()
        self.process.wait(timeout=600)
        lines = self.errors_file.read_bytes().decode(errors="replace").splitlines(keepends=True)
        self.errors = "".join(line for line in lines if not line.startswith("gdb: listening on "))
        self.output = self.output_file.read_bytes().decode(errors="replace")
        self.status = self.process.returncode
        if self.report_file.exists() and self.report_file.stat().st_size:
            self.report = json.loads(self.report_file.read_text())
        self.end_if_lost.detach()
        self.folder.cleanup()

    def close(self) -> None:
        """Ends the run where it is, if it goes on; the report has what was done. One that has failed ends as it would
        without anybody who looks."""
        if self.status is None:
            with contextlib.suppress(ControlError):
                self.packets.send("vCont;c" if self.has_failed else "k")
            self._end()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
