"""A race of all variants from one point of one surface."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.optimizers.variants import VARIANTS, Variant
from demos.runner.account import Account
from demos.runner.pictures import Pictures
from engine import Value
from viz import plot_loss_surface, plot_trajectories

__all__ = ["CLOSE", "START", "STEPS", "Way", "race", "ravine", "show_race", "walk"]

START = (-8.0, 2.5)
STEPS = 80
CLOSE = 0.01
"""A way has arrived where the surface is this low."""

SIDES = (-9.0, 4.0), (-3.0, 3.0)
SIZE = (9.5, 4.6)
SMALLER = (8.0, 4.2)
STRIDE = 2
"""Steps from one frame of the animation to the next."""

TITLE = "All variants from one point of z = x²/20 + y²"


def ravine(x: Any, y: Any) -> Any:
    """A valley 20 times as steep across as along: x²/20 + y², lowest at (0, 0).

    >>> ravine(2.0, 1.0)
    1.2
    """
    return x * x / 20 + y * y


@dataclass(frozen=True)
class Way:
    """The path of a variant.

    Attributes:
        variant: which one.
        points: the start and the point after each step, shape (steps + 1, 2).
        heights: of the surface there.
    """

    variant: Variant
    points: np.ndarray
    heights: np.ndarray

    @property
    def arrived(self) -> int | None:
        """The number of steps after which it stayed below ``CLOSE``; None if it ended above."""
        high = np.flatnonzero(self.heights >= CLOSE)
        after = int(high[-1]) + 1 if high.size else 0
        return after if after < len(self.heights) else None


def walk(variant: Variant, surface: Callable[[Any, Any], Any] = ravine, steps: int = STEPS) -> Way:
    """Let a variant walk down a surface.

    >>> walk(VARIANTS[0], steps=1).points.round(4).tolist()
    [[-8.0, 2.5], [-7.28, -2.0]]
    """
    place = [Value(number) for number in START]
    optimizer = variant(place, **variant.race)

    def closure() -> Value:
        optimizer.zero_grad()
        height: Value = surface(*place)
        height.backward()
        return height

    points = [[value.data for value in place]]
    for _ in range(steps):
        optimizer.step(closure)
        points.append([value.data for value in place])
    way = np.array(points)
    return Way(variant, way, surface(*way.T))


def race() -> list[Way]:
    """Let all variants walk down the ravine.

    >>> len(race()) == len(VARIANTS)
    True
    """
    return [walk(variant) for variant in VARIANTS]


def show_race(account: Account, pictures: Pictures) -> bool:
    """Race all variants down one surface, print how long each took, and draw their paths.

    Args:
        account: receives the text.
        pictures: receives the pictures.

    Returns:
        Whether all arrived.
    """
    account.say(
        f"Asked: which way does each go, from {START} down the valley z = x²/20 + y², 20 times as steep "
        "across as along? Each takes its defaults but for the step size: a default is meant for the weights "
        f"of a network and would take thousands of steps here. Arrived is below {CLOSE:g}, for good."
    )
    account.doing = "racing"
    ways = race()
    rows = [
        [way.variant.name, f"{way.variant.race['lr']:g}", way.arrived or "not", f"{way.heights[-1]:.1e}"]
        for way in ways
    ]
    account.table(["variant", "step size", "arrived after", f"height after {STEPS}"], rows)
    slow = [way.variant.name for way in ways if way.arrived is None]
    if slow:
        account.fail(f"Not arrived after {STEPS} steps: {', '.join(slow)}.")
    account.say(
        "What it shows: plain descent leaps from side to side of the valley and creeps along it. Momentum "
        "and Nesterov build up speed and run past the lowest point, Nesterov less far, as it looks ahead. "
        "Those that divide by the size of the gradients step as far along as across, so they set out "
        "diagonally, whatever the shape of the valley. On another surface or with other step sizes the order "
        "is another."
    )
    draw_all(ways, pictures)
    return not slow


def draw_all(ways: list[Way], pictures: Pictures) -> None:
    """Draw the paths in one picture, and the race as an animation.

    Args:
        ways: the paths of the variants.
        pictures: receives the pictures.
    """
    points = {way.variant.name: way.points for way in ways}

    def draw_ways(ax: Any) -> list[Any]:
        plot_loss_surface(ravine, *SIDES, ax, log=True, title=TITLE, xlabel="x", ylabel="y")
        lines = plot_trajectories(points, ax)
        ax.plot(*START, "o", color="black", markersize=9, label="start")
        ax.plot(0.0, 0.0, "+", color="black", markersize=14, markeredgewidth=2, label="lowest point")
        ax.get_legend().remove()
        ax.figure.legend(*ax.get_legend_handles_labels(), loc="outside right center")
        return lines

    def draw_frames(ax: Any) -> Callable[[int], Any]:
        lines = draw_ways(ax)

        def update(frame: int) -> None:
            step = frame * STRIDE
            ax.set_title(f"{TITLE}: step {step} of {STEPS}")
            for line, way in zip(lines, ways, strict=True):
                line.set_data(*way.points[: step + 1].T)
                line.set_markevery([step])

        return update

    caption = "the ways down, with a marker every few steps; darker is higher"
    pictures.plot("optimizers_race.png", draw_ways, caption, size=SIZE)
    frames = STEPS // STRIDE + 1
    pictures.animation("optimizers_race.gif", draw_frames, frames, "the same race, moving", size=SMALLER)
