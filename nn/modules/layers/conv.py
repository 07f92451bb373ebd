"""Conv1d and Conv2d on nested lists: a small neuron that slides over its input."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from engine import dot
from engine.floats.validate import integer
from engine.quoting import brief
from nn.checks import flag
from nn.init import Init
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import OfChannels, flattened, nested
from nn.modules.layers.linear import starting_values
from nn.modules.layers.windows import Sizes, sizes, windows
from nn.rng import Rng, random_source

__all__ = ["Conv1d", "Conv2d"]


class _Conv(OfChannels):
    """Base of the convolutions, of one axis or two."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sizes,
        stride: int | Sizes = 1,
        padding: int | Sizes | str = 0,
        dilation: int | Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        init: Init = None,
        rng: Rng = None,
    ) -> None:
        self.in_channels = integer("in_channels", in_channels)
        self.out_channels = integer("out_channels", out_channels)
        self.groups = integer("groups", groups)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ValueError(f"groups must divide both numbers of channels, got {groups}")
        self.kernel_size = sizes("kernel_size", kernel_size, self.axes)
        self.stride = sizes("stride", stride, self.axes)
        self.dilation = sizes("dilation", dilation, self.axes)
        self.padding, self._before, self._behind = self._paddings(padding)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        fan_in, source = prod(shape[1:]), random_source(rng)
        rows = starting_values(init, source, self.out_channels, fan_in, 1.0 / sqrt(fan_in))
        self.weight: Any = [nested(list(row), shape[1:]) for row in rows]
        self.bias = None
        if flag("bias", bias):
            start: Init = None if init is None else "zeros"
            self.bias = starting_values(start, source, 1, self.out_channels, 1.0 / sqrt(fan_in))[0]
        self.label_parameters()

    def _paddings(self, padding: Any) -> tuple[Any, Sizes, Sizes]:
        """The padding as it is kept, and that before and behind on each axis."""
        if not isinstance(padding, str):
            around = sizes("padding", padding, self.axes, least=0)
            return around, around, around
        if padding == "valid":
            return padding, (0,) * self.axes, (0,) * self.axes
        if padding != "same":
            raise ValueError(f'padding must be integers, "same" or "valid", got {brief(padding)}')
        if set(self.stride) != {1}:
            raise ValueError(f'padding="same" needs stride 1, got {self.stride}')
        total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        return padding, tuple(t // 2 for t in total), tuple(t - t // 2 for t in total)

    def _of_sample(self, x: list[Any], shape: Sizes) -> Any:
        outputs, positions = windows(
            shape[1:], self.kernel_size, self.stride, self._before, self._behind, self.dilation
        )
        if not positions:
            raise ValueError(f"{self!r} has a kernel larger than its input, {shape}, and its padding")
        channels = [[*Inputs.of(flattened(channel)), 0.0] for channel in x]  # position -1 is the padding
        inner, per_group = self.in_channels // self.groups, self.out_channels // self.groups
        result = []
        for group in range(self.groups):
            part = channels[group * inner : (group + 1) * inner]
            patches = [[channel[i] for channel in part for i in window] for window in positions]
            for k in range(group * per_group, (group + 1) * per_group):
                row, bias = flattened(self.weight[k]), 0.0 if self.bias is None else self.bias[k]
                products = [dot(row, patch) for patch in patches]
                numbers = products if self.bias is None else [each + bias for each in products]
                result.append(nested(numbers, outputs))
        return result

    def __repr__(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={_shown(self.kernel_size)}"
        text += f", stride={_shown(self.stride)}"
        if self.padding not in ("valid", (0,) * self.axes):
            padding = self.padding
            text += f", padding={padding!r}" if isinstance(padding, str) else f", padding={_shown(padding)}"
        if set(self.dilation) != {1}:
            text += f", dilation={_shown(self.dilation)}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        return f"{type(self).__name__}({text}{'' if self.bias is not None else ', bias=False'})"


def _shown(numbers: Sizes) -> str:
    return f"({', '.join(map(str, numbers))}{',' if len(numbers) == 1 else ''})"


class Conv1d(_Conv, axes=1):
    """y[k][t] = bias[k] + Σ weight[k][c][i] · x[c][stride·t + dilation·i - padding], over channels c.

    Waibel, Hanazawa, Hinton, Shikano & Lang 1989, "Phoneme recognition using time-delay neural networks".
    As in PyTorch the kernel is not turned round. Each number of the output is one node, a dot product.

    Args:
        in_channels, out_channels: the numbers of lists in the input and in the output.
        kernel_size: how many numbers of a channel one number of the output is made of.
        stride: how far the kernel moves.
        padding: how many zeros stand before and behind; ``"same"`` for an output as long as the input,
            ``"valid"`` for none.
        dilation: how far the numbers under the kernel are from each other.
        groups: into how many parts the channels are divided, each with kernels of its own.
        bias: whether each channel of the output has one.
        init: where the weights start, as rows of a kernel's numbers, as in :class:`nn.Linear`; None is
            PyTorch's start, uniform between ±1/√(numbers of a kernel).
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        weight: of shape (out_channels, in_channels / groups, kernel_size), nested lists of Values.
        bias: the list of ``out_channels`` Values; None without one.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    >>> edges = Conv1d(1, 1, kernel_size=2, init=[[-1.0, 1.0]])
    >>> edges
    Conv1d(1, 1, kernel_size=(2,), stride=(1,))
    >>> [y.data for y in edges([[0.0, 0.0, 1.0, 1.0]])[0]]
    [0.0, 1.0, 0.0]
    """


class Conv2d(_Conv, axes=2):
    """y[k][s][t] = bias[k] + Σ weight[k][c][i][j] · x[c][s + i][t + j], with stride, padding and dilation.

    LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition". Arguments and attributes
    are those of :class:`Conv1d`, where one integer stands for both axes and a pair for height and width.

    >>> blur = Conv2d(1, 1, kernel_size=2, init=0.25)
    >>> [[y.data for y in row] for row in blur([[[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]]])[0]]
    [[1.0, 0.5]]
    """
