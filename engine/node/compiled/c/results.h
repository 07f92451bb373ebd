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

/* The rows with a kernel by its number, -1 where it gives other bits than the table; those in use, -1 throughout while
 * fast paths are off; and those with their default operands baked in, or -1. The same of the rows over sequences. */
static int sound_row_of_kernel[CHAINRULE_KERNELS];
static int row_of_kernel[CHAINRULE_KERNELS];
static int usual_row_of_kernel[CHAINRULE_KERNELS];
static int sound_row_of_sequence[SEQUENCES];
static int row_of_sequence[SEQUENCES];


static inline int is_value(PyObject *x) { return Py_TYPE(x) == value_type || PyObject_TypeCheck(x, value_type); }

/* Whether operators of this thread record the graph: 0 or 1; -1 with an error. */
static inline int recording(void) { return PySet_GET_SIZE(open_blocks) == 0 ? 1 : general.recording_in_block(); }

/* Whether x is a float, an int or a numpy.float64, which becomes a leaf; all other operands take the general way. */
static inline int constant(PyObject *x, double *number)
{
    if (PyFloat_CheckExact(x) || Py_TYPE(x) == float64_type) {
        *number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (PyLong_CheckExact(x)) {
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

/* The result of a row over the Values and floats in lists and tuples; None where it takes more than that. */
static PyObject *over_sequences(int kernel, PyObject *first, PyObject *second)
{
    PyObject *parts[2] = {first, second};
    int row = row_of_sequence[kernel];
    Py_ssize_t filled = 0, values = 0, count = 0;
    double y, number;
    Block *block;
    Fields *node;
    if (row < 0 || PySet_GET_SIZE(open_blocks))
        Py_RETURN_NONE;
    for (int part = 0; part < 2 && parts[part] != NULL; part++) {
        if (!PyList_CheckExact(parts[part]) && !PyTuple_CheckExact(parts[part]))
            Py_RETURN_NONE;
        count += PySequence_Fast_GET_SIZE(parts[part]);
    }
    block = new_block(count);
    if (block == NULL)
        return NULL;
    for (int part = 0; part < 2 && parts[part] != NULL; part++) {
        PyObject **items = PySequence_Fast_ITEMS(parts[part]);
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(parts[part]); i++, filled++) {
            if (Py_TYPE(items[i]) == value_type) {
                Py_INCREF(items[i]);
                node = (Fields *)items[i];
                values++;
            } else {
                node = constant(items[i], &number) ? new_leaf(number, CONSTANT_ROW) : NULL;
                if (node == NULL)
                    goto declined;
            }
            block_operands(block)[filled] = node;
        }
    }
    if (values && count > 2 && compute_sequence(kernel, count, block_operands(block), &y, block_local_grads(block))) {
        node = result_of_block(y, row, block);
        if (node != NULL)
            return (PyObject *)node;
    }
declined:
    block->count = filled;
    drop_operands(MANY, (Fields *)block, NULL);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}


/* -- methods and functions of the rows ----------------------------------------------------------------------------- */

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
    if (count + 1 == row->operands) {
        if (row->fixed == 0 && count == 1)
            return binary(kernel, row->all, self, args[0]);
        if (row->fixed == count) {
            for (i = 0; i < count && constant(args[i], &x[i]); i++)
                ;
            if (i == count)
                return general.with_numbers(kernel, self, (int)count, x);
        }
        return general.apply(kernel, self, args, count);
    }
    return general.method(kernel, self, args, count, names);
}

static PyObject *call_function(int kernel, PyObject **args, Py_ssize_t count, PyObject *names)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    if (names == NULL && count && Py_TYPE(args[0]) == value_type && row->usual <= count && count <= row->operands)
        return call_method(kernel, args[0], args + 1, count - 1, NULL);
    if (names == NULL && count == 2 && row->operands == 2 && Py_TYPE(args[1]) == value_type)
        return binary(kernel, row->all, args[0], args[1]);
    return general.function(kernel, args, count, names);
}

#define CHAINRULE_CALLS(name)                                                                           \
    static PyObject *method_##name(PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names) \
    {                                                                                                   \
        return call_method(KERNEL_##name, self, args, count, names);                                   \
    }                                                                                                   \
    static PyObject *function_##name(PyObject *module, PyObject **args, Py_ssize_t count, PyObject *names) \
    {                                                                                                   \
        (void)module;                                                                                   \
        return call_function(KERNEL_##name, args, count, names);                                       \
    }
#define CHAINRULE_METHOD(name) (void *)method_##name,
#define CHAINRULE_FUNCTION(name) (void *)function_##name,
CHAINRULE_ROWS(CHAINRULE_CALLS)
static void *row_methods[] = {CHAINRULE_ROWS(CHAINRULE_METHOD)};
static void *row_functions[] = {CHAINRULE_ROWS(CHAINRULE_FUNCTION)};
static PyMethodDef method_definitions[CHAINRULE_KERNELS], function_definitions[CHAINRULE_KERNELS];
