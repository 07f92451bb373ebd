"""What Python knows of a function: its parameters, what it sees, and its local variables when it returns."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

__all__ = [
    "code_of",
    "defaults_of",
    "last_lines",
    "parameters_of",
    "seen_by",
    "signature_of",
    "text_of",
    "with_locals",
]


def code_of(function: Any) -> CodeType | None:
    """The code of a function or a method; None of anything else that can be called.

    >>> code_of(code_of).co_name, code_of(print)
    ('code_of', None)
    """
    function = inspect.unwrap(function) if callable(function) else function
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code if isinstance(code, CodeType) else None


def seen_by(function: Any) -> dict[str, Any]:
    """What a function sees besides its arguments: globals that it names, and its closure."""
    inner = inspect.unwrap(function) if callable(function) else function
    inner = getattr(inner, "__func__", inner)
    if code_of(function) is None:
        return {}
    found = dict(getattr(inner, "__globals__", {}))
    for name, cell in zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


def with_locals(
    f: Callable[..., Any], args: Sequence[Any], helpers: bool = True
) -> tuple[Any, dict[str, Any]]:
    """Call a function; its result, and the local variables of its own code when it returned.

    Args:
        f: the function.
        args: its arguments.
        helpers: whether those of other functions beside it count too, where they were called once.
    """
    code = code_of(f)
    if code is None:
        return f(*args), {}
    scope = getattr(getattr(inspect.unwrap(f), "__func__", inspect.unwrap(f)), "__globals__", None)
    returned: list[tuple[CodeType, dict[str, Any]]] = []
    before = sys.getprofile()
    sys.setprofile(
        lambda frame, event, _: (
            returned.append((frame.f_code, dict(frame.f_locals)))
            if event == "return" and frame.f_globals is scope
            else None
        )
    )
    try:
        result = f(*args)
    finally:
        if before is not None and hasattr(before, "enable"):  # cProfile's, which setprofile does not take
            before.enable()
        else:
            sys.setprofile(before)
    found: dict[str, Any] = {}
    others: dict[CodeType, dict[str, Any]] = {}
    for each, variables in returned:
        if each is code:
            found.update(variables)
        elif helpers:
            parameters = each.co_varnames[: each.co_argcount]
            own = {k: v for k, v in variables.items() if k not in parameters}
            others[each] = {} if each in others else own
    inner = others.values()
    names = [name for own in inner for name in own]
    once = {k: v for own in inner for k, v in own.items() if names.count(k) == 1}
    return result, {**once, **found}


def signature_of(function: Any) -> list[inspect.Parameter] | None:
    """The parameters of a function; None where Python does not know them, as of some in C."""
    try:
        return [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return None


def parameters_of(function: Any) -> list[str]:
    """The names of the arguments that a function needs."""
    return [each.name for each in signature_of(function) or () if each.default is inspect.Parameter.empty]


def defaults_of(function: Any) -> dict[str, Any]:
    """The other arguments, by name."""
    found = signature_of(function) or ()
    return {each.name: each.default for each in found if each.default is not inspect.Parameter.empty}


def last_lines(function: Callable[..., Any]) -> dict[str, tuple[int, str]]:
    """By name the last line that sets it, counted from the head of the function, and the right side.

    Of the counter of a loop, which no line sets, it is 0.

    >>> def backward(xs):
    ...     dw = 0.0
    ...     for x in xs:
    ...         dw += 2 * x
    ...     return dw
    >>> last_lines(backward)
    {'dw': (4, '2 * x'), 'x': (0, '')}
    """
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return {}
    found: dict[str, tuple[int, str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                pass
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
                | ast.Call(func=ast.Attribute(value=target, attr="append"), args=[value])
            ):
                targets = [target]
            case ast.For(target=target):
                for each in ast.walk(target):
                    if isinstance(each, ast.Name):
                        found.setdefault(each.id, (0, ""))
                continue
            case _:
                continue
        for target in targets:
            for each in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                while isinstance(each, (ast.Subscript, ast.Attribute)):
                    each = each.value
                if isinstance(each, ast.Name) and found.get(each.id, (0, ""))[0] <= value.lineno:
                    found[each.id] = value.lineno, text_of(value, source)
    return found


def text_of(node: ast.expr, source: str) -> str:
    """An expression as it is written in a source, on one line."""
    return " ".join((ast.get_source_segment(source, node) or ast.unparse(node)).split())
