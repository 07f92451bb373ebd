"""A training written out: as a chainrule program, as a NumPy program, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.quoting import brief
from playground.training.config import Config, settings_of
from playground.training.trainer import Trainer

__all__ = ["chainrule_program", "from_json", "numpy_program", "to_json"]

FEATURE_TEXTS = {
    "x": "p[:, 0]",
    "y": "p[:, 1]",
    "x²": "p[:, 0] ** 2",
    "y²": "p[:, 1] ** 2",
    "x·y": "p[:, 0] * p[:, 1]",
    "sin x": "np.sin(p[:, 0])",
    "sin y": "np.sin(p[:, 1])",
}
"""The features as NumPy text."""

NUMPY_ACTIVATIONS = {
    "linear": "z",
    "relu": "np.maximum(z, 0)",
    "leaky_relu": "np.where(z > 0, z, 0.01 * z)",
    "elu": "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
    "gelu": "0.5 * z * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))",
    "silu": "z / (1 + np.exp(-z))",
    "softplus": "np.logaddexp(0, z)",
    "tanh": "np.tanh(z)",
    "sigmoid": "1 / (1 + np.exp(-z))",
    "step": "(z > 0.5).astype(float)",
    "sign": "np.sign(z)",
}
"""The activations as NumPy text."""

VERSION = 1


def chainrule_program(trainer: Trainer) -> str:
    """A program that trains this network on these samples with ``nn.fit``, for as many epochs as here.

    Nothing having been changed on the way, it comes to the same weights.
    """
    config, network, points = trainer.config, trainer.network, trainer.points
    kind = type(trainer.optimizer).__name__
    layers = _layers(trainer)
    names = ", ".join(
        sorted({"Layer", "Sequential", "fit", kind, *(["Dropout"] if "Dropout" in layers else [])})
    )
    penalties = [f"{name}_penalty" for name in ("l1", "l2") if getattr(config, name)]
    losses = ", ".join([network.loss.name, *penalties])
    lines = [
        '"""A network from the playground, trained anew: python thisfile.py"""',
        "",
        "import numpy as np",
        "",
        f"from nn import {names}, predict" + (", accuracy" if network.kind in ("binary", "three") else ""),
    ]
    if penalties:
        lines.append(f"from nn import {losses}")
    targets = network.as_targets
    lines += [
        "",
        *_samples("train", points.train, targets(points.train_targets)),
        *_samples("test", points.test, targets(points.test_targets)),
        "",
        "",
        *_features(config),
        "",
        "",
        f"rng = np.random.default_rng(({config.seed}, 2))",
        f"model = Sequential(\n    {layers},\n)",
    ]
    loss = repr(network.loss.name)
    if penalties:
        lines.append("weights = [w for name, w in model.named_parameters() if '.w.' in name]")
        added = " + ".join(
            [f"{network.loss.name}(outputs, targets)", *(
                f"{name}_penalty(weights, {getattr(config, name)!r})"
                for name in ("l1", "l2") if getattr(config, name)
            )]
        )  # fmt: skip
        lines.append(f"loss = lambda outputs, targets: {added}")
        loss = "loss"
    settings = _settings(trainer)
    jit = "False" if "Dropout" in layers else "True"
    lines += [
        f"optimizer = {kind}(model.parameters(){settings})",
    ]
    if trainer.edited:
        lines.append("# settings or weights were changed on the way, so the weights come out differently")
    lines += [
        "history = fit(",
        f"    model, features(train), train_targets, loss={loss}, optimizer=optimizer,",
        f"    epochs={max(1, trainer.epoch)}, batch_size={config.batch_size}, jit={jit}, progress=False,",
        f"    rng=np.random.default_rng(({config.seed}, 3)),",
        ")",
        'print("loss", history["loss"][-1])',
        'for name, places, targets in (("train", train, train_targets), ("test", test, test_targets)):',
        "    if len(places):",
        "        outputs = predict(model, features(places))",
    ]
    if network.kind in ("binary", "three"):
        lines.append('        print(name, "accuracy", accuracy(targets.astype(int), outputs, threshold=0.0))')
    else:
        lines.append('        print(name, "mean squared error", np.mean((outputs - targets) ** 2))')
    return "\n".join(lines) + "\n"


_CLASSES = {
    "binary": '''

def classes(p):
    """The classes at points p, shape (n,): 1 where the output is above 0, else 0."""
    return (predict(p)[:, 0] > 0).astype(int)
''',
    "three": '''

def classes(p):
    """The classes at points p, shape (n,): 0, 1 or 2, that of the largest logit."""
    return predict(p).argmax(axis=1)
''',
}

_PROBABILITIES = {
    "binary_cross_entropy_with_logits": '''

def probabilities(p):
    """The probabilities of class 1 at points p, shape (n,)."""
    return np.exp(-np.logaddexp(0, -predict(p)[:, 0]))
''',
    "cross_entropy": '''

def probabilities(p):
    """The probabilities of the classes at points p, shape (n, 3)."""
    z = predict(p)
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
''',
}


def numpy_program(trainer: Trainer) -> str:
    """A program that needs NumPy only: the weights as they are, and ``predict`` of points of the plane.

    Of a classifier ``predict`` gives logits, or scores; ``classes`` and, where the loss speaks of them,
    ``probabilities`` are made of these.
    """
    network = trainer.network
    title = '"""A network from the playground, with its weights; it needs NumPy only."""'
    lines = [title, "", "import math", "", "import numpy as np", ""]
    depth = len(network.layers)
    what = "logits" if network.loss.name in _PROBABILITIES else "outputs"
    for k, layer in enumerate(network.layers):
        keep = [(k, i) not in network.ablated for i in range(len(layer.neurons))]
        weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        biases = np.array([0.0 if neuron.b is None else neuron.b.data for neuron in layer.neurons])
        lines.append(f"W{k + 1} = np.array({weights.tolist()})")
        lines.append(f"b{k + 1} = np.array({biases.tolist()})")
        if not all(keep):
            lines.append(
                f"on{k + 1} = np.array({[float(each) for each in keep]})  # 0 for what was switched off"
            )
    lines += ["", "", *_features(trainer.config), "", "", "def predict(p):",
              f'    """The {what} at points p, shape (n, 2): an array of shape (n, outputs)."""',
              "    a = features(np.asarray(p, dtype=float))"]  # fmt: skip
    for k, layer in enumerate(network.layers):
        lines.append(f"    z = a @ W{k + 1}.T + b{k + 1}")
        lines.append(f"    a = {NUMPY_ACTIVATIONS[str(layer.neurons[0].activation)]}")
        if any((k, i) in network.ablated for i in range(len(layer.neurons))) and k < depth - 1:
            lines.append(f"    a = a * on{k + 1}")
    lines += ["    return a", _PROBABILITIES.get(network.loss.name, "") + _CLASSES.get(network.kind, ""), "",
              'if __name__ == "__main__":', "    print(predict([[0.0, 0.0], [1.0, -2.0]]))"]  # fmt: skip
    return "\n".join(lines) + "\n"


def to_json(trainer: Trainer) -> str:
    """The configuration, the weights and the curves as JSON; :func:`from_json` reads it."""
    data = {
        "format": "chainrule playground",
        "version": VERSION,
        "config": trainer.config.as_json(),
        "step": trainer.step,
        "epoch": trainer.epoch,
        "weights": {name: p.data for name, p in trainer.network.model.named_parameters()},
        "ablated": sorted(trainer.network.ablated),
        "curves": {
            name: [x if np.isfinite(x) else None for x in column.tolist()]
            for name, column in zip(
                ("step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"),
                trainer.course.curves(),
                strict=True,
            )
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n"


def from_json(text: str) -> Trainer:
    """A training with the configuration and the weights of :func:`to_json`; it begins at step 0.

    Raises:
        ValueError: it is not such a text, or the weights do not fit.

    >>> trainer = Trainer(Config())
    >>> from_json(to_json(trainer)).network.numbers.tolist() == trainer.network.numbers.tolist()
    True
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is not JSON: {error}") from None
    if not isinstance(data, Mapping) or data.get("format") != "chainrule playground":
        raise ValueError("this JSON is not one that the playground saved")
    if data.get("version") != VERSION:
        raise ValueError(f"this playground reads version {VERSION}, got {brief(data.get('version'))}")
    trainer = Trainer(Config.of(data["config"]))
    if not isinstance(data.get("weights"), Mapping):
        raise ValueError("the JSON has no weights")
    trainer.network.model.load_state_dict(dict(data["weights"]))
    for layer, neuron in data.get("ablated", ()):
        trainer.network.ablate(layer, neuron, True)
    trainer.touched()
    return trainer


