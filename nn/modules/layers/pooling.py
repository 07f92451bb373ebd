"""MaxPool and AvgPool on nested lists: the largest number, or the mean, of each window."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from engine import max, sum
from nn.checks import flag
from nn.modules.layers.axes import flattened, listed, nested, shape_of
from nn.modules.layers.windows import Sizes, sizes, windows
from nn.modules.module import Module

__all__ = ["AvgPool1d", "AvgPool2d", "MaxPool1d", "MaxPool2d"]


class _Pool(Module):
    """Base of the pooling layers: a function of the numbers of each window, in each channel by itself."""

    axes: ClassVar[int]

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

    def __call__(self, x: Any) -> Any:
        """The channels, each smaller than it was.

        Args:
            x: one sample, a list of channels; or a batch, a list of samples.

        Raises:
            ValueError: it has too few axes, or is smaller than the window.
        """
        x = listed("input", x)
        shape = shape_of("input", x)
        if len(shape) == self.axes + 2:
            return [self(sample) for sample in x]
        if len(shape) != self.axes + 1:
            wanted = "(channels, length)" if self.axes == 1 else "(channels, height, width)"
            raise ValueError(f"{self!r} takes an input of shape {wanted}, or a list of such, got {shape}")
        outputs, positions = windows(
            shape[1:], self.kernel_size, self.stride, self.padding, self.padding, (1,) * self.axes
        )
        if not positions:
            raise ValueError(f"{self!r} has windows larger than its input, {shape}, and its padding")
        found = []
        for channel in map(flattened, x):
            parts = ([channel[i] for i in window if i >= 0] for window in positions)
            found.append(nested([self._of_window(part) for part in parts], outputs))
        return found

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


class MaxPool1d(_MaxPool):
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

    axes = 1


class MaxPool2d(_MaxPool):
    """The largest number of each window, as :class:`MaxPool1d`; pairs are for height and width.

    >>> MaxPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
    [[[3.0]]]
    """

    axes = 2


class AvgPool1d(_AvgPool):
    """The mean of each window; LeCun et al. 1989 call it subsampling.

    Args:
        kernel_size, stride: as in :class:`MaxPool1d`.
        padding: how many zeros stand before and behind.
        count_include_pad: whether these count in the mean.

    >>> AvgPool1d(2)([[1.0, 3.0, 2.0, 0.0]])
    [[2.0, 1.0]]
    """

    axes = 1


class AvgPool2d(_AvgPool):
    """The mean of each window, as :class:`AvgPool1d`; pairs are for height and width.

    >>> AvgPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
    [[[1.5]]]
    """

    axes = 2
