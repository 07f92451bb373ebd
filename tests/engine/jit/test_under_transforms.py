"""Lifted functions inside transforms: first derivatives are those of the function itself; second ones are, or
are refused with a word on what to do."""

from collections.abc import Callable
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
import pytest

import engine
from engine import GraphError, Value, jit, vmap
from engine.ops import OPERATORS
from tests.engine.jit.forms import assert_close, forced, in_turn
from tests.engine.jit.generated.outcomes import number_of, numbers_in

W, V = Value(0.7), Value(-0.4)
X = [0.5, 1.2]


def f(xs: Any) -> Any:
    return W * xs[0] * engine.tanh(xs[1]) + V * xs[0] ** 2 * xs[1] + engine.exp(xs[0] * xs[1])


def _mean(f: Callable[[Any], Any], samples: list[Any]) -> Any:
    return engine.mean([f(sample) for sample in samples])


def _samples(xs: Any) -> list[Any]:
    return [[xs[0], xs[1]], [xs[1], 0.5 * xs[0]], [xs[0] * xs[1], xs[1]]]


def captured(lift: Callable[..., Any]) -> Callable[[Any], Any]:
    """What is differentiated by reaches the function through a list that it captured."""
    held: list[Any] = [Value(1.0), Value(1.0)]
    inner = lift(lambda x: f(held) * x)

    def outer(xs: Any) -> Any:
        held[:] = xs
        return inner(2.0)

    return outer


def one_of_two_captured(lift: Callable[..., Any]) -> Callable[[Any], Any]:
    held: list[Any] = [Value(1.0)]
    inner = lift(lambda x: f([x, held[0]]))

    def outer(xs: Any) -> Any:
        held[0] = xs[1]
        return inner(xs[0])

    return outer


def in_the_middle(lift: Callable[..., Any]) -> Callable[[Any], Any]:
    g = lift(f)
    return lambda xs: 2.0 * g([xs[1], engine.sin(xs[0])]) ** 2 + xs[0] * g(xs)


def several_results(lift: Callable[..., Any]) -> Callable[[Any], Any]:
    g = lift(lambda xs: {"first": f(xs), "rest": (xs[0] * xs[1], [f([xs[1], W])])})

    def outer(xs: Any) -> Any:
        found = g(xs)
        return found["first"] * found["rest"][0] - found["rest"][1][0] ** 2

    return outer


def a_derivative(lift: Callable[..., Any]) -> Callable[[Any], Any]:
    g = lift(engine.grad(f))
    return lambda xs: g(xs)[0] * xs[1] + g(xs)[1]


PLACES: dict[str, Callable[[Callable[..., Any]], Callable[[Any], Any]]] = {
    "alone": lambda lift: lift(f),
    "lifted twice": lambda lift: lift(lift(f)),
    "in the middle": in_the_middle,
    "made anew at each call": lambda lift: lambda xs: lift(lambda x: f([x, xs[1]]))(xs[0]),
    "captured": captured,
    "one of two captured": one_of_two_captured,
    "by name": lambda lift: (lambda g: lambda xs: g(second=xs[1], first=xs[0]))(
        lift(lambda first, second: f([first, second]))
    ),
    "an array": lambda lift: (lambda g: lambda xs: g(np.array(list(xs), dtype=object)))(lift(f)),
    "several results": several_results,
    "a derivative": a_derivative,
}
"""Functions of two numbers with lifted ones inside, made with jit or with nothing in its place."""

ON_SAMPLES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "jit on a batch": (jit(f, batch=True), lambda samples: _mean(f, samples)),
    "sum of vmap": (
        lambda samples: engine.mean(list(vmap(f)(samples))),
        lambda samples: _mean(f, samples),
    ),
    "jit of vmap": (
        jit(lambda samples: engine.mean(list(vmap(f)(samples)))),
        lambda samples: _mean(f, samples),
    ),
}
"""Functions of samples, lifted and by the engine."""

FIRST: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda g: engine.grad(g)(X),
    "value_and_grad": lambda g: engine.value_and_grad(g)(X),
    "jacobian": lambda g: engine.jacobian(lambda xs: [g(xs), xs[0] * g(xs)])(X),
    "jacfwd": lambda g: engine.jacfwd(lambda xs: [g(xs), xs[0] * g(xs)])(X),
    "jacrev": lambda g: engine.jacrev(lambda xs: [g(xs), xs[0] * g(xs)])(X),
    "jvp": lambda g: engine.jvp(g, [X], [[1.0, -2.0]]),
    "vjp": lambda g: engine.vjp(g, X)[1](1.5),
    "jit": lambda g: engine.grad(jit(g))(X),
    "jit of grad": lambda g: jit(engine.grad(g))(X),
    "jit of jacobian": lambda g: jit(engine.jacobian(lambda xs: [g(xs), xs[0]]))(X),
    "vmap": lambda g: vmap(g)([X, [0.1, 0.2]]).tolist(),
    "vmap of grad": lambda g: vmap(engine.grad(lambda a, b: g([a, b])))([0.5, 0.1], [1.2, 0.2]).tolist(),
    "backward": lambda g: _backward(g),
    "gradients": lambda g: _gradients(g),
}

