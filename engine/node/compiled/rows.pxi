# The rows of the operator table, by number: a node keeps the number.

cdef enum:
    RECENT_ROWS = 16

cdef int row_count = 0
cdef int row_room = 0
cdef int free_row = -1
cdef dict row_numbers = {}
cdef bint power_is_sound = False, quick_powers = False
cdef int[RECENT_ROWS] recent_rows  # the rows with numbers baked in that were met last, each held
cdef int[RECENT_ROWS] recent_kernels
cdef int oldest_row = 0


# -- numbers of rows -----------------------------------------------------------------------------

cdef int take_row(object op) except -1:
    """The number of a row, entered where it is new, and held until drop_row()."""
    global row_count, free_row
    check_row(op)
    found = row_numbers.get(op)
    cdef int number
    if found is None:
        arity, static, baked, masks = op.arity, op.static, op.baked, op.masks
        power = op.base is not None and op.base is OPERATORS["pow"] and len(baked) == 1
        base = kernel_numbers.get(op.base.name, -1) if op.base is not None and not power else -1
        if base >= KERNELS or (base >= 0 and OPERATORS[op.base.name] is not op.base):
            base = -1
        make_row_room()
        found = row_numbers.get(op)  # another thread may have been here
    if found is not None:
        number = found
        rows[number].uses += 1
        return number
    if free_row >= 0:
        number = free_row
        free_row = <int>rows[number].uses
    else:
        number = row_count
        row_count += 1
    rows[number].op = <PyObject*>op
    hold(<PyObject*>op)
    rows[number].uses = 1
    rows[number].kernel = kernel_rows[<int>base].leading if base >= 0 and sound_row_of_kernel[<int>base] >= 0 else NULL
    rows[number].sequence = NO_SEQUENCE
    rows[number].power = power and power_is_sound
    rows[number].arity = -1 if arity is None else arity
    rows[number].masks = masks
    rows[number].fixed = static
    rows[number].baked_count = len(baked)
    for i, value in enumerate(baked[:MOST_OPERANDS]):
        rows[number].baked[i] = value
    row_numbers[op] = number
    return number


cdef inline int check_row(object op) except -1:
    """Raise unless this is an Op, whose hash is that of its identity."""
    if type(op) is not Op:
        raise TypeError(f"expected an operator, an Op, got {brief(op)} of type {type(op).__name__}")
    return 0


cdef int make_row_room() except -1:
    """See to a free place: forget the rows that no node uses, or else enlarge the table."""
    global rows, row_room, free_row
    cdef int number, freed = 0
    cdef void* larger
    if free_row >= 0 or row_count < row_room:
        return 0
    forgotten = []
    for number in range(lasting_rows, row_count):
        if rows[number].uses == 0:
            op = <object>rows[number].op
            drop(rows[number].op)
            forgotten.append(op)
            del row_numbers[op]
            rows[number].op = NULL
            rows[number].uses = free_row
            free_row = number
            freed += 1
    if 2 * freed <= row_room:
        larger = PyMem_Realloc(rows, 2 * max(row_room, 512) * sizeof(Row))
        if larger == NULL:
            raise MemoryError()
        rows = <Row*>larger
        row_room = 2 * max(row_room, 512)
    return 0


cdef int recent_row(int kernel, int count, double* baked) except -2:
    """A row with these numbers baked in, held; -1 where there is no fast path."""
    global oldest_row
    cdef int i, j, number
    if row_of_kernel[kernel] < 0 or (kernel == POW and not quick_powers):
        return -1
    for i in range(RECENT_ROWS):
        number = recent_rows[i]
        if number < 0 or recent_kernels[i] != kernel or rows[number].baked_count != count:
            continue
        for j in range(count):
            if rows[number].baked[j] != baked[j]:
                break
        else:
            rows[number].uses += 1
            return number
    number = take_row(row_of_name(kernel).bind(*[baked[j] for j in range(count)]))
    rows[number].uses += 1
    if recent_rows[oldest_row] >= 0:
        drop_row(recent_rows[oldest_row])
    recent_rows[oldest_row] = number
    recent_kernels[oldest_row] = kernel
    oldest_row = (oldest_row + 1) % RECENT_ROWS
    return number


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
    for kernel in range(RECENT_ROWS):
        recent_rows[kernel] = -1
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
    power_is_sound = agrees(CONSTANT_POWER, OPERATORS["pow"], POW)
    lasting_rows = row_count
    set_fast_paths(True)
    return 0


cdef void set_fast_paths(bint on) noexcept:
    """Use the fast paths, or the general way for everything: to the same results."""
    global quick_powers
    cdef int kernel
    quick_powers = on and power_is_sound
    for kernel in range(FAST_PATHS):
        row_of_kernel[kernel] = sound_row_of_kernel[kernel] if on else -1


# -- holding fast paths against the table, at the points at which its rows are tested ---------------------------

cdef enum Path:
    ALL_PARTIALS
    LEADING_PARTIALS         # those of the operands that are not baked in
    CONSTANT_POWER


cdef list by_path(Path path, int kernel, list xs, Py_ssize_t partials):
    """Value and local gradients by a fast path; empty where it declines."""
    cdef Py_ssize_t i, count = len(xs)
    cdef double y = 0.0
    cdef double* x = <double*>PyMem_Malloc(2 * (count + 1) * sizeof(double))
    cdef double* local_grads = x + count + 1
    cdef int found = True
    if x == NULL:
        raise MemoryError()
    try:
        for i in range(count):
            x[i] = xs[i]
        if path == LEADING_PARTIALS:
            kernel_rows[kernel].leading(x, &y, local_grads)
        elif path == CONSTANT_POWER:
            found = compute_power(x[1], x[0], &y, local_grads)
        else:
            found = compute_on_numbers(kernel, count, x, &y, local_grads)
        return [y, *[local_grads[i] for i in range(partials)]] if found else []
    finally:
        PyMem_Free(x)


cdef bint agrees(Path path, object op, int kernel) except -1:
    """Whether a fast path gives the table's results, bit for bit; a power may decline."""
    for point in op.points or [[0.5] * len(op.operands)]:
        xs = [*map(float, point)]
        kept = len(xs)
        row = op
        if path == LEADING_PARTIALS or path == CONSTANT_POWER:
            kept -= op.static
            row = op.bind(*xs[kept:])
        found = by_path(path, kernel, xs, kept)
        y = row.forward(xs) if row.arity is None else row.forward(*xs[:kept])
        expected = [y, *row.local_gradients(y, xs[:kept])]
        if [float(x).hex() for x in found] != [float(x).hex() for x in expected] and (found or path != CONSTANT_POWER):
            return False
    return True


cdef bint is_sound(object op, int kernel) except -1:
    """Whether a row's own fast path may be used."""
    if kernel >= KERNELS:
        return agrees(ALL_PARTIALS, op, kernel)
    if kernel_rows[kernel].operands != len(op.operands) or len(op.operands) > MOST_OPERANDS:
        return False
    leading = op.static and op.bake is None
    return agrees(ALL_PARTIALS, op, kernel) and (not leading or agrees(LEADING_PARTIALS, op, kernel))
