# A tape as Python sees it; what it does stands in programs/tape.h.

cdef extern from "Python.h":
    void* PyMem_RawCalloc(size_t, size_t)

cdef extern from "c/sequences.h":
    bint compute_sequence(int, Py_ssize_t, double*, double*) noexcept

cdef extern from "programs/tape.h":
    int NORM "KERNEL_norm"
    enum: MASKS_ALWAYS
    enum: TAPE_COPY, TAPE_STOP, TAPE_TAKE
    ctypedef struct TapeRow:
        int code, masks, sequence, folds
    ctypedef struct TapeStep:
        int32_t out, partials, row
    enum: TAPE_PINNED
    ctypedef struct TapeGuard:
        int op, outcome
        const double** sides
        double* numbers
    int guards_hold(const CTape*) noexcept
    ctypedef struct TapeSums:
        void* items
    ctypedef struct CTape "Tape":
        Py_ssize_t nodes, instructions, outputs, cell_count, joined
        TapeRow* rows
        const int32_t* row_of
        const int64_t* offsets
        const int64_t* operands
        TapeStep* items
        double* cells
        double* given
        TapeGuard* guards
        Py_ssize_t guard_count
        int32_t* roots
        int32_t* adjoint_of
        TapeSums* sweeps
    TapeRow tape_row_of(int) noexcept
    int make_tape(CTape*, const int8_t*, const char*, const double*) except -1
    int fuse_steps(CTape*, const char*) except -1
    void free_tape(CTape*) noexcept
    Py_ssize_t tape_forward(const CTape*, Py_ssize_t) noexcept nogil
    int tape_backward(CTape*, Py_ssize_t) noexcept nogil
    double tape_gradient(const CTape*, int32_t) noexcept
    ctypedef struct TapeWork:
        Py_ssize_t edges, functions, tables, depth
    int tape_work(const CTape*, TapeWork*) except -1

cdef enum:
    LONG_TAPE = 40_000  # instructions from which other threads may run meanwhile: some tenth of a millisecond


cdef int tape_row(object op, TapeRow* row) except -1:
    """What a tape keeps of a row."""
    cdef int number = take_row(op)
    try:
        row[0] = tape_row_of(number)
        row.folds = op is TAKE or op is SAME or OPERATORS.get(op.name) is (op.base or op)
        if op is TAKE:
            row.code = TAPE_TAKE
            row.masks = MASKS_ALWAYS  # there is no way to what was not picked
        elif op is SAME:
            row.code = TAPE_COPY
        elif op is OPERATORS["stop_gradient"]:
            row.code = TAPE_STOP
    finally:
        drop_row(number)
    return 0


cdef class Runnable:
    """A program that a call of a lifted function may run without Python between: see quick.pxi."""

    cdef bint begin(self) except -1:
        """Take it for a call; False where another has it."""
        return False

    cdef int end(self) except -1:
        return 0

    cdef int take(self, Sink* sink) except -1:
        """Say where the numbers of the arguments go."""
        return 0

    cdef bint forward(self, list values, bint differentiate) except -1:
        """Run it on these captured Values; whether it came to its end, and the function decides as it did."""
        return False

    cdef double output(self, Py_ssize_t i) noexcept:
        return 0.0

    cdef bint gradient(self, Py_ssize_t i, double* out, Py_ssize_t count) except -1:
        """The derivatives of an output by so many operands; whether they are finite, and as many."""
        return False


