"""Draws ratios as SVG: a row a case, a mark a library, on a logarithmic axis, chainrule at 1.

Right of 1 a library takes longer than chainrule, left of it less. The picture is light or dark as the
page is.
"""

from __future__ import annotations

import math
from html import escape

from benchmarks.harness.results import OURS, Report
from benchmarks.harness.tables import short
from benchmarks.libraries.table import LIBRARIES

__all__ = ["drawn", "ratios"]

Row = tuple[str, dict[str, float]]
"""What a case is, and how many times as long as chainrule each library takes, by name."""

LINE, LEFT, AXIS, MARGIN = 19, 470, 400, 26

STYLE = """text{font:11.5px system-ui,sans-serif;fill:#222}
.grid{stroke:#d8d8d8}.one{stroke:#222;stroke-width:1.5}
.m0{fill:#0072b2}.m1{fill:#56b4e9}.m2{fill:#009e73}.m3{fill:#d55e00}.m4{fill:#e69f00}.m5{fill:#cc79a7}.m6{fill:#777}
.m7{fill:#7a4fc0}.m8{fill:#9a5b3c}.m9{fill:#b0a000}
@media (prefers-color-scheme:dark){text{fill:#e6e6e6}.grid{stroke:#444}.one{stroke:#e6e6e6}.m6{fill:#aaa}}"""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

SHAPES = (
    "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0",
    "M-4,-4h8v8h-8z",
    "M0,-5.5L5,4H-5z",
    "M0,-5.5L5.5,0L0,5.5L-5.5,0z",
    "M0,5.5L5,-4H-5z",
)


def ratios(report: Report) -> list[Row]:
    """The first figure of each case that is a time, for all libraries measured."""
    rows: list[Row] = []
    for one in {(each.workload.name, each.case.name): each for each in report.results}.values():
        figure = one.workload.figures[0]
        found = report.of(one.workload.name, one.case.name)
        measured = {name: ratio for name, each in found.items() if (ratio := report.ratio(each, figure.name))}
        if figure.unit.startswith("s") and len(measured) > 1:
            rows.append((f"{one.workload.name}: {one.case.title}", measured))
    return rows


def drawn(rows: list[Row]) -> str:
    """The picture as SVG.

    Args:
        rows: those of :func:`ratios`.

    >>> drawn([("moons: demo", {"chainrule": 1.0, "micrograd": 150.0})]).count("<title>micrograd: 150<")
    1
    """
    names = [name for name in LIBRARIES if any(name in found for _, found in rows)]
    numbers = [ratio for _, found in rows for ratio in found.values()]
    low, high = (
        math.floor(math.log10(min(numbers, default=1))),
        math.ceil(math.log10(max(numbers, default=1))),
    )
    high = max(high, low + 1)

    def across(ratio: float) -> float:
        return LEFT + AXIS * (math.log10(ratio) - low) / (high - low)

    legend = [_mark(names, name, 14 + 215 * (i % 4), 14 + LINE * (i // 4), LIBRARIES[name].label, text=True)
              for i, name in enumerate(names)]  # fmt: skip
    top = 24 + LINE * math.ceil(len(names) / 4)
    bottom = top + LINE * len(rows) + 6
    grid = [
        f'<path class="{"grid" if power else "one"}" d="M{across(10.0**power):.1f},{top}V{bottom}"/>'
        f'<text x="{across(10.0**power):.1f}" y="{bottom + 16}" text-anchor="middle">{_power(power)}</text>'
        for power in range(low, high + 1)
    ]
    lines = []
    for number, (title, found) in enumerate(rows):
        y = top + LINE * (number + 0.7)
        shown = title if len(title) <= 76 else f"{title[:75]}…"
        lines.append(f'<text x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(shown)}</text>')
        lines += [_mark(names, name, across(ratio), y, f"{LIBRARIES[name].label}: {short(ratio)}")
                  for name, ratio in sorted(found.items(), key=lambda item: item[0] in OURS)]  # fmt: skip
    width, height = LEFT + AXIS + MARGIN, bottom + 42
    caption = "times as long as chainrule (logarithmic): less is faster"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}"><title>'
            "How many times as long as chainrule each library takes</title>",
            f"<style>{STYLE}</style>",
            *(*grid, *legend, *lines),
            f'<text x="{LEFT + AXIS / 2:.0f}" y="{bottom + 34}" text-anchor="middle">{caption}</text>',
            "</svg>\n",
        ]
    )


def _power(number: int) -> str:
    return {0: "1", 1: "10"}.get(number, "10" + str(number).translate(SUPERSCRIPTS))


def _mark(names: list[str], name: str, x: float, y: float, title: str, *, text: bool = False) -> str:
    """A library's mark, told apart by shape as well as colour; with its name beside it in the legend."""
    number = names.index(name)
    shape = SHAPES[number % len(SHAPES)]
    mark = (
        f'<path class="m{number % 10}" transform="translate({x:.1f},{y:.1f})" d="{shape}">'
        f"<title>{escape(title)}</title></path>"
    )
    return mark + (f'<text x="{x + 10:.0f}" y="{y + 4:.0f}">{escape(title)}</text>' if text else "")
