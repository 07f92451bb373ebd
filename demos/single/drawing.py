"""The pictures of single neurons: the graph of an answer, the losses, and the lines."""

from collections.abc import Callable, Sequence
from typing import Any

from demos.data.truth_tables import TABLES, inputs_of
from demos.gates.learned import Learned
from demos.runner.pictures import Pictures, share_legend
from engine import Value
from viz import plot_decision_boundary, plot_loss

__all__ = ["COLUMNS", "draw_line", "draw_neurons"]

COLUMNS = 3


def draw_neurons(learned: list[Learned], pictures: Pictures) -> None:
    """Write the pictures of neurons trained on gates.

    Args:
        learned: one for each gate.
        pictures: drawn into.
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
