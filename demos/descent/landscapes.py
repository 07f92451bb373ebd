"""Surfaces z = f(x, y), where they are level, and whether their gradients point uphill."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from demos.runner.account import Account
from demos.runner.pictures import Pictures
from engine import value_and_grad
from viz import plot_loss_surface

__all__ = ["LANDSCAPES", "Landscape", "Survey", "show_landscapes", "survey"]

STEP = 1e-4
"""How far a step along the gradient goes, to see whether it leads uphill."""

RANGE = 1.5


@dataclass(frozen=True)
class Landscape:
    """A surface.

    Attributes:
        name: what it is.
        formula: its equation.
        height: z by x and y, floats or Values.
        level: the points where its gradient is 0, each with what it is.
        convex: whether a straight line between two of its points never lies below it.
    """

    name: str
    formula: str
    height: Callable[[Any, Any], Any]
    level: tuple[tuple[float, float, str], ...]
    convex: bool


LANDSCAPES = (
    Landscape("bowl", "z = x² + y²", lambda x, y: x**2 + y**2, ((0.0, 0.0, "minimum"),), True),
    Landscape("hill", "z = −(x² + y²)", lambda x, y: -(x**2 + y**2), ((0.0, 0.0, "maximum"),), False),
    Landscape("saddle", "z = x² − y²", lambda x, y: x**2 - y**2, ((0.0, 0.0, "saddle"),), False),
    Landscape(
        "two valleys",
        "z = (x² − 1)² + y²",
        lambda x, y: (x**2 - 1) ** 2 + y**2,
        ((-1.0, 0.0, "minimum"), (0.0, 0.0, "saddle"), (1.0, 0.0, "minimum")),
        False,
    ),
)


@dataclass(frozen=True)
class Survey:
    """What random places say about a surface.

    Attributes:
        landscape: the surface.
        derivatives: the gradients at its level points.
        kinds: what the heights around its level points say these are.
        places: how many random places were looked at.
        uphill: at how many of them a small step along the gradient led up, and one against it down.
        below: for how many pairs of them the middle of the surface lay above the middle of the line between
            them, which on a convex surface it never does.
    """

    landscape: Landscape
    derivatives: list[tuple[float, float]]
    kinds: list[str]
    places: int
    uphill: int
    below: int

    @property
    def right(self) -> bool:
        """Whether the survey agrees with the landscape."""
        level = all(derivative == (0.0, 0.0) for derivative in self.derivatives)
        kinds = self.kinds == [kind for _, _, kind in self.landscape.level]
        return level and kinds and self.uphill == self.places and (self.below == 0) is self.landscape.convex


def survey(landscape: Landscape, rng: np.random.Generator, places: int = 100) -> Survey:
    """Examine a surface at its level points and at random places.

    >>> found = survey(LANDSCAPES[2], np.random.default_rng(0), places=10)
    >>> found.kinds, found.derivatives, found.uphill
    (['saddle'], [(0.0, 0.0)], 10)
    """
    derivative = value_and_grad(landscape.height, argnums=(0, 1))
    derivatives = [tuple(map(float, derivative(x, y)[1])) for x, y, _ in landscape.level]
    kinds = [_kind(landscape.height, x, y) for x, y, _ in landscape.level]
    spots = rng.uniform(-RANGE, RANGE, (places, 2)).tolist()
    uphill = 0
    for x, y in spots:
        height, (dx, dy) = derivative(x, y)
        step = STEP / float(np.hypot(dx, dy))
        ahead, behind = (landscape.height(x + way * step * dx, y + way * step * dy) for way in (1, -1))
        uphill += ahead > height > behind
    pairs = pairwise(spots)
    below = sum(_middle_is_high(landscape.height, *first, *second) for first, second in pairs)
    return Survey(landscape, derivatives, kinds, places, uphill, below)


def _kind(height: Callable[[Any, Any], Any], x: float, y: float) -> str:
    """Classify a level point as minimum, maximum or saddle, by the heights on a small circle."""
    angles = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    around = [height(x + 0.01 * np.cos(angle), y + 0.01 * np.sin(angle)) - height(x, y) for angle in angles]
    if min(around) > 0:
        return "minimum"
    return "maximum" if max(around) < 0 else "saddle"


def _middle_is_high(
    height: Callable[[Any, Any], Any], x: float, y: float, other_x: float, other_y: float
) -> bool:
    middle = height((x + other_x) / 2, (y + other_y) / 2)
    return bool(middle > (height(x, y) + height(other_x, other_y)) / 2)


def show_landscapes(rng: np.random.Generator, account: Account, pictures: Pictures) -> bool:
    """Survey the surfaces, print where they are level and where uphill is, and draw them.

    Args:
        rng: chooses the places.
        account: receives the text.
        pictures: receives the pictures.

    Returns:
        Whether gradients, level points and convexity are as they should be.
    """
    account.say(
        "Asked: where does a gradient point, and where is it zero? On each surface the gradient is computed "
        "at the points where the ground is level, and at random places a small step is tried along it and "
        "against it. A surface is convex if its middle between two places never lies above the line "
        "between them; that is tried for pairs of the places."
    )
    surveys = [survey(landscape, rng) for landscape in LANDSCAPES]
    rows = []
    for each in surveys:
        for (x, y, _), kind, (dx, dy) in zip(each.landscape.level, each.kinds, each.derivatives, strict=True):
            uphill, above = f"{each.uphill} of {each.places}", f"{each.below} of {each.places - 1}"
            where = f"({x:g}, {y:g})"
            rows.append([each.landscape.formula, where, kind, f"({dx:g}, {dy:g})", uphill, above])
    account.table(["surface", "level at", "which is a", "gradient", "uphill", "middle above"], rows)
    account.say(
        "What it shows: at a minimum, a maximum and a saddle the gradient is zero, so descent stands still "
        "on each of them; anywhere else it points uphill and its negative downhill, but only from where one "
        "stands, not to the lowest point. Only the bowl is convex: of two valleys, descent ends in the one "
        "it starts on the side of."
    )

    def in_space(*axes: Any) -> None:
        for ax, each in zip(axes, LANDSCAPES, strict=True):
            ends = (-1.5, 1.5)
            plot_loss_surface(each.height, ends, ends, ax, title=each.formula, xlabel="x", ylabel="y")
            ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])

    def from_above(*axes: Any) -> None:
        for ax, each in zip(axes, LANDSCAPES, strict=True):
            ends, title = (-1.5, 1.5), f"{each.name}:\n{each.formula}"
            plot_loss_surface(each.height, ends, ends, ax, arrows=9, title=title, xlabel="x", ylabel="y")
            for x, y, _ in each.level:
                ax.plot(x, y, "X", color="black", markersize=8)
            ax.set_aspect("equal")

    many = len(LANDSCAPES)
    pictures.plot("descent_surfaces.png", in_space, "the surfaces", panels=many, projection="3d")
    caption = "the same from above, darker where higher: the gradient as arrows, crosses where it is zero"
    pictures.plot("descent_gradients.png", from_above, caption, panels=many)
    return all(each.right for each in surveys)
