# The rows of the operator table, by number: a node keeps the number.

cdef dict numbers_of_rows = {}
row_numbers = <PyObject*>numbers_of_rows

# -- numbers of rows -----------------------------------------------------------------------------

cdef int take_row(object op) except -1:
    """The number of a row, entered where it is new, and held until drop_row()."""
    cdef int number, base = -1
    check_row(op)
    number = known_row(<PyObject*>op)
    if number >= 0:
        return number
    power = op.base is not None and op.base is OPERATORS["pow"] and len(op.baked) == 1
    if op.base is not None and op.base is OPERATORS.get(op.base.name) and not power:
        base = kernel_numbers.get(op.base.name, -1)
    arity, static, baked, masks = op.arity, op.static, op.baked, op.masks
    number = new_row(<PyObject*>op)
    if 0 <= base < KERNELS and sound_row_of_kernel[base] >= 0:
        rows[number].kernel = kernel_rows[base].leading
    rows[number].power = power and power_is_sound
    rows[number].arity = -1 if arity is None else arity
    rows[number].masks = masks
    rows[number].fixed = static
    rows[number].baked_count = len(baked)
    for i, value in enumerate(baked[:MOST_OPERANDS]):
        rows[number].baked[i] = value
    return number


cdef inline int check_row(object op) except -1:
    """Raise unless this is an Op, whose hash is that of its identity."""
    if type(op) is not Op:
        raise TypeError(f"expected an operator, an Op, got {brief(op)} of type {type(op).__name__}")
    return 0


cdef int bound_row "bound_row"(int kernel, int count, double* baked) except -1:
    return take_row(row_of_name(kernel).bind(*[baked[i] for i in range(count)]))


# -- what a row gives ------------------------------------------------------------------------------

cdef int compute_by_table(object op, tuple nodes, bint record, double* y, double* local_grads) except -1:
    """A row's value and local gradients by the functions of the table."""
    cdef Py_ssize_t i
    numbers = [(<Fields*><PyObject*>node).data for node in nodes]
    result = op.forward(numbers) if op.arity is None else op.forward(*numbers)
    y[0] = result
    if not record:
        return 0
    local = op.local_gradients(result, numbers)
    if len(local) != len(nodes):
        raise ValueError(f"{op.name!r} has {len(nodes)} operands and {len(local)} partial derivatives")
    for i in range(len(nodes)):
        local_grads[i] = local[i]
    return 0


# -- setting up -----------------------------------------------------------------------------------

cdef dict kernel_numbers = {}


cdef int enter_table() except -1:
    """Number the rows of the table, and try the fast paths on them."""
    global lasting_rows, power_is_sound
    cdef int kernel, number
    for kernel in range(FAST_PATHS):
        sound_row_of_kernel[kernel] = usual_row_of_kernel[kernel] = -1
        kernel_numbers[name_of(kernel)] = kernel
    for op in (LEAF, CONSTANT, FROZEN):
        take_row(op)
    for op in OPERATORS.values():
        number = take_row(op)
        kernel = kernel_numbers.get(op.name, -1)
        if kernel < 0 or not is_sound(op, kernel):
            continue
        sound_row_of_kernel[kernel] = number
        if kernel >= KERNELS:
            rows[number].sequence = kernel
            continue
        rows[number].kernel = kernel_rows[kernel].all
        if op.static and op.static == len(op.defaults):
            usual_row_of_kernel[kernel] = take_row(op.bind(*op.defaults))
    power_is_sound = agrees(OPERATORS["pow"], partial(by_path, CONSTANT_POWER, POW), 1)
    lasting_rows = row_count
    set_fast_paths(True)
    return 0


def by_path(int path, int kernel, xs, partials):
    """The value and the first partials by a fast path; empty where it declines."""
    numbers, results = np.array(xs), np.zeros(len(xs) + 1)
    found = compute_on_numbers(path, kernel, len(xs), <double*>numbers_of(numbers), <double*>numbers_of(results))
    return results[: partials + 1].tolist() if found else []


cdef bint is_sound(object op, int kernel) except -1:
    """Whether a row's own fast path may be used."""
    if kernel < KERNELS and (kernel_rows[kernel].operands != len(op.operands) or len(op.operands) > MOST_OPERANDS):
        return False
    if op.static and op.bake is None and not agrees(op, partial(by_path, LEADING_PARTIALS, kernel), op.static):
        return False
    return agrees(op, partial(by_path, ALL_PARTIALS, kernel))
