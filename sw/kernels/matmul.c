// SPDX-License-Identifier: Apache-2.0
// Divides a product into blocks and gives each core an equal run of them; the blocks themselves are
// computed by the kernels in assembly.
#include "matmul.h"

#include "check.h"
#include "matmul_groups.h"
#include "packed.h"
#include "share.h"

#include ROWS_OF_ISA  // choose_rows()

enum { kBlockChannels = 4 };

static uint32_t narrow_bits(const struct Precision* precision) {
    return p_minu(precision->activation_bits, precision->weight_bits);
}

// A step consumes a word of the narrower operand. Operands of equal width need at least two.
static uint32_t steps_over(const struct Precision* precision, uint32_t depth) {
    const uint32_t least = 1 + (precision->activation_bits == precision->weight_bits);
    return p_maxu((depth * narrow_bits(precision) + 31) / 32, least);
}

uint32_t matmul_weight_bytes(const struct Precision* precision, uint32_t depth) {
    return steps_over(precision, depth) * 4 * precision->weight_bits / narrow_bits(precision);
}

// The precision, four bytes by one load: harts that run a cycle apart and read a bank several times
// in a row push each other apart.
static inline struct Precision read_precision(const struct Matmul* m) {
    typedef const uint32_t __attribute__((may_alias)) Word;
    const uint32_t word = *(Word*)(const void*)&m->precision;
    return (struct Precision){(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                              (word >> 24) != 0, m->precision.output_signed};
}

static inline void check_rules(const struct Matmul* m, const struct Precision* p) {
    const uint32_t operands =
        (uint32_t)m->activations | (uint32_t)m->weights | m->activation_pitch | m->weight_pitch;
    kernel_check((operands & 3) == 0,
                 "matmul: activations and weights must be word-aligned, with their pitches");
    kernel_check(is_shift_valid(p, m->requantisation.shift),
                 "matmul: shift must be 16..31 for 8-bit outputs, 24 for narrower ones");
}

static inline void prepare(struct Job* job, const struct Matmul* m) {
    const struct Precision p = read_precision(m);
    check_rules(m, &p);
    job->matmul = m;
    job->output_bits = p.output_bits;
    job->kernel = choose_rows(&job->rows, &p, m);
    kernel_check(job->kernel != NULL, "matmul: the program was linked without its kernel");
    job->rows.steps = steps_over(&p, m->depth);
    if (p.output_bits == 8) {
        job->rows.shift = m->requantisation.shift - 16;
        job->rows.low = lowest_result(&p, &m->requantisation);
        job->rows.high = highest_result(&p, &m->requantisation);
    } else {
        job->rows.start = m->start;
    }
}

// `count` lines of `blocks` blocks; the first block starts at `pixel`, `channel`.
static inline void compute(struct Job* job, uint32_t pixel, uint32_t channel, uint32_t count,
                           uint32_t blocks) {
    const struct Matmul* const m = job->matmul;
    struct Rows* const rows = &job->rows;
    rows->activations = m->activations + pixel * m->activation_pitch;
    rows->weights = m->weights + channel * m->weight_pitch;
    rows->scales = m->requantisation.scales + channel;
    rows->output = m->output + pixel * m->output_pitch + channel * job->output_bits / 8;
    rows->count = count;
    rows->blocks = blocks;
    job->kernel(rows, m);
}

// `count` lines of `blocks` blocks, from block `first` of line `line` on. A last row that is not
// whole is moved back to end at the edge, and repeats results there.
static inline void compute_lines(struct Job* job, uint32_t line, uint32_t first, uint32_t count,
                                 uint32_t blocks) {
    const uint32_t row = job->rows.in_columns ? first : line;
    const uint32_t quad = job->rows.in_columns ? line : first;
    const uint32_t last = job->matmul->pixels - (1u << job->rows.log2_pixels);
    const uint32_t pixel = row << job->rows.log2_pixels;
    compute(job, pixel < last ? pixel : last, kBlockChannels * quad, count, blocks);
}

// The blocks of `share`, numbered line by line: the rest of a line, whole lines of `blocks`, the
// start of a line.
static __attribute__((noinline)) void compute_blocks(struct Job* job, struct Range share,
                                                     uint32_t blocks, uint32_t whole_lines) {
    uint32_t line = quotient(share.begin, blocks);
    uint32_t first = share.begin - line * blocks;
    uint32_t left = share.end - share.begin;
    while (left != 0) {
        const uint32_t run = p_minu(blocks - first, left);
        uint32_t count = 1;
        if (run == blocks && line < whole_lines) {
            count = p_minu(quotient(left, blocks), whole_lines - line);
        }
        compute_lines(job, line, first, count, run);
        line += count;
        left -= count * run;
        first = 0;
    }
}

// The share of a worker of `lines` lines of `blocks` blocks: lines where they divide evenly, else
// blocks.
static inline __attribute__((always_inline)) void compute_share(struct Job* job, uint32_t lines,
                                                                uint32_t blocks,
                                                                uint32_t whole_lines,
                                                                uint32_t worker, uint32_t workers) {
    const uint32_t count = quotient(lines, workers);
    const uint32_t line = worker * count;
    if (count * blocks != 0 && count * workers == lines && line + count <= whole_lines) {
        compute_lines(job, line, 0, count, blocks);
    } else {
        compute_blocks(job, share_of(lines * blocks, worker, workers), blocks, whole_lines);
    }
}

// Fewer pixels than a block has: each one fills a block alone, all of whose rows are the same.
static __attribute__((noinline)) void compute_single_pixels(struct Job* job, struct Range share) {
    if (share.begin == share.end) {
        return;
    }
    struct Matmul repeated = *job->matmul;
    repeated.activation_pitch = 0;
    repeated.output_pitch = 0;
    struct Job pixel = *job;
    pixel.matmul = &repeated;
    for (uint32_t i = 0; i < job->matmul->pixels; ++i) {
        compute(&pixel, 0, kBlockChannels * share.begin, 1, share.end - share.begin);
        repeated.activations += job->matmul->activation_pitch;
        repeated.output += job->matmul->output_pitch;
    }
}

static int32_t* sum_at(const struct Matmul* m, uint32_t pixel, uint32_t channel) {
    return (int32_t*)(void*)(m->output + pixel * m->output_pitch) + channel;
}

static const int32_t* start_of(const struct Matmul* m, uint32_t pixel, uint32_t channel) {
    return sum_at(m, pixel, channel) + m->start / 4;
}

int32_t matmul_output(const struct Matmul* m, uint32_t pixel, uint32_t channel) {
    const struct Precision* const p = &m->precision;
    const uint8_t* const activations = m->activations + pixel * m->activation_pitch;
    const uint8_t* const weights = m->weights + channel * m->weight_pitch;
    const struct ChannelScale* const scale = &m->requantisation.scales[channel];
    const bool is_sum = p->output_bits == 32;
    int32_t sum = is_sum ? *start_of(m, pixel, channel) : sum_bias(scale);
    for (uint32_t k = 0; k < m->depth; ++k) {
        sum += packed_get(activations, k, p->activation_bits, p->activation_signed) *
               packed_get(weights, k, p->weight_bits, true);
    }
    if (is_sum) {
        return sum;
    }
    const uint32_t product = (uint32_t)sum * (uint32_t)scale->multiplier;
    const uint32_t biased = product + (uint32_t)product_bias(scale);
    return clip_product(p, &m->requantisation, (int32_t)biased);
}

// Results of one pixel, from a channel on that begins a byte. Whole bytes are written: another core may
// make the same ones (conv2d.c).
static void pack_pixel(const struct Matmul* m, uint32_t pixel, uint32_t first_channel) {
    const uint32_t bits = m->precision.output_bits;
    uint8_t* const row = m->output + pixel * m->output_pitch;
    uint8_t byte = 0;
    for (uint32_t channel = first_channel; channel < m->channels; ++channel) {
        packed_set(&byte, channel % (8 / bits), bits, matmul_output(m, pixel, channel));
        if ((channel + 1) * bits % 8 == 0 || channel + 1 == m->channels) {
            row[channel * bits / 8] = byte;
            byte = 0;
        }
    }
}

static void compute_plain(const struct Matmul* m, uint32_t first_channel, uint32_t worker,
                          uint32_t workers) {
    const struct Range share = share_of(m->pixels, worker, workers);
    for (uint32_t pixel = share.begin; pixel < share.end; ++pixel) {
        if (m->precision.output_bits != 32) {
            pack_pixel(m, pixel, first_channel);
            continue;
        }
        for (uint32_t channel = first_channel; channel < m->channels; ++channel) {
            *sum_at(m, pixel, channel) = matmul_output(m, pixel, channel);
        }
    }
}

void matmul_plain(const struct Matmul* m, uint32_t worker, uint32_t workers) {
    compute_plain(m, 0, worker, workers);
}

void matmul(const struct Matmul* m, uint32_t worker, uint32_t workers) {
    struct Job job;
    prepare(&job, m);
    const uint32_t quads = m->channels / kBlockChannels;
    const uint32_t whole_rows = m->pixels >> job.rows.log2_pixels;
    if (job.rows.in_columns) {
        compute_share(&job, quads, whole_rows, quads, worker, workers);
    } else if (whole_rows != 0) {
        const uint32_t rest = m->pixels - (whole_rows << job.rows.log2_pixels);
        compute_share(&job, whole_rows + (rest != 0), quads, whole_rows, worker, workers);
    } else {
        compute_single_pixels(&job, share_of(quads, worker, workers));
    }
    if (m->channels % kBlockChannels != 0) {
        compute_plain(m, quads * kBlockChannels, worker, workers);
    }
}

void matmul_prepare(struct Job* job, const struct Matmul* m) { prepare(job, m); }

void matmul_compute(struct Job* job) {
    const struct Matmul* const m = job->matmul;
    const uint32_t quads = m->channels / kBlockChannels;
    const uint32_t whole_rows = m->pixels >> job->rows.log2_pixels;
    if (whole_rows == 0 || quads == 0) {
        compute_single_pixels(job, (struct Range){0, quads});
    } else if (job->rows.in_columns) {
        compute_lines(job, 0, 0, quads, whole_rows);
    } else {
        compute_lines(job, 0, 0, whole_rows, quads);
        if (whole_rows << job->rows.log2_pixels != m->pixels) {
            compute_lines(job, whole_rows, 0, 1, quads);
        }
    }
    if (m->channels % kBlockChannels != 0) {
        compute_plain(m, quads * kBlockChannels, 0, 1);
    }
}
