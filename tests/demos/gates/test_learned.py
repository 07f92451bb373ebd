"""The line of a neuron is where it answers one half."""

from demos.gates.learned import Learned
from demos.runner.train_to_goal import Training
from nn import Neuron


def test_line_is_where_the_neuron_answers_one_half() -> None:
    neuron = Neuron(2, activation="sigmoid", init=[-2.0, 4.0])
    neuron.b.data = -0.5
    each = Learned("AND", neuron, Training())
    assert each.line == "-2.00*x1 + 4.00*x2 - 0.50 = 0"
    on_the_line = [0.75, 0.5]
    assert each.side(on_the_line).data == 0.0
    assert neuron(on_the_line).data == 0.5
