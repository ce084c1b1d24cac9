# SPDX-License-Identifier: Apache-2.0
"""The command line of the driver, in the manner of GCC and clang."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flexv_tools.errors import Failure

ISAS = ("flexv", "xpulpnn", "xpulpv2")
PASSES = ("vectorise", "macload", "mac", "clip", "bits", "hwloops", "postincrement", "minmax", "immediate-branches", "hazards")
SPELLINGS = {"vectorize": "vectorise"}
FOR_PREPROCESSOR = frozenset(["-I", "-D", "-U", "-include", "-isystem", "-iquote", "-idirafter", "-imacros"])
FOR_CLANG = frozenset(["-Xclang", "-mllvm", "-Xpreprocessor"])
FOR_DEPENDENCIES = frozenset(["-MF", "-MT", "-MQ"])
FOR_LINKER = frozenset(["-L", "-T", "-Xlinker", "-u", "-e", "-z"])
WITH_ARGUMENT = FOR_PREPROCESSOR | FOR_CLANG | FOR_DEPENDENCIES | FOR_LINKER | {"-o", "-l", "-x", "-Xassembler", "--isa"}
TO_LINKER = "-Wl,"
LINKER_WORDS = frozenset(["-nostartfiles", "-nostdlib", "-nodefaultlibs", "-static", "-s", "-r", "-no-pie"])
# GNU ld's own words that begin like -T FILE.
SECTION_ADDRESS = re.compile(r"^-T(text|data|bss|text-segment|rodata-segment|ldata-segment)(=.*)?$")
SOURCES = {".c": "c", ".i": "cpp-output", ".s": "assembler", ".S": "assembler-with-cpp", ".sx": "assembler-with-cpp"}
CXX = (".cc", ".cpp", ".cxx", ".c++", ".C", ".ii", ".hpp")
LANGUAGES = frozenset(["c", "cpp-output", "assembler", "assembler-with-cpp", "none"])
MODES = {
    "-c": "assemble", "-S": "compile", "-E": "preprocess", "-fsyntax-only": "syntax", "-M": "dependencies", "-MM": "dependencies",
}  # fmt: skip
# A mode further left wins, whatever the order of the words.
EARLIEST = ("dependencies", "preprocess", "syntax", "compile", "assemble", "link")
# What a program for the platform cannot have, with what to do instead.
REFUSED: tuple[tuple[str, str], ...] = (
    (r"-shared|-pie|-fpie|-fPIE|-rdynamic", "programs for the platform are static; archives (.a) hold what several of them share"),
    (r"-flto(=.*)?", "the passes of flexv-cc work on assembly, file by file; -fno-lto"),
    (r"-m(32|64|16|x32)", "the core is rv32imc, and nothing else"),
    (r"-fsanitize=(?!undefined$).*", "there is no such sanitizer for the core; flexv-vp run --check all finds bad accesses, races and stack overflows"),
    (r"-fprofile-(?!sample-accurate).*|-fcoverage-mapping|--coverage|-ftest-coverage|-pg|-p",
     "the platform measures: flexv-vp run --profile FILE, --coverage FILE.info"),
    (r"-fopenmp.*", "the cluster has no OpenMP; drivers/event_unit.h has barriers, core_id() and core_count() divide the work"),
    (r"--?target=.*|-target", "flexv-cc compiles for the core of the platform alone"),
    (r"-gsplit-dwarf.*", "debug information goes into the object"),
    (r"-gdwarf-5", "the assembler of Debian 12 takes DWARF 4 at most for this target"),
)  # fmt: skip
QUESTIONS = re.compile(r"^-(dumpmachine|dumpversion|dumpfullversion|dumpspecs)$|^--?print-[\w-]+(=.*)?$")


@dataclass
class Input:
    """A file to compile, or something for the linker in its place: an object, -lNAME, -Wl,WORD."""

    name: str
    language: str  # empty for what the linker takes as it is

    @property
    def is_file(self) -> bool:
        return self.name != "-" and not self.name.startswith(("-l", TO_LINKER))


@dataclass
class Options:
    """What the command line asks for."""

    inputs: list[Input] = field(default_factory=list)
    output: str | None = None
    mode: str = "link"  # or one of MODES
    isa: str = "flexv"
    for_preprocessor: list[str] = field(default_factory=list)
    for_clang: list[str] = field(default_factory=list)
    for_dependencies: list[str] = field(default_factory=list)
    for_linker: list[str] = field(default_factory=list)
    for_assembler: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)  # -print-file-name=... and so on
    passes: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PASSES, True))
    optimisation: str = "-O0"
    debug: str | None = None
    remarks: set[str] | None = None  # None: none, empty: all
    is_verbose: bool = False
    only_shows: bool = False  # -###
    saves: bool = False  # -save-temps
    emits_llvm: bool = False
    uses_libraries: bool = True
    link_script: bool = False


def response_words(name: str) -> list[str]:
    """Arguments of a response file."""
    try:
        return shlex.split(Path(name).read_text())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Failure(f"@{name}: {reason}") from error


def expand(arguments: list[str], depth: int = 0) -> Iterator[str]:
    """Arguments with those of response files (@FILE) in their places."""
    for argument in arguments:
        if not argument.startswith("@") or len(argument) == 1:
            yield argument
        elif depth > 20:
            raise Failure(f"{argument}: response files include each other")
        else:
            yield from expand(response_words(argument[1:]), depth + 1)


def language_of(name: str, forced: str) -> str:
    if forced != "none":
        return forced
    suffix = Path(name).suffix
    if suffix in CXX:
        raise Failure(f"{name}: C++ is not supported; flexv-cc compiles C (.c, .i) and assembly (.s, .S)")
    return SOURCES.get(suffix, "")


class Parser:
    """Walks over the arguments."""

    def __init__(self) -> None:
        self.options = Options()
        self.language = "none"
        self.modes = {"link"}

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
        options = self.options
        options.mode = min(self.modes, key=EARLIEST.index)
        if options.debug == "-g0":
            options.debug = None
        return options

    @staticmethod
    def joined(word: str) -> tuple[str, str] | None:
        """-Ifoo, -ofoo, --isa=foo as pairs."""
        for name in ("--isa=", "-misa="):
            if word.startswith(name):
                return "--isa", word.removeprefix(name)
        for name in ("-isystem", "-include", "-imacros", "-iquote", "-idirafter", "-MF", "-MT", "-MQ"):
            if word.startswith(name):
                return name, word.removeprefix(name).removeprefix("=" if name.startswith("-i") else "")
        if SECTION_ADDRESS.match(word):
            return None
        for name in ("-o", "-I", "-D", "-U", "-L", "-l", "-T", "-x", "-u", "-e", "-z"):
            if word.startswith(name) and len(word) > 2 and word not in ("-emit-llvm", "-undef"):
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
        elif name in FOR_PREPROCESSOR:
            options.for_preprocessor += [name, value]
        elif name in FOR_CLANG:
            options.for_clang += [name, value]
        elif name in FOR_DEPENDENCIES:
            options.for_dependencies += [name, value]
        elif name == "-Xlinker" and "," not in value:
            options.link_script |= is_script(value)
            options.inputs.append(Input(f"{TO_LINKER}{value}", ""))
        elif name in FOR_LINKER:
            options.link_script |= name == "-T"
            options.for_linker += [name, value]
        else:
            options.for_assembler.append(value)  # -Xassembler

    def word(self, word: str) -> None:
        options = self.options
        refuse(word)
        if word in MODES:
            self.modes.add(MODES[word])
            if word in ("-M", "-MM"):
                options.for_dependencies.append(word)
        elif word in ("-MD", "-MMD", "-MP", "-MG"):
            options.for_dependencies.append(word)
        elif QUESTIONS.match(word):
            options.questions.append(word)
        elif word in ("-v", "-###"):
            options.is_verbose |= word == "-v"
            options.only_shows |= word == "-###"
        elif word == "-save-temps" or word.startswith("-save-temps="):
            options.saves = True
        elif word == "-emit-llvm":
            options.emits_llvm = True
        elif self.is_switch(word) or self.is_architecture(word):
            pass
        elif word.startswith("-O"):
            options.optimisation = "-O1" if word == "-O" else word
        elif re.match(r"^-g(\d|dwarf.*|gdb\d?|line-tables-only|mlt)?$", word):
            options.debug = word
        elif word == "-fsanitize=undefined":  # there is no library that would print what is wrong: the platform says where
            options.for_clang += [word, "-fsanitize-trap=undefined"]
        elif not self.is_for_others(word) and word not in ("-pipe", "-pthread"):
            check_spelling(word)
            options.for_clang.append(word)

    def is_for_others(self, word: str) -> bool:
        """Words for linker, assembler and preprocessor."""
        options = self.options
        if word.startswith(TO_LINKER):  # some are about what follows: --whole-archive
            options.inputs.append(Input(word, ""))
            options.link_script |= any(map(is_script, word.split(",")[1:]))
        elif word in LINKER_WORDS or SECTION_ADDRESS.match(word):
            options.for_linker.append(f"-Wl,{word}" if SECTION_ADDRESS.match(word) else word)
            options.uses_libraries &= word not in ("-nostdlib", "-nodefaultlibs", "-r")
        elif word.startswith("-Wa,"):
            options.for_assembler += word.removeprefix("-Wa,").split(",")
        elif word.startswith("-Wp,"):
            self.for_preprocessor(word.removeprefix("-Wp,").split(","))
        else:
            return False
        return True

    def for_preprocessor(self, words: list[str]) -> None:
        """-Wp,-MD,FILE as Kbuild writes it, and options of the preprocessor."""
        rest = iter(words)
        for word in rest:
            if word in ("-MD", "-MMD"):
                name = next(rest, None)
                self.options.for_dependencies += [word, "-MF", name] if name else [word]
            else:
                self.options.for_clang += ["-Xpreprocessor", word]

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
            if not re.match(r"^rv32im?a?c?(_?[zx][a-z0-9]+)*$", word.removeprefix("-march=")):
                raise Failure(f"{word}: the core is rv32imc with the extensions that --isa chooses")
            return True
        if word.startswith("-mabi="):
            if word != "-mabi=ilp32":
                raise Failure(f"{word}: the core has the ABI ilp32")
            return True
        return word.startswith(("-mtune=", "-mcpu=")) or word in ("--specs=picolibc.specs", "-specs=picolibc.specs")

    def add_input(self, name: str) -> None:
        if name == "-" and self.language == "none" and "preprocess" not in self.modes:
            raise Failure("-: standard input has no ending that tells its language; -x c before it does")
        language = "c" if name == "-" and self.language == "none" else language_of(name, self.language)
        self.options.inputs.append(Input(name, language))


def is_script(word: str) -> bool:
    """Whether a word of the linker names a link script."""
    return word.startswith(("-T", "--script", "-dT")) and not SECTION_ADDRESS.match(word)


def refuse(word: str) -> None:
    for pattern, reason in REFUSED:
        if re.fullmatch(pattern, word):
            raise Failure(f"{word}: {reason}")


def check_spelling(word: str) -> None:
    """-fno-hwloop is not one of clang's: the nearest switch of ours, when one is near."""
    found = re.match(r"^(-f(no-)?)([a-z-]+)$", word)
    near = difflib.get_close_matches(found[3], PASSES, 1, 0.8) if found else []
    if found and near:
        raise Failure(f"{word}: there is no such switch; did you mean {found[1]}{near[0]}?")


