"""Race: several optimisers from the same weights on the same batches, also on the loss surface."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from playground.training.config import Config
from playground.training.data.sets import features_of
from playground.training.picture import grid, surface
from playground.training.trainer import Trainer

__all__ = ["MOST_RACERS", "Race"]

MOST_RACERS = 7

SIDE = 40
"""Points along each side of a racer's picture."""

HEIGHTS = 30
"""Points along each side of the loss surface."""


class Race:
    """Trainings that differ in the optimiser alone: one seed, so one start and one order of batches.

    Args:
        config: what they have in common.
        racers: dicts of ``optimizer`` and ``settings``.

    Raises:
        ValueError: there are none or too many.

    >>> race = Race(Config(), [{"optimizer": "SGD"}, {"optimizer": "Adam", "settings": {"lr": 0.03}}])
    >>> race.advance(steps=10)
    >>> [trainer.step for trainer in race.trainers]
    [10, 10]
    """

    def __init__(self, config: Config, racers: Sequence[Mapping[str, Any]]) -> None:
        if not 1 <= len(racers) <= MOST_RACERS:
            raise ValueError(f"a race has from 1 to {MOST_RACERS} optimisers, got {len(racers)}")
        self.trainers = []
        for each in racers:
            chosen = Config.of({"optimizer": each["optimizer"], "settings": each.get("settings")})
            self.trainers.append(
                Trainer(replace(config, optimizer=chosen.optimizer, settings=chosen.settings, patience=0,
                                stop_loss=0.0, stop_epochs=0))
            )  # fmt: skip

    def advance(self, *, steps: int | None = None, budget_ms: float | None = None) -> None:
        """Take as many steps with each: so many, or as many as there is time for."""
        if steps is not None:
            for trainer in self.trainers:
                trainer.advance(steps=steps)
            return
        end = time.perf_counter() + (budget_ms or 0.0) / 1e3
        while True:
            for trainer in self.trainers:
                trainer.advance(steps=2)
            if time.perf_counter() >= end:
                return

    def picture(self) -> dict[str, Any]:
        """Name, numbers, surface and curve of each; ``surface.0``, ``curve.0`` and so on are arrays."""
        racers: list[dict[str, Any]] = []
        arrays: dict[str, Any] = {}
        for i, trainer in enumerate(self.trainers):
            network = trainer.network
            places = grid(network.kind, SIDE)
            outputs = network.predictions(features_of(trainer.config.features, places))
            train, _, accuracy, _ = trainer.measured()
            racers.append(
                {
                    "optimizer": trainer.config.optimizer,
                    "settings": trainer.config.settings,
                    "step": trainer.step,
                    "epoch": trainer.epoch,
                    "train_loss": train if np.isfinite(train) else None,
                    "train_accuracy": accuracy if np.isfinite(accuracy) else None,
                }
            )
            if network.kind == "curve":
                arrays[f"line.{i}"] = outputs[0]
            for name, array in surface(network, outputs, SIDE, SIDE).items():
                arrays[f"{name}.{i}"] = array
            arrays[f"curve.{i}"] = trainer.course.curves()[[0, 2]]
        points = self.trainers[0].points
        return {"racers": racers, "kind": points.kind, "train": points.train,
                "train_targets": points.train_targets, **arrays}  # fmt: skip

    def loss_surface(self) -> dict[str, Any]:
        """The loss on the plane through the paths that fits them best, and the paths on it.

        The plane is spanned by the two principal components of all weights that were visited, seen from the
        start. ``heights`` has shape (HEIGHTS, HEIGHTS), row by row upwards; ``share`` says how much of the
        paths' spread lies in the plane.
        """
        ways = [np.array([entry.parameters for entry in t.course.entries]) for t in self.trainers]
        ways = [way[np.isfinite(way).all(axis=1)] for way in ways]
        start = ways[0][0]
        moved = np.concatenate(ways) - start
        _, spread, directions = np.linalg.svd(moved, full_matrices=False)
        if len(directions) < 2 or not spread[0]:
            raise ValueError("the race has not begun; let it take some steps first")
        plane = directions[:2]
        flat = [(way - start) @ plane.T for way in ways]
        every = np.concatenate(flat)
        low, high = every.min(axis=0), every.max(axis=0)
        margin = 0.25 * np.maximum(high - low, 1e-3 + 0.2 * (high - low).max())
        low, high = low - margin, high + margin
        xs, ys = (np.linspace(low[i], high[i], HEIGHTS) for i in (0, 1))
        trainer = self.trainers[0]
        network, here = trainer.network, trainer.network.numbers
        heights = np.empty((HEIGHTS, HEIGHTS))
        try:
            for row, y in enumerate(ys):
                for column, x in enumerate(xs):
                    network.numbers = start + x * plane[0] + y * plane[1]
                    heights[row, column] = network.measure(trainer.inputs, trainer.targets)
        finally:
            network.numbers = here
        return {
            "low": low.tolist(),
            "high": high.tolist(),
            "share": float((spread[:2] ** 2).sum() / (spread**2).sum()),
            "heights": heights,
            **{f"path.{i}": way for i, way in enumerate(flat)},
        }
