# What is used of Python's C API and of the C headers beside this file. Pointers are bare where no reference may be
# counted.

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        Py_ssize_t tp_basicsize
        object (*tp_richcompare)(object, object, int)
        Py_hash_t (*tp_hash)(object) except -1
    ctypedef struct PyObject:
        pass
    ctypedef struct PyMethodDef:
        const char* ml_name
        void* ml_meth
        int ml_flags
        const char* ml_doc
    ctypedef struct PyGetSetDef:
        pass
    int METH_FASTCALL, METH_KEYWORDS
    PyTypeObject PyBaseObject_Type
    PyTypeObject* Py_TYPE(PyObject*)
    bint PyObject_TypeCheck(PyObject*, PyTypeObject*)
    void hold "Py_INCREF"(PyObject*)
    PyObject** PySequence_Fast_ITEMS(object)
    Py_ssize_t PySequence_Fast_GET_SIZE(object)
    bint PyFloat_CheckExact(PyObject*)
    double PyFloat_AS_DOUBLE(PyObject*)
    object PyObject_RichCompare(object, object, int)
    object PyDescr_NewMethod(PyTypeObject*, PyMethodDef*)
    object PyCFunction_NewEx(PyMethodDef*, PyObject*, object)
    object PyDescr_NewGetSet(PyTypeObject*, PyGetSetDef*)
    Py_ssize_t PySet_GET_SIZE(object)

cdef extern from *:
    """
    #define chainrule_owned(node) ((PyObject *)(node))
    """
    object owned "chainrule_owned"(Fields*)  # a node as an object, which takes over the reference

cdef extern from "c/rows.h":  # and kernels.h, which it includes
    ctypedef void (*Kernel "chainrule_kernel")(const double*, double*, double*) noexcept nogil
    ctypedef struct KernelRow "chainrule_row":
        int operands
        Kernel all, leading
    KernelRow* kernel_rows "chainrule_rows"
    int KERNELS "CHAINRULE_KERNELS"
    int ADD "KERNEL_add", SUB "KERNEL_sub", MUL "KERNEL_mul", NEG "KERNEL_neg", ABS "KERNEL_abs", POW "KERNEL_pow"
    int FAST_PATHS
    const char** fast_names
    enum: MOST_OPERANDS, CONSTANT_ROW, FROZEN_ROW
    ctypedef struct Row:
        PyObject* op
        Kernel kernel
        int sequence, power, arity, masks, fixed, baked_count
        double* baked
    Row* rows
    int row_count, lasting_rows
    PyObject* row_numbers
    int known_row(PyObject*) except? -1
    int new_row(PyObject*) except -1
    void hold_row(int) noexcept
    void drop_row(int) noexcept

cdef extern from "c/node.h":
    enum: WITHOUT_GRADIENTS
    ctypedef struct Fields:
        int row
        short form
        Fields* left
        double grad, data
    ctypedef struct Block:
        Py_ssize_t count
    size_t grown
    PyTypeObject* value_type
    Py_ssize_t without_gradients
    PyGetSetDef dict_definition
    Fields** block_operands(Block*) noexcept
    double* block_local_grads(Block*) noexcept
    Py_ssize_t operand_count(Fields*) noexcept
    Fields** operands_of(Fields*) noexcept
    double* local_grads_of(Fields*) noexcept
    Block* block_of(object) except NULL
    Block* block_held_by(object) except NULL
    size_t* on_leaves(Block*) noexcept
    Fields* new_leaf(double, int) noexcept  # this and what follows give NULL, and set MemoryError, without memory
    Fields* new_headed_leaf(double, int) noexcept
    Fields* result_1(double, int, Fields*, double) noexcept
    Fields* result_2(double, int, Fields*, Fields*, const double*) noexcept
    Fields* result_of_block(double, int, Block*) noexcept
    void drop_block(Block*) noexcept
    void fill_node(Fields*, double, double, int, Block*, int, int) noexcept
    Py_ssize_t places_in_use() noexcept

cdef extern from "c/sequences.h":
    PyObject* python_hypot
    bint compute(int, Py_ssize_t, double*, double*) noexcept
    enum: ALL_PARTIALS, LEADING_PARTIALS, CONSTANT_POWER
    bint compute_on_numbers(int, int, Py_ssize_t, double*, double*) noexcept

