"""Formulas typed into the page: lines ``name = expression``, of which the last is differentiated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine import Value
from engine.node.functions import FUNCTIONS
from playground.backward.lines import Lines, Watching
from playground.backward.made import Made, ProgramError
from viz.cli.expression import CONSTANTS, ExpressionError, evaluate, names_in

__all__ = ["from_formula"]

_ASSIGNMENT = re.compile(r"^\s*([^\W\d]\w*)\s*=(?!=)(.*)$", re.DOTALL)

DEFAULTS = (0.5, -1.0, 2.0, 0.25, -0.75, 1.5, -2.0, 3.0)
"""Numbers for variables that were given none, in their order."""


def from_formula(text: str, values: Mapping[str, float] | None = None) -> Made:
    """Compute lines of formulas by the whitelisted parser; nothing is ever executed as Python.

    Args:
        text: lines ``name = expression`` or expressions; ``#`` begins a remark. A line such as ``w = 0.5``
            makes a leaf. The last line is the root.
        values: numbers for leaves, which come before those of the text.

    Returns:
        The graph; names without a number become leaves with one of :data:`DEFAULTS`.

    Raises:
        ProgramError: a line cannot be read or computed; it has the line.

    >>> made = from_formula("w = 3\\nloss = (w*x - 1)**2", {"x": 2.0})
    >>> made.root.data, made.root.label, made.lines.of(made.root)
    (25.0, 'loss', 2)
    """
    given = dict(values or {})
    for name, x in given.items():
        if not isinstance(x, int | float):
            raise ProgramError(f"{name} must be a number, got {x!r:.40}")
    known: dict[str, Any] = {}
    lines = Lines()
    root: Value | None = None
    for number, written in enumerate(text.splitlines(), 1):
        line = written.partition("#")[0].strip()
        if not line:
            continue
        lines.current = number
        try:
            with Watching(lines):
                root = _line(line, known, given)
        except ExpressionError as error:
            raise ProgramError(str(error), number, _hint(line)) from None
    if root is None:
        raise ProgramError("there is no formula yet", hint="Try tanh(w*x + b), or choose an example.")
    if not root._children:
        raise ProgramError(
            "the last line is a number: nothing leads to it", hint="End with what is to be differentiated."
        )
    if not root.label:
        root.label = next(
            name for name in ("L", "y", "loss", "result") if name not in known or name == "result"
        )
    return Made(root, lines)


def _line(line: str, known: dict[str, Any], given: Mapping[str, float]) -> Value:
    assigned = _ASSIGNMENT.match(line)
    name, expression = (assigned[1], assigned[2].strip()) if assigned else ("", line)
    constant = _constant(expression) if name else None
    if constant is not None:
        known[name] = leaf = Value(given.get(name, constant), label=name)
        return leaf
    for free in _free_names(expression):
        if free not in known and (free in given or free not in CONSTANTS):
            number = given.get(free, DEFAULTS[len(known) % len(DEFAULTS)])
            known[free] = Value(number, label=free)
    result = evaluate(expression, known)
    if name:
        if not result.label and result._children:
            result.label = name
        known[name] = result
    return result


def _constant(expression: str) -> float | None:
    try:
        return float(expression)
    except ValueError:
        return None


def _free_names(expression: str) -> list[str]:
    try:
        return [name for name in names_in(expression) if name not in FUNCTIONS]
    except ExpressionError:
        return []  # evaluate() says what is wrong


def _hint(line: str) -> str | None:
    if re.match(r"\s*(import|from|def|for|while|if|with|class|print)\b", line):
        return "This is Python: start `python -m playground FILE.py`, or use the page without a server."
    return None
