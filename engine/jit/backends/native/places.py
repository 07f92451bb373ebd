"""Where operands of instructions lie, and what strides of axes say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.jit.emit.trees import Shape

__all__ = ["Place", "Untranslated", "collapsed", "merged", "moving", "only_step", "spread", "with_axis"]

Place = tuple[int, int, Shape, tuple[int, ...]]
"""Where an operand lies: memory, first number, sizes and strides of its axes."""


class Untranslated(Exception):  # noqa: N818  # it is no error: the program runs as NumPy
    """A statement for which there is no instruction."""


def moving(first: Any, second: Any) -> Any:
    """An instruction of a step of a loop, and the same of the next step, as one whose operands move on.

    >>> moving(("matmul", (2, 6, (3,), (1,))), ("matmul", (2, 16, (3,), (1,))))
    ('matmul', (2, 6, (3,), (1,), 10))
    """
    if first == second or not isinstance(first, tuple):
        return first
    if _is_place(first):
        return *first, second[1] - first[1]
    return tuple(map(moving, first, second))


def _is_place(given: tuple[Any, ...]) -> bool:
    """Whether it is one, and not four operands of which the first are temporaries."""
    if len(given) != 4 or not isinstance(given[0], int) or not isinstance(given[1], int):
        return False
    return all(isinstance(each, tuple) and all(isinstance(n, int) for n in each) for each in given[2:])


def merged(axes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sizes and strides of axes, those put together that lie one in the other."""
    axes = sorted(axes, key=lambda axis: -abs(axis[1]))
    sizes, (strides,) = collapsed([size for size, _ in axes], [[stride for _, stride in axes]])
    return list(zip(sizes, strides, strict=True))


def collapsed(shape: Sequence[int], strides: Sequence[Sequence[int]]) -> tuple[list[int], list[list[int]]]:
    """Sizes, and strides of several arrays, without axes of size 1; those that lie one in the other as one.

    >>> collapsed((2, 1, 3), [(3, 9, 1), (6, 9, 2)]), collapsed((2, 3), [(3, 1), (1, 2)])
    (([6], [[1], [2]]), ([2, 3], [[3, 1], [1, 2]]))
    """
    axes: list[tuple[int, Sequence[int]]] = []
    for size, own in zip(shape, zip(*strides, strict=True), strict=True):
        if axes and all(outer == inner * size for outer, inner in zip(axes[-1][1], own, strict=True)):
            axes[-1] = axes[-1][0] * size, own
        elif size != 1:
            axes.append((size, own))
    return [size for size, _ in axes], [[own[i] for _, own in axes] for i in range(len(strides))]


def only_step(shape: Shape, strides: tuple[int, ...]) -> int:
    """The stride of axes that lie one in the other."""
    _, (steps,) = collapsed(shape, [strides])
    if len(steps) > 1:
        raise Untranslated("positions that do not lie side by side")
    return steps[0] if steps else 1


def with_axis(place: Place, at: int) -> Place:
    """The same with one more axis of size 1."""
    memory, start, shape, strides = place
    return memory, start, (*shape[:at], 1, *shape[at:]), (*strides[:at], 0, *strides[at:])


def spread(shape: Shape, strides: tuple[int, ...], whole: Shape) -> tuple[int, ...]:
    """The strides of an array broadcast to a shape."""
    more = len(whole) - len(shape)
    if more < 0:
        raise Untranslated("an array of more axes than where it goes")
    return (*(0,) * more, *(k if n > 1 else 0 for n, k in zip(shape, strides, strict=True)))
