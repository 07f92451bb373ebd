/* Operands of the native executor's instructions, and the nests of axes over which they run: what executor.pxi makes of
 * shapes and strides, and what it refuses with a ValueError. */
#pragma once

#include "../c/executor.h"

enum {
    MOST_AXES = 8,
    MOST_TOGETHER = 128,   /* operands of an instruction */
    WORTH_A_CALL = 256,    /* numbers: over fewer, one call after the other is as quick as block by block */
    SHORT_WORK = 100000,   /* numbers: to compute so many takes some 50 microseconds */
    WIDTH = sizeof(double),  /* of a number */
};

typedef struct {
    char *start;
    Py_ssize_t count;
    int writable, integers;
    Py_ssize_t lowest, highest;  /* of the integers that may stand there */
} Memory;

typedef struct {
    char *place;           /* NULL of a temporary */
    int memory;            /* which one */
    int number;            /* of a temporary */
    int axes;
    Py_ssize_t shape[MOST_AXES];
    Py_ssize_t strides[MOST_AXES];  /* in bytes */
    char *low, *high;      /* the bytes from low to high hold all its numbers, in the first turn of a loop */
    Py_ssize_t advance;    /* from turn to turn, in bytes */
    char *lowest, *highest;  /* low and high of all turns */
} Operand;

typedef struct {
    int axes;
    Py_ssize_t sizes[MOST_AXES];
    int count;             /* of operands */
    Py_ssize_t strides[MOST_TOGETHER][MOST_AXES];
} Nest;

static int refused(const char *why)
{
    PyErr_SetString(PyExc_ValueError, why);
    return -1;
}

static inline Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) { return a < b ? a : b; }
static inline Py_ssize_t most(Py_ssize_t a, Py_ssize_t b) { return a > b ? a : b; }

/* -- operands ---------------------------------------------------------------------------------------------------- */

/* The lowest and the highest integer of a memory, and 0. */
static void find_range(Memory *memory)
{
    memory->lowest = memory->highest = 0;
    for (Py_ssize_t i = 0; memory->integers && i < memory->count; i++) {
        Py_ssize_t position = ((const Py_ssize_t *)memory->start)[i];
        memory->lowest = least(memory->lowest, position);
        memory->highest = most(memory->highest, position);
    }
}

/* Put an operand, whose shape and strides are given in numbers, at its place in a memory, within which it must stay in
 * all turns of a loop. */
static int place_operand(
    Operand *operand, const Memory *memory, Py_ssize_t start, Py_ssize_t advance, Py_ssize_t turns, int written, int integers)
{
    Py_ssize_t low = start, high = start, way = (turns - 1) * advance;
    int empty = 0;
    for (int i = 0; i < operand->axes; i++) {
        if (operand->shape[i] < 0)
            return refused("a size is below 0");
        empty |= operand->shape[i] == 0;
        if (operand->shape[i] > 0) {
            Py_ssize_t reach = (operand->shape[i] - 1) * operand->strides[i];
            low += least(0, reach);
            high += most(0, reach);
        }
        operand->strides[i] *= WIDTH;
    }
    if (!empty && (low + least(0, way) < 0 || high + most(0, way) >= memory->count)) {
        PyErr_Format(
            PyExc_ValueError, "an operand reaches from %zd to %zd, beyond its memory of %zd numbers", low, high, memory->count);
        return -1;
    }
    if (memory->integers != integers)
        return refused("positions lie in a memory of integers, and nothing else does");
    if (written && !memory->writable)
        return refused("an output lies in memory that is not to be written");
    operand->place = memory->start + start * WIDTH;
    operand->low = memory->start + low * WIDTH;
    operand->high = memory->start + (high + 1) * WIDTH;
    operand->advance = advance * WIDTH;
    operand->lowest = operand->low + least(0, way) * WIDTH;
    operand->highest = operand->high + most(0, way) * WIDTH;
    return 0;
}

/* Whether two operands may share numbers, in any turns of a loop unless they move on together. */
static int meet(const Operand *a, const Operand *b)
{
    if (a->advance == b->advance)
        return a->low < b->high && b->low < a->high;
    return a->lowest < b->highest && b->lowest < a->highest;
}

/* -- nests ------------------------------------------------------------------------------------------------------- */

