# An array program on the native executor as quick.pxi runs it: of one output, on one set of arguments or on samples.

cdef class QuickArrays(Runnable):
    """An array program and its cells: see :meth:`engine.jit.backends.array_program.ArrayProgram.quick`.

    Args:
        executor: its instructions, in the parts of ``engine.jit.emit.source.PARTS``.
        lock: held while the cells are used.
        numbers: those of the arguments go here.
        fixed, dfixed, work, seeds, totals: cells and what else the program reads and writes.
        forget: called where the cells of samples were filled; None for one set of arguments.
        widths: how many numbers a sample has in each argument.
        start: of the numbers of the arguments in ``fixed``, or of their rows in ``work``.
        output: the cell in ``fixed``; -1 for the mean over the samples.
        wanted: the cells by which gradients are wanted.
    """

    cdef Executor executor
    cdef object acquire, release, forget
    cdef double[::1] numbers, fixed, dfixed, totals
    cdef double[:, ::1] work
    cdef tuple seeds, widths
    cdef Py_ssize_t start, cell
    cdef int64_t[::1] wanted
    cdef bint side_by_side

    def __init__(
        self, Executor executor, lock, numbers, fixed, dfixed, work, tuple seeds, totals, forget, tuple widths,
        Py_ssize_t start, Py_ssize_t output, wanted,
    ):
        self.executor, self.acquire, self.release, self.forget = executor, lock.acquire, lock.release, forget
        self.numbers, self.fixed, self.dfixed, self.work, self.totals = numbers, fixed, dfixed, work, totals
        self.seeds, self.widths, self.start, self.cell, self.wanted = seeds, widths, start, output, wanted
        self.side_by_side = bool((np.diff(wanted) == 1).all())

    cdef bint begin(self) except -1:
        return self.acquire(False)

    cdef int end(self) except -1:
        self.release()
        return 0

    cdef int take(self, Sink* sink) except -1:
        sink.numbers = sink.end = NULL
        if len(self.numbers):
            sink.numbers = &self.numbers[0]
            sink.end = sink.numbers + len(self.numbers)
        return 0

    cdef bint forward(self, list values, bint differentiate) except -1:
        cdef Py_ssize_t i
        cdef double[::1] seeds
        for i in range(len(values)):
            self.fixed[i] = (<Fields*><PyObject*>values[i]).data
        if self.forget is None:
            self.fixed[self.start : self.start + len(self.numbers)] = self.numbers
            return self.executor.run_parts(0, 3 if differentiate else 0)
        self.fill()
        if not differentiate:
            return self.executor.run_parts(0, 1)
        seeds = self.seeds[0]
        seeds[0] = 1.0 / self.work.shape[1]
        seeds = self.seeds[1]
        seeds[0] = 1.0
        return self.executor.run_parts(0, 3)

    cdef int fill(self) except -1:
        """The numbers of samples, which lie one sample after the other in each argument, to their cells."""
        cdef Py_ssize_t i, k, row = self.start, first = 0, width, samples = self.work.shape[1]
        self.forget()
        for each in self.widths:
            width = each
            for k in range(width):
                for i in range(samples):
                    self.work[row + k, i] = self.numbers[first + i * width + k]
            row += width
            first += width * samples
        return 0

    cdef double output(self, Py_ssize_t i) noexcept:
        return self.fixed[self.cell] if self.cell >= 0 else self.totals[0] / self.work.shape[1]

    cdef bint gradient(self, Py_ssize_t i, double* out, Py_ssize_t count) except -1:
        cdef Py_ssize_t k, last = len(self.totals) - 1
        cdef double size = self.totals[last - 1] + self.totals[last]
        if count != len(self.wanted) or size - size != 0.0:
            return False
        if self.side_by_side and count:
            memcpy(out, &self.dfixed[self.wanted[0]], count * sizeof(double))
            return True
        for k in range(count):
            out[k] = self.dfixed[self.wanted[k]]
        return True
