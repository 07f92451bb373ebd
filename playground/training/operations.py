"""The operations of the Playground tab: what the page may ask for, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from engine.floats.validate import integer, real
from engine.node.bulk import write_data
from playground.training.config import Config, choices, layers_of
from playground.training.data.own import read_table
from playground.training.diagnosis import diagnose
from playground.training.given import trainer_of
from playground.training.picture import RESOLUTION, picture, probe
from playground.training.programs import chainrule_program, from_json, numpy_program, to_json
from playground.training.race import Race
from playground.training.trainer import Trainer
from playground.training.warp import warp

__all__ = ["OPERATIONS"]

LONGEST_MS = 1000.0
"""The most time that one call trains for."""

MOST_STEPS = 20_000


class _Bench:
    """The state of this tab in a session: a training, and a race if there is one."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.trainer = trainer_of(given) if "model" in given else Trainer(Config())
        self.race: Race | None = None


_BENCHES: WeakKeyDictionary[Any, _Bench] = WeakKeyDictionary()


def bench_of(session: Any) -> _Bench:
    """The tab's state; at first what a notebook gave, else the default configuration."""
    if session not in _BENCHES:
        _BENCHES[session] = _Bench(getattr(session, "given", {}))
    return _BENCHES[session]


def training_choices(session: Any) -> dict[str, Any]:
    """What there is to choose from, and the configuration to begin with."""
    found = choices()
    if "model" in getattr(session, "given", {}):
        found["defaults"] = bench_of(session).trainer.config.as_json()
    return found


def configure(session: Any, config: dict[str, Any], resolution: int = RESOLUTION) -> dict[str, Any]:
    """Take a configuration; what has been learned is kept where that is possible. Returns a picture."""
    bench = bench_of(session)
    anew = bench.trainer.configure(Config.of(config))
    return {"anew": anew, **_picture(bench, resolution)}


def reset(session: Any, resolution: int = RESOLUTION) -> dict[str, Any]:
    """Begin anew with the same configuration. Returns a picture."""
    bench = bench_of(session)
    bench.trainer = Trainer(bench.trainer.config)
    return _picture(bench, resolution)


def train(
    session: Any,
    steps: int | None = None,
    epochs: int | None = None,
    budget_ms: float | None = None,
    resolution: int = RESOLUTION,
    brief: bool = False,
) -> dict[str, Any]:
    """Train for so many steps, epochs or milliseconds. Returns a picture; if asked for a brief one, unless a
    rule has ended the training. ``cut`` says that the time was over before the epochs were."""
    bench = bench_of(session)
    if steps is None and epochs is None and budget_ms is None:
        raise ValueError("train needs steps, epochs or budget_ms")
    if steps is not None and integer("steps", steps, 0) > MOST_STEPS:
        raise ValueError(f"one call takes at most {MOST_STEPS} steps, got {steps}")
    budget = LONGEST_MS if budget_ms is None and steps is None else budget_ms
    budget = None if budget is None else min(real("budget_ms", budget), LONGEST_MS)
    epochs = None if epochs is None else integer("epochs", epochs, 0)
    trainer = bench.trainer
    goal = trainer.epoch + (epochs or 0)
    trainer.advance(steps=steps, epochs=epochs, budget_ms=budget, keep_last=not brief)
    cut = steps is None and trainer.epoch < goal and len(trainer.inputs) > 0 and not trainer.stopped
    return {"cut": cut, **_picture(bench, resolution, brief=brief and not trainer.stopped)}


def probe_at(session: Any, x: float, y: float) -> dict[str, Any]:
    """What every neuron computes at one place."""
    return probe(bench_of(session).trainer, real("x", x), real("y", y))


def set_parameter(
    session: Any, layer: int, neuron: int, value: float, weight: int | None = None
) -> dict[str, Any]:
    """Set a weight, or without ``weight`` the bias, of a neuron. Returns a picture."""
    bench = bench_of(session)
    layers = bench.trainer.network.layers
    if not (0 <= layer < len(layers) and 0 <= neuron < len(layers[layer].neurons)):
        raise ValueError(f"there is no neuron {neuron} in layer {layer}")
    of = layers[layer].neurons[neuron]
    if weight is not None and not 0 <= weight < len(of.w):
        raise ValueError(f"the neuron has {len(of.w)} weights, counted from 0, got {weight}")
    parameter: Any = of.b if weight is None else of.w[weight]
    number = real("value", value)
    if not np.isfinite(number):
        raise ValueError(f"a weight must be finite, got {number}")
    write_data([parameter], np.array([number]))
    bench.trainer.touched()
    return _picture(bench, RESOLUTION)


def ablate(session: Any, layer: int, neuron: int, off: bool = True) -> dict[str, Any]:
    """Switch a hidden neuron off or on. Returns a picture."""
    bench = bench_of(session)
    bench.trainer.network.ablate(layer, neuron, off)
    bench.trainer.touched()
    return _picture(bench, RESOLUTION)


