"""The rule of zero, for all rows in all modes: masked ways stop infinity, and computed zeros keep nan."""

import copy
import math
import pickle
from itertools import product

import numpy as np
import pytest

import engine
from engine import (
    Value,
    custom_op,
    derivatives,
    from_json,
    gradients,
    hessian,
    hvp,
    jacfwd,
    jit,
    jvp,
    to_json,
    vjp,
    vmap,
)
from engine.autograd.masking import NOTHING, is_masked, is_nothing, masks, reached
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS
from engine.ops.op import CONSTANT
from tests.cases import named
from tests.engine.jit.forms import forced
from tests.engine.nodes import compiled_module, reference
from tests.sampling import share_of

MASKING = {
    "relu": {0},
    "leaky_relu": {1},
    "elu": {1},
    "step": {0, 1},
    "mod": {1},
    "sign": {0},
    "floor": {0},
    "floor_divide": {0, 1},
    "ceil": {0},
    "rint": {0},
    "greater": {0, 1},
    "greater_equal": {0, 1},
    "equal": {0, 1},
    "minimum": {0, 1},
    "maximum": {0, 1},
    "clip": {0, 1, 2},
    "where": {0, 1, 2},
    "stop_gradient": {0},
    "max": {0, 1, 2},
    "min": {0, 1, 2},
}
"""The rows that choose, and on which operands, all operands being Values: by hand, from what they mean."""

GRID = (-1000.0, -2.0, -0.5, 0.0, 0.5, 1.0, 2.0)
NONE = {"add", "sub", "neg", "sum", "mean"}
"""Rows whose partial derivatives are never 0 on the grid."""


def zeros_of(name: str) -> dict[int, tuple[float, ...]]:
    """For each operand of a row a point of the grid at which its partial derivative is 0, if there is one."""
    row = OPERATORS[name]
    count = row.arity or (4 if name == "dot" else 3)
    found: dict[int, tuple[float, ...]] = {}
    for xs in product(GRID, repeat=count):
        y = row.forward(list(xs)) if row.arity is None else row.forward(*xs)
        if math.isfinite(y):
            for i, slope in enumerate(row.local_gradients(y, xs)):
                if slope == 0.0:
                    found.setdefault(i, xs)
    return found


ZEROS = [(name, i, xs) for name in OPERATORS for i, xs in zeros_of(name).items()]


def test_every_row_has_its_zeros_in_the_table() -> None:
    without = set(OPERATORS) - {name for name, _, _ in ZEROS}
    steep = {"asinh", "atan", "softplus", "erf", "erfc", "ndtr", "logsumexp"} & without
    assert without - steep >= NONE
    assert all(MASKING[name] <= {i for each, i, _ in ZEROS if each == name} for name in MASKING)


def steep(x: Value, at: float) -> Value:
    """A number whose derivative by x is infinite at 0."""
    return engine.cbrt(x) + at


def applied(name: str, operands: list) -> Value:
    if name == "dot":
        return engine.dot(operands[:2], operands[2:])
    if name == "log_softmax":
        return engine.log_softmax(operands)[0]
    function = FUNCTIONS[name]
    return function(operands) if OPERATORS[name].arity is None else function(*operands)


def plain(number) -> float:
    return number.data if isinstance(number, Value) else float(number)


def reverse(f) -> float:
    x = Value(0.0)
    f(x).backward()
    return x.grad


def reverse_watched(f) -> float:
    x = Value(0.0)
    with x.register_hook(lambda gradient: None):
        f(x).backward()
    return x.grad


def as_graph(f) -> float:
    x = Value(0.0)
    return plain(gradients(f(x), [x], create_graph=True)[0])


def lifted(form: str):
    def derivative(f) -> float:
        x = Value(0.0)
        with forced(form):
            jit(f)(x).backward()
        return x.grad

    return derivative


def lifted_batch(f) -> float:
    x = Value(0.0)
    jit(lambda t: f(x) * t, batch=True)([1.0, 1.0, 1.0]).backward()
    return x.grad


MODES = {
    "reverse": reverse,
    "reverse, watched": reverse_watched,
    "as a graph": as_graph,
    "forward": lambda f: jvp(f, (0.0,), (1.0,))[1],
    "forward, many directions": lambda f: jacfwd(lambda p: f(p[0]) + p[1])([0.0, 1.0])[0],
    "forward as a graph": lambda f: plain(jacfwd(f)(Value(0.0))),
    "Taylor": lambda f: derivatives(f, 0.0, 1)[1],
    "Taylor as a graph": lambda f: plain(derivatives(f, Value(0.0), 1)[1]),
    "lifted to arrays": lifted("arrays"),
    "lifted to floats": lifted("scalars"),
    "lifted over a batch": lifted_batch,
    "the derivative lifted": lambda f: plain(jit(engine.grad(f))(0.0)),
    "the derivative mapped": lambda f: vmap(engine.grad(f))(np.array([0.0, 0.0]))[1],
}

