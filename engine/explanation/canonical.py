"""The canonical form of a node: a quotient of two polynomials in its leaves and in functions of them.

Nodes of equal forms are equal functions, however they were written: ``sigmoid(z)*(1 - sigmoid(z))`` is
``exp(-z)/(1 + exp(-z))**2``. exp, sigmoid, tanh and their kin are polynomials in exponentials; other
functions are names of their own. Where a graph chooses (relu, where, max) or grows too large, there is no
form, and nothing is said. Coefficients are floats: what a form says holds but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from engine.graph.walks import topological_order
from engine.node.backend import Value

__all__ = ["Form", "canonical", "chooses", "same"]

Monomial = tuple[tuple[str, int], ...]
"""Names with their exponents, sorted."""

Polynomial = dict[Monomial, float]

MOST_TERMS = 200
MOST_NODES = 1500
ONE: Polynomial = {(): 1.0}


class Form(NamedTuple):
    """A quotient of two polynomials, by monomial their coefficients."""

    top: Polynomial
    bottom: Polynomial


class _NoFormError(Exception):
    pass


def canonical(roots: Sequence[Value], names: Mapping[Value, str]) -> list[Form] | None:
    """The forms of nodes; None where there is none.

    Args:
        roots: the nodes.
        names: what stands for itself: leaves, or nodes on the way that are not looked into. Other leaves are
            constants.

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
        return _constant(node.data) if math.isfinite(node.data) else None
    operands = [known[child] for child in node._children]
    if node._row.name == "where" and math.isnan(node._children[2].data):
        return operands[1]  # where(in the domain, a, nan) -> a
    forms = [form for form in operands if form is not None]
    try:
        return _applied(node, forms) if len(forms) == len(operands) else None
    except _NoFormError:
        return None


def same(a: Form, b: Form) -> bool:
    """Whether two forms are equal: a.top·b.bottom = b.top·a.bottom, but for rounding."""
    try:
        left, right = _times(a.top, b.bottom), _times(b.top, a.bottom)
    except _NoFormError:
        return False
    largest = max(map(abs, [*left.values(), *right.values()]), default=0.0)
    return math.isfinite(largest) and all(
        abs(left.get(each, 0.0) - right.get(each, 0.0)) <= 1e-10 * largest for each in {*left, *right}
    )


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
        raise _NoFormError
    rule = _RULES.get(name)
    if rule is not None:
        return rule(forms, row.baked)
    if not row.name:
        raise _NoFormError  # built by hand
    operands = ", ".join([*map(_key, forms), *map(repr, row.baked)])
    return Form({((f"{name}({operands})", 1),): 1.0}, ONE)


def _constant(x: float) -> Form:
    return Form({(): x} if x else {}, ONE)


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > 50 * MOST_TERMS:
        raise _NoFormError
    found: Polynomial = {}
    for m, x in a.items():
        for n, y in b.items():
            both = _merged(m, n)
            found[both] = found.get(both, 0.0) + x * y
    return _checked(found)


def _merged(m: Monomial, n: Monomial) -> Monomial:
    if not m or not n:
        return m or n
    exponents = dict(m)
    for name, k in n:
        exponents[name] = exponents.get(name, 0) + k
    return tuple(sorted((name, k) for name, k in exponents.items() if k))


def _checked(p: Polynomial) -> Polynomial:
    largest = max(map(abs, p.values()), default=0.0)
    kept = {m: x for m, x in p.items() if abs(x) > 1e-14 * largest}
    if len(kept) > MOST_TERMS or not math.isfinite(largest):
        raise _NoFormError
    return kept


def _added(a: Polynomial, b: Polynomial, sign: float = 1.0) -> Polynomial:
    found = dict(a)
    for m, x in b.items():
        found[m] = found.get(m, 0.0) + sign * x
    return _checked(found)


def _sum(a: Form, b: Form, sign: float = 1.0) -> Form:
    if a.bottom == b.bottom:
        return Form(_added(a.top, b.top, sign), a.bottom)
    return Form(_added(_times(a.top, b.bottom), _times(b.top, a.bottom), sign), _times(a.bottom, b.bottom))


def _product(a: Form, b: Form) -> Form:
    return _shortened(_times(a.top, b.top), _times(a.bottom, b.bottom))


def _inverse(a: Form) -> Form:
    if not a.top:
        raise _NoFormError
    return Form(a.bottom, a.top)


def _shortened(top: Polynomial, bottom: Polynomial) -> Form:
    """Without the monomial that divides all terms of both."""
    exponents = [dict(m) for m in (*top, *bottom)]
    shared = {
        name: k for name in exponents[0]
        if (k := min(each.get(name, 0) for each in exponents)) > 0
    } if exponents else {}  # fmt: skip
    if shared:
        divisor = tuple((name, -k) for name, k in sorted(shared.items()))
        top, bottom = ({_merged(m, divisor): x for m, x in p.items()} for p in (top, bottom))
    return Form(top, bottom)


