"""What the forms of a program cost on this machine: measured once, when a function is first lifted.

It takes some milliseconds. What a program computes does not depend on it, but for the rounding of arrays.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine import ops
from engine.autograd.grad_mode import enable_grad
from engine.jit.backends.scalar_program import ScalarProgram
from engine.jit.backends.tape import TapeProgram, tape_of
from engine.jit.emit.backward import build_program
from engine.jit.emit.forward import Program
from engine.jit.executables import ArrayProgram, ScalarLines, Wanted
from engine.jit.lower.layout import lay_out
from engine.jit.lower.rewrite import canonical_form
from engine.jit.trace.traced_graph import Trace
from engine.node.backend import Value, apply
from engine.pytree.result import Result

__all__ = ["Costs", "array_cost", "costs_here", "least_array_cost", "scalar_cost", "tape_cost"]

_FEW, _MANY = 4, 32  # numbers
_ONCE, _SHORT, _LONG = 1, 3, 32  # rounds
_REPEATS = 7


class Costs(NamedTuple):
    """Seconds, forward and backward together, beyond the start of a program.

    Attributes:
        start: of an array program.
        statement, cell: of a statement on arrays, and of a number in it.
        edge, function, table: of an operand in a tape, of a function beside + - * /, and of one in Python.
        line: of an operand in lines on floats.
        node: of a node when f runs as it is written.
    """

    start: float
    statement: float
    cell: float
    edge: float
    function: float
    table: float
    line: float
    node: float

    def __str__(self) -> str:
        return ", ".join(f"{name} {1e9 * seconds:.3g} ns" for name, seconds in self._asdict().items())


def array_cost(program: Program, costs: Costs) -> float:
    """About how many seconds an array program takes for one set of arguments."""
    outputs = max(1, len(program.outputs))
    cells = sum(program.layout.sizes)
    return costs.start + outputs * (costs.statement * len(program.statements) + costs.cell * cells)


def least_array_cost(tape: TapeProgram, costs: Costs) -> float:
    """What an array program for the same would take at least: a statement for each step, each way."""
    return costs.start + (1 + tape.outputs) * costs.statement * tape.work.depth


def tape_cost(tape: TapeProgram, costs: Costs) -> float:
    """About how many seconds a tape takes."""
    work = tape.work
    passes = (1 + max(1, tape.outputs)) / 2
    return passes * costs.edge * work.edges + costs.function * work.functions + costs.table * work.tables


def scalar_cost(trace: Trace, costs: Costs) -> float:
    """About how many seconds a program line by line would take."""
    return costs.line * len(trace.operands) * max(1, len(trace.outputs))


@functools.cache
def costs_here() -> Costs:
    """What was measured, in this process."""
    with enable_grad():
        return _measured()


def _measured() -> Costs:
    start, program = _arrays(_FEW, _ONCE)
    narrow, narrow_program = _arrays(_FEW, _SHORT)
    wide, wide_program = _arrays(_MANY, _SHORT)
    more = len(narrow_program.statements) - len(program.statements)
    statement = max(1e-9, (narrow - start) / max(1, more))
    cells = sum(wide_program.layout.sizes) - sum(narrow_program.layout.sizes)
    cell = max(0.0, (wide - narrow) / cells)
    return Costs(start, statement, cell, *_tape_costs(), *_python_costs())


def _waves(xs: Sequence[Value], rounds: int) -> list[Value]:
    """Some rounds of a function and a product on numbers in a line."""
    for _ in range(rounds):
        xs = [_sine(x) * x for x in xs]
    return list(xs)


def _sine(x: Value) -> Any:
    return apply(ops.OPERATORS["sin"], (x,))


def _products(xs: Sequence[Value], rounds: int) -> list[Value]:
    for _ in range(rounds):
        xs = [x * xs[0] + x for x in xs]
    return list(xs)


def _norms(xs: Sequence[Value], rounds: int) -> list[Value]:
    return [apply(ops.OPERATORS["norm"], list(xs)) for _ in range(rounds)]


def _graph(f: Callable[..., list[Value]], width: int, rounds: int) -> Trace:
    inputs = [Value(0.1 + i / width) for i in range(width)]
    trace = Trace(Result(sum(f(inputs, rounds), Value(0.0))), inputs, False)
    trace.settle(set(), [True] * width)
    return trace


def _arrays(width: int, rounds: int) -> tuple[float, Program]:
    """What an array program takes, and the program."""
    trace = _graph(_waves, width, rounds)
    canonical = canonical_form(trace)
    program = build_program(lay_out(canonical, 0, width, False), canonical.outputs, True)
    arrays = ArrayProgram(program, Wanted(None, np.arange(width)))
    return _seconds(functools.partial(_run, arrays), width), program


def _tape_costs() -> tuple[float, float, float]:
    """What an operand, a function and one in Python take on a tape; 0 where there is none."""
    found = []
    for f in (_products, _waves, _norms):
        tape = tape_of(_graph(f, _FEW, _LONG))
        if tape is None:
            return 0.0, 0.0, 0.0
        found.append((_seconds(functools.partial(_run, tape), _FEW), tape.work))
    (products, work), (waves, functions), (norms, tables) = found
    edge = products / work.edges
    function = max(0.0, waves - edge * functions.edges) / functions.functions
    return edge, function, max(0.0, norms - edge * tables.edges) / max(1, tables.tables)


def _python_costs() -> tuple[float, float]:
    """What an operand takes in a line on floats, and a node of the engine."""
    trace = _graph(_products, _FEW, _LONG)
    lines = ScalarLines(ScalarProgram(trace))

    def as_written(numbers: Any) -> None:
        sum(_products([Value(x) for x in numbers.tolist()], _LONG), Value(0.0)).backward()

    return (
        _seconds(functools.partial(_run, lines), _FEW) / len(trace.operands),
        _seconds(as_written, _FEW) / len(trace.kinds),
    )


def _run(program: Any, numbers: Any) -> None:
    program.run([], numbers, True)


def _seconds(run: Callable[[Any], Any], width: int) -> float:
    """The least that a run on so many numbers takes."""
    numbers, found = np.linspace(0.1, 0.9, width), []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        run(numbers)
        found.append(time.perf_counter() - start)
    return min(found)
