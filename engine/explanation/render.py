"""Renders an explanation of a gradient as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from engine.explanation.chain import Chain, Factor, Step
from engine.explanation.formula import Formula, plain
from engine.explanation.paths import hooks_left_out
from engine.formulas.written import PRODUCT, TEXT, written
from engine.graph.names import aligned, count_text, lifted_remark, number

__all__ = ["WIDEST", "abridged", "as_formula", "heading", "joined", "remarks", "rest", "text", "whole"]

LONGEST, ENDS = 12, 4
"""Factors of a product, and nodes, that are written out; of more, so many at each end."""

WIDEST = 50
"""Characters of a node's formula; a longer one is cut."""

LONGEST_LINE = 100
"""Characters of a product in the variable alone; where it is longer it would not be read."""


def text(explanation: Chain) -> str:
    """The explanation as lines of text; the form that ``print`` shows.

    >>> from engine import Value, explain
    >>> x = Value(3.0, label="x")
    >>> print(text(explain(x * 2, x)))
    dy/dx = 2 at x = 3
    <BLANKLINE>
      y = x·2  = 6  dy/dx = 2
    <BLANKLINE>
      dy/dx = 2
    """
    lines = [heading(explanation)]
    if explanation.steps and len(explanation.paths):
        lines += ["", *_indented(aligned(_table(explanation), "llll"))]
        for i, product in enumerate(explanation.products, start=1):
            lines += ["", *_path_lines(explanation, i, product)]
        lines += _sum_lines(explanation)
    return "\n".join([*lines, *remarks(explanation)])


def heading(explanation: Chain) -> str:
    """The first line: the derivative, its number, where, and from how many paths."""
    e = explanation
    at = f"{_whole_derivative(e)} = {number(e.gradient)} at {e.variable} = {number(e.value)}"
    if not len(e.paths):
        return f"{at}: {e.root} was not made of {e.variable}"
    if e.paths.count == 1:
        return at
    listed = len(e.shown)
    some = f"; the {f'{listed} ' if listed > 1 else ''}largest:" if listed < e.paths.count else ":"
    return f"{at}, the sum of {count_text(e.paths.count)}{some}"


def _whole_derivative(e: Chain) -> str:
    d = "∂" if e.partial else "d"
    return f"{d}{e.root}/{d}{e.variable}"


def _derivative(e: Chain, factor: Factor) -> str:
    d = "∂" if e.partial else "d"
    slot = f"[{factor.slot}]" if factor.slot else ""
    return f"{d}{factor.head}/{d}{factor.tail}{slot}"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}".rstrip() for line in lines]


def abridged(steps: Sequence[Step]) -> list[Step | str]:
    """The steps, or of many those at both ends with a remark between them."""
    if len(steps) <= LONGEST:
        return list(steps)
    return [*steps[:ENDS], f"… {len(steps) - 2 * ENDS} more nodes …", *steps[-ENDS:]]


def _table(e: Chain) -> list[list[str]]:
    rows = []
    for step in abridged(e.steps):
        if isinstance(step, str):
            rows.append([step, "", "", ""])
            continue
        made = [_cut(f"{step.name} = {plain(step.formula)}"), f"= {number(step.node.data)}"]
        for factor in step.factors:
            symbol, value = plain(factor.symbol), number(factor.value)
            rows.append(
                [*made, f"{_derivative(e, factor)} = {symbol}", "" if symbol == value else f"= {value}"]
            )
            made = ["", ""]
    return rows


def _cut(formula: str) -> str:
    """A formula that leaves room for what stands beside it: of a sum of many weights, its beginning."""
    return formula if len(formula) <= WIDEST else formula[: WIDEST - 1] + "…"


def _path_lines(e: Chain, i: int, product: Sequence[Factor]) -> list[str]:
    """The product of one path, in symbols and in numbers, a form to a line."""
    path = e.shown[i - 1]
    alone = e.paths.count == 1
    start = _whole_derivative(e) if alone else f"path {i}"
    kept = [factor for factor in product if not factor.is_one]
    forms = [
        joined(product, lambda factor: _derivative(e, factor)),
        joined(kept, lambda factor: _in_product(factor.symbol)),
        whole(product),
        joined(kept, lambda factor: _signed(factor.value)),
        number(path.product),
    ]
    forms = [form for form in dict.fromkeys(forms) if form and form != start]
    indent = " " * len(start)
    return _indented([f"{start} = {forms[0]}", *(f"{indent} = {form}" for form in forms[1:])])


