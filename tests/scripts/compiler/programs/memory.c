// SPDX-License-Identifier: Apache-2.0
// Arrays of variable length, alloca, overlapping copies, strings, the heap.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t bytes[200];
static int16_t halves[200];
static int32_t words[200];

static unsigned hash(const void* from, unsigned length) {
    const uint8_t* p = from;
    unsigned h = 2166136261u;
    while (length-- > 0) {
        h = (h ^ *p++) * 16777619u;
    }
    return h;
}
__attribute__((noinline)) static void forward(uint8_t* a, int n, int by) {
    for (int i = 0; i < n; ++i) {
        a[i + by] = a[i];
    }
}
__attribute__((noinline)) static void backward(int16_t* a, int n, int by) {
    for (int i = n - 1; i >= 0; --i) {
        a[i + by] = a[i];
    }
}
__attribute__((noinline)) static void smooth(int16_t* to, const int16_t* from, int n) {
    for (int i = 0; i < n; ++i) {
        to[i] = (int16_t)((from[i] + from[i + 1] * 2 + from[i + 2]) >> 2);
    }
}
__attribute__((noinline)) static int table(int rows, int columns, int values[rows][columns]) {
    unsigned s = 0;
    for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
            s = s * 3 + (unsigned)values[i][j];
        }
    }
    return (int)s;
}
__attribute__((noinline)) static int variable(int n) {
    int s = 0;
    for (int k = 1; k < n; ++k) {
        int values[k];
        uint8_t narrow[n - k];
        for (int i = 0; i < k; ++i) {
            values[i] = i * k;
        }
        for (int i = 0; i < n - k; ++i) {
            narrow[i] = (uint8_t)(values[i % k] + i);
        }
        for (int i = 0; i < n - k; ++i) {
            s += narrow[i] * (int)sizeof values;
        }
    }
    return s;
}
__attribute__((noinline)) static int on_the_stack(int n) {
    uint8_t* last = NULL;
    int s = 0;
    for (int k = 1; k < n; ++k) {
        uint8_t* here = __builtin_alloca((size_t)k);
        memset(here, k, (size_t)k);
        for (int i = 0; last != NULL && i < k - 1; ++i) {
            s += here[i] * last[i];
        }
        last = here;
    }
    return s;
}
struct Node {
    int key;
    struct Node* left;
    struct Node* right;
};
static struct Node* insert(struct Node* tree, int key) {
    if (tree == NULL) {
        struct Node* node = calloc(1, sizeof *node);
        node->key = key;
        return node;
    }
    struct Node** side = key < tree->key ? &tree->left : &tree->right;
    *side = insert(*side, key);
    return tree;
}
static int depth(const struct Node* tree) {
    const int l = tree == NULL ? 0 : depth(tree->left), r = tree == NULL ? 0 : depth(tree->right);
    return tree == NULL ? 0 : 1 + (l > r ? l : r);
}
static int release(struct Node* tree) {
    const int sum = tree == NULL ? 0 : release(tree->left) * 2 + release(tree->right) + tree->key;
    free(tree);
    return sum;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 200; ++i) {
        bytes[i] = (uint8_t)(i * 151);
        halves[i] = (int16_t)(i * 12345);
        words[i] = (int32_t)((uint32_t)i * 987654321u);
    }
    for (int by = 1; by < 6; ++by) {
        forward(bytes + by, 90, by);
        backward(halves, 90, by);
        smooth(halves + 2 - by % 3, halves, 80);
        printf("%08x %08x\n", hash(bytes, sizeof bytes), hash(halves, sizeof halves));
    }
    memmove(words + 3, words, 150 * sizeof words[0]);
    memmove(bytes, bytes + 5, 150);
    memcpy(words, halves + 1, 101);
    memset((char*)words + 401, 0x5a, 37);
    printf("%08x %08x %d\n", hash(words, sizeof words), hash(bytes, sizeof bytes),
           memcmp(bytes, bytes + 30, 30) < 0);
    printf("%d %d %d\n", table(10, 20, (int(*)[20])words), table(20, 10, (int(*)[10])words),
           table(0, 5, (int(*)[5])words));
    printf("%d %d\n", variable(20), on_the_stack(25));
    char text[80] = "loops";
    strcat(text, " and ");
    strncat(text, "lanes, words", 5);
    char* word = strstr(text, "and");
    printf("%s %d %d %s\n", text, (int)strlen(text), (int)(word - text), strrchr(text, 'l'));
    struct Node* tree = NULL;
    for (int i = 0; i < 60; ++i) {
        tree = insert(tree, i * 37 % 61);
    }
    printf("%d", depth(tree));
    printf(" %d\n", release(tree));
    uint16_t* grown = NULL;
    unsigned sum = 0;
    for (unsigned n = 1; n < 200; n *= 3) {
        grown = realloc(grown, n * sizeof *grown);
        for (unsigned i = n / 3; i < n; ++i) {
            grown[i] = (uint16_t)(i * 257);
        }
        sum += hash(grown, n * 2);
    }
    free(grown);
    printf("%08x\n", sum);
    return 0;
}
