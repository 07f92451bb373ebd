# The class Value, made of Node, of Overloads and of the reference.

# -- methods and functions of the rows -----------------------------------------------------------------

cdef PyMethodDef* definitions = NULL  # of the methods, then of the functions
cdef list texts = []  # of which the definitions hold only addresses
cdef dict in_python = {}  # the functions that take what those here do not


cdef object apply_method(int kernel, PyObject* self, PyObject** args, Py_ssize_t count):
    return apply_row(row_of_name(kernel), (<object>self, *[<object>args[i] for i in range(count)]))


cdef object called(object function, PyObject** args, Py_ssize_t count, PyObject* names):
    """A call of a Python function with the arguments of a vectorcall."""
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)} if names != NULL else {}
    return function(*[<object>args[i] for i in range(count)], **options)


cdef object method(int kernel, PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    # which calls the _apply of a subclass, or tells what is wrong
    return called(partial(METHODS[name_of(kernel)], <object>self), args, count, names)


cdef object function(int kernel, PyObject** args, Py_ssize_t count, PyObject* names):
    return called(in_python[kernel], args, count, names)


general.apply = apply_method
general.method = method
general.function = function


cdef const char* text(str words):
    texts.append(words.encode())
    return <bytes>texts[-1]


cdef void define(PyMethodDef* definition, str name, void* called, str signature, str doc):
    definition.ml_name = text(name)
    definition.ml_meth = called
    definition.ml_flags = METH_FASTCALL | METH_KEYWORDS
    definition.ml_doc = text(f"{name}{signature}\n--\n\n{doc}")


cdef dict fast_methods():
    """The methods of the rows with a kernel, as descriptors of the class Node, by all their names."""
    global definitions
    cdef int kernel
    definitions = <PyMethodDef*>PyMem_Malloc(2 * KERNELS * sizeof(PyMethodDef))  # kept as long as the module
    if definitions == NULL:
        raise MemoryError()
    fast = {}
    for name, kernel in kernel_numbers.items():
        if name not in METHODS:
            continue
        rest = ", ".join(str(each) for each in list(OPERATORS[name].signature.parameters.values())[1:])
        signature = f"($self, /{', ' if rest else ''}{rest})"
        define(&definitions[kernel], name, row_methods[kernel], signature, METHODS[name].__doc__)
        fast[METHODS[name]] = PyDescr_NewMethod(<PyTypeObject*>Node, &definitions[kernel])
    return {name: fast[function] for name, function in METHODS.items() if function in fast}


def functions(table):
    """The functions of the rows, those with a kernel called without a detour through Python."""
    cdef int kernel
    found = dict(table)
    for name, kernel in kernel_numbers.items():
        in_python[kernel] = table[name]
        signature = str(OPERATORS[name].signature)
        define(&definitions[KERNELS + kernel], name, row_functions[kernel], signature, table[name].__doc__)
        found[name] = PyCFunction_NewEx(&definitions[KERNELS + kernel], NULL, "engine")
    return found


# -- making the class ------------------------------------------------------------------------------------

cdef object construct(PyObject* kind, PyObject** args, size_t flags, PyObject* names):
    """Value(x) without the detour through __init__, which every other call takes."""
    cdef Py_ssize_t i, count = PyVectorcall_NARGS(flags)
    if count == 1 and names == NULL and kind == <PyObject*>value_type:
        return owned(new_headed_leaf(as_double(<object>args[0], "data"), LEAF_ROW))
    given = tuple([<object>args[i] for i in range(count)])
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)} if names != NULL else {}
    return PyType_Type.tp_call(kind, given, <PyObject*>options)


cdef PyObject* (*new_of_subclass)(PyTypeObject*, PyObject*, PyObject*)


cdef PyObject* new_node(PyTypeObject* kind, PyObject* args, PyObject* options) noexcept:
    """A leaf for __init__ to fill."""
    if kind == value_type:
        return <PyObject*>new_headed_leaf(0.0, LEAF_ROW)
    if not PyType_IsSubtype(kind, value_type):
        PyErr_SetString(PyExc_TypeError, b"Node is only what Value is made of: use Value")
        return NULL
    return new_of_subclass(kind, args, options)


cdef object make_class():
    """The class Value, its layout that of Node, and all that Node lacks as the reference has it."""
    global value_type, new_of_subclass
    cdef PyTypeObject* node_type = <PyTypeObject*>Node
    cdef Fields sample
    if node_type.tp_basicsize != sizeof(Fields):
        raise SystemError(f"a node has {node_type.tp_basicsize} bytes and its struct {sizeof(Fields)}")
    new_of_subclass = node_type.tp_new
    node_type.tp_new = new_node
    node_type.tp_vectorcall = NULL  # where Cython has one, it goes another way
    node_type.tp_dealloc = free_node
    node_type.tp_dictoffset = <char*>&sample.attributes - <char*>&sample
    PyType_Modified(node_type)
    fields = (type(Reference._data), type(Reference.__dict__["__dict__"]))
    namespace = {
        name: attribute
        for name, attribute in vars(Reference).items()
        if not isinstance(attribute, fields) and (name not in vars(Node) or name == "__doc__")
    }
    del namespace["__init_subclass__"]  # new_of_subclass() makes leaves as it is
    namespace.update(fast_methods())
    namespace["_children"] = property(Node._operands)
    namespace["_local_grads"] = property(Node._local_gradients)
    namespace.update(
        __module__=__name__,
        __slots__=(),
        __dict__=PyDescr_NewGetSet(node_type, &dict_definition),
    )
    kind = type("Value", (Node, Overloads), namespace)
    value_type = <PyTypeObject*>kind
    if HEADER:
        value_type.tp_flags |= Py_TPFLAGS_HAVE_GC
        value_type.tp_traverse = <void*>traverse_node
        value_type.tp_clear = let_go_of_all
        value_type.tp_is_gc = is_collected
    else:
        value_type.tp_flags &= ~Py_TPFLAGS_HAVE_GC  # which Python sets for every class made by a class statement
        value_type.tp_traverse = NULL
        value_type.tp_clear = NULL
    value_type.tp_setattro = set_attribute
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
