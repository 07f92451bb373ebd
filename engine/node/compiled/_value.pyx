# cython: language_level=3, binding=True, auto_pickle=False, cdivision=True
"""Value again, compiled: the node of value.py with its fields and its arithmetic in C.

``Node`` holds the fields and does what is called often. ``Value`` adds what is not: every method of the
reference that ``Node`` does not define is taken over from ``value.Value`` as it is, and its bases are bases here: so
every row of the operator table has its method. So a new row, or a new method that goes by ``_children``,
``_local_grads``, ``data`` and ``grad``, works here with nothing done.

What needs no Python stands in the headers of the folder ``c``, each to be read alone: the memory of nodes
(``slabs.h``, ``node.h``, ``freeing.h``), which of them the cycle collector knows (``collector.h``), the table of rows
(``rows.h``), results and calls on Values and plain numbers (``results.h``, ``calls.h``), fast paths over sequences
(``sequences.h``), walks and the sweep (``walks.h``, ``sweep.h``), loops over many nodes and comparisons (``bulk.h``,
``forms.h``). ``kernels.h`` is written from the rows.
The native executor, which runs lifted array programs, is here too (``programs/``, ``executor.h``, ``loops.h``).
"""

# First of all: a build from other sources must not run.
from engine.node.build_check import refuse_if_stale

cdef extern from *:
    """
    #ifndef CHAINRULE_SOURCES
    #define CHAINRULE_SOURCES ""
    #endif
    """
    const char* CHAINRULE_SOURCES

refuse_if_stale(__file__, CHAINRULE_SOURCES.decode())

cimport cython
from cpython.buffer cimport PyBUF_C_CONTIGUOUS, PyBUF_FORMAT, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.dict cimport PyDict_GetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport Py_EQ, Py_NE
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcmp, memcpy, memmove, memset

include "declarations.pxi"

import inspect
import math
import sys
from functools import partial
from operator import attrgetter

import numpy as np

from engine.autograd import grad_mode, observers
from engine.autograd import trace_mode as tracing
from engine.autograd.backward import observed_sweep, takes_no_gradient, without_local_grads
from engine.autograd.context_decorator import OPEN
from engine.floats.coerce import bare, check_values, check_vector, is_real, plain_list, to_float
from engine.node.compiled.agreement import agrees
from engine.node.leaks import notice, notice_update
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op
from engine.quoting import brief
from engine.ops import OPERATORS
from engine.ops.indexing import SAME, TAKE
from engine.ops.methods import METHODS, is_left_to
from engine.ops.ufuncs import elementwise
from engine.node.value import Value as Reference

__all__ = ["Value", "apply"]

float64_type = <PyTypeObject*>np.float64
open_blocks = <PyObject*>OPEN
MODES = grad_mode.MODES
own_modes = MODES._own
cdef object RECORDED = tracing.RECORDED
cdef object hypot = math.hypot
python_hypot = <PyObject*>hypot
cdef object calling = type.__call__
type_call = <PyObject*>calling
cdef bint observed = False  # whether somebody may observe operators

include "rows.pxi"
include "results.pxi"
include "bulk.pxi"
include "programs/tape.pxi"
include "programs/lanes.pxi"
include "programs/quick.pxi"


def _observe():
    """While there are observers, all results are made by result_of(), which calls them."""
    global observed
    set_fast_paths(False)
    observed = True


cdef void end_observation() noexcept:
    """Take the fast paths again when the last block is over: the first result after it asks."""
    global observed
    if PySet_GET_SIZE(observers.OBSERVED) == 0:
        observed = False
        set_fast_paths(True)


observers.Observing.openings.on_open(_observe)


cdef inline double as_double(object number, str role) except? -1.0:
    if PyFloat_CheckExact(<PyObject*>number):
        return PyFloat_AS_DOUBLE(<PyObject*>number)
    return to_float(number, role)


cdef int recording_in_block "recording_in_block"() except -1:
    """Whether operators of this thread record where some thread is in a block: as :meth:`engine.autograd.context_decorator.Openings.innermost` has it."""
    cdef list entered = own_modes.entered
    if entered:
        latch = entered[-1][0]()
        if latch is not None and latch.locked():
            if not entered[-1][1]:
                refuse_unrecorded()
            return entered[-1][1]
    if MODES.innermost(True):
        return True
    refuse_unrecorded()
    return False


