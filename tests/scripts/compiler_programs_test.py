# SPDX-License-Identifier: Apache-2.0
"""scripts/flexv-cc: whole programs on the platform, against GCC's; kernels in C against those in assembly; lines in GDB and profile."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from compiler_case import HELLO, ROOT, SIMULATOR, Case

from flexv_tools.compiler import check, kernel_bench, toolchain
from flexv_tools.compiler.options import PASSES

PROGRAMS = ROOT / "tests/scripts/compiler"
# Switches that change most of what happens to a program.
SWITCHES = (
    ["-O2"], ["-O3"], ["-Os"], ["-O1"], ["-O2", "-fno-inline", "-g"], ["-O3", "-funroll-loops", "-fno-hwloops"],
    ["-O2", "-fno-vectorise", "-fno-postincrement", "-fno-immediate-branches"],
)  # fmt: skip


class ProgramTest(Case):
    def test_random_programs_do_what_gcc_s_do(self) -> None:
        for seed in (11,):
            self.assertEqual(check.check_seed(seed, SIMULATOR, self.folder, check.combinations(seed, False)), [])

    def test_programs_of_a_user_do_what_gcc_s_do(self) -> None:
        for number, source in enumerate(sorted((PROGRAMS / "programs").glob("*.c"))):
            chosen = [["-O2"], SWITCHES[1 + number % (len(SWITCHES) - 1)], ["-O0"] if number % 3 == 0 else ["-O3"]]
            self.assertEqual(check.check_program(source, SIMULATOR, self.folder, chosen), [])

    def test_hostile_programs_do_what_gcc_s_do(self) -> None:
        self.assertEqual(check.check_program(PROGRAMS / "hostile.c", SIMULATOR, self.folder, SWITCHES), [])

    def test_our_own_programs_run(self) -> None:
        for name in ("hello", "parallel", "intrinsics", "matmul"):
            self.right("-O2", "-Wall", "-Werror", ROOT / f"sw/apps/{name}.c", "-lflexv_kernels", "-o", f"{name}.elf")
            self.run_elf(self.folder / f"{name}.elf")

    def test_interrupts_do_not_disturb_hardware_loops(self) -> None:
        self.right("-O2", ROOT / "tests/scripts/compiler/interrupted_loops.c", "-o", "loops.elf")
        self.assertRegex(self.run_elf(self.folder / "loops.elf"), r"^PASS: [1-9]\d+ interrupts\n$")

    def test_interrupts_do_not_disturb_mac_and_load_nor_formats(self) -> None:
        for words in (["-O2"], ["-O3", "-fno-hwloops"], ["-O1"]):
            self.right(*words, ROOT / "tests/scripts/compiler/interrupted_lanes.c", "-o", "lanes.elf")
            self.assertRegex(self.run_elf(self.folder / "lanes.elf"), r"^PASS: [1-9]\d+ interrupts")

    def test_cmake_takes_it_for_a_program_and_for_a_project(self) -> None:
        self.write("hello.c", HELLO)
        project = "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES C ASM)\nfind_package(flexv_firmware REQUIRED)\n"
        self.write("CMakeLists.txt", project + "flexv_app(hello SOURCES hello.c DEFINITIONS VALUE=5 ISA none COMPILER ${COMPILER})\n")
        for toolchain, compiler in (("toolchain.cmake", "flexv-cc"), ("toolchain-flexv-cc.cmake", "gcc")):
            out = self.folder / compiler
            self.cmake("-S", self.folder, "-B", out, f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/sw/{toolchain}", f"-DCOMPILER={compiler}")
            self.cmake("--build", out)
            self.assertEqual(self.run_elf(out / "hello.elf"), "hello 5\n")

    def test_cmake_builds_a_project_with_libraries_and_assembly_that_knows_nothing_of_us(self) -> None:
        self.write("twice.S", '.include "flexv/isa.inc"\n.globl twice\ntwice: add a0, a0, a0\n p.abs a0, a0\n ret\n')
        self.write("dot.h", "int dot(const signed char* a, const signed char* b, int n);\nint twice(int x);\n")
        self.write("dot.c", '#include "dot.h"\nint dot(const signed char* a, const signed char* b, int n) { int s = 0; for (int i = 0; i < n; ++i) s += a[i] * b[i]; return s; }\n')
        self.write("main.c", '#include "dot.h"\nint main(void) { static signed char a[40]; for (int i = 0; i < 40; ++i) a[i] = (signed char)i; return dot(a, a, 40) - 20540 + twice(-4) - 8; }\n')
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES C ASM)\ninclude(CheckTypeSize)\ncheck_type_size(long SIZE_OF_LONG)\n"
                                     "if(NOT SIZE_OF_LONG EQUAL 4)\n  message(FATAL_ERROR wrong)\nendif()\nadd_library(dot STATIC dot.c twice.S)\n"
                                     "target_compile_options(dot PRIVATE -Wall -Rflexv=vectorise)\nadd_executable(app main.c)\ntarget_link_libraries(app PRIVATE dot m)\n")  # fmt: skip
        out = self.folder / "out"
        self.cmake("-S", self.folder, "-B", out, f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/sw/toolchain-flexv-cc.cmake", "-DCMAKE_BUILD_TYPE=Release")
        self.cmake("--build", out)
        self.assertEqual(self.run_elf(out / "app"), "")
        os.utime(self.folder / "dot.h")
        again = subprocess.run(["cmake", "--build", out], capture_output=True, text=True, check=True).stdout
        self.assertIn("dot.c.o", again)
        self.assertNotIn("twice.S.o", again)

    def test_programs_of_either_compiler_have_thread_locals_on_request(self) -> None:
        thread = '#include "flexv/flexv.h"\nstatic _Thread_local unsigned mine = 5;\nstatic volatile unsigned sum;\nint main(void) {\n    mine += core_id();\n    barrier();\n'
        thread += "    mutex_lock();\n    sum = sum + mine;\n    mutex_unlock();\n    barrier();\n    return sum != 5 * core_count() + core_count() * (core_count() - 1) / 2;\n}\n"
        self.write("t.c", thread)
        apps = "".join(f"flexv_app({name} SOURCES t.c ISA none {words})\n" for name, words in (("by_gcc", "THREAD_LOCALS"), ("by_us", "THREAD_LOCALS COMPILER flexv-cc"), ("without", "")))
        self.write("CMakeLists.txt", f"cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES C ASM)\nfind_package(flexv_firmware REQUIRED)\n{apps}")
        out = self.folder / "out"
        self.cmake("-S", self.folder, "-B", out, f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/sw/toolchain.cmake")
        self.cmake("--build", out, "--target", "by_gcc", "by_us")
        for name in ("by_gcc", "by_us"):
            self.assertEqual(self.run_elf(out / f"{name}.elf"), "")
        done = subprocess.run(["cmake", "--build", out, "--target", "without"], capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("need flexv_app(... THREAD_LOCALS)", done.stdout + done.stderr)

    def test_cmake_takes_it_from_an_installed_package(self) -> None:
        prefix, out = self.folder / "prefix", self.folder / "out"
        self.cmake("-S", ROOT / "sw", "-B", self.folder / "sw", f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/sw/toolchain.cmake")
        self.cmake("--install", self.folder / "sw", "--prefix", prefix)
        self.write("hello.c", HELLO)
        self.write(
            "CMakeLists.txt",
            "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES C ASM)\nfind_package(flexv_firmware REQUIRED)\ninclude(CheckCCompilerFlag)\n"
            'check_c_compiler_flag(-fno-hwloops KNOWS_OUR_SWITCH)\ncheck_c_compiler_flag(-fno-hwloop KNOWS_ANY)\nif(NOT KNOWS_OUR_SWITCH OR KNOWS_ANY)\n'
            '  message(FATAL_ERROR "asked for switches, flexv-cc does not answer")\nendif()\nflexv_app(hello SOURCES hello.c DEFINITIONS VALUE=6 ISA none)\n',
        )
        words: list[str | Path] = ["-S", self.folder, "-B", out, f"-DCMAKE_TOOLCHAIN_FILE={prefix}/share/flexv_firmware/toolchain-flexv-cc.cmake"]
        missing = subprocess.run(["cmake", "-G", "Ninja", *words], capture_output=True, text=True, check=False)
        self.assertIn("-DFLEXV_CC=FILE names it", missing.stderr)
        self.cmake(*words, f"-DFLEXV_CC={ROOT}/scripts/flexv-cc")
        self.cmake("--build", out)
        self.assertEqual(self.run_elf(out / "hello.elf"), "hello 6\n")

    def cmake(self, *words: "str | Path") -> None:
        generator = ["-G", "Ninja"] if words[0] == "-S" else []
        done = subprocess.run(["cmake", *generator, *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


INTRINSICS = """#include "flexv/intrinsics.h"
uint32_t mixed(packed_uint8x4 a, packed_int4x8 b, uint32_t s) { with_format(a8w4) { s = pv_sdotusp_v(s, a, b); s = pv_sdotusp_v(s, a, b); } return s; }
uint32_t quarter(packed_uint2x16 a, packed_int2x16 b) { uint32_t s = 0; with_format(a2w2) { s = pv_dotusp_v(a, b); } return s; }
uint32_t nibbles(packed_int4x8 a, packed_int4x8 b) { uint32_t s = 0; with_format(a4w4) { s = pv_max_v(pv_add_v(a, b), b); } return s; }
uint32_t bytes(packed_int8x4 a, packed_uint8x4 b, uint32_t s) { return pv_sdotsp_b(pv_shuffle2_b(s, a, b), pv_sci_b(min, a, 15), b); }
uint32_t halves(packed_int16x2 a, packed_int16x2 b) { return pv_pack_h(pv_avg_h(a, b), pv_abs_h(a)) + (uint32_t)pv_extract_h(b, 1); }
int32_t scalars(int32_t a, int32_t b) { return p_addrn(p_mulsn(a, b, 7), b, 3) + p_extract(a, 5, 9) + (int32_t)p_ror(p_ff1((uint32_t)a), p_cnt((uint32_t)b)); }
uint32_t fields(uint32_t a, uint32_t b) { return p_insert(p_bset(a, 3, 4), p_bclr(b, 5, 6), 7, 8) ^ p_bitrev(b); }
uint32_t macload(uint32_t s, uint32_t t, uint32_t* w) {
    load_operand_legacy(w, 0, 0, MAC_LOAD_WEIGHT);
    mac_load_legacy(sup, b, s, w, 0, 0, MAC_LOAD_ACTIVATION);
    with_format_of(kFormat_a4w2, 2) { activation_stream(64, 2); load_operand_v(0, 1, MAC_LOAD_ACTIVATION); mac_v(sup, s, 0, 1, MAC_LOAD_WEIGHT); mac_load_v(up, t, 3, 0, MAC_ONLY); }
    return s ^ t;
}
uint32_t memory(const uint32_t* from, uint32_t* to, uint32_t step) { uint32_t x = load_post(from, 8); store_post(x, to, 4); store_byte_step(x, to, step); return *from; }
void copies(void* to, const void* from, uint32_t n) { copy_words(to, from, n); copy_bytes(to, from, n); }
"""


class IntrinsicsTest(Case):
    def test_both_compilers_make_the_same_instructions(self) -> None:
        source = self.write("i.c", INTRINSICS)
        includes = [f"-I{path}" for path in toolchain.INCLUDES]
        subprocess.run([toolchain.GCC, *toolchain.GCC_FLAGS, *includes, "-S", source, "-o", self.folder / "gcc.s"], check=True)
        # Plain C beside them is flexv-cc's to transform: that is switched off here.
        self.right("-O2", *(f"-fno-{name}" for name in PASSES), "-S", source, "-o", "ours.s")
        ours, theirs = (self.custom((self.folder / name).read_text()) for name in ("ours.s", "gcc.s"))
        self.assertEqual(len(theirs), 10)
        self.assertEqual(ours, theirs)

    def custom(self, text: str) -> "dict[str, list[str]]":
        """For each function its custom instructions and writes of CSRs, in alphabetic order: independent ones may change places."""
        bodies = re.findall(r"(?ms)^(\w+):\n(.*?)^\s*\.size", text)
        return {name: sorted(re.findall(r"\b(?:(?:p|pv|lp)\.[\w.]+|csrw)\b", body)) for name, body in bodies}


class KernelTest(Case):
    def layers(self, *words: "str | Path") -> None:
        """The layers of sw/kernels with expected outputs."""
        generator = [sys.executable, "-B", ROOT / "sw/golden/layers_golden.py", "--seed", "3", "--random", "24", "--no-matrix", "cases.h"]
        subprocess.run(generator, cwd=self.folder, check=True)
        case = f'-DGENERATED_CASES="{self.folder}/cases.h"'
        self.right("-O2", case, ROOT / "sw/apps/test_layers.c", *words, "-o", "layers.elf")
        self.assertEqual(self.run_elf(self.folder / "layers.elf"), "PASS: 24 cases, seed 3\n")

    def test_kernels_in_c_compute_layers(self) -> None:
        self.layers(kernel_bench.KERNELS, toolchain.kernels_in_c())

    def test_the_library_compiled_by_flexv_cc_computes_layers(self) -> None:
        sources = [toolchain.FIRMWARE / name for name in (*toolchain.LAYERS, *toolchain.INNER_LOOPS["flexv"])]
        self.layers('-DROWS_OF_ISA="rows_flexv.h"', *sources)

    def test_kernels_in_c_take_five_percent_more_cycles_at_most(self) -> None:
        table, worst = kernel_bench.compare(SIMULATOR, self.folder, (64,))
        self.assertLessEqual(worst, kernel_bench.LIMIT_PERCENT, table)


LINES = """#include "flexv/flexv.h"
static uint8_t a[64];
static int8_t b[64];
__attribute__((noinline)) static int dot(const uint8_t* x, const int8_t* y, int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i)
        sum += x[i] * y[i];
    return sum;
}
__attribute__((noinline)) static uint32_t mix(uint32_t* words, int n) {
    uint32_t s = 1;
    for (int i = 0; i < n; ++i) {
        s ^= words[i];
        s += s << 3;
    }
    return s;
}
int main(void) {
    if (core_id() != 0)
        return 0;
    for (int i = 0; i < 64; ++i) {
        a[i] = (uint8_t)i;
        b[i] = (int8_t)-i;
    }
    static volatile int first;
    static volatile uint32_t second;
    static uint32_t words[16];
    first = dot(a, b, 64);
    uint32_t* some = words;
    int count = 16;
    __asm__ volatile("" : "+r"(some), "+r"(count) : : "memory");  // nothing is known of them
    second = mix(some, count);
    return first != -85344;
}
"""


class DebugTest(Case):
    def setUp(self) -> None:
        super().setUp()
        self.right("-O2", "-g", self.write("lines.c", LINES), "-o", "lines.elf")
        self.elf = self.folder / "lines.elf"

    @unittest.skipUnless(shutil.which("gdb-multiarch"), "no gdb-multiarch")
    def test_gdb_stops_at_lines_inside_of_hardware_loops(self) -> None:
        process = subprocess.Popen([SIMULATOR, "run", self.elf, "--quiet", "--gdb", self.folder / "socket"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        assert process.stderr is not None
        self.assertTrue(process.stderr.readline().startswith("gdb: listening on "))
        commands = [
            f"target remote {self.folder}/socket", "break lines.c:13", "continue", "info line", "backtrace", "print s", 
            "delete", "stepi 5", "info line", "kill",
        ]  # fmt: skip
        words = [word for command in commands for word in ("-ex", command)]
        shown = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-iex", "set style enabled off", self.elf, *words],
                               capture_output=True, text=True, check=False, timeout=200).stdout  # fmt: skip
        self.assertRegex(shown, r"Breakpoint 1, (0x\w+ in )?mix \(.*\) at .*lines\.c:13")
        self.assertRegex(shown, r"#1 +0x\w+ in main \(\) at .*lines\.c:\d+")
        self.assertIn("Line 13 of ", shown)
        self.assertIn("$1 = 1\n", shown)
        self.assertIn("lp.setup", self.right("-O2", "-g", "-S", "lines.c", "-o", "-").stdout.split("\nmix:", 1)[1].split(".Lfunc_end")[0])

    def test_profile_and_coverage_have_the_lines_of_hardware_loops(self) -> None:
        command = [SIMULATOR, "run", self.elf, "--quiet", "--profile", "out.callgrind", "--coverage", "out.info"]
        subprocess.run(command, cwd=self.folder, check=True)
        text = (self.folder / "out.callgrind").read_text()
        number = re.search(r"(?m)^c?fn=\((\d+)\) mix$", text)
        assert number is not None, text[:3000]
        costs = re.search(rf"(?ms)^fn=\({number[1]}\)[^\n]*\n(.*?)(^fn=|\Z)", text)
        assert costs is not None, text[:3000]
        self.assertTrue({13, 14} <= {int(row.split()[0]) for row in costs[1].splitlines() if re.match(r"\d+ ", row)}, costs[1])
        covered = (self.folder / "out.info").read_text().split("lines.c\n", 1)[1].split("end_of_record")[0]
        self.assertTrue({"DA:13,16", "DA:14,16", "DA:16,1"} <= set(covered.split()), covered)

    def test_line_tables_are_right_for_each_instruction_of_a_loop(self) -> None:
        table = subprocess.run(["riscv64-unknown-elf-objdump", "-dl", "--disassemble=mix", self.elf], capture_output=True, text=True, check=True).stdout
        lines = {int(number) for number in re.findall(r"lines\.c:(\d+)", table)}
        self.assertTrue({12, 13, 14} <= lines <= set(range(10, 18)), table)


if __name__ == "__main__":
    unittest.main()
