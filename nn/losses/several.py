"""Losses of pairs, of triplets, and of a mean with its variance: modules that are called with three inputs.

They cannot be given to :func:`nn.fit`, which has one prediction and one target for a sample.
"""

from __future__ import annotations

import math
from dataclasses import field
from inspect import Parameter
from typing import Annotated, Any, ClassVar

from engine import dot, equal, log, mean, minimum, relu, sqrt, sum, where
from engine.autograd.trace_mode import checked
from engine.floats.validate import real
from engine.quoting import brief
from nn.checks import Flag, NonNegative, Rules, keep_rules
from nn.declared import Declared
from nn.losses.pairing import is_count, is_sign
from nn.losses.reduced import Reduced
from nn.modules.layers.axes import depth_of, flattened, listed, nested, shape_of
from nn.vectors import at_least, pairwise_distance

__all__ = [
    "CosineEmbeddingLoss",
    "GaussianNLLLoss",
    "MarginRankingLoss",
    "TripletMarginLoss",
]


Real = Annotated[float, real]


class _OfThree(Declared, Reduced):
    """Base: the loss of one sample, of all samples, and their mean, sum or list."""

    axes: ClassVar[int] = 0
    """How many axes the first input of one sample has."""
    rules: ClassVar[Rules] = {}
    before = ()
    behind = (Parameter("reduction", Parameter.KEYWORD_ONLY, default="mean", annotation="str"),)
    reduction: str = field(default="mean", kw_only=True)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.settings = {name: each.default for name, each in cls.fields.items()}

    def _checked(self, settings: dict[str, Any]) -> dict[str, Any]:
        return keep_rules(self.rules, settings)

    def __call__(self, *inputs: Any) -> Any:
        """The loss of the three inputs: of one sample, or of lists of samples, nested alike.

        Raises:
            TypeError: there are not three.
            ValueError: the lengths differ, or a target is neither -1 nor +1.
        """
        name = type(self).__name__
        if len(inputs) != 3:
            raise TypeError(f"{name} is called with three inputs, got {len(inputs)}")
        parts = [listed("input", each) for each in inputs]
        shape = shape_of("input", parts[0])
        samples = shape[: len(shape) - self.axes]
        if not samples:
            return self._of_sample(*parts)
        columns = [flattened(part, len(samples) - 1) if isinstance(part, list) else [part] for part in parts]
        if len({len(column) for column in columns}) != 1:
            raise ValueError(f"the inputs of {name} differ in length: {[len(each) for each in columns]}")
        found = [self._of_sample(*each) for each in zip(*columns, strict=True)]
        if self.reduction == "none":
            return nested(found, samples)
        return mean(found) if self.reduction == "mean" else sum(found)

    def _of_sample(self, first: Any, second: Any, third: Any) -> Any:
        raise NotImplementedError


class MarginRankingLoss(_OfThree):
    """max(0, margin - t·(x1 - x2)): x1 should be above x2 where t is +1, and below where t is -1.

    Args:
        margin: by how much, a number.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Called with x1, x2 and t, numbers or lists of them.

    >>> MarginRankingLoss()([3.0, 0.0], [1.0, 2.0], [-1, -1])
    1.0
    """

    margin: Real = 0.0

    def _of_sample(self, x1: Any, x2: Any, target: Any) -> Any:
        return relu(self.margin - _sign(target) * (x1 - x2))


class CosineEmbeddingLoss(_OfThree):
    """1 - cos(x1, x2) of vectors that belong together, where t is +1; where it is -1, max(0, cos - margin).

    Args:
        margin: up to which cosine the others are let be, from -1 to 1.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Called with x1, x2 and t, two vectors and a number, or lists of them.

    >>> CosineEmbeddingLoss()([1.0, 0.0], [0.0, 1.0], 1)
    1.0
    """

    axes = 1
    margin: Real = 0.0

    def _of_sample(self, x1: Any, x2: Any, target: Any) -> Any:
        def cosine(a: list[Any], b: list[Any]) -> Any:
            tiny = 1e-12  # PyTorch's, in this loss; a vector of zeros has the cosine 0
            return dot(a, b) / sqrt((dot(a, a) + tiny) * (dot(b, b) + tiny))

        if len(x1) != len(x2):
            raise ValueError(f"vectors of one length are needed, got {len(x1)} and {len(x2)} numbers")
        found = cosine(x1, x2)
        return where(equal(_sign(target), 1.0), 1.0 - found, relu(found - self.margin))


class TripletMarginLoss(_OfThree):
    """max(0, d(a, p) - d(a, n) + margin): an anchor a should be nearer to p, of its kind, than to n.

    Schroff, Kalenichenko & Philbin 2015, "FaceNet", without the squares; the swap is that of Balntas, Riba,
    Ponsa & Mikolajczyk 2016, "Learning local feature descriptors with triplets".

    Args:
        margin: by how much, at least 0.
        p, eps: of the distance d, as in :func:`nn.vectors.pairwise_distance`.
        swap: whether d(p, n) takes the place of d(a, n) where it is smaller.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Called with a, p and n, vectors or lists of them.

    >>> TripletMarginLoss()([0.0, 0.0], [2.0, 0.0], [0.0, 9.0])
    0.0
    """

    axes = 1
    margin: NonNegative = 1.0
    p: Real = 2.0  # inf is one, too
    eps: NonNegative = 1e-6
    swap: Flag = False

    def _of_sample(self, anchor: Any, positive: Any, negative: Any) -> Any:
        other = pairwise_distance(anchor, negative, self.p, self.eps)
        if self.swap:
            other = minimum(other, pairwise_distance(positive, negative, self.p, self.eps))
        return relu(pairwise_distance(anchor, positive, self.p, self.eps) - other + self.margin)


class GaussianNLLLoss(_OfThree):
    """½·(log v + (t - y)² / v): the negative log-likelihood of t, normal with mean y and variance v.

    Nix & Weigend 1994, "Estimating the mean and variance of the target probability distribution".

    Args:
        full: whether to add the constant ½·log 2π.
        eps: a smaller variance counts as this one, with the gradient of the variance, as in PyTorch.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Called with y, t and v, numbers or lists of them.

    >>> GaussianNLLLoss()([1.0], [3.0], [1.0])
    2.0
    """

    full: Flag = field(default=False, kw_only=True)
    eps: NonNegative = field(default=1e-6, kw_only=True)

    def _of_sample(self, y: Any, target: Any, variance: Any) -> Any:
        if not checked(variance, is_count):
            raise ValueError(f"a variance must be at least 0, got {brief(variance)}")
        v = at_least(variance, self.eps)
        return 0.5 * (log(v) + (y - target) ** 2 / v + (math.log(math.tau) if self.full else 0.0))


def _sign(target: Any) -> Any:
    """A target that is -1 or +1."""
    if depth_of(target) or not checked(target, is_sign):
        raise ValueError(f"targets must be -1 or +1, got {brief(target)}; for 0 and 1 take 2*t - 1")
    return target
