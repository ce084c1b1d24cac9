# SPDX-License-Identifier: Apache-2.0
"""Further forms of functions for random_programs.py: what is less about arrays than about calls, frames and ways through a function.
Each is written around names that the program's head defines (HELPERS)."""

from __future__ import annotations

import random
from collections.abc import Callable

HELPERS = """#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
struct Record { uint8_t a; int16_t b; uint32_t c; int8_t d[5]; uint64_t e; };
struct Packed { uint32_t a : 5, b : 11, c : 16; int32_t d : 7, e : 25; };
union Views { uint32_t word; uint16_t halves[2]; int8_t bytes[4]; struct Packed_one { uint32_t low : 9, high : 23; } fields; };
__attribute__((noinline)) static uint32_t first_helper(uint32_t a, uint32_t b) { return a * 3u + b; }
__attribute__((noinline)) static uint32_t second_helper(uint32_t a, uint32_t b) {
    uint32_t s = a;
    for (uint32_t i = 0; i < (b & 15u); ++i) s = s * 5u ^ i;
    return s;
}
static uint32_t third_helper(uint32_t a, uint32_t b) { return a < b ? b - a : (a ^ b) >> 1; }
typedef uint32_t (*Helper)(uint32_t, uint32_t);
static const Helper helpers[4] = {first_helper, second_helper, third_helper, first_helper};
__attribute__((noinline)) static uint32_t total(int count, ...) {
    va_list list;
    va_start(list, count);
    uint32_t s = 0;
    for (int i = 0; i < count; ++i) s = s * 7u + ((i & 1) != 0 ? (uint32_t)va_arg(list, uint64_t) : va_arg(list, uint32_t));
    va_end(list);
    return s;
}
__attribute__((noinline)) static uint32_t tree(uint32_t depth, uint32_t x) {
    uint32_t s = x;
    if (depth == 0) return s * 2654435761u;
    for (uint32_t i = 0; i < 2u + (x & 1u); ++i) s = s * 3u + tree(depth - 1u, x + i);
    return s;
}
static jmp_buf landing;
__attribute__((noinline)) static void may_leap(uint32_t x, uint32_t one_of) { if (x % one_of == 1u) longjmp(landing, 1 + (int)(x & 7u)); }
"""
ARGUMENTS = "(const {kind}* x, const {kind}* y, int n, int k)"
WRITABLE = "({kind}* x, const {kind}* y, int n, int k)"


