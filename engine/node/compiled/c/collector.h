/* Which nodes the cycle collector of Python knows of.
 *
 * To know them all would take most of the time. Operands are older than their results, so that nodes alone form no
 * cycles: what leads from an operand to a result, or from a parameter to the model that holds it, is an attribute. The
 * collector can know only objects that have a header before them, which must be there from the beginning. So have
 *
 *   - the nodes that the constructor and detach() make, and copies, 16 bytes larger for it. They are tracked if they
 *     have operands, and once they have attributes.
 *   - the results of nodes that pass their gradient on by a function (closures.py). Such a function is an attribute
 *     that refers to its node: a cycle. What was made of that node keeps it, and is tracked too, for else the
 *     collector would free one such node below another in each of its rounds.
 *   - all instances of subclasses.
 *
 * An attribute of any other result that leads back to it is a cycle that is never freed. Included by node.h.
 */
#pragma once

static void become_leaf(Fields *node);


/* What Python asks of each node it meets: whether it has a header. */
static int is_collected(PyObject *self)
{
    return HEADER != 0 && (((Fields *)self)->headed != PLAIN || Py_TYPE(self) != value_type);
}

/* Show the collector what a node refers to. */
static int traverse_node(PyObject *self, visitproc visit, void *argument)
{
    Fields *node = (Fields *)self;
    int stop = visit((PyObject *)Py_TYPE(self), argument);
    if (stop == 0 && node->attributes != NULL)
        stop = visit(node->attributes, argument);
    if (node->form >= MANY && ((Block *)node->left)->holder != NULL)
        return stop == 0 ? visit(((Block *)node->left)->holder, argument) : stop;
    for (Py_ssize_t i = 0; stop == 0 && i < operand_count(node); i++)
        stop = visit((PyObject *)operands_of(node)[i], argument);
    return stop;
}

/* Break the cycles that a node is part of, which nobody can reach any more. */
static int let_go_of_all(PyObject *self)
{
    Fields *node = (Fields *)self;
    PyObject *attributes = node->attributes;
    become_leaf(node);
    node->attributes = NULL;
    Py_XDECREF(attributes);
    return 0;
}

/* Have the collector know a node that can be known. */
static inline void track(PyObject *self)
{
    if (is_collected(self) && !PyObject_GC_IsTracked(self))
        PyObject_GC_Track(self);
}

static int set_attribute(PyObject *self, PyObject *name, PyObject *x)
{
    if (PyObject_GenericSetAttr(self, name, x) < 0)
        return -1;
    if (((Fields *)self)->attributes != NULL)
        track(self);
    return 0;
}

static PyObject *get_dict(PyObject *self, void *closure)
{
    PyObject *found = PyObject_GenericGetDict(self, closure);
    if (found != NULL)
        track(self);
    return found;
}

static int set_dict(PyObject *self, PyObject *attributes, void *closure)
{
    if (PyObject_GenericSetDict(self, attributes, closure) < 0)
        return -1;
    track(self);
    return 0;
}

static PyGetSetDef dict_definition = {"__dict__", get_dict, set_dict, NULL, NULL};


/* -- results of nodes that pass their gradient on by a function --------------------------------------------------- */

/* Whether an operand is such a node, or was made of one. */
static int any_below(Py_ssize_t count, Fields **operands)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (operands[i]->headed & BELOW)
            return 1;
    return 0;
}

/* Mark a node as such, or as made of one. */
static void now_below(PyObject *self)
{
    if (is_collected(self)) {
        ((Fields *)self)->headed |= BELOW;
        track(self);
    }
}
