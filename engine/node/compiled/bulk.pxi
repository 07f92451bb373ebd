# Many nodes at once: their numbers from and to arrays, one node on many operands, and a whole graph as arrays. What
# each function does is told in bulk.py. No Python code runs while pointers into lists and graphs are in use.

cdef PyTypeObject* ndarray_type = <PyTypeObject*>np.ndarray


cdef Py_ssize_t values_in(object values, PyObject*** items) except -1:
    """How many Values a list or tuple holds, and where; TypeError for anything else."""
    cdef Py_ssize_t i, count
    if type(values) is not list and type(values) is not tuple:  # a subclass has passed plain_list()
        check_values(values)
    count = len(values)
    items[0] = PySequence_Fast_ITEMS(values)
    for i in range(count):
        if not is_value(items[0][i]):
            check_values(values)  # which raises, unless it is another kind of node
            raise TypeError(f"item {i} must be a Value of this class, got {brief(values[i])} of {type(values[i])}")
    return count


cdef int open_vector(object vector, Py_ssize_t count, int flags, Py_buffer* view) except -1:
    """The numbers of a vector of float64, until PyBuffer_Release(view)."""
    if not PyObject_TypeCheck(<PyObject*>vector, ndarray_type):
        check_vector(vector, count, False)
    try:
        PyObject_GetBuffer(vector, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | flags)
    except (ValueError, BufferError):
        check_vector(vector, count, flags == PyBUF_WRITABLE)
        raise
    if view.ndim != 1 or view.format[0] != c"d" or view.format[1] or view.len != count * <Py_ssize_t>sizeof(double):
        PyBuffer_Release(view)
        check_vector(vector, count, False)
        raise TypeError(f"expected a vector of {count} float64, got {brief(vector)}")
    return 0


def read_data(values, out):
    cdef PyObject** items
    cdef Py_buffer view
    cdef Py_ssize_t i, count
    if recorded():
        tracing.refuse_while_tracing("reading numbers of many Values", "do it outside")
    values = plain_list(values)
    open_vector(out, len(values), PyBUF_WRITABLE, &view)
    try:
        count = values_in(values, &items)
        for i in range(count):
            (<double*>view.buf)[i] = (<Fields*>items[i]).data
    finally:
        PyBuffer_Release(&view)


def read_grad(values, out):
    cdef PyObject** items
    cdef Py_buffer view
    cdef Py_ssize_t i, count
    if recorded():
        tracing.refuse_while_tracing("reading gradients of many Values", "do it outside")
    values = plain_list(values)
    open_vector(out, len(values), PyBUF_WRITABLE, &view)
    try:
        count = values_in(values, &items)
        for i in range(count):
            (<double*>view.buf)[i] = (<Fields*>items[i]).grad
    finally:
        PyBuffer_Release(&view)


def write_data(values, numbers):
    cdef PyObject** items
    cdef Py_buffer view
    cdef Py_ssize_t i, count
    if recorded():
        tracing.refuse_while_tracing("setting numbers of many Values", "do it outside")
    values = plain_list(values)
    open_vector(numbers, len(values), 0, &view)
    try:
        count = values_in(values, &items)
        for i in range(count):
            (<Fields*>items[i]).data = (<double*>view.buf)[i]
    finally:
        PyBuffer_Release(&view)


def spoil(values):
    cdef PyObject** items
    cdef Fields* node
    cdef Py_ssize_t i, j, count
    values = plain_list(values)
    count = values_in(values, &items)
    for i in range(count):
        node = <Fields*>items[i]
        node.data = NAN
        if node.form != MANY_WITHOUT_SLOPES:
            for j in range(operand_count(node)):
                slopes_of(node)[j] = NAN


def write_grad(values, numbers):
    cdef PyObject** items
    cdef Py_buffer view
    cdef Py_ssize_t i, count
    if recorded():
        tracing.refuse_while_tracing("setting gradients of many Values", "do it outside")
    values = plain_list(values)
    open_vector(numbers, len(values), 0, &view)
    try:
        count = values_in(values, &items)
        for i in range(count):
            (<Fields*>items[i]).grad = (<double*>view.buf)[i]
    finally:
        PyBuffer_Release(&view)


def same_items(items, others):
    cdef Py_ssize_t i, count
    if not isinstance(items, list) or not isinstance(others, list):
        raise TypeError(f"expected two lists, got {type(items).__name__} and {type(others).__name__}")
    count = PyList_GET_SIZE(items)  # a subclass may say otherwise
    if count != PyList_GET_SIZE(others):
        return False
    for i in range(count):
        if PySequence_Fast_ITEMS(items)[i] != PySequence_Fast_ITEMS(others)[i]:
            return False
    return True


def trainable(values):
    cdef PyObject** items
    cdef Py_ssize_t i, count
    values = plain_list(values)
    count = values_in(values, &items)
    for i in range(count):
        if (<Fields*>items[i]).row != LEAF_ROW or (<Fields*>items[i]).form != LEAF_FORM:
            return False
    return True


def leaf_count(values):
    cdef PyObject** items
    cdef Py_ssize_t i, count, leaves = 0
    values = plain_list(values)
    count = values_in(values, &items)
    for i in range(count):
        leaves += operand_count(<Fields*>items[i]) == 0
    return leaves


cdef bint is_plain(PyObject* item) noexcept:
    cdef PyTypeObject* kind = Py_TYPE(item)
    return (
        kind == &PyFloat_Type or kind == &PyLong_Type or kind == &PyBool_Type or kind == &PyUnicode_Type
        or item == <PyObject*>None
    )


cdef bint same_object(PyObject* now, PyObject* was) noexcept:
    """Whether two objects are one, or both plain numbers, texts or None, which lead nowhere."""
    return now == was or (is_plain(now) and is_plain(was))


