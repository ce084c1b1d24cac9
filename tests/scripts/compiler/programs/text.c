// SPDX-License-Identifier: Apache-2.0
// Text: a JSON reader, a matcher of regular expressions, a calculator, a printer of variable
// arguments, edit distance, search by three ways, Roman numbers, an interpreter, UTF-8.
#include "flexv/flexv.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline)) static

// JSON: values in a table, strings as spans of the text.
enum Kind { kNull, kBool, kNumber, kString, kArray, kObject };
struct Value {
    enum Kind kind;
    int number, first, next, key;
};
static struct Value values[128];
static int value_count;
static const char* at;
static jmp_buf broken;
static void blanks(void) {
    while (isspace((unsigned char)*at))
        ++at;
}
static void expect(char c) {
    blanks();
    if (*at++ != c)
        longjmp(broken, 1 + c);
}
static int parse_string(void) {
    unsigned h = 0;
    expect('"');
    while (*at != '"') {
        if (*at == 0)
            longjmp(broken, 2);
        if (*at == '\\')
            ++at;
        h = h * 31 + (unsigned char)*at++;
    }
    ++at;
    return (int)(h & 0xFFFF);
}
static int parse_value(void) {
    blanks();
    const int self = value_count++;
    struct Value v = {kNull, 0, -1, -1, 0};
    int last = -1;
    if (*at == '{' || *at == '[') {
        const char end = (char)(*at + 2);
        v.kind = *at++ == '{' ? kObject : kArray;
        for (blanks(); *at != end;) {
            int key = 0;
            if (v.kind == kObject) {
                key = parse_string();
                expect(':');
            }
            const int child = parse_value();
            values[child].key = key;
            if (last < 0)
                v.first = child;
            else
                values[last].next = child;
            last = child;
            blanks();
            if (*at != end) {
                expect(',');
                blanks();
            }
        }
        ++at;
    } else if (*at == '"') {
        v.kind = kString;
        v.number = parse_string();
    } else if (*at == '-' || isdigit((unsigned char)*at)) {
        v.kind = kNumber;
        char* end;
        v.number = (int)strtol(at, &end, 10);
        at = end;
    } else if (strncmp(at, "true", 4) == 0) {
        v.kind = kBool, v.number = 1, at += 4;
    } else if (strncmp(at, "false", 5) == 0) {
        v.kind = kBool, at += 5;
    } else if (strncmp(at, "null", 4) == 0) {
        at += 4;
    } else {
        longjmp(broken, 3);
    }
    values[self] = v;
    return self;
}
static int total(int value) {
    int s = values[value].number + values[value].key * (int)values[value].kind;
    for (int child = values[value].first; child >= 0; child = values[child].next)
        s += 3 * total(child);
    return s;
}
APART void json(const char* text) {
    value_count = 0;
    at = text;
    const int error = setjmp(broken);
    if (error != 0) {
        printf("json: error %d at %d\n", error, (int)(at - text));
        return;
    }
    const int root = parse_value();
    printf("json: %d values, %d\n", value_count, total(root));
}

// Regular expressions with . * + ? ^ $ and classes, by backtracking.
static const char* one(const char* re, char c, int* fits) {
    if (*re == '[') {
        const int is_negative = re[1] == '^';
        int found = 0;
        for (re += 1 + is_negative; *re != ']'; ++re) {
            if (re[1] == '-' && re[2] != ']') {
                found |= c >= re[0] && c <= re[2];
                re += 2;
            } else {
                found |= c == *re;
            }
        }
        *fits = c != 0 && found != is_negative;
        return re + 1;
    }
    *fits = c != 0 && (*re == '.' || *re == c);
    return re + 1;
}
static int match_here(const char* re, const char* s) {
    if (*re == 0)
        return 1;
    if (*re == '$' && re[1] == 0)
        return *s == 0;
    int fits;
    const char* rest = one(re, *s, &fits);
    switch (*rest) {
        case '?':
            return (fits && match_here(rest + 1, s + 1)) || match_here(rest + 1, s);
        case '+':
            if (!fits)
                return 0;
            ++s;
            /* fall through */
        case '*': {
            const char* t = s;
            for (one(re, *t, &fits); fits; one(re, *t, &fits))
                ++t;
            for (; t >= s; --t)
                if (match_here(rest + 1, t))
                    return 1;
            return 0;
        }
        default:
            return fits && match_here(rest, s + 1);
    }
}
APART int match(const char* re, const char* s) {
    if (*re == '^')
        return match_here(re + 1, s);
    do {
        if (match_here(re, s))
            return 1;
    } while (*s++);
    return 0;
}

