# Operands of the native executor's instructions, and the nests of axes over which they run: what executor.pxi makes of
# shapes and strides, and what it refuses.

cdef extern from "c/executor.h":
    ctypedef void (*Loop "chainrule_loop")(char**, const Py_ssize_t*, const Py_ssize_t*, void*) noexcept nogil
    enum: MOST_ARGS, MOST_OUTER, MOST_DIMS, BLOCK_OF_NUMBERS "BLOCK"
    ctypedef struct Call:
        Loop loop
        void* data
        int count
        char** args
        Py_ssize_t** outer
        Py_ssize_t* ahead
        Py_ssize_t* steps
        Py_ssize_t* advance
    ctypedef struct Instruction:
        int first, count, axes
        Py_ssize_t* sizes
        Py_ssize_t* dims
        int blocks
        Py_ssize_t turns
        int body
    ctypedef struct NamedLoop:
        const char* name
        Loop loop
        int operands
    ctypedef struct KernelUse:
        Kernel kernel
        int operands, partial
    ctypedef char* Places "char *(*)[MOST_ARGS]"
    NamedLoop* element_loops
    NamedLoop* column_loops
    NamedLoop* position_loops
    void run_instructions(Instruction*, int, Call*, void*) noexcept nogil
    Loop loop_of_ufunc(PyObject*, int, int, void**) noexcept

cdef enum:
    MOST_AXES = 8
    MOST_TOGETHER = 128   # operands of an instruction
    WORTH_A_CALL = 256    # numbers: over fewer, one call after the other is as quick as block by block
    SHORT = 100_000       # numbers: to compute so many takes some 50 microseconds


cdef struct Operand:
    char* place           # NULL of a temporary
    int memory            # which one
    int number            # of a temporary
    int axes
    Py_ssize_t shape[MOST_AXES]
    Py_ssize_t strides[MOST_AXES]  # in bytes
    char* low             # the bytes from low to high hold all its numbers, in the first turn of a loop
    char* high
    Py_ssize_t advance    # from turn to turn, in bytes
    char* lowest          # the same of all turns
    char* highest


cdef struct Nest:
    int axes
    Py_ssize_t sizes[MOST_AXES]
    int count             # of operands
    Py_ssize_t strides[MOST_TOGETHER][MOST_AXES]


cdef struct Memory:
    char* start
    Py_ssize_t count
    bint writable, integers
    Py_ssize_t lowest, highest  # of the integers that may stand there


cdef NamedLoop* named_loop(NamedLoop* loops, object name) except NULL:
    while loops.name != NULL:
        if (<bytes>loops.name).decode() == name:
            return loops
        loops += 1
    raise ValueError(f"the executor has no loop named {brief(name)}")


cdef int drop_axis(Nest* nest, int axis) noexcept:
    cdef int i, k
    for i in range(axis, nest.axes - 1):
        nest.sizes[i] = nest.sizes[i + 1]
        for k in range(nest.count):
            nest.strides[k][i] = nest.strides[k][i + 1]
    nest.axes -= 1
    return 0


cdef int swap_axes(Nest* nest, int i, int j) noexcept:
    cdef int k
    nest.sizes[i], nest.sizes[j] = nest.sizes[j], nest.sizes[i]
    for k in range(nest.count):
        nest.strides[k][i], nest.strides[k][j] = nest.strides[k][j], nest.strides[k][i]
    return 0


cdef int collapse(Nest* nest, int by) noexcept:
    """As few axes as can be, in the order in which an operand lies in memory."""
    cdef int i, j, k
    for i in range(nest.axes - 1, -1, -1):
        if nest.sizes[i] == 1:
            drop_axis(nest, i)
    for i in range(1, nest.axes):
        j = i
        while j and abs(nest.strides[by][j - 1]) < abs(nest.strides[by][j]):
            swap_axes(nest, j - 1, j)
            j -= 1
    i = nest.axes - 2
    while i >= 0:
        for k in range(nest.count):
            if nest.strides[k][i] != nest.strides[k][i + 1] * nest.sizes[i + 1]:
                break
        else:
            nest.sizes[i + 1] *= nest.sizes[i]
            drop_axis(nest, i)
        i -= 1
    j = nest.axes - 1
    for i in range(nest.axes - 1):  # not a call of a loop for each few numbers
        if nest.sizes[i] >= 4 * nest.sizes[nest.axes - 1] and nest.sizes[i] > nest.sizes[j]:
            j = i
    if j >= 0 and nest.sizes[nest.axes - 1] < 16:
        swap_axes(nest, j, nest.axes - 1)
    return 0


