"""Reads the rule of a partial derivative once, on templates, and writes it as C statements.

A rule is made of arithmetic and of other rows, so running it on templates leaves its formula. Equal parts are
computed once. What only one side of a ``where`` needs is computed on that side alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.node.compiled.c_functions import literal

__all__ = ["Formula", "Template", "statements"]

Scope = tuple[tuple[int, int], ...]
"""The branches that lead to a statement: number of the ``where`` and which of its sides."""


class Formula:
    """The templates of one rule; equal ones are the same object."""

    def __init__(self, call: Callable[[str, list[str]], str]) -> None:
        self.call = call
        self.nodes: dict[tuple[Any, ...], Template] = {}

    def node(self, kind: str, *parts: Any) -> Template:
        key = (kind, *(id(part) if isinstance(part, Template) else part for part in parts))
        if key not in self.nodes:
            self.nodes[key] = Template(self, len(self.nodes), kind, parts)
        return self.nodes[key]

    def number(self, value: float | Template) -> Template:
        return value if isinstance(value, Template) else self.node("number", literal(value))

    def __getattr__(self, name: str) -> Callable[..., Template]:
        """The row of that name, on templates: what a rule finds in its namespace ``m``."""
        if name.startswith("_"):
            raise AttributeError(name)
        kind = ("where",) if name == "where" else ("call", name)
        return lambda *xs: self.node(*kind, *map(self.number, xs))


class Template:
    """A number that will be known when the C runs; arithmetic on it is written down."""

    __hash__ = object.__hash__

    def __init__(self, formula: Formula, number: int, kind: str, parts: tuple[Any, ...]) -> None:
        self.formula, self.number, self.kind, self.parts = formula, number, kind, parts

    @property
    def operands(self) -> list[Template]:
        return [part for part in self.parts if isinstance(part, Template)]

    def __neg__(self) -> Template:
        return self.formula.node("negative", self)


def _binary(sign: str, reflected: bool) -> Callable[[Template, Any], Template]:
    def method(self: Template, other: Any) -> Template:
        pair = (self, self.formula.number(other))
        return self.formula.node(sign, *(pair[::-1] if reflected else pair))

    return method


for _sign, _name in {"+": "add", "-": "sub", "*": "mul", "/": "truediv"}.items():
    setattr(Template, f"__{_name}__", _binary(_sign, False))
    setattr(Template, f"__r{_name}__", _binary(_sign, True))


def statements(formula: Formula, results: Sequence[tuple[str, Any]]) -> list[str]:
    """The C statements that compute some results; each is given with what it is assigned to."""
    roots = [(target, formula.number(value)) for target, value in results]
    scopes = _scopes([value for _, value in roots])
    lines: list[str] = []
    _write(scopes, (), lines)
    return [*lines, *(f"    {target} = {_text(value)};" for target, value in roots)]


def _scopes(roots: list[Template]) -> dict[Template, Scope]:
    """The outermost branch in which each node must be known, operands after those that use them."""
    scopes: dict[Template, Scope] = {}
    order = _order(roots)
    for root in roots:
        scopes[root] = ()
    for node in reversed(order):
        for position, operand in enumerate(node.operands):
            needed = scopes[node]
            if node.kind == "where" and position:
                needed = (*needed, (node.number, position))
            scopes[operand] = _common(scopes[operand], needed) if operand in scopes else needed
    return {node: scopes[node] for node in order}


def _order(roots: list[Template]) -> list[Template]:
    """Every node, operands first. Templates are numbered as they are made, so after their operands."""
    found = set(roots)
    waiting = list(roots)
    while waiting:
        for operand in waiting.pop().operands:
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return sorted(found, key=lambda node: node.number)


def _common(a: Scope, b: Scope) -> Scope:
    length = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        length += 1
    return a[:length]


def _write(scopes: dict[Template, Scope], scope: Scope, lines: list[str]) -> None:
    indent = "    " * (len(scope) + 1)
    for node, place in scopes.items():
        if place != scope or node.kind in ("operand", "number"):
            continue
        if node.kind != "where":
            lines.append(f"{indent}const double {_text(node)} = {_computed(node)};")
            continue
        condition, *sides = node.operands
        lines.append(f"{indent}double {_text(node)};")
        for position, side in enumerate(sides, 1):
            head = f"if ({_text(condition)} != 0.0) {{" if position == 1 else "} else {"
            lines.append(f"{indent}{head}")
            _write(scopes, (*scope, (node.number, position)), lines)
            lines.append(f"{indent}    {_text(node)} = {_text(side)};")
        lines.append(f"{indent}}}")


def _text(node: Template) -> str:
    return str(node.parts[0]) if node.kind in ("operand", "number") else f"t{node.number}"


def _computed(node: Template) -> str:
    texts = [_text(operand) for operand in node.operands]
    if node.kind == "call":
        return node.formula.call(node.parts[0], texts)
    if node.kind == "negative":
        return f"-{texts[0]}"
    return f"{texts[0]} {node.kind} {texts[1]}"
