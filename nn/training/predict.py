"""Predictions for many samples, without gradients and in evaluation mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine import no_grad, sigmoid, softmax
from engine.autograd.context_decorator import and_put_back
from engine.quoting import brief
from nn.data.dataset import read_samples
from nn.data.numbers import numbers_of
from nn.modules.module import Module

__all__ = ["in_evaluation_mode", "in_mode", "predict", "predict_proba"]

Result = TypeVar("Result")


def predict(model: Callable[[Any], Any], X: Any) -> npt.NDArray[np.float64]:
    """A model's outputs for many samples, as numbers.

    Computed without recording gradients; a Module is in evaluation mode meanwhile (no dropout).

    Args:
        model: a Module, or any function of one sample.
        X: samples.

    Returns:
        An array of shape (samples,) for a model that returns a number, (samples, outputs) for one that
        returns a list, as ``Linear(2, 1)`` does.

    Raises:
        ValueError: there are no samples.
        TypeError: the model cannot be called, or X is not a sequence.

    >>> from nn import MLP
    >>> predict(MLP(2, [1], init=0.5), [[1.0, 2.0], [3.0, 4.0]])
    array([1.5, 3.5])
    """
    if not callable(model):
        raise TypeError(f"model must be a Module or a function of one sample, got {brief(model)}")
    samples = read_samples("X", X)
    outputs = in_evaluation_mode(model, lambda: numbers_of(_outputs(model, samples)))
    return np.array(outputs, dtype=np.float64)


def predict_proba(model: Callable[[Any], Any], X: Any) -> npt.NDArray[np.float64]:
    """Probabilities from a model whose outputs are logits.

    That is a model without softmax or sigmoid of its own, trained with ``cross_entropy`` or
    ``binary_cross_entropy_with_logits``. Where it ends in one, :func:`predict` gives the probabilities.

    Args:
        model, X: as in :func:`predict`.

    Returns:
        Of a model of several outputs their softmax, shape (samples, outputs); of one output its sigmoid,
        the probability of class 1, shape (samples,), or (samples, 1) where that stands in a list.

    >>> from nn import MLP
    >>> predict_proba(MLP(2, [2], init=0.5), [[1.0, 2.0]])
    array([[0.5, 0.5]])
    """
    logits = predict(model, X)
    if logits.ndim == 1 or logits.shape[1] == 1:
        return np.asarray(sigmoid(logits))
    return np.array([softmax(row) for row in logits])


def _outputs(model: Callable[[Any], Any], samples: Any) -> Any:
    return model.of_samples(samples) if isinstance(model, Module) else [model(x) for x in samples]


def in_evaluation_mode(model: Any, action: Callable[[], Result]) -> Result:
    """Run an action with a model in evaluation mode, without gradients; returns its result.

    >>> from nn import MLP
    >>> model = MLP(2, [1])
    >>> in_evaluation_mode(model, lambda: (model.training, model([1.0, 2.0]).requires_grad))
    (False, False)
    """
    with no_grad():
        return in_mode(model, False, action)


def in_mode(model: Any, mode: bool, action: Callable[[], Result]) -> Result:
    """Run an action with a model in training or evaluation mode; returns its result.

    Afterwards each module is in its mode from before, even if Ctrl-C lands in putting it back.

    Args:
        model: a Module; anything else has no mode and stays as it is.
        mode: True for training mode, False for evaluation mode.
        action: what to do.

    >>> from nn import MLP
    >>> model = MLP(2, [1])
    >>> in_mode(model, False, lambda: model.training), model.training
    (False, True)
    """
    modules = model.modules() if isinstance(model, Module) else []
    before = [module.training for module in modules]

    def switched() -> Result:
        for module in modules:
            module.training = mode
        return action()

    def put_back() -> None:
        for module, its_mode in zip(modules, before, strict=True):
            module.training = its_mode

    return and_put_back(switched, put_back)
