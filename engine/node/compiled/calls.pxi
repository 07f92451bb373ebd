# What a call of a lifted function costs beside its program: whether what it reads is as it was, and its arguments. What
# each function does is told in jit/trace/places.py and in pytree/forms.py.

def same_places(places):
    if not isinstance(places, tuple) or len(places) != FIELDS_OF_PLACES:
        raise TypeError(f"expected Places, got {brief(places)}")
    return bool(all_same(PySequence_Fast_ITEMS(places)))


cdef enum Form:  # as in forms.py
    ONE_NUMBER
    ONE_VALUE
    ARRAY
    TABLE
    SEQUENCE
    DICT
    STATIC


cdef struct Sink:
    double* numbers  # where the next number goes
    double* end
    PyObject* values


def recognised(tuple args, dict options, tuple template, numbers):
    cdef Py_buffer view
    cdef Sink sink
    values = []
    open_vector(numbers, len(numbers), PyBUF_WRITABLE, &view)
    try:
        sink.numbers = <double*>view.buf
        sink.end = sink.numbers + len(numbers)
        sink.values = <PyObject*>values
        if not recognised_into(args, options, template, &sink):
            return None
    finally:
        PyBuffer_Release(&view)
    return tuple(values)


cdef bint recognised_into(tuple args, dict options, tuple template, Sink* sink) except -1:
    """Whether arguments are of a form; their numbers and Values go to the sink."""
    cdef tuple parts = template[0]
    cdef tuple named = template[1]
    cdef Py_ssize_t i
    if len(args) != len(parts) or len(options) != len(named):
        return False
    for i in range(len(parts)):
        if not is_of_form(args[i], <tuple>parts[i], sink):
            return False
    for i in range(len(named)):
        item = options.get((<tuple>named[i])[0], options)
        if item is options or not is_of_form(item, (<tuple>named[i])[1], sink):
            return False
    return True


cdef bint is_of_form(object item, tuple form, Sink* sink) except -1:
    """Whether a part of the arguments is as it was in all but numbers, which go to the sink."""
    cdef int kind = form[0]
    cdef Py_ssize_t i, count
    cdef PyObject** items
    cdef tuple parts, keys
    if kind == ONE_VALUE:
        if Py_TYPE(<PyObject*>item) != value_type or sink.numbers >= sink.end:
            return False
        if ((<Fields*><PyObject*>item).row in (FROZEN_ROW, CONSTANT_ROW)) == <bint>form[1]:
            return False
        sink.numbers[0] = (<Fields*><PyObject*>item).data
        sink.numbers += 1
        (<list>sink.values).append(item)
        return True
    if kind == ONE_NUMBER:
        return Py_TYPE(<PyObject*>item) == float64_type and take_float(item, sink) or take_number(item, sink)
    if kind == STATIC:
        return item is form[1]
    if kind == ARRAY:
        return take_array(item, form[1], sink)
    if Py_TYPE(<PyObject*>item) != <PyTypeObject*>form[1]:
        return False
    if kind == TABLE:
        count = form[2]
        if len(item) != count:
            return False
        items = PySequence_Fast_ITEMS(item)
        for i in range(count):
            if not take_number(<object>items[i], sink):
                return False
        return True
    if kind == DICT:
        keys, parts = form[2], form[3]
        if len(<dict>item) != len(keys):
            return False
        i = 0
        for key, part in (<dict>item).items():
            if key is not keys[i] or not is_of_form(part, <tuple>parts[i], sink):
                return False
            i += 1
        return True
    parts = form[2]
    if PySequence_Fast_GET_SIZE(item) != len(parts):
        return False
    items = PySequence_Fast_ITEMS(item)
    for i in range(len(parts)):
        if not is_of_form(<object>items[i], <tuple>parts[i], sink):
            return False
    return True


cdef inline bint take_float(object item, Sink* sink) noexcept:
    if sink.numbers >= sink.end:
        return False
    sink.numbers[0] = PyFloat_AS_DOUBLE(<PyObject*>item)
    sink.numbers += 1
    return True


cdef bint take_number(object item, Sink* sink) except -1:
    """Take a float or an integer of Python's own."""
    if PyFloat_CheckExact(<PyObject*>item):
        return take_float(item, sink)
    if type(item) is not int or sink.numbers >= sink.end:
        return False
    try:
        sink.numbers[0] = <double>item
    except OverflowError:
        return False
    sink.numbers += 1
    return True


cdef bint take_array(object array, tuple shape, Sink* sink) except -1:
    """Take the numbers of an array of float64 or int64 in the order of C."""
    cdef Py_buffer view
    cdef Py_ssize_t i, size = sizeof(double)
    cdef bint taken
    if Py_TYPE(<PyObject*>array) != ndarray_type:
        return False
    try:
        PyObject_GetBuffer(array, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
    except (ValueError, BufferError):
        return False
    taken = view.ndim == len(shape) and view.format[0] in (c"d", c"l") and not view.format[1]
    taken = taken and view.itemsize == size and view.len <= (sink.end - sink.numbers) * size
    for i in range(view.ndim):
        taken = taken and view.shape[i] == <Py_ssize_t>shape[i]
    if taken:
        if view.format[0] == c"d":
            memcpy(sink.numbers, view.buf, view.len)
        else:
            for i in range(view.len // size):
                sink.numbers[i] = <double>(<int64_t*>view.buf)[i]
        sink.numbers += view.len // size
    PyBuffer_Release(&view)
    return taken
