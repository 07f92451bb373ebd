"""Puts statements into those that read their results, so that a line says as much as one of a textbook does.

Four laws, applied until none holds. No number changes by them, to the last bit, but next to the smallest
floats, where ``factors.py`` puts numbers together.

    t = A            u = f(t)      ->  u = f(A)      where nothing else reads t
    t = A            t += B        ->  t = A + B     where nothing reads t in between
    t = s            u = f(t), …   ->  u = f(s), …   where s, a view, keeps its numbers until then
    t = A, …         u = t         ->  u = A, …      where u is used later only, and all read u for t

A is computed later than it was written, so nothing may write what it reads in between. What is left of t are
cells that nobody touches. Outputs, what the function decides by and gradients that are asked for stay.

Matrices that meet in a product stay statements of their own, and so does what would make a line too long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from engine.jit.emit.arrays import Views
from engine.jit.emit.forward import Program
from engine.jit.emit.fusion.factors import with_numbers_together
from engine.jit.emit.fusion.replaced import cells_of, reading, shifted, size_of
from engine.jit.emit.fusion.turned import turned
from engine.jit.emit.fusion.uses import Cells, Use, meet, place_of, use_of, uses_of
from engine.jit.emit.statements import Assign, Loop, Statement
from engine.jit.emit.trees import Call, Number, Seed
from engine.jit.emit.views import CELLS, GRADIENTS, View
from engine.jit.lower.groups import FIXED, PER_SAMPLE

__all__ = ["fuse"]

_MOST = 10
"""Functions, sums and products in a line."""

_MOST_STATEMENTS = 4_000
"""Nobody reads more, and their cells are many."""


def fuse(program: Program) -> None:
    """Apply the laws to the statements of a program."""
    if len(program.statements) <= _MOST_STATEMENTS:
        fusion = _Fusion(program.parts, list(_asked(program)), program.views)
        for before, after in zip(program.parts, fusion.lists(), strict=True):
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

    def __init__(
        self, lists: Sequence[list[Statement]], asked: list[tuple[str, int, int]], views: Views
    ) -> None:
        self.asked, self.views, self._lists = asked, views, lists
        self.statements: list[Any] = []
        self.part_of: list[Any] = []  # of each statement: the number of a list, or the loop that it is in
        for part, statements in enumerate(lists):
            for each in statements:
                in_loop = isinstance(each, Loop)
                body = each.body if isinstance(each, Loop) else (each,)
                self.statements += map(_with_numbers_together, body)
                self.part_of += [each if in_loop else part] * len(body)
        self._of = [self._uses(at) for at in range(len(self.statements))]
        self.cells = Cells([use for uses in self._of for use in uses])
        for at in range(len(self.statements)):
            self._try(at)

    def _uses(self, at: int) -> list[Use]:
        steps = self.part_of[at].steps if self._in_loop(at) else 1
        return list(uses_of(self.statements[at], at, steps))

    def _in_loop(self, at: int) -> bool:
        return isinstance(self.part_of[at], Loop)

    def lists(self) -> Iterator[list[Statement]]:
        """The lists of statements that are left."""
        left = iter(self.statements)
        for statements in self._lists:
            found: list[Statement] = []
            for each in statements:
                if isinstance(each, Loop):
                    body = tuple(filter(None, islice(left, len(each.body))))
                    found += [replace(each, body=body)] if body else []
                else:
                    found += filter(None, [next(left)])
            yield found

    # -- one statement --------------------------------------------------------------------------------

    def _try(self, at: int) -> None:
        statement = self.statements[at]
        if not isinstance(statement, Assign) or statement.adds or statement.target.array.integers:
            return
        own = next(use for use in self._of[at] if use.writes)
        if isinstance(statement.value, View) and self._write_there(statement, statement.value, own, at):
            return
        others = [use for use in self._overlapping(own) if use.at != at]
        by = min((use.at for use in others if use.at > at), default=at)
        if by == at or self.part_of[by] != self.part_of[at]:
            return
        if self._may_move(at, by):
            for first, reader in self._pairs(statement, self.statements[by], own, self._in_loop(at)):
                joined = _joined(first, reader) or self._substituted(first, reader, own, by, others)
                joined = joined and with_numbers_together(joined)
                if joined is not None and size_of(joined.value) <= _MOST:
                    self._become(at, None)
                    self._become(by, joined)
                    return
        self._pass_on(statement, own, others)

    def _pairs(self, first: Assign, reader: Any, own: Use, in_loop: bool) -> Iterator[tuple[Assign, Any]]:
        """A statement and the one that reads its results, or adds to them; then both in one shape."""
        yield first, reader
        if in_loop or not isinstance(reader, Assign):
            return
        trees = [reader.target] if reader.adds else list(reader.value.walk())
        met = [each for each in trees if isinstance(each, View) and meet(use_of(each), own)]
        if len(met) != 1 or place_of(met[0]) == own.place:
            return
        seen = turned(first, first.target, met[0], self.views)
        if seen is not None:
            yield seen, reader
        seen = turned(reader, met[0], first.target, self.views)
        if seen is not None:
            yield first, seen

    def _substituted(self, first: Assign, reader: Any, own: Use, by: int, others: list[Use]) -> Any:
        """t = A, u = f(t)  ->  u = f(A)"""
        place, in_loop = place_of(first.target), self._in_loop(own.at)
        steps = self.part_of[by].steps if in_loop else 1
        here = [use for use in uses_of(reader, by, steps) if meet(use, own)]
        if [use.place for use in here if not use.writes] != [place]:
            return None
        again = [use for use in here if use.writes]
        if again and (
            not isinstance(reader, Assign) or reader.adds or [use.place for use in again] != [place]
        ):
            return None
        if not again and (
            self._is_asked(own)
            or any(use.at > by or (in_loop and use.at != own.at) for use in others if use.at != by)
        ):
            return None
        return reading(reader, place, first.value)

    def _pass_on(self, first: Assign, own: Use, others: list[Use]) -> None:
        """t = s, u = f(t), …  ->  u = f(s), …"""
        at, source, in_loop = own.at, first.value, self._in_loop(own.at)
        if not isinstance(source, View) or source.shape != first.target.shape or self._is_asked(own):
            return
        readers = sorted({use.at for use in others if use.at > at or in_loop})
        if any(use.writes or use.place != own.place for use in others if use.at in readers):
            return
        if any(use.at < at for use in others if in_loop) or not readers:
            return
        if any(self.part_of[by] != self.part_of[at] for by in readers) or not self._may_move(at, readers[-1]):
            return
        place = place_of(first.target)
        self._leave_out(at, {by: reading(self.statements[by], place, source) for by in readers})

    def _write_there(self, copy: Assign, source: View, own: Use, at: int) -> bool:
        """t = A, …, u = t  ->  u = A, …; whether so"""
        target = copy.target
        if source.array is not target.array or place_of(source)[2:4] != place_of(target)[2:4]:
            return False
        read = next(use for use in self._of[at] if not use.writes)
        others = [use for use in self._overlapping(read) if use.at != at]
        if self._is_asked(read) or meet(own, read) or cells_of(source) != read.high - read.low + 1:
            return False
        if any(use.at < at or use.writes for use in self._overlapping(own)):
            return False
        if not any(self._is_filled_by(use, read) for use in others):
            return False  # it comes from elsewhere
        if any(
            use.place is None
            or use.place[-1]
            or not read.low <= use.low <= use.high <= read.high
            or (use.writes and use.at > at)
            or self.part_of[use.at] != self.part_of[at]
            for use in others
        ):
            return False
        distance, changed = target.start - source.start, {use.at for use in others}
        return self._leave_out(
            at, {by: shifted(self.statements[by], read, distance, self.views) for by in changed}
        )

    def _leave_out(self, at: int, others: dict[int, Any]) -> bool:
        """A statement is gone, and others are new ones, if all of these can be; whether so."""
        if any(statement is None for statement in others.values()):
            return False
        self._become(at, None)
        for by, statement in others.items():
            self._become(by, statement)
        return True

    def _is_filled_by(self, use: Use, cells: Use) -> bool:
        statement = self.statements[use.at]
        return (
            use.writes
            and isinstance(statement, Assign)
            and not statement.adds
            and (use.low, use.high) == (cells.low, cells.high)
            and cells_of(statement.target) == cells.high - cells.low + 1
        )

    # -- uses -----------------------------------------------------------------------------------------

    def _overlapping(self, own: Use) -> list[Use]:
        return [use for use in self.cells.near(own) if use is not own and meet(use, own)]

    def _is_asked(self, own: Use) -> bool:
        return any(
            meet(own, Use(-1, False, array, first, last, None, last - first + 1, own.step))
            for array, first, last in self.asked
        )

    def _may_move(self, at: int, by: int) -> bool:
        """Whether nothing writes in between what a statement reads."""
        return not any(
            other.writes and at < other.at < by and meet(use, other)
            for use in self._of[at]
            if not use.writes
            for other in self.cells.near(use)
        )

    def _become(self, at: int, statement: Any) -> None:
        """A statement is now another one, or part of one."""
        for use in self._of[at]:
            self.cells.remove(use)
        self.statements[at] = statement
        self._of[at] = [] if statement is None else self._uses(at)
        for use in self._of[at]:
            self.cells.add(use)


def _with_numbers_together(statement: Statement) -> Any:
    is_plain = isinstance(statement, Assign) and not statement.target.array.integers
    return with_numbers_together(statement) if is_plain else statement


def _joined(first: Assign, second: Any) -> Assign | None:
    """t = A, t += B  ->  t = A + B"""
    if not isinstance(second, Assign) or not second.adds or isinstance(first.value, Number | Seed):
        return None
    if place_of(second.target) != place_of(first.target):
        return None
    own = use_of(first.target)
    if sum(meet(use, own) for use in uses_of(second, 0, 1)) != 2:
        return None
    added, value = second.value, first.value
    if isinstance(added, Call) and added.function == "negative":
        return Assign(second.target, value - added.operands[0])
    if isinstance(value, View) and value.array.numbers is not None:
        value, added = added, value
    return Assign(second.target, value + added)
