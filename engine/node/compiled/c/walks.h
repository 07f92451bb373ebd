/* Walks over a graph: the topological order, as in backward.py, step for step. No Python code runs during a walk, so no
 * other thread does either.
 *
 * A function that returns -1 or NULL has set MemoryError.
 */
#pragma once

#include "node.h"

typedef struct {  /* a growing array of nodes; one that waits for its operands has its lowest bit set */
    Fields **items;
    Py_ssize_t count;
    Py_ssize_t room;
} Nodes;

static uint64_t last_walk = 0;


/* Add to an array that has room. */
static inline void append_node(Nodes *nodes, Fields *node) { nodes->items[nodes->count++] = node; }

static inline int make_room(Nodes *nodes, Py_ssize_t more)
{
    Py_ssize_t room = nodes->room;
    if (nodes->count + more <= room)
        return 0;
    while (nodes->count + more > room)
        room = room ? 2 * room : 256;
    void *items = PyMem_RawRealloc(nodes->items, (size_t)room * sizeof(void *));
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    nodes->items = items;
    nodes->room = room;
    return 0;
}

static inline void free_nodes(Nodes *nodes)
{
    PyMem_RawFree(nodes->items);
    nodes->items = NULL;
}

/* Add to an order the nodes below a root which the last walk has not come to. */
static int walk_on(Fields *root, Nodes *order, int clear)
{
    Nodes stack = {NULL, 0, 0};
    Fields *node = root;
    int failed = -1;
    for (;;) {
        if (make_room(order, 1) < 0)
            goto done;
        if (node->visit != last_walk) {
            node->visit = last_walk;
            if (node->form == LEAF_FORM) {
                append_node(order, node);
            } else {
                Py_ssize_t i = operand_count(node);
                Fields **operands = operands_of(node);
                if (clear)
                    node->grad = -0.0;
                if (make_room(&stack, i + 1) < 0)
                    goto done;
                append_node(&stack, (Fields *)((size_t)node | 1));
                while (i > 1)
                    append_node(&stack, operands[--i]);
                if (i) {
                    node = operands[0];
                    continue;
                }
            }
        }
        while (stack.count && (size_t)stack.items[stack.count - 1] & 1) {  /* all its operands are in the order */
            stack.count--;
            if (make_room(order, 1) < 0)
                goto done;
            append_node(order, (Fields *)((size_t)stack.items[stack.count] ^ 1));
        }
        if (stack.count == 0)
            break;
        node = stack.items[--stack.count];
    }
    failed = 0;
done:
    free_nodes(&stack);
    if (failed)
        free_nodes(order);
    return failed;
}

/* Put the nodes below the root in the order of backward.topological_order; the caller calls free_nodes(order).
 *
 * With clear, set the grad of every node that is not a leaf to -0.0 on the way, which saves a second pass: that is the
 * mark of a node to which nothing has come. */
static int walk(Fields *root, Nodes *order, int clear)
{
    last_walk++;
    *order = (Nodes){NULL, 0, 0};
    return walk_on(root, order, clear);
}

/* The same of several roots, each node once. */
static int walk_all(PyObject *roots, Nodes *order)
{
    last_walk++;
    *order = (Nodes){NULL, 0, 0};
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(roots); i++)
        if (walk_on((Fields *)PySequence_Fast_GET_ITEM(roots, i), order, 0) < 0)
            return -1;
    return 0;
}

/* A list of the nodes in an array. */
static PyObject *list_of(Nodes *nodes)
{
    for (Py_ssize_t i = 0; i < nodes->count; i++)
        Py_INCREF((PyObject *)nodes->items[i]);  /* making the list may run the collector, hence other code */
    PyObject *list = PyList_New(nodes->count);
    for (Py_ssize_t i = 0; i < nodes->count; i++) {
        if (list != NULL)
            PyList_SET_ITEM(list, i, (PyObject *)nodes->items[i]);
        else
            Py_DECREF((PyObject *)nodes->items[i]);
    }
    return list;
}


/* -- nodes by their places ------------------------------------------------------------------------------------------ */

/* Where each of some nodes stands among others, all of them in lists or tuples of nodes; -1 of what does not. */
static void fill_places(PyObject *values, PyObject *nodes, int64_t *places)
{
    uint64_t count = (uint64_t)PySequence_Fast_GET_SIZE(nodes), first = last_walk + 1;
    last_walk += count + 1;  /* numbers that are no later walk's */
    for (uint64_t i = 0; i < count; i++)
        ((Fields *)PySequence_Fast_GET_ITEM(nodes, (Py_ssize_t)i))->visit = first + i;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++) {
        uint64_t place = ((Fields *)PySequence_Fast_GET_ITEM(values, i))->visit - first;
        places[i] = place < count ? (int64_t)place : -1;
    }
}

