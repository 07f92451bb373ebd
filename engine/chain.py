"""The chain rule of one gradient in pieces: the nodes that carry it, with names, formulas and factors.

A derivative is the sum over the paths from the variable to the root of the products of local gradients
(``routes.py``). Here the nodes on the largest of these paths get names and formulas (``symbols.py``); how
they are told, as text, Markdown or LaTeX, is in ``telling.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.graph import topological_order
from engine.naming import one_line
from engine.node import Value
from engine.routes import Path, Paths
from engine.symbols import Formula, by_number, formula, is_one, local_gradient, named, plain, size

__all__ = ["Chain", "Factor", "Step"]

LARGEST_FORMULA = 40
"""Names, numbers and operators of a formula down to the variable; beyond, there is the short form only."""


class Factor:
    """One factor of the chain rule: the derivative of a node by one of its operands.

    Attributes:
        head: the name of the node.
        tail: that of the operand.
        slot: which operand it is, counted from 1, where the node uses the same one more than once; else 0.
        symbol: its formula in the names of the node and its operands, or its number where it has no formula.
        whole: the same with everything down to the variable written out; None where that is too long.
        value: its number.
    """

    def __init__(
        self, head: str, tail: str, slot: int, symbol: Formula, whole: Formula | None, value: float
    ) -> None:
        self.head, self.tail, self.slot = head, tail, slot
        self.symbol, self.whole, self.value = symbol, whole, value

    @property
    def is_one(self) -> bool:
        """Whether it changes nothing, as that of a sum does."""
        return is_one(self.symbol)

    def to_dict(self) -> dict[str, Any]:
        """The factor as plain data."""
        whole = None if self.whole is None else plain(self.whole)
        return {
            "of": self.head, "by": self.tail, "slot": self.slot, "symbol": plain(self.symbol), "whole": whole,
            "value": self.value,
        }  # fmt: skip


class Step:
    """One node on the way: its name, how it was made, its number, and its local gradients.

    Attributes:
        name: its label, or one that was made up.
        node: the node.
        formula: how it was made, in the names of its operands.
        factors: its derivatives by those of its operands that are on a path.
    """

    def __init__(self, name: str, node: Value, made: Formula) -> None:
        self.name, self.node, self.formula = name, node, made
        self.factors: list[Factor] = []

    def to_dict(self) -> dict[str, Any]:
        """The step as plain data."""
        return {
            "name": self.name, "op": self.node._op, "formula": plain(self.formula), "value": self.node.data,
            "factors": [factor.to_dict() for factor in self.factors],
        }  # fmt: skip


class Chain:
    """All that there is to tell about the derivative of a root by a variable.

    Args:
        found: the paths between them.

    Attributes:
        root: the name of what is differentiated.
        variable: the name of what by.
        gradient: the derivative, as ``backward()`` finds it.
        value: the number of the variable.
        paths: the largest paths, with the number and sums of all: see :func:`engine.paths`.
        shown: those that are explained: without those of product zero, unless there are no others.
        steps: the nodes on these paths but the variable, operands before results.
        products: for each of the paths its factors, from the root down.
        partial: whether the root depends on other leaves as well.
    """

    def __init__(self, found: Paths) -> None:
        self.paths = found
        self.gradient = found.gradient
        self.value = found.variable.data
        self.shown = [path for path in found if path.product] or list(found)
        others = (node for node in topological_order(found.root) if node is not found.variable)
        self.partial = any(not node._children and node.requires_grad for node in others)
        nodes = _on_paths(found, self.shown)
        self._names = _names(nodes, found)
        self.root, self.variable = self._names[found.root], self._names[found.variable]
        self._whole: dict[Value, Formula | None] = {found.variable: named(self.variable)}
        self._factors: dict[tuple[Value, int], Factor] = {}
        used = {edge for path in self.shown for edge in zip(path.nodes[1:], path.slots, strict=True)}
        self.steps = [self._step(node, used) for node in nodes if node is not found.variable]
        self.products = [self._product(path) for path in self.shown]

    def _step(self, node: Value, used: set[tuple[Value, int]]) -> Step:
        """The step of a node, those before it being done."""
        children, name = node._children, self._names[node]
        operands = [self._operand(child) for child in children]
        written_out = [self._whole.get(child, short) for child, short in zip(children, operands, strict=True)]
        whole_operands = [each for each in written_out if each is not None]
        complete = len(whole_operands) == len(children)
        whole = self._whole[node] = _if_short(formula(node, whole_operands) if complete else None)
        step = Step(name, node, formula(node, operands))
        for slot, child in enumerate(children):
            if (node, slot) not in used:
                continue
            value = node._local_grads[slot]
            symbol = local_gradient(node, slot, operands, named(name)) or by_number(value)
            slope = None
            if whole is not None:
                slope = _if_short(local_gradient(node, slot, whole_operands, whole) or by_number(value))
            repeated = slot + 1 if children.count(child) > 1 else 0
            factor = Factor(name, self._names[child], repeated, symbol, slope, value)
            self._factors[node, slot] = factor
            step.factors.append(factor)
        return step

    def _operand(self, node: Value) -> Formula:
        """What an operand is called in a formula: by its name, its label or its number."""
        if node in self._names:
            return named(self._names[node])
        return named(one_line(node.label)) if node.label else by_number(node.data)

    def _product(self, path: Path) -> list[Factor]:
        edges = zip(path.nodes[1:], path.slots, strict=True)
        return [self._factors[node, slot] for node, slot in edges][::-1]

    def __repr__(self) -> str:
        kind = type(self).__name__
        return f"{kind}(root={self.root!r}, variable={self.variable!r}, gradient={self.gradient!r})"

    def to_dict(self) -> dict[str, Any]:
        """All of this as plain data."""
        return {
            "root": self.root,
            "variable": self.variable,
            "value": self.value,
            "gradient": self.gradient,
            "steps": [step.to_dict() for step in self.steps],
            "paths": self.paths.to_dict(),
        }


def _if_short(expression: Formula | None) -> Formula | None:
    return None if expression is None or size(expression) > LARGEST_FORMULA else expression


def _on_paths(found: Paths, shown: Sequence[Path]) -> list[Value]:
    """The nodes on the paths, operands before results; the variable and the root in any case."""
    wanted = {node for path in shown for node in path.nodes}
    if not wanted:
        return [found.variable, found.root]
    return [node for node in found.between.nodes if node in wanted]


def _names(nodes: Sequence[Value], found: Paths) -> dict[Value, str]:
    """A name for each node, no two the same: its label, else x for the variable, y for the root, v1, v2, …"""
    labels = {one_line(operand.label) for node in nodes for operand in (node, *node._children)}
    names: dict[Value, str] = {}
    taken: set[str] = set()
    made_up = 0
    for node in nodes:
        name = one_line(node.label)
        if name in taken:
            name = next(
                f"{name}#{i}" for i in range(2, len(nodes) + 2) if f"{name}#{i}" not in taken | labels
            )
        if not name:
            if node is found.variable:
                name = _free("x", labels | taken)
            elif node is found.root:
                name = _free("y", labels | taken)
            else:
                made_up += 1
                while f"v{made_up}" in labels:
                    made_up += 1
                name = f"v{made_up}"
        names[node] = name
        taken.add(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    return (
        name
        if name not in taken
        else next(f"{name}{i}" for i in range(len(taken) + 1) if f"{name}{i}" not in taken)
    )
