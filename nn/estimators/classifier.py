"""MLPClassifier: a multilayer perceptron as a classifier of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.estimators.base import MLPEstimator, takes_steps  # first, as it says which extra is missing
from nn.estimators.network import Array

from sklearn.base import ClassifierMixin  # isort: skip
from sklearn.metrics import accuracy_score  # isort: skip
from sklearn.preprocessing import LabelBinarizer  # isort: skip
from sklearn.utils.metaestimators import available_if  # isort: skip
from sklearn.utils.multiclass import check_classification_targets, unique_labels  # isort: skip
from sklearn.utils.validation import column_or_1d  # isort: skip

__all__ = ["MLPClassifier"]


class MLPClassifier(ClassifierMixin, MLPEstimator):  # type: ignore[misc, unused-ignore]
    """A multilayer perceptron as a classifier of scikit-learn, trained with gradients of this engine.

    It has the parameters, methods and attributes of ``sklearn.neural_network.MLPClassifier``, and from the
    same ``random_state`` the same initial weights, batches and (but for rounding) results. So it goes into
    pipelines, ``cross_val_score`` and ``GridSearchCV``. The loss is lifted once for each form of network in
    a process, which takes longer the more weights there are: it is for some thousands. It needs the extra
    ``[sklearn]``.

    Args:
        hidden_layer_sizes: the widths of the hidden layers.
        activation: of the hidden layers: ``"relu"``, ``"tanh"``, ``"logistic"``, ``"identity"``, or another
            name in ``nn.ACTIVATIONS``.
        solver: ``"adam"``, ``"sgd"``, or ``"lbfgs"``, which takes all samples at once.
        alpha: of the penalty ½·alpha·Σw² / (sum of the weights of the samples in a batch).
        batch_size: ``"auto"`` is 200, or all samples if there are fewer.
        learning_rate: of SGD: ``"constant"``; ``"invscaling"``, ``learning_rate_init / t**power_t`` after t
            samples; or ``"adaptive"``, a fifth whenever the loss no longer improves.
        learning_rate_init: the step size.
        power_t: see ``learning_rate``.
        max_iter: epochs; for L-BFGS iterations.
        shuffle: whether samples are shuffled anew in each epoch.
        random_state: a seed, a ``RandomState``, or None for NumPy's global one.
        tol: an improvement of loss or score by less does not count.
        verbose: whether to print the loss of each epoch.
        warm_start: whether ``fit`` goes on with the weights it found before.
        momentum, nesterovs_momentum: of SGD.
        early_stopping: whether to hold out samples, and end when their score no longer improves.
        validation_fraction: how many are held out.
        beta_1, beta_2, epsilon: of Adam.
        n_iter_no_change: epochs without improvement after which it ends.
        max_fun: for L-BFGS: calls of the loss.

    Attributes:
        classes_: the classes, sorted; of several labels a list of one for each.
        coefs_, intercepts_: weights of shape (inputs, outputs), and biases, layer by layer; predictions are
            computed of them.
        loss_, best_loss_, loss_curve_: of the last epoch, the smallest, and of all.
        validation_scores_, best_validation_score_: with ``early_stopping``: accuracies.
        n_iter_, t_, n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_: as in
            scikit-learn.
        module_: the network as an :class:`nn.MLP`, for ``engine.explain`` and the like; its outputs are
            logits.

    Raises:
        ImportError: scikit-learn is not installed.
        ValueError, TypeError: (from ``fit``) a setting is wrong, or the data are; the loss became infinite.

    >>> from sklearn.model_selection import cross_val_score
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(80, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "different")
    >>> model = MLPClassifier((8,), "tanh", solver="lbfgs", max_iter=300, random_state=0)
    >>> bool(cross_val_score(model, X, y, cv=3).mean() > 0.85)
    True
    >>> model.fit(X, y).predict([[1.0, 1.0], [-1.0, 1.0]]).tolist()
    ['same', 'different']
    >>> model.module_([1.0, 1.0]).data > 0  # a logit: of class 1, "same"
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPClassifier:
        """Train on samples.

        Args:
            X: shape (samples, features).
            y: classes, shape (samples,); or several labels of 0 and 1, shape (samples, labels).
            sample_weight: of each sample in the mean, at least 0; 1 unless said.
        """
        return self._fitted(X, y, sample_weight)  # type: ignore[no-any-return]

    @available_if(takes_steps)  # type: ignore[untyped-decorator, unused-ignore]
    def partial_fit(self, X: Any, y: Any, *, classes: Any = None, sample_weight: Any = None) -> MLPClassifier:
        """Train for one epoch more.

        Args:
            X, y, sample_weight: as for :meth:`fit`.
            classes: all that there will be, in the first call.
        """
        if not hasattr(self, "_binarizer"):
            if classes is None:
                raise ValueError("the first call of partial_fit needs all classes: classes=...")
            self._set_classes(unique_labels(classes) if np.ndim(classes) < 2 else classes)
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(
                f"classes={classes!r} is not the same as on the last call to partial_fit: {self.classes_!r}"
            )
        return self._fitted(X, y, sample_weight, once=True)  # type: ignore[no-any-return]

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, shape (samples, classes), in the order of ``classes_``."""
        outputs = self._outputs(X)
        return np.hstack([1.0 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Any) -> Array:
        """Their logarithms."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    def _set_classes(self, y: Any) -> None:
        self._binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._binarizer.classes_

    def _encoded(self, y: Any, is_new: bool) -> Array:
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if is_new and not (hasattr(self, "_binarizer") and not hasattr(self, "coefs_")):
            self._set_classes(y)
        unknown = np.setdiff1d(unique_labels(y), self.classes_)
        if len(unknown):
            raise ValueError(
                f"y has the classes {unknown.tolist()}, for which the network was not made; it has "
                f"{self.classes_.tolist()}"
            )
        return np.asarray(self._binarizer.transform(y), dtype=float)

    def _output(self) -> str:
        return "softmax" if self._binarizer.y_type_ == "multiclass" else "logistic"

    def _decoded(self, outputs: Array) -> NDArray[Any]:
        outputs = outputs.ravel() if self.n_outputs_ == 1 else outputs
        return np.asarray(self._binarizer.inverse_transform(outputs))

    def _scored(self, T: Array, outputs: Array, weight: Array) -> float:
        right = self._binarizer.inverse_transform(T.ravel() if self.n_outputs_ == 1 else T)
        return float(accuracy_score(right, self._decoded(outputs), sample_weight=weight))

    def _strata(self, T: Array) -> Array | None:
        return T if self.n_outputs_ == 1 else None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
