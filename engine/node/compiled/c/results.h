/* Results of operators on Values and plain numbers: the fast paths. All else is general: see results.pxi.
 *
 * A function that returns an object returns a new reference, or NULL with an error set.
 */
#pragma once

#include "sequences.h"

/* The ways that take any operands, in Cython; and whether operators record where some thread is in a block. */
static struct {
    int (*recording_in_block)(void);  /* -1 with an error */
    double (*data_of)(PyObject *number);  /* -1.0 with an error, or without */
    PyObject *(*unary)(int kernel, PyObject *x);
    PyObject *(*binary)(int kernel, PyObject *a, PyObject *b);
    PyObject *(*with_numbers)(int kernel, PyObject *x, int count, double *baked);
    PyObject *(*apply)(int kernel, PyObject *self, PyObject **args, Py_ssize_t count);
    PyObject *(*method)(int kernel, PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names);
    PyObject *(*function)(int kernel, PyObject **args, Py_ssize_t count, PyObject *names);
} general;

static PyObject *open_blocks = NULL;  /* the set of blocks such as no_grad() that are open, in any thread */
static PyTypeObject *float64_type = NULL;  /* numpy.float64: a float in Python's eyes, too */

/* The rows with a fast path by its number, -1 where it gives other bits than the table; those in use, -1 throughout while
 * fast paths are off; and those with their default operands baked in, or -1. */
static int sound_row_of_kernel[FAST_PATHS];
static int row_of_kernel[FAST_PATHS];
static int usual_row_of_kernel[FAST_PATHS];


static inline int is_value(PyObject *x) { return Py_TYPE(x) == value_type || PyObject_TypeCheck(x, value_type); }

/* Whether operators of this thread record the graph: 0 or 1; -1 with an error. */
static inline int recording(void) { return PySet_GET_SIZE(open_blocks) == 0 ? 1 : general.recording_in_block(); }