@cython.no_gc_clear
cdef class Tape(Runnable):
    """A traced graph to run forward and backward in C: see :class:`engine.jit.backends.tape.TapeProgram`.

    Args:
        ops: the rows.
        kinds, row_of, offsets, operands, data: see :class:`engine.jit.trace.traced_graph.Trace`.
        captured, inputs: the nodes of what is given at each call; -1 for what no node needs.
        wanted: the nodes by which gradients are wanted, likewise.
        outputs, watched: nodes.
        guards: see :class:`engine.jit.trace.guards.Guard`; those that the program decides by.
    """

    cdef CTape tape
    cdef TapeWork takes_time
    cdef bint busy
    cdef list ops
    cdef object held
    cdef int32_t[::1] captured, inputs, wanted
    cdef list outputs, decisive, guards

    def __init__(self, ops, kinds, row_of, offsets, operands, data, captured, inputs, wanted, outputs, watched, guards):
        cdef CTape* tape = &self.tape
        cdef Py_ssize_t i
        cdef const int32_t[::1] row_numbers = row_of
        cdef const int64_t[::1] starts = offsets
        cdef const int64_t[::1] places = operands
        cdef const double[::1] numbers = data
        cdef const int8_t[::1] kind_of = kinds
        cdef bytearray takes = bytearray(len(row_of))
        if tape.nodes:
            raise RuntimeError("a tape is made once")
        self.ops, self.held = ops, (row_of, offsets, operands)
        self.outputs, self.decisive = outputs, watched
        self.captured, self.inputs, self.wanted = captured, inputs, wanted
        tape.nodes = len(row_of)
        tape.outputs = len(outputs)
        tape.row_of, tape.offsets = &row_numbers[0], &starts[0]
        tape.operands = &places[0] if len(operands) else NULL
        tape.rows = <TapeRow*>PyMem_RawCalloc(len(ops) + 1, sizeof(TapeRow))
        tape.roots = <int32_t*>PyMem_RawCalloc(tape.outputs + 1, sizeof(int32_t))
        if tape.rows == NULL or tape.roots == NULL:
            raise MemoryError()
        for i, op in enumerate(ops):
            tape_row(op, &tape.rows[i])
        for i, root in enumerate(outputs):
            tape.roots[i] = root
        for i in range(len(self.wanted)):
            if self.wanted[i] >= 0:
                takes[self.wanted[i]] = 1
        make_tape(tape, &kind_of[0], takes, &numbers[0])
        tape_work(tape, &self.takes_time)
        kept = bytearray(len(row_of))
        for node in (*outputs, *watched):
            kept[node] = 1
        fuse_steps(tape, kept)
        tape.given = <double*>PyMem_RawCalloc(len(inputs) + 1, sizeof(double))
        tape.guards = <TapeGuard*>PyMem_RawCalloc(len(guards) + 1, sizeof(TapeGuard))
        if tape.given == NULL or tape.guards == NULL:
            raise MemoryError()
        self.guards = [guard for guard in guards if not self.takes_guard(guard)]  # those in Python
        self.held = (self.held, guards)  # and so the Values that they read

    def __dealloc__(self):
        free_tape(&self.tape)

    cdef bint takes_guard(self, object guard) except -1:
        """Whether a guard is one that C can look at, which it does from then on."""
        cdef TapeGuard* found = &self.tape.guards[self.tape.guard_count]
        how, test = guard.how, guard.test
        if type(guard.outcome) is not bool and test is not float:
            return False
        if how in SYMBOLS:
            found.op, found.outcome = SYMBOLS.index(how), guard.outcome
        elif how == "bool" and test is bool:
            found.op, found.outcome = Py_NE, guard.outcome
        elif how in ("data", "float") and test is float:
            found.op, found.outcome, found.numbers[1] = TAPE_PINNED, True, guard.outcome
        else:
            return False
        found.sides[1] = &found.numbers[1]
        if not self.takes_side(found, 0, guard.left) or (how in SYMBOLS and not self.takes_side(found, 1, guard.right)):
            return False
        self.tape.guard_count += 1
        return True

    cdef bint takes_side(self, TapeGuard* guard, int which, object side) except -1:
        """Whether a side of a guard is a number that C can read."""
        cdef Py_ssize_t place, inputs = len(self.inputs)
        guard.sides[which] = &guard.numbers[which]
        if is_value(<PyObject*>side):
            guard.sides[which] = &(<Fields*><PyObject*>side).data
        elif type(side) is float or type(side) is bool:
            guard.numbers[which] = side
        elif type(side) is int and -(2**53) <= side <= 2**53:
            guard.numbers[which] = side
        elif isinstance(side, int) and type(side) is not int:  # a position
            place = side
            guard.sides[which] = &self.tape.given[place]
            if place >= inputs:
                guard.sides[which] = &self.tape.cells[<Py_ssize_t>self.decisive[place - inputs]]
        else:
            return False
        return True

    def work(self):
        """What it takes time for: operands, functions, functions in Python; and how deep it is in array statements."""
        return self.takes_time.edges, self.takes_time.functions, self.takes_time.tables, self.takes_time.depth

    def is_quick(self):
        """Whether it runs without the functions of the table, without guards in Python, and is short."""
        return not self.guards and self.tape.instructions < LONG_TAPE

    cdef bint begin(self) except -1:
        if self.busy:
            return False
        self.busy = True
        return True

    cdef int end(self) except -1:
        self.busy = False
        return 0

    cdef int take(self, Sink* sink) except -1:
        sink.numbers, sink.end = self.tape.given, self.tape.given + len(self.inputs)
        return 0

    cdef bint forward(self, list values, bint differentiate) except -1:
        if len(values) != len(self.captured):
            return False
        self.fill(values)
        return self.forward_from(0) == self.tape.instructions and guards_hold(&self.tape)

    cdef int fill(self, list values) except -1:
        """The numbers of captured Values and of the arguments to their cells."""
        cdef Py_ssize_t i
        for i in range(len(values)):
            self.tape.cells[self.captured[i]] = (<Fields*><PyObject*>values[i]).data
        for i in range(len(self.inputs)):
            if self.inputs[i] >= 0:
                self.tape.cells[self.inputs[i]] = self.tape.given[i]
        return 0

    cdef Py_ssize_t forward_from(self, Py_ssize_t at) except -1:
        """The first instruction from one on that has no fast path; where there is none, how many there are."""
        if self.tape.instructions < LONG_TAPE:
            return tape_forward(&self.tape, at)
        with nogil:
            at = tape_forward(&self.tape, at)
        return at

    cdef double output(self, Py_ssize_t i) noexcept:
        return self.tape.cells[self.tape.roots[i]]

    cdef bint gradient(self, Py_ssize_t i, double* out, Py_ssize_t count) except -1:
        cdef Py_ssize_t k
        cdef bint finite = True
        cdef int failed
        if count != len(self.wanted):
            return False
        if self.tape.instructions < LONG_TAPE:
            failed = tape_backward(&self.tape, i)
        else:
            with nogil:
                failed = tape_backward(&self.tape, i)
        if failed:
            raise MemoryError()
        for k in range(count):
            out[k] = tape_gradient(&self.tape, self.wanted[k])
            finite &= out[k] - out[k] == 0.0
        return finite

    def run(self, list values, numbers, bint differentiate):
        """Outputs, for each its gradients, an array, and whether all gradients are finite.

        Returns:
            None where the table raises, as f itself will; False where a guard does not hold.
        """
        if not self.begin():  # an operator by hand has called the function that it is a part of
            return None
        try:
            return self._run(values, numbers, differentiate)
        finally:
            self.end()

    cdef object _run(self, list values, object numbers, bint differentiate):
        cdef CTape* tape = &self.tape
        cdef Py_ssize_t i, at
        cdef const double[::1] given = numbers
        cdef bint finite = True
        if recorded():
            tracing.refuse_while_tracing("reading numbers of many Values", "do it outside")
        if len(values) != len(self.captured) or len(given) != len(self.inputs):
            raise ValueError(f"a tape of {len(self.captured)} captured Values and {len(self.inputs)} inputs")
        for i in range(len(values)):
            if not is_value(<PyObject*>values[i]):
                raise TypeError("what was captured must be Values")
        for i in range(len(given)):
            tape.given[i] = given[i]
        self.fill(values)
        at = self.forward_from(0)
        while at < tape.instructions:
            try:
                self.by_table(&tape.items[at])
            except Exception:
                return None
            at = self.forward_from(at + 1)
        if not guards_hold(tape):
            return False
        if self.guards:
            sides = numbers.tolist()
            sides += [tape.cells[<Py_ssize_t>node] for node in self.decisive]
            for guard in self.guards:
                if not guard.holds(sides):
                    return False
        outputs = [tape.cells[<Py_ssize_t>node] for node in self.outputs]
        gradients = []
        for i in range(tape.outputs if differentiate else 0):
            gradients.append(np.empty(len(self.wanted)))
            finite &= self.gradient(i, <double*>numbers_of(gradients[i]), len(self.wanted))
        return outputs, gradients, finite

    cdef int by_table(self, const TapeStep* item) except -1:
        """An instruction that has no fast path, or that declines: by the table, as eager."""
        cdef CTape* tape = &self.tape
        cdef Py_ssize_t i, start = tape.offsets[item.out], count = tape.offsets[item.out + 1] - start
        op = self.ops[item.row]
        numbers = [tape.cells[tape.operands[start + i]] for i in range(count)]
        if tape.rows[item.row].sequence == NORM:  # needs Python, but not the table
            for i in range(count):
                tape.cells[item.partials + i] = numbers[i]
            if compute_sequence(NORM, count, &tape.cells[item.partials], &tape.cells[item.out]):
                return 0
        y = op.forward(numbers) if op.arity is None else op.forward(*numbers)
        local = op.local_gradients(y, numbers)
        if len(local) != count:
            raise ValueError(f"{op.name!r} has {count} operands and {len(local)} partial derivatives")
        tape.cells[item.out] = y
        for i in range(count):
            tape.cells[item.partials + i] = local[i]
        return 0
