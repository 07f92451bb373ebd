"""Array programs bound to cells on the native executor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from engine.jit.backends.native.places import Untranslated
from engine.jit.backends.native.translator import Translator
from engine.jit.emit.forward import Program
from engine.jit.emit.source import OnNumPy, compiled, gradients_of, per_sample, source_of
from engine.node.backend import Executor

__all__ = ["Native", "bind_natively"]

Cells = dict[str, np.ndarray[Any, Any]]


class Native:
    """A program bound to its cells, ready to run without Python between its statements.

    Attributes:
        executor: its instructions.
        seeds, totals: as those of :class:`~engine.jit.emit.source.OnNumPy`.
        run: runs the parts from one to another, by their numbers in :data:`engine.jit.emit.source.PARTS`;
            raises IndexError or TypeError where what ``take`` is given is not an index.
    """

    def __init__(self, program: Program, cells: Cells, samples: int) -> None:
        count = max(1, len(program.outputs))
        self.seeds = np.ones(count), np.ones(count)
        self.totals = np.zeros(count + 2)
        translator = Translator(cells, samples)
        parts = []
        for i, statements in enumerate(program.parts):
            translator.use_seeds(self.seeds[1 if i == 3 else 0])
            parts.append(translator.instructions(statements))
        parts[1] += translator.sums(per_sample(program), self.totals)
        parts[3] += translator.sizes_of(gradients_of(program.layout), self.totals)
        self.executor = Executor(translator.finished_memories(), *parts)
        self.run: Callable[[int, int], Any] = self.executor.run
        if any(instruction[0] == "pick" for part in parts for instruction in part):
            self.run = partial(_checked, self.run, program, cells)


def _checked(run: Callable[[int, int], bool], program: Program, cells: Cells, first: int, last: int) -> None:
    """Run parts, and where an index was none run them as NumPy, which says what is wrong with it."""
    if not run(first, last):
        OnNumPy(compiled(source_of(program))["bind"], program, cells).run(first, last)


def bind_natively(program: Program, cells: Cells, samples: int) -> Native | None:
    """A program on the native executor; None where it has to run as NumPy.

    Args:
        program: its statements.
        cells: the memory of ``fixed``, ``dfixed``, ``work`` and ``dwork``.
        samples: how many there are.
    """
    if Executor is None:
        return None
    try:
        return Native(program, cells, samples)
    except (Untranslated, ValueError):  # the latter where a row has no kernel, or this NumPy not the loop
        return None
