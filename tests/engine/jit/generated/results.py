"""What a program returns: losses, entries, norms, things that depend on parameters alone, and penalties."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import engine
from engine import take

__all__ = ["DECIDED", "NESTINGS", "PENALTIES", "RESULTS"]

Rows = list[list[Any]]


def _flat(rows: Rows) -> list[Any]:
    return [x for row in rows for x in row]


def _squared(rows: Rows, weights: Any) -> Any:
    return sum((x - weights.target) ** 2 for x in _flat(rows)) / len(_flat(rows))


def _hinge(rows: Rows, weights: Any) -> Any:
    return engine.mean([engine.relu(1.0 - weights.target * x) for x in _flat(rows)])


def _likelihood(rows: Rows, weights: Any) -> Any:
    classes = [*rows[0], *rows[-1]]
    return -take(engine.log_softmax(classes), weights.label)


def _correct(rows: Rows, weights: Any) -> Any:
    """Whether the largest is at the label: a plain number."""
    classes = [*rows[0], *rows[-1]]
    return float(classes.index(max(classes, key=weights.near)) == weights.label)


RESULTS: dict[str, Callable[[Rows, Any], Any]] = {
    "squared": _squared,
    "hinge": _hinge,
    "likelihood": _likelihood,
    "sum": lambda rows, weights: sum(_flat(rows)),
    "mean": lambda rows, weights: engine.mean(_flat(rows)),
    "entry": lambda rows, weights: rows[-1][0],
    "logsumexp": lambda rows, weights: engine.logsumexp(_flat(rows)),
    "norm": lambda rows, weights: engine.sqrt(sum(x * x for x in _flat(rows)) + 0.01),
    "logistic": lambda rows, weights: engine.softplus(-weights.target * rows[0][0]),
    "product": lambda rows, weights: rows[0][0] * rows[-1][-1],
    "parameter": lambda rows, weights: weights.scalar("s"),
    "of parameters": lambda rows, weights: engine.exp(weights.scalar("s")) * weights.scalar("s"),
    "number": lambda rows, weights: 1.5,
    "correct": _correct,
    "count": lambda rows, weights: sum(1 for x in _flat(rows) if weights.at(x) > 0.0),
}
"""From the rows and the weights to one number."""

DECIDED = ("correct", "count")
"""Results that no operator computes."""


def _pairs(ws: list[Any]) -> Any:
    return sum((a * b for a, b in pairwise(ws)), ws[0] * 0.5)


PENALTIES: dict[str, Callable[[list[Any]], Any]] = {
    "squares": lambda ws: sum(w * w for w in ws),
    "powers": lambda ws: sum(w**2 for w in ws),
    "absolute": lambda ws: sum(abs(w) for w in ws),
    "pairs": _pairs,
    "mean": lambda ws: engine.mean(ws),
    "norm": lambda ws: engine.sqrt(sum(w * w for w in ws) + 0.1),
    "smooth": lambda ws: sum(engine.tanh(w) * w for w in ws),
}
"""From the parameters of a group to one number."""


def _dict(numbers: list[Any]) -> dict[str, Any]:
    return {f"out{i}": number for i, number in enumerate(numbers)}


NESTINGS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "dict": _dict,
    "nested": lambda numbers: {"first": numbers[0], "rest": (numbers[1:], [numbers[-1], "a note", None])},
}
"""How several results are returned; one of them alone comes as it is, or nested likewise."""
