"""Save a training of fit to a checkpoint, and resume it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from engine.floats.validate import integer
from engine.quoting import brief
from nn.checks import reals
from nn.rng import set_source_state
from nn.training.checkpoint import load_checkpoint, save_checkpoint, states
from nn.training.history import History
from nn.training.loop import Training

__all__ = ["check_processes", "go_to_saved_start", "resume_training", "save_training"]


def save_training(training: Training, path: str | os.PathLike[str]) -> None:
    """Write a checkpoint; of several processes that train together the first does."""
    if training.lifted is not None and not training.lifted.is_first:
        return
    state = training.state
    save_checkpoint(
        path,
        **_parts(training),
        epoch=state.epoch,
        history=state.history,
        start=training.start,
        samples=len(training.data[0]),
        arguments=_arguments(training),
    )


def resume_training(training: Training, path: str | os.PathLike[str]) -> None:
    """Restore a checkpoint.

    Raises:
        ValueError: it is that of a training on other data, or does not fit otherwise. Nothing has
            changed then.
    """
    saved = _saved(path)
    if saved["samples"] != len(training.data[0]):
        raise ValueError(
            f"{os.fspath(path)!r} is of a training on {saved['samples']} samples, "
            f"got {len(training.data[0])} here"
        )
    _check_arguments(training, path, saved)
    _check_best(training, path, saved)
    load_checkpoint(path, **_parts(training))
    training.state.epoch = saved["epoch"]
    training.state.history = saved["history"]


def check_processes(training: Training) -> None:
    """Check that the processes that train together, if there are several, begin with the same.

    Raises:
        RuntimeError: they do not.
    """
    if training.lifted is None or not training.lifted.is_of_several:
        return
    from engine.jit.backends.jax.processes import check_same

    state = training.state
    plain = {"arguments": {**_arguments(training), "epochs": state.epochs}, "epochs so far": state.history}
    parts: dict[str, Iterable[Any]] = {
        "rng" if name == "generator" else name: states(part=part).values()
        for name, part in {**_parts(training), **plain}.items()
    }
    data = {"samples and targets": training.data, "validation samples": training.held_out or ()}
    parts |= {name: map(_as_array, given) for name, given in data.items()}
    check_same(parts)


def _as_array(items: Any) -> np.ndarray[Any, Any]:
    return items if isinstance(items, np.ndarray) else np.array(repr(items))


def go_to_saved_start(generator: np.random.Generator, path: str | os.PathLike[str]) -> dict[str, Any]:
    """Set a generator to the start of a saved training; returns that state.

    Raises:
        ValueError: the file is damaged, not a checkpoint of :func:`nn.fit`, or of another kind of generator.
        OSError: it is missing or not readable.
    """
    start: dict[str, Any] = _saved(path)["start"]
    try:
        set_source_state(generator, start)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!r}: its 'start' does not fit: {error}") from error
    return start


def _parts(training: Training) -> dict[str, Any]:
    """The parts with a state, by their names in the file."""
    parts = {
        "model": training.state.model,
        "optimizer": training.state.optimizer,
        "schedule": training.schedule,
        "early_stopping": training.early_stopping,
        "generator": training.generator,
        **{f"callback {i}": each for i, each in enumerate(training.callbacks) if hasattr(each, "state_dict")},
    }
    return {name: part for name, part in parts.items() if part is not None}


def _arguments(training: Training) -> dict[str, Any]:
    """Arguments that later numbers depend on, by name; to resume, they must be equal."""
    count = len(training.data[0])
    return {
        "batch_size": count if training.batch_size is None else min(training.batch_size, count),
        "validation samples": 0 if training.held_out is None else len(training.held_out[0]),
        "loss": training.loss.name,
        "optimizer": type(training.state.optimizer).__name__,
    }


def _check_arguments(training: Training, path: str | os.PathLike[str], saved: Mapping[str, Any]) -> None:
    """Compare the arguments with those in the file; older files have none."""
    here = _arguments(training)
    there = saved.get("arguments", here)
    if not isinstance(there, Mapping) or set(there) != set(here):
        raise ValueError(
            f"{os.fspath(path)!r}: arguments must be a dict of {', '.join(here)}, got {brief(there)}"
        )
    for name, argument in here.items():
        if type(there[name]) is not type(argument) or there[name] != argument:
            raise ValueError(
                f"{os.fspath(path)!r}: its {name!r} does not fit: it is {brief(there[name])}, got "
                f"{brief(argument)} here; resume with what it was trained with"
            )


def _check_best(training: Training, path: str | os.PathLike[str], saved: Mapping[str, Any]) -> None:
    """Check that the best parameters are those of this model, which gets them only at the end."""
    stopping = saved.get("early_stopping")
    names = stopping.get("parameters") if isinstance(stopping, Mapping) else None
    if training.early_stopping is None or not isinstance(names, Mapping):
        return  # which it will say itself
    if names and set(names) != set(training.state.model.state_dict()):
        raise ValueError(
            f"{os.fspath(path)!r}: its 'early_stopping' does not fit: its parameters "
            f"{brief(list(names))} are not those of this {type(training.state.model).__name__}"
        )


def _saved(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a checkpoint of fit, and check what is not the state of a part."""
    saved = load_checkpoint(path)
    missing = [name for name in ("epoch", "history", "start", "samples") if name not in saved]
    if missing:
        raise ValueError(f"{os.fspath(path)!r} is not a checkpoint of fit: it has no {', '.join(missing)}")
    try:
        epoch, history = integer("epoch", saved["epoch"], 0), saved["history"]
        integer("samples", saved["samples"], 0)
        if not isinstance(saved["start"], Mapping):
            raise TypeError(f"start must be the state of a random generator, got {brief(saved['start'])}")
        if not isinstance(history, Mapping):
            raise TypeError(f"history must be a dict of numbers by name, got {brief(history)}")
        columns = {name: reals(f"history[{brief(name)}]", column) for name, column in history.items()}
        lengths = {name: len(column) for name, column in columns.items()}
        if lengths.get("loss", 0) != epoch or max(lengths.values(), default=0) > epoch:
            raise ValueError(f"epoch is {epoch}, but history holds counts of numbers of {brief(lengths)}")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)!r}: {error}") from error
    return saved | {"history": History(columns)}
