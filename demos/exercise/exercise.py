"""One exercise of a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Exercise"]


@dataclass
class Exercise:
    """One derivation to be found.

    Attributes:
        number: counted from 1.
        title: its heading.
        text: what it is about.
        given: the lines of the function, the last one being the loss.
        point: where it is checked: numbers and arrays by name.
        asked: the names of the gradients.
        hints: each says more than the one before.
        solution: the lines of a right derivation.
    """

    number: int
    title: str
    text: str = ""
    given: str = ""
    point: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    solution: str = ""
