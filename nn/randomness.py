"""Where random numbers come from: seeds and generators, Python's and NumPy's; their states, to be saved."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

__all__ = [
    "RandomSource",
    "Rng",
    "draw_normal",
    "draw_uniform",
    "numpy_generator",
    "random_source",
    "set_source_state",
    "source_state",
]

Rng = int | np.random.Generator | random.Random | ModuleType | None
"""Where random numbers come from: a seed, a generator, or None for Python's ``random`` module."""

RandomSource = np.random.Generator | random.Random | ModuleType


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


def numpy_generator(rng: Rng) -> np.random.Generator:
    """A NumPy Generator in any case; a source of another kind gives it its seed, and moves on.

    Args:
        rng: see :func:`random_source`.

    >>> numpy_generator(random.Random(0)).random() == numpy_generator(random.Random(0)).random()
    True
    """
    source = random_source(rng)
    return (
        source if isinstance(source, np.random.Generator) else np.random.default_rng(source.getrandbits(128))
    )


def draw_uniform(source: RandomSource) -> float:
    """A number from [0, 1), each as likely.

    >>> 0.0 <= draw_uniform(random_source(0)) < 1.0
    True
    """
    return float(source.random())


def draw_normal(source: RandomSource) -> float:
    """A number from the normal distribution of mean 0 and variance 1.

    >>> round(draw_normal(random_source(0)), 6)
    0.12573
    """
    if isinstance(source, np.random.Generator):
        return float(source.standard_normal())
    return float(source.gauss(0.0, 1.0))


def source_state(source: RandomSource) -> dict[str, Any]:
    """Where a generator stands, as a dict of numbers, texts, tuples and arrays.

    >>> source_state(random_source(0))["bit_generator"]
    'PCG64'
    """
    if isinstance(source, np.random.Generator):
        return dict(source.bit_generator.state)
    return {"bit_generator": "random.Random", "state": source.getstate()}


def set_source_state(source: RandomSource, state: Mapping[str, Any]) -> None:
    """Put a generator where another of its kind stood, to draw the same numbers from there on.

    Args:
        source: the generator; with Python's ``random`` module, that.
        state: as :func:`source_state` gives it.

    Raises:
        ValueError: it is the state of another kind of generator.

    >>> source, twin = random_source(0), random_source(1)
    >>> set_source_state(twin, source_state(source))
    >>> source.random() == twin.random()
    True
    """
    here, there = source_state(source)["bit_generator"], state.get("bit_generator")
    if here != there:
        raise ValueError(f"the state is of a random generator of kind {there!r}, got one of kind {here!r}")
    if isinstance(source, np.random.Generator):
        source.bit_generator.state = dict(state)
    else:
        source.setstate(state["state"])
