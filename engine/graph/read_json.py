"""Reads graphs from JSON; checks every field and runs nothing: see ``docs/graph_json.md``.

Numbers and local gradients are taken as they stand, so the graph has the gradients of the one that was saved.
"""

from __future__ import annotations

import json
import os
from math import isfinite
from typing import Any

from engine.errors import ChainruleError
from engine.graph.write_json import FORMAT, KINDS, VERSION
from engine.node.backend import Value
from engine.node.copying import build, row_of
from engine.ops.op import Op
from engine.quoting import abridged, typed

__all__ = ["GraphFormatError", "from_json", "load_json"]

_LARGEST = 1.7976931348623157e308
_SPECIAL = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_OF_DOCUMENTS = ({"format", "version", "root", "nodes"},) * 2  # fields that may be there, and that must be
_OF_LEAVES = ({"kind", "data", "grad", "label"}, {"kind", "data"})
_OF_RESULTS = (_OF_LEAVES[0] | {"op", "operands", "local_grads", "baked"}, {"kind", "data", "op", "operands"})


class GraphFormatError(ChainruleError, ValueError):
    """A text is not a graph in JSON; the message says where, as in ``nodes[3].operands[1]``."""


def from_json(text: str | bytes) -> Value:
    """The graph in a JSON text, as :func:`engine.to_json` wrote it.

    Args:
        text: the whole text.

    Returns:
        The root. ``backward()`` gives the gradients of the graph that was saved, and second derivatives
        too, except through nodes made by hand, whose local gradients are mere numbers.

    Raises:
        GraphFormatError: it is not JSON, or something in it is not as the schema says; nothing is built then.
        TypeError: it is not a string.

    >>> from engine.graph.write_json import to_json
    >>> x = Value(3.0, label="x")
    >>> y = from_json(to_json(x * x))
    >>> y.backward()
    >>> y.data, y._children[0].label, y._children[0].grad
    (9.0, 'x', 6.0)
    >>> from_json('{"format": "chainrule graph", "version": 1, "root": 0, "nodes": [{"kind": "leaf"}]}')
    Traceback (most recent call last):
    ...
    engine.graph.read_json.GraphFormatError: nodes[0] has no "data"
    """
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"from_json takes a string, got {typed(text)}")
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise GraphFormatError(f"this is not JSON: {error}") from None
    return _graph(document)


def load_json(path: str | os.PathLike[str]) -> Value:
    """The graph in a JSON file, as :func:`engine.save_json` wrote it.

    Raises:
        GraphFormatError: as :func:`from_json`, naming the file.
        OSError: the file is missing or not readable.

    >>> import tempfile
    >>> from engine.graph.write_json import save_json
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_json(save_json(Value(2.0) * 3.0, f"{folder}/graph.json")).data
    6.0
    """
    with open(path, "rb") as file:
        content = file.read()
    try:
        return from_json(content)
    except GraphFormatError as error:
        raise GraphFormatError(f"{os.fspath(path)!r}: {error}") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f'{name} is not a number in JSON; write "{float(name)}" in quotes')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {json.dumps(abridged(twice, 60))} stands in one object twice")
    return found


def _graph(document: Any) -> Value:
    """The root of a document, of which all is checked first."""
    _fields(document, "the document", *_OF_DOCUMENTS)
    if document["format"] != FORMAT:
        raise GraphFormatError(f"format must be {FORMAT!r}, got {_shown(document['format'])}")
    version = document["version"]
    if version != VERSION or isinstance(version, bool):
        raise GraphFormatError(
            f"version must be {VERSION}, got {_shown(version)}: was it written by a newer chainrule?"
        )
    entries = _list(document["nodes"], "nodes")
    root = _index(document["root"], "root", len(entries))
    rows: dict[Any, Op] = {}
    fields = [_checked(entry, i, rows) for i, entry in enumerate(entries)]
    nodes: list[Value] = []
    for label, data, grad, row, operands, local in fields:
        attributes = {"label": label} if label else {}
        children = tuple([nodes[k] for k in operands])
        nodes.append(build(None, attributes, data, grad, row, children, local))
    return nodes[root]


Fields = tuple[str, float, float, Op, list[int], tuple[float, ...]]
"""Of a node: label, number, gradient, row, the numbers of the operands, local gradients."""


