"""The table of operators: everything the engine can compute and differentiate.

Adding a row here adds its function, its method, its tests and its line in the documentation.

>>> OPERATORS["tanh"].partial_formulas
('1 - y**2',)
"""

from engine.ops.namespaces import publish
from engine.ops.op import Op
from engine.ops.rows import (
    activations,
    arithmetic,
    comparisons,
    exponentials,
    reductions,
    tails,
    trigonometry,
)

__all__ = ["OPERATORS", "alike", "find", "operator_table"]

OPERATORS: dict[str, Op] = {
    row.name: row
    for group in (arithmetic, exponentials, trigonometry, tails, activations, comparisons, reductions)
    for row in group.ROWS
}
"""Every row, by name."""

_BY_SYMBOL = {row.shown: row for row in OPERATORS.values()}

for _row in OPERATORS.values():
    publish(_row)


def find(name: str, baked: tuple[float, ...] = ()) -> Op:
    """The row of that name, with its static operands baked in if any are given.

    Raises:
        KeyError: no row is called that.

    >>> find("pow", (2.0,)).shown
    '**2'
    """
    row = OPERATORS[name]
    return row.bind(*baked) if baked else row


def alike(row: Op) -> Op:
    """The row of the table with the symbol of a row; for a node built by hand the one that its text means.

    >>> from engine.ops.op import custom_op_row
    >>> alike(find("pow", (2.0,))).name, alike(custom_op_row("+")).name, alike(custom_op_row("mine")).name
    ('pow', 'add', 'mine')
    """
    base = row.base or row
    return _BY_SYMBOL.get(base.shown, base)


def operator_table() -> str:
    """The table as Markdown, as it stands in docs/operators.md."""
    lines = ["| operator | value | partial derivatives |", "|---|---|---|"]
    for row in OPERATORS.values():
        operands = ", ".join(name.removeprefix("*") for name in row.operands)
        partials = "; ".join(row.partial_formulas)
        lines.append(f"| `{row.name}({operands})` | {_cell(row.text)} | {_cell(partials)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"
