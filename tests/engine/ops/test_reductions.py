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
