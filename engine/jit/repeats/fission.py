"""Parts the statements of a loop: what does not wait for the step before runs at once for all steps.

What the loop only reads runs before it, what it only writes behind it: so a product of weights with the
inputs of all steps is one product, and so is the gradient of a weight. Inside stays what goes round.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from engine.jit.emit.arrays import Frame, Views
from engine.jit.emit.statements import Assign, Loop, Statement
from engine.jit.emit.views import Take, View
from engine.jit.repeats.lifted import for_all_steps

__all__ = ["parted"]

_MOST_CELLS = 1024
"""Cells per sample that are computed at once for all steps: what is more is read again while it is near."""

_ALL = frozenset([-1])

Cells = dict[tuple[str, int], frozenset[int]]
"""By the array and how they move on, which cells, counted from where a step begins."""


class _Use(NamedTuple):
    """What a statement reads and writes.

    Attributes:
        reads, writes: cells.
        sums: whether it adds to what it writes, and that is the same in all steps.
    """

    reads: Cells
    writes: Cells
    sums: bool


def parted(
    body: list[Statement], handing: set[int], views: Views, frame: Frame, backwards: bool
) -> list[Statement]:
    """The statements of a loop: those before it, the loop, and those behind.

    Args:
        body: the statements of a step.
        handing: the ids of those that hand something on from step to step.
        backwards: whether the last step runs first.
    """
    uses = [_use(statement) for statement in body]
    crossing = {i for i, statement in enumerate(body) if id(statement) in handing}
    whole = [None if i in crossing else _at_once(each, views, frame) for i, each in enumerate(body)]
    able = {i for i, each in enumerate(whole) if each is not None}
    before = _free({i for i in able if not uses[i].sums}, uses, crossing, range(len(body)), True)
    rest = [i for i in range(len(body)) if i not in before]
    behind = _free(able - before, uses, crossing, rest, False)
    inside = tuple(body[i] for i in rest if i not in behind)
    loop = [Loop(frame.steps, inside, backwards)] if inside else []  # type: ignore[arg-type]
    return [*_of(whole, before), *loop, *_of(whole, behind)]


def _of(whole: list[Assign | None], chosen: set[int]) -> list[Statement]:
    return [each for i, each in enumerate(whole) if i in chosen and each is not None]


def _at_once(statement: Statement, views: Views, frame: Frame) -> Assign | None:
    is_per_sample = isinstance(statement, Assign) and statement.target.array.samples
    if is_per_sample and frame.steps * int(np.prod(statement.target.shape[:-1])) > _MOST_CELLS:  # type: ignore[union-attr]
        return None
    return for_all_steps(statement, views, frame)


def _free(
    able: set[int], uses: list[_Use], crossing: set[int], among: Iterable[int], is_early: bool
) -> set[int]:
    """Those that can leave the loop, of those that have a form for all steps.

    Args:
        among: what is in the loop.
        is_early: whether they are to run before the loop, not behind it.
    """

    found, inside = set(able), set(among)

    def holds(i: int, k: int) -> bool:
        """Whether the second, which stays, keeps the first in the loop."""
        if k in crossing and not is_early:  # it writes what other steps read
            return bool(_common(uses[i].writes, uses[k].reads) or _common(uses[i].writes, uses[k].writes))
        return _meet(uses[i], uses[k], k in crossing or (k < i if is_early else k > i))

    while True:
        kept = {i for i in found if any(holds(i, k) for k in inside - found)}
        if not kept:
            return found
        found -= kept


def _meet(a: _Use, b: _Use, passes: bool) -> bool:
    """Whether two statements cannot change places: in a step, or in what is the same for all steps."""
    if a.sums and b.sums and not _common(a.reads, b.writes) and not _common(b.reads, a.writes):
        return False
    return any(
        found if passes else any(move == 0 for _, move in found)
        for found in (_common(a.writes, b.writes), _common(a.writes, b.reads), _common(a.reads, b.writes))
    )


def _common(a: Cells, b: Cells) -> list[tuple[str, int]]:
    """Where both are: an array, and how they move on."""
    return [
        key for key in a if key in b and (a[key] is _ALL or b[key] is _ALL or not a[key].isdisjoint(b[key]))
    ]


def _use(statement: Any) -> _Use:
    sums = isinstance(statement, Assign) and statement.adds and not statement.target.advance
    reads: Cells = {}
    writes: Cells = {}
    for tree in statement.writes:
        _add(writes, tree)
    for root in (statement.value,) if sums else statement.reads:
        for tree in root.walk():
            _add(reads, tree)
    return _Use(reads, writes, sums)


def _add(cells: Cells, tree: Any) -> None:
    """Add the cells of a view, or at the positions of a Take."""
    if isinstance(tree, Take) and not tree.is_constant:
        cells[tree.array.name, tree.advance] = _ALL
    elif isinstance(tree, Take | View) and tree.array.numbers is None:
        positions = tree.places if isinstance(tree, View) else tree.index.array.numbers
        _join(cells, (tree.array.name, tree.advance), positions.ravel())  # type: ignore[union-attr]


def _join(cells: Cells, key: tuple[str, int], positions: Any) -> None:
    known = cells.get(key, frozenset())
    if known is not _ALL:
        if key[1]:
            positions = positions % key[1]  # of whatever step
        cells[key] = known | frozenset(positions.tolist())
