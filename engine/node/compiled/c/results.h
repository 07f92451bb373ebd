/* Results of operators on Values and plain numbers: the fast paths. All else is general: see results.pxi.
 *
 * A function that returns an object returns a new reference, or NULL with an error set.
 */
#pragma once

#include "sequences.h"

/* The ways that take any operands, in results.pxi, rows.pxi and _value.pyx. */
static PyObject *general_unary(int kernel, PyObject *x);
static PyObject *general_binary(int kernel, PyObject *a, PyObject *b, int by_sign);
static PyObject *general_with_numbers(int kernel, PyObject *x, int count, double *baked);
static PyObject *general_method(int kernel, PyObject *self, PyObject **args, Py_ssize_t count);
static int bound_row(int kernel, int count, double *baked);  /* held; -1 with an error */
static double data_of(PyObject *number);                     /* -1.0 with an error, or without */
static int recording_in_block(void);                         /* where some thread is in a block; -1 with an error */

static PyObject *open_blocks = NULL;  /* the set of blocks such as no_grad() that are open, in any thread */
static PyTypeObject *float64_type = NULL;  /* numpy.float64: a float in Python's eyes, too */

/* The rows with a fast path by its number, -1 where it gives other bits than the table; those in use, -1 throughout while
 * fast paths are off; and those with their default operands baked in, or -1. */
static int sound_row_of_kernel[FAST_PATHS];
static int row_of_kernel[FAST_PATHS];
static int usual_row_of_kernel[FAST_PATHS];
static int power_is_sound = 0, quick_powers = 0;  /* the same of powers of a constant exponent */

/* Use the fast paths, or the general way for everything: to the same results. */
static void set_fast_paths(int on)
{
    quick_powers = on && power_is_sound;
    for (int kernel = 0; kernel < FAST_PATHS; kernel++)
        row_of_kernel[kernel] = on ? sound_row_of_kernel[kernel] : -1;
}


static inline int is_value(PyObject *x) { return Py_TYPE(x) == value_type || PyObject_TypeCheck(x, value_type); }

/* Whether operators of this thread record the graph: 0 or 1; -1 with an error. */
static inline int recording(void) { return PySet_GET_SIZE(open_blocks) == 0 ? 1 : recording_in_block(); }

/* Call a function with one more argument before those of a call. */
static PyObject *call_with(PyObject *function, PyObject *first, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    size_t all = (size_t)(count + (names != NULL ? PyTuple_GET_SIZE(names) : 0));
    PyObject **moved = PyMem_Malloc((all + 1) * sizeof(PyObject *)), *found;
    if (moved == NULL)
        return PyErr_NoMemory();
    moved[0] = first;
    memcpy(moved + 1, args, all * sizeof(PyObject *));
    found = PyObject_Vectorcall(function, moved, (size_t)count + 1, names);
    PyMem_Free(moved);
    return found;
}

