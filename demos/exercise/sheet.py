"""Sheets of exercises, and the small text form in which a teacher writes them.

An exercise begins with ``#`` and its title. Then come a text, ``given:`` with indented lines whose last one
is the loss, ``at:`` with a number for each name that they leave open (``w = 0.5``, ``x = [1, 2]``, or
``W = random(3, 2)`` for numbers of that shape), ``asked:`` with the names of the gradients, any number of
``hint:``, and ``solution:`` with indented lines. A sheet may begin with ``title:``. It is read only if all of
its solutions are right.
"""

from __future__ import annotations

import ast
import math
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from demos.exercise.exercise import Exercise
from demos.exercise.marking import Mark, mark
from demos.exercise.syllabus import SYLLABUS

__all__ = ["Sheet", "SheetError", "read_sheet", "sheet", "text_of"]

_KEYS = ("given", "at", "asked", "hint", "solution")
LARGEST = 100
"""Numbers of one array that ``random`` makes."""


class SheetError(ValueError):
    """A sheet that cannot be read; the message names the line and what to write instead."""


@dataclass
class Sheet:
    """Exercises under a title.

    >>> sheet().exercises[1].title
    'A chain of three'
    """

    title: str
    exercises: list[Exercise]

    def exercise(self, number: int) -> Exercise:
        """An exercise by its number.

        Raises:
            ValueError: there is none of that number.
        """
        if not isinstance(number, int) or not 1 <= number <= len(self.exercises):
            raise ValueError(f"there are exercises 1 to {len(self.exercises)}, not {number!r}")
        return self.exercises[number - 1]

    def check(self, number: int, answer: str) -> Mark:
        """Mark an answer: lines such as ``dw = (y - t)*x``; it names wrong lines, never right ones.

        >>> print(sheet().check(2, "dx = y*cos(v)*2*x"))
        2. A chain of three: right
        """
        return mark(self.exercise(number), answer)

    def hint(self, number: int, which: int = 1) -> str:
        """A hint to an exercise, the first one by default.

        >>> sheet().hint(4)
        'The derivative of tanh can be written in a alone, and it is not a(1 - a).'
        """
        hints = self.exercise(number).hints
        if not 1 <= which <= len(hints):
            count = f"{len(hints)} hint{'s' * (len(hints) != 1)}" if hints else "no hints"
            raise ValueError(f"exercise {number} has {count}, not a number {which}")
        return hints[which - 1]


@lru_cache(maxsize=1)
def sheet() -> Sheet:
    """The ten exercises of the syllabus.

    >>> len(sheet().exercises)
    10
    """
    return read_sheet(SYLLABUS, "the syllabus")


