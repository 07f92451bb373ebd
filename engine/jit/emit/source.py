"""Stage five: the source of a program, as text to read and as functions to run.

Only what the earlier stages wrote is executed: names they chose, rows of the operator table, and numbers.
"""

from __future__ import annotations

import linecache
import weakref
from itertools import count
from types import FunctionType
from typing import Any

import numpy as np

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.forward import Program
from engine.jit.emit.statements import used
from engine.jit.emit.support import functions_in, pick, view
from engine.jit.lower.groups import FIXED

__all__ = ["PARTS", "bind_program", "compiled", "source_of"]

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
        where = "work" if layout.batched else "fixed"
        body.append(
            f"# {where}[{layout.input_start}:{layout.input_start + layout.inputs}] holds the arguments"
        )
    if layout.ones:
        body.append("# W has the biases in its last column, V is W without them; a is h over a row of ones")
    if layout.batched:
        body.append("samples = work.shape[1]")
    body += [each.definition for each in used(program.views.definitions, program.statements)]
    for part, statements, parameters in (
        (PARTS[0], program.fixed, ""),
        (PARTS[1], program.forward, ""),
        (PARTS[2], program.backward, "seeds"),
        (PARTS[3], program.fixed_backward, "seeds"),
    ):
        body += [
            "",
            f"def {part}({parameters}):",
            *(f"    {line}" for line in map(str, statements)),
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


def bind_program(
    bind: Any, program: Program, fixed: Any, dfixed: Any, work: Any, dwork: Any
) -> tuple[Any, ...]:
    """The parts of a program, bound to these cells."""
    for space, cell, number in program.layout.constants:
        (fixed if space == FIXED else work)[cell] = number
    for space, start, width in program.layout.ones:
        (fixed if space == FIXED else work)[start : start + width] = 1.0
    functions = [ARRAY_FUNCTIONS[name] for name in functions_in(program.statements)]
    parts: tuple[Any, ...] = bind(
        np, view, pick, *functions, fixed, dfixed, work, dwork, *program.views.constants.values()
    )
    return parts
