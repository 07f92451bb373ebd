"""The cells of an array program, and the program bound to them: for one block of samples, or for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np

from engine.jit.backends.native.program import Native, bind_natively
from engine.jit.backends.threads import get_num_threads, in_order
from engine.jit.emit.forward import Program
from engine.jit.emit.source import OnNumPy, aligned, cells_of, compiled, source_of
from engine.jit.lower.groups import FIXED

__all__ = ["BLOCK_BYTES", "Blocks", "Bound"]

BLOCK_BYTES = 3 << 19
"""How much a block of samples may take, values and gradients together: it should stay in the second-level
cache."""

_NARROWEST, _WIDEST = 64, 8192  # samples a block
_KEPT = 4  # bindings to blocks of different width
_LINE = 8  # numbers in a line of the cache
_SHARES = 8  # of several blocks there are as many, or a multiple of it

Block = TypeVar("Block")
"""What is computed of a block of samples."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Bound(NamedTuple):
    """A program bound to cells.

    Attributes:
        program: on the native executor, or else as NumPy source: it has ``run(first, last)`` and ``seeds``.
        work, dwork: cells per sample, and their gradients.
        dfixed: gradients of cells that all samples share.
    """

    program: Native | OnNumPy
    work: Vector
    dwork: Vector
    dfixed: Vector


class Blocks:
    """A program bound to blocks of samples of some widths, all on the same fixed cells.

    Attributes:
        fixed, dfixed: the cells that all samples share, and their gradients.
        size: so many samples are computed at a time.
    """

    def __init__(self, program: Program) -> None:
        self.program, layout = program, program.layout
        self.fixed, self.dfixed = (aligned(layout.sizes[FIXED], layout.captured_cells) for _ in range(2))
        self._kept: dict[int, Bound] = {}
        self._others: dict[int, list[Bound]] = {}  # for threads
        cells = max(1, layout.sizes[1])
        self.size = int(min(_WIDEST, max(_NARROWEST, BLOCK_BYTES // (16 * cells))))

    @cached_property
    def source(self) -> str:
        """The program as NumPy."""
        return source_of(self.program)

    @cached_property
    def _bind(self) -> Any:
        return compiled(self.source)["bind"]

    def of_width(self, width: int) -> Bound:
        """The program for so many samples, and the cells that it is bound to."""
        if width not in self._kept:
            if len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[width] = self._new(width, self.dfixed)
        return self._kept[width]

    def any(self) -> Bound:
        """The program for any number of samples, for what does not depend on them."""
        return next(iter(self._kept.values())) if self._kept else self.of_width(self.size)

    def _new(self, width: int, dfixed: Vector) -> Bound:
        cells = cells_of(self.program.layout, self.fixed, dfixed, width)
        runs: Any = bind_natively(self.program, cells, width)
        if runs is None:
            runs = OnNumPy(self._bind, self.program, cells)
        return Bound(runs, cells["work"], cells["dwork"], dfixed)

    def compute(self, count: int, compute: Callable[[Bound, int, int], Block]) -> Iterator[Block]:
        """What is computed of each block of samples, in order; on several threads.

        Args:
            count: how many samples there are.
            compute: takes the program bound to cells that no other thread uses, and where the block begins
                and ends.
        """
        width = self._width(count)
        blocks = [(start, min(start + width, count)) for start in range(0, count, width)]
        threads = min(get_num_threads(), len(blocks))
        if threads < 2 or not isinstance(self.of_width(width).program, Native):
            yield from (compute(self.of_width(end - start), start, end) for start, end in blocks)
            return
        last = count - blocks[-1][0]
        free = {last: self._apart(last, 1)}
        free[width] = self._apart(width, threads)

        def compute_block(block: tuple[int, int]) -> Block:
            start, end = block
            bound = free[end - start].pop()
            try:
                return compute(bound, start, end)
            finally:
                free[end - start].append(bound)

        yield from in_order(compute_block, blocks, threads)

    def _width(self, count: int) -> int:
        """Into blocks of how many samples so many are parted: as many blocks as threads can share."""
        blocks = -(-count // self.size)
        if blocks > 1:
            blocks = max(blocks, min(-(-blocks // _SHARES) * _SHARES, count // _NARROWEST))
        width = -(-count // blocks)
        return width if blocks == 1 else -(-width // _LINE) * _LINE

    def _apart(self, width: int, number: int) -> list[Bound]:
        """So many bindings to cells of their own, the gradients of what samples share included."""
        if width not in self._others and len(self._others) >= _KEPT:
            del self._others[next(iter(self._others))]
        bounds = self._others.setdefault(width, [])
        while len(bounds) < number:
            bounds.append(self._new(width, np.zeros_like(self.dfixed)))
        return list(bounds)
