/* What the class Value takes from C: how a call makes a node, deallocation, collection, operators. */
#pragma once

#include <stddef.h>

#include "results.h"

static newfunc new_of_subclass = NULL;  /* that of Node, as Cython wrote it */
static PyObject *type_call = NULL;      /* type.__call__ */


/* Value(x) without the detour through __init__, which every other call takes. */
static PyObject *construct(PyObject *kind, PyObject *const *args, size_t flags, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (count != 1 || names != NULL || kind != (PyObject *)value_type)
        return call_with(type_call, kind, args, count, names);
    double data = PyFloat_CheckExact(args[0]) ? PyFloat_AS_DOUBLE(args[0]) : data_of(args[0]);
    return data == -1.0 && PyErr_Occurred() ? NULL : (PyObject *)new_headed_leaf(data, LEAF_ROW);
}

/* A leaf for __init__ to fill. */
static PyObject *new_node(PyTypeObject *kind, PyObject *args, PyObject *options)
{
    if (kind == value_type)
        return (PyObject *)new_headed_leaf(0.0, LEAF_ROW);
    if (!PyType_IsSubtype(kind, value_type)) {
        PyErr_SetString(PyExc_TypeError, "Node is only what Value is made of: use Value");
        return NULL;
    }
    return new_of_subclass(kind, args, options);
}

/* The bytes that a node takes. */
static size_t node_size(PyObject *self)
{
    Fields *node = (Fields *)self;
    size_t header = is_collected(self) ? 0 : HEADER;  /* which Python adds for the class */
    return (size_t)Py_TYPE(self)->tp_basicsize - header + (node->form >= MANY ? block_size(operand_count(node), ((Block *)node->left)->holder != NULL) : 0);
}

/* A tuple of the operands of a node. */
static PyObject *operands_in_order(Fields *node)
{
    PyObject *found = PyTuple_New(operand_count(node));
    for (Py_ssize_t i = 0; found != NULL && i < PyTuple_GET_SIZE(found); i++)
        PyTuple_SET_ITEM(found, i, Py_NewRef((PyObject *)operands_of(node)[i]));
    return found;
}

static void prepare_node_type(PyTypeObject *node_type)
{
    new_of_subclass = node_type->tp_new;
    node_type->tp_new = new_node;
    node_type->tp_vectorcall = NULL;  /* where Cython has one, it goes another way */
    node_type->tp_dealloc = free_node;
    node_type->tp_dictoffset = offsetof(Fields, attributes);
    PyType_Modified(node_type);
}

static void prepare_value_type(PyTypeObject *kind, PyTypeObject *node_type)
{
    Py_INCREF((PyObject *)kind);  /* C knows it from now on */
    value_type = kind;
    if (HEADER) {
        kind->tp_flags |= Py_TPFLAGS_HAVE_GC;
        kind->tp_traverse = traverse_node;
        kind->tp_clear = let_go_of_all;
        kind->tp_is_gc = is_collected;
    } else {
        kind->tp_flags &= ~Py_TPFLAGS_HAVE_GC;  /* which Python sets for every class made by a class statement */
        kind->tp_traverse = NULL;
        kind->tp_clear = NULL;
    }
    kind->tp_setattro = set_attribute;
    kind->tp_free = free_place;
    kind->tp_dealloc = free_node;
    kind->tp_vectorcall = construct;
    /* Python would come to these operators through a look-up by name */
    kind->tp_as_number->nb_add = operator_add;
    kind->tp_as_number->nb_subtract = operator_sub;
    kind->tp_as_number->nb_multiply = operator_mul;
    kind->tp_as_number->nb_true_divide = operator_div;
    kind->tp_as_number->nb_remainder = operator_mod;
    kind->tp_as_number->nb_floor_divide = operator_floor_divide;
    kind->tp_as_number->nb_power = node_type->tp_as_number->nb_power;
}