def whole(product: Sequence[Factor]) -> str:
    """The product in the variable alone, with nothing left to look up; empty where that is too long."""
    if len(product) > LONGEST or any(factor.whole is None for factor in product):
        return ""
    kept = [factor for factor in product if not factor.is_one]
    line = joined(kept, lambda factor: _in_product(factor.longest))
    return line if len(line) <= LONGEST_LINE else ""


def as_formula(e: Chain) -> str:
    """The derivative as a sum of products of local gradients; empty where there are many paths, or long ones.

    >>> from engine import Value, explain
    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> as_formula(explain(x * y - x, x))
    'y - 1'
    """
    if not e.products or len(e.products) != e.paths.count or max(map(len, e.products)) > LONGEST:
        return ""
    terms = []
    for product in e.products:
        kept = [factor for factor in product if not factor.is_one]
        terms.append(joined(kept, lambda factor: _in_product(factor.symbol)))
    line = " + ".join(terms).replace("+ (-1)", "- 1").replace("- 1 · ", "- ")
    return line if len(line) <= LONGEST_LINE else ""


def joined(
    factors: Sequence[Factor], form: Callable[[Factor], str], times: str = " · ", dots: str = "…"
) -> str:
    """Factors multiplied, each in some form; of many, those at both ends; 1 where there are none."""
    if len(factors) > LONGEST:
        between = f"{dots} {len(factors) - 2 * ENDS} more {dots}" if dots == "…" else dots
        return times.join([*map(form, factors[:ENDS]), between, *map(form, factors[-ENDS:])])
    return times.join(map(form, factors)) or "1"


def _in_product(formula: Formula) -> str:
    loose = formula.kind in ("+", "-", "/", "//", "%") or plain(formula).startswith("-")
    return f"({plain(formula)})" if loose else written(formula, TEXT, PRODUCT)


def _signed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _sum_lines(e: Chain) -> list[str]:
    """The products added up, where there are several."""
    if e.paths.count == 1:
        return []
    parts = [number(path.product) for path in e.shown]
    others = e.paths.count - len(e.shown)
    if others:
        name = "the other path" if others == 1 else f"the other {count_text(others)}"
        found = rest(e)
        parts.append(name if found is None else f"{number(found)} ({name})")
    added = " + ".join(parts).replace("+ -", "- ")
    return ["", f"  {_whole_derivative(e)} = {added} = {number(e.gradient)}"]


def rest(e: Chain) -> float | None:
    """The sum of the paths not shown; 0 where it is only rounding, None where infinite ones leave it open."""
    others = e.gradient - sum(path.product for path in e.shown)
    if math.isnan(others):
        return None
    return 0.0 if abs(others) <= 1e-12 * (e.paths.positive - e.paths.negative) else others


def remarks(e: Chain) -> list[str]:
    """Remarks: what was left out, and why the gradient is 0 or not finite."""
    lines = []
    if {factor.is_one for product in e.products for factor in product} == {True, False}:
        lines.append("Factors of 1 are left out of the products.")
    longest = max(e.products, key=len, default=[])
    if len(longest) > LONGEST and not _special(e):
        path = e.shown[e.products.index(longest)]
        lines.append(f"Abridged: the path has {len(path):,} factors; the smallest is {path.narrowest()}.")
    lines += [hooks_left_out(e.paths.hooked)] if e.paths.hooked else []
    lines += lifted_remark(e.paths.between.nodes)
    lines += _special(e)
    return ["", *lines] if lines else []


def _special(e: Chain) -> list[str]:
    """Why the gradient is 0 or not finite, where a factor shows it."""
    if not e.products or (e.gradient and math.isfinite(e.gradient)):
        return []
    if e.gradient == 0:
        if e.paths.positive or e.paths.negative:
            return ["It is 0 because positive and negative products cancel."]
        culprits = [next((f for f in product if f.value == 0), None) for product in e.products]
        what = "a factor of 0 kills the path"
    else:
        culprits = [next((f for f in product if not math.isfinite(f.value)), None) for product in e.products]
        what = f"the factor that makes it {'nan' if e.gradient != e.gradient else 'infinite'}"
    found = dict.fromkeys(f for f in culprits if f is not None)
    return [
        f"{what[0].upper()}{what[1:]}: {_derivative(e, f)} = {plain(f.symbol)} = {number(f.value)}."
        for f in found
    ]
