"""gradient_report: sizes of gradients and of the next step, layer by layer, with warnings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine import Value, enable_grad
from engine.autograd.context_decorator import and_put_back
from engine.diagnostics.report import Report, report
from engine.diagnostics.survey import root_mean_square, survey
from engine.graph.walks import trace
from engine.node.bulk import read_grad, trainable
from engine.quoting import typed
from nn.modules.members.kept import named_in
from nn.modules.module import Module

__all__ = ["gradient_report", "layer_gradients", "planned_step"]


def gradient_report(
    model: Module, loss: Value | None = None, *, optimizer: Any = None, lr: float | None = None
) -> Report:
    """Report the gradients of a model layer by layer: their size, that of the next step, and problems.

    Args:
        model: a Module; layers are found by the dotted names of its parameters.
        loss: the loss of a batch. With it the report covers the whole graph (signals, local gradients, dead
            and saturated units); without it, the ``grad`` of the parameters.
        optimizer: the optimiser whose next step to compare with the weights. It is tried and undone: model
            and optimiser stay as they are.
        lr: in its place, the step size of plain gradient descent.

    Returns:
        The report, as :func:`engine.report` makes it.

    Raises:
        TypeError: model is not a Module, loss not a Value, or the optimiser's steps cannot be undone.
        ValueError: optimizer and lr are both given, the model has no parameters, or the loss is made of none.

    >>> from nn import MLP, SGD, mse
    >>> model = MLP(2, [3, 3, 1], activation="tanh", rng=0)
    >>> loss = mse([model([0.5, -1.0]), model([1.0, 2.0])], [1.0, 0.0])
    >>> found = gradient_report(model, loss, optimizer=SGD(model.parameters(), lr=0.001))
    >>> [layer.name for layer in found.layers], found.warnings
    (['layers.0', 'layers.1', 'layers.2'], [])
    """
    if not isinstance(model, Module):
        raise TypeError(f"model must be a Module, got {typed(model)}")
    if optimizer is not None and lr is not None:
        raise ValueError("give optimizer= or lr=, not both")
    named = dict(model.named_parameters())
    if not named:
        raise ValueError(f"this {type(model).__name__} has no parameters to report on")
    root = _gradients_as_root(named) if loss is None else loss
    first = report(root, lr=lr, groups=named)
    if not first.layers:
        raise ValueError(f"the loss is made of none of the parameters of this {type(model).__name__}")
    if optimizer is None:
        return first
    found = first.gradients
    gradients = {parameter: found.get(parameter, 0.0) for parameter in named.values()}
    return report(root, updates=planned_step(optimizer, gradients), groups=named)


def layer_gradients(model: Module) -> dict[str, float]:
    """The size of each layer's gradients, as :func:`gradient_report` has it without a loss.

    Which parameters make a layer is found once, as long as the model stays what it is.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], init=1.0)
    >>> model([0.5, -1.0]).backward()
    >>> layer_gradients(model)["layers.1"]
    0.5
    """
    named = named_in(model, Module)
    if type(model).named_parameters is not Module.named_parameters or not trainable(named.found.parameters):
        return {layer.name: layer.gradient for layer in gradient_report(model).layers}
    layers = named.notes.get("layers")
    if layers is None:
        layers = named.notes["layers"] = _layers_of(dict(named.pairs))
    sizes = {}
    for name, parameters in layers:
        gradients = np.empty(len(parameters))
        read_grad(parameters, gradients)
        sizes[name] = root_mean_square(gradients.tolist())
    return sizes


def _layers_of(named: Mapping[str, Value]) -> list[tuple[str, list[Value]]]:
    """The layers named by the parameters' dotted names, and the parameters of each."""
    graph = trace(_gradients_as_root(named))
    layers, _ = survey(graph, dict.fromkeys(graph.nodes, 0.0), named)
    return [(layer.name, layer.parameters) for layer in layers]


def _gradients_as_root(named: Mapping[str, Value]) -> Value:
    """A node whose derivative with respect to each parameter is the ``grad`` of that parameter."""
    parameters = tuple(named.values())
    with enable_grad():
        grads = tuple(parameter.grad for parameter in parameters)
        return Value(math.hypot(*grads), parameters, grads, label="norm of the gradient")


def planned_step(optimizer: Any, gradients: Mapping[Value, float]) -> dict[Value, float]:
    """The change of each parameter in the next step of an optimiser, which is tried and undone.

    Args:
        optimizer: one of ``nn``, or anything with ``step()``, ``state_dict()`` and ``load_state_dict()``.
        gradients: those to take the step by.

    Raises:
        TypeError: the optimiser lacks one of these methods, or needs a closure, as LBFGS does.

    >>> from nn import SGD
    >>> w = Value(2.0)
    >>> planned_step(SGD([w], lr=0.1), {w: 5.0})[w], w.data
    (-0.5, 2.0)
    """
    methods = ("step", "state_dict", "load_state_dict")
    if not all(hasattr(optimizer, name) for name in methods) or getattr(optimizer, "needs_closure", False):
        raise TypeError(
            f"the next step of {type(optimizer).__name__} cannot be tried and undone; give lr= in its place"
        )
    before = [(parameter, parameter.data, parameter.grad) for parameter in gradients]
    state = optimizer.state_dict()

    def tried() -> dict[Value, float]:
        for parameter, gradient in gradients.items():
            parameter.grad = gradient
        optimizer.step()
        return {parameter: parameter.data - data for parameter, data, _ in before}

    def undo() -> None:
        for parameter, data, grad in before:
            parameter.data, parameter.grad = data, grad
        optimizer.load_state_dict(state)

    return and_put_back(tried, undo)
