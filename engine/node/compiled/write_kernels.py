"""Writes ``kernels.h``, the rows of the operator table in C, for the compiled node.

Run ``python -m engine.node.compiled.write_kernels`` after a change to a row or to ``engine.floats``; a test
says when that was forgotten. Values come from ``engine.floats``, partials from the rules of the rows. At
import the compiled node compares each kernel with its row, bit for bit, and does without one that differs.
"""

from __future__ import annotations

from pathlib import Path

from engine.files import write_atomically
from engine.formulas.symbol import SYMBOLS
from engine.formulas.symbol import name as symbol
from engine.node.compiled.c_functions import HELPERS, OF_OPERATORS, FunctionWriter
from engine.node.compiled.c_rules import statements
from engine.ops import OPERATORS
from engine.ops.op import Op

__all__ = ["HEADER", "header", "kernel_rows"]

HEADER = Path(__file__).with_name("kernels.h")
"""The file."""

_TOP = f"""\
/* Written by python -m engine.node.compiled.write_kernels from the operator table. Do not edit.
 *
 * Every function here does what the row of its name does, in the same order: no fused operations.
 */
#include <math.h>

{HELPERS["f_pair"]}

/* x: the operands; y: the value; d: the partial by each. They are apart, so that a compiler may compute
 * sin and cos of one number together, which takes 9 ns in place of 15. */
typedef void (*chainrule_kernel)(const double *x, double *y, double *d);

{HELPERS["f_mod_of_python"]}
{HELPERS["f_floor_divide_of_python"]}
"""


def kernel_rows() -> list[Op]:
    """The rows that get a kernel here: those of a fixed number of operands."""
    return [row for row in OPERATORS.values() if row.arity is not None]


def header() -> str:
    """The text of the file."""
    functions = FunctionWriter()
    kernels = [_kernel(row, functions) for row in kernel_rows()]
    table = [
        "/* operands: how many; fixed: baked in if numbers; usual: without those that have defaults. */",
        "typedef struct {",
        "    const char *name;",
        "    int operands, fixed, usual;",
        "    chainrule_kernel all, leading;",
        "} chainrule_row;",
        "",
        "/* all: the partials of every operand; leading: without those of the operands that are baked in. */",
        "static const chainrule_row chainrule_rows[] = {",
        *(_entry(row) for row in kernel_rows()),
        "};",
        "",
        "#define CHAINRULE_ROWS(F) " + " ".join(f"F({row.name})" for row in kernel_rows()),
        "#define CHAINRULE_NUMBER(name) KERNEL_##name,",
        "enum { CHAINRULE_ROWS(CHAINRULE_NUMBER) CHAINRULE_KERNELS };",
    ]
    return _TOP + "\n".join([*functions.texts.values(), *kernels, *table, ""])


def _kernel(row: Op, functions: FunctionWriter) -> str:
    given = [f"x[{i}]" for i in range(len(row.operands))]
    text = OF_OPERATORS.get(row.forward)
    value = functions.call(row.forward, given) if text is None else text.format(x=given)
    texts = []
    for name, count in _variants(row):
        xs = [symbol(f"x[{i}]") for i in range(len(row.operands))]
        partials = row.partials_at(SYMBOLS, symbol("y[0]"), xs)  # type: ignore[arg-type]
        body = statements(
            [(f"d[{i}]", partials[i]) for i in range(count)],
            lambda called, operands: functions.call(OPERATORS[called].forward, operands),
        )
        texts.append(
            f"static void {name}(const double *__restrict x, double *__restrict y, double *__restrict d)\n"
            f"{{\n    y[0] = {value};\n" + "\n".join(body) + "\n}\n"
        )
    return "\n".join(texts)


def _variants(row: Op) -> list[tuple[str, int]]:
    count = len(row.operands)
    leading = [(f"k_{row.name}_leading", count - row.static)] if row.static else []
    return [(f"k_{row.name}", count), *leading]


def _entry(row: Op) -> str:
    names = [name for name, _ in _variants(row)]
    count = len(row.operands)
    return (
        f'    {{"{row.name}", {count}, {row.static}, {count - len(row.defaults)}, {names[0]}, {names[-1]}}},'
    )


if __name__ == "__main__":
    write_atomically(HEADER, header())