SECOND = {
    "hessian": lambda f: hessian(f)(0.0),
    "hessian of several": lambda f: hessian(lambda p: f(p[0]) + p[1] ** 2)([0.0, 1.0])[0][0],
    "hvp": lambda f: hvp(f, (0.0,), (1.0,)),
    "grad of grad": lambda f: engine.grad(engine.grad(f))(0.0),
    "Taylor": lambda f: derivatives(f, 0.0, 2)[2],
}


def with_steep_operand(name: str, position: int, point: tuple[float, ...], kind: type = Value):
    """3x + the row, one operand of which has an infinite derivative by x at 0."""
    others = [kind(number) for number in point]

    def f(x):
        operands = [*others]
        operands[position] = steep(x, point[position])
        return 3.0 * x + applied(name, operands)

    return f


@pytest.mark.unmeasured
@pytest.mark.parametrize("mode", MODES)
def test_a_slope_of_zero_masks_where_the_row_chooses_and_nowhere_else(mode) -> None:
    traced = "lifted" in mode or "mapped" in mode
    for name, position, point in share_of(ZEROS, [*MODES].index(mode)) if traced else ZEROS:
        with named(name, position, point):
            found = MODES[mode](with_steep_operand(name, position, point))
            assert found == 3.0 if position in MASKING.get(name, ()) else math.isnan(found)


@pytest.mark.parametrize("mode", SECOND)
def test_second_derivatives_have_the_same_rule(mode) -> None:
    for name, position, point in ZEROS:
        with named(name, position, point):
            found = SECOND[mode](with_steep_operand(name, position, point))
            assert found == 0.0 if position in MASKING.get(name, ()) else math.isnan(found)


LITERAL = {
    "a * 0": lambda s: s * 0,
    "0 * a": lambda s: 0.0 * s,
    "-0 * a": lambda s: -0.0 * s,
    "a * False": lambda s: s * False,
    "a * numpy's 0": lambda s: s * np.float64(0.0),
    "0 / a": lambda s: 0.0 / (s + 2.0),
    "dot": lambda s: engine.dot([s, 2.0], [0.0, 1.0]),
    "dot, the other way": lambda s: engine.dot([0.0, 1.0], [s, 2.0]),
    "prod": lambda s: engine.prod([s, 2.0, 0.0]),
    "a**0": lambda s: s**0,
    "leaky_relu": lambda s: engine.leaky_relu(s - 1.0, 0.0),
    "elu": lambda s: engine.elu(s - 1.0, 0.0),
    "elu, flat": lambda s: engine.elu(s - 1000.0),
    "clip": lambda s: engine.clip(s + 5.0, -1.0, 1.0),
    "step": lambda s: engine.step(s, 0.5),
    "relu": lambda s: engine.relu(s - 1.0),
    "where": lambda s: engine.where(0.0, s, 1.0),
    "maximum": lambda s: engine.maximum(s, 1.0),
    "max": lambda s: engine.max([s, 1.0]),
    "the masked edge is above": lambda s: engine.where(0.0, engine.exp(s * 2.0), 1.0),
}

