"""PyTorch's functions that set weights in place: ``nn.init.xavier_uniform_(layer.weight)``.

Each sets the numbers of Values that are there: of a list, of rows, of nested lists. A row of weights has the
inputs of one output, all axes behind the first together.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value
from engine.floats.validate import non_negative, real
from engine.quoting import typed
from nn.checks import one_of
from nn.modules.layers.axes import flattened, shape_of
from nn.rng import Rng, numpy_generator

__all__ = [
    "calculate_gain",
    "constant_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "sigmoid"), 1.0),
    "tanh": 5.0 / 3.0,
    "relu": sqrt(2.0),
    "selu": 0.75,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights are to be larger before an activation, PyTorch's table.

    Args:
        nonlinearity: ``"linear"``, ``"sigmoid"``, ``"tanh"``, ``"relu"``, ``"leaky_relu"``, ``"selu"``.
        param: the leak of ``"leaky_relu"``; None is 0.01.

    >>> calculate_gain("relu") ** 2, round(calculate_gain("leaky_relu", 1.0), 12)
    (2.0000000000000004, 1.0)
    """
    name = one_of(*_GAINS, "leaky_relu")("nonlinearity", nonlinearity)
    if name == "leaky_relu":
        return sqrt(2.0 / (1.0 + (0.01 if param is None else real("param", param)) ** 2))
    return _GAINS[name]


