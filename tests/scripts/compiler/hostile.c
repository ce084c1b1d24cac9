// SPDX-License-Identifier: Apache-2.0
// Loops that are hard on hardware loops: odd counts, ways out and in, calls, assembly, jumps to
// computed places, bodies that are too long, frames that move. Prints what it computes; GCC's
// output is the right one.
#include "flexv/flexv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static void say(const char* what, uint32_t value) { printf("%s %08x\n", what, (unsigned)value); }

// ---- Counts -----------------------------------------------------------------------------------

NOINLINE static uint32_t bytes_that_wrap(uint8_t from, uint8_t to) {
    uint32_t s = 1;
    for (uint8_t i = from; i != to; ++i) {
        s = s * 3 + i;
    }
    return s;
}
NOINLINE static uint32_t words_that_wrap(uint32_t from, uint32_t to) {
    uint32_t s = 1;
    for (uint32_t i = from; i != to; ++i) {
        s = s * 5 ^ i;
    }
    return s;
}
NOINLINE static uint32_t steps(uint32_t from, uint32_t to, uint32_t step) {
    uint32_t s = 1;
    for (uint32_t i = from; i < to; i += step) {
        s = s * 7 + i;
    }
    return s;
}
NOINLINE static uint32_t down(int from, int to) {
    uint32_t s = 1;
    for (int i = from; i > to; i -= 3) {
        s = s * 7 + (uint32_t)i;
    }
    return s;
}
NOINLINE static uint32_t up_to(int n) {
    uint32_t s = 0;
    for (int16_t i = 0; i <= n; ++i) {
        s += (uint32_t)i * s + 1;
    }
    return s;
}
NOINLINE static uint32_t at_least_once(uint32_t n) {
    uint32_t s = 0;
    do {
        s = s * 9 + n;
    } while (--n != 0 && s != 12345);
    return s;
}
NOINLINE static uint32_t halves(uint32_t n) {
    uint32_t s = 0;
    for (; n != 0; n >>= 1) {
        s = s * 11 + n;
    }
    return s;
}
NOINLINE static uint32_t long_counter(uint64_t n) {
    uint32_t s = 3;
    for (uint64_t i = 0; i < n; ++i) {
        s = s * 13 + (uint32_t)(i >> 1);
    }
    return s;
}
NOINLINE static uint32_t bound_in_memory(uint32_t* n, uint32_t* a) {
    uint32_t i = 0;
    for (; i < *n; ++i) {
        a[i] = i + 2;  // may be *n
    }
    return i;
}
NOINLINE static uint32_t counter_is_used_behind(const uint32_t* a, uint32_t n, uint32_t key) {
    uint32_t i = 0;
    for (; i < n; ++i) {
        if (a[i] == key) {
            break;
        }
    }
    return i * 1000 + (i < n ? a[i] : 7);
}
NOINLINE static uint32_t two_counters(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0, j = n; i < j; ++i, --j) {
        s += i * j;
    }
    return s;
}

static void counts(void) {
    static uint32_t a[40];
    say("bytes", bytes_that_wrap(250, 3) ^ bytes_that_wrap(7, 7) ^ bytes_that_wrap(8, 7));
    say("words", words_that_wrap(0xFFFFFFF0, 5) ^ words_that_wrap(9, 9) ^ words_that_wrap(9, 10));
    say("steps",
        steps(0, 100, 7) ^ steps(5, 5, 1) ^ steps(0, 0xC0000000, 0x40000000) ^ steps(3, 4, 99));
    say("down", down(100, -4) ^ down(0, 0) ^ down(1, 0));
    say("up_to", up_to(-1) ^ up_to(0) ^ up_to(100));
    say("once", at_least_once(1) ^ at_least_once(20));
    say("halves", halves(0) ^ halves(1) ^ halves(0xFFFFFFFF));
    say("long", long_counter(0) ^ long_counter(1) ^ long_counter(77));
    a[0] = 9;
    say("memory", bound_in_memory(&a[0], a) + 100 * bound_in_memory(&a[5], a) + 10000 * a[6]);
    say("behind", counter_is_used_behind(a, 9, 4) ^ counter_is_used_behind(a, 9, 77) ^
                      counter_is_used_behind(a, 0, 1));
    say("two", two_counters(0) ^ two_counters(1) ^ two_counters(31));
}

