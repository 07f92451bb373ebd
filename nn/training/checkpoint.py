"""Checkpoints: the state of a training in one file, from which it resumes bit for bit."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief
from nn.modules.module import Module
from nn.rng import RandomSource, set_source_state, source_state
from nn.serialization.encoding import from_arrays, to_arrays
from nn.serialization.npz import read_arrays, write_arrays

__all__ = ["load_checkpoint", "save_checkpoint", "states"]

_PYTHON = "random"
"""The key of Python's ``random`` module among a model's generators; all other keys have a dot."""


def save_checkpoint(path: str | os.PathLike[str], **parts: Any) -> None:
    """Write the states of parts of a training to an .npz file, which appears whole or not at all.

    Args:
        path: exactly this path; ``numpy.load`` reads the file. Nothing in it is pickled.
        parts: by name: a Module (its parameters, which of them are frozen, and the generators of its Dropouts
            and noisy relus);
            anything with a ``state_dict()`` (optimiser, schedule, early stopping); a random generator; or
            plain numbers, text, lists, dicts and arrays.

    Raises:
        OSError: the folder is missing, full or not writable.
        TypeError: a part cannot be saved.

    >>> import tempfile
    >>> from nn import Adam, Neuron
    >>> model, rng = Neuron(1, rng=0), np.random.default_rng(0)
    >>> optimizer = Adam(model.parameters())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(f"{folder}/run.npz", model=model, optimizer=optimizer, rng=rng, epoch=3)
    ...     load_checkpoint(f"{folder}/run.npz", model=model, optimizer=optimizer, rng=rng)
    {'epoch': 3}
    """
    write_arrays(path, states(**parts))


def states(**parts: Any) -> dict[str, npt.NDArray[Any]]:
    """The arrays that :func:`save_checkpoint` writes, by name; plain data is a text among them.

    >>> states(epoch=3)["state.json"].item()
    '{"epoch": 3}'
    """
    return to_arrays({name: _state(part) for name, part in parts.items()})


def load_checkpoint(path: str | os.PathLike[str], **parts: Any) -> dict[str, Any]:
    """Restore parts of a training from a checkpoint; if anything is wrong, nothing changes.

    Args:
        path: a file of :func:`save_checkpoint`.
        parts: those to restore, by the names under which they were saved.

    Returns:
        The plain data that the file holds under other names.

    Raises:
        ValueError: the file is damaged or not a checkpoint, or it lacks a part or has one that does not
            fit. The message names it.
        TypeError: a part has no state to restore.
        OSError: the file is missing or not readable.
    """
    for name, part in parts.items():
        if not (hasattr(part, "load_state_dict") or isinstance(part, (np.random.Generator, random.Random))):
            raise TypeError(f"{name}={brief(part)} has no state to restore; plain data is returned")
    arrays = read_arrays(path)  # whose errors name the file
    try:
        state = from_arrays(arrays)
        missing = [name for name in parts if name not in state]
        if missing:
            raise ValueError(
                f"the checkpoint has no {brief(missing[0])}, only {', '.join(map(brief, [*state][:9]))}"
            )
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!r}: {error}") from error
    before = {name: _state(part) for name, part in parts.items()}
    try:
        for name, part in parts.items():
            _set_state(part, state[name])
    except Exception as error:
        for changed, part in parts.items():
            _set_state(part, before[changed])
        # a state that was changed by hand fails in many ways: KeyError, TypeError, AttributeError, …
        raise ValueError(f"{os.fspath(path)!r}: its {brief(name)} does not fit: {error}") from error
    return {name: item for name, item in state.items() if name not in parts}


def _state(part: Any) -> Any:
    if isinstance(part, Module):
        generators = {key: source_state(source) for key, source in _generators(part).items()}
        frozen = [name for name, parameter in part.named_parameters() if not parameter.requires_grad]
        return {"parameters": part.state_dict(), "generators": generators, "frozen": frozen}
    if hasattr(part, "state_dict"):
        return part.state_dict()
    if isinstance(part, (np.random.Generator, random.Random)):
        return source_state(part)
    return part


def _set_state(part: Any, state: Any) -> None:
    if isinstance(part, Module):
        part.load_state_dict(state["parameters"])
        _set_generators(part, state["generators"])
        if "frozen" in state:  # which older files do not have
            _set_frozen(part, state["frozen"])
    elif hasattr(part, "load_state_dict"):
        part.load_state_dict(state)
    else:
        set_source_state(part, state)


def _set_frozen(model: Module, names: Any) -> None:
    """Let exactly these parameters take no gradient."""
    parameters = dict(model.named_parameters())
    if not isinstance(names, list) or not all(isinstance(x, str) and x in parameters for x in names):
        raise ValueError(f"frozen must be a list of names of parameters, got {brief(names)}")
    for name, parameter in parameters.items():
        if parameter.requires_grad == (name in names):
            parameter.requires_grad = name not in names


def _generators(model: Module) -> dict[str, RandomSource]:
    """The random generators of a model's modules, each once, by the dotted name of its first place.

    An attribute ``rng`` that is None means Python's ``random`` module.
    """
    found: dict[str, RandomSource] = {}
    for name, module in model.named_modules():
        for attribute, item in vars(module).items():
            if isinstance(item, (np.random.Generator, random.Random)):
                if not any(item is other for other in found.values()):
                    found[f"{name}.{attribute}"] = item
            elif attribute == "rng" and item is None:
                found[_PYTHON] = random
    return found


def _set_generators(model: Module, states: Mapping[str, Any]) -> None:
    generators = _generators(model)
    if set(generators) != set(states):
        raise ValueError(
            f"it has random generators for {brief(sorted(states))}, but this {type(model).__name__} for "
            f"{brief(sorted(generators))}; was it made with another rng?"
        )
    for key, source in generators.items():
        set_source_state(source, states[key])
