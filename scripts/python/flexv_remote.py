# SPDX-License-Identifier: Apache-2.0
"""A peripheral or a test bench of flexv-vp in a process of its own (docs/tutorial/remote.md); standard library only.

    from flexv_remote import Peer

    class Counter(Peer):
        def on_read(self, offset, size):
            return self.now // 1000                       # microseconds

    Counter("unix:/tmp/counter").serve()                  # until the run ends

The wire protocol is remote-port 4.3 (docs/reference/remote_port.md).
"""

from __future__ import annotations

import errno
import socket
import struct
from pathlib import Path

NOP, HELLO, CONFIGURE, READ, WRITE, INTERRUPT, SYNC = range(7)
RESPONSE, POSTED = 2, 4
HEADER, ACCESS = struct.Struct(">5I"), struct.Struct(">3Q3IH")
OK, ERROR, ADDRESS_ERROR = range(3)
CORE_STATUS = 0x1A1040A0  # of SoC control: bit 31 and a code end the run


class AccessError(Exception):
    """Raised in on_read() and on_write(): the access is refused. Raised by read() and write(): it was."""


class Closed(Exception):
    """The run has ended."""


def make_room(place: Path) -> None:
    """The socket of a peer that has gone may lie there; whatever else does stays."""
    if not place.is_socket():
        return  # bind() refuses what there is
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:  # of another kind, so nobody has to accept it
        if probe.connect_ex(str(place)) == errno.EPROTOTYPE:
            raise OSError(errno.EADDRINUSE, "another peer listens there", str(place))
    place.unlink()


def bytes_of(value: object, size: int) -> bytes:
    """What on_read() has returned."""
    if isinstance(value, int) and -(1 << 8 * size - 1) <= value < 1 << 8 * size:
        return (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    if isinstance(value, (bytes, bytearray)) and len(value) == size:
        return bytes(value)
    raise ValueError(f"on_read() has returned {value!r} for {size} bytes; expected a number of so many bytes, or the bytes")


class Peer:
    """Listens at "unix:PATH" or "tcp:PORT"; override what begins with on_, call the rest from there."""

    now = 0  # ns, of what is being handled
    delay_ns = 0  # set in on_read() or on_write(): how long this access takes
    depth = 0  # accesses that are handled, each in the course of the one before

    def __init__(self, address: str) -> None:
        kind, _, place = address.partition(":")
        if kind == "unix":
            make_room(Path(place))
            self.listener = socket.socket(socket.AF_UNIX)
            try:
                self.listener.bind(place)
            except OSError as error:
                raise OSError(error.errno, error.strerror, place) from None
        elif kind == "tcp":
            self.listener = socket.create_server(("127.0.0.1", int(place)))
        else:
            raise ValueError(f'{address}: expected "unix:PATH" or "tcp:PORT"')
        self.listener.listen(1)
        self.next_id = 0

    # --- To override

    def on_read(self, offset: int, size: int) -> int | bytes:
        raise AccessError

    def on_write(self, offset: int, data: bytes) -> None:
        raise AccessError

    def on_sync(self) -> None:
        """At the beginning of each quantum."""

    def on_reset(self) -> None:
        """The chip is reset."""

    # --- To call

    def read(self, address: int, size: int = 4) -> bytes:
        """What the platform has there: L2, TCDM, registers."""
        return self._access(READ, address, size)

    def write(self, address: int, data: int | bytes) -> None:
        data = data.to_bytes(4, "little") if isinstance(data, int) else data
        self._access(WRITE, address, len(data), data)

    def interrupt(self, line: int, level: bool) -> None:
        """A wire, as "irq" of the configuration numbers them; the rising edge counts."""
        self._send(INTERRUPT, self._new_id(), POSTED, struct.pack(">QQIB", self.now, 0, line, level))

    def pulse(self, line: int) -> None:
        self.interrupt(line, True)
        self.interrupt(line, False)

    def quit(self, code: int = 0) -> None:
        """Ends the run; the exit status is `code`, 0..0x7fffffff."""
        if not 0 <= code < 1 << 31:
            raise ValueError(f"quit({code}): expected 0..0x7fffffff")
        self.write(CORE_STATUS, 1 << 31 | code)

    def serve(self) -> None:
        """Handles one run, to its end."""
        with self.listener:  # for this one
            self.link, _ = self.listener.accept()
            if self.link.family != socket.AF_UNIX:
                self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.link:
            self._send(HELLO, self._new_id(), 0, struct.pack(">HHIHHI", 4, 3, 32, 1, 0, 3))
            try:
                while True:
                    self._handle(*self._receive())
            except (Closed, ConnectionError):
                return

    # --- Packets

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def _send(self, command: int, number: int, flags: int, body: bytes, device: int = 0) -> None:
        self.link.sendall(HEADER.pack(command, len(body), number, flags, device) + body)

    def _receive(self) -> tuple[int, int, int, int, bytes]:
        command, length, number, flags, device = HEADER.unpack(self._bytes(HEADER.size))
        return command, number, flags, device, self._bytes(length)

    def _bytes(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.link.recv(count - len(data))
            if not part:
                raise Closed
            data += part
        return data

    def _access(self, command: int, address: int, size: int, data: bytes = b"") -> bytes:
        number = self._new_id()
        self._send(command, number, 0, ACCESS.pack(self.now, 0, address, size, 0, size, 0) + data)
        while True:  # the platform may ask in between
            kind, answered, flags, device, body = self._receive()
            if flags & RESPONSE and answered == number:
                attributes = ACCESS.unpack_from(body)[1]
                if attributes >> 8 & 15 != OK:
                    raise AccessError(f"the platform refuses {size} bytes at {address:#x}")
                return body[ACCESS.size :]
            self._handle(kind, answered, flags, device, body)

    def _handle(self, command: int, number: int, flags: int, device: int, body: bytes) -> None:
        if flags & RESPONSE or command in (NOP, CONFIGURE):
            return
        if command == HELLO:
            if struct.unpack_from(">H", body)[0] != 4:
                raise ValueError("the platform speaks another version of remote-port")
        elif command in (READ, WRITE):
            self._handle_access(command, number, device, body)
        elif command == INTERRUPT:
            if body[20]:
                self.on_reset()
        elif command == SYNC:
            (self.now,) = struct.unpack_from(">Q", body)
            self.on_sync()
            self._send(SYNC, number, RESPONSE, struct.pack(">Q", self.now), device)

    def _handle_access(self, command: int, number: int, device: int, body: bytes) -> None:
        outer, self.depth = (self.now, self.delay_ns), self.depth + 1  # of an access in whose course this one comes
        self.now, _, offset, size, width, stream, master = ACCESS.unpack_from(body)
        self.delay_ns, status, data, start = 0, OK, b"", self.now
        try:
            if command == WRITE:
                self.on_write(offset, body[ACCESS.size :])
            else:
                data = bytes_of(self.on_read(offset, size), size)
        except AccessError:
            status, data = ADDRESS_ERROR, bytes(size if command == READ else 0)
        if not isinstance(self.delay_ns, int) or self.delay_ns < 0:
            raise ValueError(f"delay_ns = {self.delay_ns!r}: expected whole nanoseconds, 0 or more")
        packed = ACCESS.pack(start + self.delay_ns, status << 8, offset, size, width, stream, master)
        self.depth -= 1
        if self.depth > 0:
            self.now, self.delay_ns = outer
        self._send(command, number, RESPONSE, packed + data, device)
