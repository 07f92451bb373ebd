"""Arguments and results taken apart: their nesting, and the numbers or Values in them, in order.

Numbers, Values and arrays of them are *dynamic*: a program reads them anew at each call. Whatever else stands
in an argument (strings, None, booleans, models and other objects) is *static*: it is part of what is
traced, and another one means another trace.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any

import numpy as np

from engine.floats.coerce import to_float
from engine.jit.trace.statics import is_series, static_key
from engine.node.backend import Value
from engine.ops.op import CONSTANT, FROZEN
from engine.quoting import brief

__all__ = ["Tree", "as_values", "equal_statics", "takes_gradient"]

_NUMBER, _ARRAY, _LIST, _TUPLE, _DICT, _STATIC, _TABLE = range(7)
_SIZED = (_ARRAY, _TABLE)

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


class Tree:
    """The nesting of arguments or of a result, and what stands in it.

    Attributes:
        spec: the nesting; equal for equal nestings, hashable where the static parts are.
        leaves: the dynamic parts in order: floats, Values, and arrays of floats, each flattened.
        statics: the static parts in order.
        foreign: whether numbers of another type, with which the engine computes, are among them.
    """

    def __init__(self) -> None:
        self.leaves: list[Any] = []
        self.statics: list[Any] = []
        self.spec: Any = None
        self.values: list[Value] = []
        self._whole: list[Any] = []
        self.foreign = False
        self._by_sample = False

    # -- taking apart ---------------------------------------------------------------------------

    @classmethod
    def of_arguments(
        cls,
        args: tuple[Any, ...],
        options: dict[str, Any],
        static: frozenset[int] = frozenset(),
        static_names: frozenset[str] = frozenset(),
        by_sample: bool = False,
    ) -> Tree:
        """The tree of a call's arguments.

        Args:
            args, options: the arguments.
            static: positions of those that are static.
            static_names: names of those that are static.
            by_sample: whether all that is not static has an axis of samples.

        Raises:
            TypeError: something is a generator or another iterator, or shows the values of a dict; or
                ``by_sample``, and something that is not of numbers looks as if it had such an axis.
        """
        tree = cls()
        tree._by_sample = by_sample
        parts = [
            tree._static(item) if i in static else tree._add(item, f"argument {i}")
            for i, item in enumerate(args)
        ]
        named = [
            (name, tree._static(item) if name in static_names else tree._add(item, f"argument {name}"))
            for name, item in sorted(options.items())
        ]
        tree.spec = (tuple(parts), tuple(named))
        return tree

    @classmethod
    def of_output(cls, output: Any) -> Tree:
        """The tree of a result, whose Values are in :attr:`values` and whose numbers are static."""
        tree = cls()
        tree.spec = tree._add_output(output)
        return tree

    def _add(self, item: Any, place: str) -> Any:
        kind = type(item)
        if kind is float or kind is int:
            self.leaves.append(float(item))
            self._whole.append(kind is int)
            return (_NUMBER,)
        if isinstance(item, Value):
            self.leaves.append(item)
            self._whole.append(False)
            return (_NUMBER,)
        if isinstance(item, np.ndarray):
            return self._add_array(item, place)
        if kind is list or isinstance(item, tuple):
            table = _table(item)
            if table is not None:
                self.leaves.append(table.ravel().astype(float))
                self._whole.append(table.dtype.kind in "iu")
                return (_TABLE, table.shape, kind, type(item[0]) if table.ndim > 1 else None)
            parts = tuple(self._add(each, f"{place}[{i}]") for i, each in enumerate(item))
            static = [part[0] == _STATIC for part in parts]
            if self._by_sample and parts and (all(static) or (kind is list and any(static))):
                raise self._no_samples(item, place)
            return (_LIST if kind is list else _TUPLE, kind, parts)
        if isinstance(item, dict):
            parts = tuple((key, self._add(each, f"{place}[{brief(key)}]")) for key, each in item.items())
            return (_DICT, kind, parts)
        if isinstance(item, (np.floating, np.integer)):
            self.leaves.append(to_float(item, place))
            self._whole.append(isinstance(item, np.integer))
            return (_NUMBER,)
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
            self.leaves.append(array.astype(float, copy=False).ravel())
            self._whole.append(array.dtype.kind in "iu")
            return (_ARRAY, array.shape)
        if array.dtype == object:
            for number in array.ravel().tolist():
                if not isinstance(number, Value):
                    number = to_float(number, place)
                self.leaves.append(number)
                self._whole.append(False)
            return (_ARRAY, array.shape)
        if array.dtype.kind == "c":
            raise TypeError(f"{place} must hold real numbers, got an array of {array.dtype}")
        if self._by_sample:
            raise self._no_samples(array, place)
        return self._static(array)

    def _static(self, item: Any) -> Any:
        self.statics.append(item)
        return (_STATIC, *static_key(item))

    @staticmethod
    def _no_samples(item: Any, place: str) -> TypeError:
        kind = f"an array of {item.dtype}" if isinstance(item, np.ndarray) else f"a {type(item).__name__}"
        return TypeError(
            f"{place} is {kind} that is not all of numbers, which cannot be parted into samples: "
            f"{brief(item)}; pass numbers (0 and 1 for booleans, a "
            "position for a name), or, if every sample is to get the whole of it, name it in static_argnums"
        )

    def _add_output(self, item: Any) -> Any:
        if isinstance(item, Value):
            self.values.append(item)
            return (_NUMBER,)
        if isinstance(item, np.ndarray) and item.dtype == object:
            if not item.ndim:
                return self._add_output(item[()])
            for each in item.ravel().tolist():
                self._add_output(each)
            return (_ARRAY, item.shape, tuple(isinstance(each, Value) for each in item.ravel().tolist()))
        if isinstance(item, (list, tuple)):
            parts = tuple(self._add_output(each) for each in item)
            return (_LIST if isinstance(item, list) else _TUPLE, type(item), parts)
        if isinstance(item, dict):
            return (_DICT, type(item), tuple((key, self._add_output(each)) for key, each in item.items()))
        self.statics.append(item)
        return (_STATIC, type(item), None)

    # -- reading --------------------------------------------------------------------------------

    def of_samples(self) -> tuple[Tree, list[np.ndarray[Any, Any]], list[Any]]:
        """The arguments of one sample, where every number of these has a leading axis of samples.

        Returns:
            The tree of the first sample; the numbers, arrays of shape (samples, numbers of one argument); and
            where Values are among them the same with these, a list for each sample, else an empty list.

        Raises:
            TypeError: an argument has no such axis.
            ValueError: the lengths differ, or there are no samples.
        """
        sample = Tree()
        columns: list[np.ndarray[Any, Any]] = []
        feed, whole = iter(self.leaves), iter(self._whole)
        sample.statics = self.statics

        def numbers(count: int) -> tuple[np.ndarray[Any, Any], bool]:
            """The next so many numbers, and whether all were given as whole ones."""
            found, is_whole = [next(feed)], bool(next(whole))
            if isinstance(found[0], np.ndarray) and found[0].size == count:
                return found[0], is_whole
            missing = count - (found[0].size if isinstance(found[0], np.ndarray) else 1)
            while missing:
                found.append(next(feed))
                is_whole &= bool(next(whole))
                missing -= found[-1].size if isinstance(found[-1], np.ndarray) else 1
            flat = [x for part in found for x in (part.tolist() if isinstance(part, np.ndarray) else [part])]
            mixed = any(isinstance(x, Value) for x in flat)
            return np.array(flat, dtype=object if mixed else float), is_whole

        def take(spec: Any) -> Any:
            kind = spec[0]
            if kind == _STATIC:
                return spec
            if kind == _NUMBER or (kind == _ARRAY and not spec[1]):
                raise TypeError(
                    f"with batch=True every number of an argument needs a leading axis of samples, got "
                    f"{brief(next(feed))}; capture what all of them share, or name its position in "
                    "static_argnums"
                )
            regular = (spec[1], None) if kind == _ARRAY else _regular(spec) if spec[1] is list else None
            if kind == _TABLE and regular is None:
                regular = _regular(spec)
            if regular is not None:
                shape, kinds = regular
                if not shape[0]:
                    raise ValueError("there are no samples: an argument has none to compute with")
                leaf, is_whole = numbers(int(np.prod(shape)))
                columns.append(leaf.reshape(shape[0], -1))
                sample.leaves += _representatives(columns[-1])
                sample._whole += [is_whole] * columns[-1].shape[1]
                if len(shape) > 1 and kinds is None:
                    return (_ARRAY, shape[1:])
                return _nest(shape[1:], kinds[1:] if kinds else ())
            parts = spec[2]
            if kind == _DICT:
                return (kind, spec[1], tuple((key, take(part)) for key, part in parts))
            return (kind, spec[1], tuple(take(part) for part in parts))

        parts, named = self.spec
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

    def columns(self) -> list[np.ndarray[Any, Any]] | None:
        """What :meth:`of_samples` gives as numbers, for arguments nested as some it was asked for before.

        None where Values are among them, or where they are nested deeper.
        """
        parts = [part for part in (*self.spec[0], *dict(self.spec[1]).values()) if part[0] != _STATIC]
        if not all(part[0] in _SIZED for part in parts):
            return None
        if not all(isinstance(leaf, np.ndarray) for leaf in self.leaves):
            return None
        count = parts[0][1][0]
        return [leaf.reshape(count, -1) for leaf in self.leaves]

    def numbers(self) -> np.ndarray[Any, Any]:
        """The dynamic numbers in one vector."""
        parts = [
            leaf._data if isinstance(leaf, Value) else leaf  # floats and arrays
            for leaf in self.leaves
        ]
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
    def whole(self) -> np.ndarray[Any, Any]:
        """Of each number whether it was given as a whole number."""
        flags = [np.full(size, whole) for size, whole in zip(self.sizes, self._whole, strict=True)]
        return np.concatenate(flags) if flags else np.zeros(0, bool)

    @property
    def numeric(self) -> list[bool]:
        """Of each number whether it was given as one, and not as a Value."""
        return [
            not isinstance(leaf, Value)
            for leaf, size in zip(self.leaves, self.sizes, strict=True)
            for _ in range(size)
        ]

    def flat(self) -> list[Any]:
        """The dynamic parts one by one: floats and Values."""
        found: list[Any] = []
        for leaf in self.leaves:
            if isinstance(leaf, np.ndarray):
                found += leaf.tolist()
            else:
                found.append(leaf)
        return found

    def rebuild_given(self) -> tuple[list[Any], dict[str, Any]]:
        """The arguments with Values for all numbers: those given, and new ones."""
        return self.rebuild(as_values(self.flat()))

    def arrays(self, columns: list[Any], count: int) -> Any:
        """A result nested alike with an array over so many samples in the place of each Value and number.

        Arrays gain an axis. What is no number stays as it is.
        """
        feed, statics = iter(columns), (_over_samples(item, count) for item in self.statics)

        def build(spec: Any) -> Any:
            kind = spec[0]
            if kind == _NUMBER:
                return next(feed)
            if kind == _STATIC:
                return next(statics)
            if kind == _ARRAY:
                parts = [next(feed) if flag else next(statics) for flag in spec[2]]
                columns = [np.broadcast_to(part, (count,)) for part in parts]
                shape = (count, *spec[1])
                return np.stack(columns, axis=-1).reshape(shape) if parts else np.zeros(shape)
            if kind == _DICT:
                return {key: build(part) for key, part in spec[2]}
            items = [build(part) for part in spec[2]]
            if kind == _LIST:
                return items
            return spec[1](*items) if hasattr(spec[1], "_fields") else tuple(items)

        return build(self.spec)

    def pick(self, output: Any) -> list[Any]:
        """What stands in another result where this one has Values: Values, or numbers that need no graph."""
        found: list[Any] = []

        def walk(spec: Any, item: Any) -> None:
            kind = spec[0]
            if kind == _NUMBER:
                found.append(item)
            elif kind == _ARRAY:
                found.extend(each for each, flag in zip(item.ravel().tolist(), spec[2], strict=True) if flag)
            elif kind == _DICT:
                for key, part in spec[2]:
                    walk(part, item[key])
            elif kind != _STATIC:
                for part, each in zip(spec[2], item, strict=True):
                    walk(part, each)

        walk(self.spec, output)
        return found

    @property
    def single(self) -> bool:
        """Whether a result is one Value."""
        return bool(self.spec == (_NUMBER,))

    # -- putting together -------------------------------------------------------------------------

    def rebuild(self, numbers: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments nested alike with other numbers (or Values) in them."""
        feed, statics = iter(numbers), iter(self.statics)
        parts, named = self.spec
        args = [_build(part, feed, statics) for part in parts]
        return args, {name: _build(part, feed, statics) for name, part in named}

    def rebuild_output(self, values: list[Any]) -> Any:
        """A result nested alike with other Values in it."""
        statics = (item.copy() if isinstance(item, (np.ndarray, set)) else item for item in self.statics)
        return _build(self.spec, iter(values), statics)

    def same_as(self, other: Tree) -> bool:
        """Whether two results are nested alike and their static parts are equal."""
        if self.spec != other.spec or len(self.statics) != len(other.statics):
            return False
        return all(equal_statics(a, b) for a, b in zip(self.statics, other.statics, strict=True))

    def __str__(self) -> str:
        statics = f" and {', '.join(map(repr, self.statics[:4]))}" if self.statics else ""
        return f"{len(self.values)} Values{statics}"


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
    if kinds <= {float, int}:
        return np.array(item) if kinds != {int} else np.array(item, dtype=np.int64)
    if kinds == {list} or kinds == {tuple}:
        if len(set(map(len, item))) != 1 or not first:
            return None
        inner = set().union(*(map(type, each) for each in item))
        if inner <= {float, int}:
            return np.array(item)
    return None


