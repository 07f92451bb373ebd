"""Pictures of graphs, networks and training. SVG needs nothing but what pip installs.

>>> from engine import Value
>>> from viz import draw_dot
>>> x = Value(3.0, label="x")
>>> draw_dot(x * x).source.count(" -> ")
3
"""

from typing import Any

from engine import lazy

_LATER = lazy.by_name(
    {
        "viz.export.backward_steps": "backward_steps",
        "viz.export.mermaid": "to_mermaid",
        "viz.export.tikz": "to_tikz",
        "viz.graphs.draw_dot": "draw_dot",
        "viz.graphs.draw_network": "draw_network",
        "viz.notebook": "mimebundle",
        "viz.plots.activations": "plot_activation plot_activations",
        "viz.plots.animation": "save_animation",
        "viz.plots.axes": "save_figure",
        "viz.plots.boundary": "plot_decision_boundary",
        "viz.plots.curves": "plot_learning_curves plot_loss",
        "viz.plots.gradients": "gradient_sizes plot_gradient_flow plot_gradient_sizes plot_report",
        "viz.plots.heatmap": "plot_confusion_matrix plot_weights",
        "viz.plots.histogram": "plot_histogram",
        "viz.plots.surface": "plot_loss_surface plot_trajectories",
        "viz.rendering.errors": "RenderError",
        "viz.rendering.graphviz": "dot_to_svg",
        "viz.save": "render",
    }
)
"""What viz offers, and the module that has it, imported when first asked for: ``import viz`` is quick."""

__all__ = sorted(_LATER)


def __getattr__(name: str) -> Any:
    return lazy.attribute("viz", _LATER, name)


def __dir__() -> list[str]:
    return lazy.names("viz")
