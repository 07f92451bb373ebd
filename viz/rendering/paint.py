"""PNG, PDF and other pictures of shapes, painted by matplotlib: no system Graphviz is needed.

matplotlib brings its own monospaced font, so a picture is the same on every machine, and PDF holds outlines
and text, not pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from viz.rendering.errors import RenderError
from viz.rendering.shapes import Drawing, Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PAINTED", "paint", "paint_frames"]

PAINTED = frozenset({"png", "pdf", "jpg", "jpeg", "webp", "ps", "eps"})
"""What can be painted."""

DPI = 192
"""Pixels per inch: twice what screens take for one, for slides."""

LONGEST_SIDE = 12_000
"""Pixels of the longer side, beyond which a large picture gets fewer per inch."""

FONTS = ["DejaVu Sans Mono", "DejaVu Sans"]
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
"""Behind a text that lies on lines."""

_ANCHORS = {"start": "left", "middle": "center", "end": "right"}
_DASHES = {"dashed": (0, (4, 3)), "dotted": (0, (1, 2))}


def paint(drawing: Drawing, format: str, *, dpi: float | None = None) -> bytes:
    """Paint shapes on white.

    Args:
        drawing: the shapes.
        format: one of :data:`PAINTED`.
        dpi: pixels per inch; 192 by default, fewer where a side would have more than 12,000 pixels.

    Raises:
        RenderError: matplotlib is not installed, or the format is another one.

    >>> paint(Drawing(72.0, 36.0, [Shape("text", ((36.0, 20.0),), text="x")]), "png")[1:4]
    b'PNG'
    """
    if format not in PAINTED:
        raise RenderError(f"{format} is not painted; there are {', '.join(sorted(PAINTED))}")
    matplotlib = _matplotlib(format)
    figure = _figure(drawing)
    undated = {"CreationDate": None} if format == "pdf" else None  # equal graphs give equal files
    buffer = BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42, "ps.fonttype": 42}):
        figure.savefig(buffer, format=format, dpi=dpi or _resolution(drawing), metadata=undated)
    return buffer.getvalue()


def paint_frames(drawings: Sequence[Drawing], seconds: float, last: float) -> bytes:
    """Paint drawings of one size as an animated GIF that plays over and over.

    Args:
        drawings: one for each frame.
        seconds: how long each is shown.
        last: how long the last one is shown.

    Raises:
        RenderError: matplotlib, with which Pillow comes, is not installed.

    >>> paint_frames([Drawing(72.0, 36.0)] * 2, 1.0, 2.0)[:3]
    b'GIF'
    """
    _matplotlib("gif")
    from PIL import Image

    frames = []
    for drawing in drawings:
        with Image.open(BytesIO(paint(drawing, "png", dpi=min(_resolution(drawing), DPI / 2)))) as picture:
            frames.append(picture.convert("RGB").quantize(64))
    times = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * last)]
    buffer = BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0)
    return buffer.getvalue()


def _matplotlib(format: str) -> Any:
    try:
        import matplotlib
    except ImportError as error:
        raise RenderError(
            f'{format} needs matplotlib (pip install "chainrule[pictures]") or Graphviz itself, whose '
            "program `dot` is not on the PATH (https://graphviz.org/download/); SVG needs neither"
        ) from error
    return matplotlib


def _resolution(drawing: Drawing) -> float:
    return min(DPI, LONGEST_SIDE * 72 / max(drawing.width, drawing.height))


def _figure(drawing: Drawing) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(drawing.width / 72, drawing.height / 72), facecolor="white")
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    ax.set_axis_off()
    for shape in drawing.shapes:
        if shape.kind == "text":
            ((x, y),) = shape.points
            ax.text(x, y, shape.text, ha=_ANCHORS[shape.align], va="baseline", color=shape.stroke or "black",
                    fontsize=shape.size, family=FONTS, parse_math=False,
                    bbox=PLATE if shape.plate else None)  # fmt: skip
        else:
            ax.add_patch(_patch(shape))
    return figure


def _patch(shape: Shape) -> Any:
    from matplotlib.patches import Ellipse, PathPatch
    from matplotlib.path import Path

    looks: dict[str, Any] = {
        "facecolor": shape.fill or "none", "edgecolor": shape.stroke or "none", "linewidth": shape.width,
        "linestyle": _DASHES.get(shape.dash, "solid"), "joinstyle": "miter",
    }  # fmt: skip
    if shape.kind == "ellipse":
        centre, (across, up) = shape.points
        return Ellipse(centre, 2 * across, 2 * up, **looks)
    closed = shape.kind == "polygon"
    points = [*shape.points, shape.points[0]] if closed else shape.points
    step = Path.CURVE4 if shape.kind == "curve" else Path.LINETO
    codes = [Path.MOVETO, *[step] * (len(points) - 1)]
    if closed:
        codes[-1] = Path.CLOSEPOLY
    return PathPatch(Path(points, codes), **looks)
