"""E-1 to E-4 and E-7: the check exposes each slip from any seed, and the right forms are the derivatives."""

import numpy as np

from demos.errata.slips import SLIPS
from tests.demos.oracle import complex_gradient, sigmoid

FOUND = [
    ("E-1", "dh1", "gradient for weight"),
    ("E-2", "y", "sign"),
    ("E-3", "p", "missing exponential"),
    ("E-4", "dz2", "derivative of the output"),
    ("E-7", "dz2", "factor"),
    ("E-7", "dz2", "chain broken"),
]


def test_e_1_to_e_4_and_e_7_are_exposed_by_name_and_the_right_forms_pass_from_any_seed() -> None:
    for seed in range(5):
        for slip, (name, line, kind) in zip(SLIPS, FOUND, strict=True):
            report = slip.checked(False, np.random.default_rng(seed))
            assert (slip.name, report.first_wrong.line, report.slip) == (name, line, kind), (
                seed,
                str(report),
            )
            assert slip.checked(True, np.random.default_rng(seed)).ok


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
