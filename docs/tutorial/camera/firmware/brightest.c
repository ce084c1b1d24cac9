// SPDX-License-Identifier: Apache-2.0
// Finds the brightest pixel of each frame that the camera has written to L2. Each core fetches its
// stripe of lines by DMA.
#include "flexv/flexv.h"
#include "generated/eu_global_regs.h"
#include "generated/soc_event_gen_regs.h"

#include <stdio.h>

enum { kWidth = 64, kHeight = 48, kFrames = 4, kMaxCores = 8 };
enum { kFrameEvent = 40, kFifoLine = 27 };  // the id that the camera raises; FIFO not empty

#define CAMERA_ADDRESS 0x1a400000u
#define CAMERA_FRAMES 0x1a400004u
#define CAMERA_FAILURES 0x1a400008u

FLEXV_REGION(1, "frame");

struct Spot {
    uint32_t brightness, x, y;
};

FLEXV_NOINIT static uint8_t frames[2][kHeight][kWidth];  // in L2, written by the camera
FLEXV_TCDM_BSS static uint8_t stripes[kHeight][kWidth];
FLEXV_TCDM_BSS static struct Spot spots[kMaxCores];

static void start_camera(void) {
    const uint32_t masks = SOC_EVENT_GEN_BASE + SOC_EVENT_GEN_CL_MASK(kFrameEvent / 32);
    io_write(masks, io_read(masks) & ~(1u << kFrameEvent % 32));
    io_write(CAMERA_ADDRESS, (uint32_t)frames);
    io_write(CAMERA_FRAMES, kFrames);
}

/// Sleeps until the camera has finished a frame.
static void wait_for_frame(void) {
    uint32_t event;
    do {
        event_wait(1u << kFifoLine);
        event = io_read(EU_GLOBAL_BASE + EU_GLOBAL_SOC_EVENT_FIFO);
    } while (event != (EU_GLOBAL_SOC_EVENT_FIFO_VALID_MASK | kFrameEvent));
}

static struct Spot brightest(uint32_t first, uint32_t end) {
    struct Spot best = {0, 0, 0};
    for (uint32_t y = first; y < end; ++y) {
        for (uint32_t x = 0; x < kWidth; ++x) {
            if (stripes[y][x] > best.brightness) {
                best = (struct Spot){stripes[y][x], x, y};
            }
        }
    }
    return best;
}

static void look_at_stripe(const uint8_t (*frame)[kWidth]) {
    const uint32_t first = kHeight * core_id() / core_count();
    const uint32_t end = kHeight * (core_id() + 1) / core_count();
    dma_wait(dma_start_in(stripes[first], frame[first], (end - first) * kWidth));
    spots[core_id()] = brightest(first, end);
}

int main(void) {
    if (core_id() == 0) {
        start_camera();
    }
    for (uint32_t frame = 0; frame < kFrames; ++frame) {
        if (core_id() == 0) {
            wait_for_frame();
        }
        barrier();
        FLEXV_REGION_BEGIN(1);
        look_at_stripe(frames[frame % 2]);
        FLEXV_REGION_END(1);
        barrier();
        if (core_id() == 0) {
            struct Spot best = spots[0];
            for (uint32_t core = 1; core < core_count(); ++core) {
                if (spots[core].brightness > best.brightness) {
                    best = spots[core];
                }
            }
            printf("frame %u: %u at (%u, %u)\n", (unsigned)frame, (unsigned)best.brightness,
                   (unsigned)best.x, (unsigned)best.y);
        }
    }
    return (int)io_read(CAMERA_FAILURES);
}
