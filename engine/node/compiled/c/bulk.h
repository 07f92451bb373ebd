/* Loops over many nodes, and comparisons of containers, for bulk.pxi. No Python code runs in them. */
#pragma once

#include "results.h"

/* The position of the first item of a list or tuple that is not a Value; -1: all are. */
static Py_ssize_t first_other(PyObject *items)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items); i++)
        if (!is_value(PySequence_Fast_GET_ITEM(items, i)))
            return i;
    return -1;
}

static inline Fields *node_at(PyObject *values, Py_ssize_t i) { return (Fields *)PySequence_Fast_GET_ITEM(values, i); }

/* The data or the gradients of nodes into numbers, or from them. */
static void copy_each(PyObject *values, double *numbers, int gradients, int write)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++) {
        double *own = gradients ? &node_at(values, i)->grad : &node_at(values, i)->data;
        if (write)
            *own = numbers[i];
        else
            numbers[i] = *own;
    }
}

/* Numbers times a factor into the gradients of nodes, as a sweep adds them to 0. */
static void scale_each(PyObject *values, const double *numbers, double factor)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++)
        node_at(values, i)->grad = 0.0 + numbers[i] * factor;
}

/* Make the data and the local gradients of nodes nan. */
static void spoil_nodes(PyObject *values)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++) {
        Fields *node = node_at(values, i);
        node->data = NAN;
        if (node->form != WITHOUT_GRADIENTS)
            for (Py_ssize_t j = 0; j < operand_count(node); j++)
                local_grads_of(node)[j] = NAN;
    }
}

static int are_trainable(PyObject *values)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++)
        if (node_at(values, i)->row != LEAF_ROW || node_at(values, i)->form != LEAF_FORM)
            return 0;
    return 1;
}

static Py_ssize_t leaves_among(PyObject *values)
{
    Py_ssize_t leaves = 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++)
        leaves += operand_count(node_at(values, i)) == 0;
    return leaves;
}

typedef struct {
    double beta1, beta2, correction1, correction2, lr, eps;
} AdamSettings;

/* A step of Adam: see nn/optim/adaptive/adam.py, whose order of operations this is. The vectors lie apart. */
static void adam(
    Py_ssize_t count, AdamSettings a, const double *restrict theta, const double *restrict g, double *restrict m,
    double *restrict v, double *restrict largest, double *restrict out)
{
    double new1 = 1.0 - a.beta1, new2 = 1.0 - a.beta2;
    for (Py_ssize_t i = 0; i < count; i++) {
        m[i] = m[i] * a.beta1 + new1 * g[i];
        v[i] = v[i] * a.beta2 + new2 * g[i] * g[i];
    }
    if (largest == NULL) {
        for (Py_ssize_t i = 0; i < count; i++)
            out[i] = theta[i] - m[i] / a.correction1 * a.lr / (sqrt(v[i] / a.correction2) + a.eps);
        return;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        largest[i] = largest[i] > v[i] || largest[i] != largest[i] ? largest[i] : v[i];
    for (Py_ssize_t i = 0; i < count; i++)
        out[i] = theta[i] - m[i] / a.correction1 * a.lr / (sqrt(largest[i] / a.correction2) + a.eps);
}

/* Count a step of so many parameters, and set the corrections of this step: 0, and nothing is counted, where some of them
 * were frozen for a while, so that the counts differ. */
static int count_step(double *counts, Py_ssize_t size, AdamSettings *a)
{
    for (Py_ssize_t i = 1; i < size; i++)
        if (counts[i] != counts[0])
            return 0;
    if (size == 0 || counts[0] != counts[0])
        return 0;
    for (Py_ssize_t i = 0; i < size; i++)
        counts[i] += 1.0;
    a->correction1 = 1.0 - pow(a->beta1, counts[0]);
    a->correction2 = 1.0 - pow(a->beta2, counts[0]);
    return 1;
}

/* Weight decay: see decayed() in nn/optim/optimizer.py. */
static void decay_each(Py_ssize_t count, double decay, int decoupled, double lr, double *theta, double *g)
{
    if (decay == 0.0)
        return;
    if (decoupled)
        for (Py_ssize_t i = 0; i < count; i++)
            theta[i] = theta[i] * (1.0 - lr * decay);
    else
        for (Py_ssize_t i = 0; i < count; i++)
            g[i] = g[i] + decay * theta[i];
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

/* A number that a dict has no more once it is changed, and no other dict ever has; 0 where none is promised. */
static inline uint64_t version_of(PyObject *item)
{
#if PY_VERSION_HEX < 0x030C0000
    return PyDict_CheckExact(item) ? ((PyDictObject *)item)->ma_version_tag : 0;
#else
    return 0;
#endif
}

typedef struct {  /* types.MappingProxyType, which shows the dict of a class */
    PyObject head;
    PyObject *mapping;
} Proxy;

/* The dict itself of what shows that of a class. */
static inline PyObject *shown_by(PyObject *item)
{
    return Py_TYPE(item) == &PyDictProxy_Type ? ((Proxy *)item)->mapping : item;
}

/* Whether two objects are one; or, unless they must be, both plain numbers, texts or None, which lead nowhere. */
static inline int same_object(PyObject *now, PyObject *was, int exactly)
{
    return now == was || (!exactly && is_plain(now) && is_plain(was));
}

/* Whether a list or tuple holds the objects of a tuple, in order; a dict, or a class whose dict is shown, its keys and
   values in turn: 0 or 1; -1 for any other container. A dict of the version that was found to hold them is not gone
   through; without a place for versions all are. */
static int holds_objects(PyObject *container, PyObject *were, uint64_t *version, int exactly)
{
    Py_ssize_t count = PyTuple_GET_SIZE(were), place = 0;
    PyObject **expected = PySequence_Fast_ITEMS(were), *key, *item;
    container = shown_by(container);
    if (PyDict_CheckExact(container)) {
        uint64_t now = version_of(container);
        if (now && version != NULL && now == *version)
            return 1;
        if (2 * PyDict_GET_SIZE(container) != count)
            return 0;
        for (; PyDict_Next(container, &place, &key, &item); expected += 2)
            if (key != expected[0] || !same_object(item, expected[1], exactly))
                return 0;
        if (version != NULL)
            *version = now;
        return 1;
    }
    if (!PyList_CheckExact(container) && !PyTuple_CheckExact(container))
        return -1;
    if (PySequence_Fast_GET_SIZE(container) != count)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!same_object(PySequence_Fast_GET_ITEM(container, i), expected[i], exactly))
            return 0;
    return 1;
}

/* Whether objects are of the classes that they had, and their attributes are the dicts that they were, None for any;
 * those of a class are found by its order of classes. */
static int are_as_made(PyObject *items, PyObject *dicts, PyObject *kinds)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i), *dict, *was = PyTuple_GET_ITEM(dicts, i);
        if ((PyObject *)Py_TYPE(item) != PyTuple_GET_ITEM(kinds, i))
            return 0;
        if (was == Py_None)
            continue;
        if (PyType_Check(item)) {
            if (((PyTypeObject *)item)->tp_mro != was)
                return 0;
            continue;
        }
