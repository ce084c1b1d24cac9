// SPDX-License-Identifier: Apache-2.0
// A convolution whose pixels are no whole bytes: the library says so and ends the run.
#include "conv2d.h"
#include "flexv/flexv.h"

int main(void) {
    const struct Conv2d conv = {.precision = {4, 4, 4, false, false},
                                .height = 4,
                                .width = 4,
                                .input_channels = 3,
                                .output_channels = 4,
                                .kernel_height = 1,
                                .kernel_width = 1,
                                .stride_y = 1,
                                .stride_x = 1};
    conv2d(&conv, core_id(), core_count());
    return 0;
}
