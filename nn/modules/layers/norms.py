"""LayerNorm and RMSNorm: normalisation of each sample by itself."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from engine import Value, dot, mean, sqrt, var
from engine.floats.validate import integer, non_negative
from nn.checks import flag
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import flattened, listed, nested, shape_of
from nn.modules.module import Module

__all__ = ["LayerNorm", "RMSNorm"]


class _OfEachSample(Module):
    """Base of LayerNorm and RMSNorm: functions of the last few axes."""

    def __init__(self, normalized_shape: int | Sequence[int], affine: bool, bias: bool) -> None:
        several = isinstance(normalized_shape, (list, tuple))
        sizes = list(normalized_shape) if isinstance(normalized_shape, (list, tuple)) else [normalized_shape]
        if not sizes:
            raise ValueError("normalized_shape must name at least one length, got none")
        name = "normalized_shape[{}]" if several else "normalized_shape"
        self.normalized_shape = tuple(integer(name.format(i), size) for i, size in enumerate(sizes))
        self.elementwise_affine = flag("elementwise_affine", affine)
        count = math.prod(self.normalized_shape)
        self.weight, self.bias = None, None
        if self.elementwise_affine:
            self.weight = nested([Value(1.0) for _ in range(count)], self.normalized_shape)
            if flag("bias", bias):
                self.bias = nested([Value(0.0) for _ in range(count)], self.normalized_shape)
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The normalised numbers, nested as the input.

        Args:
            x: nested lists, tuples or arrays whose last axes have the shape; further axes may come before.

        Raises:
            ValueError: the last axes have another shape.
        """
        x = listed("input", x)
        shape, own = shape_of("input", x), self.normalized_shape
        if shape[-len(own) :] != own:
            raise ValueError(f"{self!r} takes an input whose last axes are {own}, got shape {shape}")
        return self._applied(x, len(shape) - len(own))

    def _applied(self, x: Any, axes_before: int) -> Any:
        if axes_before:
            return [self._applied(each, axes_before - 1) for each in x]
        numbers = self._normalized(Inputs.of(flattened(x)))
        if self.weight is not None:
            numbers = [w * y for w, y in zip(flattened(self.weight), numbers, strict=True)]
        if self.bias is not None:
            numbers = [y + b for y, b in zip(numbers, flattened(self.bias), strict=True)]
        return nested(numbers, self.normalized_shape)

    def _normalized(self, x: list[Any]) -> list[Any]:
        raise NotImplementedError


class LayerNorm(_OfEachSample):
    """(x - mean) / √(var + eps) · weight + bias, of the numbers of one sample.

    Ba, Kiros & Hinton 2016, "Layer normalization". The variance is the mean squared distance, without
    Bessel's correction.

    Args:
        normalized_shape: the length of the last axis, or the lengths of the last axes.
        eps: added to the variance, at least 0.
        elementwise_affine: whether there is a weight for each number, and a bias.
        bias: False leaves out the bias.

    Attributes:
        weight, bias: Values in lists of that shape, at first 1 and 0; None without.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    >>> norm = LayerNorm(2)
    >>> norm
    LayerNorm((2,), eps=1e-05, elementwise_affine=True)
    >>> [round(y.data, 4) for y in norm([1.0, 5.0])]
    [-1.0, 1.0]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.eps = non_negative("eps", eps)
        super().__init__(normalized_shape, elementwise_affine, bias)

    def _normalized(self, x: list[Any]) -> list[Any]:
        center, root = mean(x), sqrt(var(x) + self.eps)
        return [(each - center) / root for each in x]

    def __repr__(self) -> str:
        affine = f"elementwise_affine={self.elementwise_affine}"
        return f"LayerNorm({self.normalized_shape}, eps={self.eps:g}, {affine})"


class RMSNorm(_OfEachSample):
    """x / √(mean(x²) + eps) · weight, of the numbers of one sample.

    Zhang & Sennrich 2019, "Root mean square layer normalization".

    Args:
        normalized_shape: the length of the last axis, or the lengths of the last axes.
        eps: added to the mean of squares, at least 0; None is that of float64, 2.2e-16.
        elementwise_affine: whether there is a weight for each number.

    Attributes:
        weight: Values in lists of that shape, at first 1; None without.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    >>> [round(y.data, 4) for y in RMSNorm(2)([3.0, 4.0])]
    [0.8485, 1.1314]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.eps = None if eps is None else non_negative("eps", eps)
        super().__init__(normalized_shape, elementwise_affine, False)

    def _normalized(self, x: list[Any]) -> list[Any]:
        eps = sys.float_info.epsilon if self.eps is None else self.eps
        root = sqrt(dot(x, x) / len(x) + eps)
        return [each / root for each in x]

    def __repr__(self) -> str:
        eps = "None" if self.eps is None else f"{self.eps:g}"
        return f"RMSNorm({self.normalized_shape}, eps={eps}, elementwise_affine={self.elementwise_affine})"