cdef inline bint refuse_unrecorded() except -1:
    """Raise where a function that is traced would lose sight of a result."""
    if recorded():
        tracing.refuse_unrecorded()
    return True


cdef inline bint recorded() noexcept:
    """Whether numbers that are read and compared are to be reported, as some function is traced."""
    return PySet_GET_SIZE(RECORDED) != 0


own_grad = attrgetter("_grad")
SYMBOLS = ("<", "<=", "==", "!=", ">", ">=")  # in the order of Py_LT and its kin


cdef object reported(object node, object other, int op):
    """The outcome of a comparison while a function is traced."""
    number = (<Fields*><PyObject*>other).data if is_value(<PyObject*>other) else other
    if number is not other and (op == Py_EQ or op == Py_NE):
        found = PyBaseObject_Type.tp_richcompare(node, other, op)
    else:
        found = PyObject_RichCompare((<Fields*><PyObject*>node).data, number, op)
    return tracing.compared(node, other, SYMBOLS[op], found)


# -- the class ----------------------------------------------------------------------------------------

@cython.no_gc
@cython.c_api_binop_methods(True)
cdef class Node:
    """The fields of a Value, and what is called often. Use :class:`Value`."""

    # as in the struct Fields, for C to reach them without counting references
    cdef double _grad_
    cdef uint64_t _visit_
    cdef int _row_
    cdef short _form_
    cdef short _headed_
    cdef void* _left_
    cdef void* _right_
    cdef double _dleft_
    cdef double _dright_
    cdef double _data_
    cdef void* _attributes_
    cdef object __weakref__

    def _fill(self, double data, double grad, row, children=(), local=()):
        """Make this node what the constructor, a copy or a pickle says: see :meth:`engine.node.value.Value._fill`."""
        cdef tuple operands = tuple(children)
        cdef tuple local_grads = tuple(local)
        cdef Py_ssize_t i, count = len(operands)
        cdef Block* block
        check_row(row)
        for child in operands:
            if not is_value(<PyObject*>child):
                raise TypeError(f"operands must be Values of this class, got {brief(child)} of {type(child)}")
        if local_grads and len(local_grads) != count:
            raise ValueError(f"{count} operands need as many local gradients, got {len(local_grads)}")
        block = block_of(operands)
        try:
            for i in range(len(local_grads)):
                block_local_grads(block)[i] = local_grads[i]
            number = take_row(row)
        except:
            drop_block(block)
            raise
        fill_node(<Fields*>self, data, grad, number, block, bool(local_grads), row.closure)

    # -- what a node knows

    @property
    def data(self):
        """The number. May be set; results computed from it before keep their values."""
        if recorded():
            return tracing.seen(self, "data", float)
        return (<Fields*>self).data

    @data.setter
    def data(self, value):
        if recorded():
            tracing.refuse_while_tracing("setting .data", "set it outside")
        (<Fields*>self).data = as_double(value, "data")

    @data.deleter
    def data(self):
        raise AttributeError(f"property 'data' of {type(self).__qualname__!r} object has no deleter")

    @property
    def grad(self):
        """The gradient found by :meth:`backward`; 0.0 before. May be set; None, as in PyTorch, means 0.0."""
        if recorded():
            return tracing.seen(self, "grad", own_grad)
        return (<Fields*>self).grad

    @grad.setter
    def grad(self, value):
        if recorded():
            tracing.refuse_while_tracing("setting .grad", "set it outside")
        (<Fields*>self).grad = 0.0 if value is None else as_double(value, "grad")

    @grad.deleter
    def grad(self):
        raise AttributeError(f"property 'grad' of {type(self).__qualname__!r} object has no deleter")

    # the reference's own names, for its methods

    @property
    def _data(self):
        return (<Fields*>self).data

    @property
    def _grad(self):
        return (<Fields*>self).grad

    @property
    def _row(self):
        return <object>rows[(<Fields*>self).row].op

    @_row.setter
    def _row(self, row):
        cdef Fields* node = <Fields*>self
        cdef int number = take_row(row)
        if node.row >= lasting_rows:
            drop_row(node.row)
        node.row = number

    def _operands(self):
        return operands_in_order(<Fields*>self)

    def _local_gradients(self):
        cdef Fields* node = <Fields*>self
        if node.form == WITHOUT_GRADIENTS:
            return ()
        if recorded() and operand_count(node):
            tracing.seen(self, "local gradients", float)
        return tuple([local_grads_of(node)[i] for i in range(operand_count(node))])

    # -- gradients

    def _sweep(self, double gradient):
        cdef Fields* other
        if without_gradients:  # some graph has nodes without local gradients: perhaps this one, which then stays as it is
            other = first_without_gradients(<Fields*>self)
            if other != NULL:
                if not (<object>rows[other.row].op).closure:
                    raise without_local_grads(<object><PyObject*>other)
                observed_sweep(self, gradient)
                return
        if not sweep(<Fields*>self, gradient):
            raise takes_no_gradient(self)

    def _topological_order(self, *others):
        cdef Nodes order
        walk_all(values_in((self, *others)), &order)
        try:
            return list_of(&order)
        finally:
            free_nodes(&order)

    def detach(self):
        if recorded() and tracing.is_tracing():  # then the program must know whose number it is
            return self._apply(OPERATORS["stop_gradient"], (self,))
        return owned(new_headed_leaf((<Fields*>self).data, FROZEN_ROW))

    # -- operators

    def _apply(self, row, operands):
        return apply(row, operands)

    def __add__(a, b):
        return operator_add(<PyObject*>a, <PyObject*>b)

    def __sub__(a, b):
        return operator_sub(<PyObject*>a, <PyObject*>b)

    def __isub__(self, other):
        if PySet_GET_SIZE(<object>open_blocks):
            notice_update(self, sys._getframe())
        return operator_sub(<PyObject*>self, <PyObject*>other)

    def __mul__(a, b):
        return operator_mul(<PyObject*>a, <PyObject*>b)

    def __truediv__(a, b):
        return operator_div(<PyObject*>a, <PyObject*>b)

    def __mod__(a, b):
        return operator_mod(<PyObject*>a, <PyObject*>b)

    def __floordiv__(a, b):
        return operator_floor_divide(<PyObject*>a, <PyObject*>b)

    def __pow__(a, b, modulus):
        if modulus is None:
            return operator_pow(<PyObject*>a, <PyObject*>b)
        if not is_value(<PyObject*>a):
            return NotImplemented
        raise TypeError("Value.__pow__() takes 2 positional arguments but 3 were given")

    def __neg__(self):
        return unary(NEG, <PyObject*>self)

    def __abs__(self):
        return unary(ABS, <PyObject*>self)

    # -- as a number

    def __richcmp__(self, other, int op):
        cdef double number
        cdef double own = (<Fields*>self).data
        if recorded() and (is_value(<PyObject*>other) or is_real(other)):
            return reported(self, other, op)
        if is_value(<PyObject*>other):
            if op == Py_EQ or op == Py_NE:  # whether they are the same node
                return PyBaseObject_Type.tp_richcompare(self, other, op)
            number = (<Fields*>other).data
        elif PyFloat_CheckExact(<PyObject*>other):
            number = PyFloat_AS_DOUBLE(<PyObject*>other)
        elif is_real(other):
            found = PyObject_RichCompare(own, other, op)
            return bool(found) if op == Py_EQ or op == Py_NE else found
        else:
            return NotImplemented
        return bool(compared(own, number, op))

    def __hash__(self):
        if recorded():
            tracing.refuse_as_key(self, sys._getframe())
        return PyBaseObject_Type.tp_hash(self)

    def __bool__(self):
        if recorded():
            return tracing.seen(self, "bool", bool)
        return (<Fields*>self).data != 0.0

    def __float__(self):
        notice(self, sys._getframe())  # C has no frames: it is the caller's
        if recorded():
            return tracing.seen(self, "float", float)
        return (<Fields*>self).data

    def __sizeof__(self):
        return node_size(<PyObject*>self)


include "class.pxi"
include "programs/instructions.pxi"
include "programs/executor.pxi"
include "programs/arrays.pxi"

enter_table()
Value = make_class()


def fast_rows():
    """The names of the rows that have a fast path here which gives the table's results."""
    return {name for name, kernel in kernel_numbers.items() if sound_row_of_kernel[kernel] >= 0}


def nodes_in_use():
    """How many nodes of the class Value there are, in all graphs together."""
    return places_in_use()
