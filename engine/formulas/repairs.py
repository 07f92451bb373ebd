"""Repairs of formulas written as mathematics or Python has them: ``x^2``, ``2x``, ``a if c else b``.

A parser that refuses a formula asks here what was meant. It does not compute what is guessed here: it says
it, and the person decides.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import reduce
from typing import NamedTuple

__all__ = ["ALIASES", "Repair", "meant", "repair"]

ALIASES = {
    "ln": "log", "lg": "log10", "tg": "tan", "arctan": "atan", "arcsin": "asin", "arccos": "acos",
    "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "sgn": "sign",
    "sig": "sigmoid", "logistic": "sigmoid", "heaviside": "step", "absolute": "abs", "fabs": "abs",
    "power": "pow", "σ": "sigmoid", "fmax": "maximum", "fmin": "minimum", "logaddexp": "logsumexp",
}  # fmt: skip
"""Names that functions have elsewhere."""

SIGNS = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">="}
"""Signs of print, and those of a keyboard."""

NAMES = {"π": "pi", "τ": "tau"}
ROOTS = {"√": "sqrt", "∛": "cbrt"}
_PRINTED = {**SIGNS, **NAMES, **ROOTS}

_UP = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_KEYWORDS = {"if", "else", "and", "or", "not", "in", "is", "lambda", "for"}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<up>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)|(?P<name>[πτ]|[^\W\d](?:(?![⁰¹²³⁴⁵⁶⁷⁸⁹])\w)*)|(?P<sign>\*\*|//|[<>=!]=|.)",
    re.DOTALL,
)
_MODULES = {"np", "numpy", "math", "torch", "jnp", "jax", "engine", "chainrule", "F", "nn"}
_LONGEST = 400


class Repair(NamedTuple):
    """What was probably meant, and why the formula was not read so.

    Attributes:
        text: the formula as it can be read.
        reasons: a clause for each thing that was changed.
    """

    text: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"write {self.text}: {'; '.join(self.reasons)}"


def repair(text: str, functions: Collection[str], names: Collection[str] = ()) -> Repair | None:
    """What a formula that was refused may mean; None where nothing is known that helps.

    Args:
        text: the formula.
        functions: the names of functions that there are.
        names: those of variables that have a number.

    >>> print(repair("2x^2", {"sin"}, {"x"}))
    write 2*x**2: a product needs its *; a power is **, ^ is Python's exclusive or
    >>> repair("x if x > 0 else 0", {"where"}).text
    'where(x > 0, x, 0)'
    >>> repair("x + 1", set()) is None
    True
    """
    if len(text) > _LONGEST:
        return None
    reasons: dict[str, None] = {}
    fixed = _with_points(_without_name(text.strip(), reasons), reasons)
    fixed = _sizes(_products(fixed, functions, names, reasons), reasons)
    tree = _parsed(fixed)
    if tree is None:
        return None
    changer = _Changer(functions, reasons)
    changed = changer.visit(tree)
    if changer.count:
        fixed = ast.unparse(changed)
    return Repair(fixed, tuple(reasons)) if reasons else None


def meant(name: str, functions: Collection[str], names: Collection[str]) -> str:
    """What a name without a number may stand for; empty where nothing is known.

    >>> meant("xy", {"sin"}, {"x", "y"}), meant("sinx", {"sin"}, {"x", "y"}), meant("wait", {"sin"}, {"wat"})
    ('x*y', 'sin(x)', 'wat')
    """
    if name in NAMES:
        return NAMES[name]
    if len(name) > 1 and all(letter in names for letter in name):
        return "*".join(name)
    for function in functions:
        rest = name.removeprefix(function)
        if rest != name and rest in names:
            return f"{function}({rest})"
    return next(iter(get_close_matches(name, names, n=1)), "")


def _parsed(text: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_name(text: str, reasons: dict[str, None]) -> str:
    """Leave out the name that a formula is given: ``y = x + 1``, ``f(x) = x + 1``."""
    found = re.match(r"\s*([^\W\d]\w*\s*(?:\(\s*\w+(?:\s*,\s*\w+)*\s*\))?)\s*=(?!=)", text)
    if found is None:
        return text
    reasons[f"the formula stands alone, without {found[1].strip()} ="] = None
    return text[found.end() :].strip()


def _with_points(text: str, reasons: dict[str, None]) -> str:
    """Decimal points for commas, where these do not part the items of anything."""
    if not re.search(r"\d,\d", text) or "(" in text or "[" in text:
        return text
    reasons["the decimal sign is a point"] = None
    return re.sub(r"(\d),(\d)", r"\1.\2", text)


def _products(text: str, functions: Collection[str], names: Collection[str], reasons: dict[str, None]) -> str:
    """Put in the signs that were left out, and put Python's for others."""
    parts: list[str] = []
    before, last, spaced = "", "", False  # kind and text of the last token, and whether a space follows it
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found[0]
        if kind == "space":
            spaced = True
            parts.append(token)
            continue
        if kind == "up":
            reasons["a power is **"] = None
            power = token.translate(_UP)
            parts.append(f"**{power}" if power.isdigit() else f"**({power})")
            before, last, spaced = "number", token, False
            continue
        if token == "^":
            reasons["a power is **, ^ is Python's exclusive or"] = None
            token = "**"
        elif token in _PRINTED and not (token in NAMES and token in names):
            reasons[f"{token} is {_PRINTED[token]}"] = None
            kind, token = "name" if token in ROOTS else kind, _PRINTED[token]
        if before == "name" and last in functions and kind in ("name", "number"):
            reasons["a function takes parentheses"] = None
            if spaced:
                parts.pop()
            parts += ["(", token, ")"]
            before, last, spaced = "sign", ")", False
            continue
        if _is_product(before, last, kind, token, functions, names):
            reasons["a product needs its *"] = None
            if spaced:
                parts.pop()
            parts.append("*")
        parts.append(token)
        before, last, spaced = kind, token, False
    return "".join(parts)


