"""Quotients of polynomials in named functions: how they are added, multiplied, compared and written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "Form",
    "NoFormError",
    "ONE",
    "added_forms",
    "constant",
    "dot",
    "exp",
    "general_power",
    "hyperbolic",
    "inverse",
    "key",
    "log",
    "power",
    "product",
    "product_of",
    "same",
    "sigmoid",
    "tanh",
    "total",
]

Monomial = tuple[tuple[str, int], ...]
"""Names with their exponents, sorted."""

Polynomial = dict[Monomial, float]

MOST_TERMS = 200
ONE: Polynomial = {(): 1.0}


class Form(NamedTuple):
    """A quotient of two polynomials, by monomial their coefficients."""

    top: Polynomial
    bottom: Polynomial


class NoFormError(Exception):
    """There is no form, or none that is small enough."""


def same(a: Form, b: Form) -> bool:
    """Whether two forms are equal: a.top·b.bottom = b.top·a.bottom, but for rounding.

    A small term counts as a large one does: x**2 is not x**2 + 1e-10·x. What is left where terms cancel is
    rounding of the largest.
    """
    try:
        left, right = _times(a.top, b.bottom), _times(b.top, a.bottom)
    except NoFormError:
        return False
    largest = max(map(abs, [*left.values(), *right.values()]), default=0.0)
    pairs = [(left.get(each, 0.0), right.get(each, 0.0)) for each in {*left, *right}]
    return math.isfinite(largest) and all(
        abs(x - y) <= 1e-10 * max(abs(x), abs(y)) + 1e-13 * largest for x, y in pairs
    )


def constant(x: float) -> Form:
    """The form of a number."""
    return Form({(): x} if x else {}, ONE)


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > 50 * MOST_TERMS:
        raise NoFormError
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
        raise NoFormError
    return kept


def _added(a: Polynomial, b: Polynomial, sign: float = 1.0) -> Polynomial:
    found = dict(a)
    for m, x in b.items():
        found[m] = found.get(m, 0.0) + sign * x
    return _checked(found)


def added_forms(a: Form, b: Form, sign: float = 1.0) -> Form:
    """a + sign·b."""
    if a.bottom == b.bottom:
        return Form(_added(a.top, b.top, sign), a.bottom)
    return Form(_added(_times(a.top, b.bottom), _times(b.top, a.bottom), sign), _times(a.bottom, b.bottom))


def product(a: Form, b: Form) -> Form:
    """a·b."""
    return _shortened(_times(a.top, b.top), _times(a.bottom, b.bottom))


def inverse(a: Form) -> Form:
    """1 / a."""
    if not a.top:
        raise NoFormError
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


def power(a: Form, exponent: float) -> Form:
    """A form to the power of a number; of one that is not a small integer a name."""
    if exponent != int(exponent) or abs(exponent) > 12:
        return Form({((f"({key(a)})**{exponent!r}", 1),): 1.0}, ONE)
    found = Form(ONE, ONE)
    for _ in range(abs(int(exponent))):
        found = product(found, a)
    return inverse(found) if exponent < 0 else found


def exp(a: Form, factor: float = 1.0) -> Form:
    """e to the power of a form: of a polynomial a product of exponentials of its terms."""
    top = {m: factor * x for m, x in a.top.items()}
    if list(a.bottom) != [()]:
        scale = next(iter(a.bottom.values()))
        lead = top[min(top)] if top else 0.0
        text = key(Form({m: abs(x) if len(top) == 1 else x * math.copysign(1, lead) for m, x in top.items()},
                         {m: x / scale for m, x in a.bottom.items()}))  # fmt: skip
        raised: Polynomial = {((f"exp({text}/{scale:.12g})", 1),): 1.0}
        return Form(raised, ONE) if lead >= 0 else Form(ONE, raised)
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


def sigmoid(a: Form) -> Form:
    """The sigmoid, in exponentials."""
    e = exp(a)
    return Form(e.top, _added(e.top, e.bottom))


def tanh(a: Form) -> Form:
    """tanh, in exponentials."""
    e = exp(a, 2.0)
    return Form(_added(e.top, e.bottom, -1.0), _added(e.top, e.bottom))


def hyperbolic(a: Form, sign: float) -> Form:
    """(e**a + sign·e**-a) / 2: cosh, or sinh."""
    e = exp(a)
    return product(added_forms(e, inverse(e), sign), constant(0.5))


def log(a: Form) -> Form:
    """The logarithm, which is a name."""
    return Form({((f"log({key(a)})", 1),): 1.0}, ONE)


def total(forms: Sequence[Form]) -> Form:
    """The sum of all."""
    found = constant(0.0)
    for each in forms:
        found = added_forms(found, each)
    return found


def dot(forms: Sequence[Form]) -> Form:
    """The sum of the products of the first half with the second."""
    half = len(forms) // 2
    return total([product(a, b) for a, b in zip(forms[:half], forms[half:], strict=True)])


def product_of(forms: Sequence[Form]) -> Form:
    """The product of all."""
    found = constant(1.0)
    for each in forms:
        found = product(found, each)
    return found


def general_power(forms: list[Form], baked: Sequence[float]) -> Form:
    """A form to the power of another one, or of a number that is baked in."""
    if baked:
        return power(forms[0], baked[0])
    if list(forms[1].top) == [()] and list(forms[1].bottom) == [()]:
        return power(forms[0], forms[1].top[()] / forms[1].bottom[()])
    return Form({((f"({key(forms[0])})**({key(forms[1])})", 1),): 1.0}, ONE)


def _text(m: Monomial) -> str:
    return "*".join(name if k == 1 else f"{name}**{k}" for name, k in m) or "1"


def key(a: Form) -> str:
    """A text that equal forms share where they are equally long."""
    scale = a.bottom[min(a.bottom)]
    parts = [
        " + ".join(f"{x / scale:.10g}*{_text(m)}" for m, x in sorted(p.items())) for p in (a.top, a.bottom)
    ]
    return parts[0] if list(a.bottom) == [()] else f"({parts[0]})/({parts[1]})"