/* Whether x is a float, an int, a bool or a numpy.float64, which becomes a leaf; all other operands take the general way. */
static inline int constant(PyObject *x, double *number)
{
    if (PyFloat_CheckExact(x) || Py_TYPE(x) == float64_type) {
        *number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (PyLong_CheckExact(x) || PyBool_Check(x)) {
        *number = PyLong_AsDouble(x);
        if (*number == -1.0 && PyErr_Occurred()) {  /* too large */
            PyErr_Clear();
            return 0;
        }
        return 1;
    }
    return 0;
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

/* The result of + - * / and other rows of two operands, where a Value stands on either side. Inlined, so that the kernels
 * of + - * / are, too. */
static inline Py_ALWAYS_INLINE PyObject *binary(int number, chainrule_kernel kernel, PyObject *a, PyObject *b)
{
    int row = row_of_kernel[number], record;
    int left = Py_TYPE(a) == value_type, right = Py_TYPE(b) == value_type;
    double y, local_grads[2], x[2];
    Fields *leaf, *node;
    if (row < 0)
        return general.binary(number, a, b);
    if (left)
        x[0] = ((Fields *)a)->data;
    else if (!right || !constant(a, &x[0]))
        return general.binary(number, a, b);
    if (right)
        x[1] = ((Fields *)b)->data;
    else if (!constant(b, &x[1]))
        return general.binary(number, a, b);
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

/* The same without a copy of its own. */
static PyObject *any_binary(int kernel, PyObject *a, PyObject *b)
{
    return binary(kernel, chainrule_rows[kernel].all, a, b);
}

/* a ** b. */
static PyObject *power(PyObject *a, PyObject *b)
{
    double exponent;
    if (Py_TYPE(b) == value_type)
        return any_binary(KERNEL_pow, a, b);
    if (Py_TYPE(a) == value_type && constant(b, &exponent))
        return general.with_numbers(KERNEL_pow, a, 1, &exponent);
    return general.binary(KERNEL_pow, a, b);
}

/* The result of a row on one Value. */
static PyObject *unary(int kernel, PyObject *x)
{
    int row = row_of_kernel[kernel];
    double y, local_grad;
    if (row < 0 || Py_TYPE(x) != value_type)
        return general.unary(kernel, x);
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
    block = new_block(count + other_count);
    if (block == NULL)
        return NULL;
    for (filled = 0; filled < block->count; filled++) {
        PyObject *item = filled < count ? items[filled] : others[filled - count];
        if (Py_TYPE(item) == value_type) {
            Py_INCREF(item);
            block_operands(block)[filled] = (Fields *)item;
            values++;
        } else if (!constant(item, &number)
                   || (block_operands(block)[filled] = new_leaf(number, CONSTANT_ROW)) == NULL) {
            break;
        }
    }
    if (filled == block->count && values && compute(row, filled, block_operands(block), &y, block_local_grads(block))) {
        record = recording();
        if (record >= 0)
            node = record ? result_of_block(y, row, block) : new_leaf(y, FROZEN_ROW);
        if (record > 0 && node != NULL) {
            hold_row(row);
            return (PyObject *)node;
        }
    }
    block->count = filled;
    drop_operands(MANY, (Fields *)block, NULL);
    return (PyObject *)node;
}


/* -- methods and functions of the rows ----------------------------------------------------------------------------- */

/* A row on all its operands; NULL, without an error, where it takes more than Values and plain numbers. */
static PyObject *on_all(int kernel, PyObject **xs)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    int kept = row->operands - row->fixed, i = 0;
    double baked[MOST_OPERANDS];
    if (row->operands > MOST_OPERANDS)
        return NULL;
    while (i < row->fixed && constant(xs[kept + i], &baked[i]))
        i++;
    if (i && i == row->fixed)
        return kept == 1 && Py_TYPE(xs[0]) == value_type ? general.with_numbers(kernel, xs[0], i, baked) : NULL;
    while (i < row->fixed && !is_value(xs[kept + i]))
        i++;
    return i && i == row->fixed ? NULL : on_items(row_of_kernel[kernel], xs, row->operands, NULL, 0);
}

/* The same with the first operand apart, which is a Value. */
static PyObject *on_self_and(int kernel, PyObject *self, PyObject **args, Py_ssize_t count)
{
    PyObject *xs[MOST_OPERANDS], *found = NULL;
    xs[0] = self;
    for (Py_ssize_t i = 0; i < count && count < MOST_OPERANDS; i++)
        xs[1 + i] = args[i];
    found = on_all(kernel, xs);
    return found != NULL || PyErr_Occurred() ? found : general.apply(kernel, self, args, count);
}

static PyObject *call_method(int kernel, PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    double x[MOST_OPERANDS], y, local_grad;
    int usual = usual_row_of_kernel[kernel], i;
    if (names != NULL || Py_TYPE(self) != value_type)
        return general.method(kernel, self, args, count, names);
    if (row->operands == 1 && count == 0)
        return unary(kernel, self);
    if (count == 0 && usual >= 0 && row_of_kernel[kernel] >= 0 && rows[usual].arity == 1) {
        x[0] = ((Fields *)self)->data;
        for (i = 0; i < rows[usual].baked_count; i++)
            x[1 + i] = rows[usual].baked[i];
        rows[usual].kernel(x, &y, &local_grad);
        return recorded_result(y, usual, (Fields *)self, local_grad);
    }
    if (count == 1 && row->operands == 2 && (row->fixed == 0 || Py_TYPE(args[0]) == value_type))
        return binary(kernel, row->all, self, args[0]);
    if (count + 1 == row->operands)
        return on_self_and(kernel, self, args, count);
    return general.method(kernel, self, args, count, names);
}

static PyObject *call_function(int kernel, PyObject **args, Py_ssize_t count, PyObject *names)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    PyObject *found = NULL;
    if (names == NULL && count && Py_TYPE(args[0]) == value_type && row->usual <= count && count <= row->operands)
        return call_method(kernel, args[0], args + 1, count - 1, NULL);
    if (names == NULL && count == 2 && row->operands == 2 && Py_TYPE(args[1]) == value_type)
        return binary(kernel, row->all, args[0], args[1]);
    if (names == NULL && count > 2 && count == row->operands)
        found = on_all(kernel, args);
    return found != NULL || PyErr_Occurred() ? found : general.function(kernel, args, count, names);
}

static inline int is_sequence(PyObject *x) { return PyList_CheckExact(x) || PyTuple_CheckExact(x); }

static PyObject *on_sequence(int kernel, PyObject *xs)
{
    return on_items(row_of_kernel[kernel], PySequence_Fast_ITEMS(xs), PySequence_Fast_GET_SIZE(xs), NULL, 0);
}

/* A list of the results of a row with each operand in front once, the others in order. */
static PyObject *on_each_in_front(int kernel, PyObject *given)
{
    PyObject *xs = PySequence_List(given), *found = xs != NULL ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; found != NULL && i < PyList_GET_SIZE(xs); i++) {
        PyObject *front = PyList_GET_ITEM(xs, i), *node;
        PyList_SET_ITEM(xs, i, PyList_GET_ITEM(xs, 0));
        PyList_SET_ITEM(xs, 0, front);
        node = on_sequence(kernel, xs);
        if (node == NULL || PyList_Append(found, node) < 0)
            Py_CLEAR(found);
        Py_XDECREF(node);
    }
    Py_XDECREF(xs);
    return found;
}

