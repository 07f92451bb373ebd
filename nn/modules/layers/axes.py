"""The axes of nested lists: their shape, functions of the last one, layers over channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nn.data.foreign import from_foreign
from nn.modules.inputs import Inputs
from nn.modules.module import Module

__all__ = ["OfChannels", "along_last", "columns_of", "depth_of", "flattened", "listed", "nested", "shape_of"]


def listed(name: str, x: Any) -> Any:
    """Nested lists of numbers and Values from lists, tuples, arrays and tables; a number as it is.

    >>> listed("input", np.array([[1.0, 2.0]]))
    [[1.0, 2.0]]
    """
    x = from_foreign(name, x)
    if isinstance(x, Inputs):
        return x
    if isinstance(x, np.ndarray):
        return x.tolist()
    if isinstance(x, (list, tuple, range)):
        return [listed(name, each) for each in x]
    return x


def depth_of(x: Any) -> int:
    """How many axes nested lists have, by the first item of each.

    >>> depth_of(1.0), depth_of([1.0]), depth_of([[1.0, 2.0]])
    (0, 1, 2)
    """
    depth = 0
    while isinstance(x, list):
        depth += 1
        if not x:
            break
        x = x[0]
    return depth


def shape_of(name: str, x: Any) -> tuple[int, ...]:
    """The lengths of the axes of nested lists.

    Raises:
        ValueError: lists of one axis differ in length.

    >>> shape_of("input", [[1.0, 2.0], [3.0, 4.0]])
    (2, 2)
    """
    shape: list[int] = []
    level = [x]
    while isinstance(level[0], list):
        lengths = {len(each) if isinstance(each, list) else -1 for each in level}
        if len(lengths) != 1:
            raise ValueError(
                f"{name} must be nested evenly, got lists of {sorted(lengths - {-1})} items"
                f"{' and single numbers' if -1 in lengths else ''} at depth {len(shape)}"
            )
        shape.append(lengths.pop())
        level = [item for each in level for item in each]
        if not level:
            break
    return tuple(shape)


def flattened(x: Any, times: int | None = None) -> list[Any]:
    """The items of nested lists in order, as one list; with ``times``, only so many levels are joined.

    >>> flattened([[1, 2], [3, 4]]), flattened(5), flattened([[[1], [2]]], 1)
    ([1, 2, 3, 4], [5], [[1], [2]])
    """
    level = x if isinstance(x, list) else [x]
    while times != 0 and level and isinstance(level[0], list):
        level = [item for each in level for item in each]
        times = None if times is None else times - 1
    return list(level)


def nested(items: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list as nested lists of a shape.

    >>> nested([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    for length in reversed(shape[1:]):
        items = [items[i : i + length] for i in range(0, len(items), length)] if length else []
    return items


def columns_of(rows: Any) -> list[Any]:
    """Nested lists with their first two axes exchanged.

    >>> columns_of([[1, 2], [3, 4]])
    [[1, 3], [2, 4]]
    """
    return [list(column) for column in zip(*rows, strict=True)]


def along_last(function: Callable[[Inputs], Any], x: Any) -> Any:
    """Apply a function of one list of numbers along the last axis of nested lists.

    Args:
        function: of the numbers, converted once for all that use them.
        x: one sample, a list of numbers and Values; or lists of samples, nested at will.

    >>> along_last(lambda row: sum(row).data, [[1.0, 2.0], [3.0, 4.0]])
    [3.0, 7.0]
    """
    x = listed("input", x)
    if isinstance(x, list) and not isinstance(x, Inputs) and x and isinstance(x[0], list):
        return [along_last(function, each) for each in x]
    return function(Inputs.of(x))


class OfChannels(Module):
    """Base of the layers that take the channels of a sequence or an image, or a list of such samples.

    A subclass says how many axes a channel has, ``class Conv1d(OfChannels, axes=1)``, and defines
    ``_of_sample``.
    """

    axes: ClassVar[int]

    def __init_subclass__(cls, axes: int | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if axes is not None:
            cls.axes = axes

    def __call__(self, x: Any) -> Any:
        """The channels of the output, nested as the input is.

        Args:
            x: one sample, a list of channels; or a batch, a list of samples.

        Raises:
            ValueError: it has another shape, or is smaller than what slides over it.
        """
        x = listed("input", x)
        shape = shape_of("input", x)
        if len(shape) == self.axes + 2:
            return [self(sample) for sample in x]
        count = getattr(self, "in_channels", None)  # of a convolution
        if len(shape) != self.axes + 1 or (count is not None and (shape[0] != count or 0 in shape)):
            wanted = f"({count or 'channels'}, {'length' if self.axes == 1 else 'height, width'})"
            raise ValueError(f"{self!r} takes an input of shape {wanted}, or a list of such, got {shape}")
        return self._of_sample(x, shape)

    def _of_sample(self, x: list[Any], shape: tuple[int, ...]) -> Any:
        """The output for one sample of that shape."""
        raise NotImplementedError
