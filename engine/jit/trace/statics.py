"""Which arguments are static although they may be numbers: ``static_argnums``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from operator import index
from typing import Any

from engine.quoting import brief

__all__ = ["Statics"]


class Statics:
    """The parameters of a function that are static although they may be numbers.

    Args:
        f: the function.
        positions: their positions, or one; negative ones count from the last positional parameter.

    Raises:
        TypeError: a position is not an integer.
        ValueError: the function has no such parameter, or a position is named twice.

    >>> statics = Statics(lambda x, n: x, -1)
    >>> statics.of_call(2), statics.names
    (frozenset({1}), frozenset({'n'}))
    """

    def __init__(self, f: Callable[..., Any], positions: int | Iterable[int]) -> None:
        try:
            given = [index(i) for i in (positions if isinstance(positions, Iterable) else (positions,))]
        except TypeError:
            raise TypeError(f"static_argnums must be a position or several, got {brief(positions)}") from None
        parameters, self._open = _positional(f)
        count = len(parameters)
        for i in given:
            if not self._open and not -count <= i < count:
                raise ValueError(
                    f"static_argnums={brief(positions)}: the function has {count} positional parameters"
                    f"{f', {chr(44).join(parameters)}' if parameters else ''}"
                )
        self._positions = tuple(i if self._open or i >= 0 else i + count for i in given)
        if len(set(self._positions)) < len(self._positions):
            raise ValueError(f"static_argnums={brief(positions)} names a parameter twice")
        self.names = frozenset(parameters[i] for i in self._positions if 0 <= i < count)
        self._fixed = None if any(i < 0 for i in self._positions) else frozenset(self._positions)

    def of_call(self, count: int) -> frozenset[int]:
        """The positions in a call with so many positional arguments."""
        if self._fixed is not None:
            return self._fixed
        return frozenset(i % count if i < 0 else i for i in self._positions if i >= -count)

    def without_self(self) -> tuple[int, ...]:
        """The positions for the function as a method of an object."""
        return tuple(i - (i > 0) for i in self._positions if i)

    def __iter__(self) -> Any:
        return iter(self._positions)


def _positional(f: Callable[..., Any]) -> tuple[list[str], bool]:
    """The names of a function's positional parameters, and whether it may take more."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except Exception:  # written in C; or an object that answers to names as it likes
        return [], True
    named = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in parameters if parameter.kind in named]
    return names, any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
