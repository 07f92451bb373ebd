"""draw_network: a network as neurons in columns, with weights on the lines between them.

A network is known by how it is built, as micrograd builds it: an MLP has ``layers``, a Layer has
``neurons``, a Neuron has weights ``w`` and perhaps a bias ``b``, which are Values. A Linear has rows of
Values as its ``weight``, a row for each of its ``out_features``, as in PyTorch; other layers keep a table in
that place, too, which means something else. This package does not know nn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from types import BuiltinFunctionType, FunctionType
from typing import Any, NamedTuple

from engine import Value
from engine.node.functions import FUNCTIONS
from viz import theme
from viz.graphs.draw_dot import check_direction
from viz.labels import Labels, Words, number, plain, record_field
from viz.rendering.digraph import ComputationGraph
from viz.rendering.graphviz import TIMEOUT

__all__ = ["draw_network", "is_network", "layers_of"]

MAX_NODES = 300
_FUNCTIONS = {name.replace("_", ""): name for name in FUNCTIONS}
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
    labels: Labels | None = None,
    timeout: float | None = TIMEOUT,
) -> ComputationGraph:
    """Draw a Neuron, Layer, Linear, MLP or Sequential of these: neurons with biases, lines for weights.

    The thicker a line, the larger its weight; negative weights are orange and dashed, others blue. Weights
    and their gradients are written on the lines while there are few of them; gradients only after a backward
    pass, and biases only where one of them is not the 0 they start from. Networks of more than
    ``max_nodes`` inputs and neurons are drawn as one box per layer, with a line ``showing N of M nodes``.

    Args:
        model: built like nn's (see above).
        format: what ``.render()`` writes.
        rankdir: the direction from inputs to outputs: LR, TB, RL or BT.
        max_nodes: inputs and neurons that are drawn one by one.
        labels: words of the picture, names of inputs (``x0``) and of activations, with what to show instead,
            such as ``viz.labels.GERMAN | {"x0": "Fläche"}``; see :func:`viz.draw_dot`.
        timeout: seconds the layout may take; None for no limit.

    Raises:
        TypeError: the model is not built that way, or labels is not a mapping to texts.
        ValueError: labels names something that is not there.

    >>> from types import SimpleNamespace
    >>> neuron = SimpleNamespace(w=[Value(0.5), Value(-1.0)], b=Value(0.0))
    >>> draw_network(neuron).source.count("-> l0n0")
    2
    """
    layers = layers_of(model)
    if not layers:
        raise TypeError(
            f"{type(model).__name__} is not a Neuron (w, b), Layer (neurons), Linear (weight, "
            "out_features) or MLP (layers): draw a result of it instead: draw_dot(model(x))"
        )
    check_direction(rankdir)
    words = Words(labels)
    inputs = [f"x{i}" for i in range(len(layers[0][0].w))]
    if unknown := words.unknown({*inputs, *map(_activation, chain.from_iterable(layers))}, ()):
        raise ValueError(
            f"labels= names {unknown[0]!r}, which is neither a word of pictures (viz.labels.WORDS) nor an "
            "input or an activation of this network"
        )
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
    dot.description = words(
        "{neurons} neurons in {layers} layers, {weights} weights.",
        neurons=nodes - len(inputs), layers=len(layers), weights=lines,
    )  # fmt: skip
    dot.description += "" if ran else " " + words("No backward pass yet: no gradients are shown.")
    if nodes > max_nodes or lines > LINES:
        _draw_layers(dot, layers, nodes, words)
    else:
        _draw_neurons(dot, layers, inputs, lines, ran, words)
    return dot


def layers_of(model: Any) -> list[list[Any]]:
    """The neurons of a Neuron, Layer, Linear, MLP or Sequential by layer; an empty list of anything else.

    Activations that stand after a layer of a Sequential are those of its neurons; Dropout is left out.

    >>> layers_of(3)
    []
    """
    if _is_neuron(model):
        return [[model]]
    found: list[list[Any]] = []
    for layer in [model] if _neurons(model) else getattr(model, "layers", None) or ():
        if neurons := _neurons(layer):
            if found and any(len(neuron.w) != len(found[-1]) for neuron in neurons):
                return []
            found.append(neurons)
        elif found and (title := _title(layer)):
            found[-1] = [Unit(each.w, each.b, _together(_activation(each), title)) for each in found[-1]]
        elif type(layer).__name__ not in ("Dropout", "Identity"):
            return []
    return found


class Unit(NamedTuple):
    """A neuron of a layer that keeps its weights as rows, or has its activation from the layer after it."""

    w: Sequence[Value]
    b: Value | None
    activation: str


def _neurons(layer: Any) -> list[Any]:
    """The neurons of a layer, or one for each row of its weights; an empty list if it has neither."""
    neurons, rows = getattr(layer, "neurons", None), getattr(layer, "weight", None)
    is_linear = neurons is None and hasattr(layer, "out_features")
    if is_linear and isinstance(rows, (list, tuple)) and all(isinstance(row, list) for row in rows):
        biases = getattr(layer, "bias", None)
        if biases is None or (isinstance(biases, list) and len(biases) == len(rows)):
            pairs = zip(rows, biases or [None] * len(rows), strict=True)
            neurons = [Unit(row, bias, "linear") for row, bias in pairs]
    if not isinstance(neurons, (list, tuple)) or not all(map(_is_neuron, neurons)):
        return []
    return list(neurons)


def _title(layer: Any) -> str:
    """The name of an activation that is a layer; empty if it is none."""
    activation = getattr(layer, "activation", layer)
    named = isinstance(activation, (str, FunctionType, BuiltinFunctionType))
    name = getattr(activation, "__name__", activation) if named else type(activation).__name__
    return _FUNCTIONS.get(str(name).lower().replace("_", ""), "")


def _together(activation: str, title: str) -> str:
    return title if activation in ("", "linear") else f"{activation}, {title}"


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


def _draw_neurons(
    dot: ComputationGraph, layers: list[list[Any]], inputs: list[str], lines: int, ran: bool, words: Words
) -> None:
    below = inputs
    _column(dot, below)
    for name in inputs:
        dot.node(name, label=f"{{ {record_field(words.name(name))} }}", **theme.OUTLINES["leaf"])
    largest = max((abs(w.data) for layer in layers for neuron in layer for w in neuron.w), default=0.0)
    biased = ran or any(parameter.data != 0 for parameter, is_bias in _parameters(layers) if is_bias)
    for depth, layer in enumerate(layers):
        looks = theme.OUTLINES["root" if depth == len(layers) - 1 else "node"]
        names = [f"l{depth}n{j}" for j in range(len(layer))]
        _column(dot, names)
        for name, neuron in zip(names, layer, strict=True):
            cells = [record_field(words.name(title))] if (title := _activation(neuron)) else []
            if biased and isinstance(bias := getattr(neuron, "b", None), Value):
                grad = [record_field(f"{words('grad')} {number(bias.grad)}")] if ran else []
                cells += [f"b {number(bias.data)}", *grad]
            cells = cells or [record_field(words("neuron"))]
            dot.node(name, label="{ " + " | ".join(cells) + " }", **looks)
        for name, neuron in zip(names, layer, strict=True):
            for tail, w in zip(below, neuron.w, strict=False):
                looks = theme.SIGNS[not w.data < 0]
                label = _weight(w, lines, plain(words("grad")) if ran else "")
                dot.edge(tail, name, label=label, penwidth=_width(w.data, largest), **looks)
        below = names


def _column(dot: ComputationGraph, names: list[str]) -> None:
    """Keep nodes in their order within a column."""
    with dot.subgraph(graph_attr={"rank": "same"}) as column:
        for first, second in pairwise(names):
            column.edge(first, second, style="invis", tailport="_", headport="_")


def _draw_layers(dot: ComputationGraph, layers: list[list[Any]], nodes: int, words: Words) -> None:
    notes = [
        words("showing {shown} of {total} nodes", shown=len(layers) + 1, total=nodes),
        words("folded: {what}", what=words("layers")),
    ]
    dot.graph_attr |= {"label": plain("; ".join(notes)), **theme.CAPTION}
    inputs = record_field(words("{count} inputs", count=len(layers[0][0].w)))
    dot.node("x", label=f"{{ {inputs} }}", **theme.OUTLINES["leaf"])
    for depth, layer in enumerate(layers):
        parameters = sum(len(neuron.w) + isinstance(getattr(neuron, "b", None), Value) for neuron in layer)
        cells = [words("layer {number}", number=depth), words("{count} neurons", count=len(layer))]
        kinds = list(dict.fromkeys(filter(None, map(_activation, layer))))
        cells += [", ".join(map(words.name, kinds))] if kinds else []
        cells.append(words("{count} parameters", count=parameters))
        label = "{ " + " | ".join(map(record_field, cells)) + " }"
        dot.node(f"l{depth}", label=label, **theme.OUTLINES["group"])
        dot.edge(f"l{depth - 1}" if depth else "x", f"l{depth}")


def _activation(neuron: Any) -> str:
    activation = getattr(neuron, "activation", None)
    if activation is None:
        nonlin = getattr(neuron, "nonlin", None)
        return "" if nonlin is None else "relu" if nonlin else "linear"
    return str(getattr(activation, "__name__", activation))


def _weight(w: Value, lines: int, grad: str) -> str | None:
    """The text on a line; ``grad`` is the word before the gradient, empty where there is none."""
    if lines > LINES_WITH_WEIGHT:
        return None
    return number(w.data) + (f"\\n{grad} {number(w.grad)}" if grad and lines <= LINES_WITH_GRADIENT else "")


def _width(weight: float, largest: float) -> str:
    share = abs(weight) / largest if 0 < largest < float("inf") else 0.0
    return f"{0.5 + 2.5 * share:.2f}" if share == share else "0.50"
