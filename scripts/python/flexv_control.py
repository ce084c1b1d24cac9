# SPDX-License-Identifier: Apache-2.0
"""A run of flexv-vp under the control of Python, through its debugger port; standard library only.

    from flexv_control import Run

    with Run("matmul.elf", program="build/release/flexv-vp",
             settings={"soc.cluster.tcdm.bank_count": 32}) as run:
        run.stop_at("main")
        print(run.go())                          # "breakpoint"
        print(hex(run.register("cluster.core0", "pc")), run.read_word(run.symbol("result")))
        run.write_word(run.symbol("result"), 7)
        print(run.counters("tcdm"))
        print(run.go())                          # "exit"
    print(run.status, run.report["cycles"], run.output)
"""

from __future__ import annotations

import contextlib
import difflib
import json
import re
import socket
import struct
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NAMES = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 "
         "t3 t4 t5 t6 pc").split()  # fmt: skip
MAX_BYTES = 1024  # of memory in one packet


class ControlError(Exception):
    """What was asked for cannot be, with the reason."""


def symbols_of(path: Path) -> dict[str, int]:
    """Address of each symbol of a 32-bit little-endian ELF file."""
    image = path.read_bytes()
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


class Packets:
    """GDB's remote protocol over a socket."""

    def __init__(self, path: str) -> None:
        self.link = socket.socket(socket.AF_UNIX)
        self.link.connect(path)
        self.buffer = b""

    def send(self, text: str) -> None:
        body = text.encode("latin-1")
        self.link.sendall(b"$" + body + b"#%02x" % (sum(body) & 255))

    def receive(self) -> str:
        while True:
            found = re.search(rb"\$([^#]*)#..", self.buffer, re.DOTALL)
            if found:
                self.buffer = self.buffer[found.end() :]
                with contextlib.suppress(OSError):  # the run ends behind its last word
                    self.link.sendall(b"+")
                return expanded(found[1].decode("latin-1"))
            part = self.link.recv(65536)
            if not part:
                raise ControlError("the run has ended")
            self.buffer += part

    def ask(self, text: str) -> str:
        self.send(text)
        return self.receive()


