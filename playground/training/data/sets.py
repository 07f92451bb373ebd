"""The data sets of the playground: points of two or three classes, heights of a plane, and curves.

Points lie in the square from -6 to 6. A data set is drawn from a generator, so a seed gives the same points;
points of one's own come from the mouse, a CSV or a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.training.data.own import formula_targets

__all__ = ["DATA", "FEATURES", "KINDS", "LIMIT", "Dataset", "Points", "draw", "features_of"]

Array = npt.NDArray[np.float64]

LIMIT = 6.0
"""Points lie between -LIMIT and LIMIT on each axis."""

KINDS = ("binary", "three", "plane", "curve")
"""Two classes, three classes, a height over the plane, a height over a line."""

FEATURES: dict[str, Callable[[Array], Array]] = {
    "x": lambda p: p[:, 0],
    "y": lambda p: p[:, 1],
    "x²": lambda p: p[:, 0] ** 2,
    "y²": lambda p: p[:, 1] ** 2,
    "x·y": lambda p: p[:, 0] * p[:, 1],
    "sin x": lambda p: np.sin(p[:, 0]),
    "sin y": lambda p: np.sin(p[:, 1]),
}
"""The inputs of a network by name, computed of points of shape (n, 2)."""


@dataclass(frozen=True)
class Points:
    """Samples to train with and to test with.

    Attributes:
        kind: one of KINDS.
        train, test: places, shape (n, 2); of a curve the second coordinate is 0.
        train_targets, test_targets: classes 0, 1, 2 or heights.
    """

    kind: str
    train: Array
    train_targets: Array
    test: Array
    test_targets: Array


@dataclass(frozen=True)
class Dataset:
    """A row of DATA: its kind, its title, and a function of count, noise and generator."""

    kind: str
    title: str
    draw: Callable[[int, float, np.random.Generator], tuple[Array, Array]]


def _circle(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    inner = np.arange(count) < count // 2
    radius = np.where(inner, rng.uniform(0.0, 2.5, count), rng.uniform(3.5, 5.0, count))
    angle = rng.uniform(0.0, 2 * np.pi, count)
    places = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    return _jitter(places, noise, rng), inner.astype(float)


def _xor(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    places = rng.uniform(-5.0, 5.0, (count, 2))
    places += np.where(places > 0, 0.3, -0.3)
    return _jitter(places, noise, rng), (places[:, 0] * places[:, 1] < 0).astype(float)


def _gauss(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    side = (np.arange(count) % 2).astype(float)
    centre = np.where(side[:, None] > 0, 2.0, -2.0)
    return centre + (0.7 + 2.0 * noise) * rng.standard_normal((count, 2)), side


def _spiral(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    return _arms(2, count, noise, rng)


def _moons(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    side = (np.arange(count) % 2).astype(float)
    angle = rng.uniform(0.0, np.pi, count)
    upper = np.stack([3.0 * np.cos(angle) - 1.5, 3.0 * np.sin(angle) - 0.7], axis=1)
    lower = np.stack([1.5 - 3.0 * np.cos(angle), 0.7 - 3.0 * np.sin(angle)], axis=1)
    places = np.where(side[:, None] > 0, lower, upper)
    return _jitter(places + 0.3 * rng.standard_normal((count, 2)), noise, rng), side


def _three(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    which = np.arange(count) % 3
    angle = 2 * np.pi * which / 3 + np.pi / 2
    centre = 2.8 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centre + (0.8 + 2.0 * noise) * rng.standard_normal((count, 2)), which.astype(float)


def _three_arms(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    return _arms(3, count, noise, rng)


def _arms(arms: int, count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    which = np.arange(count) % arms
    part = np.sort(rng.uniform(0.04, 1.0, count))
    angle = (3.5 if arms == 2 else 2.2) * np.pi * part + 2 * np.pi * which / arms
    places = 5.0 * part[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _jitter(places, noise, rng), which.astype(float)


def _plane(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    places = rng.uniform(-LIMIT, LIMIT, (count, 2))
    return _jitter(places, noise, rng), places.sum(axis=1) / 12.0


def _hills(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    places = rng.uniform(-LIMIT, LIMIT, (count, 2))
    hills = ((-4.0, 2.5, 1), (0.0, 2.5, -1), (4.0, 2.5, 1), (-4.0, -2.5, -1), (0.0, -2.5, 1), (4.0, -2.5, -1))
    heights = np.zeros(count)
    for x, y, sign in hills:
        far = np.hypot(places[:, 0] - x, places[:, 1] - y)
        near = np.clip(1.0 - far / 2.0, 0.0, 1.0)
        heights = np.where(near > np.abs(heights), sign * near, heights)
    return _jitter(places, noise, rng), heights


def _curve_of(f: Callable[[Array], Array]) -> Callable[..., tuple[Array, Array]]:
    def draw(count: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.uniform(-5.5, 5.5, count)
        heights = f(x) + (0.03 + noise) * rng.standard_normal(count)
        return np.stack([x, np.zeros(count)], axis=1), heights

    return draw


DATA: dict[str, Dataset] = {
    "circle": Dataset("binary", "Circle", _circle),
    "xor": Dataset("binary", "XOR", _xor),
    "gauss": Dataset("binary", "Gauss", _gauss),
    "spiral": Dataset("binary", "Spiral", _spiral),
    "moons": Dataset("binary", "Moons", _moons),
    "three": Dataset("three", "Three clouds", _three),
    "three_arms": Dataset("three", "Three arms", _three_arms),
    "plane": Dataset("plane", "Plane", _plane),
    "hills": Dataset("plane", "Hills", _hills),
    "sine": Dataset("curve", "Sine", _curve_of(lambda x: 0.8 * np.sin(x))),
    "steps": Dataset("curve", "Steps", _curve_of(lambda x: 0.4 * np.sign(np.sin(1.2 * x)) + 0.06 * x)),
}
"""The data sets by name."""


def draw(config: Any) -> Points:
    """The samples that a configuration asks for: drawn, parted into train and test, the same for a seed.

    Args:
        config: a Config; ``data`` is a name of DATA, ``"points"`` or ``"formula"``.

    >>> from playground.training.config import Config
    >>> points = draw(Config(data="xor", count=10, ratio=0.5))
    >>> points.kind, points.train.shape, points.test.shape
    ('binary', (5, 2), (5, 2))
    """
    rng = np.random.default_rng((config.seed, 1))
    if config.data == "points":
        places, targets = _given(config.points)
        kind = config.kind
    elif config.data == "formula":
        places = rng.uniform(-LIMIT, LIMIT, (config.count, 2))
        kind, targets = formula_targets(config.formula, places)
        places = _jitter(places, config.noise, rng)
    else:
        row = DATA[config.data]
        kind = row.kind
        places, targets = row.draw(config.count, config.noise, rng)
    places = np.clip(places, -LIMIT, LIMIT)
    if config.data == "points" and len(places) < 10:  # a few points drawn by hand are all trained with
        return Points(kind, places, targets, np.zeros((0, 2)), np.zeros(0))
    order = rng.permutation(len(places))
    kept = max(1, round(config.ratio * len(places))) if len(places) else 0
    train, test = order[:kept], order[kept:]
    return Points(kind, places[train], targets[train], places[test], targets[test])


def features_of(names: Sequence[str], places: Array) -> Array:
    """The inputs of the network at places, shape (n, features).

    >>> features_of(["x", "x·y"], np.array([[2.0, 3.0]]))
    array([[2., 6.]])
    """
    return np.stack([FEATURES[name](places) for name in names], axis=1)


def _given(points: Sequence[Sequence[float]]) -> tuple[Array, Array]:
    table = np.array(points, dtype=float).reshape(-1, 3)
    return table[:, :2].copy(), table[:, 2].copy()


def _jitter(places: Array, noise: float, rng: np.random.Generator) -> Array:
    return places + 3.0 * noise * rng.uniform(-1.0, 1.0, places.shape)
