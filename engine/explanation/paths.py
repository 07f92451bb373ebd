"""The paths that carry a gradient, the largest first, however many there are.

The derivative of a root by a variable is the sum over all paths between them of the product of the local
gradients along each. A ladder of 60 rungs has 2^60 paths, so they are not followed one by
one: see ``k_best.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, overload

from engine.autograd.hooks import HOOKS
from engine.autograd.masking import is_masked
from engine.display.html import Printed, paragraph, table
from engine.explanation.k_best import Search
from engine.explanation.path_graph import Between
from engine.floats.validate import integer
from engine.graph.names import aligned, count_text, lifted_remark, number, percent, shown
from engine.node.backend import Value

__all__ = ["MOST", "Path", "Paths", "hooks_left_out", "paths"]

MOST = 100_000
"""Paths that are listed where all are asked for; with more of them, a number must be given."""


LONGEST, ENDS = 12, 4
"""Nodes of a path that are written out; of a longer one so many at each end."""


class Path:
    """One way from a variable up to a root.

    Attributes:
        nodes: from the variable to the root.
        slots: for each node after the first, which of its operands the node before it is.
        local_grads: for each node after the first, its local gradient by the node before it.
        product: of the local gradients, from the root down: what this path adds to the gradient. It is 0
            where an edge is masked.

    >>> w = Value(3.0, label="w")
    >>> loss = (w * 2.0).tanh()
    >>> (path,) = paths(loss, w)
    >>> [node._op for node in path.nodes], path.local_grads[0]
    (['', '*', 'tanh'], 2.0)
    """

    def __init__(self, nodes: Sequence[Value], slots: Sequence[int], local_grads: Sequence[float]) -> None:
        self.nodes = tuple(nodes)
        self.slots = tuple(slots)
        self.local_grads = tuple(local_grads)
        edges = zip(self.nodes[1:], self.slots, self.local_grads, strict=True)
        is_closed = any(is_masked(node, slot, local_grad) for node, slot, local_grad in edges)
        self.product = 0.0 if is_closed else prod(reversed(self.local_grads), start=1.0)

    @property
    def bottleneck(self) -> int | None:
        """Where the path is narrowest: the place in ``local_grads`` of what is smallest in size.

        A nan comes before all numbers; of equals the one nearest to the root counts. None where there are
        no edges.

        >>> x = Value(3.0)
        >>> (path,) = paths((x * 0.001).exp() * 5.0, x)
        >>> path.local_grads[path.bottleneck]
        0.001
        """
        places = range(len(self.local_grads) - 1, -1, -1)
        return min(places, key=lambda i: _narrowness(self.local_grads[i]), default=None)

    def __len__(self) -> int:
        return len(self.local_grads)

    def __repr__(self) -> str:
        return f"Path(edges={len(self)}, product={self.product!r})"

    def __str__(self) -> str:
        """The nodes by label, operator or number; of a long path its ends."""
        names = [shown(node) for node in self.nodes]
        if len(names) > LONGEST:
            left_out = len(names) - 2 * ENDS
            names[ENDS:-ENDS] = [f"… {left_out} more …"]
        return " > ".join(names)

    def narrowest(self) -> str:
        """The bottleneck in words: the smallest local gradient, and the node that has it."""
        place = self.bottleneck
        if place is None:
            return ""
        return f"{number(self.local_grads[place])} at {shown(self.nodes[place + 1])}"

    def to_dict(self) -> dict[str, Any]:
        """The path as plain data, nodes by label, operator and number."""
        return {
            "nodes": [{"label": node.label, "op": node._op, "data": node.data} for node in self.nodes],
            "slots": list(self.slots),
            "local_grads": list(self.local_grads),
            "product": self.product,
            "bottleneck": self.bottleneck,
        }


def _narrowness(local_grad: float) -> float:
    return -1.0 if local_grad != local_grad else abs(local_grad)


class Paths(Printed):
    """The paths found, the largest first; prints as a table.

    Attributes:
        root: where they lead to.
        variable: where they start.
        gradient: the derivative of the root by the variable, as ``backward()`` finds it without hooks.
        positive: the sum of all positive products, also of paths not listed.
        negative: likewise of the negative ones; both are nan where a path's product is.
    """

    def __init__(self, between: Between, root: Value, variable: Value, found: Sequence[Path]) -> None:
        self.root = root
        self.variable = variable
        self.gradient = between.gradient
        self.positive = between.positive[0] if between.nodes else 0.0
        self.negative = between.negative[0] if between.nodes else 0.0
        self.between = between
        self._found = tuple(found)

    @property
    def count(self) -> int:
        """How many paths there are in all, exactly: an integer that may have many digits."""
        return self.between.count

    @property
    def hooked(self) -> list[Value]:
        """The nodes between that have hooks, which may change what ``backward()`` passes on: not so here."""
        return [node for node in self.between.nodes if node in HOOKS] if HOOKS else []

    @property
    def listed(self) -> float:
        """The sum of the products of the paths listed."""
        return _sum(path.product for path in self)

    @property
    def share(self) -> float:
        """The part of the gradient that the listed paths carry; beyond 1 where others take from it.

        1.0 where all are listed; otherwise nan where the gradient is zero, infinite or nan.
        """
        return 1.0 if len(self) == self.count else _ratio(self.listed, self.gradient)

    @property
    def covered(self) -> float:
        """The size of the listed products in that of all, signs aside: never beyond 1 but for rounding."""
        if len(self) == self.count:
            return 1.0
        return _ratio(_sum(abs(path.product) for path in self), self.positive - self.negative)

    @property
    def cancellation(self) -> float:
        """The part of all products' size that cancels: 0 where all have one sign; nan where there is none."""
        return 1.0 - _ratio(abs(self.positive + self.negative), self.positive - self.negative)

    @overload
    def __getitem__(self, index: int) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...

    def __getitem__(self, index: int | slice) -> Path | tuple[Path, ...]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found)

    def __repr__(self) -> str:
        return f"Paths({len(self)} listed, gradient={self.gradient!r})"

    def __str__(self) -> str:
        heading = self._heading()
        if not len(self):
            return "\n".join(heading)
        remark = lifted_remark(self.between.nodes)
        return "\n".join([*heading, "", *aligned(self._rows(), "rrll"), *(["", *remark] if remark else [])])

    def _repr_html_(self) -> str:
        rows = table(self._rows(), "rrll") if len(self) else ""
        remarks = map(paragraph, lifted_remark(self.between.nodes))
        return "".join([*map(paragraph, self._heading()), rows, *remarks])

    def _heading(self) -> list[str]:
        """How many paths there are, and what their products add up to."""
        start, end = shown(self.variable), shown(self.root)
        if not len(self):
            return [f"no path leads from {start} to {end}: the derivative is 0"]
        lead = "leads" if self.count == 1 else "lead"
        derivative = f"d{end}/d{start} = {number(self.gradient)}"
        lines = [f"{count_text(self.count)} {lead} from {start} to {end}; {derivative}"]
        if len(self) < self.count:
            of_it = f", {percent(self.share)} of it" if math.isfinite(self.share) else ""
            lines.append(f"the {len(self)} of largest product add up to {number(self.listed)}{of_it}")
        if self.positive and self.negative:
            lines.append(
                f"positive products add up to {number(self.positive)}, negative ones to "
                f"{number(self.negative)}: {percent(self.cancellation)} of their size cancels"
            )
        if self.hooked:
            lines.append(hooks_left_out(self.hooked))
        return lines

    def _rows(self) -> list[list[str]]:
        rows = [["product", "share", "narrowest", "path"]]
        for path in self:
            share = percent(_ratio(path.product, self.gradient))
            rows.append([number(path.product), share, path.narrowest(), str(path)])
        return rows

    def to_dict(self) -> dict[str, Any]:
        """All of this as plain data."""
        names = ["gradient", "count", "listed", "share", "covered", "positive", "negative", "cancellation"]
        return {**{name: getattr(self, name) for name in names}, "paths": [path.to_dict() for path in self]}