def _is_product(
    before: str, last: str, kind: str, token: str, functions: Collection[str], names: Collection[str]
) -> bool:
    """Whether a sign was left out between two tokens."""
    if last in _KEYWORDS or token in _KEYWORDS:
        return False
    starts = kind in ("number", "name") or token == "("
    if last == ")" or before == "number":
        return starts
    if before == "name":
        if token == "(":
            return last not in functions and last in names
        return starts and last not in functions
    return False


def _sizes(text: str, reasons: dict[str, None]) -> str:
    """``|x|`` as ``abs(x)``, where the bars come in one pair."""
    inner = re.fullmatch(r"([^|]*)\|([^|]+)\|([^|]*)", text)
    if inner is None:
        return text
    reasons["a size is abs(…)"] = None
    times = "*" if re.search(r"[\w)]\s*$", inner[1]) else ""
    return f"{inner[1]}{times}abs({inner[2]}){inner[3]}"


class _Changer(ast.NodeTransformer):
    """Puts the language's forms for Python's and those of other libraries."""

    def __init__(self, functions: Collection[str], reasons: dict[str, None]) -> None:
        self.functions, self.reasons = functions, reasons
        self.count = 0

    def _changed(self, reason: str, node: ast.expr) -> ast.expr:
        self.reasons[reason] = None
        self.count += 1
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        call = _call("where", node.test, node.body, node.orelse)
        return self._changed("a choice is where(condition, a, b)", call)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _MODULES:
                known = name if name in self.functions else ALIASES.get(name)
                if known is not None and known in self.functions:
                    call = _call(known, *node.args)
                    return self._changed("functions go by their names alone", call)
            case ast.Attribute(value=value, attr=name) if name in self.functions:
                return self._changed("functions come before their operands", _call(name, value, *node.args))
            case ast.Name(id=name) if name not in self.functions and ALIASES.get(name) in self.functions:
                call = _call(ALIASES[name], *node.args)
                return self._changed(f"{name} is called {ALIASES[name]}", call)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.And):
            return self._changed("comparisons are 1 or 0, so `and` is a product", _product(node.values))
        return self._changed("comparisons are 1 or 0, so `or` is the larger", _call("max", *node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            one = ast.BinOp(ast.Constant(1), ast.Sub(), node.operand)
            return self._changed("comparisons are 1 or 0, so `not c` is 1 - c", one)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        operands = [node.left, *node.comparators]
        pairs = [
            self._one(ast.Compare(a, [op], [b]))
            for a, op, b in zip(operands, node.ops, operands[1:], strict=False)
        ]
        if len(pairs) == 1:
            return pairs[0]
        return self._changed("comparisons are of two, and are 1 or 0", _product(pairs))

    def _one(self, node: ast.Compare) -> ast.expr:
        if not isinstance(node.ops[0], ast.NotEq):
            return node
        equal = ast.Compare(node.left, [ast.Eq()], node.comparators)
        return self._changed("a != b is 1 - (a == b)", ast.BinOp(ast.Constant(1), ast.Sub(), equal))


def _product(values: Iterable[ast.expr]) -> ast.expr:
    return reduce(lambda product, value: ast.BinOp(product, ast.Mult(), value), values)


def _call(name: str, *operands: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name), list(operands), [])
