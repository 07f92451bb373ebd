"""Writes a program as a file of its own that needs NumPy and nothing else."""

from __future__ import annotations

from inspect import getsource
from typing import Any

import numpy as np

from engine.errors import TraceError
from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.forward import Program
from engine.jit.emit.source import given_cells, source_of
from engine.jit.emit.support import functions_in, pick, view
from engine.jit.emit.views import CELLS
from engine.jit.lower.groups import FIXED
from engine.jit.trace.traced_graph import Trace
from engine.pytree.spec import DICT, STATIC, Spec, has_numbers, shape_of
from engine.quoting import brief

__all__ = ["standalone_source"]

_HEAD = '''"""Value and gradient of a function, as lifted by chainrule's engine.jit. It needs NumPy only.

    value, gradient = value_and_grad({arguments})

The arguments are those of the function that have numbers{samples}; they are nested as they were there.
``gradient`` is a pair: by the captured parameters, in the order of NAMES, and by the numbers of the
arguments{by_sample}, in the order of FORMS and NAMED. Another vector of parameters than the one the
file was written with may be given as ``parameters=``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Index = np.ndarray

'''

_TOOLS = '''

def numbers(item, form, place):
    """The numbers of an item; its form is the shape of an array, a list or dict of forms, or a text."""
    if isinstance(form, str):
        if repr(item.tolist() if isinstance(item, (np.ndarray, np.generic)) else item) != form:
            raise ValueError(f"{place} is {item!r}: this is the program for {form}")
        return []
    if isinstance(form, tuple):
        if np.ma.isMaskedArray(item):
            raise ValueError(f"{place} is a masked array, whose masked numbers would count")
        array = np.asarray(item)
        others = array.ravel().tolist() if array.dtype.kind not in "biuf" else []
        if not all(hasattr(each, "__float__") for each in others):
            raise TypeError(f"{place} is {item!r}, which is no number")
        shape = ("samples",) * SAMPLED + form
        if array.shape[SAMPLED:] != form or array.ndim != len(shape):
            raise ValueError(f"{place} has the shape {array.shape}, not ({', '.join(map(str, shape))})")
        if SAMPLED and not len(array):
            raise ValueError(f"{place} has no samples")
        return [array.astype(float).reshape(len(array) if SAMPLED else 1, math.prod(form))]
    if not isinstance(item, dict if isinstance(form, dict) else (list, tuple, np.ndarray)):
        raise TypeError(f"{place} is {item!r}, not nested as {form}")
    keys = list(form) if isinstance(form, dict) else range(len(form))
    if set(item) != set(keys) if isinstance(form, dict) else len(item) != len(keys):
        raise ValueError(f"{place} is not nested as {form}")
    return [rows for key in keys for rows in numbers(item[key], form[key], f"{place}[{key!r}]")]


def laid_out(arguments, named):
    """The numbers of the arguments, a column for each sample."""
    if len(arguments) != len(FORMS) or set(named) != set(NAMED):
        raise TypeError(f"takes {len(FORMS)} arguments with numbers by position, and by name {list(NAMED)}")
    given = [*zip(arguments, FORMS, range(len(FORMS))), *((named[name], NAMED[name], name) for name in NAMED)]
    parts = [rows for item, form, place in given for rows in numbers(item, form, f"argument {place}")]
    return np.concatenate(parts, axis=1).T if parts else np.zeros((0, 1))

'''


