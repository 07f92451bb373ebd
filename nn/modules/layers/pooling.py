"""MaxPool, AvgPool and their adaptive forms on nested lists: the largest number, or the mean, of windows."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from engine import max, sum
from engine.floats.validate import integer
from engine.quoting import brief
from nn.checks import flag
from nn.modules.layers.axes import OfChannels, flattened, nested
from nn.modules.layers.windows import Sizes, sizes, windows

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "MaxPool1d",
    "MaxPool2d",
]


class _Pool(OfChannels):
    """Base of the pooling layers: a function of the numbers of each window, in each channel by itself."""

    def __init__(
        self, kernel_size: int | Sizes, stride: int | Sizes | None = None, padding: int | Sizes = 0
    ) -> None:
        self.kernel_size = sizes("kernel_size", kernel_size, self.axes)
        self.stride = self.kernel_size if stride is None else sizes("stride", stride, self.axes)
        self.padding = sizes("padding", padding, self.axes, least=0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(
                f"padding must be at most half the kernel {self.kernel_size}, got {self.padding}"
            )

    def _of_sample(self, x: list[Any], shape: Sizes) -> Any:
        outputs, positions = self._windows(shape[1:])
        if not positions:
            raise ValueError(f"{self!r} has windows larger than its input, {shape}, and its padding")
        found = []
        for channel in map(flattened, x):
            parts = ([channel[i] for i in window if i >= 0] for window in positions)
            found.append(nested([self._of_window(part) for part in parts], outputs))
        return found

    def _windows(self, shape: Sizes) -> tuple[Sizes, Any]:
        """The lengths of the output's axes, and for each of its items the positions of its window."""
        return windows(shape, self.kernel_size, self.stride, self.padding, self.padding, (1,) * self.axes)

    def _of_window(self, numbers: list[Any]) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        numbers = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        shown = (f"{name}={each[0] if len({*each}) == 1 else each}" for name, each in numbers.items())
        return f"{type(self).__name__}({', '.join(shown)})"


class _MaxPool(_Pool):
    def _of_window(self, numbers: list[Any]) -> Any:
        return max(numbers)


class _AvgPool(_Pool):
    def __init__(
        self,
        kernel_size: int | Sizes,
        stride: int | Sizes | None = None,
        padding: int | Sizes = 0,
        *,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.count_include_pad = flag("count_include_pad", count_include_pad)

    def _of_window(self, numbers: list[Any]) -> Any:
        return sum(numbers) / (prod(self.kernel_size) if self.count_include_pad else len(numbers))


class MaxPool1d(_MaxPool, axes=1):
    """The largest number of each window. Where several are the largest, they share its gradient.

    PyTorch gives all of it to the first. Riesenhuber & Poggio 1999, "Hierarchical models of object
    recognition in cortex".

    Args:
        kernel_size: the length of a window.
        stride: how far it moves; None is as far as it is long.
        padding: how many places stand before and behind, which are never the largest.

    >>> MaxPool1d(2)([[1.0, 3.0, 2.0, 0.0]])
    [[3.0, 2.0]]
    """


class MaxPool2d(_MaxPool, axes=2):
    """The largest number of each window, as :class:`MaxPool1d`; pairs are for height and width.

    >>> MaxPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
    [[[3.0]]]
    """


class AvgPool1d(_AvgPool, axes=1):
    """The mean of each window; LeCun et al. 1989 call it subsampling.

    Args:
        kernel_size, stride: as in :class:`MaxPool1d`.
        padding: how many zeros stand before and behind.
        count_include_pad: whether these count in the mean.

    >>> AvgPool1d(2)([[1.0, 3.0, 2.0, 0.0]])
    [[2.0, 1.0]]
    """


class AvgPool2d(_AvgPool, axes=2):
    """The mean of each window, as :class:`AvgPool1d`; pairs are for height and width.

    >>> AvgPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
    [[[1.5]]]
    """


class _AdaptivePool(_Pool):
    """Base of the pooling layers that give an output of one size, whatever that of the input."""

    def __init__(self, output_size: Any) -> None:
        several = isinstance(output_size, (tuple, list))
        given = tuple(output_size) if several else (output_size,) * self.axes
        if len(given) != self.axes:
            raise ValueError(
                f"output_size must be an integer or {self.axes} of them, got {brief(output_size)}"
            )
        self.output_size = tuple(None if n is None else integer("output_size", n) for n in given)

    def _windows(self, shape: Sizes) -> tuple[Sizes, Any]:
        outputs = tuple(n if size is None else size for n, size in zip(shape, self.output_size, strict=True))
        if 0 in shape:
            return outputs, ()
        axes = [
            [range(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
            for n, m in zip(shape, outputs, strict=True)
        ]
        width = shape[-1]  # positions in a flat list, row by row
        return outputs, [
            [i * width + j for i in (parts[0] if len(parts) == 2 else (0,)) for j in parts[-1]]
            for parts in product(*axes)
        ]

    def __repr__(self) -> str:
        size: Any = self.output_size[0] if len({*self.output_size}) == 1 else self.output_size
        return f"{type(self).__name__}(output_size={size})"


class _AdaptiveAvgPool(_AdaptivePool):
    def _of_window(self, numbers: list[Any]) -> Any:
        return sum(numbers) / len(numbers)


class AdaptiveAvgPool1d(_AdaptiveAvgPool, axes=1):
    """The means of m windows, for an output of length m: of n numbers those from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    With 1 it is the mean of each channel, as Lin, Chen & Yan 2014, "Network in network", have it.

    Args:
        output_size: m, at least 1; None is as long as the input.

    >>> AdaptiveAvgPool1d(1)([[1.0, 3.0, 2.0, 0.0]]), AdaptiveAvgPool1d(2)([[1.0, 3.0, 2.0]])
    ([[1.5]], [[2.0, 2.5]])
    """


class AdaptiveAvgPool2d(_AdaptiveAvgPool, axes=2):
    """The means of windows, as :class:`AdaptiveAvgPool1d`; pairs are for height and width.

    >>> AdaptiveAvgPool2d(1)([[[1.0, 3.0], [2.0, 0.0]]])
    [[[1.5]]]
    """


class AdaptiveMaxPool1d(_AdaptivePool, _MaxPool, axes=1):
    """The largest numbers of the windows of :class:`AdaptiveAvgPool1d`.

    >>> AdaptiveMaxPool1d(2)([[1.0, 3.0, 2.0, 0.0]])
    [[3.0, 2.0]]
    """


class AdaptiveMaxPool2d(_AdaptivePool, _MaxPool, axes=2):
    """The largest numbers of windows, as :class:`AdaptiveMaxPool1d`; pairs are for height and width.

    >>> AdaptiveMaxPool2d((1, None))([[[1.0, 3.0], [2.0, 0.0]]])
    [[[2.0, 3.0]]]
    """