cdef enum:
    TEMPORARY = -1  # no stride


cdef extern from *:
    """
    static const chainrule_loop kernel_loop = loop_kernel;
    """
    const Loop kernel_loop


cdef int widen(Nest* nest, Operand* operand, int skipped) except -1:
    """Add an operand to a nest, without its first axes: they are broadcast against each other."""
    cdef int i, k, axes = operand.axes - skipped
    cdef Py_ssize_t size
    while nest.axes < axes:  # one more axis in front
        nest.axes += 1
        nest.sizes[nest.axes - 1] = 1
        for k in range(nest.count):
            nest.strides[k][nest.axes - 1] = 0
        for i in range(nest.axes - 1, 0, -1):
            swap_axes(nest, i - 1, i)
    for i in range(nest.axes):
        nest.strides[nest.count][i] = 0
    for i in range(axes):
        size = operand.shape[skipped + i]
        k = nest.axes - axes + i
        if size != 1:
            if nest.sizes[k] not in (1, size):
                raise ValueError(f"axes of {nest.sizes[k]} and {size} numbers do not go together")
            nest.sizes[k] = size
            nest.strides[nest.count][k] = operand.strides[skipped + i]
    nest.count += 1
    return 0


cdef int make_nest(Nest* nest, Operand* operands, int count) except -1:
    cdef int i
    nest.axes = nest.count = 0
    for i in range(count):
        widen(nest, &operands[i], 0)
    return 0


cdef int refuse_repeated_outputs(Nest* nest, Call* calls, int count, Operand* operands) except -1:
    cdef int i, j = 0
    for i in range(count):
        j += calls[i].count
        if operands[j - 1].place != NULL:
            refuse_repeated(nest, j - 1)
    return 0


cdef int refuse_repeated(Nest* nest, int k) except -1:
    """Raise where an output would be written more than once: its strides must set all its numbers apart."""
    cdef int i
    for i in range(nest.axes):
        if nest.sizes[i] > 1 and nest.strides[k][i] == 0:
            raise ValueError("an output has a stride of 0, or lacks an axis of what it is made of")
    return 0


cdef bint meet(Operand* a, Operand* b) noexcept:
    """Whether two operands may share numbers, in any turns of a loop unless they move on together."""
    if a.advance == b.advance:
        return a.low < b.high and b.low < a.high
    return a.lowest < b.highest and b.lowest < a.highest


cdef bint goes_together(Call* calls, int count, Operand* operands, Nest* nest) noexcept:
    """Whether each output of calls lies apart from all other operands, or is the same, number by number.

    Of the calls of an instruction each block is computed before the next, so all of them are held against each other.
    """
    cdef int i, j, k, total = 0, out = -1
    for i in range(count):
        total += calls[i].count
    for i in range(count):
        out += calls[i].count
        if operands[out].place == NULL:
            continue
        for k in range(total):
            if k == out or not meet(&operands[k], &operands[out]):
                continue
            if operands[k].place != operands[out].place or operands[k].advance != operands[out].advance:
                return False
            for j in range(nest.axes):
                if nest.sizes[j] > 1 and nest.strides[k][j] != nest.strides[out][j]:
                    return False
    return True


cdef bint same_sizes(Nest* nest, Nest* other) noexcept:
    cdef int i
    for i in range(nest.axes):
        if nest.axes != other.axes or nest.sizes[i] != other.sizes[i]:
            return False
    return nest.axes == other.axes


cdef bint has_nothing(Nest* nest) noexcept:
    cdef int i
    for i in range(nest.axes):
        if nest.sizes[i] == 0:
            return True
    return False


cdef double work_of(Nest* nest) noexcept:
    cdef int i
    cdef double work = 1.0
    for i in range(nest.axes):
        work *= nest.sizes[i]
    return work
