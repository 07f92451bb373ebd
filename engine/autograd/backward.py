"""The reverse sweep: adds the derivatives of a root to all it was made of, without recursion.

``sweep`` reads the fields in which ``value.Value`` keeps its operands; see there for their layout.
``observed_sweep`` is the same for any node, and runs Python code at every one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign
from typing import Any

from engine.autograd import closures, hooks, observers
from engine.autograd.masking import is_masked
from engine.errors import GraphError
from engine.ops.op import CONSTANT, FROZEN
from engine.quoting import brief

__all__ = [
    "leads_to_gradient",
    "observed_sweep",
    "propagate",
    "sweep",
    "takes_no_gradient",
    "topological_order",
    "without_local_grads",
]

Node = Any
"""A Value: this file stands below value.py and knows it by its fields only."""

_NOT_REACHED = -0.0
"""The gradient of a node to which nothing has come. No sum that starts from it is -0.0 again, as each part
has 0.0 added."""


def topological_order(root: Node, *others: Node) -> list[Node]:
    """Every node the root was made of, operands before results, the root last.

    Depth first with an explicit stack, leftmost operands first, so the order is that of the
    recursive definition and the same for equal graphs. Other roots follow with what is new below them.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[Any] = [*reversed(others), root]
    see, push, pop, emit = seen.add, stack.append, stack.pop, order.append
    while stack:
        node = pop()
        if node is None:  # the operands of the node below are all emitted
            emit(pop())
            continue
        if node in seen:
            continue
        see(node)
        left = node._left
        if left is None:
            emit(node)
            continue
        push(node)
        push(None)
        if left.__class__ is tuple:
            stack.extend(reversed(left))
            continue
        right = node._right
        if right is not None and right not in seen:
            push(right)
        if left not in seen:
            push(left)
    return order


def leads_to_gradient(root: Node) -> bool:
    """Whether some leaf below the root takes a gradient.

    It looks at the last operands first, where a sum that has grown term by term has its newest term, and
    stops at the first such leaf.
    """
    seen: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        children = node._children
        if not children:
            if node._row is not CONSTANT and node._row is not FROZEN:
                return True
        elif node not in seen:
            seen.add(node)
            stack += children
    return False


def sweep(root: Node, gradient: float) -> None:
    """Add d(root)/d(leaf) to the grad of each leaf; set the grad of every other node.

    Raises:
        GraphError: no leaf takes a gradient, where results in between have been cleared; or a node has no
            local gradients.
    """
    order = topological_order(root)
    frozen = []
    taken = len(order) == 1
    for node in order:
        left = node._left
        if left is None:
            if node._row is FROZEN:
                frozen.append((node, node._grad))
            elif node._row is not CONSTANT:
                taken = True
        elif left.__class__ is tuple and node._dleft is None:
            if node._row.closure:
                observed_sweep(root, gradient)
                return
            raise without_local_grads(node)
    for node in order:
        if node._left is not None:
            node._grad = _NOT_REACHED if taken else 0.0
    if not taken:
        raise takes_no_gradient(root)
    if gradient:  # a start of 0 is a literal one: nothing is reached
        root._grad += gradient
    for node in reversed(order):
        left = node._left
        if left is None:
            continue
        g = node._grad
        if not g and copysign(1.0, g) < 0.0:
            node._grad = 0.0
        elif g - g:  # infinite or nan: then a local_grad of 0 makes it nan, unless it masks
            for i, (child, local_grad) in enumerate(zip(node._children, node._local_grads, strict=True)):
                if not is_masked(node, i, local_grad):
                    child._grad += local_grad * g
        elif left.__class__ is tuple:
            zeros = False
            for child, local_grad in zip(left, node._dleft):  # noqa: B905 - equal by construction
                if local_grad:
                    child._grad += local_grad * g + 0.0
                elif child._left is not None:
                    zeros = True
            if zeros:
                for i, (child, local_grad) in enumerate(zip(left, node._dleft)):  # noqa: B905
                    if not local_grad and not is_masked(node, i, local_grad):
                        child._grad += 0.0
        else:
            if local_grad := node._dleft:
                left._grad += local_grad * g + 0.0
            elif left._left is not None and not is_masked(node, 0, local_grad):
                left._grad += 0.0
            right = node._right
            if right is not None:
                if local_grad := node._dright:
                    right._grad += local_grad * g + 0.0
                elif right._left is not None and not is_masked(node, 1, local_grad):
                    right._grad += 0.0
    for node, grad in frozen:
        node._grad = grad