static void drop_axis(Nest *nest, int axis)
{
    for (int i = axis; i < nest->axes - 1; i++) {
        nest->sizes[i] = nest->sizes[i + 1];
        for (int k = 0; k < nest->count; k++)
            nest->strides[k][i] = nest->strides[k][i + 1];
    }
    nest->axes--;
}

static inline void swap(Py_ssize_t *a, Py_ssize_t *b)
{
    Py_ssize_t kept = *a;
    *a = *b;
    *b = kept;
}

static void swap_axes(Nest *nest, int i, int j)
{
    swap(&nest->sizes[i], &nest->sizes[j]);
    for (int k = 0; k < nest->count; k++)
        swap(&nest->strides[k][i], &nest->strides[k][j]);
}

static int follow_each_other(const Nest *nest, int i)
{
    for (int k = 0; k < nest->count; k++)
        if (nest->strides[k][i] != nest->strides[k][i + 1] * nest->sizes[i + 1])
            return 0;
    return 1;
}

/* As few axes as can be, in the order in which an operand lies in memory. */
static void collapse(Nest *nest, int by)
{
    int last;
    for (int i = nest->axes - 1; i >= 0; i--)
        if (nest->sizes[i] == 1)
            drop_axis(nest, i);
    for (int i = 1; i < nest->axes; i++)
        for (int j = i; j && Py_ABS(nest->strides[by][j - 1]) < Py_ABS(nest->strides[by][j]); j--)
            swap_axes(nest, j - 1, j);
    for (int i = nest->axes - 2; i >= 0; i--)
        if (follow_each_other(nest, i)) {
            nest->sizes[i + 1] *= nest->sizes[i];
            drop_axis(nest, i);
        }
    last = nest->axes - 1;
    for (int i = 0; i < nest->axes - 1; i++)  /* not a call of a loop for each few numbers */
        if (nest->sizes[i] >= 4 * nest->sizes[nest->axes - 1] && nest->sizes[i] > nest->sizes[last])
            last = i;
    if (last >= 0 && nest->sizes[nest->axes - 1] < 16)
        swap_axes(nest, last, nest->axes - 1);
}

/* Add an operand to a nest, without its first axes: they are broadcast against each other. */
static int widen(Nest *nest, const Operand *operand, int skipped)
{
    const int axes = operand->axes - skipped;
    while (nest->axes < axes) {  /* one more axis in front */
        nest->sizes[nest->axes++] = 1;
        for (int k = 0; k < nest->count; k++)
            nest->strides[k][nest->axes - 1] = 0;
        for (int i = nest->axes - 1; i > 0; i--)
            swap_axes(nest, i - 1, i);
    }
    for (int i = 0; i < nest->axes; i++)
        nest->strides[nest->count][i] = 0;
    for (int i = 0; i < axes; i++) {
        Py_ssize_t size = operand->shape[skipped + i], *known = &nest->sizes[nest->axes - axes + i];
        if (size == 1)
            continue;
        if (*known != 1 && *known != size) {
            PyErr_Format(PyExc_ValueError, "axes of %zd and %zd numbers do not go together", *known, size);
            return -1;
        }
        *known = size;
        nest->strides[nest->count][nest->axes - axes + i] = operand->strides[skipped + i];
    }
    nest->count++;
    return 0;
}

static int make_nest(Nest *nest, const Operand *operands, int count)
{
    nest->axes = nest->count = 0;
    for (int i = 0; i < count; i++)
        if (widen(nest, &operands[i], 0) < 0)
            return -1;
    return 0;
}

/* Raise where an output would be written more than once: its strides must set all its numbers apart. */
static int refuse_repeated(const Nest *nest, int output)
{
    for (int i = 0; i < nest->axes; i++)
        if (nest->sizes[i] > 1 && nest->strides[output][i] == 0)
            return refused("an output has a stride of 0, or lacks an axis of what it is made of");
    return 0;
}

static int refuse_repeated_outputs(const Nest *nest, const Call *calls, int count, const Operand *operands)
{
    int next = 0;
    for (int i = 0; i < count; i++) {
        next += calls[i].count;
        if (operands[next - 1].place != NULL && refuse_repeated(nest, next - 1) < 0)
            return -1;
    }
    return 0;
}

