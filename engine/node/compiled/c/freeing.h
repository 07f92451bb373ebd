/* How nodes are freed: without recursion, however deep the graph. Included by node.h. */
#pragma once

typedef struct Drain {  /* one for each thread that is freeing a graph */
    Fields *pending;
    unsigned long thread;
    struct Drain *next;
} Drain;

static Drain *drains = NULL;

/* Give back a dead node's memory, and its hold on its row and its class. */
static inline void give_back(Fields *node)
{
    PyTypeObject *kind = Py_TYPE((PyObject *)node);
    if (node->row >= lasting_rows)
        drop_row(node->row);
    if (kind == value_type)
        give_place(node, node->headed != PLAIN);
    else
        kind->tp_free(node);
    if (kind->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_DECREF((PyObject *)kind);
}

/* tp_free of the class Value */
static void free_place(void *place) { give_place(place, ((Fields *)place)->headed != PLAIN); }

/* Have a dead node freed later. */
static inline void free_later(Fields *node, Drain *drain)
{
    node->visit = (uint64_t)(size_t)drain->pending;
    drain->pending = node;
}

/* Py_DECREF; where it would free a plain node, and there is a drain, what free_node would do, without the calls. */
static inline void let_go(Fields *operand, Drain *drain)
{
    PyObject *x = (PyObject *)operand;
    if (drain != NULL && Py_REFCNT(x) == 1 && Py_TYPE(x) == value_type && !operand->headed && operand->weakrefs == NULL
        && operand->attributes == NULL) {
        if (operand->form == LEAF_FORM)
            give_back(operand);
        else
            free_later(operand, drain);
    } else {
        Py_DECREF(x);
    }
}

/* Let go the operands that were taken off a node; a dead one's with a drain. */
static inline void drop_operands(int form, Fields *left, Fields *right, Drain *drain)
{
    if (form >= MANY) {
        Block *block = (Block *)left;
        PyObject *holder = block->holder;
        for (Py_ssize_t i = 0; holder == NULL && i < block->count; i++)
            let_go(block_operands(block)[i], drain);
        free_block(block, form);
        Py_XDECREF(holder);
    } else if (form != LEAF_FORM) {
        let_go(left, drain);
        if (form == BINARY)
            let_go(right, drain);
    }
}

/* Give back a dead node's memory and let its operands go. */
static inline void release_node(Fields *node, Drain *drain)
{
    Fields *left = node->left, *right = node->right;
    int form = node->form;
    give_back(node);
    drop_operands(form, left, right, drain);
}

/* The deallocator. The first call of a thread frees the graph; the calls this causes only add to its list.
 *
 * Python code may run in here, in the callback of a weak reference and when attributes are cleared, so that another
 * thread may come in, which has a list of its own. */
static void free_node(PyObject *self)
{
    Fields *node = (Fields *)self;
    if (is_collected(self) && ((size_t *)self)[-2])  /* its header is not as it was: it is tracked */
        PyObject_GC_UnTrack(self);
    if (node->weakrefs != NULL)
        PyObject_ClearWeakRefs(self);
    if (node->attributes != NULL) {
        PyObject *attributes = node->attributes;
        node->attributes = NULL;
        Py_DECREF(attributes);
    }
    if (node->form == LEAF_FORM) {
        give_back(node);
        return;
    }
    unsigned long thread = PyThread_get_thread_ident();
    for (Drain *drain = drains; drain != NULL; drain = drain->next)
        if (drain->thread == thread) {
            free_later(node, drain);
            return;
        }
    Drain mine = {NULL, thread, drains};
    drains = &mine;
    release_node(node, &mine);
    while (mine.pending != NULL) {
        node = mine.pending;
        mine.pending = (Fields *)(size_t)node->visit;
        release_node(node, &mine);
    }
    Drain **link = &drains;
    while (*link != &mine)
        link = &(*link)->next;
    *link = mine.next;
}

/* Take a node's operands and row off it. */
static void become_leaf(Fields *node)
{
    int form = node->form;
    Fields *left = node->left, *right = node->right;
    if (node->row >= lasting_rows)
        drop_row(node->row);
    node->row = LEAF_ROW;
    node->form = LEAF_FORM;
    node->left = node->right = NULL;
    drop_operands(form, left, right, NULL);
}
