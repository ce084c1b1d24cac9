# SPDX-License-Identifier: Apache-2.0
"""The alarm in a process of its own: alarm.py SOCKET, with flexv_remote in PYTHONPATH."""

from __future__ import annotations

import sys

from flexv_remote import AccessError, Peer

VALUE, ALARM = 0, 4


class Alarm(Peer):
    at: int | None = None  # ns

    def on_read(self, offset: int, size: int) -> int:
        if offset != VALUE:
            raise AccessError
        self.delay_ns = 20
        return 0x5A

    def on_write(self, offset: int, data: bytes) -> None:
        if offset != ALARM:
            raise AccessError
        self.delay_ns = 20
        self.at = 10 * int.from_bytes(data, "little")

    def on_sync(self) -> None:
        if self.at is not None and self.now >= self.at:
            self.at = None
            self.pulse(0)


Alarm(sys.argv[1]).serve()
