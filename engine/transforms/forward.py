"""Forward mode: derivatives carried from the variables up the graph of a function that has been called.

A tangent is the derivative of a node along a direction in the space of the variables. The chain rule carries
it from operands to result: the sum of local gradient times tangent. Tangents are floats; arrays, for many
directions in one sweep; or Values, so that they can be differentiated again.

What does not change along the direction has no tangent at all, so nothing meets it; a tangent that was
computed and is 0 meets an infinite local gradient as nan. A masked edge carries none: see ``masking.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.autograd.backward import without_local_grads
from engine.autograd.masking import NOTHING, is_masked, is_nothing
from engine.node.backend import Value
from engine.transforms.reverse import partials_of

__all__ = ["blocks", "column_by_column", "common_order", "directional", "float_of", "seeds_of", "tangents_of"]

_NUMBERS_AT_ONCE = 4_000_000
"""How many numbers the tangents of one sweep may be, 32 MB; more directions take more sweeps."""


def directional(
    outputs: Sequence[Any], variables: Sequence[Value], direction: Any, create_graph: bool = False
) -> Any:
    """The derivative of each output along a direction, or along many.

    Args:
        outputs: Values, and numbers, which are constant.
        variables: leaves; variables of a nested transform.
        direction: one number for each variable, or a matrix with one row for each variable and one
            column for each direction.
        create_graph: return Values that remember how they were made; then there is one direction, whose
            numbers may be Values too.

    Returns:
        A list with a number for each output; for a matrix, an array with a row for each output.

    >>> x, y = Value(2.0), Value(3.0)
    >>> directional([x * y, x], [x, y], [1.0, 10.0])
    [23.0, 1.0]
    """
    order = common_order(outputs)
    if create_graph or np.ndim(direction) < 2:
        found = tangents_of(order, seeds_of(variables, direction), create_graph)
        return [float_of(found.get(output, NOTHING)) for output in outputs]
    result = np.zeros((len(outputs), direction.shape[1]))
    for columns, block in blocks(direction, len(order)):
        found = tangents_of(order, seeds_of(variables, block))
        for row, output in zip(result, outputs, strict=True):
            row[columns] = found.get(output, NOTHING)
    return column_by_column(
        result, direction, lambda column: directional(outputs, variables, column, create_graph=False)
    )


def column_by_column(result: Any, directions: Any, along: Callable[[list[float]], Any]) -> Any:
    """Recompute the columns that are not finite one direction at a time.

    In an array the zero of what does not depend on a variable is a number among others, and an infinite local
    gradient makes it nan.

    Args:
        result: an array with a column for each direction; it is changed.
        directions: a matrix with a column for each direction.
        along: what gives the column of one direction.
    """
    for i in np.flatnonzero(~np.isfinite(result).all(axis=0)):
        result[:, i] = along(directions[:, i].tolist())
    return result


def seeds_of(variables: Sequence[Value], direction: Any) -> dict[Value, Any]:
    """The tangent of each variable; of a repeated one the sum.

    >>> x = Value(2.0)
    >>> seeds_of([x, x], [1.0, 10.0])[x]
    11.0
    """
    seeds: dict[Value, Any] = {}
    for variable, tangent in zip(variables, direction, strict=True):
        seeds[variable] = seeds[variable] + tangent if variable in seeds else tangent
    return seeds


def common_order(outputs: Sequence[Any]) -> list[Value]:
    """Every node the outputs were made of, operands before results."""
    roots = [output for output in outputs if isinstance(output, Value)]
    return roots[0]._topological_order(*roots[1:]) if roots else []


def blocks(directions: np.ndarray[Any, Any], nodes: int) -> Iterator[tuple[slice, Any]]:
    """The directions in blocks that fit into memory for a graph of so many nodes, and their columns.

    A single one comes as a list of floats, which take a fifth of the time of arrays.
    """
    count = directions.shape[1]
    if count == 1:
        yield slice(0, 1), directions[:, 0].tolist()
        return
    size = max(1, _NUMBERS_AT_ONCE // max(nodes, 1))
    for start in range(0, count, size):
        columns = slice(start, start + size)
        yield columns, directions[:, columns]


def tangents_of(
    order: Sequence[Value], seeds: dict[Value, Any], create_graph: bool = False
) -> dict[Value, Any]:
    """The tangent of each node that depends on a variable: a float, or an array where the seeds have arrays.

    It is ``NOTHING`` where the node depends on variables only that do not move.

    Args:
        order: nodes, operands before results.
        seeds: the tangents of the variables.
        create_graph: make Values of the tangents, by the rules of the table.
    """
    found = {variable: _tangent(seed) for variable, seed in seeds.items()}
    tangent_of = found.get
    with np.errstate(all="ignore"):
        for node in order:
            children = node._children
            if not children or node in seeds:
                continue
            total = local_grads = None
            for i, child in enumerate(children):
                tangent = tangent_of(child)
                if tangent is None:
                    continue
                if tangent.__class__ is int:  # nothing
                    total = tangent if total is None else total
                    continue
                if local_grads is None:
                    local_grads = partials_of(node, node, children) if create_graph else node._local_grads
                    if not local_grads:
                        raise without_local_grads(node)
                local_grad = local_grads[i]
                if (create_graph or local_grad == 0.0) and is_masked(node, i, local_grad):
                    continue
                part = _times(local_grad, tangent) if create_graph else local_grad * tangent
                total = part if total is None else total + part
            if total is not None:
                found[node] = total
    return found


def _tangent(seed: Any) -> Any:
    """The tangent of a variable: nothing, where the direction has the number 0 for it."""
    return NOTHING if isinstance(seed, (int, float)) and seed == 0.0 else seed


def float_of(tangent: Any) -> Any:
    """A tangent as a number: 0.0 where there is none."""
    return 0.0 if is_nothing(tangent) else tangent


def _times(partial: Any, tangent: Any) -> Any:
    """The product, which makes no node where either is 1."""
    return tangent if _is_one(partial) else partial if _is_one(tangent) else partial * tangent


def _is_one(number: Any) -> bool:
    return not isinstance(number, Value) and number == 1.0
