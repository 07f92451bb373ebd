"""The chapter on surfaces: where a gradient points, and where it is zero."""

from typing import Any

import numpy as np

from demos.descent.landscapes import LANDSCAPES, survey
from demos.runner.account import Account
from demos.runner.pictures import Pictures
from viz import plot_loss_surface

__all__ = ["show_landscapes"]


def show_landscapes(rng: np.random.Generator, account: Account, pictures: Pictures) -> bool:
    """Look at the surfaces, tell where they are level and where uphill is, and draw them.

    Args:
        rng: chooses the places.
        account: told about it.
        pictures: drawn into.

    Returns:
        Whether gradients, level points and convexity are as they should be.
    """
    account.say(
        "Asked: where does a gradient point, and where is it zero? On each surface the gradient is computed "
        "at the points where the ground is level, and at random places a small step is tried along it and "
        "against it. A surface is convex if its middle between two places never lies above the line "
        "between them; that is tried for pairs of the places."
    )
    account.say()
    surveys = [survey(landscape, rng) for landscape in LANDSCAPES]
    rows = []
    for each in surveys:
        for (x, y, _), kind, (dx, dy) in zip(each.landscape.level, each.kinds, each.derivatives, strict=True):
            uphill, above = f"{each.uphill} of {each.places}", f"{each.below} of {each.places - 1}"
            where = f"({x:g}, {y:g})"
            rows.append([each.landscape.formula, where, kind, f"({dx:g}, {dy:g})", uphill, above])
    account.table(["surface", "level at", "which is a", "gradient", "uphill", "middle above"], rows)
    account.say()
    account.say(
        "What it shows: at a minimum, a maximum and a saddle the gradient is zero, so descent stands still "
        "on each of them; anywhere else it points uphill and its negative downhill, but only from where one "
        "stands, not to the lowest point. Only the bowl is convex: of two valleys, descent ends in the one "
        "it starts on the side of."
    )
    account.say()

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
    account.say()
    return all(each.right for each in surveys)
