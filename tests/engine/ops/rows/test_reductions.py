"""Rows over sequences in the forms that a library of arrays needs."""

from types import SimpleNamespace

import numpy as np

from engine import norm
from engine.ops import OPERATORS


def test_the_length_in_the_form_of_jax_neither_overflows_nor_vanishes() -> None:
    jax = SimpleNamespace(numpy=np, lax=SimpleNamespace(stop_gradient=lambda x: x))  # NumPy has its names
    length = OPERATORS["norm"].jax
    for xs in ([3.0, -4.0], [0.0, 0.0, 0.0], [1e200, -1e200], [3e-200, 4e-200], [-2.5]):
        with np.errstate(all="raise", under="ignore"):
            assert np.isclose(length(jax, np.array(xs)), norm(xs), rtol=1e-15), xs
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [1e300, 1e300]])
    assert np.allclose(length(jax, rows), [norm(row) for row in rows.tolist()], rtol=1e-15)


def test_a_neutral_operand_changes_neither_the_value_nor_the_partials_of_the_others() -> None:
    rows = [row for row in OPERATORS.values() if row.neutral is not None]
    assert {row.name for row in rows} >= {"prod", "norm", "max", "min", "logsumexp", "log_softmax"}
    for row in rows:
        for xs in [*map(list, row.points), [0.0, -2.0], [1e300, -1e300], [-1e-300]]:
            more = [*xs, row.neutral, row.neutral]
            y = row.forward(xs)
            assert row.forward(more) == y, (row.name, xs)
            assert row.local_gradients(y, more)[: len(xs)] == row.local_gradients(y, xs), (row.name, xs)


def test_a_row_over_a_sequence_is_arithmetic_or_has_a_form_along_an_axis() -> None:
    """Array programs know no third way."""
    assert [
        row.name for row in OPERATORS.values() if row.arity is None and not (row.arithmetic or row.along)
    ] == []
