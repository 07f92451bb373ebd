"""SVG of a backward pass: one frame, or all of them as an animation in CSS, which needs no script."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape

from viz.export.film import INSIDE, Film
from viz.labels import visible
from viz.rendering.shapes import Shape
from viz.rendering.svg import with_name
from viz.theme import FONT_STACK, TEXT_OUTSIDE

__all__ = ["animated_svg", "frame_svg"]

SCOPE = "chainrule-steps"
_DARK = {TEXT_OUTSIDE: "#e4e4e4", "#b0b0b0": "#7d7d7d", "#555555": "#b5b5b5", "#a0307c": "#ef7fc6"}
"""What lies outside of boxes, on a dark ground."""


def frame_svg(film: Film, k: int, title: str) -> str:
    """One frame as an SVG."""
    caption = "; ".join(film.captions[k])
    return with_name(_opening(film) + _style("") + _elements(film.frame(k).shapes) + "</svg>", title, caption)


def animated_svg(film: Film, title: str, seconds: float) -> str:
    """All frames as one SVG that plays over and over; the last frame stays three times as long.

    Where motion is not wanted (``prefers-reduced-motion``), and where a viewer knows no CSS animations, it
    shows the last frame. The pointer on the picture stops it.

    Args:
        film: what to show.
        title: its name, for screen readers.
        seconds: how long a frame is shown.
    """
    frames = len(film.captions)
    total = seconds * (frames + 2)
    rules, parts = [], []
    for (first, last), group in groupby(film.shown, key=lambda each: (each.first, each.last)):
        shapes = [each.shape for each in group]
        if last < first:
            continue
        if (first, last) == (0, frames - 1):
            parts.append(_elements(shapes))
            continue
        name = f"{SCOPE}-{first}-{last}"
        start, end = (100 * k / (frames + 2) for k in (first, last + 1))
        times = [("0%", first == 0)] + ([(f"{start:.3f}%", True)] if first else [])
        times += [(f"{end:.3f}%", False)] if last < frames - 1 else []
        steps = "".join(f"{at}{{visibility:{'visible' if on else 'hidden'}}}" for at, on in times)
        hidden = "" if last == frames - 1 else "visibility:hidden;"
        rule = f"@keyframes {name}{{{steps}}}.{name}{{{hidden}animation:{name} {total:g}s step-end infinite}}"
        if rule not in rules:
            rules.append(rule)
        parts.append(f'<g class="{name}">\n{_elements(shapes)}</g>\n')
    still = f"@media (prefers-reduced-motion:reduce){{.{SCOPE} g{{animation:none!important}}}}"
    pause = f".{SCOPE}:hover g{{animation-play-state:paused}}"
    body = _opening(film) + _style("\n".join([*rules, still, pause])) + "".join(parts) + "</svg>"
    return with_name(body, title, "; ".join(film.captions[-1]))


def _opening(film: Film) -> str:
    size = f'width="{film.width:.0f}pt" height="{film.height:.0f}pt"'
    return (
        f'<svg class="{SCOPE}" {size} viewBox="0 0 {film.width:.2f} {film.height:.2f}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="{FONT_STACK}">'
    )


def _style(rules: str) -> str:
    dark = "".join(
        f'.{SCOPE} [data-out][{kind}="{light}"]{{{kind}:{dark}}}'
        for light, dark in _DARK.items() for kind in ("fill", "stroke")
    )  # fmt: skip
    return f"<style>{rules}\n@media (prefers-color-scheme:dark){{{dark}}}</style>\n"


def _elements(shapes: Iterable[Shape]) -> str:
    return "".join(map(_element, shapes))


def _element(shape: Shape) -> str:
    out = "" if shape.owner.startswith(INSIDE) else ' data-out=""'
    if shape.kind == "text":
        ((x, y),) = shape.points
        text = escape(visible(shape.text, 200))
        return (
            f'<text{out} x="{x:.2f}" y="{y:.2f}" text-anchor="{shape.align}" font-size="{shape.size:g}" '
            f'fill="{shape.stroke}" xml:space="preserve">{text}</text>\n'
        )
    looks = f'{out} fill="{shape.fill or "none"}" stroke="{shape.stroke or "none"}"'
    looks += f' stroke-width="{shape.width:g}"' if shape.stroke else ""
    looks += ' stroke-dasharray="4 3"' if shape.dash else ""
    points = [f"{x:.2f},{y:.2f}" for x, y in shape.points]
    if shape.kind == "curve":
        return f'<path{looks} d="M{points[0]}C{" ".join(points[1:])}"/>\n'
    return f'<polygon{looks} points="{" ".join(points)}"/>\n'