// ---- Bodies that are long ---------------------------------------------------------------------

#define TIMES_4(x) x x x x
#define TIMES_16(x) TIMES_4(TIMES_4(x))
#define TIMES_64(x) TIMES_4(TIMES_16(x))
#define MIX \
    __asm__ volatile("xor %0, %0, %1\n\tslli %1, %1, 1\n\taddi %1, %1, 77" : "+r"(s), "+r"(t));

// Three 32- or 16-bit instructions each: 192, 768, 1728, 1920, 3072 of them.
#define LONG_LOOP(name, body)                   \
    NOINLINE static uint32_t name(uint32_t n) { \
        uint32_t s = 1, t = n;                  \
        for (uint32_t i = 0; i < n; ++i) {      \
            body s += i;                        \
        }                                       \
        return s;                               \
    }
LONG_LOOP(long_192, TIMES_64(MIX))
LONG_LOOP(long_768, TIMES_4(TIMES_64(MIX)))
LONG_LOOP(long_1728, TIMES_4(TIMES_64(MIX)) TIMES_4(TIMES_64(MIX)) TIMES_64(MIX))
LONG_LOOP(long_1920, TIMES_4(TIMES_64(MIX)) TIMES_4(TIMES_64(MIX)) TIMES_64(MIX) TIMES_64(MIX))
LONG_LOOP(long_3072, TIMES_4(TIMES_4(TIMES_64(MIX))))

// A branch over much, and one on a small constant over a block of assembly that counts as one line.
NOINLINE static uint32_t far_branch(uint32_t n) {
    uint32_t s = 1, t = n;
    for (uint32_t i = 0; i < n; ++i) {
        if (i == 5) {
            TIMES_4(TIMES_64(MIX)) TIMES_4(TIMES_64(MIX))
        }
        s += i;
    }
    return s;
}
NOINLINE static uint32_t far_over_assembly(uint32_t n) {
    uint32_t s = n;
    if (n == 5) {
        __asm__ volatile(".rept 1500\n\taddi %0, %0, 77\n\t.endr" : "+r"(s));
    }
    return s;
}

static void long_bodies(void) {
    say("192", long_192(0) ^ long_192(1) ^ long_192(9));
    say("768", long_768(0) ^ long_768(1) ^ long_768(9));
    say("1728", long_1728(0) ^ long_1728(1) ^ long_1728(9));
    say("1920", long_1920(0) ^ long_1920(1) ^ long_1920(9));
    say("3072", long_3072(0) ^ long_3072(1) ^ long_3072(9));
    say("far", far_branch(3) ^ far_branch(9));
    say("over", far_over_assembly(3) ^ far_over_assembly(5));
}

// ---- Assembly in loops ------------------------------------------------------------------------

NOINLINE static uint32_t assembly_with_a_loop(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t c = i & 3;
        __asm__ volatile("1:\n\taddi %0, %0, 5\n\taddi %1, %1, -1\n\tbgez %1, 1b"
                         : "+r"(s), "+r"(c));
    }
    return s;
}
NOINLINE static uint32_t assembly_with_a_call(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ volatile("jal ra, 1f\n\tj 2f\n1:\taddi %0, %0, 3\n\tret\n2:" : "+r"(s) : : "ra");
    }
    return s;
}
NOINLINE static uint32_t assembly_with_a_hardware_loop(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ volatile(
            ".balign 4\n\tlp.setup 0, %1, 1f\n\taddi %0, %0, 3\n\tnop\n1:\taddi %0, %0, 4"
            : "+r"(s)
            : "r"(i + 1));
    }
    return s;
}
NOINLINE static uint32_t assembly_with_both_hardware_loops(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ volatile(
            ".option push\n\t.option norvc\n\t.balign 4\n\tlp.setup 1, %1, 2f\n\tnop\n\tlp.setup "
            "0, %1, 1f\n\t"
            "addi %0, %0, 3\n\tnop\n1:\taddi %0, %0, 4\n\tnop\n2:\tnop\n\t.option pop"
            : "+r"(s)
            : "r"(i + 1));
    }
    return s;
}
NOINLINE static uint32_t assembly_that_goes(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ goto("andi t0, %0, 4\n\tbnez t0, %l1" : : "r"(i) : "t0" : is_set);
        s += 3;
        continue;
    is_set:
        s = s * 3 + 1;
    }
    return s;
}
NOINLINE static uint32_t assembly_with_many_registers(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ volatile(""
                         :
                         :
                         : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3",
                           "t4", "t5", "t6", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                           "s10");
        s = s * 3 + i;
    }
    return s;
}
NOINLINE static uint32_t assembly_in_a_named_register(uint32_t n) {
    register uint32_t fixed __asm__("a4") = n;
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        __asm__ volatile("addi a4, a4, 2\n\tmv %1, a4" : "+r"(fixed), "=r"(s));
    }
    return s ^ fixed;
}

