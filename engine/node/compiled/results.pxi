# Results of operators: fast paths for the hot rows on Values and Python's own numbers, the table for all the rest.

cdef inline bint constant(PyObject* x, double* number) noexcept:
    """Whether x is a float, an int or a numpy.float64, which becomes a leaf; all other operands are apply()'s."""
    if PyFloat_CheckExact(x):
        number[0] = PyFloat_AS_DOUBLE(x)
        return True
    if Py_TYPE(x) == float64_type:
        number[0] = PyFloat_AS_DOUBLE(x)
        return True
    if PyLong_CheckExact(x):
        number[0] = PyLong_AsDouble(x)
        if number[0] == -1.0 and PyErr_Occurred() != NULL:  # too large
            PyErr_Clear()
            return False
        return True
    return False


cdef inline object binary(int number_of_kernel, Kernel kernel, PyObject* a, PyObject* b):
    """The result of + - * / where a Value stands on either side."""
    cdef int row = row_of_kernel[number_of_kernel]
    cdef double y, number
    cdef double[2] local_grads, x
    cdef Fields* leaf
    cdef Fields* node
    if row < 0:
        return general(number_of_kernel, <object>a, <object>b)
    if Py_TYPE(a) == value_type:
        x[0] = (<Fields*>a).data
        if Py_TYPE(b) == value_type:
            x[1] = (<Fields*>b).data
            kernel(x, &y, local_grads)
            if not recording():
                return owned(new_leaf(y, FROZEN_ROW))
            return owned(result_2(y, row, <Fields*>a, <Fields*>b, local_grads))
        if not constant(b, &number):
            return general(number_of_kernel, <object>a, <object>b)
        x[1] = number
    elif Py_TYPE(b) == value_type:
        if not constant(a, &number):
            return general(number_of_kernel, <object>a, <object>b)
        x[0] = number
        x[1] = (<Fields*>b).data
    else:
        return general(number_of_kernel, <object>a, <object>b)
    kernel(x, &y, local_grads)
    if not recording():
        return owned(new_leaf(y, FROZEN_ROW))
    leaf = new_leaf(number, CONSTANT_ROW)
    if leaf == NULL:
        return owned(NULL)
    if Py_TYPE(a) == value_type:
        node = result_2(y, row, <Fields*>a, leaf, local_grads)
    else:
        node = result_2(y, row, leaf, <Fields*>b, local_grads)
    drop(<PyObject*>leaf)
    return owned(node)


cdef object general(int kernel, object a, object b):
    """The result of a binary operator in any other case, by the table."""
    row = row_of_name(kernel)
    number = a if is_value(<PyObject*>a) else b
    if Py_TYPE(<PyObject*>number) == value_type or (number is a and kernel in (ADD, SUB, MUL)):
        return apply_row(row, (a, b))
    return number._apply(row, (a, b))  # the method of a subclass, where the reference calls it too


cdef object row_of_name(int kernel):
    return OPERATORS[(<bytes>kernel_rows[kernel].name).decode()]


cdef object unary(int kernel, PyObject* x):
    """The result of an operator on one Value."""
    cdef double y, local_grad
    cdef int row = row_of_kernel[kernel]
    if row >= 0 and Py_TYPE(x) == value_type:
        kernel_rows[kernel].all(&(<Fields*>x).data, &y, &local_grad)
        if not recording():
            return owned(new_leaf(y, FROZEN_ROW))
        return owned(result_1(y, row, <Fields*>x, local_grad))
    op = row_of_name(kernel)
    if Py_TYPE(x) == value_type or kernel == NEG:
        return apply_row(op, (<object>x,))
    return (<object>x)._apply(op, (<object>x,))


cdef object with_numbers(int kernel, PyObject* x, int count, double* baked):
    """A row on one Value and numbers that are baked in: x**2, clip(x, 0, 1)."""
    cdef double y, local_grad
    cdef Fields* node
    cdef int row = recent_row(kernel, count, baked)
    if row >= 0:
        try:
            if rows[row].arity == 1 and compute(row, 1, <Fields**>&x, &y, &local_grad):
                if not recording():
                    return owned(new_leaf(y, FROZEN_ROW))
                node = result_1(y, row, <Fields*>x, local_grad)
                if node != NULL:
                    hold_row(row)
                return owned(node)
        finally:
            drop_row(row)
    return apply_row(row_of_name(kernel), (<object>x, *[baked[i] for i in range(count)]))


def apply(row, operands):
    """The result of a row of the table on Values and numbers, as a node; see :func:`engine.node.value.apply`."""
    return apply_row(row, operands if type(operands) is tuple else tuple(plain_list(operands)))


def _apply_to_each(row, *operands):
    return apply_row(row, operands)


