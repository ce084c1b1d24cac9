// SPDX-License-Identifier: Apache-2.0
// Control: machines of states with tables of functions, events, a protocol of bit fields,
// coroutines, filters, regulators, errors by longjmp, devices behind volatile registers, a handler
// of interrupts that feeds a ring.
#include "flexv/flexv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline)) static

// A door, as a table of functions.
typedef struct Door Door;
typedef void (*State)(Door*, char);
struct Door {
    State state;
    char log[64];
    int length, alarms;
};
static void closed(Door* d, char event);
static void opened(Door* d, char event);
static void locked(Door* d, char event);
static void note(Door* d, char c) {
    if (d->length < (int)sizeof d->log - 1)
        d->log[d->length++] = c;
}
static void enter(Door* d, State to) {
    static const struct {
        State state;
        char name;
    } names[] = {{closed, 'c'}, {opened, 'o'}, {locked, 'l'}};
    for (unsigned i = 0; i < 3; ++i)
        if (names[i].state == to)
            note(d, names[i].name);
    d->state = to;
}
static void closed(Door* d, char e) {
    if (e == 'o')
        enter(d, opened);
    else if (e == 'l')
        enter(d, locked);
}
static void opened(Door* d, char e) {
    if (e == 'c')
        enter(d, closed);
    else if (e == 'l')
        ++d->alarms;
}
static void locked(Door* d, char e) {
    if (e == 'u')
        enter(d, closed);
    else if (e == 'o')
        ++d->alarms, note(d, '!');
}
APART void door(const char* events) {
    Door d = {.state = closed};
    while (*events)
        d.state(&d, *events++);
    printf("door %s %d\n", d.log, d.alarms);
}

// A queue of events with handlers by priority.
typedef int (*Handler)(void*, int);
struct Event {
    Handler handler;
    void* context;
    int argument;
    unsigned char priority;
};
static struct Event queue[16];
static int queued;
static void post(Handler h, void* context, int argument, unsigned char priority) {
    int i = queued++;
    for (; i > 0 && queue[i - 1].priority < priority; --i)
        queue[i] = queue[i - 1];
    queue[i] = (struct Event){h, context, argument, priority};
}
static int count_down(void* context, int n) {
    unsigned* const sum = context;
    *sum = *sum * 7 + (unsigned)n;
    if (n > 0)
        post(count_down, context, n - 1, (unsigned char)(n * 5 & 7));
    if (n > 6)
        post(count_down, context, n / 2, 3);
    return n;
}
APART unsigned events(void) {
    unsigned sum = 0, steps = 0;
    post(count_down, &sum, 9, 1);
    post(count_down, &sum, 4, 7);
    while (queued > 0) {
        const struct Event e = queue[0];
        memmove(queue, queue + 1, (unsigned)--queued * sizeof *queue);
        steps += (unsigned)e.handler(e.context, e.argument);
    }
    return sum ^ steps;
}

struct Header {
    uint32_t version : 3, type : 5, length : 10, urgent : 1, sequence : 13;
    int16_t offset : 9, gain : 7;
    uint8_t flags;
} __attribute__((packed));
union Packet {
    struct Header header;
    uint8_t bytes[sizeof(struct Header)];
};
APART unsigned protocol(void) {
    unsigned sum = 0;
    for (int i = 0; i < 20; ++i) {
        union Packet p;
        memset(&p, 0, sizeof p);
        p.header.version = (unsigned)i & 7, p.header.type = (unsigned)(i * 3) & 31,
        p.header.length = (unsigned)(i * 77) & 1023, p.header.urgent = i & 1;
        p.header.sequence = (unsigned)(i * 555) & 8191, p.header.offset = (int16_t)(i * 13 - 100),
        p.header.gain = (int16_t)(i - 10), p.header.flags = (uint8_t)~i;
        p.header.length += 5;
        p.header.sequence ^= 0x1555;
        for (unsigned b = 0; b < sizeof p.bytes; ++b)
            sum = sum * 31 + p.bytes[b];
        sum += (unsigned)(p.header.offset * p.header.gain);
    }
    return sum;
}

