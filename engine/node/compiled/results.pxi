# Results of operators: fast paths for the hot rows on Values and Python's own numbers, the table for all the rest.

cdef object general_binary "general_binary"(int kernel, object a, object b, bint by_sign):
    """The result of an operator on two operands in any other case, by the table."""
    row = row_of_name(kernel)
    number = a if is_value(<PyObject*>a) else b
    if by_sign and number is a and is_left_to(b, row):
        return NotImplemented
    if Py_TYPE(<PyObject*>number) == value_type or (number is a and kernel in (ADD, SUB, MUL)):
        return apply_row(row, (a, b))
    return number._apply(row, (a, b))  # the method of a subclass, where the reference calls it too


cdef str name_of(int kernel):
    return (<bytes>fast_names[kernel]).decode()


cdef object row_of_name(int kernel):
    return OPERATORS[name_of(kernel)]


cdef object general_unary "general_unary"(int kernel, object x):
    """The result of an operator on one Value in any other case."""
    if Py_TYPE(<PyObject*>x) == value_type or kernel == NEG:
        return apply_row(row_of_name(kernel), (x,))
    return x._apply(row_of_name(kernel), (x,))


cdef object general_with_numbers "general_with_numbers"(int kernel, PyObject* x, int count, double* baked):
    return apply_row(row_of_name(kernel), (<object>x, *[baked[i] for i in range(count)]))


cdef object general_method "general_method"(int kernel, PyObject* self, PyObject** args, Py_ssize_t count):
    return apply_row(row_of_name(kernel), (<object>self, *[<object>args[i] for i in range(count)]))


cdef double data_of "data_of"(object number) except? -1.0:
    if recorded():
        found = tracing.data_of_leaf(number)
        if found is not None:
            return found
    return to_float(number, "data")


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
            if row is OPERATORS["mul"] and tracing.repeats(operand, operands):
                return NotImplemented
    number = take_row(row)
    try:
        if rows[number].fixed and not any_value(operands[-rows[number].fixed :]):
            number_of = partial(to_float, role="operand of " + row.shown)
            bound, left = row.bind_plain(operands, Value, number_of)
            return apply_row(bound, left)
        if not observed:
            x = on_items(number, PySequence_Fast_ITEMS(operands), len(operands), NULL, 0)
            if x != NULL:
                return owned(<Fields*>x)
        return result_of(number, operands)
    finally:
        drop_row(number)


cdef bint any_value(object operands):
    for x in operands:
        if is_value(<PyObject*>x):
            return True
    return False


cdef object leaf_of(object number, object op):
    if PyFloat_CheckExact(<PyObject*>number):
        return owned(new_leaf(PyFloat_AS_DOUBLE(<PyObject*>number), CONSTANT_ROW))
    return owned(new_leaf(to_float(number, f"operand of {op.shown}"), CONSTANT_ROW))


cdef object result_of(int row, object operands):
    """The result of a row, its static operands baked in, on Values and numbers."""
    cdef bint record = recording()
    cdef object op = <object>rows[row].op
    nodes = tuple([x if is_value(<PyObject*>x) else leaf_of(x, op) for x in operands])
    cdef Py_ssize_t i, count = len(nodes)
    cdef double y
    cdef Block* block = block_of(nodes)
    for i in range(count):
        block_local_grads(block)[i] = block_operands(block)[i].data
    try:
        if not compute(row, count, block_local_grads(block), &y):
            compute_by_table(op, nodes, record, &y, block_local_grads(block))
    except:
        drop_block(block)
        raise
    if record:
        result = owned(result_of_block(y, row, block))
    else:
        drop_block(block)
        result = owned(new_leaf(y, FROZEN_ROW))
    if observed:
        end_observation()
        observers.made(op, nodes, result)
    return result