def same_objects(list containers, list were):
    cdef Py_ssize_t i, j, count, place
    cdef PyObject** items
    cdef PyObject* item
    cdef PyObject** old
    if len(containers) != len(were):
        return False
    for i in range(len(containers)):
        container, was = containers[i], were[i]
        if type(was) is not tuple:
            raise TypeError(f"what was there must be a tuple, got {type(was)}")
        count, old = len(<tuple>was), PySequence_Fast_ITEMS(was)
        if type(container) is list or type(container) is tuple:
            if len(container) != count:
                return False
            items = PySequence_Fast_ITEMS(container)
            for j in range(count):
                if not same_object(items[j], old[j]):
                    return False
        elif type(container) is dict:
            if len(<dict>container) != count:
                return False
            place = j = 0
            while PyDict_Next(container, &place, NULL, &item):
                if not same_object(item, old[j]):
                    return False
                j += 1
        else:
            raise TypeError(f"expected a list, tuple or dict, got {type(container)}")
    return True


def fused_node(data, operands, slopes, row):
    cdef PyObject** items
    cdef Py_buffer view
    cdef Py_ssize_t i, count
    cdef Fields* node
    cdef Block* block = NULL
    cdef double y = as_double(data, "data")
    cdef int number
    if not recording():
        return owned(new_leaf(y, FROZEN_ROW))
    operands = plain_list(operands)
    number = take_row(row)
    try:
        open_vector(slopes, len(operands), 0, &view)
        try:
            count = values_in(operands, &items)
            if count > 2:
                block = new_block(count)
                for i in range(count):
                    hold(items[i])
                    block_operands(block)[i] = <Fields*>items[i]
                memcpy(block_slopes(block), view.buf, count * sizeof(double))
                node = new_result(y, number, count, block_operands(block))
                if node == NULL:
                    drop_operands(MANY, <Fields*>block, NULL)
                else:
                    node.form = MANY
                    node.left = <Fields*>block
            elif count == 2:
                node = result_2(y, number, <Fields*>items[0], <Fields*>items[1], <double*>view.buf)
            elif count == 1:
                node = result_1(y, number, <Fields*>items[0], (<double*>view.buf)[0])
            else:
                return owned(new_leaf(y, CONSTANT_ROW))
            if node != NULL and number >= lasting_rows:
                rows[number].uses += 1
            return owned(node)
        finally:
            PyBuffer_Release(&view)
    finally:
        drop_row(number)


# -- a graph as arrays -------------------------------------------------------------------------------------

cdef struct Arrays:
    double* data
    int32_t* row_of
    int64_t* offsets
    int64_t* operands
    int* place               # of a row of the table in the list of rows; -1 where no node has come yet


cdef void* room_for(Py_ssize_t count, size_t size) except NULL:
    cdef void* memory = PyMem_RawMalloc((count + 1) * size)
    if memory == NULL:
        raise MemoryError()
    return memory


cdef object as_array(void* numbers, Py_ssize_t count, object kind):
    """A copy of numbers in memory as a NumPy array."""
    cdef Py_buffer view
    array = np.empty(count, kind)
    PyObject_GetBuffer(array, &view, PyBUF_WRITABLE)
    memcpy(view.buf, numbers, view.len)
    PyBuffer_Release(&view)
    return array


def graph_arrays(roots):
    cdef PyObject** items
    cdef Nodes order = Nodes(NULL, 0, 0)
    cdef Arrays a = Arrays(NULL, NULL, NULL, NULL, NULL)
    cdef Fields* node
    cdef Fields** operands
    cdef int* found = NULL   # the rows' numbers
    cdef Py_ssize_t i, j, count, used = 0, total = 0
    cdef uint64_t first
    global last_walk
    roots = plain_list(roots)
    count = values_in(roots, &items)
    try:
        walk_all(count, items, &order)
        count = order.count
        # From now on a node's visit tells its position; the numbers used for it are no later walk's.
        first = last_walk
        last_walk += count
        for i in range(count):
            order.items[i].visit = first + i
            total += operand_count(order.items[i])
        a.data = <double*>room_for(count, sizeof(double))
        a.row_of = <int32_t*>room_for(count, sizeof(int32_t))
        a.offsets = <int64_t*>room_for(count, sizeof(int64_t))
        a.operands = <int64_t*>room_for(total, sizeof(int64_t))
        a.place = <int*>room_for(row_count, sizeof(int))
        found = <int*>room_for(row_count, sizeof(int))
        for i in range(row_count):
            a.place[i] = -1
        total = 0
        for i in range(count):
            node = order.items[i]
            if a.place[node.row] < 0:
                found[used] = node.row
                a.place[node.row] = <int>used
                used += 1
            a.data[i] = node.data
            a.row_of[i] = a.place[node.row]
            a.offsets[i] = total
            operands = operands_of(node)
            for j in range(operand_count(node)):
                a.operands[total] = <int64_t>(operands[j].visit - first)
                total += 1
        a.offsets[count] = total
        nodes = list_of(&order)  # which from now on keep themselves and their rows alive
        return (
            nodes,
            [<object>rows[found[i]].op for i in range(used)],
            as_array(a.row_of, count, np.int32),
            as_array(a.data, count, np.float64),
            as_array(a.offsets, count + 1, np.int64),
            as_array(a.operands, total, np.int64),
        )
    finally:
        PyMem_RawFree(order.items)
        PyMem_RawFree(a.data)
        PyMem_RawFree(a.row_of)
        PyMem_RawFree(a.offsets)
        PyMem_RawFree(a.operands)
        PyMem_RawFree(a.place)
        PyMem_RawFree(found)
