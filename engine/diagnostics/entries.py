"""The entries of a report: layers and operators, with the sizes of their gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from warnings import warn

from engine.diagnostics.saturation import saturated
from engine.diagnostics.survey import LayerSurvey, mean, root_mean_square
from engine.node.backend import Value

__all__ = ["LayerReport", "OperatorReport", "layer_entry", "operator_entry", "ratio"]


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


def ratio(part: float, whole: float) -> float:
    """The quotient; nan where the whole is 0."""
    return part / whole if whole else math.nan


def layer_entry(
    layer: LayerSurvey, factor: float, step: Mapping[Value, float], found: Mapping[Value, float]
) -> LayerReport:
    """What a report says of a layer.

    Args:
        layer: the layer.
        factor: the signal of the layer before, over its own.
        step: the change of each parameter in the next step, where it is known.
        found: the gradients of all nodes.
    """
    parameters = layer.parameters
    weight = root_mean_square(parameter.data for parameter in parameters)
    moved = [step[parameter] for parameter in parameters if parameter in step]
    return LayerReport(
        name=layer.name,
        parameters=len(parameters),
        gradient=root_mean_square(found[parameter] for parameter in parameters),
        weight=weight,
        update_ratio=ratio(root_mean_square(moved), weight),
        signal=layer.signal,
        factor=factor,
        local_grad=root_mean_square(layer.local_grads),
        activations=tuple(sorted(layer.activations)),
        units=len(layer.units),
        dead=mean(not alive for alive in layer.units.values()),
        saturated=mean(layer.saturated),
    )


def operator_entry(op: str, nodes: list[Value], found: Mapping[Value, float]) -> OperatorReport:
    """What a report says of an operator, from its nodes and the gradients of all nodes."""
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
