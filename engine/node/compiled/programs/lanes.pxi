# A tape on samples, eight at a time, as Python sees it; what it does stands in programs/lanes.h.

cdef extern from "programs/lanes.h":
    enum: LANES
    int forward_on_lanes(const CTape*, double*, double*) noexcept nogil
    void backward_on_lanes(const CTape*, Py_ssize_t, double, const double*, double*) noexcept nogil
    int sums_of(CTape*, Py_ssize_t, TapeSums*) except -1


cdef class Lanes:
    """Memory in which a tape runs on samples: see :class:`engine.jit.backends.lanes.TapeOfSamples`.

    Several may be at work at once, in a thread each, as long as the tape runs in no other way.
    """

    cdef Tape tape
    cdef double[::1] cells, adjoints, numbers

    def __init__(self, Tape tape, make):
        """make: gives a vector of so many zeros, which begins a line of the cache."""
        cdef CTape* c = &tape.tape
        cdef TapeSums sums
        cdef Py_ssize_t i, l, widest = 0
        self.tape = tape
        for i in range(c.outputs):
            sums_of(c, i, &sums)
            if c.sweeps[i].items == NULL:
                raise ValueError("the tape has more edges than are kept")
        for i in range(c.nodes):
            widest = max(widest, c.offsets[i + 1] - c.offsets[i])
        self.cells = make(LANES * c.cell_count)
        self.adjoints = make(LANES * (c.joined + 1))
        self.numbers = make(widest + MOST_OPERANDS)
        for i in range(c.nodes + 2):
            for l in range(LANES):
                self.cells[LANES * i + l] = c.cells[i]

    def run(self, const double[::1] captured, const double[:, ::1] samples, Py_ssize_t start, Py_ssize_t end,
            double[:, ::1] outputs, double share, Py_ssize_t leading, sums, by_samples):
        """Outputs of samples, and their gradients.

        Args:
            captured: the numbers of the captured Values.
            samples: those of the arguments, a row for each sample.
            start, end: which samples.
            outputs: of shape (outputs, samples), for the numbers.
            share: a factor of the gradients.
            leading: how many of the wanted gradients are by captured Values.
            sums: of shape (outputs, leading): their sums over the samples are added; None for no gradients.
            by_samples: of shape (outputs, samples, others): the other wanted gradients, of each sample.

        Returns:
            Whether all instructions could be run so.
        """
        cdef CTape* tape = &self.tape.tape
        cdef double[:, ::1] totals
        cdef double[:, :, ::1] each
        cdef bint differentiate = sums is not None, runs = True
        cdef Py_ssize_t at, i, k, l, count, wanted = len(self.tape.wanted), others
        cdef int32_t place
        if len(captured) != len(self.tape.captured) or samples.shape[1] != len(self.tape.inputs):
            raise ValueError("other arguments than those of the tape")
        if not 0 <= start <= end <= samples.shape[0] or outputs.shape[0] != tape.outputs or outputs.shape[1] < end:
            raise ValueError("no room for the outputs of all samples")
        if differentiate:
            totals, each = sums, by_samples
            others = wanted - leading
            if totals.shape[0] != tape.outputs or totals.shape[1] != leading or others < 0:
                raise ValueError("no room for the gradients")
            if each.shape[0] != tape.outputs or each.shape[2] != others or (others and each.shape[1] < end):
                raise ValueError("no room for the gradients of all samples")
        with nogil:
            for i in range(captured.shape[0]):
                for l in range(LANES):
                    self.cells[LANES * self.tape.captured[i] + l] = captured[i]
            at = start
            while at < end and runs:
                count = min(end - at, <Py_ssize_t>LANES)
                for i in range(samples.shape[1]):
                    if self.tape.inputs[i] >= 0:
                        for l in range(LANES):
                            self.cells[LANES * self.tape.inputs[i] + l] = samples[at + min(l, count - 1), i]
                runs = forward_on_lanes(tape, &self.cells[0], &self.numbers[0])
                for i in range(tape.outputs if runs else 0):
                    for l in range(count):
                        outputs[i, at + l] = self.cells[LANES * tape.roots[i] + l]
                    if not differentiate:
                        continue
                    backward_on_lanes(tape, i, share, &self.cells[0], &self.adjoints[0])
                    for k in range(wanted):
                        place = self.tape.wanted[k]
                        if place >= 0:
                            place = tape.adjoint_of[place]
                        for l in range(count):
                            if k >= leading:
                                each[i, at + l, k - leading] = self.adjoints[LANES * place + l] + 0.0 if place >= 0 else 0.0
                            elif place >= 0:
                                totals[i, k] += self.adjoints[LANES * place + l]
                at += LANES
        return bool(runs)
