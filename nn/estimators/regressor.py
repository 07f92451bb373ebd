"""MLPRegressor: a multilayer perceptron as a regressor of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.estimators.base import MLPEstimator, takes_steps  # first, as it says which extra is missing
from nn.estimators.network import Array

from sklearn.base import RegressorMixin  # isort: skip
from sklearn.metrics import r2_score  # isort: skip
from sklearn.utils.metaestimators import available_if  # isort: skip
from sklearn.utils.validation import column_or_1d  # isort: skip

__all__ = ["MLPRegressor"]


class MLPRegressor(RegressorMixin, MLPEstimator):  # type: ignore[misc, unused-ignore]
    """A multilayer perceptron as a regressor of scikit-learn, trained with gradients of this engine.

    It has the parameters, methods and attributes of ``sklearn.neural_network.MLPRegressor`` with its loss
    ``"squared_error"``, ½(t - y)², which is summed over several targets. Parameters, attributes and errors
    are those of :class:`nn.MLPClassifier`; scores are R².

    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X = np.linspace(0.0, 6.0, 40)[:, None]
    >>> model = make_pipeline(
    ...     StandardScaler(), MLPRegressor((8,), "tanh", solver="lbfgs", max_iter=500, random_state=1)
    ... )
    >>> model.fit(X, np.sin(X[:, 0])).score(X, np.sin(X[:, 0])) > 0.98
    True
    """

    _output_is_numeric = True

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Train on samples.

        Args:
            X: shape (samples, features).
            y: numbers, shape (samples,) or (samples, targets).
            sample_weight: of each sample in the mean, at least 0; 1 unless said.
        """
        return self._fitted(X, y, sample_weight)  # type: ignore[no-any-return]

    @available_if(takes_steps)  # type: ignore[untyped-decorator, unused-ignore]
    def partial_fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> MLPRegressor:
        """Train for one epoch more; arguments as for :meth:`fit`."""
        return self._fitted(X, y, sample_weight, once=True)  # type: ignore[no-any-return]

    def _encoded(self, y: Any, is_new: bool) -> Array:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        T = np.asarray(y, dtype=float).reshape(len(y), -1)
        if not is_new and T.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {T.shape[1]} targets, the network {self.n_outputs_}")
        return T

    def _output(self) -> str:
        return "identity"

    def _decoded(self, outputs: Array) -> NDArray[Any]:
        return outputs.ravel() if self.n_outputs_ == 1 else outputs

    def _scored(self, T: Array, outputs: Array, weight: Array) -> float:
        return (
            float(r2_score(T, outputs, sample_weight=weight)) if np.isfinite(outputs).all() else float("nan")
        )
