"""The graph as the lifted program: statements over arrays, and which scalars each of them computes.

``engine.jit`` lifts the same graph; its statements write views of cells, and a cell belongs to the nodes that
compute the same function of the leaves. That is found by numbers: both are computed at made-up leaves.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from engine import Value, jit, no_grad
from engine.jit.emit.statements import Assign, Scatter
from engine.jit.emit.trees import MatMul
from engine.jit.emit.views import CELLS, GRADIENTS
from engine.jit.lower.canonical import CONST, ELEM, LEAF, LIN, SEQ, Node
from engine.ops.op import CONSTANT
from playground.backward.recomputed import recomputed
from playground.backward.scene import Scene

__all__ = ["statements"]

MOST_NODES = 3000
"""Nodes of a graph that is lifted for the page."""

MOST_CELLS = 200
"""Cells of a statement that are listed."""

SPREADS = (0.1, 0.2, 3.0, 6.0, 9.0, 12.0)
"""How far made-up leaves are from their numbers; those far off wake units that are dead."""


def statements(scene: Scene) -> list[dict[str, Any]]:
    """The statements of the lifted program, forward and then backward, each with the nodes of its cells.

    Returns:
        For each its text, such as ``dW1 = dz1 @ x1.T``; whether it computes gradients; the nodes, a list for
        each cell. Empty where the graph is too large or cannot be lifted.
    """
    graph = scene.graph
    if len(graph.nodes) > MOST_NODES:
        return []
    lifted = jit(lambda: recomputed(graph)[graph.roots[0]])
    lifted()
    shown = lifted._shown
    if not shown.has_arrays:
        return []
    _, layout, program = shown.unrolled()  # each statement once, also what repeats
    nodes_of = _nodes_of_refs(scene, layout.nodes, shown.trace.captured)
    of_cell: dict[int, list[int]] = {}
    for ref, cell in enumerate(layout.cell.tolist()):
        of_cell.setdefault(cell, []).extend(nodes_of[ref])  # a cell may hold a sum and then its activation
    found: list[dict[str, Any]] = []
    for statement in program.statements:
        array, cells, shape = _written_to(statement)
        if array in (CELLS[0], GRADIENTS[0]):
            nodes = [of_cell.get(cell, []) for cell in cells[:MOST_CELLS]]
            gradient = array is GRADIENTS[0]
            found.append({"text": _text(statement), "gradient": gradient, "shape": shape, "cells": nodes})
    return [each for each in found if any(each["cells"])]


def _written_to(statement: Any) -> tuple[Any, list[int], list[int]]:
    """The array, the cells and the shape that a statement writes; nothing for a procedure."""
    if isinstance(statement, Assign):
        target = statement.target
        return target.array, target.places.ravel().tolist(), list(target.shape)
    if isinstance(statement, Scatter) and statement.at.is_constant:
        array, index = statement.at.array, statement.at.index
        positions: Any = index.array.numbers
        return array, positions.ravel()[index.places].ravel().tolist(), list(index.shape)
    return None, [], []


def _text(statement: Any) -> str:
    """The statement as mathematics would write it."""
    value = statement.value
    written = f"{value.a.text} @ {value.b.text}" if isinstance(value, MatMul) else value.text
    if isinstance(statement, Scatter):
        to = f"{statement.at.array.name}[{statement.at.index.text}]"
        return f"{to} {'+=' if statement.adds else '='} {written}"
    return f"{statement.target.text} {'+=' if statement.adds else '='} {written}"


def _nodes_of_refs(scene: Scene, canonical: Sequence[Node], captured: list[Value]) -> list[list[int]]:
    """For each canonical node the nodes of the graph that compute the same function."""
    graph, chance = scene.graph, random.Random(7)
    keys: list[list[str]] = [[] for _ in graph.nodes]
    refs: list[list[str]] = [[] for _ in canonical]
    for spread in SPREADS:
        made_up = {
            i: Value(node.data + spread * chance.uniform(-1.0, 1.0))
            for i, node in enumerate(graph.nodes)
            if not node._children and node._row is not CONSTANT
        }
        with no_grad():
            for i, node in enumerate(recomputed(graph, made_up)):
                keys[i].append(_rounded(node.data))
        number_of = {id(graph.nodes[i]): value.data for i, value in made_up.items()}
        given = [number_of.get(id(leaf), leaf.data) for leaf in captured]
        for ref, x in enumerate(_evaluated(canonical, given)):
            refs[ref].append(_rounded(x))
    known: dict[tuple[str, ...], list[int]] = {}
    for i, key in enumerate(keys):
        known.setdefault(tuple(key), []).append(i)
    return [known.get(tuple(key), []) for key in refs]


def _evaluated(canonical: Sequence[Node], captured: list[float]) -> list[float]:
    """The number of each canonical node; nan for kinds that are not followed here."""
    numbers: list[float] = []
    for node in canonical:
        xs = [numbers[ref] for ref in node.operands]
        row: Any = node.row
        if node.kind == LEAF:
            x = captured[node.number.index]
        elif node.kind == CONST:
            x = float(node.number)
        elif node.kind == LIN:
            x = node.k or 0.0
            for scale, const, a, b in node.terms:
                factors = (1.0 if const is None else const) * (numbers[b] if b >= 0 else 1.0)
                x += scale * factors * numbers[a]
        elif node.kind in (ELEM, SEQ):
            x = row.forward(xs) if row.arity is None else row.forward(*xs)
        else:
            x = math.nan
        numbers.append(x)
    return numbers


def _rounded(x: float) -> str:
    """A number as it is compared: sums that are added in another order differ in the last digits."""
    return f"{x + 0.0:.8e}"
