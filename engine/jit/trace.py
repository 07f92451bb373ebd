"""Stage one: the trace. The function runs once on Values; what it computed is read off the graph it left.

A graph that depends on the numbers would be frozen as it is for these. So the function runs again on other
numbers, in its arguments and in the Values it captured, and the graphs must be the same: operator by
operator, operand by operand, constant by constant. What is captured is told by identity: a node that stands
in both graphs was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.differentiating import differentiating
from engine.errors import TraceError
from engine.grad_mode import enable_grad
from engine.jit.graph import Trace
from engine.jit.others import Change, changes_for, dealt_anew
from engine.jit.sameness import refuse_differences
from engine.jit.tree import Tree
from engine.node import Value
from engine.tracing import tracing

__all__ = ["trace"]


def trace(
    f: Callable[..., Any],
    arguments: Tree,
    numbers: np.ndarray[Any, Any],
    wanted: Sequence[bool],
    batched: bool,
) -> Trace:
    """Run f on Values in place of the numbers of its arguments, and on others to see that nothing changes.

    Args:
        f: the function.
        arguments: how its arguments are nested.
        numbers: the numbers in them.
        wanted: of each whether it takes a gradient.
        batched: whether f computes one sample of many.

    Raises:
        TraceError: its graph depends on the numbers.
    """
    first = _run(f, arguments, numbers, batched)
    others = changes_for(len(first.nodes))
    rng = np.random.default_rng(0)
    agreed, failure = False, None
    for change in others:
        try:
            second = _run_on_others(f, arguments, numbers, batched, first, change, rng)
        except TraceError:
            raise
        except Exception as error:
            failure = error
            continue
        shared = first.index.keys() & second.index.keys()
        refuse_differences(first, second, shared)
        agreed = True
    if not agreed:
        raise TraceError(
            f"on other numbers than these the function raised {type(failure).__name__}: {failure}; "
            "what it checks or chooses by the numbers would be frozen as it is now"
        ) from failure
    first.settle(shared, wanted)
    return first


def _run(f: Callable[..., Any], arguments: Tree, numbers: np.ndarray[Any, Any], batched: bool) -> Trace:
    inputs = [Value(number) for number in numbers.tolist()]
    args, options = arguments.rebuild(inputs)
    with enable_grad(), tracing(), differentiating(inputs):
        output = f(*args, **options)
    return Trace(Tree.of_output(output), inputs, batched)


def _run_on_others(
    f: Callable[..., Any],
    arguments: Tree,
    numbers: np.ndarray[Any, Any],
    batched: bool,
    first: Trace,
    change: Change,
    rng: np.random.Generator,
) -> Trace:
    """Run f on changed numbers, in what it captured too; that is put back before anything else happens."""
    mine = {id(value) for value in first.inputs}
    kept = [(node, node.data) for node in first.nodes if not node._children and id(node) not in mine]
    whole = arguments.whole
    other = change(numbers, rng)
    if whole.any():  # indices and labels: others of the same kind
        other[whole] = dealt_anew(numbers[whole], rng)
    values = np.array([number for _, number in kept])
    try:
        for (node, _), number in zip(kept, change(values, rng).tolist(), strict=True):
            node.data = number
        return _run(f, arguments, other, batched)
    finally:
        for node, number in kept:
            node.data = number
