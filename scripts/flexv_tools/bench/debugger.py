# SPDX-License-Identifier: Apache-2.0
"""A debugger that does next to nothing: it connects, sets what it is told to, and lets the run go on, from each stop, too."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


def packet(text: str) -> bytes:
    return f"${text}#{sum(text.encode()) & 0xFF:02x}".encode()


def connect(path: Path, is_over: threading.Event) -> socket.socket | None:
    """As soon as somebody listens at `path`; None when the run is over before."""
    while not is_over.is_set():
        peer = socket.socket(socket.AF_UNIX)
        try:
            peer.connect(str(path))
            return peer
        except OSError:
            peer.close()
            is_over.wait(0.005)
    return None


def talk(path: Path, requests: tuple[str, ...], is_over: threading.Event) -> None:
    peer = connect(path, is_over)
    if peer is None:
        return
    with peer, contextlib.suppress(OSError):
        for request in requests:
            peer.sendall(packet(request))
            while peer.recv(1) != b"#":
                pass
            peer.sendall(b"+")
        peer.sendall(packet("c"))
        while received := peer.recv(4096):
            if b"$T" in received:  # a stop at what it was told to set
                peer.sendall(b"+" + packet("c"))


@contextlib.contextmanager
def attached(path: Path, requests: tuple[str, ...]) -> Iterator[None]:
    """While the block runs, a debugger comes to the Unix socket `path`."""
    is_over = threading.Event()
    thread = threading.Thread(target=talk, args=(path, requests, is_over))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