static void assembly(void) {
    for (uint32_t n = 0; n < 12; n += 5) {
        say("asm loop", assembly_with_a_loop(n));
        say("asm call", assembly_with_a_call(n));
        say("asm hwloop", assembly_with_a_hardware_loop(n));
        say("asm hwloops", assembly_with_both_hardware_loops(n));
        say("asm goto", assembly_that_goes(n));
        say("asm registers", assembly_with_many_registers(n));
        say("asm named", assembly_in_a_named_register(n));
    }
}

// ---- Ways in and out --------------------------------------------------------------------------

static jmp_buf place;

NOINLINE static void leap(int value) {
    if (value % 7 == 6) {
        longjmp(place, value);
    }
}
NOINLINE static uint32_t leaps_out_of_a_loop(int n) {
    volatile uint32_t s = 0;
    const int value = setjmp(place);
    if (value != 0) {
        return s * 100 + (uint32_t)value;
    }
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < 5; ++j) {
            s += (uint32_t)(i * j);
        }
        leap(i);
    }
    return s;
}
NOINLINE static uint32_t sets_in_a_loop(const uint8_t* a, int n) {
    volatile uint32_t s = 0;
    for (volatile int i = 0; i < n; ++i) {
        if (setjmp(place) == 0) {
            uint32_t inner = 0;
            for (int j = 0; j < 9; ++j) {
                inner += a[j] * 3u;
            }
            s += inner;
            leap(i);
        } else {
            uint32_t inner = 0;
            for (int j = 0; j < 4; ++j) {
                inner ^= a[j] + inner * 2u;
            }
            s += inner;
        }
    }
    return s;
}
NOINLINE static uint32_t interpreter(const uint8_t* code, uint32_t n) {
    static const void* const targets[] = {&&add, &&shift, &&loop, &&end};
    uint32_t s = 1, pc = 0;
    goto* targets[code[pc++] & 3];
add:
    s += n;
    goto* targets[code[pc++] & 3];
shift:
    s = s << 3 ^ s >> 2;
    goto* targets[code[pc++] & 3];
loop:
    for (uint32_t i = 0; i < n; ++i) {
        s = s * 3 + code[i];
    }
    goto* targets[code[pc++] & 3];
end:
    return s;
}
NOINLINE static uint32_t duff(uint8_t* to, const uint8_t* from, int count) {
    int n = (count + 7) / 8;
    switch (count % 8) {
        case 0:
            do {
                *to++ = *from++;
                __attribute__((fallthrough));
                case 7:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 6:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 5:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 4:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 3:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 2:
                    *to++ = *from++;
                    __attribute__((fallthrough));
                case 1:
                    *to++ = *from++;
            } while (--n > 0);
    }
    return to[-1];
}
NOINLINE static uint32_t out_of_three_levels(const uint8_t* a, int n, uint32_t key) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            for (int k = 0; k < n; ++k) {
                s = s * 3 + a[i + j + k];
                if ((s & 0xFF) == key) {
                    goto out;
                }
                if ((s & 0x30) == 0x10) {
                    goto next;
                }
            }
            s ^= 5;
        next:;
        }
    }
    s += 1000000;
