# SPDX-License-Identifier: Apache-2.0
"""scripts/flexv-cc: each pass on a small input with its text, remarks; the assembly stage alone."""

import re
import textwrap
import unittest
import unittest.mock

from compiler_case import DOT, Case

from flexv_tools.compiler import examples, flow, stage
from flexv_tools.compiler.remarks import Remarks


class PassTest(Case):
    def test_hwloops(self) -> None:
        text = "int f(const int* a, int n) { int s = 0; for (int i = 0; i < n; ++i) s ^= a[i]; return s; }\n"
        self.assertIn(
            textwrap.dedent("""\
                .balignw 4, 1
                lp.setup 0, a1, .Lflexv_end_1_0
                .LBB0_1:
                p.lw.post a3, 4, a0
                .Lflexv_end_1_0:
                xor a2, a2, a3"""),
            self.assembly(text),
        )
        self.assertNotIn("lp.setup", self.assembly(text, "-fno-hwloops"))

    def test_hwloops_have_two_levels(self) -> None:
        text = "void f(int* a, int n) { for (int i = 0; i < n; ++i) for (int j = 0; j < n; ++j) for (int k = 0; k < n; ++k) *a++ ^= k; }\n"
        code = self.assembly(text)
        self.assertRegex(code, r"(?s)lp\.setup 1, .*lp\.setup 0, ")
        self.assertEqual(code.count("lp.setup"), 2)

    def test_hwloops_take_loops_with_branches(self) -> None:
        for text in ("int f(const short* a, int n) { int k = 0; for (int i = 1; i < n; ++i) if (a[i] > a[k]) k = i; return k; }\n",
                     "int f(const int* a, int n) { int s = 0; for (int i = 0; i < n; ++i) { if (a[i] & 1) s += a[i] * n; else s ^= i; } return s; }\n"):  # fmt: skip
            self.assertIn("lp.setup", self.assembly(text))

    def test_hwloops_leave_loops_with_calls_alone(self) -> None:
        for body in ("g(i);", "s += a[i] / b[i]; g(s);", "if (a[i]) return g(a[i]); __asm__ volatile(\"jal 1f; 1:\");"):
            text = f"long long g(int); long long f(int* a, int* b, int n) {{ int s = 0; for (int i = 0; i < n; ++i) {{ {body} }} return s; }}\n"
            self.assertNotIn("lp.setup", self.assembly(text), body)

    def test_hwloops_leave_libgcc_calls_alone(self) -> None:
        text = "float f(float* a, int n) { float s = 0; for (int i = 0; i < n; ++i) s += a[i]; return s; }\n"
        self.assertNotIn("lp.setup", self.assembly(text))

    def test_a_loop_that_may_run_two_to_the_32_times_stays_in_software(self) -> None:
        text = "void f(unsigned from, unsigned to, volatile int* a) { do { *a = 1; } while (++from != to); }\n"
        self.assertNotIn("lp.setup", self.assembly(text))

    def test_interrupt_handlers_save_the_loops_of_what_they_interrupt(self) -> None:
        text = 'void g(void);\n__attribute__((interrupt)) void f(void) { g(); }\n'
        code = self.assembly(text)
        for number in ("0x7c0", "0x7c1", "0x7c2", "0x7c4", "0x7c5", "0x7c6"):
            self.assertEqual((code.count(f"csrr t0, {number}"), code.count(f"csrw {number}, t0")), (1, 1))
        self.assertNotIn("0x7c0", self.assembly("int x;\n__attribute__((interrupt)) void f(void) { ++x; }\n"))

    def test_vectorise(self) -> None:
        code = self.assembly(DOT, "--isa", "xpulpv2")
        self.assertRegex(code, r"p\.lw\.post (\w+), 4, \w+\np\.lw\.post (\w+), 4, \w+\n\.Lflexv_end_\w+:\npv\.sdotusp\.b a0, (\1, \2|\2, \1)\n")
        self.assertNotIn("pv.", self.assembly(DOT, "-fno-vectorise"))

    def test_vectorise_knows_signs_and_widths(self) -> None:
        for one, two, name in (("unsigned char", "unsigned char", "up.b"), ("signed char", "signed char", "sp.b"), ("short", "short", "sp.h"),
                               ("unsigned short", "short", "usp.h"), ("unsigned short", "unsigned short", "up.h")):  # fmt: skip
            text = DOT.replace("unsigned char", "ONE").replace("signed char", two).replace("ONE", one)
            self.assertIn(f"pv.sdot{name}", self.assembly(text, "--isa=xpulpv2"))

    def test_vectorise_maps_operations_on_lanes(self) -> None:
        for operation, names in (("b[i] + c[i]", ["pv.add.b"]), ("b[i] > c[i] ? b[i] : c[i]", ["pv.maxu.b"]), ("b[i] == c[i] ? 1 : b[i]", ["pv.cmpeq.b"]),
                                 ("b[i] >> 2", ["pv.srl.b"])):  # fmt: skip
            text = f"void f(unsigned char* a, const unsigned char* b, const unsigned char* c, int n) {{ for (int i = 0; i < n; ++i) a[i] = {operation}; }}\n"
            code = self.assembly(text)
            for name in names:
                self.assertIn(name, code)

    def test_vectorise_makes_a_store_under_a_condition_on_its_own_element_unconditional(self) -> None:
        text = "void f(signed char* a, int n, int k) { for (int i = 0; i < n; ++i) if (CONDITION) a[i] = VALUE; }\n"
        for condition, value in (("a[i] < 0", "0"), ("!(a[i] < 0)", "a[i] + 3"), ("a[i] == 7", "k")):
            code = self.assembly(text.replace("CONDITION", condition).replace("VALUE", value))
            self.assertIn("pv.cmp", code, condition)
            self.assertRegex(code, r"p\.sw\.post|sw \w+, 0", condition)
        for condition in ("a[i + 1] < 0", "i == k"):  # other cores may care for elements that this one leaves alone
            self.assertNotRegex(self.assembly(text.replace("CONDITION", condition).replace("VALUE", "0")), r"p\.sw\.post|sw \w+, 0", condition)

    def test_vectorise_keeps_the_last_lane_of_the_round_before(self) -> None:
        for kind, width, shift in (("signed char", "b", 24), ("short", "h", 16)):
            code = self.assembly(f"void f({kind}* restrict a, const {kind}* b, int n) {{ for (int i = 0; i < n; ++i) a[i] = b[i + 1] - b[i]; }}\n")
            self.assertIn(f"pv.sub.{width}", code)
            self.assertRegex(code, rf"srli \w+, \w+, {shift}\n")

    def test_vectorise_saturates(self) -> None:
        text = "void f(TYPE* restrict a, const TYPE* b, int n) { for (int i = 0; i < n; ++i) { int s = a[i] SIGN b[i]; a[i] = s < LOW ? LOW : s > HIGH ? HIGH : s; } }\n"
        for kind, low, high, suffix in (("signed char", -128, 127, "b"), ("short", -32768, 32767, "h")):
            for sign, name in (("+", "add"), ("-", "sub")):
                code = self.assembly(text.replace("TYPE", kind).replace("SIGN", sign).replace("LOW", f"({low})").replace("HIGH", f"{high}"))
                for operation in ("max", "min", name):
                    self.assertIn(f"pv.{operation}.{suffix}", code)

    def test_vectorise_sums_up_distances(self) -> None:
        text = "int f(const TYPE* a, const TYPE* b, int n) { int s = 0; for (int i = 0; i < n; ++i) s += __builtin_abs(a[i] - b[i]); return s; }\n"
        for kind, suffix, width in (("unsigned char", "u.b", "b"), ("signed char", ".b", "b"), ("unsigned short", "u.h", "h"), ("short", ".h", "h")):
            code = self.assembly(text.replace("TYPE", kind))
            for name in (f"pv.max{suffix}", f"pv.min{suffix}", f"pv.sub.{width}", f"pv.sdotup.{width}"):
                self.assertIn(name, code)

    def test_vectorise_limits_what_is_computed_in_more_bits(self) -> None:
        head = "#include <stdint.h>\nvoid f(uint8_t* restrict a, const uint8_t* b, uint8_t c, int n) { for (int i = 0; i < n; ++i) { int s = "
        for text, first, last in (("a[i] + b[i]; a[i] = s > 255 ? 255 : s;", "minu", "add"), ("a[i] + c; a[i] = s > 255 ? 255 : s;", "minu", "add"),
                                  ("a[i] - b[i]; a[i] = s < 0 ? 0 : s;", "maxu", "sub"), ("abs(a[i] - b[i]); a[i] = s;", "maxu", "sub")):  # fmt: skip
            code = self.assembly(head.replace("#inc", "#include <stdlib.h>\n#inc") + text + " } }\n")
            self.assertIn(f"pv.{first}.b", code, text)
            self.assertIn(f"pv.{last}.b", code, text)

    def test_vectorise_counts(self) -> None:
        text = "#include <stdint.h>\nint f(const uint8_t* a, uint8_t t, int n) { int c = 0; for (int i = 0; i < n; ++i) if (a[i] > t) ++c; return c; }\n"
        self.assertRegex(self.assembly(text), r"pv\.cmp\w+\.b(?s:.*)pv\.sdotup\.b")

    def test_vectorise_knows_averages(self) -> None:
        text = "void f(TYPE* restrict a, const TYPE* b, const TYPE* c, int n) { for (int i = 0; i < n; ++i) a[i] = (b[i] + c[i] + UP) >> 1; }\n"
        for kind, width in (("unsigned char", "b"), ("unsigned short", "h")):
            for up, name in ((0, "add"), (1, "sub")):
                self.assertIn(f"pv.{name}.{width}", self.assembly(text.replace("TYPE", kind).replace("UP", str(up))))
            self.assertNotIn("pv.", self.assembly(text.replace("TYPE", kind).replace("UP", "3")))

    def test_vectorise_sees_short_loops_before_they_are_taken_apart(self) -> None:
        text = "int f(const TYPE* a, const TYPE* b) { int s = 0; for (int i = 0; i < COUNT; ++i) s += a[i] * b[i]; return s; }\n"
        for kind, count, words, width in (("signed char", 16, 4, "b"), ("signed char", 8, 2, "b"), ("short", 8, 4, "h"), ("short", 5, 2, "h")):
            code = self.assembly(text.replace("TYPE", kind).replace("COUNT", str(count)))
            self.assertEqual(code.count(f"pv.sdotsp.{width}"), words, code)
        rest = self.assembly("int f(const int* a) { int s = 0; for (int i = 0; i < 6; ++i) s ^= a[i]; return s; }\n")
        self.assertEqual(rest.count("lw "), 6)  # as before

    def test_vectorise_keeps_out_of_functions_that_set_formats(self) -> None:
        text = '#include "flexv/flexv.h"\n' + DOT.replace("{ int s", "{ csr_write(CSR_SIMD_LEGACY, 0); int s")
        self.assertNotIn("pv.sdot", self.assembly(text))

    def test_macload_takes_loops_that_are_jumped_at(self) -> None:
        text = "int f(const unsigned char* a, const signed char* w, int c) { int s = 0; for (int y = 0; y < 3; ++y) for (int x = 0; x < 3; ++x)\n" \
               "    for (int i = 0; i < c; ++i) s += a[(y * 9 + x) * c + i] * w[(y * 3 + x) * c + i]; return s; }\n"  # fmt: skip
        self.assertIn("pv.mlsdotsup.b", self.assembly(text))

    def test_macload(self) -> None:
        sums = "".join(f"s{i}{j} += a[i * {i} + k + {100 * i}] * b[k + {100 * j}];" for i in range(2) for j in range(4)).replace("i * 0 + ", "").replace("i * 1 + ", "")
        names = ", ".join(f"s{i}{j} = 0" for i in range(2) for j in range(4))
        text = f"int f(const unsigned char* a, const signed char* b) {{ int {names}; for (int k = 0; k < 64; ++k) {{ {sums} }} return "
        text += " ^ ".join(f"s{i}{j} * {2 * i + 4 * j + 1}" for i in range(2) for j in range(4)) + "; }\n"
        code = self.assembly(text)
        # 6 first loads; 8 products and a load in the loop; 8 products without loads.
        self.assertEqual(code.count("pv.mlsdot"), 6 + 9 + 8)
        self.assertEqual(code.count("pv.mlsdotsup.b"), 16)
        self.assertNotIn("pv.mls", self.assembly(text, "-fno-macload"))
        self.assertNotIn("pv.mls", self.assembly(text, "--isa", "xpulpv2"))

    def test_mac(self) -> None:
        self.assertRegex(self.assembly("int f(int a, int b, int c) { return a + b * c; }\n"), "^p.mac a0, (a1, a2|a2, a1)\nret$")
        self.assertRegex(self.assembly("int f(int a, int b, int c) { return a - b * c; }\n"), "^p.msu a0, (a1, a2|a2, a1)\nret$")
        self.assertNotIn("p.mac", self.assembly("int f(int a, int b, int c) { return a + b * c; }\n", "-fno-mac"))

    def test_clip(self) -> None:
        text = "int f(int a) { return a < LOW ? LOW : a > HIGH ? HIGH : a; }\n"
        self.assertEqual(self.assembly(text, "-DLOW=-128", "-DHIGH=127"), "p.clip a0, a0, 8\nret")
        self.assertEqual(self.assembly(text, "-DLOW=0", "-DHIGH=255"), "p.clipu a0, a0, 9\nret")
        for other in (("-DLOW=-127", "-DHIGH=127"), ("-DLOW=0", "-DHIGH=254"), ("-DLOW=-128", "-DHIGH=127", "-fno-clip")):
            self.assertNotIn("p.clip", self.assembly(text, *other))

    def test_bits(self) -> None:
        for expression, code in (
            ("x >> 5 & 0x7f", "p.extractu a0, a0, 6, 5"),
            ("(unsigned)((int)(x << 7) >> 20)", "p.extract a0, a0, 11, 13"),
            ("(x & ~0xff00u) | (y & 0xff) << 8", "p.insert a0, a1, 7, 8"),
            ("x & ~0xff000u", "p.bclr a0, a0, 7, 12"),
            ("x | 0xff000u", "p.bset a0, a0, 7, 12"),
            ("x >> 7 | x << 25", "li a1, 7\np.ror a0, a0, a1"),
            ("__builtin_popcount(x)", "p.cnt a0, a0"),
            ("__builtin_ctz(x)", "p.ff1 a0, a0"),
        ):
            text = f"unsigned f(unsigned x, unsigned y) {{ return {expression}; }}\n"
            self.assertEqual(self.assembly(text), code + "\nret", expression)

    def test_addressing_minima_and_branches_come_from_clang(self) -> None:
        self.assertIn("p.sw.post", self.assembly("void f(int* a, int n) { for (int i = 0; i < n; ++i) a[i] = n; }\n"))
        self.assertNotIn("p.sw.post", self.assembly("void f(int* a, int n) { for (int i = 0; i < n; ++i) a[i] = n; }\n", "-fno-postincrement"))
        self.assertEqual(self.assembly("int f(int a, int b) { return a < b ? a : b; }\n"), "p.min a0, a0, a1\nret")
        self.assertIn("p.bneimm", self.assembly("void g(void); void f(int a) { if (a == 5) g(); }\n"))

    def test_the_page_shows_what_the_passes_make(self) -> None:
        text = examples.PAGE.read_text()
        self.assertEqual(len(examples.EXAMPLE.findall(text)), text.count("```c\n"))
        self.assertEqual(examples.renewed(text), text)

    def test_remarks_have_lines_and_reasons(self) -> None:
        text = DOT.replace("for", "\nfor") + "void g(int); void h(int n) {\nfor (int i = 0; i < n; ++i) g(i);\n}\n"
        done = self.right("-O2", "-Rflexv", "-c", self.write("r.c", text))
        for line in (r"r\.c:2:\d+: remark: loop vectorised", r"r\.c:2:\d+: remark: loop fused to Mac&Load", r"r\.c:2:\d+: remark: hardware loop 0",
                     r"r\.c:4:\d+: remark: no hardware loop: it calls a function"):  # fmt: skip
            self.assertRegex(done.stderr, line)
        self.assertNotIn("remark", self.right("-O2", "-c", "r.c").stderr)
        self.assertNotIn("vectorised", self.right("-O2", "-Rflexv=hwloops", "-c", "r.c").stderr)


