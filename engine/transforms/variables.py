"""The variables of a transform: Values put in place of an argument's numbers.

Every transform makes variables of its own, also where an outer one's variable is the number it is given. That
keeps derivatives by either apart when transforms nest, in forward mode as in reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import index
from typing import Any

import numpy as np

from engine.autograd.differentiating import differentiated, variables_around
from engine.autograd.grad_mode import enable_grad
from engine.autograd.trace_mode import runs_as_written
from engine.floats.coerce import bare
from engine.node.backend import Value
from engine.ops.indexing import SAME
from engine.pytree.maps import copied, flatten, map_numbers, map_values, matching, numbers_of_output
from engine.quoting import brief

__all__ = ["ArgNums", "Call", "check", "has_values", "like", "matching_numbers", "primal_arguments"]

ArgNums = int | Sequence[int]
"""The position of an argument, or of several."""


def check(f: Any, argnums: Any = 0) -> None:
    """TypeError unless f can be called and argnums are positions."""
    if not callable(f):
        raise TypeError(f"expected a function to differentiate, got {brief(f)}")
    try:
        _positions(argnums)
    except TypeError:
        raise TypeError(f"argnums must be a position or several, got {brief(argnums)}") from None


class Call:
    """A function called with Values for the numbers to differentiate by, and what comes of it.

    The variables are those before the call: f gets copies of the containers, in which it may put, sort and
    drop what it likes. Arguments that are not differentiated reach f as they are.

    Args:
        f: what is called, with ``args`` and ``options``.
        argnums: position of the argument to differentiate, or several of them; None for all.
        has_aux: whether f returns a pair of what is differentiated and anything else.

    Attributes:
        trees: the arguments to differentiate by, with the variables in place of their numbers.
        variables: these, in order.
        output: what f returned, without ``aux``.

    Raises:
        TypeError: there is no such argument, or it is not of numbers; or ``has_aux`` is set and f returned no
            pair.

    >>> call = Call(lambda x, y: ([x * y], "note"), (2.0, 3.0), {}, 0, has_aux=True)
    >>> call.with_aux(call.value(False), call.like_arguments([5.0]))
    ([6.0], 5.0, 'note')
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        options: dict[str, Any] | None = None,
        argnums: ArgNums | None = None,
        has_aux: bool = False,
    ) -> None:
        self.args, self.has_aux, self.aux = args, has_aux, None
        self.argnums = range(len(args)) if argnums is None else argnums
        positions = _positions(self.argnums)
        for position in positions:
            if not -len(args) <= position < len(args):
                raise TypeError(f"argnums={argnums}, but {len(args)} positional arguments were given")
        prepared = list(args)
        chosen = {position % len(args) for position in positions}
        for i in chosen:
            prepared[i] = map_numbers(_variable, args[i], f"argument {i}")
        self.trees = [prepared[position] for position in positions]
        self.variables = [number for tree in self.trees for number in flatten(tree)]
        for i in chosen:
            prepared[i] = copied(prepared[i])
        with enable_grad():
            found = differentiated(f, prepared, options or {}, self.variables)
        self.output = tuple(map(bare, found)) if type(found) is tuple else bare(found)
        if has_aux:
            if not isinstance(self.output, (tuple, list)) or len(self.output) != 2:
                raise TypeError(
                    f"has_aux=True needs a function that returns a pair, got {brief(self.output)}"
                )
            self.output, self.aux = self.output

    @property
    def numbers(self) -> list[Any]:
        """The numbers of the output, in order."""
        return numbers_of_output(self.output)

    @property
    def nested(self) -> bool:
        """Whether the derivatives must be graphs."""
        return must_be_graph(self.args, self.argnums, self.numbers)

    def number(self, name: str, instead: str = "") -> Any:
        """The output; TypeError unless it is one number, in the name of the transform that needs it."""
        if not isinstance(self.output, (Value, float, int, np.number)):
            kind = type(self.output).__name__
            raise TypeError(f"{name} needs a function that returns one number, got {kind}{instead}")
        return self.output

    def value(self, nested: bool) -> Any:
        """The output, in plain numbers unless it shall be differentiated again."""
        if nested:
            return self.output
        return map_numbers(lambda x, path: x.data if isinstance(x, Value) else float(x), self.output)

    def like_arguments(self, numbers: Iterable[Any]) -> Any:
        """Numbers in the nested structure of the arguments; for several ``argnums`` a tuple of these."""
        found = like(self.trees, numbers)
        return tuple(found) if isinstance(self.argnums, Sequence) else found[0]

    def with_aux(self, *results: Any) -> Any:
        """The results, with ``aux`` behind them if f returns one; one result alone as it is.

        In ``aux`` plain numbers stand for Values, unless Values came in, or it depends on the variables of a
        transform around this one.

        >>> Call(lambda x: (x, {"w": [Value(2.0)], "note": "sound"}), (1.0,), has_aux=True).with_aux()
        ({'w': [2.0], 'note': 'sound'},)
        """
        if not self.has_aux:
            return results if len(results) > 1 else results[0]
        if has_values(self.args[i] for i in _positions(self.argnums)):
            return (*results, self.aux)
        return (*results, map_values(lambda x: x if must_be_graph((), (), [x]) else x.data, self.aux))


def must_be_graph(args: tuple[Any, ...], argnums: ArgNums, outputs: list[Any]) -> bool:
    """Whether the derivatives must be graphs, to be differentiated again or lifted.

    They must while a lifted function is traced or runs as written, if Values came in, or if an output
    depends on a variable of a transform around this one.
    """
    if runs_as_written() or has_values(args[i] for i in _positions(argnums)):
        return True
    outer = variables_around()
    return bool(outer) and any(
        not outer.isdisjoint(output._topological_order()) for output in outputs if isinstance(output, Value)
    )


def has_values(trees: Iterable[Any]) -> bool:
    """Whether any of the numbers is a Value."""
    return any(isinstance(number, Value) for tree in trees for number in flatten(tree))


def like(trees: Iterable[Any], numbers: Iterable[Any]) -> list[Any]:
    """Numbers in the nested structures of trees."""
    given = iter(numbers)
    return [map_numbers(lambda item, path: next(given), tree) for tree in trees]


def primal_arguments(primals: Any, name: str = "primals") -> tuple[Any, ...]:
    """The arguments of f, given in a tuple or list; TypeError if they are given otherwise."""
    if not isinstance(primals, (tuple, list)):
        raise TypeError(f"{name} must be a tuple or list of the function's arguments, got {brief(primals)}")
    return tuple(primals)


def matching_numbers(primals: tuple[Any, ...], tangents: Any) -> list[Any]:
    """The numbers of the tangents, of which there must be one for each number of the primals."""
    given = primal_arguments(tangents, "tangents")
    if len(given) != len(primals):
        raise ValueError(f"there are {len(primals)} primals, but {len(given)} tangents")
    numbers = []
    for i, (primal, tangent) in enumerate(zip(primals, given, strict=True)):
        own = matching(primal, tangent, f"primal {i}", f"tangent {i}")
        numbers += [number if isinstance(number, Value) else float(number) for number in own]
    return numbers


def _variable(number: Any, path: str) -> Value:
    return number._apply(SAME, (number,)) if isinstance(number, Value) else Value(number)


def _positions(argnums: ArgNums) -> list[int]:
    return [*map(index, argnums)] if isinstance(argnums, Sequence) else [index(argnums)]
