"""Pictures of graphs, networks and training. SVG needs nothing but what pip installs.

>>> from engine import Value
>>> from viz import draw_dot
>>> x = Value(3.0, label="x")
>>> draw_dot(x * x).source.count(" -> ")
3
"""

from typing import Any

from engine import lazy

_LATER: dict[str, str] = {
    "RenderError": "viz.rendering.errors",
    "backward_steps": "viz.export.backward_steps",
    "dot_to_svg": "viz.rendering.graphviz",
    "draw_dot": "viz.graphs.draw_dot",
    "draw_network": "viz.graphs.draw_network",
    "gradient_sizes": "viz.plots.gradients",
    "mimebundle": "viz.notebook",
    "plot_activation": "viz.plots.activations",
    "plot_activations": "viz.plots.activations",
    "plot_confusion_matrix": "viz.plots.heatmap",
    "plot_decision_boundary": "viz.plots.boundary",
    "plot_gradient_flow": "viz.plots.gradients",
    "plot_gradient_sizes": "viz.plots.gradients",
    "plot_histogram": "viz.plots.histogram",
    "plot_learning_curves": "viz.plots.curves",
    "plot_loss": "viz.plots.curves",
    "plot_loss_surface": "viz.plots.surface",
    "plot_report": "viz.plots.gradients",
    "plot_trajectories": "viz.plots.surface",
    "plot_weights": "viz.plots.heatmap",
    "render": "viz.save",
    "save_animation": "viz.plots.animation",
    "save_figure": "viz.plots.axes",
    "to_mermaid": "viz.export.mermaid",
    "to_tikz": "viz.export.tikz",
}
"""What viz offers, and the module that has it, imported when first asked for: ``import viz`` is quick."""

__all__ = sorted(_LATER)


def __getattr__(name: str) -> Any:
    return lazy.attribute("viz", _LATER, name)


def __dir__() -> list[str]:
    return lazy.names("viz")
