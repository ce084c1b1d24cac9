// SPDX-License-Identifier: Apache-2.0
// Containers and searches: lists, rings, tables, trees, heaps, sets, graphs, tables of sums,
// backtracking.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline)) static

static uint32_t state = 7;
static uint32_t draw(void) {
    return state ^= state << 13, state ^= state >> 17, state ^= state << 5;
}

struct Item {
    struct Item* next;
    int value;
};
static struct Item pool[128];
static struct Item* merge_sort(struct Item* list) {
    if (!list || !list->next)
        return list;
    struct Item *slow = list, *fast = list->next;
    while (fast && fast->next)
        slow = slow->next, fast = fast->next->next;
    struct Item *b = merge_sort(slow->next), *head = NULL, **tail = &head;
    slow->next = NULL;
    for (struct Item* a = merge_sort(list); a || b; tail = &(*tail)->next) {
        struct Item** const from = !b || (a && a->value <= b->value) ? &a : &b;
        *tail = *from;
        *from = (*from)->next;
    }
    return head;
}
APART int lists(void) {
    struct Item* list = NULL;
    for (int i = 0; i < 128; ++i) {
        pool[i] = (struct Item){list, (int)(draw() % 1000)};
        list = &pool[i];
    }
    list = merge_sort(list);
    struct Item* turned = NULL;
    while (list) {
        struct Item* const next = list->next;
        list->next = turned, turned = list, list = next;
    }
    int sum = 0, position = 1;
    for (struct Item* p = turned; p; p = p->next) {
        sum += p->value * position++;
        if (p->next && p->next->value > p->value)
            return -1;
    }
    return sum;
}
struct Ring {
    volatile uint16_t in, out;
    int16_t data[16];
};
APART unsigned rings(void) {
    struct Ring r = {0};
    unsigned sum = 0, lost = 0;
    for (int i = 0; i < 300; ++i) {
        if (draw() & 1) {
            if ((uint16_t)(r.in - r.out) == 16)
                ++lost;
            else
                r.data[r.in++ & 15] = (int16_t)i;
        } else if (r.in != r.out) {
            sum = sum * 3 + (unsigned)r.data[r.out++ & 15];
        }
    }
    return sum ^ lost;
}
static struct {
    uint32_t key;
    int value;
    uint8_t state;
} slots[256];
static int* find(uint32_t key, int makes) {
    uint32_t i = key * 2654435761u >> 24;
    int grave = -1;
    for (; slots[i].state; i = (i + 1) & 255) {
        if (slots[i].state == 1 && slots[i].key == key)
            return &slots[i].value;
        if (slots[i].state == 2 && grave < 0)
            grave = (int)i;
    }
    if (!makes)
        return NULL;
    if (grave >= 0)
        i = (uint32_t)grave;
    slots[i].key = key, slots[i].state = 1, slots[i].value = 0;
    return &slots[i].value;
}
APART int tables(void) {
    int sum = 0;
    for (int i = 0; i < 600; ++i) {
        const uint32_t key = draw() % 150;
        int* const place = find(key, i % 3 != 2);
        if (!place)
            continue;
        if (i % 7 == 3)
            slots[(size_t)((char*)place - (char*)&slots[0].value) / sizeof *slots].state = 2;
        else
            *place += i;
    }
    for (unsigned i = 0; i < 256; ++i)
        if (slots[i].state == 1)
            sum += slots[i].value ^ (int)slots[i].key;
    return sum;
}
struct Tree {
    struct Tree *left, *right;
    int key, height;
};
static int height(const struct Tree* t) { return t ? t->height : 0; }
static struct Tree* update(struct Tree* t) {
    t->height = 1 + (height(t->left) > height(t->right) ? height(t->left) : height(t->right));
    return t;
}
static struct Tree* turn(struct Tree* t, int to_right) {
    struct Tree* const up = to_right ? t->left : t->right;
    if (to_right)
        t->left = up->right, up->right = t;
    else
        t->right = up->left, up->left = t;
    update(t);
    return update(up);
}
static struct Tree* balance(struct Tree* t) {
    const int lean = height(t->left) - height(t->right);
    if (lean > 1) {
        if (height(t->left->left) < height(t->left->right))
            t->left = turn(t->left, 0);
        return turn(t, 1);
    }
    if (lean < -1) {
        if (height(t->right->right) < height(t->right->left))
            t->right = turn(t->right, 1);
        return turn(t, 0);
    }
    return update(t);
}
static struct Tree* insert(struct Tree* t, int key) {
    if (!t) {
        t = malloc(sizeof *t);
        *t = (struct Tree){NULL, NULL, key, 1};
        return t;
    }
    if (key == t->key)
        return t;
    if (key < t->key)
        t->left = insert(t->left, key);
    else
        t->right = insert(t->right, key);
    return balance(t);
}
static struct Tree* erase(struct Tree* t, int key) {
    if (!t)
        return NULL;
    if (key != t->key) {
        if (key < t->key)
            t->left = erase(t->left, key);
        else
            t->right = erase(t->right, key);
        return balance(t);
    }
    if (!t->left || !t->right) {
        struct Tree* const rest = t->left ? t->left : t->right;
        free(t);
        return rest;
    }
    const struct Tree* next = t->right;
    while (next->left)
        next = next->left;
    t->key = next->key;
    t->right = erase(t->right, next->key);
    return balance(t);
}
static int walk(const struct Tree* t, int (*visit)(int, int), int value) {
    return t ? walk(t->right, visit, visit(walk(t->left, visit, value), t->key)) : value;
}
static int mix(int a, int b) { return (int)((unsigned)a * 31u + (unsigned)b); }
APART int trees(void) {
    struct Tree* t = NULL;
    for (int i = 0; i < 200; ++i)
        t = insert(t, (int)(draw() % 500));
    for (int i = 0; i < 100; ++i)
        t = erase(t, (int)(draw() % 500));
    const int result = walk(t, mix, height(t));
    while (t)
        t = erase(t, t->key);
    return result;
}
enum { kNodes = 24 };
static uint8_t weight[kNodes][kNodes];
APART unsigned shortest(void) {
    uint16_t cost[kNodes];
    uint8_t done[kNodes] = {0};
    for (int i = 0; i < kNodes; ++i)
        for (int j = 0; j < kNodes; ++j)
            weight[i][j] = draw() % 4 == 0 ? (uint8_t)(1 + draw() % 60) : 0;
    memset(cost, 0xFF, sizeof cost);
    cost[0] = 0;
    for (;;) {
        int best = -1;
        for (int i = 0; i < kNodes; ++i)
            if (!done[i] && cost[i] != 0xFFFF && (best < 0 || cost[i] < cost[best]))
                best = i;
        if (best < 0)
            break;
        done[best] = 1;
        for (int i = 0; i < kNodes; ++i)
            if (weight[best][i] && cost[best] + weight[best][i] < cost[i])
                cost[i] = (uint16_t)(cost[best] + weight[best][i]);
    }
    static uint16_t all[kNodes][kNodes];
    for (int i = 0; i < kNodes; ++i)
        for (int j = 0; j < kNodes; ++j)
            all[i][j] = i == j ? 0 : weight[i][j] ? weight[i][j] : 20000;
    for (int k = 0; k < kNodes; ++k)
        for (int i = 0; i < kNodes; ++i)
            for (int j = 0; j < kNodes; ++j)
                if (all[i][k] + all[k][j] < all[i][j])
                    all[i][j] = (uint16_t)(all[i][k] + all[k][j]);
    unsigned sum = 0;
    for (unsigned i = 0; i < kNodes; ++i) {
        if (all[0][i] != (cost[i] == 0xFFFF ? 20000 : cost[i]))
            return i;
        sum = sum * 7 + cost[i];
    }
    return sum;
}
static uint8_t parent[64];
static uint8_t root_of(uint8_t x) {
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}
APART int spanning(void) {
    int groups = 64;
    for (int i = 0; i < 64; ++i)
        parent[i] = (uint8_t)i;
    for (int i = 0; i < 70; ++i) {
        const uint8_t a = root_of(draw() & 63), b = root_of(draw() & 63);
        if (a != b)
            parent[a] = b, --groups;
    }
    return groups;
}
APART int knapsack(void) {
    uint16_t best[201] = {0};
    for (int i = 0; i < 20; ++i) {
        const int size = 5 + (int)(draw() % 40);
        const uint16_t value = (uint16_t)(draw() % 100);
        for (int w = 200; w >= size; --w)
            if (best[w - size] + value > best[w])
                best[w] = (uint16_t)(best[w - size] + value);
    }
    return best[200];
}
APART int common(const char* a, const char* b) {
    uint8_t table[24][24] = {{0}};
    const int n = (int)strlen(a), m = (int)strlen(b);
    for (int i = 1; i <= n; ++i)
        for (int j = 1; j <= m; ++j)
            table[i][j] = a[i - 1] == b[j - 1]                ? (uint8_t)(table[i - 1][j - 1] + 1)
                          : table[i - 1][j] > table[i][j - 1] ? table[i - 1][j]
                                                              : table[i][j - 1];
    return table[n][m];
}
static int queens(unsigned columns, unsigned left, unsigned right, unsigned all) {
    if (columns == all)
        return 1;
    int found = 0;
    for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
        const unsigned bit = free & -free;
        found += queens(columns | bit, (left | bit) << 1, (right | bit) >> 1, all);
    }
    return found;
}
static void hanoi(int n, int from, int to, unsigned* moves) {
    if (n == 0)
        return;
    hanoi(n - 1, from, 6 - from - to, moves);
    *moves = *moves * 5 + (unsigned)(from * 4 + to);
    hanoi(n - 1, 6 - from - to, to, moves);
}
APART unsigned permutations(int n) {
    int a[8], c[8] = {0}, i = 0;
    unsigned sum = 0;
    for (int k = 0; k < n; ++k)
        a[k] = k;
    while (i < n) {
        if (c[i] < i) {
            const int j = i & 1 ? c[i] : 0, t = a[j];
            a[j] = a[i], a[i] = t;
            sum = sum * 3 + (unsigned)(a[0] - a[n - 1]);
            ++c[i], i = 0;
        } else {
            c[i++] = 0;
        }
    }
    return sum;
}
APART int life(void) {
    static uint8_t cells[2][18][18];
    memset(cells, 0, sizeof cells);
    for (int i = 1; i < 17; ++i)
        for (int j = 1; j < 17; ++j)
            cells[0][i][j] = draw() & 1;
    for (int t = 0; t < 10; ++t)
        for (int i = 1; i < 17; ++i)
            for (int j = 1; j < 17; ++j) {
                int n = -cells[t & 1][i][j];
                for (int y = i - 1; y <= i + 1; ++y)
                    for (int x = j - 1; x <= j + 1; ++x)
                        n += cells[t & 1][y][x];
                cells[~t & 1][i][j] = n == 3 || (n == 2 && cells[t & 1][i][j]);
            }
    int alive = 0;
    for (int i = 0; i < 18; ++i)
        for (int j = 0; j < 18; ++j)
            alive += cells[0][i][j] * (i + j);
    return alive;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    printf("lists %d rings %u\n", lists(), rings());
    printf("tables %d trees %d\n", tables(), trees());
    printf("shortest %u spanning %d\n", shortest(), spanning());
    printf("knapsack %d common %d\n", knapsack(),
           common("the longest common one", "a common long lost ton"));
    unsigned moves = 1;
    hanoi(6, 1, 3, &moves);
    printf("queens %d hanoi %u permutations %u life %d\n", queens(0, 0, 0, 63), moves,
           permutations(5), life());
    return 0;
}
