# The class Value, made of Node, of Overloads and of the reference.

# -- methods and functions of the rows -----------------------------------------------------------------

cdef extern from *:
    """
    static PyObject *(*chainrule_method)(int, PyObject *, PyObject **, Py_ssize_t, PyObject *);
    static PyObject *(*chainrule_function)(int, PyObject **, Py_ssize_t, PyObject *);
    #define CHAINRULE_CALLS(name) \\
        static PyObject *method_##name(PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names) \\
        { return chainrule_method(KERNEL_##name, self, args, count, names); } \\
        static PyObject *function_##name(PyObject *module, PyObject **args, Py_ssize_t count, PyObject *names) \\
        { (void)module; return chainrule_function(KERNEL_##name, args, count, names); }
    CHAINRULE_ROWS(CHAINRULE_CALLS)
    #define CHAINRULE_METHOD(name) (void *)method_##name,
    #define CHAINRULE_FUNCTION(name) (void *)function_##name,
    static void *chainrule_methods[] = { CHAINRULE_ROWS(CHAINRULE_METHOD) };
    static void *chainrule_functions[] = { CHAINRULE_ROWS(CHAINRULE_FUNCTION) };
    """
    object (*chainrule_method)(int, PyObject*, PyObject**, Py_ssize_t, PyObject*)
    object (*chainrule_function)(int, PyObject**, Py_ssize_t, PyObject*)
    void** chainrule_methods
    void** chainrule_functions

cdef PyMethodDef* definitions = NULL  # of the methods, then of the functions
cdef list texts = []  # of which the definitions hold only addresses
cdef dict in_python = {}  # the functions that take what those here do not


cdef object method(int kernel, PyObject* self, PyObject** args, Py_ssize_t count, PyObject* names):
    cdef double[MOST_OPERANDS] x
    cdef double y, local_grad
    cdef Py_ssize_t i
    cdef int usual
    if names == NULL and Py_TYPE(self) == value_type:
        if kernel_rows[kernel].operands == 1 and count == 0:
            return unary(kernel, self)
        usual = usual_row_of_kernel[kernel]
        if count == 0 and usual >= 0 and row_of_kernel[kernel] >= 0 and rows[usual].arity == 1:
            x[0] = (<Fields*>self).data
            for i in range(rows[usual].baked_count):
                x[1 + i] = rows[usual].baked[i]
            rows[usual].kernel(x, &y, &local_grad)
            if not recording():
                return owned(new_leaf(y, FROZEN_ROW))
            return owned(result_1(y, usual, <Fields*>self, local_grad))
        if count + 1 == kernel_rows[kernel].operands:
            if kernel_rows[kernel].fixed == 0 and count == 1:
                return binary(kernel, kernel_rows[kernel].all, self, args[0])
            if kernel_rows[kernel].fixed == count:
                for i in range(count):
                    if not constant(args[i], &x[i]):
                        break
                else:
                    return with_numbers(kernel, self, <int>count, x)
            return apply_row(row_of_name(kernel), (<object>self, *[<object>args[i] for i in range(count)]))
    # which calls the _apply of a subclass, or tells what is wrong
    function = METHODS[(<bytes>kernel_rows[kernel].name).decode()]
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)} if names != NULL else {}
    return function(<object>self, *[<object>args[i] for i in range(count)], **options)


cdef object function(int kernel, PyObject** args, Py_ssize_t count, PyObject* names):
    cdef Py_ssize_t i
    if names == NULL and count and Py_TYPE(args[0]) == value_type:
        if kernel_rows[kernel].usual <= count <= kernel_rows[kernel].operands:
            return method(kernel, args[0], args + 1, count - 1, NULL)
    if names == NULL and count == 2 and kernel_rows[kernel].operands == 2 and Py_TYPE(args[1]) == value_type:
        return binary(kernel, kernel_rows[kernel].all, args[0], args[1])
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)} if names != NULL else {}
    return in_python[kernel](*[<object>args[i] for i in range(count)], **options)


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
    global definitions, chainrule_method, chainrule_function
    cdef int kernel
    chainrule_method = method
    chainrule_function = function
    definitions = <PyMethodDef*>PyMem_Malloc(2 * KERNELS * sizeof(PyMethodDef))  # kept as long as the module
    if definitions == NULL:
        raise MemoryError()
    fast = {}
    for name, kernel in kernel_numbers.items():
        if name not in METHODS:
            continue
        rest = ", ".join(str(each) for each in list(OPERATORS[name].signature.parameters.values())[1:])
        signature = f"($self, /{', ' if rest else ''}{rest})"
        define(&definitions[kernel], name, chainrule_methods[kernel], signature, METHODS[name].__doc__)
        fast[METHODS[name]] = PyDescr_NewMethod(<PyTypeObject*>Node, &definitions[kernel])
    return {name: fast[function] for name, function in METHODS.items() if function in fast}


def functions(table):
    """The functions of the rows, those with a kernel called without a detour through Python."""
    cdef int kernel
    found = dict(table)
    for name, kernel in kernel_numbers.items():
        in_python[kernel] = table[name]
        signature = str(OPERATORS[name].signature)
        define(&definitions[KERNELS + kernel], name, chainrule_functions[kernel], signature, table[name].__doc__)
        found[name] = PyCFunction_NewEx(&definitions[KERNELS + kernel], NULL, "engine")
    return found


# -- making the class ------------------------------------------------------------------------------------

cdef object construct(PyObject* kind, PyObject** args, size_t flags, PyObject* names):
    """Value(x) without the detour through __init__, which every other call takes."""
    cdef Py_ssize_t i, count = PyVectorcall_NARGS(flags)
    if count == 1 and names == NULL and kind == <PyObject*>value_type:
        return owned(new_headed_leaf(as_double(<object>args[0], "data"), LEAF_ROW))
    given = tuple([<object>args[i] for i in range(count)])
    if names == NULL:
        return PyType_Type.tp_call(kind, given, NULL)
    options = {name: <object>args[count + i] for i, name in enumerate(<object>names)}
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
