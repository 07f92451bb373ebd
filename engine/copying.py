"""Copying and pickling graphs of any depth, without recursion.

``copy`` and ``pickle`` would descend one level per operator. Here a leaf is copied as itself, and a
result is flattened into its leaves and one step for every other node.

Results that two separately pickled roots share are pickled with each of them; leaves, such as
the parameters of a model, stay shared.
"""

from __future__ import annotations

import copy
from typing import Any

from engine.op import CONSTANT, FROZEN, LEAF, Op, custom_op_row
from engine.ops import OPERATORS, find

__all__ = ["deepcopy", "duplicate", "reduce"]

Node = Any
"""A Value: this file stands below value.py and knows it by its fields only."""

_LEAVES = (LEAF, CONSTANT, FROZEN)
_FIELDS = ("_data", "_grad", "_row", "_left", "_right", "_dleft", "_dright")


def duplicate(node: Node, children: tuple[Node, ...]) -> Node:
    """A node like another one, on other operands (as many, in the same order)."""
    fields = {name: getattr(node, name) for name in _FIELDS}
    if fields["_left"].__class__ is tuple:
        fields["_left"] = children
    elif children:
        fields["_left"], fields["_right"] = (*children, None)[:2]
    return _build(type(node), fields, node.__dict__)


def deepcopy(root: Node, memo: dict[int, Any]) -> Node:
    """A copy of a whole graph for ``copy.deepcopy``; nodes that the memo knows are shared."""
    for node in root._topological_order():
        if id(node) not in memo:
            twin = duplicate(node, tuple(memo[id(child)] for child in node._children))
            memo[id(node)] = twin
            twin.__dict__.update(copy.deepcopy(node.__dict__, memo))
    return memo[id(root)]


def reduce(root: Node) -> tuple[Any, ...]:
    """What pickle stores of a node: of a leaf its fields, of a result its leaves and steps.

    A step holds the fields of one node, with positions in place of operands: they count the leaves
    first and then the steps before.
    """
    if not root._children:
        fields = (type(root), root._data, root._grad, _key(root._row))
        return _restore_leaf, fields, dict(root.__dict__) or None  # attributes last: they may lead back here
    order = root._topological_order()
    leaves = [node for node in order if not node._children]
    inner = [node for node in order if node._children]
    position = {node: i for i, node in enumerate((*leaves, *inner))}
    steps = [
        (
            node._data,
            node._grad,
            _key(node._row),
            node._left.__class__ is tuple,
            tuple(position[child] for child in node._children),
            node._local_grads,
            dict(node.__dict__),
        )
        for node in inner
    ]
    return _restore_graph, (type(root), leaves, steps)


def _restore_leaf(kind: Any, data: float, grad: float, key: Any) -> Node:
    return _build(kind, {"_data": data, "_grad": grad, "_row": _row(key)}, {})


def _restore_graph(kind: Any, leaves: list[Node], steps: list[tuple[Any, ...]]) -> Node:
    nodes = list(leaves)
    for data, grad, key, packed, positions, local, attributes in steps:
        children = tuple(nodes[i] for i in positions)
        left, right = (children, None) if packed else (*children, None)[:2]
        dleft, dright = (local, None) if packed else (*local, None)[:2]
        fields = {"_data": data, "_grad": grad, "_row": _row(key), "_left": left, "_right": right}
        nodes.append(_build(kind, fields | {"_dleft": dleft, "_dright": dright}, attributes))
    return nodes[-1]


def _build(kind: Any, fields: dict[str, Any], attributes: dict[str, Any]) -> Node:
    node = kind.__new__(kind)
    for name in _FIELDS:
        setattr(node, name, fields.get(name))
    node.__dict__.update(attributes)
    return node


def _key(row: Op) -> Any:
    """What pickle keeps of a row: a kind of leaf, the text of a row made by hand, or name and values."""
    if row in _LEAVES:
        return _LEAVES.index(row)
    name, _ = key = row.key
    return key if name in OPERATORS else name


def _row(key: Any) -> Op:
    if isinstance(key, int):
        return _LEAVES[key]
    return custom_op_row(key) if isinstance(key, str) else find(*key)
