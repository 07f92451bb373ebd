"""``python -m demos exercise``: hands out a sheet, checks answers, gives hints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from demos.exercise.pages import answers, markdown, notebook
from demos.exercise.sheet import Sheet, read_sheet, sheet
from demos.program import exit_status as status
from demos.runner.page import OUT
from engine.files import write_atomically

__all__ = ["TITLE", "main"]

PROGRAM = "python -m demos exercise"
TITLE = "ten derivations with blanks: writes a sheet, checks your answers, gives hints"
DESCRIPTION = """\
Ten derivations of the syllabus with blanks, as Markdown and as a notebook. Fill them in, check them as often
as you like, ask for hints. A sheet of your own is a text file: docs/checking_a_derivation.md says how to
write one."""
FILES = ("exercises.md", "exercises.ipynb")


def main(words: Sequence[str] = ()) -> int:
    """Run the command line; returns one of the statuses in ``demos.program.exit_status``.

    >>> main(["--hint", "4"])
    The derivative of tanh can be written in a alone, and it is not a(1 - a).
    0
    """
    try:
        parsed = parser().parse_args(words)
    except SystemExit as error:  # argparse has printed the help, or what is wrong
        return status.REACHED if error.code == 0 else status.MISUSED
    try:
        exercises = sheet() if parsed.source is None else read_sheet(parsed.source)
        if parsed.check is not None:
            return _check(exercises, parsed.check)
        if parsed.hint is not None:
            return _hint(exercises, parsed.hint)
        if parsed.solution is not None:
            print(exercises.exercise(parsed.solution).solution)
            return status.REACHED
        return _hand_out(exercises, parsed.out, parsed.force, str(parsed.source or ""))
    except (ValueError, OSError) as error:
        print(f"{PROGRAM}: error: {error}", file=sys.stderr)
        return status.MISUSED


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    made = argparse.ArgumentParser(PROGRAM, description=DESCRIPTION, allow_abbrev=False,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    add = made.add_argument
    add("--check", type=Path, metavar="FILE", help="check the answers in a sheet that was filled in")
    add(
        "--hint",
        type=int,
        nargs="+",
        metavar="N",
        help="a hint to exercise N; --hint N 2 gives the second one",
    )
    add("--solution", type=int, metavar="N", help="the solution of exercise N")
    add(
        "--from",
        type=Path,
        dest="source",
        metavar="FILE",
        help="a teacher's own sheet, in place of the syllabus",
    )
    add("--out", type=Path, default=OUT, metavar="DIR", help=f"folder for the sheet (default {OUT})")
    add("--force", action="store_true", help="write over a sheet that is there already")
    return made


def _hand_out(exercises: Sheet, folder: Path, force: bool, source: str) -> int:
    paths = [folder / name for name in FILES]
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise ValueError(
            f"{there[0]} is there already, and may hold answers: check it with --check {there[0]}, "
            "or write over it with --force, or elsewhere with --out DIR"
        )
    for path, text in zip(paths, (markdown(exercises, source), notebook(exercises, source)), strict=True):
        print(f"wrote {write_atomically(path, text)}")
    given = f" --from {source}" if source else ""
    count = len(exercises.exercises)
    print(f"\nThere {'are' if count > 1 else 'is'} {count} to fill in. "
          f"Then: {PROGRAM}{given} --check {paths[0]}")  # fmt: skip
    return status.REACHED


def _check(exercises: Sheet, path: Path) -> int:
    given = answers(path)
    unknown = [number for number in given if not 1 <= number <= len(exercises.exercises)]
    if unknown:
        raise ValueError(
            f"{path} answers exercise {unknown[0]}, and the sheet has {len(exercises.exercises)}"
        )
    marks = [exercises.check(each.number, given.get(each.number, "")) for each in exercises.exercises]
    for found in marks:
        print(found)
    right, wrong = sum(map(bool, marks)), [found for found in marks if not found and not found.is_blank]
    print(f"\n{right} of {len(marks)} right")
    if wrong:
        print(f"a hint: {PROGRAM} --hint {wrong[0].number}")
    return status.REACHED if right == len(marks) else status.MISSED


def _hint(exercises: Sheet, words: list[int]) -> int:
    number, which = (*words, 1)[:2]
    print(exercises.hint(number, which))
    if which < len(exercises.exercise(number).hints):
        print(f"(the next one: --hint {number} {which + 1})")
    return status.REACHED
