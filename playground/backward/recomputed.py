"""The nodes of a graph computed again, from other numbers of its leaves."""

from __future__ import annotations

from engine import ChainruleError, Value
from engine.graph.walks import Trace

__all__ = ["recomputed"]


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
