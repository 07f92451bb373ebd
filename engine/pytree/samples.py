"""Parts arguments with a leading axis of samples: the first sample, and the numbers of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.node.backend import Value
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.spec import ARRAY, DICT, LIST, NUMBER, STATIC, TABLE, TUPLE
from engine.quoting import brief

__all__ = ["Columns", "columns_of", "one_sample"]


def one_sample(arguments: Arguments) -> tuple[Arguments, list[np.ndarray[Any, Any]], list[Any]]:
    """The arguments of the first sample, where every number of a call has a leading axis of samples.

    Returns:
        The arguments of the first sample; the numbers of all, arrays of shape (samples, numbers of one
        argument); and where Values are among them the same with these, a list for each sample, else an
        empty list.

    Raises:
        TypeError: an argument has no such axis.
        ValueError: the lengths differ, or there are no samples.
    """
    sample = Arguments()
    columns: list[np.ndarray[Any, Any]] = []
    feed, integers = iter(arguments.leaves), iter(arguments.were_integers)
    sample.statics = arguments.statics

    def numbers(count: int) -> tuple[np.ndarray[Any, Any], bool]:
        """The next so many numbers, and whether all were given as integers."""
        found, is_integer = [next(feed)], next(integers)
        if isinstance(found[0], np.ndarray) and found[0].size == count:
            return found[0], is_integer
        missing = count - (found[0].size if isinstance(found[0], np.ndarray) else 1)
        while missing:
            found.append(next(feed))
            is_integer &= next(integers)
            missing -= found[-1].size if isinstance(found[-1], np.ndarray) else 1
        flat = [x for part in found for x in (part.tolist() if isinstance(part, np.ndarray) else [part])]
        mixed = any(isinstance(x, Value) for x in flat)
        return np.array(flat, dtype=object if mixed else float), is_integer

    def take(spec: Any) -> Any:
        kind = spec[0]
        if kind == STATIC:
            return spec
        if kind == NUMBER or (kind == ARRAY and not spec[1]):
            raise TypeError(
                f"with batch=True every number of an argument needs a leading axis of samples, got "
                f"{brief(next(feed))}; capture what all of them share, or name its position in "
                "static_argnums"
            )
        regular = (spec[1], None) if kind == ARRAY else _regular(spec) if spec[1] is list else None
        if kind == TABLE and regular is None:
            regular = _regular(spec)
        if regular is not None:
            shape, kinds = regular
            if not shape[0]:
                raise ValueError("there are no samples: an argument has none to compute with")
            leaf, is_integer = numbers(int(np.prod(shape)))
            columns.append(leaf.reshape(shape[0], -1))
            sample.leaves += _representatives(columns[-1])
            sample.were_integers += [is_integer] * columns[-1].shape[1]
            if len(shape) > 1 and kinds is None:
                return (ARRAY, shape[1:])
            return _nest(shape[1:], kinds[1:] if kinds else ())
        parts = spec[2]
        if kind == DICT:
            return (kind, spec[1], tuple((key, take(part)) for key, part in parts))
        return (kind, spec[1], tuple(take(part) for part in parts))

    parts, named = arguments.spec
    sample.spec = (tuple(take(part) for part in parts), tuple((name, take(part)) for name, part in named))
    if not columns:
        raise TypeError("with batch=True there must be an argument with a leading axis of samples")
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"the arguments have different numbers of samples: {sorted(lengths)}")
    if any(column.dtype == object for column in columns):
        given = np.concatenate([column.astype(object) for column in columns], axis=1)
        data = np.array([getattr(item, "_data", item) for item in given.ravel()], dtype=float)
        return sample, [data.reshape(given.shape)], given.tolist()
    return sample, columns, []


def columns_of(arguments: Arguments) -> list[np.ndarray[Any, Any]] | None:
    """What :func:`one_sample` gives as numbers, for arguments nested as some that it was given before.

    None where Values are among them, or where they are nested deeper.
    """
    parts = [part for part in (*arguments.spec[0], *dict(arguments.spec[1]).values()) if part[0] != STATIC]
    if not all(part[0] in (ARRAY, TABLE) for part in parts):
        return None
    if not all(isinstance(leaf, np.ndarray) for leaf in arguments.leaves):
        return None
    count = parts[0][1][0]
    return [leaf.reshape(count, -1) for leaf in arguments.leaves]


class Columns(Sequence[Any]):
    """The numbers of all samples in each place of the arguments, as views of what :func:`columns_of` gives.

    >>> columns = Columns([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])])
    >>> len(columns), columns[1], columns[2]
    (3, array([2., 4.]), array([5., 6.]))
    """

    def __init__(self, tables: Sequence[np.ndarray[Any, Any]]) -> None:
        self._tables = tables

    def __len__(self) -> int:
        return sum(table.shape[1] for table in self._tables)

    def __getitem__(self, place: Any) -> Any:
        for table in self._tables:
            if place < table.shape[1]:
                return table[:, place]
            place -= table.shape[1]
        raise IndexError(place)


def _regular(spec: Any) -> tuple[tuple[int, ...], tuple[Any, ...]] | None:
    """Shape and kinds of lists of equally many numbers, nested to any depth; None for anything else."""
    kind = spec[0]
    if kind == NUMBER:
        return (), ()
    if kind == TABLE:
        return spec[1], spec[2:] if len(spec[1]) == 2 else spec[2:3]
    if kind not in (LIST, TUPLE) or hasattr(spec[1], "_fields"):
        return None
    parts = {_regular(part) for part in spec[2]}
    if not parts:
        return (0,), (spec[1],)
    inner = parts.pop()
    if parts or inner is None:
        return None
    return (len(spec[2]), *inner[0]), (spec[1], *inner[1])


def _nest(shape: tuple[int, ...], kinds: tuple[Any, ...]) -> Any:
    """The spec of such lists."""
    if not shape:
        return (NUMBER,)
    if len(shape) <= 2:
        return (TABLE, shape, kinds[0], kinds[1] if len(shape) == 2 else None)
    parts = (_nest(shape[1:], kinds[1:]),) * shape[0]
    return (LIST if kinds[0] is list else TUPLE, kinds[0], parts)


def _representatives(column: np.ndarray[Any, Any]) -> list[Any]:
    """The numbers of the first sample, a Value that takes a gradient where some sample has one.

    Where some have, the others are given one each of their own, so that all can be operands.
    """
    if column.dtype != object:
        return list(column[0].tolist())
    for j in range(column.shape[1]):
        takes = [takes_gradient(x) for x in column[:, j]]
        if any(takes) and not all(takes):
            for i, fine in enumerate(takes):
                if not fine:
                    column[i, j] = Value(getattr(column[i, j], "_data", column[i, j]))
    return list(column[0])