def read_sheet(source: str | Path, name: str = "") -> Sheet:
    """Read a sheet from its text, or from a file.

    Args:
        source: the text, or the path of a file in UTF-8.
        name: what messages call it.

    Raises:
        SheetError: a line cannot be read, something is missing, or a solution is wrong.
        ValueError, OSError: the file cannot be read, see ``text_of``.

    >>> read_sheet("# Empty")
    Traceback (most recent call last):
    demos.exercise.sheet.SheetError: the sheet, line 1: exercise 'Empty' has no given: ...
    """
    if isinstance(source, Path):
        name, source = name or str(source), text_of(source)
    return _Reader(source, name or "the sheet").read()


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        ValueError: there is none, it is a folder, or not text in UTF-8; the message names it.
        OSError: it cannot be read.
    """
    if not path.exists():
        raise ValueError(f"there is no file {str(path)!r} in {os.getcwd()!r}; see how its name is written")
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; give the name of a file in it")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{str(path)!r} is not text in UTF-8: {error}") from None


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.lines, self.name, self.number = text.splitlines(), name, 0
        self.starts: dict[tuple[int, str], int] = {}

    def error(self, message: str, number: int = 0) -> SheetError:
        return SheetError(f"{self.name}, line {number or self.number}: {message}")

    def read(self) -> Sheet:
        title, exercises, key = "Exercises", list[Exercise](), ""
        for number, line in enumerate(self.lines, start=1):
            self.number = number
            found = re.match(r"(\w+):\s*(.*)$", line)
            if not line.strip():
                continue
            if line.startswith("#"):
                exercises.append(Exercise(len(exercises) + 1, line.lstrip("#").strip()))
                self.starts[len(exercises), ""], key = self.number, ""
            elif found and found[1] == "title" and not exercises:
                title = found[2]
            elif not exercises:
                raise self.error(
                    f"{line.strip()!r} stands before the first exercise, which begins with # and a title"
                )
            elif found and found[1] in _KEYS:
                key = found[1]
                self.starts[len(exercises), key] = self.number
                if found[2]:
                    self.add(exercises[-1], key, found[2])
            elif line[0].isspace() and key:
                self.add(exercises[-1], key, line.strip())
            elif found and not key:
                raise self.error(f"unknown key {found[1]!r}: there are {', '.join(_KEYS)}")
            elif not key:
                exercises[-1].text = f"{exercises[-1].text} {line.strip()}".strip()
            else:
                raise self.error(f"{line.strip()!r} must be indented, as it belongs to {key}:, or begin with "
                                 f"{', '.join(f'{each}:' for each in _KEYS)}")  # fmt: skip
        if not exercises:
            raise self.error("there is no exercise: one begins with # and a title")
        for exercise in exercises:
            self.complete(exercise)
        return Sheet(title, exercises)

    def add(self, exercise: Exercise, key: str, text: str) -> None:
        if key in ("given", "solution"):
            before = getattr(exercise, key)
            setattr(exercise, key, f"{before}\n{text}" if before else text)
        elif key == "hint":
            exercise.hints.append(text)
        elif key == "asked":
            exercise.asked += [each.strip() for each in text.split(",") if each.strip()]
        else:
            exercise.point |= self.point(text, exercise)

    def point(self, text: str, exercise: Exercise) -> dict[str, Any]:
        try:
            call = ast.parse(f"f({text})", mode="eval").body
        except SyntaxError:
            raise self.error(
                f"{text!r} is not a point; write at: w = 0.5, x = [1, 2], W = random(3, 2)"
            ) from None
        assert isinstance(call, ast.Call)
        if call.args:
            raise self.error(
                f"{ast.unparse(call.args[0])!r} has no name; write w = {ast.unparse(call.args[0])}"
            )
        numbers = np.random.default_rng(exercise.number)
        return {str(each.arg): self.number_of(each.value, numbers) for each in call.keywords}

    def number_of(self, node: ast.expr, rng: np.random.Generator) -> Any:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "random":
            shape = [each.value for each in node.args if isinstance(each, ast.Constant)]
            whole = [n for n in shape if isinstance(n, int) and n > 0]
            if len(whole) == len(node.args) and 0 < math.prod(whole) <= LARGEST:
                return rng.normal(size=tuple(whole)).round(2)
            raise self.error(
                f"{ast.unparse(node)}: random takes the lengths of the axes, at most {LARGEST} numbers in all"
            )
        try:
            found = np.array(ast.literal_eval(node), dtype=float)
        except (ValueError, TypeError, SyntaxError):
            raise self.error(
                f"{ast.unparse(node)!r} is not a number, a list of numbers or random(rows, columns)"
            ) from None
        return found if found.ndim else float(found)

    def complete(self, exercise: Exercise) -> None:
        """Check that nothing is missing and that the solution is right."""
        line = self.starts[exercise.number, ""]
        for key, remedy in (
            ("given", "write the lines of the function, indented"),
            ("at", "write a number for each open name, as in at: w = 0.5, x = 2"),
            ("asked", "name the gradients, as in asked: dw, db"),
            ("solution", "write the lines of a right derivation, indented"),
        ):
            if not (exercise.point if key == "at" else getattr(exercise, key)):
                raise self.error(f"exercise {exercise.title!r} has no {key}: {remedy}", line)
        line = self.starts[exercise.number, "solution"]
        try:
            found = mark(exercise, exercise.solution)
        except (ValueError, TypeError) as error:
            raise self.error(f"exercise {exercise.title!r} cannot be computed: {error}", line) from None
        if found.problem:
            raise self.error(f"exercise {exercise.title!r}: {found.problem}", line)
        if not found.right:
            raise self.error(
                f"the solution of {exercise.title!r} is not right:\n{found.report or found}", line
            )
