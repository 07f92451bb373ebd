"""custom_op: operators of one's own are used, checked, differentiated and blamed like those of the table."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest

import engine
from engine import GradientError, Value, custom_op, grad, gradcheck, no_grad
from engine.custom import CustomOp


def cube(x):
    return x * x * x


def cube_op(**options) -> CustomOp:
    return custom_op(cube, lambda x: 3 * x**2, **options)


def spring(stretch, stiffness):
    """The energy of a spring, by math alone."""
    return 0.5 * stiffness * math.pow(stretch, 2)


def spring_op(**options) -> CustomOp:
    return custom_op(spring, (lambda x, k: k * x, lambda x, k: 0.5 * x * x), **options)


# -- used like an engine function -----------------------------------------------------------------------


def test_numbers_give_a_number_and_values_a_value() -> None:
    op = cube_op()
    assert op(2) == 8.0
    assert type(op(2)) is float
    x = Value(2.0)
    y = op(x)
    y.backward()
    assert (y.data, y._op, y._children, x.grad) == (8.0, "cube", (x,), 12.0)


def test_operands_may_be_mixed_and_named() -> None:
    op = spring_op()
    x = Value(3.0)
    energy = op(x, stiffness=4.0)
    energy.backward()
    assert (energy.data, x.grad) == (18.0, 12.0)
    assert [type(child) for child in energy._children] == [Value, Value]
    assert str(inspect.signature(op)) == "(stretch, stiffness)"


def test_arrays_give_arrays() -> None:
    op = spring_op()
    assert op(np.array([1.0, 2.0]), 2.0).tolist() == [1.0, 4.0]
    xs = np.array([Value(1.0), Value(2.0)])
    energies = op(xs, np.array([[2.0], [4.0]]))
    assert energies.shape == (2, 2)
    engine.sum(energies.ravel()).backward()
    assert [x.grad for x in xs] == [6.0, 12.0]


def test_nothing_is_recorded_under_no_grad() -> None:
    with no_grad():
        assert cube_op()(Value(2.0))._children == ()


def test_it_works_within_larger_expressions_and_transforms() -> None:
    op = cube_op()
    gradcheck(lambda x, y: (op(x * y) + op(y)).tanh(), 0.4, -0.7)
    assert engine.jacobian(lambda x: [op(x[0]), op(x[1]) * x[0]])([1.0, 2.0]) == [[3.0, 0.0], [8.0, 12.0]]


def test_copies_and_pickles_keep_the_local_gradients() -> None:
    x = Value(2.0)
    y = cube_op()(x) * 2
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301
        (leaf,) = [node for node in engine.leaves(twin) if node.data == 2.0 and node.requires_grad]
        twin.backward()
        assert (twin.data, leaf.grad) == (16.0, 24.0)


def test_it_shows_itself() -> None:
    assert repr(spring_op()) == "<custom operator spring(stretch, stiffness)>"
    assert spring_op().__name__ == "spring"
    assert custom_op(lambda x: x, lambda x: 1.0)(Value(1.0))._op == "custom"
    assert custom_op(lambda x: x, lambda x: 1.0, name="same")(Value(1.0))._op == "same"


@pytest.mark.parametrize("name", ["a+b", "f, x", "|x|", "1 if z else 2", "my operator", "'"])
def test_any_text_is_a_name(name) -> None:
    assert custom_op(lambda x: x, lambda x: 1.0, name=name)(Value(1.0))._op == name


def test_functions_written_in_c_are_taken() -> None:
    op = custom_op(
        math.hypot, (lambda a, b: a / math.hypot(a, b), lambda a, b: b / math.hypot(a, b)), "distance"
    )
    assert op(3, 4) == 5.0
    assert gradcheck(op, 3.0, 4.0)


# -- higher derivatives -----------------------------------------------------------------------------------


def test_partials_of_arithmetic_and_engine_functions_are_differentiated_again() -> None:
    op = cube_op()
    assert grad(grad(op))(2.0) == 12.0
    assert grad(grad(grad(op)))(2.0) == 6.0
    assert grad(grad(grad(grad(op))))(2.0) == 0.0


def test_higher_derivatives_agree_with_those_of_the_table() -> None:
    op = custom_op(math.sin, lambda x: engine.cos(x), "sine")
    f, g = op, engine.sin
    for _ in range(4):
        f, g = grad(f), grad(g)
        assert f(0.7) == pytest.approx(g(0.7), rel=1e-14)


def test_partials_may_use_the_operator_itself() -> None:
    growth = custom_op(math.exp, lambda x: growth(x), "growth")
    assert grad(grad(grad(growth)))(0.5) == pytest.approx(math.exp(0.5), rel=1e-15)


def test_partials_by_math_alone_say_that_they_cannot_be_differentiated_again() -> None:
    op = custom_op(math.sin, lambda x: math.cos(x), "sine")
    assert grad(op)(0.0) == 1.0
    with pytest.raises(TypeError, match=r"engine\.cos") as caught:
        grad(grad(op))(0.0)
    assert any("custom operator sine" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("op", [cube_op(), custom_op(math.sin, math.cos, "sine")])
def test_lifted_functions_call_it_line_by_line(op) -> None:
    def f(w):
        return engine.sum([op(w * x) for x in (1.0, 2.0, 3.0)])

    lifted, w, v = engine.jit(f), Value(0.7), Value(0.7)
    result, expected = lifted(w), f(v)
    result.backward()
    expected.backward()
    assert result.data == expected.data
    assert w.grad == pytest.approx(v.grad, rel=1e-15)


def test_a_batch_of_samples_goes_through_it_one_by_one() -> None:
    op, w = cube_op(), Value(2.0)
    mean = engine.jit(lambda x: op(w * x), batch=True)([1.0, 2.0])
    mean.backward()
    assert mean.data == (8.0 + 64.0) / 2
    assert w.grad == (12.0 + 96.0) / 2
    assert engine.vmap(op)([1.0, 2.0]).tolist() == [1.0, 8.0]


def test_it_cannot_be_written_as_a_file_of_numpy() -> None:
    op = cube_op()
    lifted = engine.jit(lambda w: op(w))
    lifted(2.0)
    with pytest.raises(engine.TraceError, match="cube"):
        lifted.to_numpy_source()


def test_its_row_takes_arrays_but_not_the_templates_of_a_program() -> None:
    row, lengths = spring_op().row, np.array([[1.0, 2.0], [-3.0, 0.5]])
    assert row.numpy(np, lengths, 4.0).tolist() == (2.0 * lengths**2).tolist()
    for template in ("x0", object()):
        with pytest.raises(engine.TraceError, match=r"spring cannot be lifted.*compose the function"):
            row.numpy(np, template, 4.0)


# -- checked ----------------------------------------------------------------------------------------------


def test_a_wrong_sign_is_named_with_the_operator_and_the_point() -> None:
    with pytest.raises(GradientError) as caught:
        custom_op(cube, lambda x: -3 * x**2, check=[2.0])
    text = str(caught.value)
    assert text.startswith("custom operator cube at x=2.0:")
    assert text.endswith("<- wrong sign")


def test_only_the_wrong_partial_is_marked() -> None:
    op = custom_op(spring, (lambda x, k: k * x, lambda x, k: x * x))
    with pytest.raises(GradientError, match="1 of 2 derivatives disagree") as caught:
        op.check(3.0, 2.0)
    *_, first, second = str(caught.value).splitlines()
    assert first.split()[:2] == ["argument", "0"]
    assert "wrong" not in first
    assert second.split()[:2] == ["argument", "1"]
    assert second.endswith("<- wrong")


def test_right_partials_pass_at_every_point() -> None:
    assert spring_op(check=[(1.0, 2.0), (-3.0, 0.5)]).check(0.3, 0.4)
    assert cube_op(check=[1.0, -2.0]).check(2.0).max_error < 1e-9


# -- blamed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, "1", 1j, [1.0], np.array([1.0, 2.0])])
def test_what_is_no_number_is_refused_with_the_name_of_the_operator(wrong) -> None:
    with pytest.raises(TypeError, match="custom operator broken returns"):
        custom_op(lambda x: wrong, lambda x: 1.0, "broken")(Value(1.0))
    with pytest.raises(TypeError, match="custom operator broken, partial derivative by x, returns"):
        custom_op(lambda x: x, lambda x: wrong, "broken")(Value(1.0))


def test_errors_in_the_functions_keep_their_type_and_say_where() -> None:
    op = custom_op(math.exp, math.exp, "growth")
    with pytest.raises(OverflowError) as caught:
        op(Value(1000.0))
    assert caught.value.__notes__ == ["in custom operator growth at x=1000.0"]


def test_a_division_by_zero_is_infinite_as_in_the_table() -> None:
    op = custom_op(math.sqrt, lambda x: 0.5 / engine.sqrt(x), "root")
    x = Value(0.0)
    op(x).backward()
    assert x.grad == math.inf
    inverse = custom_op(lambda x: 1 / x, lambda x: -1 / x**2, "inverse")
    y = inverse(x)
    assert (y.data, y._local_grads) == (math.inf, (-math.inf,))


@pytest.mark.parametrize(
    ("forward", "partials", "error", "message"),
    [
        (None, cube, TypeError, "forward must be a function"),
        (cube, (), ValueError, "a partial derivative for each operand"),
        (cube, (cube, 1.0), TypeError, "must be a function, got 1.0"),
        (cube, None, TypeError, "must be a function, got None"),
        (cube, (cube, cube), TypeError, r"partial derivatives given, 2, .* called as \(x\)"),
        (spring, cube, TypeError, r"derivatives given, 1, .*stretch, stiffness"),
        (cube, lambda x, y: x, TypeError, r"custom operator cube, partial derivative by x: .* \(x, y\)"),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_made(forward, partials, error, message) -> None:
    with pytest.raises(error, match=message):
        custom_op(forward, partials)


@pytest.mark.parametrize("name", ["tanh", "add"])
def test_names_of_the_table_are_refused(name) -> None:
    with pytest.raises(ValueError, match="the table has an operator"):
        custom_op(cube, cube, name)


@pytest.mark.parametrize("name", ["", 3, b"cube"])
def test_a_name_is_a_text(name) -> None:
    with pytest.raises(TypeError, match="the name of an operator must be a string"):
        custom_op(cube, cube, name)


def test_a_name_that_fills_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 120 characters"):
        custom_op(cube, cube, "cube" * 31)
    assert custom_op(cube, cube, "cube" * 30)(2.0) == 8.0


def test_a_wrong_number_of_operands_is_refused_as_by_every_function() -> None:
    with pytest.raises(TypeError, match=r"cube\(x\)"):
        cube_op()(Value(1.0), 2.0)


@pytest.mark.parametrize("operand", ["1", None, 1j])
def test_operands_must_be_numbers(operand) -> None:
    with pytest.raises(TypeError, match="operand of cube"):
        cube_op()(operand)
    with pytest.raises(TypeError, match="operand of spring"):
        spring_op()(Value(1.0), operand)
