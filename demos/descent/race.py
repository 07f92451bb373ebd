"""A race of all variants from one point of one surface."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.descent.variants import VARIANTS, Variant
from demos.runner.page import Page
from engine import Value
from nn import Optimizer
from viz import plot_loss_surface, plot_trajectories

START = (-8.0, 2.5)
STEPS = 80
CLOSE = 0.01  # a way has arrived where the surface is this low
SIDES = (-9.0, 4.0), (-3.0, 3.0)
STRIDE = 2  # steps from one frame of the animation to the next
FAMILIES = {  # that share a panel, by what they add to plain descent
    "momentum": ("gradient descent", "momentum", "Nesterov"),
    "one step size for each coordinate": ("AdaGrad", "RMSprop", "Adadelta"),
    "both": ("Adam", "AdaMax", "Nadam", "AMSGrad"),
}


def ravine(x: Any, y: Any) -> Any:
    """A valley 20 times as steep across as along: x²/20 + y², lowest at (0, 0)."""
    return x * x / 20 + y * y


def steps_of(values: list[Value], optimizer: Optimizer, steps: int) -> list[list[float]]:
    """The values after each step of an optimiser down the ravine."""

    def closure() -> Value:
        optimizer.zero_grad()
        height: Value = ravine(*values)
        height.backward()
        return height

    points = []
    for _ in range(steps):
        optimizer.step(closure)
        points.append([value.data for value in values])
    return points


class Way(NamedTuple):
    """The path of a variant: the points from the start on, shape (steps + 1, 2), and the heights there."""

    variant: Variant
    points: Any
    heights: Any

    @property
    def arrived(self) -> int | None:
        """The number of steps after which it stayed below ``CLOSE``; None if it ended above."""
        high = np.flatnonzero(self.heights >= CLOSE)
        after = int(high[-1]) + 1 if high.size else 0
        return after if after < len(self.heights) else None


def walk(variant: Variant, steps: int = STEPS) -> Way:
    """Let a variant walk down the ravine."""
    place = [Value(number) for number in START]
    points = np.array([START, *steps_of(place, variant(place, lr=variant.lr), steps)])
    return Way(variant, points, ravine(*points.T))


def show_race(page: Page) -> bool:
    """Race all variants down one surface, print how long each took, and draw their paths."""
    page.say(f"""
        ## The race

        From {START} down the valley z = x²/20 + y², 20 times as steep across as along. Each takes its
        defaults but for the step size, which is meant for the weights of a network and would take thousands
        of steps here.
    """)
    ways = [walk(variant) for variant in VARIANTS]
    page.table(["variant", "step size", f"below {CLOSE:g} after", f"height after {STEPS}"],
               [[way.variant.name, f"{way.variant.lr:g}", str(way.arrived or "never"),
                 f"{way.heights[-1]:.1e}"] for way in ways])  # fmt: skip
    page.plot("optimizers_race.png", "the ways down, by family: a marker every few steps, darker is higher",
              partial(draw_families, ways), panels=len(FAMILIES), columns=1, size=(9.6, 9.6))
    frames = STEPS // STRIDE + 1
    move = partial(film, ways)
    page.animation("optimizers_race.gif", "all ten at once, moving", move, frames, size=(9.6, 4.8))
    page.say("""
        Plain descent leaps from side to side of the valley and creeps along it. Momentum and Nesterov build
        up speed and run past the lowest point, Nesterov less far, as it looks ahead. Those that divide by
        the size of the gradients step as far along as across, so they set out diagonally, whatever the
        shape of the valley. On another surface, or with other step sizes, the order is another.
    """)
    slow = [way.variant.name for way in ways if way.arrived is None]
    return not slow or page.fail(f"Not arrived after {STEPS} steps: {', '.join(slow)}.")


def draw_surface(title: str, ax: Any) -> None:
    """The ravine, with the start and the lowest point."""
    plot_loss_surface(ravine, *SIDES, ax, log=True, title=title, colorbar="", xlabel="x", ylabel="y")
    ax.plot(*START, "o", color="black", markersize=9, label="start")
    ax.plot(0.0, 0.0, "+", color="black", markersize=14, markeredgewidth=2, label="lowest point")


def draw_families(ways: list[Way], *axes: Any) -> None:
    """A panel for each family of variants."""
    for ax, (family, names) in zip(axes, FAMILIES.items(), strict=True):
        draw_surface(f"Down the valley z = x²/20 + y²: {family}", ax)
        plot_trajectories({way.variant.name: way.points for way in ways if way.variant.name in names}, ax)
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)


def film(ways: list[Way], ax: Any) -> Callable[[int], None]:
    """All ways on one surface, up to the step of each frame."""
    draw_surface("", ax)
    lines = plot_trajectories({way.variant.name: way.points for way in ways}, ax)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)

    def update(frame: int) -> None:
        step = frame * STRIDE
        ax.set_title(f"Down the valley z = x²/20 + y²: step {step} of {STEPS}")
        for line, way in zip(lines, ways, strict=True):
            line.set_data(*way.points[max(0, step - 8) : step + 1].T)  # a tail of the last steps
            line.set_markevery([-1])

    return update
