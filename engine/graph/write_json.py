"""Writes graphs as JSON, which other programs can read; see ``docs/graph_json.md``.

``read_json.py`` reads them again.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.files import write_atomically
from engine.graph.walks import topological_order
from engine.node.backend import Value
from engine.node.copying import row_key

__all__ = ["FORMAT", "KINDS", "VERSION", "save_json", "to_json"]

FORMAT = "chainrule graph"

VERSION = 1
"""Of the schema. It grows when a file of the new form would be misread by the old reader."""

KINDS = ("leaf", "constant", "frozen")
"""What a node that no operator made can be; all others are results."""


def to_json(root: Value) -> str:
    """The graph below a Value as JSON, a line for each node.

    Every node is there with its number, gradient, label, operator, operands and recorded local gradients.
    Attributes that you set are not. Equal graphs give equal texts.

    Args:
        root: the last node of the graph, such as a loss.

    Raises:
        TypeError: the root is not a Value.

    >>> w = Value(0.5, label="w")
    >>> print(to_json(w * 3.0))
    {"format": "chainrule graph", "version": 1, "root": 2, "nodes": [
    {"kind": "leaf", "data": 0.5, "grad": 0.0, "label": "w"},
    {"kind": "constant", "data": 3.0, "grad": 0.0},
    {"kind": "result", "op": "mul", "operands": [0, 1], "local_grads": [3.0, 0.5], "data": 1.5, "grad": 0.0}
    ]}
    <BLANKLINE>
    """
    return "".join(_pieces(root))


def save_json(root: Value, path: str | os.PathLike[str]) -> Path:
    """Write the graph below a Value to a JSON file, which appears whole or not at all.

    The nodes are written one by one, so that the text of a large graph is never held in memory.

    Args:
        root: the last node of the graph.
        path: where to; missing folders are made.

    Returns:
        The path.

    Raises:
        TypeError: the root is not a Value.
        OSError: the file cannot be written; what was there before is unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_json(Value(2.0).exp(), f"{folder}/graph.json").name
    'graph.json'
    """
    return write_atomically(path, _pieces(root))


def _pieces(root: Value) -> Iterator[str]:
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    last = len(order) - 1
    head = {"format": FORMAT, "version": VERSION, "root": last}
    yield f'{json.dumps(head)[:-1]}, "nodes": [\n'
    for i, node in enumerate(order):
        yield json.dumps(_entry(node, position)) + ("\n" if i == last else ",\n")
    yield "]}\n"


def _entry(node: Value, position: dict[Value, int]) -> dict[str, Any]:
    """One node as plain data."""
    key = row_key(node._row)
    if isinstance(key, int):
        entry: dict[str, Any] = {"kind": KINDS[key]}
    else:
        by_hand = isinstance(key, str)
        name, baked = (key, ()) if by_hand else key
        entry = {"kind": "by hand" if by_hand else "result", "op": name}
        if baked:
            entry["baked"] = [_number(x) for x in baked]
        entry["operands"] = [position[child] for child in node._children]
        if node._local_grads:
            entry["local_grads"] = [_number(local_grad) for local_grad in node._local_grads]
    entry |= {"data": _number(node.data), "grad": _number(node.grad)}
    return entry | ({"label": str(node.label)} if node.label else {})


def _number(x: float) -> float | str:
    """A number in JSON; a string for nan and the infinities, which JSON lacks."""
    return x if math.isfinite(x) else str(x)
