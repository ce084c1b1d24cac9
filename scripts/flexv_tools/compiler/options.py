# SPDX-License-Identifier: Apache-2.0
"""The command line of the driver, in the manner of GCC and clang."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flexv_tools.errors import Failure

ISAS = ("flexv", "xpulpnn", "xpulpv2")
PASSES = ("vectorise", "macload", "mac", "clip", "bits", "hwloops", "postincrement", "minmax", "immediate-branches")
SPELLINGS = {"vectorize": "vectorise"}
WITH_ARGUMENT = frozenset(
    ["-o", "-I", "-D", "-U", "-L", "-l", "-T", "-MF", "-MT", "-MQ", "-x", "-include", "-isystem", "-iquote", "-idirafter", "-imacros"]
    + ["-Xlinker", "-Xassembler", "-Xclang", "-mllvm", "-u", "-e", "-z", "--isa"]
)
FOR_CLANG = frozenset(["-I", "-D", "-U", "-include", "-isystem", "-iquote", "-idirafter", "-imacros", "-Xclang", "-mllvm"])
FOR_DEPENDENCIES = frozenset(["-MF", "-MT", "-MQ"])
FOR_LINKER = frozenset(["-L", "-T", "-Xlinker", "-u", "-e", "-z"])
LINKER_WORDS = frozenset(["-nostartfiles", "-nostdlib", "-nodefaultlibs", "-static", "-s", "-r", "-rdynamic"])
SOURCES = {".c": "c", ".i": "cpp-output", ".s": "assembler", ".S": "assembler-with-cpp"}
LANGUAGES = frozenset(["c", "cpp-output", "assembler", "assembler-with-cpp", "none"])


@dataclass
class Input:
    """A file to compile, or something for the linker in its place: an object, -lNAME."""

    name: str
    language: str  # empty for what the linker takes as it is


@dataclass
class Options:
    """What the command line asks for."""

    inputs: list[Input] = field(default_factory=list)
    output: str | None = None
    mode: str = "link"  # or preprocess (-E), compile (-S), assemble (-c), syntax, dependencies (-M)
    isa: str = "flexv"
    for_clang: list[str] = field(default_factory=list)
    for_dependencies: list[str] = field(default_factory=list)
    for_linker: list[str] = field(default_factory=list)
    for_assembler: list[str] = field(default_factory=list)
    passes: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PASSES, True))
    optimisation: str = "-O0"
    debug: str | None = None
    remarks: set[str] | None = None  # None: none, empty: all
    is_verbose: bool = False
    only_shows: bool = False  # -###
    uses_runtime: bool = True
    link_script: bool = False


def expand(arguments: list[str], depth: int = 0) -> Iterator[str]:
    """Arguments with those of response files (@FILE) in their places."""
    for argument in arguments:
        if not argument.startswith("@") or not Path(argument[1:]).exists():
            yield argument
        elif depth > 20:
            raise Failure(f"{argument}: response files include each other")
        else:
            yield from expand(shlex.split(Path(argument[1:]).read_text()), depth + 1)


def language_of(name: str, forced: str) -> str:
    if forced != "none":
        return forced
    suffix = Path(name).suffix
    if suffix in (".cc", ".cpp", ".cxx", ".C"):
        raise Failure(f"{name}: C++ is not supported; flexv-cc compiles C (.c, .i) and assembly (.s, .S)")
    return SOURCES.get(suffix, "")


class Parser:
    """Walks over the arguments."""

    def __init__(self) -> None:
        self.options = Options()
        self.language = "none"

    def parse(self, arguments: list[str]) -> Options:
        words = expand(arguments)
        for word in words:
            if word in WITH_ARGUMENT:
                value = next(words, None)
                if value is None:
                    raise Failure(f"{word}: argument is missing")
                self.pair(word, value)
            elif joined := self.joined(word):
                self.pair(*joined)
            elif word.startswith("-") and word != "-":
                self.word(word)
            else:
                self.add_input(word)
        if self.options.debug == "-g0":
            self.options.debug = None
        return self.options

    @staticmethod
    def joined(word: str) -> tuple[str, str] | None:
        """-Ifoo, -ofoo, --isa=foo as pairs."""
        if word.startswith("--isa="):
            return "--isa", word.removeprefix("--isa=")
        if word.startswith("-misa="):
            return "--isa", word.removeprefix("-misa=")
        if word.startswith(("-isystem", "-include", "-imacros", "-iquote", "-idirafter")):
            return None
        for name in ("-MF", "-MT", "-MQ"):
            if word.startswith(name):
                return name, word[3:]
        for name in ("-o", "-I", "-D", "-U", "-L", "-l", "-T", "-x", "-u"):
            if word.startswith(name) and len(word) > 2:
                return name, word[2:]
        return None

    def pair(self, name: str, value: str) -> None:
        options = self.options
        if name == "-o":
            options.output = value
        elif name == "--isa":
            if value not in ISAS:
                raise Failure(f"--isa {value}: expected one of {', '.join(ISAS)}")
            options.isa = value
        elif name == "-x":
            if value not in LANGUAGES:
                raise Failure(f"-x {value}: expected one of {', '.join(sorted(LANGUAGES))}")
            self.language = value
        elif name == "-l":
            options.inputs.append(Input(f"-l{value}", ""))
        elif name in FOR_CLANG:
            options.for_clang += [name, value]
        elif name in FOR_DEPENDENCIES:
            options.for_dependencies += [name, value]
        elif name in FOR_LINKER:
            options.link_script |= name == "-T"
            options.for_linker += [name, value]
        else:
            options.for_assembler.append(value)  # -Xassembler

    def word(self, word: str) -> None:
        options = self.options
        modes = {"-c": "assemble", "-S": "compile", "-E": "preprocess", "-fsyntax-only": "syntax", "-M": "dependencies", "-MM": "dependencies"}
        if word in modes:
            options.mode = modes[word]
            if word in ("-M", "-MM"):
                options.for_dependencies.append(word)
        elif word in ("-MD", "-MMD", "-MP", "-MG"):
            options.for_dependencies.append(word)
        elif word == "-v":
            options.is_verbose = True
        elif word == "-###":
            options.only_shows = True
        elif self.is_switch(word) or self.is_architecture(word):
            pass
        elif word.startswith("-O"):
            options.optimisation = "-O1" if word == "-O" else word
        elif re.match(r"^-g(\d|dwarf.*|gdb\d?|line-tables-only|mlt)?$", word):
            options.debug = word
        elif word.startswith("-Wl,") or word in LINKER_WORDS:
            options.for_linker.append(word)
            options.uses_runtime &= word not in ("-nostartfiles", "-nostdlib", "-r")
            options.link_script |= word.startswith("-Wl,-T")
        elif word.startswith("-Wa,"):
            options.for_assembler += word.removeprefix("-Wa,").split(",")
        elif word not in ("-pipe", "-pthread"):
            options.for_clang.append(word)

    def is_switch(self, word: str) -> bool:
        """Our own ones: -f[no-]PASS, -Rflexv[=PASS]."""
        found = re.match(r"^-f(no-)?([a-z-]+)$", word)
        if found:
            name = SPELLINGS.get(found[2], found[2])
            if name in PASSES:
                self.options.passes[name] = found[1] is None
                return True
        if word == "-Rflexv" or word.startswith("-Rflexv="):
            chosen = word.removeprefix("-Rflexv").removeprefix("=")
            if chosen and SPELLINGS.get(chosen, chosen) not in PASSES:
                raise Failure(f"{word}: expected one of {', '.join(PASSES)}")
            self.options.remarks = (self.options.remarks or set()) | ({SPELLINGS.get(chosen, chosen)} if chosen else set())
            return True
        return False

    @staticmethod
    def is_architecture(word: str) -> bool:
        """GCC's words for the core, which the driver says itself. Any other architecture is a mistake."""
        if word.startswith("-march="):
            if not re.match(r"^rv32im?a?c?[_a-z0-9]*$", word.removeprefix("-march=")):
                raise Failure(f"{word}: the core is rv32imc with the extensions that --isa chooses")
            return True
        if word.startswith("-mabi="):
            if word != "-mabi=ilp32":
                raise Failure(f"{word}: the core has the ABI ilp32")
            return True
        return word.startswith(("-mtune=", "-mcpu=")) or word in ("--specs=picolibc.specs", "-specs=picolibc.specs")

    def add_input(self, name: str) -> None:
        self.options.inputs.append(Input(name, language_of(name, self.language)))


def parse(arguments: list[str]) -> Options:
    return Parser().parse(arguments)
