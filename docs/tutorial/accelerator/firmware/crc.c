// SPDX-License-Identifier: Apache-2.0
// The CRC of a message twice: by the engine behind the window, and by core 0.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kMessageBytes = 1024, kEventLine = 12 };

// The engine's registers, from its data sheet.
#define ENGINE 0x20000000u
#define ENGINE_CTRL (ENGINE + 0x000u)
#define ENGINE_LENGTH (ENGINE + 0x008u)
#define ENGINE_RESULT (ENGINE + 0x00cu)
#define ENGINE_BUFFER (ENGINE + 0x400u)

FLEXV_REGION(1, "engine");
FLEXV_REGION(2, "core");

FLEXV_TCDM_BSS static uint8_t message[kMessageBytes];

static uint32_t crc_by_engine(void) {
    dma_wait(dma_start_out((void*)ENGINE_BUFFER, message, sizeof message));
    io_write(ENGINE_LENGTH, sizeof message);
    io_write(ENGINE_CTRL, 1);
    event_wait(1u << kEventLine);
    return io_read(ENGINE_RESULT);
}

static uint32_t crc_by_core(void) {
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < sizeof message; ++i) {
        crc ^= message[i];
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < sizeof message; ++i) {
        message[i] = (uint8_t)(i * i + 7);
    }
    FLEXV_REGION_BEGIN(1);
    const uint32_t of_engine = crc_by_engine();
    FLEXV_REGION_END(1);
    FLEXV_REGION_BEGIN(2);
    const uint32_t of_core = crc_by_core();
    FLEXV_REGION_END(2);
    printf("engine %08x, core %08x\n", (unsigned)of_engine, (unsigned)of_core);
    return of_engine == of_core ? 0 : 1;
}
