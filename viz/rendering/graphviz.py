"""Lay out DOT with the system's Graphviz if there is one, else with its WASM build.

What the WASM build cannot write, PNG and PDF for example, is painted from its layout by matplotlib.
"""

from __future__ import annotations

import shutil
import subprocess

from viz.rendering import wasm
from viz.rendering.errors import RenderError, too_slow
from viz.rendering.paint import PAINTED, paint
from viz.rendering.shapes import shapes_of
from viz.rendering.svg import polish

__all__ = ["TIMEOUT", "dot_to_bytes", "dot_to_svg"]

TIMEOUT = 20.0
"""Seconds a layout may take by default."""


def dot_to_svg(
    source: str, *, timeout: float | None = TIMEOUT, title: str = "", description: str = ""
) -> str:
    """Lay out a DOT source as an SVG picture; needs no installed program.

    Args:
        source: DOT.
        timeout: seconds the layout may take; None for no limit.
        title: the picture's name, for screen readers.
        description: what it shows, likewise.

    Returns:
        A complete SVG document. Its background is transparent.

    Raises:
        RenderError: the source is not valid DOT, or the layout took too long.

    >>> dot_to_svg("digraph { a -> b }", title="two nodes").count('class="node"')
    2
    """
    return polish(dot_to_bytes(source, "svg", timeout=timeout).decode("utf-8"), title, description)


def dot_to_bytes(source: str, format: str, *, timeout: float | None = TIMEOUT) -> bytes:
    """Lay out a DOT source in any format of Graphviz, unchanged.

    Args:
        source: DOT.
        format: ``svg``; ``png``, ``pdf``, ``jpg``, ``webp``, ``ps`` and ``eps``, which need matplotlib or a
            system Graphviz; with the latter whatever else it can.
        timeout: seconds the layout may take; None for no limit.

    Raises:
        RenderError: as :func:`dot_to_svg`, and for a format that needs a program that is not there.

    >>> dot_to_bytes("digraph { a -> b }", "plain").split()[0]
    b'graph'
    """
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout is a number of seconds above 0, or None for no limit, got {timeout!r}")
    program = shutil.which("dot")
    if program is None:
        if format not in wasm.FORMATS | PAINTED:
            raise RenderError(
                f"{format} needs Graphviz itself, whose program `dot` is not on the PATH: install it "
                "(https://graphviz.org/download/) or write SVG, PNG or PDF"
            )
        return _without_system(source, format, timeout)
    try:
        return _by_system(program, source, format, timeout)
    except _BrokenProgramError as error:
        if format not in wasm.FORMATS | PAINTED:
            raise RenderError(f"{program} cannot write {format}: {error}") from None
        return _without_system(source, format, timeout)  # an installation without plug-ins, or bad DOT


def _without_system(source: str, format: str, timeout: float | None) -> bytes:
    if format in wasm.FORMATS:
        return wasm.render(source, format, timeout=timeout)
    return paint(shapes_of(source, timeout), format)


class _BrokenProgramError(Exception):
    """The system's Graphviz failed for another reason than time; the text is its message."""


def _by_system(program: str, source: str, format: str, timeout: float | None) -> bytes:
    try:
        done = subprocess.run(
            [program, f"-T{format}"],
            input=source.encode("utf-8", "replace"),
            capture_output=True,
            timeout=timeout,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise too_slow(timeout) from error
    except OSError as error:
        raise _BrokenProgramError(str(error)) from error
    if done.returncode or not done.stdout:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise _BrokenProgramError(said[:500] or f"exit status {done.returncode}")
    return done.stdout
