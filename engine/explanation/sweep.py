"""The steps of a backward pass as the engine does them: each ``grad += local_grad × upstream``, in its order.

Two ways lead to them. Of a sweep that is over they are told from its gradients, all at once: what a node had
in the end is what it passed on, and the sums of the steps are the gradients bit for bit. Where hooks or
``_backward`` functions have a say, an observer writes down what the sweep does, at eight times the cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.autograd.context_decorator import and_put_back
from engine.autograd.hooks import HOOKS
from engine.autograd.masking import is_masked
from engine.autograd.observers import Observer, Observing
from engine.graph.walks import Trace
from engine.node.backend import Value
from engine.node.bulk import read_grad, write_grad
from engine.ops.fields import Masks
from engine.ops.op import CONSTANT, FROZEN, Op

__all__ = ["Sweep", "SweepStep", "recorded_sweep"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]


@dataclass(frozen=True)
class SweepStep:
    """One step of the chain rule: a node passes its gradient on to one of its operands.

    Args:
        node: position of the node whose gradient is passed on.
        slot: which of its operands gets it; -1 where hooks made another number of the node's own gradient.
        operand: position of that operand.
        upstream: the node's gradient.
        local_grad: the derivative of the node by that operand; nan in a ``_backward`` function.
        part: what is added, local_grad × upstream.
        before: the operand's gradient until then.
        after: its gradient from then on.
    """

    node: int
    slot: int
    operand: int
    upstream: float
    local_grad: float
    part: float
    before: float
    after: float


@dataclass(frozen=True)
class Sweep:
    """The steps of a backward pass as columns, in the order of the engine.

    Attributes:
        root: position of the node that it starts from.
        nodes, slots, operands: int32, of each step the positions; see :class:`SweepStep`.
        local_grads, upstream, parts: float64, of each step.
        gradients: float64, of each node of the graph, after the pass. Leaves began with 0.
        told: whether each part is local_grad × upstream, and upstream the node's gradient in the end.
    """

    root: int
    nodes: Positions
    slots: Positions
    operands: Positions
    local_grads: Floats
    upstream: Floats
    parts: Floats
    gradients: Floats
    told: bool

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[SweepStep]:
        """The steps one by one, with the operand's gradient before and after."""
        return self._steps(slice(None))

    def into(self, operand: int) -> list[SweepStep]:
        """The steps that add to the gradient of one node, by its position."""
        return list(self._steps(np.flatnonzero(self.operands == operand)))

    def _steps(self, chosen: Any) -> Iterator[SweepStep]:
        sums = {self.root: 1.0}
        columns = self.nodes, self.slots, self.operands, self.upstream, self.local_grads, self.parts
        for node, slot, operand, upstream, local_grad, part in zip(
            *(each[chosen].tolist() for each in columns), strict=True
        ):
            before = sums.get(operand, 0.0)
            sums[operand] = part if slot < 0 else before + part
            yield SweepStep(node, slot, operand, upstream, local_grad, part, before, sums[operand])


def recorded_sweep(graph: Trace) -> Sweep:
    """Run a backward pass from the last root of a graph and record it; all gradients are left as they were.

    Gradients of leaves start from 0. Hooks are called, as in any backward pass.

    Raises:
        GraphError: a node was built by hand without local gradients.

    >>> from engine.graph.walks import trace
    >>> x = Value(3.0)
    >>> [(step.local_grad, step.before, step.after) for step in recorded_sweep(trace(x * x))]
    [(3.0, 0.0, 3.0), (3.0, 3.0, 6.0)]
    >>> x.grad
    0.0
    """
    grads = np.empty(len(graph.nodes))
    read_grad(graph.nodes, grads)
    return and_put_back(lambda: _recorded(graph), lambda: write_grad(graph.nodes, grads))


def _recorded(graph: Trace) -> Sweep:
    hooked = bool(HOOKS) and any(node in HOOKS for node in graph.nodes)
    alone = len(graph.roots) == 1  # then the nodes stand in the order of the sweep
    if alone and not hooked and not any(node._row.closure for node in graph.nodes):
        told = _told(graph, _gradients(graph))
        if told is not None:
            return told
    recorder = _Recorder(graph)
    with _Watching(recorder):
        gradients = _gradients(graph)
    nodes, slots, operands = np.array([step[:3] for step in recorder.steps], np.int32).reshape(-1, 3).T
    local_grads, upstream, parts = np.array([step[3:] for step in recorder.steps], float).reshape(-1, 3).T
    return Sweep(graph.roots[-1], nodes, slots, operands, local_grads, upstream, parts, gradients, False)


