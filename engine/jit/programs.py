"""Keeps the programs of a lifted function, several for one nesting where decisions differ.

They are bounded in number: see ``MOST_PROGRAMS``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from engine.frames.user_frame import levels_to_user
from engine.jit.pipeline import Lifted
from engine.jit.trace.trace import Given
from engine.node.backend import Value
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.statics import counts_by_identity

__all__ = ["FEW_FORMS", "MOST_FORMS", "MOST_PROGRAMS", "Part", "Programs"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

Part = tuple[Lifted | None, Any]
"""A program, or None for the function itself, and the positions of the samples it is for; None for all."""

MOST_FORMS = 16
"""Programs for one nesting of arguments, which differ in the decisions that Python took; where these come out
in yet another way the function runs as written."""

FEW_FORMS = 4
"""From so many on, or where a function takes more decisions than that, or reads numbers out of Values, it is
tried to make one of them."""

MOST_PROGRAMS = 128
"""Programs of a function in all; beyond, that which was used least recently is forgotten."""


_TRIES = 4
"""So often a function of samples that changes what it reads is lifted anew in the next call."""

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
        """Whether to try the programs: after many misses only in every 16th call."""
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
    """A function's programs by the nesting of their arguments, those used last at the end.

    Args:
        f: the function.
        name: what messages call it.
        batch, backend: as :func:`engine.jit` takes them.

    Attributes:
        last: that of the last call.
        differentiates: whether programs are made with gradients.
    """

    def __init__(self, f: Callable[..., Any], name: str, batch: bool, backend: str | None) -> None:
        self._f, self._name, self._batch, self._backend = f, name, batch, backend
        self.last: Lifted | None = None
        self.differentiates = True
        self._runs_as_written = False  # as it draws random numbers, or reads what it changes: it was said
        self._tries = 0  # to lift it although it changed what it reads
        self._kept: dict[Any, list[Lifted]] = {}
        self._latest_key: Any = None
        self._given_up: dict[Any, _Misses] = {}
        self._apart: set[Any] = set()  # nestings whose programs cannot be made one
        self._was_full = False

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))

    @property
    def has_given_up(self) -> bool:
        """Whether it runs as written for some arguments, and said so."""
        return self._runs_as_written or bool(self._given_up)

    def of(self, key: Any) -> list[Lifted]:
        """The programs for a nesting that read the right Values and were traced in today's state.

        None where another may not be made and none did for many calls: to look at each takes longer than to
        run the function.
        """
        found, misses = self._kept.get(key), self._given_up.get(key)
        if found is None or (misses is not None and not misses.is_worth_a_look()):
            return []
        if key is not self._latest_key:
            self._kept[key] = self._kept.pop(key)
            self._latest_key = key
        fitting = [each for each in found if each.fits()]
        if len(fitting) < len(found):
            found[:] = [each for each in found if each in fitting or not each.outdated()]
        return fitting

    def multiply(self, key: Any) -> bool:
        """Whether another program for a nesting should be one for the ways of others, too."""
        forms = self._kept.get(key, [])
        if key in self._apart:
            return False
        if not forms:  # the function did for other nestings, such as lists of another length
            return any(form.trace.is_merged for form in self.latest()[:1])
        return len(forms) >= FEW_FORMS or any(form.trace.ways_multiply(FEW_FORMS) for form in forms)

    def latest(self) -> list[Lifted]:
        """The programs used last, the latest first."""
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

    def takes_more(self, key: Any) -> bool:
        """Whether another program may be made for a nesting. Where not, it warns once."""
        misses = self._given_up.get(key)
        if misses is not None:
            misses.miss()
            return False
        forms = self._kept.get(key, [])
        if len(forms) < MOST_FORMS:
            return True
        self._given_up[key] = _Misses()
        if any(
            form.changes is not None or form.trace.draws_from is not None for form in forms
        ):  # as was said
            return False
        decisions = "\n".join(dict.fromkeys(_keeps_changing(forms)))
        _warn(
            f"{self._name} was traced {MOST_FORMS} times for arguments of one kind, as what it decides by "
            "keeps changing; where it changes again it runs as written, on Values: right, and slow. It "
            f"decides by\n{decisions}\nCompute there by engine.where, engine.maximum or engine.take instead; "
            "read a number by .data, not by float(), and compute with it by functions of the engine; "
            "pass what changes from call to call as an argument; keep a number constant by "
            "engine.stop_gradient; pad sequences to one length; or name a count in static_argnums",
        )
        return False

    def fitting(self, arguments: Arguments, numbers: Vector) -> Iterator[Lifted]:
        """The programs that may be for these arguments, at last a new one, if there may be more."""
        key = _key(arguments)
        for lifted in self.of(key):
            if not lifted.guards or lifted.holds(numbers):
                if lifted.kind == "traced":
                    lifted.compile(self.latest())
                yield lifted
        new = self._new(key, arguments, numbers)
        if new is not None:
            yield new

    def _new(self, key: Any, arguments: Arguments, numbers: Vector) -> Lifted | None:
        if not self.takes_more(key):
            return None
        wanted = [kind == 2 for kind, size in zip(key[1], arguments.sizes, strict=True) for _ in range(size)]
        merges = self.multiply(key)
        given = Given(self._f, arguments, numbers, wanted, self._batch)
        lifted = None if merges else self._of_length(given)
        if lifted is None:
            lifted = Lifted(given, self.differentiates, self._backend, merges, self.latest())
        fills_up = self._batch and lifted.changes is not None and lifted.beyond is None  # as a memo does
        if fills_up:
            lifted.is_for_one_call = self._tries < _TRIES
            self._tries += 1
        self._say_when_full(arguments)
        self.add(key, lifted, merges)
        self.last = lifted
        if (lifted.trace.draws_from is not None or lifted.changes is not None) and not self._runs_as_written:
            self._runs_as_written = True
            remedy, why = (
                "Draw outside and pass what was drawn as an argument",
                ": a program would repeat them",
            )
            if lifted.beyond is not None:
                remedy, why = lifted.beyond[1], ""
            elif lifted.changes is not None:
                remedy = "Change it outside, or pass it as an argument"
                why = ": a program would leave it as it is"
            _warn(
                f"{self._name} {lifted.reason.removeprefix('it ')}{why}, so it runs as written, on Values: "
                f"right, and slow. {remedy}",
            )
        return lifted

    def _say_when_full(self, arguments: Arguments) -> None:
        """Warn once before the first program is forgotten."""
        if self._was_full or len(self) < MOST_PROGRAMS:
            return
        self._was_full = True
        objects = ", ".join(sorted({type(x).__name__ for x in arguments.statics if counts_by_identity(x)}))
        _warn(
            f"{self._name} has {MOST_PROGRAMS} programs, one for each kind of arguments, and those used "
            "longest ago are forgotten from now on; to trace anew takes longer than to run it as written. "
            "Lists count by their lengths"
            + (f", and of what is not a number ({objects}) each other one counts" if objects else "")
            + ": pass numbers, lists and arrays of one length",
        )

    def _of_length(self, given: Given) -> Lifted | None:
        """The program of longer arguments, if one is known that is for these, too."""
        for other in self.latest():
            shares = other.lengths is not None and other.kind == "arrays"
            if shares and len(given.numbers) < len(other.trace.inputs):
                return other.of_length(given)
        return None

    def parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        """Samples grouped by the way that the function takes with them."""
        key = _key(sample)
        for lifted in self.of(key):
            if not (lifted.guards or lifted.late_guards):
                self.last = lifted
                return [(lifted, None)]
        if not samples:
            found = next(self.fitting(sample, sample.numbers()), None)
            return [(found if found is None or not found.late_guards else None, None)]
        table = samples[0] if len(samples) == 1 else np.concatenate(samples, axis=1)
        table = table.astype(float, copy=False)
        rest, parts = np.arange(len(table)), list[Part]()
        known = list(self.of(key))
        while len(rest):
            new = None if known else self._new(key, sample, table[rest[0]])
            if not known and new is None:
                parts.append((None, rest))
                break
            lifted = new or known.pop(0)
            if lifted.changes is not None:  # as written, one sample after the other
                self.last = lifted
                return [(lifted, None)]
            mask = lifted.holds_on(table[rest])
            if new is not None and not mask[0]:  # rounded otherwise than by the engine, it decides otherwise
                parts.append((None, rest[:1]))
                rest, mask = rest[1:], mask[1:]
            if mask.any():
                self.last = lifted
                parts.append((lifted, rest[mask]))
                rest = rest[~mask]
        return [(parts[0][0], None)] if len(parts) == 1 else parts

    def clear(self) -> None:
        """Forget all programs."""
        self._kept.clear()
        self._given_up.clear()
        self._apart.clear()
        self._latest_key = self.last = None


def _warn(what: str) -> None:
    warnings.warn(what, RuntimeWarning, stacklevel=levels_to_user())


def _key(arguments: Arguments) -> Any:
    kinds = tuple(
        (2 if takes_gradient(leaf) else 1) if isinstance(leaf, Value) else 0 for leaf in arguments.leaves
    )
    return arguments.spec, kinds


def _keeps_changing(forms: list[Lifted]) -> Iterator[str]:
    for lifted in forms:
        for guard in lifted.trace.guards[-1:]:
            yield guard.decision
        difference = lifted.state.difference()
        if difference is not None:
            yield f"what it reads beside its arguments: {difference}"
