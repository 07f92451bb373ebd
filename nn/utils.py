"""Functions of ``torch.nn.utils``: clipping of gradients, and parameters as one list of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine import Value
from engine.floats.validate import real
from nn.optim.clipping import clip_grad_norm_, clip_grad_value_
from nn.optim.param_groups import listed_values

__all__ = ["clip_grad_norm_", "clip_grad_value_", "parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Value]) -> list[float]:
    """The numbers of parameters, as a list.

    >>> parameters_to_vector([Value(1.0), Value(2.0)])
    [1.0, 2.0]
    """
    return [parameter.data for parameter in listed_values("parameters", parameters)]


def vector_to_parameters(vector: Sequence[float], parameters: Iterable[Value]) -> None:
    """Set parameters to numbers; where anything is wrong, nothing changes.

    Raises:
        ValueError: there are not as many.
        TypeError: one is not a number.

    >>> w = [Value(1.0), Value(2.0)]
    >>> vector_to_parameters([3.0, 4.0], w)
    >>> w[1].data
    4.0
    """
    listed = listed_values("parameters", parameters)
    numbers = [real(f"vector[{i}]", number) for i, number in enumerate(vector)]
    if len(numbers) != len(listed):
        raise ValueError(
            f"vector must have a number for each of {len(listed)} parameters, got {len(numbers)}"
        )
    for parameter, number in zip(listed, numbers, strict=True):
        parameter.data = number
