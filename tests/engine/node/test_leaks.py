"""math.exp(v) is refused however it is written; honest ways to a float are allowed, and no others."""

import array
import cmath
import functools
import heapq
import itertools
import math
import math as mathematics
import operator
import statistics
import subprocess
import sys
import warnings
from math import exp
from math import sqrt as root
from types import SimpleNamespace

import numpy as np
import pytest

import engine
import nn
from engine import LostGradientWarning, Value, no_grad
from tests.cases import named
from tests.engine.transforms_table import TRANSFORMS
from tests.source_tree import ROOT

V = Value(0.5)


def identity(x):
    return x


class Model:
    """Keeps functions in every place where an object can keep one."""

    of_class = math.exp
    of_class_static = staticmethod(math.exp)
    module_of_class = math

    def __init__(self) -> None:
        self.f = math.exp
        self.module = math
        self.deep = SimpleNamespace(more=SimpleNamespace(f=math.exp))

    def by_attribute(self):
        return self.f(V)

    def by_class_attribute(self):
        return self.of_class(V)

    def by_static_attribute(self):
        return self.of_class_static(V)

    def by_module(self):
        return self.module.exp(V)

    def by_module_of_class(self):
        return self.module_of_class.exp(V)

    def by_long_path(self):
        return self.deep.more.f(V)

    def in_a_comprehension(self):
        return [self.f(v) for v in (V,)]

    def by_module_in_a_comprehension(self):
        return [self.module.exp(v) for v in (V,)]


model = Model()


def by_local_name():
    f = math.exp
    return f(V)


def by_local_import():
    from math import exp as here

    return here(V)


def by_closure():
    f = math.exp

    def inside():
        return f(V)

    return inside()


def by_argument(f=math.exp):
    return f(V)


# fmt: off
def on_several_lines():
    return math.exp(
        V
        * 2.0
    )


def nested_on_several_lines():
    return identity(
        identity(
            math.exp(
                V)))
# fmt: on


def in_a_comprehension():
    return [math.exp(v) for v in (V,)]


def in_a_comprehension_by_local_name():
    f = math.exp
    return [f(v) for v in (V,)]


# fmt: off
def in_a_loop_on_one_line():
    f = math.exp
    for v in (V,): f(v)  # noqa: E701
# fmt: on


def in_a_generator():
    return sum(math.exp(v) for v in (V,))


def in_a_lambda():
    return (lambda v: math.exp(v))(V)


def in_a_text():
    return f"{math.exp(V)}"


def after_others():
    a = float(V) + float(V)
    b = math.floor(V) + math.exp(a)
    return b + math.exp(V)


def in_a_try():
    try:
        return math.exp(V)
    finally:
        float(V)


