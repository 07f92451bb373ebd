"""Texts for gradients in pictures: a number, nothing yet, or that none arrives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from engine import Value
from engine.autograd.masking import is_masked
from engine.graph.walks import Trace
from viz.labels import span

__all__ = ["NOT_REACHED", "Gradients"]

NOT_REACHED = "–"
"""Stands where no gradient arrives, so that it is not taken for a computed 0."""


class Gradients:
    """The gradients that a picture shows.

    Args:
        graph: whose nodes.
        given: gradients to show instead of the nodes' own; a node that is not in it is left blank.

    Attributes:
        ran: whether a backward pass has left anything, or gradients were given.
        missing: whether some text said that no gradient arrives.

    >>> from engine.graph.walks import trace
    >>> x = Value(2.0)
    >>> y = x * x
    >>> Gradients(trace(y)).text([1])
    ''
    >>> y.backward()
    >>> Gradients(trace(y)).text([1])
    '1.0000'
    """

    def __init__(self, graph: Trace, given: Mapping[Value, float] | None = None) -> None:
        self.graph = graph
        self.given = given
        self.missing = False
        self.ran = given is not None or any(node._grad != 0 for node in graph.nodes if node._children)

    @cached_property
    def reached(self) -> list[bool]:
        """For each node whether a gradient arrives there, be it 0: from a node with a gradient, by an edge
        that is not masked."""
        nodes, operands = self.graph.nodes, self.graph.operands
        found = [node._grad != 0 for node in nodes]
        for i in range(len(nodes) - 1, -1, -1):
            if found[i] and operands[i]:
                node = nodes[i]
                for k, (j, local_grad) in enumerate(zip(operands[i], node._local_grads, strict=False)):
                    if not found[j] and nodes[j].requires_grad and not is_masked(node, k, local_grad):
                        found[j] = True
        return found

    def text(self, positions: Iterable[int]) -> str:
        """The gradient of some nodes: a number, a span, ``–`` where none is reached, "" before any pass."""
        nodes = self.graph.nodes
        if self.given is not None:
            return span([self.given[nodes[i]] for i in positions if nodes[i] in self.given])
        positions = list(positions)
        numbers = [nodes[i]._grad for i in positions]
        if 0.0 in numbers:
            if not self.ran:  # what an earlier pass left in leaves is shown, a 0 says nothing
                return span([g for g in numbers if g != 0])
            numbers = [g for g, i in zip(numbers, positions, strict=True) if g != 0 or self.reached[i]]
        self.missing = self.missing or not numbers
        return span(numbers) or NOT_REACHED
