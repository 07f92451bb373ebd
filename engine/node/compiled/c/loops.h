/* Inner loops of the native executor for what NumPy has no loop, or a slow one.
 *
 * They have the form of NumPy's own (PyUFuncGenericFunction): args are where the operands begin, outputs last; dims[0]
 * is how many elements there are; steps are the bytes from one element of each operand to its next. An output lies
 * apart from the inputs, or is one of them, element by element.
 *
 * A loop over columns works on rows instead, of which dims[1] lie below each other: behind the steps within a row come
 * those from row to row, 0 for an operand of a single row.
 */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>
#include "rows.h"

typedef void (*chainrule_loop)(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data);

/* Built for AVX2 too where the compiler can choose at load time; the results are the same, bit for bit. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

#define LOOP(name) WIDE static void loop_##name(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data)
#define AT(k) (*(double *)(args[k] + i * steps[k]))
#define IN(k, step) (steps[k] == (step))
#define EACH for (Py_ssize_t i = 0; i < n; i++)
#define DOUBLE ((Py_ssize_t)sizeof(double))

/* -- one element at a time ---------------------------------------------------------------------------------- */

#define UNARY(name, result) \
    LOOP(name) \
    { \
        const Py_ssize_t n = dims[0]; \
            if (IN(0, DOUBLE) && IN(1, DOUBLE)) { \
            const double *p = (double *)args[0]; \
            double *out = (double *)args[1]; \
            INDEPENDENT EACH { const double a = p[i]; out[i] = (result); } \
        } else \
            EACH { const double a = AT(0); AT(1) = (result); } \
    }

#define BINARY(name, result) \
    LOOP(name) \
    { \
        const Py_ssize_t n = dims[0]; \
            if (IN(2, DOUBLE) && IN(0, DOUBLE) && IN(1, DOUBLE)) { \
            const double *p = (double *)args[0], *q = (double *)args[1]; \
            double *out = (double *)args[2]; \
            INDEPENDENT EACH { const double a = p[i], b = q[i]; out[i] = (result); } \
        } else if (IN(2, DOUBLE) && IN(0, DOUBLE) && IN(1, 0)) { \
            const double *p = (double *)args[0], b = *(double *)args[1]; \
            double *out = (double *)args[2]; \
            INDEPENDENT EACH { const double a = p[i]; out[i] = (result); } \
        } else if (IN(2, DOUBLE) && IN(0, 0) && IN(1, DOUBLE)) { \
            const double a = *(double *)args[0], *q = (double *)args[1]; \
            double *out = (double *)args[2]; \
            INDEPENDENT EACH { const double b = q[i]; out[i] = (result); } \
        } else \
            EACH { const double a = AT(0), b = AT(1); AT(2) = (result); } \
    }

#define MASK(name, test) BINARY(name, (test) ? 1.0 : 0.0)

BINARY(add, a + b)
BINARY(subtract, a - b)
BINARY(multiply, a * b)
BINARY(divide, a / b)
UNARY(negative, -a)
UNARY(square, a * a)
UNARY(absolute, fabs(a))
UNARY(is_nan, a != a ? 1.0 : 0.0)
BINARY(any_maximum, a >= b || a != a ? a : b)
BINARY(any_minimum, a <= b || a != a ? a : b)
BINARY(known_maximum, b > a ? b : a)  /* the same, in one instruction, where b is not nan */
BINARY(known_minimum, b < a ? b : a)
BINARY(heaviside, a > 0.0 ? 1.0 : a < 0.0 ? 0.0 : a == 0.0 ? b : a)
UNARY(sign, a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a == 0.0 ? 0.0 : a)
MASK(greater, a > b)
MASK(greater_equal, a >= b)
MASK(less, a < b)
MASK(less_equal, a <= b)
MASK(equal, a == b)
MASK(not_equal, a != b)
MASK(logical_and, (a != 0.0) & (b != 0.0))
MASK(logical_or, (a != 0.0) | (b != 0.0))
UNARY(logical_not, a != 0.0 ? 0.0 : 1.0)

