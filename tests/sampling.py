"""How much the tests that take samples try: enough for every change, or as much as anybody would wait for."""

import os
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

__all__ = ["THOROUGH", "samples", "share_of", "with_every_value"]

T = TypeVar("T")

THOROUGH = bool(os.environ.get("CHAINRULE_THOROUGH"))
"""Set by hand, once in a while: programs by the ten thousand, interrupts at every instruction."""


def samples(usual: int, thorough: int) -> int:
    """How many samples a test takes: the usual number, or with ``CHAINRULE_THOROUGH=1`` the thorough one."""
    return thorough if THOROUGH else usual


def share_of(cases: Sequence[T], turn: int, parts: int = 3) -> Sequence[T]:
    """A part of the cases, each in one of as many turns as there are parts; in a thorough run all of them."""
    return cases if THOROUGH else cases[turn % parts :: parts]


def with_every_value(cases: Sequence[Mapping[str, object]], seed: str) -> list[int]:
    """The places of a few cases in which each parameter takes each of its values once; not all combinations.

    Cases that differ in one parameter alone are all taken. Which combinations are, the seed decides.
    """
    keys = [frozenset((name, _key(value)) for name, value in case.items()) for case in cases]
    order = list(range(len(cases)))
    Random(seed).shuffle(order)
    seen: set[tuple[str, object]] = set()
    chosen = []
    for place in order:
        if not seen.issuperset(keys[place]):
            seen |= keys[place]
            chosen.append(place)
    return sorted(chosen)


def _key(value: object) -> object:
    """Numbers and texts that are equal are one value; so are lists and tuples that look the same."""
    plain = isinstance(value, (bool, int, float, str, type(None)))
    try:
        return repr(value) if plain or isinstance(value, (tuple, list)) else id(value)
    except Exception:  # of an object in it that says nothing
        return id(value)
