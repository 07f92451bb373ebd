# Many nodes at once: their numbers from and to arrays, one node on many operands, and a whole graph as arrays; and what a
# call of a lifted function costs beside its program. What each function does is told in bulk/,
# jit/trace/places.py and pytree/forms.py. No Python code runs while pointers into lists and graphs are in use.

cdef PyTypeObject* ndarray_type = <PyTypeObject*>np.ndarray


@cython.final
@cython.freelist(8)
cdef class Vector:
    """The numbers of an array, which stays where it is as long as this object is there."""
    cdef Py_buffer view
    cdef double* numbers

    def __dealloc__(self):
        PyBuffer_Release(&self.view)


cdef Vector vector_of(object vector, Py_ssize_t count, bint written):
    """The numbers of a vector of float64."""
    cdef Vector opened = Vector()
    cdef Py_buffer* view = &opened.view
    if not PyObject_TypeCheck(<PyObject*>vector, ndarray_type):
        check_vector(vector, count, False)
    try:
        PyObject_GetBuffer(vector, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (PyBUF_WRITABLE if written else 0))
    except (ValueError, BufferError):
        check_vector(vector, count, written)
        raise
    if view.ndim != 1 or view.format[0] != c"d" or view.format[1] or view.len != count * <Py_ssize_t>sizeof(double):
        check_vector(vector, count, False)
        raise TypeError(f"expected a vector of {count} float64, got {brief(vector)}")
    opened.numbers = <double*>view.buf
    return opened


cdef inline object listed(object values):
    """What :func:`plain_list` gives, without a call for what it is mostly given."""
    return values if type(values) is list or type(values) is tuple else plain_list(values)


cdef object values_in(object values):
    """A list or tuple of Values, a subclass of these as a list; TypeError for anything else."""
    values = listed(values)
    if not isinstance(values, (list, tuple)):
        check_values(values)
    cdef Py_ssize_t i = first_other(values)
    if i >= 0:
        check_values(values)  # which raises, unless it is another kind of node
        raise TypeError(f"item {i} must be a Value of this class, got {brief(values[i])} of {type(values[i])}")
    return values


cdef int copy_numbers(object values, object vector, bint gradients, bint write, str what, object scale=None) except -1:
    """The data or the gradients of many Values, into a vector or from it."""
    if recorded():
        tracing.refuse_while_tracing(what + " of many Values", "do it outside")
    values = listed(values)
    cdef Vector numbers = vector_of(vector, len(values), not write)
    values = values_in(values)
    if scale is None:
        copy_each(values, numbers.numbers, gradients, write)
    else:
        scale_each(values, numbers.numbers, scale)
    return 0


def read_data(values, out):
    copy_numbers(values, out, False, False, "reading numbers")


def read_grad(values, out):
    copy_numbers(values, out, True, False, "reading gradients")


def write_data(values, numbers):
    copy_numbers(values, numbers, False, True, "setting numbers")


def write_grad(values, numbers, scale=None):
    copy_numbers(values, numbers, True, True, "setting gradients", scale)


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
    return found


def spoil(values):
    spoil_nodes(values_in(values))


def same_items(items, others):
    if not isinstance(items, list) or not isinstance(others, list):
        raise TypeError(f"expected two lists, got {type(items).__name__} and {type(others).__name__}")
    return bool(same_list(items, others))


def trainable(values):
    return bool(are_trainable(values_in(values)))


def taken_anew(numbers, before):
    cdef Vector now = vector_of(numbers, len(numbers), False)
    cdef Vector was = vector_of(before, len(numbers), True)
    cdef bint others = memcmp(now.numbers, was.numbers, now.view.len) != 0
    if others:
        memcpy(was.numbers, now.numbers, now.view.len)
    return others


def leaf_count(values):
    return leaves_among(values_in(values))


def same_attributes(list items, tuple dicts, tuple kinds):
    return len(items) == len(dicts) == len(kinds) and are_as_made(items, dicts, kinds) != 0


def same_objects(list containers, list were, versions=None, bint exactly=False):
    cdef Vector noted = None if versions is None else vector_of(versions, len(containers), True)
    cdef Py_ssize_t i
    cdef int same
    if len(containers) != len(were):
        return False
    for i in range(len(containers)):
        if type(were[i]) is not tuple:
            raise TypeError(f"what was there must be a tuple, got {type(were[i])}")
        same = holds_objects(containers[i], were[i], NULL if noted is None else <uint64_t*>noted.numbers + i, exactly)
        if same < 0:
            raise TypeError(f"expected a list, tuple or dict, got {type(containers[i])}")
        if not same:
            return False
    return True


