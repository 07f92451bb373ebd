"""Parts arguments with an axis of samples: the first sample, and the numbers of all."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from engine.node.backend import Value
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.axes import is_one_axis, parts_of_axes, position_of_axis
from engine.pytree.shapes import expanded, nest, regular_form, size
from engine.pytree.spec import ARRAY, DICT, LIST, NUMBER, STATIC, TABLE, TUPLE, object_array
from engine.pytree.statics import is_type_of_series
from engine.quoting import brief

__all__ = ["Columns", "columns_of", "one_sample"]


def one_sample(
    arguments: Arguments, in_axes: Sequence[Any] | None = None
) -> tuple[Arguments, list[np.ndarray[Any, Any]], list[Any]]:
    """The arguments of the first sample, where every number of a call has an axis of samples.

    Args:
        arguments: of the call.
        in_axes: of each positional argument the axis of the samples, or None where all samples share it; see
            :func:`engine.vmap`. Without it, and by keyword, it is the first.

    Returns:
        The arguments of the first sample; the numbers of all, arrays of shape (samples, numbers of one
        argument); and where Values are among them the same with these, a list for each sample, else an
        empty list.

    Raises:
        TypeError: an argument has no axis, of those that must have one.
        ValueError: an axis is not there, the lengths differ, or there are no samples.
    """
    return _Parting(arguments, in_axes).parted()


class _Parting:
    """Takes the numbers of a call one part after the other, and sets those of samples apart."""

    def __init__(self, arguments: Arguments, in_axes: Sequence[Any] | None) -> None:
        self._arguments = arguments
        self._in_axes = in_axes
        self._feed = iter(zip(arguments.leaves, arguments.were_integers, strict=True))
        self._rest: tuple[np.ndarray[Any, Any], bool] | None = None  # of an array that was begun
        self._columns: list[np.ndarray[Any, Any]] = []  # of what is shared there is one row
        self._mapped: list[tuple[str, int, tuple[int, ...]]] = []  # place, axis and shape
        self._sample = Arguments()
        self._sample.statics = arguments.statics

    def parted(self) -> tuple[Arguments, list[np.ndarray[Any, Any]], list[Any]]:
        sample = self._sample
        parts, named = self._arguments.spec
        axes = (0,) * len(parts) if self._in_axes is None else self._in_axes
        sample.spec = (
            tuple(
                part if part[0] == STATIC else self._take(part, axis, f"argument {i}")
                for i, (part, axis) in enumerate(zip(parts, axes, strict=True))
            ),
            tuple(
                (name, part if part[0] == STATIC else self._take(part, 0, f"argument {name}"))
                for name, part in named
            ),
        )
        columns = self._over_samples()
        if any(column.dtype == object for column in columns):
            given = np.concatenate([column.astype(object) for column in columns], axis=1)
            data = np.array([getattr(item, "_data", item) for item in given.ravel()], dtype=float)
            return sample, [data.reshape(given.shape)], given.tolist()
        return sample, columns, []

    def _over_samples(self) -> list[np.ndarray[Any, Any]]:
        """The columns, with the shared ones as often as there are samples."""
        if not self._mapped:
            if self._in_axes is None:
                raise TypeError("with batch=True there must be an argument with a leading axis of samples")
            raise ValueError(
                "vmap maps over no axis: no argument has numbers of which in_axes names an axis; "
                f"in_axes={brief(tuple(self._in_axes))}"
            )
        counts = {shape[axis] for _, axis, shape in self._mapped}
        if len(counts) > 1:
            if self._in_axes is None:
                raise ValueError(f"the arguments have different numbers of samples: {sorted(counts)}")
            found = (f"{shape[axis]} ({_where(*part)})" for part in self._mapped for _, axis, shape in [part])
            raise ValueError(f"the axes that vmap maps over have different lengths: {', '.join(found)}")
        count = counts.pop()
        return [
            column if len(column) == count else np.broadcast_to(column, (count, column.shape[1]))
            for column in self._columns
        ]

    def _numbers(self, count: int) -> tuple[np.ndarray[Any, Any], bool]:
        """The next so many numbers, and whether all were given as integers."""
        found: list[np.ndarray[Any, Any]] = []
        are_integers, missing = True, count
        while missing:
            leaf, is_integer = self._rest or next(self._feed)
            self._rest = None
            part = leaf if isinstance(leaf, np.ndarray) else object_array([leaf])
            if len(part) > missing:
                part, self._rest = part[:missing], (part[missing:], is_integer)
            found.append(part)
            are_integers &= is_integer
            missing -= len(part)
        if len(found) == 1 and found[0].dtype != object:
            return found[0], are_integers
        flat = [x for part in found for x in part.tolist()]
        mixed = any(isinstance(x, Value) for x in flat)
        return np.array(flat, dtype=object if mixed else float), are_integers

    def _take(self, spec: Any, axis: Any, place: str) -> Any:
        """The spec of one sample."""
        kind = spec[0]
        if axis is None:
            return self._share(spec)
        if not is_one_axis(axis):
            return self._take_parts(expanded(spec), axis, place)
        if self._in_axes is not None and _has_no_numbers(spec):
            raise TypeError(
                f"vmap maps over axis {axis} of {place}, which is not all of numbers: pass numbers (0 and 1 "
                "for booleans, a position for a name); None in its place in in_axes hands it to every sample"
            )
        if kind == STATIC:
            return spec
        if kind == NUMBER or (kind == ARRAY and not spec[1]):
            raise self._no_axis(self._numbers(1)[0].tolist()[0], axis, place)
        regular = (spec[1], None) if kind == ARRAY else regular_form(spec) if spec[1] is list else None
        if kind == TABLE and regular is None:
            regular = regular_form(spec)
        if regular is None:
            return self._take_parts(spec, axis, place)
        return self._part(regular[0], regular[1], axis, place)

    def _take_parts(self, spec: Any, axes: Any, place: str) -> Any:
        if spec[0] == DICT:
            keys = [key for key, _ in spec[2]]
            each = zip(spec[2], parts_of_axes(axes, keys, "in_axes", place), strict=True)
            parts = ((key, self._take(part, axis, f"{place}[{brief(key)}]")) for (key, part), axis in each)
            return (DICT, spec[1], tuple(parts))
        if spec[0] not in (LIST, TUPLE):
            what = f"an array of shape {spec[1]}" if spec[0] == ARRAY else "a number"
            raise ValueError(f"in_axes has {brief(axes)} for {place}, which is {what}")
        pairs = enumerate(zip(spec[2], parts_of_axes(axes, len(spec[2]), "in_axes", place), strict=True))
        return (
            spec[0],
            spec[1],
            tuple(self._take(part, axis, f"{place}[{i}]") for i, (part, axis) in pairs),
        )

    def _part(self, shape: tuple[int, ...], kinds: Any, axis: int, place: str) -> Any:
        """Numbers of this shape set apart along an axis; ``kinds`` of lists and tuples, None for an array."""
        position = position_of_axis(axis, len(shape))
        if position is None:
            raise ValueError(
                f"in_axes has the axis {axis} for {place}, which has {len(shape)} axes, counted from 0: its "
                f"shape is {shape}"
            )
        leaf, is_integer = self._numbers(prod(shape))
        self._mapped.append((place, position, shape))
        if not shape[position]:
            raise ValueError(f"there are no samples: {place} has none to compute with")
        column = np.moveaxis(leaf.reshape(shape), position, 0).reshape(shape[position], -1)
        self._add(column, is_integer)
        shape = shape[:position] + shape[position + 1 :]
        if kinds is None:
            return (ARRAY, shape) if shape else (NUMBER,)
        return nest(shape, kinds[:position] + kinds[position + 1 :])

    def _share(self, spec: Any) -> Any:
        """All numbers of a part, the same in every sample."""
        count = size(spec)
        if count:
            numbers, is_integer = self._numbers(count)
            self._add(numbers.reshape(1, -1), is_integer)
        return spec

    def _add(self, column: np.ndarray[Any, Any], is_integer: bool) -> None:
        self._columns.append(column)
        self._sample.leaves += _representatives(column)
        self._sample.were_integers += [is_integer] * column.shape[1]

    def _no_axis(self, number: Any, axis: int, place: str) -> TypeError:
        if self._in_axes is None:
            return TypeError(
                f"with batch=True every number of an argument needs a leading axis of samples, got "
                f"{brief(number)}; capture what all of them share, or name its position in static_argnums"
            )
        return TypeError(
            f"vmap maps over axis {axis} of {place}, but that is the number {brief(number)}, which has no "
            f"axes; {self._advice(place)}"
        )

    def _advice(self, place: str) -> str:
        if any(place == f"argument {name}" for name, _ in self._arguments.spec[1]):
            return "arguments by keyword are always mapped: give what all samples share by position"
        return "in_axes with None in its place hands it to every sample"


def _has_no_numbers(spec: Any) -> bool:
    """Whether this looks like one thing a sample but not of numbers: a list of strings, or of booleans."""
    if spec[0] == STATIC:
        return is_type_of_series(spec[1])
    if spec[0] not in (LIST, TUPLE):
        return False
    static = [part[0] == STATIC and part[1] is not type(None) for part in spec[2]]
    return bool(static) and (all(static) or (spec[1] is list and any(static)))


def _where(place: str, axis: int, shape: tuple[int, ...]) -> str:
    return f"axis {axis} of {place}, whose shape is {shape}"


def columns_of(arguments: Arguments) -> list[np.ndarray[Any, Any]] | None:
    """What :func:`one_sample` gives as numbers, for arguments nested as some that it was given before.

    None where Values are among them, or where they are nested irregularly.
    """
    if not all(isinstance(leaf, np.ndarray) for leaf in arguments.leaves):
        return None
    leaves, columns = iter(arguments.leaves), []
    for part in (*arguments.spec[0], *dict(arguments.spec[1]).values()):
        if part[0] == STATIC:
            continue
        shape = _regular_shape(part)
        if not shape or not prod(shape):
            return None
        found, missing = [next(leaves)], prod(shape)
        while missing > len(found[-1]):  # a list has a table for each of its parts
            missing -= len(found[-1])
            found.append(next(leaves))
        numbers = found[0] if len(found) == 1 else np.concatenate(found)
        columns.append(numbers.reshape(shape[0], -1))
    return columns


def _regular_shape(spec: Any) -> tuple[int, ...] | None:
    """The shape of an array, a table, or lists of tables, whose first axis is that of the samples."""
    if spec[0] in (ARRAY, TABLE):
        shape: tuple[int, ...] = spec[1]
        return shape
    form = regular_form(spec) if spec[0] == LIST and spec[1] is list else None
    return None if form is None else form[0]


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
