"""E-1 to E-4 and E-7: the check exposes each slip from any seed, and the right forms are the derivatives."""

import numpy as np

from demos.errata.slips import SLIPS
from tests.demos.oracle import complex_gradient, sigmoid


def assert_exposed(name, *expected) -> None:
    """The check names line and slip of each slip of a name, and passes its right form, from any seed."""
    slips = [slip for slip in SLIPS if slip.name == name]
    for slip, (line, kind) in zip(slips, expected, strict=True):
        for seed in range(5):
            report = slip.checked(False, np.random.default_rng(seed))
            assert (report.first_wrong.line, report.slip) == (line, kind), (seed, str(report))
            assert slip.checked(True, np.random.default_rng(seed)).ok


def test_e_1_gradient_of_w2_for_w2_itself() -> None:
    assert_exposed("E-1", ("dh1", "gradient for weight"))


def test_e_2_logistic_without_the_minus() -> None:
    assert_exposed("E-2", ("y", "sign"))


def test_e_3_softmax_without_exponentials() -> None:
    assert_exposed("E-3", ("p", "missing exponential"))


def test_e_4_derivative_of_the_output() -> None:
    assert_exposed("E-4", ("dz2", "derivative of the output"))


def test_e_7_one_factor_for_another_and_no_derivative_at_the_output() -> None:
    assert_exposed("E-7", ("dz2", "factor"), ("dz2", "chain broken"))


def test_right_forms_are_the_derivative_by_the_complex_step() -> None:
    """An oracle that knows nothing of the engine, on the two layers and on the scores of softmax."""
    for slip in (SLIPS[0], SLIPS[4]):
        at = slip.point(np.random.default_rng(1))
        outputs, factor = len(at["t"]), 1 / 3 if "/3" in slip.given else 1 / 2

        def cost(w, at=at, outputs=outputs, factor=factor):
            h = sigmoid(w[:6].reshape(3, 2) @ at["x"])
            return factor * ((sigmoid(w[6:].reshape(outputs, 3) @ h) - at["t"]) ** 2).sum()

        w = np.concatenate([at["W1"].ravel(), at["W2"].ravel()])
        expected = complex_gradient(cost, w)
        W1, W2 = at["W1"], at["W2"]
        h = sigmoid(W1 @ at["x"])
        y = sigmoid(W2 @ h)
        dz2 = 2 * factor * (y - at["t"]) * y * (1 - y)
        dz1 = W2.T @ dz2 * h * (1 - h)
        found = np.concatenate([np.outer(dz1, at["x"]).ravel(), np.outer(dz2, h).ravel()])
        np.testing.assert_allclose(found, expected, rtol=1e-11)
        assert slip.checked(True, np.random.default_rng(1)).ok
