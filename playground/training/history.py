"""The course of a training: numbers and states at regular steps, never more than a screen can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_ENTRIES", "Course", "Snapshot"]

MOST_ENTRIES = 240
"""When there are more, every second one is dropped, and from then on half as many are kept."""


@dataclass(frozen=True)
class Snapshot:
    """A training at one step; from it the training goes on as it did.

    Attributes:
        step, epoch: how many steps and full epochs were taken.
        numbers: train loss, test loss, train accuracy, test accuracy; nan for what there is none of.
        parameters: the network's.
        state: what the training restores: optimiser, generators, the rest of the epoch.
    """

    step: int
    epoch: int
    numbers: tuple[float, float, float, float]
    parameters: npt.NDArray[np.float64]
    state: Any


class Course:
    """Snapshots of a training, the first step first.

    Args:
        every: how many steps are to lie between two of them, to begin with.

    Attributes:
        entries: the snapshots.
        every: how many steps lie between two of those that are due.

    >>> course = Course()
    >>> for step in range(1000):
    ...     if course.is_due(step):
    ...         course.add(Snapshot(step, 0, (0.0, 0.0, 0.0, 0.0), np.zeros(1), None))
    >>> len(course.entries) <= MOST_ENTRIES, course.every, course.entries[0].step
    (True, 8, 0)
    """

    def __init__(self, every: int = 1) -> None:
        self.entries: list[Snapshot] = []
        self.every = every

    def is_due(self, step: int) -> bool:
        """Whether a snapshot is to be taken at this step."""
        return step % self.every == 0

    def add(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; of too many every second one is dropped, but not the first and the last."""
        self.entries.append(snapshot)
        if len(self.entries) > MOST_ENTRIES:
            self.every *= 2
            self.entries = [*self.entries[:-1:2], snapshot]

    def forget_after(self, step: int) -> None:
        """Drop the snapshots of later steps: the training goes on from here."""
        self.entries = [each for each in self.entries if each.step <= step]

    def curves(self) -> npt.NDArray[np.float64]:
        """Rows of step, epoch, train loss, test loss, train accuracy, test accuracy, as columns."""
        rows = [(each.step, each.epoch, *each.numbers) for each in self.entries]
        return np.array(rows, dtype=float).reshape(-1, 6).T
