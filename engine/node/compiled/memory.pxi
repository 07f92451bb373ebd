# What a compiled node is in memory, and how it is made and freed.
#
# A node has 96 bytes. Its operands and local gradients lie inside it where there are at most two of them, and else
# in one block of memory: the operands, then the local gradients. Which nodes the cycle collector knows of is told in
# _value_collecting.pxi.

cdef struct Fields:          # the fields of the class Node, in its order
    PyObject head
    double grad
    uint64_t visit           # the last walk that came here; of a dying node the next one to free
    int row                  # which row of the table, by number: see _value_rows.pxi
    short form
    short headed             # whether it has a header of the cycle collector, and more: see _value_collecting.pxi
    Fields* left             # of a node with a block: the block
    Fields* right
    double dleft
    double dright
    double data
    PyObject* attributes     # the __dict__, made when it is first asked for
    PyObject* weakrefs

cdef struct Block:           # followed in memory by the other operands, and by the local gradients
    Py_ssize_t count
    Fields* first

cdef enum:                   # forms
    LEAF_FORM
    UNARY
    BINARY
    MANY                     # operands and local gradients in a block
    MANY_WITHOUT_SLOPES      # built by hand without local gradients: a gradient passes by its _backward, or not at all

cdef enum:                   # of headed
    PLAIN
    HEADED
    BELOW                    # it, or a node it was made of, passes its gradient on by a function: see there

cdef Py_ssize_t slopeless = 0  # how many nodes have the form MANY_WITHOUT_SLOPES


cdef inline Fields** block_operands(Block* block) noexcept nogil:
    return &block.first


cdef inline double* block_slopes(Block* block) noexcept nogil:
    return <double*>(&block.first + block.count)


cdef inline size_t block_size(Py_ssize_t count) noexcept nogil:
    return sizeof(Py_ssize_t) + count * (sizeof(void*) + sizeof(double))


cdef Block* new_block(Py_ssize_t count) except NULL:
    cdef Block* block = <Block*>PyMem_Malloc(block_size(count))
    if block == NULL:
        raise MemoryError()
    block.count = count
    return block


cdef inline Fields* new_leaf(double data, int row) noexcept:
    """A leaf of the class Value, owned by the caller; NULL, with MemoryError set, where there is no memory."""
    return leaf_at(take_place(), data, row, PLAIN)


cdef inline Fields* new_headed_leaf(double data, int row) noexcept:
    """The same of a node that the cycle collector may come to know."""
    return leaf_at(take_headed_place(), data, row, HEADED)


cdef inline Fields* leaf_at(Fields* node, double data, int row, int headed) noexcept:
    """A leaf of the class Value at a place in memory, which may be NULL."""
    if node == NULL:
        PyErr_NoMemory()
        return NULL
    start(<PyObject*>node, value_type)
    node.grad = 0.0
    node.row = row
    node.form = LEAF_FORM
    node.headed = <short>headed
    node.left = NULL
    node.right = NULL
    node.data = data
    node.visit = 0
    node.attributes = NULL
    node.weakrefs = NULL
    return node


# -- freeing: without recursion, however deep the graph ------------------------------------------

cdef struct Drain:           # one for each thread that is freeing a graph
    Fields* pending
    unsigned long thread
    Drain* next

cdef Drain* drains = NULL


cdef void free_node(PyObject* self) noexcept:
    """The deallocator. The first call of a thread frees the graph; the calls this causes only add to its list.

    Python code may run in here, in the callback of a weak reference and when attributes are cleared, so that
    another thread may come in, which has a list of its own.
    """
    global drains
    cdef Fields* node = <Fields*>self
    cdef PyObject* attributes
    cdef Drain mine
    cdef Drain* drain
    cdef Drain** place
    if is_collected(self) and (<size_t*>self)[-2]:  # its header is not as it was: it is tracked
        PyObject_GC_UnTrack(self)
    if node.weakrefs != NULL:
        PyObject_ClearWeakRefs(self)
    if node.attributes != NULL:
        attributes, node.attributes = node.attributes, NULL
        drop(attributes)
    if node.form == LEAF_FORM:
        give_back(node)
        return
    cdef unsigned long thread = PyThread_get_thread_ident()
    drain = drains
    while drain != NULL:
        if drain.thread == thread:
            wait(node, drain)
            return
        drain = drain.next
    mine.pending = NULL
    mine.thread = thread
    mine.next = drains
    drains = &mine
    release(node, &mine)
    while mine.pending != NULL:
        node = mine.pending
        mine.pending = <Fields*><size_t>node.visit
        release(node, &mine)
    place = &drains
    while place[0] != &mine:
        place = &place[0].next
    place[0] = mine.next


cdef inline void wait(Fields* node, Drain* drain) noexcept:
    """Have a dead node freed later."""
    node.visit = <uint64_t><size_t>drain.pending
    drain.pending = node


cdef inline void release(Fields* node, Drain* drain) noexcept:
    """Give back a dead node's memory and let its operands go."""
    cdef Fields* left = node.left
    cdef Fields* right = node.right
    cdef int form = node.form
    cdef Block* block
    cdef Py_ssize_t i
    give_back(node)
    if form < MANY:
        let_go(left, drain)
        if form == BINARY:
            let_go(right, drain)
        return
    block = <Block*>left
    for i in range(block.count):
        let_go(block_operands(block)[i], drain)
    free_block(block, form)


cdef inline void let_go(Fields* operand, Drain* drain) noexcept:
    """Py_DECREF; where it would free a plain node, what free_node would do, without the calls."""
    cdef PyObject* x = <PyObject*>operand
    if Py_REFCNT(x) == 1 and Py_TYPE(x) == value_type and not operand.headed and operand.weakrefs == NULL and (
        operand.attributes == NULL
    ):
        if operand.form == LEAF_FORM:
            give_back(operand)
        else:
            wait(operand, drain)
    else:
        drop(x)


cdef inline void give_back(Fields* node) noexcept:
    """Give back a dead node's memory, and its hold on its row and its class."""
    cdef PyTypeObject* kind = Py_TYPE(<PyObject*>node)
    if node.row >= lasting_rows:
        drop_row(node.row)
    if kind == value_type:
        give_place(node)
    else:
        kind.tp_free(<void*>node)
    if kind.tp_flags & Py_TPFLAGS_HEAPTYPE:
        drop(<PyObject*>kind)


cdef void drop_operands(int form, Fields* left, Fields* right) noexcept:
    """Let go the operands that were taken off a living node."""
    cdef Block* block
    cdef Py_ssize_t i
    if form >= MANY:
        block = <Block*>left
        for i in range(block.count):
            drop(<PyObject*>block_operands(block)[i])
        free_block(block, form)
    elif form != LEAF_FORM:
        drop(<PyObject*>left)
        if form == BINARY:
            drop(<PyObject*>right)


cdef inline void free_block(Block* block, int form) noexcept:
    global slopeless
    if form == MANY_WITHOUT_SLOPES:
        slopeless -= 1
    PyMem_Free(block)


# -- reading the operands, whatever the form ---------------------------------------------------------

cdef inline Py_ssize_t operand_count(Fields* node) noexcept nogil:
    return (<Block*>node.left).count if node.form >= MANY else node.form


cdef inline Fields** operands_of(Fields* node) noexcept nogil:
    return block_operands(<Block*>node.left) if node.form >= MANY else &node.left


cdef inline double* slopes_of(Fields* node) noexcept nogil:
    return block_slopes(<Block*>node.left) if node.form >= MANY else &node.dleft