#if PY_VERSION_HEX < 0x030C0000  /* which takes a third of the time */
        PyObject **place = _PyObject_GetDictPtr(item);
        if (place != NULL && *place == was)
            continue;
#endif
        if ((dict = PyObject_GenericGetDict(item, NULL)) == NULL) {
            if (!PyErr_ExceptionMatches(PyExc_AttributeError))
                return -1;
            PyErr_Clear();  /* it makes its attributes up */
            return 0;
        }
        Py_DECREF(dict);  /* the object has it */
        if (dict != was)
            return 0;
    }
    return 1;
}

/* -- places: see jit/trace/places.py ---------------------------------------------------------------------------- */

enum {  /* the fields of Places */
    OWNERS, KEYS, ENTRIES, LISTS, ITEMS, CELLS, CONTENTS, SIZED, SIZES, FUNCTIONS, CODES, OBJECTS, ATTRIBUTES, KINDS, VERSIONS,
    MISSING, FIELDS_OF_PLACES
};

/* Whether two objects of one plain type are equal; of floats bit by bit. */
static int equal_plain(PyObject *now, PyObject *was)
{
    if (now == NULL || was == NULL || Py_TYPE(now) != Py_TYPE(was))
        return 0;
    if (PyFloat_CheckExact(now)) {
        double a = PyFloat_AS_DOUBLE(now), b = PyFloat_AS_DOUBLE(was);
        return !memcmp(&a, &b, sizeof a);
    }
    if (PyLong_CheckExact(now) || PyUnicode_CheckExact(now))
        return PyObject_RichCompareBool(now, was, Py_EQ);
    return 0;
}

/* Whether a place holds what it held, as a list remembers; what is equal is remembered for the next time. */
static inline int holds(PyObject *now, PyObject *were, Py_ssize_t i)
{
    PyObject *was = PyList_GET_ITEM(were, i);
    int equal;
    if (now == was)
        return 1;
    equal = equal_plain(now, was);
    if (equal == 1) {
        Py_INCREF(now);
        PyList_SET_ITEM(were, i, now);
        Py_DECREF(was);
    }
    return equal;
}