static void fill_ids(PyObject *values, int64_t *ids)
{
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); i++)
        ids[i] = (int64_t)(intptr_t)PySequence_Fast_GET_ITEM(values, i);
}

/* -- what a function made, in the order in which it made it: see jit/trace/identity.py -------------------------------- */

typedef struct {  /* arrays that describe nodes */
    Py_ssize_t count;
    int32_t *row_of;
    double *data;
    int64_t *offsets;
    int64_t *operands;  /* the place of one among the nodes, or ~place of one outside */
} Made;

static Py_ssize_t operands_among(PyObject *nodes)
{
    Py_ssize_t edges = 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nodes); i++)
        edges += operand_count((Fields *)PySequence_Fast_GET_ITEM(nodes, i));
    return edges;
}

/* Fill arrays, which have room for so many edges, with nodes in a list or tuple. used: the rows in order of their first
 * node; outside: operands that are not among the nodes. Returns how many rows are used, or -1 with an error. */
static Py_ssize_t fill_made(PyObject *nodes, Made *made, Py_ssize_t edges, int *used, Nodes *outside)
{
    Py_ssize_t rows_used = 0, filled = 0;
    uint64_t first = last_walk + 1, count = (uint64_t)made->count, behind = first + count;
    int *place = PyMem_RawMalloc(((size_t)row_count + 1) * sizeof(int));
    if (place == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < row_count; i++)
        place[i] = -1;
    for (uint64_t i = 0; i < count; i++)
        ((Fields *)PySequence_Fast_GET_ITEM(nodes, (Py_ssize_t)i))->visit = first + i;
    for (Py_ssize_t i = 0; i < made->count && rows_used >= 0; i++) {
        Fields *node = (Fields *)PySequence_Fast_GET_ITEM(nodes, i), **read = operands_of(node);
        Py_ssize_t own = operand_count(node);
        if (place[node->row] < 0) {
            used[rows_used] = node->row;
            place[node->row] = (int)rows_used++;
        }
        made->data[i] = node->data;
        made->row_of[i] = place[node->row];
        made->offsets[i] = filled;
        for (Py_ssize_t j = 0; j < own && filled < edges; j++) {
            uint64_t at = read[j]->visit;
            if (at < first) {
                if (make_room(outside, 1) < 0) {
                    rows_used = -1;
                    break;
                }
                at = read[j]->visit = behind + (uint64_t)outside->count;
                append_node(outside, read[j]);
            }
            made->operands[filled++] = at < behind ? (int64_t)(at - first) : ~(int64_t)(at - behind);
        }
    }
    made->offsets[made->count] = filled;
    last_walk = behind + (uint64_t)outside->count;
    PyMem_RawFree(place);
    return rows_used;
}

/* How many nodes of a list or tuple are, from the first on, as arrays say. rows: the numbers of their rows; the first few are
 * inputs, of which so many are missing here, and whose numbers may be any. */
static Py_ssize_t count_alike(PyObject *nodes, const Made *made, const int *rows_of_made, PyObject *outside,
                              Py_ssize_t inputs, Py_ssize_t missing)
{
    PyObject **items = PySequence_Fast_ITEMS(nodes), **others = PySequence_Fast_ITEMS(outside);
    Py_ssize_t count = PySequence_Fast_GET_SIZE(nodes), there = inputs - missing, i;
    for (i = 0; i < count; i++) {
        Fields *node = (Fields *)items[i];
        Py_ssize_t k = i < there ? i : i + missing;
        if (k >= made->count || node->row != rows_of_made[made->row_of[k]] || node->form == WITHOUT_GRADIENTS)
            break;
        Py_ssize_t own = operand_count(node), j;
        const int64_t *expected = made->operands + made->offsets[k];
        PyObject **read = (PyObject **)operands_of(node);
        if (made->offsets[k + 1] - made->offsets[k] != own ||
            (own == 0 && k >= inputs && memcmp(&node->data, made->data + k, sizeof(double))))
            break;
        for (j = 0; j < own; j++) {
            int64_t at = expected[j];
            PyObject *other = NULL;
            if (at < 0)
                other = others[~at];
            else if (at < there || (at >= inputs && at - missing < i))
                other = items[at < there ? at : at - missing];
            if (read[j] != other)
                break;
        }
        if (j < own)
            break;
    }
    return i;
}
