/* The rows of the operator table as the compiled node knows them: by number, which a node keeps.
 *
 * The first ones are the three kinds of leaves and the table's own, which stay. Behind them come rows with numbers
 * baked in, as that of x**2, and those of operators made by hand; they go when no node uses them (see rows.pxi).
 */
#pragma once

#include "../kernels.h"

enum { MOST_OPERANDS = 4 };  /* of a row with a kernel */

/* The rows with a fast path by number: those with a kernel, then those over sequences, of which sequences.h tells. */
#define CHAINRULE_SEQUENCES(F) F(sum) F(mean) F(dot) F(max) F(min) F(prod) F(norm) F(logsumexp) F(log_softmax)
enum { LAST_KERNEL = CHAINRULE_KERNELS - 1, CHAINRULE_SEQUENCES(CHAINRULE_NUMBER) FAST_PATHS, NO_SEQUENCE = -1 };
#define CHAINRULE_NAME(name) #name,
static const char *fast_names[] = {CHAINRULE_ROWS(CHAINRULE_NAME) CHAINRULE_SEQUENCES(CHAINRULE_NAME)};

enum { LEAF_ROW, CONSTANT_ROW, FROZEN_ROW };

typedef struct {
    PyObject *op;             /* the row of the table; NULL in a free place */
    Py_ssize_t uses;          /* of a row that may go again: by how many nodes; in a free place the next free one */
    chainrule_kernel kernel;  /* its fast path, or NULL */
    int sequence;             /* its fast path over a sequence: see sequences.h */
    int power;                /* whether it is a power of a constant exponent, with the fast path for these */
    int arity;                /* -1 for a sequence */
    int masks;                /* on which operands a local gradient of 0 masks: a number of op.Masks */
    int fixed;                /* how many trailing operands are baked in when they are plain numbers */
    int baked_count;
    double baked[MOST_OPERANDS];  /* the numbers baked in */
} Row;

static Row *rows = NULL;
static int lasting_rows = 0;  /* how many rows stay */

static inline void hold_row(int number)
{
    if (number >= lasting_rows)
        rows[number].uses++;
}

static inline void drop_row(int number) { rows[number].uses--; }
