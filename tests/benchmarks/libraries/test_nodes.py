"""The nodes of the libraries against finite differences: a peer that computes something else is no peer."""

import math

import numpy as np
import pytest

from benchmarks.libraries.table import LIBRARIES, UnavailableError


@pytest.fixture(params=["chainrule", "micrograd", "microgpt"])
def library(request):
    try:
        return LIBRARIES[request.param].load()
    except UnavailableError as reason:
        pytest.skip(f"{request.param}: {reason}")


def expression(x, y, tanh, exp, log, relu):
    return (
        tanh(x * y) + exp(-x) / 2.0 - log(y) * 3.0 + relu(x - 1.0) + relu(1.0 - x) + (2.0 - y) ** 2 + 1.0 / y
    )


def at(x: float, y: float) -> float:
    return float(expression(x, y, np.tanh, np.exp, np.log, lambda z: max(z, 0.0)))


POINT = (1.3, 0.7)
H = 1e-6
GRADIENTS = (
    (at(POINT[0] + H, POINT[1]) - at(POINT[0] - H, POINT[1])) / (2 * H),
    (at(POINT[0], POINT[1] + H) - at(POINT[0], POINT[1] - H)) / (2 * H),
)


def test_value_and_gradient_are_right(library) -> None:
    x, y = map(library.Value, POINT)
    out = expression(
        x, y, *(lambda z, name=name: getattr(z, name)() for name in ("tanh", "exp", "log", "relu"))
    )
    assert math.isclose(out.data, at(*POINT), rel_tol=1e-14)
    out.backward()
    assert np.allclose([x.grad, y.grad], GRADIENTS, rtol=1e-8)
