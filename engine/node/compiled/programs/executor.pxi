# The native executor as Python sees it: a list of instructions, checked when it is made, then run in C. The loops are
# in c/loops.h, how they are run in c/executor.h, and the axes over which they run in programs/nests.h; how they are
# made is in programs/instructions.pxi.

cdef int instructions_in(instructions) except -1:
    return sum([1 + (len(each[2]) if each[0] == "loop" else 0) for each in instructions])


cdef class Executor(Instructions):
    """Instructions over memories, run one after the other without Python between them.

    Args:
        memories: vectors of float64, or of intp for positions.
        parts: lists of instructions, which can be run apart. An instruction is a tuple, which begins with its kind.

            ``("each", ((function, operands), ...))``: elementwise functions on operands that are broadcast against
            each other, outputs last. A function is a ufunc, the name of one of the loops in ``c/loops.h``, or
            ``(name, i)``: of a row of the operator table its partial by operand i, or for -1 its value.

            ``("columns", name, operands, rowed)``: along the first axis of those operands that are rowed.

            ``("matmul", a, b, out)``: stacks of matrices.

            ``("gather", cells, positions, out)``, ``("scatter", numbers, positions, cells)``, ``("scatter_add", ...)``,
            ``("pick", table, indices, positions)``: operands of two axes, cells or rows and the samples of each.

            ``("loop", turns, instructions)``: all of these, other than loops, so many times.

    An operand is ``(memory, start, shape, strides)``, counted in numbers; or an integer for a temporary, which lasts
    through one instruction. In a loop it may have a fifth item: by how many numbers it moves from turn to turn.

    Raises:
        ValueError: an operand reaches beyond its memory, an output overlaps an operand in another order, or there is
            no such loop.
    """

    cdef double* works    # about how many numbers each part computes
    cdef int* ends        # of each part
    cdef void* places
    cdef int part_count
    cdef bint running
    # the last instruction, while another may be computed block by block with it
    cdef Operand* open_operands
    cdef Nest open_nest
    cdef int open_first, open_total

    def __cinit__(self, memories, *parts):
        cdef int i
        self.turns = 1
        self.held = [memoryview(memory) for memory in memories]  # which keeps them from being resized
        self.memories = <Memory*>room_for(len(self.held), sizeof(Memory))
        self.part_count = len(parts)
        self.instructions = <Instruction*>room_for(sum(map(instructions_in, parts)), sizeof(Instruction))
        self.ends = <int*>room_for(self.part_count, sizeof(int))
        self.works = <double*>room_for(self.part_count, sizeof(double))
        self.open_operands = <Operand*>room_for(2 * MOST_TOGETHER, sizeof(Operand))
        for memory in memories:
            self.add_memory(memory)
        for i in range(self.part_count):
            self.open_total = 0
            for instruction in parts[i]:
                self.works[i] += self.add(instruction)
            self.ends[i] = self.count
        self.places = room_for(self.longest * MOST_ARGS, sizeof(char*))
        self.temporaries = <double*>room_for(self.temporary_count * BLOCK_OF_NUMBERS, sizeof(double))
        place_temporaries(self.calls, self.call_count, self.temporaries)
        PyMem_Free(self.open_operands)
        self.open_operands = NULL

    def __dealloc__(self):
        PyMem_Free(self.open_operands)
        PyMem_Free(self.ends)
        PyMem_Free(self.works)
        PyMem_Free(self.places)

    def __len__(self):
        return self.count

    def run(self, int first=0, int last=-1):
        """Run the parts from one to another, both included; by default all.

        Returns False where an index of "pick" was out of range or not an integer. What takes long runs without the
        GIL; what is short keeps it, as to get it back from a thread that computes may take milliseconds.
        """
        return bool(self.run_parts(first, self.part_count + last if last < 0 else last))

    cdef bint run_parts(self, int first, int last) except -1:
        cdef int i, start, count
        cdef double work = 0.0
        if not 0 <= first <= last < self.part_count:
            raise ValueError(f"there are parts 0 to {self.part_count - 1}, not {first} to {last}")
        if self.running:
            raise RuntimeError("an executor runs in one thread at a time")
        start = self.ends[first - 1] if first else 0
        count = self.ends[last] - start
        for i in range(first, last + 1):
            work += self.works[i]
        self.running = True
        self.wrong = 0
        if work > SHORT_WORK:
            with nogil:
                run_instructions(self.instructions + start, count, self.calls, self.places)
        else:
            run_instructions(self.instructions + start, count, self.calls, self.places)
        self.running = False
        return self.wrong == 0

    cdef double add(self, tuple instruction) except -1.0:
        """Take up an instruction. Returns about how many numbers it computes."""
        kind = instruction[0]
        if kind == "each":
            return self.add_each(instruction[1])
        self.open_total = 0
        if kind == "loop":
            return self.add_loop(instruction[1], instruction[2])
        if kind == "columns":
            return self.add_columns(instruction[1], instruction[2], instruction[3])
        if kind == "matmul":
            return self.add_matmul(instruction[1], instruction[2], instruction[3])
        return self.add_positions(kind, instruction[1], instruction[2], instruction[3])

    cdef double add_loop(self, Py_ssize_t turns, instructions) except -1.0:
        cdef int place = self.count, first = self.call_count
        cdef Instruction* loop = self.new_instruction(0)
        cdef double work = 0.0
        if turns < 1 or self.turns != 1:
            raise ValueError(f"a loop has one turn at least, and none is in another, got {turns} turns")
        self.turns = turns
        for instruction in instructions:
            if instruction[0] == "loop":
                raise ValueError("a loop is in another")
            work += self.add(instruction)
        self.turns, self.open_total = 1, 0
        loop.turns, loop.body = turns, self.count - place - 1
        loop.first, loop.count = first, self.call_count - first
        return work * turns

    # -- kinds of instructions

    cdef double add_each(self, object calls) except -1.0:
        cdef Operand* operands = self.open_operands
        cdef Nest nest, both
        cdef int i, by = -1, first = self.call_count, start = self.open_total, total
        for function, given in calls:
            self.function_call(function, len(given))
        total = start
        for function, given in calls:
            if total + len(given) > start + MOST_TOGETHER:
                raise ValueError(f"an instruction has up to {MOST_TOGETHER} operands")
            for i, each in enumerate(given):
                self.read_operand(each, i == len(given) - 1, False, &operands[total + i])
            total += len(given)
            if operands[total - 1].place != NULL:
                by = total - 1 - start
        if by < 0:
            raise ValueError("an instruction writes into memory at last")
        make_nest(&nest, operands + start, total - start)
        refuse_repeated_outputs(&nest, self.calls + first, self.call_count - first, operands + start)
        if not goes_together(self.calls + first, self.call_count - first, operands + start, &nest):
            raise ValueError("an output overlaps another operand, or is in another order")
        cdef double work = work_of(&nest) * (self.call_count - first)
        if work == 0.0:
            self.call_count = first
            return 0.0
        if start and total <= MOST_TOGETHER and same_sizes(&nest, &self.open_nest):  # perhaps block by block with it
            make_nest(&both, operands, total)
            if goes_together(self.calls + self.open_first, self.call_count - self.open_first, operands, &both):
                collapse(&both, by + start)
                if both.axes and both.sizes[both.axes - 1] >= WORTH_A_CALL:
                    self.count -= 1
                    self.set_each(&both, self.open_first)
                    self.open_total = total
                    return work
        memmove(operands, operands + start, (total - start) * sizeof(Operand))
        self.open_nest, self.open_first, self.open_total = nest, first, total - start
        collapse(&nest, by)
        self.set_each(&nest, first)
        return work

    cdef int set_each(self, Nest* nest, int first) except -1:
        """Make an instruction of the calls since the first one, on the operands of the open instruction."""
        return set_blocks(self.new_instruction(self.call_count - first), self.calls, nest, self.open_operands)

    cdef double add_columns(self, name, given, rowed) except -1.0:
        cdef Operand operands[MOST_ARGS]
        cdef Nest nest
        cdef NamedLoop* named = named_loop(column_loops, name)
        cdef Py_ssize_t rows = -1
        cdef Py_ssize_t row_steps[MOST_ARGS]
        cdef int i, count = named.operands
        nest.axes = nest.count = 0
        if len(given) != count or len(rowed) != count:
            raise ValueError(f"{name} has {count} operands, got {len(given)}")
        for i in range(count):
            self.read_operand(given[i], i == count - 1, False, &operands[i])
            row_steps[i] = 0
            if operands[i].place == NULL or (rowed[i] and operands[i].axes == 0):
                raise ValueError("columns lie in memory")
            if rowed[i]:
                if rows not in (-1, operands[i].shape[0]):
                    raise ValueError(f"columns of {rows} and {operands[i].shape[0]} numbers do not go together")
                rows, row_steps[i] = operands[i].shape[0], operands[i].strides[0]
        for i in range(count):
            widen(&nest, &operands[i], 1 if rowed[i] else 0)
        for i in range(count - 1):
            if meet(&operands[i], &operands[count - 1]):
                raise ValueError("the output of a function over columns overlaps what it reads")
        refuse_repeated(&nest, count - 1)
        if rowed[count - 1] and row_steps[count - 1] == 0 and rows > 1:
            raise ValueError("an output has a stride of 0")
        collapse(&nest, count - 1 if name == "sum_of_products" else 0)  # in the order in which it writes, or reads
        if work_of(&nest) == 0.0:
            return 0.0
        if rows < 1:
            raise ValueError("columns have at least one number")
        cdef Call* call = self.new_call(named.loop, NULL, count)
        cdef Instruction* instruction = self.new_instruction(1)
        set_places(call, operands)
        set_inner(instruction, call, &nest, 0)
        instruction.dims[1] = rows
        for i in range(count):
            call.steps[count + i] = row_steps[i]
        set_outer(instruction, self.calls, &nest, nest.axes - 1)
        return work_of(&nest) * rows

    cdef double add_matmul(self, a, b, out) except -1.0:
        cdef Operand operands[3]
        cdef Nest nest
        cdef void* data = NULL
        cdef int i, k
        cdef Py_ssize_t m, n, p
        nest.axes = nest.count = 0
        for i, each in enumerate((a, b, out)):
            self.read_operand(each, i == 2, False, &operands[i])
            if operands[i].place == NULL or operands[i].axes < 2:
                raise ValueError("matrices have two axes")
        m, n = operands[0].shape[operands[0].axes - 2], operands[0].shape[operands[0].axes - 1]
        p = operands[1].shape[operands[1].axes - 1]
        if (
            operands[1].shape[operands[1].axes - 2] != n
            or operands[2].shape[operands[2].axes - 2] != m
            or operands[2].shape[operands[2].axes - 1] != p
        ):
            raise ValueError(f"a product of matrices of {a[2]} and {b[2]} is not one of {out[2]}")
        if n == 1:  # a multiplication, which is quicker
            return self.add_each((("multiply", (a, b, out)),))  # which may go with what stands beside it
        cdef Loop loop = loop_of_ufunc(<PyObject*>np.matmul, 3, np.matmul.ntypes, &data)
        if loop == NULL:
            raise ValueError("np.matmul has no loop on float64")
        for i in range(3):
            if i < 2 and meet(&operands[i], &operands[2]):
                raise ValueError("the output of a matrix product overlaps what it reads")
            operands[i].axes -= 2
            widen(&nest, &operands[i], 0)
        refuse_repeated(&nest, 2)
        for k in range(2):
            i = operands[2].axes + k
            if operands[2].shape[i] > 1 and operands[2].strides[i] == 0:
                raise ValueError("an output has a stride of 0")
        collapse(&nest, 2)
        if work_of(&nest) * m * p == 0.0:
            return 0.0
        cdef Call* call = self.new_call(loop, data, 3)
        cdef Instruction* instruction = self.new_instruction(1)
        instruction.dims[0], instruction.dims[1], instruction.dims[2], instruction.dims[3] = 1, m, n, p
        set_places(call, operands)
        for i in range(3):
            for k in range(2):
                call.steps[3 + 2 * i + k] = operands[i].strides[operands[i].axes + k]
        set_outer(instruction, self.calls, &nest, nest.axes)
        return work_of(&nest) * m * n * p / 4

    cdef double add_positions(self, kind, a, b, c) except -1.0:
        cdef Operand operands[3]
        cdef NamedLoop* named = named_loop(position_loops, kind)
        cdef bint picks = kind == "pick"
        cdef int i, k, cells = 0 if kind == "gather" else 2
        cdef Py_ssize_t rows, samples
        for i, each in enumerate((a, b, c)):
            self.read_operand(each, i == 2, (i != 1) if picks else (i == 1), &operands[i])
            if operands[i].axes != 2:
                raise ValueError("cells, positions and rows have two axes")
            for k in range(i):
                if meet(&operands[i], &operands[k]):
                    raise ValueError(f"the operands of {kind} overlap")
        rows, samples = operands[1].shape[0], operands[1].shape[1]
        for i in range(3):
            if (operands[i].shape[0] != rows and (picks or i != cells)) or (operands[i].shape[1] != samples and not (picks and i == 0)):
                raise ValueError(f"the operands of {kind} do not go together: {a[2]}, {b[2]}, {c[2]}")
        cdef Memory* memory = self.memories + operands[1].memory
        if picks:
            if operands[0].shape[1] == 0 and rows:
                raise ValueError("a table to pick from is empty")
            memory = self.memories + operands[2].memory
            memory.lowest = min(memory.lowest, self.memories[operands[0].memory].lowest)
            memory.highest = max(memory.highest, self.memories[operands[0].memory].highest)
        elif rows and samples and not (0 <= memory.lowest and memory.highest < operands[cells].shape[0]):
            raise ValueError(
                f"positions from {memory.lowest} to {memory.highest} reach beyond {operands[cells].shape[0]} cells"
            )
        if operands[2].shape[0] > 1 and operands[2].strides[0] == 0:
            raise ValueError("an output has a stride of 0")
        if rows == 0 or samples == 0:
            return 0.0
        cdef Call* call = self.new_call(named.loop, &self.wrong, 3)
        cdef Instruction* instruction = self.new_instruction(1)
        instruction.dims[0], instruction.dims[1], instruction.dims[2] = rows, samples, operands[0].shape[1]
        set_places(call, operands)
        for i in range(3):
            call.steps[i], call.steps[3 + i] = operands[i].strides[0], operands[i].strides[1]
        return rows * samples