#define EXTREME(name) \
    static void loop_##name(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) \
    { \
        const double b = *(double *)args[1]; \
        (IN(1, 0) && b == b ? loop_known_##name : loop_any_##name)(args, dims, steps, data); \
    }

EXTREME(maximum)
EXTREME(minimum)

UNARY(log_partial, a >= 0.0 ? 1.0 / (a + 0.0) : NAN)

/* Three operands: x, and a comparison by which it is multiplied. The factor is read, as the compiler would branch where
 * it knew it. */
static volatile double one_times_mask = 1.0;

#define TIMES_MASK(name, test) \
    LOOP(times_##name) \
    { \
        const Py_ssize_t n = dims[0]; \
        const double one = one_times_mask; \
            if (IN(0, DOUBLE) && IN(1, DOUBLE) && IN(2, 0) && IN(3, DOUBLE)) { \
            const double *x = (double *)args[0], *p = (double *)args[1], b = *(double *)args[2]; \
            double *out = (double *)args[3]; \
            INDEPENDENT EACH { const double a = p[i], mask = (test) ? one : 0.0; out[i] = x[i] * mask; } \
        } else if (IN(0, 0) && IN(1, DOUBLE) && IN(2, 0) && IN(3, DOUBLE)) { \
            const double x = *(double *)args[0] * one, *p = (double *)args[1], b = *(double *)args[2], none = x * 0.0; \
            double *out = (double *)args[3]; \
            INDEPENDENT EACH { const double a = p[i]; out[i] = (test) ? x : none; } \
        } else \
            EACH { const double a = AT(1), b = AT(2), mask = (test) ? one : 0.0; AT(3) = AT(0) * mask; } \
    }

TIMES_MASK(greater, a > b)
TIMES_MASK(less, a < b)

LOOP(copy)
{
    const Py_ssize_t n = dims[0];
    if (IN(0, DOUBLE) && IN(1, DOUBLE)) {
        if (args[0] != args[1])
            memcpy(args[1], args[0], n * sizeof(double));
    } else if (IN(0, 0) && IN(1, DOUBLE)) {
        const double a = *(double *)args[0];
        double *out = (double *)args[1];
        EACH out[i] = a;
    } else
        EACH AT(1) = AT(0);
}

/* where(condition, a, b) */
LOOP(where)
{
    const Py_ssize_t n = dims[0];
    if (IN(0, DOUBLE) && IN(1, DOUBLE) && IN(2, DOUBLE) && IN(3, DOUBLE)) {
        const double *condition = (double *)args[0], *p = (double *)args[1], *q = (double *)args[2];
        double *out = (double *)args[3];
        INDEPENDENT EACH { const double a = p[i], b = q[i]; out[i] = condition[i] != 0.0 ? a : b; }
    } else
        EACH { const double a = AT(1), b = AT(2); AT(3) = AT(0) != 0.0 ? a : b; }
}

/* The rows below are those of engine/floats/arrays.py, with the tails by the C library's exp. */

static inline double decayed(double decay) { return decay / ((1.0 + decay) * (1.0 + decay)); }

/* Two operands: the middle of a function side by side, and then, where some are, the elements of its tail. */
#define WITH_TAIL(name, middle, is_tail, tail) \
    LOOP(name) \
    { \
        const Py_ssize_t n = dims[0]; \
            if (IN(0, DOUBLE) && IN(1, DOUBLE) && IN(2, DOUBLE) && args[2] != args[0] && args[2] != args[1]) { \
            const double *p = (double *)args[0], *q = (double *)args[1]; \
            double *out = (double *)args[2]; \
            int64_t far = 0; \
            INDEPENDENT EACH { const double a = p[i], b = q[i]; (void)b; far |= (int64_t)(is_tail); out[i] = (middle); } \
            if (far) \
                EACH { const double a = p[i], b = q[i]; (void)a; if (is_tail) out[i] = (tail); } \
        } else \
            EACH { const double a = AT(0), b = AT(1); AT(2) = (is_tail) ? (tail) : (middle); } \
    }

/* of y and x; and of exp(-x) and x */
WITH_TAIL(tanh_partial, 1.0 - a * a, 1.0 - a * a < 0.001, 4.0 * decayed(exp(-2.0 * fabs(b))))
WITH_TAIL(sigmoid_partial, a * (1.0 - a), a > 0.999, decayed(exp(-b)))
WITH_TAIL(sigmoid_of_exp, 1.0 / (a + 1.0), b < -650.0, exp(b))
WITH_TAIL(silu_of_exp, b / (1.0 + a), b < -650.0, b * exp(b + 50.0) * exp(-50.0))

/* power_partial(y, x, n) */
static void loop_power_partial(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data)
{
    const Py_ssize_t n = dims[0];
    EACH {
        const double y = AT(0), x = AT(1), exponent = AT(2), size = fabs(y);
        AT(3) = size > 1e-290 ? exponent * (y / x) : size >= 0.0 ? exponent * pow(x, exponent - 1.0) : y;
    }
}

/* A row of the table by its kernel: its value, or the partial by one of its operands. */
typedef struct {
    chainrule_kernel kernel;
    int operands;
    int partial;  /* -1 for the value */
} KernelUse;

static void loop_kernel(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data)
{
    const KernelUse *use = (KernelUse *)data;
    const Py_ssize_t n = dims[0];
    double x[4], d[4], y;
    EACH {
        for (int k = 0; k < use->operands; k++)
            x[k] = AT(k);
        use->kernel(x, &y, d);
        AT(use->operands) = use->partial < 0 ? y : d[use->partial];
    }
}

/* -- over columns -------------------------------------------------------------------------------------------- */

#define OF_COLUMNS(name) \
    static inline void columns_##name(char **args, Py_ssize_t n, Py_ssize_t rows, const Py_ssize_t *steps, int operands)
#define COLUMNS(name, count) \
    enum { OPERANDS_OF_##name = count }; \
    OF_COLUMNS(name); \
    static void loop_##name(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) \
    { \
        columns_##name(args, dims[0], dims[1], steps, count); \
    } \
    OF_COLUMNS(name)
#define CELL(k, row) (*(double *)(args[k] + i * steps[k] + (row) * steps[operands + (k)]))

/* NumPy's sum along a line: halves, quarters, and so on, down to at most 128 numbers. */
WIDE static double sum_of_line(const char *x, Py_ssize_t n, Py_ssize_t step)
{
    double sum = -0.0, part[8];
    Py_ssize_t i, k;
#define X(at) (*(const double *)(x + (at) * step))
    if (n < 8) {
        for (i = 0; i < n; i++)
            sum += X(i);
        return sum;
    }
    if (n > 128) {
        const Py_ssize_t half = n / 2 - n / 2 % 8;
        return sum_of_line(x, half, step) + sum_of_line(x + half * step, n - half, step);
    }
    for (k = 0; k < 8; k++)
        part[k] = X(k);
    if (step == DOUBLE) {
        const double *line = (const double *)x;
        for (i = 8; i < n - n % 8; i += 8)
            for (k = 0; k < 8; k++)
                part[k] += line[i + k];
    } else
        for (i = 8; i < n - n % 8; i += 8)
            for (k = 0; k < 8; k++)
                part[k] += X(i + k);
    sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    for (; i < n; i++)
        sum += X(i);
    return sum;
#undef X
}

/* Sums of terms, many columns side by side, row after row: of x, or of products with y; x or y may stand still. */
#define SUM_OF_TERMS(name, term) \
    WIDE static void name(char **args, double *out, Py_ssize_t n, Py_ssize_t rows, Py_ssize_t x_step, Py_ssize_t y_step) \
    { \
        Py_ssize_t i, r, k; \
        for (i = 0; i + 16 <= n; i += 16) { \
            double part[16]; \
            for (k = 0; k < 16; k++) \
                part[k] = 0.0; \
            for (r = 0; r < rows; r++) { \
                const double *x = (const double *)(args[0] + r * x_step), *y = (const double *)(args[1] + r * y_step); \
                (void)y; \
                for (k = 0; k < 16; k++) \
                    part[k] += (term); \
            } \
            for (k = 0; k < 16; k++) \
                out[i + k] = part[k]; \
        } \
        for (k = 0; i < n; i++) { \
            double sum = 0.0; \
            for (r = 0; r < rows; r++) { \
                const double *x = (const double *)(args[0] + r * x_step), *y = (const double *)(args[1] + r * y_step); \
                (void)y; \
                sum += (term); \
            } \
            out[i] = sum; \
        } \
    }

SUM_OF_TERMS(sum_of_rows, x[i + k])
SUM_OF_TERMS(sum_of_both, x[i + k] * y[i + k])
SUM_OF_TERMS(sum_with_left, x[0] * y[i + k])
SUM_OF_TERMS(sum_with_right, x[i + k] * y[0])

/* sum(xs): along the columns where they lie closer than the rows, as NumPy's does */
COLUMNS(sum, 2)
{
    if (n > 1 && steps[0] == DOUBLE && steps[1] == DOUBLE && (steps[2] > DOUBLE || steps[2] < -DOUBLE))
        sum_of_rows(args, (double *)args[1], n, rows, steps[2], 0);
    else
        EACH AT(1) = 0.0 + sum_of_line(args[0] + i * steps[0], rows, steps[2]);
}

/* sum_of_products(xs, ys): row after row */
COLUMNS(sum_of_products, 3)
{
    if (IN(2, DOUBLE) && IN(0, DOUBLE) && IN(1, DOUBLE))
        sum_of_both(args, (double *)args[2], n, rows, steps[3], steps[4]);
    else if (IN(2, DOUBLE) && IN(0, 0) && IN(1, DOUBLE))
        sum_with_left(args, (double *)args[2], n, rows, steps[3], steps[4]);
    else if (IN(2, DOUBLE) && IN(0, DOUBLE) && IN(1, 0))
        sum_with_right(args, (double *)args[2], n, rows, steps[3], steps[4]);
    else
        EACH {
            double sum = 0.0;
            for (Py_ssize_t r = 0; r < rows; r++)
                sum += CELL(0, r) * CELL(1, r);
            CELL(2, 0) = sum;
        }
}

/* A binary function over all rows, one after the other. */
#define FOLD(name, result) \
    enum { OPERANDS_OF_##name = 2 }; \
    LOOP(name) \
    { \
        const Py_ssize_t n = dims[0], rows = dims[1]; \
            EACH AT(1) = AT(0); \
        for (Py_ssize_t r = 1; r < rows; r++) { \
            const char *row = args[0] + r * steps[2]; \
            if (IN(0, DOUBLE) && IN(1, DOUBLE)) { \
                const double *q = (const double *)row; \
                double *out = (double *)args[1]; \
                INDEPENDENT EACH { const double a = out[i], b = q[i]; out[i] = (result); } \
            } else \
                EACH { const double a = AT(1), b = *(double *)(row + i * steps[0]); AT(1) = (result); } \
        } \
    }

FOLD(largest, a >= b || a != a ? a : b)
FOLD(smallest, a <= b || a != a ? a : b)
FOLD(product, a * b)

/* shares_of_extremes(xs, y, g) */
COLUMNS(shares_of_extremes, 4)
{
    EACH {
        const double y = CELL(1, 0), g = CELL(2, 0);
        double count = 0.0, share;
        for (Py_ssize_t r = 0; r < rows; r++)
            count += CELL(0, r) == y;
        share = g / count;
        for (Py_ssize_t r = 0; r < rows; r++)
            CELL(3, r) = (CELL(0, r) == y ? 1.0 : 0.0) * share;
    }
}

/* norm(xs) */
COLUMNS(norm, 2)
{
    EACH {
        double length = 0.0;
        for (Py_ssize_t r = 0; r < rows; r++)
            length = hypot(length, CELL(0, r));
        CELL(1, 0) = length;
    }
}

/* prod(xs) */
COLUMNS(prod, 2)
{
    EACH {
        double product = 1.0, mantissa = 0.5;
        int ordinary = 1, exponent = 1;
        for (Py_ssize_t r = 0; r < rows; r++) {
            product = r ? product * CELL(0, r) : CELL(0, r);
            ordinary &= fabs(product) >= 0x1p-1022 && fabs(product) < INFINITY;
        }
        if (!ordinary) {
            for (Py_ssize_t r = 0; r < rows; r++) {
                int power, shift;
                const double factor = frexp(CELL(0, r), &power);
                mantissa = frexp(mantissa * factor, &shift);
                exponent += isfinite(factor) ? shift + power : 0;
            }
            product = ldexp(mantissa, exponent);
        }
        CELL(1, 0) = product;
    }
}

/* gradients_of_prod(xs, y, g) */
COLUMNS(gradients_of_prod, 4)
{
    EACH {
        const double g = CELL(2, 0);
        double product = 1.0;
        for (Py_ssize_t r = 0; r < rows; r++) {
            CELL(3, r) = product;
            product = r ? product * CELL(0, r) : CELL(0, r);
        }
        product = 1.0;
        for (Py_ssize_t r = rows - 1; r >= 0; r--) {
            CELL(3, r) = g * (CELL(3, r) * product);
            product = r < rows - 1 ? product * CELL(0, r) : CELL(0, r);
        }
    }
}

/* others(e, xs): the sum of e = exp(xs - max(xs)) without the 1 of the largest */
COLUMNS(others, 3)
{
    EACH {
        double rest = 0.0;
        for (Py_ssize_t r = 0; r < rows; r++)
            rest += CELL(0, r);
        rest -= 1.0;
        if (!(rest > 0.01)) {
            Py_ssize_t largest = 0;
            for (Py_ssize_t r = 1; r < rows; r++)
                if (!(CELL(1, r) <= CELL(1, largest)) && CELL(1, largest) == CELL(1, largest))
                    largest = r;
            rest = 0.0;
            for (Py_ssize_t r = 0; r < rows; r++)
                rest += r == largest ? CELL(0, r) - 1.0 : CELL(0, r);
        }
        CELL(2, 0) = rest;
    }
}

/* -- by position ------------------------------------------------------------------------------------------------ */

/* dims: rows, and samples in each; the steps from row to row, and behind them those from sample to sample. */
#define NUMBER(k) (*(double *)(args[k] + i * steps[k] + s * steps[3 + (k)]))
#define POSITION (*(const Py_ssize_t *)(args[1] + i * steps[1] + s * steps[4]))
#define EACH_SAMPLE \
    for (Py_ssize_t i = 0; i < dims[0]; i++) \
        for (Py_ssize_t s = 0; s < dims[1]; s++)

/* Whether rows are single numbers, and positions lie side by side, as cells do. */
#define SINGLE(cells) (dims[1] == 1 && IN(1, (Py_ssize_t)sizeof(Py_ssize_t)) && IN(cells, DOUBLE))

/* Cells, by their positions, to rows. */
LOOP(gather)
{
    const size_t size = dims[1] * sizeof(double);
    if (SINGLE(0) && IN(2, DOUBLE)) {
        const double *cells = (const double *)args[0];
        const Py_ssize_t n = dims[0], *positions = (const Py_ssize_t *)args[1];
        double *out = (double *)args[2];
        INDEPENDENT EACH out[i] = cells[positions[i]];
    } else if (dims[1] > 1 && steps[3] == DOUBLE && steps[4] == 0 && steps[5] == DOUBLE)
        for (Py_ssize_t i = 0, s = 0; i < dims[0]; i++)
            memcpy(args[2] + i * steps[2], args[0] + POSITION * steps[0], size);
    else
        EACH_SAMPLE NUMBER(2) = *(const double *)(args[0] + POSITION * steps[0] + s * steps[3]);
}

/* Rows to cells, by their positions; or added to them. */
#define SCATTER(name, put) \
    static void loop_##name(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) \
    { \
        if (SINGLE(2)) { \
            const Py_ssize_t n = dims[0], *positions = (const Py_ssize_t *)args[1]; \
            double *cells = (double *)args[2]; \
            EACH cells[positions[i]] put AT(0); \
        } else \
            EACH_SAMPLE *(double *)(args[2] + POSITION * steps[2] + s * steps[5]) put NUMBER(0); \
    }

SCATTER(scatter, =)
SCATTER(scatter_add, +=)

/* What stands in a table of positions, a row of it for each row of indices: args are table, indices, positions; dims[2]
 * is the length of the rows. An index that is not an integer, or out of range, is counted in data. */
static void loop_pick(char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data)
{
    const double length = (double)dims[2];
    EACH_SAMPLE {
        const double index = NUMBER(1), at = index < 0.0 ? index + length : index;
        if (at >= 0.0 && at < length && at == (double)(Py_ssize_t)at)
            *(Py_ssize_t *)(args[2] + i * steps[2] + s * steps[5]) =
                *(const Py_ssize_t *)(args[0] + i * steps[0] + (Py_ssize_t)at * steps[3]);
        else {
            *(Py_ssize_t *)(args[2] + i * steps[2] + s * steps[5]) = *(const Py_ssize_t *)(args[0] + i * steps[0]);
            ++*(int *)data;
        }
    }
}
