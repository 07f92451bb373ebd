"""Explanations in LaTeX and in Markdown."""

import pytest
from matplotlib.mathtext import MathTextParser

from engine import Value, explain, tanh
from nn import MLP
from tests.engine.explanation.test_explain import lecture
from tests.engine.explanation.test_render import two_paths


def test_s_chain_in_latex_is_the_formula_of_the_lecture() -> None:
    latex = explain(*lecture()).to_latex()
    assert r"\frac{d y}{d x} &= \frac{d y}{d u} \cdot \frac{d u}{d v} \cdot \frac{d v}{d x} \\" in latex
    assert r"&= e^{\sin\left(x^{2}\right)} \cdot \cos\left(x^{2}\right) \cdot 2 \cdot x \\" in latex
    assert latex.startswith("\\begin{aligned}\n")
    assert latex.endswith("\n\\end{aligned}")


def test_markdown_has_a_title_and_mathematics() -> None:
    text = explain(*lecture()).to_markdown()
    assert text.startswith("**dy/dx = 0.843631 at x = 1.2**\n\n$$\n\\begin{aligned}\n")
    assert text.endswith("\\end{aligned}\n$$")
    assert explain(*lecture())._repr_markdown_() == text
    assert explain(*lecture())._repr_latex_().startswith("$$\n\\begin{aligned}")


def test_markdown_escapes_labels() -> None:
    x = Value(1.0, label="a*b_c|d")
    assert explain(x.exp(), x).to_markdown().startswith(r"**dy/da\*b\_c\|d = ")
    zero = Value(0.0, label="<b>")
    assert r"d\<b\>" in explain((zero * zero) * 2.0, zero).to_markdown().splitlines()[-1]


@pytest.mark.unmeasured
def test_every_line_of_latex_can_be_set() -> None:
    parser = MathTextParser("agg")
    w = Value(0.5, label="layers.0.w_1")
    awkward = (w % 0.3 + abs(w) ** w).leaky_relu(0.2).sigmoid() / (w * w).log()
    for explained in (explain(*lecture()), explain(*two_paths()), explain(awkward, w, k=10)):
        lines = explained.to_latex().splitlines()[1:-1]
        for line in lines:
            for part in line.removesuffix(r" \\").replace("&", "").split(r"\;\;"):
                if part.strip():
                    parser.parse(f"${part.strip().replace(chr(92) + 'vdots', '.')}$")


def test_in_a_network_derivatives_stand_below_and_no_line_is_wide() -> None:
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    found = explain((model([0.5, -1.0]) - 1.0) ** 2, model.layers[0].neurons[0].w[1]).to_latex()
    names = [r"\mathrm{layers.1.neurons.0.w." + f"{i}" + "}" for i in range(4)]
    assert rf"{names[0]}, \ldots\right" in found
    assert not any(name in found for name in names[1:])
    assert "& " not in found.replace("&= ", "")  # one column
    assert r"\\ \frac{\partial v_{2}}" not in found
    short = explain(*lecture()).to_latex()
    assert r" & \frac{d u}{d v} &= " in short


def test_long_chain_and_operands_used_twice_are_told_as_in_text() -> None:
    root = x = Value(3.0, label="x")
    for _ in range(100):
        root = tanh(root)
    assert r"\vdots" in explain(root, x).to_latex()
    assert r"\cdots" in explain(root, x).to_latex()
    assert r"\left(\frac{d y}{d x}\right)_{2}" in explain(x * x, x).to_latex()
