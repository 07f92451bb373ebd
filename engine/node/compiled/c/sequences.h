/* Fast paths by hand: rows over sequences, and the power of a constant exponent.
 *
 * Each gives value and local gradients on C doubles as the table does, bit for bit; or it declines, by returning 0,
 * where the table takes care of a special case. rows.pxi holds them against the table when the module is imported.
 */
#pragma once

#include <float.h>

#include "node.h"

static PyObject *python_hypot = NULL;  /* math.hypot: versions of Python differ in its last bits */

static int compute_power(double n, double x, double *y, double *local_grad)
{
    if (!(isfinite(x) && isfinite(n)) || (x == 0.0 && n < 1.0))
        return 0;
    *y = pow(x, n);
    if (!isfinite(*y))
        return 0;
    if (n == 2.0) {
        *local_grad = 2.0 * x;
    } else if (n == 1.0) {
        *local_grad = 1.0;
    } else if (n == 0.0) {
        *local_grad = 0.0;
    } else if ((n - 1.0) + 1.0 == n && n - (n - 1.0) == 1.0) {
        double power = pow(x, n - 1.0);
        *local_grad = n * power;
        return isfinite(power);
    } else {
        if (fabs(*y) < DBL_MIN)
            return 0;
        *local_grad = n * (*y / x);
    }
    return 1;
}

/* Of rows over sequences the local gradients come in the place of the numbers. */

static int compute_dot(Py_ssize_t count, double *xs, double *y)
{
    Py_ssize_t half = count / 2;
    double total = 0.0;
    if (count % 2)
        return 0;
    for (Py_ssize_t i = 0; i < half; i++) {
        double a = xs[i], b = xs[half + i];
        total += a * b;
        xs[i] = b;
        xs[half + i] = a;
    }
    *y = total;
    return isfinite(total);
}

/* The largest or smallest; those that tie share the gradient. */
static int compute_extreme(int largest, Py_ssize_t count, double *xs, double *y)
{
    double found, ties = 0.0;
    if (!count)
        return 0;
    found = xs[0];
    for (Py_ssize_t i = 0; i < count; i++) {
        if (xs[i] != xs[i])
            return 0;
        if (largest ? xs[i] > found : xs[i] < found)
            found = xs[i];
    }
    for (Py_ssize_t i = 0; i < count; i++)
        ties += xs[i] == found ? 1.0 : 0.0;
    for (Py_ssize_t i = 0; i < count; i++)
        xs[i] = xs[i] == found ? 1.0 / ties : 0.0;
    *y = found;
    return isfinite(found);
}

static int compute_sum(int mean, Py_ssize_t count, double *xs, double *y)
{
    double total = 0.0, share = mean ? 1.0 / (double)count : 1.0;
    if (mean && !count)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        total += xs[i];
        xs[i] = share;
    }
    *y = mean ? total / (double)count : total;
    return isfinite(total);
}

/* The product of not too many; each partial is the product of those before times the product of those behind. */
static int compute_product(Py_ssize_t count, double *xs, double *y)
{
    enum { MOST_FACTORS = 512 };
    double before[MOST_FACTORS], product = 1.0;
    if (count > MOST_FACTORS)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        before[i] = product;
        product *= xs[i];
        if (!(DBL_MIN <= fabs(product) && fabs(product) < INFINITY))
            return 0;
    }
    *y = product;
    product = 1.0;
    for (Py_ssize_t i = count - 1; i >= 0; i--) {
        double x = xs[i];
        xs[i] = before[i] * product;
        product *= x;
    }
    return 1;
}

static int compute_norm(Py_ssize_t count, double *xs, double *y)
{
    PyObject **numbers = PyMem_Calloc((size_t)count + 1, sizeof(PyObject *));
    PyObject *found = NULL;
    Py_ssize_t made = 0;
    while (numbers != NULL && made < count && (numbers[made] = PyFloat_FromDouble(xs[made])) != NULL)
        made++;
    if (numbers != NULL && made == count)
        found = PyObject_Vectorcall(python_hypot, numbers, (size_t)count, NULL);
    for (Py_ssize_t i = 0; i < made; i++)
        Py_DECREF(numbers[i]);
    PyMem_Free(numbers);
    if (found == NULL) {
        PyErr_Clear();  /* the table will meet the same error */
        return 0;
    }
    *y = PyFloat_AS_DOUBLE(found);
    Py_DECREF(found);
    for (Py_ssize_t i = 0; i < count; i++)
        xs[i] /= *y == 0.0 ? 5e-324 : *y;
    return 1;
}

