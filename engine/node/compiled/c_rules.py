"""Writes formulas as C statements, for the compiled node's kernels.

Equal parts are computed once. What only one side of a ``where`` needs is computed on that side alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.formulas.symbol import Symbol, as_symbol
from engine.node.compiled.c_functions import literal

__all__ = ["statements"]

Scope = tuple[tuple[int, int], ...]
"""The branches that lead to a statement: number of the ``where`` and which of its sides."""

Call = Callable[[str, list[str]], str]
"""Writes the call of a row."""


def statements(results: Sequence[tuple[str, Any]], call: Call) -> list[str]:
    """The C statements that compute some results; each is given with what it is assigned to."""
    roots = [(target, as_symbol(value)) for target, value in results]
    numbers = {node: i for i, node in enumerate(_order([value for _, value in roots]))}
    writer = _Writer(numbers, _scopes([value for _, value in roots], numbers), call)
    writer.write(())
    return [*writer.lines, *(f"    {target} = {writer.text(value)};" for target, value in roots)]


def _order(roots: list[Symbol]) -> list[Symbol]:
    """Every node once, operands first."""
    found: dict[Symbol, None] = {}
    waiting = roots[::-1]
    while waiting:
        node = waiting[-1]
        missing = [operand for operand in node.operands if operand not in found]
        if missing:
            waiting += missing[::-1]
        else:
            found.setdefault(waiting.pop())
    return [*found]


def _scopes(roots: list[Symbol], numbers: dict[Symbol, int]) -> dict[Symbol, Scope]:
    """The outermost branch in which each node must be known, operands before those that use them."""
    scopes: dict[Symbol, Scope] = dict.fromkeys(roots, ())
    for node in reversed(numbers):
        for position, operand in enumerate(node.operands):
            needed = scopes[node]
            if node.kind == "where" and position:
                needed = (*needed, (numbers[node], position))
            scopes[operand] = _common(scopes[operand], needed) if operand in scopes else needed
    return {node: scopes[node] for node in numbers}


def _common(a: Scope, b: Scope) -> Scope:
    length = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        length += 1
    return a[:length]


class _Writer:
    """Writes the statements of all nodes, those of a branch within it."""

    def __init__(self, numbers: dict[Symbol, int], scopes: dict[Symbol, Scope], call: Call) -> None:
        self.numbers, self.scopes, self.call = numbers, scopes, call
        self.lines: list[str] = []

    def write(self, scope: Scope) -> None:
        indent = "    " * (len(scope) + 1)
        for node, place in self.scopes.items():
            if place != scope or node.kind in ("name", "number"):
                continue
            if node.kind != "where":
                self.lines.append(f"{indent}const double {self.text(node)} = {self.computed(node)};")
                continue
            condition, *sides = node.operands
            self.lines.append(f"{indent}double {self.text(node)};")
            for position, side in enumerate(sides, 1):
                head = f"if ({self.text(condition)} != 0.0) {{" if position == 1 else "} else {"
                self.lines.append(f"{indent}{head}")
                self.write((*scope, (self.numbers[node], position)))
                self.lines.append(f"{indent}    {self.text(node)} = {self.text(side)};")
            self.lines.append(f"{indent}}}")

    def text(self, node: Symbol) -> str:
        if node.kind == "name":
            return str(node.parts[0])
        return literal(node.parts[0]) if node.kind == "number" else f"t{self.numbers[node]}"

    def computed(self, node: Symbol) -> str:
        texts = [*map(self.text, node.operands)]
        if node.kind == "call":
            return self.call(node.parts[0], texts)
        return f"-{texts[0]}" if node.kind == "neg" else f"{texts[0]} {node.kind} {texts[1]}"
