# A call of a lifted function by the program of its last call, without Python between. What it is for is told in
# jit/quick.py.

cdef object LEFT = object()  # what comes where the general way is to be taken
cdef object WRITTEN = tracing.WRITTEN
cdef object OBSERVED = observers.OBSERVED


@cython.no_gc_clear
cdef class Quick:
    """A program with all that a call has to look at: see :func:`engine.jit.quick.quick_call`."""

    cdef public Py_ssize_t calls, due
    cdef readonly object places
    cdef tuple template, operands
    cdef list values
    cdef Runnable program
    cdef object nest
    cdef Py_ssize_t outputs
    cdef int row
    cdef bint differentiate, finite, by_arguments
    cdef size_t on_leaves  # of its operands: as of a block

    def __init__(
        self, Py_ssize_t calls, Py_ssize_t due, tuple template, places, tuple operands, list values, Runnable program,
        nest, Py_ssize_t outputs, row, bint differentiate, bint finite, bint by_arguments,
    ):
        if not isinstance(places, tuple) or len(places) != FIELDS_OF_PLACES:
            raise TypeError(f"expected Places, got {brief(places)}")
        if values_in(values) is not values or values_in(operands) is not operands:
            raise TypeError("captured Values stand in a list, operands in a tuple")
        self.calls, self.due, self.template, self.places = calls, due, template, places
        self.operands, self.values, self.program, self.nest = operands, values, program, nest
        self.outputs = outputs
        self.differentiate, self.finite, self.by_arguments = differentiate, finite, by_arguments
        self.row = take_row(row)

    def __dealloc__(self):
        if self.row:
            drop_row(self.row)

    cdef object call(self, tuple args, dict options):
        """The result; LEFT where this is not the way, and then nothing has changed."""
        if self.calls + 1 == self.due or recorded():
            return LEFT
        if PySet_GET_SIZE(<object>open_blocks) or PySet_GET_SIZE(WRITTEN) or PySet_GET_SIZE(OBSERVED) or observed:
            return LEFT
        if not self.program.begin():  # as whatever Python may run meanwhile may call this
            return LEFT
        try:
            return self.called(args, options)
        finally:
            self.program.end()

    cdef object called(self, tuple args, dict options):
        cdef Sink sink
        cdef Py_ssize_t i
        cdef list nodes, found = []
        cdef object operands = self.operands
        sink.values = <PyObject*>found
        self.program.take(&sink)
        if not recognised_into(args, options, self.template, &sink) or sink.numbers != sink.end:
            return LEFT
        if not all_same(PySequence_Fast_ITEMS(self.places)):
            return LEFT
        if self.by_arguments:
            operands = [*self.operands, *found] if self.operands else found
        if not self.program.forward(self.values, self.differentiate):
            return LEFT
        if self.nest is None:
            node = self.result(0, operands)
            self.calls += node is not LEFT
            return node
        nodes = []
        for i in range(self.outputs):
            node = self.result(i, operands)
            if node is LEFT:
                return LEFT
            nodes.append(node)
        self.calls += 1
        return tuple(nodes) if self.nest is tuple else nodes

    cdef object result(self, Py_ssize_t output, object operands):
        """An output as a node on the operands in a list or tuple; LEFT where something is not finite."""
        cdef double y = self.program.output(output)
        cdef Fields** items = <Fields**>PySequence_Fast_ITEMS(operands)
        cdef Py_ssize_t count = PySequence_Fast_GET_SIZE(operands)
        cdef double few[2]
        cdef Block* block
        cdef Fields* node
        if self.finite and y - y != 0.0:
            return LEFT
        if not self.differentiate:
            return owned(new_leaf(y, CONSTANT_ROW))
        if 0 < count <= 2:  # without a block, which takes a third of the time
            if not self.program.gradient(output, few, count):
                return LEFT
            if count == 1:
                node = result_1(y, self.row, items[0], few[0])
            else:
                node = result_2(y, self.row, items[0], items[1], few)
            if node != NULL:
                hold_row(self.row)
            return owned(node)
        if operands is self.operands:  # the same in each call: they are held together
            if self.on_leaves != grown and all_leaves(items, count):
                self.on_leaves = grown
            block = block_held_by(operands)
            on_leaves(block)[0] = self.on_leaves
        else:
            block = block_of(operands)
        if not self.program.gradient(output, block_local_grads(block), count):
            drop_block(block)
            return LEFT
        return owned(result_of_block(y, self.row, block))


cdef class Caller:
    """The base of lifted functions: calls them quickly where it can: see :class:`engine.jit.quick.Caller`."""

    cdef public Quick _quick

    def __call__(self, *args, **options):
        cdef Quick quick = self._quick
        if quick is not None:
            found = quick.call(args, options)
            if found is not LEFT:
                return found
        return self._called(args, options)
