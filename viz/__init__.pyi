# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from viz.export.backward_steps import backward_steps as backward_steps
from viz.export.mermaid import to_mermaid as to_mermaid
from viz.export.tikz import to_tikz as to_tikz
from viz.graphs.draw_dot import draw_dot as draw_dot
from viz.graphs.draw_network import draw_network as draw_network
from viz.notebook import mimebundle as mimebundle
from viz.plots.activations import plot_activation as plot_activation
from viz.plots.activations import plot_activations as plot_activations
from viz.plots.animation import save_animation as save_animation
from viz.plots.axes import save_figure as save_figure
from viz.plots.boundary import plot_decision_boundary as plot_decision_boundary
from viz.plots.curves import plot_learning_curves as plot_learning_curves
from viz.plots.curves import plot_loss as plot_loss
from viz.plots.gradients import gradient_sizes as gradient_sizes
from viz.plots.gradients import plot_gradient_flow as plot_gradient_flow
from viz.plots.gradients import plot_gradient_sizes as plot_gradient_sizes
from viz.plots.gradients import plot_report as plot_report
from viz.plots.heatmap import plot_confusion_matrix as plot_confusion_matrix
from viz.plots.heatmap import plot_weights as plot_weights
from viz.plots.histogram import plot_histogram as plot_histogram
from viz.plots.surface import plot_loss_surface as plot_loss_surface
from viz.plots.surface import plot_trajectories as plot_trajectories
from viz.rendering.errors import RenderError as RenderError
from viz.rendering.graphviz import dot_to_svg as dot_to_svg
from viz.save import render as render

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
