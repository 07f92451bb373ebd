"""The weights a network starts from: a table of initialisers by name.

Glossary: ``nin`` (fan-in) is how many inputs a neuron has, ``nout`` (fan-out) how many neurons its
layer has. An initialiser ``f(rng, nin, nout)`` returns an array of shape (nout, nin): a row of weights per
neuron, as W stands in W @ x + b. Biases start from 0.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import sqrt
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["INITIALIZERS", "Init", "Rng", "initial_weights", "random_source"]

Weights = npt.NDArray[np.float64]

Initializer = Callable[[np.random.Generator, int, int], npt.ArrayLike]

Init = str | float | Initializer | Sequence[Any] | npt.NDArray[Any] | None
"""Initial weights as a person gives them: a name in the table, a number, the weights, or a function."""

Rng = int | np.random.Generator | random.Random | ModuleType | None
"""Where random numbers come from: a seed, a generator, or None for Python's ``random`` module."""

RandomSource = np.random.Generator | random.Random | ModuleType


def _uniform(limit: Callable[[int, int], float]) -> Initializer:
    return lambda rng, nin, nout: rng.uniform(-limit(nin, nout), limit(nin, nout), (nout, nin))


def _normal(deviation: Callable[[int, int], float]) -> Initializer:
    return lambda rng, nin, nout: rng.normal(0.0, deviation(nin, nout), (nout, nin))


INITIALIZERS: dict[str, Initializer] = {
    # micrograd's: between -1 and 1, whatever the width
    "uniform": _uniform(lambda nin, nout: 1.0),
    "normal": _normal(lambda nin, nout: 1.0),
    # Glorot & Bengio 2010, for tanh and sigmoid: variance 2 / (nin + nout)
    "xavier_uniform": _uniform(lambda nin, nout: sqrt(6.0 / (nin + nout))),
    "xavier_normal": _normal(lambda nin, nout: sqrt(2.0 / (nin + nout))),
    # He et al. 2015, for relu: variance 2 / nin
    "he_uniform": _uniform(lambda nin, nout: sqrt(6.0 / nin)),
    "he_normal": _normal(lambda nin, nout: sqrt(2.0 / nin)),
    # LeCun et al. 1998: variance 1 / nin
    "lecun_uniform": _uniform(lambda nin, nout: sqrt(3.0 / nin)),
    "lecun_normal": _normal(lambda nin, nout: sqrt(1.0 / nin)),
    "zeros": lambda rng, nin, nout: np.zeros((nout, nin)),
    "ones": lambda rng, nin, nout: np.ones((nout, nin)),
}
"""The initialisers by name. A function added here can be named in Neuron, Layer and MLP."""


def random_source(rng: Rng) -> RandomSource:
    """Where random numbers come from: a generator as it is, a seed as a new NumPy generator.

    Args:
        rng: a NumPy Generator, a ``random.Random``, a seed, or None for Python's ``random`` module, so that
            ``random.seed(…)`` decides, as in micrograd.

    Raises:
        TypeError: it is none of these.
        ValueError: the seed is negative.

    >>> random_source(0).uniform() == random_source(0).uniform()
    True
    """
    if rng is None or rng is random:
        return random
    if isinstance(rng, (np.random.Generator, random.Random)):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool):
        if rng < 0:
            raise ValueError(f"a seed must not be negative, got rng={rng}")
        return np.random.default_rng(int(rng))
    raise TypeError(
        f"rng must be a seed (an int), a numpy.random.Generator, a random.Random or None, got {rng!r} "
        f"of type {type(rng).__name__}"
    )


def initial_weights(init: Init, rng: Rng, nin: int, nout: int) -> Weights:
    """The weights a layer starts from.

    Args:
        init: None or a name in ``INITIALIZERS``; a number, for all weights; the weights themselves; or a
            function ``f(rng, nin, nout)``, which is given a NumPy Generator and returns them. None is
            "uniform". Weights have shape (nout, nin); for one neuron also (nin,).
        rng: see :func:`random_source`. With None, "uniform" draws ``random.uniform(-1, 1)`` weight by weight
            as micrograd does; other initialisers get a NumPy Generator seeded from ``random``.
        nin: inputs per neuron.
        nout: neurons.

    Returns:
        An array of shape (nout, nin).

    Raises:
        ValueError: no initialiser is called that, or the shape is wrong.
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
        if init not in INITIALIZERS:
            names = ", ".join(INITIALIZERS)
            raise ValueError(
                f"no initialiser is called {init!r}; there are {names}, or give a number or a function"
            )
        init = INITIALIZERS[init]
    if callable(init):
        if not isinstance(source, np.random.Generator):
            source = np.random.default_rng(source.getrandbits(128))
        return _as_weights(init(source, nin, nout), nin, nout)
    return _as_weights(init, nin, nout)


def _as_weights(given: Any, nin: int, nout: int) -> Weights:
    """Given weights as an array of shape (nout, nin); a single number stands for all of them."""
    wanted = f"initial weights must have shape {(nout, nin)}, a row for each neuron"
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{wanted}, got rows of different lengths") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"initial weights must be real numbers, got {given!r}")
    if array.ndim and array.shape != (nout, nin) and not (nout == 1 and array.shape == (nin,)):
        raise ValueError(f"{wanted}, got {array.shape}")
    return np.array(np.broadcast_to(array, (nout, nin)), dtype=np.float64)
