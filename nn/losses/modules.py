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
CrossEntropyLoss            cross_entropy
NLLLoss                     negative_log_likelihood
KLDivLoss                   kl_divergence
PoissonNLLLoss              poisson_nll
SoftMarginLoss              soft_margin
HingeEmbeddingLoss          hinge_embedding
==========================  ==================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from engine import Value, div, equal, mean, sum, take, where
from engine.autograd.trace_mode import is_tracing
from engine.floats.validate import integer, non_negative
from engine.quoting import brief
from nn.checks import up_to_one
from nn.data.numbers import items_of, number_of
from nn.losses.pairing import map_pairs
from nn.losses.reduced import Reduced
from nn.losses.row import Loss
from nn.losses.table import LOSSES
from nn.modules.layers.axes import listed, shape_of

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "LossModule",
    "MSELoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
]


class LossModule(Reduced):
    """Base of the losses as modules: a row of the table, with its settings and a reduction.

    A subclass is one line: ``class MSELoss(LossModule, row="mse")``, with the defaults of the function's
    further arguments by name. It can be given to :func:`nn.fit` as the loss.

    Args:
        reduction: ``"mean"`` as in the function; ``"sum"``, not divided; or ``"none"``, the loss of each
            element, or of each sample where it is one of classes, nested as the predictions are.
        settings: by name; they become attributes.

    Raises:
        ValueError: the reduction is another one.
        TypeError: there is no setting of that name.

    >>> MSELoss(reduction="none")([1.0, 2.0], [1.0, 4.0]), MSELoss(reduction="sum")([1.0, 2.0], [1.0, 4.0])
    ([0.0, 4.0], 4.0)
    """

    source: ClassVar[Loss]

    def __init_subclass__(cls, row: str = "", **settings: Any) -> None:
        super().__init_subclass__()
        if not row:
            return
        found = LOSSES[row]
        cls.source, cls.settings = (found if isinstance(found, Loss) else Loss(row, found)), settings
        if cls.__doc__ is None:
            cls.__doc__ = _documentation(cls)

    @property
    def row(self) -> Loss:
        """The row of this loss for :func:`nn.fit`.

        Raises:
            ValueError: the reduction is ``"none"``, with which there is nothing to train by.
        """
        if self.reduction == "none":
            raise ValueError(f'{self!r} gives a list; to train by it takes reduction="mean" or "sum"')
        source = self.source
        how = self._over_samples
        return Loss(repr(self), self, how, source.checks_targets, source.signed, source.by_class)

    @property
    def _over_samples(self) -> str:
        """What the loss of a batch is of those of its samples."""
        return self.reduction

    def __call__(self, input: Any, target: Any) -> Any:
        """The loss of predictions and targets: a Value, or with ``reduction="none"`` nested lists of them.

        Raises:
            ValueError, TypeError: as the function of the row.
        """
        if self.reduction == "mean":
            return self._of(input, target)
        each = map_pairs(self._of, input, target)
        return each if self.reduction == "none" else sum(_flat(each))

    def _of(self, input: Any, target: Any) -> Any:
        """The mean, with the settings."""
        return self.source.function(input, target, **{name: getattr(self, name) for name in self.settings})


def _documentation(cls: type[LossModule]) -> str:
    """The docstring of a class: what the function of its row says."""
    written = (cls.source.function.__doc__ or "").split("\n\n")
    attributes = "".join(f"\n        {name}: {value!r} by default." for name, value in cls.settings.items())
    name = cls.source.name
    args = f'    Args:\n        reduction: ``"mean"``, ``"sum"`` or ``"none"``.{attributes}'
    example = f"    >>> loss = {cls.__name__}()\n    >>> loss.reduction\n    'mean'\n    "
    return "\n\n".join((written[0], f"    As :func:`nn.losses.{name}`.", args, example))


def _flat(each: Any) -> list[Any]:
    items = items_of(each)
    return [each] if items is None else [number for item in items for number in _flat(item)]


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
        """The row of this loss for :func:`nn.fit`; with weights of the elements of a batch it is not lifted
        for one sample."""
        row = super().row
        return row if self.weight is None else replace(row, reduction=None)

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
        return mean(_flat(each)) if self.reduction == "mean" else sum(_flat(each))

    def _of(self, input: Any, target: Any) -> Any:
        return self.source.function(input, target)


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


