"""What the page draws of a training: maps of every neuron, the surface, weights, gradients, curves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import sigmoid, softmax, vmap
from nn.metrics.classification import confusion_matrix
from playground.training.data.sets import LIMIT, features_of
from playground.training.diagnosis import unit_states
from playground.training.trainer import Trainer

__all__ = ["RESOLUTION", "as_bytes", "grid", "picture", "probe", "surface"]

Array = npt.NDArray[np.float64]

RESOLUTION = 100
"""Points of a map along each side."""

_softmax = vmap(lambda z: softmax(list(z)), audit=False)
_sigmoid = vmap(lambda z: sigmoid(z), audit=False)


def grid(kind: str, resolution: int) -> Array:
    """The places a map is drawn of, row by row from the top; of a curve only those of one row.

    >>> grid("binary", 2).tolist()
    [[-6.0, 6.0], [6.0, 6.0], [-6.0, -6.0], [6.0, -6.0]]
    """
    line = np.linspace(-LIMIT, LIMIT, resolution)
    if kind == "curve":
        return np.stack([line, np.zeros(resolution)], axis=1)
    x, y = np.meshgrid(line, line[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1)


def picture(trainer: Trainer, resolution: int = RESOLUTION, *, brief: bool = False) -> dict[str, Any]:
    """The state of a training as data for the page; numbers that do not exist are None.

    A brief picture holds what moves before the eye: the maps and the surface, with the step and the epoch.
    Between two whole ones a page that trains draws several of these, at a third of their cost.

    Arrays: ``maps``, uint8 of shape (features + neurons, rows, columns), 128 for 0 and 255 for the number in
    ``scales``; of a curve ``lines``, the numbers themselves. ``surface``, uint8 (rows, columns): the output
    from -1 to 1, or of three classes the class, with ``certainty``, its probability. ``weights`` and
    ``gradients`` in the order of the layers: of each neuron its weights, then its bias. ``curves``, see
    :meth:`Course.curves`; and the samples.
    """
    network = trainer.network
    places = grid(network.kind, resolution)
    inputs = features_of(trainer.config.features, places)
    outputs = network.outputs(inputs)
    values = np.concatenate([inputs.T, outputs])
    side = 1 if network.kind == "curve" else resolution
    maps: dict[str, Any] = {"lines": values} if network.kind == "curve" else _maps(values, side, resolution)
    last = outputs[-len(network.layers[-1].neurons) :]
    moving = {
        "step": trainer.step,
        "epoch": trainer.epoch,
        "stopped": trainer.stopped,
        **maps,
        **surface(network, last, side, resolution),
    }
    return moving if brief else {**moving, **_at_rest(trainer)}


def _at_rest(trainer: Trainer) -> dict[str, Any]:
    """What a whole picture says besides of a training."""
    network, points = trainer.network, trainer.points
    gradient = network.full_gradient(trainer.inputs, trainer.targets)
    train_loss, test_loss, train_accuracy, test_accuracy = trainer.measured()
    return {
        "kind": network.kind,
        "loss": network.loss.name,
        "train_loss": _number(train_loss),
        "test_loss": _number(test_loss),
        "train_accuracy": _number(train_accuracy),
        "test_accuracy": _number(test_accuracy),
        "edited": trainer.edited,
        "confusion": _confusion(trainer),
        "features": list(trainer.config.features),
        "layers": [len(layer.neurons) for layer in network.layers],
        "ablated": sorted(network.ablated),
        "states": unit_states(trainer, gradient),
        "weights": _by_neuron(trainer, network.numbers),
        "gradients": _by_neuron(trainer, gradient),
        "curves": trainer.course.curves(),
        "train": points.train,
        "train_targets": points.train_targets,
        "test": points.test,
        "test_targets": points.test_targets,
    }


def surface(network: Any, outputs: Array, rows: int, columns: int) -> dict[str, Any]:
    """The model's outputs as the picture shows them; of a curve nothing, its line says it all."""
    if network.kind == "curve":
        return {}
    if network.kind == "three":
        shares = np.array(_softmax(np.where(np.isfinite(outputs), outputs, 0.0).T))
        best = shares.argmax(axis=0).astype(np.uint8)
        return {
            "surface": best.reshape(rows, columns),
            "certainty": np.rint(255 * shares.max(axis=0)).astype(np.uint8).reshape(rows, columns),
        }
    z = outputs[0]
    if network.loss.name == "binary_cross_entropy_with_logits":
        z = 2.0 * _sigmoid(z) - 1.0
    return {"surface": as_bytes(z, 1.0).reshape(rows, columns)}


def as_bytes(values: Array, scale: float | Array) -> npt.NDArray[np.uint8]:
    """Numbers from -scale to scale as bytes from 1 to 255; 0 is 128, and so is nan.

    >>> as_bytes(np.array([-2.0, 0.0, 1.0, np.nan]), 1.0)
    array([  1, 128, 255, 128], dtype=uint8)
    """
    parts = np.empty(values.shape, dtype=np.float32)
    with np.errstate(over="ignore"):  # what float32 cannot hold is the brightest, too
        np.multiply(values, 127.0 / np.asarray(scale), out=parts, casting="unsafe")
    np.clip(parts, -127.0, 127.0, out=parts)
    if np.isnan(parts.sum()):
        parts[np.isnan(parts)] = 0.0
    parts += 128.5
    return parts.astype(np.uint8)


def probe(trainer: Trainer, x: float, y: float) -> dict[str, Any]:
    """What every input and neuron computes at one place, and the prediction there."""
    network = trainer.network
    inputs = features_of(trainer.config.features, np.array([[x, y]]))
    outputs = network.outputs(inputs)[:, 0]
    last = outputs[-len(network.layers[-1].neurons) :]
    if network.kind == "three":
        prediction = [float(share) for share in np.array(softmax(last.tolist())).ravel()]
    elif network.loss.name == "binary_cross_entropy_with_logits":
        prediction = [float(sigmoid(float(last[0])))]
    else:
        prediction = [float(last[0])]
    return {
        "inputs": [_number(each) for each in inputs[0].tolist()],
        "outputs": [_number(each) for each in outputs.tolist()],
        "prediction": [_number(each) for each in prediction],
    }


def _maps(values: Array, rows: int, columns: int) -> dict[str, Any]:
    scales = np.maximum(values.max(axis=1), -values.min(axis=1))
    if not np.isfinite(scales).all():
        scales = np.where(np.isfinite(values), np.abs(values), 0.0).max(axis=1)
    scales = np.maximum(scales, 1e-9)
    return {
        "maps": as_bytes(values, scales[:, None]).reshape(-1, rows, columns),
        "scales": scales,
    }


def _by_neuron(trainer: Trainer, vector: Array) -> Array:
    """Numbers of the parameters: of each neuron those of its weights, then that of its bias."""
    return vector[[i for row in trainer.network.positions for i in row]]


def _confusion(trainer: Trainer) -> dict[str, Any] | None:
    network = trainer.network
    if network.kind not in ("binary", "three"):
        return None
    held_out = bool(len(trainer.test_inputs))
    inputs = trainer.test_inputs if held_out else trainer.inputs
    targets = trainer.points.test_targets if held_out else trainer.points.train_targets
    if not len(inputs):
        return None
    outputs = network.predictions(inputs)
    if not np.isfinite(outputs).all():
        return None
    counts = confusion_matrix(
        targets.astype(int),
        outputs[0] if len(outputs) == 1 else outputs.T,
        classes=3 if network.kind == "three" else 2,
        threshold=0.0,
    )
    return {"of": "test" if held_out else "train", "counts": counts.tolist()}


def _number(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None