static int other_constant(PyObject *x, double *number)
{
    if (Py_TYPE(x) == float64_type) {
        *number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (!PyLong_CheckExact(x) && !PyBool_Check(x))
        return 0;
    *number = PyLong_AsDouble(x);
    if (*number == -1.0 && PyErr_Occurred()) {  /* too large */
        PyErr_Clear();
        return 0;
    }
    return 1;
}

/* Whether x is a float, an int, a bool or a numpy.float64, which becomes a leaf; all other operands take the general way. */
static inline int constant(PyObject *x, double *number)
{
    if (!PyFloat_CheckExact(x))
        return other_constant(x, number);
    *number = PyFloat_AS_DOUBLE(x);
    return 1;
}

/* Whether a < b, a == b and so on, by the number of the comparison, Py_LT and its kin. */
static inline int compared(double a, double b, int op)
{
    switch (op) {
    case Py_EQ: return a == b;
    case Py_NE: return a != b;
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_GT: return a > b;
    }
    return a >= b;
}

/* The result of a row on one Value: a node, or a frozen leaf where nothing is recorded. */
static inline PyObject *recorded_result(double y, int row, Fields *x, double local_grad)
{
    int record = recording();
    if (record < 0)
        return NULL;
    return (PyObject *)(record ? result_1(y, row, x, local_grad) : new_leaf(y, FROZEN_ROW));
}

/* -- rows with numbers baked in: x**2, clip(x, 0, 1) -------------------------------------------------------------- */

enum { RECENT_ROWS = 16 };
static struct {
    int row, kernel;  /* held; 0 where there is none yet */
} recent_rows[RECENT_ROWS];

/* A row with these numbers baked in, held; -1 with an error. */
static int recent_row(int kernel, int count, double *baked)
{
    static int oldest = 0;
    int number;
    for (int i = 0; i < RECENT_ROWS; i++) {
        int same = 0;
        number = recent_rows[i].row;
        if (number == 0 || recent_rows[i].kernel != kernel || rows[number].baked_count != count)
            continue;
        while (same < count && rows[number].baked[same] == baked[same])
            same++;
        if (same == count) {
            rows[number].uses++;
            return number;
        }
    }
    number = bound_row(kernel, count, baked);
    if (number < 0)
        return -1;
    rows[number].uses++;
    if (recent_rows[oldest].row != 0)
        drop_row(recent_rows[oldest].row);
    recent_rows[oldest].row = number;
    recent_rows[oldest].kernel = kernel;
    oldest = (oldest + 1) % RECENT_ROWS;
    return number;
}

/* The result of a row on one Value and numbers that are baked in. */
static PyObject *with_numbers(int kernel, PyObject *x, int count, double *baked)
{
    Fields *operand = (Fields *)x, *found = NULL;
    double y, local_grad = operand->data;
    int row, declined;
    if (row_of_kernel[kernel] < 0 || (kernel == KERNEL_pow && !quick_powers))
        return general_with_numbers(kernel, x, count, baked);
    row = recent_row(kernel, count, baked);
    if (row < 0)
        return NULL;
    declined = rows[row].arity != 1 || !compute(row, 1, &local_grad, &y);
    if (!declined) {
        found = (Fields *)recorded_result(y, row, operand, local_grad);
        if (found != NULL && found->row == row)
            hold_row(row);
    }
    drop_row(row);
    return declined ? general_with_numbers(kernel, x, count, baked) : (PyObject *)found;
}


/* -- results on Values and plain numbers ----------------------------------------------------------------------------- */

/* The result of + - * / and other rows of two operands, where a Value stands on either side, called by a sign or by a
 * name. Inlined, so that the kernels of + - * / are, too. */
static inline Py_ALWAYS_INLINE PyObject *binary(int number, chainrule_kernel kernel, PyObject *a, PyObject *b, int by_sign)
{
    int row = row_of_kernel[number], record;
    int left = Py_TYPE(a) == value_type, right = Py_TYPE(b) == value_type;
    double y, local_grads[2], x[2];
    Fields *leaf, *node;
    if (row < 0)
        return general_binary(number, a, b, by_sign);
    if (left)
        x[0] = ((Fields *)a)->data;
    else if (!right || !constant(a, &x[0]))
        return general_binary(number, a, b, by_sign);
    if (right)
        x[1] = ((Fields *)b)->data;
    else if (!constant(b, &x[1]))
        return general_binary(number, a, b, by_sign);
    kernel(x, &y, local_grads);
    record = recording();
    if (record < 0)
        return NULL;
    if (!record)
        return (PyObject *)new_leaf(y, FROZEN_ROW);
    if (left && right)
        return (PyObject *)result_2(y, row, (Fields *)a, (Fields *)b, local_grads);
    leaf = new_leaf(left ? x[1] : x[0], CONSTANT_ROW);
    if (leaf == NULL)
        return NULL;
    node = result_2(y, row, left ? (Fields *)a : leaf, left ? leaf : (Fields *)b, local_grads);
    Py_DECREF((PyObject *)leaf);
    return (PyObject *)node;
}

#define CHAINRULE_OPERATOR(name) \
    static PyObject *operator_##name(PyObject *a, PyObject *b) { return binary(KERNEL_##name, k_##name, a, b, 1); }
CHAINRULE_OPERATOR(add)
CHAINRULE_OPERATOR(sub)
CHAINRULE_OPERATOR(mul)
CHAINRULE_OPERATOR(div)
CHAINRULE_OPERATOR(mod)
CHAINRULE_OPERATOR(floor_divide)

static PyObject *operator_pow(PyObject *a, PyObject *b)
{
    double exponent;
    if (Py_TYPE(b) == value_type)
        return binary(KERNEL_pow, k_pow, a, b, 1);
    if (Py_TYPE(a) == value_type && constant(b, &exponent))
        return with_numbers(KERNEL_pow, a, 1, &exponent);
    return general_binary(KERNEL_pow, a, b, 1);
}

/* The result of a row on one Value. */
static PyObject *unary(int kernel, PyObject *x)
{
    int row = row_of_kernel[kernel];
    double y, local_grad;
    if (row < 0 || Py_TYPE(x) != value_type)
        return general_unary(kernel, x);
    chainrule_rows[kernel].all(&((Fields *)x)->data, &y, &local_grad);
    return recorded_result(y, row, (Fields *)x, local_grad);
}

/* The result of a row on Values and plain numbers, those of an array and then those of another; NULL, without an error,
 * where it takes more than that. */
static PyObject *on_items(int row, PyObject **items, Py_ssize_t count, PyObject **others, Py_ssize_t other_count)
{
    int record = 0;
    Py_ssize_t filled, values = 0;
    double y, number;
    Block *block;
    Fields *node = NULL;
    if (row < 0)
        return NULL;
    block = new_block(count + other_count, NULL);
    if (block == NULL)
        return NULL;
    for (filled = 0; filled < block->count; filled++) {
        PyObject *item = filled < count ? items[filled] : others[filled - count];
        if (Py_TYPE(item) == value_type) {
            Py_INCREF(item);
            block_operands(block)[filled] = (Fields *)item;
            block_local_grads(block)[filled] = ((Fields *)item)->data;
            values++;
        } else if (!constant(item, &number)
                   || (block_operands(block)[filled] = new_leaf(number, CONSTANT_ROW)) == NULL) {
            break;
        } else {
            block_local_grads(block)[filled] = number;
        }
    }
    if (filled == block->count && values && compute(row, filled, block_local_grads(block), &y)) {
        record = recording();
        if (record > 0)
            return (PyObject *)result_of_block(y, row, block);
        if (record == 0)
            node = new_leaf(y, FROZEN_ROW);
    }
    block->count = filled;
    drop_block(block);
    return (PyObject *)node;
}
