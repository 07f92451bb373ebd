"""render: write pictures to files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

from engine.files import write_atomically
from viz.export.drawn import drawn
from viz.export.mermaid import to_mermaid
from viz.export.tikz import to_tikz
from viz.rendering.digraph import ComputationGraph
from viz.rendering.errors import NoLayoutError

__all__ = ["render", "write"]

TEXTS: dict[str, Callable[[ComputationGraph], str]] = {
    ".dot": attrgetter("source"), ".gv": attrgetter("source"), ".tex": to_tikz, ".mmd": to_mermaid,
}  # fmt: skip
PICTURES = (".svg", ".png", ".pdf", ".jpg", ".jpeg", ".gif", ".webp", ".ps", ".eps")


def render(root: Any, path: str | os.PathLike[str], **options: Any) -> Path:
    """Draw a graph or a network and write it to a file, in the format of its suffix.

    Args:
        root: a Value, several in a list, a Neuron, Layer or MLP, or what ``draw_dot`` returned.
        path: ``.svg``; ``.png``, ``.pdf`` and the like with matplotlib or a system Graphviz; ``.dot`` or
            ``.gv`` for the source; ``.tex`` for TikZ, ``.mmd`` for Mermaid. Missing folders are made; the
            file appears whole or not at all.
        options: those of :func:`viz.draw_dot`: ``rankdir``, ``depth``, ``focus``, ``fold``, ``timeout``, …

    Returns:
        The path. Where nothing can lay a graph out (no program ``dot``, no WASM build of Graphviz), the DOT
        source is written in place of a picture, ``graph.dot`` for ``graph.svg``; a RuntimeWarning says so
        and what to install.

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
    return write(drawn(root, options), path)


def write(dot: ComputationGraph, path: str | os.PathLike[str]) -> Path:
    """Write a drawn graph to a file, as :func:`render` does."""
    kind = _kind(path)
    try:
        content = TEXTS[kind](dot) if kind in TEXTS else dot.pipe(format=kind[1:])
    except NoLayoutError as error:
        source = write_atomically(Path(path).with_suffix(".dot"), dot.source)
        warnings.warn(
            f"{path} is not drawn, its source is in {source}: {error}", RuntimeWarning, stacklevel=3
        )
        return source
    return write_atomically(path, content)


def _kind(path: str | os.PathLike[str]) -> str:
    kind = Path(path).suffix.lower()
    if kind not in (*PICTURES, *TEXTS):
        known = ", ".join((*PICTURES, *TEXTS))
        raise ValueError(f"the suffix of the file must be one of {known}; got {os.fspath(path)!r}")
    return kind
