# SPDX-License-Identifier: Apache-2.0
"""Writes a network's sources and builds its firmware: a CMake project of its own in FOLDER/src, which anybody
can build again without these scripts."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from flexv_tools.commands import output_of
from flexv_tools.deploy import emit, kernels
from flexv_tools.deploy.graph import Ints, Network
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.tiler import Target, Tiling
from flexv_tools.errors import Failure
from flexv_tools.simulator import FIRMWARE_PACKAGE

L2_BASE, L2_END = 0x1C00_0000, 0x2000_0000
LEAST_EXTERNAL_BYTES = 8 << 20

PROJECT = """\
# SPDX-License-Identifier: Apache-2.0
# Made by scripts/deploy. By hand: cmake -S . -B build -G Ninja -DCMAKE_TOOLCHAIN_FILE=SW/toolchain.cmake -Dflexv_firmware_DIR=SW/cmake
cmake_minimum_required(VERSION 3.25)
project(network LANGUAGES C ASM)
find_package(flexv_firmware REQUIRED)
target_compile_definitions(flexv_options INTERFACE {selection})  # the kernels of this network
foreach(name firmware firmware_check)
  flexv_app(${{name}} ISA {isa} BIAS {bias} SOURCES network_data.S ${{FLEXV_NETWORK_SOURCES}}
    DEFINITIONS NETWORK_TABLES="network_tables.h")
  target_include_directories(${{name}} PRIVATE ${{FLEXV_NETWORK_INCLUDES}} ${{CMAKE_CURRENT_SOURCE_DIR}})
  target_compile_options(${{name}} PRIVATE $<$<COMPILE_LANGUAGE:ASM>:-Wa,-I${{CMAKE_CURRENT_SOURCE_DIR}}>)
  target_link_options(${{name}} PRIVATE -Wl,--defsym=__l2_bytes={l2_bytes} -Wl,--defsym=__external_bytes={external_bytes})
endforeach()
target_compile_definitions(firmware_check PRIVATE NETWORK_CHECKSUMS)  # sums over every layer's result
"""


def write_sources(
    folder: Path, network: Network, tilings: list[Tiling], plan: Plan, target: Target, l2_bytes: int, sample: Ints
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = emit.weights_of(tilings)
    memory, external = emit.memory_of(network, plan, sample, weights)
    (folder / "network_tables.h").write_text(emit.tables(network, tilings, plan, target.l1_bytes))
    (folder / "network_data.S").write_text(emit.assembly(network, plan))
    (folder / "weights.bin").write_bytes(weights)
    (folder / "memory.bin").write_bytes(memory)
    (folder / "external.bin").write_bytes(external)
    chosen = " ".join(f"{name}={mask}" for name, mask in kernels.selection(tilings).items())
    (folder / "CMakeLists.txt").write_text(
        PROJECT.format(isa=target.isa, bias=network.bias, l2_bytes=l2_bytes, selection=chosen,
                       external_bytes=external_bytes(plan))  # fmt: skip
    )


def external_bytes(plan: Plan) -> int:
    """Of the memory outside of the chip; 0: there is none."""
    if plan.schedule is None:
        return 0
    return max(LEAST_EXTERNAL_BYTES, -(-(plan.weight_bytes + plan.external_bytes + 16) // (1 << 20)) << 20)


def program_bytes(elf: Path) -> int:
    """What a program takes of L2 beside its activations and weights: code, tables, stack."""
    done = subprocess.run(["riscv64-unknown-elf-size", "-A", str(elf)], capture_output=True, text=True, check=False)
    sizes = {words[0]: (int(words[1]), int(words[2])) for words in map(str.split, done.stdout.splitlines()) if len(words) == 3
             and words[1].isdigit()}  # fmt: skip
    if not sizes:
        raise Failure(f"{elf}: {done.stderr.strip() or 'no sections'}")
    return sum(size for size, address in sizes.values() if L2_BASE <= address < L2_END)


def build(source: Path, binary: Path) -> tuple[Path, Path]:
    """Firmware, and the same with sums over each layer's result."""
    output_of(
        ["cmake", "-S", source, "-B", binary, "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={FIRMWARE_PACKAGE / 'toolchain.cmake'}",
         f"-Dflexv_firmware_DIR={FIRMWARE_PACKAGE / 'cmake'}"]  # fmt: skip
    )
    output_of(["cmake", "--build", binary])
    return binary / "firmware.elf", binary / "firmware_check.elf"


def with_input(elf: Path, data: bytes, target: Path) -> None:
    """A copy of `elf` with `data` where the network's input lies."""
    image = bytearray(elf.read_bytes())
    offset = file_offset(bytes(image), symbol_address(elf, "network_input"))
    image[offset : offset + len(data)] = data
    target.write_bytes(image)


def symbol_address(elf: Path, name: str) -> int:
    done = subprocess.run(["riscv64-unknown-elf-nm", str(elf)], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[2] == name:
            return int(words[0], 16)
    raise Failure(f"{elf}: no symbol {name}: {done.stderr.strip()}")


def file_offset(image: bytes, address: int) -> int:
    """Where an address lies in a 32-bit little-endian ELF file."""
    table, size, count = struct.unpack_from("<28xI10xHH", image)
    for number in range(count):
        kind, offset, start, _, length = struct.unpack_from("<IIIII", image, table + number * size)
        if kind == 1 and start <= address < start + length:
            return int(offset + address - start)
    raise Failure(f"address {address:#x} is in no segment of the firmware")
