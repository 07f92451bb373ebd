"""Recognises the arguments of a call that are nested as those of a call before, without taking them apart.

The compiled node does so in a fraction of the time that :class:`engine.pytree.arguments.Arguments` takes;
without it arrays are recognised, as a training hands them over. For all else the general way remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.node.backend import Value, or_compiled
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.samples import columns_of
from engine.pytree.spec import ARRAY, DICT, NUMBER, STATIC, TABLE
from engine.pytree.statics import counts_by_identity

__all__ = ["Form", "recognised"]

_MOST_NUMBERS = 1 << 17  # more are worth more than what is saved
_DEEPEST = 20  # levels of nesting
_ONE_NUMBER, _ONE_VALUE, _ARRAY, _TABLE, _SEQUENCE, _DICT, _STATIC = range(7)  # as in forms.h

_TAKEN = tuple(map(np.dtype, (np.float64, np.float32, np.int64, np.int32)))

Template = tuple[Any, ...]


class _UnusualError(Exception):
    """Arguments that are left to the general way."""


def recognised(
    args: tuple[Any, ...], options: dict[str, Any], template: Template, numbers: np.ndarray[Any, Any]
) -> tuple[Value, ...] | None:
    """The Values among arguments that are nested as a template says; None where they are not.

    Args:
        args, options: the arguments.
        template: that of a :class:`Form`.
        numbers: a vector for their numbers, which is overwritten.
    """
    parts, named = template
    if named or options or len(args) != len(parts):
        return None
    place = 0
    for item, form in zip(args, parts, strict=True):
        if form[0] == _STATIC:
            if item is not form[1]:
                return None
            continue
        if form[0] != _ARRAY or type(item) is not np.ndarray or item.dtype not in _TAKEN:
            return None
        if item.shape != form[1]:
            return None
        numbers[place : place + item.size] = item.reshape(-1)
        place += item.size
    return ()


if not TYPE_CHECKING:
    recognised = or_compiled(recognised)


class Form:
    """A nesting of arguments: what is recognised, and what was recognised last.

    Attributes:
        spec: the nesting.
        template: what the compiled node compares with.
        numbers: the numbers of the arguments recognised last.
        tables: of samples the same, arrays of shape (samples, numbers of one argument).
        values_at: the places among them at which Values stand.

    >>> form = Form.of(Arguments.of_call(([1.0, 2.0],), {"mode": "fast"}))
    >>> form.template
    (((3, <class 'list'>, 2),), (('mode', (6, 'fast')),))
    """

    def __init__(self, arguments: Arguments, by_sample: bool) -> None:
        self.values_at: list[int] = []
        self._place = 0
        leaves, statics = iter(arguments.leaves), iter(arguments.statics)
        self.spec = arguments.spec
        parts, named = self.spec
        self.template = (
            tuple(self._part(part, leaves, statics) for part in parts),
            tuple((name, self._part(part, leaves, statics)) for name, part in named),
        )
        self.numbers = np.zeros(self._place)
        self.tables = self._tables(arguments) if by_sample else None

    @classmethod
    def of(cls, arguments: Arguments, by_sample: bool = False) -> Form | None:
        """The form of arguments, or of samples in columns; None where the general way is to be taken."""
        if arguments.foreign or sum(arguments.sizes) > _MOST_NUMBERS:
            return None
        try:
            form = cls(arguments, by_sample)
        except _UnusualError:
            return None
        return None if by_sample and form.tables is None else form

    def _part(self, spec: Any, leaves: Iterator[Any], statics: Iterator[Any], depth: int = 0) -> Template:
        kind = spec[0]
        if kind == STATIC:
            item = next(statics)
            if not counts_by_identity(item):
                raise _UnusualError
            return _STATIC, item
        if kind == NUMBER:
            leaf = next(leaves)
            self._place += 1
            if not isinstance(leaf, Value):
                return (_ONE_NUMBER,)
            if type(leaf) is not Value:
                raise _UnusualError
            self.values_at.append(self._place - 1)
            return _ONE_VALUE, takes_gradient(leaf)
        if kind in (ARRAY, TABLE):
            leaf = next(leaves)
            if not isinstance(leaf, np.ndarray) or leaf.size != np.prod(spec[1], dtype=int):
                raise _UnusualError  # an array of objects
            self._place += leaf.size
            if kind == ARRAY:
                return _ARRAY, spec[1]
            row = (_TABLE, spec[2] if len(spec[1]) == 1 else spec[3], spec[1][-1])
            return row if len(spec[1]) == 1 else (_SEQUENCE, spec[2], (row,) * spec[1][0])
        if depth > _DEEPEST or (spec[1] not in (list, tuple, dict) and not hasattr(spec[1], "_fields")):
            raise _UnusualError
        if kind == DICT:
            parts = tuple(self._part(part, leaves, statics, depth + 1) for _, part in spec[2])
            return _DICT, spec[1], tuple(key for key, _ in spec[2]), parts
        parts = tuple(self._part(part, leaves, statics, depth + 1) for part in spec[2])
        if parts and all(part == (_ONE_NUMBER,) for part in parts):
            raise _UnusualError  # of NumPy: those of Python are a table
        return _SEQUENCE, spec[1], parts

    def _tables(self, arguments: Arguments) -> list[np.ndarray[Any, Any]] | None:
        """The numbers as :func:`engine.pytree.samples.columns_of` gives them, where it does."""
        columns = columns_of(arguments)
        if columns is None:
            return None
        ends = np.cumsum([column.size for column in columns])
        parts = np.split(self.numbers, ends[:-1])
        return [part.reshape(column.shape) for part, column in zip(parts, columns, strict=True)]