def same_places(places):
    if not isinstance(places, tuple) or len(places) != FIELDS_OF_PLACES:
        raise TypeError(f"expected Places, got {brief(places)}")
    return bool(all_same(PySequence_Fast_ITEMS(places)))


cdef bint recognised_into(tuple args, dict options, tuple template, Sink* sink) except -1:
    sink.array_type = ndarray_type
    return are_recognised(args, options, template[0], template[1], sink)


def recognised(tuple args, dict options, tuple template, numbers):
    cdef Vector taken = vector_of(numbers, len(numbers), True)
    cdef list values = []
    cdef Sink sink
    sink.numbers, sink.end, sink.values = taken.numbers, taken.numbers + len(numbers), <PyObject*>values
    return tuple(values) if recognised_into(args, options, template, &sink) else None


def adam_on_values(values, count, m, v, double beta1, double beta2, double lr, double eps, double decay=0.0,
                   bint decoupled=False, largest=None):
    cdef AdamSettings settings
    cdef Py_ssize_t size
    if recorded() or type(values) is not list or first_other(values) >= 0 or not are_trainable(values):
        return False
    size = len(values)
    cdef Vector counts = vector_of(count, size, True), means = vector_of(m, size, True), squares = vector_of(v, size, True)
    cdef Vector most = None if largest is None else vector_of(largest, size, True)
    cdef Vector room = vector_of(np.empty(3 * size), 3 * size, True)
    cdef double* theta = room.numbers
    settings.beta1, settings.beta2, settings.lr, settings.eps = beta1, beta2, lr, eps
    if not count_step(counts.numbers, size, &settings):
        return False
    copy_each(values, theta, False, False)
    copy_each(values, theta + size, True, False)
    decay_each(size, decay, decoupled, lr, theta, theta + size)
    adam(
        size, settings, theta, theta + size, means.numbers, squares.numbers,
        NULL if largest is None else most.numbers, theta + 2 * size,
    )
    copy_each(values, theta + 2 * size, False, True)
    return True


def fused_node(data, operands, local_grads, row):
    cdef Block* block
    cdef double y = as_double(data, "data")
    if not recording():
        return owned(new_leaf(y, FROZEN_ROW))
    operands = listed(operands)
    cdef Vector local = vector_of(local_grads, len(operands), False)
    cdef int number = take_row(row)
    try:
        operands = values_in(operands)
        if not operands:
            return owned(new_leaf(y, CONSTANT_ROW))
        block = block_held_by(operands) if type(operands) is tuple and len(operands) > 2 else block_of(operands)
        memcpy(block_local_grads(block), local.numbers, local.view.len)
        return owned(result_of_block(y, number, block))
    finally:
        drop_row(number)


# -- a graph as arrays -------------------------------------------------------------------------------------

cdef void* numbers_of(object vector, int how=PyBUF_WRITABLE) except? NULL:
    """Where the numbers of a vector lie."""
    cdef Py_buffer view
    PyObject_GetBuffer(vector, &view, how)
    PyBuffer_Release(&view)
    return view.buf


def ids_of(values):
    values = values_in(values)
    ids = np.empty(len(values), np.int64)
    fill_ids(values, <int64_t*>numbers_of(ids))
    return ids


def places_among(values, nodes):
    values, nodes = values_in(values), values_in(nodes)
    places = np.empty(len(values), np.int64)
    fill_places(values, nodes, <int64_t*>numbers_of(places))
    return places


def made_arrays(made):
    cdef Nodes outside
    cdef Made arrays
    made = values_in(made)
    count, edges = len(made), operands_among(made)
    data, row_of = np.empty(count), np.empty(count, np.int32)
    offsets, operands, used = np.empty(count + 1, np.int64), np.empty(edges, np.int64), np.empty(row_count, np.intc)
    arrays.count, arrays.data, arrays.row_of = count, <double*>numbers_of(data), <int32_t*>numbers_of(row_of)
    arrays.offsets, arrays.operands = <int64_t*>numbers_of(offsets), <int64_t*>numbers_of(operands)
    memset(&outside, 0, sizeof(outside))
    try:
        count = fill_made(made, &arrays, edges, <int*>numbers_of(used), &outside)
        others = list_of(&outside)
    finally:
        free_nodes(&outside)
    return [<object>rows[<int>number].op for number in used[:count].tolist()], row_of, data, offsets, operands, others


