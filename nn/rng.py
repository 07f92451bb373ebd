"""Seeds and random generators, Python's and NumPy's; saving and restoring their states."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from engine.quoting import brief, typed

__all__ = [
    "RandomSource",
    "Rng",
    "draw_normal",
    "draw_uniform",
    "numpy_generator",
    "random_source",
    "set_source_state",
    "unmoved_by_failure",
    "source_state",
]

# as texts, because numpy.random, a quarter of what importing a network takes, is imported when first named
Rng: TypeAlias = "int | np.random.Generator | random.Random | ModuleType | None"
"""A seed, a generator, or None for Python's ``random`` module."""

RandomSource: TypeAlias = "np.random.Generator | random.Random | ModuleType"


def random_source(rng: Rng) -> RandomSource:
    """The generator for an ``rng`` argument; a seed makes a new NumPy generator.

    Args:
        rng: a NumPy Generator, a ``random.Random``, a seed, or None for Python's ``random`` module, so that
            ``random.seed(…)`` decides, as in micrograd.

    Raises:
        TypeError: it is something else.
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
        f"rng must be a seed (an int), a numpy.random.Generator, a random.Random or None, got {typed(rng)}"
    )


def numpy_generator(rng: Rng) -> np.random.Generator:
    """The NumPy generator for an ``rng`` argument; one of another kind seeds it, and moves on.

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
    """Draw a number from the uniform distribution on [0, 1).

    >>> 0.0 <= draw_uniform(random_source(0)) < 1.0
    True
    """
    return float(source.random())


def draw_normal(source: RandomSource) -> float:
    """Draw a number from the standard normal distribution.

    >>> round(draw_normal(random_source(0)), 6)
    0.12573
    """
    if isinstance(source, (random.Random, ModuleType)):
        return float(source.gauss(0.0, 1.0))
    return float(source.standard_normal())


def source_state(source: RandomSource) -> dict[str, Any]:
    """The state of a generator, as a dict of numbers, texts, tuples and arrays.

    >>> source_state(random_source(0))["bit_generator"]
    'PCG64'
    """
    if isinstance(source, np.random.Generator):
        return dict(source.bit_generator.state)
    return {"bit_generator": "random.Random", "state": source.getstate()}


def set_source_state(source: RandomSource, state: Mapping[str, Any]) -> None:
    """Set the state of a generator to that of another of its kind.

    Args:
        source: the generator; with Python's ``random`` module, that.
        state: as :func:`source_state` gives it.

    Raises:
        ValueError: it is the state of another kind of generator, or not a state. Nothing has changed then.

    >>> source, twin = random_source(0), random_source(1)
    >>> set_source_state(twin, source_state(source))
    >>> source.random() == twin.random()
    True
    """
    here, there = source_state(source)["bit_generator"], state.get("bit_generator")
    if here != there:
        raise ValueError(
            f"the state is of a random generator of kind {brief(there)}, got one of kind {here!r}"
        )
    try:
        twin = random.Random() if isinstance(source, ModuleType) else copy.deepcopy(source)
        _set(twin, state)
        taken = _same(source_state(twin), dict(state))
    except Exception as error:  # a state changed by hand fails in many ways: KeyError, TypeError, …
        raise ValueError(
            f"the state does not fit a random generator of kind {here!r}: {brief(error)}"
        ) from error
    if not taken:
        raise ValueError(f"a random generator of kind {here!r} cannot be in this state")
    _set(source, state)


@contextmanager
def unmoved_by_failure(source: RandomSource) -> Iterator[None]:
    """A context in which a generator keeps its state if the block raises.

    >>> source = random.Random(0)
    >>> try:
    ...     with unmoved_by_failure(source):
    ...         first = source.random()
    ...         raise ValueError
    ... except ValueError:
    ...     source.random() == first
    True
    """
    before = source_state(source)
    try:
        yield
    except BaseException:
        set_source_state(source, before)
        raise


def _set(source: RandomSource, state: Mapping[str, Any]) -> None:
    if isinstance(source, np.random.Generator):
        if state.get("has_uint32", 0) not in (0, 1):  # which NumPy does not look at
            raise ValueError(f"has_uint32 must be 0 or 1, got {brief(state['has_uint32'])}")
        source.bit_generator.state = dict(state)
        return
    version, numbers, gauss = state["state"]
    if not (gauss is None or isinstance(gauss, float)):  # which Python's setstate does not look at
        raise TypeError(f"the second number of a pair must be a float, got {brief(gauss)}")
    source.setstate((version, tuple(numbers), gauss))


def _same(here: Any, there: Any) -> bool:
    """Whether two states are equal in every bit and type."""
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        return set(here) == set(there) and all(_same(here[key], there[key]) for key in here)
    if isinstance(here, np.ndarray) and isinstance(there, np.ndarray):
        return here.dtype == there.dtype and np.array_equal(here, there)
    if isinstance(here, (tuple, list)) and isinstance(there, (tuple, list)):
        return len(here) == len(there) and all(map(_same, here, there))
    return type(here) is type(there) and bool(here == there)
