"""The table of activations by name."""

import numpy as np
import pytest

from engine import Value, gradcheck
from nn import ACTIVATIONS
from nn.activations import activation_function, activation_title

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
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
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


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_explained(name) -> None:
    with pytest.raises(ValueError, match=f"{name} takes a whole layer.*cross_entropy.*engine.{name}"):
        activation_function(name)


@pytest.mark.parametrize("wrong", [3, None, ["relu"]])
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
        (lambda x: x, "Custom"),
    ],
)
def test_title(activation, title) -> None:
    assert activation_title(activation) == title
