"""The steps of a backward pass: recorded from the engine's own sweep, number by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine import Value
from engine.autograd.context_decorator import and_put_back
from engine.autograd.observers import Observer, Observing
from engine.graph.walks import Trace
from engine.node.bulk import write_grad
from engine.ops.op import Op

__all__ = ["SweepStep", "sweep_steps"]


@dataclass(frozen=True)
class SweepStep:
    """One step of the chain rule: a node passes its gradient on to one of its operands.

    Args:
        node: position of the node whose gradient is passed on.
        slot: which of its operands gets it; -1 where hooks made another number of the node's own gradient.
        operand: position of that operand.
        upstream: the node's gradient.
        local_grad: the derivative of the node by that operand.
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


class _Recorder(Observer):
    """Writes down what a sweep does, in its order."""

    def __init__(self, graph: Trace) -> None:
        self.graph = graph
        self.steps: list[SweepStep] = []

    def made(self, row: Op, operands: Sequence[Value], result: Value) -> None: ...

    def started(self, root: Value, gradient: float) -> None: ...

    def finished(self, leaves: Iterable[Value]) -> None: ...

    def hooked(self, node: Value, before: float, after: float) -> None:
        i = self.graph.position[node]
        self.steps.append(SweepStep(i, -1, i, before, 1.0, after, before, after))

    def sent(self, node: Value, position: int, gradient: float, part: float, total: float) -> None:
        i = self.graph.position[node]
        local_grads = node._local_grads
        local_grad = local_grads[position] if local_grads else float("nan")  # of a _backward function
        step = SweepStep(i, position, self.graph.operands[i][position], gradient, local_grad, part, total,
                         total + part)  # fmt: skip
        self.steps.append(step)


def sweep_steps(graph: Trace) -> list[SweepStep]:
    """Run a backward pass from the last root of a graph and record it; all gradients are left as they were.

    Gradients of leaves start from 0. Hooks are called, as in any backward pass.

    Raises:
        GraphError: a node was built by hand without local gradients.

    >>> from engine.graph.walks import trace
    >>> x = Value(3.0)
    >>> [(step.local_grad, step.before, step.after) for step in sweep_steps(trace(x * x))]
    [(3.0, 0.0, 3.0), (3.0, 3.0, 6.0)]
    >>> x.grad
    0.0
    """
    grads = np.array([node.grad for node in graph.nodes])
    recorder = _Recorder(graph)

    def run() -> None:
        write_grad(graph.nodes, np.zeros(len(grads)))
        with _Watching(recorder):
            graph.nodes[graph.roots[-1]].backward()

    and_put_back(run, lambda: write_grad(graph.nodes, grads))
    return recorder.steps


class _Watching(Observing):
    """A block within which a recorder is called."""

    def __init__(self, recorder: _Recorder) -> None:
        self.setting = self.given = recorder
