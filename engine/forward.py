"""Forward mode: derivatives carried from the variables up the graph of a function that has been called.

A tangent is the derivative of a node along a direction in the space of the variables. The chain rule carries
it from operands to result: the sum of local gradient times tangent. Tangents are floats; arrays, for many
directions in one sweep; or Values, so that they can be differentiated again.

An exact zero wins over anything it is multiplied with, be it a slope or a tangent: the zero rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.backward import without_slopes
from engine.derive import partials_of
from engine.node import Value

__all__ = ["blocks", "common_order", "directional", "seeds_of", "tangents_of", "times", "vanishes"]

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
        seeds = seeds_of(variables, direction)
        found = _tangents_as_graph(order, seeds) if create_graph else tangents_of(order, seeds)
        return [found.get(output, 0.0) for output in outputs]
    result = np.zeros((len(outputs), direction.shape[1]))
    for columns, block in blocks(direction, len(order)):
        found = tangents_of(order, seeds_of(variables, block))
        for row, output in zip(result, outputs, strict=True):
            row[columns] = found.get(output, 0.0)
    return result


def seeds_of(variables: Sequence[Value], direction: Any) -> dict[Value, Any]:
    """The tangent of each variable; one that stands several times moves by the sum.

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
    """The directions in blocks, each of which a sweep over so many nodes has room for; and their places.

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


def tangents_of(order: Sequence[Value], seeds: dict[Value, Any]) -> dict[Value, Any]:
    """The tangent of each node that depends on a seed; floats, or arrays where the seeds have arrays.

    Args:
        order: nodes, operands before results.
        seeds: the tangents of the variables.
    """
    found = dict(seeds)
    tangent_of = found.get
    for node in order:
        children = node._children
        if not children or node in seeds:
            continue
        total = slopes = None
        for i, child in enumerate(children):
            tangent = tangent_of(child)
            if tangent is None:
                continue
            if slopes is None:
                slopes = node._local_grads
                if not slopes:
                    raise without_slopes(node)
            part = times(slopes[i], tangent)
            total = part if total is None else total + part
        if total is not None:
            found[node] = total
    return found


def times(slope: float, tangent: Any) -> Any:
    """A slope times a tangent, by the zero rule.

    >>> times(float("inf"), 0.0), times(0.0, float("nan"))
    (0.0, 0.0)
    >>> times(float("inf"), np.array([0.0, 2.0]))
    array([ 0., inf])
    """
    if slope == 0.0:
        return 0.0
    if math.isfinite(slope):
        return slope * tangent
    if tangent.__class__ is float:
        return slope * tangent if tangent else 0.0
    return np.where(tangent == 0.0, 0.0, slope * np.where(tangent == 0.0, 1.0, tangent))


def _tangents_as_graph(order: Sequence[Value], seeds: dict[Value, Any]) -> dict[Value, Any]:
    """The same with Values for tangents, made by the rules of the table."""
    found = dict(seeds)
    for node in order:
        children = node._children
        if not children or node in seeds or not any(child in found for child in children):
            continue
        total: Any = 0.0
        for child, slope in zip(children, partials_of(node, node, children), strict=True):
            tangent = found.get(child, 0.0)
            if vanishes(slope, tangent) or vanishes(tangent, slope):
                continue
            part = tangent if _is(slope, 1.0) else slope if _is(tangent, 1.0) else slope * tangent
            total = part if _is(total, 0.0) else total + part
        if not _is(total, 0.0):
            found[node] = total
    return found


def vanishes(zero: Any, other: Any) -> bool:
    """Whether the first is a zero that leaves nothing of the second, by the zero rule.

    A Value that is zero, beside a finite number, is kept: its own derivative need not be zero.
    """
    return _is(zero, 0.0) or (_number(zero) == 0.0 and not math.isfinite(_number(other)))


def _is(number: Any, wanted: float) -> bool:
    return not isinstance(number, Value) and number == wanted


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else x
