"""Stage five: the source of a program, as text to read and as functions to run.

Only what the earlier stages wrote is executed: names they chose, rows of the operator table, and numbers.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Iterator
from itertools import count
from types import FunctionType
from typing import Any

import numpy as np

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.forward import Program
from engine.jit.emit.support import functions_in, pick, view
from engine.jit.emit.views import CELLS
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED

__all__ = [
    "PARTS",
    "OnNumPy",
    "aligned",
    "cells_of",
    "compiled",
    "given_cells",
    "gradients_of",
    "per_sample",
    "source_of",
]

PARTS = ("fixed_forward", "forward", "backward", "fixed_backward")

_numbers = count(1)


def source_of(program: Program) -> str:
    """The text of a program: a function that binds it to cells and returns its parts."""
    layout = program.layout
    names = "".join(f", {name}" for name in program.views.constants)
    functions = "".join(f", {name}" for name in functions_in(program.statements))
    lines = [f"def bind(np, view, pick{functions}, fixed, dfixed, work, dwork{names}):"]
    body = [f"# fixed[0:{layout.captured_cells}] holds what was captured"]
    if layout.inputs:
        where, start = CELLS[layout.batched].name, layout.input_start
        body.append(f"# {where}[{start}:{start + layout.inputs}] holds the arguments")
    if layout.ones:
        body.append("# W has the biases in its last column, V is W without them; a is h over a row of ones")
    if layout.batched:
        body.append("samples = work.shape[1]")
    body += [each.definition for each in program.views.definitions]
    for part, statements in zip(PARTS, program.parts, strict=True):
        body += [
            "",
            f"def {part}({'seeds' * ('backward' in part)}):",
            *(f"    {line}" for statement in statements for line in str(statement).splitlines()),
            *([] if statements else ["    pass"]),
        ]
    body += ["", f"return {', '.join(PARTS)}"]
    return "\n".join([*lines, *(f"    {line}" if line else "" for line in body)]) + "\n"


def compiled(source: str, names: dict[str, Any] | None = None) -> Any:
    """The functions of a source that this package wrote."""
    name = f"<engine.jit {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"nan": np.nan, "np": np, **(names or {})}
    exec(compile(source, name, "exec"), namespace)  # noqa: S102 - written by this package from rows and numbers
    for function in namespace.values():
        if isinstance(function, FunctionType) and function.__code__.co_filename == name:
            weakref.finalize(function, linecache.cache.pop, name, None).atexit = False
            break  # they are freed together, as each holds the namespace
    return namespace


class OnNumPy:
    """A program bound to cells, run as its NumPy source.

    Attributes:
        seeds: the gradients of the outputs: for the backward pass on samples, and for that on fixed cells.
        totals: of each output per sample the sum over the samples; last what is finite if the gradients by
            captured cells, and by those of arguments, are.
    """

    def __init__(self, bind: Any, program: Program, cells: dict[str, np.ndarray[Any, Any]]) -> None:
        count = max(1, len(program.outputs))
        self.seeds = np.ones(count), np.ones(count)
        self.totals = np.zeros(count + 2)
        functions = [ARRAY_FUNCTIONS[name] for name in functions_in(program.statements)]
        constants = program.views.constants.values()
        self._parts = bind(np, view, pick, *functions, *cells.values(), *constants)
        self._summed = [(i, cells["work"][cell]) for i, cell in per_sample(program)]
        self._gradients = [cells["dfixed"][start:stop] for start, stop in gradients_of(program.layout)]

    def run(self, first: int, last: int) -> None:
        """Run the parts from one to another, by their numbers in :data:`PARTS`."""
        with np.errstate(all="ignore"):
            for i in range(first, last + 1):
                self._parts[i](*([self.seeds[i - 2].tolist()] if i > 1 else []))
            if first <= 1 <= last:
                for i, outputs in self._summed:
                    self.totals[i] = np.add.reduce(outputs)
            if last == 3:
                self.totals[-2:] = [each.dot(each) for each in self._gradients]


def per_sample(program: Program) -> list[tuple[int, int]]:
    """The outputs that differ from sample to sample, with their cells."""
    places = enumerate(program.outputs)
    return [(i, place[1]) for i, place in places if isinstance(place, tuple) and place[0] != FIXED]


def gradients_of(layout: Layout) -> list[tuple[int, int]]:
    """Where the gradients of captured cells begin and end, and those of arguments, where they are fixed."""
    start, count = layout.input_start, 0 if layout.batched else layout.inputs
    return [(0, layout.captured_cells), (start, start + count) if count else (0, 0)]


def aligned(count: int, at: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """So many zeros, of which the one at a place begins a line of the cache: 64 bytes."""
    memory = np.zeros(count + 7)
    start = -(memory.ctypes.data // 8 + at) % 8
    return memory[start : start + count]


def cells_of(layout: Layout, fixed: Any, dfixed: Any, samples: int) -> dict[str, np.ndarray[Any, Any]]:
    """The memory of all cells by the names that statements have for it; constants stand there."""
    work, dwork = (aligned(layout.sizes[1] * samples).reshape(-1, samples) for _ in range(2))
    cells = {"fixed": fixed, "dfixed": dfixed, "work": work, "dwork": dwork}
    for name, first, many, number in given_cells(layout):
        cells[name][first : first + many] = number
    return cells


def given_cells(layout: Layout) -> Iterator[tuple[str, int, int, float]]:
    """The numbers that stand in cells from the beginning: of which array, from where on, in how many."""
    for space, cell, number in layout.constants:
        yield CELLS[space].name, cell, 1, number
    for space, first, width in sorted(layout.ones):
        yield CELLS[space].name, first, width, 1.0
