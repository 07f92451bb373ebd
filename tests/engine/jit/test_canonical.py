"""The laws of rewriting, each as a program and the text it comes to."""

import pytest

import engine
from engine import Value, jit

W, V = Value(2.0), Value(3.0)

LAWS = {
    "chains become one sum": (lambda x: x - (W - (V + x)), "x - w + v + x"),
    "a sign is kept": (lambda x: -(x - W), "- x + w"),
    "factors that are numbers": (lambda x: 2.0 * x * W / 4.0, "0.5·x·w"),
    "a square is a product": (lambda x: x**2, "x·x"),
    "a mean is a sum": (lambda x: engine.mean([x, W]), "0.5·x + 0.5·w"),
    "a dot is a sum of products": (lambda x: engine.dot([x, W], [V, x]), "x·v + w·x"),
    "numbers fold": (lambda x: x + Value(2.0).exp() * 0.0 + 1.0 + 1.5, "x +2.5"),
    "equal work is done once": (lambda x: engine.exp(x) + engine.exp(x), "e + e"),
}


@pytest.mark.parametrize("name", LAWS)
def test_law(name) -> None:
    f, expected = LAWS[name]
    lifted = jit(f)
    lifted(1.5)
    _, *lines = lifted.stages["canonical form"].splitlines()
    names, last = {}, ""
    for line in lines:
        ref, text = line.strip().split(" = ", 1)
        text = text.removeprefix("+ ")
        for known in sorted(names, key=len, reverse=True):
            text = text.replace(known, names[known])
        if text.startswith(("input", "captured")):
            value = lifted.graph.captured[int(text.split()[1])] if text.startswith("captured") else None
            text = {id(W): "w", id(V): "v"}.get(id(value), "x")
        names[ref] = "e" if text == "exp(x)" else text
        last = text
    assert last == expected
