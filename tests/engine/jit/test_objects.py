"""The callable that jit returns: as a method, copied, pickled; and what may not stand in the function."""

import copy
import pickle

import pytest

import engine
from engine import TraceError, Value


class Model:
    """A parameter and two lifted methods."""

    def __init__(self, w: float) -> None:
        self.w = Value(w)

    @engine.jit
    def times(self, x):
        return self.w * x

    @engine.vmap
    def each(self, x):
        return self.w * x


@engine.jit
def square(x):
    return x * x


def duplicated(model):
    return pickle.loads(pickle.dumps(model))  # noqa: S301  # written here


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, duplicated])
def test_a_method_of_a_copy_is_about_the_copy(copied) -> None:
    model = Model(2.0)
    assert model.times(3.0).data == 6.0
    other = copied(model)
    other.w = Value(10.0)
    assert (model.times(3.0).data, other.times(3.0).data) == (6.0, 30.0)
    assert model.times(3.0).data == 6.0


def test_a_deep_copy_has_gradients_of_its_own() -> None:
    model = Model(2.0)
    model.times(3.0)
    other = copy.deepcopy(model)
    other.times(3.0).backward()
    assert (model.w.grad, other.w.grad) == (0.0, 3.0)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, duplicated])
def test_a_function_is_copied_as_functions_are(copied) -> None:
    square(3.0)
    assert copied(square) is square


def test_programs_of_a_method_are_kept_with_its_object() -> None:
    model = Model(2.0)
    for x in (1.0, 2.0):
        model.times(x)
    assert model.times is model.times
    assert model.times.traces == 1


def test_a_method_can_be_replaced_on_one_object() -> None:
    model = Model(2.0)
    model.times = lambda x: -x
    assert model.times(3.0) == -3.0
    del model.times
    assert model.times(3.0).data == 6.0


def test_a_mapped_method_maps() -> None:
    assert Model(2.0).each([1.0, 2.0]).tolist() == [2.0, 4.0]


# -- what acts on nodes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [False, True])
def test_a_training_step_under_jit_is_refused_and_changes_nothing(batch) -> None:
    w = Value(2.0)

    @engine.jit(batch=batch)
    def step(x):
        loss = (w * x) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        return loss

    with pytest.raises(TraceError, match=r"backward\(\) inside a function under engine.jit.*what the"):
        step([3.0] if batch else 3.0)
    assert (w.data, w.grad) == (2.0, 0.0)


def test_a_hook_that_would_be_lost_is_refused() -> None:
    @engine.jit
    def f(x):
        y = x.exp()
        y.register_hook(lambda gradient: 0.0)
        return y * y

    with pytest.raises(TraceError, match=r"register_hook\(\) inside a function under engine.jit"):
        f(1.0)


def test_hooks_at_both_ends_of_a_lifted_function_are_called() -> None:
    x, seen = Value(3.0), []
    y = square(x)
    y.register_hook(lambda gradient: 2 * gradient)
    x.register_hook(seen.append)
    y.backward()
    assert (seen, x.grad) == ([12.0], 12.0)


def test_a_function_differentiated_inside_a_lifted_one_still_is() -> None:
    assert engine.jit(engine.grad(lambda x: x**3))(2.0).data == 12.0
    assert engine.jit(lambda x: x * engine.grad(lambda t: t**3)(5.0))(2.0).data == 150.0


def test_a_count_may_be_a_static_argument_or_not() -> None:
    def power(x, n):
        return engine.prod([x for _ in range(n)])

    for lifted in (engine.jit(power), engine.jit(power, static_argnums=1)):
        assert [lifted(3.0, n).data for n in (4, 2, 1, 4)] == [81.0, 9.0, 3.0, 81.0]


def test_a_count_that_keeps_changing_names_the_remedy() -> None:
    lifted = engine.jit(lambda x, n: engine.sum([x for _ in range(n)]))
    with pytest.warns(RuntimeWarning, match="static_argnums"):
        assert [lifted(2.0, n).data for n in range(1, 21)] == [2.0 * n for n in range(1, 21)]


def test_a_detached_number_is_read_anew_and_takes_no_gradient() -> None:
    w = Value(2.0)
    for f in (lambda x: w.detach() * x + w, lambda x: engine.stop_gradient(w) * x + w):
        lifted = engine.jit(f)
        for number in (2.0, 5.0):
            w.data, w.grad = number, 0.0
            y = lifted(3.0)
            y.backward()
            assert (y.data, w.grad) == (4.0 * number, 1.0)
        assert lifted.traces == 1


@pytest.mark.parametrize("x", [2.0, 1000.0], ids=["finite", "not finite"])
def test_the_lifted_derivative_of_a_lifted_function_is_to_be_had_in_every_form(x) -> None:
    inner = engine.jit(lambda p: p[0].exp() * p[1])
    outer = engine.jit(engine.grad(inner))
    expected = engine.grad(lambda p: p[0].exp() * p[1])([x, 3.0])
    assert [value.data for value in outer([x, 3.0])] == pytest.approx(expected)
    mapped = engine.vmap(engine.grad(inner))([[x, 3.0]])
    assert [column[0] for column in mapped] == pytest.approx(expected)


@pytest.mark.parametrize("p", [[4.0, 3.0], [4.0, 0.0], [0.0, 3.0], [0.0, 0.0]])
@pytest.mark.parametrize("f", [lambda p: p[0].sqrt() * p[1], lambda p: p[0].log() * p[1]])
def test_a_lifted_derivative_keeps_the_zero_rule(f, p) -> None:
    found = engine.jit(engine.grad(f))(p)
    assert [float(slope) for slope in found] == pytest.approx(engine.grad(f)(p), nan_ok=True)
