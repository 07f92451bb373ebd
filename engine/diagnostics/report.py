"""The gradients of a whole graph at a glance: layer by layer, operator by operator, and what is wrong.

Glossary: a *signal* is the gradient at what a layer passes on, the root of the mean square over its outputs
and samples; a *factor* is what passing back through a layer does to the signal. It comes from the local
gradients of the layer's activations and from its weights, and the report says how much from each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from warnings import warn

from engine.diagnostics.findings import findings
from engine.diagnostics.saturation import saturated
from engine.diagnostics.survey import LayerSurvey, mean, root_mean_square, survey
from engine.display.html import bullets, details, paragraph, table
from engine.graph.groups import Groups
from engine.graph.names import aligned, lifted_remark, number, shown
from engine.graph.walks import trace
from engine.node.backend import Value
from engine.quoting import typed
from engine.transforms.reverse import gradients

__all__ = ["LayerReport", "OperatorReport", "Report", "report"]

MOST_OPERATORS = 12
"""Operators that are printed, those of most nodes first."""

LEGEND = {
    "layer": "as the dotted names of the parameters have it",
    "parameters": "how many there are",
    "gradient": "size of the gradients (sizes are roots of mean squares)",
    "weight": "size of the parameters themselves",
    "update/weight": "size of the next step over that of the parameters; about 1e-3 is usual",
    "signal": "size of the gradient at the layer's outputs",
    "factor": "the signal of the layer before over this one's: below 1 it shrinks on its way back",
    "local_grad": "size of the activations' local gradients",
    "dead": "share of units whose local gradient is 0 at every sample",
    "saturated": "share of S-shaped activations with a local gradient below 5 % of the steepest",
    "operator": "all nodes of one operator",
    "nodes": "how many there are",
    "flat": "share of local gradients that are exactly 0",
    "not finite": "nodes whose number, local gradient or gradient is inf or nan",
}
"""What the columns of the tables mean."""


@dataclass(frozen=True)
class LayerReport:
    """One layer. Numbers that do not apply are nan.

    Attributes:
        name: as the parameters' dotted names have it.
        parameters: how many there are.
        gradient: the size of their gradients, the root of the mean square.
        weight: the size of the parameters themselves, likewise.
        update_ratio: the size of the next step over that of the parameters; nan where none is known.
        signal: the size of the gradient at the layer's outputs.
        factor: the signal of the layer before, over this one's.
        local_grad: the size of its activations' local gradients, the root of the mean square.
        activations: the operators of the activations.
        units: how many parts (neurons) with an activation it has.
        dead: the share of these whose local gradient is 0 at every sample.
        saturated: the share of nodes of S-shaped activations with a local gradient below 5 % of the steepest.
    """

    name: str
    parameters: int
    gradient: float
    weight: float
    update_ratio: float
    signal: float
    factor: float
    local_grad: float
    activations: tuple[str, ...]
    units: int
    dead: float
    saturated: float

    @property
    def slope(self) -> float:
        """The old name of ``local_grad``, for one release."""
        warn("LayerReport.slope is now LayerReport.local_grad", DeprecationWarning, stacklevel=2)
        return self.local_grad

    @property
    def gain(self) -> float:
        """The part of the factor that comes from the weights."""
        own = 1.0 if self.local_grad != self.local_grad else self.local_grad
        return self.factor / own if own else math.nan


@dataclass(frozen=True)
class OperatorReport:
    """All nodes of one operator.

    Attributes:
        op: its text.
        nodes: how many there are.
        gradient: the size of the gradients at them, the root of the mean square.
        flat: the share of local gradients that are exactly 0.
        saturated: the share of its nodes with a local gradient below 5 % of the steepest; nan if it is not
            S-shaped.
        not_finite: how many of its nodes have a number, a local gradient or a gradient that is inf or nan.
    """

    op: str
    nodes: int
    gradient: float
    flat: float
    saturated: float
    not_finite: int


class Report:
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

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # what IPython prints
        printer.text(str(self))

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
        rows = _layer_rows(self.layers) if self.layers else _operator_rows(self.operators)
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
            "layers": [_plain(layer) | {"gain": layer.gain} for layer in self.layers],
            "operators": [_plain(operator) for operator in self.operators],
            "warnings": list(self.warnings),
        }


def _plain(entry: LayerReport | OperatorReport) -> dict[str, Any]:
    return {each.name: getattr(entry, each.name) for each in fields(entry)}


def _layer_rows(layers: list[LayerReport]) -> list[list[str]]:
    size_names = ["gradient", "weight", "update/weight", "signal", "factor", "local_grad"]
    rows = [["layer", "parameters", *size_names, "dead", "saturated"]]
    for each in layers:
        sizes = (each.gradient, each.weight, each.update_ratio, each.signal, each.factor, each.local_grad)
        rows.append(
            [each.name, str(each.parameters), *map(_cell, sizes), _share(each.dead), _share(each.saturated)]
        )
    return rows


def _operator_rows(operators: list[OperatorReport]) -> list[list[str]]:
    rows = [["operator", "nodes", "gradient", "flat", "saturated", "not finite"]]
    for each in operators[:MOST_OPERATORS]:
        row = [_cell(each.gradient), _share(each.flat), _share(each.saturated), str(each.not_finite or "")]
        rows.append([each.op or "leaf", str(each.nodes), *row])
    return rows


def _cell(x: float) -> str:
    return "" if x != x else f"{x:.3g}"


def _share(x: float) -> str:
    return "" if x != x else f"{100 * x:.0f} %"


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
        _layer(layer, _ratio(earlier, layer.signal), step, found)
        for layer, earlier in zip(layers, before, strict=False)
    ]
    return Report(root, layers_found, [_operator(op, nodes, found) for op, nodes in operators.items()], found)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _descent(found: Mapping[Value, float], lr: float | None) -> Mapping[Value, float]:
    if lr is None:
        return {}
    return {node: -lr * g for node, g in found.items() if not node._children and node.requires_grad}


def _layer(
    layer: LayerSurvey, factor: float, step: Mapping[Value, float], found: Mapping[Value, float]
) -> LayerReport:
    parameters = layer.parameters
    weight = root_mean_square(parameter.data for parameter in parameters)
    moved = [step[parameter] for parameter in parameters if parameter in step]
    return LayerReport(
        name=layer.name,
        parameters=len(parameters),
        gradient=root_mean_square(found[parameter] for parameter in parameters),
        weight=weight,
        update_ratio=_ratio(root_mean_square(moved), weight),
        signal=layer.signal,
        factor=factor,
        local_grad=root_mean_square(layer.local_grads),
        activations=tuple(sorted(layer.activations)),
        units=len(layer.units),
        dead=mean(not alive for alive in layer.units.values()),
        saturated=mean(layer.saturated),
    )


def _operator(op: str, nodes: list[Value], found: Mapping[Value, float]) -> OperatorReport:
    local_grads = [node._local_grads for node in nodes]
    flat = [saturated(node._row, each[0]) for node, each in zip(nodes, local_grads, strict=True) if each]
    finite = (
        math.isfinite(found[node]) and math.isfinite(node.data) and all(map(math.isfinite, each))
        for node, each in zip(nodes, local_grads, strict=True)
    )
    return OperatorReport(
        op=op,
        nodes=len(nodes),
        gradient=root_mean_square(found[node] for node in nodes),
        flat=mean(x == 0.0 for each in local_grads for x in each),
        saturated=mean(each for each in flat if each is not None),
        not_finite=sum(not each for each in finite),
    )
