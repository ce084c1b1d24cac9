// SPDX-License-Identifier: Apache-2.0
// MCHAN DMA: copies between the TCDM and any external address, through the port that is private to
// each core. The core that starts a transfer is the one that waits for it.
#ifndef FLEXV_DMA_H
#define FLEXV_DMA_H

#include "flexv/team.h"
#include "generated/mchan_regs.h"
#include "own_cluster.h"

#include <stdbool.h>
#include <stddef.h>

#define DMA OWN_CLUSTER(MCHAN_DEMUX_BASE)
#define DMA_COMMAND MCHAN_CMD    ///< R: allocates an id, stalls when none is free; W: next word
#define DMA_STATUS MCHAN_STATUS  ///< R: ids in flight, ids allocated << 16; W: ids to free

// First command word.
#define DMA_MAX_BYTES MCHAN_CMD_LEN_MASK
#define DMA_TO_TCDM MCHAN_CMD_TYPE_MASK
#define DMA_TO_EXTERNAL 0u
#define DMA_INCREMENT MCHAN_CMD_INC_MASK       ///< the external address counts up
#define DMA_2D_EXTERNAL MCHAN_CMD_2D_EXT_MASK  ///< two more words: bytes a line, from line to line
#define DMA_EVENT MCHAN_CMD_ELE_MASK           ///< event line 8 of the issuing core at the end
#define DMA_2D_TCDM MCHAN_CMD_2D_TCDM_MASK  ///< two more words, behind those of the external side

typedef uint32_t DmaTransfer;  ///< id of a transfer in flight

/// One side of a 2D transfer: lines of `line_bytes`, their starts `stride_bytes` apart (not
/// negative). line_bytes = 0: the side is contiguous.
struct DmaShape {
    uint32_t line_bytes;
    uint32_t stride_bytes;
};

static inline void dma_push(uint32_t word) { io_write(DMA + DMA_COMMAND, word); }

/// Starts one transfer; `direction` is DMA_TO_TCDM or DMA_TO_EXTERNAL. 1 <= bytes <= DMA_MAX_BYTES.
static inline DmaTransfer dma_start_2d(uint32_t direction, const volatile void* tcdm,
                                       struct DmaShape tcdm_shape, const volatile void* external,
                                       struct DmaShape external_shape, size_t bytes) {
    const uint32_t shapes = (external_shape.line_bytes != 0 ? DMA_2D_EXTERNAL : 0) |
                            (tcdm_shape.line_bytes != 0 ? DMA_2D_TCDM : 0);
    compiler_fence();
    const DmaTransfer id = io_read(DMA + DMA_COMMAND);
    dma_push(bytes | direction | DMA_INCREMENT | DMA_EVENT | shapes);
    dma_push((uint32_t)tcdm);
    dma_push((uint32_t)external);
    if (external_shape.line_bytes != 0) {
        dma_push(external_shape.line_bytes);
        dma_push(external_shape.stride_bytes);
    }
    if (tcdm_shape.line_bytes != 0) {
        dma_push(tcdm_shape.line_bytes);
        dma_push(tcdm_shape.stride_bytes);
    }
    return id;
}

/// Starts copying `bytes` from `external` into the TCDM.
static inline DmaTransfer dma_start_in(volatile void* tcdm, const volatile void* external,
                                       size_t bytes) {
    const struct DmaShape flat = {0, 0};
    return dma_start_2d(DMA_TO_TCDM, tcdm, flat, external, flat, bytes);
}

/// Starts copying `bytes` from the TCDM to `external`.
static inline DmaTransfer dma_start_out(volatile void* external, const volatile void* tcdm,
                                        size_t bytes) {
    const struct DmaShape flat = {0, 0};
    return dma_start_2d(DMA_TO_EXTERNAL, tcdm, flat, external, flat, bytes);
}

/// Whether the transfer has ended. It keeps its id.
static inline bool dma_is_complete(DmaTransfer id) {
    return (io_read(DMA + DMA_STATUS) & (1u << id)) == 0;
}

/// Sleeps until the transfer is complete, and gives its id back.
static inline void dma_wait(DmaTransfer id) {
    while (!dma_is_complete(id)) {
        event_wait(1u << EVENT_LINE_DMA);
    }
    io_write(DMA + DMA_STATUS, 1u << id);
    compiler_fence();
}

#endif
