"""The canonical form of a node: a quotient of two polynomials in its leaves and in functions of them.

Nodes of equal forms are equal functions, however they were written: ``sigmoid(z)*(1 - sigmoid(z))`` is
``exp(-z)/(1 + exp(-z))**2``. exp, sigmoid, tanh and their kin are polynomials in exponentials; other
functions are names of their own. Where a graph chooses (relu, where, max) or grows too large, there is no
form, and nothing is said. Coefficients are floats: what a form says holds but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from engine.explanation import quotients
from engine.explanation.quotients import ONE, Form, NoFormError
from engine.graph.walks import topological_order
from engine.node.backend import Value

__all__ = ["canonical", "chooses"]

MOST_NODES = 1500


def canonical(roots: Sequence[Value], names: Mapping[Value, str]) -> list[Form] | None:
    """The forms of nodes; None where there is none.

    Args:
        roots: the nodes.
        names: what stands for itself: leaves, or nodes on the way that are not looked into. Other leaves are
            constants.

    >>> from engine.explanation.quotients import same
    >>> x, y = Value(0.5), Value(2.0)
    >>> a, b = canonical([(x + y) ** 2, x * x + 2 * x * y + y * y], {x: "x", y: "y"})
    >>> same(a, b)
    True
    """
    known: dict[Value, Form | None] = {}
    for root in roots:
        order = topological_order(root)
        if len(order) > MOST_NODES:
            return None
        for node in order:
            if node not in known:
                known[node] = _form(node, known, names)
        if known[root] is None:
            return None
    return [form for root in roots if (form := known[root]) is not None]


def _form(node: Value, known: Mapping[Value, Form | None], names: Mapping[Value, str]) -> Form | None:
    """The form of a node whose operands are done; None where there is none."""
    if node in names:
        return Form({((names[node], 1),): 1.0}, ONE)
    if not node._children:
        return quotients.constant(node.data) if math.isfinite(node.data) else None
    operands = [known[child] for child in node._children]
    if node._row.name == "where" and math.isnan(node._children[2].data):
        return operands[1]  # where(in the domain, a, nan) -> a
    forms = [form for form in operands if form is not None]
    try:
        return _applied(node, forms) if len(forms) == len(operands) else None
    except NoFormError:
        return None


def chooses(node: Value) -> bool:
    """Whether a node chooses among its operands, or is flat: a form would hold at this point alone.

    >>> x = Value(-1.0)
    >>> chooses(x.relu()), chooses(x * 2)
    (True, False)
    """
    row = node._row
    return bool(row.masks) and (row.base or row).name not in ("mul", "div", "dot", "prod", "pow")


def _applied(node: Value, forms: list[Form]) -> Form:
    row = node._row
    name = (row.base or row).name
    if chooses(node):
        raise NoFormError
    rule = _RULES.get(name)
    if rule is not None:
        return rule(forms, row.baked)
    if not row.name:
        raise NoFormError  # built by hand
    operands = ", ".join([*map(quotients.key, forms), *map(repr, row.baked)])
    return Form({((f"{name}({operands})", 1),): 1.0}, ONE)


_RULES: dict[str, Callable[[list[Form], Sequence[float]], Form]] = {
    "add": lambda f, _: quotients.added_forms(f[0], f[1]),
    "sub": lambda f, _: quotients.added_forms(f[0], f[1], -1.0),
    "mul": lambda f, _: quotients.product(f[0], f[1]),
    "div": lambda f, _: quotients.product(f[0], quotients.inverse(f[1])),
    "neg": lambda f, _: quotients.product(f[0], quotients.constant(-1.0)),
    "pow": quotients.general_power,
    "sum": lambda f, _: quotients.total(f),
    "mean": lambda f, _: quotients.product(quotients.total(f), quotients.constant(1.0 / len(f))),
    "dot": lambda f, _: quotients.dot(f),
    "prod": lambda f, _: quotients.product_of(f),
    "exp": lambda f, _: quotients.exp(f[0]),
    "sigmoid": lambda f, _: quotients.sigmoid(f[0]),
    "tanh": lambda f, _: quotients.tanh(f[0]),
    "cosh": lambda f, _: quotients.hyperbolic(f[0], 1.0),
    "sinh": lambda f, _: quotients.hyperbolic(f[0], -1.0),
    "sech2": lambda f, _: quotients.power(quotients.inverse(quotients.hyperbolic(f[0], 1.0)), 2),
    "softplus": lambda f, _: quotients.log(
        quotients.added_forms(quotients.constant(1.0), quotients.exp(f[0]))
    ),
    "log": lambda f, _: quotients.log(f[0]),
    "sqrt": lambda f, _: quotients.power(f[0], 0.5),
    "log1p": lambda f, _: quotients.log(quotients.added_forms(quotients.constant(1.0), f[0])),
    "expm1": lambda f, _: quotients.added_forms(quotients.exp(f[0]), quotients.constant(1.0), -1.0),
}
"""The rows that are more than a name, by theirs."""
