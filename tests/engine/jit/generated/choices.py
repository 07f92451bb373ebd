"""Blocks that decide in Python by numbers: no graph shows it, so programs need guards, or run as written.

A choice changes one number: the first of the first row. It sees all rows, weights, and what a world changes
between calls. What it decides by it looks at through ``at``, which in other worlds shifts the number a
little, to see which other ways a call may take whose numbers are rounded otherwise.
"""

import math
from collections.abc import Callable
from itertools import count
from typing import Any

import engine
from engine import Value
from tests.engine.jit.generated.blocks import Rows, block

__all__ = ["CHOICES"]

CHOICES: dict[str, Callable[[Any, list[Any], Any, Any], Any]] = {}
"""From the number, all numbers, a weight and what else is given, to the number in its place."""


def _choice(name: str) -> Callable[[Any], Any]:
    def put(f: Any) -> Any:
        CHOICES[name] = f
        return f

    return put


@block
def choice(rows: Rows, weights: Any, *, kind: str) -> Rows:
    """A number chosen by Python."""
    every = [x for row in rows for x in row]
    return [[CHOICES[kind](rows[0][0], every, weights.scalar("s"), weights), *rows[0][1:]], *rows[1:]]


def number(x: Any) -> float:
    """A number read out of a Value, as people do."""
    return x.data if isinstance(x, Value) else float(x)


# -- comparisons ----------------------------------------------------------------------------------------

CHOICES["if"] = lambda x, xs, w, given: w * x if given.at(x) > 0.1 else 0.5 * x
CHOICES["if by a sum"] = lambda x, xs, w, given: w * x if given.at(w * x + xs[-1] * 0.5) > 0.0 else x - w
CHOICES["if by a parameter"] = lambda x, xs, w, given: w * x if w > 0.0 else engine.tanh(x) - w
CHOICES["if by the target"] = lambda x, xs, w, given: w * x if given.target == 0.5 else x
CHOICES["if by the label"] = lambda x, xs, w, given: w * x if given.label == 1 else x + w
CHOICES["between"] = lambda x, xs, w, given: w * x if -0.5 <= given.at(x) < 0.5 else x
CHOICES["truth"] = lambda x, xs, w, given: x * w if given.at(x) else w
CHOICES["and"] = lambda x, xs, w, given: x * w if given.at(x) > 0.0 and not (w > 1.0) else x
CHOICES["in"] = lambda x, xs, w, given: x * w if given.target in (0.5, -1.0) else x
CHOICES["relu by hand"] = lambda x, xs, w, given: sum((v if given.at(v) > 0.0 else 0.0 for v in xs), w * x)
CHOICES["relu of a layer by hand"] = lambda x, xs, w, given: sum(
    (h if given.at(h) > 0 else 0.01 * h for h in [w * v + 0.1 * x for v in xs]), 0.0
)
CHOICES["where of a layer"] = lambda x, xs, w, given: sum(
    (engine.where(given.at(h) > 0, h, 0.01 * h) for h in [w * v + 0.1 * x for v in xs]), 0.0
)
CHOICES["masks of a layer"] = lambda x, xs, w, given: sum(
    (h * (1.0 if given.at(h) > 0 else 0.01) + (h < 0.5) * h for h in [w * v - 0.1 * x for v in xs]), 0.0
)
CHOICES["minimum of a number"] = lambda x, xs, w, given: w * min(1.0, abs(x) / 2.0, key=given.near)
CHOICES["none left"] = lambda x, xs, w, given: sum([v * w for v in xs if given.at(v) > 0.3]) + x
CHOICES["counted"] = lambda x, xs, w, given: x * w + sum(1 for v in xs if given.at(v) > 0.0) * w


@_choice("several ways")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    z = w * x + 0.1
    if given.at(z) < -1.0:
        return -w
    if given.at(z) < 0.0:
        return z * z
    return engine.sqrt(1.0 + z) if given.at(z) < 2.0 else w + x


@_choice("one hot")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    hot = [1.0 if i == given.label else 0.0 for i in range(2)]
    return hot[0] * x + hot[1] * w * x


@_choice("checked")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    p = engine.sigmoid(w * x)
    assert not p < 0.0  # nan is not
    return p


@_choice("by two weights")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    a, b = given.vector("v", 2)
    return x * a if a < b else x * b


# -- of a list ------------------------------------------------------------------------------------------

CHOICES["max"] = lambda x, xs, w, given: w * max(xs, key=given.near)
CHOICES["min"] = lambda x, xs, w, given: min([w * v for v in xs], key=given.near) + x
CHOICES["sorted"] = lambda x, xs, w, given: sum(w * i * v for i, v in enumerate(sorted(xs, key=given.near)))
CHOICES["place of the largest"] = lambda x, xs, w, given: w * float(xs.index(max(xs, key=given.near))) + x
CHOICES["largest of computed"] = lambda x, xs, w, given: max(
    [w * v + x for v in xs], key=lambda v: -abs(given.at(v))
)


