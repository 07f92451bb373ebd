"""render: write pictures to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from engine.files import write_atomically
from viz.graphs.draw_dot import draw_dot
from viz.graphs.draw_network import draw_network, is_network
from viz.rendering.digraph import ComputationGraph

__all__ = ["render", "write"]

SOURCES = (".dot", ".gv")
PICTURES = (".svg", ".png", ".pdf", ".jpg", ".jpeg", ".gif", ".webp", ".ps", ".eps")


def render(root: Any, path: str | os.PathLike[str], **options: Any) -> Path:
    """Draw a graph or a network and write it to a file, in the format of its suffix.

    Args:
        root: a Value, several in a list, a Neuron, Layer or MLP, or what ``draw_dot`` returned.
        path: ``.svg``; ``.dot`` or ``.gv`` for the source; ``.png``, ``.pdf`` and the like with a system
            Graphviz or with matplotlib. Missing folders are made; the file appears whole or not at all.
        options: those of :func:`viz.draw_dot`: ``rankdir``, ``depth``, ``focus``, ``fold``, ``timeout``, …

    Returns:
        The path.

    Raises:
        ValueError: the suffix is another one.
        RenderError: the format needs a program that is not there, or the layout took too long.
        OSError: the file cannot be written.

    >>> import tempfile
    >>> from engine import Value
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     render(Value(2.0) * 3, f"{folder}/out/graph.svg").read_text()[:5]
    '<?xml'
    """
    _kind(path)  # before a long drawing
    if isinstance(root, ComputationGraph):
        if options:
            raise TypeError(f"{', '.join(options)}: options go to draw_dot, and this has been drawn already")
        return write(root, path)
    return write(draw_network(root, **options) if is_network(root) else draw_dot(root, **options), path)


def write(dot: ComputationGraph, path: str | os.PathLike[str]) -> Path:
    """Write a drawn graph to a file, as :func:`render` does."""
    kind = _kind(path)
    return write_atomically(path, dot.source if kind in SOURCES else dot.pipe(format=kind[1:]))


def _kind(path: str | os.PathLike[str]) -> str:
    kind = Path(path).suffix.lower()
    if kind not in SOURCES + PICTURES:
        raise ValueError(
            f"the suffix of the file must be one of {', '.join(PICTURES + SOURCES)}; got {os.fspath(path)!r}"
        )
    return kind