def standalone_source(program: Program, trace: Trace, spec: Spec) -> str:
    """The text of the file.

    Args:
        program: has gradients by all that was captured and all arguments.
        trace: the scalar graph of the program.
        spec: how its arguments are nested, those by position and those by name.

    Raises:
        TraceError: an argument has a name, a key or a part that such a file cannot have.
    """
    layout = program.layout
    forms = [_form_of(part) for part in spec[0] if has_numbers(part)]
    named = {name: _form_of(part) for name, part in spec[1] if has_numbers(part)}
    if "parameters" in named:
        raise TraceError(
            "the function cannot be written as NumPy with an argument called parameters, as the file calls "
            "what it captured: give it by position"
        )
    tools: list[Any] = [view, pick, *(ARRAY_FUNCTIONS[name] for name in functions_in(program.statements))]
    values = [trace.captured[i] for i in layout.captured]
    names = [value.label or f"parameter {i}" for i, value in enumerate(values)]
    parts = [
        _HEAD.format(
            arguments=", ".join(["*arguments", *(f"{name}=..." for name in named)]),
            samples=", each with a leading axis of samples, and the value is the mean"
            if trace.batched
            else "",
            by_sample=" (a row for each sample)" if trace.batched else "",
        ),
        f"NAMES = {names!r}\n",
        f"PARAMETERS = {_literal(np.array([value.data for value in values], dtype=float))}\n",
        *(f"{name} = {_literal(array)}\n" for name, array in program.views.constants.items()),
        *(f"\n\n{getsource(tool)}" for tool in tools),
        f"\n\nFORMS, NAMED, SAMPLED = {forms!r}, {named!r}, {int(trace.batched)}\n",
        _TOOLS,
        f"\n{source_of(program)}",
        _call(program),
    ]
    return "".join(parts)


def _literal(array: np.ndarray[Any, Any]) -> str:
    kind = "np.intp" if array.dtype.kind in "iu" else "float"
    text = repr(array.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}, dtype={kind})"


def _form_of(spec: Spec) -> Any:
    """A nesting as the file has it: the shape of an array, a list or dict of forms.

    Of a text, a flag, None or an array of these what Python writes.
    """
    if spec[0] == STATIC:
        return _as_written(*spec[1:])
    shape = shape_of(spec)
    if shape is not None:
        return shape
    if spec[0] != DICT:
        return [_form_of(part) for part in spec[2]]
    for key, _ in spec[2]:
        if type(key) not in (str, int, float, bool):
            raise TraceError(
                f"the function cannot be written as NumPy, because a dict has the key {brief(key)}"
            )
    return {key: _form_of(part) for key, part in spec[2]}


def _as_written(kind: type, *key: Any) -> str:
    """How Python writes a text, a flag, None or an array with this static key."""
    if kind in (str, bool, type(None)):
        return repr(key[0])
    if kind in (np.ndarray, np.bool_):
        dtype, shape, content = key
        return repr(np.frombuffer(content, dtype).reshape(shape).tolist())
    raise TraceError(
        f"the function cannot be written as NumPy with a {kind.__name__} among the numbers of an argument: "
        "a file cannot tell it from another; give it as an argument of its own"
    )


def _call(program: Program) -> str:
    """The function that runs the program."""
    layout = program.layout
    names = "".join(f", {name}" for name in program.views.constants)
    functions = "".join(f", {name}" for name in functions_in(program.statements))
    count, start, inputs = layout.captured_cells, layout.input_start, layout.inputs
    outputs, inputs_in = program.outputs, CELLS[layout.batched].name
    lines = ["", "", "def value_and_grad(*arguments, parameters=PARAMETERS, **named):"]
    body = [
        '"""The value and its gradient by parameters and arguments."""',
        "given = laid_out(arguments, named)",
        f"samples = {'given.shape[1]' if layout.batched else '1'}",
        f"if np.shape(parameters) != ({count},):",
        f"    raise ValueError(f'parameters has the shape {{np.shape(parameters)}}, not ({count},)')",
        f"fixed, dfixed = np.zeros((2, {layout.sizes[FIXED]}))",
        f"work, dwork = np.zeros((2, {layout.sizes[1]}, samples))",
        f"fixed[:{count}] = parameters",
        f"{inputs_in}[{start}:{start + inputs}] = given{'' if layout.batched else '[:, 0]'}",
    ]
    for name, first, many, number in given_cells(layout):
        body.append(f"{name}[{first}{f':{first + many}' * (many > 1)}] = {_number(number)}")
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
