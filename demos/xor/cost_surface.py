"""The cost of XOR as a surface over two of the weights of a network, all others held as they are."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from demos.runner.account import Account
from demos.runner.pictures import Pictures
from engine import Value
from nn import MLP
from viz import plot_loss_surface

__all__ = ["cost_of_two", "show_xor_cost"]

AROUND = 8.0
RESOLUTION = 41


def cost_of_two(cost: Callable[[], Value], first: Value, second: Value) -> Callable[[Any, Any], Value]:
    """A cost as a function of two of its parameters, which each call restores.

    Args:
        cost: computes it anew from all of the parameters.
        first: one of them.
        second: another.

    >>> w, b = Value(1.0), Value(2.0)
    >>> surface = cost_of_two(lambda: w * b, w, b)
    >>> surface(3.0, 4.0).data, w.data, b.data
    (12.0, 1.0, 2.0)
    """

    def height(x: Any, y: Any) -> Value:
        before = first.data, second.data
        try:
            first.data, second.data = float(x), float(y)
            return cost()
        finally:
            first.data, second.data = before

    return height


def show_xor_cost(model: MLP, cost: Callable[[], Value], account: Account, pictures: Pictures) -> None:
    """Print the cost around where training ended, and draw it in space and from above.

    Moved are the two weights of the hidden neuron that the output listens to most.

    Args:
        model: the trained network.
        cost: of the network.
        account: receives the text.
        pictures: receives the pictures.
    """
    account.doing = "computing the cost surface"
    hidden, output = model.layers
    heard = [abs(w.data) for w in output.neurons[0].w]
    which = heard.index(max(heard))
    first, second = hidden.neurons[which].w
    here = first.data, second.data
    surface = cost_of_two(cost, first, second)
    height = cache(lambda x, y: surface(x, y).data)  # both pictures show the same heights
    account.say(
        "Asked: how does the cost look to gradient descent? All other weights as learned, the two of hidden "
        f"neuron {which + 1}, for x1 and x2, are moved away from where training ended."
    )
    far = here[0] + math.copysign(AROUND, -here[0]), here[1] + math.copysign(AROUND, -here[1])
    places = {"where training ended": here, "both zero": (0.0, 0.0), "far on the other side": far}
    rows = [
        [name, *place, *_derivative(model, surface, (first, second), place)] for name, place in places.items()
    ]
    account.table(["place", "w1", "w2", "cost", "gradient"], rows)
    account.say(
        "What it shows: the cost of a network with a hidden layer is no bowl. Far out, where the tanh of the "
        "neuron is flat, so is the cost: however high it is there, next to no gradient leads back, and "
        "gradient descent that starts there is slow. This is a slice along two weights only."
    )
    ends = [(number - AROUND, number + AROUND) for number in here]
    names = [f"{name} of hidden neuron {which + 1}" for name in ("$w_1$", "$w_2$")]

    def draw(ax: Any) -> None:
        title = "The XOR cost over two weights"
        plot_loss_surface(
            height, *ends, ax, resolution=RESOLUTION, title=title, xlabel=names[0], ylabel=names[1]
        )

    def draw_from_above(ax: Any) -> None:
        draw(ax)
        ax.plot(*here, "X", color="black", markersize=10, label="where training ended")
        ax.legend()

    pictures.plot("xor_cost.png", draw, "the cost as a surface over two of the weights", projection="3d")
    pictures.plot("xor_cost_contours.png", draw_from_above, "the same from above, darker where higher")


def _derivative(
    model: MLP, surface: Callable[[Any, Any], Value], weights: tuple[Value, Value], place: tuple[float, float]
) -> tuple[float, str]:
    """The cost at a place, and the norm of its gradient by the two weights."""
    model.zero_grad()
    height = surface(*place)
    height.backward()
    return height.data, f"{math.hypot(*(w.grad for w in weights)):.1e}"
