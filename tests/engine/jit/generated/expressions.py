"""Formulas as data: nested tuples of an operator and its operands, numbers, and names of variables.

``("let", one, body)`` computes ``one`` once and calls it ``d`` in the body, where it stands several times.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import engine

__all__ = ["CONSTANTS", "compute", "draw_expression", "smaller_expressions", "written"]

Expression = Any

_OPERATORS: dict[str, tuple[str, Callable[..., Any]]] = {
    "+": ("({} + {})", lambda a, b: a + b),
    "-": ("({} - {})", lambda a, b: a - b),
    "*": ("({} * {})", lambda a, b: a * b),
    "/": ("({} / (1.5 + {} ** 2))", lambda a, b: a / (1.5 + b**2)),
    "neg": ("(-{})", lambda a: -a),
    "square": ("{} ** 2", lambda a: a**2),
    "cube": ("{} ** 3", lambda a: a**3),
    "inverse": ("(2.0 + {} ** 2) ** -1", lambda a: (2.0 + a**2) ** -1),
    "root": ("(0.5 + {} ** 2) ** 0.5", lambda a: (0.5 + a**2) ** 0.5),
    "tanh": ("engine.tanh({})", engine.tanh),
    "sigmoid": ("engine.sigmoid({})", engine.sigmoid),
    "relu": ("engine.relu({})", engine.relu),
    "softplus": ("engine.softplus({})", engine.softplus),
    "abs": ("abs({})", abs),
    "sin": ("engine.sin({})", engine.sin),
    "exp": ("engine.exp(-abs({}))", lambda a: engine.exp(-abs(a))),
    "log": ("engine.log(1.0 + {} ** 2)", lambda a: engine.log(1.0 + a**2)),
    "maximum": ("engine.maximum({}, {})", engine.maximum),
    "minimum": ("engine.minimum({}, {})", engine.minimum),
    "where": (
        "engine.where(engine.greater({}, {}), {}, {})",
        lambda a, b, c, d: engine.where(engine.greater(a, b), c, d),
    ),
    "stop": ("engine.stop_gradient({})", engine.stop_gradient),
}
"""How each operator is written, and what it computes. All are finite where their operands are."""

_ARITIES = {name: text.count("{}") for name, (text, _) in _OPERATORS.items()}

_COMMON = ["+", "+", "-", "*", "*", "*", "square", "tanh"]

CONSTANTS = (0.5, 2.0, -1.0, 1.0, 3.0, 1.0 / 3.0, 0.1, -2.5, 0.0, -0.0, 1e-3, 1e3, 1e-9, 1e7, 1e-170)
"""Numbers that people write, and some that cancel or underflow."""


def draw_expression(rng: Random, variables: str, size: int) -> Expression:
    """A formula of about so many operators over variables of one letter each."""
    if size > 2 and "d" not in variables and rng.random() < 0.35:
        half = max(1, size // 2)
        return ("let", draw_expression(rng, variables, half), _twice(rng, variables, half))
    if size <= 0:
        return rng.choice(variables) if rng.random() < 0.8 else rng.choice(CONSTANTS)
    name = rng.choice(_COMMON) if rng.random() < 0.7 else rng.choice(sorted(_OPERATORS))
    sizes = [(size - 1) // _ARITIES[name]] * _ARITIES[name]
    return (name, *(draw_expression(rng, variables, each) for each in sizes))


def _twice(rng: Random, variables: str, size: int) -> Expression:
    """A formula in which ``d`` stands more than once."""
    again = draw_expression(rng, "d" + variables, size)
    first = rng.choice([("*", "d", "d"), ("+", "d", "d"), ("square", "d"), ("*", "d", rng.choice(variables))])
    return (
        rng.choice("+-*"),
        rng.choice([first, ("+", first, first), (rng.choice("+*"), first, "d")]),
        again,
    )


def compute(expression: Expression, variables: dict[str, Any]) -> Any:
    """What the formula gives."""
    if isinstance(expression, str):
        return variables[expression]
    if isinstance(expression, float):
        return expression
    name, *operands = expression
    if name == "let":
        return compute(operands[1], {**variables, "d": compute(operands[0], variables)})
    return _OPERATORS[name][1](*(compute(each, variables) for each in operands))


def written(expression: Expression) -> str:
    """The formula as Python."""
    if isinstance(expression, str | float):
        return str(expression)
    name, *operands = expression
    if name == "let":
        return f"(lambda d: {written(operands[1])})({written(operands[0])})"
    return _OPERATORS[name][0].format(*map(written, operands))


def smaller_expressions(expression: Expression, variables: str) -> Iterator[Expression]:
    """Formulas with one operator less, or with a simpler end."""
    if isinstance(expression, str):
        if expression != variables[0]:
            yield variables[0]
        return
    if isinstance(expression, float):
        yield from (number for number in (1.0, 2.0) if number != expression and expression not in (1.0, 2.0))
        yield variables[0]
        return
    name, *operands = expression
    if name == "let":
        one, body = operands
        yield from (("let", each, body) for each in smaller_expressions(one, variables))
        yield from (("let", one, each) for each in smaller_expressions(body, variables + "d"))
        yield _put(body, one)
        return
    yield from operands
    for i, operand in enumerate(operands):
        for each in smaller_expressions(operand, variables):
            yield (name, *operands[:i], each, *operands[i + 1 :])


def _put(body: Expression, one: Expression) -> Expression:
    """The body with ``one`` in the place of ``d``."""
    if body == "d":
        return one
    if isinstance(body, str | float):
        return body
    return (body[0], *(_put(each, one) for each in body[1:]))
