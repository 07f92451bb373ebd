"""Expressions in LaTeX's mathematics, as notebooks and Markdown show it.

Only what MathJax, KaTeX and matplotlib have in common is used.
"""

from __future__ import annotations

import ast
import re

from engine.explanation.formula import Formula, plain

__all__ = ["latex", "latex_name", "latex_number", "latex_text"]

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tightly parts hold together; what holds less than its place asks for gets parentheses."""

_FUNCTIONS = {
    name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "log")
} | {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "sigmoid": r"\sigma"}

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|"
    "chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_SPECIAL = {"\\": r"\backslash ", **{c: "\\" + c for c in "&%$#_{}"}, "~": r"\sim ", "^": r"\hat{}"}
_SUBSCRIPTED = re.compile(r"([A-Za-z]+?)_?\[?(\d+)\]?")
_NUMBER = re.compile(r"(-?[\d.]+)e([+-]\d+)")


def latex(expression: Formula, place: int = _SUM) -> str:
    """An expression in LaTeX, in parentheses where its place asks for them.

    >>> from engine.explanation.formula import named
    >>> print(latex(ast.parse("exp(sin(x**2)) / (1 + a_1)", mode="eval").body))
    \\frac{e^{\\sin\\left(x^{2}\\right)}}{1 + a_{1}}
    """
    text, holds = _written(expression)
    return rf"\left({text}\right)" if holds < place else text


def _written(expression: Formula) -> tuple[str, int]:
    match expression:
        case ast.Name(id=name):
            return latex_name(name), _ATOM
        case ast.Constant(value=value):
            return str(value), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{latex(operand, _PRODUCT)}", _SUM
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(left, operator, right)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _function(name, arguments)
        case ast.IfExp(test=test, body=ast.Constant(value=1), orelse=ast.Constant(value=0)):
            return rf"\left[{latex_text(plain(test))}\right]", _ATOM  # Iverson's bracket
    return latex_text(plain(expression)), _SUM


def _binary(left: Formula, operator: ast.operator, right: Formula) -> tuple[str, int]:
    match operator:
        case ast.Add():
            return f"{latex(left)} + {latex(right, _PRODUCT)}", _SUM
        case ast.Sub():
            return f"{latex(left)} - {latex(right, _PRODUCT)}", _SUM
        case ast.Mult():
            return rf"{latex(left, _PRODUCT)} \cdot {latex(right, _PRODUCT)}", _PRODUCT
        case ast.Div():
            return rf"\frac{{{latex(left)}}}{{{latex(right)}}}", _PRODUCT
        case ast.Pow():
            return f"{latex(left, _ATOM)}^{{{latex(right)}}}", _POWER
    return rf"{latex(left, _PRODUCT)} \; \mathrm{{mod}} \; {latex(right, _PRODUCT)}", _PRODUCT


def _function(name: str, arguments: list[Formula]) -> tuple[str, int]:
    inside = ", ".join(map(latex, arguments))
    if name == "exp" and len(arguments) == 1:
        return f"e^{{{inside}}}", _POWER
    if name == "sqrt":
        return rf"\sqrt{{{inside}}}", _ATOM
    if name == "abs":
        return rf"\left|{inside}\right|", _ATOM
    return rf"{_FUNCTIONS.get(name) or latex_text(name)}\left({inside}\right)", _ATOM


def latex_name(name: str) -> str:
    """A name or a number: one letter slanted, digits after letters below the line, Greek as Greek.

    >>> print(*map(latex_name, ["x", "h12", "alpha", "loss", "1e-09"]))
    x h_{12} \\alpha \\mathrm{loss} 1 \\cdot 10^{-9}
    """
    if name in ("…", "..."):
        return r"\ldots"
    if name in ("inf", "nan"):
        return r"\infty" if name == "inf" else r"\mathrm{nan}"
    if name[:1].isdigit():
        return latex_number(name)
    if indexed := _SUBSCRIPTED.fullmatch(name):
        return f"{latex_name(indexed[1])}_{{{indexed[2]}}}"
    if _GREEK.fullmatch(name):
        return rf"\{name}"
    return name if len(name) == 1 and name.isalpha() else latex_text(name)


def latex_number(text: str) -> str:
    """A printed number, with a power of ten where it has an exponent.

    >>> print(latex_number("-2.5e+10"))
    -2.5 \\cdot 10^{10}
    """
    found = _NUMBER.fullmatch(text)
    return rf"{found[1]} \cdot 10^{{{int(found[2])}}}" if found else text.replace("inf", r"\infty")


def latex_text(text: str) -> str:
    """Any text, upright, with what LaTeX gives a meaning escaped.

    >>> print(latex_text("layers.0_w"))
    \\mathrm{layers.0\\_w}
    """
    escaped = "".join(_SPECIAL.get(letter, r"\ " if letter == " " else letter) for letter in text)
    return rf"\mathrm{{{escaped}}}"
