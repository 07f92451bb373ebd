"""Which arguments are static although they may be numbers: ``static_argnums`` and ``static_argnames``."""

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
        named: names of further ones, or one.

    Attributes:
        positions: of the static ones, those found by their names included.
        names: of the static ones, those found by their positions included.

    Raises:
        TypeError: a position is not an integer, or a name not a string.
        ValueError: the function has no such parameter, or a position is named twice.

    >>> statics = Statics(lambda x, n: x, -1)
    >>> statics.of_call(2), statics.names
    (frozenset({1}), frozenset({'n'}))
    >>> Statics(lambda x, n: x, named="n").positions
    (1,)
    """

    def __init__(
        self, f: Callable[..., Any], positions: int | Iterable[int] = (), named: str | Iterable[str] = ()
    ) -> None:
        known, self._named = _Parameters(f), _names(named)
        found = [*_positions(known, positions)]
        for name in self._named:
            if name in known.positional:
                found.append(known.positional.index(name))
            elif name not in known.by_keyword and not known.takes_any_keyword:
                there = ", ".join(known.positional + known.by_keyword) or "none"
                raise ValueError(
                    f"static_argnames: the function has no parameter {brief(name)}; it has {there}"
                )
        self.positions = tuple(dict.fromkeys(found))
        by_place = [known.positional[i] for i in self.positions if 0 <= i < len(known.positional)]
        self.names = frozenset([*by_place, *self._named])
        self._fixed = None if any(i < 0 for i in self.positions) else frozenset(self.positions)

    def of_call(self, count: int) -> frozenset[int]:
        """The positions in a call with so many positional arguments."""
        if self._fixed is not None:
            return self._fixed
        return frozenset(i % count if i < 0 else i for i in self.positions if i >= -count)

    def without_self(self, f: Callable[..., Any]) -> Statics:
        """Those of the function as a method of an object."""
        own = _Parameters(f)
        kept = [name for name in self._named if name in own or own.takes_any_keyword]
        return Statics(f, [i - (i > 0) for i in self.positions if i], kept)

    def given(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Positions and names, from which they are made again."""
        return self.positions, self._named


class _Parameters:
    """What a function's parameters are called.

    Attributes:
        positional: names of those that can be given by position, in order.
        by_keyword: names of those that can be given by keyword only.
        takes_any, takes_any_keyword: whether there may be more of either.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self.positional: list[str] = []
        self.by_keyword: list[str] = []
        self.takes_any = self.takes_any_keyword = False
        try:
            parameters = inspect.signature(f).parameters.values()
        except Exception:  # written in C; or an object that answers to names as it likes
            self.takes_any = self.takes_any_keyword = True
            return
        kinds = inspect.Parameter
        for parameter in parameters:
            if parameter.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD):
                self.positional.append(parameter.name)
            elif parameter.kind is kinds.KEYWORD_ONLY:
                self.by_keyword.append(parameter.name)
            self.takes_any |= parameter.kind is kinds.VAR_POSITIONAL
            self.takes_any_keyword |= parameter.kind is kinds.VAR_KEYWORD

    def __contains__(self, name: str) -> bool:
        return name in self.positional or name in self.by_keyword


def _positions(known: _Parameters, positions: int | Iterable[int]) -> tuple[int, ...]:
    try:
        given = [index(i) for i in (positions if isinstance(positions, Iterable) else (positions,))]
    except TypeError:
        raise TypeError(f"static_argnums must be a position or several, got {brief(positions)}") from None
    count = len(known.positional)
    for i in given:
        if not known.takes_any and not -count <= i < count:
            listed = f", {', '.join(known.positional)}" if known.positional else ""
            several = "parameter" if count == 1 else "parameters"
            raise ValueError(
                f"static_argnums={brief(positions)}: the function has {count} positional {several}{listed}"
            )
    found = tuple(i if known.takes_any or i >= 0 else i + count for i in given)
    if len(set(found)) < len(found):
        raise ValueError(f"static_argnums={brief(positions)} names a parameter twice")
    return found


def _names(named: str | Iterable[str]) -> tuple[str, ...]:
    given = (named,) if isinstance(named, str) or not isinstance(named, Iterable) else tuple(named)
    if not all(isinstance(name, str) for name in given):
        raise TypeError(f"static_argnames must be a name or several, got {brief(named)}")
    return tuple(dict.fromkeys(given))
