// SPDX-License-Identifier: Apache-2.0
// Integer code of control systems, on one core: a mixture like CoreMark's (lists, small matrices, a
// state machine, a CRC), heap sort, CRC-32 by table, AES-128.
#include "bench.h"

// ---- Like CoreMark: linked list, matrix, scanner, CRC-16 ----------------------------------------

struct Node {
    struct Node* next;
    int16_t key;
    int16_t value;
};

enum { kNodes = 64, kSize = 12, kText = 512 };

static uint16_t crc16(uint16_t crc, uint32_t word) {
    for (int i = 0; i < 32; ++i) {
        const uint32_t bit = (crc ^ word) & 1u;
        crc = (uint16_t)(crc >> 1);
        if (bit != 0) {
            crc ^= 0xA001;
        }
        word >>= 1;
    }
    return crc;
}

static struct Node* make_list(struct Node* nodes, const uint32_t* numbers) {
    for (int i = 0; i < kNodes; ++i) {
        nodes[i] =
            (struct Node){i + 1 < kNodes ? &nodes[i + 1] : 0, (int16_t)numbers[i], (int16_t)i};
    }
    return nodes;
}

static struct Node* reversed(struct Node* list) {
    struct Node* result = 0;
    while (list != 0) {
        struct Node* const next = list->next;
        list->next = result;
        result = list;
        list = next;
    }
    return result;
}

static struct Node* sorted(struct Node* list) {
    struct Node* result = 0;
    while (list != 0) {
        struct Node* const next = list->next;
        struct Node** place = &result;
        while (*place != 0 && (*place)->key < list->key) {
            place = &(*place)->next;
        }
        list->next = *place;
        *place = list;
        list = next;
    }
    return result;
}

static uint32_t list_work(uint32_t* numbers) {
    struct Node* const nodes = (struct Node*)(numbers + kNodes);
    struct Node* list = sorted(reversed(make_list(nodes, numbers)));
    uint32_t sum = 0;
    while (list != 0) {
        struct Node* const next = list->next;
        sum = sum * 3u + (uint32_t)(list->value ^ list->key);
        list->next = 0;  // no address stays in the arena
        list = next;
    }
    return sum;
}

static uint32_t matrix_work(const int16_t* a, const int16_t* b, int32_t* c) {
    for (int i = 0; i < kSize; ++i) {
        for (int j = 0; j < kSize; ++j) {
            uint32_t sum = 0;
            for (int k = 0; k < kSize; ++k) {
                sum += (uint32_t)(a[i * kSize + k] * b[k * kSize + j]);
            }
            c[i * kSize + j] = (int32_t)sum;
        }
    }
    uint32_t sum = 0;
    for (int i = 0; i < kSize * kSize; ++i) {
        sum += (uint32_t)((c[i] >> 2) & 0xF) * (uint32_t)((c[i] >> 5) & 0x7F);
    }
    return sum;
}

enum State { kStart, kNumber, kFraction, kWord, kError, kStates };

static enum State step(enum State state, uint8_t letter) {
    const int is_digit = letter >= '0' && letter <= '9';
    switch (state) {
        case kStart:
            return is_digit ? kNumber : letter >= 'a' ? kWord : letter == ' ' ? kStart : kError;
        case kNumber:
            return is_digit ? kNumber : letter == '.' ? kFraction : letter == ' ' ? kStart : kError;
        case kFraction:
            return is_digit ? kFraction : letter == ' ' ? kStart : kError;
        case kWord:
            return letter >= 'a' ? kWord : letter == ' ' ? kStart : kError;
        default:
            return letter == ' ' ? kStart : kError;
    }
}

static uint32_t scanner_work(const uint8_t* text) {
    uint32_t counts[kStates] = {0};
    enum State state = kStart;
    for (int i = 0; i < kText; ++i) {
        state = step(state, (uint8_t)(32 + (text[i] & 95)));
        ++counts[state];
    }
    return counts[0] + counts[1] * 7 + counts[2] * 31 + counts[3] * 101 + counts[4] * 1009;
}

static void mixture(uint32_t core, uint32_t cores) {
    uint16_t crc = 0xFFFF;
    (void)core, (void)cores;
    for (int round = 0; round < 4; ++round) {
        crc = crc16(crc, list_work(arena));
        crc = crc16(crc, matrix_work((const int16_t*)arena + 2048, (const int16_t*)arena + 2304,
                                     (int32_t*)arena + 2048));
        crc = crc16(crc, scanner_work((const uint8_t*)(arena + 1024)));
        for (int i = 0; i < 16; ++i) {
            crc = crc16(crc, arena[2048 + i]);
        }
        arena[0] ^= crc;
    }
}

// ---- Sort
// -----------------------------------------------------------------------------------------

enum { kSorted = 256 };

