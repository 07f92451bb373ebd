"""Reports of check_derivation: each line, the first that is wrong, the slip by name, where it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.checks.derivation.slips.table import SLIPS
from engine.display import html as display
from engine.display.html import Printed
from engine.graph.names import aligned
from engine.quoting import abridged

__all__ = ["DerivationReport", "Finding", "shown_point"]

MANY = 12
"""Numbers of an array that are written out."""

SYMBOLS, NUMBERS = "symbols", "numbers"

RIGHT, WRONG, FOLLOWS, UNKNOWN = "right", "wrong", "follows", "not checked"


@dataclass(frozen=True)
class Finding:
    """What was found of one line.

    Attributes:
        line: its name, such as ``"dw"``.
        number: of the line, counted from 1; 0 where it is not known.
        text: its right side as written; empty where it is not known.
        is_of: what it should be, such as ``"dE/dw"``; empty of a line whose name does not say.
        status: "right"; "wrong"; "follows", wrong only as a line before it is; or "not checked".
        slip: the name of the slip, of :data:`engine.checks.derivation.slips.table.SLIPS`; empty if unknown.
        message: what is wrong in words.
        repair: the right side that would be right, where one change makes it so.
        point: the simplest point that was found to show it, by name.
        yours: what the line gives there; the entry that differs most.
        engines: what the engine gives there.
        place: the index of that entry; empty of a single number.
        shown: of what these numbers are, where the line's own name does not say.
        shapes: that of the line and that of the engine's, where they do not fit.
        proof: "symbols" where the formulas are the same, "numbers" where they agree at the points tried.
    """

    line: str
    number: int
    text: str
    is_of: str = ""
    status: str = UNKNOWN
    slip: str = ""
    message: str = ""
    repair: str = ""
    point: Mapping[str, Any] = field(default_factory=dict)
    yours: float = float("nan")
    engines: float = float("nan")
    place: str = ""
    shown: str = ""
    shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    proof: str = ""


@dataclass(frozen=True)
class DerivationReport(Printed):
    """What :func:`engine.check_derivation` found: true if the derivation is right, and a text when printed.

    Attributes:
        ok: whether all gradients are right at all points.
        findings: one for each line, in order.
        points: at how many points it was tried, the given one among them.
        remarks: what else should be known.
        unit: what the parts are called: "line" or "formula".
    """

    ok: bool
    findings: tuple[Finding, ...]
    points: int
    remarks: tuple[str, ...] = ()
    unit: str = "line"

    def __bool__(self) -> bool:
        return self.ok

    @property
    def first_wrong(self) -> Finding | None:
        """The first line that is wrong; None if there is none."""
        return next((each for each in self.findings if each.status == WRONG), None)

    @property
    def slip(self) -> str:
        """The name of the first slip; empty if all is right, or it has no name."""
        return self.first_wrong.slip if self.first_wrong is not None else ""

    @property
    def hint(self) -> str:
        """Which line is wrong and what kind of slip it is, but not what would be right."""
        found = self.hints
        return found[0] if found else "all right" if self.ok else "something is missing"

    @property
    def hints(self) -> list[str]:
        """The same of each wrong line."""
        meanings = [(each, SLIPS.get(each.slip, "")) for each in self.findings if each.status == WRONG]
        return [
            f"{self._where(each)}: " + (f"{each.slip}: {meaning}" if meaning else "it is not the gradient")
            for each, meaning in meanings
        ]

    def _where(self, found: Finding) -> str:
        slot = found.line.removeprefix("return ")
        if slot != found.line:
            slot = f" {int(slot) + 1}" if slot.isdigit() else f" {slot}"
            return f"line {found.number}, result{slot}" if found.number else f"result{slot}"
        if self.unit == "formula" or not found.number:
            return f"{self.unit} {found.line}" if found.number else found.line
        return f"line {found.number}, {found.line}"

    def summary(self) -> str:
        """The report without its table of lines and its remarks."""
        checked = [each for each in self.findings if each.is_of]
        wrong = [each for each in self.findings if each.status == WRONG]
        if self.ok:
            proofs = [each.proof == "symbols" for each in checked if each.status == RIGHT]
            how = "the same formulas" if proofs and all(proofs) else "by numbers"
            head = f"right: {_count(len(checked), 'derivative')}, {how}, at {_count(self.points, 'point')}"
        else:
            first = self._where(wrong[0]) if wrong else "not all is there"
            head = f"wrong: {len(wrong)} {self.unit}s, {first} first" if wrong[1:] else f"wrong: {first}"
        return "\n".join([head, *(line for each in wrong for line in self._wrong(each))])

    def __str__(self) -> str:
        table = self._table() if not self.ok and len(self.findings) > 1 else []
        return "\n".join([self.summary(), *table, *self.remarks])

    def _wrong(self, found: Finding) -> list[str]:
        sets = "return …" if found.line.startswith("return ") else f"{found.line} ="
        lines = [f"  {sets} {abridged(found.text, 90)}" if found.text else f"  {self._where(found)}"]
        if found.message:
            slip = f"{found.slip}: " if found.slip else ""
            lines.append(f"    {slip}{found.message}")
        if found.repair:
            lines.append(f"    right would be: {abridged(found.repair, 120)}")
        if found.point:
            there = (
                f": {found.shown or found.line}{found.place} is {found.engines:.6g}, yours {found.yours:.6g}"
            )
            if found.shapes is not None:
                there = f": {found.shown} has the shape {found.shapes[1]}, yours {found.shapes[0]}"
            lines.append(
                f"    at {shown_point(found.point)}"
                + (there if np.isfinite(found.yours) or found.shapes else "")
            )
        return lines

    def _table(self) -> list[str]:
        rows = [
            (
                self._where(each),
                each.is_of,
                each.status + (" (same formula)" if each.proof == "symbols" else ""),
            )
            for each in self.findings
            if each.number or each.is_of or each.status == WRONG
        ]
        return [f"  {line}" for line in aligned(rows, "lll")]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "ok": self.ok,
            "points": self.points,
            "remarks": [*self.remarks],
            "findings": [
                {**each.__dict__, "point": {k: np.asarray(v).tolist() for k, v in each.point.items()}}
                for each in self.findings
            ],
        }

    def _repr_html_(self) -> str:
        """A table for notebooks: a row for each line, wrong ones marked."""
        rows = [[self.unit, "yours", "should be", "", ""]]
        for each in self.findings:
            why = "\n".join(line.strip() for line in self._wrong(each)[1:]) if each.status == WRONG else ""
            rows.append([self._where(each), each.text, each.is_of, each.status, why])
        wrong = [i for i, each in enumerate(self.findings, start=1) if each.status == WRONG]
        head = display.paragraph(str(self).splitlines()[0], strong=True)
        return (
            head
            + display.table(rows, "lllll", strong=wrong)
            + "".join(display.paragraph(each, small=True) for each in self.remarks)
        )


def shown_point(point: Mapping[str, Any]) -> str:
    """A point as a line of text.

    >>> shown_point({"w": 0.5, "x": np.array([1.0, 2.0])})
    'w = 0.5, x = [1, 2]'
    """
    return ", ".join(f"{name} = {_shown(value)}" for name, value in point.items())


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > MANY:
            same = np.ptp(value) == 0
            shape = "×".join(map(str, value.shape))
            return f"{value.flat[0]:.6g} in all of {shape}" if same else f"{shape} numbers"
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_shown, value))}]"
    return f"{value:.6g}" if isinstance(value, (int, float)) else abridged(repr(value), 40)


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