@_choice("median")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    copy = [w * v for v in xs]
    copy.sort(key=given.near)
    return copy[len(copy) // 2] * x


# -- numbers read out -----------------------------------------------------------------------------------

CHOICES["int"] = lambda x, xs, w, given: x * int(given.at(x)) + w
CHOICES["round"] = lambda x, xs, w, given: w * round(given.at(x * 2.0)) + x
CHOICES["floor"] = lambda x, xs, w, given: w * math.floor(given.at(w * x))
CHOICES["round to digits"] = lambda x, xs, w, given: x * round(given.at(x), 1) + w
CHOICES["float"] = lambda x, xs, w, given: w * float(x) + x
CHOICES["data of an argument"] = lambda x, xs, w, given: w * number(given.target) + x
CHOICES["data of a weight"] = lambda x, xs, w, given: x * w.data + w
CHOICES["data of a sum"] = lambda x, xs, w, given: x * number(w * x + xs[-1]) + w
CHOICES["sign"] = lambda x, xs, w, given: x * math.copysign(1.0, number(w))


@_choice("softmax with the largest read out")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    scores = [w * v for v in xs]
    largest = max(number(s) for s in scores)
    powers = [engine.exp(s - largest) for s in scores]
    return powers[0] / sum(powers) * x


# -- loops and integers ---------------------------------------------------------------------------------

CHOICES["table"] = lambda x, xs, w, given: [w, w * x, x][given.label] + x
CHOICES["slice"] = lambda x, xs, w, given: sum(w * v for v in xs[: given.label + 1])
CHOICES["repeated"] = lambda x, xs, w, given: sum([w * x] * (given.label + 1))


@_choice("so many times")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    for _ in range(given.label + 1):
        x = engine.tanh(w * x)
    return x


@_choice("until small")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    steps = 0
    while abs(given.at(x)) > 0.5 and steps < 4:
        x, steps = 0.4 * x * engine.cos(w), steps + 1
    return x + w * steps


@_choice("counting down")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    n = given.label
    while n >= 0:
        x, n = x * w, n - 1
    return x


@_choice("early return")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    for i, v in enumerate(xs):
        if given.at(v) < 0.0:
            return v * w + i
    return x


@_choice("break")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    total = w * x
    for v in xs:
        if given.at(total) > 1.0:
            break
        total = total + v * v
    else:
        total = total * 0.5
    return total


@_choice("bisection")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    low, high = 0.0 * x - 1.0, 0.0 * x + 1.0
    for _ in range(3):
        middle = (low + high) / 2.0
        if given.at(middle * w - x) > 0.0:
            high = middle
        else:
            low = middle
    return low * w


# -- state beside the arguments -------------------------------------------------------------------------

CHOICES["a dict"] = lambda x, xs, w, given: w * x * given.state["scale"]
CHOICES["a list"] = lambda x, xs, w, given: sum((c * w * x for c in given.state["factors"]), x)
CHOICES["a flag"] = lambda x, xs, w, given: w * x if given.state["training"] else x
CHOICES["a name"] = lambda x, xs, w, given: getattr(engine, given.state["act"])(w * x)
CHOICES["a function"] = lambda x, xs, w, given: given.state["f"](w * x)
CHOICES["a set"] = lambda x, xs, w, given: w * x if 1 in given.state["chosen"] else x
CHOICES["frozen or not"] = lambda x, xs, w, given: w * x * 2.0 if w.requires_grad else x - w


@_choice("kept")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    given.kept.append(w * x)
    given.kept[0] = given.kept[-1] * w
    return given.kept[0] if given.at(x) > 0.0 else given.kept[-1]


@_choice("a counter")
def _(x: Any, xs: list[Any], w: Any, given: Any) -> Any:
    counter = count()
    return sum(next(counter) * w * v for v in xs)


# -- the operators that choose --------------------------------------------------------------------------

CHOICES["where by a comparison"] = lambda x, xs, w, given: engine.where(given.at(x) > 0.0, w * x, x - w)
CHOICES["where"] = lambda x, xs, w, given: engine.where(engine.greater(given.at(w * x), 0.1), w * x, x - w)
CHOICES["clip"] = lambda x, xs, w, given: engine.clip(w * x, -0.5, 0.5) + x
CHOICES["take"] = lambda x, xs, w, given: engine.take([w, x, 2.0], given.label) * x
CHOICES["take of numbers"] = lambda x, xs, w, given: engine.take([0.5, 3.0], given.label) * w + x
CHOICES["floor as an operator"] = lambda x, xs, w, given: w * x + engine.floor(given.at(x) * 1.5) * w
CHOICES["stopped"] = lambda x, xs, w, given: x * engine.stop_gradient(w * x) if given.at(x) > 0.0 else x