def diagnosis(session: Any) -> dict[str, Any]:
    """What hinders the network, layer by layer."""
    return diagnose(bench_of(session).trainer)


def look_back(session: Any, entry: int, resolution: int = RESOLUTION) -> dict[str, Any]:
    """A picture of the training at an entry of its curves; the training itself stays where it is."""
    trainer = bench_of(session).trainer
    entries = trainer.course.entries
    if not 0 <= entry < len(entries):
        raise ValueError(f"the history has {len(entries)} entries, counted from 0, got {entry}")
    snapshot, here = entries[entry], trainer.network.numbers
    now = trainer.step, trainer.epoch, trainer._measured
    try:
        trainer.network.numbers = snapshot.parameters
        trainer.step, trainer.epoch = snapshot.step, snapshot.epoch
        trainer._measured = snapshot.step, snapshot.numbers
        return {"entry": entry, "diagnosis": diagnose(trainer), **picture(trainer, resolution)}
    finally:
        trainer.network.numbers = here
        trainer.step, trainer.epoch, trainer._measured = now


def go_back(session: Any, entry: int) -> dict[str, Any]:
    """Take the training back to an entry of its curves; it goes on from there. Returns a picture."""
    bench = bench_of(session)
    entries = bench.trainer.course.entries
    if not 0 <= entry < len(entries):
        raise ValueError(f"the history has {len(entries)} entries, counted from 0, got {entry}")
    bench.trainer.go_back(entries[entry])
    return _picture(bench, RESOLUTION)


def warped(session: Any, layer: int, first: int | None = None, second: int | None = None) -> dict[str, Any]:
    """The plane as a layer sees it."""
    return warp(bench_of(session).trainer, layer, first, second)


def table(session: Any, text: str) -> dict[str, Any]:
    """Points from the text of a table (CSV)."""
    return read_table(text)


def layers(session: Any, text: str) -> dict[str, Any]:
    """Hidden layers from a text such as ``8 relu, 4 tanh 0.3``."""
    return {"hidden": [asdict(layer) for layer in layers_of(text)]}


def export(session: Any, form: str) -> dict[str, Any]:
    """The training as text: ``"program"`` (chainrule), ``"numpy"`` or ``"json"``."""
    writers: dict[str, tuple[str, Callable[[Trainer], str]]] = {
        "program": ("playground.py", chainrule_program),
        "numpy": ("playground_numpy.py", numpy_program),
        "json": ("playground.json", to_json),
    }
    if form not in writers:
        raise ValueError(f"form must be one of {', '.join(writers)}, got {form!r}")
    name, write = writers[form]
    return {"name": name, "text": write(bench_of(session).trainer)}


def load(session: Any, text: str) -> dict[str, Any]:
    """Take a training that was saved as JSON. Returns its configuration and a picture."""
    bench = bench_of(session)
    bench.trainer = from_json(text)
    return {"config": bench.trainer.config.as_json(), **_picture(bench, RESOLUTION)}


def race(
    session: Any,
    racers: list[dict[str, Any]] | None = None,
    steps: int | None = None,
    budget_ms: float | None = None,
) -> dict[str, Any]:
    """Begin a race with ``racers``, on the configuration there is; or go on with the one there is."""
    bench = bench_of(session)
    if racers is not None:
        bench.race = Race(bench.trainer.config, racers)
    if bench.race is None:
        raise ValueError("there is no race yet; begin one with racers")
    if steps is not None or budget_ms is not None:
        if steps is not None and integer("steps", steps, 0) > MOST_STEPS:
            raise ValueError(f"one call takes at most {MOST_STEPS} steps, got {steps}")
        budget = None if budget_ms is None else min(real("budget_ms", budget_ms), LONGEST_MS)
        bench.race.advance(steps=steps, budget_ms=budget)
    return bench.race.picture()


def race_surface(session: Any) -> dict[str, Any]:
    """The loss around the paths of a race."""
    bench = bench_of(session)
    if bench.race is None:
        raise ValueError("there is no race yet; begin one with racers")
    return bench.race.loss_surface()


def _picture(bench: _Bench, resolution: int, *, brief: bool = False) -> dict[str, Any]:
    if not 2 <= integer("resolution", resolution) <= 200:
        raise ValueError(f"resolution must be from 2 to 200, got {resolution}")
    return picture(bench.trainer, resolution, brief=brief)


OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "training_choices": training_choices,
    "configure": configure,
    "reset": reset,
    "train": train,
    "probe": probe_at,
    "set_parameter": set_parameter,
    "ablate": ablate,
    "diagnose": diagnosis,
    "look_back": look_back,
    "go_back": go_back,
    "warp": warped,
    "table": table,
    "layers": layers,
    "export": export,
    "load": load,
    "race": race,
    "race_surface": race_surface,
}
"""The operations by name."""