/* logsumexp, or the log_softmax of the first; floats.logsumexp says why the sum is taken twice. */
static int compute_softmax(int first, Py_ssize_t count, double *xs, double *y)
{
    Py_ssize_t place = 0;
    double total = 0.0, largest;
    if (count == 0)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!isfinite(xs[i]))
            return 0;
        if (xs[i] > xs[place])
            place = i;
    }
    largest = xs[place];
    for (Py_ssize_t i = 0; i < count; i++)
        if (i != place)
            total += exp(xs[i] - largest);
    if (0.0 < total && total < 0.25) {
        total = 0.0;
        for (Py_ssize_t i = 0; i < count; i++) {
            double exponent = xs[i] - largest, term = i != place ? exp(exponent) : 0.0;
            if (term != 0.0) {
                double kept = exponent - xs[i];
                double lost = (xs[i] - (exponent - kept)) - (largest + kept);  /* Knuth's exact sum */
                total += term + term * lost;
            }
        }
    }
    if (!first) {
        *y = largest + log1p(total);
        total = 0.0;
        for (Py_ssize_t i = 0; i < count; i++) {
            xs[i] = exp(xs[i] - *y);
            total += xs[i];
        }
        for (Py_ssize_t i = 0; i < count; i++)
            xs[i] /= total;
    } else {
        *y = (xs[0] - largest) - log1p(total);
        total = 0.0;
        for (Py_ssize_t i = 0; i < count; i++) {
            xs[i] = exp(xs[i] - largest);
            total += xs[i];
        }
        xs[0] = 0.0;
        for (Py_ssize_t i = 1; i < count; i++) {
            double share = xs[i] / total;
            xs[0] += share;
            xs[i] = -share;
        }
    }
    return isfinite(*y) && isfinite(total);
}

static int compute_sequence(int kernel, Py_ssize_t count, double *xs, double *y)
{
    switch (kernel) {
    case KERNEL_sum: return compute_sum(0, count, xs, y);
    case KERNEL_mean: return compute_sum(1, count, xs, y);
    case KERNEL_dot: return compute_dot(count, xs, y);
    case KERNEL_max: return compute_extreme(1, count, xs, y);
    case KERNEL_min: return compute_extreme(0, count, xs, y);
    case KERNEL_prod: return compute_product(count, xs, y);
    case KERNEL_norm: return compute_norm(count, xs, y);
    case KERNEL_logsumexp: return compute_softmax(0, count, xs, y);
    case KERNEL_log_softmax: return compute_softmax(1, count, xs, y);
    }
    return 0;
}

/* A row's value and local gradients, these in the place of the numbers, by its fast path; 0 where it has none or declines. */
static int compute(int number, Py_ssize_t count, double *xs, double *y)
{
    Row *row = &rows[number];
    double x[MOST_OPERANDS];
    if (row->sequence != NO_SEQUENCE)
        return compute_sequence(row->sequence, count, xs, y);
    if (row->arity != count)
        return 0;
    if (row->power)
        return compute_power(row->baked[0], xs[0], y, xs);
    if (row->kernel == NULL)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        x[i] = xs[i];
    for (int i = 0; i < row->baked_count; i++)
        x[count + i] = row->baked[i];
    row->kernel(x, y, xs);
    return 1;
}

enum { ALL_PARTIALS, LEADING_PARTIALS, CONSTANT_POWER };  /* leading: of the operands that are not baked in */

/* The value and then the partials by a fast path on plain numbers; 0 where it declines. */
static int compute_on_numbers(int path, int kernel, Py_ssize_t count, const double *numbers, double *y)
{
    if (path == CONSTANT_POWER)
        return compute_power(numbers[1], numbers[0], y, y + 1);
    if (kernel >= CHAINRULE_KERNELS) {
        memcpy(y + 1, numbers, (size_t)count * sizeof(double));
        return compute_sequence(kernel, count, y + 1, y);
    }
    (path == LEADING_PARTIALS ? chainrule_rows[kernel].leading : chainrule_rows[kernel].all)(numbers, y, y + 1);
    return 1;
}
