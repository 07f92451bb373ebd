"""The sweep as a list of steps: what the engine itself adds where, in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import ChainruleError, Value
from engine.autograd.observers import Observer
from engine.graph.walks import Trace
from playground.backward.made import Watching

__all__ = ["COLUMNS", "recomputed", "recorded_sweep"]

COLUMNS = ("head", "slot", "tail", "local", "upstream", "part", "before", "after")
"""What a step has: the node that passes on, which of its operands, which node that is, and five numbers:
the local gradient, the gradient of the head, their product, and the tail's gradient before and after."""


class _Recorder(Observer):
    """Notes each ``grad += local × upstream`` of a sweep."""

    def __init__(self, graph: Trace) -> None:
        self.graph = graph
        self.steps: list[tuple[float, ...]] = []

    def made(self, row: Any, operands: Sequence[Any], result: Any) -> None: ...

    def started(self, root: Any, gradient: float) -> None: ...

    def hooked(self, node: Any, before: float, after: float) -> None: ...

    def sent(self, node: Any, position: int, gradient: float, part: float, total: float) -> None:
        head = self.graph.position[node]
        tail = self.graph.operands[head][position]
        local = node._local_grads[position]
        self.steps.append((head, position, tail, local, gradient, part, total, total + part))

    def finished(self, leaves: Any) -> None: ...


def recorded_sweep(graph: Trace) -> NDArray[np.float64]:
    """Run ``backward()`` from the root of a graph and record it; gradients of leaves start at 0.

    Returns:
        Shape (steps, 8): a row for each step in the order of the engine, with :data:`COLUMNS`.

    >>> from engine.graph.walks import trace
    >>> x = Value(3.0)
    >>> recorded_sweep(trace(x * x))[:, 3:].tolist()
    [[3.0, 1.0, 3.0, 0.0, 3.0], [3.0, 1.0, 3.0, 3.0, 6.0]]
    """
    for node in graph.nodes:
        if not node._children:
            node.grad = 0.0
    recorder = _Recorder(graph)
    with Watching(recorder):
        graph.nodes[graph.roots[0]].backward()
    return np.array(recorder.steps, float).reshape(-1, len(COLUMNS))


def recomputed(graph: Trace, instead: dict[int, Value] | None = None) -> list[Value]:
    """The nodes of a graph computed again from the numbers its leaves have now; leaves stay who they are.

    Branches that a program took stay taken.

    Args:
        graph: the graph.
        instead: nodes, by position, that are replaced by others.

    Raises:
        ChainruleError: a node was built by hand and cannot be computed again.

    >>> from engine.graph.walks import trace
    >>> x = Value(3.0)
    >>> graph = trace(x * x)
    >>> x.data = 5.0
    >>> recomputed(graph)[-1].data
    25.0
    """
    instead = instead or {}
    nodes: list[Value] = []
    for i, (node, operands) in enumerate(zip(graph.nodes, graph.operands, strict=True)):
        if i in instead:
            nodes.append(instead[i])
        elif not operands:
            nodes.append(node)
        else:
            row = node._row
            if not row.partials:
                raise ChainruleError(
                    f"the node {node.label or node._op!r} was built by hand and cannot be computed again: "
                    "its leaves cannot be changed here"
                )
            again = node._apply(row, tuple(nodes[j] for j in operands))
            again.label = node.label
            nodes.append(again)
    return nodes
