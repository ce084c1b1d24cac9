// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: a matrix product, an insertion sort and a bitwise CRC on data that
// each core has for itself in the TCDM: calls, nested loops, branches that depend on data.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kRounds = 40, kSide = 12, kItems = kSide * kSide, kMaxCores = 16 };

FLEXV_REGION(1, "mixed");

struct Data {
    int32_t a[kItems];
    int32_t b[kItems];
    int32_t product[kItems];
};

FLEXV_TCDM_BSS static struct Data all[kMaxCores];

static void multiply(struct Data* data) {
    for (int row = 0; row < kSide; ++row) {
        for (int column = 0; column < kSide; ++column) {
            int32_t sum = 0;
            for (int k = 0; k < kSide; ++k) {
                sum += data->a[row * kSide + k] * data->b[k * kSide + column];
            }
            data->product[row * kSide + column] = sum;
        }
    }
}

static void sort(int32_t* items, int count) {
    for (int i = 1; i < count; ++i) {
        const int32_t item = items[i];
        int to = i;
        for (; to > 0 && items[to - 1] > item; --to) {
            items[to] = items[to - 1];
        }
        items[to] = item;
    }
}

static uint32_t crc(const int32_t* items, int count, uint32_t remainder) {
    for (int i = 0; i < count; ++i) {
        remainder ^= (uint32_t)items[i];
        for (int bit = 0; bit < 32; ++bit) {
            remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB88320 : 0);
        }
    }
    return remainder;
}

int main(void) {
    struct Data* const data = &all[core_id()];
    uint32_t state = 1 + core_id();
    uint32_t result = 0;
    FLEXV_REGION_BEGIN(1);
    for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kItems; ++i) {
            state = state * 1664525 + 1013904223;
            data->a[i] = (int32_t)(state >> 20);
            data->b[i] = (int32_t)(state >> 12 & 0xFF);
        }
        multiply(data);
        sort(data->product, kItems);
        result = crc(data->product, kItems, result);
    }
    FLEXV_REGION_END(1);
    if (core_id() == 0) {
        printf("bench_mixed: result %08x\n", (unsigned)result);
    }
    return 0;
}
