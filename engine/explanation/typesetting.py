"""Renders an explanation of a gradient as LaTeX and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from engine.explanation.chain import Chain, Factor, Step
from engine.explanation.formula import Formula, named, plain
from engine.explanation.latex import latex, latex_name, latex_number
from engine.explanation.render import WIDEST, abridged, heading, joined, remarks, rest, whole
from engine.formulas.symbol import Symbol
from engine.formulas.written import PRODUCT
from engine.graph.names import number

__all__ = ["latex_lines", "markdown"]

BESIDE = 75
"""Letters of a node with its formula and its derivative that fit beside each other in a notebook."""


def markdown(explanation: Chain) -> str:
    """The explanation in Markdown, with the mathematics in LaTeX.

    >>> from engine import Value, explain
    >>> x = Value(3.0, label="x")
    >>> print(markdown(explain(x * 2, x)).splitlines()[0])
    **dy/dx = 2 at x = 3**
    """
    parts = [f"**{_escaped(heading(explanation))}**"]
    if len(explanation.paths) and explanation.steps:
        parts.append(f"$$\n{latex_lines(explanation)}\n$$")
    return "\n\n".join([*parts, *map(_escaped, filter(None, remarks(explanation)))])


def _escaped(text: str) -> str:
    """A text that Markdown takes as it is."""
    for letter in "\\`*_[]<>#|$&~":
        text = text.replace(letter, f"\\{letter}")
    return text


def latex_lines(explanation: Chain) -> str:
    """The explanation in LaTeX: an ``aligned`` environment, a line for each node and each form of a product.

    Derivatives stand beside the nodes, or below where a line would be too long to be seen whole.

    >>> from engine import Value, explain
    >>> x = Value(3.0, label="x")
    >>> print(latex_lines(explain(x * 2, x)))
    \\begin{aligned}
    y &= x \\cdot 2 = 6 & \\frac{d y}{d x} &= 2 \\\\
    \\frac{d y}{d x} &= 2
    \\end{aligned}
    """
    e = explanation
    derivative = _fraction(e, e.root, e.variable)
    steps = abridged(e.steps)
    below = any(_width(step) > BESIDE for step in steps if not isinstance(step, str))
    lines = []
    for step in steps:
        if isinstance(step, str):
            lines.append(r"&\;\;\vdots")
            continue
        made = f"{latex_name(step.name)} &= {latex(_shortened(step.formula))} = {_latex(step.node.data)}"
        if below:
            lines.append(made)
        for factor in step.factors:
            symbol, value = latex(_shortened(factor.symbol)), _latex(factor.value)
            equal = value if symbol == value else f"{symbol} = {value}"
            if below:
                lines.append(f"{_latex_derivative(e, factor)} &= {equal}")
            else:
                lines.append(f"{made} & {_latex_derivative(e, factor)} &= {equal}")
                made = "&"
    for i, product in enumerate(e.products, start=1):
        lines += _latex_path(e, i, product, derivative)
    if not e.products or e.paths.count > 1:
        parts = [_latex(path.product) for path in e.shown]
        others = rest(e)
        parts += [r"\cdots" if others is None else _latex(others)] if len(e.shown) < e.paths.count else []
        added = " + ".join(parts).replace("+ -", "- ")
        lines.append(f"{derivative} &= " + " = ".join(filter(None, [added, _latex(e.gradient)])))
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _shortened(formula: Formula) -> Formula:
    """A call with so many of its operands as can be read on a line."""
    if formula.kind != "call":
        return formula
    called, *operands = formula.parts
    shorter = formula
    while len(plain(shorter)) > WIDEST and len(operands) > 1:
        operands.pop()
        shorter = Symbol("call", called, *operands, named("…"))
    return shorter


def _width(step: Step) -> int:
    """About how many letters wide a node is with its derivative beside it."""
    made = len(f"{step.name} = {plain(_shortened(step.formula))} = {number(step.node.data)}")
    derivatives = (
        len(f"{max(factor.head, factor.tail, key=len)} = {plain(_shortened(factor.symbol))} = ")
        + len(number(factor.value))
        for factor in step.factors
    )
    return made + max(derivatives, default=0)


def _latex_path(e: Chain, i: int, product: Sequence[Factor], derivative: str) -> list[str]:
    start = derivative if e.paths.count == 1 else e.name_of_path(i)
    kept = [factor for factor in product if not factor.is_one]
    times, dots = r" \cdot ", r"\cdots"
    forms = [
        joined(product, lambda factor: _latex_derivative(e, factor), times, dots),
        joined(kept, lambda factor: latex(factor.symbol, PRODUCT), times, dots),
        joined(kept, lambda factor: latex(factor.longest, PRODUCT), times, dots) if whole(product) else "",
        joined(kept, lambda factor: _latex_signed(factor.value), times, dots),
        _latex(e.shown[i - 1].product),
    ]  # fmt: skip
    forms = [form for form in dict.fromkeys(forms) if form and form != start]
    return [f"{start} &= {forms[0]}", *(f"&= {form}" for form in forms[1:])]


def _fraction(e: Chain, of: str, by: str) -> str:
    d = r"\partial" if e.partial else "d"
    return rf"\frac{{{d} {latex_name(of)}}}{{{d} {latex_name(by)}}}"


def _latex_derivative(e: Chain, factor: Factor) -> str:
    fraction = _fraction(e, factor.head, factor.tail)
    return rf"\left({fraction}\right)_{{{factor.slot}}}" if factor.slot else fraction


def _latex(value: float) -> str:
    return latex_number(number(value))


def _latex_signed(value: float) -> str:
    return rf"\left({_latex(value)}\right)" if value < 0 else _latex(value)
