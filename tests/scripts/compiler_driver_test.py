# SPDX-License-Identifier: Apache-2.0
"""scripts/flexv-cc as a driver: what it does with options, files and mistakes."""

import subprocess
import unittest
from pathlib import Path

from compiler_case import DOT, HELLO, ROOT, SIMULATOR, Case


class DriverTest(Case):
    def test_one_command_makes_a_program(self) -> None:
        self.right("-O2", "-DVALUE=42", self.write("hello.c", HELLO), "-o", "hello.elf")
        self.assertEqual(self.run_elf(self.folder / "hello.elf"), "hello 42\n")

    def test_several_files_objects_and_libraries_are_linked(self) -> None:
        self.write("one.c", "int two(void);\nint main(void) { return two() - 2; }\n")
        self.write("two.c", "int two(void) { return 2; }\n")
        self.right("-c", "two.c")
        self.right("one.c", "two.o", "-o", "both.elf", "-lm")
        self.assertEqual(self.run_elf(self.folder / "both.elf"), "")

    def test_response_files_hold_arguments(self) -> None:
        self.write("hello.c", HELLO)
        self.write("words", '-O2 -DVALUE=7 "hello.c"\n-o hello.elf')
        self.right("@words")
        self.assertEqual(self.run_elf(self.folder / "hello.elf"), "hello 7\n")

    def test_dependency_files_name_the_object(self) -> None:
        self.write("part.h", "enum { kPart = 1 };\n")
        self.right("-MD", "-c", self.write("part.c", '#include "part.h"\nint part = kPart;\n'), "-o", "out.o")
        rule = (self.folder / "out.d").read_text()
        self.assertTrue(rule.startswith("out.o:"), rule)
        self.assertIn("part.h", rule)
        self.right("-MMD", "-MF", "deps", "-MT", "goal", "-c", "part.c")
        self.assertTrue((self.folder / "deps").read_text().startswith("goal:"))

    def test_preprocessing_stops_early(self) -> None:
        self.assertIn("int x = 3 ;", self.right("-E", "-DA=3", self.write("x.c", "int x = A ;\n")).stdout)

    def test_clang_s_messages_and_status_come_through(self) -> None:
        done = self.call("-c", self.write("bad.c", "int f(void) {\n    return missing;\n}\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("bad.c:2:12: error: use of undeclared identifier 'missing'", done.stderr)
        self.assertFalse((self.folder / "bad.o").exists())

    def test_a_mistake_in_inline_assembly_names_the_line_in_c(self) -> None:
        done = self.call("-O2", "-c", self.write("bad.c", 'int f(int a) {\n    a += 1;\n    __asm__ volatile("adx %0" : "+r"(a));\n    return a;\n}\n'))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"bad\.c:3:\d+: error: unrecognized opcode `adx a0'")

    def test_mistakes_in_the_command_line_are_told(self) -> None:
        for words, message in (
            (["-O2"], "no input files"),
            (["none.c"], "none.c: no such file"),
            (["--isa", "rv64", "x.c"], "--isa rv64: expected one of flexv, xpulpnn, xpulpv2"),
            (["-march=rv64gc", "x.c"], "the core is rv32imc"),
            (["-march=rv32imfc", "x.c"], "the core is rv32imc"),
            (["-o"], "-o: argument is missing"),
            (["-Rflexv=loops", "x.c"], "-Rflexv=loops: expected one of vectorise"),
            (["x.cpp"], "C++ is not supported"),
        ):
            done = self.call(*words)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn(message, done.stderr)

    def test_an_unknown_option_is_refused(self) -> None:
        done = self.call("-fno-such-thing", "-c", self.write("x.c", "int x;\n"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "flexv-cc: error: unknown argument: '-fno-such-thing'\n")

    def test_our_own_switches_are_known_by_their_spelling(self) -> None:
        for word, near in (("-fno-hwloop", "-fno-hwloops"), ("-fno-macloads", "-fno-macload"), ("-fmin-max", "-fminmax")):
            done = self.call(word, "-c", self.write("x.c", "int x;\n"))
            self.assertEqual((done.returncode, done.stderr), (1, f"flexv-cc: error: {word}: there is no such switch; did you mean {near}?\n"))

    def test_what_the_platform_cannot_have_is_refused_with_a_way_out(self) -> None:
        self.write("x.c", "int x;\n")
        for word, hint in (
            ("-shared", "archives (.a)"), ("-pie", "static"), ("-flto", "-fno-lto"), ("-m64", "rv32imc"), ("-fsanitize=address", "--check all"),
            ("-fprofile-arcs", "--coverage FILE.info"), ("-pg", "--profile FILE"), ("-fopenmp", "barriers"), ("--target=riscv64", "core"),
            ("-gdwarf-5", "DWARF 4"),
        ):  # fmt: skip
            done = self.call(word, "-c", "x.c")
            self.assertEqual(done.returncode, 1, word)
            self.assertTrue(done.stderr.startswith(f"flexv-cc: error: {word}: "), done.stderr)
            self.assertIn(hint, done.stderr)
            self.assertFalse((self.folder / "x.o").exists())

    def test_files_that_cannot_be_are_told_before_anything_runs(self) -> None:
        self.write("x.c", "int x;\n")
        for words, message in (
            (["-c", "x.c", "-o", "none/x.o"], "-o none/x.o: there is no folder none"),
            (["-c", "x.c", "-o", "x.c"], "-o x.c: is an input, too"),
            (["-c", "x.c", "-o", "-"], "-o -: objects and programs go into files"),
            (["-c", "x.c", "x.c", "-o", "x.o"], "-o x.o with 2 files to compile"),
            (["-c", "."], ".: is a folder"),
            (["@none"], "@none: No such file or directory"),
            (["-S", self.write("y.s", "nop\n")], "y.s: is assembly already"),
        ):
            done = self.call(*words)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn(f"flexv-cc: error: {message}" if "y.s" not in message else message, done.stderr)
        self.assertEqual((self.folder / "x.c").read_text(), "int x;\n")

    def test_response_files_that_include_each_other_end(self) -> None:
        self.write("a", "@b\n")
        self.write("b", "@a\n")
        self.assertIn("include each other", self.call("@a").stderr)

    def test_standard_input_is_a_file_with_a_language(self) -> None:
        self.right("-x", "c", "-O1", "-c", "-", "-o", "in.o", given="int f(void) { return 3; }\n")
        self.assertIn("int y = 4;", self.right("-E", "-", given="#define A 4\nint y = A;\n").stdout)
        self.right("-x", "assembler-with-cpp", "-c", "-", "-o", "s.o", given="#define V 5\n.globl g\ng: li a0, V\n ret\n")
        done = self.call("-c", "-", given="int x;\n")
        self.assertIn("-x c before it does", done.stderr)

    def test_levels_of_optimisation_and_their_last_one_count(self) -> None:
        self.write("f.c", "int f(int a) { return a * 3; }\n")
        lengths = [len(self.right(*words, "-S", "f.c", "-o", "-").stdout) for words in (["-O0"], ["-O0", "-O2"], ["-O3", "-O0"])]
        self.assertLess(lengths[1], lengths[0])
        self.assertEqual(lengths[2], lengths[0])
        for level in ("-O", "-O1", "-O3", "-Os", "-Oz", "-Og", "-Ofast"):
            self.right(level, "-c", "f.c")
        self.assertIn("invalid integral value 'bad'", self.call("-Obad", "-c", "f.c").stderr)

    def test_assembly_is_preprocessed_and_assembled(self) -> None:
        self.write("v.h", "#define V 5\n")
        self.write("f.S", '#include "v.h"\n#include "flexv/csr.h"\n.include "flexv/isa.inc"\n.globl f\nf: li a0, V + W\n p.abs a0, a0\n ret\n')
        self.write("g.s", ".globl g\ng: li a0, 2\n ret\n")
        self.write("m.c", "int f(void), g(void);\nint main(void) { return f() - g() - 4; }\n")
        self.right("-O1", "-DW=1", "-MD", "f.S", "g.s", "m.c", "-o", "m.elf")
        self.assertEqual(self.run_elf(self.folder / "m.elf"), "")
        self.assertIn("v.h", (self.folder / "f.d").read_text())
        self.assertTrue((self.folder / "m.d").read_text().startswith("m.elf:"))
        done = self.call("-c", self.write("bad.s", "nop\n adx a0\n"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"bad\.s:2: Error: unrecognized opcode `adx a0'")

    def test_the_assembler_s_listing_goes_to_standard_output(self) -> None:
        self.assertRegex(self.right("-O1", "-Wa,-al", "-c", self.write("f.c", "int f(int a) { return a * 3; }\n")).stdout, r"GAS LISTING(?s:.*)\bf:\n")

    def test_printf_knows_floating_point_on_request(self) -> None:
        self.write("f.c", '#include "flexv/flexv.h"\n#include <stdio.h>\nint main(void) { if (core_id() == 0) printf("%.3f %d\\n", -2.5, 7); return 0; }\n')
        self.right("-O2", "-DPICOLIBC_DOUBLE_PRINTF_SCANF", "f.c", "-o", "f.elf")
        self.assertEqual(self.run_elf(self.folder / "f.elf"), "-2.500 7\n")
        self.right("-O2", "f.c", "-o", "f.elf")
        self.assertNotIn("2.500", self.run_elf(self.folder / "f.elf"))

    def test_names_of_files_may_have_any_characters(self) -> None:
        loop = "int f(const int* a, int n) { int s = 0; for (int i = 0; i < n; ++i) s ^= a[i] < n ? a[i] : n; return s; }\nint main(void) { return f(0, 0); }\n"
        for name in ("with space.c", "hash#tag;{x|y}.c", "\u00fcml\u00e4ut.c", "'quoted'.c", 'q"u\\ote.c', "$0$$%0${1:uid}.c", "tab\t.c"):
            self.write(name, loop)
            said = self.right("-O2", "-Rflexv=hwloops", "-Rflexv=minmax", "-MMD", f"./{name}", "-o", "any.elf").stderr
            places = {line.split(": remark: ")[0] for line in said.splitlines()}
            self.assertEqual(places, {f"./{name}:1:41", f"./{name}:1:74"}, said)
            self.assertEqual(self.run_elf(self.folder / "any.elf"), "")
            self.write(name, f'{loop}void bad(void) {{ __asm__ volatile("adx a0"); }}\n')
            self.assertIn(f"./{name}:3:18: error: unrecognized opcode `adx a0'", self.call("-O2", "-c", f"./{name}", "-o", "x.o").stderr)
        self.write("two\nlines.c", loop)
        self.assertIn("'two\\nlines.c': names of files with line breaks", self.call("-c", "two\nlines.c").stderr)

    def test_bytes_that_are_no_text_come_through_messages(self) -> None:
        (self.folder / "bytes.c").write_bytes(b'void f(void) { __asm__ volatile("adx \xff\xfe"); }\n')
        done = subprocess.run([ROOT / "scripts/flexv-cc", "-c", "bytes.c"], cwd=self.folder, capture_output=True, check=False)
        self.assertIn(b"bytes.c:1:", done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)

    def test_words_for_the_linker_keep_their_places(self) -> None:
        self.write("two.c", "int two(void) { return 2; }\n")
        self.right("-O1", "-c", "two.c")
        subprocess.run(["riscv64-unknown-elf-ar", "rcs", "libtwo.a", "two.o"], cwd=self.folder, check=True)
        self.write("m.c", "int main(void) { return 0; }\n")
        for words, is_there in (
            (["-Wl,--whole-archive", "libtwo.a", "-Wl,--no-whole-archive"], True), (["libtwo.a"], False),
            (["-Xlinker", "--whole-archive", "-L.", "-ltwo", "-Xlinker", "--no-whole-archive"], True),
        ):  # fmt: skip
            self.right("-O1", "m.c", *words, "-Wl,--undefined=main,--no-gc-sections", "-o", "m.elf")
            symbols = subprocess.run(["riscv64-unknown-elf-nm", self.folder / "m.elf"], capture_output=True, text=True, check=True).stdout
            self.assertEqual(" T two\n" in symbols, is_there, words)
        self.assertEqual(self.call("-c", "m.c", "-Wl,--gc-sections").stderr, "")
        self.assertIn("no input files", self.call("-Wl,--gc-sections").stderr)

    def test_undefined_behaviour_traps_on_request(self) -> None:
        self.write("u.c", "volatile int a = 2147483647;\n__attribute__((noinline)) static int grows(int x) { return x + 1; }\nint main(void) { return grows(a) == 0; }\n")
        for words, status in (([], 0), (["-fsanitize=undefined"], 102)):
            self.right("-O1", *words, "u.c", "-o", "u.elf")
            done = subprocess.run([SIMULATOR, "run", self.folder / "u.elf", "--quiet", "--max-cycles", "100000"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        self.assertRegex(done.stderr, r"illegal instruction.*\(pc 0x\w+ grows")

    def test_constructors_are_refused(self) -> None:
        for kind in ("constructor", "destructor"):
            done = self.call("-O0", "-c", self.write("c.c", f"int x;\n__attribute__(({kind})) static void early(void) {{ x = 1; }}\n"))
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"c\.c: error: the runtime runs no constructors and destructors; call \w+ from main")

    def test_thread_local_objects_need_a_runtime_that_knows_them(self) -> None:
        self.write("t.c", "static _Thread_local int x = 5;\nint* where(void) { return &x; }\nint main(void) { return *where() - 5; }\n")
        self.right("-O1", "t.c", "-o", "t.elf")
        self.assertEqual(self.run_elf(self.folder / "t.elf"), "")
        self.right("-O1", "-c", "t.c")
        self.right("-c", ROOT / "sw/runtime/crt0.S", "-o", "crt0.o")
        said = self.call("t.o", "crt0.o", "-o", "t.elf").stderr
        self.assertIn("thread-local objects, such as errno, need flexv_app(... THREAD_LOCALS), or the runtime compiled with -DFLEXV_THREAD_LOCAL", said)

    def test_what_the_runtime_does_not_have_is_told_by_the_linker(self) -> None:
        self.write("n.c", "#include <stdatomic.h>\natomic_int n;\nint main(void) { return atomic_fetch_add(&n, 1); }\n")
        said = self.call("-O1", "n.c", "-o", "n.elf").stderr
        self.assertRegex(said, "undefined reference to `__atomic_fetch_add_4'(?s:.*)\nflexv-cc: hint: the core has no atomic operations; mutex_lock()")
        self.write("e.c", "#include <stdlib.h>\nvolatile int x;\nstatic void bye(void) { x = 1; }\nint main(void) { return atexit(bye); }\n")
        self.assertIn("atexit(): nothing runs what it registers; call it from main", self.call("-O1", "e.c", "-o", "e.elf").stderr)

    def test_archives_are_searched(self) -> None:
        self.write("two.c", "int two(void) { return 2; }\n")
        self.write("main.c", "int two(void);\nint main(void) { return two() - 2; }\n")
        self.right("-O2", "-c", "two.c")
        subprocess.run(["riscv64-unknown-elf-ar", "rcs", "libtwo.a", "two.o"], cwd=self.folder, check=True)
        for words in (["libtwo.a"], ["-L.", "-ltwo"], ["-L", ".", "-l", "two"], ["-L.", "-l:libtwo.a"]):
            self.right("-O2", "main.c", *words, "-o", "m.elf")
            self.assertEqual(self.run_elf(self.folder / "m.elf"), "")
        self.assertIn("cannot find -lthree", self.call("-O2", "main.c", "-L.", "-lthree").stderr)

    def test_dependency_options_of_make_and_kbuild(self) -> None:
        self.write("part.h", "enum { kPart = 1 };\n")
        self.write("part.c", '#include "part.h"\n#include <stdint.h>\nint part = kPart;\n')
        self.assertEqual(self.right("-MM", "part.c").stdout, "part.o: part.c part.h\n")
        self.right("-MM", "-MF", "rule", "-c", "part.c")
        self.assertEqual((self.folder / "rule").read_text(), "part.o: part.c part.h\n")
        self.assertFalse((self.folder / "part.o").exists())
        self.right("-Wp,-MMD,sub.d", "-c", "part.c", "-o", "other.o")
        self.assertEqual((self.folder / "sub.d").read_text(), "other.o: part.c part.h\n")
        self.right("-MMD", "-MP", "-MQ", "a$b", "-c", "part.c")
        self.assertEqual((self.folder / "part.d").read_text(), "a$$b: part.c part.h\npart.h:\n")
        self.assertIn("'none.h' file not found", self.call("-MM", self.write("bad.c", '#include "none.h"\n')).stderr)

    def test_make_builds_only_what_has_changed(self) -> None:
        self.write("part.h", "enum { kPart = 1 };\n")
        self.write("part.c", '#include "part.h"\nint part(void) { return kPart; }\n')
        self.write("main.c", "int part(void);\nint main(void) { return part() - 1; }\n")
        self.write("Makefile", "CFLAGS := -O2 -MMD -MP\nmain.elf: main.o part.o\n\t$(CC) $^ -o $@\n-include main.d part.d\n")
        make = ["make", "-s", "-j2", f"CC={ROOT}/scripts/flexv-cc"]
        subprocess.run(make, cwd=self.folder, check=True)
        self.assertEqual(self.run_elf(self.folder / "main.elf"), "")
        before = {name: (self.folder / name).stat().st_mtime_ns for name in ("main.o", "part.o")}
        self.write("part.h", "enum { kPart = 1, kOther };\n")
        subprocess.run(make, cwd=self.folder, check=True)
        after = {name: (self.folder / name).stat().st_mtime_ns for name in ("main.o", "part.o")}
        self.assertEqual(before["main.o"], after["main.o"])
        self.assertNotEqual(before["part.o"], after["part.o"])

    def test_what_build_systems_ask(self) -> None:
        self.assertRegex(self.right("--version").stdout, r"^flexv-cc \d+\.\d+\.\d+ \(clang 19")
        self.assertRegex(self.right("-dumpversion").stdout, r"^\d+\.\d+\.\d+\n$")
        self.assertEqual(self.right("-dumpmachine").stdout, "riscv32-unknown-elf\n")
        self.assertRegex(self.right("-print-libgcc-file-name").stdout, r"rv32im/ilp32/libgcc\.a\n$")
        self.assertEqual(self.right("-print-multi-lib").stdout, ".;\n")
        self.assertTrue(Path(self.right("-print-file-name=libc.a").stdout.strip()).is_file())
        self.assertEqual(self.right("-print-file-name=libnone.a").stdout, "libnone.a\n")
        defined = self.right("-E", "-dM", "-x", "c", "-").stdout
        for word in ("__riscv_xlen 32", "__FLEXV_CC__ 1", "__riscv_mul 1", "__clang__ 1"):
            self.assertIn(f"#define {word}\n", defined)

    def test_commands_are_shown_or_only_shown(self) -> None:
        self.write("hello.c", HELLO)
        shown = self.right("-###", "-O0", "-DVALUE=1", "hello.c", "-o", "hello.elf").stderr.splitlines()
        self.assertTrue(shown[0].startswith("clang-19 ") and shown[-1].startswith("riscv64-unknown-elf-gcc "), shown)
        self.assertFalse((self.folder / "hello.elf").exists())
        self.assertIn("riscv64-unknown-elf-as", self.right("-###", "-c", "hello.c").stderr)
        self.assertFalse((self.folder / "hello.o").exists())
        self.assertIn("riscv64-unknown-elf-as", self.right("-v", "-O0", "-DVALUE=1", "hello.c", "-o", "hello.elf").stderr)
        self.assertTrue((self.folder / "hello.elf").exists())

    def test_steps_in_between_are_kept_on_request(self) -> None:
        self.right("-save-temps", "-O2", "-DVALUE=1", "-c", self.write("hello.c", HELLO))
        self.assertIn("int main(void)", (self.folder / "hello.i").read_text())
        self.assertIn("main:", (self.folder / "hello.s").read_text())
        self.right("-O2", "hello.i", "-o", "again.elf")
        self.assertEqual(self.run_elf(self.folder / "again.elf"), "hello 1\n")
        self.assertRegex(self.right("-O2", "-S", "-emit-llvm", "hello.i", "-o", "-").stdout, r"define .*@main\(")

    def test_words_for_the_linker_reach_it(self) -> None:
        self.write("m.c", "extern char here[];\nint main(void) { return (int)(here - (char*)0x123); }\n")
        for words in (["-Wl,--defsym=here=0x123,-Map=m.map"], ["-Xlinker", "--defsym=here=0x123", "-Xlinker", "-Map=m.map"]):
            self.right("-O2", "m.c", *words, "-o", "m.elf")
            self.assertEqual(self.run_elf(self.folder / "m.elf"), "")
            self.assertIn("Linker script and memory map", (self.folder / "m.map").read_text())
            (self.folder / "m.map").unlink()
        self.write("own.S", ".globl _start\n_start: j _start\n")
        self.right("-nostdlib", "-Ttext=0x1c000400", "own.S", "-o", "own.elf")
        symbols = subprocess.run(["riscv64-unknown-elf-nm", self.folder / "own.elf"], capture_output=True, text=True, check=True).stdout
        self.assertIn("1c000400 T _start", symbols)

    def test_names_with_blanks_are_names(self) -> None:
        folder = self.folder / "my files"
        folder.mkdir()
        (folder / "v 1.h").write_text("#define VALUE 6\n")
        (folder / "a b.c").write_text('#include "v 1.h"\n' + HELLO)
        self.right("-O2", "-MMD", "-I", folder, folder / "a b.c", "-o", "my files/a b.elf")
        self.assertEqual(self.run_elf(folder / "a b.elf"), "hello 6\n")
        self.assertIn("v\\ 1.h", (folder / "a b.d").read_text())

    def test_files_that_nothing_links_are_told(self) -> None:
        self.write("x.c", "int x;\n")
        self.right("-c", "x.c")
        self.assertIn("warning: x.o: not used", self.right("-c", "x.c", "x.o").stderr)

    def test_warnings_are_switched_as_usual(self) -> None:
        self.write("w.c", "int f(void) { int unused; return 0; }\n")
        self.assertEqual(self.right("-c", "w.c").stderr, "")
        self.assertIn("w.c:1:19: warning: unused variable 'unused' [-Wunused-variable]", self.right("-Wall", "-c", "w.c").stderr)
        self.assertEqual(self.call("-Wall", "-Werror", "-c", "w.c").returncode, 1)
        self.assertEqual(self.right("-Wall", "-Wno-unused-variable", "-c", "w.c").stderr, "")

    def test_a_link_script_and_start_code_of_one_s_own_replace_ours(self) -> None:
        self.write("own.ld", "ENTRY(_start)\nSECTIONS { .text 0x1c000080 : { *(.text*) } }\n")
        self.write("own.S", ".globl _start\n_start: j _start\n")
        self.right("-nostartfiles", "-T", "own.ld", "own.S", "-o", "own.elf")
        symbols = subprocess.run(["riscv64-unknown-elf-nm", self.folder / "own.elf"], capture_output=True, text=True, check=True).stdout
        self.assertIn("1c000080 T _start\n", symbols)
        self.assertNotIn("flexv", symbols)

    def test_debug_information_has_the_lines_of_converted_loops(self) -> None:
        self.right("-O2", "-g", "-c", self.write("dot.c", DOT.replace("for", "\nfor")), "-o", "dot.o")
        lines = subprocess.run(["riscv64-unknown-elf-objdump", "--dwarf=decodedline", self.folder / "dot.o"], capture_output=True, text=True, check=True)
        self.assertRegex(lines.stdout, r"dot\.c\s+2\s+0x")


if __name__ == "__main__":
    unittest.main()
