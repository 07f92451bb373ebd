/* The reverse sweep, as in backward.py, step for step, so that sums come out the same to the last bit.
 *
 * A function that returns -1 has set MemoryError.
 */
#pragma once

#include "walks.h"

enum { MASKS_NEVER, MASKS_ALWAYS, MASKS_BUT_FIRST, MASKS_PARTNER, MASKS_ANOTHER };  /* the numbers of Masks in fields.py */

static inline int is_literal_zero(Fields *node) { return node->row == CONSTANT_ROW && node->data == 0.0; }

/* Whether an edge whose local gradient is 0 is not walked: see masking.py. */
static int is_masked(Fields *node, Py_ssize_t position)
{
    int masks = rows[node->row].masks;
    if (masks <= MASKS_ALWAYS)
        return masks == MASKS_ALWAYS;
    if (masks == MASKS_BUT_FIRST)
        return position > 0;
    Fields **operands = operands_of(node);
    Py_ssize_t count = operand_count(node);
    if (masks == MASKS_PARTNER)
        return is_literal_zero(operands[(position + count / 2) % count]);
    for (Py_ssize_t i = 0; i < count; i++)
        if (i != position && is_literal_zero(operands[i]))
            return 1;
    return 0;
}

/* Pass a part of a gradient on to an operand. The + 0.0 makes of a part of -0.0 a sum of 0.0: reached. */
static inline void pass_on(Fields *node, Py_ssize_t position, Fields *operand, double local_grad, double g)
{
    if (operand->row != FROZEN_ROW && (local_grad != 0.0 || !is_masked(node, position)))
        operand->grad += local_grad * g + 0.0;
}

/* The first node below the root that was built without local gradients: NULL, with MemoryError set or not, if none. */
static Fields *first_without_gradients(Fields *root)
{
    Nodes order;
    Fields *found = NULL;
    if (walk(root, &order, 0) < 0)
        return NULL;
    for (Py_ssize_t i = 0; found == NULL && i < order.count; i++)
        if (order.items[i]->form == WITHOUT_GRADIENTS)
            found = order.items[i];
    free_nodes(&order);
    return found;
}

/* Pass a gradient on from a root to all in its order, whose own are as walk() with clear leaves them. */
static void sweep_order(Nodes *order, Fields *root, double gradient)
{
    if (gradient != 0.0)  /* a start of 0 is a literal one: nothing is reached */
        root->grad += gradient;
    for (Py_ssize_t i = order->count - 1; i >= 0; i--) {
        Fields *node = order->items[i];
        double g = node->grad;
        if (node->form == LEAF_FORM)
            continue;
        if (g == 0.0 && signbit(g)) {  /* not reached */
            node->grad = 0.0;
            continue;
        }
        if (node->form <= BINARY) {
            pass_on(node, 0, node->left, node->dleft, g);
            if (node->form == BINARY)
                pass_on(node, 1, node->right, node->dright, g);
            continue;
        }
        Fields **operands = operands_of(node);
        double *local_grads = local_grads_of(node);
        Py_ssize_t count = operand_count(node);
        int tame = g - g == 0.0;  /* then a local gradient of 0 adds nothing to a leaf, masked or not */
        for (Py_ssize_t j = 0; j < count; j++) {
            Fields *operand = operands[j];
            if (!tame || operand->form != LEAF_FORM)
                pass_on(node, j, operand, local_grads[j], g);
            else if (operand->row != FROZEN_ROW)
                operand->grad += local_grads[j] * g;
        }
    }
}

static int all_leaves(Fields **nodes, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (nodes[i]->form != LEAF_FORM)
            return 0;
    return 1;
}

/* Whether a node stands on leaves alone, many of them, as the result of a lifted function does: it is its own order. */
static int stands_on_leaves(Fields *node)
{
    if (node->form != MANY)
        return 0;
    Block *block = (Block *)node->left;
    if (block->holder != NULL && *on_leaves(block) == grown)
        return 1;
    return all_leaves(block_operands(block), block->count);
}

/* Whether some of these nodes is a leaf that takes a gradient. The first in the order of a sweep nearly always is. */
static int some_takes_gradient(Fields **nodes, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (operand_count(nodes[i]) == 0 && nodes[i]->row != CONSTANT_ROW && nodes[i]->row != FROZEN_ROW)
            return 1;
    return 0;
}

/* Add d(root)/d(leaf) to the grad of each leaf; set the grad of every other node. All have local gradients.
 * Returns whether a leaf takes a gradient; where none does, all that are not leaves have the gradient 0. */
static int sweep(Fields *root, double gradient)
{
    Nodes order = {&root, 1, 1};
    int taken;
    if (stands_on_leaves(root)) {
        root->grad = -0.0;
        taken = some_takes_gradient(operands_of(root), operand_count(root));
        sweep_order(&order, root, taken ? gradient : 0.0);
        return taken;
    }
    if (walk(root, &order, 1) < 0)
        return -1;
    taken = root->form == LEAF_FORM || some_takes_gradient(order.items, order.count);
    sweep_order(&order, root, taken ? gradient : 0.0);
    free_nodes(&order);
    return taken;
}

/* The derivatives of a root by nodes, wherever they are. No other thread sees that grad serves for it meanwhile. */
static int read_adjoints(Fields *root, PyObject *wanted, double *out)
{
    Nodes order;
    if (walk(root, &order, 0) < 0)
        return -1;
    double *kept = PyMem_RawMalloc((size_t)order.count * sizeof(double));
    if (kept == NULL) {
        free_nodes(&order);
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < order.count; i++) {
        Fields *node = order.items[i];
        kept[i] = node->grad;
        node->grad = node->form == LEAF_FORM ? 0.0 : -0.0;
    }
    sweep_order(&order, root, 1.0);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(wanted); i++) {
        Fields *node = (Fields *)PySequence_Fast_GET_ITEM(wanted, i);
        out[i] = node->visit == last_walk ? node->grad : 0.0;
    }
    for (Py_ssize_t i = 0; i < order.count; i++)
        order.items[i]->grad = kept[i];
    PyMem_RawFree(kept);
    free_nodes(&order);
    return 0;
}
