"""What the forms of a program cost on this machine: measured once, when a function is first lifted.

It takes two or three hundredths of a second. What a program computes does not depend on it, but for the
rounding of arrays; so that this, too, is seldom another from run to run, all are measured in turn, so that
what else the machine does slows all, and the ratios of costs are rounded to powers of the root of two.
"""

from __future__ import annotations

import copy
import functools
import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine import ops
from engine.autograd.grad_mode import enable_grad
from engine.jit.backends.array_program import ArrayProgram, Wanted
from engine.jit.backends.lanes import LANES
from engine.jit.backends.scalar_program import ScalarProgram
from engine.jit.backends.tape import TapeProgram
from engine.jit.emit.backward import build_program
from engine.jit.emit.forward import Program
from engine.jit.emit.statements import Loop, Procedure, Scatter, Statement
from engine.jit.emit.trees import Call, MatMul, Reduce
from engine.jit.emit.views import Take
from engine.jit.lower.layout import lay_out
from engine.jit.lower.rewrite import canonical_form
from engine.jit.trace.traced_graph import Trace
from engine.node.backend import Value, apply, compiled_tape
from engine.pytree.result import Result

__all__ = [
    "Costs",
    "array_cost",
    "costs_here",
    "has_few_functions",
    "least_array_cost",
    "scalar_cost",
    "tape_cost",
]

_FEW, _MANY = 4, 192  # numbers
_ONCE, _SHORT, _LONG = 1, 8, 96  # rounds
_TIMES = 16  # as often are the statements of a program run for what one takes
_REPEATS = 32
_LEAST = 4.0  # operands of a tape: what a call takes at least, though a busy machine may say less
_SEQUENCE = 8  # calls of a function over sequences, as logsumexp, and as many of its gradients


class Costs(NamedTuple):
    """Seconds, forward and backward together.

    Attributes:
        arrays, call, cell, each: of the start of an array program, of a call of an inner loop, of a number
            in a program, and of a function of it.
        tape, edge: of the start of a tape, and of an operand in it.
        function, table: of a function beside + - * /, and of one in Python.
        line, node: of an operand in lines on floats, and of a node when f runs as it is written; both only
            where there are no tapes.
    """

    arrays: float
    call: float
    cell: float
    each: float
    tape: float
    edge: float
    function: float
    table: float
    line: float
    node: float

    def __str__(self) -> str:
        return ", ".join(f"{name} {1e9 * seconds:.3g} ns" for name, seconds in self._asdict().items())


def array_cost(program: Program, costs: Costs, functions: int = 0) -> float:
    """About how many seconds an array program takes for one set of arguments.

    Args:
        functions: how many it computes beside + - * /.
    """
    outputs = max(1, len(program.outputs))
    calls = costs.call * _calls(program.statements) + costs.cell * _cells(program)
    return costs.arrays + outputs * calls + costs.each * functions


def _calls(statements: Iterable[Statement]) -> int:
    """About how many inner loops run: one for each function in the trees of statements."""
    found = 0
    for each in statements:
        if isinstance(each, Loop):
            found += each.steps * _calls(each.body)
        elif isinstance(each, Procedure):
            found += _SEQUENCE
        else:
            inner = [tree for tree in each.value.walk() if isinstance(tree, Call | Reduce | MatMul | Take)]
            found += max(1, len(inner)) + isinstance(each, Scatter)
            found += (_SEQUENCE - 1) * sum(isinstance(tree, Call) and tree.size is not None for tree in inner)
    return found


def _cells(program: Program) -> int:
    return sum(program.layout.sizes)


def least_array_cost(tape: TapeProgram, costs: Costs) -> float:
    """What an array program for the same would take at least: a call for each step, each way."""
    work = tape.work
    return costs.arrays + (1 + tape.outputs) * costs.call * work.depth + costs.each * work.functions


def tape_cost(tape: TapeProgram, costs: Costs) -> float:
    """About how many seconds a tape takes."""
    work = tape.work
    passes = (1 + max(1, tape.outputs)) / 2
    functions = costs.function * work.functions + costs.table * work.tables
    return costs.tape + passes * costs.edge * work.edges + functions


def has_few_functions(tape: TapeProgram, costs: Costs) -> bool:
    """Whether a tape on lanes gains more on the operands of its instructions than it loses on functions.

    Those it computes sample by sample, where arrays take next to nothing for one; for an operand arrays take
    up to twice as long.
    """
    return costs.function * tape.work.functions <= costs.edge * tape.work.edges / LANES


def scalar_cost(trace: Trace, costs: Costs) -> float:
    """About how many seconds a program line by line would take."""
    return costs.line * len(trace.operands) * max(1, len(trace.outputs))


@functools.cache
def costs_here() -> Costs:
    """The costs measured in this process."""
    with enable_grad():
        return _measured()


