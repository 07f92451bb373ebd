"""Takes the arguments of a call apart into their nesting, and the numbers and Values in them.

Numbers, Values and arrays of them are *dynamic*: a program reads them anew at each call. Whatever else stands
in an argument (strings, None, booleans, models and other objects) is *static*: it is part of what is
traced, and another one means another trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from types import GeneratorType
from typing import Any

import numpy as np

from engine.floats.coerce import to_float
from engine.node.backend import Value
from engine.ops.op import CONSTANT, FROZEN
from engine.pytree.spec import ARRAY, DICT, LIST, NUMBER, STATIC, TABLE, TUPLE, build, dict_of
from engine.pytree.statics import is_series, static_key
from engine.quoting import brief

__all__ = ["Arguments", "as_values", "takes_gradient"]

_PASSING: tuple[type, ...] = (
    GeneratorType,
    map,
    filter,
    zip,
    enumerate,
    type(iter([])),
    type(iter(())),
    type(iter(range(1))),
)
"""What can be gone through once; a function that is lifted runs several times."""

_VIEWS: tuple[type, ...] = (type({}.values()), type({}.items()))
"""What shows the numbers of a dict as they are at the moment; as something static they would be frozen."""


_NUMBERS = {float, int, np.float64}
"""What may stand in a table: numbers of Python, and those that one gets out of an array of floats."""


class Arguments:
    """How the arguments of a call are nested, and what stands in them.

    Attributes:
        spec: the nesting; equal for equal nestings, hashable where the static parts are.
        leaves: the dynamic parts in order: floats, Values, and arrays of floats, each flattened.
        were_integers: of each leaf whether all its numbers were given as integers.
        statics: the static parts in order.
        foreign: whether numbers of another type, with which the engine computes, are among them.

    >>> arguments = Arguments.of_call(([1.0, 2.0],), {"mode": "fast"})
    >>> arguments.numbers(), arguments.statics
    (array([1., 2.]), ['fast'])
    """

    def __init__(self) -> None:
        self.leaves: list[Any] = []
        self.were_integers: list[bool] = []
        self.statics: list[Any] = []
        self.spec: Any = None
        self.foreign = False
        self._by_sample = False

    # -- taking apart ---------------------------------------------------------------------------

    @classmethod
    def of_call(
        cls,
        args: tuple[Any, ...],
        options: dict[str, Any],
        static: frozenset[int] = frozenset(),
        static_names: frozenset[str] = frozenset(),
        by_sample: bool | Sequence[bool] = False,
    ) -> Arguments:
        """The arguments of a call.

        Args:
            args, options: the arguments.
            static: positions of those that are static.
            static_names: names of those that are static.
            by_sample: whether all that is not static has an axis of samples; or of each positional argument
                whether it has, as those by keyword then have.

        Raises:
            TypeError: something is a generator or another iterator, or shows the values of a dict; or
                ``by_sample``, and something that is not of numbers looks as if it had such an axis.
        """
        found = cls()
        each = (by_sample,) * len(args) if isinstance(by_sample, bool) else by_sample
        parts = []
        for i, item in enumerate(args):
            found._by_sample = each[i]
            parts.append(found._static(item) if i in static else found._add(item, f"argument {i}"))
        found._by_sample = by_sample is not False
        named = [
            (name, found._static(item) if name in static_names else found._add(item, f"argument {name}"))
            for name, item in sorted(options.items())
        ]
        found.spec = (tuple(parts), tuple(named))
        return found

    def _add(self, item: Any, place: str) -> Any:
        kind = type(item)
        if kind is float or kind is int:
            return self._leaf(to_float(item), kind is int)
        if isinstance(item, Value):
            return self._leaf(item, False)
        if isinstance(item, np.ndarray):
            return self._add_array(item, place)
        if kind is list or isinstance(item, tuple):
            table = _table(item)
            if table is not None:
                self._leaf(table.ravel().astype(float), table.dtype.kind in "iu")
                return (TABLE, table.shape, kind, type(item[0]) if table.ndim > 1 else None)
            parts = tuple(self._add(each, f"{place}[{i}]") for i, each in enumerate(item))
            static = [part[0] == STATIC for part in parts]
            if self._by_sample and parts and (all(static) or (kind is list and any(static))):
                raise self._no_samples(item, place)
            return (LIST if kind is list else TUPLE, kind, parts)
        if isinstance(item, dict):
            made = dict_of(item)
            if made is None:
                raise TypeError(
                    f"{place} is of type {kind.__name__}, a dict with ways of its own, which a program "
                    "cannot know: pass dict(...) of it"
                )
            parts = tuple((key, self._add(each, f"{place}[{brief(key)}]")) for key, each in item.items())
            return (DICT, made, parts)
        if isinstance(item, (np.floating, np.integer)):
            return self._leaf(to_float(item, place), isinstance(item, np.integer))
        if kind in _PASSING or kind in _VIEWS:
            raise TypeError(
                f"{place} is of type {kind.__name__}, out of which a program cannot read numbers anew: "
                "pass list(...) of it"
            )
        self.foreign |= hasattr(kind, "_apply")
        if self._by_sample and is_series(item):
            raise self._no_samples(item, place)
        return self._static(item)

    def _add_array(self, array: np.ndarray[Any, Any], place: str) -> Any:
        if type(array) is not np.ndarray and np.ma.is_masked(array):
            raise ValueError(
                f"{place} is a masked array, whose masked numbers would be computed with like the others: "
                "fill them, x.filled(0.0), or leave them out, x.compressed()"
            )
        if not array.ndim and array.dtype.kind != "c":
            return self._add(array[()], place)  # one number
        if array.dtype.kind in "fiu" or not array.size:
            self._leaf(array.astype(float, copy=False).ravel(), array.dtype.kind in "iu")
            return (ARRAY, array.shape)
        if array.dtype == object:
            for number in array.ravel().tolist():
                self._leaf(number if isinstance(number, Value) else to_float(number, place), False)
            return (ARRAY, array.shape)
        if array.dtype.kind == "c":
            raise TypeError(f"{place} must hold real numbers, got an array of {array.dtype}")
        if self._by_sample:
            raise self._no_samples(array, place)
        return self._static(array)

    def _leaf(self, leaf: Any, is_integer: bool) -> Any:
        self.leaves.append(leaf)
        self.were_integers.append(is_integer)
        return (NUMBER,)

    def _static(self, item: Any) -> Any:
        self.statics.append(item)
        return (STATIC, *static_key(item))

    @staticmethod
    def _no_samples(item: Any, place: str) -> TypeError:
        kind = f"an array of {item.dtype}" if isinstance(item, np.ndarray) else f"a {type(item).__name__}"
        return TypeError(
            f"{place} is {kind} that is not all of numbers, which cannot be parted into samples: "
            f"{brief(item)}; pass numbers (0 and 1 for booleans, a "
            "position for a name), or, if every sample is to get the whole of it, name it in static_argnums"
        )

    # -- reading --------------------------------------------------------------------------------

    def numbers(self) -> np.ndarray[Any, Any]:
        """The dynamic numbers in one vector."""
        parts = [leaf._data if isinstance(leaf, Value) else leaf for leaf in self.leaves]
        if not parts:
            return np.zeros(0)
        if all(type(part) is float for part in parts):
            return np.array(parts)
        return np.concatenate([np.atleast_1d(part) for part in parts])

    @property
    def sizes(self) -> list[int]:
        """How many numbers each dynamic part holds."""
        return [leaf.size if isinstance(leaf, np.ndarray) else 1 for leaf in self.leaves]

    @property
    def integers(self) -> np.ndarray[Any, Any]:
        """Of each number whether it was given as an integer."""
        return np.repeat(np.array(self.were_integers, bool), np.array(self.sizes, int))

    @property
    def numeric(self) -> list[bool]:
        """Of each number whether it was given as one, and not as a Value."""
        return [not isinstance(x, Value) for x in self.flat()]

    def flat(self) -> list[Any]:
        """The dynamic parts one by one: floats and Values."""
        found: list[Any] = []
        for leaf in self.leaves:
            if isinstance(leaf, np.ndarray):
                found += leaf.tolist()
            else:
                found.append(leaf)
        return found

    def without_graph(self) -> Arguments:
        """The same, with Values of its own in place of the caller's."""
        found = copy(self)
        found.leaves = [Value(leaf._data) if isinstance(leaf, Value) else leaf for leaf in self.leaves]
        return found

    # -- putting together -------------------------------------------------------------------------

    def rebuild(self, numbers: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments nested alike with other numbers (or Values) in them."""
        feed, statics = iter(numbers), iter(self.statics)
        parts, named = self.spec
        args = [build(part, feed, statics) for part in parts]
        return args, {name: build(part, feed, statics) for name, part in named}


def takes_gradient(item: Any) -> bool:
    """Whether an argument is a Value that a gradient must reach."""
    return isinstance(item, Value) and item._row is not FROZEN and item._row is not CONSTANT


def as_values(numbers: list[Any]) -> list[Value]:
    """Numbers as Values, Values as they are."""
    return [x if isinstance(x, Value) else Value(x) for x in numbers]


def _table(item: Any) -> np.ndarray[Any, Any] | None:
    """A list of numbers, or of lists of as many numbers each, as an array; None for anything else."""
    if not item or hasattr(item, "_fields"):
        return None
    first = item[0]
    kinds = set(map(type, item))
    if kinds <= _NUMBERS:
        return _array_of(item, np.int64 if kinds == {int} else None)
    if kinds == {list} or kinds == {tuple}:
        if len(set(map(len, item))) != 1 or not first:
            return None
        inner = set().union(*(map(type, each) for each in item))
        if inner <= _NUMBERS:
            return _array_of(item, None)
    return None


def _array_of(numbers: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """Numbers as an array; those too large for an integer of NumPy's as floats."""
    try:
        found = np.array(numbers, dtype)
    except OverflowError:
        found = np.array(numbers, object)
    return found if found.dtype != object else np.vectorize(to_float, otypes=[float])(found)
