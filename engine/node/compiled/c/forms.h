/* Whether the arguments of a call are nested as a template says: see pytree/forms.py. No Python code runs here, but
 * where a dict of the arguments is asked for a name. Of what is borrowed nothing is kept, but Values in a list. */
#pragma once

#include "results.h"

enum { ONE_NUMBER, ONE_VALUE, ARRAY, TABLE, SEQUENCE, DICT, STATIC };  /* as in forms.py */

typedef struct {
    double *numbers, *end;  /* where the next number goes, and behind the last place */
    PyObject *values;
    PyTypeObject *array_type;
} Sink;

static inline int take_double(double number, Sink *sink)
{
    if (sink->numbers >= sink->end)
        return 0;
    *sink->numbers++ = number;
    return 1;
}

/* Take a float or an integer of Python's own. */
static int take_number(PyObject *item, Sink *sink)
{
    double number;
    if (PyFloat_CheckExact(item))
        return take_double(PyFloat_AS_DOUBLE(item), sink);
    if (!PyLong_CheckExact(item))
        return 0;
    number = PyLong_AsDouble(item);
    if (number == -1.0 && PyErr_Occurred()) {  /* too large */
        PyErr_Clear();
        return 0;
    }
    return take_double(number, sink);
}

/* The bytes of a number of a format that is taken, as Python's buffers name them; 0 for any other. */
static inline int size_of(const char *format)
{
    if (format[0] == 0 || format[1] != 0)
        return 0;
    return format[0] == 'd' || format[0] == 'l' ? 8 : format[0] == 'f' || format[0] == 'i' ? 4 : 0;
}

static inline double number_at(const char *at, char format)
{
    double wide;
    float single;
    int64_t integer;
    int32_t small;
    switch (format) {
    case 'd':
        return memcpy(&wide, at, sizeof wide), wide;
    case 'f':
        return memcpy(&single, at, sizeof single), (double)single;
    case 'l':
        return memcpy(&integer, at, sizeof integer), (double)integer;
    default:
        return memcpy(&small, at, sizeof small), (double)small;
    }
}

/* Copy what lies behind an axis of an array, as of a column or a transposed one, in the order of C; where it ended. */
static double *copy_numbers_of(const char *from, const Py_buffer *view, int axis, double *to)
{
    if (axis == view->ndim) {
        *to = number_at(from, view->format[0]);
        return to + 1;
    }
    for (Py_ssize_t i = 0; i < view->shape[axis]; i++)
        to = copy_numbers_of(from + i * view->strides[axis], view, axis + 1, to);
    return to;
}

/* Take the numbers of an array of floats or integers of 32 or 64 bits in the order of C. */
static int take_array(PyObject *array, PyObject *shape, Sink *sink)
{
    Py_buffer view;
    Py_ssize_t count = 1;
    int taken;
    if (Py_TYPE(array) != sink->array_type)
        return 0;
    if (PyObject_GetBuffer(array, &view, PyBUF_STRIDES | PyBUF_FORMAT) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_BufferError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    taken = view.ndim == PyTuple_GET_SIZE(shape) && view.itemsize > 0 && view.itemsize == size_of(view.format);
    for (int i = 0; taken && i < view.ndim; i++) {
        taken = view.shape[i] == PyLong_AsSsize_t(PyTuple_GET_ITEM(shape, i));
        count *= view.shape[i];
    }
    taken = taken && count <= sink->end - sink->numbers;
    if (taken) {
        if (view.format[0] == 'd' && PyBuffer_IsContiguous(&view, 'C'))
            memcpy(sink->numbers, view.buf, view.len);
        else
            copy_numbers_of(view.buf, &view, 0, sink->numbers);
        sink->numbers += count;
    }
    PyBuffer_Release(&view);
    return taken;
}

static int is_of_form(PyObject *item, PyObject *form, Sink *sink);

static int are_of_forms(PyObject **items, PyObject *forms, Sink *sink)
{
    int same = 1;
    for (Py_ssize_t i = 0; same == 1 && i < PyTuple_GET_SIZE(forms); i++)
        same = is_of_form(items[i], PyTuple_GET_ITEM(forms, i), sink);
    return same;
}

static int is_of_sequence(PyObject *item, PyObject *form, int kind, Sink *sink)
{
    PyObject *parts = PyTuple_GET_ITEM(form, 2), *key, *part;
    Py_ssize_t place = 0;
    int same = 1;
    if ((PyObject *)Py_TYPE(item) != PyTuple_GET_ITEM(form, 1))
        return 0;
    if (kind == DICT) {
        if (PyDict_GET_SIZE(item) != PyTuple_GET_SIZE(parts))
            return 0;
        for (Py_ssize_t i = 0; same == 1 && PyDict_Next(item, &place, &key, &part); i++)
            same = key == PyTuple_GET_ITEM(parts, i) ?
                is_of_form(part, PyTuple_GET_ITEM(PyTuple_GET_ITEM(form, 3), i), sink) : 0;
        return same;
    }
    if (kind == TABLE) {
        if (PySequence_Fast_GET_SIZE(item) != PyLong_AsSsize_t(parts))
            return 0;
        for (Py_ssize_t i = 0; same && i < PySequence_Fast_GET_SIZE(item); i++)
            same = take_number(PySequence_Fast_GET_ITEM(item, i), sink);
        return same;
    }
    return PySequence_Fast_GET_SIZE(item) == PyTuple_GET_SIZE(parts) ?
        are_of_forms(PySequence_Fast_ITEMS(item), parts, sink) : 0;
}

/* Whether a part of the arguments is as it was in all but numbers, which go to the sink: 0 or 1; -1 with an exception. */
static int is_of_form(PyObject *item, PyObject *form, Sink *sink)
{
    int kind = (int)PyLong_AsLong(PyTuple_GET_ITEM(form, 0)), row;
    switch (kind) {
    case ONE_VALUE:
        if (Py_TYPE(item) != value_type)
            return 0;
        row = ((Fields *)item)->row;
        if ((row == FROZEN_ROW || row == CONSTANT_ROW) == (PyTuple_GET_ITEM(form, 1) == Py_True))
            return 0;
        if (!take_double(((Fields *)item)->data, sink))
            return 0;
        return PyList_Append(sink->values, item) < 0 ? -1 : 1;
    case ONE_NUMBER:
        return Py_TYPE(item) == float64_type ? take_double(PyFloat_AS_DOUBLE(item), sink) : take_number(item, sink);
    case STATIC:
        return item == PyTuple_GET_ITEM(form, 1);
    case ARRAY:
        return take_array(item, PyTuple_GET_ITEM(form, 1), sink);
    default:
        return is_of_sequence(item, form, kind, sink);
    }
}

/* Whether all arguments are: a tuple, and a dict of those by name. */
static int are_recognised(PyObject *args, PyObject *options, PyObject *parts, PyObject *named, Sink *sink)
{
    int same;
    if (PyTuple_GET_SIZE(args) != PyTuple_GET_SIZE(parts) || PyDict_GET_SIZE(options) != PyTuple_GET_SIZE(named))
        return 0;
    same = are_of_forms(((PyTupleObject *)args)->ob_item, parts, sink);
    for (Py_ssize_t i = 0; same == 1 && i < PyTuple_GET_SIZE(named); i++) {
        PyObject *each = PyTuple_GET_ITEM(named, i);
        PyObject *item = PyDict_GetItemWithError(options, PyTuple_GET_ITEM(each, 0));
        if (item == NULL)
            return PyErr_Occurred() ? -1 : 0;
        same = is_of_form(item, PyTuple_GET_ITEM(each, 1), sink);
    }
    return same;
}
