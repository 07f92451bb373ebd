"""The methods of a Value that find gradients, change them on their way, and clear them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from operator import methodcaller
from typing import Any, Self

from engine.autograd import closures, hooks, observers
from engine.autograd import trace_mode as tracing
from engine.autograd.backward import (
    leads_to_gradient,
    observed_sweep,
    propagate,
    sweep,
    takes_no_gradient,
    topological_order,
)
from engine.autograd.context_decorator import OPEN
from engine.autograd.observers import OBSERVED
from engine.autograd.trace_mode import RECORDED, refuse_while_tracing
from engine.errors import GraphError
from engine.floats.coerce import to_float
from engine.node.leaks import notice_update
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op
from engine.quoting import brief

__all__ = ["WithGradient"]

_SWEEPING = threading.RLock()
"""Two sweeps that meet in a leaf both add to its grad: one at a time, as the compiled node's are."""


class WithGradient:
    """What a Value does with its gradient."""

    __slots__ = ()

    data: float
    grad: float
    _children: Any
    _row: Op

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are wanted here: of a leaf, as set; else whether any leaf below has it.

        False for the constants of an expression, though their ``grad`` can be looked at.
        """
        if RECORDED:
            return tracing.seen(self, "requires_grad", _wants_gradient)  # type: ignore[no-any-return]
        return self._wants_gradient()

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if self._children:
            raise GraphError("requires_grad can be set on leaves only; .detach() cuts a result off its graph")
        self._row = LEAF if flag else FROZEN  # type: ignore[misc]  # a slot of Value

    def _wants_gradient(self) -> bool:
        if not self._children:  # asked of every parameter at every step of an optimiser
            return self._row is not CONSTANT and self._row is not FROZEN
        return leads_to_gradient(self)

    def __isub__(self, other: Any) -> Any:
        if OPEN:
            notice_update(self, sys._getframe(1))
        return self.__sub__(other)  # type: ignore[operator]

    def backward(
        self,
        gradient: float | None = None,
        *,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Compute the derivative of this node with respect to every node it was made of.

        Leaves *add* it to their ``grad`` (as in PyTorch: call ``zero_grad`` between steps); all other
        nodes have their ``grad`` set to that of this call. Local gradients are those of the moment
        the nodes were computed. A masked way contributes nothing, and a computed zero that meets
        infinity is nan: see :mod:`engine.autograd.masking`.

        Args:
            gradient: the derivative to start from; None: 1.0, unless this is part of something larger.
            retain_graph: changes nothing, for those who know it from PyTorch: a graph lives with its root.
            create_graph: refused: a ``grad`` is a float, which cannot be differentiated.
                :func:`engine.gradients` gives gradients that can.
            inputs: refused: all leaves get their gradients. :func:`engine.gradients` gives those of some.

        Raises:
            GraphError: this node takes no gradient, as it was made under ``no_grad()``, by ``detach()``, or
                of nothing but leaves with ``requires_grad = False``; a node below was built by hand without
                local gradients; or ``create_graph`` or ``inputs`` is given.
            TraceError: this is inside a function under ``engine.jit``.

        >>> from engine import Value
        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x.grad
        6.0
        """
        if create_graph:
            raise GraphError(
                "backward(create_graph=True): .grad is a float and cannot be differentiated; take "
                "engine.gradients(root, [x, ...], create_graph=True), which returns gradients as Values, "
                "or engine.grad of a function"
            )
        if inputs is not None:
            raise GraphError(
                "backward(inputs=...): all leaves get their gradients; take engine.gradients(root, [x, ...]) "
                "for those of some, or set requires_grad = False where none is wanted"
            )
        if self._row is FROZEN:
            raise takes_no_gradient(self)
        refuse_while_tracing("backward()", "call it on what the function returns")
        self._send_back(1.0 if gradient is None else to_float(gradient, "gradient"))

    @property
    def _backward(self) -> Callable[[], None]:
        return self.__dict__["_backward"] if self._row.closure else lambda: propagate(self)

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        closures.assign(self, function)

    def _send_back(self, start: float) -> None:
        if (hooks.ATTENTION or OBSERVED) and (hooks.HOOKS or observers.current_observers()):
            observed_sweep(self, start)
        else:
            self._sweep(start)

    def _sweep(self, gradient: float) -> None:
        with _SWEEPING:
            sweep(self, gradient)

    def register_hook(self, function: Callable[[float], float | None]) -> hooks.HookHandle:
        """Call a function with this node's gradient whenever one passes in a backward sweep.

        The gradient it is given is complete: the sum over all users of the node, in this sweep. If it returns
        a number, that takes the place of the gradient: in ``grad``, for the hooks registered after it, and
        for everything the node was made of. As in PyTorch, whose ``retain_grad`` is always on here.

        ``engine.grad`` and ``engine.gradients`` run hooks too, with a Value for the gradient where it is to
        be differentiated again; forward mode, ``hvp`` and ``hessian``, which sweep otherwise, do not. While
        there is any hook in the process, sweeps run at the speed of Python. A hook that refers to its own
        node keeps it alive until it is removed.

        Args:
            function: takes the gradient, a float; returns None, or a number.

        Returns:
            A handle: ``handle.remove()`` takes the hook away, and so does the end of ``with handle:``.

        Raises:
            TypeError: the function cannot be called; or, in the sweep, it returned something else.
            GraphError: this node takes no gradient.
            TraceError: this is inside a function under ``engine.jit``, whose steps are not nodes.

        >>> from engine import Value
        >>> x = Value(2.0)
        >>> y = x * x
        >>> handle = y.register_hook(lambda gradient: gradient / 2)
        >>> (y * 3).backward()
        >>> y.grad, x.grad
        (1.5, 6.0)
        """
        if self._row is FROZEN:
            raise GraphError(f"{brief(self)} takes no gradient, so a hook would never be called")
        refuse_while_tracing("register_hook()", "call it on what goes in and what comes out")
        return hooks.register(self, function)

    def zero_grad(self) -> None:
        """Set the gradient of this node and of every node it was made of to zero."""
        refuse_while_tracing("zero_grad()", "call it outside")
        for node in self._topological_order():
            node.grad = 0.0  # type: ignore[misc]  # a slot of Value

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set ``requires_grad``, as PyTorch calls it; returns the node.

        >>> from engine import Value
        >>> Value(2.0).requires_grad_(False).requires_grad
        False
        """
        self.requires_grad = requires_grad
        return self

    def retain_grad(self) -> None:
        """Does nothing: every node keeps its gradient. For code written for PyTorch."""

    @property
    def is_leaf(self) -> bool:
        """Whether no operator made it, as PyTorch calls it."""
        return not self._children

    def item(self) -> float:
        """The number, as PyTorch and NumPy call it: the same as ``data``."""
        return self.data

    def _topological_order(self, *others: Self) -> list[Self]:
        return topological_order(self, *others)


_wants_gradient = methodcaller("_wants_gradient")
