# Which nodes the cycle collector of Python knows of.
#
# To know them all would take most of the time. Operands are older than their results, so that nodes alone form no
# cycles: what leads from an operand to a result, or from a parameter to the model that holds it, is an attribute. The
# collector can know only objects that have a header before them, which must be there from the beginning. So have
#
#   - the nodes that the constructor and detach() make, and copies, 16 bytes larger for it. They are tracked if they
#     have operands, and once they have attributes.
#   - the results of nodes that pass their gradient on by a function (closures.py). Such a function is an attribute
#     that refers to its node: a cycle. What was made of that node keeps it, and is tracked too, for else the
#     collector would free one such node below another in each of its rounds.
#   - all instances of subclasses.
#
# An attribute of any other result that leads back to it is a cycle that is never freed.


cdef int is_collected(PyObject* self) noexcept:
    """What Python asks of each node it meets: whether it has a header."""
    return HEADER != 0 and ((<Fields*>self).headed != PLAIN or Py_TYPE(self) != value_type)


cdef int traverse(PyObject* self, int (*visit)(PyObject*, void*) noexcept, void* argument) noexcept:
    """Show the collector what a node refers to."""
    cdef Fields* node = <Fields*>self
    cdef Py_ssize_t i
    cdef int stop = visit(<PyObject*>Py_TYPE(self), argument)
    if stop == 0 and node.attributes != NULL:
        stop = visit(node.attributes, argument)
    for i in range(operand_count(node)):
        if stop == 0:
            stop = visit(<PyObject*>operands_of(node)[i], argument)
    return stop


cdef int let_go_of_all(PyObject* self) noexcept:
    """Break the cycles that a node is part of, which nobody can reach any more."""
    cdef Fields* node = <Fields*>self
    cdef PyObject* attributes = node.attributes
    become_leaf(node)
    node.attributes = NULL
    if attributes != NULL:
        drop(attributes)
    return 0


cdef inline void track(PyObject* self) noexcept:
    """Have the collector know a node that can be known."""
    if is_collected(self) and not PyObject_GC_IsTracked(self):
        PyObject_GC_Track(self)


cdef int set_attribute(object self, object name, PyObject* x) except -1:
    PyObject_GenericSetAttr(self, name, x)
    if (<Fields*>self).attributes != NULL:
        track(<PyObject*>self)
    return 0


cdef object get_dict(object self, void* closure):
    found = PyObject_GenericGetDict(self, closure)
    track(<PyObject*>self)
    return found


cdef int set_dict(object self, object attributes, void* closure) except -1:
    PyObject_GenericSetDict(self, attributes, closure)
    track(<PyObject*>self)
    return 0


# -- results of nodes that pass their gradient on by a function -----------------------------------------------

cdef bint any_below(Py_ssize_t count, Fields** operands) noexcept:
    """Whether an operand is such a node, or was made of one."""
    cdef Py_ssize_t i
    for i in range(count):
        if operands[i].headed & BELOW:
            return True
    return False


cdef void now_below(PyObject* self) noexcept:
    """Mark a node as such, or as made of one."""
    if is_collected(self):
        (<Fields*>self).headed |= BELOW
        track(self)


cdef Fields* new_result(double data, int row, Py_ssize_t count, Fields** operands) noexcept:
    """A leaf to become the result of these operands."""
    cdef Fields* node
    if not slopeless or not any_below(count, operands):
        return new_leaf(data, row)
    node = new_headed_leaf(data, row)
    if node != NULL:
        now_below(<PyObject*>node)
    return node


cdef Fields* new_result_2(double data, int row, Fields* a, Fields* b) noexcept:
    """A leaf to become the result of two operands."""
    return new_result(data, row, 1, &a) if a.headed & BELOW else new_result(data, row, 1, &b)
