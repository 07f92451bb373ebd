# Many nodes at once: their numbers from and to arrays, one node on many operands, and a whole graph as arrays. What
# each function does is told in bulk.py. No Python code runs while pointers into lists and graphs are in use.

cdef PyTypeObject* ndarray_type = <PyTypeObject*>np.ndarray


cdef object values_in(object values):
    """A list or tuple of Values, a subclass of these as a list; TypeError for anything else."""
    values = plain_list(values)
    if not isinstance(values, (list, tuple)):
        check_values(values)
    cdef Py_ssize_t i = first_other(values)
    if i >= 0:
        check_values(values)  # which raises, unless it is another kind of node
        raise TypeError(f"item {i} must be a Value of this class, got {brief(values[i])} of {type(values[i])}")
    return values


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


cdef int copy_numbers(object values, object vector, bint gradients, bint write, str what) except -1:
    """The data or the gradients of many Values, into a vector or from it."""
    cdef Py_buffer view
    if recorded():
        tracing.refuse_while_tracing(what, "do it outside")
    values = plain_list(values)
    open_vector(vector, len(values), 0 if write else PyBUF_WRITABLE, &view)
    try:
        copy_each(values_in(values), <double*>view.buf, gradients, write)
    finally:
        PyBuffer_Release(&view)
    return 0


def read_data(values, out):
    copy_numbers(values, out, False, False, "reading numbers of many Values")


def read_grad(values, out):
    copy_numbers(values, out, True, False, "reading gradients of many Values")


def write_data(values, numbers):
    copy_numbers(values, numbers, False, True, "setting numbers of many Values")


def write_grad(values, numbers, scale=None):
    cdef Py_buffer view
    cdef double factor
    if scale is None:
        copy_numbers(values, numbers, True, True, "setting gradients of many Values")
        return
    if recorded():
        tracing.refuse_while_tracing("setting gradients of many Values", "do it outside")
    factor = scale
    values = plain_list(values)
    open_vector(numbers, len(values), 0, &view)
    try:
        scale_each(values_in(values), <double*>view.buf, factor)
    finally:
        PyBuffer_Release(&view)


cdef class NodesMade:
    cdef Keeper keeper
    cdef list nodes

    def __enter__(self):
        self.nodes = []
        self.keeper.nodes = <PyObject*>self.nodes
        end_keeping(&self.keeper)
        begin_keeping(&self.keeper)
        return self.nodes

    def __exit__(self, *error):
        end_keeping(&self.keeper)

    def __dealloc__(self):  # also where an interrupt came before the block
        end_keeping(&self.keeper)


def nodes_made():
    return NodesMade()


def adjoints(root, wanted):
    cdef Fields* other
    if not is_value(<PyObject*>root):
        check_values([root])
    wanted = values_in(wanted)
    found = np.empty(len(wanted))
    if without_gradients:
        other = first_without_gradients(<Fields*>root)
        if other != NULL:
            if (<object>rows[other.row].op).closure:
                return None
            raise without_local_grads(<object><PyObject*>other)
    read_adjoints(<Fields*>root, wanted, <double*>numbers_of(found))
    return found.tolist()


def spoil(values):
    spoil_nodes(values_in(values))


def same_items(items, others):
    if not isinstance(items, list) or not isinstance(others, list):
        raise TypeError(f"expected two lists, got {type(items).__name__} and {type(others).__name__}")
    return bool(same_list(items, others))


def trainable(values):
    return bool(are_trainable(values_in(values)))


def taken_anew(numbers, before):
    cdef Py_buffer now, was
    cdef bint others
    open_vector(numbers, len(numbers), 0, &now)
    try:
        open_vector(before, len(numbers), PyBUF_WRITABLE, &was)
        others = memcmp(now.buf, was.buf, now.len) != 0
        if others:
            memcpy(was.buf, now.buf, now.len)
        PyBuffer_Release(&was)
    finally:
        PyBuffer_Release(&now)
    return others


def leaf_count(values):
    return leaves_among(values_in(values))


def same_attributes(list items, tuple dicts, tuple kinds):
    cdef Py_ssize_t i
    if not len(items) == len(dicts) == len(kinds):
        return False
    for i in range(len(items)):
        if type(items[i]) is not kinds[i] or PyObject_GenericGetDict(items[i], NULL) is not dicts[i]:
            return False
    return True


def same_objects(list containers, list were):
    cdef int same
    if len(containers) != len(were):
        return False
    for container, was in zip(containers, were):
        if type(was) is not tuple:
            raise TypeError(f"what was there must be a tuple, got {type(was)}")
        same = holds_objects(container, was)
        if same < 0:
            raise TypeError(f"expected a list, tuple or dict, got {type(container)}")
        if not same:
            return False
    return True