def _regular(spec: Any) -> tuple[tuple[int, ...], tuple[Any, ...]] | None:
    """Shape and kinds of lists of equally many numbers, nested to any depth; None for anything else."""
    kind = spec[0]
    if kind == _NUMBER:
        return (), ()
    if kind == _TABLE:
        return spec[1], spec[2:] if len(spec[1]) == 2 else spec[2:3]
    if kind not in (_LIST, _TUPLE) or hasattr(spec[1], "_fields"):
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
        return (_NUMBER,)
    if len(shape) <= 2:
        return (_TABLE, shape, kinds[0], kinds[1] if len(shape) == 2 else None)
    parts = (_nest(shape[1:], kinds[1:]),) * shape[0]
    return (_LIST if kinds[0] is list else _TUPLE, kinds[0], parts)


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


def _over_samples(item: Any, count: int) -> Any:
    """A number, a boolean or an array of them repeated for so many samples; anything else as it is."""
    if isinstance(item, (bool, int, float, np.generic)):
        return np.full(count, item)
    if isinstance(item, np.ndarray):
        return np.repeat(item[None], count, axis=0)
    return item


def equal_statics(a: Any, b: Any) -> bool:
    """Whether two things in results that are no Values are the same."""
    if a is b:
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")
    return bool(a == b or (a != a and b != b))


def _build(spec: Any, feed: Any, statics: Any) -> Any:
    kind = spec[0]
    if kind == _NUMBER:
        return next(feed)
    if kind == _STATIC:
        return next(statics)
    if kind == _TABLE:
        shape = spec[1]
        if len(shape) == 1:
            return spec[2](next(feed) for _ in range(shape[0]))
        return spec[2](spec[3](next(feed) for _ in range(shape[1])) for _ in range(shape[0]))
    if kind == _ARRAY:
        flags = spec[2] if len(spec) > 2 else None
        count = int(np.prod(spec[1]))
        array = np.empty(count, dtype=object)
        for i in range(count):
            array[i] = next(feed) if flags is None or flags[i] else next(statics)
        if count and not any(isinstance(item, Value) for item in array):
            kind = type(array[0])
            array = array.astype(kind if kind in (int, float) else object)
        return array.reshape(spec[1])
    if kind == _DICT:
        return {key: _build(part, feed, statics) for key, part in spec[2]}
    parts = [_build(part, feed, statics) for part in spec[2]]
    if kind == _LIST:
        return parts
    return spec[1](*parts) if hasattr(spec[1], "_fields") else tuple(parts)
