/* The methods and functions of the rows, as Python calls them: positional calls on Values and plain numbers; all other
 * calls go to those in Python.
 */
#pragma once

#include "results.h"

static PyObject *python_methods[CHAINRULE_KERNELS], *python_functions[FAST_PATHS];


/* The method in Python, which calls the _apply of a subclass, or tells what is wrong. */
static inline PyObject *method_in_python(int kernel, PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)
{
    return call_with(python_methods[kernel], self, args, count, names);
}

static inline PyObject *function_in_python(int kernel, PyObject **args, Py_ssize_t count, PyObject *names)
{
    return PyObject_Vectorcall(python_functions[kernel], args, (size_t)count, names);
}

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
        return kept == 1 && Py_TYPE(xs[0]) == value_type ? with_numbers(kernel, xs[0], i, baked) : NULL;
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
    return found != NULL || PyErr_Occurred() ? found : general_method(kernel, self, args, count);
}

static PyObject *call_method(int kernel, PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    double x[MOST_OPERANDS], y, local_grad;
    int usual = usual_row_of_kernel[kernel], i;
    if (names != NULL || Py_TYPE(self) != value_type)
        return method_in_python(kernel, self, args, count, names);
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
        return binary(kernel, row->all, self, args[0], 0);
    if (count + 1 == row->operands)
        return on_self_and(kernel, self, args, count);
    return method_in_python(kernel, self, args, count, names);
}

static PyObject *call_function(int kernel, PyObject **args, Py_ssize_t count, PyObject *names)
{
    const chainrule_row *row = &chainrule_rows[kernel];
    PyObject *found = NULL;
    if (names == NULL && count && Py_TYPE(args[0]) == value_type && row->usual <= count && count <= row->operands)
        return call_method(kernel, args[0], args + 1, count - 1, NULL);
    if (names == NULL && count == 2 && row->operands == 2 && Py_TYPE(args[1]) == value_type)
        return binary(kernel, row->all, args[0], args[1], 0);
    if (names == NULL && count > 2 && count == row->operands)
        found = on_all(kernel, args);
    return found != NULL || PyErr_Occurred() ? found : function_in_python(kernel, args, count, names);
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
    if (kernel == KERNEL_log_softmax)  /* of more, all results share the sum: see functions.py */
        found = one && PySequence_Fast_GET_SIZE(args[0]) <= 256 ? on_each_in_front(kernel, args[0]) : NULL;
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
    return found != NULL || PyErr_Occurred() ? found : function_in_python(kernel, args, count, names);
}

#define CHAINRULE_METHOD(name)                                                                             \
    static PyObject *method_##name(PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)     \
    {                                                                                                      \
        return call_method(KERNEL_##name, self, args, count, names);                                       \
    }
#define CHAINRULE_FUNCTION(call, name)                                                                     \
    static PyObject *function_##name(PyObject *module, PyObject **args, Py_ssize_t count, PyObject *names) \
    {                                                                                                      \
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
