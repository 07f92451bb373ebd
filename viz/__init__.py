"""Pictures of graphs, networks and training. SVG needs nothing but what pip installs.

>>> from engine import Value
>>> from viz import draw_dot
>>> x = Value(3.0, label="x")
>>> draw_dot(x * x).source.count(" -> ")
3
"""

from viz.export.backward_steps import backward_steps
from viz.export.mermaid import to_mermaid
from viz.export.tikz import to_tikz
from viz.graphs.draw_dot import draw_dot
from viz.graphs.draw_network import draw_network
from viz.notebook import mimebundle
from viz.plots.activations import plot_activation, plot_activations
from viz.plots.animation import save_animation
from viz.plots.axes import save_figure
from viz.plots.boundary import plot_decision_boundary
from viz.plots.curves import plot_learning_curves, plot_loss
from viz.plots.gradients import gradient_sizes, plot_gradient_flow, plot_gradient_sizes, plot_report
from viz.plots.heatmap import plot_confusion_matrix, plot_weights
from viz.plots.histogram import plot_histogram
from viz.plots.surface import plot_loss_surface, plot_trajectories
from viz.rendering.errors import RenderError
from viz.rendering.graphviz import dot_to_svg
from viz.save import render

__all__ = [
    "RenderError",
    "backward_steps",
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
    "to_mermaid",
    "to_tikz",
]
