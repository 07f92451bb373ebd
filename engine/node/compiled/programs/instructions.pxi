# Instructions of the native executor while they are made: what they read is checked against the memory it lies in.

cdef extern from "c/executor.h":
    ctypedef void (*Loop "chainrule_loop")(char**, const Py_ssize_t*, const Py_ssize_t*, void*) noexcept nogil
    enum: MOST_ARGS, BLOCK_OF_NUMBERS "BLOCK"
    ctypedef struct Call:
        Loop loop
        void* data
        int count
        Py_ssize_t* steps
    ctypedef struct Instruction:
        int first, count
        Py_ssize_t* dims
        Py_ssize_t turns
        int body
    ctypedef struct NamedLoop:
        const char* name
        Loop loop
        int operands
    ctypedef struct KernelUse:
        Kernel kernel
        int operands, partial
    Loop kernel_loop "loop_kernel"
    NamedLoop* element_loops
    NamedLoop* column_loops
    NamedLoop* position_loops
    void run_instructions(Instruction*, int, Call*, void*) noexcept nogil
    Loop loop_of_ufunc(PyObject*, int, int, void**) noexcept

cdef extern from "programs/nests.h":
    enum: MOST_AXES, MOST_TOGETHER, WORTH_A_CALL, SHORT_WORK
    ctypedef struct Memory:
        char* start
        Py_ssize_t count, lowest, highest
        bint writable, integers
    ctypedef struct Operand:
        char* place
        int memory, number, axes
        Py_ssize_t* shape
        Py_ssize_t* strides
    ctypedef struct Nest:
        int axes, count
        Py_ssize_t* sizes
    void find_range(Memory*) noexcept
    int place_operand(Operand*, Memory*, Py_ssize_t, Py_ssize_t, Py_ssize_t, bint, bint) except -1
    bint meet(Operand*, Operand*) noexcept
    void collapse(Nest*, int) noexcept
    int widen(Nest*, Operand*, int) except -1
    int make_nest(Nest*, Operand*, int) except -1
    int refuse_repeated(Nest*, int) except -1
    int refuse_repeated_outputs(Nest*, Call*, int, Operand*) except -1
    bint goes_together(Call*, int, Operand*, Nest*) noexcept
    bint same_sizes(Nest*, Nest*) noexcept
    double work_of(Nest*) noexcept
    int set_outer(Instruction*, Call*, Nest*, int) except -1
    void set_places(Call*, Operand*) noexcept
    void set_inner(Instruction*, Call*, Nest*, int) noexcept
    int set_blocks(Instruction*, Call*, Nest*, Operand*) except -1
    void place_temporaries(Call*, int, double*) noexcept


cdef void* room_for(Py_ssize_t count, size_t size) except NULL:
    """Cleared memory for so many of a size, and for one if there is none."""
    cdef void* room = PyMem_Calloc(max(count, 1), size)
    if room == NULL:
        raise MemoryError()
    return room


cdef NamedLoop* named_loop(NamedLoop* loops, object name) except NULL:
    while loops.name != NULL:
        if (<bytes>loops.name).decode() == name:
            return loops
        loops += 1
    raise ValueError(f"the executor has no loop named {brief(name)}")


