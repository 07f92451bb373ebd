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
    int masks;                /* on which operands a local gradient of 0 masks: a number of Masks in fields.py */
    int fixed;                /* how many trailing operands are baked in when they are plain numbers */
    int baked_count;
    double baked[MOST_OPERANDS];  /* the numbers baked in */
} Row;

static Row *rows = NULL;
static int row_count = 0, row_room = 0;
static int free_row = -1;     /* the first free place */
static int lasting_rows = 0;  /* how many rows stay */
static PyObject *row_numbers = NULL;  /* a dict: of an Op its number */

static inline void hold_row(int number)
{
    if (number >= lasting_rows)
        rows[number].uses++;
}

static inline void drop_row(int number) { rows[number].uses--; }

/* The number of an Op, held until drop_row(); -1 where it is new, or with an error. */
static int known_row(PyObject *op)
{
    PyObject *number = PyDict_GetItemWithError(row_numbers, op);
    if (number == NULL)
        return -1;
    rows[PyLong_AsLong(number)].uses++;
    return (int)PyLong_AsLong(number);
}

/* See to a free place: forget the rows that no node uses, or else enlarge the table; -1 with an error. */
static int make_row_room(void)
{
    PyObject *forgotten;  /* let go at the end: that may run any code */
    int freed = 0, more = 2 * (row_room > 512 ? row_room : 512), failed = 0;
    if (free_row >= 0 || row_count < row_room)
        return 0;
    forgotten = PyList_New(0);
    for (int number = lasting_rows; forgotten != NULL && number < row_count && !failed; number++) {
        Row *row = &rows[number];
        if (row->uses > 0)
            continue;
        failed = PyList_Append(forgotten, row->op) < 0 || PyDict_DelItem(row_numbers, row->op) < 0;
        if (!failed) {
            Py_CLEAR(row->op);
            row->uses = free_row;
            free_row = number;
            freed++;
        }
    }
    if (forgotten != NULL && !failed && 2 * freed <= row_room) {
        void *larger = PyMem_Realloc(rows, (size_t)more * sizeof(Row));
        if (larger != NULL) {
            rows = larger;
            row_room = more;
        } else {
            PyErr_NoMemory();
            failed = 1;
        }
    }
    if (forgotten == NULL || failed) {
        Py_XDECREF(forgotten);
        return -1;
    }
    Py_DECREF(forgotten);
    return 0;
}

/* Enter an Op that is new, unless another thread has done so by now; its number, held; -1 with an error. */
static int new_row(PyObject *op)
{
    PyObject *number;
    int place, known;
    if (make_row_room() < 0)
        return -1;
    known = known_row(op);
    if (known >= 0 || PyErr_Occurred())
        return known;
    place = free_row >= 0 ? free_row : row_count;
    number = PyLong_FromLong(place);
    if (number == NULL || PyDict_SetItem(row_numbers, op, number) < 0) {
        Py_XDECREF(number);
        return -1;
    }
    Py_DECREF(number);
    if (free_row >= 0)
        free_row = (int)rows[place].uses;
    else
        row_count++;
    rows[place] = (Row){.op = Py_NewRef(op), .uses = 1, .sequence = NO_SEQUENCE};
    return place;
}
