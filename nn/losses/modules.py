"""Losses as modules under PyTorch's names, made from the rows of the table: ``nn.MSELoss(reduction="sum")``.

==========================  ==================================
module                      row
==========================  ==================================
MSELoss                     mse
L1Loss                      absolute_error
HuberLoss                   huber
SmoothL1Loss                smooth_l1
BCELoss                     binary_cross_entropy
BCEWithLogitsLoss           binary_cross_entropy_with_logits
KLDivLoss                   kl_divergence
PoissonNLLLoss              poisson_nll
SoftMarginLoss              soft_margin
HingeEmbeddingLoss          hinge_embedding
==========================  ==================================

CrossEntropyLoss and NLLLoss are in :mod:`nn.losses.class_modules`, those of three inputs in
:mod:`nn.losses.several`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from engine import mean, sum
from engine.floats.validate import non_negative
from nn.data.numbers import items_of, number_of
from nn.losses.pairing import map_pairs
from nn.losses.reduced import LossModule, flat_losses
from nn.losses.row import Loss
from nn.modules.layers.axes import listed, shape_of

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
]


class MSELoss(LossModule, row="mse"): ...


class L1Loss(LossModule, row="absolute_error"): ...


class HuberLoss(LossModule, row="huber", delta=1.0): ...


class SmoothL1Loss(LossModule, row="smooth_l1", beta=1.0): ...


class SoftMarginLoss(LossModule, row="soft_margin"): ...


class HingeEmbeddingLoss(LossModule, row="hinge_embedding", margin=1.0): ...


class PoissonNLLLoss(LossModule, row="poisson_nll", log_input=True, full=False, eps=1e-8): ...


class _BinaryLoss(LossModule):
    """Losses of two classes, with factors on the elements."""

    weight: Any
    pos_weight: Any = None

    def _checked(self, settings: dict[str, Any]) -> dict[str, Any]:
        found = {name: None if given is None else _factors(name, given) for name, given in settings.items()}
        for name, given in found.items():  # a list of one, as PyTorch's pos_weight often is, stands for it
            found[name] = given[0] if isinstance(given, list) and len(given) == 1 else given
        return found

    @property
    def row(self) -> Loss:
        """The row of this loss for :func:`nn.fit`; with factors of the elements of a batch it is not lifted
        for one sample."""
        row = super().row
        return row if self.weight is None and np.ndim(self.pos_weight) < 2 else replace(row, reduction=None)

    def __call__(self, input: Any, target: Any) -> Any:
        """The loss of outputs and targets.

        Raises:
            ValueError: the weights do not go with the shape of the outputs; or as the function of the row.
            TypeError: as the function of the row.
        """
        given = {name: getattr(self, name) for name in self.settings}
        if all(each is None for each in given.values()):
            return super().__call__(input, target)
        function: Any = self.source.function
        shape = shape_of("input", listed("input", input))
        factors = {name: _spread(name, each, shape) for name, each in given.items() if each is not None}
        weights, positive = factors.get("weight"), factors.get("pos_weight")

        def loss(z: Any, t: Any) -> Any:
            found = function(z, t) if positive is None else function(z, t, next(positive))
            return found if weights is None else next(weights) * found

        each = map_pairs(loss, input, target)
        if self.reduction == "none":
            return each
        return mean(flat_losses(each)) if self.reduction == "mean" else sum(flat_losses(each))

    def without_weights(self, input: Any, target: Any) -> Any:
        """The mean as if there were no weights, to check targets one by one."""
        return self.source.function(input, target)

    _of = without_weights


def _factors(name: str, given: Any) -> Any:
    """A factor, or nested lists of them, each at least 0."""
    items = items_of(given, name)
    if items is None:
        return non_negative(name, number_of(given))
    return [_factors(f"{name}[{i}]", each) for i, each in enumerate(items)]


def _spread(name: str, factors: Any, shape: tuple[int, ...]) -> Iterator[float]:
    """A factor for each element of an output, by NumPy's rules: those of a list go with the last axis."""
    try:
        return iter(np.broadcast_to(np.array(factors, dtype=float), shape).ravel().tolist())
    except ValueError:
        raise ValueError(
            f"{name} of shape {np.shape(factors)} does not go with outputs of shape {shape}"
        ) from None


class BCELoss(_BinaryLoss, row="binary_cross_entropy", weight=None):
    """-Σ w·(t·log p + (1 - t)·log(1 - p)) / N; see :func:`nn.losses.binary_cross_entropy`.

    Args:
        weight: a factor w for each element of a batch, or of each sample; None for 1.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> round(BCELoss(weight=[3.0, 1.0])([0.5, 1.0], [1, 1]), 6)
    1.039721
    """


class BCEWithLogitsLoss(_BinaryLoss, row="binary_cross_entropy_with_logits", weight=None, pos_weight=None):
    """The same of p = sigmoid(z), from z; see :func:`nn.losses.binary_cross_entropy_with_logits`.

    Args:
        weight: a factor for each element of a batch, or of each sample; None for 1.
        pos_weight: a factor on the terms with t, a number, or one for each output; None for 1.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> BCEWithLogitsLoss(pos_weight=3.0)([0.0], [1]) == 3.0 * BCEWithLogitsLoss()([0.0], [1])
    True
    """


class KLDivLoss(LossModule, row="kl_divergence", log_target=False):
    """Σ t·(log t - q), the Kullback-Leibler divergence; see :func:`nn.losses.kl_divergence`.

    Args:
        reduction: ``"batchmean"``, the mean over samples, is the divergence; ``"mean"``, by default, is over
            all elements, as in PyTorch; ``"sum"``; or ``"none"``, the term of each element.
        log_target: whether the targets are logarithms of probabilities.

    >>> KLDivLoss(reduction="batchmean")([[-0.5, -1.0], [-2.0, -0.25]], [[0, 1], [0, 1]])
    0.625
    """

    reductions = ("mean", "sum", "none", "batchmean")
    of_row = "batchmean"
