"""A step of Adam: the numbers of the paper's formulas, and in both forms the same to the last bit."""

import math

import numpy as np
import pytest

from engine.node import steps

FORMS = {"offered": steps.adam_step, "plain": steps.plain_adam_step}
BETAS, LR, EPS = (0.9, 0.999), 0.01, 1e-8


def vectors(seed: int, count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    theta, g, m = rng.normal(size=(3, count))
    return [theta, g, m, rng.uniform(0.0, 1e-3, count), rng.uniform(0.0, 1e-3, count)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("with_largest", [False, True])
def test_the_formulas_number_by_number(form, with_largest) -> None:
    theta, g, m, v, largest = vectors(0, 7)
    before = [each.copy() for each in (theta, g, m, v, largest)]
    corrections = 1 - BETAS[0] ** 3, 1 - BETAS[1] ** 3
    found = FORMS[form](theta, g, m, v, BETAS, corrections, LR, EPS, largest if with_largest else None)
    for i, (p, slope, mean, square, most) in enumerate(zip(*before, strict=True)):
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        used = max(most, square) if with_largest else square
        step = LR * (mean / (1 - 0.9**3)) / (math.sqrt(used / (1 - 0.999**3)) + EPS)
        assert found[i] == pytest.approx(p - step, rel=1e-13)
        assert (m[i], v[i]) == pytest.approx((mean, square), rel=1e-13)
    np.testing.assert_array_equal(theta, before[0])
    np.testing.assert_array_equal(g, before[1])


@pytest.mark.parametrize("count", [0, 1, 2, 5, 337])
@pytest.mark.parametrize("with_largest", [False, True])
def test_both_forms_give_the_same_bits(count, with_largest) -> None:
    results = []
    for form in FORMS.values():
        theta, g, m, v, largest = vectors(count, count)
        g[: count // 5] = [math.nan, math.inf, -math.inf, 0.0, 1e-200][: count // 5] + [1e200] * (
            count // 5 - 5
        )
        largest[::7] = math.nan
        with np.errstate(all="ignore"):
            for t in range(1, 4):
                corrections = 1 - BETAS[0] ** t, 1 - BETAS[1] ** t
                theta = form(theta, g, m, v, BETAS, corrections, LR, EPS, largest if with_largest else None)
        results.append([theta, m, v, largest])
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


WRONG = {
    "another length": lambda given: given.__setitem__(1, np.zeros(2)),
    "singles": lambda given: given.__setitem__(2, np.zeros(3, np.float32)),
    "a list": lambda given: given.__setitem__(3, [0.0, 0.0, 0.0]),
}


@pytest.mark.skipif(steps.adam_step is steps.plain_adam_step, reason="of the compiled form")
@pytest.mark.parametrize("name", WRONG)
def test_other_vectors_are_refused(name) -> None:
    given = [np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)]
    WRONG[name](given)
    with pytest.raises((TypeError, ValueError)):
        steps.adam_step(*given, BETAS, (0.1, 0.1), LR, EPS)
