"""What no guard sees: numbers that are kept in a module of Python's own."""

import itertools
import sys
from collections.abc import Callable
from typing import Any

_PLACE = "what_tests_of_chainrule_hide"


class Unseen:
    """Attributes that no guard sees, though they are given and read as any others.

    >>> held = Unseen(scale=2.0)
    >>> held.scale += 1.0
    >>> held.scale
    3.0
    """

    def __init__(self, **numbers: Any) -> None:
        vars(sys).setdefault(_PLACE, {})[id(self)] = numbers

    def __getattr__(self, name: str) -> Any:
        try:
            return vars(sys)[_PLACE][id(self)][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, item: Any) -> None:
        vars(sys)[_PLACE][id(self)][name] = item


def unseen_turns() -> Callable[[], int]:
    """A function that gives 0, 1, 2 and so on."""
    held = Unseen(turns=itertools.count())
    return lambda: int(next(held.turns))
