"""What a model answers to many samples."""

import numpy as np
import pytest

from engine import is_grad_enabled
from nn import MLP, Dropout, Module, Sequential, predict, predict_proba
from nn.training.predict import in_mode

X = [[0.5, -1.0], [2.0, 0.25], [0.0, 0.0]]


@pytest.mark.parametrize("samples", [X, np.array(X), tuple(map(tuple, X))])
def test_outputs_are_those_of_call_by_call(samples) -> None:
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    outputs = predict(model, samples)
    assert outputs.shape == (3,)
    assert outputs.tolist() == [model(x).data for x in X]
    model = MLP(2, [4, 3], activation="tanh", rng=0)
    outputs = predict(model, samples)
    assert outputs.shape == (3, 3)
    assert outputs.tolist() == [[y.data for y in model(x)] for x in X]


def test_nothing_is_recorded_and_dropout_is_off() -> None:
    seen = []

    def look(x):
        seen.append(is_grad_enabled())
        return x

    model = Sequential(MLP(2, [8], init="ones"), look, Dropout(0.9, rng=0))
    assert predict(model, X[:1]).tolist() == [[-0.5] * 8]
    assert predict(model, [[1.0, 1.0]]).tolist() == [[2.0] * 8]
    assert seen == [False, False]
    assert is_grad_enabled()
    assert model.training


def test_any_function_will_do() -> None:
    assert predict(lambda x: 2 * x, [1.0, 2.0]).tolist() == [2.0, 4.0]


def test_probabilities_of_logits() -> None:
    several, single = MLP(2, [3], rng=0), MLP(2, [1], rng=0)
    logits = predict(several, X)
    powers = np.exp(logits)
    assert predict_proba(several, X) == pytest.approx(powers / powers.sum(axis=1, keepdims=True), rel=1e-14)
    expected = 1.0 / (1.0 + np.exp(-predict(single, X)))
    assert predict_proba(single, X) == pytest.approx(expected, rel=1e-14)
    column = predict_proba(lambda x: [single(x)], X)
    assert column.shape == (3, 1)
    assert column[:, 0] == pytest.approx(expected, rel=1e-14)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="X has no samples"):
        predict(MLP(2, [1]), [])


def test_modes_come_back_one_by_one_also_after_an_error() -> None:
    model = Sequential(Dropout(0.5), Dropout(0.5))
    model[0].eval()
    with pytest.raises(ZeroDivisionError):
        in_mode(model, False, lambda: 1 / model.training)
    assert [module.training for module in model.modules()] == [True, False, True]
    assert all(in_mode(model, True, lambda: [module.training for module in model.modules()]))
    assert not model[0].training


def test_what_is_no_module_has_no_mode() -> None:
    assert in_mode(print, False, lambda: Module.training)
