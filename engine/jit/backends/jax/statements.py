"""Statements of the forward pass, run on arrays of JAX.

Rows are computed by their NumPy forms with ``jax.numpy`` in the place of NumPy; where JAX has the function
itself, whose derivative holds in tails and at kinks, by that.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from engine.jit.backends.jax.loops import InSteps, run_loop
from engine.jit.backends.jax.memory import Memory
from engine.jit.emit.forward import Program
from engine.jit.emit.source import given_cells
from engine.jit.emit.statements import Assign, Loop, Procedure, Statement
from engine.jit.emit.trees import SAMPLES, Call, Expression, MatMul, Number, Reduce, Samples
from engine.jit.emit.views import CELLS, Take, View
from engine.ops import OPERATORS
from engine.ops.op import Op

__all__ = ["outputs_of"]

_REDUCTIONS = {"add": "sum", "maximum": "max", "minimum": "min", "multiply": "prod"}


def outputs_of(program: Program, parameters: Any, inputs: Any, samples: int) -> list[Any]:
    """The outputs of a program: numbers, or for a batch numbers and arrays over the samples.

    Args:
        program: its statements.
        parameters: what was captured, in the order of its cells.
        inputs: the numbers of the arguments, of shape (numbers,), or (numbers, samples) for a batch.
        samples: how many there are.
    """
    run = _Run(program, parameters, inputs, samples)
    for statement in (*program.fixed, *program.forward):
        run.statement(statement)
    return [run.output(place) for place in program.outputs]


class _Run:
    """One evaluation of the statements."""

    def __init__(self, program: Program, parameters: Any, inputs: Any, samples: int) -> None:
        jax = import_module("jax")
        self.jnp, self.lax, self.names = jax.numpy, jax.lax, _Names(jax)
        self.layout = layout = program.layout
        self.samples = samples
        memory = InSteps(self.jnp, samples, inputs.dtype, program.frames)
        self.memory: Memory = memory
        if layout.captured_cells:
            memory.put("fixed", 0, parameters)
        if layout.inputs:
            memory.put(CELLS[layout.batched].name, layout.input_start, inputs)
        for name, first, count, number in given_cells(layout):
            memory.put_number(name, first, count, number, name == "work")

    def output(self, place: Any) -> Any:
        if not isinstance(place, tuple):
            return self.jnp.asarray(place, self.memory.dtype)
        space, cell = place
        array = View.cells(CELLS[space], cell, (1,), (1,))
        return self.memory.read(array)[0]

    def statement(self, statement: Statement) -> None:
        if isinstance(statement, Loop):
            self.loop(statement)
        elif isinstance(statement, Procedure):
            value = self.names.over(statement.function, self.memory.read(statement.operand))
            self.memory.write(statement.out, value)
        elif isinstance(statement, Assign):
            value = self.value(statement.value)
            if statement.adds:
                value = self.memory.read(statement.target) + value
            self.memory.write(statement.target, value)
        elif not statement.adds and statement.at.is_constant:
            at = statement.at
            self.memory.fill(at.array, at.index.array.numbers, self.value(statement.value))  # type: ignore[arg-type]
        else:
            raise RuntimeError("a forward pass adds to no cells")

    def loop(self, loop: Loop) -> None:
        """Its statements on the memory of a step each."""
        outer: Any = self.memory

        def run(memory: Memory, statement: Statement) -> None:
            self.memory = memory
            self.statement(statement)

        try:
            run_loop(loop, outer, self.lax, run)
        finally:
            self.memory = outer

    def value(self, tree: Any) -> Any:
        """What a tree computes."""
        if not isinstance(tree, Expression):
            return tree
        if isinstance(tree, View):
            return self.memory.read(tree)
        if isinstance(tree, Number):
            return tree.number
        if isinstance(tree, Samples):
            return float(self.samples)
        if isinstance(tree, Reduce):
            return getattr(self.jnp, _REDUCTIONS[tree.function])(self.value(tree.operand), axis=tree.axes)
        if isinstance(tree, MatMul):
            return self.jnp.matmul(self.value(tree.a), self.value(tree.b))
        if isinstance(tree, Take):
            return self.taken(tree)
        if isinstance(tree, Call):
            return self.called(tree)
        raise RuntimeError(f"a forward pass has no {type(tree).__name__}")

    def called(self, tree: Call) -> Any:
        if tree.function == "pick":
            table, index = tree.operands
            return self.picked(self.memory.read(table), self.value(index))  # type: ignore[arg-type]
        if tree.origin is not None:
            return self.names.row(tree.origin.row, [self.value(x) for x in tree.origin.operands])
        return getattr(self.names, tree.function)(*map(self.value, tree.operands))

    def picked(self, table: Any, index: Any) -> Any:
        """Where tables of positions are read; -1 where there is no such index."""
        length = len(table)
        at = self.jnp.where(index < 0, index + length, index)
        whole = self.jnp.clip(self.jnp.nan_to_num(at), 0, length - 1).astype(int)
        column = np.arange(table.shape[1]).reshape(-1, *[1] * (index.ndim - 1))
        return self.jnp.where(whole == at, self.jnp.asarray(table)[whole, column], -1)

    def taken(self, tree: Take) -> Any:
        """Cells at positions; nan at those that are none."""
        count = self.layout.sizes[tree.array.samples]
        cells, first = self.memory.whole(tree.array, count, tree.advance)
        index = self.memory.read(tree.index)
        own = tree.array.samples and tree.index.shape[-1:] == (SAMPLES,)
        found = cells[index - first, np.arange(self.samples)] if own else cells[index - first]
        if tree.is_constant:
            return found
        index = index.reshape(index.shape + (1,) * (found.ndim - index.ndim))
        return self.jnp.where(index < 0, np.nan, found)


class _Names:
    """``jax.numpy`` as the rows' NumPy forms see it, with what SciPy has beside NumPy."""

    def __init__(self, jax: Any) -> None:
        self._jax, self._jnp = jax, jax.numpy

    def __getattr__(self, name: str) -> Any:
        special = self._jax.scipy.special
        return getattr(special, name) if name in ("erf", "erfc", "ndtr") else getattr(self._jnp, name)

    def row(self, row: Op, operands: list[Any]) -> Any:
        """The value of a row; its baked operands are in its forms. A sequence lies along the last axis."""
        operands = [self._jnp.asarray(x) for x in operands]
        if row.jax is not None:
            return row.jax(self._jax, *operands)
        return row.numpy(self, *operands) if callable(row.numpy) else getattr(self, row.numpy)(*operands)

    def over(self, function: str, xs: Any) -> Any:
        """A row over a sequence along the first axis, by the name of its function on arrays."""
        return self.row(_OVER[function], [self._jnp.moveaxis(xs, 0, -1)])


_OVER = {
    row.along.value.__name__: row
    for row in OPERATORS.values()
    if row.along is not None and not isinstance(row.along.value, str)
}
