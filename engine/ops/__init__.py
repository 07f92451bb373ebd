"""The table of operators: everything the engine can compute and differentiate.

Adding a row here adds its function, its method, its tests and its line in the documentation.

>>> OPERATORS["tanh"].partial_text
('1 - y**2',)
"""

from engine.ops import activations, arithmetic, elementary, reductions
from engine.ops import comparisons as choices
from engine.ops.op import Op, publish

__all__ = ["OPERATORS", "find", "operator_table"]

OPERATORS: dict[str, Op] = {
    row.name: row
    for group in (arithmetic, elementary, activations, choices, reductions)
    for row in group.ROWS
}
"""Every row, by name."""

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


def operator_table() -> str:
    """The table as Markdown, as it stands in the README."""
    lines = ["| operator | value | partial derivatives |", "|---|---|---|"]
    for row in OPERATORS.values():
        operands = ", ".join(row.operands) if row.arity else "xs"
        partials = "; ".join(row.partial_text)
        lines.append(f"| `{row.name}({operands})` | {_cell(row.text)} | {_cell(partials)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"
