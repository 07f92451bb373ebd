"""Formulas in LaTeX's mathematics, as notebooks and Markdown show it.

Only what MathJax, KaTeX and matplotlib have in common is used.
"""

from __future__ import annotations

import re

from engine.explanation.formula import Formula, plain
from engine.formulas.laws import NOTATIONS
from engine.formulas.written import ATOM, CHOICE, COMPARISON, POWER, PRODUCT, SUM, Dialect, Form, written

__all__ = ["latex", "latex_name", "latex_number", "latex_text"]

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|"
    "chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_SPECIAL = {"\\": r"\backslash ", **{c: "\\" + c for c in "&%$#_{}"}, "~": r"\sim ", "^": r"\hat{}"}
_SUBSCRIPTED = re.compile(r"([A-Za-z]+?)_?\[?(\d+)\]?")
_NUMBER = re.compile(r"(-?[\d.]+)e([+-]\d+)")


def latex(formula: Formula, place: int = CHOICE) -> str:
    """A formula in LaTeX, in parentheses where its place asks for them.

    >>> from engine.formulas.symbol import parse
    >>> print(latex(parse("exp(sin(x**2)) / (1 + a_1)")))
    \\frac{e^{\\sin\\left(x^{2}\\right)}}{1 + a_{1}}
    """
    return written(formula, _LATEX, place)


def _call(name: str, operands: list[str]) -> tuple[str, int]:
    """A call: by the form of its row, or as a name before parentheses."""
    form = NOTATIONS[name].latex if name in NOTATIONS else ""
    if "#" not in form:
        return rf"{form or latex_text(name)}\left({', '.join(operands)}\right)", ATOM
    for i, operand in enumerate(operands, 1):
        form = form.replace(f"#{i}", operand)
    return form, POWER if form[1:].startswith("^") else ATOM


def _choice(formula: Formula) -> tuple[str, int] | None:
    test, a, b = formula.operands
    if (plain(a), plain(b)) == ("1", "0"):
        return rf"\left[{latex(test)}\right]", ATOM  # Iverson's bracket
    return None


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


_LATEX = Dialect(
    forms={
        "+": Form("{} + {}", SUM, (SUM, PRODUCT)),
        "-": Form("{} - {}", SUM, (SUM, PRODUCT)),
        "*": Form(r"{} \cdot {}", PRODUCT, (PRODUCT, PRODUCT)),
        "/": Form(r"\frac{{{}}}{{{}}}", PRODUCT, (CHOICE, CHOICE)),
        "//": Form(r"\left\lfloor\frac{{{}}}{{{}}}\right\rfloor", ATOM, (CHOICE, CHOICE)),
        "%": Form(r"{} \; \mathrm{{mod}} \; {}", PRODUCT, (PRODUCT, PRODUCT)),
        "**": Form("{}^{{{}}}", POWER, (ATOM, CHOICE)),
        "neg": Form("-{}", SUM, (PRODUCT,)),
        "where": Form(
            r"{1} \; \mathrm{{if}} \; {0} \; \mathrm{{else}} \; {2}", CHOICE, (COMPARISON, COMPARISON, CHOICE)
        ),
    },
    parentheses=r"\left({}\right)",
    name=latex_name,
    call=_call,
    choice=_choice,
    signs={"<=": r"\leq", ">=": r"\geq", "==": "=", "!=": r"\neq"},
)
