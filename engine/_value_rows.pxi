# The rows of the operator table, by number: a node keeps the number.

cdef struct Row:
    PyObject* op             # the row of the table; NULL in a free place
    Py_ssize_t uses          # of a row that may go again: by how many nodes; in a free place the next free one
    int kernel               # its fast path
    int arity                # -1 for a sequence
    int masks                # which edges a slope of 0 closes: a number of op.Masks
    int fixed                # how many trailing operands are baked in when they are plain numbers
    double exponent          # of a constant power

cdef enum:
    LEAF_ROW = 0
    CONSTANT_ROW = 1
    FROZEN_ROW = 2
    RECENT_POWERS = 8

cdef Row* rows = NULL
cdef int row_count = 0
cdef int row_room = 0
cdef int free_row = -1
cdef int lasting_rows = 0    # the table's, which stay; behind them baked rows and those of operators made by hand
cdef dict row_numbers = {}
cdef int[KERNELS] sound_row_of_kernel  # the rows that have a fast path; -1 where it gives other bits than the table
cdef int[KERNELS] row_of_kernel  # the same, but -1 throughout while fast paths are off
cdef int[RECENT_POWERS] recent_powers  # the rows of the constant powers met last, each held
cdef int oldest_power = 0


# -- numbers of rows -----------------------------------------------------------------------------

cdef int take_row(object op) except -1:
    """The number of a row, entered where it is new, and held until drop_row()."""
    global row_count, free_row
    found = row_numbers.get(op)
    cdef int number
    if found is None:
        arity, static, baked, masks = op.arity, op.static, op.baked, op.masks
        power = op.base is not None and op.base is OPERATORS["pow"] and len(baked) == 1
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
    rows[number].kernel = POWER if power and sound_row_of_kernel[POWER] >= 0 else NO_KERNEL
    rows[number].arity = -1 if arity is None else arity
    rows[number].masks = masks
    rows[number].fixed = static
    rows[number].exponent = baked[0] if power else 0.0
    row_numbers[op] = number
    return number


cdef inline void drop_row(int number) noexcept:
    rows[number].uses -= 1


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


cdef int recent_power(double exponent) except -2:
    """The row of a constant power, held; -1 where the fast path is not used."""
    global oldest_power
    cdef int i, number
    if row_of_kernel[POWER] < 0:
        return -1
    for i in range(RECENT_POWERS):
        number = recent_powers[i]
        if number >= 0 and rows[number].exponent == exponent:
            rows[number].uses += 1
            return number
    number = take_row(OPERATORS["pow"].bind(exponent))
    rows[number].uses += 1
    if recent_powers[oldest_power] >= 0:
        drop_row(recent_powers[oldest_power])
    recent_powers[oldest_power] = number
    oldest_power = (oldest_power + 1) % RECENT_POWERS
    return number


# -- what a row gives ------------------------------------------------------------------------------

cdef bint compute(int number, Py_ssize_t count, Fields** xs, double* y, double* slopes) noexcept nogil:
    """A row's value and local gradients by its fast path; 0 where it has none or declines."""
    cdef int kernel = rows[number].kernel
    if kernel == NO_KERNEL:
        return False
    if kernel >= SUM:
        return compute_many(kernel, count, xs, y, slopes)
    if rows[number].arity != count:
        return False
    if count == 2:
        return compute_2(kernel, xs[0].data, xs[1].data, y, slopes)
    return compute_1(kernel, rows[number].exponent, xs[0].data, y, slopes)


cdef int compute_by_table(object op, Py_ssize_t count, Fields** xs, bint record, double* y, double* slopes) except -1:
    """A row's value and local gradients by the functions of the table."""
    cdef Py_ssize_t i
    numbers = [xs[i].data for i in range(count)]
    result = op.forward(numbers) if op.arity is None else op.forward(*numbers)
    y[0] = result
    if not record:
        return 0
    local = op.local_gradients(result, numbers)
    if len(local) != count:
        raise ValueError(f"{op.name!r} has {count} operands and {len(local)} partial derivatives")
    for i in range(count):
        slopes[i] = local[i]
    return 0


# -- setting up -----------------------------------------------------------------------------------

cdef int enter_table() except -1:
    """Number the rows of the table, and try the fast paths on them."""
    global lasting_rows
    cdef int kernel, number
    for kernel in range(KERNELS):
        sound_row_of_kernel[kernel] = -1
    for kernel in range(RECENT_POWERS):
        recent_powers[kernel] = -1
    for op in (LEAF, CONSTANT, FROZEN):
        take_row(op)
    for op in OPERATORS.values():
        number = take_row(op)
        kernel = kernel_of_name.get(op.name, NO_KERNEL)
        if kernel != NO_KERNEL and agrees(op, kernel):
            sound_row_of_kernel[kernel] = number
            if kernel != POWER:  # x**y of two Values is the table's
                rows[number].kernel = kernel
    lasting_rows = row_count
    set_fast_paths(True)
    return 0


cdef void set_fast_paths(bint on) noexcept:
    """Use the fast paths, or the general way for everything: to the same results."""
    cdef int kernel
    for kernel in range(KERNELS):
        row_of_kernel[kernel] = sound_row_of_kernel[kernel] if on else -1


cdef bint agrees(object op, int kernel) except -1:
    """Whether a fast path gives the table's results, bit for bit, at the points at which the row is tested."""
    cdef double y, slope, exponent = 0.0
    cdef double[2] pair
    cdef Py_ssize_t i
    cdef bint ordinary
    cdef Block* block
    if not op.points:
        return False
    for point in op.points:
        if kernel == POWER:
            exponent = point[1]
            op, point = OPERATORS["pow"].bind(exponent), point[:1]
        xs = [float(x) for x in point]
        expected = op.forward(xs) if op.arity is None else op.forward(*xs)
        expected = [expected, *op.local_gradients(expected, xs)]
        if kernel >= SUM:
            found = many_at(kernel, xs)
        elif op.arity == 2:
            ordinary = compute_2(kernel, xs[0], xs[1], &y, pair)
            found = [y, pair[0], pair[1]] if ordinary else expected
        elif op.arity == 1:
            ordinary = compute_1(kernel, exponent, xs[0], &y, &slope)
            found = [y, slope] if ordinary else expected
        else:
            return False
        if [float(x).hex() for x in found] != [float(x).hex() for x in expected]:
            return False
    return True


cdef list many_at(int kernel, list xs):
    """A fast path over a sequence, tried on numbers: value and local gradients."""
    cdef Py_ssize_t i, count = len(xs)
    cdef double y
    cdef Fields* fields = <Fields*>PyMem_Malloc((count + 1) * sizeof(Fields))
    cdef Fields** operands = <Fields**>PyMem_Malloc((count + 1) * sizeof(void*))
    cdef double* slopes = <double*>PyMem_Malloc((count + 1) * sizeof(double))
    try:
        if fields == NULL or operands == NULL or slopes == NULL:
            raise MemoryError()
        for i in range(count):
            fields[i].data = xs[i]
            operands[i] = &fields[i]
        if not compute_many(kernel, count, operands, &y, slopes):
            return []
        return [y, *[slopes[i] for i in range(count)]]
    finally:
        PyMem_Free(fields)
        PyMem_Free(operands)
        PyMem_Free(slopes)