def _measured() -> Costs:
    """Each cost from as many programs as there are costs, which differ in how much they have of each."""
    forms = (_met, _FEW), (_met, _MANY), (_waves, _MANY)
    few, most, waves = (_array_program(f, width) for f, width in forms)
    arrays = few, _many_times(few), most, waves
    others = _python_programs() if compiled_tape is None else _tapes()
    seconds = _seconds(*map(_ready, arrays), *others)
    counts = [(1, _calls(each.statements), _cells(each), 2 * _MANY * (each is waves)) for each in arrays]
    found = _solved(counts, seconds[:4])
    if compiled_tape is None:
        found += [*[0.0] * 4, *_python_costs(seconds[4:])]
        unit = found[-2]
    else:
        works = [each.work for each in others]
        counts = [(1, work.edges, work.functions, work.tables) for work in works]
        found += [*_solved(counts, seconds[4:]), 0.0, 0.0]
        unit = found[5]
        found[1] = max(found[1], _LEAST * unit)
    return Costs(*(unit * _rounded(each / unit) for each in found))


def _solved(counts: Sequence[Sequence[int]], seconds: Sequence[float]) -> list[float]:
    """What one of each takes, from what programs take that have so many; above 0, whatever the clock says."""
    found: list[float] = np.linalg.solve(np.array(counts, float), np.array(seconds)).clip(1e-11).tolist()
    return found


def _rounded(ratio: float) -> float:
    """The nearest power of the root of two.

    >>> round(_rounded(2.7), 3), _rounded(7.0), _rounded(0.0)
    (2.828, 8.0, 0.0)
    """
    return 2.0 ** (round(2.0 * math.log2(ratio)) / 2) if ratio else 0.0


def _met(xs: Sequence[Value], rounds: int) -> list[Value]:
    """Some rounds of a product and a difference on neighbours, which stay between 0 and 1."""
    for _ in range(rounds):
        xs = [x - x * y for x, y in zip(xs, [*xs[1:], xs[0]], strict=True)]
    return list(xs)


def _waves(xs: Sequence[Value], rounds: int) -> list[Value]:
    """The same of two functions."""
    for _ in range(rounds):
        xs = [apply(ops.OPERATORS["tanh"], (apply(ops.OPERATORS["exp"], (x,)),)) for x in xs]
    return list(xs)


def _norms(xs: Sequence[Value], rounds: int) -> list[Value]:
    """The same of what the table computes."""
    return [apply(ops.OPERATORS["norm"], list(xs)) for _ in range(rounds)]


def _graph(f: Callable[..., list[Value]], width: int, rounds: int) -> Trace:
    inputs = [Value(0.1 + 0.5 * i / width) for i in range(width)]
    trace = Trace(Result(sum(f(inputs, rounds), Value(0.0))), inputs, False)
    trace.settle([], [True] * width)
    return trace


def _array_program(f: Callable[..., list[Value]], width: int) -> Program:
    """The array program of one round."""
    canonical = canonical_form(_graph(f, width, _ONCE))
    return build_program(lay_out(canonical, 0, width, False), canonical.outputs, True)


def _many_times(program: Program) -> Program:
    """A program with all its statements many times: what these take more does not depend on their making."""
    more = copy.copy(program)
    more.fixed, more.fixed_backward = program.fixed * _TIMES, program.fixed_backward * _TIMES
    return more


def _ready(program: Program) -> ArrayProgram:
    return ArrayProgram(program, Wanted(None, np.arange(program.layout.inputs)))


def _tapes() -> list[TapeProgram]:
    forms = ((_met, _ONCE), (_met, _LONG), (_waves, _LONG), (_norms, _LONG))
    return [TapeProgram(_graph(f, _FEW, rounds)) for f, rounds in forms]


def _python_programs() -> list[Any]:
    return [ScalarProgram(_graph(_met, _FEW, _SHORT)), _AsWritten()]


def _python_costs(seconds: Sequence[float]) -> list[float]:
    """What an operand takes in a line on floats, and a node of the engine."""
    trace, (lines, as_written) = _graph(_met, _FEW, _SHORT), seconds
    return [lines / len(trace.operands), as_written / len(trace.kinds)]


class _AsWritten:
    """A program's run on Values."""

    def run(self, values: Any, numbers: Any, differentiate: bool) -> None:
        sum(_met([Value(x) for x in numbers.tolist()], _SHORT), Value(0.0)).backward()


def _seconds(*programs: Any) -> list[float]:
    """The least that a run of each takes. They run in turn, so that what else the machine does slows all."""
    found = [float("inf")] * len(programs)
    for _ in range(_REPEATS):
        for i, program in enumerate(programs):
            width = program.layout.inputs if isinstance(program, ArrayProgram) else _FEW
            numbers = np.linspace(0.1, 0.6, width)
            start = time.perf_counter()
            program.run([], numbers, True)
            found[i] = min(found[i], time.perf_counter() - start)
    return found
