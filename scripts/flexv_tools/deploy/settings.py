# SPDX-License-Identifier: Apache-2.0
"""What --set says of the platform, as far as a network is planned for it; the simulator itself reads the rest."""

from __future__ import annotations

import math

from flexv_tools.deploy import cost
from flexv_tools.errors import Failure

EXTERNAL = "soc.external_memory"
TCDM = "soc.cluster.tcdm.size_bytes"
DECIDED = {  # by options, because all that is planned rests on it
    "soc.cluster.core_count": "--cores",
    "soc.cluster.core.isa": "--isa",
    "soc.l2.size_bytes": "--l2-bytes",
    f"{EXTERNAL}.size_bytes": "--l3, which takes what the network needs",
}
LEAST_L1_BYTES = 4096
DEFAULT_TCDM_BYTES = 128 * 1024
MOST_TCDM_BYTES = 1 << 20
MOST_STACK_BYTES, LEAST_STACK_BYTES = 2048, 512  # of a core: sw/runtime/start.c
RUNTIME_BYTES, LAYER_BYTES = 1536, 12  # data of the program in the TCDM beside the arena of tiles: of all, and of each layer
MANY_LAYERS = 128


def values_of(settings: list[str]) -> dict[str, str]:
    return dict(setting.split("=", 1) for setting in settings if "=" in setting)


def check_settings(settings: list[str]) -> None:
    for key in values_of(settings):
        if key in DECIDED:
            raise Failure(f"--set {key}: the network is planned for another one; expected {DECIDED[key]}")


def external_of(settings: list[str]) -> cost.External:
    """External memory as it is, or as --set says."""
    values, found = values_of(settings), cost.External()
    try:
        external = cost.External(
            float(values.get(f"{EXTERNAL}.bytes_per_cycle", found.bytes_per_cycle)),
            int(values.get(f"{EXTERNAL}.latency_cycles", found.latency_cycles)),
            int(values.get(f"{EXTERNAL}.burst_bytes", found.burst_bytes)),
        )
    except ValueError as error:
        raise Failure(f"--set {EXTERNAL}: {error}; --l3 needs plain numbers to plan with") from error
    if not 0 < external.bytes_per_cycle < math.inf or external.latency_cycles < 0 or external.burst_bytes < 1:
        raise Failure(f"--set {EXTERNAL}: {external.bytes_per_cycle:g} bytes a cycle, a latency of {external.latency_cycles} cycles, bursts of "
                      f"{external.burst_bytes} bytes; expected more than 0 bytes and no negative latency")  # fmt: skip
    return external


def l1_advice(l1_bytes: int, cores: int) -> str:
    """Options that give tiles `l1_bytes`, where there are such."""
    size = DEFAULT_TCDM_BYTES
    while size <= MOST_TCDM_BYTES and room_of(size, cores, MANY_LAYERS) < l1_bytes:
        size *= 2
    if size > MOST_TCDM_BYTES:
        return ""
    return f"--l1-bytes {l1_bytes}{'' if size == DEFAULT_TCDM_BYTES else f' --set {TCDM}={size}'}, or "


def room_of(size: int, cores: int, layers: int) -> int:
    """Bytes of a TCDM of `size` that stacks and the runtime leave to tiles."""
    stack = min(MOST_STACK_BYTES, max(LEAST_STACK_BYTES, size // 4 // cores // 16 * 16))
    return (size - cores * stack - RUNTIME_BYTES - LAYER_BYTES * layers) // 64 * 64


def tcdm_bytes(settings: list[str]) -> int:
    text = values_of(settings).get(TCDM, str(DEFAULT_TCDM_BYTES))
    try:
        return int(text)
    except ValueError as error:
        raise Failure(f"--set {TCDM}: {text!r}; expected bytes as a plain number to plan with") from error


def chosen_l1_bytes(wanted: int | None, usual: int, settings: list[str], cores: int, layers: int) -> int:
    """What tiles may use: `wanted`, or as much of `usual` as there is."""
    room = room_of(tcdm_bytes(settings), cores, layers)
    if wanted is None and room >= LEAST_L1_BYTES:
        return min(usual, room)
    if wanted is None or wanted > room:
        raise Failure(f"--l1-bytes {wanted or LEAST_L1_BYTES}: stacks of {cores} cores and the runtime leave {room:,} bytes of the TCDM of {tcdm_bytes(settings):,}; "
                      f"expected at most that, or a larger TCDM (--set {TCDM}=..., powers of two up to {MOST_TCDM_BYTES:,})")  # fmt: skip
    return wanted
