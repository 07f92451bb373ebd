"""Trains the network of an estimator as scikit-learn's solvers do, with gradients of the engine."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from nn.estimators.network import Array, Network
from nn.optim import SGD, Adam

__all__ = ["descend", "minimise"]

_SMALLEST_STEP = 1e-6
"""Of ``learning_rate="adaptive"``: below, a training ends."""


def descend(
    estimator: Any,
    network: Network,
    data: tuple[Array, Array, Array],
    validate: Callable[[], float] | None,
    once: bool,
) -> None:
    """Gradient descent in batches, by Adam or SGD; sets what scikit-learn's solvers set.

    Args:
        estimator: holds the settings, and the state between epochs.
        network: the network, whose parameters are changed.
        data: samples, targets and weights.
        validate: with early stopping, scores the network on samples that were held out.
        once: whether one epoch is all, and the optimiser goes on where it was.
    """
    X, T, weight = data
    optimizer = _optimizer(estimator, network, once)
    size = min(200 if estimator.batch_size == "auto" else estimator.batch_size, len(X))
    if estimator.batch_size != "auto" and estimator.batch_size > len(X):
        warnings.warn(f"batch_size={estimator.batch_size} is clipped to the {len(X)} samples", stacklevel=5)
    estimator.n_iter_, order = 0, np.arange(len(X))
    try:
        while True:
            if estimator.shuffle:  # as sklearn.utils.shuffle does, in a tenth of the time
                mixed = np.arange(len(X))
                estimator._random_state.shuffle(mixed)
                order = order[mixed]
            total = 0.0
            for start in range(0, len(X), size):
                at = order[start : start + size]
                total += len(at) * _step(estimator, network, optimizer, X[at], T[at], weight[at])
            estimator.n_iter_ += 1
            estimator.t_ += len(X)
            estimator.loss_ = total / len(X)
            estimator.loss_curve_.append(estimator.loss_)
            if estimator.verbose:
                print(f"Iteration {estimator.n_iter_}, loss = {estimator.loss_:.8f}")
            has_ended = _judge(estimator, network, optimizer, validate)
            if has_ended or once:
                break
            if estimator.n_iter_ == estimator.max_iter:
                warnings.warn(
                    f"the maximum of {estimator.max_iter} iterations was reached, and the training has not "
                    "converged: raise max_iter, or scale the data",
                    ConvergenceWarning,
                    stacklevel=5,
                )
                break
    except KeyboardInterrupt:
        warnings.warn("the training was interrupted; the parameters are those of its last step", stacklevel=5)
    if once:
        estimator._optimizer_state = optimizer.state_dict()
    if validate is not None:
        network.set_vector(estimator._best)


def minimise(estimator: Any, network: Network, data: tuple[Array, Array, Array]) -> None:
    """L-BFGS on all samples at once, by SciPy."""
    X, T, weight = data
    penalised, total = len(network.weights), float(weight.sum())

    def loss_and_gradient(vector: Array) -> tuple[float, Array]:
        network.set_vector(vector)
        loss = network.mean_loss(X, T, weight, estimator.alpha)
        gradient = network.gradient()
        gradient[:penalised] += estimator.alpha / total * vector[:penalised]
        return loss, gradient

    found = minimize(
        loss_and_gradient,
        network.vector(),
        method="L-BFGS-B",
        jac=True,
        options={"maxfun": estimator.max_fun, "maxiter": estimator.max_iter, "gtol": estimator.tol},
    )
    if not found.success:
        warnings.warn(
            f"lbfgs did not converge after {found.nit} iterations: {found.message}; raise max_iter, or scale "
            "the data",
            ConvergenceWarning,
            stacklevel=5,
        )
    estimator.n_iter_, estimator.loss_ = min(found.nit, estimator.max_iter), float(found.fun)
    network.set_vector(found.x)


def _optimizer(estimator: Any, network: Network, once: bool) -> Any:
    groups: list[dict[str, Any]] = [{"params": network.weights}, {"params": network.biases}]
    lr, momentum = estimator.learning_rate_init, estimator.momentum
    optimizer: Any
    if estimator.solver == "adam":
        betas = estimator.beta_1, estimator.beta_2
        optimizer = Adam(groups, lr=lr, betas=betas, eps=estimator.epsilon)
    else:
        nesterov = bool(estimator.nesterovs_momentum and momentum)
        optimizer = SGD(groups, lr=lr, momentum=momentum, nesterov=nesterov)
    if once and estimator._optimizer_state is not None:
        optimizer.load_state_dict(estimator._optimizer_state)
    else:
        estimator._steps = 0
    return optimizer


def _step(estimator: Any, network: Network, optimizer: Any, X: Array, T: Array, weight: Array) -> float:
    """Take a step for a batch; returns its loss. Where no sample has a weight there is none to take."""
    total = float(weight.sum())
    if not total:
        return 0.0
    loss = network.mean_loss(X, T, weight, estimator.alpha)
    if not np.isfinite(loss):
        raise ValueError(
            f"the loss became {loss}, and so would the parameters: the data may hold large numbers; scale "
            "them, as StandardScaler does, or make learning_rate_init smaller"
        )
    optimizer.param_groups[0]["weight_decay"] = estimator.alpha / total
    estimator._steps += 1
    if (
        estimator.solver == "adam"
    ):  # scikit-learn adds epsilon to the root of v before v is corrected for its start
        for group in optimizer.param_groups:
            group["eps"] = estimator.epsilon / math.sqrt(1.0 - estimator.beta_2**estimator._steps)
    optimizer.step()
    return loss


def _judge(estimator: Any, network: Network, optimizer: Any, validate: Callable[[], float] | None) -> bool:
    """Count epochs without improvement, set the step size of the next; whether the training ends."""
    if validate is not None:
        score = validate()
        estimator.validation_scores_.append(score)
        if estimator.verbose:
            print(f"Validation score: {score:f}")
        is_better = not score < estimator.best_validation_score_ + estimator.tol
        if score > estimator.best_validation_score_:
            estimator.best_validation_score_, estimator._best = score, network.vector()
    else:
        is_better = estimator.loss_ <= estimator.best_loss_ - estimator.tol
        estimator.best_loss_ = min(estimator.best_loss_, estimator.loss_)
    estimator._no_improvement_count = 0 if is_better else estimator._no_improvement_count + 1
    if estimator.solver == "sgd" and estimator.learning_rate == "invscaling":
        _set_lr(optimizer, estimator.learning_rate_init / (estimator.t_ + 1) ** estimator.power_t)
    if estimator._no_improvement_count <= estimator.n_iter_no_change:
        return False
    estimator._no_improvement_count, count = 0, estimator._no_improvement_count
    lr = optimizer.param_groups[0]["lr"]
    if estimator.solver == "sgd" and estimator.learning_rate == "adaptive" and lr > _SMALLEST_STEP:
        _set_lr(optimizer, lr / 5.0)
        return False
    if estimator.verbose:
        what = "Training loss" if validate is None else "Validation score"
        print(f"{what} did not improve by more than tol={estimator.tol} for {count - 1} epochs. Stopping.")
    return True


def _set_lr(optimizer: Any, lr: float) -> None:
    """Set the step size of SGD for later gradients alone: what the momentum keeps of steps stays the same."""
    state = optimizer.state_dict()
    for group, memory in zip(state["param_groups"], state["state"], strict=True):
        if "momentum_buffer" in memory and lr > 0.0:
            memory["momentum_buffer"] *= group["lr"] / lr
        group["lr"] = lr
    optimizer.load_state_dict(state)
