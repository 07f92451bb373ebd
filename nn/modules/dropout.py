"""Dropout: sets inputs to 0 at random while training."""

from __future__ import annotations

from typing import Any

from nn.checks import flag, up_to_one
from nn.modules.inputs import elementwise
from nn.modules.module import Module
from nn.rng import Rng, draw_uniform, random_source

__all__ = ["Dropout"]


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
        if not self.training:
            return elementwise(lambda each: each, x)
        source = random_source(self.rng)
        scale = 1.0 / (1.0 - self.p) if self.p < 1.0 else 0.0
        return elementwise(lambda each: each * (scale if draw_uniform(source) >= self.p else 0.0), x)

    def __repr__(self) -> str:
        return f"Dropout(p={self.p:g})"
