// SPDX-License-Identifier: Apache-2.0
// Self-check of everything that cores share: barrier, mutex, software events, DMA. Fits a TCDM of
// 16 KiB with 16 cores. Returns 0, or the number of the first part that failed.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kMaxCores = 16, kRounds = 20, kIncrements = 25 };
enum { kLines = 12, kLineBytes = 40, kImagePitch = 64, kTilePitch = 44 };
enum { kRingEvent = 2 };

FLEXV_REGION(1, "barriers");
FLEXV_REGION(2, "mutex");
FLEXV_REGION(3, "events");
FLEXV_REGION(4, "dma");

FLEXV_TCDM_BSS static volatile uint32_t arrived[kMaxCores];
FLEXV_TCDM_BSS static volatile uint32_t failures;
FLEXV_TCDM_BSS static volatile uint32_t counter;
FLEXV_TCDM_BSS static volatile uint32_t token;
FLEXV_TCDM_BSS static uint8_t tile[kLines * kTilePitch];

static uint8_t image[kLines * kImagePitch];
static uint8_t copied[kLines * kImagePitch];

static void expect(int condition) {
    if (!condition) {
        mutex_lock();
        ++failures;
        mutex_unlock();
    }
}

// Nobody leaves a barrier before everybody has entered it.
static void check_barriers(void) {
    FLEXV_REGION_BEGIN(1);
    for (uint32_t round = 1; round <= kRounds; ++round) {
        for (volatile uint32_t delay = core_id() * (round & 3); delay != 0; --delay) {
        }
        arrived[core_id()] = round;
        barrier();
        for (uint32_t core = 0; core < core_count(); ++core) {
            expect(arrived[core] == round);
        }
        barrier();
    }
    FLEXV_REGION_END(1);
}

// No increment of a shared counter is lost.
static void check_mutex(void) {
    FLEXV_REGION_BEGIN(2);
    for (uint32_t i = 0; i < kIncrements; ++i) {
        mutex_lock();
        const uint32_t value = counter;
        for (volatile uint32_t delay = 3; delay != 0; --delay) {
        }
        counter = value + 1;
        mutex_unlock();
    }
    barrier();
    expect(counter == kIncrements * core_count());
    FLEXV_REGION_END(2);
}

// A token goes round the ring of cores, each woken by the event of the one before.
static void check_events(void) {
    FLEXV_REGION_BEGIN(3);
    const uint32_t next = core_id() + 1 == core_count() ? 0 : core_id() + 1;
    if (core_id() == 0) {
        token = 1;
        event_trigger(kRingEvent, 1u << next);
    }
    expect(event_wait(1u << kRingEvent) == 1u << kRingEvent);
    if (core_id() != 0) {
        expect(token == core_id());
        token = core_id() + 1;
        event_trigger(kRingEvent, 1u << next);
    }
    barrier();
    expect(token == core_count());
    FLEXV_REGION_END(3);
}

static uint8_t pixel_at(uint32_t line, uint32_t column) {
    return (uint8_t)(line * 37 + column * 5 + 1);
}

static void paint_image(void) {
    for (uint32_t i = 0; i < sizeof image; ++i) {
        image[i] = pixel_at(i / kImagePitch, i % kImagePitch);
        copied[i] = 0xA5;
    }
}

static void copy_through_tcdm(void) {
    const struct DmaShape narrow = {kLineBytes, kTilePitch};
    const struct DmaShape wide = {kLineBytes, kImagePitch};
    dma_wait(dma_start_2d(DMA_TO_TCDM, tile, narrow, image, wide, kLines * kLineBytes));
    for (uint32_t i = 0; i < sizeof tile; ++i) {
        tile[i] ^= 0xFF;
    }
    dma_wait(dma_start_2d(0, tile, narrow, copied, wide, kLines * kLineBytes));
}

// Lines of an image come in and go out again; what lies between the lines stays.
static void check_dma(void) {
    FLEXV_REGION_BEGIN(4);
    if (core_id() == 0) {
        paint_image();
        copy_through_tcdm();
        for (uint32_t i = 0; i < sizeof copied; ++i) {
            const uint32_t column = i % kImagePitch;
            const uint8_t inverted = (uint8_t)~pixel_at(i / kImagePitch, column);
            expect(copied[i] == (column < kLineBytes ? inverted : 0xA5));
        }
    }
    barrier();
    FLEXV_REGION_END(4);
}

struct Part {
    const char* name;
    void (*check)(void);
};

static const struct Part parts[] = {{"barriers", check_barriers},
                                    {"mutex", check_mutex},
                                    {"events", check_events},
                                    {"dma", check_dma}};

static int run_part(uint32_t number) {
    barrier();
    parts[number].check();
    barrier();
    if (failures == 0) {
        return 0;
    }
    if (core_id() == 0) {
        printf("FAIL: %s, %u checks\n", parts[number].name, (unsigned)failures);
    }
    return (int)number + 1;
}

int main(void) {
    for (uint32_t number = 0; number < sizeof parts / sizeof parts[0]; ++number) {
        const int result = run_part(number);
        if (result != 0) {
            return result;
        }
    }
    if (core_id() == 0) {
        printf("PASS: barriers, mutex, events and dma on %u cores\n", (unsigned)core_count());
    }
    return 0;
}