// Coroutines: a switch that jumps into loops.
struct Walker {
    int line, i, j;
};
static int next(struct Walker* w, int n) {
    switch (w->line) {
        case 0:
            for (w->i = 0; w->i < n; ++w->i) {
                for (w->j = w->i; w->j >= 0; --w->j) {
                    w->line = 1;
                    return w->i * 10 + w->j;
                    case 1:;
                }
            }
            w->line = 2;
            /* fall through */
        default:
            return -1;
    }
}
static void copy_by_duff(uint16_t* to, const uint16_t* from, int count) {
    int n = (count + 7) / 8;
    switch (count % 8) {
        case 0:
            do {
                *to++ = *from++; /* fall through */
                case 7:
                    *to++ = *from++; /* fall through */
                case 6:
                    *to++ = *from++; /* fall through */
                case 5:
                    *to++ = *from++; /* fall through */
                case 4:
                    *to++ = *from++; /* fall through */
                case 3:
                    *to++ = *from++; /* fall through */
                case 2:
                    *to++ = *from++; /* fall through */
                case 1:
                    *to++ = *from++;
            } while (--n > 0);
    }
}

struct Biquad {
    int16_t b[3], a[2];
    int32_t x1, x2, y1, y2;
};
APART void iir(struct Biquad* f, const int16_t* in, int16_t* out, int n) {
    for (int i = 0; i < n; ++i) {
        int32_t s =
            f->b[0] * in[i] + f->b[1] * f->x1 + f->b[2] * f->x2 - f->a[0] * f->y1 - f->a[1] * f->y2;
        s >>= 14;
        if (s > 32767)
            s = 32767;
        if (s < -32768)
            s = -32768;
        f->x2 = f->x1, f->x1 = in[i], f->y2 = f->y1, f->y1 = s;
        out[i] = (int16_t)s;
    }
}
APART unsigned regulate(int target) {
    int32_t position = 0, speed = 0, integral = 0, before = 0;
    uint32_t sum = 0;
    for (int t = 0; t < 100; ++t) {
        const int32_t error = (target << 8) - position;
        integral += error;
        if (integral > 40000)
            integral = 40000;
        if (integral < -40000)
            integral = -40000;
        const int32_t force = (error * 60 + integral * 2 + (error - before) * 300) >> 8;
        before = error;
        speed += (force > 500 ? 500 : force < -500 ? -500 : force) - (speed >> 3);
        position += speed;
        sum = sum * 3 + (uint32_t)position;
    }
    return sum;
}
APART int goertzel(const int16_t* in, int n, int32_t coefficient) {
    int64_t s1 = 0, s2 = 0;
    for (int i = 0; i < n; ++i) {
        const int64_t s = in[i] + ((coefficient * s1) >> 14) - s2;
        s2 = s1, s1 = s;
    }
    return (int)(s1 * s1 + s2 * s2 - ((coefficient * s1) >> 14) * s2);
}
APART void moving_average(const int16_t* in, int16_t* out, int n, int width) {
    int32_t sum = 0;
    for (int i = 0; i < n; ++i) {
        sum += in[i] - (i >= width ? in[i - width] : 0);
        out[i] = (int16_t)(sum / width);
    }
}