class StageTest(unittest.TestCase):
    """The assembly stage alone, on text that clang makes seldom."""

    def convert(self, body: str, behind: str = "") -> str:
        text = f"\t.type\tf,@function\nf:\n{textwrap.indent(textwrap.dedent(body), chr(9))}.Lfunc_end0:\n{behind}"
        return stage.run(text, False, Remarks(False)).text

    def test_a_body_of_one_instruction_gets_a_second_one(self) -> None:
        text = self.convert("li a0, 1\n.LBB0_1:\naddi a0, a0, 3\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertRegex(text, r"addi a0, a0, 3\s+\.Lflexv_end_1_0:\s+nop")

    def test_a_counter_that_is_used_elsewhere_stays_in_software(self) -> None:
        text = self.convert("li a0, 1\n.LBB0_1:\nadd a0, a0, a1\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertNotIn("lp.setup", text)
        self.assertRegex(text, r"addi\ta1, a1, -1\s+bnez a1")

    def test_the_counter_is_zero_behind_the_loop_when_that_is_relied_on(self) -> None:
        text = self.convert("mv a2, a1\n.LBB0_1:\naddi a2, a2, 1\nxor a3, a3, a2\nflexv.count a0\nbnez a0, .LBB0_1\nret\n")
        self.assertRegex(text, r"xor a3, a3, a2\s+li\ta0, 0\s+ret")

    def test_an_early_exit_leaves_a_counter_behind_that_nobody_reads(self) -> None:
        body = "nop\n.LBB0_1:\naddi a0, a0, 3\nbltz a0, .LBB0_3\nflexv.count a1\nbnez a1, .LBB0_1\nret\n.LBB0_3:\n"
        self.assertIn("lp.setup", self.convert(body + "li a0, 5\nret\n"))
        self.assertIn("lp.setup", self.convert(body + "call g\nret\n"))
        self.assertNotIn("lp.setup", self.convert(body + "add a0, a0, a1\nret\n"))

    def test_what_is_not_interlocked_is_kept_apart(self) -> None:
        for one, two in (("pv.mlsdotup.v a0, zero, 8", "add a1, a0, a2"), ("csrwi 16, 1", "pv.add.b a0, a1, a2"), ("csrw 0xf, a0", "pv.max.sc.h a0, a1, a2"),
                         ("lw a0, 0(a1)", "pv.sdotup.v a2, a0, a3")):  # fmt: skip
            self.assertRegex(self.convert(f"{one}\n{two}\nret\n"), r"nop\s+" + re.escape(two.split()[0]))
        for one, two in (("pv.mlsdotup.v a0, zero, 8", "pv.mlsdotup.v a1, zero, 8"), ("pv.mlsdotup.v zero, zero, 8", "mv a0, zero"),
                         ("csrwi 16, 1", "mul a0, a1, a2"), ("lw a0, 0(a1)", "pv.sdotup.b a2, a0, a3"), ("csrw 0x300, a0", "pv.add.b a0, a1, a2")):  # fmt: skip
            self.assertNotRegex(self.convert(f"{one}\n{two}\nret\n"), r"nop\s+" + re.escape(two.split()[0]))

    def test_hazards_are_seen_across_the_end_of_a_hardware_loop(self) -> None:
        text = self.convert("nop\n.LBB0_1:\npv.sdotup.v a0, a2, a3\npv.mlsdotup.v a2, zero, 0\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertRegex(text, r"pv\.mlsdotup\.v a2, zero, 0\s+\.Lflexv_end_1_0:\s+nop")

    def test_blocks_of_assembly_are_kept_apart_at_their_ends(self) -> None:
        block = "#APP\nmv a3, a4\npv.mlsdotup.v a0, zero, 0\n#NO_APP\n"
        self.assertRegex(self.convert(block + "mv a1, a0\nret\n"), r"#NO_APP\s+nop\s+mv")
        self.assertNotIn("nop", self.convert(block + "mv a1, a3\nret\n"))
        self.assertRegex(self.convert("csrwi 16, 1\n#APP\npv.add.b a0, a0, a1\nmv a2, a0\n#NO_APP\nret\n"), r"csrwi 16, 1\s+nop\s+#APP")

    def test_a_mac_and_load_does_not_stand_in_the_shadow_of_a_branch(self) -> None:
        load, none = "pv.mlsdotup.v a4, zero, 8", "pv.mlsdotup.v a4, zero, 1"
        for branch in ("beqz a1, .LBB0_2", "p.bneimm a1, 3, .LBB0_2"):
            self.assertRegex(self.convert(f"{branch}\n{load}\n.LBB0_2:\nret\n"), r"LBB0_2\s+nop\s+pv\.mls")
            self.assertNotIn("nop", self.convert(f"{branch}\n{none}\n.LBB0_2:\nret\n"))
            self.assertRegex(self.convert(f"{branch}\n#APP\n{load}\nmv a2, a3\n#NO_APP\n.LBB0_2:\nret\n"), r"LBB0_2\s+nop\s+#APP")

    def test_functions_with_hardware_loops_are_not_relaxed(self) -> None:
        text = self.convert("lui a2, %hi(x)\n.LBB0_1:\nlw a3, %lo(x)(a2)\nxor a0, a0, a3\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertRegex(text, r"(?s)\.option push\s+\.option norelax.*lui.*lp\.setup.*\.option pop")
        self.assertNotIn("norelax", self.convert("lui a2, %hi(x)\nlw a0, %lo(x)(a2)\nret\n"))

    def test_symbols_that_clang_names_behind_debug_sections_stay(self) -> None:
        self.assertIn(".weak\tg", self.convert("call g\nret\n", '\t.section\t.debug_line,"",@progbits\n.Lline_table_start0:\n\t.weak\tg\n'))

    def test_a_jump_at_the_end_of_the_body_is_followed_by_a_nop(self) -> None:
        text = self.convert("nop\n.LBB0_1:\nbeqz a2, .LBB0_2\naddi a2, a2, -1\n.LBB0_2:\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertRegex(text, r"\.LBB0_2:\s+\.Lflexv_end_1_0:\s+nop")

    def test_branches_into_the_loop_go_through_its_set_up(self) -> None:
        text = self.convert("beqz a3, .LBB0_1\nli a3, 1\n.LBB0_1:\nadd a0, a0, a3\nxor a2, a2, a0\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertIn("beqz\ta3, .Lflexv_start_1_0", text)

    def test_a_loop_that_is_entered_in_its_middle_stays_in_software(self) -> None:
        text = self.convert("j .LBB0_2\n.LBB0_1:\nadd a0, a0, a3\n.LBB0_2:\nxor a2, a2, a0\nflexv.count a1\nbnez a1, .LBB0_1\nret\n")
        self.assertNotIn("lp.setup", text)

    def test_far_branches_on_constants_jump(self) -> None:
        text = self.convert("cv.beqimm a0, 3, .LBB0_9\n" + "xor a1, a1, a0\n" * 900 + ".LBB0_9:\nret\n")
        self.assertRegex(text, r"p\.bneimm\ta0, 3, (\.Lflexv_near_\d+)\s+j\t\.LBB0_9\s+\1:")

    def test_calls_and_branches_may_be_twice_as_long(self) -> None:
        for line in ("call g", "beqz a1, .LBB0_9", "#APP\nnop\n.rept 900\nnop\n.endr\n#NO_APP"):
            self.assertIn("\tj\t.LBB0_9", self.convert("cv.beqimm a0, 3, .LBB0_9\n" + f"{line}\n" * 300 + ".LBB0_9:\nret\n"))
        body = "xor a0, a0, a2\nbeqz a2, .LBB0_3\n" * 700
        self.assertNotIn("lp.setup", self.convert(f"nop\n.LBB0_1:\n{body}flexv.count a1\nbnez a1, .LBB0_1\n.LBB0_3:\nret\n"))

    def test_alignment_in_functions_with_hardware_loops_is_by_nops(self) -> None:
        loop = "nop\n.LBB0_1:\nxor a0, a0, a2\nadd a0, a0, a2\nflexv.count a1\nbnez a1, .LBB0_1\n"
        for written, kept in ((".balign 4096", ".balignw 4096, 1"), (".p2align 4", ".balignw 16, 1"), (".balign 4, 0", ".balign 4, 0")):
            self.assertIn(kept + "\n", self.convert(f"{loop}#APP\n{written}\nnop\n#NO_APP\nret\n"))

    def test_assembly_that_writes_loop_registers_keeps_hardware_loops_away(self) -> None:
        for write in ("csrw 1984, a2", "csrwi 0x7c6, 1", "csrrw a3, 1985, a2"):
            for code in (write, f"#APP\nnop\n{write}\n#NO_APP"):
                self.assertNotIn("lp.setup", self.convert(f"nop\n.LBB0_1:\n{code}\nadd a0, a0, a2\nflexv.count a1\nbnez a1, .LBB0_1\nret\n"))

    def test_outlined_code_may_read_any_register(self) -> None:
        loop = "mv a2, a1\n.LBB0_1:\naddi a2, a2, 1\nxor a3, a3, a2\nflexv.count t3\nbnez t3, .LBB0_1\n"
        self.assertRegex(self.convert(loop + "call t0, OUTLINED_FUNCTION_0\nret\n"), r"li\tt3, 0\s+call")
        self.assertRegex(self.convert(loop + "tail OUTLINED_FUNCTION_1\n"), r"li\tt3, 0\s+tail")
        self.assertNotIn("li\tt3, 0", self.convert(loop + "call g\nret\n"))

    def test_a_function_is_analysed_a_few_times_however_many_loops_it_has(self) -> None:
        def loops(count: int) -> str:
            pair = ".LBB0_{0}:\nmv a1, a3\n.LBB0_{0}x:\nxor a0, a0, a2\nadd a0, a0, a2\nflexv.count a1\nbnez a1, .LBB0_{0}x\nflexv.count a4\nbnez a4, .LBB0_{0}\n"
            return "nop\n" + "li a4, 7\n".join(pair.format(i) for i in range(count)) + "ret\n"

        with unittest.mock.patch.object(flow, "analyse", side_effect=flow.analyse) as analyse:
            text = self.convert(loops(40))
        self.assertEqual((text.count("lp.setup\t0"), text.count("lp.setup\t1")), (40, 40))
        self.assertLessEqual(analyse.call_count, 3)

    def test_loops_that_overlap_stay_in_software(self) -> None:
        body = "beqz a3, .LBB0_2\n.LBB0_1:\nadd a0, a0, a2\n.LBB0_2:\nxor a0, a0, a2\nflexv.count a1\nbnez a1, .LBB0_1\nflexv.count a4\nbnez a4, .LBB0_2\nret\n"
        text = self.convert(body)
        self.assertEqual((text.count("lp.setup"), text.count("flexv.count"), text.count("addi")), (0, 0, 2))


if __name__ == "__main__":
    unittest.main()
