"""math.exp(v) is refused however it is written, and every honest way to a float is allowed."""

import cmath
import functools
import math
import math as mathematics
import statistics
import subprocess
import sys
from math import exp
from math import sqrt as root
from types import SimpleNamespace

import numpy as np
import pytest

from engine import Value
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
        (lambda: math.atan2(V, 1.0), "math.atan2", "engine.atan2(x)"),
        (lambda: math.pow(V, 2), "math.pow", "engine.pow(x)"),
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
    "math.frexp(v)": (lambda: math.frexp(V), (0.5, 0)),
    "math.exp(float(v))": (lambda: math.exp(float(V)), math.exp(0.5)),
    "math.exp(v.data)": (lambda: math.exp(V.data), math.exp(0.5)),
    "math.exp(-float(v)**2)": (lambda: math.exp(-(float(V) ** 2)), math.exp(-0.25)),
    "math.exp(math.floor(v))": (lambda: math.exp(math.floor(V)), 1.0),
    "float(v) + math.exp(1)": (lambda: float(V) + math.exp(1.0), 0.5 + math.e),
    "v.__float__()": (lambda: V.__float__(), 0.5),
    "float in a comprehension": (lambda: [math.exp(float(v)) for v in (V,)], [math.exp(0.5)]),
    "map(float, values)": (lambda: list(map(float, [V])), [0.5]),
    "'%f' % v": (lambda: "%.2f" % V, "0.50"),  # noqa: UP031
    "array of floats": (lambda: np.array([V], dtype=float).tolist(), [0.5]),
    "np.float64(v)": (lambda: np.float64(V), 0.5),
    "function in a variable": (lambda: identity(float)(V), 0.5),
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
    found = [touchy.f(V)]
    found += [touchy.g(V)]
    assert found == [0.5, 0.5]
    assert calls == ["property", "g"]  # once each, by the calls themselves


def test_where_it_cannot_be_read_the_conversion_is_allowed() -> None:
    """C code that calls math.exp has no text in which it would be named."""
    assert list(map(math.exp, [V])) == [math.exp(0.5)]
    assert functools.partial(math.exp, V)() == math.exp(0.5)


def test_without_positions_the_conversion_is_allowed() -> None:
    program = "import math; from engine import Value; print(math.exp(Value(0.0)))"
    for options, expected in (["-X", "no_debug_ranges"], "1.0"), ([], "TypeError: math.exp()"):
        command = [sys.executable, *options, "-c", program]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert expected in done.stdout + done.stderr


def test_code_without_a_table_of_positions_is_allowed() -> None:
    bare = by_local_name.__code__.replace(co_linetable=b"")
    found = type(by_local_name)(bare, globals())()
    assert found == math.exp(0.5)


def test_a_name_that_is_gone_by_the_time_of_the_call_is_no_error() -> None:
    def take_away() -> Value:
        del globals()["gone"]
        return V

    globals()["gone"] = float
    found = gone(take_away())  # noqa: F821 - it is there when it is looked up
    assert found == 0.5


def test_guarding_changes_neither_data_nor_grad() -> None:
    x = Value(0.5)
    x.grad = 2.0
    with pytest.raises(TypeError, match=r"math\.exp"):
        math.exp(x)
    assert (x.data, x.grad) == (0.5, 2.0)