static long sum_of(const char** s);
static long factor_of(const char** s) {
    while (**s == ' ')
        ++*s;
    if (**s == '-')
        return ++*s, -factor_of(s);
    if (**s == '(') {
        ++*s;
        const long v = sum_of(s);
        ++*s;
        return v;
    }
    long v = 0;
    while (isdigit((unsigned char)**s))
        v = v * 10 + (*(*s)++ - '0');
    return v;
}
static long product_of(const char** s) {
    long v = factor_of(s);
    for (;;) {
        while (**s == ' ')
            ++*s;
        const char c = **s;
        if (c != '*' && c != '/' && c != '%')
            return v;
        ++*s;
        const long w = factor_of(s);
        v = c == '*' ? v * w : w == 0 ? 0 : c == '/' ? v / w : v % w;
    }
}
static long sum_of(const char** s) {
    long v = product_of(s);
    while (**s == '+' || **s == '-')
        v = *(*s)++ == '+' ? v + product_of(s) : v - product_of(s);
    return v;
}

static int write_number(char* to, unsigned long long n, unsigned base) {
    char digits[24];
    int length = 0, i = 0;
    do
        digits[length++] = "0123456789abcdef"[n % base];
    while ((n /= base) != 0);
    while (length > 0)
        to[i++] = digits[--length];
    return i;
}
__attribute__((noinline, format(printf, 2, 3))) static int print_to(char* to, const char* format,
                                                                    ...) {
    va_list list;
    va_start(list, format);
    char* const start = to;
    for (; *format; ++format) {
        if (*format != '%') {
            *to++ = *format;
            continue;
        }
        int wide = 0;
        while (*++format == 'l')
            ++wide;
        switch (*format) {
            case 'd': {
                long long v = wide == 2 ? va_arg(list, long long)
                              : wide    ? va_arg(list, long)
                                        : va_arg(list, int);
                if (v < 0)
                    *to++ = '-';
                to += write_number(to, v < 0 ? -(unsigned long long)v : (unsigned long long)v, 10);
                break;
            }
            case 'x':
                to += write_number(
                    to, wide == 2 ? va_arg(list, unsigned long long) : va_arg(list, unsigned), 16);
                break;
            case 's': {
                const char* s = va_arg(list, const char*);
                while (*s)
                    *to++ = *s++;
                break;
            }
            case 'c':
                *to++ = (char)va_arg(list, int);
                break;
            default:
                *to++ = *format;
        }
    }
    *to = 0;
    va_end(list);
    return (int)(to - start);
}

