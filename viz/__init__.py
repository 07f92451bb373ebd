"""Pictures of graphs, networks and training. SVG needs nothing but what pip installs.

>>> from engine import Value
>>> from viz import draw_dot
>>> x = Value(3.0, label="x")
>>> draw_dot(x * x).source.count(" -> ")
3
"""

from viz.activations import plot_activation, plot_activations
from viz.animation import save_animation
from viz.boundary import plot_decision_boundary
from viz.curves import plot_learning_curves
from viz.errors import RenderError
from viz.flow import plot_gradient_flow, plot_report
from viz.gradients import gradient_sizes, plot_gradient_sizes
from viz.graph import draw_dot
from viz.histogram import plot_histogram
from viz.layout import dot_to_svg
from viz.matrix import plot_confusion_matrix, plot_weights
from viz.network import draw_network
from viz.notebook import mimebundle
from viz.output import render
from viz.plots import plot_loss, save_figure
from viz.surface import plot_loss_surface, plot_trajectories

__all__ = [
    "RenderError",
    "dot_to_svg",
    "draw_dot",
    "draw_network",
    "gradient_sizes",
    "mimebundle",
    "plot_activation",
    "plot_activations",
    "plot_confusion_matrix",
    "plot_decision_boundary",
    "plot_gradient_flow",
    "plot_gradient_sizes",
    "plot_histogram",
    "plot_learning_curves",
    "plot_loss",
    "plot_loss_surface",
    "plot_report",
    "plot_trajectories",
    "plot_weights",
    "render",
    "save_animation",
    "save_figure",
]
