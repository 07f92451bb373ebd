"""Second derivatives: the Hessian, and its product with a vector without the Hessian; forward over reverse.

The reverse sweep multiplies adjoints by local gradients. Along a direction each of the two has a tangent;
that of a local gradient comes of its rule, applied to dual numbers. So one sweep up and one down give the
tangent of the gradient, at a few times the cost of the gradient, however many variables there are
(Pearlmutter 1994, "Fast exact multiplication by the Hessian").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from engine.autograd.masking import NOTHING, is_masked, is_nothing, masks
from engine.node.backend import Value
from engine.ops import OPERATORS
from engine.ops.op import FROZEN, Op
from engine.ops.overloads import Ordered
from engine.transforms.forward import (
    blocks,
    column_by_column,
    directional,
    float_of,
    seeds_of,
    tangents_of,
)
from engine.transforms.jacobian import matrix_like
from engine.transforms.reverse import gradients, partials_of
from engine.transforms.signatures import Hessian
from engine.transforms.transformed import Transformed
from engine.transforms.variables import (
    ArgNums,
    Call,
    check,
    has_values,
    matching_numbers,
    primal_arguments,
)

__all__ = ["Dual", "gradient_along", "hessian", "hvp"]


@overload
def hessian(f: Callable[..., Any], argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> Hessian: ...


@overload
def hessian(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]: ...


def hessian(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Any:
    """A function that returns all second derivatives of f.

    f runs once; the sweeps over its graph (forward over reverse) take all directions at a time.

    Args:
        f: returns one number.
        argnums: position of the argument to differentiate twice, the first unless said; or several of them,
            whose mixed derivatives are found too.
        has_aux: whether f returns a pair of that number and anything else; see :func:`engine.value_and_grad`.

    Returns:
        A function of the same arguments. Its result has the structure of the argument within the
        structure of the argument: for an array of shape s an array of shape s + s, for a list of n
        numbers n lists of n, for one number a number; for several ``argnums`` a tuple for each of them of
        the blocks by each of them. With ``has_aux`` the result is ``(hessian, aux)``.

    Raises:
        TypeError: (when called) an argument is not a number, or f does not return one number.
        GraphError: (when called) f made a node by hand, whose local gradients are mere numbers.

    >>> hessian(lambda p: p[0] ** 2 * p[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    >>> hessian(lambda x: x**3)(2.0)
    12.0
    >>> hessian(lambda x, y: x * x * y)(2.0, 3.0)
    6.0
    >>> hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """
    check(f, argnums)
    return Transformed(_hessian, f, argnums, has_aux)


def _hessian(call: Call) -> Any:
    output = call.number("hessian", "; of several, jacfwd(jacrev(f)) gives the second derivatives")
    variables = call.variables
    if call.nested:
        derivatives = gradients(output, variables, create_graph=True)
        rows = [gradients(each, variables, create_graph=True) for each in derivatives]
    else:
        rows = gradient_along(output, variables, np.eye(len(variables)))
    return call.with_aux(matrix_like(call.like_arguments(variables), call.trees, rows, call.argnums))


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of f times a vector, without forming the Hessian: forward over reverse.

    It costs a few times as much as the gradient, however many arguments there are.

    Args:
        f: returns one number.
        primals: the arguments of f, all of which are differentiated, in a tuple or list.
        tangents: the vector: for each argument the same nested structure of numbers.

    Returns:
        The product, in the structure of the argument; of several arguments, a tuple of them.

    Raises:
        TypeError: an argument is not a number, or f does not return one number.
        ValueError: tangents differ from primals in number, keys, lengths, shapes or nesting.
        GraphError: f made a node by hand, whose local gradients are mere numbers.

    >>> hvp(lambda p: p[0] ** 2 * p[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    """
    check(f)
    args = primal_arguments(primals)
    direction = matching_numbers(args, tangents)
    call = Call(f, args, argnums=0 if len(args) == 1 else None)
    output, variables = call.number("hvp"), call.variables
    if call.nested or has_values([direction]):
        derivatives = gradients(output, variables, create_graph=True)
        product = directional(derivatives, variables, direction, create_graph=True)
    else:
        product = gradient_along(output, variables, direction)
    return call.like_arguments(product)


class Dual(Ordered["Dual"]):
    """A number and its tangent; a rule applied to it returns a partial with its tangent.

    Args:
        data: the number.
        tangent: its derivative along a direction, a float; or along many, an array; ``NOTHING`` where it does
            not depend on any variable.

    >>> x = Dual(3.0, 1.0)
    >>> y = x * x
    >>> y.data, y.tangent
    (9.0, 6.0)
    """

    __slots__ = ("data", "tangent")

    def __init__(self, data: float, tangent: Any = NOTHING) -> None:
        self.data = data
        self.tangent = tangent

    def _number(self) -> float:
        return self.data

    def _apply(self, row: Op, operands: Sequence[Any]) -> Dual:
        row, operands = row.bind_plain(operands, Dual)
        numbers = [x.data if isinstance(x, Dual) else float(x) for x in operands]
        y = row.forward(numbers) if row.arity is None else row.forward(*numbers)
        tangent: Any = NOTHING
        for i, (local_grad, x) in enumerate(zip(row.local_gradients(y, numbers), operands, strict=True)):
            if not isinstance(x, Dual) or is_nothing(x.tangent):
                continue
            if local_grad != 0.0 or not masks(row, i, operands, local_grad):
                tangent = tangent + local_grad * x.tangent
        return Dual(y, tangent)


def gradient_along(root: Any, variables: Sequence[Value], direction: Any) -> list[Any]:
    """The derivative along a direction of the gradient of a node: the Hessian times the direction.

    Args:
        root: a Value, or a number (whose derivatives are zero).
        variables: leaves.
        direction: one number for each variable, or a matrix with one row for each variable and one
            column for each direction.

    Returns:
        One number for each variable, or an array of one for each direction.

    Raises:
        GraphError: a node between was built by hand: the change of its local gradients is unknown.

    >>> x, y = Value(2.0), Value(3.0)
    >>> gradient_along(x * x * y, [x, y], [1.0, 0.0])
    [6.0, 4.0]
    """
    if not isinstance(root, Value) or root._row is FROZEN:
        return [np.zeros(np.shape(row)) if np.ndim(row) else 0.0 for row in direction]
    order = root._topological_order()
    if np.ndim(direction) < 2:
        return _along(root, order, variables, direction)
    result = np.zeros(np.shape(direction))
    for columns, block in blocks(direction, 2 * len(order)):
        for row, change in zip(result, _along(root, order, variables, block), strict=True):
            row[columns] = change
    return list(column_by_column(result, direction, lambda column: _along(root, order, variables, column)))


def _along(root: Value, order: list[Value], variables: Sequence[Value], direction: Any) -> list[Any]:
    """One sweep up for the tangents of the nodes, one down for adjoints and the tangents of these."""
    seeds = seeds_of(variables, direction)
    tangent = tangents_of(order, seeds)
    adjoint: dict[Value, float] = {root: 1.0}  # what is not in it is not reached
    change: dict[Value, Any] = {}  # the tangents of the adjoints; what is not in it does not change
    straight: set[Op] = set()  # rows whose partials are constants, as those of +
    with np.errstate(all="ignore"):
        for node in reversed(order):
            if node not in adjoint or node in seeds:
                continue
            g, dg = adjoint.pop(node), change.pop(node, None)
            if node not in tangent:  # nothing below it depends on a variable
                continue
            children, bends = node._children, None
            if node._row not in straight and not is_nothing(tangent[node]):
                bends = _tangents_of_partials(node, children, tangent)
                if bends is None and node._row is OPERATORS.get(node._row.name):  # another's rule may branch
                    straight.add(node._row)
            for i, (child, local_grad) in enumerate(zip(children, node._local_grads, strict=True)):
                if child not in tangent or (local_grad == 0.0 and is_masked(node, i, local_grad)):
                    continue
                adjoint[child] = adjoint.get(child, 0.0) + local_grad * g
                if dg is not None:
                    change[child] = change.get(child, NOTHING) + local_grad * dg
                if bends is not None and not is_nothing(bends[i]):
                    change[child] = change.get(child, NOTHING) + g * bends[i]
    return [float_of(change.get(variable, NOTHING)) for variable in variables]


def _tangents_of_partials(
    node: Value, children: Sequence[Value], tangent: dict[Value, Any]
) -> list[Any] | None:
    """The tangents of a node's local gradients, from its rules on dual numbers; None if constant."""
    operands = [Dual(child.data, tangent.get(child, NOTHING)) for child in children]
    partials = partials_of(node, Dual(node.data, tangent[node]), operands)
    if not any(partial.__class__ is Dual for partial in partials):
        return None
    return [partial.tangent if partial.__class__ is Dual else NOTHING for partial in partials]
