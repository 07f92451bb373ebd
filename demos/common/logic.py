"""What ``gates`` and ``xor`` share: functions of two bits, and what a model makes of them."""

from collections.abc import Callable, Sequence

from engine import Value, no_grad

__all__ = ["GATES", "INPUTS", "Model", "answers", "error", "right"]

Model = Callable[[Sequence[float]], Value]
"""Takes two inputs and gives a number between 0 and 1, the more the surer of a 1."""

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


def answers(model: Model) -> list[float]:
    """A model's answers to ``INPUTS``.

    >>> answers(lambda x: Value(0.25))
    [0.25, 0.25, 0.25, 0.25]
    """
    with no_grad():
        return [model(x).data for x in INPUTS]


def error(model: Model, targets: Sequence[int]) -> float:
    """How far off the worst of a model's answers is.

    >>> error(lambda x: Value(0.25), GATES["AND"])
    0.75
    """
    return max(abs(answer - target) for answer, target in zip(answers(model), targets, strict=True))


def right(model: Model, targets: Sequence[int]) -> int:
    """How many of a model's answers are right when rounded to 0 or 1, halves to 1.

    >>> right(lambda x: Value(0.25), GATES["AND"])
    3
    """
    rounded = [int(answer >= 0.5) for answer in answers(model)]
    return sum(answer == target for answer, target in zip(rounded, targets, strict=True))
