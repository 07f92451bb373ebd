"""Notices random numbers that a function draws: it runs as written then, as a program would repeat them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

__all__ = ["Draws", "is_generator"]

_State = tuple[str, Callable[[], Any], Callable[[Any], Any]]
"""The name of a generator, and what reads and sets its state."""


def is_generator(item: Any) -> bool:
    """Whether an object is a generator of random numbers whose state can be read.

    >>> is_generator(random.Random(0)), is_generator(np.random.default_rng(0)), is_generator(random)
    (True, True, False)
    """
    if isinstance(item, random.Random):
        return not isinstance(item, random.SystemRandom)
    return isinstance(item, (np.random.Generator, np.random.RandomState))


class Draws:
    """The states of Python's and NumPy's own generators and of others, as they are now.

    Args:
        generators: the others.

    >>> draws = Draws([])
    >>> draws.first() is None
    True
    >>> _ = random.random()
    >>> draws.first()
    'random'
    >>> draws.put_back()
    >>> draws.first() is None
    True
    """

    def __init__(self, generators: Iterable[Any]) -> None:
        states: list[_State] = [
            ("random", random.getstate, random.setstate),
            ("np.random", lambda: np.random.get_state(legacy=False), np.random.set_state),  # noqa: NPY002
            *map(_state, generators),
        ]
        self._states = [(name, read, write, read()) for name, read, write in states]

    def first(self) -> str | None:
        """The name of the first generator from which numbers were drawn since; None if there is none."""
        return next((name for name, read, _, was in self._states if not _equal(read(), was)), None)

    def put_back(self) -> None:
        """Let the generators draw the same numbers again."""
        for _, read, write, was in self._states:
            if not _equal(read(), was):
                write(was)


def _state(generator: Any) -> _State:
    name = type(generator).__name__
    if isinstance(generator, random.Random):
        return name, generator.getstate, generator.setstate
    if isinstance(generator, np.random.RandomState):
        return name, lambda: generator.get_state(legacy=False), generator.set_state
    bits = generator.bit_generator
    return name, lambda: bits.state, partial(setattr, bits, "state")


def _equal(now: Any, was: Any) -> bool:
    """Whether two states are equal: dicts of numbers, texts, dicts and arrays; or tuples."""
    if isinstance(now, dict):
        return now.keys() == was.keys() and all(_equal(now[key], was[key]) for key in now)
    return bool(np.array_equal(now, was)) if isinstance(now, np.ndarray) else bool(now == was)
