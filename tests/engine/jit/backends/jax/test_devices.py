"""Batches by XLA: the same values and gradients as those of the compiled core, shared out or not."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, jit
from nn import MLP, Adam, fit


def network() -> tuple[Any, Any]:
    model = MLP(2, [4, 1], rng=0)

    def loss(x: Any, t: Any) -> Any:
        return (model(x) - t) ** 2 + engine.relu(x[0])

    return model, loss


def test_it_needs_a_batch_and_a_backend_that_exists() -> None:
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
    with pytest.raises(ValueError, match="'jax' shares out samples: it needs batch=True"):
        jit(lambda x: x, backend="jax")
    with pytest.raises(ValueError, match="backend must be None or 'jax', got 'torch'"):
        jit(lambda x: x, batch=True, backend="torch")


def test_without_jax_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(import_module("engine.jit.calling"), "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[jax\]'"):
        jit(lambda x: x, batch=True, backend="jax")


def test_values_and_gradients_are_those_of_the_core() -> None:
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
    model, loss = network()
    X, y = np.random.default_rng(0).normal(size=(7, 2)), np.arange(7.0)
    results = []
    for backend in (None, "jax"):
        f = jit(loss, batch=True, backend=backend)
        x = [[Value(a) for a in row] for row in X.tolist()]
        flat = [*model.parameters(), *(a for row in x for a in row)]
        for given in (X, x):  # with numbers, and with gradients by the arguments
            engine.zero_grad(flat)
            mean = f(given, y)
            mean.backward()
        results.append([mean.data, *(v.grad for v in flat)])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-12, atol=1e-15)
    with engine.no_grad():
        assert f(X, y).data == pytest.approx(results[0][0], rel=1e-13)
    assert f.stages["choice"].startswith("jax on ")


def test_what_is_not_finite_is_the_functions_own() -> None:
    """JAX has nan where a way is masked; the function knows better, and runs itself."""
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
    w = Value(0.0)
    f = jit(
        lambda x: engine.where(engine.greater(w, 0.0), engine.log(w), 0.0) + w * x, batch=True, backend="jax"
    )
    f([1.0, 3.0]).backward()
    assert w.grad == 2.0


def test_a_training_by_jax_is_the_same() -> None:
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
    X, y = np.random.default_rng(1).normal(size=(8, 2)), np.array([0.0, 1.0] * 4)
    losses = []
    for how in (True, "jax"):
        model = MLP(2, [4, 1], rng=0)
        settings = {
            "loss": "mse",
            "optimizer": Adam,
            "epochs": 3,
            "batch_size": 4,
            "rng": 0,
        }
        losses.append(fit(model, X, y, jit=how, progress=False, **settings)["loss"])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-12)
    with pytest.raises(ValueError, match="jit must be True, False or 'jax', got 'torch'"):
        fit(model, X, y, jit="torch", progress=False, **settings)


def test_a_smaller_batch_goes_into_the_program_of_a_larger_one() -> None:
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
    _, loss = network()
    f = jit(loss, batch=True, backend="jax", audit=False)
    X = np.random.default_rng(0).normal(size=(40, 2))
    for count in (20, 13, 40, 9):
        expected = jit(loss, batch=True)(X[:count], np.arange(float(count))).data
        assert f(X[:count], np.arange(float(count))).data == pytest.approx(expected, rel=1e-12)
    assert sorted(f._shown.executable.devices._sizes) == [(9, True), (20, True), (40, True)]
