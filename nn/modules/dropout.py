"""Dropout: sets inputs, or whole channels, to 0 at random while training."""

from __future__ import annotations

from functools import partial
from operator import mul
from typing import Any

from nn.checks import flag, up_to_one
from nn.modules.inputs import elementwise
from nn.modules.layers.axes import OfChannels
from nn.modules.module import Module
from nn.rng import Rng, draw_uniform, random_source

__all__ = ["Dropout", "Dropout1d", "Dropout2d"]


class Dropout(Module):
    """Sets each input to 0 with probability p and multiplies the others by 1/(1 - p); only in training mode.

    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, "Dropout: a simple way to prevent neural
    networks from overfitting". The paper scales when evaluating; here, as in PyTorch, the scale is inverted
    and applied while training, so that the expected output is the input and evaluation (``model.eval()``)
    leaves inputs as they are.

    Args:
        p: the probability of 0, from 0 to 1.
        inplace: changes nothing, for those who know it from PyTorch.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        p: as given; may be set.
        rng: the generator; None for Python's ``random`` module.

    Raises:
        ValueError: p is not between 0 and 1.
        TypeError: p is not a number.

    >>> dropout = Dropout(0.5, rng=0)
    >>> dropout([1.0, 2.0, 3.0, 4.0])
    [2.0, 0.0, 0.0, 0.0]
    >>> dropout.eval()([1.0, 2.0, 3.0, 4.0])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, rng: Rng = None) -> None:
        flag("inplace", inplace)
        source = random_source(rng)
        self.p = up_to_one("p", p)
        self.rng = None if source is random_source(None) else source  # a module could not be copied

    def __call__(self, x: Any) -> Any:
        """The input, a number or a sequence, with some numbers set to 0; sequences become lists."""
        if not self.training or self.p == 0.0:
            return elementwise(lambda each: each, x)
        source = random_source(self.rng)
        scale = 1.0 / (1.0 - self.p) if self.p < 1.0 else 0.0
        return elementwise(lambda each: each * (scale if draw_uniform(source) >= self.p else 0.0), x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p:g})"


class _ChannelDropout(OfChannels, Dropout):
    """Base: sets whole channels to 0."""

    def _of_sample(self, x: list[Any], shape: tuple[int, ...]) -> Any:
        factors = Dropout.__call__(self, [1.0] * len(x))
        return [
            elementwise(partial(mul, factor), channel) for factor, channel in zip(factors, x, strict=True)
        ]


class Dropout1d(_ChannelDropout, axes=1):
    """Sets whole channels of sequences to 0 with probability p and scales the others up, as :class:`Dropout`.

    Tompson, Goroshin, Jain, LeCun & Bregler 2015, "Efficient object localization using convolutional
    networks": neighbouring numbers are alike, so that one alone, set to 0, hardly matters.

    >>> Dropout1d(0.5, rng=0)([[1.0, 2.0], [3.0, 4.0]])
    [[2.0, 4.0], [0.0, 0.0]]
    """


class Dropout2d(_ChannelDropout, axes=2):
    """Sets whole channels of images to 0; see :class:`Dropout1d`.

    >>> Dropout2d(0.5).eval()([[[1.0, 2.0]]])
    [[[1.0, 2.0]]]
    """
