"""Initial weights from a name, number, array or function; the distributions, with their papers.

Glossary: ``nin`` (fan-in) is how many inputs a neuron has, ``nout`` (fan-out) how many neurons its
layer has. An initialiser ``f(rng, nin, nout)`` returns an array of shape (nout, nin): a row of weights per
neuron, as W stands in W @ x + b. Biases start from 0.

The functions here return initialisers, for ``MLP(…, init=…)``: ``init="he_normal"``, or with a
number for its argument ``init=("normal", 0.1)``, or ``init=nn.init.normal(0.1)``. PyTorch's functions that
set weights in place are in :mod:`nn.fill`, and found here too: ``nn.init.xavier_uniform_(layer.weight)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from math import sqrt
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.rng import Rng, numpy_generator, random_source

__all__ = [
    "FAMILIES",
    "INITIALIZERS",
    "Init",
    "Initializer",
    "constant",
    "he_normal",
    "he_uniform",
    "initial_weights",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Initializer = Callable[["np.random.Generator", int, int], npt.ArrayLike]


def uniform(limit: float = 1.0) -> Initializer:
    """Uniform between -limit and limit, whatever the width; with 1, micrograd's.

    >>> W = uniform(0.5)(np.random.default_rng(0), 3, 2)
    >>> W.shape, bool(abs(W).max() <= 0.5)
    ((2, 3), True)
    """
    limit = non_negative("limit", limit)
    return _uniform(lambda nin, nout: limit)


def normal(std: float = 1.0) -> Initializer:
    """Normal with mean 0 and standard deviation std, whatever the width; not truncated.

    >>> normal(0.1)(np.random.default_rng(0), 3, 2).shape
    (2, 3)
    """
    std = non_negative("std", std)
    return _normal(lambda nin, nout: std)


def xavier_uniform(gain: float = 1.0) -> Initializer:
    """Uniform with variance gain²·2 / (nin + nout): within ±gain·√(6 / (nin + nout)). For tanh and sigmoid.

    Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
    equation 16, with gain 1. Also called Glorot's. PyTorch's gain for tanh is 5/3.

    >>> bool(abs(xavier_uniform()(np.random.default_rng(0), 4, 2)).max() <= 1.0)
    True
    """
    gain = non_negative("gain", gain)
    return _uniform(lambda nin, nout: gain * sqrt(6.0 / (nin + nout)))


def xavier_normal(gain: float = 1.0) -> Initializer:
    """Normal with variance gain²·2 / (nin + nout), equation 12 of Glorot & Bengio 2010. For tanh and sigmoid.

    >>> xavier_normal()(np.random.default_rng(0), 3, 2).shape
    (2, 3)
    """
    gain = non_negative("gain", gain)
    return _normal(lambda nin, nout: gain * sqrt(2.0 / (nin + nout)))


def he_uniform(leak: float = 0.0) -> Initializer:
    """Uniform with the variance of :func:`he_normal`: within ±√(6 / ((1 + leak²)·nin)). For relu.

    >>> bool(abs(he_uniform()(np.random.default_rng(0), 6, 2)).max() <= 1.0)
    True
    """
    leak = non_negative("leak", leak)
    return _uniform(lambda nin, nout: sqrt(6.0 / ((1.0 + leak**2) * nin)))


def he_normal(leak: float = 0.0) -> Initializer:
    """Normal with variance 2 / ((1 + leak²)·nin), for relu, and for leaky relu with its leak.

    He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", equations 10 and 15. Also called Kaiming's.

    >>> he_normal()(np.random.default_rng(0), 3, 2).shape
    (2, 3)
    """
    leak = non_negative("leak", leak)
    return _normal(lambda nin, nout: sqrt(2.0 / ((1.0 + leak**2) * nin)))


def lecun_uniform(gain: float = 1.0) -> Initializer:
    """Uniform with the variance of :func:`lecun_normal`: within ±gain·√(3 / nin).

    >>> bool(abs(lecun_uniform()(np.random.default_rng(0), 3, 2)).max() <= 1.0)
    True
    """
    gain = non_negative("gain", gain)
    return _uniform(lambda nin, nout: gain * sqrt(3.0 / nin))


def lecun_normal(gain: float = 1.0) -> Initializer:
    """Normal with variance gain²/nin: inputs of variance 1 then give sums of variance 1.

    LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", equation 16, with gain 1.

    >>> lecun_normal()(np.random.default_rng(0), 3, 2).shape
    (2, 3)
    """
    gain = non_negative("gain", gain)
    return _normal(lambda nin, nout: gain * sqrt(1.0 / nin))


def constant(value: float) -> Initializer:
    """All weights the same number. Neurons that start equal stay equal.

    >>> constant(0.5)(np.random.default_rng(0), 2, 1)
    array([[0.5, 0.5]])
    """
    return lambda rng, nin, nout: np.full((nout, nin), value)


def zeros() -> Initializer:
    """All weights 0.

    >>> zeros()(np.random.default_rng(0), 2, 1)
    array([[0., 0.]])
    """
    return constant(0.0)


def ones() -> Initializer:
    """All weights 1.

    >>> ones()(np.random.default_rng(0), 2, 1)
    array([[1., 1.]])
    """
    return constant(1.0)


def __getattr__(name: str) -> Any:
    if (name.endswith("_") and not name.startswith("_")) or name == "calculate_gain":
        fill = import_module("nn.fill")  # which stands on modules, as they do on this
        if name in fill.__all__:
            return getattr(fill, name)
    raise AttributeError(f"module 'nn.init' has no attribute {name!r}")


def _uniform(limit: Callable[[int, int], float]) -> Initializer:
    return lambda rng, nin, nout: rng.uniform(-limit(nin, nout), limit(nin, nout), (nout, nin))


def _normal(deviation: Callable[[int, int], float]) -> Initializer:
    return lambda rng, nin, nout: rng.normal(0.0, deviation(nin, nout), (nout, nin))


_FUNCTIONS = (
    *(uniform, normal, xavier_uniform, xavier_normal, he_uniform, he_normal),
    *(lecun_uniform, lecun_normal, zeros, ones, constant),
)

FAMILIES: dict[str, Callable[..., Initializer]] = {
    **{each.__name__: each for each in _FUNCTIONS},
    "glorot_uniform": xavier_uniform,
    "glorot_normal": xavier_normal,
    "kaiming_uniform": he_uniform,
    "kaiming_normal": he_normal,
}
"""The functions above by name, for ``init=(name, number)``; Glorot's and Kaiming's also under these names."""

INITIALIZERS: dict[str, Initializer] = {
    name: family() for name, family in FAMILIES.items() if family is not constant
}
"""The initialisers by name. What is added here can be named in Neuron, Layer and MLP."""

Weights = npt.NDArray[np.float64]

Init = str | float | Initializer | Sequence[Any] | npt.NDArray[Any] | None
"""Forms of initial weights: a name, a name with a number, a number, the weights, or a function."""


def initial_weights(init: Init, rng: Rng, nin: int, nout: int) -> Weights:
    """Initial weights of a layer, as an array.

    Args:
        init: None or a name in ``INITIALIZERS``; a name with its number, ``("normal", 0.1)``, see
            above; a number, for all weights; the weights themselves; or a
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
        ValueError: the name is unknown, the initialiser does not take the number, or the shape is wrong.
        TypeError: ``init``, or what it returns, has none of these forms.

    >>> initial_weights("ones", None, nin=3, nout=2)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    source = random_source(rng)
    if init is None or (isinstance(init, str) and init == "uniform"):
        if isinstance(source, (Random, ModuleType)):
            return np.array([[source.uniform(-1.0, 1.0) for _ in range(nin)] for _ in range(nout)])
        return np.asarray(INITIALIZERS["uniform"](source, nin, nout))
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
