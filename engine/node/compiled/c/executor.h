/* The native executor: a list of instructions over arrays, run without Python between them.
 *
 * An instruction is a run of calls of inner loops, NumPy's own or those of loops.h, over one nest of axes. The inner
 * axes are the loop's; the outer ones are walked here. Where the loop takes one element at a time (blocks), a long
 * inner axis is walked block by block through all calls of the run, so that what one leaves the next finds in the
 * first-level cache; temporaries of a run are a block long and stay where they are.
 *
 * A loop is an instruction that runs those behind it several times; in between, operands move on by steps of their own.
 */
#pragma once

#include <fenv.h>
#include "waves.h"

enum { MOST_ARGS = 5, MOST_OUTER = 4, MOST_DIMS = 4, BLOCK = 1024 };

typedef struct {
    chainrule_loop loop;
    void *data;
    int count;                                /* of operands */
    char *args[MOST_ARGS];
    Py_ssize_t outer[MOST_OUTER][MOST_ARGS];  /* bytes along the outer axes */
    Py_ssize_t ahead[MOST_ARGS];              /* from block to block: 0 for temporaries */
    Py_ssize_t steps[3 * MOST_ARGS];          /* those that the loop is given */
    Py_ssize_t advance[MOST_ARGS];            /* bytes from one turn of a loop to the next */
} Call;

typedef struct {
    int first, count;             /* its calls */
    int axes;                     /* how many outer ones */
    Py_ssize_t sizes[MOST_OUTER];
    Py_ssize_t dims[MOST_DIMS];   /* those that the loop is given */
    int blocks;
    Py_ssize_t turns;             /* of a loop, else 0 */
    int body;                     /* so many instructions behind it are run in each turn; its calls are theirs */
} Instruction;

static void run_calls(const Call *call, int count, char *(*places)[MOST_ARGS], const Py_ssize_t *dims)
{
    char *args[MOST_ARGS];
    for (int i = 0; i < count; i++, call++) {
        memcpy(args, places[i], sizeof args);
        call->loop(args, dims, call->steps, call->data);
    }
}

static void run_blocks(const Call *calls, int count, char *(*places)[MOST_ARGS], Py_ssize_t n)
{
    char *args[MOST_ARGS];
    for (Py_ssize_t start = 0; start < n; start += BLOCK) {
        const Py_ssize_t size = n - start < BLOCK ? n - start : BLOCK;
        for (int i = 0; i < count; i++) {
            const Call *call = calls + i;
            for (int k = 0; k < call->count; k++)
                args[k] = places[i][k] + start / BLOCK * call->ahead[k];
            call->loop(args, &size, call->steps, call->data);
        }
    }
}

/* Places has room for the longest run of calls. */
static void run_instruction(const Instruction *instruction, const Call *calls, char *(*places)[MOST_ARGS])
{
    const int count = instruction->count, axes = instruction->axes;
    calls += instruction->first;
    if (!axes && !(instruction->blocks && instruction->dims[0] > BLOCK)) {  /* each is called once */
        for (const Call *call = calls, *end = calls + count; call < end; call++) {
            char *args[MOST_ARGS];  /* which a loop may move on */
            memcpy(args, call->args, sizeof args);
            call->loop(args, instruction->dims, call->steps, call->data);
        }
        return;
    }
    Py_ssize_t at[MOST_OUTER] = {0};
    for (int i = 0; i < count; i++)
        memcpy(places[i], calls[i].args, sizeof places[i]);
    for (;;) {
        int axis = axes - 1;
        if (instruction->blocks && instruction->dims[0] > BLOCK)
            run_blocks(calls, count, places, instruction->dims[0]);
        else
            run_calls(calls, count, places, instruction->dims);
        while (axis >= 0 && ++at[axis] == instruction->sizes[axis]) {
            at[axis] = 0;
            for (int i = 0; i < count; i++)
                for (int k = 0; k < calls[i].count; k++)
                    places[i][k] -= calls[i].outer[axis][k] * (instruction->sizes[axis] - 1);
            axis--;
        }
        if (axis < 0)
            return;
        for (int i = 0; i < count; i++)
            for (int k = 0; k < calls[i].count; k++)
                places[i][k] += calls[i].outer[axis][k];
    }
}

