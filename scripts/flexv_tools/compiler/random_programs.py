# SPDX-License-Identifier: Apache-2.0
"""Random C programs without undefined behaviour, the same for the same seed: loops over arrays of 8, 16 and 32 bits, aliases, early
exits, nests, calls, bit manipulation, and the forms of random_forms.py. A program prints a hash of all memory after each function."""

from __future__ import annotations

import random
from collections.abc import Callable

from flexv_tools.compiler.random_forms import HELPERS, Forms

TYPES = ("uint8_t", "int8_t", "uint16_t", "int16_t", "int32_t", "uint32_t")
NARROW = TYPES[:4]
ELEMENTS = 192
FUNCTIONS = 12

HEADER = """#include "flexv/flexv.h"
#include <stdio.h>
#ifndef DATA
#define DATA FLEXV_TCDM_BSS
#endif
enum { kElements = %d };
%s
static uint32_t state;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static uint32_t hash(uint32_t value, const void* from, uint32_t bytes) {
    const uint8_t* const data = from;
    for (uint32_t i = 0; i < bytes; ++i) {
        value = (value ^ data[i]) * 16777619u;
    }
    return value;
}
__attribute__((noinline)) static uint32_t outside(uint32_t x) { return x * 2654435761u ^ x >> 15; }
"""


