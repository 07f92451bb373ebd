"""The state of the tab in a session: a graph, its numbers, its steps, and which parts are open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import detect_anomaly
from engine.explanation.formula import local_gradient, named, plain
from engine.explanation.sweep import Sweep, recorded_sweep
from engine.formulas.symbol import Symbol
from engine.formulas.symbol import number as by_number
from engine.graph.names import number, one_line
from engine.graph.walks import Trace, trace
from engine.node.bulk import read_data, write_grad
from engine.ops.op import CONSTANT
from playground.backward.made import Made, ProgramError
from playground.backward.recomputed import recomputed
from playground.backward.views import View
from playground.limits import limit_nodes

__all__ = ["Scene"]

_UNKNOWN = "its line is not known"
"""What an anomaly says without a line: here the line is known from the text."""

MOST_LEAVES = 300
"""Leaves that get a slider."""


class Scene:
    """A graph with its sweep.

    Args:
        made: the root and where it came from.
        source: the text.
        language: ``"formula"`` or ``"python"``.
    """

    def __init__(self, made: Made, source: str, language: str) -> None:
        self.source, self.language, self.printed = source, language, made.printed
        self.groups = made.groups
        graph = trace(made.root)
        limit_nodes(len(graph.nodes))
        self.lines = [made.lines.of(node) for node in graph.nodes]
        self.reach(graph)
        self.names = _names(graph)
        self.first = {i: node.data for i, node in enumerate(graph.nodes) if not node._children}
        self.view = View(graph, made.groups)

    def reach(self, graph: Trace) -> None:
        """Take a graph, whose sweep is forgotten."""
        self.graph = graph
        self.root = graph.nodes[graph.roots[0]]
        self._sweep: Sweep | None = None

    @property
    def sweep(self) -> Sweep:
        """The steps of the backward pass, which is run when they are first asked for; the nodes keep its
        gradients."""
        if self._sweep is None:
            self._sweep = recorded_sweep(self.graph)
            write_grad(self.graph.nodes, self._sweep.gradients)
        return self._sweep

    @property
    def gradients(self) -> NDArray[np.float64]:
        """The gradient of each node."""
        return self.sweep.gradients

    @property
    def leaves(self) -> list[int]:
        """The leaves that can be changed: all but the numbers written in the text."""
        graph = self.graph
        found = [i for i, node in enumerate(graph.nodes) if not node._children and node._row is not CONSTANT]
        return sorted(found, key=lambda i: not graph.nodes[i].label)

    def change(self, values: Mapping[int, float]) -> None:
        """Set leaves and compute everything again.

        Raises:
            ProgramError: a position is no leaf, or a number is not finite.
        """
        for i, x in values.items():
            if not 0 <= i < len(self.graph.nodes) or self.graph.nodes[i]._children:
                raise ProgramError(f"node {i} is not a leaf")
            if not isinstance(x, int | float) or not math.isfinite(x):
                raise ProgramError(f"{self.names[i]} must be a finite number, got {x!r}")
        for i, x in values.items():
            self.graph.nodes[i].data = float(x)
        nodes = recomputed(self.graph)
        position = {node: i for i, node in enumerate(nodes)}
        self.reach(Trace(nodes, self.graph.roots, position))
        self.view.graph = self.graph

    @property
    def keeps_decisions(self) -> bool:
        """Whether a leaf has another number than when a program, which may choose by it, made the graph."""
        if self.language == "formula":
            return False
        return any(self.graph.nodes[i].data != x for i, x in self.first.items())

    def data(self) -> dict[str, NDArray[Any]]:
        """The numbers of all nodes, as ``data``."""
        data = np.empty(len(self.graph.nodes))
        read_data(self.graph.nodes, data)
        return {"data": data}

    def numbers(self) -> dict[str, NDArray[Any]]:
        """What changes with a leaf: data and gradients of all nodes, and the steps.

        Of these the page has ``edges``, int32 of shape (3, steps), with rows of heads, slots and tails, and
        ``local``; the rest it finds as the engine does: upstream is the head's gradient, and a part is
        local × upstream. Where hooks had a say, ``upstream`` and ``parts`` come along. Of the edges that
        are not walked ``still``, int32, has rows of heads and slots, and ``still_local`` the local gradients.
        """
        sweep = self.sweep
        edges = np.stack([sweep.nodes, sweep.slots, sweep.operands])
        found = {**self.data(), "grad": sweep.gradients, "edges": edges, "local": sweep.local_grads}
        found |= self._still(sweep)
        return found if sweep.told else {**found, "upstream": sweep.upstream, "parts": sweep.parts}

    def _still(self, sweep: Sweep) -> dict[str, NDArray[Any]]:
        """The edges to nodes with gradients that the backward pass does not walk, as where relu is flat."""
        nodes = self.graph.nodes
        walked = set(zip(sweep.nodes.tolist(), sweep.slots.tolist(), strict=True))
        still = [
            (i, slot, nodes[i]._local_grads[slot])
            for i, operands in enumerate(self.graph.operands)
            for slot, j in enumerate(operands)
            if (i, slot) not in walked and nodes[j].requires_grad and slot < len(nodes[i]._local_grads)
        ]
        heads, slots, local = zip(*still, strict=True) if still else ((), (), ())
        return {"still": np.array([heads, slots], np.int32), "still_local": np.array(local, np.float64)}

    def find_anomalies(self) -> list[dict[str, Any]]:
        """Where nan and infinities arise, with the user's line; computed again under ``detect_anomaly``."""
        if all(map(math.isfinite, [*self.gradients.tolist(), *(node.data for node in self.graph.nodes)])):
            return []
        try:
            with detect_anomaly(mode="report") as report:
                nodes = recomputed(self.graph)
                again = nodes[self.graph.roots[0]]
                again.backward()
        finally:
            self.reach(self.graph)
            self.sweep  # noqa: B018 - the nodes have its gradients again
        found = []
        for anomaly in report.anomalies:
            at = self._first_bad(anomaly.operator)
            message = [
                line for line in str(replace(anomaly, place=None)).split("\n  ") if _UNKNOWN not in line
            ]
            line = self.lines[at] if at >= 0 else 0
            found.append({"message": "\n".join(message), "node": at, "line": line})
        return found

    def _first_bad(self, operator: str) -> int:
        """The first node of an operator that made a number that is not finite, forward or backward."""
        graph = self.graph
        for i, node in enumerate(graph.nodes):
            row = node._row
            if not node._children or operator not in (row.name, node._op, (row.base or row).name):
                continue
            if not math.isfinite(node.data) or not all(map(math.isfinite, node._local_grads)):
                return i
        return -1

    def arithmetic(self, head: int, slot: int) -> dict[str, Any]:
        """The derivative of a node by one of its operands: its formula, with names and with numbers."""
        node, operands = self.graph.nodes[head], self.graph.operands[head]
        names = [self._operand(j) for j in operands]
        numbers = [by_number(self.graph.nodes[j].data) for j in operands]
        return {
            "symbol": _text(local_gradient(node, slot, names, named(self.names[head]))),
            "numbers": _text(local_gradient(node, slot, numbers, by_number(node.data))),
            "value": node._local_grads[slot],
        }

    def _operand(self, j: int) -> Symbol:
        node = self.graph.nodes[j]
        return by_number(node.data) if node._row is CONSTANT else named(self.names[j])

    def described(self) -> dict[str, Any]:
        """What does not change with a leaf: texts, names, leaves."""
        nodes, leaves = self.graph.nodes, self.leaves
        shown = leaves[:MOST_LEAVES]
        return {
            "source": self.source,
            "language": self.language,
            "printed": self.printed,
            "nodes": len(nodes),
            "root": self.graph.roots[0],
            "leaves": [{"node": i, "name": self.names[i], "first": self.first[i]} for i in shown],
            "more_leaves": len(leaves) - len(shown),
        }


def _text(formula: Symbol | None) -> str | None:
    return None if formula is None else plain(formula)


def _names(graph: Trace) -> list[str]:
    """A name for each node: its label, a number as it is, else v1, v2, …"""
    taken = {str(node.label) for node in graph.nodes if node.label}
    names, made_up = [], 0
    for node in graph.nodes:
        if node.label:
            names.append(one_line(node.label))
        elif node._row is CONSTANT:
            names.append(number(node.data))
        else:
            made_up += 1
            while f"v{made_up}" in taken:
                made_up += 1
            names.append(f"v{made_up}")
    return names