/* A row over one sequence, or over two; or, where that is not the sum, over all its arguments. */
static PyObject *call_over(int kernel, PyObject **args, Py_ssize_t count, PyObject *names)
{
    PyObject *found = NULL;
    int one = names == NULL && count == 1 && is_sequence(args[0]);
    if (kernel == KERNEL_log_softmax)
        found = one ? on_each_in_front(kernel, args[0]) : NULL;
    else if (kernel == KERNEL_dot)
        found = names == NULL && count == 2 && is_sequence(args[0]) && is_sequence(args[1])
                        && PySequence_Fast_GET_SIZE(args[0]) == PySequence_Fast_GET_SIZE(args[1])
                    ? on_items(row_of_kernel[kernel], PySequence_Fast_ITEMS(args[0]), PySequence_Fast_GET_SIZE(args[0]),
                               PySequence_Fast_ITEMS(args[1]), PySequence_Fast_GET_SIZE(args[1]))
                    : NULL;
    else if (one)
        found = on_sequence(kernel, args[0]);
    else if (names == NULL && count > 1 && kernel != KERNEL_sum)
        found = on_items(row_of_kernel[kernel], args, count, NULL, 0);
    return found != NULL || PyErr_Occurred() ? found : general.function(kernel, args, count, names);
}

#define CHAINRULE_METHOD(name)                                                                             \
    static PyObject *method_##name(PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)     \
    {                                                                                                      \
        return call_method(KERNEL_##name, self, args, count, names);                                       \
    }
#define CHAINRULE_FUNCTION(call, name)                                                                     \
    static PyObject *function_##name(PyObject *module, PyObject **args, Py_ssize_t count, PyObject *names) \
    {                                                                                                      \
        (void)module;                                                                                      \
        return call(KERNEL_##name, args, count, names);                                                    \
    }
#define CHAINRULE_OF_ROW(name) CHAINRULE_FUNCTION(call_function, name)
#define CHAINRULE_OF_SEQUENCE(name) CHAINRULE_FUNCTION(call_over, name)
#define CHAINRULE_METHOD_OF(name) (void *)method_##name,
#define CHAINRULE_FUNCTION_OF(name) (void *)function_##name,
CHAINRULE_ROWS(CHAINRULE_METHOD)
CHAINRULE_ROWS(CHAINRULE_OF_ROW)
CHAINRULE_SEQUENCES(CHAINRULE_OF_SEQUENCE)
static void *row_methods[] = {CHAINRULE_ROWS(CHAINRULE_METHOD_OF)};
static void *row_functions[] = {CHAINRULE_ROWS(CHAINRULE_FUNCTION_OF) CHAINRULE_SEQUENCES(CHAINRULE_FUNCTION_OF)};
static PyMethodDef method_definitions[CHAINRULE_KERNELS], function_definitions[FAST_PATHS];