out:
    return s;
}
NOINLINE static uint32_t goto_loop(uint32_t n) {
    uint32_t s = 0, i = 0;
    if (n & 1) {
        goto middle;
    }
again:
    s += i * 3;
middle:
    s ^= n;
    if (++i < n) {
        goto again;
    }
    return s;
}
NOINLINE static uint32_t recursion(uint32_t n) {
    uint32_t s = n;
    for (uint32_t i = 0; i < n; ++i) {
        s = s * 3 + recursion(i);
        for (uint32_t j = 0; j < n; ++j) {
            s += j ^ i;
        }
    }
    return s;
}
NOINLINE static uint32_t sum_of(int count, ...) {
    va_list list;
    va_start(list, count);
    uint32_t s = 0;
    for (int i = 0; i < count; ++i) {
        s = s * 3 + (i % 3 == 2 ? (uint32_t)va_arg(list, long long) : va_arg(list, uint32_t));
    }
    va_end(list);
    return s;
}
typedef uint32_t (*Function)(uint32_t);
NOINLINE static uint32_t through_pointers(const Function* functions, uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        s = s * 3 + functions[i % 3](i);
    }
    return s;
}

static void ways(void) {
    static uint8_t a[64], b[64];
    for (uint32_t i = 0; i < sizeof a; ++i) {
        a[i] = (uint8_t)(i * 37 + 11);
    }
    const uint8_t code[] = {0, 1, 2, 1, 1, 0, 2, 0, 1, 3, 3, 3};
    say("longjmp", leaps_out_of_a_loop(3) ^ leaps_out_of_a_loop(30));
    say("setjmp", sets_in_a_loop(a, 20));
    say("interpreter", interpreter(code, 0) ^ interpreter(code, 1) ^ interpreter(code, 10));
    for (int n = 1; n < 30; n += 7) {
        say("duff", duff(b, a, n));
    }
    for (uint32_t key = 0; key < 256; key += 51) {
        say("three", out_of_three_levels(a, 7, key));
    }
    say("goto", goto_loop(0) ^ goto_loop(1) ^ goto_loop(2) ^ goto_loop(31));
    say("recursion", recursion(7));
    say("varargs", sum_of(5, 1u, 2u, 3LL << 33 | 5, 4u, 5u) ^ sum_of(0));
    const Function functions[] = {goto_loop, halves, two_counters};
    say("pointers", through_pointers(functions, 0) ^ through_pointers(functions, 17));
}

// ---- What becomes a call ----------------------------------------------------------------------

struct Large {
    uint32_t words[30];
};
union Views {
    uint32_t word;
    uint16_t halves[2];
    uint8_t bytes[4];
    float number;
};

