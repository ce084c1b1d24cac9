# SPDX-License-Identifier: Apache-2.0
"""flexv-cc: C for the cores of the cluster, with hardware loops, SIMD dot products and Mac&Load out of plain C.

usage: flexv-cc [-O2] [-g] [--isa flexv|xpulpnn|xpulpv2] [-c|-S|-E] FILE... [-o OUT]

Options are those of GCC and clang: -I -D -U -include -std= -W -f -g -O -M -MD -MF -MT -T -L -l -Wl, -Wa, -x -v -### @FILE.
Without -c, -S or -E a program for `flexv-vp run` is linked: the runtime of sw/runtime, picolibc and the link script of
sw/runtime are added, unless -nostartfiles, -nostdlib or -T say otherwise; -lflexv_kernels adds the layers of sw/kernels.

-fno-PASS switches a transformation off: vectorise (SIMD, dot products), macload, mac, clip, bits, hwloops, postincrement, minmax,
immediate-branches. -Rflexv tells what was done and what not, -Rflexv=PASS that of one pass. docs/design/compiler.md has
more.

Exit status: that of the step that failed, 1 for a mistake in the command line."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flexv_tools.compiler import stage, toolchain, xcv
from flexv_tools.compiler.options import Input, Options, parse
from flexv_tools.compiler.remarks import Remarks
from flexv_tools.errors import Failure

VERSION = "flexv-cc 0.1.0"
TARGET = ["--target=riscv32-unknown-elf", "-mabi=ilp32"]
EXTENSIONS = {"postincrement": "xcvmem", "minmax": "xcvalu", "immediate-branches": "xcvbi"}
IN_PLUGIN = ("vectorise", "macload", "mac", "clip", "bits", "hwloops")
# The core takes any address; its scheduling model knows that a load is late by a cycle. Loops are not unrolled at run time, because
# hardware loops cost nothing.
CODE = ["-mtune=syntacore-scr1-max", "-Xclang", "-target-feature", "-Xclang", "+unaligned-scalar-mem", "-fno-jump-tables"]
CODE += ["-Xclang", "-no-integrated-as", "-fno-dwarf-directory-asm", "-fno-addrsig", "-ffunction-sections", "-fdata-sections"]
UNROLLING = ["-mllvm", "-unroll-runtime=false", "-mllvm", "-unroll-allow-partial=false"]
LIBRARY = ["-DPICOLIBC_INTEGER_PRINTF_SCANF"]


class StepFailed(Exception):
    """A step ended with a status; it has said why."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Driver:
    """One run."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder: Path = Path()

    def run(self) -> None:
        options = self.options
        sources = [item for item in options.inputs if item.language]
        if not options.inputs:
            raise Failure("no input files")
        if options.output is not None and options.mode not in ("link", "syntax") and len(sources) > 1:
            raise Failure(f"-o {options.output} with {len(sources)} files to compile and no program to link")
        for item in options.inputs:
            if not item.name.startswith("-l") and not Path(item.name).exists():
                raise Failure(f"{item.name}: no such file")
        with tempfile.TemporaryDirectory(prefix="flexv-cc-") as folder:
            self.folder = Path(folder)
            objects = [self.process(item, index) for index, item in enumerate(options.inputs)]
            if options.mode == "link":
                self.link([item for item in objects if item])

    def process(self, item: Input, index: int) -> str:
        """The object of one input; empty when the mode makes none."""
        if not item.language:
            return item.name
        mode = self.options.mode
        if mode in ("preprocess", "syntax", "dependencies"):
            words: dict[str, list[str]] = {"preprocess": ["-E"], "syntax": ["-fsyntax-only"], "dependencies": []}
            output = ["-o", self.options.output] if self.options.output and mode != "syntax" else []
            self.call(self.clang(item) + words[mode] + self.options.for_dependencies + [item.name] + output)
            return ""
        if item.language == "cpp-output" or item.language == "c":
            return self.compile(item, index)
        return self.assemble_source(item, index)

    def compile(self, item: Input, index: int) -> str:
        options = self.options
        raw = self.folder / f"{index}.clang.s"
        target = self.target_of(item, index)
        self.call([*self.clang(item), *self.code_flags(), *self.dependency_flags(item, target), "-S", item.name, "-o", str(raw)])
        if options.only_shows:
            return target
        remarks = Remarks(options.remarks is not None, frozenset(options.remarks or ()))
        try:
            result = stage.run(raw.read_text(), options.debug is not None, remarks)
        except xcv.UnknownInstruction as error:
            raise Failure(f"{item.name}: clang made an instruction that the core does not have: {error}") from error
        remarks.print()
        if options.mode == "compile":
            if target == "-":
                sys.stdout.write(result.text)
            else:
                Path(target).write_text(result.text)
            return ""
        text = self.folder / f"{index}.s"
        text.write_text(result.text)
        self.assemble(text, target, item.name, result.places)
        return target

    def assemble_source(self, item: Input, index: int) -> str:
        if self.options.mode == "compile":
            raise Failure(f"{item.name}: is assembly already; -S is for C")
        target = self.target_of(item, index)
        debug = ["-g"] if self.options.debug else []
        words = self.pairs_for_assembly()
        command = [toolchain.GCC, *toolchain.GCC_FLAGS[:4], *debug, *map(self.include, toolchain.INCLUDES), *words]
        command += [f"-Wa,-I{toolchain.FIRMWARE / 'include'}", *(f"-Wa,{word}" for word in self.options.for_assembler)]
        self.call([*command, *self.dependency_flags(item, target), "-x", item.language, "-c", item.name, "-o", target])
        return target

    def pairs_for_assembly(self) -> list[str]:
        words = self.options.for_clang
        return [word for name, value in zip(words, words[1:]) if name in ("-D", "-U", "-I") for word in (name, value)]

    def assemble(self, text: Path, target: str, name: str, places: list[str]) -> None:
        command = [toolchain.AS, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", f"-I{toolchain.FIRMWARE / 'include'}"]
        command += [*self.options.for_assembler, str(text), "-o", target]
        self.show(command)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        sys.stderr.write("".join(in_source(line, str(text), name, places) for line in done.stderr.splitlines(keepends=True)))
        if done.returncode != 0:
            raise StepFailed(done.returncode)

    def target_of(self, item: Input, index: int) -> str:
        """Where the result of one input goes."""
        mode, output = self.options.mode, self.options.output
        if mode == "link":
            return str(self.folder / f"{index}.o")
        return output or Path(item.name).stem + {"assemble": ".o", "compile": ".s"}[mode]

    def dependency_flags(self, item: Input, target: str) -> list[str]:
        """-MD names the file after the output, as GCC does."""
        flags = list(self.options.for_dependencies)
        if not flags or self.options.only_shows:
            return flags
        output = self.options.output or Path(item.name).stem + (".o" if self.options.mode != "compile" else ".s")
        if "-MF" not in flags:
            flags += ["-MF", str(Path(output).with_suffix(".d"))]
        if "-MT" not in flags and "-MQ" not in flags:
            flags += ["-MT", target if self.options.mode != "link" else output]
        return flags

    @staticmethod
    def include(path: Path) -> str:
        return f"-I{path}"

    def clang(self, item: Input) -> list[str]:
        extensions = [name for key, name in EXTENSIONS.items() if self.options.passes[key]]
        march = "-march=" + "_".join(["rv32imc", *extensions])
        includes = [word for path in (*toolchain.INCLUDES, toolchain.picolibc_includes()) for word in ("-idirafter", str(path))]
        language = ["-x", item.language]
        return [toolchain.CLANG, *TARGET, march, *LIBRARY, *self.options.for_clang, *includes, *language]

    def code_flags(self) -> list[str]:
        options = self.options
        flags = [options.optimisation, *CODE, *debug_flags(options.debug)]
        if options.optimisation in ("-O0",):
            return flags
        flags += UNROLLING
        chosen = {name: options.passes[name] for name in IN_PLUGIN}
        chosen["macload"] &= options.isa != "xpulpv2"
        path = toolchain.plugin()
        flags += [f"-fplugin={path}", f"-fpass-plugin={path}"]
        for name, is_on in chosen.items():
            flags += [] if is_on else ["-mllvm", f"-flexv-{name}=0"]
        if options.remarks is not None:
            names = "|".join(sorted(options.remarks)) if options.remarks else ".*"
            flags += [f"-Rpass=^flexv-({names})$", f"-Rpass-missed=^flexv-({names})$"]
        return flags

    def link(self, objects: list[str]) -> None:
        options = self.options
        archives = []
        rest = []
        for item in objects:
            if item == "-lflexv_kernels":
                archives.append(str(toolchain.kernels(options.isa)))
            else:
                rest.append(item)
        command = [toolchain.GCC, "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", *LIBRARY, "-nostartfiles", "-static"]
        if options.uses_runtime:
            archives.append(str(toolchain.runtime()))
        if not options.link_script and "-r" not in options.for_linker:
            command.append(f"-T{toolchain.LINK_SCRIPT}")
        command += ["-Wl,--gc-sections", "-Wl,-z,max-page-size=16"] if "-r" not in options.for_linker else []
        if archives:  # picolibc's printf writes to the stdout of the runtime, which calls picolibc
            archives = ["-Wl,--start-group", *archives, "-lc", "-lgcc", "-Wl,--end-group"]
        self.call([*command, *rest, *archives, *options.for_linker, "-o", options.output or "a.out"])

    def show(self, command: Sequence[str]) -> None:
        if self.options.is_verbose or self.options.only_shows:
            print(shlex.join(command), file=sys.stderr)

    def call(self, command: Sequence[str]) -> None:
        self.show(command)
        if self.options.only_shows:
            return
        done = subprocess.run(command, check=False)
        if done.returncode != 0:
            raise StepFailed(done.returncode if done.returncode > 0 else 1)


def debug_flags(wish: str | None) -> list[str]:
    """Line numbers are always made, for messages. GNU as 2.40 cannot take the tables of DWARF 5 for code that the linker relaxes."""
    if wish == "-gdwarf-5":
        raise Failure("-gdwarf-5: the assembler of Debian 12 takes DWARF 4 at most for this target")
    if wish is None:
        return ["-gdwarf-4", "-gline-tables-only"]
    return [wish] if "dwarf" in wish else ["-gdwarf-4", wish]


def in_source(message: str, text: str, name: str, places: list[str]) -> str:
    """A message of the assembler with the user's line instead of that of our text."""
    found = re.match(rf"^{re.escape(text)}:(\d+): (.*)$", message, re.DOTALL)
    if found is None:
        return "" if message.startswith(f"{text}: Assembler messages") else message
    number = int(found[1]) - 1
    place = places[number] if number < len(places) else ""
    return f"{place or name}: {found[2].replace('Error:', 'error:')}"


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    # As CMake's compiler launcher the driver is called with the compiler's name first.
    if words and re.search(r"(^|/)(riscv64-unknown-elf-gcc|flexv-cc)$", words[0]):
        words = words[1:]
    try:
        if "--help" in words:
            print(__doc__)
            return 0
        if "--version" in words or words == ["-dumpversion"]:
            print(VERSION)
            return 0
        options = parse(words)
        toolchain.require([toolchain.CLANG, toolchain.GCC], toolchain.PACKAGES)
        Driver(options).run()
    except StepFailed as failed:
        return failed.status
    except Failure as error:
        print(f"flexv-cc: error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os._exit(1)
    return 0
