"""PReLU and NoisyReLU."""

import copy
import math
import random

import numpy as np
import pytest

from engine import Value, gradcheck
from nn import MLP, SGD, Layer, Neuron, NoisyReLU, PReLU
from nn.modules.learned_activations import noisy_relu


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


@pytest.mark.parametrize("x", [2.0, 0.5, -0.25])
def test_value_is_the_formula_of_the_paper(x) -> None:
    rng = np.random.default_rng(3)
    for noise in np.random.default_rng(3).standard_normal(20):
        assert noisy_relu(x, rng) == pytest.approx(max(0.0, x + math.sqrt(sigmoid(x)) * noise), rel=1e-14)


@pytest.mark.parametrize("x", [6.0, 4.0])
def test_noise_has_mean_0_and_variance_sigmoid(x) -> None:
    rng = np.random.default_rng(0)
    noise = [
        noisy_relu(x, rng) - x for _ in range(4000)
    ]  # so far above 0 that relu cuts off nothing to speak of
    assert np.mean(noise) == pytest.approx(0.0, abs=0.05)
    assert np.var(noise) == pytest.approx(sigmoid(x), rel=0.06)


@pytest.mark.parametrize("x", [2.0, 0.5, -0.1])
def test_gradient_flows_through_the_deviation_too(x) -> None:
    assert gradcheck(lambda v: noisy_relu(v, rng=0), x)  # a seed gives the same noise at each call
    noise, value = np.random.default_rng(0).standard_normal(), Value(x)
    noisy_relu(value, rng=0).backward()
    derivative = 1.0 + noise * 0.5 * math.sqrt(sigmoid(x)) * (1.0 - sigmoid(x))
    expected = derivative if x + math.sqrt(sigmoid(x)) * noise > 0 else 0.0
    assert value.grad == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("x", [-1000.0, -math.inf])
def test_far_below_0_there_is_neither_value_nor_derivative(x) -> None:
    value = Value(x)
    y = noisy_relu(value, rng=0)
    y.backward()
    assert (y.data, value.grad) == (0.0, 0.0)


def test_training_is_noisy_and_evaluation_is_not() -> None:
    noisy = NoisyReLU(rng=0)
    first, second = noisy([1.0, 1.0])
    assert first != second
    assert noisy(1.0) not in (first, second)
    noisy.eval()
    assert noisy([1.0, -1.0]) == [1.0, 0.0]
    assert noisy(Value(2.0)).data == 2.0
    assert repr(noisy) == "NoisyReLU()"


def test_seed_decides() -> None:
    assert NoisyReLU(rng=4)(1.0) == NoisyReLU(rng=np.random.default_rng(4))(1.0) != NoisyReLU(rng=5)(1.0)
    random.seed(1)
    first = NoisyReLU()(1.0)
    random.seed(1)
    assert NoisyReLU(rng=random)(1.0) == first


def test_named_in_a_network_its_seed_is_that_of_the_network() -> None:
    x = [0.5, 1.0]
    first, second = (MLP(2, [4, 1], activation="noisy_relu", rng=3) for _ in range(2))
    plain = MLP(2, [4, 1], activation="relu", rng=3)
    assert first.state_dict() == second.state_dict() == plain.state_dict()
    outputs = [first(x).data for _ in range(3)]
    assert outputs == [second(x).data for _ in range(3)]
    assert len(set(outputs)) == 3
    assert first.eval()(x).data == plain(x).data
    assert (
        Neuron(2, activation="noisy_relu", rng=1)(x).data == Neuron(2, activation="noisy_relu", rng=1)(x).data
    )


@pytest.mark.parametrize("rng", [None, random, 0, random.Random(0)])
def test_copy_goes_on_by_itself(rng) -> None:
    model = MLP(2, [3, 1], activation="noisy_relu", rng=rng)
    twin = copy.deepcopy(model)
    assert twin([1.0, 1.0]).data >= -100.0


def test_value_and_both_derivatives_by_hand() -> None:
    leak, x = PReLU(init=0.5), Value(-3.0)
    y = leak(x)
    y.backward()
    assert (y.data, x.grad, leak.weight[0].grad) == (-1.5, 0.5, -3.0)
    leak, x = PReLU(init=0.5), Value(3.0)
    y = leak(x)
    y.backward()
    assert (y.data, x.grad, leak.weight[0].grad) == (3.0, 1.0, 0.0)


@pytest.mark.parametrize("x", [-2.0, 0.5])
def test_gradient_is_that_of_finite_differences(x) -> None:
    leak = PReLU()
    assert gradcheck(lambda: leak(x), wrt=leak.parameters())
    assert gradcheck(leak, x)


def test_derivative_at_0_is_the_leak() -> None:
    x = Value(0.0)
    PReLU(init=0.3)(x).backward()
    assert x.grad == 0.3


def test_leak_starts_from_a_quarter_and_is_a_parameter() -> None:
    leak = PReLU()
    found = [(name, p.data, p.label) for name, p in leak.named_parameters()]
    assert found == [("weight.0", 0.25, "weight.0")]
    assert repr(leak) == "PReLU(init=0.25)"


def test_channels_and_a_leak_in_their_place_are_refused() -> None:
    for given in (3, 0.1, "relu"):
        with pytest.raises(ValueError, match=f"num_parameters must be 1, got {given!r}; the leak to start"):
            PReLU(given)


def test_state_is_that_of_torch() -> None:
    leak = PReLU()
    leak.load_state_dict({"weight": np.array([0.5])})
    assert (leak(-2.0).data, leak.state_dict(arrays=True)["weight"].tolist()) == (-1.0, [0.5])


def test_leak_is_learned_with_the_other_parameters() -> None:
    # data of a leaky relu with leak 0.1, which the neuron can represent with its own leak alone
    neuron = Neuron(1, activation="prelu", init=1.0, bias=False)
    optimizer = SGD(neuron.parameters(), lr=0.1, momentum=0.9)
    for _ in range(500):
        optimizer.zero_grad()
        sum((neuron(x) - max(x, 0.1 * x)) ** 2 for x in (-2.0, -1.0, 1.0)).backward()
        optimizer.step()
    assert neuron.activation.weight[0].data == pytest.approx(0.1, abs=1e-3)


def test_each_neuron_has_its_own_by_name_and_all_share_an_object() -> None:
    assert Layer(2, 3, activation="prelu").num_parameters() == 3 * (2 + 1 + 1)
    assert Layer(2, 3, activation=PReLU()).num_parameters() == 3 * (2 + 1) + 1
    assert MLP(2, [3, 3, 1], activation="prelu").num_parameters() == 9 + 3 + 12 + 3 + 4
    assert MLP(2, [3, 3, 1], activation=PReLU()).num_parameters() == 9 + 12 + 4 + 1


def test_saved_with_the_model_and_copied() -> None:
    layer = Layer(1, 2, activation=("prelu", 0.1), rng=0)
    assert layer.state_dict()["neurons.1.activation.weight.0"] == 0.1
    twin = copy.deepcopy(layer)
    twin.neurons[0].activation.weight[0].data = 9.0
    assert layer.neurons[0].activation.weight[0].data == 0.1
    assert repr(layer) == "Layer of [2 x PReLUNeuron(1)]"
