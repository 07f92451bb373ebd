"""A neuron trained on a gate, and the line it drew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from demos.data.truth_tables import TABLES, inputs_of, right
from demos.runner.pictures import Pictures, share_legend
from demos.runner.train_to_goal import Training
from engine import Value, dot
from nn import Neuron
from viz import plot_decision_boundary, plot_loss

__all__ = ["COLUMNS", "Learned", "draw_line", "draw_neurons", "equation"]

COLUMNS = 3


@dataclass(frozen=True)
class Learned:
    """A neuron trained on a gate, and the course of its training."""

    gate: str
    neuron: Neuron
    training: Training

    def side(self, x: Sequence[float]) -> Value:
        """The neuron's sum before the sigmoid: 0 on its line, positive on the side of the ones.

        It has a sign also where the sigmoid of it rounds to one half. Of a point with more coordinates than
        the neuron has inputs, only the first ones count.
        """
        neuron = self.neuron
        side: Value = dot(neuron.w, x[: len(neuron.w)]) + neuron.b
        return side

    @property
    def line(self) -> str:
        """The equation of the neuron's line."""
        return equation([parameter.data for parameter in self.neuron.parameters()])

    @property
    def right(self) -> int:
        """How many of the answers are right."""
        return right(self.neuron, TABLES[self.gate])


def equation(parameters: Sequence[float]) -> str:
    """The equation of the line on which a neuron's sum is 0.

    Args:
        parameters: the weights, then the bias.

    >>> equation([1.0, -2.0, 0.5])
    '1.00*x1 - 2.00*x2 + 0.50 = 0'
    """
    *weights, bias = parameters
    first, *others = [f"{abs(w):.2f}*x{i}" for i, w in enumerate(weights, start=1)]
    signs = ["-" if number < 0 else "+" for number in (*weights[1:], bias)]
    terms = [f"{sign} {term}" for sign, term in zip(signs, [*others, f"{abs(bias):.2f}"], strict=True)]
    return f"{'-' if weights[0] < 0 else ''}{' '.join([first, *terms])} = 0"


def draw_neurons(learned: list[Learned], pictures: Pictures) -> None:
    """Write the pictures of neurons trained on gates.

    Args:
        learned: one for each gate.
        pictures: receives the pictures.
    """
    first = learned[0]
    answer = first.neuron([Value(1.0, label="x1"), Value(1.0, label="x2")])
    answer.label = f"{first.gate}(1, 1)"
    first.neuron.zero_grad()
    answer.backward()
    caption = f"how the {first.gate} neuron answers (1, 1), with every gradient of the answer"
    pictures.graph("gates_graph.svg", answer, caption)

    def draw_losses(ax: Any) -> None:
        curves = {each.gate: each.training.losses for each in learned}
        plot_loss(curves, ax, log=True, title="The loss of each gate's neuron while learning")

    def draw_lines(*axes: Any) -> None:
        for each, ax in zip(learned, axes, strict=True):
            draw_line(each.gate, each.side, each.right, ax)
        share_legend(*axes)

    pictures.plot("gates_loss.png", draw_losses, "the loss of each neuron in each epoch")
    caption = "the line each neuron drew"
    pictures.plot("gates_boundary.png", draw_lines, caption, panels=len(learned), columns=COLUMNS)


def draw_line(gate: str, side: Callable[[Sequence[float]], Value], right: int, ax: Any) -> None:
    """Draw the line of a neuron among the inputs of a gate; a gate of one bit is drawn along the x axis.

    Args:
        gate: its name.
        side: positive on the side of the ones.
        right: how many answers are right.
        ax: where to draw.
    """
    targets = TABLES[gate]
    inputs = inputs_of(targets)
    points = [[*x, 0.0][:2] for x in inputs]
    title = f"{gate}: {right} of {len(targets)} right"
    plot_decision_boundary(side, points, targets, ax, threshold=0.0, title=title)
    if len(inputs[0]) == 1:
        ax.set(ylabel="", yticks=[])
