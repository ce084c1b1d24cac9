// SPDX-License-Identifier: Apache-2.0
// Runs the network of NETWORK_TABLES, each layer in a region of its own. With NETWORK_CHECKSUMS the
// sums over every layer's result are printed, outside of the regions. The result lies between
// begin_signature and end_signature.
#include "flexv/flexv.h"
#include "network.h"

#include <stddef.h>
#include <stdio.h>

#include NETWORK_TABLES

FLEXV_TCDM_BSS __attribute__((aligned(64))) static uint8_t arena[NETWORK_L1_BYTES];
FLEXV_TCDM_BSS static struct NetworkLayer layer;  // the cores read it often: a copy close to them
FLEXV_TCDM_BSS static struct NetworkCost costs[NETWORK_LAYERS];

#ifdef NETWORK_PIECES
static const struct NetworkStream stream = {network_pieces, NETWORK_PIECES, arena};
#define NETWORK_STREAM &stream
#else
#define NETWORK_STREAM NULL  // all weights lie in L2
#endif

static void fetch_layer(uint32_t number) {
    if (core_id() == 0) {
        layer = network_layers[number - 1];
    }
    barrier();
}

static void report_layer(uint32_t number) {
#ifdef NETWORK_CHECKSUMS
    if (core_id() == 0) {
        const struct NetworkChecksum c = network_checksum(&layer);
        printf("layer %u: %08x %08x\n", (unsigned)number, (unsigned)c.sum, (unsigned)c.weighted);
    }
#else
    (void)number;
#endif
    barrier();
}

#define NEXT(number) ((number) < NETWORK_LAYERS ? &network_layers[number] : 0)
#define RUN_LAYER(number)                                               \
    fetch_layer(number);                                                \
    FLEXV_REGION_BEGIN(number);                                         \
    network_run_layer(&layer, NEXT(number), arena, &costs[(number)-1]); \
    FLEXV_REGION_END(number);                                           \
    report_layer(number);

int main(void) {
    if (core_id() == 0) {
        timer_restart();
        network_start(NETWORK_STREAM);
    }
    barrier();
    NETWORK_FOR_EACH_LAYER(RUN_LAYER)
    if (core_id() == 0) {
        for (uint32_t i = 0; i < NETWORK_LAYERS; ++i) {
            printf("cost %u: %u bytes, %u cycles, %u for pieces\n", (unsigned)(i + 1),
                   (unsigned)costs[i].dma_bytes, (unsigned)costs[i].dma_wait_cycles,
                   (unsigned)costs[i].external_wait_cycles);
        }
    }
    return 0;
}
