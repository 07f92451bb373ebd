"""The chapter on the race: all variants from one point, in a picture, an animation and a table."""

from collections.abc import Callable
from typing import Any

from demos.optimizers.race import CLOSE, START, STEPS, Way, race, ravine
from demos.runner.account import Account
from demos.runner.pictures import Pictures
from viz import plot_loss_surface, plot_trajectories

__all__ = ["show_race"]

SIDES = (-9.0, 4.0), (-3.0, 3.0)
SIZE = (9.5, 4.6)
SMALLER = (8.0, 4.2)
STRIDE = 2
"""Steps from one frame of the animation to the next."""

TITLE = "All variants from one point of z = x²/20 + y²"


def show_race(account: Account, pictures: Pictures) -> bool:
    """Let all variants go down one surface, tell how long each took, and draw their ways.

    Args:
        account: told about it.
        pictures: drawn into.

    Returns:
        Whether all arrived.
    """
    account.say(
        f"Asked: which way does each go, from {START} down the valley z = x²/20 + y², 20 times as steep "
        "across as along? Each takes its defaults but for the step size: a default is meant for the weights "
        f"of a network and would take thousands of steps here. Arrived is below {CLOSE:g}, for good."
    )
    account.say()
    account.doing = "racing"
    ways = race()
    rows = [
        [way.variant.name, f"{way.variant.race['lr']:g}", way.arrived or "not", f"{way.heights[-1]:.1e}"]
        for way in ways
    ]
    account.table(["variant", "step size", "arrived after", f"height after {STEPS}"], rows)
    account.say()
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
    account.say()
    draw_all(ways, pictures)
    account.say()
    return not slow


def draw_all(ways: list[Way], pictures: Pictures) -> None:
    """The ways in one picture, and the race as an animation.

    Args:
        ways: those of the variants.
        pictures: drawn into.
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
