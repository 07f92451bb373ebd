"""draw_network: a network as neurons in columns, with weights on the lines between them.

A network is known by how it is built, as micrograd builds it: an MLP has ``layers``, a Layer has
``neurons``, a Neuron has weights ``w`` and perhaps a bias ``b``, which are Values. This package does not
know nn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

from engine import Value
from viz import theme
from viz.graphs.draw_dot import check_direction
from viz.labels import number, record_field
from viz.rendering.digraph import ComputationGraph
from viz.rendering.graphviz import TIMEOUT

__all__ = ["draw_network", "is_network", "layers_of"]

MAX_NODES = 300
LINES_WITH_GRADIENT, LINES_WITH_WEIGHT, LINES = 6, 12, 2000


def is_network(model: Any) -> bool:
    """Whether :func:`draw_network` can draw a model.

    >>> is_network(3)
    False
    """
    return bool(layers_of(model))


def draw_network(
    model: Any,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    max_nodes: int = MAX_NODES,
    timeout: float | None = TIMEOUT,
) -> ComputationGraph:
    """Draw a Neuron, Layer or MLP, as a ``graphviz.Digraph``: neurons with biases, lines for weights.

    The thicker a line, the larger its weight; negative weights are orange and dashed, others blue. Weights
    and their gradients are written on the lines while there are few of them; gradients only after a backward
    pass, and biases only where one of them is not the 0 they start from. Networks of more than
    ``max_nodes`` inputs and neurons are drawn as one box per layer, with a line ``showing N of M nodes``.

    Args:
        model: built like nn's (see above).
        format: what ``.render()`` writes.
        rankdir: the direction from inputs to outputs: LR, TB, RL or BT.
        max_nodes: inputs and neurons that are drawn one by one.
        timeout: seconds the layout may take; None for no limit.

    Raises:
        TypeError: the model is not built that way.

    >>> from types import SimpleNamespace
    >>> neuron = SimpleNamespace(w=[Value(0.5), Value(-1.0)], b=Value(0.0))
    >>> draw_network(neuron).source.count("-> l0n0")
    2
    """
    layers = layers_of(model)
    if not layers:
        raise TypeError(
            f"{type(model).__name__} is not a Neuron (w, b), Layer (neurons) or MLP (layers): "
            "draw a result of it instead: draw_dot(model(x))"
        )
    check_direction(rankdir)
    dot = ComputationGraph(
        format=format,
        timeout=timeout,
        graph_attr={"rankdir": rankdir, "ranksep": "1.2", "nodesep": "0.2"},
        node_attr=theme.NODES,
        edge_attr=theme.EDGES | theme.STRAIGHT[rankdir],
    )
    nodes = len(layers[0][0].w) + sum(map(len, layers))
    lines = sum(len(neuron.w) for layer in layers for neuron in layer)
    if lines > LINES_WITH_WEIGHT:
        dot.graph_attr |= {"splines": "line", "ranksep": f"{1 + 0.2 * max(map(len, layers)):.1f}"}
        dot.edge_attr |= {"arrowhead": "none"}
    sizes = " → ".join(str(size) for size in [len(layers[0][0].w), *map(len, layers)])
    dot.title = f"{type(model).__name__}: {sizes}"
    ran = _has_gradients(layers)
    dot.description = f"{nodes - len(layers[0][0].w)} neurons in {len(layers)} layers, {lines} weights."
    dot.description += "" if ran else " No backward pass yet."
    if nodes > max_nodes or lines > LINES:
        _draw_layers(dot, layers, nodes)
    else:
        _draw_neurons(dot, layers, lines, ran)
    return dot


def layers_of(model: Any) -> list[list[Any]]:
    """The neurons of a Neuron, Layer or MLP by layer; an empty list if it is built in another way.

    >>> layers_of(3)
    []
    """
    if _is_neuron(model):
        return [[model]]
    found = []
    for layer in [model] if hasattr(model, "neurons") else getattr(model, "layers", None) or ():
        neurons = getattr(layer, "neurons", None)
        if not isinstance(neurons, (list, tuple)) or not neurons or not all(map(_is_neuron, neurons)):
            return []
        found.append(list(neurons))
    return found


def _is_neuron(neuron: Any) -> bool:
    w, b = getattr(neuron, "w", None), getattr(neuron, "b", None)
    weights = isinstance(w, (list, tuple)) and bool(w) and all(isinstance(each, Value) for each in w)
    return weights and (b is None or isinstance(b, Value))


def _parameters(layers: list[list[Any]]) -> Iterator[tuple[Any, bool]]:
    """All weights and biases, and which of the two each is: True for a bias."""
    for neuron in chain.from_iterable(layers):
        yield from ((w, False) for w in neuron.w)
        if isinstance(bias := getattr(neuron, "b", None), Value):
            yield bias, True


def _has_gradients(layers: list[list[Any]]) -> bool:
    """Whether a backward pass has left anything."""
    return any(parameter.grad != 0 for parameter, _ in _parameters(layers))


def _draw_neurons(dot: ComputationGraph, layers: list[list[Any]], lines: int, ran: bool) -> None:
    below = [f"x{i}" for i in range(len(layers[0][0].w))]
    _column(dot, below)
    for i, name in enumerate(below):
        dot.node(name, label=f"{{ x{i} }}", **theme.OUTLINES["leaf"])
    largest = max((abs(w.data) for layer in layers for neuron in layer for w in neuron.w), default=0.0)
    biased = ran or any(parameter.data != 0 for parameter, is_bias in _parameters(layers) if is_bias)
    for depth, layer in enumerate(layers):
        looks = theme.OUTLINES["root" if depth == len(layers) - 1 else "node"]
        names = [f"l{depth}n{j}" for j in range(len(layer))]
        _column(dot, names)
        for name, neuron in zip(names, layer, strict=True):
            cells = [record_field(title)] if (title := _activation(neuron)) else []
            if biased and isinstance(bias := getattr(neuron, "b", None), Value):
                cells += [f"b {number(bias.data)}", *([f"grad {number(bias.grad)}"] if ran else [])]
            dot.node(name, label="{ " + " | ".join(cells or ["neuron"]) + " }", **looks)
        for name, neuron in zip(names, layer, strict=True):
            for tail, w in zip(below, neuron.w, strict=False):
                looks = theme.SIGNS[not w.data < 0]
                dot.edge(tail, name, label=_weight(w, lines, ran), penwidth=_width(w.data, largest), **looks)
        below = names


def _column(dot: ComputationGraph, names: list[str]) -> None:
    """Keep nodes in their order within a column."""
    with dot.subgraph(graph_attr={"rank": "same"}) as column:
        for first, second in pairwise(names):
            column.edge(first, second, style="invis", tailport="_", headport="_")


def _draw_layers(dot: ComputationGraph, layers: list[list[Any]], nodes: int) -> None:
    dot.graph_attr |= {
        "label": f"showing {len(layers) + 1} of {nodes} nodes; folded: layers",
        **theme.CAPTION,
    }
    dot.node("x", label=f"{{ {len(layers[0][0].w)} inputs }}", **theme.OUTLINES["leaf"])
    for depth, layer in enumerate(layers):
        parameters = sum(len(neuron.w) + isinstance(getattr(neuron, "b", None), Value) for neuron in layer)
        cells = [f"layer {depth}", f"{len(layer)} neurons"]
        kinds = list(dict.fromkeys(filter(None, map(_activation, layer))))
        cells += [record_field(", ".join(kinds))] if kinds else []
        dot.node(f"l{depth}", label="{ " + " | ".join([*cells, f"{parameters} parameters"]) + " }",
                 **theme.OUTLINES["group"])  # fmt: skip
        dot.edge(f"l{depth - 1}" if depth else "x", f"l{depth}")


def _activation(neuron: Any) -> str:
    activation = getattr(neuron, "activation", None)
    if activation is None:
        nonlin = getattr(neuron, "nonlin", None)
        return "" if nonlin is None else "relu" if nonlin else "linear"
    return str(getattr(activation, "__name__", activation))


def _weight(w: Value, lines: int, ran: bool) -> str | None:
    if lines > LINES_WITH_WEIGHT:
        return None
    return number(w.data) + (f"\\ngrad {number(w.grad)}" if ran and lines <= LINES_WITH_GRADIENT else "")


def _width(weight: float, largest: float) -> str:
    share = abs(weight) / largest if 0 < largest < float("inf") else 0.0
    return f"{0.5 + 2.5 * share:.2f}" if share == share else "0.50"
