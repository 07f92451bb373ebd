"""Whether two graphs are the same formula: they differ by rounding alone, whatever numbers their leaves have.

Analytic functions that are equal near a point are equal. So random numbers are put in place of the leaves,
near their own and far away, and both graphs are computed with a bound for the rounding in each. Numbers at
which an operand drowns in the rounding of a result tell nothing: 1e-20 in x + 1e-20, or x in tanh(x) at 50.
A node that chooses (relu, where, max), or whose rule is not known, stands for itself, as a random number of
its own: what holds then holds whichever way is chosen.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from random import Random

from engine.node.backend import Value

__all__ = ["Draws", "chooses"]

MOST_NODES = 1500
DRAWS, ENOUGH = 12, 4
"""How often numbers are drawn, and how often the graphs must be defined there, and not drown in rounding."""

ROUNDING = 2.0**-50
"""Of each result, relative to its size: some units in the last place."""

DROWNED = 4.0
"""An operand is not heard that moves a result by less than so many times its rounding."""


class Draws:
    """Random numbers in place of leaves, and what graphs come to by them.

    Args:
        variables: the leaves that may have any number; other leaves are constants.
    """

    def __init__(self, variables: Collection[Value]) -> None:
        self.variables = variables
        self._found: list[tuple[Random, dict[Value, tuple[float, float, bool]]]] = [
            (Random(seed), {}) for seed in range(DRAWS)
        ]

    def same(self, mine: Sequence[Value], others: Sequence[Value]) -> bool:
        """Whether each of some nodes is the same function of the variables as that of others at its place.

        Returns:
            False also where it cannot be told, as of graphs of more than 1,500 nodes.

        >>> x, y = Value(0.5), Value(2.0)
        >>> Draws({x, y}).same([(x + y) ** 2], [x * x + 2 * x * y + y * y])
        True
        """
        order = mine[0]._topological_order(*mine[1:], *others)
        if len(order) > MOST_NODES:
            return False
        agreed = 0
        for draw in range(DRAWS):
            found = self._computed(order, draw)
            is_telling = True
            for a, b in zip(mine, others, strict=True):
                (x, rounding, is_heard), (y, another, is_other_heard) = found[a], found[b]
                bound = 4.0 * (rounding + another)
                if abs(x - y) > bound:  # not so of nan
                    return False
                is_telling = is_telling and is_heard and is_other_heard
                is_telling = is_telling and bound <= 1e-9 * max(1.0, abs(x), abs(y)) < math.inf
            agreed += is_telling
        return agreed >= ENOUGH

    def _computed(self, order: Sequence[Value], draw: int) -> dict[Value, tuple[float, float, bool]]:
        """By one draw each node's number, how far rounding may move it, and whether no operand drowned."""
        rng, found = self._found[draw]
        for node in order:
            if node in found:
                continue
            row, operands = node._row, node._children
            if not operands and node not in self.variables:
                found[node] = node.data, 0.0 if node.data.is_integer() else ROUNDING * abs(node.data), True
            elif row.name == "where" and math.isnan(operands[2].data):
                found[node] = found[operands[1]]  # where(in the domain, a, nan) -> a
            elif not operands or not row.partials or chooses(node):
                x = _drawn(node.data, rng, draw)
                found[node] = x, ROUNDING * abs(x), True
            else:
                xs = [found[operand][0] for operand in operands]
                y = row.forward(xs) if row.arity is None else row.forward(*xs)
                partials = row.local_gradients(y, xs)
                known = [found[operand] for operand in operands]
                passed = sum(abs(p) * r for p, (_, r, _) in zip(partials, known, strict=True) if r)
                rounding = ROUNDING * abs(y)
                is_heard = all(  # what cancels may be 0 whatever the numbers are
                    heard and (abs(x) <= r or abs(p * x) >= DROWNED * rounding)
                    for p, (x, r, heard) in zip(partials, known, strict=True)
                )
                if y == passed == 0.0 and all(xs):  # a result that is too small to be a float
                    is_heard = is_heard and not any(r for _, r, _ in known)
                found[node] = y, rounding + passed, is_heard
        return found


def chooses(node: Value) -> bool:
    """Whether a node chooses among its operands, or is flat: a formula of it would hold at this point alone.

    >>> x = Value(-1.0)
    >>> chooses(x.relu()), chooses(x * 2)
    (True, False)
    """
    row = node._row
    return bool(row.masks) and (row.base or row).name not in ("mul", "div", "dot", "prod", "pow")


def _drawn(x: float, rng: Random, draw: int) -> float:
    """A random number: every other time near x, else between 0 and 1, positive, or any."""
    normal = rng.gauss(0.0, 1.0)
    if draw % 2 == 0:
        return x * math.exp(0.3 * normal) if x else 0.1 * normal
    return (rng.random(), math.exp(normal), normal)[draw % 3]
