"""A neuron that was trained on a gate, and the line it drew."""

from collections.abc import Sequence
from dataclasses import dataclass

from demos.data.truth_tables import TABLES, right
from demos.runner.train_to_goal import Training
from engine import Value, dot
from nn import Neuron

__all__ = ["Learned", "equation"]


@dataclass(frozen=True)
class Learned:
    """A neuron that was trained on a gate, and how that went."""

    gate: str
    neuron: Neuron
    training: Training

    def side(self, x: Sequence[float]) -> Value:
        """On which side of the neuron's line a point lies: the sum before the sigmoid, 0 on the line.

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
