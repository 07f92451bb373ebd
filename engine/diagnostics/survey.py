"""Group the nodes of a graph by layer and by operator, for a report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import ne

from engine.diagnostics.saturation import saturated
from engine.graph.groups import Groups, parts_by_level
from engine.graph.walks import Trace
from engine.node.backend import Value
from engine.ops import alike

__all__ = ["LayerSurvey", "mean", "root_mean_square", "survey"]


@dataclass
class LayerSurvey:
    """One layer.

    Attributes:
        name: as the parameters' names have it.
        parameters: its named leaves.
        signals: the gradients at its outputs: at its nodes that others use, or that are the root.
        local_grads: the local gradients of its activations.
        activations: their operators.
        units: for each part with an activation (a neuron), whether any local gradient of it is not 0.
        saturated: for each node of an S-shaped activation, whether it is saturated.
    """

    name: str
    parameters: list[Value] = field(default_factory=list)
    signals: list[float] = field(default_factory=list)
    local_grads: list[float] = field(default_factory=list)
    activations: set[str] = field(default_factory=set)
    units: dict[str, bool] = field(default_factory=dict)
    saturated: list[bool] = field(default_factory=list)

    @property
    def signal(self) -> float:
        """The size of the gradient at its outputs."""
        return root_mean_square(self.signals)


def root_mean_square(numbers: Iterable[float]) -> float:
    """The root of the mean of the squares; nan of none.

    >>> root_mean_square([3.0, 4.0, 0.0, 0.0])
    2.5
    """
    listed = list(numbers)
    if any(map(ne, listed, listed)):
        return math.nan
    largest = max(map(abs, listed), default=math.nan)
    if not largest or not math.isfinite(largest):
        return largest
    # scaled, so that no square overflows or underflows
    return largest * math.sqrt(math.fsum((x / largest) ** 2 for x in listed) / len(listed))


def mean(flags: Iterable[bool]) -> float:
    """The share of what is true; nan of none.

    >>> mean([True, False, False, False])
    0.25
    """
    listed = list(flags)
    return sum(listed) / len(listed) if listed else math.nan


def survey(
    graph: Trace, gradients: Mapping[Value, float], groups: Groups | None = None
) -> tuple[list[LayerSurvey], dict[str, list[Value]]]:
    """The layers of a graph, the first first, and the nodes of each operator, that of most nodes first.

    Args:
        graph: whose nodes.
        gradients: the derivative of the root by each.
        groups: names for the parameters; without it their labels are read.

    >>> from engine.graph.walks import trace
    >>> w = Value(2.0, label="layers.0.w")
    >>> y = (w * 3.0).tanh()
    >>> layers, operators = survey(trace(y), {node: 1.0 for node in trace(y).nodes})
    >>> layers[0].name, layers[0].activations, [*operators]
    ('layers.0', {'tanh'}, ['', '*', 'tanh'])
    """
    layer_of, unit_of = _levels(graph, groups)
    return _layers(graph, gradients, layer_of, unit_of), _operators(graph)


def _levels(graph: Trace, groups: Groups | None) -> tuple[list[str | None], list[str | None]]:
    """For each node the layer and the unit it belongs to.

    Layers are the outermost parts that are members of a collection (``layers.0``), or of which there are
    several; units are the parts next within them.
    """
    levels = parts_by_level(graph, groups)
    if not levels:
        nowhere: list[str | None] = [None] * len(graph.nodes)
        return nowhere, nowhere
    outermost_first = range(len(levels) - 1, -1, -1)
    chosen = next((i for i in outermost_first if _are_layers(set(levels[i]) - {None})), 0)
    return levels[chosen], levels[max(0, chosen - 1)]


def _are_layers(names: set[str | None]) -> bool:
    return len(names) > 1 or any(name and name[-1].isdigit() for name in names)


def _layers(
    graph: Trace,
    gradients: Mapping[Value, float],
    layer_of: list[str | None],
    unit_of: list[str | None],
) -> list[LayerSurvey]:
    layers: dict[str, LayerSurvey] = {}
    order: dict[str, None] = {}  # of the outputs: of what comes first in the graph
    roots = set(graph.roots)
    leaves: list[int] = []
    for i, name in enumerate(layer_of):
        if name is None:
            continue
        layer = layers.setdefault(name, LayerSurvey(name))
        node = graph.nodes[i]
        if not graph.operands[i]:
            leaves.append(i)
            if node.requires_grad:
                layer.parameters.append(node)
            continue
        if i in roots or any(layer_of[user] != name for user in graph.consumers[i]):
            order.setdefault(name)
            layer.signals.append(gradients[node])
        _add_activation(graph, i, layer, unit_of[i] or name, layer_of)
    names = [*order, *(name for name in layers if name not in order)]
    return [layers[name] for name in names if layers[name].parameters]


def _add_activation(graph: Trace, i: int, layer: LayerSurvey, unit: str, layer_of: list[str | None]) -> None:
    """Note the local gradient of an activation: of a node that mixes no results of its own layer."""
    node, operands = graph.nodes[i], graph.operands[i]
    row = node._row
    if alike(row).mixes or not node._local_grads:
        return
    own = [k for k, j in enumerate(operands) if layer_of[j] == layer.name and graph.operands[j]]
    if len(own) != 1:
        return
    local_grad = node._local_grads[own[0]]
    layer.local_grads.append(local_grad)
    layer.activations.add(row.shown)
    layer.units[unit] = layer.units.get(unit, False) or local_grad != 0.0
    if (flat := saturated(row, local_grad)) is not None:
        layer.saturated.append(flat)


def _operators(graph: Trace) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for node in graph.nodes:
        found.setdefault(node._op, []).append(node)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
