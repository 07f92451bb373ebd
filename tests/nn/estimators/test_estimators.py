"""MLPClassifier and MLPRegressor: scikit-learn's own checks, and its own networks, number by number."""

import pickle
import subprocess
import sys
import warnings
from itertools import product

import numpy as np
import pytest

import engine
import nn

sklearn = pytest.importorskip("sklearn", minversion="1.6")
from sklearn import neural_network as theirs  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 3))
BINARY = np.where(X[:, 0] * X[:, 1] > 0.0, "yes", "no")
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])
LABELS = np.stack([X[:, 0] > 0.0, X[:, 1] > X[:, 2]], axis=1).astype(int)
NUMBERS = np.sin(X[:, 0]) + X[:, 1]
WEIGHTS = RNG.uniform(0.0, 2.0, 90)
BOTH = ("MLPClassifier", "MLPRegressor")


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", BOTH)
def test_checks_of_scikit_learn_pass(name) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(getattr(nn, name)(), on_skip=None, on_fail=None)
    assert len(found) > 50
    for check in found:
        if check["status"] == "skipped":  # for want of a library, or of a method that is optional
            assert (
                "not installed" in str(check["exception"])
                or "SCIPY_ARRAY_API" in str(check["exception"])
                or ("decision_function" in str(check["exception"]))
            )
        else:
            assert check["status"] == "passed", (check["check_name"], check["exception"])


