"""The gradients of a whole graph at a glance: layer by layer, operator by operator, and what is wrong.

Glossary: a *signal* is the gradient at what a layer passes on, the root of the mean square over its outputs
and samples; a *factor* is what passing back through a layer does to the signal. It comes from the local
gradients of the layer's activations and from its weights, and the report says how much from each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.diagnostics.entries import LayerReport, OperatorReport, layer_entry, operator_entry, ratio
from engine.diagnostics.findings import findings
from engine.diagnostics.survey import survey
from engine.diagnostics.tables import LEGEND, MOST_OPERATORS, layer_rows, operator_rows
from engine.display.html import Printed, bullets, details, paragraph, table
from engine.graph.groups import Groups
from engine.graph.names import aligned, lifted_remark, number, shown
from engine.graph.walks import trace
from engine.node.backend import Value
from engine.quoting import typed
from engine.transforms.reverse import gradients

__all__ = ["LayerReport", "OperatorReport", "Report", "report"]


class Report(Printed):
    """The gradients of a graph at a glance; prints as tables, with warnings below them.

    Attributes:
        value: the number of the root.
        nodes: how many nodes the graph has.
        layers: one entry for each, the first layer first; none where no leaf has a dotted name.
        operators: one entry for each, the one of most nodes first.
        warnings: sentences on what is wrong; none where all is well.
        gradients: the derivative of the root by each node.
    """

    def __init__(
        self,
        root: Value,
        layers: list[LayerReport],
        operators: list[OperatorReport],
        node_gradients: Mapping[Value, float],
    ) -> None:
        self.root = root
        self.value = root.data
        self.nodes = len(node_gradients)
        self.layers = layers
        self.operators = operators
        self.gradients = node_gradients
        self.warnings = findings(layers, operators)

    def largest(self, count: int = 10) -> list[tuple[Value, float]]:
        """The nodes with the largest gradients, with these: nan first, then by size."""
        by_size = sorted(self.gradients.items(), key=lambda pair: (pair[1] == pair[1], -abs(pair[1])))
        return by_size[:count]

    def __repr__(self) -> str:
        return f"Report(nodes={self.nodes}, layers={len(self.layers)}, warnings={len(self.warnings)})"

    def __str__(self) -> str:
        rows = self._rows()
        legend = aligned([[name, LEGEND[name]] for name in rows[0][1:]], "ll")
        lines = [self._heading(), "", *aligned(rows, "l" + "r" * len(rows[0][1:])), *self._omitted()]
        remarks = self._remarks()
        lines += ["", *remarks] if remarks else []
        return "\n".join([*lines, "", *legend])

    def _repr_html_(self) -> str:
        """The same as HTML, the meaning of a column where the pointer rests on its head, and below."""
        rows = self._rows()
        meanings = [LEGEND[name] for name in rows[0]]
        legend = table([("column", "meaning"), *zip(rows[0], meanings, strict=True)], "ll")
        parts = [
            paragraph(self._heading(), strong=True),
            table(rows, "l" + "r" * len(rows[0][1:]), meanings),
            *(paragraph(line, small=True) for line in self._omitted()),
            bullets(self._remarks()),
            details("what the columns mean", legend),
        ]
        return "".join(parts)

    def _heading(self) -> str:
        name = shown(self.root) if self.root.label or not self.root._op else f"the root, {shown(self.root)}"
        return f"{name} = {number(self.value)}, made of {self.nodes:,} nodes"

    def _rows(self) -> list[list[str]]:
        """The table of the layers, or where there are none that of the operators, without empty columns."""
        rows = layer_rows(self.layers) if self.layers else operator_rows(self.operators)
        kept = [i for i, column in enumerate(zip(*rows, strict=True)) if not i or any(column[1:])]
        return [[row[i] for i in kept] for row in rows]

    def _omitted(self) -> list[str]:
        more = 0 if self.layers else len(self.operators) - MOST_OPERATORS
        return [f"… {more} more operators"] if more > 0 else []

    def _remarks(self) -> list[str]:
        return [*self.warnings, *lifted_remark(self.gradients)]

    def to_dict(self) -> dict[str, Any]:
        """All of this as plain data, but the gradients of single nodes."""
        return {
            "value": self.value,
            "nodes": self.nodes,
            "layers": [asdict(layer) | {"gain": layer.gain} for layer in self.layers],
            "operators": [asdict(operator) for operator in self.operators],
            "warnings": list(self.warnings),
        }


def report(
    root: Value,
    *,
    lr: float | None = None,
    updates: Mapping[Value, float] | None = None,
    groups: Groups | None = None,
) -> Report:
    """The gradients of a whole graph at a glance. No ``.grad`` is changed; hooks run as in ``backward()``.

    Layers are found by the dotted names of the parameters (``layers.0.neurons.1.w.2``), which labels give and
    the networks of ``nn`` set. Without such names there is the table of operators alone.

    Args:
        root: what is differentiated, such as the loss of a batch.
        lr: the step size of plain gradient descent, for the ratio of update to weight.
        updates: in its place, the change that the next step makes to each parameter.
        groups: names for the parameters, ``dict(model.named_parameters())``; without it labels are read.

    Returns:
        The report: tables when printed, plain data from ``to_dict()``, a picture from ``viz.plot_report``.

    Raises:
        TypeError: the root is not a Value.
        ValueError: lr and updates are both given.
        GraphError: the root takes no gradient, or a node was built by hand without local gradients.

    >>> w = [Value(0.1, label=f"layers.{i}.w.0") for i in range(4)]
    >>> x = Value(0.5)
    >>> for weight in w:
    ...     x = (x * weight).sigmoid()
    >>> found = report(x, lr=0.1)
    >>> [f"{layer.factor:.4f}" for layer in found.layers]
    ['nan', '0.0250', '0.0250', '0.0250']
    >>> print(found.warnings[0])
    The gradient vanishes: from layers.3 back to layers.0 it shrinks to 1.56e-05 of its size, ×0.025 a layer.
    """
    if not isinstance(root, Value):
        raise TypeError(f"report() needs a Value, got {typed(root)}")
    if lr is not None and updates is not None:
        raise ValueError("give lr= or updates=, not both")
    graph = trace(root)
    found = dict(zip(graph.nodes, gradients(root, graph.nodes), strict=True))
    layers, operators = survey(graph, found, groups)
    step = updates if updates is not None else _descent(found, lr)
    signals = [layer.signal for layer in layers]
    before = [math.nan, *signals]
    layers_found = [
        layer_entry(layer, ratio(earlier, layer.signal), step, found)
        for layer, earlier in zip(layers, before, strict=False)
    ]
    return Report(
        root, layers_found, [operator_entry(op, nodes, found) for op, nodes in operators.items()], found
    )


def _descent(found: Mapping[Value, float], lr: float | None) -> Mapping[Value, float]:
    if lr is None:
        return {}
    return {node: -lr * g for node, g in found.items() if not node._children and node.requires_grad}