class Writer:
    """Writes the functions of one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, values: tuple[str, ...]) -> str:
        return self.random.choice(values)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def expression(self, leaves: list[str], depth: int) -> str:
        """Of type uint32_t; shifts stay below 32, nothing is divided by 0."""
        if depth == 0 or self.random.random() < 0.15:
            return f"(uint32_t){self.random.choice(leaves)}" if self.random.random() < 0.8 else f"{self.number(0, 70000)}u"
        a, b = self.expression(leaves, depth - 1), self.expression(leaves, depth - 1)
        n, m = self.number(1, 31), self.number(1, 15)
        k = self.number(1, 31 - m)
        low = (1 << m) - 1
        forms = [
            f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"({a} & {b})", f"({a} | {b})", f"({a} ^ {b})", f"({a} >> {n})",
            f"({a} << {n})", f"({a} << {n} | ({a}) >> {32 - n})", f"({a} >> {k} & {low}u)",
            f"(({a} & ~{low << k}u) | (({b} & {low}u) << {k}))", f"({a} | {low << k}u)", f"({a} & ~{low << k}u)",
            f"(uint32_t)((int32_t)({a}) >> {n})", f"(uint32_t)((int32_t)({a} << {k}) >> {k})",
            f"({a} / ({b} | 1u))", f"(uint32_t)(int8_t)({a})", f"(uint32_t)(int16_t)({a})", f"(uint16_t)({a})",
            f"(uint32_t)__builtin_popcount({a})", f"(uint32_t)__builtin_clz({a} | 1u)", f"(uint32_t)__builtin_ctz({a} | 256u)",
            f"(({a}) < ({b}) ? ({a}) : ({b}))", f"((int32_t)({a}) > (int32_t)({b}) ? ({a}) : ({b}))",
            f"clip((int32_t)({a}), {-(1 << m)}, {low})", f"clip((int32_t)({a}), 0, {low})", f"({a} == {b})",
            f"((int32_t)({a}) < {n} ? {b} : {a})", f"(uint32_t)(((uint64_t)({a}) * ({b})) >> {n})",
        ]  # fmt: skip
        return self.random.choice(forms)

    def loop(self, counter: str, bound: str) -> str:
        """A head over 0..bound - 1 in some order; `bound` is at most ELEMENTS / 2."""
        return self.pick(
            (
                f"for (int {counter} = 0; {counter} < {bound}; ++{counter})",
                f"for (uint32_t {counter} = 0; {counter} < (uint32_t){bound}; ++{counter})",
                f"for (int {counter} = {bound} - 1; {counter} >= 0; --{counter})",
                f"for (int {counter} = 0; {counter} < {bound}; {counter} += {self.number(2, 5)})",
                f"for (uint16_t {counter} = 0; {counter} != {bound}; ++{counter})",
            )
        )

    def sum_of_products(self) -> str:
        first, second = self.pick(NARROW), self.pick(NARROW)
        if self.random.random() < 0.7:
            second = self.pick(tuple(name for name in NARROW if name.endswith(first.lstrip("u").removeprefix("int"))))
        product = self.pick(
            ("x[i] * y[i]", "x[i] * y[i]", "x[i] * y[n - 1 - i]", "(x[i] - 128) * y[i]", "x[i]", "x[i] * 3 + y[i] * 5", "x[i] * y[i] + x[i]",
             f"(x[i] * y[i]) >> {self.number(1, 9)}", "x[2 * i] * y[i]", "x[i] * k", "(int32_t)((uint32_t)x[i] << 3) - y[i]")
        )  # fmt: skip
        return f"""(const {first}* x, const {second}* y, int n, int k) {{
    uint32_t s = (uint32_t)k;
    (void)y;
    {self.loop("i", "n").replace("i += 2", "i += 1")} {{
        s += (uint32_t)({product});
    }}
    return s;
}}"""

    def block(self) -> str:
        rows, columns = self.number(1, 3), self.number(1, 5)
        first, second = self.pick(NARROW[:2]), self.pick(NARROW[:2])
        if self.random.random() < 0.3:
            first, second = self.pick(NARROW[2:]), self.pick(NARROW[2:])
        pairs = [(i, j) for i in range(rows) for j in range(columns)]
        sums = ", ".join(f"s{i}{j} = {self.number(0, 99)}u" for i, j in pairs)
        body = "\n".join(f"        s{i}{j} += (uint32_t)(x[i + {9 * i + self.number(0, 1)}] * y[i + {7 * j}]);" for i, j in pairs)
        mix = " ^ ".join(f"s{i}{j} * {2 * n + 1}u" for n, (i, j) in enumerate(pairs))
        return f"""(const {first}* x, const {second}* y, int n, int k) {{
    uint32_t {sums};
    for (int i = 0; i < n; ++i) {{
{body}
    }}
    return ({mix}) + (uint32_t)k;
}}"""

    def elementwise(self) -> str:
        """The arrays may overlap."""
        target = self.pick(TYPES)
        first, second = (target, target) if self.random.random() < 0.7 else (self.pick(TYPES), self.pick(TYPES))
        simple = ("x[i] + y[i]", "x[i] - y[i]", "x[i] > y[i] ? x[i] : y[i]", "x[i] < 0 ? 0 : x[i]", "x[i] & y[i]", "x[i] ^ (y[i] | 3)", "x[i] >> 2",
                  "x[i] > y[i] ? 5 : y[i]", "x[i] == y[i] ? x[i] + 1 : 7", "x[i] << 1", "(x[i] + k)", "x[i] < y[i] ? x[i] : k")  # fmt: skip
        value = self.pick(simple) if self.random.random() < 0.6 else self.expression(["x[i]", "y[i]", "k", "i"], 2)
        guard = self.pick(("", "", "", "if (x[i] > y[i]) ", "if (i & 1) "))
        return f"""({first}* x, const {second}* y, int n, int k) {{
    {target}* const z = ({target}*)(void*)x + {self.number(0, 2)};
    {self.loop("i", "n / 2")} {{
        {guard}z[i] = ({target})({value});
    }}
    return (uint32_t)z[n / 4] + (uint32_t)k;
}}"""

    def search(self) -> str:
        kind = self.pick(TYPES)
        way_out = self.pick(("break;", "return s + (uint32_t)i;", "continue;", "{ s ^= 77u; break; }"))
        condition = self.pick(("x[i] == y[0]", "(s & 63u) == 5u", "x[i] > y[i]", "(int)(s % 97u) == k"))
        return f"""(const {kind}* x, const {kind}* y, int n, int k) {{
    uint32_t s = 1;
    {self.loop("i", "n")} {{
        if ({condition}) {way_out}
        s = s * 5u + (uint32_t)x[i];
    }}
    return s + (uint32_t)k;
}}"""

    def nest(self) -> str:
        kind = self.pick(TYPES)
        levels = self.number(2, 3)
        call = self.pick(("", "", "s ^= outside(s);"))
        inner = f"s += (uint32_t)(x[i * {self.number(0, 3)} + j{' + l' if levels == 3 else ''}] * y[j]) {self.pick(('', '+ s * 3u', '^ (uint32_t)i'))};"
        third = f"{self.loop('l', str(self.number(1, 6)))} {{ {inner} }}" if levels == 3 else inner
        return f"""(const {kind}* x, const {kind}* y, int n, int k) {{
    uint32_t s = (uint32_t)k;
    {self.loop("i", f"(n / {self.number(3, 9)})")} {{
        {self.loop("j", self.pick(("n / 2", "(k & 7)", "i", "9")))} {{
            {third}
        }}
        {call}
    }}
    return s;
}}""".replace(": uint32_t)i", ": (uint32_t)i")

    def scalar(self) -> str:
        kind = self.pick(TYPES)
        lines = "\n".join(f"        s ^= {self.expression(['x[i]', 's', 'k', 'i', 't'], 3)};\n        t += s >> {self.number(1, 20)};" for _ in range(2))
        way = self.pick(("for (int i = 0; i < n; ++i)", "for (int i = n; i-- > 0;)", "for (uint32_t i = 0; i < (uint32_t)n; i += 3)"))
        return f"""({kind}* x, const {kind}* y, int n, int k) {{
    uint32_t s = (uint32_t)y[0], t = (uint32_t)k;
    {way} {{
{lines}
        if ((s & 3u) == 0) x[i] = ({kind})t;
    }}
    return s + t;
}}"""

    def copies(self) -> str:
        kind = self.pick(TYPES)
        return f"""({kind}* x, const {kind}* y, int n, int k) {{
    {kind} last = ({kind})k;
    do {{
        *x++ = ({kind})(*y++ + last);
        last = x[-1];
    }} while (--n > 0);
    switch (last & 7) {{
        case 0: return 11;
        case 1: return (uint32_t)last * 3u;
        case 5: return outside((uint32_t)last);
        default: return (uint32_t)k;
    }}
}}"""

    def function(self) -> str:
        makers: list[Callable[[], str]] = [
            self.sum_of_products, self.sum_of_products, self.block, self.block, self.elementwise, self.elementwise, self.search,
            self.nest, self.nest, self.scalar, self.copies,
        ]  # fmt: skip
        return self.random.choice(makers + Forms(self.random, TYPES, self.loop).all())()


def program(seed: int, functions: int = FUNCTIONS) -> str:
    """The text of the program of a seed, with so many functions."""
    writer = Writer(seed)
    arrays = "\n".join(f"DATA static uint32_t {name}[kElements];" for name in ("first", "second"))
    text = HEADER % (ELEMENTS, arrays) + HELPERS
    text += "static inline uint32_t clip(int32_t x, int32_t low, int32_t high) {\n    return (uint32_t)(x < low ? low : x > high ? high : x);\n}\n"
    text += "static void fill(void) {\n    for (uint32_t i = 0; i < kElements; ++i) {\n        first[i] = next();\n        second[i] = next();\n    }\n}\n"
    calls = []
    for index in range(functions):
        text += f"__attribute__((noinline)) static uint32_t work_{index}{writer.function()}\n"
        for _ in range(3):
            n, k = writer.random.choice([0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 33, 64, 90]), writer.number(-200, 200)
            bases = writer.pick(("first, second", "first, first", "(char*)first + 4, first", "second, first", "(char*)first + 2, (char*)second + 4"))
            one, two = (f"(void*)({base.strip()})" for base in bases.split(","))
            minimum = "n < 1 ? 1 : n" if "do {" in text.rsplit("work_", 1)[1] else "n"
            calls.append(f"    run({index}, work_{index}({one}, {two}, {minimum.replace('n', str(n))}, {k}));")
    text += "static void run(int index, uint32_t result) {\n"
    text += "    uint32_t h = hash(hash(result, first, sizeof first), second, sizeof second);\n"
    text += '    printf("%d %08x %08x\\n", index, (unsigned)result, (unsigned)h);\n    fill();\n}\n'
    body = "\n".join(calls)
    return text + f"int main(void) {{\n    if (core_id() != 0) {{\n        return 0;\n    }}\n    state = {seed * 7919 + 1}u;\n    fill();\n{body}\n    return 0;\n}}\n"
