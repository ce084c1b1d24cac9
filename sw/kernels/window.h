// SPDX-License-Identifier: Apache-2.0
// Windows over a tensor [height][width][channels], for depthwise convolution and pooling.
#ifndef FLEXV_WINDOW_H
#define FLEXV_WINDOW_H

#include <stdint.h>

/// Shape of a layer that computes each channel from the same channel of a window.
struct Window {
    uint32_t height, width, channels;  ///< of the input; channels a multiple of 4
    uint32_t kernel_height, kernel_width, stride_y, stride_x;
    uint32_t pad_top, pad_left, pad_bottom, pad_right;
};

static inline uint32_t window_output_height(const struct Window* w) {
    return (w->height + w->pad_top + w->pad_bottom - w->kernel_height) / w->stride_y + 1;
}
static inline uint32_t window_output_width(const struct Window* w) {
    return (w->width + w->pad_left + w->pad_right - w->kernel_width) / w->stride_x + 1;
}

/// The part of a window that lies inside the input: rows and columns first .. end - 1 of the
/// kernel.
struct Inside {
    int32_t y, x;  ///< input position of the window's corner
    uint32_t first_y, end_y, first_x, end_x;
};

static inline uint32_t window_first(int32_t corner) { return corner < 0 ? (uint32_t)-corner : 0; }
static inline uint32_t window_end(int32_t corner, uint32_t kernel, uint32_t size) {
    const int32_t left = (int32_t)size - corner;
    return left < (int32_t)kernel ? (uint32_t)(left < 0 ? 0 : left) : kernel;
}

static inline struct Inside window_inside(const struct Window* w, uint32_t output_y,
                                          uint32_t output_x) {
    const int32_t y = (int32_t)(output_y * w->stride_y) - (int32_t)w->pad_top;
    const int32_t x = (int32_t)(output_x * w->stride_x) - (int32_t)w->pad_left;
    return (struct Inside){y,
                           x,
                           window_first(y),
                           window_end(y, w->kernel_height, w->height),
                           window_first(x),
                           window_end(x, w->kernel_width, w->width)};
}

#endif
