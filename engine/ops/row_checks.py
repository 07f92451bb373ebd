"""Checks rows of the operator table: their parts fit each other, and their numbers follow IEEE 754."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.formulas.symbol import parse

__all__ = ["check_numbers", "check_parts"]

Row = Any
"""An op.Op: this file stands below it."""

_CONSTANTS = {"e", "pi", "inf", "nan"}
_OF_A_SEQUENCE = {"xi", "n"}
_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")
"""What tells words from a formula that cannot be read."""

_SPECIAL = (0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan)


def check_parts(row: Row) -> None:
    """Check what can be seen without computing: counts, points and the names in texts.

    Raises:
        ValueError: they do not fit; the message says which and what to write.
    """
    rules = 1 if row.arity is None else len(row.operands)
    for what in ("partials", "partial_text", "array_partials"):
        count = len(getattr(row, what) or ())
        if count not in (0, rules):
            expected = f"one for each of {_list(row.operands)}" if row.arity else "one rule for all operands"
            raise ValueError(f"operator {row.name}: {what} must be {expected}, got {count}")
    for what, count in (("static", row.static), ("defaults", len(row.defaults))):
        if count > len(row.operands):
            raise ValueError(f"operator {row.name}: {what} speaks of {count} operands, there are {rules}")
    for point in row.points:
        if row.arity is not None and len(point) != row.arity:
            raise ValueError(
                f"operator {row.name}: a point is a tuple of {row.arity} numbers, for {_list(row.operands)}, "
                f"got {point}"
            )
    _check_text(row, "text", row.text, known=_CONSTANTS)
    known = _CONSTANTS | {"y"} | (_OF_A_SEQUENCE if row.arity is None else set())
    for text in row.partial_text:
        _check_text(row, "partial_text", text, known)


def _check_text(row: Row, what: str, text: str, known: Iterable[str]) -> None:
    """Check that a text is a formula in the names it may use, or words."""
    formula = parse(text)
    if formula is None:
        if what == "partial_text" and text and not _WORDS.search(text):
            raise ValueError(
                f"operator {row.name}: {what} {text!r} is neither a formula in Python's notation nor words; "
                "write abs(x) for |x|, x**2 for x², and leave the text out where the rule says it as well"
            )
        return
    strange = sorted(formula.names() - {*known, *(name.removeprefix("*") for name in row.operands)})
    if strange:
        raise ValueError(
            f"operator {row.name}: {what} {text!r} names {_list(strange)}, "
            f"which is not an operand; the operands are {_list(row.operands)}"
        )


def check_numbers(row: Row) -> None:
    """Check that value and partials are finite floats at the row's points, and floats of some kind anywhere.

    Raises:
        ValueError: they are not, or a rule raises; the message says which, where, and what to write.
    """
    for point in row.points:
        for what, found in _computed(row, point):
            if not math.isfinite(found):
                raise ValueError(f"operator {row.name}: {what} is {found} at its point {_at(row, point)}")
    for point in row.points[:1]:
        for i in range(row.arity or 1):  # of a sequence the first, as the last may be an index
            for x in _SPECIAL:
                for _ in _computed(row, [*point[:i], x, *point[i + 1 :]]):
                    pass


def _computed(row: Row, point: Sequence[float]) -> Iterator[tuple[str, float]]:
    """The value and the partials at a point, with what they are called."""
    what = "forward"
    try:
        y = row.forward(point) if row.arity is None else row.forward(*point)
        yield what, _float(y)
        what = "a rule of partials"
        partials = row.local_gradients(y, point) if row.partials else [0.0] * len(point)
        for name, partial in zip(row.roles(len(point)), partials, strict=True):
            what = f"the partial by {name}"
            yield what, _float(partial)
    except (ArithmeticError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"operator {row.name}: {what} raises {type(error).__name__} at {_at(row, point)}: {error}; "
            "rows follow IEEE 754, where a pole is an infinity and what is not defined is nan: "
            "take the functions of engine.floats, in rules those of m"
        ) from error


def _float(x: Any) -> float:
    if not isinstance(x, float):
        raise TypeError(f"the result is not a float but {x!r}")
    return x


def _at(row: Row, point: Sequence[float]) -> str:
    return ", ".join(f"{name}={x!r}" for name, x in zip(row.roles(len(point)), point, strict=True))


def _list(names: Iterable[str]) -> str:
    return " and ".join([", ".join([*names][:-1]), [*names][-1]]) if len([*names]) > 1 else "".join(names)
