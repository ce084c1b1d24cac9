# SPDX-License-Identifier: Apache-2.0
"""flexv-cc: C for the cores of the cluster, with hardware loops, SIMD dot products and Mac&Load out of plain C.

usage: flexv-cc [-O2] [-g] [--isa flexv|xpulpnn|xpulpv2] [-c|-S|-E] FILE... [-o OUT]

Options are those of GCC and clang: -I -D -U -include -std= -W -f -g -O -M -MD -MF -MT -T -L -l -Wl, -Wa, -Wp, -x -v -###
-save-temps -print-file-name= @FILE; `-x c -` reads standard input. Without -c, -S or -E a program for `flexv-vp run` is
linked: the runtime of sw/runtime, picolibc and the link script of sw/runtime. -T replaces the script, an object with a
_start of its own the start code, -nostdlib leaves out all of it; -lflexv_kernels adds the layers of sw/kernels. printf knows neither floating
point nor numbers of 64 bits unless -DPICOLIBC_DOUBLE_PRINTF_SCANF is said, also when the program is linked.

-fno-PASS switches a transformation off: vectorise (SIMD, dot products), macload, mac, clip, bits, hwloops, postincrement, minmax,
immediate-branches, hazards. -Rflexv tells what was done and what not, -Rflexv=PASS that of one pass. docs/design/compiler.md has
more.

Exit status: that of the step that failed, 1 for a mistake in the command line."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flexv_tools.compiler import stage, toolchain, xcv
from flexv_tools.compiler.assembly import SourceError
from flexv_tools.compiler.messages import hides_handlers, in_source, link_hint, refused_handler, without_repetitions
from flexv_tools.compiler.options import Input, Options, check, parse
from flexv_tools.compiler.remarks import Remarks
from flexv_tools.errors import Failure

NAME = "flexv-cc"
VERSION = "flexv-cc 0.1.0"
TARGET = ["--target=riscv32-unknown-elf", "-mabi=ilp32"]
EXTENSIONS = {"postincrement": "xcvmem", "minmax": "xcvalu", "immediate-branches": "xcvbi"}
IN_PLUGIN = ("vectorise", "macload", "mac", "clip", "bits", "hwloops")
# The core takes any address; its scheduling model knows that a load is late by a cycle. Loops are not unrolled at run time, because
# hardware loops cost nothing.
CODE = ["-mtune=syntacore-scr1-max", "-Xclang", "-target-feature", "-Xclang", "+unaligned-scalar-mem", "-fno-jump-tables"]
CODE += ["-Xclang", "-no-integrated-as", "-fno-dwarf-directory-asm", "-fno-addrsig", "-ffunction-sections", "-fdata-sections"]
UNROLLING = ["-mllvm", "-unroll-runtime=false", "-mllvm", "-unroll-allow-partial=false"]
QUIET = ["-Qunused-arguments"]  # of words for the linker
LIBRARY = ["-DPICOLIBC_INTEGER_PRINTF_SCANF"]
ANY_BYTES = {"encoding": "utf-8", "errors": "surrogateescape"}
ITSELF = ["-D__FLEXV_CC__=1"]


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
        check(options)
        with tempfile.TemporaryDirectory(prefix="flexv-cc-") as folder:
            self.folder = Path(folder)
            objects = [self.process(item, index) for index, item in enumerate(options.inputs)]
            if options.mode == "link":
                self.link([item for item in objects if item])

    def process(self, item: Input, index: int) -> str:
        """The object of one input; empty when the mode makes none."""
        mode = self.options.mode
        if not item.language:
            if mode != "link" and item.is_file:
                print(f"flexv-cc: warning: {item.name}: not used, because nothing is linked", file=sys.stderr)
            return item.name
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
        command = [*self.clang(item), *self.code_flags(), *self.dependency_flags(item, target), "-S", item.name, "-o"]
        if options.emits_llvm:
            self.call([*command, target, "-emit-llvm"])
            return ""
        if options.saves:
            self.call([*self.clang(item), "-E", item.name, "-o", f"{stem(item.name)}.i"])
        self.translate([*command, str(raw)], item)
        text = self.folder / f"{index}.s"
        if options.only_shows:
            if options.mode != "compile":
                self.assemble(text, target, item.name, [])
            return target
        result = self.second_half(item, raw)
        if options.saves:
            Path(f"{stem(item.name)}.s").write_text(result.text, **ANY_BYTES)
        if options.mode == "compile":
            write(target, result.text)
            return ""
        text.write_text(result.text, **ANY_BYTES)
        self.assemble(text, target, item.name, result.places)
        return target

    def translate(self, command: list[str], item: Input) -> None:
        """Runs clang, which only warns when it makes an ordinary function of an interrupt handler."""
        self.show(command)
        if self.options.only_shows:
            return
        given = sys.stdin.buffer.read() if item.name == "-" else None
        if hides_handlers(self.options.for_clang):
            self.refuse_handlers(item, given)
        colours = ["-fcolor-diagnostics"] if sys.stderr.isatty() else []
        words = [command[0], *colours, *command[1:]]
        done = subprocess.run(words, executable=shutil.which(toolchain.CLANG), stderr=subprocess.PIPE, input=given, check=False)
        said = [refused_handler(line) for line in without_repetitions(done.stderr.decode(**ANY_BYTES).splitlines(keepends=True))]
        sys.stderr.write("".join(line for line, _ in said))
        if done.returncode != 0 or any(is_refused for _, is_refused in said):
            raise StepFailed(done.returncode if done.returncode > 0 else 1)

    def refuse_handlers(self, item: Input, given: bytes | None) -> None:
        """Looks for handlers that are none where the user wants no warnings: nothing else would tell."""
        words = [word for word in self.clang(item) if word != "-w"] + ["-fsyntax-only", "-Wno-everything", "-Wignored-attributes", item.name]
        done = subprocess.run(words, executable=shutil.which(toolchain.CLANG), stderr=subprocess.PIPE, input=given, check=False)
        said = [line for line, is_refused in map(refused_handler, done.stderr.decode(**ANY_BYTES).splitlines(keepends=True)) if is_refused]
        sys.stderr.write("".join(said))
        if said:
            raise StepFailed(1)

    def second_half(self, item: Input, raw: Path) -> stage.Result:
        """The assembly stage, with its remarks."""
        options = self.options
        remarks = Remarks(options.remarks is not None, frozenset(options.remarks or ()))
        try:
            result = stage.run(raw.read_text(**ANY_BYTES), options.debug is not None, remarks, options.passes["hazards"])
        except SourceError as error:
            print(f"{error.place or item.name}: error: {error}", file=sys.stderr)
            raise StepFailed(1) from error
        except xcv.UnknownInstruction as error:
            raise Failure(f"{item.name}: clang made an instruction that the core does not have: {error}") from error
        remarks.print()
        return result

    def assemble_source(self, item: Input, index: int) -> str:
        options = self.options
        if options.mode == "compile":
            if item.language == "assembler":
                raise Failure(f"{item.name}: is assembly already; -S is for C")
            self.call([*self.clang(item), "-E", item.name, "-o", options.output or f"{stem(item.name)}.s"])
            return ""
        target = self.target_of(item, index)
        debug = ["-g"] if options.debug else []
        command = [toolchain.GCC, *toolchain.GCC_FLAGS[:4], *debug, *options.for_preprocessor, *map(self.include, toolchain.INCLUDES)]
        command += [f"-Wa,-I{toolchain.FIRMWARE / 'include'}", *(f"-Wa,{word}" for word in options.for_assembler)]
        self.call([*command, *self.dependency_flags(item, target), "-x", item.language, "-c", item.name, "-o", target])
        return target

    def assemble(self, text: Path, target: str, name: str, places: list[str]) -> None:
        command = [toolchain.AS, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", f"-I{toolchain.FIRMWARE / 'include'}"]
        command += [*self.options.for_assembler, str(text), "-o", target]
        self.show(command)
        if self.options.only_shows:
            return
        done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="surrogateescape")
        sys.stdout.write(done.stdout)  # a listing, when one is asked for
        sys.stderr.write("".join(in_source(line, str(text), name, places) for line in done.stderr.splitlines(keepends=True)))
        if done.returncode != 0:
            raise StepFailed(done.returncode)

    def target_of(self, item: Input, index: int) -> str:
        """Where the result of one input goes."""
        mode, output = self.options.mode, self.options.output
        if mode == "link":
            return str(self.folder / f"{index}.o")
        return output or stem(item.name) + (".ll" if self.options.emits_llvm else {"assemble": ".o", "compile": ".s"}[mode])

    def dependency_flags(self, item: Input, target: str) -> list[str]:
        """-MD names the file after the output, as GCC does."""
        flags = list(self.options.for_dependencies)
        if not flags or self.options.only_shows:
            return flags
        output = self.options.output or stem(item.name) + (".o" if self.options.mode != "compile" else ".s")
        if "-MF" not in flags:
            several = self.options.mode == "link" and sum(bool(other.language) for other in self.options.inputs) > 1
            flags += ["-MF", str(Path(stem(item.name) if several else output).with_suffix(".d"))]
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
        options = self.options
        flags = [*options.for_preprocessor, *options.for_clang, *includes]
        return [NAME, *TARGET, march, *QUIET, *library_words(options), *ITSELF, *flags, *language]

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
        # With -nostdlib the specs would still ask for picolibc's printf.
        specs = ["--specs=picolibc.specs", *library_words(options)] if options.uses_libraries else []
        command = [toolchain.GCC, "-march=rv32imc", "-mabi=ilp32", *specs, "-nostartfiles", "-static"]
        if options.uses_libraries:
            archives.append(str(toolchain.runtime()))
        if not options.link_script and "-r" not in options.for_linker:
            command.append(f"-T{toolchain.LINK_SCRIPT}")
        command += ["-Wl,--gc-sections", "-Wl,-z,max-page-size=16"] if "-r" not in options.for_linker else []
        if archives:  # picolibc's printf writes to the stdout of the runtime, which calls picolibc
            archives = ["-Wl,--start-group", *archives, "-lc", "-lgcc", "-Wl,--end-group"]
        self.run_linker([*command, *rest, *archives, *options.for_linker, "-o", options.output or "a.out"])

    def run_linker(self, command: Sequence[str]) -> None:
        self.show(command)
        if self.options.only_shows:
            return
        done = subprocess.run(command, stderr=subprocess.PIPE, check=False, encoding="utf-8", errors="surrogateescape")
        sys.stderr.write(done.stderr + link_hint(done.stderr))
        if done.returncode != 0:
            raise StepFailed(done.returncode if done.returncode > 0 else 1)

    def show(self, command: Sequence[str]) -> None:
        if self.options.is_verbose or self.options.only_shows:
            print(shlex.join([toolchain.CLANG if command[0] == NAME else command[0], *command[1:]]), file=sys.stderr)

    def call(self, command: Sequence[str]) -> None:
        self.show(command)
        if self.options.only_shows:
            return
        # clang names itself in its messages by the first word.
        program = toolchain.CLANG if command[0] == NAME else command[0]
        done = subprocess.run(command, executable=shutil.which(program), check=False)
        if done.returncode != 0:
            raise StepFailed(done.returncode if done.returncode > 0 else 1)


def library_words(options: Options) -> list[str]:
    """Which printf the C library gives: that without floating point, unless the user names another one."""
    chosen = [f"-D{word}" for word in options.for_preprocessor if re.match(r"^PICOLIBC_\w+_PRINTF_SCANF$", word)]
    return chosen or LIBRARY


def debug_flags(wish: str | None) -> list[str]:
    """Line numbers are always made, for messages. GNU as 2.40 cannot take the tables of DWARF 5 for code that the linker relaxes."""
    if wish is None:
        return ["-gdwarf-4", "-gline-tables-only"]
    return [wish] if "dwarf" in wish else ["-gdwarf-4", wish]


def stem(name: str) -> str:
    """What names of results begin with."""
    return Path(name).stem or "a"


def write(target: str, text: str) -> None:
    if target == "-":
        sys.stdout.buffer.write(text.encode(**ANY_BYTES))
        return
    try:
        Path(target).write_text(text, **ANY_BYTES)
    except OSError as error:
        raise Failure(f"-o {target}: {error.strerror}") from error


def answer(question: str) -> str:
    """What build systems ask a compiler; GCC knows the libraries."""
    if question in ("-dumpversion", "-dumpfullversion"):
        return VERSION.split()[1]
    if question in ("-dumpmachine", "--print-target-triple", "-print-target-triple"):
        return "riscv32-unknown-elf"
    if question == "-print-multi-lib":
        return ".;"
    command = [toolchain.GCC, "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", question]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{question}: {done.stderr.strip().splitlines()[0]}")
    said = done.stdout.strip()
    if question == f"-print-file-name={said}":  # GCC looks in folders of its own, where the C library is not
        of_library = toolchain.picolibc_libraries() / said
        return str(of_library) if of_library.exists() else said
    return said


def drive(words: list[str]) -> None:
    if "--help" in words:
        print(__doc__)
        return
    if "--version" in words or words == ["-v"]:
        print(f"{VERSION} (clang 19, picolibc; target riscv32-unknown-elf)")
        return
    options = parse(words)
    toolchain.require([toolchain.CLANG, toolchain.GCC], toolchain.PACKAGES)
    for question in options.questions:
        print(answer(question))
    if not options.questions:
        Driver(options).run()


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    # As CMake's compiler launcher the driver is called with the compiler's name first.
    if words and re.search(r"(^|/)(riscv64-unknown-elf-gcc|flexv-cc)$", words[0]):
        words = words[1:]
    try:
        drive(words)
        sys.stdout.flush()
    except StepFailed as failed:
        return failed.status
    except Failure as error:
        print(f"flexv-cc: error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            os._exit(1)
        print(f"flexv-cc: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
