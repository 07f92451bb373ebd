"""Config: everything a training in the playground is made of, checked; and the choices there are."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import nn.optim
from engine.floats.validate import integer, non_negative, real
from engine.quoting import brief
from nn.checks import up_to_one
from nn.init import INITIALIZERS
from nn.modules.activations import ACTIVATIONS
from playground.training.data.own import MOST_POINTS
from playground.training.data.sets import DATA, FEATURES, KINDS, LIMIT

__all__ = ["LOSSES_OF", "Config", "LayerConfig", "choices", "layers_of", "optimizer_names", "settings_of"]

MOST_LAYERS, MOST_NEURONS = 8, 16

LOSSES_OF: dict[str, tuple[str, ...]] = {
    "binary": ("binary_cross_entropy_with_logits", "hinge", "mse"),
    "three": ("cross_entropy",),
    "plane": ("mse", "absolute_error"),
    "curve": ("mse", "absolute_error"),
}
"""The losses to choose from for each kind of problem, the default first."""


def _one_of(what: str, name: Any, known: Any) -> None:
    if name not in known:
        raise ValueError(f"no {what} is called {brief(name)}; there are {', '.join(map(str, known))}")


def _at_most(what: str, number: float, most: float) -> None:
    if number > most:
        raise ValueError(f"{what} must be at most {most:g}, got {number:g}")


@dataclass(frozen=True)
class LayerConfig:
    """A hidden layer: the number of neurons, their activation, and how many are left out while training."""

    neurons: int = 4
    activation: str = "tanh"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        integer("neurons", self.neurons)
        _at_most("neurons", self.neurons, MOST_NEURONS)
        _one_of("activation", self.activation, ACTIVATIONS)
        if not up_to_one("dropout", self.dropout) < 1.0:
            raise ValueError("dropout must be below 1, or nothing is left")


@dataclass(frozen=True)
class Config:
    """What a training is made of. The same Config gives the same numbers.

    Attributes:
        data: a name of DATA, ``"points"`` (those in ``points``) or ``"formula"``.
        kind: of the problem, where the data are points; one of KINDS.
        points: rows (x, y, target).
        formula: of x and y; a comparison makes classes.
        count: of the samples drawn.
        noise: from 0 to 0.5.
        ratio: the share of the samples to train with.
        seed: of data, weights, batches and dropout.
        features: names of FEATURES.
        hidden: the hidden layers.
        init: a name of nn.INITIALIZERS.
        loss: a name of nn.LOSSES; empty for the usual one of the problem.
        optimizer: a class of nn.optim.
        settings: of it, by name; those not named are its defaults.
        batch_size: samples of a batch.
        l1, l2: strengths of the penalties on the weights.
        stop_loss: stop once the training loss is below; 0 for never.
        patience: stop once the test loss has not improved for so many epochs; 0 for never.
        stop_epochs: stop after so many epochs; 0 for never.
    """

    data: str = "xor"
    kind: str = "binary"
    points: tuple[tuple[float, float, float], ...] = ()
    formula: str = "y > sin(x)"
    count: int = 200
    noise: float = 0.0
    ratio: float = 0.5
    seed: int = 1
    features: tuple[str, ...] = ("x", "y")
    hidden: tuple[LayerConfig, ...] = (LayerConfig(4), LayerConfig(2))
    init: str = "xavier_uniform"
    loss: str = ""
    optimizer: str = "SGD"
    settings: Mapping[str, Any] | None = None
    batch_size: int = 10
    l1: float = 0.0
    l2: float = 0.0
    stop_loss: float = 0.0
    patience: int = 0
    stop_epochs: int = 0

    def __post_init__(self) -> None:
        _one_of("data", self.data, (*DATA, "points", "formula"))
        _one_of("kind", self.kind, KINDS)
        _at_most("points", len(self.points), MOST_POINTS)
        most = 2 if self.kind == "three" else 1
        for point in self.points:
            x, y, target = (real("points", number) for number in point)
            if max(abs(x), abs(y)) > LIMIT:
                raise ValueError(f"points lie between {-LIMIT:g} and {LIMIT:g}, got ({x:g}, {y:g})")
            if self.kind in ("binary", "three") and target not in range(most + 1):
                raise ValueError(f"the class of a point is an integer from 0 to {most}, got {target:g}")
        if len(self.formula) > 200:
            raise ValueError(f"a formula has at most 200 characters, got {len(self.formula)}")
        integer("count", self.count)
        _at_most("count", self.count, MOST_POINTS)
        _at_most("noise", non_negative("noise", self.noise), 0.5)
        if not 0.1 <= real("ratio", self.ratio) <= 1.0:
            raise ValueError(f"ratio must be from 0.1 to 1, got {brief(self.ratio)}")
        _at_most("seed", integer("seed", self.seed, 0), 10**9)
        if not self.features:
            raise ValueError("a network needs at least one input, choose x or another")
        for name in self.features:
            _one_of("features", name, FEATURES)
        _at_most("hidden layers", len(self.hidden), MOST_LAYERS)
        _one_of("init", self.init, INITIALIZERS)
        _one_of("optimizer", self.optimizer, optimizer_names())
        integer("batch_size", self.batch_size)
        for name in ("l1", "l2", "stop_loss"):
            non_negative(name, getattr(self, name))
        for name in ("patience", "stop_epochs"):
            integer(name, getattr(self, name), 0)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Config:
        """A Config from data as JSON has it; what is missing is the default.

        Raises:
            ValueError: a name is unknown, or a value out of range.
            TypeError: a value is of a wrong type.

        >>> Config.of({"hidden": [{"neurons": 3}], "seed": 7}).hidden
        (LayerConfig(neurons=3, activation='tanh', dropout=0.0),)
        """
        known = {field.name for field in fields(cls)}
        for name in given:
            _one_of("setting", name, known)
        values: dict[str, Any] = dict(given)
        for name in ("points", "features", "hidden"):
            if name in values and not isinstance(values[name], (list, tuple)):
                raise TypeError(f"{name} must be a list, got {brief(values[name])}")
        for name in ("data", "kind", "formula", "init", "loss", "optimizer"):
            if name in values and not isinstance(values[name], str):
                raise TypeError(f"{name} must be a text, got {brief(values[name])}")
        if "hidden" in values:
            values["hidden"] = tuple(_layer(each) for each in values["hidden"])
        if "points" in values:
            values["points"] = tuple(_point(each) for each in values["points"])
        if "features" in values:
            values["features"] = tuple(values["features"])
        if values.get("settings") is not None:
            values["settings"] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in dict(values["settings"]).items()
            }
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """The Config as data for JSON, from which :meth:`of` makes it again.

        >>> Config.of(Config().as_json()) == Config()
        True
        """
        return asdict(self)


def layers_of(text: str) -> tuple[LayerConfig, ...]:
    """Hidden layers from a text: of each its neurons, activation and dropout, the last two if wanted.

    Raises:
        ValueError: a part cannot be read, or is out of range.

    >>> layers_of("8 relu, 4 tanh 0.3, 2")[1:]
    (LayerConfig(neurons=4, activation='tanh', dropout=0.3), LayerConfig(neurons=2, activation='tanh', ...))
    """
    found = []
    for part in filter(None, (each.split() for each in text.split(","))):
        try:
            neurons, dropout = int(part[0]), float(part[2]) if len(part) > 2 else 0.0
        except ValueError:
            raise ValueError(
                f"{brief(' '.join(part))} is not a layer; write it as 8 relu or 8 relu 0.3"
            ) from None
        if len(part) > 3:
            raise ValueError(f"a layer has neurons, activation and dropout, got {brief(' '.join(part))}")
        found.append(LayerConfig(neurons, part[1] if len(part) > 1 else "tanh", dropout))
    return tuple(found)


def optimizer_names() -> tuple[str, ...]:
    """The optimisers of nn.optim, plain gradient descent first."""
    names = [name for name in nn.optim.__all__ if name not in ("Optimizer", "lr_scheduler", "SGD")]
    return ("SGD", *sorted(names))


def choices() -> dict[str, Any]:
    """What there is to choose from, for the page's forms; each list is read from where it is defined."""
    return {
        "data": [{"name": name, "kind": row.kind, "title": row.title} for name, row in DATA.items()],
        "features": list(FEATURES),
        "activations": list(ACTIVATIONS),
        "initializers": list(INITIALIZERS),
        "losses": {kind: list(names) for kind, names in LOSSES_OF.items()},
        "optimizers": {name: settings_of(getattr(nn.optim, name)) for name in optimizer_names()},
        "limits": {"layers": MOST_LAYERS, "neurons": MOST_NEURONS, "points": MOST_POINTS, "side": LIMIT},
        "defaults": Config().as_json(),
    }


def settings_of(kind: type) -> list[dict[str, Any]]:
    """The settings of an optimiser: name, default and kind of each, from its signature."""
    parameters = list(inspect.signature(kind).parameters.values())[1:]  # without the model's
    return [
        {"name": each.name, "default": each.default, "kind": _kind_of(each.default)}
        for each in parameters
        if each.default is not None and not isinstance(each.default, str)  # two of LBFGS, which stay
    ]


def _kind_of(default: Any) -> str:
    if isinstance(default, bool):
        return "flag"
    if isinstance(default, tuple):
        return "pair"
    return "integer" if isinstance(default, int) else "number"


def _layer(given: Any) -> LayerConfig:
    if isinstance(given, LayerConfig):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"a hidden layer is described by neurons, activation and dropout, got {brief(given)}")
    for name in given:
        _one_of("setting of a layer", name, ("neurons", "activation", "dropout"))
    return LayerConfig(**given)


def _point(given: Any) -> tuple[float, float, float]:
    if not isinstance(given, (list, tuple)) or len(given) != 3:
        raise ValueError(f"a point is a row x, y, target, got {brief(given)}")
    x, y, target = (real("points", each) for each in given)
    return x, y, target
