"""A small network learns the sine from some of its points.

Half of the points in a period are trained with, those in between are held out. The network never hears of a
sine: it goes downhill on the mean squared error. Written are its curve against the sine, also beyond what it
was shown, the error in each epoch, and the network with its weights.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from demos.runner.account import Account
from demos.runner.fit import learn_by_adam
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from nn import MLP, History, predict
from viz import plot_learning_curves

__all__ = ["EPOCHS", "GOAL", "TITLE", "points", "run", "train", "worst"]

TITLE = "a small network learns the sine from some of its points"

EPOCHS = 200

GOAL = 0.05
"""How far off the curve may be at a point that was held out."""

HIDDEN = (8, 8)

COUNT = 40
"""Points to train with; as many are held out."""

BEYOND = 2.0
"""How far it is looked at on both sides of what was shown."""

AWAY = np.linspace(0.05, BEYOND, COUNT)

Array = npt.NDArray[np.float64]


def points() -> tuple[Array, Array]:
    """The points to train on, and those held out, halfway between.

    >>> shown, held_out = points()
    >>> bool(((shown[:-1] < held_out) & (held_out < shown[1:])).all())
    True
    """
    shown = np.linspace(-math.pi, math.pi, COUNT + 1)
    return shown, (shown[:-1] + shown[1:]) / 2


def train(seed: int, epochs: int, account: Account) -> tuple[MLP, History]:
    """Train a network on the points shown."""
    model = MLP(1, [*HIDDEN, 1], activation="tanh", init="xavier_uniform", rng=seed)
    shown, held_out = points()
    history = learn_by_adam(
        "the network",
        model,
        shown[:, None].tolist(),
        np.sin(shown).tolist(),
        lr=0.05,
        epochs=epochs,
        account=account,
        loss="mse",
        batch_size=5,
        validation=(held_out[:, None].tolist(), np.sin(held_out).tolist()),
        rng=seed,
    )
    return model, history


def worst(model: MLP, places: Array) -> float:
    """The largest error of the network.

    >>> worst(MLP(1, [1], init="zeros"), np.array([0.0, math.pi / 2]))
    1.0
    """
    return float(np.abs(predict(model, places[:, None].tolist()) - np.sin(places)).max())


def run(options: Options, account: Account) -> bool:
    """Train the network and show its curve.

    Returns:
        Whether the curve is close to the sine at all points held out.
    """
    account.heading(f"Sine: {TITLE}")
    shown, held_out = points()
    account.say(
        f"Asked: can a network of {len(HIDDEN)} hidden layers of {HIDDEN[0]} tanh neurons draw the sine "
        f"after {len(shown)} of its points between -pi and pi? The {len(held_out)} places between them are "
        f"held out. It starts from random weights (seed {options.seed}) and takes {options.epochs} epochs of "
        "Adam, with steps that get smaller along half a cosine."
    )
    model, history = train(options.seed, options.epochs, account)
    beyond = np.concatenate([shown[-1] + AWAY, shown[0] - AWAY])
    rows: list[tuple[str, Array]] = [("shown", shown), ("held out", held_out), ("beyond", beyond)]
    account.table(
        ["points", "from", "to", "count", "off by at most"],
        [[name, xs.min(), xs.max(), len(xs), worst(model, xs)] for name, xs in rows],
    )
    losses = f"the mean squared error went from {history['loss'][0]:.4f} to {history['loss'][-1]:.6f}"
    off = f"at the points held out the curve is off by {worst(model, held_out):.4f} at most"
    reached = worst(model, held_out) < GOAL
    if reached:
        account.say(f"The sine was learned: {losses}; {off}.")
    else:
        account.fail(
            f"The sine was not learned, the goal is {GOAL}: {losses}; {off}. "
            f"Try --epochs {max(EPOCHS, 2 * options.epochs)} or another start, --seed N."
        )
    account.say(
        f"What it shows: {model.num_parameters()} weights and biases bend a sum of tanh curves into a sine, "
        "and between its points the network is as good as at them. It did not find out that there is a sine: "
        f"within {BEYOND:g} beyond the last points it is off by up to {worst(model, beyond):.2f}."
    )
    _write_pictures(model, history, Pictures(options, account))
    return reached


def _write_pictures(model: MLP, history: History, pictures: Pictures) -> None:
    shown, _ = points()
    x = np.linspace(-math.pi - BEYOND, math.pi + BEYOND, 300)

    def draw_curve(ax: Any) -> None:
        ax.axvspan(shown[0], shown[-1], color="#eeeeee", label="where it was shown")
        ax.plot(x, np.sin(x), color="#000000", linestyle="--", label="sine")
        ax.plot(x, predict(model, x[:, None].tolist()), color="#d55e00", linewidth=2, label="network")
        ax.plot(shown, np.sin(shown), "o", color="#0072b2", markersize=4, label="points to learn from")
        ax.set(title="The sine and what the network made of it", xlabel="x", ylabel="y", ylim=(-1.7, 1.9))
        ax.legend(loc="upper center", ncols=2)

    def draw_losses(ax: Any) -> None:
        plot_learning_curves(history, ax, log=True, title="Sine: the error while learning", ylabel="mse")

    pictures.plot("sine_curve.png", draw_curve, "the network's curve against the sine, and beyond its points")
    pictures.plot("sine_loss.png", draw_losses, "the mean squared error in each epoch, shown and held out")
