// SPDX-License-Identifier: Apache-2.0
// What the driver of depthwise convolutions (depthwise.c) hands to the kernel in assembly: some
// lines of the output of one channel, whose inputs lie row by row as bytes.
// Also read by the assembler, which takes the offsets only.
#ifndef FLEXV_DEPTHWISE_LINES_H
#define FLEXV_DEPTHWISE_LINES_H

// Offsets in struct ChannelLines.
#define LINES_INPUT 0
#define LINES_OUTPUT 4
#define LINES_WEIGHTS 8
#define LINES_STEP 12
#define LINES_NEXT 20
#define LINES_PAIRS 24
#define LINES_OUTPUTS 28
#define LINES_COUNT 32
#define LINES_INPUT_SKIP 36
#define LINES_OUTPUT_SKIP 40
#define LINES_OUTPUT_STEP 44
#define LINES_BIAS 48
#define LINES_FACTOR 52
#define LINES_SHIFT 56
#define LINES_LOW 60
#define LINES_HIGH 64

/// Pairs of words of weights that the kernel holds in registers.
#define LINES_MAX_PAIRS 7

#ifndef __ASSEMBLER__
#include <stdint.h>

struct ChannelLines {
    const uint8_t* input;     ///< of the first window
    uint8_t* output;          ///< bytes
    const uint32_t* weights;  ///< four taps of a row of the kernel each, in pairs
    uint32_t step[2];         ///< bytes from the input of a pair's word to that of the next word
    uint32_t next;            ///< from behind the last word to the next window
    uint32_t pairs;           ///< of words, 1 .. LINES_MAX_PAIRS
    uint32_t outputs, count;  ///< of a line; lines
    uint32_t input_skip, output_skip;  ///< from the end of a line to the next one
    uint32_t output_step;
    int32_t bias, factor;
    uint32_t shift;
    int32_t low, high;
};

/// In legacy SIMD mode; inputs are bytes with or without sign.
void depthwise_lines_u8(const struct ChannelLines* lines);
void depthwise_lines_s8(const struct ChannelLines* lines);

#endif
#endif
