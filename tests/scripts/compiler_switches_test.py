# SPDX-License-Identifier: Apache-2.0
"""scripts/flexv-cc: what its switches switch off, and what its remarks say."""

import re
import unittest
from pathlib import Path

from compiler_case import Case

from flexv_tools.compiler.options import PASSES

# Every pass has something to do in this file, and on a line of its own.
EVERYTHING = """#include "flexv/intrinsics.h"
int f(const unsigned char* a, const signed char* b, int n) {
    int s = 0;
    for (int i = 0; i < n; ++i) s += a[i] * b[i];
    return s;
}
int accumulate(int a, int b, int c) {
    return a + b * c;
}
int limit(int a) {
    return a < -128 ? -128 : a > 127 ? 127 : a;
}
unsigned field(unsigned x) {
    return x >> 5 & 0x7f;
}
void fill(int* a, int n) {
    for (int i = 0; i < n; ++i) a[i] = n;
}
int smaller(int a, int b) {
    return a < b ? a : b;
}
void outside(void);
void compare(int a) {
    if (a == 5) outside();
}
uint32_t product(uint32_t s) {
    mac_v(sup, s, 0, 0, MAC_ONLY);
    return s + 1;
}
"""
# What each pass makes, and where. Mac&Load is made of vectorised loops.
TRACES = {
    "vectorise": (r"\tpv\.sdotusp\.b", 4),
    "macload": (r"\tpv\.mlsdot\w+\.b", 4),
    "mac": (r"\tp\.mac\t| p\.mac |\tp\.mac ", 8),
    "clip": (r"\bp\.clip\b", 11),
    "bits": (r"\bp\.extractu\b", 14),
    "hwloops": (r"\blp\.setup\b", 17),
    "postincrement": (r"\bp\.sw\.post\b", 17),
    "minmax": (r"\bp\.min\b", 20),
    "immediate-branches": (r"\bp\.b(eq|ne)imm\b", 24),
    "hazards": (r"pv\.mlsdotsup\.v a0, zero, 0\n\tnop\n", 27),
}
FALLS_WITH = {"vectorise": {"macload"}}