NOINLINE static uint32_t copies_structures(struct Large* all, int n) {
    uint32_t s = 0;
    for (int i = 1; i < n; ++i) {
        all[i] = all[i - 1];
        all[i].words[i] += (uint32_t)i;
        s += all[i].words[(i * 7) % 30];
    }
    return s;
}
NOINLINE static uint32_t divides_long(uint64_t* a, int n) {
    uint64_t s = 1;
    for (int i = 0; i < n; ++i) {
        s = s * 1000003 + a[i] / (a[n - 1 - i] | 1) + a[i] % 10;
    }
    return (uint32_t)(s ^ s >> 32);
}
NOINLINE static uint32_t floats(const float* a, int n) {
    float s = 0.5f;
    double d = 1.25;
    for (int i = 0; i < n; ++i) {
        s = s * 0.75f + a[i];
        d += (double)a[i] / 3.0;
    }
    return (uint32_t)(int32_t)(s * 1000.0f) ^ (uint32_t)(int32_t)(d * 1000.0);
}
NOINLINE static uint32_t fills(uint8_t* a, uint32_t n) {
    for (uint32_t i = 0; i < n; ++i) {
        a[i] = 0x5A;
    }
    for (uint32_t i = 0; i + 3 < n; ++i) {
        a[i + 3] = (uint8_t)(a[i] + 1);
    }
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        s = s * 31 + a[i];
    }
    return s + (uint32_t)strlen((const char*)a);
}
NOINLINE static uint32_t moving_frame(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 1; i < n; ++i) {
        uint8_t room[i];
        for (uint32_t j = 0; j < i; ++j) {
            room[j] = (uint8_t)(j * i);
        }
        __asm__ volatile("" : : "r"(room) : "memory");
        s = s * 3 + room[i / 2];
    }
    return s;
}
NOINLINE static uint32_t large_frame(uint32_t n) {
    volatile uint8_t room[1500];
    uint32_t s = 0;
    for (uint32_t i = 0; i < n; ++i) {
        room[(i * 7) % sizeof room] = (uint8_t)i;
        s = s * 3 + room[(i * 3) % n];
    }
    return s;
}
NOINLINE static uint32_t views(union Views* a, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        a[i].bytes[i & 3] ^= 0x3C;
        s += a[i].word ^ a[i].halves[1];
        a[i].halves[0] = (uint16_t)s;
    }
    return s ^ a[n - 1].word;
}
struct Fields {
    uint32_t a : 5, b : 11, c : 16;
    int32_t d : 7, e : 25;
};
NOINLINE static uint32_t fields(struct Fields* f, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        f[i].a += (uint32_t)i;
        f[i].b ^= f[i].a * 3u;
        f[i].d -= i;
        f[i].e = f[i].d * 3 + (int32_t)f[i].c;
        s = s * 5 + f[i].b + (uint32_t)f[i].e;
    }
    return s;
}
NOINLINE static uint32_t cases(const uint8_t* a, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        switch (a[i] % 9) {
            case 0:
                s += 3;
                break;
            case 1:
                s ^= 77;
                __attribute__((fallthrough));
            case 2:
                s *= 3;
                break;
            case 3:
                if (s & 1) {
                    continue;
                }
                break;
            case 5:
                s += (uint32_t)i;
                break;
            case 7:
                return s;
            default:
                s = s << 1 | s >> 31;
        }
        s += 1;
    }
    return s;
}

static void calls(void) {
    static struct Large all[5];
    static uint64_t longs[12];
    static float numbers[12];
    static uint8_t bytes[100];
    static union Views unions[12];
    static struct Fields packed[12];
    for (uint32_t i = 0; i < 12; ++i) {
        longs[i] = (uint64_t)i * 0x123456789ABCDull + 17;
        numbers[i] = (float)(int)(i * 7 - 30) / 4.0f;
        unions[i].word = i * 2654435761u;
        packed[i] = (struct Fields){i * 3, i * 77, i * 1234, (int)(i % 60), -(int)(i * 999)};
    }
    for (uint32_t i = 0; i < 30; ++i) {
        all[0].words[i] = i * i;
    }
    say("structures", copies_structures(all, 5));
    say("divisions", divides_long(longs, 12));
    say("floats", floats(numbers, 12));
    say("fills", fills(bytes, 99) ^ fills(bytes, 3));
    say("moving", moving_frame(30));
    say("large", large_frame(500));
    say("unions", views(unions, 12));
    say("fields", fields(packed, 12));
    for (uint32_t i = 0; i < sizeof bytes; ++i) {
        bytes[i] = (uint8_t)(i * i + 9 * i);
    }
    say("cases", cases(bytes, 100) ^ cases(bytes + 5, 20));
}

// ---- Volatile accesses, order of side effects -------------------------------------------------

static volatile uint8_t port[16];
static volatile uint32_t accesses;

NOINLINE static uint32_t volatile_sum(int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        s += port[i] * port[(i + 1) & 15];
        accesses += 2;
        port[i] = (uint8_t)(s >> 3);
    }
    return s ^ accesses;
}

static void volatiles(void) {
    for (int i = 0; i < 16; ++i) {
        port[i] = (uint8_t)(i * 29);
    }
    say("volatile", volatile_sum(16) ^ volatile_sum(0) ^ volatile_sum(1));
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    counts();
    long_bodies();
    assembly();
    ways();
    calls();
    volatiles();
    return 0;
}
