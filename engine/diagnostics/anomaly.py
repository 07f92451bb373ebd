"""Anomalies, numbers that became nan or infinite, as data and as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.display.html import AsText
from engine.frames.user_frame import UserLine
from engine.ops import OPERATORS
from engine.quoting import LONGEST, abridged

__all__ = ["Anomaly", "AnomalyReport", "Operand"]

_LIMIT = 100
"""How many different anomalies a report keeps; it counts on without keeping more."""

_SHOWN = 6
"""How many operands a message shows."""


@dataclass(frozen=True)
class Operand:
    """One operand: the operator's name for it, the label of its node, its number and its local gradient.

    The local gradient is None where it plays no part: in the forward direction.
    """

    name: str
    label: str
    value: float
    local_gradient: float | None = None

    def __str__(self) -> str:
        label = f" ({abridged(str(self.label), LONGEST)})" if self.label else ""
        return f"{self.name}={self.value!r}{label}"


@dataclass(frozen=True)
class Anomaly:
    """A number that became nan or infinite.

    Attributes:
        kind: ``"nan"``, ``"inf"`` or ``"-inf"``.
        phase: ``"forward"``, or ``"backward"`` for a gradient.
        origin: ``"operator"`` where sound operands gave it; ``"operand"`` where it came in with an operand
            that was computed elsewhere or is data; backward also ``"sum"`` where it took several users of a
            node, ``"hook"`` and ``"start"``, the gradient that ``backward()`` was given.
        operator: the name of the operator.
        operands: the operator's operands. Backward their numbers are those of now.
        result: forward the operator's result; backward the gradient.
        position: which operand it is about: the gradient's, or the first that brought it in; else None.
        gradient: backward, the gradient of the operator's own result.
        place: the user's line that applied the operator; None where that was not watched.
        count: how often this happened there, in a report.

    >>> print(Anomaly("nan", "forward", "operator", "log1p", (Operand("x", "p", -2.0),), math.nan))
    nan arose forward in log1p: log1p(x=-2.0 (p)) = nan
      its line is not known: it was computed outside of detect_anomaly()
      try: log(1 + x) is -inf at -1 and nan below
    """

    kind: str
    phase: Literal["forward", "backward"]
    origin: Literal["operator", "operand", "sum", "hook", "start"]
    operator: str
    operands: tuple[Operand, ...]
    result: float
    position: int | None = None
    gradient: float | None = None
    place: UserLine | None = None
    count: int = 1

    def __str__(self) -> str:
        if self.place is not None:
            return self.described(str(self.place).split("\n"))
        unknown = "its line is not known: it was computed outside of detect_anomaly()"
        return self.described([unknown] if self.origin != "start" else [])

    def described(self, where: Iterable[str] = ()) -> str:
        """What happened, in which operator, of which operands, and what to try.

        Args:
            where: lines that say where; those of ``place`` in the text that ``print`` shows.
        """
        lines = [_happened(self), *where]
        if self.origin == "operator" and self.phase == "backward" and self.gradient == 0.0:
            lines.append(
                "that 0 was computed, and 0 · inf may stand for any number: only a way that is masked, as by "
                "where, contributes nothing"
            )
        row = OPERATORS.get(self.operator)
        if row is not None and self.origin == "operator":
            advice = row.advice if self.phase == "forward" else row.gradient_advice
            lines += [f"try: {advice}"] if advice else []
        if self.count > 1:
            lines.append(f"{self.count} times; the numbers are those of the first")
        return "\n  ".join(lines)


class AnomalyReport(AsText):
    """What a block of ``detect_anomaly(mode="report")`` found; true if it found anything, text when printed.

    Attributes:
        anomalies: in the order in which they arose. The same in the same line is one with a ``count``;
            more than 100 different ones are not kept.
        omitted: how many were not kept.
    """

    def __init__(self) -> None:
        self._found: dict[Any, Anomaly] = {}
        self.omitted = 0

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        return tuple(self._found.values())

    @property
    def first(self) -> Anomaly | None:
        """The first of them: all others may be its consequences."""
        return next(iter(self._found.values()), None)

    def __len__(self) -> int:
        return len(self._found)

    def __str__(self) -> str:
        if not self._found:
            return "no anomalies"
        texts = [f"{i}. {anomaly}" for i, anomaly in enumerate(self.anomalies, 1)]
        if self.omitted:
            texts.append(f"{self.omitted} more are not shown")
        return "\n".join(texts)

    def add(self, anomaly: Anomaly) -> None:
        """Keep one more, or count it where it is known."""
        key = (anomaly.phase, anomaly.kind, anomaly.origin, anomaly.operator, anomaly.place)
        known = self._found.get(key)
        if known is not None:
            self._found[key] = replace(known, count=known.count + 1)
        elif len(self._found) < _LIMIT:
            self._found[key] = anomaly
        else:
            self.omitted += 1


def _happened(anomaly: Anomaly) -> str:
    kind, operator = anomaly.kind, anomaly.operator
    applied = f"{operator}({_list(anomaly.operands, anomaly.position)})"
    about = anomaly.operands[anomaly.position] if anomaly.position is not None else None
    if anomaly.phase == "forward":
        if about is None:
            return f"{kind} arose forward in {operator}: {applied} = {anomaly.result!r}"
        return (
            f"{kind} came in with the data: the operand {about} of {operator} was {about.value!r} "
            f"before anything was computed with it: {applied} = {anomaly.result!r}"
        )
    if anomaly.origin == "start":
        return f"{kind} is the gradient that backward() was given"
    if anomaly.origin == "hook" or about is None:
        return f"{kind} is what a hook made of the gradient {anomaly.gradient!r} of {applied}"
    if anomaly.origin == "sum":
        return (
            f"{kind} arose backward where the gradients of one node from its several users are added up, "
            f"the last of them from {applied} to {about.name}"
        )
    return (
        f"{kind} arose backward in {applied}: its derivative with respect to {about.name} is "
        f"{about.local_gradient!r}, times the gradient {anomaly.gradient!r} of its result"
    )


def _list(operands: tuple[Operand, ...], position: int | None) -> str:
    """The operands as text; of many, the one it is about, those that are not finite, and the first."""
    if len(operands) <= _SHOWN:
        return ", ".join(map(str, operands))
    order = sorted(range(len(operands)), key=lambda i: (i != position, math.isfinite(operands[i].value), i))
    shown = sorted(order[:_SHOWN])
    return ", ".join(str(operands[i]) for i in shown) + f", … of {len(operands)} operands"