static void sift(int32_t* heap, int root, int count) {
    while (2 * root + 1 < count) {
        int child = 2 * root + 1;
        child += child + 1 < count && heap[child] < heap[child + 1];
        if (heap[root] >= heap[child]) {
            return;
        }
        const int32_t swapped = heap[root];
        heap[root] = heap[child];
        heap[child] = swapped;
        root = child;
    }
}

static void heap_sort(uint32_t core, uint32_t cores) {
    int32_t* const heap = (int32_t*)arena;
    (void)core, (void)cores;
    for (int i = kSorted / 2; i-- > 0;) {
        sift(heap, i, kSorted);
    }
    for (int count = kSorted; count-- > 1;) {
        const int32_t largest = heap[0];
        heap[0] = heap[count];
        heap[count] = largest;
        sift(heap, 0, count);
    }
}

// ---- CRC-32
// ---------------------------------------------------------------------------------------

static void crc32(uint32_t core, uint32_t cores) {
    uint32_t* const table = arena;
    const uint8_t* const data = (const uint8_t*)(arena + 256);
    uint32_t crc = 0xFFFFFFFF;
    (void)core, (void)cores;
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1u) != 0 ? value >> 1 ^ 0xEDB88320u : value >> 1;
        }
        table[i] = value;
    }
    for (int i = 0; i < 2048; ++i) {
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 255u];
    }
    arena[256] = crc;
}

// ---- AES-128
// --------------------------------------------------------------------------------------

enum { kRounds = 10, kBlocks = 8 };

static uint8_t twice(uint8_t x) { return (uint8_t)(x << 1 ^ ((x >> 7) * 0x1B)); }

static uint8_t times(uint8_t x, uint8_t y) {
    uint8_t product = 0;
    for (; y != 0; y = (uint8_t)(y >> 1)) {
        product ^= (y & 1) != 0 ? x : 0;
        x = twice(x);
    }
    return product;
}

static void make_box(uint8_t* box) {
    for (int x = 0; x < 256; ++x) {
        uint8_t inverse = 1;  // x to the power of 254
        uint8_t power = (uint8_t)x;
        for (int bit = 1; bit < 8; ++bit) {
            power = times(power, power);
            inverse = times(inverse, power);
        }
        const uint32_t word = inverse * 0x0101u;
        box[x] = (uint8_t)(0x63 ^ inverse ^ word >> 4 ^ word >> 5 ^ word >> 6 ^ word >> 7);
    }
}

static void expand_key(const uint8_t* box, uint8_t* keys) {
    uint8_t constant = 1;
    for (int i = 16; i < 16 * (kRounds + 1); i += 4) {
        uint8_t word[4] = {keys[i - 4], keys[i - 3], keys[i - 2], keys[i - 1]};
        if (i % 16 == 0) {
            const uint8_t first = word[0];
            word[0] = box[word[1]] ^ constant;
            word[1] = box[word[2]];
            word[2] = box[word[3]];
            word[3] = box[first];
            constant = twice(constant);
        }
        for (int j = 0; j < 4; ++j) {
            keys[i + j] = keys[i + j - 16] ^ word[j];
        }
    }
}

static void mix_column(uint8_t* c) {
    const uint8_t all = c[0] ^ c[1] ^ c[2] ^ c[3];
    const uint8_t first = c[0];
    for (int i = 0; i < 4; ++i) {
        const uint8_t next = i < 3 ? c[i + 1] : first;
        c[i] ^= all ^ twice(c[i] ^ next);
    }
}

static void encrypt(const uint8_t* box, const uint8_t* keys, uint8_t* block) {
    for (int i = 0; i < 16; ++i) {
        block[i] ^= keys[i];
    }
    for (int round = 1; round <= kRounds; ++round) {
        uint8_t moved[16];
        for (int i = 0; i < 16; ++i) {
            moved[i] = box[block[(i + 4 * (i & 3)) & 15]];
        }
        for (int column = 0; round < kRounds && column < 4; ++column) {
            mix_column(moved + 4 * column);
        }
        for (int i = 0; i < 16; ++i) {
            block[i] = moved[i] ^ keys[16 * round + i];
        }
    }
}

static void aes(uint32_t core, uint32_t cores) {
    uint8_t* const box = (uint8_t*)arena;
    uint8_t* const keys = box + 256;
    (void)core, (void)cores;
    make_box(box);
    expand_key(box, keys);
    for (int block = 0; block < kBlocks; ++block) {
        encrypt(box, keys, box + 1024 + 16 * block);
    }
}

const struct Benchmark integer_benchmarks[] = {{"integer_mixture", mixture, 0, 0},
                                               {"heap_sort", heap_sort, 0, 0},
                                               {"crc32", crc32, 0, 0},
                                               {"aes128", aes, 0, 0},
                                               {0, 0, 0, 0}};
