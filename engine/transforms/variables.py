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
from engine.pytree.maps import copied, flatten, map_numbers, map_values, matching
from engine.quoting import brief

__all__ = [
    "ArgNums",
    "call_on_variables",
    "check",
    "has_values",
    "like_arguments",
    "matching_numbers",
    "must_be_graph",
    "must_be_number",
    "plain_aux",
    "primal_arguments",
    "variables_of",
    "without_aux",
]

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


def call_on_variables(
    f: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], argnums: ArgNums
) -> tuple[list[Any], Any]:
    """Call f with Values for the numbers to differentiate by; return those arguments and f's result.

    What is returned holds the variables as they were before the call: f gets copies of the containers, in
    which it may put, sort and drop what it likes. Arguments that are not differentiated reach f as they are.

    >>> (argument,), result = call_on_variables(lambda x, y: x * y, (2.0, 3.0), {}, 0)
    >>> result._children[0] is argument, result.data
    (True, 6.0)
    """
    positions = _positions(argnums)
    for position in positions:
        if not -len(args) <= position < len(args):
            raise TypeError(f"argnums={argnums}, but {len(args)} positional arguments were given")
    chosen = {position % len(args) for position in positions}
    prepared = list(args)
    for i in chosen:
        prepared[i] = map_numbers(_variable, args[i], f"argument {i}")
    trees = [prepared[position] for position in positions]
    for i in chosen:
        prepared[i] = copied(prepared[i])
    with enable_grad():
        output = differentiated(f, prepared, options, variables_of(trees))
    return trees, tuple(map(bare, output)) if type(output) is tuple else bare(output)


def variables_of(trees: Iterable[Any]) -> list[Value]:
    """The variables in those arguments, in order."""
    return [number for tree in trees for number in flatten(tree)]


def without_aux(output: Any, has_aux: bool) -> tuple[Any, Any]:
    """Split what f returned into the output to differentiate and ``aux``.

    Raises:
        TypeError: ``has_aux`` is set and it is not a pair.

    >>> without_aux((3.0, "note"), True), without_aux((3.0, 4.0), False)
    ((3.0, 'note'), ((3.0, 4.0), None))
    """
    if not has_aux:
        return output, None
    if not isinstance(output, (tuple, list)) or len(output) != 2:
        raise TypeError(f"has_aux=True needs a function that returns a pair, got {brief(output)}")
    return output[0], output[1]


def plain_aux(aux: Any, args: tuple[Any, ...], argnums: ArgNums) -> Any:
    """``aux`` with plain numbers in it, unless it will be differentiated again.

    As derivatives, Values stay if Values came in; and those that depend on the variables of a transform
    around this one.

    >>> plain_aux({"w": [Value(2.0)], "note": "sound"}, (1.0,), 0)
    {'w': [2.0], 'note': 'sound'}
    """
    if has_values(args[i] for i in _positions(argnums)):
        return aux
    return map_values(lambda value: value if must_be_graph((), (), [value]) else value.data, aux)


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


def like_arguments(trees: list[Any], numbers: Iterable[Any], argnums: ArgNums) -> Any:
    """Numbers in the nested structure of the arguments."""
    given = iter(numbers)
    results = [map_numbers(lambda item, path: next(given), tree) for tree in trees]
    return tuple(results) if isinstance(argnums, Sequence) else results[0]


def primal_arguments(primals: Any, name: str = "primals") -> tuple[tuple[Any, ...], range]:
    """The arguments of f, given in a tuple or list, and their positions.

    Raises:
        TypeError: they are given otherwise.
    """
    if not isinstance(primals, (tuple, list)):
        raise TypeError(f"{name} must be a tuple or list of the function's arguments, got {brief(primals)}")
    return tuple(primals), range(len(primals))


def matching_numbers(primals: tuple[Any, ...], tangents: Any) -> list[Any]:
    """The numbers of the tangents, of which there must be one for each number of the primals."""
    given, _ = primal_arguments(tangents, "tangents")
    if len(given) != len(primals):
        raise ValueError(f"there are {len(primals)} primals, but {len(given)} tangents")
    numbers = []
    for i, (primal, tangent) in enumerate(zip(primals, given, strict=True)):
        own = matching(primal, tangent, f"primal {i}", f"tangent {i}")
        numbers += [number if isinstance(number, Value) else float(number) for number in own]
    return numbers


def must_be_number(output: Any, name: str, instead: str = "") -> None:
    """TypeError unless f returned one number, in the name of the transform that needs it."""
    if not isinstance(output, (Value, float, int, np.number)):
        kind = type(output).__name__
        raise TypeError(f"{name} needs a function that returns one number, got {kind}{instead}")


def _variable(number: Any, path: str) -> Value:
    return number._apply(SAME, (number,)) if isinstance(number, Value) else Value(number)


def _positions(argnums: ArgNums) -> list[int]:
    return [*map(index, argnums)] if isinstance(argnums, Sequence) else [index(argnums)]
