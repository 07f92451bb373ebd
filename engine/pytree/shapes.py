"""Shapes of what specs describe: how many numbers they hold, and which nestings are regular."""

from __future__ import annotations

from math import prod
from typing import Any

from engine.pytree.spec import ARRAY, DICT, LIST, NUMBER, STATIC, TABLE, TUPLE, list_of

__all__ = ["expanded", "nest", "regular_form", "size"]


def size(spec: Any) -> int:
    """How many numbers a spec holds."""
    kind = spec[0]
    if kind in (ARRAY, TABLE):
        return prod(spec[1])
    if kind in (NUMBER, STATIC):
        return int(kind == NUMBER)
    return sum(size(part[1] if kind == DICT else part) for part in spec[2])


def expanded(spec: Any) -> Any:
    """A table as the list or tuple of its rows; anything else as it is."""
    if spec[0] != TABLE:
        return spec
    shape, kinds = spec[1], spec[2:]
    row = (TABLE, shape[1:], kinds[1], None) if len(shape) > 1 else (NUMBER,)
    return (list_of(kinds[0]), kinds[0], (row,) * shape[0])


def regular_form(spec: Any) -> tuple[tuple[int, ...], tuple[Any, ...]] | None:
    """Shape and kinds of lists of equally many numbers, nested to any depth; None for anything else."""
    kind = spec[0]
    if kind == NUMBER:
        return (), ()
    if kind == TABLE:
        return spec[1], spec[2:] if len(spec[1]) == 2 else spec[2:3]
    if kind not in (LIST, TUPLE) or hasattr(spec[1], "_fields"):
        return None
    parts = {regular_form(part) for part in spec[2]}
    if not parts:
        return (0,), (spec[1],)
    inner = parts.pop()
    if parts or inner is None:
        return None
    return (len(spec[2]), *inner[0]), (spec[1], *inner[1])


def nest(shape: tuple[int, ...], kinds: tuple[Any, ...]) -> Any:
    """The spec of lists of this shape, one within the other: the inverse of :func:`regular_form`."""
    if not shape:
        return (NUMBER,)
    if len(shape) <= 2:
        return (TABLE, shape, kinds[0], kinds[1] if len(shape) == 2 else None)
    parts = (nest(shape[1:], kinds[1:]),) * shape[0]
    return (LIST if kinds[0] is list else TUPLE, kinds[0], parts)
