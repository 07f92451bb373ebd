"""Pictures of graphs, networks and training. SVG needs nothing but what pip installs.

>>> from engine import Value
>>> from viz import draw_dot
>>> x = Value(3.0, label="x")
>>> draw_dot(x * x).source.count(" -> ")
3
"""

from viz.boundary import plot_decision_boundary
from viz.errors import RenderError
from viz.graph import draw_dot
from viz.layout import dot_to_svg
from viz.network import draw_network
from viz.notebook import mimebundle
from viz.output import render
from viz.plots import plot_loss, save_figure

__all__ = [
    "RenderError",
    "dot_to_svg",
    "draw_dot",
    "draw_network",
    "mimebundle",
    "plot_decision_boundary",
    "plot_loss",
    "render",
    "save_figure",
]
