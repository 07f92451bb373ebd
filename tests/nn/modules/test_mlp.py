"""Layers one behind the other."""

import random

import numpy as np
import pytest

from engine import Value, gradcheck
from nn import MLP, Layer
from tests.nn.figures import from_torch, read

SLOPES = {
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sigmoid": (
        lambda z: 1.0 / (1.0 + np.exp(-z)),
        lambda z: np.exp(-z) / (1.0 + np.exp(-z)) ** 2,
    ),
    "linear": (lambda z: z, np.ones_like),
}


def matrices(model: MLP) -> list[tuple[np.ndarray, np.ndarray]]:
    """W and b of each layer."""
    return [
        (
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons]),
            np.array([neuron.b.data for neuron in layer.neurons]),
        )
        for layer in model.layers
    ]


def forward_and_backward(model, x, names):
    """The four equations in NumPy for C = Σ a²: the outputs, and the gradients of each W and b."""
    a, activations, inputs = np.array(x), [], []
    for (W, b), name in zip(matrices(model), names, strict=True):
        inputs.append(a)
        activations.append(W @ a + b)
        a = SLOPES[name][0](activations[-1])
    delta = 2.0 * a * SLOPES[names[-1]][1](activations[-1])
    gradients = []
    for layer in reversed(range(len(names))):
        gradients.insert(0, (np.outer(delta, inputs[layer]), delta))
        if layer:
            W = matrices(model)[layer][0]
            delta = (W.T @ delta) * SLOPES[names[layer - 1]][1](activations[layer - 1])
    return a, gradients


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("output", ["linear", "tanh", "sigmoid"])
@pytest.mark.parametrize("nouts", [[1], [3], [4, 1], [5, 4, 3, 2]])
def test_outputs_and_gradients_are_those_of_the_matrix_form(hidden, output, nouts) -> None:
    model = MLP(3, nouts, activation=hidden, output_activation=output, init="xavier_normal", rng=2)
    for i, parameter in enumerate(model.parameters()):
        parameter.data += 0.01 * (i % 7)  # biases other than 0
    x = [0.5, -1.0, 2.0]
    outputs, gradients = forward_and_backward(model, x, [hidden] * (len(nouts) - 1) + [output])
    results = model(x)
    results = [results] if isinstance(results, Value) else results
    assert [y.data for y in results] == pytest.approx(outputs.tolist(), rel=1e-12)
    sum(y**2 for y in results).backward()
    for layer, (dW, db) in zip(model.layers, gradients, strict=True):
        for neuron, row, bias in zip(layer.neurons, dW, db, strict=True):
            assert [w.grad for w in neuron.w] == pytest.approx(row.tolist(), rel=1e-10, abs=1e-15)
            assert neuron.b.grad == pytest.approx(bias, rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("activation", read("torch")["networks"])
def test_outputs_and_gradients_are_those_of_torch(activation) -> None:
    figures = read("torch")["networks"][activation]
    nin, *nouts = from_torch.NETWORK
    model = MLP(nin, nouts, activation=activation)
    for i, layer in enumerate(model.layers):
        rows, biases = from_torch.weights(i)
        for neuron, row, bias in zip(layer.neurons, rows, biases, strict=True):
            neuron.b.data = bias
            for w, weight in zip(neuron.w, row, strict=True):
                w.data = weight
    outputs = [model(x) for x in from_torch.SAMPLES]
    sum(y**2 for row in outputs for y in row).backward()
    assert [[y.data for y in row] for row in outputs] == pytest.approx(
        np.array(figures["outputs"]), rel=1e-12
    )
    for layer, (dW, db) in zip(model.layers, figures["gradients"], strict=True):
        assert [[w.grad for w in neuron.w] for neuron in layer.neurons] == pytest.approx(
            np.array(dW), rel=1e-12
        )
        assert [neuron.b.grad for neuron in layer.neurons] == pytest.approx(db, rel=1e-12)


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "softplus"])
def test_gradients_are_those_of_finite_differences(activation) -> None:
    model = MLP(2, [4, 3, 1], activation=activation, rng=3)
    report = gradcheck(lambda: model([0.5, -1.0]) ** 2, wrt=model.parameters())
    assert report.entries[0].operand == "layers.0.neurons.0.w.0"
    assert len(report.entries) == model.num_parameters()


