"""Which cells a statement reads and which it writes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.jit.emit.views import Take, View, ends
from engine.jit.lower.strides import distinct

__all__ = ["Cells", "Place", "Use", "meet", "place_of", "use_of", "uses_of"]

_ALL = 1 << 62
"""Beyond all cells."""

_MOST_RUNS = 16
"""Of cells at positions; more are taken together, so that it does not grow with the steps of a loop."""

Place = tuple[str, int, tuple[int, ...], tuple[int, ...], int]


@dataclass(slots=True)
class Use:
    """That a statement reads or writes cells.

    Attributes:
        at: the statement, by its number in the order in which they run.
        writes: whether it writes them; what adds has another use that reads.
        low, high: the cells are among these; in a loop those of all steps.
        length, step: so many in a row, and so many cells further again; a step of 0 where that is all.
        place: where exactly they are; None of cells at positions.
    """

    at: int
    writes: bool
    array: str
    low: int
    high: int
    place: Place | None
    length: int = 0
    step: int = 0


def meet(a: Use, b: Use) -> bool:
    """Whether two uses may have a cell in common, in whatever steps of a loop."""
    if a.array != b.array or a.low > b.high or b.low > a.high:
        return False
    step = a.step
    if not step or b.step != step or max(a.length, b.length) > step:
        return True
    return (b.low - a.low) % step < a.length or (a.low - b.low) % step < b.length


class Cells:
    """Uses by where they are: for each those that may overlap it."""

    def __init__(self, uses: list[Use]) -> None:
        self._starts: dict[str, list[int]] = {}  # of runs of cells that hang together
        self._found: dict[tuple[str, int], list[Use]] = {}
        self._of_all: dict[str, list[Use]] = {}  # of all cells of an array
        reached: dict[str, int] = {}
        for use in sorted(uses, key=lambda use: use.low):
            if use.high < _ALL:
                starts = self._starts.setdefault(use.array, [])
                if use.low > reached.get(use.array, -1):
                    starts.append(use.low)
                reached[use.array] = max(reached.get(use.array, -1), use.high)
            self.add(use)

    def near(self, use: Use) -> list[Use]:
        everywhere = self._of_all.get(use.array, [])
        if use.high == _ALL:
            return [
                *everywhere,
                *(one for key, own in self._found.items() if key[0] == use.array for one in own),
            ]
        return self._run(use) + everywhere

    def _run(self, use: Use) -> list[Use]:
        if use.high == _ALL:
            return self._of_all.setdefault(use.array, [])
        return self._found.setdefault((use.array, bisect_right(self._starts[use.array], use.low)), [])

    def add(self, use: Use) -> None:
        self._run(use).append(use)

    def remove(self, use: Use) -> None:
        run = self._run(use)
        del run[next(i for i, own in enumerate(run) if own is use)]


# -- what a statement uses ------------------------------------------------------------------------------


def place_of(view: View) -> Place:
    return view.array.name, view.start, view.shape, view.strides, view.advance


def uses_of(statement: Any, at: int, steps: int) -> Iterator[Use]:
    read = [tree for root in statement.reads for tree in root.walk()]
    for trees, writes in ((statement.writes, True), (read, False)):
        for tree in trees:
            if isinstance(tree, View):
                yield use_of(tree, at, steps, writes)
            elif isinstance(tree, Take):
                yield from _at_positions(tree, at, writes)


def use_of(view: View, at: int = 0, steps: int = 1, writes: bool = False) -> Use:
    """What a view covers; by default in the step in which it stands."""
    axes = [(n, k) for n, k in zip(view.shape, view.strides, strict=True) if n > 1 and k]
    axes += [(steps, view.advance)] if view.advance else []
    low, high = ends(view.start, (*view.shape, steps), (*view.strides, view.advance))
    axes = sorted([(n, abs(k)) for n, k in axes], key=lambda axis: axis[1])
    count, step = axes.pop() if axes else (1, 0)
    length = 1 + sum((n - 1) * k for n, k in axes)
    return Use(at, writes, view.array.name, low, high, place_of(view), length, step if count > 1 else 0)


def _at_positions(tree: Take, at: int, writes: bool) -> Iterator[Use]:
    """Runs of cells; all of them where positions are found at run time."""
    array, numbers = tree.array, tree.index.array.numbers
    if numbers is None or tree.advance:
        yield Use(at, writes, array.name, 0, _ALL, None)
        return
    cells = distinct(numbers)
    begins = np.diff(cells, prepend=-2) != 1
    yield from _of_runs(array.name, at, writes, cells[begins], cells[np.roll(begins, -1)])


def _of_runs(array: str, at: int, writes: bool, first: Any, last: Any) -> Iterator[Use]:
    """Runs of cells, which in loops come again so many cells further: few uses for them all."""
    many = len(first)
    for period in range(1, min(_MOST_RUNS, many - 1) + 1) if many > _MOST_RUNS else ():
        steps = first[period:] - first[:-period]
        if (steps == steps[0]).all() and (last[period:] - last[:-period] == steps[0]).all():
            for low, end, high in zip(first[:period], last[:period], last[-period:], strict=True):
                yield Use(at, writes, array, int(low), int(high), None, int(end - low) + 1, int(steps[0]))
            return
    if many > _MOST_RUNS:
        first, last = first[:1], last[-1:]
    for low, high in zip(first.tolist(), last.tolist(), strict=True):
        yield Use(at, writes, array, low, high, None)