def _gradients(graph: Trace) -> Floats:
    """The gradients of all nodes after ``backward()``; 0 of those that take none."""
    gradients = np.zeros(len(graph.nodes))
    write_grad(graph.nodes, gradients)
    graph.nodes[graph.roots[-1]].backward()
    read_grad(graph.nodes, gradients)
    return gradients


def _told(graph: Trace, gradients: Floats) -> Sweep | None:
    """The steps of a sweep that is over; None where they do not lead to its gradients."""
    (root,) = graph.roots
    nodes, rows = graph.nodes, [node._row for node in graph.nodes]
    offsets, operands = graph.edges
    counts = np.diff(offsets)
    local_grads = np.fromiter(chain.from_iterable(node._local_grads for node in nodes), float, offsets[-1])
    edges = np.repeat(offsets[:-1][::-1] - np.cumsum(counts[::-1]) + counts[::-1], counts[::-1])
    edges += np.arange(len(edges))  # of the last node first, from its first operand to its last
    heads = np.repeat(np.arange(len(nodes)), counts)
    slots = np.arange(len(heads)) - offsets[heads]
    walked = np.array([row is not FROZEN for row in rows], bool)[operands]
    beside_zero = any(row is CONSTANT and node.data == 0.0 for row, node in zip(rows, nodes, strict=True))
    never = {Masks.NEVER} if beside_zero else {Masks.NEVER, Masks.PARTNER, Masks.ANOTHER}
    masking = np.array([row.masks not in never for row in rows], bool)[heads]
    for edge in np.flatnonzero((local_grads == 0.0) & masking & walked).tolist():
        walked[edge] = not is_masked(nodes[heads[edge]], int(slots[edge]), 0.0)
    _cut_off(root, offsets, operands, walked)
    edges = edges[walked[edges]]
    heads, tails, local_grads = heads[edges], operands[edges], local_grads[edges]
    upstream = gradients[heads]
    with np.errstate(all="ignore"):
        parts = local_grads * upstream
        sums = np.zeros(len(nodes))
        sums[root] = 1.0
        np.add.at(sums, tails, parts)  # one after the other
    if not np.array_equal(sums, gradients, equal_nan=True):  # then it is recorded instead
        return None
    heads, slots, tails = np.stack([heads, slots[edges], tails]).astype(np.int32)
    return Sweep(root, heads, slots, tails, local_grads, upstream, parts, gradients, True)


def _cut_off(
    root: int, offsets: NDArray[np.intp], operands: NDArray[np.intp], walked: NDArray[np.bool_]
) -> None:
    """Take out the edges of nodes that no walked edge reaches from the root."""
    counted = np.bincount(operands[walked], minlength=len(offsets) - 1)
    counted[root] += 1
    waiting = np.flatnonzero(counted == 0).tolist()
    if not waiting:
        return
    uses, first, below, along = (each.tolist() for each in (counted, offsets, operands, walked))
    cut = np.zeros(len(uses), bool)
    while waiting:
        node = waiting.pop()
        cut[node] = True
        for edge in range(first[node], first[node + 1]):
            if along[edge]:
                operand = below[edge]
                uses[operand] -= 1
                if not uses[operand]:
                    waiting.append(operand)
    walked &= ~np.repeat(cut, np.diff(offsets))


class _Recorder(Observer):
    """Writes down what a sweep does, in its order."""

    def __init__(self, graph: Trace) -> None:
        self.graph = graph
        self.steps: list[tuple[float, ...]] = []

    def made(self, row: Op, operands: Sequence[Value], result: Value) -> None: ...

    def started(self, root: Value, gradient: float) -> None: ...

    def finished(self, leaves: Iterable[Value]) -> None: ...

    def hooked(self, node: Value, before: float, after: float) -> None:
        i = self.graph.position[node]
        self.steps.append((i, -1, i, 1.0, before, after))

    def sent(self, node: Value, position: int, gradient: float, part: float, total: float) -> None:
        i = self.graph.position[node]
        local_grads = node._local_grads
        local_grad = local_grads[position] if local_grads else float("nan")  # of a _backward function
        self.steps.append((i, position, self.graph.operands[i][position], local_grad, gradient, part))


class _Watching(Observing):
    """A block within which a recorder is called."""

    def __init__(self, recorder: _Recorder) -> None:
        self.setting = self.given = recorder
