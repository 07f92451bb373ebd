# The class Value, made of Node, of the bases of the reference and of what else the reference has.

# -- methods and functions of the rows -----------------------------------------------------------------

cdef list texts = []  # of which the definitions hold only addresses

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
    cdef int kernel
    fast = {}
    for name, kernel in kernel_numbers.items():
        if name not in METHODS:
            continue
        rest = ", ".join(str(each) for each in list(OPERATORS[name].signature.parameters.values())[1:])
        signature = f"($self, /{', ' if rest else ''}{rest})"
        python_methods[kernel] = <PyObject*>METHODS[name]
        define(&method_definitions[kernel], name, row_methods[kernel], signature, METHODS[name].__doc__)
        fast[METHODS[name]] = PyDescr_NewMethod(<PyTypeObject*>Node, &method_definitions[kernel])
    return {name: fast[function] for name, function in METHODS.items() if function in fast}


def functions(table):
    """The functions of the rows, those with a kernel called without a detour through Python."""
    cdef int kernel
    found = dict(table)
    for name, kernel in kernel_numbers.items():
        hold(<PyObject*>table[name])
        python_functions[kernel] = <PyObject*>table[name]
        signature = getattr(table[name], "__signature__", None)
        if signature is None:  # of a function with annotations, which are left out
            given = inspect.signature(table[name])
            parameters = [each.replace(annotation=each.empty) for each in given.parameters.values()]
            signature = given.replace(parameters=parameters, return_annotation=given.empty)
        define(&function_definitions[kernel], name, row_functions[kernel], str(signature), table[name].__doc__)
        found[name] = PyCFunction_NewEx(&function_definitions[kernel], NULL, "engine")
    return found


# -- making the class ------------------------------------------------------------------------------------

cdef object make_class():
    """The class Value, its layout that of Node, and all that Node lacks as the reference has it."""
    cdef PyTypeObject* node_type = <PyTypeObject*>Node
    if node_type.tp_basicsize != sizeof(Fields):
        raise SystemError(f"a node has {node_type.tp_basicsize} bytes and its struct {sizeof(Fields)}")
    prepare_node_type(node_type)
    fields = (type(Reference._data), type(Reference.__dict__["__dict__"]))
    namespace = {
        name: attribute
        for name, attribute in vars(Reference).items()
        if not isinstance(attribute, fields) and (name not in vars(Node) or name == "__doc__")
    }
    Node.detach.__doc__ = Reference.detach.__doc__
    del namespace["__init_subclass__"]  # new_node() makes leaves as it is
    namespace.update(fast_methods())
    namespace["_children"] = property(Node._operands)
    namespace["_local_grads"] = property(Node._local_gradients)
    namespace.update(
        __module__=__name__,
        __slots__=(),
        __dict__=PyDescr_NewGetSet(node_type, &dict_definition),
    )
    kind = type("Value", (Node, *Reference.__bases__), namespace)
    prepare_value_type(<PyTypeObject*>kind, node_type)
    return kind
