"""Takes results apart into their nesting and Values, and puts them together with others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.floats.coerce import is_real
from engine.node.backend import Value
from engine.pytree.spec import ARRAY, DICT, NUMBER, STATIC, Spec, build, dict_of, list_of, sequence_of
from engine.pytree.statics import equal_statics

__all__ = ["Result", "as_nodes", "without_graph"]


class Result:
    """How a result is nested, and what stands in it.

    Attributes:
        spec: the nesting; equal for equal nestings.
        values: the Values in it, in order.
        statics: everything else, plain numbers included.
        floats: which of the Values stand for plain numbers, and are floats where it is rebuilt.

    >>> result = Result((Value(1.0), "note"))
    >>> result.values, result.statics
    ([Value(data=1.0, grad=0.0)], ['note'])
    """

    floats: frozenset[int] = frozenset()

    def __init__(self, output: Any) -> None:
        self.values: list[Value] = []
        self.statics: list[Any] = []
        self.spec: Spec = self._add(output)

    def _add(self, item: Any) -> Spec:
        if isinstance(item, Value):
            self.values.append(item)
            return (NUMBER,)
        if isinstance(item, np.ndarray) and item.dtype == object:
            if not item.ndim:
                return self._add(item[()])
            for each in item.ravel().tolist():
                self._add(each)
            return (ARRAY, item.shape, tuple(isinstance(each, Value) for each in item.ravel().tolist()))
        if isinstance(item, (list, tuple)):
            return (list_of(type(item)), type(item), tuple(map(self._add, item)))
        if isinstance(item, dict):
            parts = tuple((key, self._add(each)) for key, each in item.items())
            return (DICT, dict_of(item) or dict, parts)
        self.statics.append(item)
        return (STATIC, type(item), None)

    def rebuild(self, values: list[Any]) -> Any:
        """A result nested alike with other Values in it."""
        if self.floats:
            values = [float(x._data) if i in self.floats else x for i, x in enumerate(values)]
        if self.spec == (NUMBER,):
            return values[0]
        statics = (item.copy() if isinstance(item, (np.ndarray, set)) else item for item in self.statics)
        return build(self.spec, iter(values), statics)

    def over_samples(self, columns: list[Any], count: int) -> Any:
        """A result nested alike with an array over so many samples in the place of each Value and number.

        Arrays gain an axis. What is not a number stays as it is.
        """

        def array(spec: Spec, feed: Iterator[Any], statics: Iterator[Any]) -> Any:
            parts = [np.broadcast_to(next(feed) if flag else next(statics), (count,)) for flag in spec[2]]
            shape = (count, *spec[1])
            return np.stack(parts, axis=-1).reshape(shape) if parts else np.zeros(shape)

        statics = (_repeated(item, count) for item in self.statics)
        return build(self.spec, iter(columns), statics, array)

    def same_as(self, other: Result) -> bool:
        """Whether two results are nested alike and their static parts are equal."""
        if self.spec != other.spec or len(self.statics) != len(other.statics):
            return False
        return all(map(equal_statics, self.statics, other.statics))

    def __str__(self) -> str:
        statics = f" and {', '.join(map(repr, self.statics[:4]))}" if self.statics else ""
        return f"{len(self.values)} Values{statics}"


def as_nodes(output: Any, like: Result) -> Any:
    """A result with constants in the place of its numbers where another one, nested alike, has Values.

    >>> as_nodes([2, 3], Result([Value(1.0), 3]))
    [Value(data=2.0, grad=0.0), 3]
    """

    def put(item: Any, spec: Spec) -> Any:
        if spec == (NUMBER,):
            return item if isinstance(item, Value) or not is_real(item) else Value(item).detach()
        if spec[0] == DICT and isinstance(item, dict) and len(item) == len(spec[2]):
            pairs = zip(item.items(), spec[2], strict=True)
            return spec[1]({key: put(each, part) for (key, each), (_, part) in pairs})
        if spec[0] not in (ARRAY, STATIC) and isinstance(item, (list, tuple)) and len(item) == len(spec[2]):
            return sequence_of(type(item), [put(*pair) for pair in zip(item, spec[2], strict=True)])
        return item

    return put(output, like.spec)


def without_graph(output: Any) -> Any:
    """A result with Values of their own in the place of those in it, which are computed of nothing.

    >>> without_graph([2.0 * Value(3.0), "note"])
    [Value(data=6.0, grad=0.0), 'note']
    """
    result = Result(output)
    return result.rebuild([value.detach() for value in result.values]) if result.values else output


def _repeated(item: Any, count: int) -> Any:
    """A number, a boolean or an array of them repeated for so many samples; anything else as it is."""
    if isinstance(item, (bool, int, float, np.generic)):
        return np.full(count, item)
    if isinstance(item, np.ndarray):
        return np.repeat(item[None], count, axis=0)
    return item