SECOND: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "hessian": lambda g: engine.hessian(g)(X),
    "hvp": lambda g: engine.hvp(g, [X], [[1.0, -2.0]]),
    "grad of grad": lambda g: engine.grad(lambda xs: engine.grad(g)(xs)[0] * xs[1])(X),
    "jacobian of grad": lambda g: engine.jacobian(engine.grad(g))(X),
    "grad of jvp": lambda g: engine.grad(lambda xs: engine.jvp(g, [xs], [[1.0, -2.0]])[1])(X),
    "jvp of grad": lambda g: engine.jvp(engine.grad(g), [X], [[1.0, -2.0]]),
    "derivatives": lambda g: engine.derivatives(lambda t: g([t, 1.2]), 0.5, 3),
    "taylor": lambda g: engine.taylor(lambda t: g([t, 1.2]), 0.5, 3),
    "vmap of hessian": lambda g: np.array(vmap(engine.hessian(g))([X, [0.1, 0.2]])).ravel().tolist(),
    "jit of hessian": lambda g: jit(engine.hessian(g))(X),
    "jit of hvp": lambda g: jit(lambda xs: engine.hvp(g, [xs], [[1.0, -2.0]]))(X),
}


def _backward(g: Callable[[Any], Any]) -> list[float]:
    """By the arguments and by what was captured, twice, so that gradients add up."""
    xs = [Value(x) for x in X]
    engine.zero_grad([W, V])
    for _ in range(2):
        (g(xs) * 3.0).backward()
    return [x.grad for x in (*xs, W, V)]


def _gradients(g: Callable[[Any], Any]) -> list[float]:
    xs = [Value(x) for x in X]
    return engine.gradients(g(xs), [*xs, W, V])


def figures(result: Any) -> list[float]:
    return [number_of(x) for x in numbers_in(result)]


@cache
def of_the_function_itself(transform: str, place: str) -> list[float]:
    return figures({**FIRST, **SECOND}[transform](PLACES[place](lambda f: f)))


def assert_is_or_is_refused(transform: Callable[..., Any], lifted: Any, expected: list[float]) -> bool:
    """Whether it is; that it is refused is told by an error which names jit."""
    try:
        found = transform(lifted)
    except GraphError as error:
        if "jit(grad(f))" not in str(error):  # what to write instead
            raise
        return False
    assert_close(figures(found), expected, rel=1e-11)
    return True


@pytest.mark.unmeasured
@pytest.mark.parametrize(("transform", "place", "form"), in_turn(FIRST, PLACES))
def test_first_derivatives_through_lifted_functions(transform, place, form) -> None:
    with forced(form):
        found = figures(FIRST[transform](PLACES[place](jit)))
    assert_close(found, of_the_function_itself(transform, place), rel=1e-11)


@pytest.mark.parametrize(("transform", "place", "form"), in_turn(SECOND, PLACES))
def test_second_derivatives_through_lifted_functions(transform, place, form) -> None:
    expected = of_the_function_itself(transform, place)
    with forced(form):
        found = assert_is_or_is_refused(SECOND[transform], PLACES[place](jit), expected)
    assert found or not transform.startswith("jit")


@pytest.mark.parametrize("place", ON_SAMPLES)
@pytest.mark.parametrize("transform", [*FIRST, *SECOND])
def test_derivatives_through_functions_on_samples(transform, place) -> None:
    lifted, plain = (lambda xs, g=g: g(_samples(xs)) for g in ON_SAMPLES[place])
    transformed = {**FIRST, **SECOND}[transform]
    found = assert_is_or_is_refused(transformed, lifted, figures(transformed(plain)))
    assert found or transform in SECOND


CLOSED_WAYS = {
    "0 / log(x)": lambda x: 0 / engine.log(x),
    "prod with a 0": lambda x: engine.prod([0.0, engine.log(x), x]),
    "0 * log(x)": lambda x: 0.0 * engine.log(x),
    "a constant": lambda x: x * 0.0 + 2.0,
    "x + 1": lambda x: x + 1.0,
}


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0, 2.0, -1.0])
@pytest.mark.parametrize("g", CLOSED_WAYS.values(), ids=CLOSED_WAYS)
def test_derivatives_through_a_zero_are_those_of_the_function_itself(g, at) -> None:
    expected = engine.grad(g)(at)
    lifted = jit(engine.grad(g))
    found = [number_of(lifted(each)) for each in (at, 2.0, at)]  # a zero may have either sign
    assert found == pytest.approx([expected, engine.grad(g)(2.0), expected], rel=1e-14, abs=0.0, nan_ok=True)


def test_second_derivatives_of_all_rows_are_lifted_and_not_left_to_the_function() -> None:
    """A nan times 0 in the derivative of a partial would leave each call to the function itself."""
    tried = 0
    for name, row in OPERATORS.items():
        second = engine.grad(engine.grad(getattr(engine, name)))
        points = [point[0] for point in row.points] if row.arity == 1 else []
        points = [x for x in points if isfinite(second(x)) and isfinite(engine.grad(second)(x))]
        runs: list[float] = []
        lifted = jit(lambda x: runs.append(x) or second(x), audit=False)  # noqa: B023 - called within the turn
        for x in points:
            assert_close([number_of(lifted(x))], [second(x)])
        traced = len(runs)
        for x in points:
            lifted(x)
        assert len(runs) == traced, name
        tried += len(points)
    assert tried > 100