static jmp_buf failed;
static int depth;
static void risky(int n) {
    volatile int guard = n;
    ++depth;
    if (n == 0)
        longjmp(failed, 7);
    if (n % 4 == 3)
        risky(n - 2);
    else
        risky(n - 1);
    guard = 0;
    depth -= guard;
}
APART int errors(void) {
    volatile int tries = 0;
    int sum = 0;
    const int code = setjmp(failed);
    sum += code * ++tries + depth;
    if (tries < 4) {
        depth = 0;
        risky(tries * 3);
    }
    return sum;
}
APART int largest(int count, ...) {
    va_list list, copy;
    va_start(list, count);
    va_copy(copy, list);
    int best = va_arg(list, int), sum = 0;
    for (int i = 1; i < count; ++i) {
        const int x = va_arg(list, int);
        if (x > best)
            best = x;
    }
    for (int i = 0; i < count; ++i)
        sum += va_arg(copy, int);
    va_end(copy);
    va_end(list);
    return best * 1000 + sum;
}

// A device: every read and write counts.
static volatile struct {
    uint32_t data, status;
    uint8_t fifo[4];
} device;
APART unsigned drive(void) {
    unsigned sum = 0;
    device.status = 1;
    for (int i = 0; i < 20; ++i) {
        while (!(device.status & 1))
            device.status++;
        device.data = (uint32_t)i * 3;
        device.fifo[i & 3] = (uint8_t)device.data;
        device.status ^= (uint32_t)i & 1;
        sum = sum * 5 + device.data + device.fifo[(i + 1) & 3];
    }
    return sum;
}

// A handler takes samples; the program works on whole blocks.
enum { kBlock = 32, kBlocks = 6 };
static volatile uint16_t ring[128];
static volatile uint32_t head;
static State hook;
__attribute__((interrupt)) void flexv_interrupt_handler(void) {
    const uint32_t at = head;
    if (at >= kBlock * kBlocks)
        return;
    uint16_t sample = (uint16_t)(at * 2654435761u >> 16);
    for (int i = 0; i < 3; ++i)
        sample = (uint16_t)(sample * 5 + (sample >> 3));
    ring[at % 128] = sample;
    head = at + 1;
}
APART uint32_t sampled(void) {
    uint32_t sum = 0, tail = 0;
    head = 0;
    timer_start_periodic(150);
    interrupts_enable(1u << EVENT_LINE_TIMER_LO);
    while (tail < kBlock * kBlocks) {
        if (head - tail < kBlock)
            continue;
        uint16_t block[kBlock];
        for (uint32_t i = 0; i < kBlock; ++i)
            block[i] = ring[(tail + i) % 128];
        tail += kBlock;
        uint32_t energy = 0;
        for (int i = 0; i < kBlock; ++i)
            energy += (uint32_t)block[i] * block[i];
        sum = sum * 31 + energy;
    }
    interrupts_disable();
    timer_stop();
    return sum;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    door("oclouulcoxlocluo");
    printf("events %u protocol %u\n", events(), protocol());
    struct Walker w = {0, 0, 0};
    unsigned sum = 0;
    for (int v; (v = next(&w, 6)) >= 0;)
        sum = sum * 3 + (unsigned)v;
    int16_t in[100], out[100];
    for (int i = 0; i < 100; ++i)
        in[i] = (int16_t)((i * 7919 % 2000 - 1000) * 25);
    uint16_t copied[100];
    copy_by_duff(copied, (const uint16_t*)in, 93);
    printf("walker %u duff %d\n", sum, memcmp(copied, in, 93 * sizeof *in));
    struct Biquad f = {{4000, 8000, 4000}, {-9000, 3000}, 0, 0, 0, 0};
    iir(&f, in, out, 100);
    sum = 0;
    for (int i = 0; i < 100; ++i)
        sum = sum * 3 + (unsigned)out[i];
    printf("iir %u regulated %u goertzel %d\n", sum, regulate(700), goertzel(out, 100, 20000));
    moving_average(in, out, 100, 9);
    sum = 0;
    for (int i = 0; i < 100; ++i)
        sum = sum * 3 + (unsigned)out[i];
    printf("average %u errors %d largest %d\n", sum, errors(), largest(5, 3, -9, 44, 12, -100));
    hook = closed;
    printf("device %u sampled %lu %d\n", drive(), (unsigned long)sampled(), hook == closed);
    return 0;
}
