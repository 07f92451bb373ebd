/* What a compiled node is in memory, and how it is made and freed.
 *
 * A node has 96 bytes. Its operands and local gradients lie inside it where there are at most two of them, and else
 * in one block of memory: the operands, then the local gradients.
 */
#pragma once

#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef CHAINRULE_SLABS
#define CHAINRULE_SLABS 1  /* 0 where memory errors are looked for: then every node has memory of its own */
#endif

/* The bytes in front of an object that the cycle collector may know, zero while it does not. 0: where this is not how
 * it is done, and nodes of the class Value stay unknown to it. */
#if defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030f0000
#define HEADER 0
#else
#define HEADER (2 * sizeof(void *))
#endif

typedef struct Fields {  /* the fields of the class Node, in its order */
    PyObject head;
    double grad;
    uint64_t visit;  /* the last walk that came here; of a dying node the next one to free */
    int row;         /* which row of the table, by number: see rows.h */
    short form;
    short headed;    /* whether it has a header of the cycle collector, and more: see collector.h */
    struct Fields *left;  /* of a node with a block: the block */
    struct Fields *right;
    double dleft;
    double dright;
    double data;
    PyObject *attributes;  /* the __dict__, made when it is first asked for */
    PyObject *weakrefs;
} Fields;

typedef struct Block {  /* followed in memory by its operands, unless a tuple holds them, and by the local gradients */
    Py_ssize_t count;
    PyObject *holder;  /* the tuple in which they stand, of results that are made again and again; or NULL */
} Block;

enum {  /* forms */
    LEAF_FORM,
    UNARY,
    BINARY,
    MANY,              /* operands and local gradients in a block */
    WITHOUT_GRADIENTS  /* by hand, without local gradients: a gradient passes by its _backward, or not at all */
};

enum {  /* of headed */
    PLAIN,
    HEADED,
    BELOW  /* it, or a node it was made of, passes its gradient on by a function: see collector.h */
};

#define PLACE_BYTES sizeof(Fields)
#include "slabs.h"
#include "rows.h"

static PyTypeObject *value_type = NULL;  /* the class Value */
static size_t grown = 1;  /* how often a node that was there was given operands, and one */
static Py_ssize_t without_gradients = 0;  /* how many nodes have the form WITHOUT_GRADIENTS */


/* -- operands and local gradients, whatever the form ------------------------------------------------------------ */

static inline Fields **block_operands(Block *block)
{
    return block->holder != NULL ? (Fields **)((PyTupleObject *)block->holder)->ob_item : (Fields **)(block + 1);
}

static inline double *block_local_grads(Block *block)
{
    void *after = block + 1;
    return block->holder != NULL ? (double *)after : (double *)((Fields **)after + block->count);
}

static inline size_t block_size(Py_ssize_t count, int held)
{
    return sizeof(Block) + (size_t)count * sizeof(double) + (held ? sizeof(size_t) : (size_t)count * sizeof(void *));
}

/* Of a block that a tuple holds: the value of ``grown`` while which all its operands are leaves; 0 where nobody looked. */
static inline size_t *on_leaves(Block *block) { return (size_t *)(block_local_grads(block) + block->count); }

static inline Py_ssize_t operand_count(Fields *node)
{
    return node->form >= MANY ? ((Block *)node->left)->count : node->form;
}

static inline Fields **operands_of(Fields *node)
{
    return node->form >= MANY ? block_operands((Block *)node->left) : &node->left;
}

static inline double *local_grads_of(Fields *node)
{
    return node->form >= MANY ? block_local_grads((Block *)node->left) : &node->dleft;
}

/* A block to be filled; or one of three operands or more that a tuple holds, so that none is touched. NULL, with MemoryError
 * set, where there is no memory. */