APART int edit_distance(const char* a, const char* b) {
    uint8_t row[40];
    const int n = (int)strlen(b);
    for (int j = 0; j <= n; ++j)
        row[j] = (uint8_t)j;
    for (int i = 0; a[i]; ++i) {
        uint8_t corner = row[0];
        row[0] = (uint8_t)(i + 1);
        for (int j = 0; j < n; ++j) {
            const uint8_t old = row[j + 1];
            uint8_t least = (uint8_t)(corner + (a[i] != b[j]));
            if (row[j] + 1 < least)
                least = (uint8_t)(row[j] + 1);
            if (old + 1 < least)
                least = (uint8_t)(old + 1);
            row[j + 1] = least;
            corner = old;
        }
    }
    return row[n];
}
APART int search_kmp(const char* text, const char* word) {
    int fail[32] = {0}, found = 0, k = 0;
    for (int i = 1; word[i]; ++i) {
        while (k > 0 && word[k] != word[i])
            k = fail[k - 1];
        fail[i] = k += word[k] == word[i];
    }
    k = 0;
    for (; *text; ++text) {
        while (k > 0 && (word[k] == 0 || word[k] != *text))
            k = fail[k - 1];
        k += word[k] == *text;
        found += word[k] == 0;
    }
    return found;
}
APART int search_horspool(const char* text, const char* word) {
    const int n = (int)strlen(text), m = (int)strlen(word);
    uint8_t skip[256];
    memset(skip, m, sizeof skip);
    for (int i = 0; i < m - 1; ++i)
        skip[(uint8_t)word[i]] = (uint8_t)(m - 1 - i);
    int found = 0;
    for (int i = 0; i + m <= n; i += skip[(uint8_t)text[i + m - 1]])
        found += memcmp(text + i, word, (size_t)m) == 0;
    return found;
}
APART int search_rolling(const char* text, const char* word) {
    const int n = (int)strlen(text), m = (int)strlen(word);
    uint32_t target = 0, h = 0, power = 1;
    int found = 0;
    for (int i = 0; i < m; ++i)
        target = target * 257 + (uint8_t)word[i], power *= 257;
    for (int i = 0; i < n; ++i) {
        h = h * 257 + (uint8_t)text[i];
        if (i >= m)
            h -= power * (uint8_t)text[i - m];
        found += i >= m - 1 && h == target;
    }
    return found;
}
APART void roman(int n, char* to) {
    static const struct {
        short value;
        char name[3];
    } table[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"},
                 {90, "XC"},  {50, "L"},   {40, "XL"}, {10, "X"},   {9, "IX"},
                 {5, "V"},    {4, "IV"},   {1, "I"}};
    *to = 0;
    for (unsigned i = 0; i < sizeof table / sizeof *table; ++i)
        for (; n >= table[i].value; n -= table[i].value)
            strcat(to, table[i].name);
}
APART int interpret(const char* code, char* out) {
    uint8_t cells[64] = {0};
    int cell = 0, length = 0, steps = 0;
    for (const char* pc = code; *pc; ++pc, ++steps) {
        int depth;
        switch (*pc) {
            case '>':
                ++cell;
                break;
            case '<':
                --cell;
                break;
            case '+':
                ++cells[cell];
                break;
            case '-':
                --cells[cell];
                break;
            case '.':
                out[length++] = (char)cells[cell];
                break;
            case '[':
                if (cells[cell] == 0)
                    for (depth = 1; depth > 0;)
                        ++pc, depth += (*pc == '[') - (*pc == ']');
                break;
            case ']':
                if (cells[cell] != 0)
                    for (depth = 1; depth > 0;)
                        --pc, depth += (*pc == ']') - (*pc == '[');
                break;
        }
    }
    out[length] = 0;
    return steps;
}
APART uint32_t decode(const unsigned char* s) {
    uint32_t sum = 0;
    while (*s) {
        uint32_t c = *s++;
        int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        if (more)
            c &= 0x3Fu >> more;
        for (; more > 0; --more)
            c = c << 6 | (*s++ & 0x3F);
        sum = sum * 33 + c;
    }
    return sum;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    json("{\"a\": [1, -2, 3.0e1], \"b\": {\"c\": true, \"d\": null}, \"e\\\"f\": \"text\"}");
    json("{\"a\": [1, -2, 30, [[]], {}], \"b\": {\"c\": true, \"d\": null}, \"e\\\"f\": \"text\"}");
    json("[1, 2");
    json("{\"x\" 1}");
    static const char* const tests[][2] = {
        {"^a.*b$", "axxb"},   {"^a.*b$", "axxc"}, {"[0-9]+-[a-f]?x", "zz 12-x"},
        {"[^a-z]+$", "abc1"}, {"a*", ""},         {"x+y", "xxxz"},
        {"b?c", "ac"}};
    for (unsigned i = 0; i < sizeof tests / sizeof *tests; ++i)
        putchar('0' + match(tests[i][0], tests[i][1]));
    const char* sum = "2 * (3 + 4) * -5 + 100 / (7 - 3) % 9";
    printf(" %ld\n", sum_of(&sum));
    char line[128];
    int n =
        print_to(line, "%d %ld %lld %x %s %c%%", -5, 123456L, -9876543210LL, 0xBEEFu, "word", 'z');
    printf("%s %d\n", line, n);
    printf("%d %d\n", edit_distance("kitten sitting", "sitting kitten"),
           edit_distance("flaw", "lawn"));
    const char* hay = "abababcabababdababab";
    printf("%d %d %d\n", search_kmp(hay, "abab"), search_horspool(hay, "abab"),
           search_rolling(hay, "abab"));
    for (n = 1; n < 4000; n += 777) {
        roman(n, line);
        printf("%s ", line);
    }
    n = interpret("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.", line);
    printf("%s %d %08lx\n", line, n,
           (unsigned long)decode((const unsigned char*)"a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"));
    return 0;
}
