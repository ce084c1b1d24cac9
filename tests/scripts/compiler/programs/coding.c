// SPDX-License-Identifier: Apache-2.0
// Codes: Huffman, LZSS, runs, a range coder, ChaCha20, MD5, XTEA, Hamming, Reed-Solomon, Viterbi,
// Adler.
#include "flexv/flexv.h"

#include <stdio.h>
#include <string.h>

#define APART __attribute__((noinline)) static

static uint8_t text[512], packed[2048], again[600];

static uint32_t hash(const void* from, unsigned bytes) {
    const uint8_t* p = from;
    uint32_t h = 2166136261u;
    while (bytes--)
        h = (h ^ *p++) * 16777619u;
    return h;
}

// Huffman: a heap of nodes, codes by walking the tree, bits out and in.
struct Node {
    unsigned weight;
    short left, right;
};
static struct Node nodes[512];
static short heap[257];
static int heap_size;
static void push(short node) {
    int i = heap_size++;
    for (; i > 0 && nodes[heap[(i - 1) / 2]].weight > nodes[node].weight; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = node;
}
static short pop(void) {
    const short top = heap[0], last = heap[--heap_size];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= heap_size)
            break;
        if (child + 1 < heap_size && nodes[heap[child + 1]].weight < nodes[heap[child]].weight)
            ++child;
        if (nodes[heap[child]].weight >= nodes[last].weight)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}
static uint32_t codes[256];
static uint8_t lengths[256];
static void assign(int node, uint32_t code, uint8_t length) {
    if (node < 256) {
        codes[node] = code;
        lengths[node] = length ? length : 1;
        return;
    }
    assign(nodes[node].left, code << 1, (uint8_t)(length + 1));
    assign(nodes[node].right, code << 1 | 1, (uint8_t)(length + 1));
}
APART unsigned huffman(unsigned n) {
    memset(nodes, 0, sizeof nodes);
    heap_size = 0;
    for (unsigned i = 0; i < n; ++i)
        nodes[text[i]].weight++;
    for (short i = 0; i < 256; ++i)
        if (nodes[i].weight)
            push(i);
    short next = 256;
    while (heap_size > 1) {
        const short a = pop(), b = pop();
        nodes[next] = (struct Node){nodes[a].weight + nodes[b].weight, a, b};
        push(next++);
    }
    const short root = pop();
    assign(root, 0, 0);
    unsigned bit = 0;
    memset(packed, 0, sizeof packed);
    for (unsigned i = 0; i < n; ++i)
        for (int b = lengths[text[i]] - 1; b >= 0; --b, ++bit)
            packed[bit / 8] |= (uint8_t)((codes[text[i]] >> b & 1) << (bit % 8));
    unsigned at = 0;
    for (unsigned i = 0; i < n; ++i) {
        int node = root;
        do {
            node = packed[at / 8] >> (at % 8) & 1 ? nodes[node].right : nodes[node].left;
            ++at;
        } while (node >= 256);
        again[i] = (uint8_t)node;
    }
    return at == bit && memcmp(again, text, n) == 0 ? bit : 0;
}

APART unsigned lzss(const uint8_t* in, unsigned n, uint8_t* out) {
    unsigned o = 0;
    for (unsigned i = 0; i < n;) {
        const unsigned flags = o++;
        out[flags] = 0;
        for (int bit = 0; bit < 8 && i < n; ++bit) {
            unsigned best = 0, from = 0;
            for (unsigned j = i > 255 ? i - 255 : 0; j < i; ++j) {
                unsigned l = 0;
                while (l < 17 && i + l < n && in[j + l] == in[i + l])
                    ++l;
                if (l > best)
                    best = l, from = i - j;
            }
            if (best >= 3) {
                out[flags] |= (uint8_t)(1 << bit);
                out[o++] = (uint8_t)from, out[o++] = (uint8_t)best;
                i += best;
            } else {
                out[o++] = in[i++];
            }
        }
    }
    return o;
}
APART unsigned unlzss(const uint8_t* in, unsigned n, uint8_t* out) {
    unsigned o = 0;
    for (unsigned i = 0; i < n;) {
        const uint8_t flags = in[i++];
        for (int bit = 0; bit < 8 && i < n; ++bit) {
            if (flags >> bit & 1) {
                const unsigned from = in[i++];
                for (unsigned l = in [i++]; l > 0; --l, ++o)
                    out[o] = out[o - from];
            } else {
                out[o++] = in[i++];
            }
        }
    }
    return o;
}
APART unsigned runs(const uint8_t* in, unsigned n, uint8_t* out) {
    unsigned o = 0;
    for (unsigned i = 0; i < n;) {
        unsigned l = 1;
        while (l < 255 && i + l < n && in[i + l] == in[i])
            ++l;
        out[o++] = (uint8_t)l, out[o++] = in[i];
        i += l;
    }
    return o;
}
// An adaptive binary range coder, as LZMA has it.
APART unsigned range_code(const uint8_t* in, unsigned n, uint8_t* out) {
    uint16_t model[256];
    for (int i = 0; i < 256; ++i)
        model[i] = 1024;
    uint64_t low = 0;
    uint32_t range = 0xFFFFFFFFu;
    unsigned o = 0, cached = 1;
    uint8_t cache = 0;
    for (unsigned i = 0; i <= n; ++i) {
        unsigned node = 1;
        for (int b = 7; b >= 0; --b) {
            if (i < n) {
                const uint32_t bound = (range >> 11) * model[node];
                const int bit = in[i] >> b & 1;
                if (bit == 0) {
                    range = bound;
                    model[node] = (uint16_t)(model[node] + ((2048 - model[node]) >> 5));
                } else {
                    low += bound;
                    range -= bound;
                    model[node] = (uint16_t)(model[node] - (model[node] >> 5));
                }
                node = node << 1 | (unsigned)bit;
                if (range >= 1u << 24)
                    continue;
                range <<= 8;
            } else if (b < 3) {
                break;
            }
            if ((uint32_t)low < 0xFF000000u || low >> 32) {
                for (uint8_t carry = (uint8_t)(low >> 32); cached > 0; --cached, cache = 0xFF)
                    out[o++] = (uint8_t)(cache + carry);
                cache = (uint8_t)(low >> 24);
            }
            ++cached;
            low = (uint32_t)low << 8;
        }
    }
    return o;
}