class Forms:
    """Writes functions; `pick` and `number` choose."""

    def __init__(self, chance: random.Random, kinds: tuple[str, ...], loop: Callable[[str, str], str]) -> None:
        self.random = chance
        self.kinds = kinds
        self.loop = loop

    def kind(self) -> str:
        return self.random.choice(self.kinds)

    def all(self) -> list[Callable[[], str]]:
        return [self.wide, self.floating, self.structures, self.pointers, self.volatiles, self.switches, self.unions, self.bit_fields,
                self.leaps, self.assembly, self.local_arrays, self.ways_out, self.counts, self.elements, self.elements]  # fmt: skip

    def wide(self) -> str:
        """64-bit arithmetic, with divisions by libgcc."""
        kind = self.kind()
        a, b = self.random.randint(1, 63), self.random.randint(1, 63)
        step = self.random.choice((
            f"s += (uint64_t)x[i] * (uint64_t)y[i] << {a % 32}", f"s ^= s >> {a} ^ (uint64_t)(int64_t)x[i]", "s = s * 6364136223846793005u + (uint64_t)y[i]",
            "s = s / ((uint64_t)x[i] | 1u) + (uint64_t)k", "s = s % 1000003u * (uint64_t)x[i] + 7u", f"s = (s << {b} | s >> {64 - b}) + (uint64_t)i",
            "s += s < (uint64_t)x[i] ? 17u : (uint64_t)((int64_t)s >> 3)",
        ))  # fmt: skip
        return f"""{ARGUMENTS.format(kind=kind)} {{
    uint64_t s = 0x123456789ABCDEFu ^ (uint64_t)(int64_t)k;
    (void)y;
    {self.loop("i", "n")} {{
        {step};
    }}
    return (uint32_t)(s ^ s >> 32);
}}"""

    def floating(self) -> str:
        kind, real = self.kind(), self.random.choice(("float", "double"))
        step = self.random.choice((f"s = s * ({real})0.5 + ({real})x[i]", f"s -= ({real})x[i] / ({real})3", f"s = s < ({real})x[i] ? s + 1 : ({real})y[i]"))
        return f"""{ARGUMENTS.format(kind=kind)} {{
    {real} s = ({real})k;
    (void)y;
    {self.loop("i", "(n / 4)")} {{
        {step};
    }}
    return s > -1e9 && s < 1e9 ? (uint32_t)(int32_t)s : 99u;
}}"""

    def structures(self) -> str:
        kind = self.kind()
        return f"""{ARGUMENTS.format(kind=kind)} {{
    struct Record all[6], spare = {{1, -2, 3, {{4, 5, 6, 7, 8}}, 9}};
    for (int i = 0; i < 6; ++i) {{
        spare.c += (uint32_t)x[i];
        spare.d[i % 5] = (int8_t)((uint32_t)spare.d[i % 5] + (uint32_t)y[i]);
        spare.e = spare.e * {self.random.randint(3, 999)}u + spare.c;
        all[i] = spare;
    }}
    {self.loop("i", "n")} {{
        all[(uint32_t)i * 5u % 6u] = all[(uint32_t)i % 6u];
        all[(uint32_t)(i + 1) % 6u].b = (int16_t)(all[(uint32_t)i % 6u].b * 3 + k);
        all[(uint32_t)i % 6u].a ^= (uint8_t)i;
    }}
    uint32_t s = 0;
    for (int i = 0; i < 6; ++i) s = s * 31u + all[i].a + (uint32_t)all[i].b + all[i].c + (uint32_t)all[i].d[i % 5] + (uint32_t)all[i].e;
    return s;
}}"""

    def pointers(self) -> str:
        """Calls through tables, variable arguments, recursion: no hardware loop around them, and right ones inside."""
        kind = self.kind()
        call = self.random.choice(("s = helpers[(uint32_t)x[i] & 3u](s, (uint32_t)y[i])", "s += total(4, s, (uint64_t)x[i], 5u, (uint64_t)y[i] << 33 | 1u)",
                                   "s = s * 3u + tree((uint32_t)x[i] & 3u, s)", "s ^= third_helper(s, (uint32_t)i)"))  # fmt: skip
        return f"""{ARGUMENTS.format(kind=kind)} {{
    uint32_t s = (uint32_t)k;
    (void)y;
    {self.loop("i", "(n / 3)")} {{
        {self.loop("j", "(k & 3)")} s += (uint32_t)x[j] + (uint32_t)j;
        {call};
    }}
    return s;
}}"""

    def volatiles(self) -> str:
        kind = self.kind()
        return f"""{WRITABLE.format(kind=kind)} {{
    volatile {kind}* v = x;
    volatile uint32_t s = (uint32_t)k;
    {self.loop("i", "n")} {{
        s += (uint32_t)v[i] * (uint32_t)v[{self.random.randint(0, 9)}];
        v[i] = ({kind})((uint32_t)v[i] + (uint32_t)y[i]);
    }}
    return s;
}}"""

    def switches(self) -> str:
        kind = self.kind()
        numbers = self.random.sample(range(20), 6)
        ways = ["s += 3u; break;", "s ^= 77u; /* falls */", "s *= 3u; break;", "if (s & 1u) continue; break;", "return s;", "s = s << 1 | s >> 31; break;"]
        self.random.shuffle(ways)
        cases = "\n".join(f"            case {number}: {way}" for number, way in zip(numbers, ways))
        return f"""{ARGUMENTS.format(kind=kind)} {{
    uint32_t s = (uint32_t)k;
    {self.loop("i", "n")} {{
        switch ((uint32_t)(x[i] ^ y[i]) % 20u) {{
{cases}
            default: s += (uint32_t)i;
        }}
        s += 5u;
    }}
    return s;
}}"""

    def unions(self) -> str:
        return f"""(uint32_t* x, const uint32_t* y, int n, int k) {{
    union Views* const v = (union Views*)(void*)x;
    uint32_t s = (uint32_t)k;
    (void)y;
    {self.loop("i", "n")} {{
        v[i].bytes[i & 3] ^= (int8_t){self.random.randint(-128, 127)};
        s += v[i].word ^ v[i].halves[1];
        v[i].fields.low = s;
        v[i].halves[0] = (uint16_t)(v[i].halves[0] + k);
        s = s * 3u + v[i].fields.high;
    }}
    return s;
}}"""

    def bit_fields(self) -> str:
        return f"""(uint32_t* x, const uint32_t* y, int n, int k) {{
    struct Packed all[4] = {{{{1, 2, 3, 4, 5}}, {{6, 7, 8, 9, 10}}}};
    uint32_t s = (uint32_t)k;
    {self.loop("i", "n")} {{
        struct Packed* const p = &all[i & 3];
        p->a += x[i];
        p->b ^= p->a * {self.random.randint(2, 99)}u;
        p->d = (int32_t)(p->d + (int32_t)(y[i] & 7u)) % 60;
        p->e = p->d * 3 + (int32_t)p->c;
        p->c += y[i];
        s = s * 5u + p->b + (uint32_t)p->e;
    }}
    return s;
}}"""

    def leaps(self) -> str:
        kind = self.kind()
        return f"""{ARGUMENTS.format(kind=kind)} {{
    volatile uint32_t s = (uint32_t)k;
    volatile int from = 0;
    const int landed = setjmp(landing);
    if (landed != 0) {{
        s = s * 7u + (uint32_t)landed;
        ++from;
    }}
    for (int i = from; i < n; ++i) {{
        uint32_t inner = 0;
        for (int j = 0; j < {self.random.randint(2, 30)}; ++j) inner += (uint32_t)x[j] * (uint32_t)y[i];
        s += inner;
        from = i;
        may_leap(inner ^ (uint32_t)i, {self.random.randint(3, 40)}u);
    }}
    return s;
}}"""

    def assembly(self) -> str:
        kind = self.kind()
        text = self.random.choice((
            '__asm__ volatile("xor %0, %0, %1" : "+r"(s) : "r"((uint32_t)i))', '__asm__("add %0, %1, %2\\n\\tslli %0, %0, 1" : "=&r"(s) : "r"(s), "r"((uint32_t)x[i]))',
            '__asm__ volatile("1: addi %0, %0, -3\\n\\tbgtz %0, 1b" : "+r"(t))', '__asm__ volatile("" : "+r"(s) : : "memory", "t0", "t1", "a5", "s3")',
            '__asm__ volatile("jal t0, 1f\\n1:\\taddi %0, %0, 1" : "+r"(s) : : "t0")',
        ))  # fmt: skip
        return f"""{ARGUMENTS.format(kind=kind)} {{
    uint32_t s = (uint32_t)k, t = (uint32_t)n & 63u;
    {self.loop("i", "n")} {{
        t = (uint32_t)y[i] & 63u;
        {text};
        s = s * 3u + t;
    }}
    return s;
}}"""

    def local_arrays(self) -> str:
        """Loops that become calls of memset and memcpy, and larger frames."""
        kind = self.kind()
        size = self.random.choice((9, 64, 120))
        return f"""{ARGUMENTS.format(kind=kind)} {{
    {kind} room[{size} + 100];
    for (int i = 0; i < {size} + 100; ++i) room[i] = 0;
    for (int i = 0; i < n; ++i) room[i] = x[i];
    memcpy(room + n / 2, y, (uint32_t)(n / 3) * sizeof room[0]);
    memmove(room + 1, room, (uint32_t)n * sizeof room[0]);
    uint32_t s = (uint32_t)k;
    {self.loop("i", "n")} {{
        room[{size} + i] = ({kind})((uint32_t)room[i] + (uint32_t)room[{size} / 2]);
        s = s * 3u + (uint32_t)room[({size} + 99) - i];
    }}
    return s;
}}"""

    def ways_out(self) -> str:
        kind = self.kind()
        a, b = self.random.randint(3, 40), self.random.randint(3, 40)
        return f"""{ARGUMENTS.format(kind=kind)} {{
    uint32_t s = (uint32_t)k;
    int i, j, l = 0;
    for (i = 0; i < n; ++i) {{
        for (j = 0; j < n / 4; ++j) {{
            for (l = 0; l < (k & 7); ++l) {{
                s = s * 3u + (uint32_t)x[i + l];
                if (s % {a}u == 1u) goto next;
                if (s % {1000 + b}u == 2u) goto out;
            }}
            s ^= (uint32_t)y[j];
            if (s % {b}u == 3u) break;
        }}
        s += (uint32_t)j;
    next:;
    }}
out:
    return s + (uint32_t)(i * 1000 + l);
}}"""

    def counts(self) -> str:
        """Counters that wrap, fall, grow by steps, end late or early."""
        start, step = self.random.randint(0, 255), self.random.randint(1, 9)
        head = self.random.choice((
            f"for (uint8_t i = {start}; i != (uint8_t)({start} + n); ++i)", f"for (int8_t i = (int8_t)(n / 2); i > {-step}; --i)",
            f"for (uint32_t i = 0u - {step}u; i != (uint32_t)n; ++i)", f"for (uint32_t i = (uint32_t)n * {step}u; i >= {step}u; i -= {step}u)",
            "for (uint32_t i = (uint32_t)n << 8; i != 0; i >>= 1)", f"for (uint32_t i = {step}u; i < (uint32_t)n; i *= {step + 1}u)",
            f"for (uint16_t i = (uint16_t)(65520 + {step}); i != (uint16_t)n; i = (uint16_t)(i + 1))",
        ))  # fmt: skip
        return f"""(const uint32_t* x, const uint32_t* y, int n, int k) {{
    uint32_t s = (uint32_t)k;
    {head} {{
        s = s * 3u + (uint32_t)i + x[(uint32_t)i & 63u];
        if (s == y[0]) break;
    }}
    return s;
}}"""

    def elements(self) -> str:
        """Saturation, averages, distances, counting, neighbours, stores under a condition; in loops of few iterations, too."""
        kind = self.kind()
        bits, is_signed = int(kind.strip("uint_")), not kind.startswith("u")
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
        wide = "int64_t" if bits == 32 else "int32_t"
        some = self.random.randint(0, high)
        sign = self.random.choice("+-")
        other = self.random.choice(("y[i]", f"({kind})k", f"{some}"))
        step = self.random.choice((
            f"if (x[i] {self.random.choice(('<', '>', '==', '!='))} {other}) x[i] = {self.random.choice(('0', 'y[i]', f'({kind})((uint32_t)x[i] + 3u)'))}",
            f"if (y[i] < ({kind}){some}) x[i] = ({kind})k",
            f"const {wide} t = ({wide})x[i] {sign} {other}; x[i] = ({kind})(t < {low} ? {low} : t > {high} ? {high} : t)",
            f"x[i] = ({kind})((({wide})x[i] + {other} + {self.random.choice((0, 1, 1, 2))}) >> 1)",
            f"{wide} t = ({wide})x[i] - {other}; t = t < 0 ? -t : t; {self.random.choice(('s += (uint32_t)t', f'x[i] = ({kind})t'))}",
            f"s {self.random.choice(('+=', '-='))} x[i] {self.random.choice(('<', '>=', '=='))} {other}", f"x[i] = ({kind})((uint32_t)y[i + 1] {sign} (uint32_t)y[i])",
            "s += (uint32_t)x[i] * (uint32_t)y[i]",
        ))  # fmt: skip
        head = self.random.choice((self.loop("i", "n"), f"for (int i = 0; i < {self.random.randint(3, 33)}; ++i)"))
        return f"""{WRITABLE.format(kind=kind)} {{
    uint32_t s = (uint32_t)k;
    (void)y;
    (void)n;
    {head} {{
        {step};
    }}
    return s;
}}"""