def alike_from_first(nodes, made, Py_ssize_t inputs, Py_ssize_t missing):
    cdef Made arrays
    cdef Vector data
    cdef Py_ssize_t alike
    ops, row_of, numbers, offsets, operands, outside = made
    nodes, outside, operands = values_in(nodes), values_in(outside), integers(operands, 0)
    offsets, arrays.count = slices(offsets, len(operands)), len(offsets) - 1
    row_of, data = integers(row_of, arrays.count, np.int32), vector_of(numbers, arrays.count, False)
    if not 0 <= missing <= inputs <= arrays.count or inputs - missing > len(nodes):
        raise ValueError(f"expected {inputs} inputs but for {missing}")
    if arrays.count and not (0 <= row_of.min() and row_of.max() < len(ops)):
        raise ValueError("a row that is not there")
    if len(operands) and not (-len(outside) <= operands.min() and operands.max() < arrays.count):
        raise ValueError("an operand that is not there")
    held = np.array([take_row(op) for op in ops], np.intc)
    arrays.row_of, arrays.data, arrays.offsets = <int32_t*>readable(row_of), data.numbers, <int64_t*>readable(offsets)
    arrays.operands = <int64_t*>readable(operands)
    alike = count_alike(nodes, &arrays, <int*>readable(held), outside, inputs, missing)
    for number in held.tolist():
        drop_row(number)
    return alike


def make_anew(list nodes, Py_ssize_t first, Py_ssize_t last, dict new, dict stops, set known):
    cdef Py_ssize_t i, k, count
    cdef Fields* node
    cdef Fields** operands
    cdef PyObject* found
    cdef bint changed, stopped
    for i in range(first, last):
        item = nodes[i]
        if not is_value(<PyObject*>item):
            check_values([item])
        node = <Fields*><PyObject*>item
        count, operands = operand_count(node), operands_of(node)
        changed, stopped = False, count > 0
        for k in range(count):
            key = <size_t>operands[k]
            stopped = stopped and PyDict_GetItem(stops, key) != NULL
            found = PyDict_GetItem(new, key)
            if found != NULL:
                changed = True
                if not is_value(found):
                    return i
        op = <object>rows[node.row].op
        if stopped or (changed and op not in known):
            return i
        if changed:
            read = []
            for k in range(count):
                found = PyDict_GetItem(new, <size_t>operands[k])
                read.append(<object>(<PyObject*>operands[k] if found == NULL else found))
            new[<size_t>node] = apply_row(op, tuple(read))
    return last


# -- nodes of a graph that is arrays: see jit/lower/equal.py --------------------------------------------------

cdef object integers(object vector, Py_ssize_t least, object kind=np.int64):
    """A contiguous vector of integers of at least so many."""
    found = np.ascontiguousarray(vector, kind)
    if found.ndim != 1 or len(found) < least:
        raise ValueError(f"expected {least} integers or more, got {brief(vector)}")
    return found


cdef void* readable(object vector) except? NULL:
    return numbers_of(vector, PyBUF_C_CONTIGUOUS)


cdef object slices(object offsets, Py_ssize_t words):
    """Where each of some slices of so many words begins, and the last ends."""
    found = integers(offsets, 1)
    if found[0] != 0 or found[-1] > words or (np.diff(found) < 0).any():
        raise ValueError(f"not the offsets of slices of {words} words")
    return found


def first_equal(offsets, words, names):
    words = integers(words, 0)
    names = integers(names, len(words), np.uint8)
    offsets = slices(offsets, len(words))
    cdef Py_ssize_t count = len(offsets) - 1, wrong
    first = np.empty(count, np.int64)
    wrong = fill_first_equal(
        count, <int64_t*>readable(offsets), <int64_t*>readable(words), <uint8_t*>readable(names),
        <int64_t*>numbers_of(first),
    )
    if wrong >= 0:
        raise ValueError(f"node {wrong} names one that does not stand before it")
    return first


def levels_of(offsets, operands, flags):
    operands = integers(operands, 0)
    offsets = slices(offsets, len(operands))
    cdef Py_ssize_t count = len(offsets) - 1, wrong
    found = np.array(flags, np.int64)
    if found.shape != (count,):
        raise ValueError(f"expected flags of {count} nodes, got {brief(flags)}")
    levels = np.empty(count, np.int64)
    wrong = fill_levels(
        count, <int64_t*>readable(offsets), <int64_t*>readable(operands), <int64_t*>numbers_of(found),
        <int64_t*>numbers_of(levels),
    )
    if wrong >= 0:
        raise ValueError(f"node {wrong} reads one that does not stand before it")
    return levels, found


def reached(offsets, operands, wanted):
    operands = integers(operands, 0)
    offsets = slices(offsets, len(operands))
    cdef Py_ssize_t count = len(offsets) - 1, wrong
    found = np.array(wanted, bool)
    if found.shape != (count,):
        raise ValueError(f"expected flags of {count} nodes, got {brief(wanted)}")
    wrong = fill_reached(
        count, <int64_t*>readable(offsets), <int64_t*>readable(operands), <uint8_t*>numbers_of(found),
    )
    if wrong >= 0:
        raise ValueError(f"node {wrong} reads one that does not stand before it")
    return found