def uniform_(values: Any, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> Any:
    """Set each to a number drawn uniformly from a to b; returns the values.

    Args:
        values: a Value, or nested lists of them.
        a, b: the limits.
        rng: a seed, a generator, or None for Python's ``random`` module.

    >>> 2.0 <= uniform_([Value(0.0)], 2.0, 3.0)[0].data <= 3.0
    True
    """
    low, high = real("a", a), real("b", b)
    return _set(values, lambda count: numpy_generator(rng).uniform(low, high, count))


def normal_(values: Any, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> Any:
    """Set each to a number drawn from a normal distribution; returns the values.

    >>> normal_([Value(0.0)], 5.0, 0.0)[0].data
    5.0
    """
    center, deviation = real("mean", mean), non_negative("std", std)
    return _set(values, lambda count: numpy_generator(rng).normal(center, deviation, count))


def constant_(values: Any, val: float) -> Any:
    """Set each to one number; returns the values.

    >>> constant_([Value(0.0)], 2.0)[0].data
    2.0
    """
    number = real("val", val)
    return _set(values, lambda count: np.full(count, number))


def zeros_(values: Any) -> Any:
    """Set each to 0; returns the values.

    >>> zeros_([Value(3.0)])[0].data
    0.0
    """
    return constant_(values, 0.0)


def ones_(values: Any) -> Any:
    """Set each to 1; returns the values.

    >>> ones_([Value(3.0)])[0].data
    1.0
    """
    return constant_(values, 1.0)


def xavier_uniform_(values: Any, gain: float = 1.0, *, rng: Rng = None) -> Any:
    """Uniform within ±gain·√(6 / (inputs + outputs)); Glorot & Bengio 2010. Returns the values.

    >>> abs(xavier_uniform_([[Value(0.0)] * 3] * 3)[0][0].data) <= 1.0
    True
    """
    inputs, outputs = _fans(values)
    limit = non_negative("gain", gain) * sqrt(6.0 / (inputs + outputs))
    return uniform_(values, -limit, limit, rng=rng)


def xavier_normal_(values: Any, gain: float = 1.0, *, rng: Rng = None) -> Any:
    """Normal with deviation gain·√(2 / (inputs + outputs)); Glorot & Bengio 2010. Returns the values."""
    inputs, outputs = _fans(values)
    return normal_(values, 0.0, non_negative("gain", gain) * sqrt(2.0 / (inputs + outputs)), rng=rng)


def kaiming_uniform_(
    values: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> Any:
    """Uniform within ±gain·√(3 / fan); He, Zhang, Ren & Sun 2015. Returns the values.

    Args:
        values: rows of Values.
        a: the leak, where the nonlinearity is ``"leaky_relu"``.
        mode: ``"fan_in"``, the inputs of an output, or ``"fan_out"``.
        nonlinearity: see :func:`calculate_gain`.
        rng: a seed, a generator, or None for Python's ``random`` module.
    """
    limit = sqrt(3.0) * _kaiming(values, a, mode, nonlinearity)
    return uniform_(values, -limit, limit, rng=rng)


def kaiming_normal_(
    values: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> Any:
    """Normal with deviation gain/√fan; He, Zhang, Ren & Sun 2015. Returns the values.

    Arguments are those of :func:`kaiming_uniform_`.
    """
    return normal_(values, 0.0, _kaiming(values, a, mode, nonlinearity), rng=rng)


def trunc_normal_(
    values: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, rng: Rng = None
) -> Any:
    """Set each to a number drawn from a normal distribution, again where it is not from a to b.

    Args:
        values: a Value, or nested lists of them.
        mean, std: of the distribution before it is cut.
        a, b: the limits, themselves and not in deviations.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Raises:
        ValueError: hardly any number would lie between the limits.

    >>> abs(trunc_normal_([Value(0.0)], std=0.02, a=-0.04, b=0.04)[0].data) <= 0.04
    True
    """
    center, deviation, low, high = real("mean", mean), non_negative("std", std), real("a", a), real("b", b)
    if not (
        high - low > 1e-3 * deviation and low <= center + 4.0 * deviation and high >= center - 4.0 * deviation
    ):
        raise ValueError(f"hardly any number of mean {mean} and deviation {std} lies between {a} and {b}")

    def draw(count: int) -> npt.NDArray[np.float64]:
        source = numpy_generator(rng)
        numbers = source.normal(center, deviation, count)
        while (outside := (numbers < low) | (numbers > high)).any():
            numbers[outside] = source.normal(center, deviation, int(outside.sum()))
        return numbers

    return _set(values, draw)


def orthogonal_(values: Any, gain: float = 1.0, *, rng: Rng = None) -> Any:
    """Rows, or columns where there are more rows, that stand at right angles, each of length gain.

    Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks". All axes behind the first are one, as in the other functions.

    Args:
        values: rows of Values.
        gain: the length.
        rng: a seed, a generator, or None for Python's ``random`` module.

    >>> a, b = ([w.data for w in row] for row in orthogonal_([[Value(0.0) for _ in "abc"] for _ in "ab"]))
    >>> abs(sum(x * y for x, y in zip(a, b, strict=True))) < 1e-12
    True
    """
    inputs, _ = _fans(values)
    factor = real("gain", gain)

    def draw(count: int) -> npt.NDArray[np.float64]:
        matrix = numpy_generator(rng).normal(size=(count // inputs, inputs))
        flat = len(matrix) < inputs
        q, r = np.linalg.qr(matrix.T if flat else matrix)
        q = q * np.where(np.diag(r) < 0.0, -1.0, 1.0)  # so that each such matrix is as likely as any other
        return factor * (q.T if flat else q).ravel()

    return _set(values, draw)


def eye_(values: Any) -> Any:
    """Rows of the identity matrix: 1 where the place in the row is that of the row, else 0.

    >>> [[w.data for w in row] for row in eye_([[Value(5.0) for _ in "abc"] for _ in "ab"])]
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    shape = shape_of("values", values)
    if len(shape) != 2:
        raise ValueError(f"weights must be rows of Values, such as Linear's weight, got shape {shape}")
    return _set(values, lambda count: np.eye(*shape).ravel())


def _kaiming(values: Any, a: float, mode: str, nonlinearity: str) -> float:
    fan = _fans(values)[one_of("fan_in", "fan_out")("mode", mode) == "fan_out"]
    return calculate_gain(nonlinearity, a) / sqrt(fan)


def _fans(values: Any) -> tuple[int, int]:
    """The inputs of an output, and the outputs of an input."""
    shape = shape_of("values", values)
    if len(shape) < 2 or 0 in shape:
        raise ValueError(f"weights must be rows of Values, such as Linear's weight, got shape {shape}")
    inside = int(np.prod(shape[2:]))
    return shape[1] * inside, shape[0] * inside


def _set(values: Any, draw: Any) -> Any:
    listed = flattened(values)
    for i, value in enumerate(listed):
        if not isinstance(value, Value) or value._children:
            raise TypeError(f"values[{i}] must be a Value that is a leaf, got {typed(value)}")
    numbers: npt.NDArray[np.float64] = draw(len(listed))
    for value, number in zip(listed, numbers.tolist(), strict=True):
        value.data = number
    return values