def _checked(entry: Any, i: int, rows: dict[Any, Op]) -> Fields:
    """The fields of the node with number i; rows: those that were found for earlier nodes."""
    place = f"nodes[{i}]"
    kind: Any = entry.get("kind") if isinstance(entry, dict) else None
    is_leaf = isinstance(kind, str) and kind in KINDS
    _fields(entry, place, *(_OF_LEAVES if is_leaf else _OF_RESULTS))
    if not is_leaf and kind not in ("result", "by hand"):
        kinds = ", ".join(map(repr, (*KINDS, "result", "by hand")))
        raise GraphFormatError(f"{place}.kind must be one of {kinds}, got {_shown(kind)}")
    data = _number(entry["data"], place, "data")
    grad = _number(entry.get("grad", 0.0), place, "grad")
    label = _text(entry.get("label", ""), place, "label")
    if is_leaf:
        return label, data, grad, row_of(KINDS.index(kind)), [], ()
    listed = _list(entry["operands"], f"{place}.operands")
    operands = [x if type(x) is int and 0 <= x < i else _index(x, f"{place}.operands[{k}]", i)
                for k, x in enumerate(listed)]  # fmt: skip
    key = kind, _text(entry["op"], place, "op"), _numbers(entry, "baked", place), len(operands)
    row = rows[key] = rows.get(key) or _row(*key, place)
    local = _numbers(entry, "local_grads", place)
    if len(local) != len(operands) and (local or kind == "result"):
        wanted = f"{len(operands)} numbers, one for each operand"
        raise GraphFormatError(f"{place}.local_grads must be {wanted}, got {len(local)}")
    return label, data, grad, row, operands, local


def _row(kind: str, name: str, baked: tuple[float, ...], count: int, place: str) -> Op:
    """The row of the table that made a result, fit for so many operands."""
    if kind == "by hand":
        if baked:
            raise GraphFormatError(f"{place}.baked is for operators of the table, not for one made by hand")
        return row_of(name)
    try:
        base = row_of((name, ()))
    except KeyError:
        raise GraphFormatError(
            f'{place}.op: the table has no operator {_shown(name)}; one made by hand has "kind": "by hand"'
        ) from None
    if len(baked) not in (0, base.static):
        raise GraphFormatError(f"{place}.baked must be {base.static} numbers for {name}, got {len(baked)}")
    row = row_of((name, baked))
    if not count or (row.arity is not None and row.arity != count):
        wanted = "at least one" if row.arity is None else row.arity
        raise GraphFormatError(f"{place}.operands: {name} takes {wanted}, got {count}")
    return row


def _fields(entry: Any, place: str, known: set[str], needed: set[str]) -> None:
    """Raise unless this is an object with the fields wanted and no others."""
    if not isinstance(entry, dict):
        raise GraphFormatError(f"{place} must be an object, got {_shown(entry)}")
    if needed <= entry.keys() <= known:
        return
    for name in sorted(needed - entry.keys()):
        raise GraphFormatError(f'{place} has no "{name}"')
    for name in sorted(entry.keys() - known):
        raise GraphFormatError(
            f"{place} has an unknown field {_shown(name)}; known are {', '.join(sorted(known))}"
        )


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise GraphFormatError(f"{place} must be a list, got {_shown(value)}")
    return value


def _text(value: Any, place: str, name: str) -> str:
    if not isinstance(value, str):
        raise GraphFormatError(f"{place}.{name} must be a text, got {_shown(value)}")
    return value


def _index(value: Any, place: str, below: int) -> int:
    """The number of an earlier node."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        wanted = (
            f"the number of an earlier node, 0 to {below - 1}" if below else "absent: no node stands before"
        )
        raise GraphFormatError(f"{place} must be {wanted}, got {_shown(value)}")
    return value


def _numbers(entry: dict[str, Any], name: str, place: str) -> tuple[float, ...]:
    listed = _list(entry[name], f"{place}.{name}") if name in entry else ()
    return tuple([x if type(x) is float and isfinite(x) else _number(x, place, f"{name}[{k}]")
                  for k, x in enumerate(listed)])  # fmt: skip


def _number(value: Any, place: str, name: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not abs(value) <= _LARGEST:
            raise GraphFormatError(f"{place}.{name} is larger than any float: {_shown(value)}")
        return float(value)
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    raise GraphFormatError(f'{place}.{name} must be a number, "nan", "inf" or "-inf", got {_shown(value)}')


def _shown(value: Any) -> str:
    return abridged(json.dumps(value), 60)
