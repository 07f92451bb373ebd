"""Line charts as SVG, for what shows itself in a notebook without matplotlib."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

__all__ = ["line_chart"]

WIDTH, HEIGHT = 340, 190
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 26, 30
"""The margins of the field in which the lines are."""

LETTER = 6.2
"""How wide a letter is."""

LOOKS = (("#2b8cd6", ""), ("#e0701a", "6 3"), ("#12a07a", "2 3"), ("#c06a9c", "8 3 2 3"))
"""Colours, and dashes besides, that stand out from white and from black alike; see ``viz/theme.py``."""

MOST_POINTS = 300
"""Of a longer curve each stretch is drawn by its first number, its smallest and its largest."""

LOG_FROM = 100.0
"""The ratio of the largest to the smallest number from which on the scale is logarithmic."""


def line_chart(curves: Mapping[str, Sequence[float]]) -> str:
    """Curves over the epochs 1, 2, 3, … with the smallest and the largest number beside them.

    The scale is logarithmic where all numbers are above 0 and far apart, and then says so. Numbers that are
    not finite leave a gap.

    Args:
        curves: numbers by name; the names stand above, in the colour and the dash of their lines.

    Returns:
        An ``<svg>`` element; an empty text where there is no finite number.

    >>> chart = line_chart({"loss": [1.0, 0.5, 0.25]})
    >>> chart.count("<polyline"), line_chart({"loss": []})
    (1, '')
    """
    finite = [y for curve in curves.values() for y in curve if math.isfinite(y)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    log = low > 0.0 and high / low >= LOG_FROM
    count = max(map(len, curves.values()))
    place = _Scale(low, high, log, count)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" style="color:inherit;max-width:100%" font-size="11" '
        f'font-family="sans-serif" fill="currentColor">',
        f"<title>{escape(', '.join(curves))} by epoch</title>",
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="currentColor" '
        'opacity=".5"/>',
    ]
    for y, text in {place.y(low): f"{low:.3g}", place.y(high): f"{high:.3g}"}.items():
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    foot = HEIGHT - BOTTOM + 16
    lines.append(f'<text x="{LEFT}" y="{foot}">1</text>')
    if count > 1:
        lines.append(f'<text x="{WIDTH - RIGHT}" y="{foot}" text-anchor="end">{count}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(f'<text x="{middle}" y="{foot}" text-anchor="middle">epoch</text>')
    if log:
        lines.append(f'<text x="{LEFT - 6}" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="end">log</text>')
    at = float(LEFT)
    for i, (name, curve) in enumerate(curves.items()):
        colour, dash = LOOKS[i % len(LOOKS)]
        look = f'stroke="{colour}" stroke-width="1.6"' + (f' stroke-dasharray="{dash}"' if dash else "")
        lines += _lines(curve, place, look, colour)
        lines.append(
            f'<path d="M{at:.0f} 10h22" fill="none" {look}/>'
            f'<text x="{at + 27:.0f}" y="14">{escape(name)}</text>'
        )
        at += 45 + LETTER * len(name)
    return "".join([*lines, "</svg>"])


class _Scale:
    """Numbers to places in the picture."""

    def __init__(self, low: float, high: float, log: bool, count: int) -> None:
        self._log = log
        self._low, self._high = (math.log(low), math.log(high)) if log else (low, high)
        self._count = count

    def x(self, i: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (i / (self._count - 1) if self._count > 1 else 0.5)

    def y(self, number: float) -> float:
        at = math.log(number) if self._log else number
        # halves, as the difference of the largest floats is infinite
        span = self._high / 2 - self._low / 2
        share = (at / 2 - self._low / 2) / span if span else 0.5
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _lines(curve: Sequence[float], place: _Scale, look: str, colour: str) -> Iterator[str]:
    """The finite stretches of a curve: lines, and dots where a number stands alone."""
    stretch: list[str] = []
    for i, number in [*_thinned(curve), (-1, math.nan)]:
        if math.isfinite(number):
            stretch.append(f"{place.x(i):.1f},{place.y(number):.1f}")
            continue
        if len(stretch) == 1:
            x, y = stretch[0].split(",")
            yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'
        elif stretch:
            yield f'<polyline fill="none" {look} points="{" ".join(stretch)}"/>'
        stretch = []


def _thinned(curve: Sequence[float]) -> list[tuple[int, float]]:
    """The numbers with their positions, of a long curve no more than can be seen."""
    points = list(enumerate(curve))
    if len(points) <= MOST_POINTS:
        return points
    step = 3 * len(points) / MOST_POINTS
    kept: set[tuple[int, float]] = {points[-1]}
    start = 0.0
    while int(start) < len(points):
        part = points[int(start) : max(int(start) + 1, int(start + step))]
        kept |= {part[0], min(part, key=lambda each: each[1]), max(part, key=lambda each: each[1])}
        start += step
    return sorted(kept)
