"""take: indexing that can be lifted, by a number known only when the program runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index as to_index
from typing import Any, overload

import numpy as np

from engine.autograd.trace_mode import is_tracing, runs_as_written
from engine.node.backend import Value
from engine.ops.indexing import TAKE, to_position, within
from engine.quoting import typed

__all__ = ["take"]

_NUMBERS = frozenset({Value, float, int})


@overload
def take(sequence: Sequence[Value], index: Any) -> Value: ...


@overload
def take(sequence: Any, index: Any) -> Any: ...


def take(sequence: Any, index: Any) -> Any:
    """The item of a sequence at a position; in a function that :func:`engine.jit` lifts, a gather.

    Outside ``engine.jit`` this is ``sequence[index]``, and a Value may be the index. Inside, the numbers of
    the arguments are Values, by which a list cannot be indexed: take records that the item is picked, so
    that the lifted program picks anew for each index. The index takes no gradient.

    Args:
        sequence: numbers and Values in a list, tuple or array; or rows of them, nested at will, of which it
            picks a row.
        index: an integer, or a Value that is one. Negative ones count from the end.

    Returns:
        A number or Value; of a nested sequence a row, as a list.

    Raises:
        IndexError: the index is out of range.
        TypeError: the index is not an integer, or the sequence not a list, tuple or array.
        ValueError: in a function being lifted, rows differ in length, or stand among numbers.

    >>> table = [[Value(0.5), Value(1.5)], [Value(2.5), Value(3.5)]]
    >>> [value.data for value in take(table, 1)]
    [2.5, 3.5]
    >>> take([10.0, 20.0, 30.0], -1)
    30.0
    """
    if isinstance(sequence, np.ndarray) and sequence.ndim:
        sequence = sequence.tolist()
    elif not isinstance(sequence, (list, tuple)):
        raise TypeError(f"take() picks from a list, tuple or array, got {typed(sequence)}")
    stands_in = isinstance(index, Value) and runs_as_written()
    if isinstance(index, Value):
        if is_tracing():
            return _recorded(sequence, index)
        index = to_position(index.data)
    try:
        position = to_index(index)
    except TypeError:
        raise TypeError(f"take() needs an integer as index, got {typed(index)}") from None
    item = _as_lists(sequence[within(position, len(sequence))])
    return _as_nodes(item) if stands_in else item


def _is_row(item: Any) -> bool:
    return isinstance(item, (list, tuple)) or (isinstance(item, np.ndarray) and item.ndim > 0)


def _is_flat(items: Iterable[Any]) -> bool:
    """Whether all are of types that are not rows: quicker than to look at each."""
    return _NUMBERS.issuperset(map(type, items))


def _as_lists(item: Any) -> Any:
    """A row as a list, and what is nested in it; a number as it is."""
    if isinstance(item, np.ndarray):
        return item.tolist()
    if isinstance(item, list) and (_is_flat(item) or not any(map(_is_row, item))):
        return item
    return [_as_lists(each) for each in item] if _is_row(item) else item


def _as_nodes(item: Any) -> Any:
    """What was picked with constants in the place of its numbers: nodes, as a program gives them."""
    if isinstance(item, list):
        return [_as_nodes(each) for each in item]
    return item if isinstance(item, Value) else Value(item).detach()


def _recorded(items: Sequence[Any], index: Value) -> Any:
    """The result of take() while tracing: a node for each number."""
    rows = [] if _is_flat(items) else [_as_lists(item) for item in items if _is_row(item)]
    if not rows:
        return index._apply(TAKE, (*items, index))
    lengths = {len(row) for row in rows} | ({1} if len(rows) < len(items) else set())
    if len(rows) < len(items) or len(lengths) > 1:
        raise ValueError(
            "take() under engine.jit picks from rows of one length, got "
            f"{len(rows)} rows among {len(items)} items, of lengths {sorted(lengths)}"
        )
    return [_recorded(column, index) for column in zip(*rows, strict=True)]
