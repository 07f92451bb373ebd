"""Copying and pickling graphs of any depth, without recursion.

``copy`` and ``pickle`` would descend one level per operator. Here a leaf is copied as itself, and a
result is flattened into its leaves and one step for every other node.

While somebody differentiates, a copy with leaves of its own would cut the gradient off. So within a function
that is differentiated or traced, the copy of a variable or of a result is a node made of it, and pickling one
is refused.

Results that two separately pickled roots share are pickled with each of them, and so are those that an
attribute leads to; leaves, such as the parameters of a model, stay shared.
"""

from __future__ import annotations

import copy
import sys
from typing import Any

from engine.autograd.closures import refuse_copies
from engine.autograd.differentiating import is_differentiating, is_variable
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.trace_mode import is_tracing
from engine.errors import GraphError
from engine.ops import OPERATORS, find
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op, custom_op_row
from engine.quoting import brief

__all__ = ["build", "deepcopy", "duplicate", "reduce", "row_key", "row_of", "shallow"]

Node = Any
"""A Value: this file stands below value.py and knows it by its fields only."""

_LEAVES = (LEAF, CONSTANT, FROZEN)

node_class: Any = None
"""What a pickled Value becomes where it is loaded: the class that ``backend.py`` chose and put here."""


def shallow(node: Node) -> Node:
    """A copy of a node for ``copy.copy``: on the same operands."""
    carried = _carried(node, node.__dict__)  # which may be 0, and so false
    return duplicate(node, node._children) if carried is None else carried


def _carried(node: Node, attributes: dict[str, Any]) -> Node | None:
    """The copy of a node as a result made of it, where gradients must pass; None where a leaf will do.

    Within a function that is traced, also the copy of what was captured is made of it, so that a lifted
    function reads its number anew; but as ever, no gradient passes from a copied leaf to its original.
    """
    if not (is_differentiating() and is_grad_enabled()):
        return None
    if node._children or is_variable(node):
        one = build(None, {}, 1.0, 0.0, CONSTANT)
        return build(
            type(node), attributes, node._data, 0.0, OPERATORS["mul"], (node, one), (1.0, node._data)
        )
    if is_tracing():
        return build(type(node), attributes, node._data, 0.0, OPERATORS["stop_gradient"], (node,), (0.0,))
    return None


def duplicate(node: Node, children: tuple[Node, ...]) -> Node:
    """A node like another one on other operands, as many and in the same order."""
    refuse_copies(node)
    return build(type(node), node.__dict__, node._data, node._grad, node._row, children, node._local_grads)


def deepcopy(root: Node, memo: dict[int, Any]) -> Node:
    """A copy of a whole graph for ``copy.deepcopy``; nodes that the memo knows are shared."""
    carried = _carried(root, {})
    if carried is not None:
        memo[id(root)] = carried
        carried.__dict__.update(copy.deepcopy(root.__dict__, memo))
        return carried
    for node in root._topological_order():
        if id(node) not in memo:
            twin = duplicate(node, tuple(memo[id(child)] for child in node._children))
            memo[id(node)] = twin
            twin.__dict__.update(copy.deepcopy(node.__dict__, memo))
    return memo[id(root)]


def reduce(root: Node) -> tuple[Any, ...]:
    """What pickle stores of a node: the fields of a leaf, the leaves and steps of a result.

    A step holds the fields of one node, with positions in place of operands: they count the leaves
    first and then the steps before. Attributes come last, for they may lead back to the node.

    Raises:
        GraphError: somebody differentiates, and the gradient of the node would be cut off.
    """
    if is_differentiating() and is_grad_enabled() and (root._children or is_variable(root) or is_tracing()):
        raise GraphError(
            f"{brief(root)} cannot be pickled while its function is differentiated or traced: no gradient "
            "would pass what is loaded; use copy.copy or copy.deepcopy, or pickle its .data for a constant"
        )
    if not root._children:
        refuse_copies(root)
        fields = (_kind(root), root.data, root.grad, row_key(root._row))
        return _restore_leaf, fields, dict(root.__dict__) or None
    order = root._topological_order()
    leaves = [node for node in order if not node._children]
    inner = [node for node in order if node._children]
    for node in order:
        refuse_copies(node)
    position = {node: i for i, node in enumerate((*leaves, *inner))}
    steps = [
        (
            _kind(node),
            node.data,
            node.grad,
            row_key(node._row),
            tuple(position[child] for child in node._children),
            node._local_grads,
        )
        for node in inner
    ]
    attributes = {place: dict(node.__dict__) for place, node in enumerate(inner) if node.__dict__}
    return _restore_graph, (leaves, steps), attributes or None, None, None, _set_attributes


def _restore_leaf(kind: Any, data: float, grad: float, key: Any) -> Node:
    return build(kind, {}, data, grad, row_of(key))


def _restore_graph(leaves: list[Node], steps: list[tuple[Any, ...]]) -> Node:
    nodes = list(leaves)
    for kind, data, grad, key, positions, local in steps:
        children = tuple(nodes[i] for i in positions)
        nodes.append(build(kind, {}, data, grad, row_of(key), children, local))
    return nodes[-1]


def _set_attributes(root: Node, attributes: dict[int, dict[str, Any]]) -> None:
    """Set the attributes of a restored graph's results, by their positions among the steps."""
    inner = [node for node in root._topological_order() if node._children]
    for place, own in attributes.items():
        inner[place].__dict__.update(own)


def _kind(node: Node) -> Any:
    """The node's class if it is a user's own; None for a Value, loaded as the Value that runs there."""
    kind = type(node)
    return None if kind is node_class else kind


def build(kind: Any, attributes: dict[str, Any], *fields: Any) -> Node:
    """A node from its fields, computing nothing.

    Args:
        kind: its class; None for a Value.
        attributes: those of its own, such as the label.
        fields: number, gradient, row, operands, local gradients; see ``Value._fill``.
    """
    kind = kind or node_class
    node = kind.__new__(kind)
    node._fill(*fields)
    node.__dict__.update(attributes)
    return node


def row_key(row: Op) -> Any:
    """What pickle keeps of a row: a kind of leaf, the text of a row made by hand, or name and values."""
    if row in _LEAVES:
        return _LEAVES.index(row)
    name, _ = key = row.key
    return key if OPERATORS.get(name) is (row.base or row) else name


def row_of(key: Any) -> Op:
    """The row that :func:`row_key` named.

    Raises:
        KeyError: the table has no such row.
    """
    if isinstance(key, int):
        return _LEAVES[key]
    return custom_op_row(key) if isinstance(key, str) else find(*key)


sys.modules["engine.copying"] = sys.modules[__name__]  # its name in the pickles of release 0.1
