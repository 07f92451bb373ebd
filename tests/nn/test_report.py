"""gradient_report: a model's gradients, and the next step of its optimiser."""

import copy
import math

import numpy as np
import pytest

from engine import Value, no_grad
from nn import LBFGS, MLP, SGD, Adam, Adamax, Module, Nesterov, gradient_report, mse
from nn.report import layer_gradients, planned_step

X, Y = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.2]], [1.0, 0.0, -1.0]


def model() -> MLP:
    return MLP(2, [4, 3, 1], activation="tanh", rng=1)


def loss_of(network: MLP) -> Value:
    return mse([network(x) for x in X], Y)


def layer_arrays(network: MLP, name: str) -> list[np.ndarray]:
    return [np.array([getattr(p, name) for p in layer.parameters()]) for layer in network.layers]


def test_sizes_are_those_of_the_parameters_and_their_gradients() -> None:
    network = model()
    loss = loss_of(network)
    loss.backward()
    for found in (gradient_report(network), gradient_report(network, loss)):
        for layer, g, w in zip(
            found.layers, layer_arrays(network, "grad"), layer_arrays(network, "data"), strict=True
        ):
            assert layer.gradient == pytest.approx(np.sqrt(np.mean(g**2)))
            assert layer.weight == pytest.approx(np.sqrt(np.mean(w**2)))
            assert layer.parameters == len(w)


CHANGES = {
    "nothing": lambda network: None,
    "a frozen parameter": lambda network: setattr(network.layers[0].neurons[0].b, "requires_grad", False),
    "another layer": lambda network: setattr(network, "layers", network.layers[:2]),
    "a name": lambda network: setattr(network, "__dict__", {"parts": vars(network).pop("layers")}),
    "a neuron less": lambda network: network.layers[1].neurons.pop(),
    "a gradient that is nan": lambda network: setattr(network.layers[1].neurons[0].b, "grad", math.nan),
    "no gradients": lambda network: network.zero_grad(),
    "huge ones": lambda network: setattr(network.layers[2].neurons[0].b, "grad", 1e200),
}


@pytest.mark.parametrize("change", CHANGES)
def test_sizes_by_layer_are_those_of_the_report(change) -> None:
    network = model()
    loss_of(network).backward()

    def told() -> dict:
        return {layer.name: layer.gradient for layer in gradient_report(network).layers}

    assert layer_gradients(network) == told()
    CHANGES[change](network)
    found, expected = layer_gradients(network), told()
    assert list(found) == list(expected)
    np.testing.assert_array_equal(list(found.values()), list(expected.values()))


def test_a_module_with_names_of_its_own_says_what_its_layers_are() -> None:
    class Own(Module):
        def __init__(self) -> None:
            self.w = [Value(1.0), Value(2.0)]

        def named_parameters(self):
            return [(f"blocks.{i}.w", w) for i, w in enumerate(self.w)]

    own = Own()
    (own.w[0] * own.w[1]).backward()
    assert layer_gradients(own) == {"blocks.0": 2.0, "blocks.1": 1.0}


def test_signals_are_those_of_matrices() -> None:
    network = model()
    W = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in network.layers]
    h1 = np.tanh(W[0] @ np.transpose(X))
    h2 = np.tanh(W[1] @ h1)
    dy = 2 / 3 * (W[2] @ h2 - Y)
    dh2 = W[2].T @ dy
    dh1 = W[1].T @ (dh2 * (1 - h2**2))
    found = gradient_report(network, loss_of(network))
    expected = [np.sqrt(np.mean(d**2)) for d in (dh1, dh2, dy)]
    assert [layer.signal for layer in found.layers] == pytest.approx(expected)
    assert [layer.units for layer in found.layers] == [4, 3, 0]


def test_without_a_loss_the_gradients_in_the_parameters_are_told() -> None:
    network = model()
    loss_of(network).backward()
    grads = [p.grad for p in network.parameters()]
    with no_grad():
        found = gradient_report(network, lr=0.1)
    assert found.value == pytest.approx(math.hypot(*grads))
    assert [p.grad for p in network.parameters()] == grads
    assert all(
        layer.update_ratio == pytest.approx(0.1 * layer.gradient / layer.weight) for layer in found.layers
    )
    assert str(found).startswith("norm of the gradient = ")


@pytest.mark.parametrize("make", [
    lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.01), lambda p: Adamax(p, lr=0.1)
])  # fmt: skip
def test_planned_step_is_the_one_taken_next_and_changes_nothing(make) -> None:
    network = model()
    optimizer = make(network.parameters())
    for _ in range(3):
        network.zero_grad()
        loss_of(network).backward()
        optimizer.step()
    network.zero_grad()
    loss = loss_of(network)
    before = [p.data for p in network.parameters()]
    state = copy.deepcopy(optimizer.state_dict())
    found = gradient_report(network, loss, optimizer=optimizer)
    assert [p.data for p in network.parameters()] == before
    assert [p.grad for p in network.parameters()] == [0.0] * len(before)
    assert str(optimizer.state_dict()) == str(state)
    loss.backward()
    optimizer.step()
    start = 0
    for layer, after in zip(found.layers, layer_arrays(network, "data"), strict=True):
        was = np.array(before[start : start + len(after)])
        start += len(after)
        assert layer.update_ratio == pytest.approx(np.sqrt(np.mean((after - was) ** 2) / np.mean(was**2)))


def test_everything_is_put_back_where_a_step_fails() -> None:
    w = Value(2.0)

    class Failing(SGD):
        def update(self, theta, g, memory, settings):
            raise RuntimeError("no step")

    with pytest.raises(RuntimeError, match="no step"):
        planned_step(Failing([w], lr=0.1), {w: 1.0})
    assert (w.data, w.grad) == (2.0, 0.0)


@pytest.mark.parametrize("kind", [LBFGS, Nesterov])
def test_optimiser_that_needs_a_closure_is_refused(kind) -> None:
    network = model()
    with pytest.raises(TypeError, match=f"{kind.__name__} cannot be tried and undone; give lr="):
        gradient_report(network, optimizer=kind(network.parameters()))


def test_what_does_not_fit_is_refused() -> None:
    network = model()
    with pytest.raises(TypeError, match="model must be a Module"):
        gradient_report([Value(1.0)])
    with pytest.raises(ValueError, match="optimizer= or lr="):
        gradient_report(network, lr=0.1, optimizer=SGD(network.parameters()))
    with pytest.raises(ValueError, match="no parameters to report on"):
        gradient_report(Module())
    with pytest.raises(TypeError, match="Value"):
        gradient_report(network, 3.0)
    with pytest.raises(ValueError, match="the loss is made of none of the parameters of this MLP"):
        gradient_report(network, Value(1.0) * 2)
