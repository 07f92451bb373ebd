"""What leads to captured Values is watched; what does not may change."""

from functools import wraps

import pytest

from engine import Value
from engine.jit.trace.captures import Captures


class Model:
    def __init__(self):
        self.layers = [[Value(1.0), Value(2.0)], {"b": Value(3.0)}]
        self.name = "model"
        self.seen = 0

    def parameters(self):
        return [*self.layers[0], self.layers[1]["b"]]


CHANGES = {
    "a list in it grows": (lambda m: m.layers[0].append(Value(0.0)), False),
    "a list holds another": (lambda m: m.layers[0].__setitem__(1, Value(2.0)), False),
    "a list holds an equal number": (lambda m: m.layers[0].__setitem__(0, 1.0), False),
    "a dict holds an equal number": (lambda m: m.layers[1].__setitem__("b", 3.0), False),
    "a dict holds another": (lambda m: m.layers[1].__setitem__("b", Value(3.0)), False),
    "a dict grows": (lambda m: m.layers[1].__setitem__("c", Value(3.0)), False),
    "an attribute is another": (lambda m: setattr(m, "layers", [[Value(1.0)]]), False),
    "an attribute is gone": (lambda m: delattr(m, "layers"), False),
    "a number of a Value": (lambda m: setattr(m.layers[0][0], "data", 9.0), True),
    "an attribute beside it": (lambda m: setattr(m, "seen", 1), True),
    "a name beside it": (lambda m: setattr(m, "name", "other"), True),
}


@pytest.mark.measured
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("how", ["closure", "argument"])
def test_change(name, how) -> None:
    change, unchanged = CHANGES[name]
    model = Model()
    f = (lambda x: model.layers[0][0] * x) if how == "closure" else (lambda model, x: x)
    captures = Captures(f, [model] if how == "argument" else [], model.parameters())
    assert captures.unchanged()
    change(model)
    assert captures.unchanged() is unchanged


def test_circles_are_walked_once() -> None:
    model = Model()
    model.itself = model
    model.layers.append(model)
    captures = Captures(lambda x: x, [model], model.parameters())
    assert captures.unchanged()
    model.layers[0][0] = Value(1.0)
    assert not captures.unchanged()


def test_a_variable_that_is_not_filled_leads_nowhere_and_one_that_is_emptied_is_a_change() -> None:
    held, never = Value(1.0), None

    def f(x):
        return held * x + never

    filled = dict(zip(f.__code__.co_freevars, f.__closure__, strict=True))
    del filled["never"].cell_contents
    captures = Captures(f, [], [held])
    assert captures.unchanged()
    del filled["held"].cell_contents
    assert not captures.unchanged()


def test_what_a_wrapper_names_is_watched() -> None:
    model = Model()

    @wraps(lambda x: model.layers[0][0] * x)
    def f(x):
        return f.__wrapped__(x)

    captures = Captures(f, [], model.parameters())
    assert captures.unchanged()
    model.layers[0][0] = Value(1.0)
    assert not captures.unchanged()
