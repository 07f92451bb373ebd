"""Keeps the programs of a lifted function, several for one nesting where decisions differ.

They are bounded in number: see ``MOST_PROGRAMS``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.jit.pipeline import Lifted

__all__ = ["FEW_FORMS", "MOST_FORMS", "MOST_PROGRAMS", "Programs"]

MOST_FORMS = 16
"""Programs for one nesting of arguments, which differ in the decisions that Python took; where these come out
in yet another way the function runs as written."""

FEW_FORMS = 4
"""From so many on, or where a function takes more decisions than that, it is tried to make one of them."""

MOST_PROGRAMS = 128
"""Programs of a function in all; beyond, that which was used least recently is forgotten."""


_LATEST = 8
"""So many programs are looked at for one that serves arguments of another length, too."""


class _Misses:
    """How much more often no program of a nesting did than one, once it may have no more of them.

    Attributes:
        looking: whether programs were handed out, and nobody came back since to say that none did.
        count: how much more often none did.
        calls: how many calls there were since that is too often.
    """

    __slots__ = ("calls", "count", "looking")

    def __init__(self) -> None:
        self.looking, self.count, self.calls = False, 0, 0

    def is_worth_a_look(self) -> bool:
        """Whether to try the programs: after many misses in one call of many."""
        if self.looking:  # one of them did
            self.count, self.calls = max(0, self.count - 1), 0
        self.looking = self.count < MOST_FORMS or self.calls % MOST_FORMS == MOST_FORMS - 1
        self.calls += self.count >= MOST_FORMS
        return self.looking

    def miss(self) -> None:
        """None of them did."""
        self.count += self.looking
        self.looking = False


class Programs:
    """Programs by the nesting of their arguments, those used last at the end."""

    def __init__(self) -> None:
        self._kept: dict[Any, list[Lifted]] = {}
        self._last: Any = None
        self._given_up: dict[Any, _Misses] = {}
        self._apart: set[Any] = set()  # nestings whose programs cannot be made one

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))

    @property
    def has_given_up(self) -> bool:
        """Whether there are too many forms for one nesting."""
        return bool(self._given_up)

    def of(self, key: Any) -> list[Lifted]:
        """The programs for a nesting that read the right Values and were traced in today's state.

        None where another may not be made and none did for many calls: to look at each takes longer than to
        run the function.
        """
        found, misses = self._kept.get(key), self._given_up.get(key)
        if found is None or (misses is not None and not misses.is_worth_a_look()):
            return []
        if key is not self._last:
            self._kept[key] = self._kept.pop(key)
            self._last = key
        fitting = [each for each in found if each.fits()]
        if len(fitting) < len(found):
            found[:] = [each for each in found if each in fitting or not each.outdated()]
        return fitting

    def multiply(self, key: Any) -> bool:
        """Whether another program for a nesting should be one for the ways of others, too."""
        forms = self._kept.get(key, [])
        if key in self._apart or not forms:
            return False
        merges = any(form.trace.is_merged or len(form.trace.guards) > FEW_FORMS for form in forms)
        return merges or len(forms) >= FEW_FORMS

    def latest(self) -> list[Lifted]:
        """Some of them, those used last first."""
        kept = (lifted for found in reversed(self._kept.values()) for lifted in found)
        return list(islice(kept, _LATEST))

    def add(self, key: Any, lifted: Lifted, merges: bool = False) -> None:
        """Keep a new program; it takes the place of others if it is one for their ways, too, as was tried."""
        if lifted.trace.is_merged:
            self._kept[key] = [form for form in self._kept.get(key, []) if form.trace.is_merged]
        elif merges:
            self._apart.add(key)
        self._kept.setdefault(key, []).insert(0, lifted)
        while len(self) > MOST_PROGRAMS:
            oldest = next(iter(self._kept))
            self._kept[oldest].pop()
            if not self._kept[oldest]:
                del self._kept[oldest]

    def takes_more(self, key: Any, name: str) -> bool:
        """Whether another program may be made for a nesting. Where not, it warns once."""
        misses = self._given_up.get(key)
        if misses is not None:
            misses.miss()
            return False
        forms = self._kept.get(key, [])
        if len(forms) < MOST_FORMS:
            return True
        self._given_up[key] = _Misses()
        decisions = "\n".join(dict.fromkeys(_keeps_changing(forms)))
        warnings.warn(
            f"{name} was traced {MOST_FORMS} times for arguments of one kind, as what it decides by keeps "
            f"changing; where it changes again it runs as written, on Values: right, and slow. It decides "
            f"by\n{decisions}\nCompute there by engine.where, engine.maximum or engine.take instead; keep a "
            "number constant by engine.stop_gradient; pad sequences to one length; or name a count in "
            "static_argnums",
            RuntimeWarning,
            stacklevel=5,
        )
        return False

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._given_up.clear()
        self._apart.clear()
        self._last = None


def _keeps_changing(forms: list[Lifted]) -> Iterator[str]:
    for lifted in forms:
        for guard in lifted.trace.guards[-1:]:
            yield guard.decision
        difference = lifted.state.difference()
        if difference is not None:
            yield f"what it reads beside its arguments: {difference}"
