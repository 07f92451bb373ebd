"""A slip and its right form, each with the error that a check finds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine import GradientError, Value, gradcheck

__all__ = ["CLOSE", "Trial", "as_value", "off_by", "finding"]

CLOSE = 1e-7
"""How far off, relative to its size, a derivative may be that passes a gradient check."""

ByHand = Callable[[Sequence[float]], tuple[float, Sequence[float]]]
"""Takes weights, gives a cost and its gradient, both computed by hand."""


@dataclass(frozen=True)
class Trial:
    """The result of checking a slip and its right form.

    Attributes:
        name: of the slip, such as "E-1".
        slip: what was written.
        right: what is right.
        slip_off: how far the check finds the slip off.
        right_off: how far it finds the right form off.
        allowed: how far off something may be that passes.
    """

    name: str
    slip: str
    right: str
    slip_off: float
    right_off: float
    allowed: float = CLOSE

    @property
    def exposed(self) -> bool:
        """Whether the check fails on the slip, and the right form passes.

        >>> Trial("E-0", "1 + 1 = 3", "1 + 1 = 2", slip_off=1.0, right_off=0.0).exposed
        True
        """
        return self.slip_off > self.allowed >= self.right_off


def as_value(by_hand: ByHand) -> Callable[[list[Value]], Value]:
    """Turn a function with a gradient by hand into an operator of the engine.

    >>> x = Value(3.0)
    >>> as_value(lambda xs: (xs[0] ** 2, [2 * xs[0]]))([x]).backward()
    >>> x.grad
    6.0
    """

    def operator(xs: list[Value]) -> Value:
        cost, gradient = by_hand([x.data for x in xs])
        return Value(float(cost), tuple(xs), tuple(map(float, gradient)))

    return operator


def off_by(by_hand: ByHand, weights: Sequence[float]) -> float:
    """The largest relative error of a gradient computed by hand.

    >>> off_by(lambda xs: (xs[0] ** 2, [xs[0]]), [3.0])  # 3 instead of 6
    0.5
    """
    return gradcheck(as_value(by_hand), list(weights), rtol=math.inf).max_error


def finding(by_hand: ByHand, weights: Sequence[float]) -> str:
    """The engine's gradient check of a gradient computed by hand, in words.

    >>> finding(lambda xs: (xs[0] ** 2 + xs[1], [xs[0], 1.0]), [3.0, 0.0])
    '1 of 2 derivatives disagree (central differences)'
    """
    try:
        report = str(gradcheck(as_value(by_hand), list(weights), rtol=CLOSE, atol=0.0))
    except GradientError as error:
        report = str(error)
    return report.splitlines()[0]
