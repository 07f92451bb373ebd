"""The k largest paths through a graph, in order: k shortest paths, for products in place of sums.

``path_graph.py`` carries the sizes of products through the graph once. From there the next best way to a
node is found when it is asked for, out of the next best ways to its consumers: the recursive enumeration of
Jiménez and Marzal (Computing the K shortest paths, 1999), here without recursion. Multiplying by a number
keeps the order of sizes, rounding, zeros, infinities and nan included, so the order of the ways found is
exact.
"""

from __future__ import annotations

import heapq

from engine.explanation.path_graph import Between, Edge, times
from engine.node.backend import Value

__all__ = ["Search"]


class Search:
    """For each node the ways to it from the root found so far, the largest first, and what may come next.

    A way to a node is kept as (size, use, rank): it begins with that use of the node and goes on as the way
    of that rank of the user.
    """

    def __init__(self, between: Between) -> None:
        self.between = between
        self.ways = [[(size, use, 0)] for size, use in zip(between.sizes, between.best, strict=True)]
        self.candidates: list[list[tuple[bool, float, int, int]] | None] = [None] * len(between.nodes)
        last = len(between.nodes) - 1
        self.exhausted = [i == last for i in range(last + 1)]  # of the root there is but the way to stay

    def reaches(self, rank: int) -> bool:
        """Whether a path of that rank exists; finds it, and all of lower rank."""
        if not self.ways or rank < len(self.ways[0]):
            return bool(self.ways)
        if not self.exhausted[0]:
            self._extend(0)
        return rank < len(self.ways[0])

    def _extend(self, start: int) -> None:
        """Find the next best way to a node, after those of its users that it depends on."""
        waiting = [start]
        while waiting:
            i = waiting[-1]
            users = self.between.users[i]
            _, use, rank = self.ways[i][-1]
            user = users[use].user
            if len(self.ways[user]) == rank + 1 and not self.exhausted[user]:
                waiting.append(user)
                continue
            waiting.pop()
            heap = self.candidates[i]
            if heap is None:  # the first ways of the other uses
                heap = [self._candidate(edge, e, 0) for e, edge in enumerate(users) if e != use]
                heapq.heapify(heap)
                self.candidates[i] = heap
            if len(self.ways[user]) > rank + 1:
                heapq.heappush(heap, self._candidate(users[use], use, rank + 1))
            if heap:
                *_, use, rank = heapq.heappop(heap)
                self.ways[i].append((self._size(users[use], rank), use, rank))
            else:
                self.exhausted[i] = True

    def _size(self, edge: Edge, rank: int) -> float:
        return times(self.ways[edge.user][rank][0], abs(edge.local_grad))

    def _candidate(self, edge: Edge, use: int, rank: int) -> tuple[bool, float, int, int]:
        """A way as the heap orders them: nan first, then the largest, then by the order of uses."""
        size = self._size(edge, rank)
        is_number = size == size
        return is_number, -size if is_number else 0.0, use, rank

    def way(self, rank: int) -> tuple[list[Value], list[Edge]]:
        """The way of that rank: its nodes from the variable up to the root, and the edges between them."""
        nodes, edges, i = [self.between.nodes[0]], [], 0
        while i != len(self.between.nodes) - 1:
            _, use, rank = self.ways[i][rank]
            edges.append(self.between.users[i][use])
            i = edges[-1].user
            nodes.append(self.between.nodes[i])
        return nodes, edges
