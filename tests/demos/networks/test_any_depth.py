"""S-L: the general algorithm, for any number of hidden layers."""

import numpy as np
import pytest

from demos.networks import any_depth
from demos.networks.sigmoid_network import by_engine, sigmoid_network
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from tests.demos.oracle import network_gradients, state_arrays


@pytest.mark.parametrize("hidden", [[], [4], [3, 5], [4, 2, 3, 4], [3] * 8])
def test_s_l_algorithm_is_the_derivative_and_the_engines_for_any_depth(hidden) -> None:
    model = sigmoid_network([3, *hidden, 2], seed=len(hidden))
    dW, db = network_gradients(*state_arrays(model), np.array(any_depth.X), np.array(any_depth.T))
    ours, engine = (
        any_depth.by_matrices(model, any_depth.X, any_depth.T),
        by_engine(model, any_depth.X, any_depth.T),
    )
    for found in (ours, engine):
        for layer, (expected_dW, expected_db) in enumerate(zip(dW, db, strict=True)):
            np.testing.assert_allclose(found.dW[layer], expected_dW, rtol=1e-11, atol=1e-18)
            np.testing.assert_allclose(found.db[layer], expected_db, rtol=1e-11, atol=1e-18)


def test_s_l_account_goes_through_the_depths(out_dir, capsys) -> None:
    options, account = Options(out=out_dir, seed=1), Account()
    assert any_depth.show(options, account, Pictures(options, account))
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line[:1].isdigit()]
    assert [int(row[0]) for row in rows] == list(any_depth.DEPTHS)
    counts = [(3 + 1) * 4 + (depth - 1) * (4 + 1) * 4 + (4 + 1) * 2 for depth in any_depth.DEPTHS]
    assert [int(row[1]) for row in rows] == counts
    assert all(float(row[3]) < 1e-12 for row in rows)


def test_s_l_a_wrong_algorithm_is_told(out_dir, capsys, monkeypatch) -> None:
    right = any_depth.by_matrices

    def wrong(*args):
        found = right(*args)
        found.dW[0][0, 0] += 1e-9
        return found

    monkeypatch.setattr(any_depth, "by_matrices", wrong)
    options, account = Options(out=out_dir), Account(quiet=True)
    assert not any_depth.show(options, account, Pictures(options, account))
    assert "are apart by" in capsys.readouterr().err