static void move_on(const Instruction *loop, Call *calls, Py_ssize_t turns)
{
    for (Call *call = calls + loop->first, *end = call + loop->count; call < end; call++)
        for (int k = 0; k < call->count; k++)
            call->args[k] += call->advance[k] * turns;
}

/* The flags of floating-point errors are left as NumPy leaves them: clear, so that nobody warns of them later. */
static void run_instructions(const Instruction *instructions, int count, Call *calls, char *(*places)[MOST_ARGS])
{
    for (int i = 0; i < count; i++) {
        const Instruction *loop = instructions + i;
        if (!loop->turns) {
            run_instruction(loop, calls, places);
            continue;
        }
        for (Py_ssize_t turn = 0; turn < loop->turns; turn++, move_on(loop, calls, 1))
            for (int j = 1; j <= loop->body; j++)
                run_instruction(loop + j, calls, places);
        move_on(loop, calls, -loop->turns);
        i += loop->body;
    }
    if (fetestexcept(FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID))
        feclearexcept(FE_ALL_EXCEPT);
}

/* -- loops by name ----------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    chainrule_loop loop;
    int operands;
} NamedLoop;

#define NAMED(name, operands) {#name, loop_##name, operands}
#define NAMED_COLUMNS(name) {#name, loop_##name, OPERANDS_OF_##name}

/* one element at a time */
static NamedLoop element_loops[] = {
    NAMED(copy, 2), NAMED(negative, 2), NAMED(square, 2), NAMED(absolute, 2), NAMED(sign, 2), NAMED(is_nan, 2),
    NAMED(logical_not, 2), NAMED(add, 3), NAMED(subtract, 3), NAMED(multiply, 3), NAMED(divide, 3), NAMED(maximum, 3),
    NAMED(minimum, 3), NAMED(heaviside, 3), NAMED(greater, 3), NAMED(greater_equal, 3), NAMED(less, 3),
    NAMED(less_equal, 3), NAMED(equal, 3), NAMED(not_equal, 3), NAMED(logical_and, 3), NAMED(logical_or, 3),
    NAMED(log_partial, 2), NAMED(tanh_partial, 3), NAMED(sigmoid_partial, 3), NAMED(sigmoid_of_exp, 3),
    NAMED(silu_of_exp, 3), NAMED(where, 4), NAMED(power_partial, 4),
    NAMED(times_greater, 4), NAMED(times_less, 4), NAMED(sin, 2), NAMED(cos, 2), {NULL, NULL, 0},
};

static NamedLoop column_loops[] = {
    NAMED_COLUMNS(sum), NAMED_COLUMNS(sum_of_products), NAMED_COLUMNS(largest), NAMED_COLUMNS(smallest), NAMED_COLUMNS(product), NAMED_COLUMNS(shares_of_extremes), NAMED_COLUMNS(norm), NAMED_COLUMNS(prod),
    NAMED_COLUMNS(gradients_of_prod), NAMED_COLUMNS(others), {NULL, NULL, 0},
};

static NamedLoop position_loops[] = {
    NAMED(gather, 3), NAMED(scatter, 3), NAMED(scatter_add, 3), NAMED(pick, 3), {NULL, NULL, 0},
};

/* The beginning of numpy/ufuncobject.h's PyUFuncObject, the same in NumPy 1 and 2: no headers are needed to build. What
 * is read of it is compared with what Python says of the ufunc. */
typedef struct {
    PyObject_HEAD
    int nin, nout, nargs, identity;
    chainrule_loop *functions;
    void *const *data;
    int ntypes, reserved;
    const char *name;
    const char *types;
} Ufunc;

/* Its loop on doubles alone, or NULL. */
static chainrule_loop loop_of_ufunc(PyObject *ufunc, int operands, int types, void **data)
{
    const Ufunc *u = (Ufunc *)ufunc;
    enum { NPY_DOUBLE = 12 };
    if (u->nargs != operands || u->nin != operands - 1 || u->nout != 1 || u->ntypes != types)
        return NULL;
    for (int i = 0; i < types; i++) {
        int k = 0;
        while (k < operands && u->types[i * operands + k] == NPY_DOUBLE)
            k++;
        if (k == operands) {
            *data = u->data != NULL ? u->data[i] : NULL;
            return u->functions[i];
        }
    }
    return NULL;
}
