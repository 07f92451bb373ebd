# The class Value, made of Node, of Overloads and of the reference.

# -- methods of the hot unary rows ---------------------------------------------------------------------

cdef inline object method(int kernel, PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    if count == 0 and names == NULL and Py_TYPE(self) == value_type:
        return unary(kernel, self)
    function = METHODS[name_of_kernel[kernel]]  # which calls the _apply of a subclass, or tells what is wrong
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)} if names != NULL else {}
    return function(<object>self, *[<object>args[i] for i in range(count)], **options)


cdef object method_abs(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(ABS, self, args, count, names)


cdef object method_exp(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(EXP, self, args, count, names)


cdef object method_log(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(LOG, self, args, count, names)


cdef object method_sqrt(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(SQRT, self, args, count, names)


cdef object method_tanh(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(TANH, self, args, count, names)


cdef object method_sigmoid(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(SIGMOID, self, args, count, names)


cdef object method_relu(PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    return method(RELU, self, args, count, names)


cdef enum:
    METHOD_COUNT = 7

cdef PyMethodDef[METHOD_COUNT] method_definitions
cdef PyGetSetDef dict_definition
cdef list texts = []  # of which the definitions hold only addresses


cdef const char* text(str words):
    texts.append(words.encode())
    return <bytes>texts[-1]


cdef object fast_method(int i, int kernel, void* function):
    """A method as a descriptor of the class Node."""
    name = name_of_kernel[kernel]
    method_definitions[i].ml_name = text(name)
    method_definitions[i].ml_meth = function
    method_definitions[i].ml_flags = METH_FASTCALL | METH_KEYWORDS
    method_definitions[i].ml_doc = text(f"{name}($self, /, *operands)\n--\n\n{METHODS[name].__doc__}")
    return PyDescr_NewMethod(<PyTypeObject*>Node, &method_definitions[i])


cdef dict fast_methods():
    """The methods of the hot unary rows, by all their names."""
    fast = {
        METHODS["abs"]: fast_method(0, ABS, <void*>method_abs),
        METHODS["exp"]: fast_method(1, EXP, <void*>method_exp),
        METHODS["log"]: fast_method(2, LOG, <void*>method_log),
        METHODS["sqrt"]: fast_method(3, SQRT, <void*>method_sqrt),
        METHODS["tanh"]: fast_method(4, TANH, <void*>method_tanh),
        METHODS["sigmoid"]: fast_method(5, SIGMOID, <void*>method_sigmoid),
        METHODS["relu"]: fast_method(6, RELU, <void*>method_relu),
    }
    return {name: fast[function] for name, function in METHODS.items() if function in fast}


# -- making the class ------------------------------------------------------------------------------------

cdef object construct(PyObject* kind, PyObject** args, size_t flags, PyObject* names):
    """Value(x) without the detour through __init__, which every other call takes."""
    cdef Py_ssize_t i, count = PyVectorcall_NARGS(flags)
    if count == 1 and names == NULL and kind == <PyObject*>value_type:
        return owned(new_leaf(as_double(<object>args[0], "data"), LEAF_ROW))
    given = tuple([<object>args[i] for i in range(count)])
    if names == NULL:
        return PyType_Type.tp_call(kind, given, NULL)
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)}
    return PyType_Type.tp_call(kind, given, <PyObject*>options)


cdef PyObject* (*new_of_subclass)(PyTypeObject*, PyObject*, PyObject*)


cdef PyObject* new_node(PyTypeObject* kind, PyObject* args, PyObject* options) noexcept:
    """A leaf for __init__ to fill."""
    if kind == value_type:
        return <PyObject*>new_leaf(0.0, LEAF_ROW)
    return new_of_subclass(kind, args, options)


cdef void free_place(void* place) noexcept:
    give_place(<Fields*>place)


cdef object make_class():
    """The class Value, its layout that of Node, and all that Node lacks as the reference has it."""
    global value_type, new_of_subclass
    cdef PyTypeObject* node_type = <PyTypeObject*>Node
    cdef Fields sample
    if node_type.tp_basicsize != sizeof(Fields):
        raise SystemError(f"a node has {node_type.tp_basicsize} bytes and its struct {sizeof(Fields)}")
    new_of_subclass = node_type.tp_new
    node_type.tp_new = new_node
    node_type.tp_dealloc = free_node
    node_type.tp_dictoffset = <char*>&sample.attributes - <char*>&sample
    PyType_Modified(node_type)
    dict_definition.name = "__dict__"
    dict_definition.get = <void*>PyObject_GenericGetDict
    dict_definition.set = <void*>PyObject_GenericSetDict
    fields = (type(Reference._data), type(Reference.__dict__["__dict__"]))
    namespace = {
        name: attribute
        for name, attribute in vars(Reference).items()
        if not isinstance(attribute, fields) and (name not in vars(Node) or name == "__doc__")
    }
    del namespace["__init_subclass__"]  # new_of_subclass() makes leaves as it is
    namespace.update(fast_methods())
    namespace["_children"] = property(Node._operands)
    namespace["_local_grads"] = property(Node._slopes)
    namespace.update(
        __module__=__name__,
        __slots__=(),
        __dict__=PyDescr_NewGetSet(node_type, &dict_definition),
    )
    kind = type("Value", (Node, Overloads), namespace)
    value_type = <PyTypeObject*>kind
    value_type.tp_flags &= ~Py_TPFLAGS_HAVE_GC  # which Python sets for every class made by a class statement
    value_type.tp_traverse = value_type.tp_clear = NULL
    value_type.tp_free = free_place
    value_type.tp_dealloc = free_node
    value_type.tp_vectorcall = <void*>construct
    # Python would come to these operators through a look-up by name
    value_type.tp_as_number.nb_add = node_type.tp_as_number.nb_add
    value_type.tp_as_number.nb_subtract = node_type.tp_as_number.nb_subtract
    value_type.tp_as_number.nb_multiply = node_type.tp_as_number.nb_multiply
    value_type.tp_as_number.nb_true_divide = node_type.tp_as_number.nb_true_divide
    value_type.tp_as_number.nb_power = node_type.tp_as_number.nb_power
    hold(<PyObject*>kind)  # C knows it from now on
    return kind
