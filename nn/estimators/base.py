"""What MLPClassifier and MLPRegressor have in common: settings, data, training, prediction."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.floats.arrays import sigmoid
from engine.quoting import brief
from nn.checks import settings_among
from nn.estimators.network import Array, Form, lent, mlp_of
from nn.estimators.settings import SKLEARN_NAMES, checked_widths
from nn.modules.activations import ACTIVATIONS
from nn.modules.mlp import MLP

try:
    from sklearn.base import BaseEstimator
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

    from nn.estimators.solvers import descend, minimise
except ImportError as error:
    raise ImportError(
        "nn.MLPClassifier and nn.MLPRegressor are estimators for scikit-learn, version 1.6 or later, which "
        f"is not installed ({error}): pip install 'chainrule[sklearn]'; nn.MLP with nn.fit needs neither"
    ) from error

__all__ = ["MLPEstimator"]

_ON_ARRAYS: dict[str, Any] = {"relu": partial(np.maximum, 0.0), "tanh": np.tanh, "sigmoid": sigmoid}
"""Those that NumPy computes at once; others go number by number."""


class MLPEstimator(BaseEstimator):  # type: ignore[misc, unused-ignore]
    """The base of the two. Its parameters are described at :class:`nn.MLPClassifier`."""

    activation: str
    coefs_: list[Array]
    intercepts_: list[Array]
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    _optimizer_state: dict[str, Any] | None

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
    ) -> None:
        self.__dict__.update(settings_among(locals()))

    # -- what the two differ in -----------------------------------------------------------------

    @abstractmethod
    def _encoded(self, y: Any, is_new: bool) -> Array:
        """Targets as a matrix, a row for each sample."""

    @abstractmethod
    def _output(self) -> str:
        """The activation of the outputs, by scikit-learn's name."""

    @abstractmethod
    def _decoded(self, outputs: Array) -> NDArray[Any]:
        """Predictions from the activations of the outputs."""

    @abstractmethod
    def _scored(self, T: Array, outputs: Array, weight: Array) -> float:
        """The score of activations of the outputs."""

    def _strata(self, T: Array) -> Array | None:
        """What is kept in equal shares where samples are held out."""
        return None

    # -- training -------------------------------------------------------------------------------

    def _fitted(self, X: Any, y: Any, sample_weight: Any, once: bool = False) -> Any:
        """Train on samples and targets: anew, going on with ``warm_start``, or for one epoch."""
        sizes = checked_widths(self)
        is_new = not hasattr(self, "coefs_") or (not self.warm_start and not once)
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=self._output_is_numeric,
            dtype=np.float64,
            reset=is_new,
        )
        X = _dense(X)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if (weight < 0.0).any() or not weight.sum() > 0.0:
            raise ValueError("sample_weight must be at least 0, and above 0 for some sample")
        T = self._encoded(y, is_new)
        self._random_state = check_random_state(self.random_state)
        if is_new:
            self._initialise(X.shape[1], sizes, T)
        form = self._form()
        if form[0][1:-1] != sizes:
            raise ValueError(
                f"hidden_layer_sizes is {sizes}, but the network that training goes on with has "
                f"{form[0][1:-1]}; fit without warm_start makes a new one"
            )
        with lent(form) as network:
            network.set(self.coefs_, self.intercepts_)
            if self.solver == "lbfgs":
                minimise(self, network, (X, self._target(T), weight))
            else:
                self._descend(network, X, T, weight, once)
            coefs, intercepts = network.get()
        if not all(np.isfinite(part).all() for part in (*coefs, *intercepts)):
            raise ValueError(
                "the training led to parameters that are not finite: the data may hold large numbers; scale "
                "them, as StandardScaler does"
            )
        self.coefs_, self.intercepts_ = coefs, intercepts
        return self

    def _descend(self, network: Any, X: Array, T: Array, weight: Array, once: bool) -> None:
        if not self.early_stopping:
            descend(self, network, (X, self._target(T), weight), None, once)
            return
        if once:
            raise ValueError("partial_fit does not support early_stopping=True")
        X, X_val, T, T_val, weight, weight_val = train_test_split(
            X,
            T,
            weight,
            random_state=self._random_state,
            test_size=self.validation_fraction,
            stratify=self._strata(T),
        )
        if len(X_val) < 2:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} holds out {len(X_val)} samples, of which "
                "there must be 2 at least"
            )
        self.validation_scores_, self.best_validation_score_, self.best_loss_ = [], -np.inf, None
        self._best = network.vector()

        def validate() -> float:
            return self._scored(T_val, self._activated(X_val, *network.get()), weight_val)

        descend(self, network, (X, self._target(T), weight), validate, once)
        del self._best

    def _initialise(self, features: int, sizes: tuple[int, ...], T: Array) -> None:
        """Parameters drawn as scikit-learn draws them (Glorot & Bengio 2010), and the state of a training."""
        self.n_outputs_ = T.shape[1]
        self.out_activation_ = self._output()
        units = (features, *sizes, self.n_outputs_)
        self.n_layers_, self.n_iter_, self.t_ = len(units), 0, 0
        self.coefs_, self.intercepts_ = [], []
        for nin, nout in pairwise(units):
            bound = math.sqrt((2.0 if self.activation == "logistic" else 6.0) / (nin + nout))
            self.coefs_.append(self._random_state.uniform(-bound, bound, (nin, nout)))
            self.intercepts_.append(self._random_state.uniform(-bound, bound, nout))
        self._optimizer_state = None
        self._no_improvement_count = 0
        if self.solver != "lbfgs":
            self.loss_curve_ = []
        self.best_loss_ = np.inf
        self.validation_scores_ = None
        self.best_validation_score_ = None

    def _target(self, T: Array) -> Array:
        """What the loss is given: of one class in several its position."""
        return T.argmax(axis=1)[:, None].astype(float) if self.out_activation_ == "softmax" else T

    def _form(self) -> Form:
        units = (len(self.coefs_[0]), *(len(bias) for bias in self.intercepts_))
        return units, SKLEARN_NAMES.get(self.activation, self.activation), self.out_activation_

    # -- prediction -----------------------------------------------------------------------------

    def _outputs(self, X: Any) -> Array:
        """The activations of the outputs, shape (samples, outputs)."""
        check_is_fitted(self)
        X = _dense(validate_data(self, X, accept_sparse=["csr", "csc"], dtype=np.float64, reset=False))
        return self._activated(X, self.coefs_, self.intercepts_)

    def _activated(self, X: Array, coefs: list[Array], intercepts: list[Array]) -> Array:
        name = SKLEARN_NAMES.get(self.activation, self.activation)
        hidden = _ON_ARRAYS.get(name) or ACTIVATIONS[name]
        z = X @ coefs[0] + intercepts[0]
        for coef, intercept in zip(coefs[1:], intercepts[1:], strict=True):
            z = np.asarray(hidden(z)) @ coef + intercept
        if self.out_activation_ == "logistic":
            return np.asarray(sigmoid(z))
        if self.out_activation_ == "softmax":
            z = np.exp(z - z.max(axis=1, keepdims=True))
            return np.asarray(z / z.sum(axis=1, keepdims=True))
        return np.asarray(z)

    def predict(self, X: Any) -> NDArray[Any]:
        """What the network predicts for each sample.

        Args:
            X: samples, shape (samples, features).

        Returns:
            Classes or numbers, shape (samples,); with several targets (samples, targets).
        """
        return self._decoded(self._outputs(X))

    @property
    def module_(self) -> MLP:
        """The network as a new :class:`nn.MLP`, to explain, draw or train on; its outputs are logits."""
        check_is_fitted(self)
        return mlp_of(self._form(), self.coefs_, self.intercepts_)

    # -- settings -------------------------------------------------------------------------------

    _output_is_numeric = False

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def takes_steps(estimator: MLPEstimator) -> bool:
    """Whether the solver goes step by step, so that there is a ``partial_fit``; else an AttributeError."""
    if estimator.solver not in ("sgd", "adam"):
        raise AttributeError(f'partial_fit is for solver="sgd" and "adam", got {brief(estimator.solver)}')
    return True


def _dense(X: Any) -> Array:
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X)