def fitted(kind, name, y, sample_weight=None, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        return getattr(kind, name)(**settings).fit(X, y, **options)


def assert_alike(ours, other, rtol) -> None:
    for mine, their in zip(ours.coefs_ + ours.intercepts_, other.coefs_ + other.intercepts_, strict=True):
        np.testing.assert_allclose(mine, their, rtol=rtol, atol=rtol)
    for name in ("loss_", "n_iter_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        mine, their = getattr(ours, name), getattr(other, name)
        assert mine == their if isinstance(mine, str) else mine == pytest.approx(their, rel=rtol)
    np.testing.assert_allclose(
        getattr(ours, "loss_curve_", 0.0), getattr(other, "loss_curve_", 0.0), rtol=rtol
    )
    if isinstance(ours, nn.MLPClassifier):
        assert np.array_equal(ours.classes_, other.classes_)
        np.testing.assert_allclose(ours.predict_proba(X), other.predict_proba(X), rtol=rtol, atol=rtol)
        assert np.array_equal(ours.predict(X), other.predict(X))
    else:
        np.testing.assert_allclose(ours.predict(X), other.predict(X), rtol=rtol, atol=rtol)


TARGETS = {
    "two classes": ("MLPClassifier", BINARY),
    "three classes": ("MLPClassifier", CLASSES),
    "labels": ("MLPClassifier", LABELS),
    "numbers": ("MLPRegressor", NUMBERS),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_networks_are_those_of_scikit_learn(solver) -> None:
    for (name, y), activation in product(TARGETS.values(), ("tanh", "logistic", "identity", "relu")):
        if (solver, activation) == ("lbfgs", "relu"):
            continue  # rounding decides on which side of a kink it goes on
        settings = {"hidden_layer_sizes": (5, 4), "activation": activation, "solver": solver, "alpha": 0.01}
        settings |= {"max_iter": 12, "batch_size": 32, "learning_rate_init": 0.01, "random_state": 3}
        assert_alike(fitted(nn, name, y, **settings), fitted(theirs, name, y, **settings), 1e-7)


SETTINGS = {
    "early stopping": {"early_stopping": True, "n_iter_no_change": 3},
    "in order": {"shuffle": False, "batch_size": 40},
    "smaller steps": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
    "adaptive steps": {"solver": "sgd", "learning_rate": "adaptive", "n_iter_no_change": 2, "tol": 1e-2},
    "momentum": {"solver": "sgd", "momentum": 0.5, "nesterovs_momentum": False},
    "no momentum": {"solver": "sgd", "momentum": 0.0},
    "betas": {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3},
    "tolerance": {"tol": 1e-1, "n_iter_no_change": 2},
}


def test_settings_are_those_of_scikit_learn() -> None:
    for settings, (name, y) in product(SETTINGS.values(), (TARGETS["three classes"], TARGETS["numbers"])):
        settings = {
            "hidden_layer_sizes": 6,
            "max_iter": 40,
            "random_state": 1,
            "learning_rate_init": 0.02,
        } | settings
        ours, other = fitted(nn, name, y, **settings), fitted(theirs, name, y, **settings)
        assert_alike(ours, other, 1e-9)
        for name in ("best_loss_", "validation_scores_", "best_validation_score_"):
            mine, their = getattr(ours, name), getattr(other, name)
            assert (mine is their is None) or mine == pytest.approx(their, rel=1e-9)


def test_weights_of_samples_are_those_of_scikit_learn() -> None:
    settings = {"hidden_layer_sizes": (4,), "max_iter": 15, "random_state": 0, "batch_size": 30}
    for name, y in TARGETS.values():
        try:
            other = fitted(theirs, name, y, WEIGHTS, **settings)
        except TypeError:
            pytest.skip("this scikit-learn has no sample_weight there")
        assert_alike(fitted(nn, name, y, WEIGHTS, **settings), other, 1e-9)
    for wrong in (-WEIGHTS, 0.0 * WEIGHTS):
        with pytest.raises(
            ValueError, match=r"sample_weight must be at least 0, and above 0|non-zero number"
        ):
            fitted(nn, "MLPRegressor", NUMBERS, wrong)


def test_partial_fit_and_warm_start_go_on_where_they_were() -> None:
    settings = {"hidden_layer_sizes": (4,), "random_state": 2, "learning_rate_init": 0.02}
    for solver in ("adam", "sgd"):
        ours, other = (kind.MLPClassifier(solver=solver, **settings) for kind in (nn, theirs))
        for _ in range(3):
            ours.partial_fit(X, CLASSES, classes=[0, 1, 2])
            other.partial_fit(X, CLASSES, classes=[0, 1, 2])
            ours = pickle.loads(pickle.dumps(ours))  # noqa: S301
        assert_alike(ours, other, 1e-9)
    with pytest.raises(ValueError, match="not the same as on the last call"):
        ours.partial_fit(X, CLASSES, classes=[0, 1])
    with pytest.raises(ValueError, match="needs all classes"):
        nn.MLPClassifier().partial_fit(X, CLASSES)
    with pytest.raises(AttributeError, match="partial_fit"):
        nn.MLPRegressor(solver="lbfgs").partial_fit(X, NUMBERS)
    ours, other = (kind.MLPRegressor(warm_start=True, max_iter=4, **settings) for kind in (nn, theirs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(2):
            ours.fit(X, NUMBERS)
            other.fit(X, NUMBERS)
        assert_alike(ours, other, 1e-9)
        with pytest.raises(ValueError, match=r"hidden_layer_sizes is \(5,\), but the network"):
            ours.set_params(hidden_layer_sizes=(5,)).fit(X, NUMBERS)


@pytest.mark.unmeasured
def test_pipelines_and_searches() -> None:
    pipeline = make_pipeline(
        StandardScaler(), nn.MLPClassifier((4,), "tanh", solver="lbfgs", random_state=0, max_iter=40)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        assert cross_val_score(pipeline, X, CLASSES, cv=3).mean() > 0.8
        search = GridSearchCV(
            nn.MLPRegressor(solver="lbfgs", random_state=0, max_iter=40), {"alpha": [1e-4, 1e2]}, cv=3
        )
        search.set_params(estimator__hidden_layer_sizes=(4,)).fit(X, NUMBERS)
    assert search.best_params_ == {"alpha": 1e-4}
    assert clone(pipeline[-1]).get_params() == pipeline[-1].get_params()
    assert set(nn.MLPClassifier().get_params()) == set(theirs.MLPClassifier().get_params())


def test_the_network_of_an_estimator_can_be_explained() -> None:
    model = fitted(nn, "MLPRegressor", NUMBERS, hidden_layer_sizes=(3,), activation="gelu", max_iter=5)
    network, x = model.module_, [engine.Value(0.5, label="x"), 1.0, -1.0]
    output = network(x)
    assert output.data == pytest.approx(model.predict([[0.5, 1.0, -1.0]])[0], rel=1e-12)
    output.backward()
    assert x[0].grad == pytest.approx(engine.grad(lambda a: network([a, 1.0, -1.0]))(0.5), rel=1e-12)
    with pytest.raises(NotFittedError):
        nn.MLPRegressor().module_  # noqa: B018


def test_several_targets_and_one_more_prediction() -> None:
    y = np.stack([NUMBERS, X[:, 2]], axis=1)
    model = fitted(nn, "MLPRegressor", y, hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs")
    assert model.predict(X).shape == (90, 2)
    assert model.score(X, y) > 0.95
    data_loss = 0.5 * ((model.predict(X) - y) ** 2).sum(axis=1).mean()
    penalty = 0.5 * model.alpha * sum((coef**2).sum() for coef in model.coefs_) / 90
    assert model.loss_ == pytest.approx(data_loss + penalty, rel=1e-9)


WRONG = {
    "hidden_layer_sizes": [0, (4, -1), 1.5, "abc"],
    "activation": ["sine", None],
    "solver": ["newton"],
    "learning_rate": ["fast"],
    "alpha": [-1.0, "a"],
    "learning_rate_init": [0.0],
    "batch_size": [0, "all"],
    "max_iter": [0],
    "momentum": [1.5],
    "validation_fraction": [1.0],
    "beta_1": [1.0],
    "n_iter_no_change": [0],
    "early_stopping": ["yes", 1],
    "shuffle": [None],
    "warm_start": [0],
}


def test_wrong_settings_are_named() -> None:
    for name, given in WRONG.items():
        for each in given:
            with pytest.raises((ValueError, TypeError), match=name):
                nn.MLPClassifier(**{name: each}).fit(X, CLASSES)
    with pytest.raises(ValueError, match="scale them"):
        fitted(nn, "MLPRegressor", NUMBERS * 1e200, hidden_layer_sizes=(2,), solver="sgd")
    with pytest.raises(ValueError, match=r"validation_fraction=0\.01 holds out 1 samples"):
        fitted(nn, "MLPRegressor", NUMBERS, early_stopping=True, validation_fraction=0.01)


def test_without_scikit_learn_the_error_names_the_extra() -> None:
    program = """
import sys
import nn
assert "sklearn" not in sys.modules and "scipy" not in sys.modules
from nn import *
sys.modules["sklearn"] = None
for name in ("MLPClassifier", "MLPRegressor"):
    try:
        getattr(nn, name)
    except ImportError as error:
        assert "chainrule[sklearn]" in str(error), error
    else:
        raise AssertionError(name)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
