"""LayerNorm, RMSNorm, GroupNorm, InstanceNorm: normalisation of each sample by itself."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

from engine import Value, dot, mean, sqrt, var
from engine.floats.validate import integer, non_negative
from nn.checks import flag
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import flattened, listed, nested, shape_of
from nn.modules.module import Module

__all__ = ["GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "LayerNorm", "RMSNorm"]


def _standardized(x: list[Any], eps: float) -> list[Any]:
    center, root = mean(x), sqrt(var(x) + eps)
    return [(each - center) / root for each in x]


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
        return _standardized(x, self.eps)

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


class GroupNorm(Module):
    """(x - mean) / √(var + eps) · weight + bias, of the numbers of each group of a sample's channels.

    Wu & He 2018, "Group normalization". With one group it is :class:`LayerNorm` of the whole sample but for
    weights of channels, with as many as channels :class:`InstanceNorm2d`.

    Args:
        num_groups: into how many parts the channels are divided, in order.
        num_channels: the length of the axis of channels.
        eps: added to the variance, at least 0.
        affine: whether there is a weight and a bias for each channel.
        axes: how many axes a channel has: 0 of features, 1 of sequences, 2 of images. None finds it by
            ``num_channels``, and refuses an input that may be one sample as well as a list of samples.

    Attributes:
        weight, bias: lists of Values, at first 1 and 0; None without.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    >>> norm = GroupNorm(2, 4)
    >>> norm
    GroupNorm(2, 4, eps=1e-05, affine=True)
    >>> [round(y.data, 4) for y in norm([1.0, 5.0, 0.0, 20.0])]
    [-1.0, 1.0, -1.0, 1.0]
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        axes: int | None = None,
    ) -> None:
        self.num_groups = integer("num_groups", num_groups)
        self.num_channels = integer("num_channels", num_channels)
        if self.num_channels % self.num_groups:
            raise ValueError(f"num_groups must divide num_channels, {num_channels}, got {num_groups}")
        self.eps = non_negative("eps", eps)
        self.affine = flag("affine", affine)
        self.axes = None if axes is None else integer("axes", axes, least=0)
        self.weight: Any = [Value(1.0) for _ in range(self.num_channels)] if self.affine else None
        self.bias: Any = [Value(0.0) for _ in range(self.num_channels)] if self.affine else None
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The normalised numbers, nested as the input.

        Args:
            x: one sample, a list of channels; or a list of samples.

        Raises:
            ValueError: it has another shape, may be read in both ways, or a group has only one number.
        """
        x = listed("input", x)
        of_samples = self._is_of_samples(shape_of("input", x))
        return [self._of_sample(sample) for sample in x] if of_samples else self._of_sample(x)

    def _is_of_samples(self, shape: tuple[int, ...]) -> bool:
        """Whether an input is a list of samples; its channels are on the first axis or on the second."""
        fits = [place for place in (0, 1) if shape[place : place + 1] == (self.num_channels,)]
        if self.axes is not None or len(shape) > 3:  # a channel has two axes at most
            wanted = len(shape) - 2 if self.axes is None else self.axes
            fits = [place for place in fits if len(shape) - 1 - place == wanted]
        if not fits:
            raise ValueError(
                f"{self!r} takes a sample of {self.num_channels} channels or a list of samples, got {shape}"
            )
        if len(fits) == 2:
            raise ValueError(
                f"{self!r} cannot tell whether an input of shape {shape} is one sample or a list of samples; "
                f"give axes={len(shape) - 1} for one sample, axes={len(shape) - 2} for a list of them"
            )
        return fits == [1]

    def _of_sample(self, x: list[Any]) -> list[Any]:
        shape, size = shape_of("input", x)[1:], self.num_channels // self.num_groups
        count = math.prod(shape)
        if size * count < 2:
            raise ValueError(f"{self!r} needs more than one number in a group, of which all would be 0")
        found: list[Any] = []
        for first in range(0, self.num_channels, size):
            numbers = _standardized(Inputs.of(flattened(x[first : first + size])), self.eps)
            for j in range(size):
                channel = numbers[j * count : (j + 1) * count]
                if self.weight is not None:
                    channel = [self.weight[first + j] * y for y in channel]
                if self.bias is not None:
                    channel = [y + self.bias[first + j] for y in channel]
                found.append(nested(channel, shape) if shape else channel[0])
        return found

    def __repr__(self) -> str:
        axes = "" if self.axes is None else f", axes={self.axes}"
        return (
            f"GroupNorm({self.num_groups}, {self.num_channels}, eps={self.eps:g}, affine={self.affine}{axes})"
        )


class _InstanceNorm(GroupNorm):
    """Base of the instance normalisations, of channels of different shapes."""

    own_axes: ClassVar[int]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
    ) -> None:
        if flag("track_running_stats", track_running_stats):
            raise ValueError(
                f"{type(self).__name__} keeps no running statistics; leave track_running_stats out, or take "
                "BatchNorm, which keeps those of batches"
            )
        super().__init__(num_features, num_features, eps, affine, axes=self.own_axes)
        self.num_features = self.num_channels

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.num_features}, eps={self.eps:g}, affine={self.affine})"


class InstanceNorm1d(_InstanceNorm):
    """(x - mean) / √(var + eps) · weight + bias, of each channel of a sequence by itself.

    Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization". The same in training and evaluation.

    Args:
        num_features: the number of channels.
        eps: added to the variance, at least 0.
        momentum: changes nothing, as PyTorch's where no running statistics are kept.
        affine: whether there is a weight and a bias for each channel.
        track_running_stats: True is refused.

    Attributes:
        weight, bias: lists of Values, at first 1 and 0; None without.

    >>> [[round(y.data, 4) for y in channel] for channel in InstanceNorm1d(1)([[1.0, 5.0]])]
    [[-1.0, 1.0]]
    """

    own_axes = 1


class InstanceNorm2d(_InstanceNorm):
    """Normalisation of each channel of an image by itself; see :class:`InstanceNorm1d`.

    >>> InstanceNorm2d(1, affine=True)
    InstanceNorm2d(1, eps=1e-05, affine=True)
    """

    own_axes = 2
