// SPDX-License-Identifier: Apache-2.0
// switch of every shape, goto in and out of loops, Duff's device, state machines, computed goto.
#include "flexv/flexv.h"

#include <stdio.h>

__attribute__((noinline)) static int dense(const uint8_t* a, int n) {
    int s = 0;
    for (int i = 0; i < n; ++i) {
        switch (a[i] & 15) {
            case 0:
                s += 1;
                break;
            case 1:
                s -= 7;  // falls through
            case 2:
                s ^= 0x55;
                break;
            case 3:
                continue;
            case 4:
                s *= 3;
                break;
            case 5:
            case 6:
            case 7:
                s += a[i];
                break;
            case 8 ... 11:
                s -= i;
                break;
            case 12:
                if (s & 1)
                    goto out;
                break;
            default:
                s = -s;
        }
    }
out:
    return s;
}
__attribute__((noinline)) static int sparse(int x) {
    switch (x) {
        case -1000000:
            return 1;
        case -5:
            return 2;
        case 0:
            return 3;
        case 7:
            return 4;
        case 1000:
            return 5;
        case 0x7fffffff:
            return 6;
        default:
            return x < 0 ? 7 : 8;
    }
}
__attribute__((noinline)) static int wide(long long x) {
    switch (x) {
        case 0x100000000ll:
            return 1;
        case 0x200000000ll:
            return 2;
        case -1ll:
            return 3;
        case 5:
            return 4;
        default:
            return 0;
    }
}
__attribute__((noinline)) static void duff(uint8_t* to, const uint8_t* from, int count) {
    int n = (count + 7) / 8;
    switch (count % 8) {
        case 0:
            do {
                *to++ = *from++;  // falls through
                case 7:
                    *to++ = *from++;  // falls through
                case 6:
                    *to++ = *from++;  // falls through
                case 5:
                    *to++ = *from++;  // falls through
                case 4:
                    *to++ = *from++;  // falls through
                case 3:
                    *to++ = *from++;  // falls through
                case 2:
                    *to++ = *from++;  // falls through
                case 1:
                    *to++ = *from++;
            } while (--n > 0);
    }
}
__attribute__((noinline)) static unsigned into(unsigned x, int n, int where) {
    int i = 3;
    if (where)
        goto middle;
    for (i = 0; i < n; ++i) {
        x = x * 5 + 1;
    middle:
        x ^= x >> 3;
    }
    return x;
}
__attribute__((noinline)) static int numbers(const char* text) {
    enum { kStart, kSign, kDigits, kSpace } state = kStart;
    int total = 0, value = 0, sign = 1;
    for (; *text; ++text) {
        switch (state) {
            case kStart:
                if (*text == '-') {
                    sign = -1;
                    state = kSign;
                    break;
                }  // fall through
            case kSign:
            case kDigits:
                if (*text >= '0' && *text <= '9') {
                    value = value * 10 + *text - '0';
                    state = kDigits;
                } else {
                    total += sign * value;
                    value = 0;
                    sign = 1;
                    state = kSpace;
                }
                break;
            case kSpace:
                if (*text != ' ') {
                    --text;
                    state = kStart;
                }
        }
    }
    return total + sign * value;
}
__attribute__((noinline)) static int machine(const uint8_t* code, int steps) {
    static const void* const table[] = {&&add, &&twice, &&back, &&halt};
    unsigned acc = 1;
    int pc = 0;
    while (steps-- > 0) {
        goto* table[code[pc] & 3];
    add:
        acc += code[pc] >> 2;
        pc = (pc + 1) & 31;
        continue;
    twice:
        acc *= 2;
        pc = (pc + 3) & 31;
        continue;
    back:
        acc ^= (unsigned)pc;
        pc = (pc - 2) & 31;
        continue;
    halt:
        pc = (pc + 7) & 31;
    }
    return (int)acc;
}
__attribute__((noinline)) static int out_of_three(const int8_t* a, int n, int limit) {
    int s = 0, i, j, k;
    for (i = 0; i < n; ++i)
        for (j = 0; j < n; ++j)
            for (k = 0; k < n; ++k) {
                s += a[i] * a[j] + a[k];
                if (s > limit)
                    goto done;
                if (s < -limit)
                    goto next;
                if ((s & 1023) == 77)
                    break;
            next:;
            }
done:
    return s + i * 10000 + j * 100 + k;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    static uint8_t a[100], b[100];
    for (int i = 0; i < 100; ++i) {
        a[i] = (uint8_t)(i * 29 + i / 7);
    }
    printf("%d %d\n", dense(a, 100), dense(a, 11));
    const int values[] = {-1000000, -5, 0, 7, 1000, 0x7fffffff, -6, 1001};
    for (int i = 0; i < 8; ++i) {
        printf("%d", sparse(values[i]));
    }
    printf("\n%d%d%d%d%d\n", wide(0x100000000ll), wide(0x200000000ll), wide(-1), wide(5),
           wide(0x100000005ll));
    for (int n = 1; n < 30; n += 7) {
        duff(b, a + n, n);
        printf("%u %u\n", b[n - 1], b[n]);
    }
    printf("%u %u %u\n", into(7, 10, 0), into(7, 10, 1), into(7, 0, 1));
    printf("%d\n", numbers("12 -7 300  -45 6"));
    printf("%d\n", machine(a, 200));
    printf("%d %d\n", out_of_three((const int8_t*)a, 20, 30000),
           out_of_three((const int8_t*)a, 5, 10));
    return 0;
}