/* Whether a dict holds under some keys what it held, a missing entry included: 0 or 1; -1 with an exception set. */
static int same_entries(PyObject *dict, PyObject *keys, PyObject *were, PyObject *missing)
{
    PyObject *key, *now;
    Py_ssize_t count = PyTuple_GET_SIZE(keys), i = 0, place = 0;
    int same;
    if (PyDict_GET_SIZE(dict) <= 2 * count + 4)  /* quicker than to look each up, and mostly they lie in order */
        while (i < count && PyDict_Next(dict, &place, &key, &now))
            if (key == PyTuple_GET_ITEM(keys, i)) {
                if ((same = holds(now, were, i)) != 1)
                    return same;
                i++;
            }
    for (; i < count; i++) {
        now = PyDict_GetItemWithError(dict, PyTuple_GET_ITEM(keys, i));
        if (now == NULL && PyErr_Occurred())
            return -1;
        if ((same = holds(now != NULL ? now : missing, were, i)) != 1)
            return same;
    }
    return 1;
}

/* Whether a list holds what it held. */
static int same_items_of(PyObject *list, PyObject *were)
{
    int same;
    if (PyList_GET_SIZE(list) != PyList_GET_SIZE(were))
        return 0;
    if (same_list(list, were))
        return 1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(were); i++)
        if ((same = holds(PyList_GET_ITEM(list, i), were, i)) != 1)
            return same;
    return 1;
}

static inline int same_part(PyObject *part, PyObject *was) { return (part != NULL ? part : Py_None) == was; }

/* Whether a container has the size that it had; a dict of which a tuple of keys is known, these in this order: 0 or 1;
 * -1 with an exception set. */
static int same_size(PyObject *each, PyObject *was)
{
    PyObject *key;
    Py_ssize_t place = 0, i = 0, size;
    size = PyDict_CheckExact(each) ? PyDict_GET_SIZE(each) : PyObject_Size(each);
    if (size == -1)
        return -1;
    if (!PyTuple_CheckExact(was))
        return size == PyLong_AsSsize_t(was);
    if (size != PyTuple_GET_SIZE(was))
        return 0;
    for (; PyDict_Next(each, &place, &key, NULL); i++)
        if (key != PyTuple_GET_ITEM(was, i) && equal_plain(key, PyTuple_GET_ITEM(was, i)) != 1)
            return PyErr_Occurred() ? -1 : 0;
    return 1;
}

/* Whether all places hold what they held: 0 or 1; -1 with an exception set. A dict of the version that was found to hold
 * it is not gone through. */
static int all_same(PyObject **fields)
{
    uint64_t *versions = (uint64_t *)PyByteArray_AS_STRING(fields[VERSIONS]), now;
    Py_ssize_t i;
    int same;
    for (i = 0; i < PyList_GET_SIZE(fields[OWNERS]); i++, versions++) {
        PyObject *dict = shown_by(PyList_GET_ITEM(fields[OWNERS], i));
        now = version_of(dict);
        if (now && now == *versions)
            continue;
        if ((same = same_entries(
                 dict, PyList_GET_ITEM(fields[KEYS], i), PyList_GET_ITEM(fields[ENTRIES], i), fields[MISSING])) != 1)
            return same;
        *versions = now;
    }
    for (i = 0; i < PyList_GET_SIZE(fields[LISTS]); i++)
        if ((same = same_items_of(PyList_GET_ITEM(fields[LISTS], i), PyList_GET_ITEM(fields[ITEMS], i))) != 1)
            return same;
    for (i = 0; i < PyList_GET_SIZE(fields[CELLS]); i++) {
        PyObject *now = PyCell_GET(PyList_GET_ITEM(fields[CELLS], i));
        if ((same = holds(now != NULL ? now : fields[MISSING], fields[CONTENTS], i)) != 1)
            return same;
    }
    for (i = 0; i < PyList_GET_SIZE(fields[SIZED]); i++, versions++) {
        PyObject *each = shown_by(PyList_GET_ITEM(fields[SIZED], i));
        now = version_of(each);
        if (now && now == *versions)
            continue;
        if ((same = same_size(each, PyList_GET_ITEM(fields[SIZES], i))) != 1)
            return same;
        *versions = now;
    }
    for (i = 0; i < PyList_GET_SIZE(fields[FUNCTIONS]); i++) {
        PyObject *each = PyList_GET_ITEM(fields[FUNCTIONS], i);
        PyObject **codes = ((PyListObject *)fields[CODES])->ob_item + 3 * i;
        if (!same_part(PyFunction_GET_CODE(each), codes[0]) || !same_part(PyFunction_GET_DEFAULTS(each), codes[1]) ||
            !same_part(PyFunction_GET_KW_DEFAULTS(each), codes[2]))
            return 0;
    }
    return are_as_made(fields[OBJECTS], fields[ATTRIBUTES], fields[KINDS]);
}