static Block *new_block(Py_ssize_t count, PyObject *holder)
{
    Block *block = PyMem_Malloc(block_size(count, holder != NULL));
    if (block == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    block->count = count;
    block->holder = Py_XNewRef(holder);
    if (holder != NULL)
        *on_leaves(block) = 0;
    return block;
}

static Block *block_held_by(PyObject *operands) { return new_block(PyTuple_GET_SIZE(operands), operands); }

/* A block of the operands in a list or tuple, which it holds; NULL likewise. */
static Block *block_of(PyObject *operands)
{
    Block *block = new_block(PySequence_Fast_GET_SIZE(operands), NULL);
    for (Py_ssize_t i = 0; block != NULL && i < block->count; i++)
        block_operands(block)[i] = (Fields *)Py_NewRef(PySequence_Fast_GET_ITEM(operands, i));
    return block;
}

static inline void free_block(Block *block, int form)
{
    if (form == WITHOUT_GRADIENTS)
        without_gradients--;
    PyMem_Free(block);
}


/* -- making ------------------------------------------------------------------------------------------------------ */

/* PyObject_Init, without its calls where it does no more than this */
static inline void start_object(PyObject *node, PyTypeObject *kind)
{
#if defined(Py_TRACE_REFS) || defined(Py_REF_DEBUG) || defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030f0000
    PyObject_Init(node, kind);
#else
    memset(node, 0, sizeof(Py_ssize_t));  /* from 3.12 on Python counts nothing where it finds the count of an immortal */
    Py_SET_TYPE(node, kind);
    Py_INCREF(kind);
    Py_SET_REFCNT(node, 1);
#endif
}

typedef struct Keeper {  /* keeps all nodes that a thread makes while it stands in the list below */
    PyThreadState *thread;
    PyObject *nodes;  /* a list */
    struct Keeper *next;
} Keeper;

static Keeper *keepers = NULL;

static void keep_node(PyObject *node)
{
    PyThreadState *thread = PyThreadState_Get();
    for (Keeper *keeper = keepers; keeper != NULL; keeper = keeper->next)
        if (keeper->thread == thread && PyList_Append(keeper->nodes, node) < 0)
            PyErr_Clear();  /* no memory, of which whatever is made next will tell */
}

static void begin_keeping(Keeper *keeper)
{
    keeper->thread = PyThreadState_Get();
    keeper->next = keepers;
    keepers = keeper;
}

static void end_keeping(Keeper *keeper)
{
    for (Keeper **link = &keepers; *link != NULL; link = &(*link)->next)
        if (*link == keeper) {
            *link = keeper->next;
            return;
        }
}

static inline Fields *leaf_of_kind(double data, int row, int headed)
{
    Fields *node = take_place(headed);
    if (node == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    start_object((PyObject *)node, value_type);
    node->grad = 0.0;
    node->row = row;
    node->form = LEAF_FORM;
    node->headed = (short)headed;
    node->left = NULL;
    node->right = NULL;
    node->data = data;
    node->visit = 0;
    node->attributes = NULL;
    node->weakrefs = NULL;
    if (keepers != NULL)
        keep_node((PyObject *)node);
    return node;
}

/* A leaf of the class Value, owned by the caller; NULL, with MemoryError set, where there is no memory. */
static inline Fields *new_leaf(double data, int row) { return leaf_of_kind(data, row, PLAIN); }

/* The same of a node that the cycle collector may come to know. */
static inline Fields *new_headed_leaf(double data, int row) { return leaf_of_kind(data, row, HEADED); }

#include "collector.h"
#include "freeing.h"


/* -- results ------------------------------------------------------------------------------------------------------ */

/* A leaf to become the result of these operands. */
static Fields *new_result(double data, int row, Py_ssize_t count, Fields **operands)
{
    if (!without_gradients || !any_below(count, operands))
        return new_leaf(data, row);
    Fields *node = new_headed_leaf(data, row);
    if (node != NULL)
        now_below((PyObject *)node);
    return node;
}

/* A node on one operand; NULL, with MemoryError set, where there is no memory. */
static inline Fields *result_1(double y, int row, Fields *x, double local_grad)
{
    /* without_gradients: in programs like those written for micrograd alone */
    Fields *node = without_gradients ? new_result(y, row, 1, &x) : new_leaf(y, row);
    if (node != NULL) {
        Py_INCREF((PyObject *)x);
        node->form = UNARY;
        node->left = x;
        node->dleft = local_grad;
    }
    return node;
}

/* A node on two operands, likewise. */
static inline Fields *result_2(double y, int row, Fields *a, Fields *b, const double *local_grads)
{
    Fields *node = without_gradients ? new_result(y, row, 1, a->headed & BELOW ? &a : &b) : new_leaf(y, row);
    if (node != NULL) {
        Py_INCREF((PyObject *)a);
        Py_INCREF((PyObject *)b);
        node->form = BINARY;
        node->left = a;
        node->right = b;
        node->dleft = local_grads[0];
        node->dright = local_grads[1];
    }
    return node;
}

/* Give a leaf the operands and local gradients of a block, which is used up. */
static inline void put_operands(Fields *node, int form, Block *block)
{
    node->form = (short)form;
    if (form >= MANY) {
        node->left = (Fields *)block;
        return;
    }
    if (form != LEAF_FORM) {
        node->left = block_operands(block)[0];
        node->dleft = block_local_grads(block)[0];
    }
    if (form == BINARY) {
        node->right = block_operands(block)[1];
        node->dright = block_local_grads(block)[1];
    }
    PyMem_Free(block);
}

static inline void drop_block(Block *block) { drop_operands(MANY, (Fields *)block, NULL, NULL); }

/* A node on the operands of a block, which is used up; NULL, with MemoryError set, where there is no memory. */
static inline Fields *result_of_block(double y, int row, Block *block)
{
    Fields *node = new_result(y, row, block->count, block_operands(block));
    if (node == NULL) {
        drop_block(block);
        return NULL;
    }
    hold_row(row);
    put_operands(node, block->count == UNARY || block->count == BINARY ? (int)block->count : MANY, block);
    return node;
}

/* Give a node other operands, those of a block, with local gradients or without; the block is used up.
 *
 * own: whether it passes its gradient on by a function of its own. */
static void fill_node(Fields *node, double data, double grad, int row, Block *block, int with_local_grads, int own)
{
    Fields **operands = block_operands(block);
    Py_ssize_t count = block->count;
    int form = count > BINARY ? MANY : (int)count;
    become_leaf(node);
    node->data = data;
    node->grad = grad;
    node->row = row;
    if (own || (without_gradients && any_below(count, operands)))
        now_below((PyObject *)node);
    if (count || own)
        track((PyObject *)node);
    if (count)
        grown++;
    if (!with_local_grads && (count || own)) {
        form = WITHOUT_GRADIENTS;
        without_gradients++;
    }
    put_operands(node, form, block);
}
