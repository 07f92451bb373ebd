"""ComputationGraph: the graphviz package's Digraph, rendered without the program ``dot``.

With it, ``draw_dot(loss)`` in a notebook and ``draw_dot(loss).render("out/graph")`` work on a machine
that has nothing but pip. All else is the graphviz package's: ``source``, ``node``, ``edge``, ``save``,
``view``.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import graphviz

from engine.files import write_atomically
from viz.rendering.errors import NoLayoutError
from viz.rendering.graphviz import TIMEOUT, dot_to_bytes, dot_to_svg

__all__ = ["ComputationGraph", "bundle", "fitted"]

SVG = "image/svg+xml"

COLUMN = 640.0
"""How wide the column of a notebook is, in points, or little wider."""

SMALLEST = 0.6
"""How far a picture is shrunk to fit; smaller letters would not be read, so a wider one is scrolled."""

_SIZE = re.compile(r'(<svg [^>]*?width=")([\d.]+)(pt" height=")([\d.]+)(pt")')


class ComputationGraph(graphviz.Digraph):  # type: ignore[misc]
    """A ``graphviz.Digraph`` that writes SVG, text, and with matplotlib PNG and PDF, without Graphviz itself.

    Args:
        title: the picture's name, for screen readers.
        description: what it shows, likewise.
        timeout: seconds a layout may take; None for no limit.
        options: those of ``graphviz.Digraph``; the format is svg unless given.

    >>> dot = ComputationGraph()
    >>> dot.edge("a", "b")
    >>> "<svg" in dot.pipe(encoding="utf-8")
    True
    """

    def __init__(
        self,
        name: str | None = None,
        comment: str | None = None,
        *,
        title: str = "",
        description: str = "",
        timeout: float | None = TIMEOUT,
        **options: Any,
    ) -> None:
        options.setdefault("format", "svg")
        super().__init__(name=name, comment=comment, **options)
        self.title = title
        self.description = description
        self.timeout = timeout

    def _copy_kwargs(self, **kwargs: Any) -> Any:  # what copy() and subgraph() pass on
        own = {"title": self.title, "description": self.description, "timeout": self.timeout}
        return super()._copy_kwargs(**kwargs) | own

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> Any:
        """The picture as bytes, or as text with an encoding; arguments as in the graphviz package.

        Raises:
            RenderError: the layout took too long, or the format needs a program that is not there.
        """
        format = format or self.format
        if renderer or formatter or neato_no_op or (engine or self.engine) != "dot":
            return super().pipe(
                format, renderer=renderer, formatter=formatter, neato_no_op=neato_no_op, quiet=quiet,
                engine=engine, encoding=encoding,
            )  # fmt: skip
        if format == "svg":
            svg = dot_to_svg(
                self.source, timeout=self.timeout, title=self.title, description=self.description
            )
            return svg if encoding else svg.encode("utf-8")
        picture = dot_to_bytes(self.source, format, timeout=self.timeout)
        return picture.decode(encoding) if encoding else picture

    def render(
        self,
        filename: os.PathLike[str] | str | None = None,
        directory: os.PathLike[str] | str | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: os.PathLike[str] | str | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Save the source, write the picture beside it, and return its path, as the graphviz package does.

        ``draw_dot(loss).render("out/graph")`` writes ``out/graph`` (the source) and ``out/graph.svg``;
        ``cleanup=True`` removes the source again, ``view=True`` opens the picture.

        Where nothing can lay the graph out, the source alone is written, its path returned, and a
        RuntimeWarning says what to install.

        Raises:
            RenderError: as :meth:`pipe`.
        """
        special = renderer or formatter or neato_no_op or raise_if_result_exists or overwrite_source
        if special or (engine or self.engine) != "dot":
            path: str = super().render(
                filename, directory=directory, view=view, cleanup=cleanup, format=format, renderer=renderer,
                formatter=formatter, neato_no_op=neato_no_op, quiet=quiet, quiet_view=quiet_view,
                outfile=outfile, engine=engine, raise_if_result_exists=raise_if_result_exists,
                overwrite_source=overwrite_source,
            )  # fmt: skip
            return path
        if outfile is not None:
            picture = Path(outfile) if directory is not None else Path(self.directory, outfile)
            format = format or picture.suffix.lstrip(".") or self.format
            filename = picture.with_suffix(f".{self._default_extension}") if filename is None else filename
        try:
            content = self.pipe(format)  # before anything is written: a failure leaves no files behind
        except NoLayoutError as error:
            path = str(self.save(filename, directory=directory))
            warnings.warn(f"only the source is written, {path}: {error}", RuntimeWarning, stacklevel=2)
            return path
        source = Path(self.save(filename, directory=directory))
        if outfile is None:
            picture = Path(f"{source}.{format or self.format}")
        write_atomically(picture, content)
        if cleanup:
            source.unlink()
        if view or quiet_view:
            self._view(str(picture), format=format or self.format, quiet=quiet_view)
        return str(picture)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        """The notebook display: the picture, or a text that says why there is none."""
        return bundle(repr(self), lambda: self, include, exclude)


def bundle(
    text: str,
    draw: Callable[[], ComputationGraph] | None,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
) -> dict[str, Any]:
    """A notebook display of a text, and a picture if it can be drawn; never raises.

    >>> bundle("text", None)
    {'text/plain': 'text'}
    """
    shown = {"text/plain": text}
    wanted = set(include) if include is not None else {"text/plain", SVG}
    wanted -= set(exclude or ())
    if draw is not None and SVG in wanted:
        try:
            shown[SVG] = fitted(draw().pipe(format="svg", encoding="utf-8"))
        except Exception as error:  # whatever it is, the text must come through
            shown["text/plain"] = f"{text}\n(no picture: {error})"
    return {kind: content for kind, content in shown.items() if kind in wanted}


def fitted(svg: str) -> str:
    """A picture for the column of a notebook: shrunk to its width, but not so far that it cannot be read.

    >>> fitted('<svg width="800pt" height="100pt">'), fitted('<svg width="8pt" height="100pt">')
    ('<svg width="640pt" height="80pt">', '<svg width="8pt" height="100pt">')
    """

    def shrunk(found: re.Match[str]) -> str:
        width, height = float(found[2]), float(found[4])
        share = max(SMALLEST, min(1.0, COLUMN / width if width else 1.0))
        return f"{found[1]}{share * width:g}{found[3]}{share * height:g}{found[5]}"

    return _SIZE.sub(shrunk, svg, count=1)
