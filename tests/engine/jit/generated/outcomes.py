"""What a call gives: the numbers, and after backward the gradients of all parameters and arguments."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import engine
from engine import Value, topological_order
from tests.engine.jit.generated.worlds import Arguments, World

__all__ = ["SCALES", "Outcome", "arrays_in", "each_call", "number_of", "numbers_in", "outcome_of"]

SCALES = (1.0, -0.5, 2.0, 0.25)
"""What the results are multiplied by where backward starts from their sum."""


@dataclass
class Outcome:
    """The figures of one call, and the largest that the engine met on the way to them."""

    values: list[float]
    by_parameters: list[float] = field(default_factory=list)
    by_arguments: list[float] = field(default_factory=list)
    largest_value: float = 0.0
    largest_slope: float = 0.0

    def figures(self) -> dict[str, list[float]]:
        return {
            "value": self.values,
            "gradient by parameters": self.by_parameters,
            "gradient by arguments": self.by_arguments,
        }


Run = Callable[[World, Arguments, int], Outcome]


def each_call(world: World, run: Run, before: list[Outcome] | None = None) -> Iterator[Outcome]:
    """The outcomes of all calls of a program.

    Args:
        before: outcomes of the same program, by whose gradients the parameters are moved. Without it, by
            those of this world.
    """
    gradients: list[float] = []
    for number, call in enumerate(world.program.calls):
        arguments = Arguments(world.program, call, world.shake)
        world.move(call.before, gradients or [1.0] * len(world.parameters), call.seed)
        world.make_weights(arguments)
        outcome = run(world, arguments, number)
        outcome.largest_value = max(outcome.largest_value, arguments.largest)
        gradients = (before[number] if before else outcome).by_parameters
        yield outcome


def outcome_of(world: World, results: list[Any], made: list[Value], together: bool) -> Outcome:
    """What a call's results are (one, or of each sample), and the gradients after backward.

    Args:
        made: the Values among the arguments.
        together: whether backward starts from the sum of the results, or from each in turn.
    """
    columns = list(zip(*map(numbers_in, results), strict=True))
    if "map" in world.program.mode:
        largest = max((_largest_value(x) for column in columns for x in column), default=0.0)
        return Outcome([number_of(x) for column in columns for x in column], largest_value=largest)
    means = [column[0] if len(column) == 1 else engine.mean(list(column)) for column in columns]
    roots = [(scale, x) for scale, x in zip(SCALES * 99, means, strict=False) if isinstance(x, Value)]
    penalties = world.penalties(world.program.outside)
    if together:
        terms = [*(scale * x for scale, x in roots), *penalties]
        starts = [sum(terms[1:], terms[0])] if terms else []
    else:
        starts = [*(x for _, x in roots), *penalties]
    largest_slope = 0.0
    for start in starts:
        if start.requires_grad:
            start.backward()
            largest_slope = max(largest_slope, _largest_slope(start))
    by_parameters = [w.grad for w in world.parameters]
    return Outcome(
        [number_of(x) for x in means],
        by_parameters,
        [x.grad for x in made],
        max(map(_largest_value, means), default=0.0),
        max([largest_slope, *(abs(g) for g in by_parameters if math.isfinite(g))]),
    )


def numbers_in(result: Any) -> list[Any]:
    """The numbers and Values of a result, in order."""
    if isinstance(result, Value | float | int):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, np.ndarray):
        return list(result.ravel().tolist())
    if isinstance(result, list | tuple):
        return [x for each in result for x in numbers_in(each)]
    return []


def arrays_in(result: Any) -> list[float]:
    """The numbers of a mapped result: of each of its numbers the samples in turn."""
    if isinstance(result, np.ndarray) and result.ndim:
        return list(map(float, result.reshape(len(result), -1).T.ravel().tolist()))
    if isinstance(result, np.ndarray | float | int):
        return [float(result)]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple):
        return [x for each in result for x in arrays_in(each)]
    return []


def number_of(x: Any) -> float:
    return float(x.data) if isinstance(x, Value) else float(x)


def _largest_value(x: Any) -> float:
    """The largest figure in the graph of a result."""
    nodes = topological_order(x) if isinstance(x, Value) else []
    figures = [abs(number_of(x)), *(abs(node.data) for node in nodes)]
    return max((figure for figure in figures if math.isfinite(figure)), default=0.0)


def _largest_slope(root: Value) -> float:
    """The largest contribution to an adjoint, after backward from the root."""
    parts = (abs(node.grad * slope) for node in topological_order(root) for slope in node._local_grads)
    return max((part for part in parts if math.isfinite(part)), default=0.0)
