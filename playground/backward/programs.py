"""Whole Python programs: run where that is allowed, in the browser's own worker or from a file one named."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import traceback
from typing import Any

from engine import Value
from playground.backward.lines import Lines
from playground.backward.made import Made, ProgramError
from playground.limits import time_limit

__all__ = ["from_program"]

FILE = "<program>"
ROOTS = ("loss", "L", "y", "root", "out")
"""Names under which the result is looked for, where the last line is no expression."""


def from_program(source: str, file: str = FILE) -> Made:
    """Run a program and take its last expression, or its ``loss``, as the root.

    The caller has to know that this program may run: it can do all that Python can.

    Args:
        source: Python.
        file: a name for error messages.

    Raises:
        ProgramError: it raises, or leaves no Value with operands; with the line.

    >>> made = from_program("from engine import Value\\nw = Value(3.0)\\nloss = w * w")
    >>> made.root.data, made.root.label, made.lines.of(made.root)
    (9.0, 'loss', 3)
    """
    name = file if file.startswith("<") else f"<{file}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    lines, printed = Lines(name), io.StringIO()
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": name}
    try:
        body, last = _split(source, name)
        with time_limit(), lines.noting(*filter(None, (body, last))), contextlib.redirect_stdout(printed):
            exec(body, namespace)  # noqa: S102 - a program the user runs in a world of their own
            result = eval(last, namespace) if last is not None else None  # noqa: S307 - its last line
    except SyntaxError as error:
        raise ProgramError(f"this is not Python: {error.msg}", error.lineno) from None
    except Exception as error:
        if type(error).__name__ == "LimitError":
            raise
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
        line = frames[-1].lineno if frames else None
        raise ProgramError(f"{type(error).__name__}: {error}", line) from None
    root = _root(result, namespace)
    _label(root, namespace)
    return Made(root, lines, _groups(namespace), printed.getvalue()[-4000:])


def _split(source: str, name: str) -> tuple[Any, Any]:
    """The program and, where its last statement is an expression, that."""
    tree = ast.parse(source, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), name, "eval")  # type: ignore[attr-defined]
    return compile(tree, name, "exec"), last


def _root(result: Any, namespace: dict[str, Any]) -> Value:
    candidates = [result, *(namespace.get(name) for name in ROOTS), *reversed(list(namespace.values()))]
    for candidate in candidates:
        if isinstance(candidate, Value) and candidate._children:
            return candidate
    raise ProgramError(
        "the program leaves no Value that was computed of others",
        hint="End it with the expression to differentiate, or name it loss.",
    )


def _label(root: Value, namespace: dict[str, Any]) -> None:
    for name, value in namespace.items():
        if name.startswith("_"):
            continue
        each = enumerate(value) if isinstance(value, (list, tuple)) else ()
        for node, label in [(value, name), *((item, f"{name}[{i}]") for i, item in each)]:
            if isinstance(node, Value) and not node.label:
                node.label = label
    if not root.label:
        root.label = "loss"


def _groups(namespace: dict[str, Any]) -> dict[str, Value] | None:
    """The parameters of the program's models by dotted name, where their labels do not say it already."""
    found: dict[str, Value] = {}
    for name, value in namespace.items():
        named = getattr(value, "named_parameters", None)
        if callable(named) and not isinstance(value, type):
            parameters = dict(named())
            if all(parameter.label for parameter in parameters.values()):
                continue
            found.update(
                {f"{name}.{dotted}" if found else dotted: each for dotted, each in parameters.items()}
            )
    return found or None
