// SPDX-License-Identifier: Apache-2.0
// Answers each line that comes by the UART in capitals, on core 0, until one is "quit"; the exit code is
// the number of lines before it. Sleeps for each character; with POLLS it looks all the time. DOES names
// something else to do.
#include "flexv/flexv.h"
#include "generated/eu_global_regs.h"
#include "generated/soc_event_gen_regs.h"
#include "generated/udma_ctrl_regs.h"
#include "generated/udma_uart_regs.h"

#include <stdio.h>
#include <string.h>

#define EVENT_LINE_SOC 27
#define UART_EVENTS 3  // received, sent

static char line[80];

static void prepare(void) {
    io_write(UDMA_CTRL_BASE, 1);
    io_write(UDMA_UART_BASE + UDMA_UART_SETUP, 3 << 1 | 1 << 8 | 1 << 9 | 4 << 16);
#ifndef POLLS
    io_write(SOC_EVENT_GEN_BASE + SOC_EVENT_GEN_CL_MASK(0), ~UART_EVENTS);
#endif
}

/// Until the channel whose configuration lies at `offset` has done what it was asked for.
static void wait_for(uint32_t offset) {
    while (io_read(UDMA_UART_BASE + offset) & UDMA_UART_RX_CFG_EN_MASK) {
#ifndef POLLS
        event_wait(1 << EVENT_LINE_SOC);
        while (io_read(OWN_CLUSTER(EU_GLOBAL_BASE) + EU_GLOBAL_SOC_EVENT_FIFO) &
               EU_GLOBAL_SOC_EVENT_FIFO_VALID_MASK) {
        }
#endif
    }
}

static void send(const char *text) {
    io_write(UDMA_UART_BASE + UDMA_UART_TX_SADDR, (uint32_t)text);
    io_write(UDMA_UART_BASE + UDMA_UART_TX_SIZE, strlen(text));
    io_write(UDMA_UART_BASE + UDMA_UART_TX_CFG, UDMA_UART_TX_CFG_EN_MASK);
    wait_for(UDMA_UART_TX_CFG);
}

static void receive(char *to, uint32_t bytes) {
    io_write(UDMA_UART_BASE + UDMA_UART_RX_SADDR, (uint32_t)to);
    io_write(UDMA_UART_BASE + UDMA_UART_RX_SIZE, bytes);
    io_write(UDMA_UART_BASE + UDMA_UART_RX_CFG, UDMA_UART_RX_CFG_EN_MASK);
    wait_for(UDMA_UART_RX_CFG);
}

/// A line without its end; what does not fit is left out.
static void read_line(void) {
    uint32_t count = 0;
    for (;;) {
        static char letter;
        receive(&letter, 1);
        if (letter == '\n' || letter == '\r')
            break;
        if (count < sizeof line - 3)
            line[count++] = letter;
    }
    line[count] = 0;
}

static uint32_t talk(void) {
    uint32_t lines = 0;
    for (;; ++lines) {
        send("> ");
        read_line();
        if (strcmp(line, "quit") == 0)
            return lines;
        for (char *letter = line; *letter; ++letter)
            if (*letter >= 'a' && *letter <= 'z')
                *letter -= 'a' - 'A';
        strcat(line, "\n");
        send(line);
    }
}

static uint32_t says_little(void) { return 0; }

static uint32_t says_much(void) {
    for (unsigned i = 0; i < 4000; ++i)
        send("much\n");
    return 0;
}

/// Half a second of a clock of 463 MHz.
static uint32_t sleeps(void) {
    timer_start_periodic(231500000);
    event_wait(1 << EVENT_LINE_TIMER_LO);
    timer_stop();
    return 0;
}

/// Sleeps for a character that it has not asked for.
static uint32_t forgets(void) {
    event_wait(1 << EVENT_LINE_SOC);
    return 0;
}

#ifndef DOES
#define DOES talk
#endif

int main(void) {
    if (core_id() != 0)
        return 0;
    prepare();
    const uint32_t lines = DOES();
    send("bye\n");
    printf("%u lines\n", (unsigned)lines);
    return (int)lines;
}