def _sum(numbers: Iterator[float]) -> float:
    """The sum with one rounding; inf and nan as in a loop."""
    listed = list(numbers)
    total = sum(listed)
    return math.fsum(listed) if math.isfinite(total) else total


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole and math.isfinite(whole) else math.nan


def hooks_left_out(nodes: Sequence[Value]) -> str:
    """The remark that hooks are left out.

    >>> hooks_left_out([Value(1.0, label="h")])
    'Hooks at h are left out: backward() may pass on something else there.'
    """
    return (
        f"Hooks at {', '.join(map(shown, nodes))} are left out: backward() may pass on something else there."
    )


def paths(root: Value, variable: Value, k: int | None = 10) -> Paths:
    """The k paths from a variable to a root that contribute most to the derivative, the largest first.

    Args:
        root: what is differentiated, such as a loss.
        variable: by what: a leaf or any other node. Leaves that take no gradient have one here.
        k: how many paths to list; None for all.

    Returns:
        The paths, with the exact number of all of them, and the sums of the positive and negative products
        over all. A path over a masked edge, as that to the side that ``where`` did not take, has product 0.
        One on which a computed zero meets an infinite factor is nan, and so is the gradient; it comes first,
        but where the zero stands above the infinite factor, last.

    Raises:
        TypeError: root or variable is not a Value, or k not an integer.
        ValueError: k is less than 1; or None where there are more than 100,000 paths.
        GraphError: a node between them was built by hand without local gradients.

    >>> x = Value(0.5, label="x")
    >>> y = x
    >>> for _ in range(60):
    ...     y = y * 0.25 + y
    >>> found = paths(y, x, k=2)
    >>> found.count == 2**60, found[0].product, f"{found[1].product:.2f}"
    (True, 1.0, '0.25')
    """
    if k is not None:
        k = integer("k", k)
    between = Between(root, variable)
    if k is None and between.count > MOST:
        raise ValueError(f"there are more than {MOST:,} paths: give k=, the number to be listed")
    return Paths(between, root, variable, list(_largest(between, k)))


def _largest(between: Between, k: int | None) -> Iterator[Path]:
    """The paths in order, as many as are wanted and there are."""
    search = Search(between)
    rank = 0
    while (k is None or rank < k) and search.reaches(rank):
        nodes, edges = search.way(rank)
        yield Path(nodes, [edge.slot for edge in edges], [edge.local_grad for edge in edges])
        rank += 1
