"""The chain rule of one gradient in pieces: the nodes that carry it, with names, formulas and factors.

A derivative is the sum over the paths from the variable to the root of the products of local gradients
(``paths.py``). Here the nodes on the largest of these paths get names and formulas (``formula.py``);
``render.py`` writes them as text, ``typesetting.py`` as Markdown and LaTeX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, count
from typing import Any

from engine.explanation.formula import Formula, formula, is_one, local_gradient, named, plain
from engine.explanation.latex import latex_name
from engine.explanation.paths import Path, Paths
from engine.formulas.symbol import number
from engine.graph.names import one_line
from engine.graph.walks import topological_order
from engine.node.backend import Value

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

    def __init__(self, chain: Chain, node: Value, slot: int) -> None:
        child = node._children[slot]
        self._chain, self._node, self._place = chain, node, slot
        self.head, self.tail = chain._names[node], chain._names[child]
        self.slot = slot + 1 if node._children.count(child) > 1 else 0
        self.value = node._local_grads[slot]

    def __repr__(self) -> str:
        return f"<factor d{self.head}/d{self.tail} = {plain(self.symbol)} = {self.value:.6g}>"

    @cached_property
    def symbol(self) -> Formula:
        operands = self._chain._operands(self._node)
        found = local_gradient(self._node, self._place, operands, named(self.head))
        return number(self.value) if found is None else found

    @cached_property
    def whole(self) -> Formula | None:
        result, operands = self._chain._whole[self._node], self._chain._whole_operands(self._node)
        if result is None or operands is None:
            return None
        found = local_gradient(self._node, self._place, operands, result)
        return number(self.value) if found is None else _if_short(found)

    @property
    def longest(self) -> Formula:
        """The whole formula, or where that is too long its symbol."""
        return self.symbol if self.whole is None else self.whole

    @cached_property
    def is_one(self) -> bool:
        """Whether it is the plain number 1, as in a sum."""
        return self.value == 1.0 and is_one(self.symbol)

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

    def __init__(self, chain: Chain, node: Value) -> None:
        self._chain, self.name, self.node = chain, chain._names[node], node
        self.factors: list[Factor] = []

    def __repr__(self) -> str:
        return f"<step {self.name} = {plain(self.formula)} = {self.node.data:.6g}>"

    @cached_property
    def formula(self) -> Formula:
        return formula(self.node, self._chain._operands(self.node))

    def to_dict(self) -> dict[str, Any]:
        """The step as plain data."""
        return {
            "name": self.name, "op": self.node._op, "formula": plain(self.formula), "value": self.node.data,
            "factors": [factor.to_dict() for factor in self.factors],
        }  # fmt: skip


class Chain:
    """The derivative of a root by a variable in pieces: nodes, factors, paths.

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
        graph = topological_order(found.root)
        others = (node for node in graph if node is not found.variable)
        self.partial = any(not node._children and node.requires_grad for node in others)
        nodes = _on_paths(found, self.shown)
        self._labels = {one_line(node.label) for node in [*nodes, *graph]} - {""}
        self._names = _names(nodes, found, self._labels)
        self._on_paths = {*self._names.values()}
        self.root, self.variable = self._names[found.root], self._names[found.variable]
        self._whole: dict[Value, Formula | None] = {found.variable: named(self.variable)}
        self._factors: dict[tuple[Value, int], Factor] = {}
        self._numbers: dict[Value, list[float]] = {}
        used = {edge for path in self.shown for edge in zip(path.nodes[1:], path.slots, strict=True)}
        self.steps = [self._step(node, used) for node in nodes if node is not found.variable]
        self.products = [self._product(path) for path in self.shown]

    def _step(self, node: Value, used: set[tuple[Value, int]]) -> Step:
        """The step of a node, those before it being done.

        Formulas are made when they are asked for: of a path of a thousand nodes a few are ever shown.
        """
        self._numbers[node] = [child.data for child in node._children]  # as they are now
        whole_operands = self._whole_operands(node)
        whole = None if whole_operands is None else _if_short(formula(node, whole_operands))
        self._whole[node] = whole
        step = Step(self, node)
        for slot in range(len(node._children)):
            if (node, slot) in used:
                self._factors[node, slot] = Factor(self, node, slot)
                step.factors.append(self._factors[node, slot])
        return step

    def _operands(self, node: Value) -> list[Formula]:
        """The names of a node's operands in its formula."""
        return [*map(self._operand, node._children, self._numbers[node])]

    def _whole_operands(self, node: Value) -> list[Formula] | None:
        """Its operands in the name of the variable; None where one of them is too long."""
        known, children = self._whole, node._children
        if any(child in known and known[child] is None for child in children):
            return None
        return [
            self._operand(child, x) if (whole := known.get(child)) is None else whole
            for child, x in zip(children, self._numbers[node], strict=True)
        ]

    def _operand(self, node: Value, x: float) -> Formula:
        """An operand in a formula: its name, its label or its number."""
        if node in self._names:
            return named(self._names[node])
        label = one_line(node.label)
        return named(label) if label and label not in self._on_paths else number(x)

    def name_of_path(self, i: int) -> str:
        """A name in LaTeX for the product of a path, p₁, p₂, …, or what no label is."""
        short = {f"p_{{{k}}}" for k in range(1, len(self.shown) + 1)}
        taken = any(latex_name(label) in short for label in self._labels if label[0] == "p")
        return rf"\mathrm{{path}}\;{i}" if taken else f"p_{{{i}}}"

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
    return None if expression is None or expression.size > LARGEST_FORMULA else expression


def _on_paths(found: Paths, shown: Sequence[Path]) -> list[Value]:
    """The nodes on the paths, operands before results; the variable and the root in any case."""
    wanted = {node for path in shown for node in path.nodes}
    if not wanted:
        return [found.variable, found.root]
    return [node for node in found.between.nodes if node in wanted]


def _names(nodes: Sequence[Value], found: Paths, labels: set[str]) -> dict[Value, str]:
    """A name for each node, no two the same: its label, else x for the variable, y for the root, v1, v2, …

    Labels are those of the whole graph: what is made up is none of them, be its node on a path or not.
    """
    seen = {latex_name(label) for label in labels}  # v_2 and v2 look alike there
    names: dict[Value, str] = {}
    taken: set[str] = set()
    counted: dict[str, Iterator[int]] = {}
    for node in nodes:
        name = one_line(node.label)
        if name in taken:
            numbers = counted.setdefault(name, count(2))
            name = next(told for i in numbers if (told := f"{name}#{i}") not in labels)
        if not name:
            numbers = counted.setdefault("", count(1))
            made: Iterable[str] = (f"v{i}" for i in numbers)
            if node in (found.variable, found.root):
                letter = "x" if node is found.variable else "y"
                made = chain([letter], (f"{letter}{i}" for i in count()))
            name = next(each for each in made if latex_name(each) not in seen)
        names[node] = name
        taken.add(name)
    return names
