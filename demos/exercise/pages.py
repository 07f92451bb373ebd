"""Sheets as Markdown and as a notebook, with blanks, and the answers read back from them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demos.exercise.exercise import Exercise
from demos.exercise.sheet import Sheet, text_of

__all__ = ["answers", "markdown", "notebook"]

_HOW = (
    "Fill in the blanks: what stands right of each sign =, in Python. You may use all names that are given, "
    "lines of your own before the asked ones, `exp`, `tanh`, `sigmoid`, `np.sum`, `@` for matrix products, "
    "and `.T`."
)
_FENCE = re.compile(r"^```answer (\d+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def markdown(sheet: Sheet, source: str = "") -> str:
    """A sheet in Markdown, with a blank block for each answer.

    Args:
        sheet: the exercises.
        source: the file it was read from, for the command that checks the answers.

    >>> from demos.exercise.sheet import sheet
    >>> markdown(sheet()).splitlines()[0]
    '# Ten derivations'
    """
    given = f" --from {source}" if source else ""
    command = f"python -m demos exercise{given}"
    parts = [
        f"# {sheet.title}",
        f"{_HOW}\n\nThen check: `{command} --check THIS_FILE`. A hint to exercise 3: `{command} --hint 3`.",
    ]
    for each in sheet.exercises:
        parts.append(_question(each))
        parts.append(f"```answer {each.number}\n{_blanks(each)}\n```")
    return "\n\n".join(parts) + "\n"


def notebook(sheet: Sheet, source: str = "") -> str:
    """A sheet as a Jupyter notebook, whose cells check the answers as they are run.

    >>> from demos.exercise.sheet import sheet
    >>> json.loads(notebook(sheet()))["nbformat"]
    4
    """
    made = "sheet()" if not source else f"read_sheet(Path({source!r}))"
    imports = (
        "from demos.exercise import sheet"
        if not source
        else "from pathlib import Path\n\nfrom demos.exercise import read_sheet"
    )
    cells: list[tuple[str, str]] = [
        (
            "markdown",
            f"# {sheet.title}\n\n{_HOW}\n\nRun a cell to check it; a hint: `exercises.hint(3)`.",
        ),
        ("code", f"{imports}\n\nexercises = {made}"),
    ]
    for each in sheet.exercises:
        n = each.number
        cells.append(("markdown", _question(each)))
        cells.append(("code", f'answer_{n} = """\n{_blanks(each)}\n"""\nexercises.check({n}, answer_{n})'))
    return (
        json.dumps(
            {
                "cells": [_cell(kind, text, f"cell-{i}") for i, (kind, text) in enumerate(cells)],
                "metadata": {
                    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                    "language_info": {"name": "python"},
                },
                "nbformat": 4,
                "nbformat_minor": 5,
            },
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )


def answers(path: Path) -> dict[int, str]:
    """The answers in a sheet that was filled in, by number; nothing in it is executed.

    Args:
        path: a file in Markdown, or a notebook (``.ipynb``).

    Raises:
        OSError: it cannot be read.
        ValueError: it is not there, has no answers, or is not a notebook.
    """
    text = text_of(path)
    found = dict(_in_notebook(text, path)) if path.suffix == ".ipynb" else {
        int(number): body.strip("\n") for number, body in _FENCE.findall(text)
    }  # fmt: skip
    if not found:
        raise ValueError(f"{path} has no answers: they stand in blocks that begin with ```answer 1")
    return found


def _in_notebook(text: str, path: Path) -> Iterator[tuple[int, str]]:
    try:
        cells = json.loads(text)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is not a notebook") from None
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as answer)):
                    if number := re.fullmatch(r"answer_(\d+)", name):
                        yield int(number[1]), answer.strip("\n")


def _question(exercise: Exercise) -> str:
    lines = "\n".join(f"    {line}" for line in exercise.given.splitlines())
    loss = exercise.given.splitlines()[-1].split("=")[0].strip()
    asked = ", ".join(f"`{name}`" for name in exercise.asked)
    gradients = "gradients" if len(exercise.asked) > 1 else "gradient"
    asked = f"Asked: the {gradients} of `{loss}`: {asked}."
    return "\n\n".join([f"## {exercise.number}. {exercise.title}", exercise.text, lines, asked])


def _blanks(exercise: Exercise) -> str:
    return "\n".join(f"{name} = ..." for name in exercise.asked)


def _cell(kind: str, text: str, name: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