static uint32_t left(uint32_t x, int n) { return x << n | x >> (32 - n); }
#define QUARTER(a, b, c, d)                                                                       \
    a += b, d = left(d ^ a, 16), c += d, b = left(b ^ c, 12), a += b, d = left(d ^ a, 8), c += d, \
            b = left(b ^ c, 7)
APART void chacha20(uint32_t out[16], const uint32_t in[16]) {
    uint32_t x[16];
    memcpy(x, in, sizeof x);
    for (int i = 0; i < 10; ++i) {
        QUARTER(x[0], x[4], x[8], x[12]);
        QUARTER(x[1], x[5], x[9], x[13]);
        QUARTER(x[2], x[6], x[10], x[14]);
        QUARTER(x[3], x[7], x[11], x[15]);
        QUARTER(x[0], x[5], x[10], x[15]);
        QUARTER(x[1], x[6], x[11], x[12]);
        QUARTER(x[2], x[7], x[8], x[13]);
        QUARTER(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < 16; ++i)
        out[i] = x[i] + in[i];
}
APART void md5_block(uint32_t h[4], const uint32_t m[16]) {
    static const uint8_t turns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], k = 0xd76aa478;
    for (int i = 0; i < 64; ++i) {
        uint32_t f;
        int g;
        switch (i / 16) {
            case 0:
                f = (b & c) | (~b & d), g = i;
                break;
            case 1:
                f = (d & b) | (~d & c), g = 5 * i + 1;
                break;
            case 2:
                f = b ^ c ^ d, g = 3 * i + 5;
                break;
            default:
                f = c ^ (b | ~d), g = 7 * i;
                break;
        }
        const uint32_t t = d;
        d = c, c = b;
        b += left(a + f + k + m[g & 15], turns[i / 16 * 4 + i % 4]);
        a = t;
        k = k * 69069u + 1;  // constants of our own: no table of sines
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}
APART void xtea(uint32_t v[2], const uint32_t key[4], int decrypts) {
    uint32_t a = v[0], b = v[1], sum = decrypts ? 0x9E3779B9u * 32 : 0;
    for (int i = 0; i < 32; ++i) {
        if (decrypts) {
            b -= ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
            sum -= 0x9E3779B9u;
            a -= ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
        } else {
            a += ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
            sum += 0x9E3779B9u;
            b += ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
        }
    }
    v[0] = a, v[1] = b;
}
APART int hamming(void) {
    int right = 0;
    for (unsigned d = 0; d < 16; ++d) {
        const unsigned p1 = (d ^ d >> 1 ^ d >> 3) & 1, p2 = (d ^ d >> 2 ^ d >> 3) & 1,
                       p3 = (d >> 1 ^ d >> 2 ^ d >> 3) & 1;
        const unsigned word = p1 | p2 << 1 | (d & 1) << 2 | p3 << 3 | (d >> 1 & 7) << 4;
        for (int flip = 0; flip < 7; ++flip) {
            unsigned x = word ^ 1u << flip, syndrome = 0;
            for (unsigned i = 0; i < 7; ++i)
                if (x >> i & 1)
                    syndrome ^= i + 1;
            if (syndrome)
                x ^= 1u << (syndrome - 1);
            right += (x >> 2 & 1) == (d & 1) && (x >> 4 & 7) == d >> 1;
        }
    }
    return right;
}
static uint8_t exponents[512], logarithms[256];
static uint8_t times(uint8_t a, uint8_t b) {
    return a && b ? exponents[logarithms[a] + logarithms[b]] : 0;
}
APART unsigned reed_solomon(uint8_t* message, int n, int check) {
    unsigned x = 1;
    for (int i = 0; i < 255; ++i) {
        exponents[i] = exponents[i + 255] = (uint8_t)x;
        logarithms[x] = (uint8_t)i;
        x <<= 1;
        if (x & 0x100)
            x ^= 0x11D;
    }
    uint8_t generator[33] = {1};
    for (int i = 0; i < check; ++i)
        for (int j = i + 1; j >= 0; --j)
            generator[j] =
                (uint8_t)((j ? generator[j - 1] : 0) ^ times(generator[j], exponents[i]));
    memset(message + n, 0, (unsigned)check);
    uint8_t rest[300];
    memcpy(rest, message, (unsigned)(n + check));
    for (int i = 0; i < n; ++i) {
        const uint8_t factor = rest[i];
        for (int j = 0; j <= check; ++j)
            rest[i + j] ^= times(generator[check - j], factor);
    }
    memcpy(message + n, rest + n, (unsigned)check);
    unsigned wrong = 0;
    for (int i = 0; i < check; ++i) {
        uint8_t s = 0;
        for (int j = 0; j < n + check; ++j)
            s = (uint8_t)(times(s, exponents[i]) ^ message[j]);
        wrong += s != 0;
    }
    return wrong;
}
static int parity(unsigned x) { return __builtin_parity(x); }
APART unsigned viterbi(const uint8_t* bits, int n) {
    static uint8_t symbols[256], from[256][4];
    unsigned memory = 0;
    for (int i = 0; i < n; ++i) {
        memory = (memory << 1 | bits[i]) & 7;
        symbols[i] = (uint8_t)(parity(memory & 7) << 1 | parity(memory & 5));
    }
    for (int i = 5; i < n; i += 17)
        symbols[i] ^= 1;
    int cost[4] = {0, 99, 99, 99};
    for (int i = 0; i < n; ++i) {
        int next[4] = {999, 999, 999, 999};
        for (unsigned s = 0; s < 4; ++s)
            for (unsigned b = 0; b < 2; ++b) {
                const unsigned m = (s << 1 | b) & 7, to = m & 3;
                const unsigned sent = (unsigned)(parity(m) << 1 | parity(m & 5));
                const int c = cost[s] + __builtin_popcount(sent ^ symbols[i]);
                if (c < next[to])
                    next[to] = c, from[i][to] = (uint8_t)s;
            }
        memcpy(cost, next, sizeof cost);
    }
    unsigned best = 0, wrong = 0;
    for (unsigned s = 1; s < 4; ++s)
        if (cost[s] < cost[best])
            best = s;
    for (int i = n - 1; i >= 0; --i) {
        wrong += (best & 1) != bits[i];
        best = from[i][best];
    }
    return wrong;
}
APART uint32_t adler(const uint8_t* p, unsigned n) {
    uint32_t a = 1, b = 0;
    for (unsigned i = 0; i < n; ++i) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    uint32_t x = 12345;
    for (unsigned i = 0; i < sizeof text; ++i) {
        x = x * 1103515245u + 12345u;
        text[i] = (uint8_t)("the quick brown fox "[x >> 16 & 15] + (x >> 28 == 0));
    }
    printf("huffman %u\n", huffman(sizeof text));
    unsigned n = lzss(text, sizeof text, packed);
    printf("lzss %u %08lx %d\n", n, (unsigned long)hash(packed, n),
           unlzss(packed, n, again) == sizeof text && memcmp(text, again, sizeof text) == 0);
    n = runs(text, sizeof text, packed);
    printf("runs %u %08lx\n", n, (unsigned long)hash(packed, n));
    n = range_code(text, sizeof text, packed);
    printf("range %u %08lx\n", n, (unsigned long)hash(packed, n));
    uint32_t in[16], out[16];
    for (uint32_t i = 0; i < 16; ++i)
        in[i] = i * 0x01020304u + 0x61707865u;
    chacha20(out, in);
    printf("chacha %08lx\n", (unsigned long)hash(out, sizeof out));
    uint32_t h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    md5_block(h, in);
    printf("md5 %08lx %08lx\n", (unsigned long)h[0], (unsigned long)h[3]);
    uint32_t v[2] = {1, 2};
    xtea(v, in, 0);
    printf("xtea %08lx %08lx", (unsigned long)v[0], (unsigned long)v[1]);
    xtea(v, in, 1);
    printf(" %lu %lu\n", (unsigned long)v[0], (unsigned long)v[1]);
    printf("hamming %d\n", hamming());
    memcpy(again, text, 100);
    printf("reed solomon %u", reed_solomon(again, 100, 16));
    printf(" %08lx\n", (unsigned long)hash(again, 116));
    uint8_t bits[200];
    for (int i = 0; i < 200; ++i)
        bits[i] = text[i] >> 2 & 1;
    printf("viterbi %u adler %08lx\n", viterbi(bits, 200), (unsigned long)adler(text, sizeof text));
    return 0;
}
