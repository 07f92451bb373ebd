"""The table of activations by name."""

import numpy as np
import pytest

import nn.modules.activations
from engine import Value, gradcheck, softmax
from nn import ACTIVATIONS, NoisyReLU, PReLU
from nn.modules.activations import activation_function, activation_title, make_activation, step

FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1.0),
    "gelu": lambda x: 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1.0 + np.exp(-x)),
    "softplus": lambda x: np.log(1.0 + np.exp(x)),
    "tanh": lambda x: 2.0 / (1.0 + np.exp(-2.0 * x)) - 1.0,
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "step": lambda x: np.where(x > 0.5, 1.0, 0.0),
    "sign": np.sign,
}
POINTS = [-3.0, -0.7, 0.2, 1.0, 2.5]


def test_every_activation_has_a_formula_here() -> None:
    assert set(FORMULAS) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("x", POINTS)
def test_activation_is_its_formula_and_differentiates(name, x) -> None:
    tolerance = 1e-3 if name == "gelu" else 1e-14  # the formula here is the usual approximation of gelu
    assert activation_function(name)(Value(x)).data == pytest.approx(float(FORMULAS[name](x)), abs=tolerance)
    assert gradcheck(activation_function(name), x)


def test_function_is_taken_as_it_is() -> None:
    def cube(x):
        return x**3

    assert activation_function(cube) is cube


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no activation is called 'Relu'; there are linear, relu, .*sign"):
        activation_function("Relu")


@pytest.mark.parametrize("name", [*ACTIVATIONS, "softmax"])
def test_every_activation_is_a_function_here_under_its_name(name) -> None:
    function = getattr(nn.modules.activations, name)
    assert function is ACTIVATIONS.get(name, softmax)
    assert name in nn.modules.activations.__all__


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_plain_number_gives_a_plain_number(name) -> None:
    assert type(ACTIVATIONS[name](0.25)) is float


def test_softmax_of_the_lectures() -> None:
    powers = np.exp([1.2, 0.9, 0.4])
    assert softmax([1.2, 0.9, 0.4]) == pytest.approx((powers / powers.sum()).tolist(), rel=1e-15)
    assert [round(p, 2) for p in softmax([1.2, 0.9, 0.4])] == [
        0.46,
        0.34,
        0.21,
    ]  # 0.205, printed there as 0.20


def test_softmax_of_two_is_the_sigmoid_of_the_difference() -> None:
    assert softmax([1.2, 0.9])[0] == pytest.approx(1.0 / (1.0 + np.exp(-0.3)), rel=1e-15)


def test_step_of_the_lectures_has_threshold_one_half() -> None:
    assert [step(x) for x in (0.49, 0.5, 0.51)] == [0.0, 0.0, 1.0]
    assert [step(x, 1.0) for x in (0.99, 1.0, 1.01)] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("name", "derivative"), [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0), ("step", 0.0), ("sign", 0.0)]
)
def test_derivative_at_0_is_the_one_that_is_documented(name, derivative) -> None:
    x = Value(0.0)
    activation_function(name)(x).backward()
    assert x.grad == derivative


@pytest.mark.parametrize(
    ("pair", "x", "y"),
    [
        (("leaky_relu", 0.2), -2.0, -0.4),
        (("leaky_relu", 0.2), 2.0, 2.0),
        (["elu", 0.5], -1.0, 0.5 * (np.exp(-1.0) - 1.0)),
        (("step", 0.0), 0.3, 1.0),
    ],
)
def test_name_with_its_number(pair, x, y) -> None:
    assert activation_function(pair)(x) == pytest.approx(y, rel=1e-15)
    assert gradcheck(activation_function(pair), x)
    assert make_activation(pair) is pair


@pytest.mark.parametrize("pair", [("relu", 0.1), ("tanh", 2.0), ("noisy_relu", 0.5), ("cube", 1.0)])
def test_number_that_an_activation_does_not_take(pair) -> None:
    with pytest.raises(ValueError, match="only leaky_relu, elu, step and prelu take a number, got"):
        make_activation(pair)


@pytest.mark.parametrize("wrong", [("elu",), (), ("elu", 1.0, 2.0), (1.0, "elu")])
def test_what_is_no_pair_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match=r"is a pair such as \('leaky_relu', 0\.2\), got"):
        make_activation(wrong)


def test_what_keeps_something_is_made_for_each_owner() -> None:
    assert isinstance(make_activation("prelu"), PReLU)
    assert make_activation(("prelu", 0.1)).weight[0].data == 0.1
    assert make_activation("prelu") is not make_activation("prelu")
    rng = np.random.default_rng(0)
    assert make_activation("noisy_relu", rng).rng is rng
    assert isinstance(make_activation("noisy_relu"), NoisyReLU)


@pytest.mark.parametrize(("name", "kind"), [("prelu", "PReLU"), ("noisy_relu", "NoisyReLU")])
def test_what_keeps_something_is_no_function_by_name(name, kind) -> None:
    with pytest.raises(ValueError, match=rf"{name} has a state .*: set neuron\.activation = nn\.{kind}\(\)"):
        activation_function(name)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_explained(name) -> None:
    with pytest.raises(ValueError, match=f"{name} takes a whole layer.*cross_entropy.*engine.{name}"):
        activation_function(name)


@pytest.mark.parametrize("wrong", [3, None, {"relu"}])
def test_neither_name_nor_function_is_a_type_error(wrong) -> None:
    with pytest.raises(TypeError, match="must be a name or a function, got"):
        activation_function(wrong)


class Swish:
    def __call__(self, x):
        return x * x.sigmoid()


@pytest.mark.parametrize(
    ("activation", "title"),
    [
        ("relu", "ReLU"),
        ("linear", "Linear"),
        ("log_cosh", "LogCosh"),
        (abs, "Abs"),
        (Swish(), "Swish"),
        (PReLU(), "PReLU"),
        (("leaky_relu", 0.2), "LeakyReLU"),
        (lambda x: x, "Custom"),
    ],
)
def test_title(activation, title) -> None:
    assert activation_title(activation) == title
