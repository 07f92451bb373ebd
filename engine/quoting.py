"""What messages quote: objects as ``repr`` does, but never longer than a line or two; and known names."""

from __future__ import annotations

from reprlib import Repr
from types import FunctionType
from typing import Any

__all__ = ["LONGEST", "abridged", "brief", "renamed", "typed"]

LONGEST = 120
"""Characters of one thing; of what is longer both ends are shown. A container has twice as many."""

_limited = Repr()
_limited.maxstring = _limited.maxlong = _limited.maxother = LONGEST
_limited.maxlist = _limited.maxtuple = _limited.maxdict = _limited.maxset = _limited.maxarray = 12


def brief(given: Any) -> str:
    """The ``repr`` of anything, shortened in the middle; never raises.

    Args:
        given: a text, number, container, or whatever a person handed over.

    >>> brief("x"), brief([0.5, None])
    ("'x'", '[0.5, None]')
    >>> len(brief("x" * 100_000)), len(brief(list(range(100_000))))
    (120, 43)
    """
    if given.__class__ is str and len(given) < LONGEST:  # as keys, which are quoted before anything is wrong
        return repr(given)
    try:
        return abridged(_limited.repr(given))
    except Exception:  # such as an int of more digits than Python writes out
        return f"<{type(given).__name__} at {id(given):#x}>"


def typed(given: Any) -> str:
    """The ``repr`` of anything with its type, for messages such as "expected a list, got …".

    >>> typed(2)
    '2 of type int'
    """
    return f"{brief(given)} of type {type(given).__name__}"


def abridged(text: str, longest: int = 2 * LONGEST) -> str:
    """A text, shortened in the middle if it is long.

    >>> abridged("abcdefghij", 7)
    'ab...ij'
    """
    if len(text) <= longest:
        return text
    half = (longest - 3) // 2
    return f"{text[:half]}...{text[len(text) - half :]}"


def renamed(function: Any, name: str) -> Any:
    """A copy of a function that Python's own errors call by another name.

    >>> renamed(typed, "shown")(1, 2)
    Traceback (most recent call last):
    ...
    TypeError: shown() takes 1 positional argument but 2 were given
    """
    f = function
    own = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    own.__kwdefaults__, own.__annotations__ = f.__kwdefaults__, f.__annotations__
    own.__qualname__ = name
    return own
