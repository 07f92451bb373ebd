"""Marks answers: which lines are right, which is wrong and what kind of slip it is, never what is right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from demos.exercise.exercise import Exercise
from engine import DerivationError, DerivationReport, check_derivation

__all__ = ["Mark", "filled_in", "mark"]

_BLANK = re.compile(r"^\s*(?P<name>[^=\s]+)\s*=\s*(\.\.\.|…|_+|\?+)?\s*(#.*)?$")
"""A line whose right side is still to be filled in."""


@dataclass(frozen=True)
class Mark:
    """What was found of one answer; prints as text that gives nothing away.

    Attributes:
        number: of the exercise.
        title: of the exercise.
        right: whether all that was asked is there and right.
        blank: the names that were asked for and are not there.
        problem: what kept the answer from being read; empty if nothing did.
        report: the whole finding, which does say what would be right; None where nothing was checked.
    """

    number: int
    title: str
    right: bool
    blank: list[str] = field(default_factory=list)
    problem: str = ""
    report: DerivationReport | None = field(default=None, repr=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in yet."""
        return self.report is None and not self.problem

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        state = "right" if self.right else "still blank" if self.is_blank else "not yet"
        lines = [f"{self.number}. {self.title}: {state}"]
        if self.problem:
            lines.append(f"  {self.problem}")
        if self.report is not None and not self.right:
            lines += [f"  {each}" for each in self.report.hints]
            if self.blank:
                lines.append(
                    f"  {', '.join(self.blank)} {'is' if len(self.blank) == 1 else 'are'} still blank"
                )
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        head, *rest = str(self).splitlines()
        return f"**{head}**" + "".join(f"\n- {line.strip()}" for line in rest)


def filled_in(answer: str) -> str:
    """An answer with comments for the lines that are still blank, so that the others keep their numbers.

    >>> filled_in("dw = ...\\ndb = y - t\\n")
    '#\\ndb = y - t'
    """
    lines = answer.strip("\n").splitlines()
    return "\n".join("#" if not line.strip() or _BLANK.match(line) else line for line in lines)


def mark(exercise: Exercise, answer: str) -> Mark:
    """Mark an answer to an exercise."""
    text = filled_in(answer)
    names = {match[1] for line in text.splitlines() if (match := re.match(r"\s*(\S+?)\s*=", line))}
    names |= {each.strip() for name in names for each in name.split(";")}
    blank = [name for name in exercise.asked if name not in names and not re.search(rf";\s*{name}\s*=", text)]
    number, title = exercise.number, exercise.title
    if all(line.lstrip().startswith("#") for line in text.splitlines()):
        return Mark(number, title, False, blank)
    try:
        report = check_derivation(exercise.given, text, exercise.point)
    except DerivationError as error:
        return Mark(number, title, False, blank, str(error))
    return Mark(number, title, report.ok and not blank, blank, "", report)