def test_shape_is_that_of_micrograd() -> None:
    model = MLP(2, [16, 16, 1])
    assert [len(layer.neurons) for layer in model.layers] == [16, 16, 1]
    assert [layer.neurons[0].activation for layer in model.layers] == ["relu", "relu", "linear"]
    assert all(isinstance(layer, Layer) for layer in model.layers)
    assert isinstance(model([1.0, 2.0]), Value)
    assert len(MLP(2, [3])([1.0, 2.0])) == 3


def test_hidden_layer_of_one_neuron() -> None:
    model = MLP(2, [1, 2], activation="tanh", init=0.5)
    assert [y.data for y in model([1.0, 2.0])] == pytest.approx([0.5 * np.tanh(1.5)] * 2)


def test_single_input_may_come_bare() -> None:
    model = MLP(1, [2, 1], rng=0)
    assert model(0.5).data == model([0.5]).data == model(np.array(0.5)).data


@pytest.mark.parametrize("rng", [7, np.int64(7)])
def test_same_seed_same_network_bit_for_bit(rng) -> None:
    first, second = MLP(2, [3, 3, 1], rng=rng), MLP(2, [3, 3, 1], rng=np.random.default_rng(7))
    assert first.state_dict() == second.state_dict()
    assert first.state_dict() != MLP(2, [3, 3, 1], rng=8).state_dict()


def test_seed_does_not_start_anew_in_each_layer() -> None:
    first, second, _ = MLP(3, [3, 3, 1], rng=7).layers
    assert first.neurons[0].w[0].data != second.neurons[0].w[0].data


def test_seed_leaves_the_global_generators_alone() -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    expected = random.random(), np.random.random()  # noqa: NPY002
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    MLP(2, [3, 1], rng=0)
    MLP(2, [3, 1], rng=0, init="he_normal")
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002


def test_settings_reach_every_layer() -> None:
    model = MLP(2, [2, 2, 1], activation="tanh", output_activation="sigmoid", init=0.5, bias=False)
    activations = [neuron.activation for layer in model.layers for neuron in layer.neurons]
    assert activations == ["tanh"] * 4 + ["sigmoid"]
    assert set(model.state_dict().values()) == {0.5}
    assert model.num_parameters() == 10


@pytest.mark.parametrize("nouts", [(4, 1), np.array([4, 1]), [np.int64(4), 1]])
def test_widths_come_in_any_sequence(nouts) -> None:
    assert MLP(2, nouts).num_parameters() == 17


@pytest.mark.parametrize("nouts", [1, None, "16", {4: 1}, 1.5])
def test_widths_that_are_no_list_are_refused(nouts) -> None:
    with pytest.raises(TypeError, match=r"nouts must be a list of the layers' widths, such as \[16, 1\]"):
        MLP(2, nouts)


@pytest.mark.parametrize(
    ("nin", "nouts", "message"),
    [
        (2, [], r"at least one layer"),
        (2, [4, 0], r"nouts must be at least 1, got 0"),
        (0, [1], r"nin must be at least 1, got 0"),
    ],
)
def test_sizes_must_be_positive(nin, nouts, message) -> None:
    with pytest.raises(ValueError, match=message):
        MLP(nin, nouts)


@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0], 1.0])
def test_wrong_number_of_inputs_names_both(x) -> None:
    with pytest.raises(ValueError, match=rf"takes 2 inputs, got {np.size(x)}"):
        MLP(2, [3, 1])(x)


def test_table_of_samples_is_explained() -> None:
    with pytest.raises(ValueError, match="call the model for each sample"):
        MLP(2, [3, 1])(np.ones((2, 2)))


def test_labels_are_dotted_names() -> None:
    model = MLP(2, [2, 1])
    assert [p.label for p in model.parameters()] == [name for name, _ in model.named_parameters()]


def test_an_unknown_activation_is_refused_where_no_layer_is_hidden() -> None:
    with pytest.raises(ValueError, match="rleu"):
        MLP(2, [1], activation="rleu")
