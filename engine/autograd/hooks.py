"""Hooks: functions that see the gradient of a node as it passes, and may change it.

They are kept beside the nodes, not in them: copies and pickles of a node have none of its hooks, and a node
without hooks is no larger for them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary, ref

from engine.floats.coerce import to_float
from engine.quoting import typed

__all__ = ["ATTENTION", "HOOKS", "HookHandle", "register", "through"]

Node = Any
"""A Value: this file stands below value.py."""

Hook = Callable[[float], "float | None"]

HOOKS: WeakKeyDictionary[Node, dict[int, Hook]] = WeakKeyDictionary()
"""The hooks of each node that has any, in the order in which they were registered."""

ATTENTION: set[object] = set()
"""Empty while there is no hook in the process: then sweeps take the quick way."""

_numbers = count()


class HookHandle:
    """Removes a hook again; as a context manager, at the end of the block.

    >>> from engine import Value
    >>> x = Value(3.0)
    >>> with x.register_hook(lambda gradient: -gradient):
    ...     (x * x).backward()
    >>> x.grad
    -6.0
    >>> (x * x).backward()
    >>> x.grad
    0.0
    """

    def __init__(self, node: Node, number: int) -> None:
        self._node = ref(node)
        self._number = number

    def remove(self) -> None:
        """Remove the hook; does nothing if it is removed already."""
        node = self._node()
        own = HOOKS.get(node) if node is not None else None
        if own is not None and own.pop(self._number, None) is not None and not own:
            del HOOKS[node]
            ATTENTION.discard(ref(node))

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()


def register(node: Node, function: Hook) -> HookHandle:
    """Call a function with the node's gradient: see :meth:`engine.Value.register_hook`.

    >>> from engine import Value
    >>> register(Value(1.0), 2.0)
    Traceback (most recent call last):
    TypeError: a hook must be a function of the gradient, got 2.0 of type float
    """
    if not callable(function):
        raise TypeError(f"a hook must be a function of the gradient, got {typed(function)}")
    number = next(_numbers)
    HOOKS.setdefault(node, {})[number] = function
    ATTENTION.add(ref(node, ATTENTION.discard))
    return HookHandle(node, number)


def through(node: Node, gradient: Any) -> Any:
    """The gradient after all hooks of a node, each called with what the one before returned.

    Args:
        node: the node.
        gradient: a float; or a Value, where the gradient is a graph.

    Raises:
        TypeError: a hook returned something else than None and a number.
    """
    as_graph = hasattr(type(gradient), "_apply")
    for function in tuple(HOOKS.get(node, {}).values()):
        changed = function(gradient)
        if as_graph and hasattr(type(changed), "_apply"):
            gradient = changed
        elif changed is not None:
            name = getattr(function, "__name__", repr(function))
            gradient = to_float(changed, f"what the hook {name} returns, if not None,")
    return gradient