def parse(arguments: list[str]) -> Options:
    return Parser().parse(arguments)


def check(options: Options) -> None:
    """What does not fit together, before anything is done."""
    sources = [item for item in options.inputs if item.language]
    output = options.output
    if all(item.name.startswith(TO_LINKER) for item in options.inputs):
        raise Failure("no input files")
    if output is not None and options.mode in ("compile", "assemble", "preprocess") and len(sources) > 1:
        raise Failure(f"-o {output} with {len(sources)} files to compile and no program to link")
    for item in options.inputs:
        path = Path(item.name)
        if not item.is_file:
            continue
        if "\n" in item.name:
            raise Failure(f"{item.name!r}: names of files with line breaks have no place in assembly")
        if not path.exists():
            raise Failure(f"{item.name}: no such file")
        if path.is_dir():
            raise Failure(f"{item.name}: is a folder")
        if output is not None and options.mode != "syntax" and Path(output).exists() and os.path.samefile(path, output):
            raise Failure(f"-o {output}: is an input, too")
    if output == "-" and options.mode in ("assemble", "link"):
        raise Failure("-o -: objects and programs go into files; -S and -E can go to standard output")
    if output not in (None, "-") and not Path(str(output)).parent.is_dir():
        raise Failure(f"-o {output}: there is no folder {Path(str(output)).parent}")
    if options.emits_llvm and options.mode != "compile":
        raise Failure("-emit-llvm: goes with -S, which then writes intermediate code behind the passes")
