"""The cells of a program as values that never change: each group that is computed is an array of its own.

A view is read by slices, reshapes and transposes of the array that holds it, where its strides allow that, so
that XLA and its derivatives see no gather.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import Any

import numpy as np

from engine.jit.emit.trees import SAMPLES, Shape
from engine.jit.emit.views import Array, View, c_strides, ends, places

__all__ = ["Memory"]


class Memory:
    """What has been computed so far.

    Args:
        jnp: ``jax.numpy``.
        samples: how many samples there are.
        dtype: of all numbers.
        rows: each cell is a row of so many numbers, before the samples; None where it is none.
    """

    def __init__(self, jnp: Any, samples: int, dtype: Any, rows: int | None = None) -> None:
        self.jnp, self.samples, self.dtype = jnp, samples, dtype
        self._rows = () if rows is None else (rows,)
        self._starts: dict[str, list[int]] = {}
        self._blocks: dict[str, dict[int, Any]] = {}

    def put(self, name: str, start: int, block: Any) -> None:
        """Keep an array whose first axis is cells from ``start`` on."""
        if not len(block):
            return
        starts, blocks = self._starts.setdefault(name, []), self._blocks.setdefault(name, {})
        stop = start + len(block)
        met = [each for each in starts if each < stop and start < each + len(blocks[each])]
        first = min([start, *met])
        last = max([stop, *(each + len(blocks[each]) for each in met)])
        if (first, last) != (start, stop):  # a part of what stands there
            whole = self._region(name, first, last, block.ndim > 1 + len(self._rows))
            block = whole.at[start - first : stop - first].set(block)
            start, stop = first, last
        for own in met:
            starts.remove(own)
            del blocks[own]
        insort(starts, start)
        blocks[start] = block

    def _region(self, name: str, start: int, stop: int, of_samples: bool) -> Any:
        """Cells from start to stop, of several arrays one behind the other; 0 where nothing is known."""
        starts, blocks = self._starts.get(name, []), self._blocks.get(name, {})
        i = bisect_right(starts, start) - 1
        if i >= 0 and stop <= starts[i] + len(blocks[starts[i]]):
            return blocks[starts[i]][start - starts[i] : stop - starts[i]]
        parts, at = [], start
        for own in starts[max(i, 0) :]:
            if own >= stop:
                break
            end = own + len(blocks[own])
            if end <= at:
                continue
            if at < own:
                parts.append(self._zeros(own - at, of_samples))
                at = own
            parts.append(blocks[own][at - own : min(end, stop) - own])
            at = min(end, stop)
        if at < stop:
            parts.append(self._zeros(stop - at, of_samples))
        return parts[0] if len(parts) == 1 else self.jnp.concatenate(parts)

    def _zeros(self, count: int, of_samples: bool) -> Any:
        return self.jnp.zeros((count, *self._rows, *(self.samples,) * of_samples), self.dtype)

    def whole(self, array: Array, count: int, advance: int) -> tuple[Any, int]:
        """All cells of an array, and which is the first; in a loop those of a step, where they advance."""
        return self._region(array.name, 0, count, array.samples), 0

    def put_number(self, name: str, start: int, width: int, number: float, of_samples: bool) -> None:
        """Have a number stand in cells, and in those of all steps of a loop if they are of the first."""
        self.put(name, start, self._zeros(width, of_samples) + number)

    def fill(self, array: Array, cells: np.ndarray[Any, Any], value: Any) -> None:
        """Write a number over cells, or a number into each."""
        start, stop = int(cells.min()), int(cells.max()) + 1
        block = self._region(array.name, start, stop, array.samples)
        self.put(array.name, start, block.at[cells - start].set(value))

    # -- views ----------------------------------------------------------------------------------------

    def read(self, view: View) -> Any:
        """The numbers of a view, in its shape."""
        array = view.array
        if array.numbers is not None:
            cells = array.numbers.ravel()
            cells = cells if array.integers else self.jnp.asarray(cells, self.dtype)
            return self._strided(cells, view.start, *view.axes)
        sizes, strides = view.axes
        if 0 in sizes:
            return self.jnp.zeros([self.samples if n == SAMPLES else n for n in view.shape], self.dtype)
        low, high = ends(view.start, sizes, strides)
        cells = self._region(array.name, low, high + 1, array.samples)
        return self._in_place(view, self._strided(cells, view.start - low, sizes, strides))

    def _in_place(self, view: View, found: Any) -> Any:
        """With the axis of samples where the view has it."""
        at = _samples_in(view)
        return found if at is None else self.jnp.moveaxis(found, -1, at)

    def write(self, view: View, value: Any) -> None:
        """Numbers, broadcast to the shape of a view, to stand there from now on."""
        jnp = self.jnp
        at, (sizes, strides) = _samples_in(view), view.axes
        shape = tuple(self.samples if size == SAMPLES else size for size in view.shape)
        value = jnp.broadcast_to(value, shape)
        if at is not None:
            value = jnp.moveaxis(value, at, -1)
        self._write(view, view.start, sizes, strides, value)

    def _write(self, view: View, start: int, sizes: Shape, strides: tuple[int, ...], value: Any) -> None:
        """Write what has the axes of the cells first."""
        order = sorted(range(len(sizes)), key=lambda i: -strides[i] if sizes[i] > 1 else 0)
        value = value.transpose(*order, *range(len(sizes), value.ndim))
        usual = c_strides(tuple(sizes[i] for i in order))
        if any(sizes[i] > 1 and strides[i] != own for i, own in zip(order, usual, strict=True)):
            self._set(view, start, [sizes[i] for i in order], [strides[i] for i in order], value)
            return
        tail = value.shape[len(sizes) :]
        self.put(view.array.name, start, value.reshape(-1, *tail))

    def _set(self, view: View, start: int, sizes: list[int], strides: list[int], value: Any) -> None:
        """Write cells among others."""
        name, (first, last) = view.array.name, ends(start, sizes, strides)
        known = self._region(name, first, last + 1, view.array.samples)
        self.put(name, first, known.at[places(start - first, sizes, strides)].set(value))

    def _strided(self, cells: Any, start: int, sizes: Shape, strides: tuple[int, ...]) -> Any:
        """Cells at constant steps along each axis."""
        jnp, tail = self.jnp, cells.shape[1:]
        turned = [i for i, k in enumerate(strides) if k < 0]
        if turned:  # from the last to the first
            start += sum((sizes[i] - 1) * strides[i] for i in turned)
            return jnp.flip(self._strided(cells, start, sizes, tuple(map(abs, strides))), turned)
        live = [i for i, (n, k) in enumerate(zip(sizes, strides, strict=True)) if n > 1 and k > 0]
        order = sorted(live, key=lambda i: -strides[i])
        steps, counts = [strides[i] for i in order], [sizes[i] for i in order]
        nested = all(
            step % below == 0 and count * below <= step
            for step, below, count in zip(steps, steps[1:], counts[1:], strict=False)
        )
        if nested and order:
            needed = start + counts[0] * steps[0]
            if needed > len(cells):
                space = np.zeros if isinstance(cells, np.ndarray) else jnp.zeros
                join = np.concatenate if isinstance(cells, np.ndarray) else jnp.concatenate
                cells = join([cells, space((needed - len(cells), *tail), cells.dtype)])
            widths = [steps[i] // steps[i + 1] for i in range(len(order) - 1)]
            found = cells[start:needed].reshape(counts[0], *widths, steps[-1], *tail)
            found = found[(slice(None), *(slice(0, n) for n in counts[1:]), 0)]
        elif order:
            found = cells[places(start, counts, steps)]
        else:
            found = cells[start]
        back = [order.index(i) for i in live]
        found = found.transpose(*back, *range(len(back), found.ndim))
        found = found.reshape(*(n if i in live else 1 for i, n in enumerate(sizes)), *tail)
        whole = (*sizes, *tail)
        return found if found.shape == whole else jnp.broadcast_to(found, whole)


def _samples_in(view: View) -> int | None:
    return view.shape.index(SAMPLES) if SAMPLES in view.shape else None
