"""Losses of classes as modules, with a weight for each class and an index that is passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine import Value, div, equal, sum, take, where
from engine.autograd.trace_mode import is_tracing
from engine.floats.validate import integer, non_negative
from engine.quoting import brief
from nn.checks import up_to_one
from nn.data.numbers import items_of, number_of
from nn.losses.reduced import LossModule
from nn.losses.row import Loss

__all__ = ["CrossEntropyLoss", "NLLLoss"]


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
            return where(0.0, function(z, 0), 0.0), 0.0  # a Value, and no nan of these outputs
        shares, smoothing = items_of(target), self.label_smoothing
        loss, weight = function(z, target), 1.0
        if self.weight is not None and shares is None:
            weight = take(weights, target)
            loss = weight * loss
            if isinstance(weight, Value):  # known when the lifted program runs; 0 moves nothing, even over 0
                loss = where(weight, loss, loss.detach())  # but nan stays nan
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

    With weights the mean is weighted: Σ w[t]·loss / Σ w[t]. Of samples that all are ignored or of weight 0 it
    is nan, as in PyTorch, and its gradient, without smoothing, 0, so that such a batch moves nothing.
    Smoothing takes (1 - ε) of the target's loss and ε/K of that of each of the K classes (Szegedy et al.
    2016, "Rethinking the inception architecture").

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
