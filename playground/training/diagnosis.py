"""What hinders a network: units that are dead or saturated, gradients that vanish; facts of the engine."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value, dot, grad, report, vmap
from engine.diagnostics.findings import MOSTLY, VANISHING
from engine.diagnostics.saturation import SATURATED, steepest
from engine.ops import find
from nn.modules.activations import activation_function
from nn.report import planned_step
from playground.training.trainer import Trainer

__all__ = ["diagnose", "unit_states"]

Array = npt.NDArray[np.float64]

FLAT_AT = 0.9
"""A unit is called saturated where it is so at this share of the samples."""

SAMPLES = 16
"""Samples that the report looks at."""


@lru_cache
def _derivative(activation: str) -> Any:
    """The derivative of an activation, for many numbers."""
    return vmap(grad(activation_function(activation)), audit=False)


@lru_cache
def _steepest(activation: str) -> float | None:
    try:
        return steepest(find(activation))
    except (KeyError, ValueError):  # no row of the table, as linear
        return None


def unit_states(trainer: Trainer, gradient: Array) -> list[list[str]]:
    """For each layer and neuron: ``"dead"``, ``"saturated"``, ``"vanishing"``, ``"off"`` or ``""``.

    Args:
        trainer: whose network, looked at on all training samples.
        gradient: of the loss by the parameters, over these.
    """
    network = trainer.network
    weighted = network.weighted_inputs(trainer.inputs)
    at_rest = _at_rest(network, weighted)
    sizes = _sizes(network, gradient)
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    states: list[list[str]] = []
    row = 0
    for depth, layer in enumerate(network.layers):
        states.append([])
        for i in range(len(layer.neurons)):
            if (depth, i) in network.ablated:
                state = "off"
            else:
                state = at_rest.get(row, "")
                if not state and largest and sizes[row] < VANISHING * largest:
                    state = "vanishing"
            states[-1].append(state)
            row += 1
    return states


def _at_rest(network: Any, weighted: Array) -> dict[int, str]:
    """The hidden units, by row, that are dead or saturated, looked at activation by activation."""
    if not weighted.size:
        return {}
    rows: dict[str, list[int]] = {}
    hidden = sum(len(layer.neurons) for layer in network.layers[:-1])
    sound = np.isfinite(weighted[:hidden]).all(axis=1)
    for row in np.flatnonzero(sound).tolist():
        rows.setdefault(str(network.neurons[row].activation), []).append(row)
    rows.pop("linear", None)
    found = {}
    for activation, those in rows.items():
        local_grads = np.abs(np.asarray(_derivative(activation)(weighted[those].ravel())))
        local_grads = local_grads.reshape(len(those), -1)
        most = _steepest(activation)
        for row, each in zip(those, local_grads, strict=True):
            if not each.any():
                found[row] = "dead"
            elif most is not None and np.mean(each < SATURATED * most) >= FLAT_AT:
                found[row] = "saturated"
    return found


def _sizes(network: Any, gradient: Array) -> list[float]:
    """The root of the mean square of each neuron's gradients."""
    rows = [gradient[row] for row in network.positions]
    with np.errstate(all="ignore"):
        return [float(np.sqrt(np.mean(row * row))) for row in rows]


def diagnose(trainer: Trainer) -> dict[str, Any]:
    """The gradient on its way back through the layers, and what the engine's report finds wrong.

    The root of the report is Σ g·z over some samples, with z the outputs and g the derivative of the loss by
    each, a constant: it has the gradients of the loss, and none of the loss's own nodes.

    Returns:
        ``findings``, sentences; ``advice``, dicts of what to try; ``layers``, a dict for each.
    """
    if not len(trainer.inputs):
        return {"findings": [], "advice": [], "layers": []}
    found = _report(trainer)
    layers = [
        {
            "name": layer.name,
            "signal": _number(layer.signal),
            "factor": _number(layer.factor),
            "local_grad": _number(layer.local_grad),
            "gradient": _number(layer.gradient),
            "update_ratio": _number(layer.update_ratio),
            "dead": _number(layer.dead),
            "saturated": _number(layer.saturated),
        }
        for layer in found.layers
    ]
    return {"findings": list(found.warnings), "advice": _advice(found.layers, trainer), "layers": layers}


def _report(trainer: Trainer) -> Any:
    network = trainer.network
    inputs = trainer.inputs[:SAMPLES]
    outputs = [network._output(x) for x in inputs.tolist()]
    flat: list[Value] = [z for each in outputs for z in (each if isinstance(each, list) else [each])]
    stand_ins = [
        [Value(z.data) for z in each] if isinstance(each, list) else Value(each.data) for each in outputs
    ]
    network.loss.function(stand_ins, trainer.targets[:SAMPLES].tolist()).backward()
    seeds = [z.grad for each in stand_ins for z in (each if isinstance(each, list) else [each])]
    root = dot(seeds, flat)
    named = _named(network)
    found = report(root, groups=named)
    if trainer.optimizer.needs_closure:
        return found
    gradients = {p: found.gradients.get(p, 0.0) for p in named.values()}
    return report(root, updates=planned_step(trainer.optimizer, gradients), groups=named)


def _named(network: Any) -> dict[str, Value]:
    """The parameters by names that a reader of the page knows."""
    names = {}
    last = len(network.layers) - 1
    for depth, layer in enumerate(network.layers):
        where = f"hidden layer {depth + 1}" if depth < last else "output layer"
        for i, neuron in enumerate(layer.neurons):
            for j, w in enumerate(neuron.w):
                names[f"{where}.neuron {i}.w{j}"] = w
            names[f"{where}.neuron {i}.b"] = neuron.b
    return names


def _advice(layers: list[Any], trainer: Trainer) -> list[dict[str, str]]:
    """What to try: a sentence, and where another activation would do, its name."""
    kinds = {each.activation for each in trainer.config.hidden}
    advice: list[dict[str, str]] = []
    signals = [layer.signal for layer in layers if math.isfinite(layer.signal)]
    dead = any(layer.dead >= MOSTLY for layer in layers)
    if len(signals) > 1 and signals[-1] and signals[0] / signals[-1] < VANISHING and not dead:
        flat = sorted(kinds & {"sigmoid", "tanh"})
        if flat:
            bound = "falls to 0 away from the middle"  # so of tanh, whose derivative is as much as 1
            if "sigmoid" in flat:
                bound = f"is at most {_steepest('sigmoid')}"
            why = f"The local gradient of {flat[0]} {bound}, and each layer multiplies by it."
            advice.append({"text": f"The first layers hardly learn. {why}", "activation": "relu"})
        else:
            advice.append(
                {"text": "The first layers hardly learn. Try fewer layers or larger first weights."}
            )
    if dead:
        text = (
            "Dead units stay dead, as no gradient reaches them. Try a smaller learning rate, and begin anew."
        )
        advice.append({"text": text, **({"activation": "leaky_relu"} if "relu" in kinds else {})})
    if any(layer.saturated >= MOSTLY for layer in layers):
        advice.append({"text": "Saturated units learn slowly. Try smaller first weights or the L2 penalty."})
    if any(layer.update_ratio > 0.1 for layer in layers):
        advice.append({"text": "The steps are large. Try a smaller learning rate."})
    return advice


def _number(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None