def observed_sweep(root: Node, gradient: float) -> None:
    """The sweep with hooks, observers, or nodes that have a ``_backward`` function of their own.

    It adds up in the same order, so its gradients are the same to the last bit (but for a leaf that has a
    hook and a gradient already). Where a hook, observer or ``_backward`` raises, leaves keep what they had.
    """
    order = root._topological_order()
    for node in order:
        if node._children and not node._local_grads and not node._row.closure:
            raise without_local_grads(node)
    if root._children and not leads_to_gradient(root):
        raise takes_no_gradient(root)
    present = tuple(observers.current_observers())
    for observer in present:
        observer.started(root, gradient)
    before = {node: node.grad for node in order if not node._children and not node._row.closure}
    for node in order:
        # a hook of a leaf sees the gradient of this sweep alone, without what the leaf had before
        if node not in before or node in hooks.HOOKS:
            node.grad = 0.0
    root.grad += gradient
    reached = {root} if gradient else set()
    passed: dict[Node, float] = {}  # what each node had when it passed its gradient on
    try:
        for node in reversed(order):
            if node._row is FROZEN:
                node.grad = before[node]  # to which a function may have added
                continue
            g = node.grad
            if node in hooks.HOOKS:
                earlier, g = g, hooks.through(node, g)
                if earlier and not g:  # a hook's 0 is a literal one: it stops the gradient
                    reached.discard(node)
                for observer in present:
                    observer.hooked(node, earlier, g)
                node.grad = g + before[node] if node in before else g
            if node not in before:
                if node in reached or g:  # a hook may give a gradient to what is not reached
                    reached.update(_pass_on(node, g, present))
                passed[node] = node.grad
        for node, g in passed.items():
            if node.grad != g and node.grad == node.grad:
                raise too_late(node)
        for observer in present:
            observer.finished(before)
    except BaseException:
        for leaf, g in before.items():
            leaf.grad = g
        raise


def _pass_on(node: Node, g: float, present: Sequence[Any]) -> list[Node]:
    """Multiply and add for one node, with observers; returns the operands that it reaches."""
    if node._row.closure:
        closures.call(node, g, present)
        return list(node._children)
    reached = []
    for position, (child, local_grad) in enumerate(zip(node._children, node._local_grads, strict=True)):
        if child._row is FROZEN or is_masked(node, position, local_grad):
            continue
        part, total = local_grad * g, child.grad
        for observer in present:
            observer.sent(node, position, g, part, total)
        child.grad = total + part
        reached.append(child)
    return reached


def too_late(node: Node) -> GraphError:
    """The error of a gradient that reached a node after the node had passed its own on."""
    return GraphError(
        f"a _backward function added to the grad of {brief(node)} ({brief(node._op)}), "
        "whose own gradient was passed on before; "
        "name among the operands of a node all that its function adds to: Value(data, (a, b), 'op')"
    )


def takes_no_gradient(root: Node) -> GraphError:
    """The error of a sweep from a node below which no leaf takes a gradient."""
    cause = (
        "every leaf that it was made of has requires_grad = False, as what is made under no_grad() has"
        if root._children
        else "it was made under no_grad(), by detach() or with requires_grad = False"
    )
    return GraphError(f"backward() on {brief(root)}, which takes no gradient: {cause}")


def without_local_grads(node: Node) -> GraphError:
    """The error of a node built by hand without local gradients."""
    if node._row.closure:
        return GraphError(
            f"{brief(node)} ({brief(node._op)}) passes its gradient on by a _backward function, "
            f"which backward() calls; it has no local gradients, which are needed here: {closures.INSTEAD}"
        )
    return GraphError(
        f"{brief(node)} ({brief(node._op)}) was built with operands but without local gradients; "
        "give them as a tuple: Value(data, (a, b), (da, db))"
    )


def propagate(node: Node) -> None:
    """One step of the chain rule: a node's grad, times its local gradients, added to its operands.

    A grad of zero passes nothing on: seen alone, a node does not know whether it was reached.
    """
    if node._children and not node._local_grads:
        raise without_local_grads(node)
    if node.grad:
        _pass_on(node, node.grad, ())
