"""Truth tables of one or two bits, and how a model's answers compare with them."""

from collections.abc import Callable, Sequence
from typing import Any

from engine import no_grad

__all__ = ["BITS", "GATES", "INPUTS", "TABLES", "answers", "error", "inputs_of", "right", "until"]

INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
"""All there are of two bits, in the order of a truth table."""

GATES = {
    "AND": [0, 0, 0, 1],
    "OR": [0, 1, 1, 1],
    "NAND": [1, 1, 1, 0],
    "NOR": [1, 0, 0, 0],
    "XOR": [0, 1, 1, 0],
}
"""The right answers for ``INPUTS``."""

BITS = [[0.0], [1.0]]  # all there are of one bit
TABLES = {**GATES, "NOT": [1, 0]}


def inputs_of(targets: Sequence[int]) -> list[list[float]]:
    """The inputs of a truth table: two bits for four targets, one bit for two."""
    return INPUTS if len(targets) == len(INPUTS) else BITS


def answers(model: Callable[..., Any], inputs: Sequence[Sequence[float]] = INPUTS) -> list[float]:
    """A model's answers to inputs, all of two bits by default."""
    with no_grad():
        return [model(x).data for x in inputs]


def error(model: Callable[..., Any], targets: Sequence[int]) -> float:
    """The largest error of a model's answers."""
    found = answers(model, inputs_of(targets))
    return max(abs(answer - target) for answer, target in zip(found, targets, strict=True))


def right(model: Callable[..., Any], targets: Sequence[int]) -> int:
    """How many of a model's answers are right when rounded to 0 or 1, halves to 1."""
    found = answers(model, inputs_of(targets))
    return sum((answer >= 0.5) == target for answer, target in zip(found, targets, strict=True))


def until(goal: float, targets: Sequence[int]) -> Callable[[Any], None]:
    """A callback of ``nn.fit``: ends the training when every answer is that close to the truth."""
    return lambda state: state.stop("learned") if error(state.model, targets) < goal else None
