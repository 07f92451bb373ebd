"""Parametric relu."""

import copy

import pytest

from engine import Value, gradcheck
from nn import MLP, SGD, Layer, Neuron, PReLU


def test_value_and_both_slopes_by_hand() -> None:
    leak, x = PReLU(0.5), Value(-3.0)
    y = leak(x)
    y.backward()
    assert (y.data, x.grad, leak.alpha.grad) == (-1.5, 0.5, -3.0)
    leak, x = PReLU(0.5), Value(3.0)
    y = leak(x)
    y.backward()
    assert (y.data, x.grad, leak.alpha.grad) == (3.0, 1.0, 0.0)


@pytest.mark.parametrize("x", [-2.0, 0.5])
def test_gradient_is_that_of_finite_differences(x) -> None:
    leak = PReLU()
    assert gradcheck(lambda: leak(x), wrt=leak.parameters())
    assert gradcheck(leak, x)


def test_slope_at_0_is_the_leak() -> None:
    x = Value(0.0)
    PReLU(0.3)(x).backward()
    assert x.grad == 0.3


def test_leak_starts_from_a_quarter_and_is_a_parameter() -> None:
    leak = PReLU()
    assert [(name, p.data, p.label) for name, p in leak.named_parameters()] == [("alpha", 0.25, "alpha")]
    assert repr(leak) == "PReLU(alpha=0.25)"


def test_leak_is_learned_with_the_other_parameters() -> None:
    # data of a leaky relu with leak 0.1, which the neuron can represent with its own leak alone
    neuron = Neuron(1, activation="prelu", init=1.0, bias=False)
    optimizer = SGD(neuron.parameters(), lr=0.1, momentum=0.9)
    for _ in range(500):
        optimizer.zero_grad()
        sum((neuron(x) - max(x, 0.1 * x)) ** 2 for x in (-2.0, -1.0, 1.0)).backward()
        optimizer.step()
    assert neuron.activation.alpha.data == pytest.approx(0.1, abs=1e-3)


def test_each_neuron_has_its_own_by_name_and_all_share_an_object() -> None:
    assert Layer(2, 3, activation="prelu").num_parameters() == 3 * (2 + 1 + 1)
    assert Layer(2, 3, activation=PReLU()).num_parameters() == 3 * (2 + 1) + 1
    assert MLP(2, [3, 3, 1], activation="prelu").num_parameters() == 9 + 3 + 12 + 3 + 4
    assert MLP(2, [3, 3, 1], activation=PReLU()).num_parameters() == 9 + 12 + 4 + 1


def test_saved_with_the_model_and_copied() -> None:
    layer = Layer(1, 2, activation=("prelu", 0.1), rng=0)
    assert layer.state_dict()["neurons.1.activation.alpha"] == 0.1
    twin = copy.deepcopy(layer)
    twin.neurons[0].activation.alpha.data = 9.0
    assert layer.neurons[0].activation.alpha.data == 0.1
    assert repr(layer) == "Layer of [PReLUNeuron(1), PReLUNeuron(1)]"
