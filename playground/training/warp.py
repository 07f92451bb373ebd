"""The plane as a layer of the network sees it: a grid, warped."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.training.data.sets import LIMIT, features_of
from playground.training.trainer import Trainer

__all__ = ["LINES", "warp"]

LINES = 25
"""Lines of the grid in each direction."""


def warp(trainer: Trainer, layer: int, first: int | None = None, second: int | None = None) -> dict[str, Any]:
    """A grid over the plane, and the samples, mapped to a layer's outputs.

    Args:
        trainer: whose network.
        layer: counted from 0; the last is the output layer.
        first, second: the two neurons whose outputs are the coordinates; None for the two directions in which
            the grid spreads most (principal components).

    Returns:
        ``grid`` of shape (LINES, LINES, 2), ``points`` and ``targets`` of the training samples, ``axes``.

    Raises:
        ValueError: there is no such layer or neuron.
    """
    network = trainer.network
    widths = [len(each.neurons) for each in network.layers]
    if not 0 <= layer < len(widths):
        raise ValueError(f"layer must be from 0 to {len(widths) - 1}, got {layer}")
    width = widths[layer]
    for each in (first, second):
        if each is not None and not 0 <= each < width:
            raise ValueError(f"layer {layer} has {width} neurons, counted from 0, got {each}")
    line = np.linspace(-LIMIT, LIMIT, LINES)
    x, y = np.meshgrid(line, line)
    if network.kind == "curve":
        y = np.zeros_like(y)
    places = np.concatenate([np.stack([x.ravel(), y.ravel()], axis=1), trainer.points.train])
    start = sum(widths[:layer])
    outputs = network.outputs(features_of(trainer.config.features, places))[start : start + width].T
    outputs = np.where(np.isfinite(outputs), outputs, 0.0)
    on_grid = outputs[: LINES * LINES]
    if first is None or second is None:
        if width == 1:
            flat, axes = np.concatenate([outputs, np.zeros_like(outputs)], axis=1), ["neuron 1", ""]
        elif width == 2:
            flat, axes = outputs, ["neuron 1", "neuron 2"]
        else:
            centre = on_grid.mean(axis=0)
            _, spread, directions = np.linalg.svd(on_grid - centre, full_matrices=False)
            flat = (outputs - centre) @ directions[:2].T
            share = float((spread[:2] ** 2).sum() / max((spread**2).sum(), 1e-300))
            axes = [f"principal components of {width} neurons", f"{share:.0%} of the variance"]
    else:
        flat, axes = outputs[:, [first, second]], [f"neuron {first + 1}", f"neuron {second + 1}"]
    return {
        "axes": axes,
        "width": width,
        "grid": flat[: LINES * LINES].reshape(LINES, LINES, 2),
        "points": flat[LINES * LINES :],
        "targets": trainer.points.train_targets,
        "kind": network.kind,
    }
