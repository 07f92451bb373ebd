"""The part of a graph between a variable and a root, with what flows along its edges.

Nodes are numbered in topological order, the variable 0 and the root last, so that what is found out about
them stands in lists. Along a path local gradients are multiplied from the root down, as backpropagation
does, and by its rule of zero (``autograd/masking.py``): a path over a masked edge comes to 0, and where a
computed zero meets infinity, the product is nan. Of such a product the *size*, by which paths are put in
order, is 0 where the zero stands above: then the order holds whatever comes below.

Glossary: ``p`` a product of local gradients from the root down to a node, ``s`` a local gradient.
"""

from __future__ import annotations

from functools import cached_property
from math import isfinite, nan
from typing import NamedTuple

from engine.autograd.backward import without_local_grads
from engine.autograd.masking import is_masked
from engine.graph.walks import topological_order
from engine.node.backend import Value
from engine.quoting import typed

__all__ = ["Between", "Edge", "times"]


class Edge(NamedTuple):
    """One use of a node by another.

    Attributes:
        user: the number of the node computed from it.
        slot: which operand of the user it is, from 0.
        local_grad: the derivative of the user by that operand.
        masked: whether the edge is not walked.
    """

    user: int
    slot: int
    local_grad: float
    masked: bool


def times(p: float, s: float) -> float:
    """The size of a product with one more factor: a size of zero stays zero.

    >>> times(2.0, -3.0), times(0.0, float("inf"))
    (-6.0, 0.0)
    """
    return p * s if p else 0.0


class Between:
    """The nodes on the ways from a variable up to a root, with what flows along the edges between them.

    Args:
        root: what is differentiated.
        variable: by what: a leaf or any other node.

    Attributes:
        nodes: operands before results, from the variable to the root; none where no way leads there.
        users: for each node its uses on a way to the root, in the order in which backpropagation passes them.
        adjoints: the derivative of the root by each node, to the bit what ``backward()`` finds without hooks.
        sizes: for each node the largest size of a product of local gradients on a way to it from the root;
            nan counts as larger than infinity, and a product of zero stays zero.
        best: for each node the place in ``users`` with which that way begins; -1 for the root.
        positive: for each node the sum of the positive products over all ways from the root to it.
        negative: likewise of the negative ones. A way whose product is nan makes both of them nan.

    Raises:
        TypeError: root or variable is not a Value.
        GraphError: a node between them was built by hand without local gradients.

    >>> x = Value(3.0)
    >>> between = Between(x * x, x)
    >>> between.adjoints[0], between.count
    (6.0, 2)
    """

    def __init__(self, root: Value, variable: Value) -> None:
        if not isinstance(variable, Value):
            raise TypeError(f"the variable must be a Value, got {typed(variable)}")
        self.nodes: list[Value] = []
        self._operands: list[list[tuple[int, int, float, bool]]] = []
        self._find(root, variable)
        count = len(self.nodes)
        self.users: list[list[Edge]] = [[] for _ in range(count)]
        self.adjoints, self.positive, self.negative, self.sizes = ([0.0] * count for _ in range(4))
        self.best = [-1] * count
        if count:
            self._flow()

    def _find(self, root: Value, variable: Value) -> None:
        """Number the nodes made of the variable; all that is below the root leads to it."""
        number: dict[Value, int] = {}
        for node in topological_order(root):
            if node is variable:
                number[node] = 0
                self.nodes.append(node)
                self._operands.append([])
                continue
            if not number:
                continue
            children = node._children
            used = [slot for slot, child in enumerate(children) if child in number]
            if used:
                local_grads = node._local_grads
                if not local_grads:
                    raise without_local_grads(node)
                number[node] = len(self.nodes)
                self.nodes.append(node)
                self._operands.append(
                    [
                        (number[children[slot]], slot, own := local_grads[slot], is_masked(node, slot, own))
                        for slot in used
                    ]
                )

    def _flow(self) -> None:
        """One sweep from the root down, which finds everything about the nodes."""
        users, adjoints, best = self.users, self.adjoints, self.best
        positive, negative, sizes = self.positive, self.negative, self.sizes
        adjoints[-1] = positive[-1] = sizes[-1] = 1.0
        sizes_below = [-1.0] * len(sizes)  # less than any, so that a way of product zero is a way too
        reached = [False] * len(sizes)
        zero = [False] * len(sizes)  # whether a way that is not masked has a product of zero
        reached[-1] = True
        for i in range(len(users) - 1, -1, -1):
            g, p, n, size = adjoints[i], positive[i], negative[i], sizes[i]
            for j, slot, s, masked in self._operands[i]:
                further = times(size, abs(s))
                if further > sizes_below[j] or (further != further and sizes_below[j] == sizes_below[j]):
                    sizes_below[j] = sizes[j] = further
                    best[j] = len(users[j])
                users[j].append(Edge(i, slot, s, masked))
                if masked or not reached[i]:
                    continue
                reached[j] = True
                adjoints[j] += s * g
                if zero[i] and not isfinite(s):
                    positive[j] = negative[j] = nan
                    continue
                zero[j] = zero[j] or zero[i] or s == 0.0
                to_positive, to_negative = (n, p) if s < 0 else (p, n)
                if to_positive:
                    positive[j] += s * to_positive
                if to_negative:
                    negative[j] += s * to_negative

    @property
    def gradient(self) -> float:
        """The derivative of the root by the variable; 0 where no way leads there."""
        return self.adjoints[0] if self.nodes else 0.0

    @cached_property
    def count(self) -> int:
        """How many ways there are, exactly."""
        if not self.nodes:
            return 0
        ways = [0] * len(self.nodes)
        ways[0] = 1
        waiting = [len(users) for users in self.users]
        for i, operands in enumerate(self._operands):
            for j, *_ in operands:
                ways[i] += ways[j]
                waiting[j] -= 1
                if not waiting[j]:
                    ways[j] = 0  # it may be a number of many digits, and is not needed any more
        return ways[-1]
