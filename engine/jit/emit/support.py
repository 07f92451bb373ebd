"""Functions that programs call: views, picks, and the array functions of rows.

A program is given those that it names, and the file that it writes of itself holds their text.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.statements import Procedure, Statement, simple, trees_of
from engine.jit.emit.trees import Call
from engine.jit.lower.strides import Index

__all__ = ["functions_in", "pick", "view"]


def view(cells: Any, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """A strided view of cells; where each is a row of samples, their axis comes last."""
    step = cells.strides[0]
    return np.lib.stride_tricks.as_strided(
        cells[start:], shape + cells.shape[1:], tuple(step * stride for stride in strides) + cells.strides[1:]
    )


def pick(table: Index, index: Any) -> Any:
    """Where tables of positions (one a column) are read, given the index into each.

    Raises:
        IndexError: an index is out of range.
        TypeError: an index is not an integer.
    """
    index = np.asarray(index)
    whole = index.astype(np.intp)
    if not (whole == index).all():
        wrong = index[whole != index].flat[0]
        raise TypeError(f"take() needs integers as indices, got {float(wrong)!r}")
    length = len(table)
    if whole.size and (whole.min() < -length or whole.max() >= length):
        wrong = whole.flat[int(np.argmax(((whole < -length) | (whole >= length)).ravel()))]
        raise IndexError(f"take() index {int(wrong)} is out of range for a sequence of {length}")
    column = np.arange(table.shape[1])
    return table[whole, column.reshape(-1, *[1] * (whole.ndim - 1))]


def functions_in(statements: Iterable[Statement]) -> list[str]:
    """The functions of rows that statements call, and those that these call."""
    statements = list(statements)
    waiting = [tree.function for tree in trees_of(statements) if isinstance(tree, Call)]
    waiting += [each.function for each in simple(statements) if isinstance(each, Procedure)]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in ARRAY_FUNCTIONS and name not in used:
            used.add(name)
            steps = dis.get_instructions(ARRAY_FUNCTIONS[name])
            waiting += [step.argval for step in steps if step.opname == "LOAD_GLOBAL"]
    return [name for name in ARRAY_FUNCTIONS if name in used]
