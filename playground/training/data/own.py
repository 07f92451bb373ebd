"""Data of one's own: a table in text (CSV), or a formula for the targets."""

from __future__ import annotations

import csv
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief

__all__ = ["MOST_POINTS", "formula_targets", "read_table"]

Array = npt.NDArray[np.float64]

MOST_POINTS = 2000
"""The most samples of a data set."""

SIDE = 5.0
"""Columns that leave the square are scaled to lie between -SIDE and SIDE."""


def formula_targets(formula: str, places: Array) -> tuple[str, Array]:
    """The kind of problem that a formula of x and y makes, and the targets at places.

    A comparison gives classes 0 and 1; anything else heights, which are scaled to at most 1.

    Args:
        formula: in the language of :mod:`viz.cli.expression`; nothing is executed as Python.
        places: shape (n, 2).

    Raises:
        ValueError: the formula cannot be read, or is not finite at the places.

    >>> formula_targets("y > x*x", np.array([[0.0, 1.0], [2.0, 1.0]]))
    ('binary', array([1., 0.]))
    """
    from viz.cli.expression import evaluate  # viz is not loaded by those who need no formula

    values = [evaluate(formula, {"x": x, "y": y}).data for x, y in places.tolist()]
    targets = np.array(values)
    if not np.isfinite(targets).all():
        x, y = places[int(np.argmin(np.isfinite(targets)))]
        raise ValueError(
            f"the formula is not finite everywhere: at x = {x:.3g}, y = {y:.3g} it is not a number"
        )
    if np.isin(targets, (0.0, 1.0)).all():
        return "binary", targets
    return "plane", targets / max(1.0, float(np.abs(targets).max()))


def read_table(text: str) -> dict[str, Any]:
    """Points from a text table: columns x, y, class; or x, y, height; or x, height.

    Separators are commas, semicolons, tabs or spaces; a first line of names is passed over. Two or three
    different values in the third column are classes, whatever they are called; other numbers are heights.

    Returns:
        ``kind``, ``points`` (rows x, y, target) and ``note``, what was changed to make them fit.

    Raises:
        ValueError: there are no rows, a row differs in length, or something is not a number.

    >>> table = read_table("x,y,colour\\n0,1,red\\n1,1,blue\\n")
    >>> table["kind"], table["points"]
    ('binary', [[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    """
    rows = _rows(text)
    if rows and not _is_number(rows[0][0]):
        rows = rows[1:]
    if not rows:
        raise ValueError("the table has no rows; paste lines such as 1.5, -2, A")
    if len(rows) > MOST_POINTS:
        raise ValueError(f"the table has {len(rows)} rows, at most {MOST_POINTS} can be shown")
    width = len(rows[0])
    if width not in (2, 3):
        raise ValueError(f"a row needs two or three columns (x, y, class), got {width}: {brief(rows[0])}")
    for i, row in enumerate(rows, start=1):
        if len(row) != width:
            raise ValueError(f"row {i} has {len(row)} columns, the first has {width}: {brief(row)}")
    numbers = np.array(
        [[_number(cell, i) for cell in row[: 2 if width == 3 else 1]] for i, row in enumerate(rows, 1)]
    )
    notes: list[str] = []
    places = np.stack(
        [_fitted(column, name, notes) for column, name in zip(numbers.T, "xy", strict=False)], axis=1
    )
    kind, targets = _targets([row[-1] for row in rows], notes) if width == 3 else ("curve", None)
    if targets is None:
        places = np.concatenate([places, np.zeros((len(rows), 1))], axis=1)
        targets = _heights([_number(row[1], i) for i, row in enumerate(rows, 1)], notes)
    points = [[x, y, target] for (x, y), target in zip(places.tolist(), targets.tolist(), strict=True)]
    return {"kind": kind, "points": points, "note": " ".join(notes)}


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if not lines:
        return []
    separator = next((each for each in "\t;," if each in lines[0]), None)
    if separator is None:
        return [line.split() for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, row: int) -> float:
    if not _is_number(text):
        raise ValueError(f"row {row}: {brief(text)} is not a number")
    return float(text)


def _fitted(column: Array, name: str, notes: list[str]) -> Array:
    low, high = float(column.min()), float(column.max())
    if low >= -SIDE - 1 and high <= SIDE + 1 and (high - low >= 1.0 or low == high):
        return column
    notes.append(f"{name} was scaled from {low:.3g} … {high:.3g} to {-SIDE:g} … {SIDE:g}.")
    if low == high:
        return np.zeros_like(column)
    return np.asarray((column - low) / (high - low) * 2 * SIDE - SIDE)


def _targets(cells: list[str], notes: list[str]) -> tuple[str, Array]:
    names = sorted(set(cells))
    if len(names) <= 3:
        if names != [str(i) for i in range(len(names))]:
            notes.append(
                "Classes: " + ", ".join(f"{name} is {'ABC'[i]}" for i, name in enumerate(names)) + "."
            )
        kind = "three" if len(names) == 3 else "binary"
        return kind, np.array([float(names.index(cell)) for cell in cells])
    if not all(map(_is_number, cells)):
        raise ValueError(f"the last column names {len(names)} classes, at most three can be shown")
    return "plane", _heights([float(cell) for cell in cells], notes)


def _heights(heights: list[float], notes: list[str]) -> Array:
    array = np.array(heights)
    most = float(np.abs(array).max())
    if most <= 1.0:
        return array
    notes.append(f"Heights were divided by {most:.3g}.")
    return array / most