cdef class Instructions:
    """Memories, and calls of loops on what lies in them: the base of the executor."""

    cdef Memory* memories
    cdef Instruction* instructions
    cdef Call* calls
    cdef KernelUse** uses
    cdef double* temporaries
    cdef int count, call_count, room, use_count, temporary_count, memory_count, longest, wrong
    cdef list held
    cdef Py_ssize_t turns  # of the loop that is read, else 1

    def __dealloc__(self):
        cdef int i
        for i in range(self.use_count):
            PyMem_Free(self.uses[i])
        PyMem_Free(self.uses)
        PyMem_Free(self.memories)
        PyMem_Free(self.instructions)
        PyMem_Free(self.calls)
        PyMem_Free(self.temporaries)

    cdef int add_memory(self, object array) except -1:
        cdef Py_buffer view
        cdef Memory* memory = self.memories + self.memory_count
        PyObject_GetBuffer(array, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        try:
            if view.itemsize != sizeof(double) or view.format[1] or view.format[0] not in b"dlq":
                raise ValueError(f"a memory holds float64 or intp, got {brief(array)}")
            memory.start, memory.count, memory.writable = <char*>view.buf, view.len // view.itemsize, not view.readonly
            memory.integers = view.format[0] != c"d"
            find_range(memory)
        finally:
            PyBuffer_Release(&view)
        self.memory_count += 1
        return 0

    cdef int read_operand(self, object given, bint written, bint integers, Operand* operand) except -1:
        """An operand, checked against the memory in which it lies."""
        cdef Py_ssize_t advance = 0
        cdef int i
        if isinstance(given, int):
            if not 0 <= given < 64 or integers:
                raise ValueError(f"there is no temporary {brief(given)}")
            memset(operand, 0, sizeof(Operand))
            operand.axes, operand.memory, operand.number = 0, -1, given
            self.temporary_count = max(self.temporary_count, operand.number + 1)
            return 0
        if len(given) == 5:
            advance = given[4]
            if self.turns == 1 and advance:
                raise ValueError("an operand moves in a loop only")
        number, start, shape, strides = given[:4]
        if not 0 <= number < self.memory_count:
            raise ValueError(f"there is no memory {brief(number)}")
        if not len(shape) == len(strides) <= MOST_AXES:
            raise ValueError(f"an operand has up to {MOST_AXES} axes with a stride each, got {shape} and {strides}")
        operand.memory, operand.axes = number, len(shape)
        for i in range(operand.axes):
            operand.shape[i], operand.strides[i] = shape[i], strides[i]
        return place_operand(operand, self.memories + operand.memory, start, advance, self.turns, written, integers)

    cdef Call* new_call(self, Loop loop, void* data, int count) except NULL:
        cdef Call* larger
        if self.call_count == self.room:
            self.room = 2 * self.room + 16
            larger = <Call*>PyMem_Realloc(self.calls, self.room * sizeof(Call))
            if larger == NULL:
                raise MemoryError()
            self.calls = larger
        cdef Call* call = self.calls + self.call_count
        memset(call, 0, sizeof(Call))
        call.loop, call.data, call.count = loop, data, count
        self.call_count += 1
        return call

    cdef Instruction* new_instruction(self, int calls) except NULL:
        cdef Instruction* instruction = self.instructions + self.count
        memset(instruction, 0, sizeof(Instruction))
        instruction.first, instruction.count = self.call_count - calls, calls
        self.longest = max(self.longest, calls)
        self.count += 1
        return instruction

    cdef Call* function_call(self, object function, int operands) except NULL:
        """A call of an elementwise function."""
        cdef NamedLoop* named
        cdef Loop loop
        cdef void* data = NULL
        cdef KernelUse** more
        cdef int kernel
        if not 2 <= operands <= MOST_ARGS:
            raise ValueError(f"a function takes up to {MOST_ARGS - 1} operands and writes one, got {operands}")
        if isinstance(function, np.ufunc):
            loop = loop_of_ufunc(<PyObject*>function, operands, function.ntypes, &data)
            if loop == NULL or function.signature is not None:
                raise ValueError(f"{function} has no loop on float64 for {operands} operands")
            self.held.append(function)
            return self.new_call(loop, data, operands)
        if not isinstance(function, tuple):
            named = named_loop(element_loops, function)
            if named.operands != operands:
                raise ValueError(f"{function} has {named.operands} operands, got {operands}")
            return self.new_call(named.loop, NULL, operands)
        name, partial = function
        kernel = kernel_numbers.get(name, -1)
        if not 0 <= kernel < KERNELS or sound_row_of_kernel[kernel] < 0:
            raise ValueError(f"the row {brief(name)} has no kernel")
        if kernel_rows[kernel].operands != operands - 1 or not -1 <= partial < operands - 1:
            raise ValueError(f"{name} has {kernel_rows[kernel].operands} operands and as many partials, and a value (-1)")
        more = <KernelUse**>PyMem_Realloc(self.uses, (self.use_count + 1) * sizeof(KernelUse*))
        if more == NULL:
            raise MemoryError()
        self.uses = more
        self.uses[self.use_count] = <KernelUse*>room_for(1, sizeof(KernelUse))
        self.use_count += 1
        self.uses[self.use_count - 1][0] = KernelUse(kernel_rows[kernel].all, operands - 1, partial)
        return self.new_call(kernel_loop, self.uses[self.use_count - 1], operands)
