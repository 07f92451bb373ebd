"""Writes a program as a file of its own that needs NumPy and nothing else."""

from __future__ import annotations

from inspect import getsource
from typing import Any

import numpy as np

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.forward import Program
from engine.jit.emit.source import source_of
from engine.jit.emit.support import functions_in, pick, view
from engine.jit.lower.groups import FIXED
from engine.jit.trace.traced_graph import Trace
from engine.pytree.spec import Spec, has_numbers

__all__ = ["standalone_source"]

_HEAD = '''"""Value and gradient of a function, as lifted by chainrule's engine.jit. It needs NumPy only.

    value, gradient = value_and_grad({arguments})

The arguments are those of the function{samples}; numbers in lists and arrays may be nested as they were.
``gradient`` is a pair: by the captured parameters, in the order of NAMES, and by the numbers of the
arguments{by_sample}. Another vector of parameters than the one the file was written with may be given as
``parameters=``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Index = np.ndarray

'''

_TOOLS = '''

def flat(arguments):
    """The numbers of nested lists, dicts and arrays, in order."""
    if isinstance(arguments, dict):
        arguments = list(arguments.values())
    if isinstance(arguments, (list, tuple)):
        parts = [flat(each) for each in arguments]
        return np.concatenate(parts) if parts else np.zeros(0)
    return np.asarray(arguments, dtype=float).ravel()

'''


def standalone_source(program: Program, trace: Trace, spec: Spec) -> str:
    """The text of the file.

    Args:
        program: has gradients by all that was captured and all arguments.
        trace: the scalar graph of the program.
        spec: how its arguments are nested, those by position and those by name.
    """
    layout = program.layout
    keywords = [name for name, part in spec[1] if has_numbers(part)]
    tools: list[Any] = [view, pick, *(ARRAY_FUNCTIONS[name] for name in functions_in(program.statements))]
    values = [trace.captured[i] for i in layout.captured]
    names = [value.label or f"parameter {i}" for i, value in enumerate(values)]
    parts = [
        _HEAD.format(
            arguments=", ".join(["*arguments", *(f"{name}=..." for name in keywords)]),
            samples=", each with a leading axis of samples, and the value is the mean"
            if trace.batched
            else "",
            by_sample=" (a row for each sample)" if trace.batched else "",
        ),
        f"NAMES = {names!r}\n",
        f"PARAMETERS = {_literal(np.array([value.data for value in values], dtype=float))}\n",
        *(f"{name} = {_literal(array)}\n" for name, array in program.views.constants.items()),
        *(f"\n\n{getsource(tool)}" for tool in tools),
        _TOOLS,
        f"\n{source_of(program)}",
        _call(program, keywords),
    ]
    return "".join(parts)


def _literal(array: np.ndarray[Any, Any]) -> str:
    kind = "np.intp" if array.dtype.kind in "iu" else "float"
    text = repr(array.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}, dtype={kind})"


def _call(program: Program, keywords: list[str]) -> str:
    """The function that runs the program, which takes by name what the lifted function was given so."""
    layout = program.layout
    names = "".join(f", {name}" for name in program.views.constants)
    functions = "".join(f", {name}" for name in functions_in(program.statements))
    count, start, inputs = layout.captured_cells, layout.input_start, layout.inputs
    outputs = program.outputs
    taken = ", ".join(["*arguments", *keywords, "parameters=PARAMETERS"])
    lines = ["", "", f"def value_and_grad({taken}):"]
    body = ['"""The value and its gradient by parameters and arguments."""']
    body += [f"arguments += ({', '.join(keywords)},)"] if keywords else []
    if layout.batched:
        body.append("columns = [np.asarray(each, dtype=float) for each in arguments]")
        body.append("samples = len(columns[0])")
        body.append("given = np.concatenate([each.reshape(samples, -1) for each in columns], axis=1).T")
    else:
        body += ["samples = 1", "given = flat(arguments)"]
    body += [
        f"if len(given) != {inputs} or np.shape(parameters) != ({count},):",
        "    got = f'{len(given)} and {np.shape(parameters)}'",
        f"    raise ValueError('takes {inputs} numbers and parameters of shape ({count},), got ' + got)",
        f"fixed, dfixed = np.zeros((2, {layout.sizes[FIXED]}))",
        f"work, dwork = np.zeros((2, {layout.sizes[1]}, samples))",
        f"fixed[:{count}] = parameters",
        f"{'work' if layout.batched else 'fixed'}[{start}:{start + inputs}] = given",
    ]
    for space, cell, number in layout.constants:
        body.append(f"{'fixed' if space == FIXED else 'work'}[{cell}] = {_number(number)}")
    for space, first, width in sorted(layout.ones):
        body.append(f"{'fixed' if space == FIXED else 'work'}[{first}:{first + width}] = 1.0")
    body += [
        f"parts = bind(np, view, pick{functions}, fixed, dfixed, work, dwork{names})",
        "fixed_forward, forward, backward, fixed_backward = parts",
        'with np.errstate(all="ignore"):',
        "    fixed_forward()",
        "    forward()",
        "    values, gradients = [], []",
    ]
    for i, output in enumerate(outputs):
        if not isinstance(output, tuple):
            value = _number(output)
        elif output[0] == FIXED:
            value = f"float(fixed[{output[1]}])"
        else:
            value = f"float(work[{output[1]}].mean())"
        zeros = ", ".join("1.0 / samples" if j == i else "0.0" for j in range(len(outputs)))
        ones = ", ".join("1.0" if j == i else "0.0" for j in range(len(outputs)))
        on = f"dwork[{start}:{start + inputs}].T" if layout.batched else f"dfixed[{start}:{start + inputs}]"
        body += [
            f"    values.append({value})",
            f"    backward([{zeros}])",
            f"    fixed_backward([{ones}])",
            f"    gradients.append((dfixed[:{count}].copy(), {on}.copy()))",
        ]
    body.append("return (values[0], gradients[0]) if len(values) == 1 else (values, gradients)")
    return "\n".join([*lines, *(f"    {line}" for line in body)]) + "\n"


def _number(number: float) -> str:
    return f"float({str(number)!r})" if number - number != 0.0 else repr(float(number))
