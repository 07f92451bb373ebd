"""Names of the numbers in a state; states in PyTorch's form: arrays, and layers by their position."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief
from nn.data.foreign import from_foreign

__all__ = ["by_number", "gathered", "numbered", "refilled", "torch_name"]

Place = tuple[tuple[int, ...], str]
"""The position of a number in its array, and its own name."""


def torch_name(name: str, sequences: Collection[str]) -> str:
    """A dotted name as PyTorch has it, without the attribute ``layers`` of a Sequential.

    Args:
        name: of a parameter or buffer.
        sequences: the names of the modules that are Sequentials.

    >>> torch_name("net.layers.0.weight.1.0", {"net"}), torch_name("layers.0.w", set())
    ('net.0.weight.1.0', 'layers.0.w')
    """
    words, shown = name.split("."), []
    for i, word in enumerate(words):
        if not (word == "layers" and ".".join(words[:i]) in sequences):
            shown.append(word)
    return ".".join(shown)


def _arrays(names: Mapping[str, str]) -> dict[str, list[Place]]:
    """The numbers of each array: names without the digits at their end, of which there may be none."""
    found: dict[str, list[Place]] = {}
    for shown, name in names.items():
        words = shown.split(".")
        end = len(words)
        while end > 1 and words[end - 1].isdigit():
            end -= 1
        found.setdefault(".".join(words[:end]), []).append((tuple(map(int, words[end:])), name))
    return found


def _shape(places: Iterable[Place]) -> tuple[int, ...] | None:
    """The shape of the array with numbers at these places; None where they do not fill one."""
    positions = [position for position, _ in places]
    if len({len(position) for position in positions}) != 1:
        return None
    shape = tuple(max(axis) + 1 for axis in zip(*positions, strict=True))
    return shape if len(set(positions)) == int(np.prod(shape)) else None


def by_number(state: Mapping[str, Any], known: Collection[str], sequences: Collection[str]) -> dict[str, Any]:
    """A state with an entry for each number, under this project's names.

    Args:
        state: as given: numbers by name, or arrays and tensors under PyTorch's names.
        known: the names of the module.
        sequences: the names of its Sequentials.

    Returns:
        The entries; those that no name fits are as they were.

    Raises:
        ValueError: an array has another shape, or a number is there twice.
        TypeError: an entry cannot be read as an array.

    >>> by_number({"0.w": [1.0, 2.0]}, ["layers.0.w.0", "layers.0.w.1"], {""})
    {'layers.0.w.0': 1.0, 'layers.0.w.1': 2.0}
    """
    if all(name in known for name in state):
        return dict(state)
    shown = {torch_name(name, sequences): name for name in known}
    own = {name: name for name in known}
    names = {**{other: name for other, name in shown.items() if other not in own}, **own}
    arrays, found = {**_arrays(shown), **_arrays(own)}, dict[str, Any]()
    for key, value in state.items():
        entries = {names.get(key, key): value}
        if key not in names and key in arrays:
            entries = _numbers(key, value, arrays[key])
        for name, number in entries.items():
            if name in found:
                raise ValueError(f"the state_dict has {brief(name)} twice, once as {brief(key)}")
            found[name] = number
    return found


def _numbers(key: str, value: Any, places: list[Place]) -> dict[str, Any]:
    shape = _shape(places)
    array = np.asarray(from_foreign(f"state_dict[{brief(key)}]", value))
    if shape is None or array.shape != shape:
        wanted = "numbers by name" if shape is None else f"shape {shape}"
        raise ValueError(f"state_dict[{brief(key)}] must have {wanted}, got shape {array.shape}")
    return {name: array[position].item() for position, name in places}


def gathered(state: Mapping[str, float], sequences: Collection[str]) -> dict[str, npt.NDArray[np.float64]]:
    """A state of arrays under PyTorch's names, in the order of the numbers.

    >>> gathered({"layers.0.w.0": 1.0, "layers.0.w.1": 2.0, "layers.0.b": 3.0}, {""})
    {'0.w': array([1., 2.]), '0.b': array(3.)}
    """
    arrays: dict[str, npt.NDArray[np.float64]] = {}
    for name, places in _arrays({torch_name(name, sequences): name for name in state}).items():
        shape = _shape(places)
        if shape is None:
            raise ValueError(
                f"the numbers of {brief(name)} are no array: {brief([own for _, own in places])}"
            )
        arrays[name] = np.empty(shape)
        for position, own in places:
            arrays[name][position] = state[own]
    return arrays


def numbered(name: str, numbers: Any) -> list[tuple[str, float]]:
    """Pairs of dotted name and number; of None nothing.

    >>> numbered("bn.mean", [0.5, 1.5]), numbered("bn.count", 3)
    ([('bn.mean.0', 0.5), ('bn.mean.1', 1.5)], [('bn.count', 3.0)])
    """
    if numbers is None:
        return []
    if isinstance(numbers, (list, tuple)):
        return [pair for i, each in enumerate(numbers) for pair in numbered(f"{name}.{i}", each)]
    return [(name, float(numbers))]


def refilled(name: str, numbers: Any, found: Mapping[str, float]) -> Any:
    """The numbers of these names, nested as those that were there.

    >>> refilled("mean", [0.5, 1.5], {"mean.0": 2.0, "mean.1": 3.0})
    [2.0, 3.0]
    """
    if numbers is None:
        return None
    if isinstance(numbers, (list, tuple)):
        return [refilled(f"{name}.{i}", each, found) for i, each in enumerate(numbers)]
    return found[name]
