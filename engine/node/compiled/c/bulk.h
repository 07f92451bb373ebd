/* Loops over many nodes, and comparisons of containers, for bulk.pxi. No Python code runs in them. */
#pragma once

#include "node.h"

/* Make the data and the local gradients of nodes nan. */
static void spoil_nodes(Py_ssize_t count, PyObject **nodes)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        Fields *node = (Fields *)nodes[i];
        node->data = NAN;
        if (node->form != WITHOUT_GRADIENTS)
            for (Py_ssize_t j = 0; j < operand_count(node); j++)
                local_grads_of(node)[j] = NAN;
    }
}

static int are_trainable(Py_ssize_t count, PyObject **nodes)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (((Fields *)nodes[i])->row != LEAF_ROW || ((Fields *)nodes[i])->form != LEAF_FORM)
            return 0;
    return 1;
}

static Py_ssize_t leaves_among(Py_ssize_t count, PyObject **nodes)
{
    Py_ssize_t leaves = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        leaves += operand_count((Fields *)nodes[i]) == 0;
    return leaves;
}

/* Whether two lists hold the same objects in the same order. */
static int same_list(PyObject *list, PyObject *other)
{
    if (PyList_GET_SIZE(list) != PyList_GET_SIZE(other))  /* a subclass may say otherwise */
        return 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (PyList_GET_ITEM(list, i) != PyList_GET_ITEM(other, i))
            return 0;
    return 1;
}

static inline int is_plain(PyObject *x)
{
    return PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x) || PyUnicode_CheckExact(x) || x == Py_None;
}

/* Whether two objects are one, or both plain numbers, texts or None, which lead nowhere. */
static inline int same_object(PyObject *now, PyObject *was) { return now == was || (is_plain(now) && is_plain(was)); }

/* Whether a list, tuple or dict holds the objects of a tuple, in order: 0 or 1; -1 for any other container. */
static int holds_objects(PyObject *container, PyObject *were)
{
    Py_ssize_t count = PyTuple_GET_SIZE(were), place = 0;
    PyObject *item;
    if (PyDict_CheckExact(container)) {
        if (PyDict_GET_SIZE(container) != count)
            return 0;
        for (Py_ssize_t i = 0; PyDict_Next(container, &place, NULL, &item); i++)
            if (!same_object(item, PyTuple_GET_ITEM(were, i)))
                return 0;
        return 1;
    }
    if (!PyList_CheckExact(container) && !PyTuple_CheckExact(container))
        return -1;
    if (PySequence_Fast_GET_SIZE(container) != count)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!same_object(PySequence_Fast_GET_ITEM(container, i), PyTuple_GET_ITEM(were, i)))
            return 0;
    return 1;
}