/* Whether each output of calls lies apart from all other operands, or is the same, number by number. Of the calls of an
 * instruction each block is computed before the next, so all of them are held against each other. */
static int goes_together(const Call *calls, int count, const Operand *operands, const Nest *nest)
{
    int total = 0, out = -1;
    for (int i = 0; i < count; i++)
        total += calls[i].count;
    for (int i = 0; i < count; i++) {
        out += calls[i].count;
        if (operands[out].place == NULL)
            continue;
        for (int k = 0; k < total; k++) {
            if (k == out || !meet(&operands[k], &operands[out]))
                continue;
            if (operands[k].place != operands[out].place || operands[k].advance != operands[out].advance)
                return 0;
            for (int j = 0; j < nest->axes; j++)
                if (nest->sizes[j] > 1 && nest->strides[k][j] != nest->strides[out][j])
                    return 0;
        }
    }
    return 1;
}

static int same_sizes(const Nest *nest, const Nest *other)
{
    return nest->axes == other->axes && !memcmp(nest->sizes, other->sizes, nest->axes * sizeof nest->sizes[0]);
}

/* How many numbers a call over a nest computes. */
static double work_of(const Nest *nest)
{
    double work = 1.0;
    for (int i = 0; i < nest->axes; i++)
        work *= nest->sizes[i];
    return work;
}

/* -- instructions ------------------------------------------------------------------------------------------------ */

enum { TEMPORARY = -1 };  /* no stride */

/* The outer axes of an instruction, whose calls have the operands of the nest in turn. */
static int set_outer(Instruction *instruction, Call *calls, const Nest *nest, int axes)
{
    const Call *end = calls + instruction->first + instruction->count;
    int j = 0;
    if (axes > MOST_OUTER) {
        PyErr_Format(PyExc_ValueError, "an instruction has up to %d outer axes", MOST_OUTER);
        return -1;
    }
    instruction->axes = axes > 0 ? axes : 0;
    for (int axis = 0; axis < instruction->axes; axis++)
        instruction->sizes[axis] = nest->sizes[axis];
    for (Call *call = calls + instruction->first; call < end; call++)
        for (int k = 0; k < call->count; k++, j++)
            for (int axis = 0; axis < instruction->axes; axis++)
                call->outer[axis][k] = nest->strides[j][axis];
    return 0;
}

/* Where the operands of a call lie. */
static void set_places(Call *call, const Operand *operands)
{
    for (int k = 0; k < call->count; k++) {
        call->args[k] = operands[k].place;
        call->advance[k] = operands[k].advance;
    }
}

/* How far it is along the innermost axis of a nest. */
static void set_inner(Instruction *instruction, Call *call, const Nest *nest, int first)
{
    const int last = nest->axes - 1;
    instruction->dims[0] = last >= 0 ? nest->sizes[last] : 1;
    for (int k = 0; k < call->count; k++)
        call->steps[k] = last >= 0 ? nest->strides[first + k][last] : WIDTH;
}

/* Let an instruction compute its calls on operands, block by block. */
static int set_blocks(Instruction *instruction, Call *calls, const Nest *nest, const Operand *operands)
{
    const Call *end = calls + instruction->first + instruction->count;
    int first = 0;
    instruction->blocks = 1;
    instruction->dims[0] = 1;
    if (set_outer(instruction, calls, nest, nest->axes - 1) < 0)
        return -1;
    for (Call *call = calls + instruction->first; call < end; first += call->count, call++) {
        set_places(call, operands + first);
        set_inner(instruction, call, nest, first);
        for (int k = 0; k < call->count; k++) {
            call->ahead[k] = call->steps[k] * BLOCK;
            if (operands[first + k].place == NULL) {
                call->steps[k] = WIDTH;
                call->ahead[k] = 0;
                call->args[k] = (char *)(size_t)operands[first + k].number;  /* until place_temporaries() */
                call->outer[0][k] = TEMPORARY;
            }
        }
    }
    return 0;
}

static void place_temporaries(Call *calls, int count, double *temporaries)
{
    for (Call *call = calls; call < calls + count; call++)
        for (int k = 0; k < call->count; k++)
            if (call->outer[0][k] == TEMPORARY) {
                call->outer[0][k] = 0;
                call->args[k] = (char *)(temporaries + (size_t)call->args[k] * BLOCK);
            }
}
