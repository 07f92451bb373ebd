"""Orders nodes for computing: those of one form together, as many as possible at a time.

A node is ready when its operands are computed. Of the forms that have ready nodes, the one is next that is
farthest from the outputs, and it takes along every ready node of its form. So nodes that are ready early,
such as the first position of a sequence, which has fewer to attend to, wait for those of their kind.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from engine.jit.lower.canonical import CONST, LEAF, Node

__all__ = ["schedule"]


def schedule(nodes: list[Node], form_of: Callable[[Node], Any]) -> list[list[int]]:
    """Groups of refs in the order of computing.

    Args:
        nodes: canonical nodes, operands before results.
        form_of: what nodes must share to be computed together.
    """
    refs_of = [node.refs for node in nodes]
    distance = [0] * len(nodes)
    users: list[list[int]] = [[] for _ in nodes]
    missing = [0] * len(nodes)
    for ref in range(len(nodes) - 1, -1, -1):
        for operand in refs_of[ref]:
            distance[operand] = max(distance[operand], distance[ref] + 1)
    for ref, operands in enumerate(refs_of):
        for operand in operands:
            if nodes[operand].kind not in (LEAF, CONST):
                users[operand].append(ref)
                missing[ref] += 1
    forms: dict[Any, int] = {}
    waiting: list[list[int]] = []
    queue: list[tuple[int, int]] = []

    def make_ready(ref: int) -> None:
        form = forms.setdefault(form_of(nodes[ref]), len(waiting))
        if form == len(waiting):
            waiting.append([])
        waiting[form].append(ref)
        heapq.heappush(queue, (-distance[ref], form))

    for ref, node in enumerate(nodes):
        if node.kind not in (LEAF, CONST) and not missing[ref]:
            make_ready(ref)
    groups = []
    while queue:
        _, form = heapq.heappop(queue)
        members = waiting[form]
        if not members:
            continue
        waiting[form] = []
        groups.append(sorted(members))
        for ref in members:
            for user in users[ref]:
                missing[user] -= 1
                if not missing[user]:
                    make_ready(user)
    return groups
