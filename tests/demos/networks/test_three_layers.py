"""S-3LAYER: the sums for the weights of a network with one hidden layer."""

import numpy as np
import pytest

from demos.networks import three_layers
from demos.networks.sigmoid_network import by_engine, sigmoid_network
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from tests.demos.oracle import network_gradients, state_arrays


@pytest.mark.parametrize("sizes", [(3, 4, 2), (1, 1, 1), (2, 5, 3)])
def test_s_3layer_sums_are_the_derivatives_and_the_engines(sizes) -> None:
    rng = np.random.default_rng(sum(sizes))
    model = sigmoid_network(sizes, seed=4)
    x, t = rng.normal(size=sizes[0]), rng.uniform(size=sizes[2])
    dW, _ = network_gradients(*state_arrays(model), x, t)
    sums = three_layers.by_sums(model, x.tolist(), t.tolist())
    engine = by_engine(model, x.tolist(), t.tolist()).dW
    for ours, theirs, expected in zip(sums, engine, dW, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-16)
        np.testing.assert_allclose(theirs, expected, rtol=1e-11, atol=1e-16)


def test_s_3layer_a_wrong_sum_is_told(out_dir, capsys, monkeypatch) -> None:
    right = three_layers.by_sums
    monkeypatch.setattr(three_layers, "by_sums", lambda *args: [dw * (1 + 1e-9) for dw in right(*args)])
    options, account = Options(out=out_dir), Account(quiet=True)
    assert not three_layers.show(options, account, Pictures(options, account))
    assert capsys.readouterr().err.count("That and the engine") == 2
