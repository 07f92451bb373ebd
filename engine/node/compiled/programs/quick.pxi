# A call of a lifted function by the tape of its last call, without Python between. What it is for is told in
# jit/quick.py.

cdef enum:
    MOST_GIVEN = 64  # numbers among the arguments
    MOST_RESULTS = 16

cdef object LEFT = object()  # what comes where the general way is to be taken
cdef object WRITTEN = tracing.WRITTEN
cdef object OBSERVED = observers.OBSERVED


@cython.no_gc_clear
cdef class Quick:
    """A tape with all that a call has to look at: see :class:`engine.jit.quick.quick_call`."""

    cdef public Py_ssize_t calls, due
    cdef readonly object places
    cdef tuple template, operands
    cdef list values
    cdef Tape tape
    cdef object nest
    cdef int row
    cdef bint differentiate, finite, by_arguments

    def __init__(
        self, Py_ssize_t calls, Py_ssize_t due, tuple template, places, tuple operands, list values, Tape tape,
        nest, row, bint differentiate, bint finite, bint by_arguments,
    ):
        if not isinstance(places, tuple) or len(places) != FIELDS_OF_PLACES:
            raise TypeError(f"expected Places, got {brief(places)}")
        if len(values) != len(tape.captured) or values_in(values) is not values or values_in(operands) is not operands:
            raise ValueError(f"a tape of {len(tape.captured)} captured Values")
        self.calls, self.due, self.template, self.places = calls, due, template, places
        self.operands, self.values, self.tape, self.nest = operands, values, tape, nest
        self.differentiate, self.finite, self.by_arguments = differentiate, finite, by_arguments
        self.row = take_row(row)

    def __dealloc__(self):
        if self.row:
            drop_row(self.row)

    @staticmethod
    def takes(Tape tape):
        """Whether a tape runs so: without the functions of the table, and without guards in Python."""
        cdef Py_ssize_t i
        if tape.guards or tape.tape.instructions >= LONG_TAPE or not 0 < tape.tape.outputs <= MOST_RESULTS:
            return False
        return len(tape.inputs) <= MOST_GIVEN

    cdef object call(self, tuple args, dict options):
        """The result; LEFT where this is not the way, and then nothing has changed."""
        cdef CTape* tape = &self.tape.tape
        cdef double given[MOST_GIVEN]
        cdef Sink sink
        cdef Py_ssize_t i
        cdef list nodes, found
        cdef tuple operands
        if self.tape.busy or self.calls + 1 == self.due or recorded():
            return LEFT
        if PySet_GET_SIZE(<object>open_blocks) or PySet_GET_SIZE(WRITTEN) or PySet_GET_SIZE(OBSERVED) or observed:
            return LEFT
        found = []
        sink.numbers, sink.end, sink.values = given, given + len(self.tape.inputs), <PyObject*>found
        if not recognised_into(args, options, self.template, &sink) or sink.numbers != sink.end:
            return LEFT
        if not all_same(PySequence_Fast_ITEMS(self.places)):
            return LEFT
        operands = self.operands + tuple(found) if self.by_arguments else self.operands
        nodes = []
        self.tape.busy = True  # as whatever Python may run meanwhile may call this
        try:
            if not self.forward(given):
                return LEFT
            for i in range(tape.outputs):
                node = self.result(i, operands)
                if node is LEFT:
                    return LEFT
                if self.nest is None:
                    self.calls += 1
                    return node
                nodes.append(node)
        finally:
            self.tape.busy = False
        self.calls += 1
        return tuple(nodes) if self.nest is tuple else nodes

    cdef bint forward(self, double* given):
        """Run the tape; whether it came to its end, and the function decides as it did."""
        cdef CTape* tape = &self.tape.tape
        cdef Py_ssize_t i
        for i in range(len(self.values)):
            tape.cells[self.tape.captured[i]] = (<Fields*><PyObject*>self.values[i]).data
        for i in range(len(self.tape.inputs)):
            tape.given[i] = given[i]
            if self.tape.inputs[i] >= 0:
                tape.cells[self.tape.inputs[i]] = given[i]
        return tape_forward(tape, 0) == tape.instructions and guards_hold(tape)

    cdef object result(self, Py_ssize_t output, tuple operands):
        """An output as a node; LEFT where something is not finite."""
        cdef CTape* tape = &self.tape.tape
        cdef double y = tape.cells[tape.roots[output]], local_grad
        cdef Py_ssize_t i, count = len(operands)
        cdef Block* block
        cdef Fields* node
        cdef double* local_grads
        if self.finite and y - y != 0.0:
            return LEFT
        if not self.differentiate:
            return owned(new_leaf(y, CONSTANT_ROW))
        if count != len(self.tape.wanted):
            return LEFT
        if tape_backward(tape, output):
            raise MemoryError()
        block = block_of(operands)
        local_grads = block_local_grads(block)
        for i in range(count):
            local_grad = tape.adjoints[self.tape.wanted[i]] if self.tape.wanted[i] >= 0 else 0.0
            if local_grad - local_grad != 0.0:
                drop_operands(MANY, <Fields*>block, NULL)
                return LEFT
            local_grads[i] = local_grad
        node = result_of_block(y, self.row, block)
        if node == NULL:
            drop_operands(MANY, <Fields*>block, NULL)
        else:
            hold_row(self.row)
        return owned(node)


cdef class Caller:
    """The base of lifted functions: calls them quickly where it can: see :class:`engine.jit.quick.Caller`."""

    cdef Quick quick

    @property
    def _quick(self):
        return self.quick

    @_quick.setter
    def _quick(self, quick):
        self.quick = quick

    def __call__(self, *args, **options):
        cdef Quick quick = self.quick
        if quick is not None:
            found = quick.call(args, options)
            if found is not LEFT:
                return found
        return self._called(args, options)
