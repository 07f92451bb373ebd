"""Softmax, LogSoftmax, Softmin and GLU as modules: of the whole of a layer's outputs."""

from __future__ import annotations

from typing import Any

import engine
from engine.floats.validate import integer
from nn.modules.layers.axes import columns_of, depth_of, listed, shape_of
from nn.modules.module import Module

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmin"]


class Softmax(Module):
    """exp(xᵢ) / Σⱼ exp(xⱼ) along an axis: positive numbers that sum to 1.

    Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs". For training
    leave it out and take ``nn.CrossEntropyLoss``, which is exact from the logits.

    Args:
        dim: the axis, from 0 on or, from the last, -1, -2, …; None is the last, as it is of one sample's
            outputs in PyTorch.

    Raises:
        ValueError: the input has no such axis.

    >>> [round(p, 3) for p in Softmax(dim=-1)([1.2, 0.9, 0.4])]
    [0.457, 0.338, 0.205]
    """

    function: Any = staticmethod(engine.softmax)

    def __init__(self, dim: int | None = None) -> None:
        self.dim = dim if dim is None else integer("dim", dim, least=-64)

    def __call__(self, x: Any) -> Any:
        """The function of a list, or along the axis of nested lists, nested alike."""
        x = listed("input", x)
        axes = depth_of(x)
        dim = -1 if self.dim is None else self.dim
        if not -axes <= dim < axes:
            raise ValueError(
                f"{self!r} needs an input with axis {dim}, got {axes or 'no'} axes; one sample of outputs "
                "has axis 0, and -1 is the last of any"
            )
        shape_of("input", x)
        return self._along(x, dim % axes)

    def _along(self, x: Any, axis: int) -> Any:
        if axis:
            return [self._along(each, axis - 1) for each in x]
        if depth_of(x) == 1:
            return self.function(x)
        return columns_of([self._along(column, 0) for column in columns_of(x)])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(dim={self.dim})"


class LogSoftmax(Softmax):
    """The logarithm of :class:`Softmax`, precise also where a probability is nearly 0 or 1.

    Args:
        dim: as in :class:`Softmax`.

    >>> LogSoftmax(dim=-1)([1000.0, 0.0])
    [0.0, -1000.0]
    """

    function = staticmethod(engine.log_softmax)


class Softmin(Softmax):
    """The softmax of -x: most for the smallest.

    Args:
        dim: as in :class:`Softmax`.

    >>> Softmin(dim=-1)([0.0, 1000.0])
    [1.0, 0.0]
    """

    function = staticmethod(lambda xs: engine.softmax([-x for x in xs]))


def _gated(xs: list[Any]) -> list[Any]:
    half, odd = divmod(len(xs), 2)
    if odd:
        raise ValueError(f"GLU takes an even count of numbers, got {len(xs)}")
    return [a * engine.sigmoid(b) for a, b in zip(xs[:half], xs[half:], strict=True)]


class GLU(Softmax):
    """a · sigmoid(b) of the two halves of an axis: the gated linear unit.

    Dauphin, Fan, Auli & Grangier 2017, "Language modeling with gated convolutional networks".

    Args:
        dim: as in :class:`Softmax`.

    Raises:
        ValueError: the axis has an odd length.

    >>> GLU()([3.0, 4.0, 0.0, -1000.0])
    [1.5, 0.0]
    """

    function = staticmethod(_gated)

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim)
