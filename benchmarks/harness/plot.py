"""Draws ratios as SVG: a row a case, a mark a library, on a logarithmic axis, chainrule at 1."""

from __future__ import annotations

import io

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.libraries.table import LIBRARIES

__all__ = ["drawn", "ratios"]

Row = tuple[str, dict[str, float]]
"""What a case is, and how many times as long as chainrule each library takes, by name."""

MARKS = "os^Dv"
"""Libraries are told apart by shape as well as by colour."""

COLOURS = ("C0", "C9", "C2", "C3", "C1", "C6", "C7", "C4", "C5", "C8")


def ratios(tables: str) -> list[Row]:
    """The times of each case, as Markdown tables tell them, for all libraries measured.

    >>> ratios("### `xor`: XOR\\n| | nodes | chainrule, compiled | NumPy |\\n| 9 epochs | 5 | **1** | 0.5 |")
    [('xor: 9 epochs', {'chainrule': 1.0, 'numpy': 0.5})]
    """
    names = {library.label: name for name, library in LIBRARIES.items()}
    rows: list[Row] = []
    for part in tables.split("### `")[1:]:
        lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
        head, *found = [[cell.strip() for cell in cells] for cells in lines]
        for title, _, *cells in found:
            measured = {
                names[label]: float(cell.strip("*").replace(",", ""))
                for label, cell in zip(head[2:], cells, strict=True)
                if "**1**" in cells and cell != "–"
            }
            if len(measured) > 1:
                rows.append((f"{part.split('`')[0]}: {title}", measured))
    return rows


def drawn(rows: list[Row]) -> str:
    """The picture of :func:`ratios` as SVG; right of 1 a library takes longer than chainrule.

    >>> drawn([("moons: demo", {"chainrule": 1.0, "micrograd": 150.0})]).count("moons: demo</text>")
    1
    """
    figure = Figure(figsize=(11, 1.4 + 0.23 * len(rows)), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.set_xlabel("times as long as chainrule (logarithmic): less is faster")
    axes.set_yticks(range(len(rows)), [title if len(title) <= 62 else f"{title[:61]}…" for title, _ in rows])
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.4)
    axes.axvline(1.0, color="black", linewidth=1)
    for i, library in enumerate(LIBRARIES.values()):
        marks = [(found[library.name], row) for row, (_, found) in enumerate(rows) if library.name in found]
        if marks:
            style = {"marker": MARKS[i % len(MARKS)], "color": COLOURS[i], "linestyle": "", "clip_on": False}
            axes.plot(*zip(*marks, strict=True), label=library.label, gid=library.name, **style)
    if rows:
        figure.legend(loc="outside upper center", ncols=4, frameon=False)
    text = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "benchmarks"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