class _ClassLoss(LossModule):
    """Losses of classes, with a weight for each class and an index that is passed over."""

    weight: list[float] | None
    ignore_index: int
    label_smoothing: float = 0.0

    def __init__(self, weight: Any = None, *, reduction: str = "mean", **settings: Any) -> None:
        super().__init__(reduction=reduction, weight=weight, **settings)

    def _checked(self, settings: dict[str, Any]) -> dict[str, Any]:
        if settings["weight"] is not None:
            weights = items_of(settings["weight"], "weight")
            if not weights:
                raise TypeError(f"weight must be a number for each class, got {brief(settings['weight'])}")
            settings["weight"] = [non_negative(f"weight[{j}]", number_of(w)) for j, w in enumerate(weights)]
        settings["ignore_index"] = integer("ignore_index", settings["ignore_index"], least=-(2**31))
        if "label_smoothing" in settings:
            settings["label_smoothing"] = up_to_one("label_smoothing", settings["label_smoothing"])
        return settings

    @property
    def row(self) -> Loss:
        """The row of this loss for :func:`nn.fit`; with weights it is not a mean over samples."""
        row = super().row
        plain = self.weight is None and self.ignore_index < 0
        return row if plain or self.reduction == "sum" else replace(row, reduction=None)

    def __call__(self, input: Any, target: Any) -> Any:
        """The loss of outputs and classes: of one sample, or of lists of samples and targets.

        Raises:
            ValueError, TypeError: as the function of the row.
        """
        samples, targets = items_of(input) or [], items_of(target)
        if not samples and targets is not None:
            return self.source.function(samples, targets)  # raises
        single = targets is None or not samples or items_of(samples[0]) is None  # one sample of outputs
        if targets is None or single:
            samples, targets = [input], [target]
        plain = self.weight is None and not self.label_smoothing and self.reduction == "mean"
        if len(samples) != len(targets) or (plain and not any(map(self._is_ignored, targets))):
            return self.source.function(samples, targets)  # raises where the lengths differ
        found = [self._of_sample(z, t) for z, t in zip(samples, targets, strict=True)]
        losses = [loss for loss, _ in found]
        if self.reduction == "none":
            return losses[0] if single else losses
        total, share = sum(losses), sum([share for _, share in found])
        return total if self.reduction == "sum" else div(total, share)  # nan where no sample takes part

    def _is_ignored(self, target: Any) -> Any:
        """Whether a target is the index that is passed over; while a loss is traced a Value that says it."""
        if isinstance(target, Value) and is_tracing():
            return equal(target, self.ignore_index) if self.ignore_index >= 0 else False
        return items_of(target) is None and number_of(target) == self.ignore_index

    def _of_sample(self, z: Any, target: Any) -> tuple[Any, Any]:
        """The weighted loss of one sample, and its weight in the mean."""
        classes = len(items_of(z) or [0])

        def function(z: Any, t: Any) -> Any:
            return self.source.function([z], [t])

        weights = [1.0] * classes if self.weight is None else self.weight
        if len(weights) != classes:
            raise ValueError(f"weight must have a number for each of {classes} classes, got {len(weights)}")
        ignored = self._is_ignored(target)
        if ignored is True:
            return 0.0 * function(z, 0), 0.0
        shares, smoothing = items_of(target), self.label_smoothing
        loss, weight = function(z, target), 1.0
        if self.weight is not None and shares is None:
            weight = take(weights, target)
            loss = weight * loss
        elif self.weight is not None and shares is not None:
            loss = sum([t * w * function(z, j) for j, (t, w) in enumerate(zip(shares, weights, strict=True))])
        if smoothing:
            spread = sum([w * function(z, j) for j, w in enumerate(weights)])
            loss = (1.0 - smoothing) * loss + smoothing / classes * spread
        if ignored is not False:  # known when the lifted program runs
            loss, weight = where(ignored, 0.0, loss), where(ignored, 0.0, weight)
        return loss, weight


class CrossEntropyLoss(_ClassLoss, row="cross_entropy", weight=None, ignore_index=-100, label_smoothing=0.0):
    """-Σ log softmax(z)[t] / n over n samples, from logits; see :func:`nn.losses.cross_entropy`.

    With weights the mean is weighted: Σ w[t]·loss / Σ w[t]. Smoothing takes (1 - ε) of the target's loss and
    ε/K of that of each of the K classes (Szegedy et al. 2016, "Rethinking the inception architecture").

    Args:
        weight: a number for each class; None for 1.
        ignore_index: samples with this target take no part. In a lifted function one below 0 is refused:
            leave these samples out, or take one of 0 or more.
        label_smoothing: ε, from 0 to 1.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> CrossEntropyLoss()([[0.0, 0.0], [0.0, 1000.0]], [0, 1])
    0.34657359027997264
    >>> round(CrossEntropyLoss(weight=[3.0, 1.0])([[0.0, 0.0], [0.0, 1000.0]], [0, 1]), 6)
    0.51986
    """


class NLLLoss(_ClassLoss, row="negative_log_likelihood", weight=None, ignore_index=-100):
    """-Σ q[t] / n over n samples, from log-probabilities; see :func:`nn.losses.negative_log_likelihood`.

    Args:
        weight: a number for each class, as in :class:`CrossEntropyLoss`.
        ignore_index: samples with this target take no part. In a lifted function one below 0 is refused:
            leave these samples out, or take one of 0 or more.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> NLLLoss()([[-0.5, -1.0], [-2.0, -0.25]], [1, 1])
    0.625
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

    @property
    def _over_samples(self) -> str:
        return "mean" if self.reduction == "batchmean" else self.reduction

    def __call__(self, input: Any, target: Any) -> Any:
        """The loss of log-probabilities and targets.

        Raises:
            ValueError, TypeError: as the function of the row.
        """
        if self.reduction == "batchmean":
            return self._of(input, target)
        each = map_pairs(self._of, input, target)
        if self.reduction == "none":
            return each
        return mean(_flat(each)) if self.reduction == "mean" else sum(_flat(each))
