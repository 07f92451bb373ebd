"""Linear, and layers without parameters: Identity, Flatten, Unflatten."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

from engine import Value, dot
from engine.floats.validate import integer
from engine.quoting import brief
from nn.init import Init, initial_weights
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import along_last, depth_of, flattened, listed, nested
from nn.modules.module import Module
from nn.rng import Rng, random_source

__all__ = ["Flatten", "Identity", "Linear", "Unflatten", "products", "starting_values"]


def starting_values(init: Init, source: Any, rows: int, columns: int, bound: float) -> list[list[Value]]:
    """Rows of Values: by an initialiser, or, where that is None, uniform between -bound and bound.

    >>> [[value.data for value in row] for row in starting_values(0.5, None, 1, 2, 1.0)]
    [[0.5, 0.5]]
    """
    numbers = initial_weights(("uniform", bound) if init is None else init, source, columns, rows)
    return [[Value(number) for number in row] for row in numbers.tolist()]


def products(rows: Any, x: Any, biases: Any) -> list[Any]:
    """rows @ x + biases; of biases that are None, without.

    >>> products([[1.0, 2.0]], [3.0, 4.0], [0.5])
    [11.5]
    """
    if biases is None:
        return [dot(row, x) for row in rows]
    return [dot(row, x) + b for row, b in zip(rows, biases, strict=True)]


class Linear(Module):
    """y = x @ weight.T + bias: a row of weights for each output, as in PyTorch.

    :class:`nn.Layer` has the activation and micrograd's start besides, and returns its one output itself;
    Linear always returns a list.

    Args:
        in_features: the number of inputs.
        out_features: the number of outputs.
        bias: whether there is one.
        init: where the weights start, as in :class:`nn.Layer`; given as an array it has shape
            (out_features, in_features), and the bias starts from 0. None is PyTorch's start: weights and bias
            uniform between ±1/√in_features, as LeCun, Bottou, Orr & Müller 1998 have it but for a factor √3.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        weight: the list of rows, each a list of ``in_features`` Values.
        bias: the list of ``out_features`` Values; None without one.
        in_features, out_features: as given.

    Raises:
        ValueError, TypeError: a size is not an integer above 0, or see :class:`nn.Layer`.

    >>> linear = Linear(2, 3, init=[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> linear
    Linear(in_features=2, out_features=3, bias=True)
    >>> [y.data for y in linear([2.0, 5.0])]
    [2.0, 5.0, 7.0]
    >>> len(linear([[2.0, 5.0], [0.0, 1.0]]))  # two samples
    2
    >>> linear([1.0, 2.0, 3.0])
    Traceback (most recent call last):
    ...
    ValueError: Linear(in_features=2, out_features=3, bias=True) takes 2 inputs, got 3
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, init: Init = None, rng: Rng = None
    ) -> None:
        self.in_features = integer("in_features", in_features)
        self.out_features = integer("out_features", out_features)
        source, bound = random_source(rng), 1.0 / sqrt(self.in_features)
        self.weight = starting_values(init, source, self.out_features, self.in_features, bound)
        self.bias = None
        if bias:
            start: Init = None if init is None else "zeros"
            self.bias = starting_values(start, source, 1, self.out_features, bound)[0]
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The list of outputs; for lists of samples, nested at will, the outputs of each, nested alike.

        Args:
            x: ``in_features`` numbers and Values in a list, tuple or array; or sequences of such samples.

        Raises:
            ValueError: the number of inputs is another one.
            TypeError: an input is not a number.
        """
        return along_last(self._outputs, x)

    def _outputs(self, x: Inputs) -> list[Any]:
        if len(x) != self.in_features:
            of_batch = len(x) > self.in_features and len(x) % self.in_features == 0
            advice = "; of a list of samples Flatten(1) keeps the first axis" if of_batch else ""
            raise ValueError(f"{self!r} takes {self.in_features} inputs, got {len(x)}{advice}")
        return products(self.weight, x, self.bias)

    def __repr__(self) -> str:
        features = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"Linear({features}, bias={self.bias is not None})"


class Identity(Module):
    """Returns its input; in the place of a layer that is left out. Takes any arguments, as in PyTorch.

    >>> Identity(54, unused=True)([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __call__(self, x: Any) -> Any:
        """The input."""
        return x


_MOST_AXES = 64


class Flatten(Module):
    """Nested lists as one list: of one sample all axes, of a batch all but the first with ``start_dim=1``.

    Args:
        start_dim: the first axis to flatten, counted from 0, or below 0 from the last one. PyTorch's default
            is 1, which leaves the axis of samples; here models are called with one sample at a time, so that
            it is 0.
        end_dim: the last axis to flatten, counted likewise.

    >>> Flatten()([[1.0, 2.0], [3.0, 4.0]]), Flatten(1)([[[1.0], [2.0]], [[3.0], [4.0]]])
    ([1.0, 2.0, 3.0, 4.0], [[1.0, 2.0], [3.0, 4.0]])
    """

    def __init__(self, start_dim: int = 0, end_dim: int = -1) -> None:
        self.start_dim = integer("start_dim", start_dim, least=-_MOST_AXES)
        self.end_dim = integer("end_dim", end_dim, least=-_MOST_AXES)
        if (self.start_dim < 0) == (self.end_dim < 0) and self.end_dim < self.start_dim:
            raise ValueError(f"end_dim must be -1, or at least start_dim, {start_dim}; got {end_dim}")

    def __call__(self, x: Any) -> Any:
        """The flat list, or for an axis above 0 lists of them.

        Raises:
            ValueError: the input has fewer axes, or the last axis to flatten comes before the first.
        """
        x = listed("input", x)
        axes, dims = depth_of(x), (self.start_dim, self.end_dim)
        least = max(dim + 1 if dim >= 0 else -dim for dim in dims)
        if axes < least:
            raise ValueError(f"{self!r} needs an input of at least {least} axes, got {axes}")
        start, end = (dim % axes for dim in dims)
        if end < start:
            raise ValueError(f"{self!r} has nothing to join in an input of {axes} axes")
        return self._flat(x, start, end - start)

    def _flat(self, x: Any, axis: int, times: int) -> Any:
        return [self._flat(each, axis - 1, times) for each in x] if axis else flattened(x, times)

    def __repr__(self) -> str:
        end = "" if self.end_dim == -1 else f", end_dim={self.end_dim}"
        return f"Flatten(start_dim={self.start_dim}{end})"


class Unflatten(Module):
    """One axis of nested lists as several: the reverse of :class:`Flatten`.

    Args:
        dim: the axis, counted from 0, or below 0 from the last one. As in :class:`Flatten` that of one
            sample is 0, where PyTorch's programs have 1 for a batch.
        unflattened_size: the lengths of the new axes; one of them may be -1, for as long as it must be.

    >>> Unflatten(0, (2, 2))([1.0, 2.0, 3.0, 4.0]), Unflatten(1, (-1, 1))([[1.0, 2.0]])
    ([[1.0, 2.0], [3.0, 4.0]], [[[1.0], [2.0]]])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        self.dim = integer("dim", dim, least=-_MOST_AXES)
        sizes = [integer(f"unflattened_size[{i}]", n, least=-1) for i, n in enumerate(unflattened_size)]
        if not sizes or 0 in sizes or sizes.count(-1) > 1:
            raise ValueError(f"unflattened_size must be lengths above 0, one may be -1; got {brief(sizes)}")
        self.unflattened_size = tuple(sizes)

    def __call__(self, x: Any) -> Any:
        """The nested lists.

        Raises:
            ValueError: the input has no such axis, or it is of another length.
        """
        x = listed("input", x)
        axes = depth_of(x)
        if not -axes <= self.dim < axes:
            raise ValueError(f"{self!r} needs an input with axis {self.dim}, got {axes} axes")
        return self._applied(x, self.dim % axes)

    def _applied(self, x: Any, axis: int) -> Any:
        if axis:
            return [self._applied(each, axis - 1) for each in x]
        known = prod(n for n in self.unflattened_size if n > 0)
        sizes = tuple(len(x) // known if n < 0 else n for n in self.unflattened_size)
        if prod(sizes) != len(x):
            raise ValueError(f"{self!r} cannot divide an axis of {len(x)}")
        return nested(x, sizes)

    def __repr__(self) -> str:
        return f"Unflatten(dim={self.dim}, unflattened_size={self.unflattened_size})"
