"""The line search: its points satisfy the conditions it is named after."""

import math

import numpy as np
import pytest

from nn.optim.line_search import Trial, cubic_minimum, strong_wolfe

LINES = {
    "parabola": (lambda t: (t - 3.0) ** 2, lambda t: 2.0 * (t - 3.0)),
    "steep, then flat": (lambda t: -t / (t * t + 2.0), lambda t: (t * t - 2.0) / (t * t + 2.0) ** 2),
    "waves": (
        lambda t: math.cos(3.0 * t) - 2.0 * t + 0.1 * t * t,
        lambda t: -3.0 * math.sin(3.0 * t) - 2.0 + 0.2 * t,
    ),
    "wall": (lambda t: math.exp(t) - 20.0 * t, lambda t: math.exp(t) - 20.0),
}


@pytest.mark.parametrize("first", [1e-4, 0.5, 30.0])
@pytest.mark.parametrize("name", LINES)
def test_the_step_found_satisfies_the_strong_wolfe_conditions(name, first) -> None:
    loss, along = LINES[name]

    def at(t: float) -> Trial:
        return Trial(t, loss(t), np.array([along(t)]), along(t))

    start = at(0.0)
    found, calls = strong_wolfe(at, start, first, 1.0, 1e-12, 50)
    assert found.loss <= start.loss + 1e-4 * found.t * start.along
    assert abs(found.along) <= -0.9 * start.along
    assert calls < 25


def test_few_calls_give_the_best_point_there_was() -> None:
    tried = []

    def at(t: float) -> Trial:
        tried.append(t)
        return Trial(t, (t - 3.0) ** 2, np.zeros(1), 2.0 * (t - 3.0))

    start = Trial(0.0, 9.0, np.zeros(1), -6.0)
    found, calls = strong_wolfe(at, start, 100.0, 1.0, 1e-12, 0)
    assert (found, calls, tried) == (start, 1, [100.0])


def test_a_cubic_without_a_minimum_gives_the_middle() -> None:
    v = np.zeros(1)
    for a, b in ((Trial(0.0, 0.0, v, -1.0), Trial(1.0, -1.0, v, -1.0)), (Trial(1.0, 0.0, v, 1.0),) * 2):
        assert cubic_minimum(a, b, 0.0, 1.0) in (0.5, 1.0)
    assert cubic_minimum(Trial(0.0, 0.0, v, -1e200), Trial(1.0, 1e200, v, 1e200), 0.0, 1.0) == 0.5
