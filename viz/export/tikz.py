r"""to_tikz: a graph as a TikZ picture, for papers and slides in LaTeX.

Places, colours and words are those of ``draw_dot``; the document needs ``\usepackage{tikz}``, nothing else.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from viz.export.drawn import drawn
from viz.rendering.errors import RenderError
from viz.rendering.shapes import Shape, shapes_of

__all__ = ["to_tikz"]

MOST_SHAPES = 3000
"""Shapes beyond which TeX, whose memory is fixed, may not compile the picture."""

_SPECIAL = {
    **{each: rf"\char{ord(each)}{{}}" for each in "\\~^<>|\"`{}$"},  # the monospaced fonts have all of ASCII
    **{each: "\\" + each for each in "&%#_"}, "…": r"\dots{}", "–": "--", "—": "---",
    "␊": r"\char92{}n", "␉": r"\char92{}t", "\N{REPLACEMENT CHARACTER}": "?",
}  # fmt: skip
_MATHEMATICS = {
    "×": r"\times", "·": r"\cdot", "−": "-", "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "√": r"\surd",
    "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "→": r"\to", "←": r"\leftarrow", "∑": r"\sum",
    "Σ": r"\Sigma", "∏": r"\prod", "∈": r"\in", "²": "{}^2", "³": "{}^3", "⋅": r"\cdot", "⊙": r"\odot",
}  # fmt: skip
_GREEK = "αalpha βbeta γgamma δdelta εvarepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi πpi ρrho"
_GREEK += " ςvarsigma σsigma τtau υupsilon φvarphi χchi ψpsi ωomega ϕphi ϵepsilon ΓGamma ΔDelta ΘTheta"
_GREEK += " ΛLambda ΞXi ΠPi ΥUpsilon ΦPhi ΨPsi ΩOmega"
_MATHEMATICS |= {each[0]: "\\" + each[1:] for each in _GREEK.split()} | {"ο": "o"}
_MATHEMATICS |= {chr(0x2080 + i): f"{{}}_{i}" for i in range(10)}


def to_tikz(root: Any, *, document: bool = False, **options: Any) -> str:
    r"""Draw a graph or a network as a ``tikzpicture``.

    Args:
        root: a Value, several in a list, a Neuron, Layer or MLP, or what ``draw_dot`` returned.
        document: whether to put a whole document around it, which ``pdflatex`` compiles as it is.
        options: those of :func:`viz.draw_dot`: ``rankdir``, ``depth``, ``focus``, ``fold``, …

    Returns:
        LaTeX. The preamble needs ``\usepackage{tikz}``. Greek letters and the usual signs are written as
        mathematics, so pdfLaTeX does; for other scripts than Latin and Greek take LuaLaTeX or XeLaTeX.

    Raises:
        TypeError: root is something else, or an option does not exist.
        RenderError: the picture is too large for TeX, or the layout took too long.

    >>> from engine import Value
    >>> print(to_tikz(Value(2.0, label="x_1") * 3).partition("\n")[0])
    \begin{tikzpicture}[x=1bp, y=-1bp, line join=miter]
    """
    dot = drawn(root, options)
    drawing = shapes_of(dot.source, dot.timeout)
    if len(drawing.shapes) > MOST_SHAPES:
        raise RenderError(
            f"this picture has {len(drawing.shapes)} shapes, and TeX compiles some {MOST_SHAPES}; draw less "
            "of the graph (depth=, focus=, fold=, a smaller max_nodes=), or include a PDF: "
            "viz.render(root, 'graph.pdf')"
        )
    colours: dict[str, str] = {}
    lines = []
    for owner, shapes in groupby(drawing.shapes, key=lambda shape: shape.owner):
        lines += [f"  % {_comment(owner)}"] if owner else []
        lines += [f"  {_command(shape, colours)}" for shape in shapes]
    defined = [rf"  \definecolor{{{name}}}{{HTML}}{{{code[1:].upper()}}}" for code, name in colours.items()]
    picture = "\n".join(
        [r"\begin{tikzpicture}[x=1bp, y=-1bp, line join=miter]", *defined, *lines, r"\end{tikzpicture}", ""]
    )
    if not document:
        return picture
    preamble = [r"\documentclass[border=4bp]{standalone}", r"\usepackage[T1]{fontenc}", r"\usepackage{tikz}"]
    return "\n".join([*preamble, r"\begin{document}", picture + r"\end{document}", ""])


def _comment(owner: str) -> str:
    return re.sub(r"[^\w<>-]", "?", owner, flags=re.ASCII)


def _command(shape: Shape, colours: dict[str, str]) -> str:
    if shape.kind == "text":
        anchor = {"start": "base west", "middle": "base", "end": "base east"}[shape.align]
        size = f"{shape.size:g}"
        plate = "fill=white, fill opacity=0.85, text opacity=1, " if shape.plate else ""
        return (
            rf"\node[anchor={anchor}, inner sep=0, {plate}"
            rf"text={_colour(shape.stroke or '#000000', colours)}, "
            rf"font=\ttfamily\fontsize{{{size}}}{{{1.2 * shape.size:g}}}\selectfont] "
            rf"at {_point(shape.points[0])} {{{latex_text(shape.text.strip())}}};"
        )
    looks = [f"draw={_colour(shape.stroke, colours)}"] if shape.stroke else []
    looks += [f"fill={_colour(shape.fill, colours)}"] if shape.fill else []
    looks += [f"line width={shape.width:g}bp"] + ([shape.dash] if shape.dash else [])
    if shape.kind == "ellipse":
        centre, (across, up) = shape.points
        path = f"{_point(centre)} ellipse [x radius={across:g}bp, y radius={up:g}bp]"
    elif shape.kind == "curve":
        first, *rest = map(_point, shape.points)
        path = first + "".join(
            f" .. controls {a} and {b} .. {end}"
            for a, b, end in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        )
    else:
        path = " -- ".join(map(_point, shape.points)) + (" -- cycle" if shape.kind == "polygon" else "")
    return rf"\path[{', '.join(looks)}] {path};"


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:.2f},{point[1]:.2f})"


def _colour(code: str, colours: dict[str, str]) -> str:
    """The name of a colour in the picture: chainruleA, chainruleB, …"""
    return colours.setdefault(code, f"chainrule{_letters(len(colours))}")


def _letters(i: int) -> str:
    return chr(65 + i) if i < 26 else _letters(i // 26 - 1) + chr(65 + i % 26)


def latex_text(text: str) -> str:
    r"""A text in LaTeX, with all that LaTeX gives a meaning escaped, and Greek and signs as mathematics.

    >>> print(latex_text("σ_1 × 50%"))
    \ensuremath{\sigma}\_1 \ensuremath{\times} 50\%
    """
    return "".join(
        _SPECIAL.get(each) or (rf"\ensuremath{{{sign}}}" if (sign := _MATHEMATICS.get(each)) else each)
        for each in text
    )
