"""The weights a layer starts from, however they are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief
from nn.init import FAMILIES, INITIALIZERS, Initializer
from nn.rng import Rng, numpy_generator, random_source

__all__ = ["Init", "initial_weights"]

Weights = npt.NDArray[np.float64]

Init = str | float | Initializer | Sequence[Any] | npt.NDArray[Any] | None
"""Initial weights as a person gives them: a name, one with a number, a number, the weights, or a function."""


def initial_weights(init: Init, rng: Rng, nin: int, nout: int) -> Weights:
    """The weights a layer starts from.

    Args:
        init: None or a name in ``INITIALIZERS``; a name with its number, ``("normal", 0.1)``, see
            :mod:`nn.init`; a number, for all weights; the weights themselves; or a
            function ``f(rng, nin, nout)``, which is given a NumPy Generator and returns them. None is
            "uniform". Weights have shape (nout, nin); for one neuron also (nin,).
        rng: see :func:`nn.rng.random_source`. With None, "uniform" draws ``random.uniform(-1, 1)``
            weight by weight as micrograd does; other initialisers get a NumPy Generator seeded from
            ``random``.
        nin: inputs per neuron.
        nout: neurons.

    Returns:
        An array of shape (nout, nin).

    Raises:
        ValueError: no initialiser is called that, it takes no such number, or the shape is wrong.
        TypeError: ``init`` or what it returns is none of these.

    >>> initial_weights("ones", None, nin=3, nout=2)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    source = random_source(rng)
    if init is None or (isinstance(init, str) and init == "uniform"):
        if isinstance(source, np.random.Generator):
            return np.asarray(INITIALIZERS["uniform"](source, nin, nout))
        return np.array([[source.uniform(-1.0, 1.0) for _ in range(nin)] for _ in range(nout)])
    if isinstance(init, str):
        init = _named(init)
    elif isinstance(init, (tuple, list)) and init and isinstance(init[0], str):
        init = _named(*init)
    if callable(init):
        return _as_weights(init(numpy_generator(source), nin, nout), nin, nout)
    return _as_weights(init, nin, nout)


def _named(name: str, *numbers: Any) -> Initializer:
    """The initialiser of a name, or the one that its function makes of the numbers."""
    if name not in (FAMILIES if numbers else INITIALIZERS):
        if name in INITIALIZERS or name in FAMILIES:
            advice = "takes no number" if numbers else f"needs a number: ({brief(name)}, 0.5)"
            raise ValueError(f"the initialiser {brief(name)} {advice}")
        names = ", ".join(INITIALIZERS)
        raise ValueError(
            f"no initialiser is called {brief(name)}; there are {names}, or give a number or a function"
        )
    if not numbers:
        return INITIALIZERS[name]
    try:
        return FAMILIES[name](*numbers)
    except TypeError as error:
        raise ValueError(
            f"the initialiser {brief(name)} does not take {brief(list(numbers))}: {error}"
        ) from None


def _as_weights(given: Any, nin: int, nout: int) -> Weights:
    """Given weights as an array of shape (nout, nin); a single number stands for all of them."""
    wanted = f"initial weights must have shape {(nout, nin)}, a row for each neuron"
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{wanted}, got rows of different lengths") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"initial weights must be real numbers, got {brief(given)}")
    if array.ndim and array.shape != (nout, nin) and not (nout == 1 and array.shape == (nin,)):
        raise ValueError(f"{wanted}, got {array.shape}")
    return np.array(np.broadcast_to(array, (nout, nin)), dtype=np.float64)
