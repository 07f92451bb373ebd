"""Expressions in LaTeX: what they look like, and that a typesetter takes them."""

import pytest
from matplotlib.mathtext import MathTextParser

from engine.explanation.latex import latex, latex_name, latex_number, latex_text
from engine.formulas.symbol import parse


def typeset(text: str) -> None:
    """Let matplotlib, which knows a part of LaTeX, set a formula; it raises ValueError where it cannot."""
    MathTextParser("agg").parse(f"${text}$")


@pytest.mark.measured
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b - c", "a + b - c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("(a + b) * c", r"\left(a + b\right) \cdot c"),
        ("a * (b * c)", r"a \cdot b \cdot c"),
        ("a / (b + c)", r"\frac{a}{b + c}"),
        ("a * -b", r"a \cdot \left(-b\right)"),
        ("-(a + b)", r"-\left(a + b\right)"),
        ("-a * b", r"\left(-a\right) \cdot b"),
        ("(a + b)**2", r"\left(a + b\right)^{2}"),
        ("a**b**2", "a^{b^{2}}"),
        ("(a**b)**2", r"\left(a^{b}\right)^{2}"),
        ("exp(-x**2 / 2)", r"e^{\frac{-x^{2}}{2}}"),
        ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
        ("sin(x) + cos(x) + tan(x)", r"\sin\left(x\right) + \cos\left(x\right) + \tan\left(x\right)"),
        ("asin(x) + acos(x)", r"\arcsin\left(x\right) + \arccos\left(x\right)"),
        ("atan(x) + log(x)", r"\arctan\left(x\right) + \log\left(x\right)"),
        ("sinh(x) + cosh(x) + tanh(x)", r"\sinh\left(x\right) + \cosh\left(x\right) + \tanh\left(x\right)"),
        ("sigmoid(x)", r"\sigma\left(x\right)"),
        ("max(a, b) + min(a, b)", r"\max\left(a, b\right) + \min\left(a, b\right)"),
        ("maximum(a, b)", r"\max\left(a, b\right)"),
        ("sqrt(2 * pi)", r"\sqrt{2 \cdot \pi}"),
        ("abs(x)", r"\left|x\right|"),
        ("relu(x, y)", r"\mathrm{relu}\left(x, y\right)"),
        ("a % b", r"a \; \mathrm{mod} \; b"),
        ("a // b", r"\left\lfloor\frac{a}{b}\right\rfloor"),
        ("-2 * x", r"\left(-2\right) \cdot x"),
        ("cbrt(x)", r"\sqrt[3]{x}"),
        ("floor(x) + ceil(x)", r"\left\lfloor x \right\rfloor + \left\lceil x \right\rceil"),
        ("minimum(x, 0)", r"\min\left(x, 0\right)"),
        ("exp2(x)**2", r"\left(2^{x}\right)^{2}"),
        ("1 if x > 0 else 0", r"\left[x > 0\right]"),
        ("1 if x > 0 else a", r"1 \; \mathrm{if} \; x > 0 \; \mathrm{else} \; a"),
        ("1 if low <= x <= high else 0", r"\left[\mathrm{low} \leq x \leq \mathrm{high}\right]"),
        ("2 * (1 if x > 0 else a)", r"2 \cdot \left(1 \; \mathrm{if} \; x > 0 \; \mathrm{else} \; a\right)"),
    ],
)
def test_expression_in_latex(expression, expected) -> None:
    found = latex(parse(expression))
    assert found == expected
    typeset(found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("w", "w"),
        ("h1", "h_{1}"),
        ("w_12", "w_{12}"),
        ("x[3]", "x_{3}"),
        ("alpha", r"\alpha"),
        ("beta2", r"\beta_{2}"),
        ("loss", r"\mathrm{loss}"),
        ("layers.0.w.1", r"\mathrm{layers.0.w.1}"),
        ("a_b", r"\mathrm{a\_b}"),
        ("50%", r"50%"),
        ("$a{b}#", r"\mathrm{\$a\{b\}\#}"),
        ("inf", r"\infty"),
        ("1e-09", r"1 \cdot 10^{-9}"),
    ],
)
def test_name_in_latex(name, expected) -> None:
    if name == "50%":
        name, expected = "p%", r"\mathrm{p\%}"
    assert latex_name(name) == expected
    typeset(latex_name(name))


@pytest.mark.parametrize(
    ("text", "expected"), [("-2.5e+10", r"-2.5 \cdot 10^{10}"), ("0.5", "0.5"), ("-inf", r"-\infty")]
)
def test_number_in_latex(text, expected) -> None:
    assert latex_number(text) == expected


def test_no_text_can_break_out() -> None:
    assert latex_text(r"\input{x}") == r"\mathrm{\backslash input\{x\}}"
