"""backward_steps: a picture for each step of a backward pass."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import Value
from engine.explanation.sweep import recorded_sweep
from engine.files import write_atomically
from engine.floats.validate import integer
from engine.graph.walks import trace
from engine.quoting import typed
from viz.export.film import Film, film
from viz.export.film_svg import animated_svg, frame_svg
from viz.graphs.draw_dot import check_direction
from viz.labels import Words, visible
from viz.rendering.graphviz import TIMEOUT
from viz.rendering.paint import paint, paint_frames

__all__ = ["MAX_STEPS", "backward_steps"]

MAX_STEPS = 200
"""Steps that are drawn by default."""

FORMATS = ("svg", "png", "pdf")
ANIMATIONS = ("svg", "gif")


def backward_steps(
    root: Value,
    folder: str | os.PathLike[str],
    format: str = "svg",
    *,
    animation: str | None = "svg",
    seconds: float = 1.5,
    rankdir: str = "LR",
    labels: Mapping[Any, str] | None = None,
    max_steps: int = MAX_STEPS,
    timeout: float | None = TIMEOUT,
) -> list[Path]:
    """Write a picture for each step of the backward pass, and all of them as one animation.

    Each step is one arrow: the gradient of a node, times the local gradient on the arrow, is added to the
    gradient of an operand. The picture marks these numbers, writes out the product and the running sum, and
    leaves blank what the pass has not yet reached. Order and numbers are those of the engine's own sweep, and
    nothing moves from one picture to the next. Gradients are left as they were; those of leaves start from 0
    in the pictures.

    Args:
        root: where the pass starts.
        folder: where to write ``step-00.svg``, ``step-01.svg``, … and ``backward.svg``; made if missing.
        format: "svg", "png" or "pdf"; the last two need matplotlib.
        animation: "svg", which browsers play and slides in HTML show; "gif", which needs matplotlib; None for
            none.
        seconds: how long the animation shows a step.
        rankdir: the direction from leaves to root: LR, TB, RL or BT.
        labels: replacements of words, sentences (``viz.export.step_texts.SENTENCES``) and names.
        max_steps: how many pictures may be written.
        timeout: seconds the layout may take; None for no limit.

    Returns:
        The paths: those of the steps in order, then that of the animation.

    Raises:
        TypeError: the root is not a Value, or labels are not texts.
        ValueError: an option has an unknown value, or the pass has more steps than ``max_steps``.
        GraphError: the root takes no gradient, or a node was built by hand without local gradients.
        RenderError: matplotlib is needed and missing, or the layout took too long.
        OSError: a file cannot be written.

    >>> import tempfile
    >>> x = Value(3.0, label="x")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(*(path.name for path in backward_steps(x * x, folder)))
    step-0.svg step-1.svg step-2.svg step-3.svg backward.svg
    """
    if not isinstance(root, Value):
        raise TypeError(f"a backward pass starts from a Value, got {typed(root)}")
    for name, chosen, known in (("format", format, FORMATS), ("animation", animation, (*ANIMATIONS, None))):
        if chosen not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(str, known))}; got {chosen!r}")
    if not seconds > 0:
        raise ValueError(f"seconds must be above 0, got {seconds!r}")
    check_direction(rankdir)
    graph = trace(root)
    count = sum(map(len, graph.operands))
    if count > integer("max_steps", max_steps):
        raise ValueError(
            f"this backward pass has {count} steps, and max_steps={max_steps} pictures may be written: take "
            "a node nearer to the leaves as the root, a smaller network or one sample, or raise max_steps"
        )
    words = Words(labels)
    made = film(graph, list(recorded_sweep(graph)), rankdir, words, timeout)
    title = words("Backward pass of {root}", root=visible(root.label or root._op or "a leaf"))
    return _written(made, Path(folder), format, animation, title, seconds)


def _written(
    made: Film, folder: Path, format: str, animation: str | None, title: str, seconds: float
) -> list[Path]:
    frames = range(len(made.captions))
    digits = len(str(frames[-1]))
    contents: dict[str, str | bytes] = {
        f"step-{k:0{digits}}.{format}":
        frame_svg(made, k, title) if format == "svg" else paint(made.frame(k), format)
        for k in frames
    }  # fmt: skip
    if animation == "svg":
        contents["backward.svg"] = animated_svg(made, title, seconds)
    elif animation == "gif":
        contents["backward.gif"] = paint_frames([made.frame(k) for k in frames], seconds, 3 * seconds)
    return [write_atomically(folder / name, content) for name, content in contents.items()]
