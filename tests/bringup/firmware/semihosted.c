// SPDX-License-Identifier: Apache-2.0
// Asks the host for all that semihosting has, on core 0; each line says what it has got.
#include "flexv/flexv.h"

#include <stdint.h>
#include <string.h>

__attribute__((noinline)) static uint32_t host(uint32_t operation, const void *block) {
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = block;
    __asm__ volatile(
        ".option push\n\t.option norvc\n\t"
        "slli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t"
        ".option pop"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return a0;
}

static uint32_t call(uint32_t operation, uintptr_t first, uintptr_t second, uintptr_t third) {
    const uint32_t block[4] = {first, second, third, 0};
    return host(operation, block);
}

static void say(const char *text) { host(0x04, text); }

static void say_number(const char *what, uint32_t value) {
    char digits[12];
    char *end = digits + sizeof digits - 1;
    *end = 0;
    const int is_negative = (int32_t)value < 0;
    uint32_t rest = is_negative ? -value : value;
    do
        *--end = '0' + rest % 10;
    while ((rest /= 10) != 0);
    if (is_negative)
        *--end = '-';
    say(what);
    say(" ");
    say(end);
    say("\n");
}

static uint32_t open_file(const char *path, uint32_t mode) {
    return call(0x01, (uintptr_t)path, mode, strlen(path));
}

static void copy_file(void) {
    char bytes[64];
    const uint32_t in = open_file("in.txt", 0);
    say_number("open", (int32_t)in > 3);
    say_number("length", call(0x0c, in, 0, 0));
    call(0x0a, in, 6, 0);
    say_number("not read", call(0x06, in, (uintptr_t)bytes, sizeof bytes));
    const uint32_t out = open_file("folder/out.txt", 4);
    say_number("not written", call(0x05, out, (uintptr_t)bytes, 5));
    say_number("close", call(0x02, in, 0, 0) | call(0x02, out, 0, 0));
    say_number("closed twice", call(0x02, in, 0, 0));
}

int main(void) {
    if (core_id() != 0) {
        barrier();
        return 0;
    }
    char line[100];
    const uint32_t before = host(0x10, 0);
    call(0x15, (uintptr_t)line, sizeof line, 0);
    say("arguments:");
    say(strchr(line, ' ') != 0 ? strchr(line, ' ') : " none");
    say("\n");
    copy_file();
    say_number("outside", open_file("../secret.txt", 0));
    say_number("absolute", (int32_t)open_file("/etc/passwd", 0) > 0);
    say_number("link", open_file("link.txt", 0));
    say_number("error", host(0x13, 0) != 0);
    const uint32_t console = open_file(":tt", 0);
    const uint32_t left = call(0x06, console, (uintptr_t)line, 5);
    line[5 - left] = 0;
    say("input: ");
    say(line);
    say("\n");
    say_number("terminal", call(0x09, console, 0, 0));
    say_number("system", call(0x12, (uintptr_t) "true", 4, 0));
    say_number("unknown", host(0x99, 0));
    say_number("time passes", host(0x10, 0) >= before);
    const uint32_t end[2] = {0x20026, 42};
    host(0x20, end);
    return 1;
}
