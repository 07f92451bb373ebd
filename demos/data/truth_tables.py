"""Truth tables of one or two bits, and how a model's answers compare with them."""

from collections.abc import Callable, Sequence

from engine import Value, no_grad

__all__ = ["BITS", "GATES", "INPUTS", "NOT", "TABLES", "Model", "answers", "error", "inputs_of", "right"]

Model = Callable[[Sequence[float]], Value]
"""Takes one or two inputs and gives a number between 0 and 1, the more the surer of a 1."""

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

BITS = [[0.0], [1.0]]
"""All there are of one bit."""

NOT = [1, 0]
"""The right answers for ``BITS``."""

TABLES = {**GATES, "NOT": NOT}


def inputs_of(targets: Sequence[int]) -> list[list[float]]:
    """The inputs of a truth table: two bits for four targets, one bit for two.

    >>> inputs_of(NOT)
    [[0.0], [1.0]]
    """
    return INPUTS if len(targets) == len(INPUTS) else BITS


def answers(model: Model, inputs: Sequence[Sequence[float]] = INPUTS) -> list[float]:
    """A model's answers to inputs, all of two bits by default.

    >>> answers(lambda x: Value(0.25))
    [0.25, 0.25, 0.25, 0.25]
    """
    with no_grad():
        return [model(x).data for x in inputs]


def error(model: Model, targets: Sequence[int]) -> float:
    """The largest error of a model's answers.

    >>> error(lambda x: Value(0.25), GATES["AND"])
    0.75
    """
    return max(
        abs(answer - target)
        for answer, target in zip(answers(model, inputs_of(targets)), targets, strict=True)
    )


def right(model: Model, targets: Sequence[int]) -> int:
    """How many of a model's answers are right when rounded to 0 or 1, halves to 1.

    >>> right(lambda x: Value(0.25), GATES["AND"])
    3
    """
    rounded = [int(answer >= 0.5) for answer in answers(model, inputs_of(targets))]
    return sum(answer == target for answer, target in zip(rounded, targets, strict=True))
