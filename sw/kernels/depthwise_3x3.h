// SPDX-License-Identifier: Apache-2.0
// What the driver of 3 x 3 depthwise convolutions (depthwise_3x3.c) hands to the kernels in
// assembly: some lines of the output of four channels.
// Also read by the assembler, which takes the offsets only.
#ifndef FLEXV_DEPTHWISE_3X3_H
#define FLEXV_DEPTHWISE_3X3_H

// Offsets in struct QuadLines.
#define QUAD_INPUT 0
#define QUAD_OUTPUT 4
#define QUAD_WEIGHTS 8
#define QUAD_WEIGHT_PITCH 12
#define QUAD_SCALES 16
#define QUAD_PAIRS 20
#define QUAD_OUTPUT_STEP 24
#define QUAD_OUTPUT_SKIP 28
#define QUAD_INPUT_SKIP 32
#define QUAD_SHIFT 36
#define QUAD_LOW 40
#define QUAD_HIGH 44
#define QUAD_ROUNDS 48
#define QUAD_FLAGS 52
#define QUAD_RUNS 56
#define QUAD_RUN 60

// Offsets in struct LineRun.
#define RUN_OFFSET 0
#define RUN_DOWN 4
#define RUN_NEXT 12
#define RUN_MASK 16
#define RUN_LINES 20
#define RUN_BYTES 24

// Bits of QuadLines.flags.
#define FLAG_ODD 1                // an odd number of steps; of interest for stride 1
#define FLAG_PAD_RIGHT 2          // the last window reaches one column beyond the input
#define FLAG_PAD_LEFT 0x80000000  // and the first one a column before it; the sign

#ifndef __ASSEMBLER__
#include "depthwise.h"

/// Lines whose windows have the same rows inside the input.
struct LineRun {
    uint32_t offset;   ///< of the first column that is read, in the uppermost row inside
    uint32_t down[2];  ///< bytes from row to row; 0 where one of the two is outside
    uint32_t next;     ///< bytes from the last row to the first one of the next column
    uint32_t mask;     ///< byte r: all ones if row r is inside
    uint32_t lines;
};

/// With windows that reach two lines beyond the input there are five kinds of lines.
enum { kMaxRuns = 5 };

/// The same lines of some pairs of channels. Where a byte holds two pairs, of an even number.
struct QuadLines {
    const uint8_t* input;    ///< line 0
    uint8_t* output;         ///< of the first line
    const uint8_t* weights;  ///< 3 x 3 bytes a channel
    uint32_t weight_pitch;   ///< bytes from channel to channel
    const struct ChannelScale* scales;
    uint32_t pairs;
    uint32_t output_step;              ///< bytes from pixel to pixel
    uint32_t output_skip, input_skip;  ///< bytes from the end of a line to the next one
    uint32_t shift;                    ///< of 8-bit outputs, behind the free shift by 16
    int32_t low, high;
    uint32_t rounds, flags;  ///< of the loop over a line's outputs
    uint32_t run_count;
    struct LineRun runs[kMaxRuns];
};

/// Computes all lines of all runs. In legacy SIMD mode.
typedef void QuadKernel(const struct QuadLines* lines);

/// Whether depthwise_3x3() can compute a layer that is padded by zeros: one stride of 1 or 2, at
/// most one column of padding at each side, and wide enough.
bool is_depthwise_3x3(const struct Window* window);

/// Computes the share of `worker`.
void depthwise_3x3(const struct Depthwise* layer, uint32_t worker, uint32_t workers);

#endif
#endif
