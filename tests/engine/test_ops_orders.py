"""Derivatives of order 1 to 4 of every row of the table, held against mpmath; no row is named here."""

import math

import pytest
from mpmath import mp, mpf

from engine import derivatives, grad
from engine.node.functions import call, call_on_sequence
from engine.ops import OPERATORS
from tests.engine import oracle

ORDER = 4
SPEEDS = (1.0, -0.5, 0.75, 1.25)


def lines():
    """Each row at each of its points, with the operands that move: each alone, and then all of them."""
    for row in OPERATORS.values():
        for point in row.points:
            # a condition at 0 is on the edge; it has no derivative on purpose
            free = [i for i in range(len(point)) if row.operands[i % len(row.operands)] != "condition"]
            for moving in [*([i] for i in free), *([free] if len(free) > 1 else [])]:
                yield pytest.param(row, point, moving, id=f"{row.name}{point} by {moving}")


def on_line(apply, point, moving, number):
    """t ↦ apply(point + t·v), for numbers of any kind; operands that do not move stay plain numbers."""
    speeds = {i: number(SPEEDS[i % len(SPEEDS)]) for i in moving}
    start = [number(x) for x in point]
    return lambda t: apply([x + t * speeds[i] if i in speeds else x for i, x in enumerate(start)])


def nested(f):
    for _ in range(ORDER):
        f = grad(f)
        yield f


def exact(row, point, moving) -> list[mpf]:
    """Central differences of mpmath's values around t = 0."""
    size = min(abs(point[i]) or 1.0 for i in moving)
    with mp.workdps(300 - ORDER * min(0, math.floor(math.log10(size)))):
        f = on_line(lambda xs: oracle.value(row, xs), point, moving, mpf)
        h = mpf(10) ** -40 * mpf(size)
        values = [f((j - ORDER) * h / 2) for j in range(2 * ORDER + 1)]
        return [
            sum((-1) ** i * math.comb(k, i) * values[ORDER + k - 2 * i] for i in range(k + 1)) / h**k
            for k in range(1, ORDER + 1)
        ]


def agree(found: list[float], expected: list[mpf]) -> bool:
    """To 1e-9; where a derivative vanishes, to the rounding errors of the others."""
    floats = [oracle.as_float(number) for number in expected]
    sizes = [abs(number) for number in floats if 1e-100 < abs(number) < math.inf]
    floor = 1e-15 * max(sizes) if sizes else 1e-14
    return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=floor) for a, b in zip(found, floats, strict=True))


@pytest.mark.unmeasured
@pytest.mark.parametrize(("row", "point", "moving"), list(lines()))
def test_derivatives_to_order_4_are_those_of_mpmath(row, point, moving) -> None:
    apply = call_on_sequence if row.arity is None else lambda row, xs: call(row, tuple(xs))
    f = on_line(lambda xs: apply(row, xs), point, moving, float)
    expected = exact(row, point, moving)
    by_taylor, by_nesting = derivatives(f, 0.0, ORDER)[1:], [slope(0.0) for slope in nested(f)]
    assert agree(by_taylor, expected), (by_taylor, [*map(oracle.as_float, expected)])
    assert agree(by_nesting, expected), (by_nesting, [*map(oracle.as_float, expected)])


@pytest.mark.parametrize("slip", [1.0 + 1e-8, 1.0 - 1e-8])
def test_a_slightly_wrong_derivative_is_found(slip) -> None:
    expected = [mpf(2), mpf(-3), mpf(0), mpf(1)]
    assert agree([2.0, -3.0, 1e-16, 1.0], expected)
    assert not agree([2.0, -3.0 * slip, 0.0, 1.0], expected)
    assert not agree([2.0, -3.0, 1e-8, 1.0], expected)
