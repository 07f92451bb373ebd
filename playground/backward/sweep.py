"""The sweep as a list of steps: what the engine itself adds where, in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import ChainruleError, Value
from engine.autograd.masking import is_masked
from engine.autograd.observers import Observer
from engine.graph.walks import Trace
from engine.ops.op import FROZEN
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
    root = graph.nodes[graph.roots[0]]
    root.backward()
    steps = _followed(graph)
    if not _leads_to_the_gradients(graph, steps):  # hooks, or functions of the user's own, had a say
        for node in graph.nodes:
            if not node._children:
                node.grad = 0.0
        recorder = _Recorder(graph)
        with Watching(recorder):
            root.backward()
        steps = recorder.steps
    return np.array(steps, float).reshape(-1, len(COLUMNS))


def _followed(graph: Trace) -> list[tuple[float, ...]]:
    """The steps of a sweep that is over, told from its gradients: eight times as fast as watching it."""
    nodes, operands = graph.nodes, graph.operands
    so_far = [0.0] * len(nodes)
    reached = [False] * len(nodes)
    reached[graph.roots[0]] = True
    steps: list[tuple[float, ...]] = []
    for head in range(len(nodes) - 1, -1, -1):
        node, tails = nodes[head], operands[head]
        if not tails or not reached[head]:
            continue
        upstream = node.grad
        for slot, (tail, local) in enumerate(zip(tails, node._local_grads, strict=False)):
            if nodes[tail]._row is FROZEN or (local == 0.0 and is_masked(node, slot, local)):
                continue
            before, part = so_far[tail], local * upstream
            after = so_far[tail] = before + part
            reached[tail] = True
            steps.append((head, slot, tail, local, upstream, part, before, after))
    return steps


def _leads_to_the_gradients(graph: Trace, steps: list[tuple[float, ...]]) -> bool:
    """Whether the sums of the steps are the engine's gradients, bit for bit."""
    sums = [0.0] * len(graph.nodes)
    sums[graph.roots[0]] = 1.0
    for step in steps:
        sums[int(step[2])] = step[7]
    gradients = [0.0 if node._row is FROZEN else node.grad for node in graph.nodes]
    return bool(np.array_equal(sums, gradients, equal_nan=True))


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
