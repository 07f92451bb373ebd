"""Loops as ``lax.scan``: what goes from step to step is carried, what differs is scanned, results pile up.

A cell of a step stands once for all steps: a column, whose numbers are those of the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from engine.jit.backends.jax.memory import Memory
from engine.jit.emit.arrays import Frame
from engine.jit.emit.statements import Assign, Loop
from engine.jit.emit.views import CELLS, Array, Take, View, ends
from engine.jit.lower.groups import FIXED, PER_SAMPLE

__all__ = ["InSteps", "run_loop"]


class _Columns(NamedTuple):
    """The cells of a loop in an array.

    Attributes:
        start: the first.
        size: how many a step has.
        rows: for how many steps there are some.
        memory: holds them, by their place in a step.
    """

    start: int
    size: int
    rows: int
    memory: Memory

    @property
    def stop(self) -> int:
        return self.start + self.size * self.rows


class InSteps(Memory):
    """Memory in which the cells of loops stand in columns.

    Args:
        jnp, samples, dtype: as of any memory.
        frames: where the cells of loops are.
    """

    def __init__(self, jnp: Any, samples: int, dtype: Any, frames: Iterable[Frame]) -> None:
        super().__init__(jnp, samples, dtype)
        self._columns: dict[str, list[_Columns]] = {array.name: [] for array in CELLS}
        for frame in frames:
            for space in (FIXED, PER_SAMPLE):
                if frame.sizes[space]:
                    memory = Memory(jnp, samples, dtype, frame.rows)
                    columns = _Columns(frame.starts[space], frame.sizes[space], frame.rows, memory)
                    self._columns[CELLS[space].name].append(columns)

    def columns(self, name: str, cell: int) -> _Columns | None:
        """The loop to which a cell of an array belongs."""
        found = (each for each in self._columns.get(name, []) if each.start <= cell < each.stop)
        return next(found, None)

    def of_steps(self, name: str, columns: _Columns, first: int, count: int) -> Any:
        """Some cells of all steps: an array of shape (count, rows)."""
        return columns.memory._region(name, first, first + count, name == CELLS[PER_SAMPLE].name)

    def _pieces(self, name: str, start: int, stop: int) -> Iterator[tuple[_Columns | None, int, int]]:
        """Cells in parts: those of loops, and those between, with None."""
        at = start
        for columns in sorted(self._columns.get(name, []), key=lambda each: each.start):
            first, last = max(at, columns.start), min(stop, columns.stop)
            if first < last:
                if at < first:
                    yield None, at, first
                yield columns, first, last
                at = last
        if at < stop or start == stop:
            yield None, at, stop

    def put_number(self, name: str, start: int, width: int, number: float, of_samples: bool) -> None:
        columns = self.columns(name, start)
        if columns is None:
            super().put_number(name, start, width, number, of_samples)
        elif start < columns.start + columns.size:
            columns.memory.put_number(name, start - columns.start, width, number, of_samples)

    def put(self, name: str, start: int, block: Any) -> None:
        for columns, at, stop in self._pieces(name, start, start + len(block)):
            if columns is None:
                super().put(name, at, block[at - start : stop - start])
                continue
            while at < stop:
                row, cell = divmod(at - columns.start, columns.size)
                end = min(stop, at + columns.size - cell)
                self._put_row(name, columns, row, cell, block[at - start : end - start])
                at = end

    def _put_row(self, name: str, columns: _Columns, row: int, cell: int, block: Any) -> None:
        known = self.of_steps(name, columns, cell, len(block))
        columns.memory.put(name, cell, known.at[:, row].set(block))

    def _region(self, name: str, start: int, stop: int, of_samples: bool) -> Any:
        parts = [
            super(InSteps, self)._region(name, at, end, of_samples)
            if columns is None
            else self._from_columns(name, columns, at - columns.start, end - columns.start)
            for columns, at, end in self._pieces(name, start, stop)
        ]
        return parts[0] if len(parts) == 1 else self.jnp.concatenate(parts)

    def _from_columns(self, name: str, columns: _Columns, first: int, stop: int) -> Any:
        """Cells of steps in the order in which they stand."""
        row, cell = divmod(first, columns.size)
        if stop - row * columns.size <= columns.size:  # of one step
            return self.of_steps(name, columns, cell, stop - first)[:, row]
        whole = self.jnp.moveaxis(self.of_steps(name, columns, 0, columns.size), 1, 0)
        return whole.reshape(-1, *whole.shape[2:])[first:stop]

    # -- views of all steps ---------------------------------------------------------------------------

    def _by_steps(self, view: View) -> tuple[_Columns, int] | None:
        """The loop over whose steps a view goes, and which of its axes does."""
        columns = self.columns(view.array.name, view.start)
        if columns is None or view.array.numbers is not None:
            return None
        sizes, strides = view.axes
        along = [i for i, n in enumerate(sizes) if n > 1 and strides[i] == columns.size]
        cell = (view.start - columns.start) % columns.size
        if len(along) != 1:
            return None
        low, high = ends(cell, _without(sizes, along[0]), _without(strides, along[0]))
        return (columns, along[0]) if low >= 0 and high < columns.size else None

    def read(self, view: View) -> Any:
        found = self._by_steps(view)
        if found is None:
            return super().read(view)
        (columns, axis), (sizes, strides) = found, view.axes
        row, cell = divmod(view.start - columns.start, columns.size)
        own, ways = _without(sizes, axis), _without(strides, axis)
        cells = self._of_rows(view, columns, cell, own, ways, slice(row, row + sizes[axis]))
        return self._in_place(view, self.jnp.moveaxis(cells, len(own), axis))

    def _write(self, view: View, start: int, sizes: Any, strides: Any, value: Any) -> None:
        found = self._by_steps(view)
        if found is None:
            super()._write(view, start, sizes, strides, value)
            return
        columns, axis = found
        row, cell = divmod(start - columns.start, columns.size)
        own, ways = _without(sizes, axis), _without(strides, axis)
        value = self.jnp.moveaxis(value, axis, len(own))
        if value.shape[len(own)] != columns.rows:
            whole = (*value.shape[: len(own)], columns.rows, *value.shape[len(sizes) :])
            known = self._of_rows(view, columns, cell, own, ways, slice(None)).reshape(whole)
            value = known.at[*(slice(None),) * len(own), row : row + sizes[axis]].set(value)
        columns.memory._write(view, cell, own, ways, value)

    def _of_rows(
        self, view: View, columns: _Columns, cell: int, sizes: Any, strides: Any, rows: slice
    ) -> Any:
        """Cells of some steps, these behind the axes of a view."""
        low, high = ends(cell, sizes, strides)
        cells = self.of_steps(view.array.name, columns, low, high + 1 - low)[:, rows]
        return self._strided(cells, cell - low, sizes, strides)


def _without(items: tuple[int, ...], i: int) -> tuple[int, ...]:
    return items[:i] + items[i + 1 :]


# -- one step -----------------------------------------------------------------------------------------------


class _Step(Memory):
    """What is known in a step: its own cells, counted from its first; beyond, what was before the loop."""

    def __init__(self, outer: InSteps, bases: dict[str, tuple[int, int]]) -> None:
        super().__init__(outer.jnp, outer.samples, outer.dtype)
        self._outer, self._bases = outer, bases

    def _here(self, view: View) -> View:
        start = view.start - self._bases.get(view.array.name, (0, 0))[0]
        return View(view.array, start, view.shape, view.strides, view.text)

    def read(self, view: View) -> Any:
        return super().read(self._here(view)) if view.advance else self._outer.read(view)

    def write(self, view: View, value: Any) -> None:
        if not view.advance:
            raise RuntimeError(f"{view} is written in every step")
        super().write(self._here(view), value)

    def whole(self, array: Array, count: int, advance: int) -> tuple[Any, int]:
        if not advance:
            return self._outer.whole(array, count, 0)
        return self._region(array.name, 0, advance, array.samples), self._bases[array.name][0]

    def fill(self, array: Array, cells: Any, value: Any) -> None:
        super().fill(array, cells - self._bases[array.name][0], value)

    def cells(self, name: str, first: int, count: int) -> Any:
        """Some of its cells."""
        found = self._region(name, first, first + count, name == CELLS[PER_SAMPLE].name)
        return self.jnp.asarray(found, self.dtype)


class _Run(NamedTuple):
    """Cells of a step side by side.

    Attributes:
        name: of the array.
        first: the first, counted from where the step begins.
        width: how many.
        later: for the step that comes so much later.
    """

    name: str
    first: int
    width: int
    later: int = 0


def run_loop(loop: Loop, memory: InSteps, lax: Any, run: Callable[[Memory, Any], None]) -> None:
    """Run a loop.

    Args:
        loop: the loop.
        memory: what is known before it; gets what is known after it.
        lax: ``jax.lax``.
        run: runs a statement on a memory.
    """
    jnp, steps = memory.jnp, loop.steps
    bases, read, written, handed = _cells(loop, memory)
    at = {name: memory.columns(name, base) for name, (base, _) in bases.items()}

    def of(each: _Run, first: int, stop: int) -> Any:
        """Cells of some steps, a row for each step."""
        columns: Any = at[each.name]
        return jnp.moveaxis(memory.of_steps(each.name, columns, each.first, each.width)[:, first:stop], 1, 0)

    def step(carry: list[Any], given: list[Any]) -> tuple[list[Any], list[Any]]:
        own = _Step(memory, bases)
        for each, cells in zip(read, given, strict=True):
            own.put(each.name, each.first, cells)
        for each, cells in zip(handed, carry, strict=True):
            own.put(each.name, each.first, cells[0])
        for statement in loop.body:
            run(own, statement)
        found = [own.cells(each.name, each.first, each.width) for each in written]
        sizes = [bases[each.name][1] for each in handed]
        new = [
            own.cells(each.name, each.first + each.later * size, each.width)
            for each, size in zip(handed, sizes, strict=True)
        ]
        queues = [jnp.concatenate([cells[1:], last[None]]) for cells, last in zip(carry, new, strict=True)]
        return queues, [*found, *new]

    first = [of(each, 0, each.later) for each in handed]
    _, found = lax.scan(step, first, [of(each, 0, steps) for each in read], length=steps)
    for each, cells in zip(written, found, strict=False):
        _put(jnp, at[each.name], each, cells)
    for each, start, cells in zip(handed, first, found[len(written) :], strict=True):
        _put(jnp, at[each.name], each, jnp.concatenate([start, cells]))


def _put(jnp: Any, columns: Any, each: _Run, cells: Any) -> None:
    missing = columns.rows - len(cells)
    if missing:
        cells = jnp.concatenate([cells, jnp.zeros((missing, *cells.shape[1:]), cells.dtype)])
    columns.memory.put(each.name, each.first, jnp.moveaxis(cells, 0, 1))


def _cells(
    loop: Loop, memory: InSteps
) -> tuple[dict[str, tuple[int, int]], list[_Run], list[_Run], list[_Run]]:
    """Where a step begins and how many cells it has, by array; and what it reads, writes and hands on."""
    bases: dict[str, tuple[int, int]] = {}
    read: dict[tuple[str, int], None] = {}
    written: dict[tuple[str, int], None] = {}
    handed: dict[tuple[str, int, int], None] = {}
    tables: dict[Array, Any] = {}  # of positions that are found in each step: where these may be

    def cells(tree: Any) -> Iterator[tuple[str, int]]:
        """The cells of a view, or of what is gathered, counted from where a step begins."""
        if not isinstance(tree, View | Take) or not tree.advance or tree.array.is_buffer:
            return
        name = tree.array.name
        positions: Any = tree.places if isinstance(tree, View) else tree.index.array.numbers
        if positions is None:
            positions = tables[tree.index.array]  # type: ignore[union-attr]
        columns = memory.columns(name, int(positions.min()))
        if columns is not None:
            bases[name] = columns.start, columns.size
            yield from ((name, i) for i in (positions.ravel() - columns.start).tolist())

    for statement in loop.body:
        if isinstance(statement, Assign) and statement.target.array.integers:
            table: Any = statement.value.parts[0]
            tables[statement.target.array] = table.array.numbers
        for root in statement.reads:
            for tree in root.walk():
                read.update(dict.fromkeys(cell for cell in cells(tree) if cell not in written))
        for target in statement.writes:
            for name, i in cells(target):
                later, cell = divmod(i, bases[name][1])
                if later:
                    handed[name, later, cell] = None
                else:
                    written[name, cell] = None
    carried = {(name, cell) for name, _, cell in handed}
    return (
        bases,
        _runs((name, 0, cell) for name, cell in read if (name, cell) not in carried),
        _runs((name, 0, cell) for name, cell in written),
        _runs(handed),
    )


def _runs(cells: Iterable[tuple[str, int, int]]) -> list[_Run]:
    found: list[_Run] = []
    for name, later, cell in sorted(cells):
        last = found[-1] if found else None
        if last is not None and last[0] == name and last.later == later and last.first + last.width == cell:
            found[-1] = _Run(name, last.first, last.width + 1, later)
        else:
            found.append(_Run(name, cell, 1, later))
    return found
