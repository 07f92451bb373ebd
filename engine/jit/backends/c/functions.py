"""The functions that a program calls, as C, from what the compiled core itself is made of.

Values and partials come from the rows of the operator table, as the core's kernels do; functions over columns
are those of the native executor.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import engine.node.compiled
from engine.formulas.symbol import SYMBOLS, Symbol, as_symbol
from engine.formulas.symbol import name as symbol
from engine.jit.backends.native.loops import MASKS
from engine.jit.backends.native.places import Untranslated
from engine.jit.emit.trees import COMPARED, INFIX, Call, Expression, Origin
from engine.node.compiled.c_functions import HELPERS, OF_OPERATORS, FunctionWriter, literal
from engine.node.compiled.c_rules import statements
from engine.ops import OPERATORS
from engine.ops.op import Op

__all__ = ["Functions", "operands_of"]

_INFIX = {**INFIX, **COMPARED}
_MASKED = {loop: _INFIX[comparison] for comparison, loop in MASKS.items()}
_OF_UFUNC = {row.ufunc: row for row in OPERATORS.values() if row.ufunc and row.arity and not row.static}
_LOOPS = Path(engine.node.compiled.__file__).parent / "c" / "loops.h"


class Functions:
    """The functions of a file."""

    def __init__(self) -> None:
        self._rows = FunctionWriter()
        self._partials: dict[tuple[Op, int | None], tuple[str, str]] = {}
        self._columns: dict[str, str] = {}

    @property
    def texts(self) -> list[str]:
        """Their definitions, each behind what it calls."""
        own = [*self._rows.texts.values(), *(text for _, text in self._partials.values())]
        helpers = [f"{text}\n" for name, text in HELPERS.items() if any(name in each for each in own)]
        return [*helpers, *own, *self._columns.values()]

    def call(self, function: Any, operands: list[str]) -> str:
        """The call of a row's value or partial (an Origin), of a ufunc, or of what the executor calls so."""
        if isinstance(function, Origin):
            return self._of_row(function, operands)
        name = function.__name__ if isinstance(function, np.ufunc) else str(function)
        if name == "copy":
            return operands[0]
        if name == "negative":
            return f"-{operands[0]}"
        if name == "square":
            return f"{operands[0]} * {operands[0]}"
        if name in _INFIX:
            return f"{operands[0]} {_INFIX[name]} {operands[1]}"
        if name in _MASKED:
            return f"{operands[0]} * ({operands[1]} {_MASKED[name]} {operands[2]})"
        if name not in _OF_UFUNC:
            raise Untranslated(name)
        return self._rows.call(_OF_UFUNC[name].forward, operands)

    def _of_row(self, origin: Origin, operands: list[str]) -> str:
        row = origin.row
        base = row.base or row
        if origin.partial is not None:
            return f"{self._partial(origin)}({', '.join(operands)})"
        if base.forward in OF_OPERATORS:
            return OF_OPERATORS[base.forward].format(x=operands)
        return self._rows.call(base.forward, [*operands, *map(literal, row.baked)])

    def _partial(self, origin: Origin) -> str:
        row = origin.row
        formula, names = _formula(row, origin.partial or 0)
        key = row, origin.partial
        if key not in self._partials:
            name = f"d_{row.name}{len(self._partials)}"
            body = statements(
                [("const double partial", formula)],
                lambda called, given: self._rows.call(OPERATORS[called].forward, given),
            )
            head = f"static inline double {name}({', '.join(f'double {each}' for each in names)})"
            self._partials[key] = name, "\n".join([head, "{", *body, "    return partial;", "}", ""])
        return self._partials[key][0]

    def over_columns(self, name: str) -> str:
        """The name of a function over a column, of operands, their steps from row to row, and the rows."""
        if not self._columns:
            self._columns[""] = "#define CELL(k, row) args[k][(row) * steps[k]]\n"
        self._columns[name] = _over_columns(name)
        return f"{name}_of"


def operands_of(tree: Call) -> list[Any] | None:
    """What the C function of a tree's row is called with: trees and numbers.

    None where the tree does not stem from a row, and where the rule for one number reads more than the tree
    does: its cells may hold another number by now.
    """
    origin = tree.origin
    if origin is None or origin.row.arity is None:
        return None
    if origin.partial is None:
        return list(origin.operands)
    _, names = _formula(origin.row, origin.partial)
    known = dict(zip(_names(origin.row), origin.operands, strict=True), y=origin.value)
    given = [known[name] for name in names]
    read = list(tree.walk())
    if any(name != "y" and known[name] is origin.value for name in names):
        return None  # its result stands where it was
    return given if all(x in read for x in given if isinstance(x, Expression)) else None


def _names(row: Op) -> list[str]:
    return [f"x{i}" if name == "y" else name for i, name in enumerate(row.operands)]


@cache
def _formula(row: Op, partial: int) -> tuple[Symbol, list[str]]:
    """A partial as a formula, and the names in it."""
    names = _names(row)
    formula = as_symbol(row.partials[partial](SYMBOLS, symbol("y"), *map(symbol, names)))
    return formula, [name for name in ("y", *names) if name in formula.names()]


@cache
def _over_columns(name: str) -> str:
    """A function over columns of the executor's, for one column."""
    loops = _LOOPS.read_text(encoding="utf-8")
    found = re.search(rf"^COLUMNS\({name}, \d\)\n\{{\n(.*?)^\}}$", loops, re.MULTILINE | re.DOTALL)
    if found is None:
        raise Untranslated(name)
    head = r"    (enum |\(void\)data|const Py_ssize_t n = )"
    lines = [line for line in found[1].splitlines() if not re.match(head, line)]
    body = "\n".join(lines).replace("    EACH {", "    {").replace("Py_ssize_t", "int")
    return f"static void {name}_of(double *const *args, const int *steps, int rows)\n{{\n{body}\n}}\n"