cdef extern from "c/results.h":
    PyObject* open_blocks
    PyTypeObject* float64_type
    int* sound_row_of_kernel
    int* usual_row_of_kernel
    bint power_is_sound
    void set_fast_paths(bint) noexcept
    bint is_value(PyObject*) noexcept
    int recording() except -1
    bint compared(double, double, int) noexcept
    object operator_add(PyObject*, PyObject*)
    object operator_sub(PyObject*, PyObject*)
    object operator_mul(PyObject*, PyObject*)
    object operator_div(PyObject*, PyObject*)
    object operator_mod(PyObject*, PyObject*)
    object operator_floor_divide(PyObject*, PyObject*)
    object operator_pow(PyObject*, PyObject*)
    object unary(int, PyObject*)
    PyObject* on_items(int, PyObject**, Py_ssize_t, PyObject**, Py_ssize_t) except? NULL

cdef extern from "c/node.h":
    ctypedef struct Keeper:
        PyObject* nodes
    void begin_keeping(Keeper*) noexcept
    void end_keeping(Keeper*) noexcept

cdef extern from "c/calls.h":
    PyObject** python_methods
    PyObject** python_functions
    void** row_methods
    void** row_functions
    PyMethodDef* method_definitions
    PyMethodDef* function_definitions

cdef extern from "c/class.h":
    PyObject* type_call
    size_t node_size(PyObject*) noexcept
    object operands_in_order(Fields*)
    void prepare_node_type(PyTypeObject*) noexcept
    void prepare_value_type(PyTypeObject*, PyTypeObject*) noexcept

cdef extern from "c/walks.h":
    ctypedef struct Nodes:
        Fields** items
        Py_ssize_t count
    void free_nodes(Nodes*) noexcept
    int walk_all(object, Nodes*) except -1
    object list_of(Nodes*)
    void fill_places(object, object, int64_t*) noexcept
    void fill_ids(object, int64_t*) noexcept
    ctypedef struct Made:
        Py_ssize_t count
        int32_t* row_of
        double* data
        int64_t* offsets
        int64_t* operands
    Py_ssize_t fill_made(object, Made*, Py_ssize_t, int*, Nodes*) except -1
    Py_ssize_t count_alike(object, Made*, int*, object, Py_ssize_t, Py_ssize_t) noexcept
    Py_ssize_t operands_among(object) noexcept

cdef extern from "c/numbering.h":
    Py_ssize_t fill_first_equal(Py_ssize_t, int64_t*, int64_t*, uint8_t*, int64_t*) except -2
    Py_ssize_t fill_levels(Py_ssize_t, int64_t*, int64_t*, int64_t*, int64_t*) except -2
    Py_ssize_t fill_reached(Py_ssize_t, int64_t*, int64_t*, uint8_t*) noexcept

cdef extern from "c/sweep.h":
    Fields* first_without_gradients(Fields*) except? NULL
    int sweep(Fields*, double) except -1
    bint all_leaves(Fields**, Py_ssize_t) noexcept
    int read_adjoints(Fields*, object, double*) except -1

cdef extern from "c/bulk.h":
    ctypedef struct AdamSettings:
        double beta1, beta2, correction1, correction2, lr, eps
    void adam(Py_ssize_t, AdamSettings, double*, double*, double*, double*, double*, double*) noexcept
    bint count_step(double*, Py_ssize_t, AdamSettings*) noexcept
    void decay_each(Py_ssize_t, double, bint, double, double*, double*) noexcept
    Py_ssize_t first_other(object) noexcept
    void scale_each(object, double*, double) noexcept
    void copy_each(object, double*, bint, bint) noexcept
    void spoil_nodes(object) noexcept
    bint are_trainable(object) noexcept
    Py_ssize_t leaves_among(object) noexcept
    bint same_list(object, object) noexcept
    int holds_objects(object, object, uint64_t*, bint) noexcept
    int are_as_made(object, object, object) except -1
    enum: FIELDS_OF_PLACES
    int all_same(PyObject**) except -1

cdef extern from "c/forms.h":
    ctypedef struct Sink:
        double* numbers
        double* end
        PyObject* values
        PyTypeObject* array_type
    int are_recognised(object, object, object, object, Sink*) except -1