class SwitchTest(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("f.c", EVERYTHING)

    def traces(self, *switches: str) -> set[str]:
        """Passes whose work is in the assembly."""
        text = self.right("-O2", *switches, "-S", "f.c", "-o", "-").stdout
        return {name for name, (pattern, _) in TRACES.items() if re.search(pattern, text)}

    def test_every_pass_has_a_trace_here(self) -> None:
        self.assertEqual(set(TRACES), set(PASSES))
        self.assertEqual(self.traces(), set(PASSES))

    def test_each_switch_takes_away_its_own_pass_and_no_other(self) -> None:
        for name in PASSES:
            self.assertEqual(set(PASSES) - self.traces(f"-fno-{name}"), {name} | FALLS_WITH.get(name, set()), name)

    def test_the_last_word_about_a_pass_counts(self) -> None:
        self.assertIn("mac", self.traces("-fno-mac", "-fmac"))
        self.assertNotIn("mac", self.traces("-fmac", "-fno-mac"))
        self.assertNotIn("vectorise", self.traces("-fno-vectorize"))

    def test_all_switches_together_leave_instructions_of_rv32imc(self) -> None:
        text = self.right("-O2", *(f"-fno-{name}" for name in PASSES), "-S", "f.c", "-o", "-").stdout
        code = "\n".join(line for line in text.splitlines() if not line.startswith("\t."))
        self.assertEqual(set(re.findall(r"\b(?:p|pv|lp|cv|flexv)\.\w+[\w.]*", code)), {"pv.mlsdotsup.v"})  # the author's own

    def test_without_hardware_loops_mac_and_load_loops_branch(self) -> None:
        self.right("-O2", "-fno-hwloops", "-S", "f.c", "-o", "f.s")
        body = (self.folder / "f.s").read_text().split("\nf:\n")[1].split(".Lfunc_end")[0]
        self.assertRegex(body, r"(\.Lflexv_first_\d+):\n(\s*pv\.mlsdot.*\n)+\s*addi (\w+), \3, -1\n\s*bnez \3, \1")

    def test_remarks_of_each_pass_name_its_line_and_nothing_else(self) -> None:
        for name in PASSES:
            said = self.right("-O2", f"-Rflexv={name}", "-c", "f.c").stderr
            self.assertRegex(said, rf"(?m)^f\.c:{TRACES[name][1]}:\d+: remark: ", name)
            self.assertEqual(set(re.findall(r"\[-R(?:pass|pass-missed|flexv)=(?:flexv-)?([\w-]+)\]", said)), {name})

    def test_a_remark_about_a_loop_of_which_there_are_copies_is_made_once(self) -> None:
        self.write("copies.c", "static inline int f(const unsigned char* a, int n) {\n    int s = 0;\n    for (int i = 0; i < n; ++i) s += a[i] * a[i + 9];\n    return s;\n}\n"
                               "int g(const unsigned char* a, int n) { return f(a, n) ^ f(a + n, n + 1) ^ f(a + 2, n + 2); }\n")  # fmt: skip
        lines = [line for line in self.right("-O2", "-Rflexv", "-c", "copies.c").stderr.splitlines() if ": remark: " in line]
        self.assertIn("copies.c:3:5: remark: loop vectorised to words of 8- or 16-bit lanes [-Rpass=flexv-vectorise]", lines)
        self.assertEqual(len(lines), len(set(lines)))

    def test_remarks_say_why_not(self) -> None:
        self.write("not.c", "int f(int a) { return a < -127 ? -127 : a > 127 ? 127 : a; }\nvoid g(int);\nvoid h(int* a, int n, int m) {\n"
                            "    for (int i = 0; i < n; ++i) g(i * n + m);\n    for (int i = 0; i < n; ++i) a[i] += 3;\n}\n")  # fmt: skip
        said = self.right("-O2", "-Rflexv", "-c", "not.c").stderr
        for line in (
            r"not\.c:1:\d+: remark: no p\.clip: limits are not", r"not\.c:4:\d+: remark: no p\.mac: it steps evenly",
            r"not\.c:4:\d+: remark: no hardware loop: it calls", r"not\.c:5:\d+: remark: loop not vectorised: it walks over no array of 8",
        ):  # fmt: skip
            self.assertRegex(said, line)


HANDLER = """#include <stdint.h>
uint8_t a[64], b[64];
volatile int result;
__attribute__((noinline)) static int dot(const uint8_t* x, const uint8_t* y) {
    int s = 0;
    for (int i = 0; i < 64; ++i) s += x[i] * y[i];
    return s;
}
__attribute__((noinline)) static int by_way_of(void) { return dot(a, b); }
__attribute__((interrupt KIND)) void handler(void) { result = by_way_of(); }
"""


class HandlerTest(Case):
    def test_machine_mode_is_what_the_core_has(self) -> None:
        for kind in ("", '("machine")'):
            code = self.right("-O2", "-S", self.write("h.c", HANDLER.replace(" KIND", kind)), "-o", "-").stdout
            self.assertIn("\tmret", code)
            self.assertIn("csrr\tt0, 0x7c0", code)

    def test_other_kinds_of_handlers_are_refused_with_their_line(self) -> None:
        for kind, reason in (('("supervisor")', "supervisor mode: the core has machine mode alone"), ('("user")', "argument not supported: user")):
            for level in ("-O0", "-O2"):
                done = self.call(level, "-c", self.write("h.c", HANDLER.replace(" KIND", kind)), "-o", "h.o")
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, rf"(?m)h\.c:10:\d+: error: .*{reason}")
                self.assertFalse((self.folder / "h.o").exists())

    def test_a_handler_with_parameters_or_a_result_is_refused_with_its_line(self) -> None:
        for head in ("int f(void) { return 0; }", "void f(int x) { (void)x; }"):
            done = self.call("-c", self.write("h.c", f"\n__attribute__((interrupt)) {head}\n"))
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"h\.c:2:\d+: error: .*'interrupt' attribute only applies to functions that have")

    def test_handlers_are_refused_without_warnings_too_and_nothing_else_is_said(self) -> None:
        text = "\n__attribute__((interrupt(\"user\"))) void f(void) {}\n__attribute__((interrupt)) int g(void) { int unused; return 0; }\n"
        for word in ("-w", "-Wno-ignored-attributes", "-Wno-everything"):
            for given in ("", text):
                name: str | Path = "-" if given else self.write("h.c", text)
                done = self.call(word, "-x", "c", "-c", name, "-o", "h.o", given=given)
                self.assertEqual(done.returncode, 1)
                place = "<stdin>" if given else "h.c"
                self.assertRegex(done.stderr, rf"^\S*{place}:2:16: error: .*not supported: user.*\n\S*{place}:3:\d+: error: .*only applies to functions that have a 'void'.*\n$")
        self.assertEqual(self.right("-w", "-c", self.write("ok.c", "__attribute__((interrupt)) void f(void) { int unused; }\n")).stderr, "")
        self.right("-w", "-x", "c", "-c", "-", "-o", "in.o", given="int x;\n")

    def test_what_a_handler_runs_has_no_lanes_and_no_mac_and_load(self) -> None:
        done = self.right("-O2", "-Rflexv=vectorise", "-S", self.write("h.c", HANDLER.replace(" KIND", "")), "-o", "-")
        self.assertNotIn("\tpv.", done.stdout)
        self.assertRegex(done.stderr, r"h\.c:6:\d+: remark: loop not vectorised: an interrupt handler runs it")
        ordinary = HANDLER.replace("__attribute__((interrupt KIND))", "")
        self.assertIn("\tpv.", self.right("-O2", "-S", self.write("h.c", ordinary), "-o", "-").stdout)

    def test_a_handler_with_intrinsics_of_its_own_keeps_them(self) -> None:
        text = '#include "flexv/intrinsics.h"\nuint32_t x;\n__attribute__((interrupt)) void f(void) { x = pv_add_b(x, x); }\n'
        self.assertIn("pv.add.b", self.assembly(text))


if __name__ == "__main__":
    unittest.main()
