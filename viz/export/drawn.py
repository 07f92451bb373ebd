"""drawn: the picture that draw_dot or draw_network makes of a root, or one that they have made already."""

from __future__ import annotations

from typing import Any

from viz.graphs.draw_dot import draw_dot
from viz.graphs.draw_network import draw_network, is_network
from viz.rendering.digraph import ComputationGraph

__all__ = ["drawn"]


def drawn(root: Any, options: dict[str, Any]) -> ComputationGraph:
    """Draw a graph or a network, unless it has been drawn already.

    Raises:
        TypeError: root is something else, or there are options for what has been drawn.

    >>> from engine import Value
    >>> drawn(Value(2.0) * 3, {"rankdir": "TB"}).graph_attr["rankdir"]
    'TB'
    """
    if isinstance(root, ComputationGraph):
        if options:
            raise TypeError(f"{', '.join(options)}: options go to draw_dot, and this has been drawn already")
        return root
    return draw_network(root, **options) if is_network(root) else draw_dot(root, **options)
