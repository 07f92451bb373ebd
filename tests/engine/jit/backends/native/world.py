"""Cells and statements on them, run as NumPy and on the native executor."""

from typing import Any

import numpy as np
import pytest

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.backends.native.translator import Translator
from engine.jit.emit.statements import Statement, trees_of
from engine.jit.emit.support import pick, view
from engine.jit.emit.views import CELLS, GRADIENTS, Array, View, c_strides
from engine.node.backend import Executor
from tests.engine.node.compiled.executor_memories import numbers

SIZE = 60
"""Cells of each array."""

ARRAYS = {array.name: array for array in (*CELLS, *GRADIENTS)}


def require_executor() -> None:
    """Skip the tests of a module where the node in use has no executor."""
    if Executor is None:
        pytest.skip("the node in use has no executor", allow_module_level=True)


class World:
    """Cells with numbers in them.

    Attributes:
        cells: memory by the name of its array.
        samples: how many numbers stand in a cell of ``work``.
    """

    def __init__(self, samples: int, ordinary: bool = False) -> None:
        self.samples = samples
        self.cells = {}
        for seed, array in enumerate(ARRAYS.values()):
            shape = (SIZE, samples) if array.samples else (SIZE,)
            ordinarily = np.random.default_rng(seed).uniform(0.2, 1.5, shape)
            self.cells[array.name] = ordinarily if ordinary else numbers(seed, shape)
        self.seeds = np.array([0.5, -2.0])

    def as_numpy(self, statements: list[Statement]) -> dict[str, Any]:
        """Run statements as lines of NumPy on copies of the cells, which it returns."""
        cells = {name: memory.copy() for name, memory in self.cells.items()}
        names: dict[str, Any] = {
            "np": np,
            "view": view,
            "pick": pick,
            "samples": self.samples,
            **ARRAY_FUNCTIONS,
        }
        names.update(cells, seeds=self.seeds.tolist())
        for array in arrays_of(statements):
            if array.numbers is not None:
                names[array.name] = array.numbers
            elif array.is_buffer:
                exec(array.definition, names)  # noqa: S102
        for each in views_of(statements):
            if each.source is not None and each.is_name:
                exec(each.definition, names)  # noqa: S102
        with np.errstate(all="ignore"):
            for statement in statements:
                exec(str(statement), names)  # noqa: S102
        return cells

    def natively(self, statements: list[Statement]) -> bool:
        """Run statements on the native executor, on the cells themselves. Returns what it does."""
        translator = Translator(self.cells, self.samples)
        translator.use_seeds(self.seeds)
        instructions = translator.instructions(statements)
        return bool(Executor(translator.finished_memories(), instructions).run())

    def differences(self, statements: list[Statement], ulps: float = 0.0) -> dict[str, Any]:
        """Run both ways: where cells differ by more than so many units in the last place."""
        expected = self.as_numpy(statements)
        assert self.natively(statements)
        found = {}
        with np.errstate(all="ignore"):
            for name, memory in self.cells.items():
                wanted = expected[name]
                near = np.abs(memory - wanted) <= ulps * np.spacing(np.abs(wanted))
                alike = (memory == wanted) | near | (np.isnan(memory) & np.isnan(wanted))
                if not alike.all():
                    found[name] = [(memory[i], wanted[i]) for i in zip(*np.nonzero(~alike), strict=True)]
        return found


def at(name: str, start: int, *shape: int, strides: tuple[int, ...] | None = None) -> View:
    """Some cells of an array, side by side unless strides are given."""
    given = c_strides(shape) if strides is None else strides
    words = "_".join(map(str, (name, start, *shape, "by", *given))).replace("-", "back")
    return View.cells(ARRAYS[name], start, shape, given).named(words)


def constant(name: str, array: Any, samples: bool = False) -> View:
    """A constant of a program."""
    given = np.array(array)
    if given.dtype.kind in "iu":
        given = given.astype(np.intp)
    return View.whole(Array(name, samples, given.shape, given, given.dtype.kind == "i"))


def buffer(name: str, shape: tuple[int, ...], samples: bool, integers: bool = False) -> View:
    """A buffer of a program."""
    return View.whole(Array(name, samples, shape, None, integers))


def views_of(statements: list[Statement]) -> list[View]:
    """All views that statements read and write, those before that they are made of."""
    found = []
    for tree in trees_of(statements):
        for each in (tree, getattr(tree, "index", None)):
            while isinstance(each, View):
                found.append(each)
                each = each.source
    return found[::-1]


def arrays_of(statements: list[Statement]) -> set[Array]:
    """All arrays that they name."""
    return {view.array for view in views_of(statements)}
