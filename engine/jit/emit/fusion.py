"""Puts statements into those that read their results, so that a line says as much as one of a textbook does.

Three laws, applied until none holds. No number changes by them, to the last bit.

    t = A            u = f(t)      ->  u = f(A)      where nothing else reads t
    t = A            t += B        ->  t = A + B     where nothing reads t in between
    t = s            u = f(t), …   ->  u = f(s), …   where s, a view, keeps its numbers until then

A is computed later than it was written, so nothing may write what it reads in between. What is left of t are
cells that nobody touches. Outputs, what the function decides by and gradients that are asked for stay.

Matrices that meet in a product stay statements of their own, and so does what would make a line too long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.jit.emit.forward import Program
from engine.jit.emit.statements import Assign, Loop, Procedure, Scatter, Statement
from engine.jit.emit.trees import Call, Expression, MatMul, Number, Reduce, Seed
from engine.jit.emit.views import CELLS, GRADIENTS, Array, Take, View
from engine.jit.lower.groups import FIXED, PER_SAMPLE
from engine.jit.lower.strides import distinct

__all__ = ["fuse"]

_MOST = 8
"""Functions, sums and products in a line."""

_ALL = 1 << 62
"""Beyond all cells."""

_MOST_STATEMENTS = 4_000
"""Nobody reads more, and their cells are many."""

Place = tuple[str, int, tuple[int, ...], tuple[int, ...], int]


@dataclass(slots=True)
class _Use:
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


def fuse(program: Program) -> None:
    """Apply the laws to the statements of a program."""
    lists = program.fixed, program.forward, program.backward, program.fixed_backward
    if sum(map(len, lists)) <= _MOST_STATEMENTS:
        fusion = _Fusion(lists, list(_asked(program)))
        for before, after in zip(lists, fusion.lists(), strict=True):
            before[:] = after


def _asked(program: Program) -> Iterator[tuple[str, int, int]]:
    """Arrays, each with a first and a last cell that is looked at once the program has run."""
    for place in (*program.outputs, *program.watched):
        if isinstance(place, tuple):
            yield CELLS[place[0]].name, place[1], place[1]
    layout = program.layout
    yield GRADIENTS[FIXED].name, 0, layout.captured_cells - 1
    inputs = GRADIENTS[PER_SAMPLE if layout.batched else FIXED].name
    yield inputs, layout.input_start, layout.input_start + layout.inputs - 1


class _Fusion:
    """The statements by number, and the uses of their cells."""

    def __init__(self, lists: Iterable[list[Statement]], asked: list[tuple[str, int, int]]) -> None:
        self.asked = asked
        self.statements: list[Any] = []
        self.part_of: list[int] = []  # of each statement: a list, or the body of a loop
        self.order: list[list[Any]] = []  # of each list numbers, and loops with the numbers of their bodies
        self.uses: list[_Use] = []
        self.loops: set[int] = set()
        parts = 0
        for statements in lists:
            self.order.append([])
            part, parts = parts, parts + 1
            for each in statements:
                if isinstance(each, Loop):
                    inside = [self._number(one, parts, each.steps) for one in each.body]
                    self.order[-1].append((each, inside))
                    self.loops.add(parts)
                    parts += 1
                else:
                    self.order[-1].append(self._number(each, part, 1))
        self.cells = _Cells(self.uses)
        self._of: dict[int, list[_Use]] = {}
        for use in self.uses:
            self._of.setdefault(use.at, []).append(use)
        for at in range(len(self.statements)):
            self._try(at)

    def _number(self, statement: Statement, part: int, steps: int) -> int:
        at = len(self.statements)
        self.statements.append(statement)
        self.part_of.append(part)
        self.uses += _uses(statement, at, steps)
        return at

    def lists(self) -> Iterator[list[Statement]]:
        """The lists of statements that are left."""
        for order in self.order:
            found: list[Statement] = []
            for each in order:
                if isinstance(each, int):
                    found += [self.statements[each]] * (self.statements[each] is not None)
                    continue
                loop, inside = each
                body = tuple(self.statements[at] for at in inside if self.statements[at] is not None)
                found += [replace(loop, body=body)] if body else []
            yield found

    # -- one statement --------------------------------------------------------------------------------

    def _try(self, at: int) -> None:
        statement = self.statements[at]
        if not isinstance(statement, Assign) or statement.adds or statement.target.array.integers:
            return
        own = next(use for use in self._of[at] if use.writes)
        others = [use for use in self._overlapping(own) if use.at != at]
        part = self.part_of[at]
        in_loop = part in self.loops
        after = sorted(use.at for use in others if use.at > at)
        if not after or self.part_of[after[0]] != part:
            return
        by = after[0]
        if self._may_move(at, by):
            if self._join(statement, own, at, by, others):
                return
            if self._substitute(statement, own, at, by, others, in_loop):
                return
        self._pass_on(statement, own, at, others, in_loop)

    def _join(self, first: Assign, own: _Use, at: int, by: int, others: list[_Use]) -> bool:
        """t = A, t += B  ->  t = A + B"""
        second = self.statements[by]
        if not isinstance(second, Assign) or not second.adds or _place(second.target) != own.place:
            return False
        if isinstance(first.value, Number | Seed) or sum(use.at == by for use in others) != 2:
            return False
        added, value = second.value, first.value
        if isinstance(added, Call) and added.function == "negative":
            joined = Call("subtract", (value, *added.operands))
        else:
            joined = Call("add", (value, added))
        if _size(joined) > _MOST:
            return False
        self._move(at, by, Assign(second.target, joined, comment=second.comment), own)
        return True

    def _substitute(
        self, first: Assign, own: _Use, at: int, by: int, others: list[_Use], in_loop: bool
    ) -> bool:
        """t = A, u = f(t)  ->  u = f(A)"""
        reader = self.statements[by]
        here = [use for use in others if use.at == by]
        if [use.place for use in here if not use.writes] != [own.place]:
            return False
        again = [use for use in here if use.writes]
        if again and (
            not isinstance(reader, Assign) or reader.adds or [use.place for use in again] != [own.place]
        ):
            return False
        if not again and (
            self._is_asked(own)
            or any(use.at > by or (in_loop and use.at != at) for use in others if use.at != by)
        ):
            return False
        changed = _with(reader, _place(first.target), first.value)
        if changed is None or _size(changed.value) > _MOST:
            return False
        self._move(at, by, changed, own)
        return True

    def _pass_on(self, first: Assign, own: _Use, at: int, others: list[_Use], in_loop: bool) -> None:
        """t = s, u = f(t), …  ->  u = f(s), …"""
        source = first.value
        if not isinstance(source, View) or source.shape != first.target.shape or self._is_asked(own):
            return
        readers = sorted({use.at for use in others if use.at > at or in_loop})
        if any(use.writes or use.place != own.place for use in others if use.at in readers):
            return
        if any(use.at < at for use in others if in_loop) or not readers:
            return
        if any(self.part_of[by] != self.part_of[at] for by in readers) or not self._may_move(at, readers[-1]):
            return
        changed = {by: _with(self.statements[by], _place(first.target), source) for by in readers}
        if any(each is None for each in changed.values()):
            return
        given = [use for use in self._of[at] if not use.writes]
        for by, statement in changed.items():
            self._drop(by, own)
            for use in given:
                self._add(replace(use, at=by))
            self.statements[by] = statement
        for use in list(self._of[at]):
            self._forget(use)
        self.statements[at] = None

    # -- uses -----------------------------------------------------------------------------------------

    def _overlapping(self, own: _Use) -> list[_Use]:
        return [use for use in self.cells.near(own) if use is not own and _meet(use, own)]

    def _is_asked(self, own: _Use) -> bool:
        return any(
            _meet(own, _Use(-1, False, array, first, last, None, last - first + 1, own.step))
            for array, first, last in self.asked
        )

    def _may_move(self, at: int, by: int) -> bool:
        """Whether nothing writes in between what a statement reads."""
        return not any(
            other.writes and at < other.at < by and _meet(use, other)
            for use in self._of[at]
            if not use.writes
            for other in self.cells.near(use)
        )

    def _move(self, at: int, by: int, statement: Any, own: _Use) -> None:
        """A statement is now part of another one."""
        self._drop(by, own)
        for use in list(self._of[at]):
            self._forget(use)
            if not use.writes:
                self._add(replace(use, at=by))
        self.statements[at], self.statements[by] = None, statement

    def _drop(self, by: int, own: _Use) -> None:
        for use in list(self._of[by]):
            if not use.writes and use.place == own.place:
                self._forget(use)

    def _forget(self, use: _Use) -> None:
        self.cells.remove(use)
        self._of[use.at] = [own for own in self._of[use.at] if own is not use]

    def _add(self, use: _Use) -> None:
        self.cells.add(use)
        self._of[use.at].append(use)


def _meet(a: _Use, b: _Use) -> bool:
    """Whether two uses may have a cell in common, in whatever steps of a loop."""
    if a.array != b.array or a.low > b.high or b.low > a.high:
        return False
    step = a.step
    if not step or b.step != step or max(a.length, b.length) > step:
        return True
    return (b.low - a.low) % step < a.length or (a.low - b.low) % step < b.length


class _Cells:
    """Uses by where they are: for each those that may overlap it."""

    def __init__(self, uses: list[_Use]) -> None:
        self._starts: dict[str, list[int]] = {}  # of runs of cells that hang together
        self._found: dict[tuple[str, int], list[_Use]] = {}
        self._of_all: dict[str, list[_Use]] = {}  # of all cells of an array
        reached: dict[str, int] = {}
        for use in sorted(uses, key=lambda use: use.low):
            if use.high < _ALL:
                starts = self._starts.setdefault(use.array, [])
                if use.low > reached.get(use.array, -1):
                    starts.append(use.low)
                reached[use.array] = max(reached.get(use.array, -1), use.high)
            self.add(use)

    def near(self, use: _Use) -> list[_Use]:
        everywhere = self._of_all.get(use.array, [])
        if use.high == _ALL:
            return [
                *everywhere,
                *(one for key, own in self._found.items() if key[0] == use.array for one in own),
            ]
        return self._run(use) + everywhere

    def _run(self, use: _Use) -> list[_Use]:
        if use.high == _ALL:
            return self._of_all.setdefault(use.array, [])
        return self._found.setdefault((use.array, bisect_right(self._starts[use.array], use.low)), [])

    def add(self, use: _Use) -> None:
        self._run(use).append(use)

    def remove(self, use: _Use) -> None:
        run = self._run(use)
        del run[next(i for i, own in enumerate(run) if own is use)]


# -- what a statement uses ------------------------------------------------------------------------------


def _place(view: View) -> Place:
    return view.array.name, view.start, view.shape, view.strides, view.advance


def _uses(statement: Any, at: int, steps: int) -> Iterator[_Use]:
    written: tuple[View, ...] = ()
    if isinstance(statement, Assign):
        written = (statement.target,)
    elif isinstance(statement, Procedure):
        written = (statement.out,) if statement.kept is None else (statement.out, statement.kept)
    for view in written:
        yield _of_view(view, at, steps, True)
    if isinstance(statement, Scatter):
        for writes in (True, False)[: 1 + statement.adds]:
            yield from _at_positions(statement.array, statement.index, statement.advance, at, steps, writes)
    if isinstance(statement, Assign) and statement.adds:
        yield _of_view(statement.target, at, steps, False)
    for root in _read(statement):
        for tree in root.walk():
            if isinstance(tree, View):
                yield _of_view(tree, at, steps, False)
            elif isinstance(tree, Take):
                yield from _at_positions(tree.array, tree.index, tree.advance, at, steps, False)


def _read(statement: Any) -> tuple[Expression, ...]:
    if isinstance(statement, Procedure):
        return (statement.operand,)
    if isinstance(statement, Scatter):
        return statement.index, statement.value
    return (statement.value,)


def _of_view(view: View, at: int, steps: int, writes: bool) -> _Use:
    axes = [(n, k) for n, k in zip(view.shape, view.strides, strict=True) if n > 1 and k]
    low = view.start + sum((n - 1) * k for n, k in axes if k < 0)
    axes = sorted(((n, abs(k)) for n, k in (*axes, (steps, view.advance)) if k), key=lambda axis: axis[1])
    high = low + sum((n - 1) * k for n, k in axes)
    if view.advance < 0:
        low, high = low + (steps - 1) * view.advance, high + (steps - 1) * view.advance
    count, step = axes.pop() if axes else (1, 0)
    length = 1 + sum((n - 1) * k for n, k in axes)
    return _Use(at, writes, view.array.name, low, high, _place(view), length, step if count > 1 else 0)


def _at_positions(
    array: Array, index: View, advance: int, at: int, steps: int, writes: bool
) -> Iterator[_Use]:
    """Runs of cells; all of them where positions are found at run time."""
    numbers = index.array.numbers
    if numbers is None or advance:
        yield _Use(at, writes, array.name, 0, _ALL, None)
        return
    cells = distinct(numbers)
    for run in np.split(cells, np.flatnonzero(np.diff(cells) != 1) + 1):
        if len(run):
            yield _Use(at, writes, array.name, int(run[0]), int(run[-1]), None)


# -- trees ----------------------------------------------------------------------------------------------


def _size(tree: Expression) -> int:
    return sum(isinstance(each, Call | Reduce | MatMul) for each in tree.walk())


def _with(statement: Any, place: Place, value: Expression) -> Any:
    """A statement that reads a tree in place of a view; None where it must be a view."""
    if not isinstance(statement, Assign | Scatter):
        return None
    if isinstance(statement, Scatter) and any(
        isinstance(each, View) and _place(each) == place for each in statement.index.walk()
    ):
        return None
    changed = _replaced(statement.value, place, value, True, {})
    if changed is None:
        return None
    if changed.shape != statement.value.shape and (
        isinstance(statement, Scatter) or not isinstance(changed, Call | View)
    ):
        return None
    return replace(statement, value=changed)


def _replaced(tree: Any, place: Place, value: Expression, is_free: bool, known: dict[int, Any]) -> Any:
    """A tree with another one in the place of a view; None where it may not stand there, or changes a sum.

    Args:
        is_free: whether anything may stand there, and not only a view.
        known: what trees became, by their id.
    """
    if not isinstance(tree, Expression):
        return tree
    if id(tree) not in known:
        known[id(tree)] = _replaced_anew(tree, place, value, is_free, known)
    return known[id(tree)]


def _replaced_anew(tree: Any, place: Place, value: Expression, is_free: bool, known: dict[int, Any]) -> Any:
    if isinstance(tree, View):
        if _place(tree) != place:
            return tree
        return value if is_free or isinstance(value, View) else None
    if isinstance(tree, Take):
        return None if _place(tree.index) == place else tree
    inside = is_free and not isinstance(tree, MatMul) and not _wants_views(tree)
    new = [_replaced(part, place, value, inside, known) for part in tree.parts]
    if any(part is None for part in new):
        return None
    if all(mine is own for mine, own in zip(new, tree.parts, strict=True)):
        return tree
    if isinstance(tree, Reduce):
        return replace(tree, operand=new[0]) if new[0].shape == tree.operand.shape else None
    if isinstance(tree, MatMul):
        return replace(tree, a=new[0], b=new[1])
    if not isinstance(tree, Call):
        return None
    origin = tree.origin
    if origin is not None:
        given = [_replaced(each, place, value, inside, known) for each in (*origin.operands, origin.value)]
        if any(
            mine is None and own is not None
            for mine, own in zip(given, (*origin.operands, origin.value), strict=True)
        ):
            return None
        origin = replace(origin, operands=tuple(given[:-1]), value=given[-1])
    return replace(tree, operands=tuple(new), origin=origin)


def _wants_views(tree: Expression) -> bool:
    """Whether a function is over axes, whose operands lie in a shape of their own."""
    return isinstance(tree, Call) and (
        tree.size is not None or bool(tree.options) or tree.function in ("stack", "pick")
    )