cdef object apply_row(object row, object operands):
    cdef PyObject* x
    cdef int number
    for operand in operands:
        x = <PyObject*>operand
        if Py_TYPE(x) != value_type and not isinstance(operand, (float, int)) and not is_value(x):
            if isinstance(operand, np.ndarray):
                if operand.ndim:
                    return elementwise(partial(_apply_to_each, row), operands)
                return apply_row(row, [bare(each) for each in operands])
            if hasattr(type(operand), "_apply"):  # a number type built on this one
                return operand._apply(row, operands)
    number = take_row(row)
    try:
        if rows[number].fixed and not any_value(operands[-rows[number].fixed :]):
            number_of = partial(to_float, role="operand of " + row.shown)
            bound, left = row.bind_plain(operands, Value, number_of)
            return apply_row(bound, left)
        return result_of(number, operands)
    finally:
        drop_row(number)


cdef bint any_value(object operands):
    for x in operands:
        if is_value(<PyObject*>x):
            return True
    return False


cdef object result_of(int row, object operands):
    """The result of a row, its static operands baked in, on Values and numbers."""
    cdef bint record = recording()
    cdef object op = <object>rows[row].op
    cdef Py_ssize_t i, filled = 0, count = len(operands)
    cdef double y
    cdef Fields* node
    cdef Block* block = new_block(count)
    cdef Fields** xs = block_operands(block)
    cdef double* local_grads = block_local_grads(block)
    try:
        for operand in operands:
            if filled == count:
                raise RuntimeError("the sequence of operands grew while it was read")
            if is_value(<PyObject*>operand):
                hold(<PyObject*>operand)
                node = <Fields*>operand
            elif PyFloat_CheckExact(<PyObject*>operand):
                node = new_leaf(PyFloat_AS_DOUBLE(<PyObject*>operand), CONSTANT_ROW)
            else:
                node = new_leaf(to_float(operand, f"operand of {op.shown}"), CONSTANT_ROW)
            if node == NULL:
                return owned(NULL)
            xs[filled] = node
            filled += 1
        if filled < count:
            raise RuntimeError("the sequence of operands shrank while it was read")
        if not compute(row, count, xs, &y, local_grads):
            compute_by_table(op, count, xs, record, &y, local_grads)
        if not record:
            node = new_leaf(y, FROZEN_ROW)
        elif count == 1:
            node = result_1(y, row, xs[0], local_grads[0])
        elif count == 2:
            node = result_2(y, row, xs[0], xs[1], local_grads)
        else:
            node = result_of_block(y, row, block)
            if node != NULL:
                block = NULL  # the node's from now on
        if record and node != NULL:
            hold_row(row)
        result = owned(node)
        if watched:
            unwatch_if_over()
            observers.made(op, tuple([<object><PyObject*>xs[i] for i in range(count)]), result)
        return result
    finally:
        if block != NULL:
            for i in range(filled):
                drop(<PyObject*>xs[i])
            PyMem_Free(block)


cdef object quickly(int kernel, object parts):
    """The result of a row over lists and tuples of Values and floats; None where it takes more than that."""
    cdef int row = row_of_sequence[kernel]
    cdef Py_ssize_t i, filled = 0, values = 0, count = 0
    cdef double y, number
    cdef Block* block
    cdef Fields* node = NULL
    cdef PyObject* x
    cdef PyObject** items
    if row < 0 or PySet_GET_SIZE(OPEN):
        return None
    for part in parts:
        if type(part) is not list and type(part) is not tuple:
            return None
        count += len(part)
    block = new_block(count)
    for part in parts:
        items = PySequence_Fast_ITEMS(part)
        for i in range(len(part)):
            x = items[i]
            if Py_TYPE(x) == value_type:
                hold(x)
                block_operands(block)[filled] = <Fields*>x
                values += 1
            elif constant(x, &number):
                node = new_leaf(number, CONSTANT_ROW)
                if node == NULL:
                    break
                block_operands(block)[filled] = node
            else:
                break
            filled += 1
    if filled == count and values and count > 2 and compute_sequence(
        kernel, count, block_operands(block), &y, block_local_grads(block)
    ):
        node = result_of_block(y, row, block)
        if node != NULL:
            return owned(node)
    block.count = filled
    drop_operands(MANY, <Fields*>block, NULL)
    return owned(NULL) if PyErr_Occurred() != NULL else None


def quick_sum(xs):
    """The sum of a list of Values and floats; None leaves any other case to the general way."""
    return quickly(SUM, (xs,))


def quick_sequence(name, xs):
    """Any row over a list of Values and floats; None leaves any other case to the general way."""
    return quickly(sequence_numbers[name], (xs,)) if name in sequence_numbers else None


def quick_dot(a, b):
    """The dot product of two lists of Values and floats; None leaves any other case to the general way."""
    if (type(a) is list or type(a) is tuple) and (type(b) is list or type(b) is tuple) and len(a) == len(b):
        return quickly(DOT, (a, b))
    return None
