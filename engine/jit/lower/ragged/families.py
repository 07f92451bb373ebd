"""Which sums and sequences are alike but for their lengths, and better computed together than apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.jit.lower.canonical import IN_ORDER, LIN, SEQ, Node

__all__ = ["families", "is_mean"]

_FULL_ENOUGH = 0.4
"""The share of terms that must be there: half of those under a causal mask are."""

_STATEMENT = 2_000
"""A group for each length costs, with all that hangs on it, about as much as so many numbers more in one."""

_SAMPLES = 32
"""Each number of a batch counts for so many."""


def families(nodes: Sequence[Node]) -> Iterable[list[int]]:
    """Nodes that are alike but for the lengths of their runs, those of lower levels first."""
    found: dict[Any, dict[tuple[int, ...], list[int]]] = {}
    for ref, node in enumerate(nodes):
        if node.kind == LIN:
            kinds: Any = tuple([kind for kind, _ in node.runs])
            if is_mean(node):
                kinds = "times 1/n", kinds[0][:2], node.terms[0][0] < 0.0
            form: Any = (node.level, node.batched, kinds, not node.k)
            counts = tuple([len(run) for _, run in node.runs])
        elif node.kind == SEQ and node.row is not None and node.row.neutral is not None:
            form, counts = (node.level, node.batched, node.row), (len(node.operands),)
        else:
            continue
        found.setdefault(form, {}).setdefault(counts, []).append(ref)
    for form, by_counts in sorted(found.items(), key=lambda item: item[0][0]):
        if len(by_counts) > 1:
            repeats = isinstance(form[2], tuple) and len(set(form[2])) < len(form[2])
            for chunk in _chunks(by_counts, _SAMPLES if form[1] else 1):
                if not repeats or max(map(sum, chunk)) <= IN_ORDER:  # else they are not added in this order
                    yield sorted(ref for counts in chunk for ref in by_counts[counts])


def is_mean(node: Node) -> bool:
    """Whether a node is a sum times a number, as 1/n."""
    return node.kind == LIN and len(node.runs) == 1 and abs(node.terms[0][0]) != 1.0


def _chunks(by_counts: dict[tuple[int, ...], list[int]], samples: int) -> Iterable[list[tuple[int, ...]]]:
    """Lengths that are better filled up than computed apart, each time with as many as are full enough."""
    chunk: list[tuple[int, ...]] = []
    width: tuple[int, ...] = ()
    there = members = 0

    def pays() -> bool:
        extra = members * sum(width) - there
        return len(chunk) > 1 and extra * samples <= _STATEMENT * (len(chunk) - 1)

    for counts in sorted(by_counts, key=sum, reverse=True):
        count = len(by_counts[counts])
        wider = tuple(map(max, counts, width or counts))
        full = (members + count) * sum(wider) * _FULL_ENOUGH <= there + count * sum(counts)
        if chunk and not full:
            if pays():
                yield chunk
            chunk, wider, there, members = [], counts, 0, 0
        chunk.append(counts)
        width, there, members = wider, there + count * sum(counts), members + count
    if pays():
        yield chunk
