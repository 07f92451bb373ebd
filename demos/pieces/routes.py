"""The paths through a graph, from a leaf to the root: listed one by one, or only counted."""

import math
from dataclasses import dataclass

from engine import Value, parents, topological_order

__all__ = ["Path", "count_paths", "paths"]


@dataclass(frozen=True)
class Path:
    """One way from a leaf to the root of a graph.

    Attributes:
        nodes: from the leaf to the root.
        factors: the local gradient of each node after the first, by the node before it.
    """

    nodes: tuple[Value, ...]
    factors: tuple[float, ...]

    @property
    def product(self) -> float:
        """Of the factors: what this path contributes to the gradient."""
        return math.prod(self.factors)


def paths(leaf: Value, root: Value) -> list[Path]:
    """All paths from a leaf to a root. A node that uses another twice, as x*x does, makes two paths.

    >>> x = Value(3.0)
    >>> [path.product for path in paths(x, x * x)]
    [3.0, 3.0]
    """
    users = parents(root)
    found, waiting = [], [Path((leaf,), ())]
    while waiting:
        path = waiting.pop()
        end = path.nodes[-1]
        if end is root:
            found.append(path)
        for user in reversed(list(dict.fromkeys(users[end]))):
            for operand, local in reversed(list(zip(user._children, user._local_grads, strict=True))):
                if operand is end:
                    waiting.append(Path((*path.nodes, user), (*path.factors, local)))
    return found


def count_paths(leaf: Value, root: Value) -> int:
    """How many paths there are, without following each: those of a node are those of its users together.

    >>> x = Value(3.0)
    >>> count_paths(x, (x * x) * (x * x))
    4
    """
    users = parents(root)
    ways = {root: 1}
    for node in reversed(topological_order(root)[:-1]):
        ways[node] = sum(ways[user] for user in users[node])
    return ways[leaf]
