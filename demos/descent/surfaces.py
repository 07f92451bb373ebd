"""Surfaces z = f(x, y), where they are level, and whether their gradients point uphill."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from demos.runner.page import Page
from engine import value_and_grad
from viz import plot_loss_surface

STEP = 1e-4  # how far a step along the gradient goes, to see whether it leads uphill
SQUARE = (-1.5, 1.5), (-1.5, 1.5)
PLACES = 100  # random places at which that is tried


class Surface(NamedTuple):
    """A surface; the points where its gradient is 0, each with what it is; and whether it is convex."""

    name: str
    formula: str
    height: Callable[[Any, Any], Any]
    level: tuple[tuple[float, float, str], ...]
    convex: bool


SURFACES = (
    Surface("bowl", "z = x² + y²", lambda x, y: x**2 + y**2, ((0.0, 0.0, "minimum"),), True),
    Surface("hill", "z = −(x² + y²)", lambda x, y: -(x**2 + y**2), ((0.0, 0.0, "maximum"),), False),
    Surface("saddle", "z = x² − y²", lambda x, y: x**2 - y**2, ((0.0, 0.0, "saddle"),), False),
    Surface("two valleys", "z = (x² − 1)² + y²", lambda x, y: (x**2 - 1) ** 2 + y**2,
            ((-1.0, 0.0, "minimum"), (0.0, 0.0, "saddle"), (1.0, 0.0, "minimum")), False),
)  # fmt: skip


class Survey(NamedTuple):
    """Gradients and kinds of the level points; how many gradients point uphill, and middles lie above."""

    gradients: list[tuple[float, ...]]
    kinds: list[str]
    uphill: int
    above: int

    def is_right(self, surface: Surface) -> bool:
        level = set(self.gradients) == {(0.0, 0.0)} and self.kinds == [kind for *_, kind in surface.level]
        return level and self.uphill == PLACES and (self.above == 0) is surface.convex


def survey(surface: Surface, rng: np.random.Generator) -> Survey:
    """Examine a surface at its level points and at random places."""
    height, both = surface.height, value_and_grad(surface.height, argnums=(0, 1))
    gradients = [tuple(map(float, both(x, y)[1])) for x, y, _ in surface.level]
    kinds = [kind(height, x, y) for x, y, _ in surface.level]
    places, uphill = rng.uniform(-1.5, 1.5, (PLACES, 2)).tolist(), 0
    for x, y in places:
        here, (dx, dy) = both(x, y)
        step = STEP / float(np.hypot(dx, dy))
        uphill += height(x + step * dx, y + step * dy) > here > height(x - step * dx, y - step * dy)
    above = sum(height((a + x) / 2, (b + y) / 2) > (height(a, b) + height(x, y)) / 2
                for (a, b), (x, y) in pairwise(places))  # fmt: skip
    return Survey(gradients, kinds, int(uphill), int(above))


def kind(height: Callable[[Any, Any], Any], x: float, y: float) -> str:
    """Classify a level point as minimum, maximum or saddle, by the heights on a small circle."""
    angles = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    around = [height(x + 0.01 * np.cos(angle), y + 0.01 * np.sin(angle)) - height(x, y) for angle in angles]
    return "minimum" if min(around) > 0 else "maximum" if max(around) < 0 else "saddle"


def show_surfaces(page: Page, rng: np.random.Generator) -> bool:
    """Draw the surfaces; print where they are level, and whether gradients point uphill."""
    page.say("""
        ## Where a gradient points

        Four surfaces. At a minimum, a maximum and a saddle the ground is level:
    """)
    page.plot("descent_surfaces.png", "the four surfaces", in_space, panels=4, columns=2, size=(9.6, 8.4),
              projection="3d")
    found = [survey(surface, rng) for surface in SURFACES]
    page.table(
        ["surface", "level at", "which is a", "gradient", "points uphill", "middle above"],
        [[surface.formula, f"({x:g}, {y:g})", name, f"({dx + 0:g}, {dy + 0:g})", f"{each.uphill} of {PLACES}",
          f"{each.above} of {PLACES - 1}"]
         for surface, each in zip(SURFACES, found, strict=True)
         for (x, y, _), name, (dx, dy) in zip(surface.level, each.kinds, each.gradients, strict=True)],
    )  # fmt: skip
    right = all(each.is_right(surface) for surface, each in zip(SURFACES, found, strict=True))
    right = right or page.fail("A gradient or a level point is not what it should be.")
    page.plot("descent_gradients.png", "from above, darker is higher; crosses where it is level",
              from_above, panels=4, columns=2, size=(9.6, 8.0))
    page.say(f"""
        Where it is level the gradient is zero, so descent stands still: on a saddle too. Everywhere else it
        points uphill (a small step along it was tried at {PLACES} random places), but only from where one
        stands, not to the highest point. Only the bowl is convex: its middle between two places never lies
        above the line between them. Of two valleys, descent ends in the one that it starts on the side of.
    """)
    return right


def in_space(*axes: Any) -> None:
    """The surfaces in space."""
    for ax, surface in zip(axes, SURFACES, strict=True):
        title = f"{surface.name}: {surface.formula}"
        plot_loss_surface(surface.height, *SQUARE, ax, title=title, xlabel="x", ylabel="y")
        ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.set_zlabel("z", labelpad=6)


def from_above(*axes: Any) -> None:
    """The surfaces from above, with their gradients."""
    for ax, surface in zip(axes, SURFACES, strict=True):
        plot_loss_surface(surface.height, *SQUARE, ax, arrows=9, colorbar="z", xlabel="x", ylabel="y",
                          title=f"{surface.name}: {surface.formula}")
        for x, y, _ in surface.level:
            ax.plot(x, y, "X", color="black", markersize=8)
        ax.set_aspect("equal")
