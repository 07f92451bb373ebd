"""Encode nested states as arrays and a JSON text, and decode them, without pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief, typed

__all__ = ["from_arrays", "to_arrays"]

_ARRAY, _TUPLE = "$array", "$tuple"
"""The keys under which JSON, which knows neither, names an array and lists what a tuple holds."""

_JSON = "state.json"


def to_arrays(state: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Encode a nested state as arrays by name, one of which is a JSON text with its structure.

    Args:
        state: dicts with text for keys, lists, tuples, arrays, numbers, text, booleans and None.

    Raises:
        TypeError: it holds something else.

    >>> arrays = to_arrays({"epoch": 3, "memory": {"m": np.array([0.5, 1.0])}})
    >>> arrays["memory.m"], str(arrays["state.json"])
    (array([0.5, 1. ]), '{"epoch": 3, "memory": {"m": {"$array": "memory.m"}}}')
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    tree = _encoded(state, "", arrays)
    return {**arrays, _JSON: np.array(json.dumps(tree))}


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Decode the arrays of :func:`to_arrays`.

    Raises:
        ValueError: the arrays do not hold a state.

    >>> from_arrays(to_arrays({"betas": (0.9, 0.999), "name": None, "m": np.array([0.5])}))
    {'betas': (0.9, 0.999), 'name': None, 'm': array([0.5])}
    """
    try:
        state = _decoded(json.loads(str(arrays[_JSON])), arrays)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"there is no saved state in it: {brief(error)}") from error
    if not isinstance(state, dict):
        raise ValueError(f"there is no saved state in it, but {brief(state)}")
    return state


def _encoded(item: Any, place: str, arrays: dict[str, npt.NDArray[Any]]) -> Any:
    dot = "." if place else ""
    if isinstance(item, Mapping):
        for key in item:
            if not isinstance(key, str) or key in (_ARRAY, _TUPLE):
                raise TypeError(f"a state to be saved has text for keys, got {brief(key)} in {brief(place)}")
        return {key: _encoded(each, f"{place}{dot}{key}", arrays) for key, each in item.items()}
    if isinstance(item, (list, tuple)):
        items = [_encoded(each, f"{place}{dot}{i}", arrays) for i, each in enumerate(item)]
        return {_TUPLE: items} if isinstance(item, tuple) else items
    if isinstance(item, np.ndarray) and item.dtype != object:
        arrays[place] = item
        return {_ARRAY: place}
    if isinstance(item, np.generic):
        item = item.item()
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    raise TypeError(
        f"a state to be saved holds numbers, text and arrays, got {typed(item)} in {brief(place)}"
    )


def _decoded(item: Any, arrays: Mapping[str, npt.NDArray[Any]]) -> Any:
    if isinstance(item, list):
        return [_decoded(each, arrays) for each in item]
    if not isinstance(item, dict):
        return item
    if set(item) == {_ARRAY}:
        return arrays[item[_ARRAY]]
    if set(item) == {_TUPLE}:
        return tuple(_decoded(each, arrays) for each in item[_TUPLE])
    return {key: _decoded(each, arrays) for key, each in item.items()}