REFUSED = {
    "math.exp(v)": lambda: math.exp(V),
    "from math import exp": lambda: exp(V),
    "import math as mathematics": lambda: mathematics.exp(V),
    "(math.exp)(v)": lambda: (math.exp)(V),
    "math.exp((v))": lambda: math.exp((V)),  # noqa: UP034
    "f(math.exp(v))": lambda: identity(math.exp(V)),
    "math.exp(f(v))": lambda: math.exp(identity(V)),
    "print(float(v), math.exp(v))": lambda: (float(V), math.exp(V)),
    "math.exp(v) + float(v)": lambda: math.exp(V) + float(V),
    "1 + math.exp(v)": lambda: 1.0 + math.exp(V),
    "math.exp(*[v])": lambda: math.exp(*[V]),
    "math.exp(2 * v)": lambda: math.exp(2.0 * V),
    "(f := math.exp)(v)": lambda: (f := math.exp)(V),  # noqa: F841
    "self.f(v)": model.by_attribute,
    "Model.f(v)": model.by_class_attribute,
    "staticmethod": model.by_static_attribute,
    "self.module.exp(v)": model.by_module,
    "Model.module.exp(v)": model.by_module_of_class,
    "self.a.b.f(v)": model.by_long_path,
    "comprehension in a method": model.in_a_comprehension,
    "comprehension in a method, by module": model.by_module_in_a_comprehension,
    "comprehension by local name": in_a_comprehension_by_local_name,
    "loop on one line": in_a_loop_on_one_line,
    "local name": by_local_name,
    "local import": by_local_import,
    "closure": by_closure,
    "argument": by_argument,
    "several lines": on_several_lines,
    "several lines, nested": nested_on_several_lines,
    "comprehension": in_a_comprehension,
    "generator": in_a_generator,
    "lambda": in_a_lambda,
    "text": in_a_text,
    "after others": after_others,
    "try": in_a_try,
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_math_exp_of_a_value_is_refused(call) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == (
        "math.exp() takes the bare float out of a Value and would lose its gradient; "
        "use engine.exp(x) (or pass x.data if that is what you want)"
    )


@pytest.mark.parametrize(
    ("call", "name", "advice"),
    [
        (lambda: math.log(V), "math.log", "engine.log(x)"),
        (lambda: root(V), "math.sqrt", "engine.sqrt(x)"),
        (lambda: math.atan2(V, 1.0), "math.atan2", "engine.atan2(a, b) "),
        (lambda: math.hypot(V, 1.0), "math.hypot", "engine.hypot(a, b) "),
        (lambda: math.pow(V, 2), "math.pow", "engine.pow(x, n)"),
        (lambda: math.fabs(V), "math.fabs", "abs(x)"),
        (lambda: math.fmod(V, 2.0), "math.fmod", "x % y"),
        (lambda: math.fsum([V]), "math.fsum", "engine.sum(xs)"),
        (lambda: math.dist([V], [0.0]), "math.dist", "engine.hypot(x, y)"),
        (lambda: math.gamma(V), "math.gamma", "functions of the engine"),
        (lambda: math.degrees(V), "math.degrees", "functions of the engine"),
        (lambda: cmath.exp(V), "cmath.exp", "engine.exp(x)"),
        (lambda: statistics.NormalDist().cdf(V), "math.er", "engine.er"),  # erf or erfc, inside the library
    ],
)
def test_the_message_names_the_function_and_what_to_use(call, name, advice) -> None:
    with pytest.raises(TypeError, match=r"^c?math\.") as caught:
        call()
    assert name in str(caught.value)
    assert f"use {advice}" in str(caught.value)


_COMPUTED = "float(v * v)"  # by which nothing that is lifted may decide

ALLOWED = {
    "float(v)": (lambda: float(V), 0.5),
    "int(v)": (lambda: int(V), 0),
    "bool(v)": (lambda: bool(V), True),
    "complex(v)": (lambda: complex(V), 0.5 + 0j),
    "round(v)": (lambda: round(V), 0),
    "math.floor(v)": (lambda: math.floor(V), 0),
    "math.ceil(v)": (lambda: math.ceil(V), 1),
    "math.trunc(v)": (lambda: math.trunc(V), 0),
    "math.isnan(v)": (lambda: math.isnan(V), False),
    "math.isinf(v)": (lambda: math.isinf(V), False),
    "math.isfinite(v)": (lambda: math.isfinite(V), True),
    "math.isclose(v, w)": (lambda: math.isclose(V, Value(0.5)), True),
    "math.exp(float(v))": (lambda: math.exp(float(V)), math.exp(0.5)),
    "math.exp(v.data)": (lambda: math.exp(V.data), math.exp(0.5)),
    "math.exp(-float(v)**2)": (lambda: math.exp(-(float(V) ** 2)), math.exp(-0.25)),
    "math.exp(math.floor(v))": (lambda: math.exp(math.floor(V)), 1.0),
    "float(v) + math.exp(1)": (lambda: float(V) + math.exp(1.0), 0.5 + math.e),
    "v.__float__()": (lambda: V.__float__(), 0.5),
    "float in a comprehension": (lambda: [math.exp(float(v)) for v in (V,)], [math.exp(0.5)]),
    "'%f' % v": (lambda: "%.2f" % V, "0.50"),  # noqa: UP031
    "'%d' % v": (lambda: "%d" % V, "0"),  # noqa: UP031
    "f'{v:.3f}'": (lambda: f"{V:.3f}", "0.500"),
    "'{:.1f}'.format(v)": (lambda: "{:.1f}".format(V), "0.5"),  # noqa: UP032
    "np.float64(v)": (lambda: np.float64(V), 0.5),
    "np.int64(v)": (lambda: np.int64(V), 0),
    "float by another name": (lambda to_number=float: to_number(V), 0.5),
    _COMPUTED: (lambda: float(V * V), 0.25),
    "float(v if v > 0 else 0)": (lambda: float(V if V > 0 else 0.0), 0.5),
    "float of an array of one": (lambda: float(np.array(V)), 0.5),
    "round(float(v))": (lambda: round(float(V), 1), 0.5),
    "v.item()": (lambda: V.item(), 0.5),
    "sorted(key=float)": (lambda: sorted([Value(2.0), 1.0], key=float)[0], 1.0),
    "sort(key=float)": (lambda: [V, 0.1].sort(key=float), None),
    "max(key=float)": (lambda: max([V, 0.1], key=float) is V, True),
    "heapq.nsmallest(key=float)": (lambda: heapq.nsmallest(1, [V, 0.1], key=float), [0.1]),
    "sorted(key=lambda)": (lambda: sorted([V, 0.1], key=lambda v: float(v))[0], 0.1),
}


@pytest.mark.parametrize(("call", "expected"), ALLOWED.values(), ids=ALLOWED)
def test_honest_conversions_are_allowed(call, expected) -> None:
    assert call() == expected


def test_a_name_that_only_looks_like_math_is_allowed() -> None:
    class Mine:
        def exp(self, x):
            return float(x)

    math = Mine()
    assert math.exp(V) == 0.5


def test_looking_for_the_function_runs_no_code_of_its_objects() -> None:
    class Touchy:
        @property
        def f(self):
            calls.append("property")
            return float

        def __getattr__(self, name):
            calls.append(name)
            return float

    calls: list[str] = []
    touchy = Touchy()
    with pytest.warns(LostGradientWarning):
        found = [touchy.f(V)]
    with pytest.warns(LostGradientWarning):
        found += [touchy.g(V)]
    assert found == [0.5, 0.5]
    assert calls == ["property", "g"]  # once each, by the calls themselves


def test_a_name_that_is_gone_by_the_time_of_the_call_is_no_error() -> None:
    def take_away() -> Value:
        del globals()["gone"]
        return V

    globals()["gone"] = float
    with pytest.warns(LostGradientWarning):
        found = gone(take_away())  # noqa: F821 - it is there when it is looked up
    assert found == 0.5


def test_guarding_changes_neither_data_nor_grad() -> None:
    x = Value(0.5)
    x.grad = 2.0
    with pytest.raises(TypeError, match=r"math\.exp"):
        math.exp(x)
    assert (x.data, x.grad) == (0.5, 2.0)


# -- numbers that leave unseen ----------------------------------------------------------------------------


def item(v):
    a = np.zeros(2)
    a[0] = v * v
    return a.sum() + v


def block(v):
    a = np.zeros(2)
    a[:] = [v, v * v]
    return a.sum() + v


def item_of_integers(v):
    a = np.zeros(2, dtype=int)
    a[0] = v
    return a.sum() + v


def item_of_complex_numbers(v):
    a = np.zeros(2, dtype=complex)
    a[0] = v
    return a[0].real + v


def fill(v):
    a = np.zeros(2)
    a.fill(v)
    return a.sum() + v


def augmented_item(v):
    a = np.ones(2)
    a[0] += v
    return a.sum() + v


def put(v):
    a = np.zeros(2)
    np.put(a, [0], [v])
    return a.sum() + v


def copyto(v):
    a = np.zeros(2)
    np.copyto(a, [v, v], casting="unsafe")
    return a.sum() + v


def in_a_helper_of_the_users(v):
    return identity(item)(v)


LEAKS = {
    "a[0] = v * v": item,
    "a[:] = [...]": block,
    "a[0] = v, integers": item_of_integers,
    "a[0] = v, complex": item_of_complex_numbers,
    "a[0] += v": augmented_item,
    "a.fill": fill,
    "np.put": put,
    "np.copyto": copyto,
    "in a helper": in_a_helper_of_the_users,
    "np.full": lambda v: np.full(2, v, dtype=float).sum() + v,
    "np.full_like": lambda v: np.full_like(np.zeros(2), v).sum() + v,
    "np.pad": lambda v: np.pad(np.zeros(2), 1, constant_values=v).sum() + v,
    "np.piecewise": lambda v: np.piecewise(np.zeros(2), [np.array([True, False])], [v, 0.0]).sum() + v,
    "np.gradient": lambda v: np.gradient(np.array([v, v * v, v * 3.0]))[0] + v,
    "np.gradient, spacing": lambda v: np.gradient(np.arange(3.0), v)[0] + v,
    "np.i0": lambda v: np.i0(np.array([v]))[0] + v,
    "np.interp": lambda v: np.interp(v, [0.0, 1.0, 4.0], [1.0, 2.0, 3.0]) + v,
    "np.array(dtype=float)": lambda v: np.array([v], dtype=float)[0] + v,
    "np.array(dtype=int)": lambda v: np.array([v], dtype=int)[0] + v,
    "np.asarray(dtype=float)": lambda v: np.asarray(v, dtype=float)[()] + v,
    "np.fromiter": lambda v: np.fromiter([v], dtype=float)[0] + v,
    "astype": lambda v: np.array([v]).astype(float)[0] + v,
    "np.roots": lambda v: np.roots([v, 1.0, -1.0]).sum() + v,
    "np.linalg.det": lambda v: np.linalg.det(np.array([[v, 1.0], [1.0, v]], dtype=float)) + v,
    "scipy.stats": lambda v: pytest.importorskip("scipy.stats").norm.logpdf(1.0, loc=v) + v,
    "scipy quad": lambda v: pytest.importorskip("scipy.integrate").quad(lambda x: v * x, 0, 1)[0] + v,
    "scipy.special": lambda v: pytest.importorskip("scipy.special").gamma(np.array([v], dtype=float))[0] + v,
    "map(float, ...)": lambda v: sum(map(float, [v])) + v,
    "map(int, ...)": lambda v: sum(map(int, [v])) + v,
    "[*map(float, ...)]": lambda v: [*map(float, [v]), 0.0][0] + v,
    "for in map(float, ...)": lambda v: sum(x for x in map(float, [v])) + v,
    "map(math.exp, ...)": lambda v: sum(map(math.exp, [v])) + v,
    "d['sin'](v)": lambda v: {"sin": math.sin}["sin"](v) + v,
    "[f][0](v)": lambda v: (float, math.exp)[1](v) + v,
    "identity(float)(v)": lambda v: identity(float)(v) + v,
    "(lambda: float)()(v)": lambda v: (lambda: float)()(v) + v,
    "functools.partial": lambda v: functools.partial(math.exp, v)() + v,
    "functools.reduce": lambda v: functools.reduce(math.hypot, [v, v]) + v,
    "itertools.accumulate": lambda v: list(itertools.accumulate([v, v], math.hypot))[1] + v,
    "itertools.starmap": lambda v: sum(itertools.starmap(math.pow, [(v, 2.0)])) + v,
    "operator.call": lambda v: operator.call(math.exp, v) + v,
    "np.frompyfunc": lambda v: np.frompyfunc(math.exp, 1, 1)(np.array([v]))[0] + v,
    "np.vectorize": lambda v: np.vectorize(float)(np.array([v]))[0] + v,
    "math.modf": lambda v: math.modf(v)[0] + v,
    "math.frexp": lambda v: math.frexp(v)[0] + v,
    "math.nextafter": lambda v: math.nextafter(v, 9.0) + v,
    "array.array": lambda v: array.array("d", [v])[0] + v,
    "statistics.NormalDist": lambda v: statistics.NormalDist(v).mean + v,
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_no_number_leaves_unseen_while_somebody_differentiates(transform) -> None:
    for name, leak in LEAKS.items():
        with named(name):
            with pytest.raises(TypeError, match="out of a Value and would lose its gradient") as caught:
                transform(leak, 3.0)
            text = str(caught.value)
            assert f'File "{__file__}", line ' in text
            assert "v" in text.splitlines()[2]  # the user's own line
            assert "dtype=object" in text
            assert "v.data" in text


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_outside_it_is_a_warning_of_the_users_line(leak) -> None:
    with pytest.warns(LostGradientWarning, match="out of a Value and would lose its gradient") as caught:
        leak(Value(3.0))
    assert {warning.filename for warning in caught} == {__file__}
    assert len({warning.lineno for warning in caught}) == 1


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_where_no_gradient_is_wanted_numbers_may_go(leak) -> None:
    frozen = Value(3.0)
    frozen.requires_grad = False
    for v in (frozen, Value(3.0).exp().detach()):
        leak(v)
    with no_grad():
        leak(Value(3.0))
        leak(Value(3.0) * 2.0)


def test_an_update_that_moves_no_parameter_is_a_warning_of_the_users_line() -> None:
    p = w = Value(3.0)
    (w * w).backward()
    with no_grad(), pytest.warns(LostGradientWarning, match=r"move it by p\.data -= ") as caught:
        p -= 0.1 * p.grad
    assert caught[0].filename == __file__
    assert (p.data, w.data) == (3.0 - 0.1 * 6.0, 3.0)


def test_where_minus_and_equals_move_no_parameter_there_is_no_warning() -> None:
    learned, fresh, frozen = Value(3.0), Value(3.0), Value(3.0)
    (learned * learned + frozen).backward()
    frozen.requires_grad = False
    x = learned
    x -= 1.0  # a formula, as any other
    assert x.requires_grad
    with no_grad():
        for y in (fresh, frozen, learned * 2.0):
            y -= 1.0
            assert y.data in (2.0, 5.0)
        learned.data -= 0.5
        assert engine.grad(_reduced)(3.0) == 4.0
    assert learned.data == 2.5


def _reduced(x):
    x -= 1.0
    return x * x


def test_the_warning_comes_once_a_line() -> None:
    a = np.zeros(100)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for i in range(100):
            a[i] = Value(float(i))
        for _ in range(3):
            a[:] = [Value(1.0)] * 100
    assert len(caught) == 2
    assert caught[0].lineno < caught[1].lineno


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_honest_conversions_are_allowed_while_somebody_differentiates(transform) -> None:
    for case, (call, expected) in ALLOWED.items():

        def f(x, call=call, expected=expected):
            assert call() == expected
            return x * x

        if case != _COMPUTED:
            with named(case):
                transform(f, 3.0)


def test_what_is_meant_as_a_constant_is_one() -> None:
    assert engine.grad(lambda v: float(v) * v)(3.0) == 3.0
    assert engine.grad(lambda v: v.data * v)(3.0) == 3.0
    assert engine.grad(lambda v: np.array([v.data, 1.0]).sum() * v)(3.0) == 4.0
    assert engine.grad(lambda v: 5.0)(3.0) == 0.0


REMEDIES = {
    "an array of objects": (lambda p: _stored(np.zeros(2, dtype=object), p * p).sum() + p, 7.0),
    "np.stack": (lambda p: np.stack([p * p, p]).sum(), 7.0),
    "np.array": (lambda p: np.array([p * p, p]).sum(), 7.0),
    "engine.exp": (lambda p: sum(map(engine.exp, [p])), math.exp(3.0)),
    "np.full": (lambda p: np.full(2, p).sum(), 2.0),
}


def _stored(a, v):
    a[0] = v
    return a


@pytest.mark.parametrize(("f", "expected"), REMEDIES.values(), ids=REMEDIES)
def test_the_remedies_carry_the_gradient(f, expected) -> None:
    assert engine.grad(f)(3.0) == pytest.approx(expected, rel=1e-15)


def test_the_error_names_the_function_of_the_users_line() -> None:
    with pytest.raises(TypeError, match=r"^numpy\.pad\(\) takes the bare number out of a Value") as caught:
        engine.grad(LEAKS["np.pad"])(3.0)
    assert "^^^^^^" in str(caught.value)
    with pytest.raises(TypeError, match=r"^an assignment into an array of numbers takes"):
        engine.grad(item)(3.0)


PROGRAM = """
import math, warnings
import numpy as np
from engine import Value, grad
warnings.simplefilter("error")
def attempt(f):
    try:
        return f(0.0)
    except (TypeError, UserWarning) as error:
        return type(error).__name__
v = Value(0.0)
for leaky in (
    lambda v: np.array([v], dtype=float)[0], lambda v: sum(map(math.exp, [v])), lambda v: math.exp(v),
):
    print(attempt(grad(leaky)), attempt(lambda x: leaky(v)))
class Holder:
    numbers = np
for sound in (
    lambda v: float(v), lambda v: float(v * v + v), lambda v: np.float64(v), lambda v: v.__float__(),
    lambda v: Holder.numbers.float64(max(v, v)), lambda v: "%f" % v,
    lambda v: sorted([v, v], key=float)[0].data,
):
    print(attempt(lambda x: sound(v)), attempt(grad(lambda x: [sound(x), 2.0 * x][1])))
"""


def test_without_positions_nothing_is_lost_either() -> None:
    command = [sys.executable, "-X", "no_debug_ranges", "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[:3] == ["TypeError LostGradientWarning"] * 2 + ["TypeError TypeError"]
    assert lines[3:] == ["0.0 2.0"] * 5 + ["0.000000 2.0", "0.0 2.0"]


def test_a_library_that_converts_is_not_the_user(tmp_path) -> None:
    """float(v) within a library was not written by whoever handed the Value over."""
    with pytest.raises(TypeError, match=r"^statistics\.NormalDist\(\) takes"):
        engine.grad(lambda v: statistics.NormalDist(v).mean)(3.0)


def test_code_of_this_project_may_convert() -> None:
    with no_grad():
        assert nn.predict(nn.MLP(1, [1], init=0.5), [[1.0]]).tolist() == [0.5]
