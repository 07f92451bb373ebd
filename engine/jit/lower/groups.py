"""Parts of a layout: operands, runs of terms, and groups that are computed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.jit.lower.matmul_grid import Grid
from engine.jit.lower.strides import Index, affine
from engine.ops.op import Op

__all__ = [
    "COPY",
    "FIXED",
    "PER_SAMPLE",
    "Constant",
    "Group",
    "Operand",
    "Run",
    "all_the_same",
    "as_constant",
]

FIXED, PER_SAMPLE = 0, 1
COPY = "copy"


class Operand:
    """What a group reads in one place: cells, in the shape of the group.

    Attributes:
        space: FIXED or PER_SAMPLE.
        index: the cells.
        view: start and strides, where they are a view; None where they must be gathered.
        wanted: whether any of them takes a gradient.
    """

    __slots__ = ("index", "space", "view", "wanted")

    def __init__(self, space: int, index: Index, wanted: bool) -> None:
        self.space = space
        self.index = index
        self.wanted = wanted
        self.view = affine(index)

    def reshaped(self, shape: tuple[int, ...]) -> Operand:
        """The same cells in another shape."""
        return Operand(self.space, self.index.reshape(shape), self.wanted)


Constant = float | np.ndarray[Any, Any]


@dataclass(slots=True)
class Run:
    """A part of the sums of a group: terms of one kind.

    Attributes:
        kind: ``each`` (one term a member), ``sum`` (several, of one factor), ``dot`` (of two factors), or
            ``matmul``.
        scale: from the structure.
        const: a number, or an array of them in the shape of the terms, or None.
        biased: whether the last term of a ``matmul`` is a bias, which meets a one.
        a, b: the factors. Of a ``sum`` and a ``dot`` the first axis holds the terms, behind it stand the
            group's; of a ``matmul`` they have the shapes (components, U, terms) and (components, V, terms).
            The second of a matmul may be an array of numbers.
    """

    kind: str
    scale: float
    const: Constant | None
    a: Any
    b: Any
    biased: bool = False


class Group:
    """Nodes that are computed together.

    Attributes:
        kind: as of a canonical node, or COPY (fixed cells repeated for every sample).
        row: the operator.
        space, start: where its cells are; ``size`` of them, in C order of ``shape``.
        spare: how many cells behind them are kept for a row of ones, for the biases of what reads them.
        operands: of operators: an Operand, a number or an array of numbers for each; of a sequence a single
            Operand whose first axis holds the sequence.
        runs: of sums, in the order in which they are added.
        k: the number that is added last, or an array of them; None without.
        grid: of a matrix product.
        over: the sum whose cells it takes over, as nothing reads that sum but this operator.
        fills: numbers that are written over cells once they are computed, and over which.
        cuts: cells whose gradients are cleared before they go on.
        wanted: whether a gradient must reach it.
    """

    def __init__(self, kind: str, row: Op | None, space: int, wanted: bool) -> None:
        self.kind = kind
        self.row = row
        self.space = space
        self.wanted = wanted
        self.start = self.size = self.spare = 0
        self.shape: tuple[int, ...] = ()
        self.operands: list[Any] = []
        self.runs: list[Run] = []
        self.k: Constant | None = None
        self.grid: Grid | None = None
        self.over: Group | None = None
        self.fills: dict[float, list[int]] = {}
        self.cuts: list[int] = []

    def read(self) -> list[Any]:
        """All that it reads: operands, numbers, and None where a run has one factor."""
        return [*self.operands, *(side for run in self.runs for side in (run.a, run.b))]

    def __str__(self) -> str:
        where = "per sample" if self.space == PER_SAMPLE else "fixed"
        name = self.row.shown if self.row is not None else self.kind
        runs = "; ".join(
            f"{run.kind} of {run.a.index.shape}" + (" gathered" if run.a.view is None else "")
            for run in self.runs
        )
        return f"{name} {self.shape} at {where} {self.start}" + (f": {runs}" if runs else "")


def as_constant(numbers: np.ndarray[Any, Any], shape: tuple[int, ...]) -> Constant:
    """Numbers as one where they are all the same."""
    return float(numbers.flat[0]) if all_the_same(numbers) else numbers.reshape(shape)


def all_the_same(numbers: np.ndarray[Any, Any]) -> bool:
    """Whether numbers are one and the same, to the sign of a zero.

    >>> [all_the_same(np.array(numbers)) for numbers in ([1.0, 1.0], [0.0, -0.0], [np.nan, np.nan])]
    [True, False, True]
    """
    digits = np.ascontiguousarray(numbers, dtype=float).view(np.int64)
    return bool((digits == digits.flat[0]).all() or np.isnan(numbers).all())
