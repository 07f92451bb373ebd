"""A row over a sequence that the lifter does not know by name is lifted by its own forms."""

from dataclasses import replace

import numpy as np
import pytest

import engine
from engine import Value, jit
from engine.errors import TraceError
from engine.floats import arrays
from engine.jit.pipeline import Lifted
from engine.node.functions import call_on_sequence
from engine.ops import OPERATORS
from engine.ops.fields import Along
from engine.ops.op import Op

NORM = Op(
    name="norm_of_sequence",
    operands=("*xs",),
    forward=lambda xs: float(np.sqrt(sum(x * x for x in xs))),
    partials=(lambda m, y, xs: [x / y for x in xs],),
    numpy=lambda np, xs: np.sqrt(np.sum(xs * xs, axis=-1)),
    along=Along(arrays.norm),
    text="sqrt(x1**2 + … + xn**2)",
    partial_text=("xi / y",),
)


@pytest.mark.parametrize("batch", [False, True])
def test_a_new_row_over_a_sequence_lifts(monkeypatch, batch) -> None:
    monkeypatch.setitem(OPERATORS, NORM.name, NORM)
    monkeypatch.setattr(Lifted, "_quickest", lambda self, batched: ("arrays", {}))
    w = [Value(0.5), Value(-1.0), Value(2.0)]

    def f(x):
        return call_on_sequence(NORM, [wi * x for wi in w]) + call_on_sequence(NORM, w)

    result = jit(f, batch=batch)([3.0]) if batch else jit(f)(3.0)
    result.backward()
    size = np.sqrt(0.25 + 1.0 + 4.0)
    assert result.data == pytest.approx(4.0 * size, rel=1e-14)
    assert [v.grad for v in w] == pytest.approx([4.0 * v.data / size for v in w], rel=1e-14)


def test_a_new_row_that_says_nothing_of_arrays_names_the_remedy(monkeypatch) -> None:
    row = replace(NORM, along=None)
    monkeypatch.setitem(OPERATORS, row.name, row)
    monkeypatch.setattr(Lifted, "_quickest", lambda self, batched: ("arrays", {}))
    with pytest.raises(TraceError, match="give its row `arithmetic`, or `along`"):
        jit(lambda xs: call_on_sequence(row, xs))([Value(1.0), Value(2.0)])


def test_the_known_ones_are_all_of_the_table() -> None:
    x = [Value(0.5), Value(-1.0), Value(2.0), Value(0.25)]
    for row in OPERATORS.values():
        if row.arity is None:
            direct, lifted = call_on_sequence(row, x), jit(lambda row=row: call_on_sequence(row, x))()
            engine.zero_grad(x)
            direct.backward()
            expected = [v.grad for v in x]
            engine.zero_grad(x)
            lifted.backward()
            assert [v.grad for v in x] == pytest.approx(expected, rel=1e-12)
            assert lifted.data == pytest.approx(direct.data, rel=1e-12)
