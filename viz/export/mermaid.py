"""to_mermaid: a graph as a Mermaid flowchart, which GitHub, GitLab and many editors of Markdown draw."""

from __future__ import annotations

import re
from typing import Any

from viz.export.drawn import drawn
from viz.rendering.errors import RenderError
from viz.rendering.shapes import laid_out, texts_of

__all__ = ["MOST_ARROWS", "to_mermaid"]

MOST_ARROWS = 500
"""Arrows beyond which Mermaid itself refuses a flowchart, as it is set by default (``maxEdges``)."""

_SIGNS = re.compile(r"[^\w .,:=()\[\]…×·−]|_")
_LIST = re.compile(r"(?<=\d)\.(?=\s|$)")
_LOOKS = {"fillcolor": "fill", "color": "stroke", "fontcolor": "color"}


def to_mermaid(root: Any, **options: Any) -> str:
    """Draw a graph or a network as a Mermaid flowchart. Where things stand, Mermaid itself decides.

    Args:
        root: a Value, several in a list, a Neuron, Layer or MLP, or what ``draw_dot`` returned.
        options: those of :func:`viz.draw_dot`: ``rankdir``, ``depth``, ``focus``, ``fold``, …

    Returns:
        The text of the flowchart, to be put into a block of Markdown that begins with three backticks and
        ``mermaid``.

    Raises:
        TypeError: root is something else, or an option does not exist.
        RenderError: there are more than 500 arrows, which Mermaid refuses, or the layout took too long.

    >>> from engine import Value
    >>> print(to_mermaid(Value(2.0, label="x").exp()).splitlines()[0])
    flowchart LR
    """
    dot = drawn(root, options)
    layout = laid_out(dot.source, dot.timeout)
    edges = [each for each in layout.get("edges", []) if "pos" in each and each.get("style") != "invis"]
    if len(edges) > MOST_ARROWS:
        raise RenderError(
            f"this picture has {len(edges)} arrows, and Mermaid draws at most {MOST_ARROWS}; draw less of "
            "the graph (depth=, focus=, fold=, a smaller max_nodes=) or write SVG"
        )
    objects = layout.get("objects", [])
    looks: dict[str, list[str]] = {}
    lines = [f"flowchart {dot.graph_attr.get('rankdir', 'TB')}"]
    if title := texts_of({"_ldraw_": layout.get("_ldraw_", [])}):
        lines.insert(0, f"---\ntitle: {_quoted(' '.join(title))}\n---")
    lines += _parts(objects, looks)
    order = sorted(edges, key=lambda each: each["_gvid"])
    for edge in order:
        arrow = "-.->" if "dashed" in edge.get("style", "") else "-->"
        text = f"|{_label(texts_of(edge))}|" if texts_of(edge) else ""
        lines.append(f"    n{edge['tail']} {arrow}{text} n{edge['head']}")
    thick = [str(i) for i, edge in enumerate(order) if float(edge.get("penwidth", 1)) > 2]
    if thick:
        lines.append(f"    linkStyle {','.join(thick)} stroke-width:3px")
    for i, (look, members) in enumerate(looks.items()):
        lines += [f"    classDef look{i} {look}", f"    class {','.join(members)} look{i}"]
    return "\n".join(lines) + "\n"


def _parts(objects: list[dict[str, Any]], looks: dict[str, list[str]]) -> list[str]:
    """Nodes, within the clusters that Graphviz draws around them."""
    clusters = [each for each in objects if "pos" not in each and "bb" in each]
    inside = {i for each in clusters for i in each.get("subgraphs", [])}
    within = {i: each["_gvid"] for each in sorted(clusters, key=lambda each: -len(each.get("nodes", [])))
              for i in each.get("nodes", [])}  # the smallest of those around it
    by_number = {each["_gvid"]: each for each in objects}
    lines = [_node(each, looks) for each in objects if "pos" in each and each["_gvid"] not in within]
    waiting: list[int | str] = [each["_gvid"] for each in clusters if each["_gvid"] not in inside][::-1]
    while waiting:
        number = waiting.pop()
        if isinstance(number, str):
            lines.append(number)
            continue
        cluster = by_number[number]
        lines.append(f"    subgraph n{number} [{_label(texts_of(cluster) or [' '])}]")
        lines += [_node(by_number[i], looks) for i in cluster.get("nodes", []) if within[i] == number]
        waiting += ["    end", *cluster.get("subgraphs", [])[::-1]]
    return lines


def _node(node: dict[str, Any], looks: dict[str, list[str]]) -> str:
    look = ",".join(f"{ours}:{node[theirs]}" for theirs, ours in _LOOKS.items() if theirs in node)
    if "dashed" in node.get("style", ""):
        look += ",stroke-dasharray:4 3"
    if "penwidth" in node:
        look += f",stroke-width:{float(node['penwidth']):g}px"
    if look:
        looks.setdefault(look, []).append(f"n{node['_gvid']}")
    before, after = ("([", "])") if node.get("shape") == "ellipse" else ("[", "]")
    return f"    n{node['_gvid']}{before}{_label(texts_of(node) or [' '])}{after}"


def _label(texts: list[str]) -> str:
    """Texts as one label in quotes, a line each, with all that Mermaid or Markdown give a meaning escaped.

    >>> print(_label(["w", 'a "b" <c>']))
    "w<br/>a #34;b#34; #60;c#62;"
    """
    return '"' + "<br/>".join(map(_escaped, texts)) + '"'


def _escaped(text: str) -> str:
    """A text with signs as their numbers; a dot only where it would begin a list, as in ``1. x``."""
    return _LIST.sub("#46;", _SIGNS.sub(lambda match: f"#{ord(match[0])};", text))


def _quoted(text: str) -> str:
    """A text as a string of YAML, for the title."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