COMPUTED = {
    "a * Value(0)": lambda s, zero: s * zero,
    "Value(0) / a": lambda s, zero: zero / (s + 2.0),
    "dot": lambda s, zero: engine.dot([s, 2.0], [zero, 0.0]),
    "prod": lambda s, zero: engine.prod([s, 2.0, zero]),
    "leaky_relu": lambda s, zero: engine.leaky_relu(s - 1.0, zero),
    "a**2": lambda s, zero: s**2,
    "a * a": lambda s, zero: s * s,
    "cancelled": lambda s, zero: s - s,
    "the zero is above": lambda s, zero: (s * 2.0 + 1.0 - 1.0) ** 2,
    "the zero has a sign": lambda s, zero: -(s**2) * 1.0,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", LITERAL)
def test_the_number_0_and_what_a_row_does_not_choose_mask(case, mode) -> None:
    assert MODES[mode](lambda x: 3.0 * x + LITERAL[case](steep(x, 0.0))) == 3.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", COMPUTED)
def test_a_computed_zero_meets_infinity_as_nan(case, mode) -> None:
    zero = Value(0.0)
    assert math.isnan(MODES[mode](lambda x: 3.0 * x + COMPUTED[case](steep(x, 0.0), zero)))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("mode", ["reverse", "reverse, watched", "as a graph"])
def test_an_adjoint_that_underflowed_is_a_computed_zero(mode, sign) -> None:
    assert math.isnan(MODES[mode](lambda x: steep(x, 0.0) * 2.0 * (sign * 1e-300) * 1e-300))


MOVING = {
    "where": (lambda s, x: engine.where(0.0, s, x * x), 2.0),
    "where, the condition": (lambda s, x: engine.where(s, x**3, x * x), 2.0),
    "maximum": (lambda s, x: engine.maximum(s, x * x + 1.0), 2.0),
    "max": (lambda s, x: engine.max([x * x + 1.0, s, s - 1.0]), 2.0),
    "clip": (lambda s, x: engine.clip(s - 5.0, x * x, 2.0), 2.0),
    "mod": (lambda s, x: (x * x + 1.0) % (s + 5.0), 2.0),
    "leaky_relu": (lambda s, x: engine.leaky_relu(x * x + 1.0, s), 2.0),
    "dot": (lambda s, x: engine.dot([s, x], [0.0, x]), 2.0),
}
"""Rows on a steep operand that they mask, and on one that moves: with their second derivative at 0."""


@pytest.mark.parametrize("mode", SECOND)
@pytest.mark.parametrize("case", MOVING)
def test_second_derivatives_pass_a_masked_operand_by(case, mode) -> None:
    f, expected = MOVING[case]
    assert SECOND[mode](lambda x: f(steep(x, 0.0), x)) == expected


def test_second_derivatives_by_several_keep_apart_what_does_not_move() -> None:
    assert hessian(lambda p: engine.sqrt(p[0]) + p[1] ** 2)([0.0, 1.0]) == [[-math.inf, 0.0], [0.0, 2.0]]


def test_rules_mask_in_themselves() -> None:
    """The rule of x**n clips log(x), which is infinite at 0."""
    n = Value(2.0)
    assert hvp(lambda x: x**n, (0.0,), (1.0,)) == 2.0


def test_a_lifted_derivative_keeps_the_ways_that_are_masked_where_it_is_traced() -> None:
    derivative = jit(engine.grad(lambda x: engine.where(engine.greater(x, 0.0), x * x, 3.0 * x)))
    assert [plain(derivative(x)) for x in (-1.0, 2.0, -5.0)] == [3.0, 4.0, 3.0]


# -- both nodes ---------------------------------------------------------------------------------------


@pytest.fixture(params=["python", "cython"])
def kind(request) -> type:
    return reference.Value if request.param == "python" else compiled_module().Value


def swept(f, kind: type) -> float:
    x = kind(0.0)
    f(x).backward()
    return x.grad


@pytest.mark.parametrize(("name", "position", "point"), ZEROS)
def test_both_nodes_have_the_rule_for_every_row(name, position, point, kind) -> None:
    found = swept(with_steep_operand(name, position, point, kind), kind)
    assert found == 3.0 if position in MASKING.get(name, ()) else math.isnan(found)


@pytest.mark.parametrize("case", LITERAL)
def test_both_nodes_know_what_masks(case, kind) -> None:
    assert swept(lambda x: 3.0 * x + LITERAL[case](steep(x, 0.0)), kind) == 3.0


@pytest.mark.parametrize("case", COMPUTED)
def test_both_nodes_know_what_is_computed(case, kind) -> None:
    zero = kind(0.0)
    assert math.isnan(swept(lambda x: 3.0 * x + COMPUTED[case](steep(x, 0.0), zero), kind))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_both_nodes_know_an_adjoint_that_underflowed(sign, kind) -> None:
    assert math.isnan(swept(lambda x: steep(x, 0.0) * 2.0 * (sign * 1e-300) * 1e-300, kind))
    wide = [sign * 1e-300, 1.0]
    assert math.isnan(swept(lambda x: engine.dot([steep(x, 0.0) * 2.0, x], wide) * 1e-300, kind))


def test_a_masked_way_stops_infinity_and_nan_from_above(kind) -> None:
    for start in (math.inf, math.nan):
        x = kind(-1.0)
        engine.relu(x).backward(start)
        engine.max([x, 0.0, 1.0]).backward(start)
        assert x.grad == 0.0


def test_what_is_not_reached_has_the_plain_zero(kind) -> None:
    x = kind(0.0)
    hidden = engine.log(x)
    root = engine.where(0.0, hidden + 1.0, x)
    root.backward()
    above, *_ = (child for child in root._children if child._children)
    assert [str(node.grad) for node in (hidden, above)] == ["0.0", "0.0"]
    assert x.grad == 1.0


def test_a_start_of_zero_reaches_nothing(kind) -> None:
    for start in (0.0, -0.0):
        x = kind(0.0)
        root = engine.sqrt(x)
        root.backward(start)
        assert (x.grad, str(root.grad)) == (0.0, "0.0")


# -- zeros that are handed over -------------------------------------------------------------------------


def test_directions_and_cotangents_of_zero_mask() -> None:
    def f(x, y):
        return [engine.sqrt(x), y]

    assert jvp(f, (0.0, 1.0), (0.0, 1.0))[1] == [0.0, 1.0]
    assert vjp(f, 0.0, 1.0)[1]([0.0, 1.0]) == (0.0, 1.0)
    assert engine.jacrev(lambda p: f(*p))([0.0, 1.0]) == jacfwd(lambda p: f(*p))([0.0, 1.0])
    assert hvp(lambda x, y: engine.sqrt(x) + y**3, (0.0, 1.0), (0.0, 1.0)) == (0.0, 6.0)


def test_hook_of_a_node_that_is_not_reached_may_give_it_a_gradient() -> None:
    x = Value(4.0)
    root_of_x = engine.sqrt(x)
    with root_of_x.register_hook(lambda gradient: 8.0):
        engine.where(0.0, root_of_x, 1.0).backward()
    assert x.grad == 2.0


# -- the pieces -----------------------------------------------------------------------------------------


def test_a_zero_that_masks_keeps_its_own_derivative() -> None:
    """The coefficient of leaky_relu at 0, as a Value, is no choice: the mixed derivative is 1."""
    x, alpha = Value(-1.0), Value(0.0)
    (by_x,) = gradients(engine.leaky_relu(x, alpha), [x], create_graph=True)
    assert gradients(by_x, [alpha]) == [1.0]


def test_reached_are_the_nodes_that_a_walked_edge_leads_to() -> None:
    x = Value(-1.0)
    below = x * 2.0
    dead, other = engine.relu(below), x + 1.0
    root = dead + other * other
    assert reached(root) == {root, dead, *root._children, other, *other._children}
    assert x in reached(root)
    assert below not in reached(root)
    assert other in reached(root), "a computed zero reaches"


@pytest.mark.parametrize(
    "copied",
    [
        copy.deepcopy,
        lambda node: pickle.loads(pickle.dumps(node)),  # noqa: S301
        lambda node: from_json(to_json(node)),
    ],
)
def test_copies_know_the_literal_zero(copied) -> None:
    x = Value(0.0, label="x")
    root = copied(0.0 * engine.log(x) + x * 2.0)
    (leaf,) = {node for node in engine.topological_order(root) if node.label == "x"}
    root.backward()
    assert leaf.grad == 2.0


def test_own_operators_mask_where_they_say_so() -> None:
    def first(x):
        return x if x > 1.0 else 1.0

    def chosen(x):
        return engine.greater(x, 1.0)

    for masks_, expected in ((True, 0.0), (False, math.nan)):
        larger = custom_op(first, chosen, "larger than 1", masks=masks_)
        x = Value(0.0)
        larger(engine.cbrt(x)).backward()
        assert x.grad == pytest.approx(expected, nan_ok=True)


def test_numbers_are_literal_and_values_are_not() -> None:
    row, x = OPERATORS["mul"], Value(2.0)
    constant = (x * 0.0)._children[1]
    assert constant._row is CONSTANT
    assert [masks(row, 0, [x, zero], 0.0) for zero in (0.0, 0, -0.0, constant)] == [True] * 4
    assert not any(masks(row, 0, [x, zero], 0.0) for zero in (Value(0.0), Value(0.0).detach(), 1.0))
    assert not masks(row, 0, [x, 0.0], 1.0)


def test_nothing_is_told_from_zero() -> None:
    assert is_nothing(NOTHING)
    assert not any(map(is_nothing, (0.0, -0.0, Value(0.0))))
    assert NOTHING + 2.5 == 2.5


def test_edge_of_a_node_is_masked_where_its_row_and_slope_say_so() -> None:
    x = Value(-3.0)
    assert is_masked(x.relu(), 0, 0.0)
    assert not is_masked((-x).relu(), 0, 1.0)
    assert not is_masked(x * x, 0, 0.0)


@pytest.mark.parametrize("mode", [hessian, lambda f: engine.jacfwd(engine.grad(f))])
def test_hessian_of_a_squared_root_at_0_is_no_finite_wrong_number(mode) -> None:
    """The truth is 2I."""
    found = np.array(mode(lambda p: engine.sqrt(p[0] ** 2 + p[1] ** 2) ** 2)([0.0, 0.0]))
    assert np.isnan(found.diagonal()).all()
    assert not np.any(np.isfinite(found) & (found != 2.0 * np.eye(2)))


@pytest.mark.parametrize("length", [engine.norm, lambda p: engine.hypot(*p)])
def test_squared_lengths_are_flat_at_0_and_their_hessian_is_no_finite_wrong_number(length) -> None:
    assert engine.grad(lambda p: length(p) ** 2)([0.0, 0.0]) == [0.0, 0.0]
    found = np.array(hessian(lambda p: length(p) ** 2)([0.0, 0.0]))
    assert not np.any(np.isfinite(found) & (found != 2.0 * np.eye(2)))