def adam_step(theta, g, m, v, betas, corrections, double lr, double eps, largest=None):
    cdef Py_ssize_t i, count = len(theta), opened = 0
    cdef Py_buffer views[6]
    cdef AdamSettings settings
    settings.beta1, settings.beta2 = betas
    settings.correction1, settings.correction2 = corrections
    settings.lr, settings.eps = lr, eps
    out = np.empty(count)
    try:
        for vector in (theta, g, m, v, out, out if largest is None else largest):
            open_vector(vector, count, PyBUF_WRITABLE if opened >= 2 else 0, &views[opened])
            opened += 1
        adam(
            count, settings, <double*>views[0].buf, <double*>views[1].buf, <double*>views[2].buf, <double*>views[3].buf,
            NULL if largest is None else <double*>views[5].buf, <double*>views[4].buf,
        )
    finally:
        for i in range(opened):
            PyBuffer_Release(&views[i])
    return out


def adam_on_values(values, count, m, v, double beta1, double beta2, double lr, double eps, double decay=0.0,
                   bint decoupled=False, largest=None):
    cdef Py_ssize_t i, size, opened = 0
    cdef Py_buffer views[4]
    cdef AdamSettings settings
    cdef double* numbers
    if recorded() or type(values) is not list or first_other(values) >= 0 or not are_trainable(values):
        return False
    size = len(values)
    numbers = <double*>PyMem_Malloc(3 * size * sizeof(double) + 1)
    if numbers == NULL:
        raise MemoryError()
    try:
        for vector in (count, m, v, v if largest is None else largest):
            open_vector(vector, size, PyBUF_WRITABLE, &views[opened])
            opened += 1
        settings.beta1, settings.beta2, settings.lr, settings.eps = beta1, beta2, lr, eps
        if not count_step(<double*>views[0].buf, size, &settings):
            return False
        copy_each(values, numbers, False, False)
        copy_each(values, numbers + size, True, False)
        decay_each(size, decay, decoupled, lr, numbers, numbers + size)
        adam(
            size, settings, numbers, numbers + size, <double*>views[1].buf, <double*>views[2].buf,
            NULL if largest is None else <double*>views[3].buf, numbers + 2 * size,
        )
        copy_each(values, numbers + 2 * size, False, True)
    finally:
        PyMem_Free(numbers)
        for i in range(opened):
            PyBuffer_Release(&views[i])
    return True


def fused_node(data, operands, local_grads, row):
    cdef Py_buffer view
    cdef Block* block
    cdef Fields* node
    cdef double y = as_double(data, "data")
    cdef int number
    if not recording():
        return owned(new_leaf(y, FROZEN_ROW))
    operands = plain_list(operands)
    number = take_row(row)
    try:
        open_vector(local_grads, len(operands), 0, &view)
        try:
            operands = values_in(operands)
            if not operands:
                return owned(new_leaf(y, CONSTANT_ROW))
            block = block_of(operands)
            memcpy(block_local_grads(block), view.buf, view.len)
        finally:
            PyBuffer_Release(&view)
        node = result_of_block(y, number, block)
        if node == NULL:
            drop_operands(MANY, <Fields*>block, NULL)
        else:
            hold_row(number)
        return owned(node)
    finally:
        drop_row(number)


# -- a graph as arrays -------------------------------------------------------------------------------------

cdef void* numbers_of(object vector) except? NULL:
    """Where the numbers of a vector lie."""
    cdef Py_buffer view
    PyObject_GetBuffer(vector, &view, PyBUF_WRITABLE)
    PyBuffer_Release(&view)
    return view.buf


def graph_arrays(roots):
    cdef Nodes order
    cdef Py_ssize_t edges, count
    walk_all(values_in(roots), &order)
    try:
        nodes = list_of(&order)  # which from now on keep themselves and their rows alive
        edges = edge_count(&order)
        data, row_of = np.empty(order.count), np.empty(order.count, np.int32)
        offsets, operands, used = np.empty(order.count + 1, np.int64), np.empty(edges, np.int64), np.empty(row_count, np.intc)
        count = fill_arrays(
            &order, edges, row_count, <double*>numbers_of(data), <int32_t*>numbers_of(row_of),
            <int64_t*>numbers_of(offsets), <int64_t*>numbers_of(operands), <int*>numbers_of(used),
        )
    finally:
        free_nodes(&order)
    return nodes, [<object>rows[<int>number].op for number in used[:count].tolist()], row_of, data, offsets, operands
