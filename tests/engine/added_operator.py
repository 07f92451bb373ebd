"""A program that looks for everything a row should come with: run in a copy of the sources with rows added.

``python added_operator.py`` prints nothing and ends well where functions, methods, formulas, derivatives of
every kind, lifted forms, the documentation and the kernels of the added rows are there and right.
"""

import inspect
import math
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np

import engine
from engine import Value, detect_anomaly, explain
from engine.explanation.typesetting import markdown
from engine.node.compiled.write_kernels import header
from engine.ops import OPERATORS, operator_table

warnings.simplefilter("error")

assert {"softsign", "logit"} <= set(OPERATORS)


def close(found: float, expected: float) -> None:
    assert math.isclose(found, expected, rel_tol=1e-13), (found, expected)


# functions and methods, on numbers, Values and arrays, with their docstrings
x = Value(0.5, label="x")
close(engine.softsign(0.5), 1 / 3)
for node in (engine.softsign(x), x.softsign(), engine.softsign(x=x)):
    assert node._op == "softsign"
    close(node.data, 1 / 3)
    close(node._local_grads[0], 4 / 9)
assert np.allclose(engine.softsign(np.array([0.5, -3.0])), [1 / 3, -0.75], rtol=1e-13)
assert engine.softsign.__doc__ == Value.softsign.__doc__
assert inspect.getdoc(engine.softsign).startswith("The softsign of Turian")
assert "Reference: Turian" in engine.softsign.__doc__
assert "Partial derivatives: 1 / (1 + abs(x))**2." in engine.softsign.__doc__
assert str(inspect.signature(engine.softsign)) == "(x)"
assert {"softsign", "logit"} <= set(dir(engine)) & set(engine.__all__)

# derivatives of every order: f = x / (1 + x) has f⁽ⁿ⁾ = (-1)ⁿ⁺¹ n! / (1 + x)ⁿ⁺¹ for x > 0
exact = [float((-1) ** (n + 1) * math.factorial(n) * Fraction(2, 3) ** (n + 1)) for n in range(1, 5)]
for found, expected in zip(engine.derivatives(engine.softsign, 0.5, 4)[1:], exact, strict=True):
    close(found, expected)
close(engine.grad(engine.grad(engine.softsign))(0.5), exact[1])
close(engine.jvp(engine.softsign, (0.5,), (1.0,))[1], exact[0])
close(engine.taylor(engine.softsign, 0.5, 3)[3], exact[2] / 6)
assert engine.gradcheck(lambda x: engine.logit(x) * engine.softsign(x), 0.3)

# lifted, for one sample and for many
w = Value(0.25)
for f in (engine.softsign, engine.logit, lambda x: x.softsign() * engine.logit(x)):
    lifted = engine.jit(lambda x: f(w * x))  # noqa: B023 - used at once
    batch = engine.jit(lambda x: f(w * x), batch=True)  # noqa: B023
    samples = [0.5, 1.0, 3.0]
    expected, gradients = [], []
    for sample in samples:
        w.zero_grad()
        node = f(w * sample)
        node.backward()
        expected.append(node.data)
        gradients.append(w.grad)
        w.zero_grad()
        node = lifted(sample)
        node.backward()
        close(node.data, expected[-1])
        close(w.grad, gradients[-1])
    w.zero_grad()
    node = batch(samples)
    node.backward()
    close(node.data, sum(expected) / 3)
    close(w.grad, sum(gradients) / 3)

# formulas and LaTeX
explanation = explain(engine.softsign(x * 2), x)
assert "softsign(v1)" in str(explanation)
assert "1 / (1 + abs(v1))**2" in str(explanation)
assert r"\mathrm{softsign}\left(v_{1}\right)" in markdown(explanation)
assert r"\frac{1}{\left(1 + \left|v_{1}\right|\right)^{2}}" in markdown(explanation)
assert r"\mathrm{logit}\,x" in markdown(explain(engine.logit(x), x))

# advice where nan and infinities arise
with detect_anomaly(mode="report") as report:
    node = engine.logit(Value(1.0)) * 2
    node.backward()
assert "try: compute it from the logits" in str(report.first), report.first

# the documentation and the kernels
assert "| `softsign(x)` | `x / (1 + abs(x))` | `1 / (1 + abs(x))**2` |" in operator_table()
kernels = header()
assert "static void k_softsign(" in kernels
Path("kernels_of_test.c").write_text(kernels + "int main(void) { return chainrule_rows[0].operands == 0; }\n")
