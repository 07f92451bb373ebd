"""Inputs of neurons, converted once for a whole layer, and functions applied to each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import Value
from engine.quoting import brief, typed
from nn.data.foreign import from_foreign

__all__ = ["Inputs", "Output", "elementwise"]

if TYPE_CHECKING:

    class Output(Value, list[Value]):  # type: ignore[misc]
        """What a layer returns: a list of Values, or the Value of its one neuron. Either may be meant."""
else:
    Output = Any

_NUMBERS = (int, float, np.floating, np.integer, np.bool_)


class Inputs(list[Any]):
    """A list of inputs, converted once, so that the neurons of a layer need not each do it.

    A number becomes one leaf that all neurons share, instead of a constant in each of them.

    >>> Inputs.of([0.5, Value(2.0)])
    [Value(data=0.5, grad=0.0, label='x.0'), Value(data=2.0, grad=0.0)]
    """

    @classmethod
    def of(cls, x: Any) -> Inputs:
        """Read inputs from a list, tuple, array or other sequence of numbers and Values; or from an Inputs.

        Raises:
            ValueError: x holds samples, each of several numbers, instead of numbers.
            TypeError: x is not a sequence of numbers.
        """
        if isinstance(x, Inputs):
            return x
        x = from_foreign("inputs", x)
        if isinstance(x, (Value, *_NUMBERS)):
            items = [x]
        elif isinstance(x, (str, bytes, dict)) or not hasattr(x, "__iter__"):
            raise TypeError(f"inputs must be a sequence of numbers and Values, got {typed(x)}")
        else:
            items = x.ravel().tolist() if isinstance(x, np.ndarray) and x.ndim < 2 else list(x)
        return cls(_input(i, item) for i, item in enumerate(items))


def elementwise(function: Callable[[Any], Any], x: Any) -> Any:
    """Apply a function of one number to a number, or to each number of a nested sequence.

    Args:
        function: of one Value or number.
        x: a Value or number; or a list, tuple or array of them.

    Returns:
        The function's result; for a sequence, a list of its results.

    >>> elementwise(abs, -2.0), elementwise(abs, [-2.0, 3.0])
    (2.0, [2.0, 3.0])
    """
    if isinstance(x, np.ndarray) and x.ndim:
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return [elementwise(function, item) for item in x]
    return function(x)


def _input(i: int, item: Any) -> Any:
    if isinstance(item, Value):
        return item
    if isinstance(item, _NUMBERS):
        return Value(item, label=f"x.{i}")
    if isinstance(item, (list, tuple)) or np.ndim(item) > 0:
        raise ValueError(
            f"inputs must be the numbers of one sample, but input {i} is a sequence itself, {brief(item)}; "
            "call the model for each sample: [model(x) for x in samples]"
        )
    return item  # fractions, decimals and other kinds of number: the engine decides