class Run:
    """One run: started in front of the first instruction, ended with the block."""

    def __init__(self, firmware: str | Path, program: str | Path = "flexv-vp", config: str = "",
                 settings: Mapping[str, object] | None = None, options: Sequence[str] = ()) -> None:  # fmt: skip
        self.firmware = Path(firmware)
        self.symbols = symbols_of(self.firmware)
        self.folder = tempfile.TemporaryDirectory(prefix="flexv-control-")
        folder = Path(self.folder.name)
        self.report_file = folder / "report.json"
        command = [str(program), "run", str(self.firmware), "--quiet", "--gdb", str(folder / "gdb")]
        command += ["--report", str(self.report_file)]
        command += ["--config", config] if config else []
        for key, value in (settings or {}).items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            command += ["--set", f"{key}={text}"]
        self.output_file = (folder / "output").open("w+")
        self.errors = ""
        self.process = subprocess.Popen(
            [*command, *options], stdin=subprocess.DEVNULL, stdout=self.output_file, stderr=subprocess.PIPE, text=True
        )
        self.status: int | None = None
        self.report: dict[str, Any] = {}
        self.output = ""
        self.packets = self._connect(str(folder / "gdb"))
        self.threads = self._threads()

    def _connect(self, path: str) -> Packets:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("gdb: listening on "):
                packets = Packets(path)
                packets.ask("qSupported:swbreak+")
                return packets
            self.errors += line
        self._end()
        raise ControlError(self.errors.strip())

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
        if self.packets.ask(f"{kind}0,{address:x},4") != "OK":
            raise ControlError(f"no breakpoint at {place}")

    def go(self) -> str:
        """Until something happens: "breakpoint", "exit", or what ended the run."""
        return self._outcome(self.packets.ask("vCont;c"))

    def step(self, core: str = "cluster.core0") -> str:
        """One instruction of a core; others go on meanwhile."""
        return self._outcome(self.packets.ask(f"vCont;s:{self._thread(core)};c"))

    def go_back(self) -> str:
        """To the last stop before: "breakpoint", or "start" where there is none."""
        return self._outcome(self.packets.ask("bc"))

    def step_back(self, core: str = "cluster.core0") -> str:
        """To where the core was in front of its last instruction."""
        self.packets.ask(f"T{self._thread(core)}")
        return self._outcome(self.packets.ask("bs"))

    def reset(self) -> None:
        """To the start of the run; what was written from here is gone."""
        text = self.monitor("reset")
        if not text.startswith("the run is at its start"):
            raise ControlError(f"reset: {text.strip()}")

    def _outcome(self, stop: str) -> str:
        if stop.startswith("E"):
            raise ControlError("this run cannot go back: it writes files or talks to others while it runs")
        if "replaylog:begin" in stop:
            return "start"
        if stop.startswith("W"):
            self._end()
            return "exit"
        if stop.startswith("X"):
            self._end()
            return f"signal {int(stop[1:3], 16)}"
        signal = int(stop[1:3], 16)
        return "breakpoint" if signal == 5 else f"signal {signal}"

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
        """A register by its ABI name, or "pc"."""
        self.packets.ask(f"Hg{self._thread(core)}")
        return struct.unpack("<I", bytes.fromhex(self.packets.ask(f"p{NAMES.index(name):x}")))[0]

    def set_register(self, core: str, name: str, value: int) -> None:
        self.packets.ask(f"Hg{self._thread(core)}")
        if self.packets.ask(f"P{NAMES.index(name):x}={struct.pack('<I', value & 0xFFFFFFFF).hex()}") != "OK":
            raise ControlError(f"{core}.{name} cannot be set")

    def read(self, address: int, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.packets.ask(f"m{address + len(data):x},{min(MAX_BYTES, size - len(data)):x}")
            if part.startswith("E") or not part:
                raise ControlError(f"no memory at {address + len(data):#010x}")
            data += bytes.fromhex(part)
        return data

    def write(self, address: int, data: bytes) -> None:
        for at in range(0, len(data), MAX_BYTES):
            part = data[at : at + MAX_BYTES]
            if self.packets.ask(f"M{address + at:x},{len(part):x}:{part.hex()}") != "OK":
                raise ControlError(f"no memory at {address + at:#010x}")

    def read_word(self, address: int) -> int:
        return struct.unpack("<I", self.read(address, 4))[0]

    def write_word(self, address: int, value: int) -> None:
        self.write(address, struct.pack("<I", value & 0xFFFFFFFF))

    def monitor(self, line: str) -> str:
        """What `monitor LINE` of GDB prints; "help" lists the commands."""
        self.packets.send("qRcmd," + line.encode().hex())
        text = ""
        while (answer := self.packets.receive()) != "OK":
            if answer.startswith("E"):
                raise ControlError(f"monitor {line}: {answer}")
            text += bytes.fromhex(answer.removeprefix("O")).decode(errors="replace")
            if not answer.startswith("O"):
                break
        return text

    def counters(self, part: str = "") -> dict[str, int]:
        """Counters that are not 0, so far, whose path has `part` in it."""
        rows = (line.split() for line in self.monitor(f"counters {part}".strip()).splitlines())
        return {path: int(count) for path, count in rows}

    def cycle(self) -> int:
        found = re.match(r"cycle (\d+)", self.monitor("cores"))
        return int(found[1]) if found else 0

    # --- The end

    def _end(self) -> None:
        if self.status is not None:
            return
        if hasattr(self, "packets"):
            self.packets.link.close()
        _, errors = self.process.communicate(timeout=600)
        self.errors += errors
        self.status = self.process.returncode
        self.output_file.seek(0)
        self.output = self.output_file.read()
        self.output_file.close()
        if self.report_file.exists() and self.report_file.stat().st_size:
            self.report = json.loads(self.report_file.read_text())
        self.folder.cleanup()

    def close(self) -> None:
        """Ends the run where it is, if it goes on; the report has what was done."""
        if self.status is None:
            with contextlib.suppress(ControlError, OSError):
                self.packets.send("k")
            self._end()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