def _layers(trainer: Trainer) -> str:
    config, network = trainer.config, trainer.network
    parts, width = [], len(config.features)
    init = f"init={config.init!r}, rng=rng"
    for each in config.hidden:
        parts.append(f"Layer({width}, {each.neurons}, activation={each.activation!r}, {init})")
        if each.dropout:
            parts.append(f"Dropout({each.dropout!r}, rng=rng)")
        width = each.neurons
    parts.append(f"Layer({width}, {len(network.layers[-1].neurons)}, activation='linear', {init})")
    return ",\n    ".join(parts)


def _settings(trainer: Trainer) -> str:
    group = trainer.optimizer.param_groups[0]
    listed = settings_of(type(trainer.optimizer))
    return "".join(
        f", {each['name']}={group[each['name']]!r}"
        for each in listed
        if each["name"] in group and group[each["name"]] != each["default"]
    )


def _features(config: Config) -> list[str]:
    columns = ", ".join(FEATURE_TEXTS[name] for name in config.features)
    return ["def features(p):", '    """The inputs of the network at points p, shape (n, 2)."""',
            f"    return np.stack([{columns}], axis=1)"]  # fmt: skip


def _samples(name: str, places: Any, targets: Any) -> list[str]:
    if not len(places):
        return [f"{name}, {name}_targets = np.zeros((0, 2)), np.zeros(0)"]
    rows = ",\n    ".join(map(repr, places.tolist()))
    numbers = targets.tolist()
    text = "".join(
        ("\n    " if i % 12 == 0 else " ") + repr(number) + "," for i, number in enumerate(numbers)
    )
    return [f"{name} = np.array([\n    {rows},\n])", f"{name}_targets = np.array([{text}\n])"]
