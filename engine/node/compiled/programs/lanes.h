/* A tape on several samples at a time, each a lane: every cell holds a number for each of them, side by side. */
#pragma once

#include "tape.h"
#include "../c/loops.h"

/* All lanes of a cell. */
#if defined(__GNUC__)
typedef double Eight __attribute__((vector_size(64), aligned(64), may_alias));
enum { LANES = 8 };  /* a line of the cache, and a register of the widest machines */
#else
typedef double Eight;
enum { LANES = 1 };
#endif

#define LANES_OF(numbers, place) ((numbers) + (ptrdiff_t)(place) * LANES)
#define EIGHT_OF(numbers, place) ((Eight *)LANES_OF(numbers, place))

/* A row over any number of operands, lane by lane; 0 where it has no fast path for these numbers. numbers: room for as many
 * as the widest row has operands, and for those that are baked in. */
static int compute_lanes(const Tape *tape, const TapeStep *item, double *cells, double *numbers)
{
    const TapeRow *row = tape->rows + item->row;
    const int64_t *operands = tape->operands + tape->offsets[item->out];
    Py_ssize_t count = tape->offsets[item->out + 1] - tape->offsets[item->out];
    double few[MOST_OPERANDS], *local_grads = item->code == TAPE_SEQUENCE ? numbers : few, y;
    for (int l = 0; l < LANES; l++) {
        for (Py_ssize_t j = 0; j < count; j++)
            numbers[j] = LANES_OF(cells, operands[j])[l];
        for (int j = 0; j < row->baked_count; j++)
            numbers[count + j] = row->baked[j];
        if (item->code == TAPE_SEQUENCE) {
            if (!compute_sequence(row->sequence, count, numbers, &y))
                return 0;
        } else if (item->code == TAPE_POWER) {
            if (!compute_power(row->baked[0], numbers[0], &y, local_grads))
                return 0;
        } else {
            row->kernel(numbers, &y, local_grads);
        }
        LANES_OF(cells, item->out)[l] = y;
        for (Py_ssize_t j = 0; j < count; j++)
            LANES_OF(cells, item->partials + j)[l] = local_grads[j];
    }
    return 1;
}

/* Run a tape on lanes; 0 where it cannot. */
WIDE static int forward_on_lanes(const Tape *tape, double *cells, double *numbers)
{
    const TapeStep *item = tape->items, *end = item + tape->instructions;
    const Eight *last = EIGHT_OF(cells, 0);
#define A (*EIGHT_OF(cells, item->a))
#define B (*EIGHT_OF(cells, item->b))
#define C (*EIGHT_OF(cells, item->partials))
#define LAST (*last)
#define CASE(code, result) case code: *y = (result); break;
    for (; item < end; item++) {
        Eight *y = EIGHT_OF(cells, item->out);
        switch (item->code) {
        TAPE_ARITHMETIC(CASE)
        case TAPE_DIV:
            *y = A / B;
            if (item->partials >= 0) {
                C = 1.0 / B;
                *EIGHT_OF(cells, item->partials + 1) = -*y / B;
            }
            break;
        case TAPE_UNARY: {
            const chainrule_kernel kernel = tape->rows[item->row].kernel;
            const double *a = LANES_OF(cells, item->a);
            double *local_grads = LANES_OF(cells, item->partials);
            for (int l = 0; l < LANES; l++)
                kernel(a + l, (double *)y + l, local_grads + l);
            break;
        }
        case TAPE_TAKE:
        case TAPE_TABLE: return 0;
        default:
            if (!compute_lanes(tape, item, cells, numbers))
                return 0;
        }
        last = y;
    }
#undef A
#undef B
#undef C
#undef LAST
#undef CASE
    return 1;
}

/* All lanes of sums: see compute_sums(). */
WIDE static void run_sums_on_lanes(const TapeSums *sums, const double *cells, double *adjoints)
{
    const char *masks = sums->masks;
    for (const int32_t *sum = sums->items, *end = sum + sums->size, *term; sum < end; sum = term) {
        const int32_t *past = sum + 2 + 2 * terms_of_sum(sum[0]);
        Eight found;
        if (sum[0] < SUM_OF_ONE_AND_LAST) {
            double *lanes = LANES_OF(adjoints, sum[1]);
            for (int l = 0; l < LANES; l++)
                lanes[l] = -0.0;
            for (term = sum + 2; term < past; term += 2, masks++) {
                const double *g = LANES_OF(adjoints, term[0]), *local_grad = LANES_OF(cells, term[1]);
                for (int l = 0; l < LANES; l++)
                    if (term_counts(g[l], local_grad[l], *masks))
                        lanes[l] += local_grad[l] * g[l] + 0.0;
            }
            continue;
        }
        found = *EIGHT_OF(cells, sum[3]) * *EIGHT_OF(adjoints, sum[2]);
        for (term = sum + 4; term < past; term += 2)
            found += *EIGHT_OF(cells, term[1]) * *EIGHT_OF(adjoints, term[0]);
        *EIGHT_OF(adjoints, sum[1]) = found + 0.0;
    }
}

/* The gradients from an output, whose sums are there, of lanes that each count so much. */
static void backward_on_lanes(const Tape *tape, Py_ssize_t output, double share, const double *cells, double *adjoints)
{
    const TapeSums *sums = &tape->sweeps[output];
    double *root = LANES_OF(adjoints, tape->adjoint_of[tape->roots[output]]);
    if (tape->outputs > 1)  /* what the output before reached */
        memset(adjoints, 0, (size_t)tape->joined * LANES * sizeof(double));
    for (int l = 0; l < LANES; l++)
        root[l] = share;
    run_sums_on_lanes(sums, cells, adjoints);
}
