"""Answers as bytes: a little-endian head length of 4 bytes, a head in JSON, and arrays aligned to 8 bytes.

The head is a JSON object; its ``"arrays"`` names each array with its offset from the end of the head, its
dtype (``float64``, ``int32`` or ``uint8``) and its shape. JSON has no nan and no infinities: they travel as
the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``, which JavaScript's ``Number`` reads.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["pack", "unpack"]

ALIGNMENT = 8
_TRAVELS_AS = {"uint8": "uint8", "bool": "uint8", "int32": "<i4"}
_LENGTH = struct.Struct("<I")


def pack(answer: Mapping[str, Any]) -> bytes:
    """The bytes of an answer.

    Args:
        answer: what JSON can hold, and NumPy arrays as values of the outermost level: these become binary,
            uint8 and bool as uint8, int32 as it is and all others as float64. Arrays further inside become
            lists.

    Raises:
        TypeError: a value is neither; the message names its type.

    >>> head, arrays = unpack(pack({"loss": 0.5, "surface": np.eye(2)}))
    >>> head["loss"], arrays["surface"].tolist()
    (0.5, [[1.0, 0.0], [0.0, 1.0]])
    """
    head = {name: value for name, value in answer.items() if not isinstance(value, np.ndarray)}
    blocks: list[bytes] = []
    described: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, value in answer.items():
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value, _TRAVELS_AS.get(value.dtype.name, "<f8"))
            block = array.tobytes()
            described[name] = {"offset": offset, "dtype": array.dtype.name, "shape": list(value.shape)}
            blocks.append(block + bytes(-len(block) % ALIGNMENT))
            offset += len(blocks[-1])
    text = _json({**head, "arrays": described}).encode()
    text += b" " * (-(_LENGTH.size + len(text)) % ALIGNMENT)
    return b"".join([_LENGTH.pack(len(text)), text, *blocks])


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The head and the arrays of an answer; what ``client.js`` does, for tests and notebooks.

    Raises:
        ValueError: the bytes end before what the head promises.
    """
    if len(data) < _LENGTH.size:
        raise ValueError(f"an answer has at least {_LENGTH.size} bytes; this one has {len(data)}")
    start = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    if len(data) < start:
        raise ValueError(f"the head ends at byte {start}, the answer at byte {len(data)}")
    head = json.loads(data[_LENGTH.size : start])
    arrays = {}
    for name, about in head.pop("arrays").items():
        shape = tuple(about["shape"])
        array = np.frombuffer(data, np.dtype(about["dtype"]), math.prod(shape), start + about["offset"])
        arrays[name] = array.reshape(shape)
    return head, arrays


def _json(head: Mapping[str, Any]) -> str:
    try:
        return json.dumps(head, allow_nan=False, default=_plain, separators=(",", ":"))
    except ValueError:  # a nan or an infinity: rare, so looked for only then
        return json.dumps(_finite(head), allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"cannot send a {type(value).__name__} to the page: {value!r:.80}")


def _finite(value: Any) -> Any:
    """Data with strings for nan and infinities, which JSON lacks."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value if isinstance(value, str | int | float | None) else _plain(value)
