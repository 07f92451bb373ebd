"""Notebook display of Values, neurons, layers and networks: a picture, and always text.

Neither engine nor nn imports this package: ``engine.display.notebook`` finds :func:`mimebundle` among the
entry points named ``chainrule.display`` when a notebook asks an object to show itself. It never raises, for
in a notebook an exception would hide the value itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from engine import Value
from viz.graphs.draw_dot import draw_dot
from viz.graphs.draw_network import draw_network, is_network
from viz.rendering.digraph import ComputationGraph, bundle

__all__ = ["mimebundle"]

NODES_AT_A_GLANCE = 300
"""How much a notebook draws unasked; ``draw_dot`` draws more."""

SECONDS = 5.0


def mimebundle(
    obj: Any, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> dict[str, Any]:
    """The notebook display of an object by MIME type: ``text/plain``, and SVG if it can be drawn.

    Args:
        obj: a Value, or anything built like a Neuron (``w``, ``b``), a Layer (``neurons``) or an MLP
            (``layers``); of anything else the text alone is shown.
        include: MIME types wanted; None for all.
        exclude: MIME types not wanted.

    >>> sorted(mimebundle(Value(2.0) * 3))
    ['image/svg+xml', 'text/plain']
    """
    draw: Callable[[], ComputationGraph] | None = None
    if isinstance(obj, ComputationGraph):
        return obj._repr_mimebundle_(include, exclude)
    if isinstance(obj, Value):
        draw = partial(draw_dot, obj, timeout=SECONDS)
    elif is_network(obj):
        draw = partial(draw_network, obj, max_nodes=NODES_AT_A_GLANCE, timeout=SECONDS)
    return bundle(repr(obj), draw, include, exclude)
