# SPDX-License-Identifier: Apache-2.0
"""The programs behind the driver: clang-19, the GNU assembler and linker, the plug-in of sw/compiler and the archives of runtime and
kernels, which are made on first use and again when their sources change."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flexv_tools.errors import Failure
from flexv_tools import simulator
from flexv_tools.simulator import ROOT

CLANG = "clang-19"
GCC = "riscv64-unknown-elf-gcc"
AS = "riscv64-unknown-elf-as"
AR = "riscv64-unknown-elf-ar"
PACKAGES = ("clang-19", "llvm-19-dev", "gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf")
BUILD_PACKAGES = ("g++", "cmake", "ninja-build")
FIRMWARE = simulator.FIRMWARE_PACKAGE
INCLUDES = [FIRMWARE / name for name in ("include", "drivers", "kernels")]
LINK_SCRIPT = FIRMWARE / "runtime/link.ld"
RUNTIME = ("runtime/crt0.S", "runtime/start.c", "runtime/exit.c", "runtime/stdout.c", "runtime/l1.c")
INNER_LOOPS = {
    "flexv": ("kernels/macload_flexv.S",),
    "xpulpnn": ("kernels/macload_xpulpnn.S", "kernels/unpack.S"),
    "xpulpv2": ("kernels/unpack.S",),
}
LAYERS = tuple(
    sorted({f"kernels/{path.name}" for path in (FIRMWARE / "kernels").glob("*.[cS]")} - {name for files in INNER_LOOPS.values() for name in files})
)
GCC_FLAGS = ["-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "--specs=picolibc.specs", "-DPICOLIBC_INTEGER_PRINTF_SCANF"]
GCC_FLAGS += ["-ffreestanding", "-std=c17", "-O2", "-g", "-ffunction-sections", "-fdata-sections", "-fno-jump-tables"]


def cache() -> Path:
    """Where the driver keeps what it builds."""
    return Path(os.environ.get("FLEXV_CC_CACHE", simulator.CACHE / "compiler"))


def call(command: Sequence[str | Path], what: str) -> str:
    """Runs a step of the set-up; Failure with its words when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{what}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def require(tools: Iterable[str], packages: Sequence[str]) -> None:
    """Installs the Debian packages when one of the tools is missing."""
    if all(shutil.which(tool) for tool in tools):
        return
    call(["bash", "-c", 'source "$0"; require_packages "$@"', "scripts/lib.sh", *packages], "installing packages")


def digest(files: Iterable[Path], *more: str) -> str:
    """A name for the contents of files."""
    value = hashlib.sha256()
    for file in sorted(files):
        value.update(file.name.encode())
        value.update(file.read_bytes())
    for text in more:
        value.update(text.encode())
    return value.hexdigest()[:16]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One builder at a time: `make -j` starts many drivers at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def plugin() -> Path:
    """The passes as a shared object; built once for each state of their sources."""
    sources = FIRMWARE / "compiler"
    files = [*sources.glob("*.cpp"), *sources.glob("*.hpp"), sources / "CMakeLists.txt"]
    place = cache() / f"flexv_passes-{digest(files)}.so"
    if place.exists():
        return place
    with locked(cache()):
        if not place.exists():
            build_plugin(sources, place)
    return place


def build_plugin(sources: Path, place: Path) -> None:
    require(["g++", "cmake", "ninja", "llvm-config-19"], [*BUILD_PACKAGES, "llvm-19-dev"])
    folder = cache() / "plugin"
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    call(["cmake", "-S", sources, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *launcher], "the plug-in for clang")
    call(["cmake", "--build", folder], "the plug-in for clang")
    fresh = place.with_suffix(f".{os.getpid()}")
    shutil.copy(folder / "flexv_passes.so", fresh)
    fresh.rename(place)


def archive(name: str, sources: Sequence[str], definitions: Sequence[str]) -> Path:
    """libNAME.a out of files of sw/, compiled by GCC."""
    files = [FIRMWARE / source for source in sources]
    headers = [
        path
        for folder in ("include", "drivers", "kernels", "runtime")
        for path in (FIRMWARE / folder).rglob("*")
        if path.suffix in (".h", ".inc")
    ]
    folder = cache() / "lib" / digest([*files, *headers], *definitions)
    place = folder / f"lib{name}.a"
    if place.exists():
        return place
    with locked(folder):
        if not place.exists():
            build_archive(place, files, definitions)
    return place


def build_archive(place: Path, files: Sequence[Path], definitions: Sequence[str]) -> None:
    includes = [f"-I{path}" for path in INCLUDES]
    objects = []
    for file in files:
        target = place.parent / f"{file.name}.o"
        command: list[str | Path] = [GCC, *GCC_FLAGS, *includes, f"-Wa,-I{FIRMWARE / 'include'}", *definitions, "-c", file, "-o", target]
        call(command, f"compiling {file.name}")
        objects.append(target)
    fresh = place.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    call([AR, "rcsD", fresh, *objects], f"archiving {place.name}")
    fresh.rename(place)


def runtime() -> Path:
    """Start-up code, exit, printf's output and the heap, as an archive: a program's own _start takes the place of ours."""
    return archive("flexv_runtime", RUNTIME, ["-DFLEXV_THREAD_LOCAL"])


def kernels(isa: str) -> Path:
    """The layers of sw/kernels for an instruction set."""
    return archive("flexv_kernels", [*LAYERS, *INNER_LOOPS[isa]], [f'-DROWS_OF_ISA="rows_{isa}.h"'])


def kernels_in_c() -> Path:
    """The library of Flex-V with places for the kernels of sw/kernels/in_c, which the driver compiles."""
    return archive("flexv_kernels_in_c", [*LAYERS, *INNER_LOOPS["flexv"]], ['-DROWS_OF_ISA="in_c/rows_flexv_c.h"'])


def picolibc_libraries() -> Path:
    """Folder of the C library for the core."""
    multilib = call([GCC, "-march=rv32imc", "-mabi=ilp32", "-print-multi-directory"], "looking for picolibc").strip()
    return Path("/usr/lib/picolibc/riscv64-unknown-elf/lib") / multilib


def picolibc_includes() -> Path:
    """Folder of the C library's headers, from GCC, which knows it by its specs."""
    for folder in (Path("/usr/lib/picolibc/riscv64-unknown-elf/include"),):
        if folder.is_dir():
            return folder
    said = call([GCC, "--specs=picolibc.specs", "-print-sysroot"], "looking for picolibc").strip()
    return Path(said) / "include"
