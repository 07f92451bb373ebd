# Walks over a graph in C: the topological order and the reverse sweep, as in backward.py, step for step, so that
# sums come out the same to the last bit. No Python code runs during a walk, so no other thread does either.

cdef struct Nodes:           # a growing array of nodes; one that waits for its operands has its lowest bit set
    Fields** items
    Py_ssize_t count
    Py_ssize_t room

cdef uint64_t last_walk = 0


cdef inline void append(Nodes* nodes, Fields* node) noexcept:
    """Add to an array that has room."""
    nodes.items[nodes.count] = node
    nodes.count += 1


cdef inline int make_room(Nodes* nodes, Py_ssize_t more) except -1:
    cdef Py_ssize_t room = nodes.room
    cdef void* items
    if nodes.count + more <= room:
        return 0
    while nodes.count + more > room:
        room = 2 * room if room else 256
    items = PyMem_RawRealloc(nodes.items, room * sizeof(void*))
    if items == NULL:
        raise MemoryError()
    nodes.items = <Fields**>items
    nodes.room = room
    return 0


cdef int walk(Fields* root, Nodes* order, bint clear) except -1:
    """Put the nodes below the root in the order of backward.topological_order; the caller frees order.items.

    With clear, set the grad of every node that is no leaf to -0.0 on the way, which saves a second pass: that is
    the mark of a node to which nothing has come.
    """
    global last_walk
    last_walk += 1
    order.items, order.count, order.room = NULL, 0, 0
    walk_on(root, order, clear)
    return 0


cdef int walk_all(Py_ssize_t count, PyObject** roots, Nodes* order) except -1:
    """Put the nodes below several roots in order, each once; the caller frees order.items."""
    global last_walk
    cdef Py_ssize_t i
    last_walk += 1
    order.items, order.count, order.room = NULL, 0, 0
    for i in range(count):
        walk_on(<Fields*>roots[i], order, False)
    return 0


cdef int walk_on(Fields* root, Nodes* order, bint clear) except -1:
    """Add to an order the nodes below a root which the last walk has not come to."""
    cdef Nodes stack = Nodes(NULL, 0, 0)
    cdef Fields* node = root
    cdef Fields** operands
    cdef Py_ssize_t i
    cdef uint64_t this_walk = last_walk
    try:
        while True:
            make_room(order, 1)
            if node.visit != this_walk:
                node.visit = this_walk
                if node.form == LEAF_FORM:
                    append(order, node)
                else:
                    if clear:
                        node.grad = -0.0
                    i = operand_count(node)
                    make_room(&stack, i + 1)
                    append(&stack, <Fields*>(<size_t>node | 1))
                    operands = operands_of(node)
                    while i > 1:
                        i -= 1
                        append(&stack, operands[i])
                    if i:
                        node = operands[0]
                        continue
            while stack.count and <size_t>stack.items[stack.count - 1] & 1:  # all its operands are in the order
                stack.count -= 1
                make_room(order, 1)
                append(order, <Fields*>(<size_t>stack.items[stack.count] ^ 1))
            if stack.count == 0:
                break
            stack.count -= 1
            node = stack.items[stack.count]
    except:
        PyMem_RawFree(order.items)
        order.items = NULL
        raise
    finally:
        PyMem_RawFree(stack.items)
    return 0


cdef bint leads_to_gradient(Fields* root) except -1:
    """Whether some leaf below the root takes a gradient, as backward.leads_to_gradient finds it."""
    global last_walk
    cdef Nodes stack = Nodes(NULL, 0, 0)
    cdef Fields* node = root
    cdef Py_ssize_t i, count
    last_walk += 1
    try:
        while True:
            if node.visit != last_walk:
                node.visit = last_walk
                if node.form != LEAF_FORM:
                    count = operand_count(node)
                    make_room(&stack, count)
                    for i in range(count):
                        append(&stack, operands_of(node)[i])
                elif node.row != CONSTANT_ROW and node.row != FROZEN_ROW:
                    return True
            if stack.count == 0:
                return False
            stack.count -= 1
            node = stack.items[stack.count]
    finally:
        PyMem_RawFree(stack.items)


