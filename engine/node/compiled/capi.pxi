# What is used of Python's C API, declared as it is needed here: with bare pointers where no reference may be counted.

cdef extern from "Python.h":
    ctypedef struct PyNumberMethods:
        void* nb_add
        void* nb_subtract
        void* nb_multiply
        void* nb_true_divide
        void* nb_power
    ctypedef struct PyTypeObject:
        PyNumberMethods* tp_as_number
        Py_ssize_t tp_basicsize
        Py_ssize_t tp_dictoffset
        unsigned long tp_flags
        void (*tp_dealloc)(PyObject*)
        void (*tp_free)(void*)
        object (*tp_richcompare)(object, object, int)
        Py_hash_t (*tp_hash)(object) except -1
        object (*tp_call)(PyObject*, object, PyObject*)
        PyObject* (*tp_new)(PyTypeObject*, PyObject*, PyObject*)
        int (*tp_traverse)(PyObject*, int (*)(PyObject*, void*), void*)
        int (*tp_clear)(PyObject*)
        int (*tp_is_gc)(PyObject*)
        int (*tp_setattro)(object, object, PyObject*) except -1
        void* tp_vectorcall
    ctypedef struct PyObject:
        pass
    ctypedef struct PyMethodDef:
        const char* ml_name
        void* ml_meth
        int ml_flags
        const char* ml_doc
    ctypedef struct PyGetSetDef:
        const char* name
        void* get
        void* set
        const char* doc
        void* closure
    unsigned long Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_HAVE_GC
    int METH_FASTCALL, METH_KEYWORDS
    PyTypeObject PyBaseObject_Type, PyType_Type, PyFloat_Type, PyLong_Type, PyBool_Type, PyUnicode_Type
    PyTypeObject* Py_TYPE(PyObject*)
    Py_ssize_t Py_REFCNT(PyObject*)
    bint PyObject_TypeCheck(PyObject*, PyTypeObject*)
    ctypedef struct PyObjectArenaAllocator:
        void* ctx
        void* (*alloc)(void*, size_t)
        void (*free)(void*, void*, size_t)
    void PyObject_GetArenaAllocator(PyObjectArenaAllocator*)
    void* PyObject_Malloc(size_t)
    void PyObject_Free(void*)
    void PyObject_ClearWeakRefs(PyObject*)
    object PyObject_GenericGetDict(object, void*)
    int PyObject_GenericSetDict(object, object, void*) except -1
    int PyObject_GenericSetAttr(object, object, PyObject*) except -1
    void PyObject_GC_Track(void*)
    void PyObject_GC_UnTrack(void*)
    bint PyObject_GC_IsTracked(PyObject*)
    void hold "Py_INCREF"(PyObject*)
    void drop "Py_DECREF"(PyObject*)
    PyObject** PySequence_Fast_ITEMS(object)
    bint PyDict_Next(object, Py_ssize_t*, PyObject**, PyObject**)
    PyObject* PyErr_Occurred()
    void PyErr_Clear()
    void PyErr_NoMemory()
    void PyErr_SetString(PyObject*, const char*)
    PyObject* PyExc_TypeError
    bint PyType_IsSubtype(PyTypeObject*, PyTypeObject*)
    void PyType_Modified(PyTypeObject*)
    bint PyFloat_CheckExact(PyObject*)
    bint PyLong_CheckExact(PyObject*)
    double PyFloat_AS_DOUBLE(PyObject*)
    double PyLong_AsDouble(PyObject*)
    void PyList_SET_ITEM(object, Py_ssize_t, PyObject*)  # these two take over the reference
    void PyTuple_SET_ITEM(object, Py_ssize_t, PyObject*)
    object PyTuple_New(Py_ssize_t)
    object PyObject_RichCompare(object, object, int)
    object PyDescr_NewMethod(PyTypeObject*, PyMethodDef*)
    object PyCFunction_NewEx(PyMethodDef*, PyObject*, object)
    object PyDescr_NewGetSet(PyTypeObject*, PyGetSetDef*)
    unsigned long PyThread_get_thread_ident()
    Py_ssize_t PyVectorcall_NARGS(size_t)
    Py_ssize_t PySet_GET_SIZE(object)

cdef extern from *:
    """
    #define chainrule_owned(node) ((PyObject *)(node))

    /* The bytes in front of an object that the cycle collector may know, zero while it does not. 0: where this is
       not how it is done, and nodes of the class Value stay unknown to it. */
    #if defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030f0000
    #define CHAINRULE_HEADER 0
    #else
    #define CHAINRULE_HEADER (2 * sizeof(void *))
    #endif

    /* PyObject_Init, without its calls where it does no more than this */
    static inline void chainrule_start(PyObject *node, PyTypeObject *kind) {
    #if defined(Py_TRACE_REFS) || defined(Py_REF_DEBUG) || defined(Py_GIL_DISABLED) || PY_VERSION_HEX >= 0x030f0000
        PyObject_Init(node, kind);
    #else
        Py_SET_TYPE(node, kind);
        Py_INCREF(kind);
        Py_SET_REFCNT(node, 1);
    #endif
    }
    """
    object owned "chainrule_owned"(Fields*)  # a node as an object, which takes over the reference
    void start "chainrule_start"(PyObject*, PyTypeObject*)
    const size_t HEADER "CHAINRULE_HEADER"