def _power(a: Form, exponent: float) -> Form:
    if exponent != int(exponent) or abs(exponent) > 12:
        return Form({((f"({_key(a)})**{exponent!r}", 1),): 1.0}, ONE)
    found = Form(ONE, ONE)
    for _ in range(abs(int(exponent))):
        found = _product(found, a)
    return _inverse(found) if exponent < 0 else found


def _exp(a: Form, factor: float = 1.0) -> Form:
    """e to the power of a form: of a polynomial a product of exponentials of its terms."""
    top = {m: factor * x for m, x in a.top.items()}
    if list(a.bottom) != [()]:
        scale = next(iter(a.bottom.values()))
        lead = top[min(top)] if top else 0.0
        key = _key(Form({m: abs(x) if len(top) == 1 else x * math.copysign(1, lead) for m, x in top.items()},
                        {m: x / scale for m, x in a.bottom.items()}))  # fmt: skip
        power: Polynomial = {((f"exp({key}/{scale:.12g})", 1),): 1.0}
        return Form(power, ONE) if lead >= 0 else Form(ONE, power)
    above: dict[str, int] = {}
    below: dict[str, int] = {}
    size = 1.0
    for m, x in top.items():
        x /= a.bottom[()]
        if not m:
            size *= math.exp(x) if abs(x) < 700 else math.inf
            continue
        whole = x == int(x) and abs(x) < 100
        name = f"exp({_text(m)})" if whole else f"exp({abs(x):.12g}*{_text(m)})"
        (above if x > 0 else below)[name] = int(abs(x)) if whole else 1
    return Form(_checked({tuple(sorted(above.items())): size}), {tuple(sorted(below.items())): 1.0})


def _sigmoid(a: Form) -> Form:
    e = _exp(a)
    return Form(e.top, _added(e.top, e.bottom))


def _tanh(a: Form) -> Form:
    e = _exp(a, 2.0)
    return Form(_added(e.top, e.bottom, -1.0), _added(e.top, e.bottom))


def _hyperbolic(a: Form, sign: float) -> Form:
    e = _exp(a)
    return _product(_sum(e, _inverse(e), sign), _constant(0.5))


def _log(a: Form) -> Form:
    return Form({((f"log({_key(a)})", 1),): 1.0}, ONE)


def _total(forms: Sequence[Form]) -> Form:
    found = _constant(0.0)
    for each in forms:
        found = _sum(found, each)
    return found


def _dot(forms: Sequence[Form]) -> Form:
    half = len(forms) // 2
    return _total([_product(a, b) for a, b in zip(forms[:half], forms[half:], strict=True)])


def _all(forms: Sequence[Form]) -> Form:
    found = _constant(1.0)
    for each in forms:
        found = _product(found, each)
    return found


def _general_power(forms: list[Form], baked: Sequence[float]) -> Form:
    if baked:
        return _power(forms[0], baked[0])
    if list(forms[1].top) == [()] and list(forms[1].bottom) == [()]:
        return _power(forms[0], forms[1].top[()] / forms[1].bottom[()])
    return Form({((f"({_key(forms[0])})**({_key(forms[1])})", 1),): 1.0}, ONE)


_RULES: dict[str, Callable[[list[Form], Sequence[float]], Form]] = {
    "add": lambda f, _: _sum(f[0], f[1]),
    "sub": lambda f, _: _sum(f[0], f[1], -1.0),
    "mul": lambda f, _: _product(f[0], f[1]),
    "div": lambda f, _: _product(f[0], _inverse(f[1])),
    "neg": lambda f, _: _product(f[0], _constant(-1.0)),
    "pow": _general_power,
    "sum": lambda f, _: _total(f),
    "mean": lambda f, _: _product(_total(f), _constant(1.0 / len(f))),
    "dot": lambda f, _: _dot(f),
    "prod": lambda f, _: _all(f),
    "exp": lambda f, _: _exp(f[0]),
    "sigmoid": lambda f, _: _sigmoid(f[0]),
    "tanh": lambda f, _: _tanh(f[0]),
    "cosh": lambda f, _: _hyperbolic(f[0], 1.0),
    "sinh": lambda f, _: _hyperbolic(f[0], -1.0),
    "sech2": lambda f, _: _power(_inverse(_hyperbolic(f[0], 1.0)), 2),
    "softplus": lambda f, _: _log(_sum(_constant(1.0), _exp(f[0]))),
    "log": lambda f, _: _log(f[0]),
    "sqrt": lambda f, _: _power(f[0], 0.5),
    "log1p": lambda f, _: _log(_sum(_constant(1.0), f[0])),
    "expm1": lambda f, _: _sum(_exp(f[0]), _constant(1.0), -1.0),
}
"""The rows that are more than a name, by theirs."""


def _text(m: Monomial) -> str:
    return "*".join(name if k == 1 else f"{name}**{k}" for name, k in m) or "1"


def _key(a: Form) -> str:
    """A text that equal forms share where they are equally long."""
    scale = a.bottom[min(a.bottom)]
    parts = [
        " + ".join(f"{x / scale:.10g}*{_text(m)}" for m, x in sorted(p.items())) for p in (a.top, a.bottom)
    ]
    return parts[0] if list(a.bottom) == [()] else f"({parts[0]})/({parts[1]})"