cdef object list_of(Nodes* nodes):
    """A list of the nodes in an array."""
    cdef Py_ssize_t i
    for i in range(nodes.count):
        hold(<PyObject*>nodes.items[i])  # making the list may run the collector, hence other code
    try:
        result = PyList_New(nodes.count)
    except:
        for i in range(nodes.count):
            drop(<PyObject*>nodes.items[i])
        raise
    for i in range(nodes.count):
        PyList_SET_ITEM(result, i, <PyObject*>nodes.items[i])
    return result


cdef object order_as_list(tuple roots):
    """The nodes below several roots in order."""
    cdef Nodes order
    cdef PyObject** items
    cdef Py_ssize_t count = values_in(roots, &items)
    walk_all(count, items, &order)
    try:
        return list_of(&order)
    finally:
        PyMem_RawFree(order.items)


cdef enum:                   # the numbers of op.Masks
    MASKS_NEVER
    MASKS_ALWAYS
    MASKS_BUT_FIRST
    MASKS_PARTNER
    MASKS_ANOTHER


cdef bint is_masked(Fields* node, Py_ssize_t position) noexcept:
    """Whether an edge whose slope is 0 is not walked: see masking.py."""
    cdef int kind = rows[node.row].masks
    cdef Fields** operands
    cdef Py_ssize_t i, count
    if kind <= MASKS_ALWAYS:
        return kind == MASKS_ALWAYS
    if kind == MASKS_BUT_FIRST:
        return position > 0
    operands = operands_of(node)
    count = operand_count(node)
    if kind == MASKS_PARTNER:
        return is_literal_zero(operands[(position + count // 2) % count])
    for i in range(count):
        if i != position and is_literal_zero(operands[i]):
            return True
    return False


cdef inline bint is_literal_zero(Fields* node) noexcept:
    return node.row == CONSTANT_ROW and node.data == 0.0


cdef int sweep_from(Fields* root, double gradient) except -1:
    """Add d(root)/d(leaf) to the grad of each leaf; set the grad of every other node."""
    cdef Nodes order
    cdef Fields* node
    cdef Fields* child
    cdef Fields** operands
    cdef double* slopes
    cdef double g
    cdef bint tame
    cdef Py_ssize_t i, j
    if slopeless:  # some graph has nodes without local gradients: perhaps this one, which then stays as it is
        walk(root, &order, False)
        for i in range(order.count):
            node = order.items[i]
            if node.form == MANY_WITHOUT_SLOPES:
                PyMem_RawFree(order.items)
                if not (<object>rows[node.row].op).closure:
                    raise without_slopes(<object>node)
                watched_sweep(<object>root, gradient)
                return 0
        PyMem_RawFree(order.items)
    walk(root, &order, True)
    if gradient != 0.0:  # a start of 0 is a literal one: nothing is reached
        root.grad += gradient
    for i in range(order.count - 1, -1, -1):
        node = order.items[i]
        g = node.grad
        if node.form == LEAF_FORM:
            continue
        if g == 0.0 and signbit(g):  # not reached
            node.grad = 0.0
            continue
        if node.form <= BINARY:
            child = node.left
            if child.row != FROZEN_ROW and (node.dleft != 0.0 or not is_masked(node, 0)):
                child.grad += node.dleft * g + 0.0  # which makes a part of -0.0 a sum of 0.0: reached
            if node.form == BINARY:
                child = node.right
                if child.row != FROZEN_ROW and (node.dright != 0.0 or not is_masked(node, 1)):
                    child.grad += node.dright * g + 0.0
            continue
        operands = operands_of(node)
        slopes = slopes_of(node)
        tame = g - g == 0.0  # then a slope of 0 adds nothing to a leaf, masked or not
        for j in range(operand_count(node)):
            child = operands[j]
            if tame and child.form == LEAF_FORM:
                if child.row != FROZEN_ROW:
                    child.grad += slopes[j] * g
            elif child.row != FROZEN_ROW and (slopes[j] != 0.0 or not is_masked(node, j)):
                child.grad += slopes[j] * g + 0.0
    PyMem_RawFree(order.items)
    return 0


cdef int clear_gradients(Fields* root) except -1:
    cdef Nodes order
    cdef Py_ssize_t i
    walk(root, &order, False)
    for i in range(order.count):
        order.items[i].grad = 0.0
    PyMem_RawFree(order.items)
    return 0
