"""A model and data handed over by a notebook: ``playground.train(model, X, y)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.quoting import typed
from nn.data.dataset import read_pair
from nn.modules.dropout import Dropout
from nn.modules.mlp import MLP
from nn.modules.neuron import Layer
from nn.modules.sequential import Sequential
from playground.training.config import Config, LayerConfig
from playground.training.trainer import Trainer

__all__ = ["trainer_of"]


def trainer_of(given: Mapping[str, Any]) -> Trainer:
    """A training of the model itself: its Values change as the page trains them, until Reset.

    Args:
        given: ``model``, an MLP or a Sequential of layers and dropouts, with one or two inputs and one or
            three linear outputs; ``X``, samples between -6 and 6; ``y``, classes or heights.

    Raises:
        TypeError: the model is of another kind.
        ValueError: model or data do not fit the page.

    >>> model = MLP(2, [3, 1], activation="tanh", rng=0)
    >>> trainer = trainer_of({"model": model, "X": [[0, 1], [1, 1]], "y": [1, 0]})
    >>> trainer.advance(steps=1)
    >>> trainer.network.neurons[0].w[0] is model.layers[0].neurons[0].w[0]
    True
    """
    parts = _parts(given["model"])
    layers = [part for part in parts if isinstance(part, Layer)]
    inputs, outputs = len(layers[0].neurons[0].w), len(layers[-1].neurons)
    if inputs > 2 or outputs not in (1, 3) or _activation(layers[-1]) != "linear":
        raise ValueError(
            "the page shows networks of one or two inputs and one or three linear outputs, got "
            f"{inputs} inputs and {outputs} outputs ({_activation(layers[-1])})"
        )
    X, y = read_pair(given["X"], given["y"])
    places = np.asarray(X, dtype=float).reshape(len(y), -1)
    targets = np.asarray(y, dtype=float).reshape(-1)
    if places.shape[1] != inputs:
        raise ValueError(f"the model takes {inputs} inputs, the samples have {places.shape[1]}")
    if inputs == 1:
        kind = "curve"
    elif outputs == 3:
        kind = "three"
    else:
        kind = "binary" if np.isin(targets, (-1.0, 0.0, 1.0)).all() else "plane"
    if kind == "binary":
        targets = (targets > 0).astype(float)
    places = np.concatenate([places, np.zeros((len(y), 2 - inputs))], axis=1)
    rows = zip(places.tolist(), targets.tolist(), strict=True)
    config = Config(
        data="points",
        kind=kind,
        points=tuple((x, y, t) for (x, y), t in rows),
        features=("x", "y")[:inputs],
        hidden=_hidden(parts),
        ratio=1.0,
    )
    return Trainer(config, Sequential(*parts))


def _parts(model: Any) -> list[Any]:
    if isinstance(model, MLP):
        parts: list[Any] = []
        for i, layer in enumerate(model.layers):
            parts.append(layer)
            if model.dropout is not None and i < len(model.layers) - 1:
                parts.append(model.dropout)
        return parts
    if isinstance(model, Sequential) and all(isinstance(part, (Layer, Dropout)) for part in model.layers):
        return list(model.layers)
    raise TypeError(f"the page shows an MLP, or a Sequential of layers and dropouts, got {typed(model)}")


def _hidden(parts: list[Any]) -> tuple[LayerConfig, ...]:
    """The hidden layers, as a configuration has them."""
    found: list[LayerConfig] = []
    for part in parts[:-1]:
        if isinstance(part, Dropout):
            last = found[-1]
            found[-1] = LayerConfig(last.neurons, last.activation, part.p)
        else:
            found.append(LayerConfig(len(part.neurons), _activation(part)))
    return tuple(found)


def _activation(layer: Layer) -> str:
    names = {neuron.activation if isinstance(neuron.activation, str) else "" for neuron in layer.neurons}
    if len(names) != 1 or "" in names or any(neuron.b is None for neuron in layer.neurons):
        raise ValueError("the page shows layers of one named activation, with biases")
    return names.pop()
