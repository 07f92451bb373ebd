"""Numbers the names of a program in the order in which its lines have them, so that none is missing.

The same cells in another shape have the same number and a letter: ``v1b`` is ``v1``, turned or reshaped.
Their gradients are ``dv1`` and ``dv1b``.
"""

from __future__ import annotations

from math import prod
from typing import Any

from engine.jit.emit.forward import Program
from engine.jit.emit.fusion.uses import place_of, use_of
from engine.jit.emit.statements import trees_of
from engine.jit.emit.views import CELLS, GRADIENTS, Array, View

__all__ = ["number_names"]

_OF_SHAPES = "v", "t"
"""Prefixes that say less than any other of the same cells."""


def number_names(program: Program) -> None:
    """Give the views, constants and buffers that statements use new names, and define them in this order."""
    views = program.views
    chains = list(filter(None, map(_definitions, trees_of(program.statements))))
    named = {id(each): each for chain in chains for each in chain}  # in the order of the lines
    regions: dict[Any, _Region] = {}
    for each in named.values():
        regions.setdefault(_cells(each), _Region()).add(each)
    by_name = {_text(each): regions[_cells(each)] for each in named.values()}
    paired = {
        by_name[own]: by_name[other] for own, other in views.pairs.items() if {own, other} <= by_name.keys()
    }
    numbers: dict[str, int] = {}
    for region in regions.values():
        if region in paired and paired[region].number:
            region.number = paired[region].number
            continue
        counted = "z" if region.prefix == "h" else region.prefix
        region.number = numbers[counted] = numbers.get(counted, 0) + 1
    for each in named.values():
        each.rename(regions[_cells(each)].name(each))
    once: dict[str, Any] = {}
    for chain in chains:
        if _text(chain[-1]) not in once:
            for each in chain:
                once.setdefault(_text(each), each)
    views.renamed([*once.values()])


class _Region:
    """What stands in the same cells: results, in several shapes, and their gradients.

    Attributes:
        prefix: of their names.
        number: behind it.
    """

    def __init__(self) -> None:
        self.prefix, self.number = "", 0
        self._shapes: dict[bool, dict[Any, int]] = {}

    def add(self, each: Any) -> None:
        if not self.prefix or (self.prefix in _OF_SHAPES and each.prefix not in _OF_SHAPES):
            self.prefix = each.prefix
        shapes = self._shapes.setdefault(_kind(each), {})
        shapes.setdefault(_shape(each), len(shapes))

    def name(self, each: Any) -> str:
        d = "d" * (isinstance(each, View) and each.array in GRADIENTS)
        prefix = each.prefix if {each.prefix, self.prefix} == {"z", "h"} else self.prefix
        at = self._shapes[_kind(each)][_shape(each)]
        letters = ""
        while at:  # b, c, …, z, bb, …
            at, letter = divmod(at, 26)
            letters = chr(ord("a") + letter) + letters
        return f"{d}{prefix}{self.number}{letters}{each.after}"


def _definitions(tree: Any) -> list[Any]:
    """The named views and arrays that a view is made of, the first ones first."""
    names = [view for view in tree.made_of if view.is_name] if isinstance(tree, View) else []
    return [view.array if view.source is None else view for view in reversed(names)]


def _text(each: View | Array) -> str:
    return each.name if isinstance(each, Array) else each.text


def _kind(each: View | Array) -> bool:
    """Whether it stands for all steps of a loop."""
    return bool(each.after) and _repeated(each) is None


def _shape(each: View | Array) -> Any:
    named = (_repeated(each) or each) if each.after else each
    return place_of(named)[1:] if isinstance(named, View) else None


def _repeated(each: Any) -> View | None:
    """What a view repeats along the samples."""
    source = each.source.source if isinstance(each, View) and each.source is not None else None
    return source if source is not None and source.is_name else None


def _cells(each: View | Array) -> Any:
    if isinstance(each, Array) or each.array not in (*CELLS, *GRADIENTS):
        return id(each if isinstance(each, Array) else each.array)
    use = use_of(each)
    count = prod(size for size, stride in zip(each.shape, each.strides, strict=True) if stride)
    return each.array.samples, use.low, use.high, count
