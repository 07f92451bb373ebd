"""L-BFGS on problems whose solution is known, and how a step ends."""

import math
import warnings

import numpy as np
import pytest

from engine import Value
from engine.autograd.grad_mode import no_grad
from nn import LBFGS, MLP, mse
from tests.nn.figures import from_torch, read
from tests.nn.optim.runs import bowl


def closure_for(optimizer, loss_of):
    def closure() -> Value:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def rosenbrock(x: Value, y: Value) -> Value:
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def test_lowest_point_of_rosenbrocks_valley_is_found() -> None:
    x, y = Value(-1.2), Value(1.0)
    optimizer = LBFGS([x, y], max_iter=100, tolerance_grad=1e-12, tolerance_change=0.0)
    first = optimizer.step(closure_for(optimizer, lambda: rosenbrock(x, y)))
    assert first.data == pytest.approx(24.2)
    assert [x.data, y.data] == pytest.approx([1.0, 1.0], abs=1e-8)
    assert [x.grad, y.grad] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_several_short_steps_arrive_too() -> None:
    x, y = Value(-1.2), Value(1.0)
    optimizer = LBFGS([x, y], max_iter=10, tolerance_grad=1e-12, tolerance_change=0.0)
    closure, losses = closure_for(optimizer, lambda: rosenbrock(x, y)), []
    for _ in range(15):
        losses.append(optimizer.step(closure).data)
    assert losses == sorted(losses, reverse=True)
    assert [x.data, y.data] == pytest.approx([1.0, 1.0], abs=1e-8)


def test_linear_regression_is_that_of_the_normal_equations() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    t = X @ [1.0, -2.0, 0.5] + 0.3 * rng.normal(size=12)
    expected = np.linalg.lstsq(X, t, rcond=None)[0]
    w = [Value(0.0) for _ in range(3)]
    optimizer = LBFGS(w, max_iter=50, tolerance_grad=1e-10, tolerance_change=0.0)
    optimizer.step(closure_for(optimizer, lambda: mse(list(X @ np.array(w)), t)))
    assert [p.data for p in w] == pytest.approx(list(expected), rel=1e-8)


def test_small_network_learns_xor() -> None:
    X, t = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    model = MLP(2, [4, 1], activation="tanh", init="xavier_normal", rng=1)
    optimizer = LBFGS(model.parameters(), max_iter=200, tolerance_change=1e-14)
    optimizer.step(closure_for(optimizer, lambda: mse([model(x) for x in X], t)))
    assert mse([model(x) for x in X], t).data < 1e-8


def test_result_is_the_first_loss_and_gradients_are_those_of_the_last_point() -> None:
    params = [Value(0.0), Value(0.0)]
    optimizer = LBFGS(params, max_iter=1)
    loss = optimizer.step(closure_for(optimizer, lambda: bowl(params)))
    assert loss.data == 1.0 + 2.0 * 4.0
    assert loss.data > bowl(params).data
    assert [p.grad for p in params] == [2.0 * i * (p.data - i) for i, p in enumerate(params, start=1)]


def test_numbers_are_taken_as_losses_and_no_grad_is_lifted() -> None:
    w = Value(3.0)
    optimizer = LBFGS([w])

    def closure() -> float:
        optimizer.zero_grad()
        loss = (w - 1.0) ** 2
        loss.backward()
        return loss.data

    with no_grad():
        assert optimizer.step(closure) == 4.0
    assert w.data == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize("name", from_torch.LBFGS)
def test_points_are_those_of_torch_with_the_same_settings(name) -> None:
    settings = {"line_search_fn": None, **from_torch.LBFGS[name]}
    parameters = [Value(x) for x in from_torch.START]
    run, calls = from_torch.lbfgs_run(LBFGS(parameters, **settings), parameters)
    *expected, (count,) = read("torch")["lbfgs"][name]
    for found, numbers in zip(run, expected, strict=True):
        assert found == pytest.approx(numbers, rel=1e-6)
    assert calls == count


@pytest.mark.parametrize("name", from_torch.LBFGS)
def test_it_goes_on_bit_for_bit_from_a_saved_state(name) -> None:
    settings = {"line_search_fn": None, **from_torch.LBFGS[name]}
    first, second = ([Value(x) for x in from_torch.START] for _ in range(2))
    optimizer, other = LBFGS(first, **settings), LBFGS(second)
    from_torch.lbfgs_run(optimizer, first)
    other.load_state_dict(optimizer.state_dict())
    for here, there in zip(second, first, strict=True):
        here.data = there.data
    assert from_torch.lbfgs_run(other, second) == from_torch.lbfgs_run(optimizer, first)


def test_states_that_cannot_be_are_refused_and_change_nothing() -> None:
    parameters = [Value(x) for x in from_torch.START]
    optimizer = LBFGS(parameters)
    from_torch.lbfgs_run(optimizer, parameters)
    state = optimizer.state_dict()
    (kept,) = state["state"]
    for wrong, message in (
        ({}, "has the entries 'numbers' and 'vectors'"),
        ({**kept, "numbers": np.ones(3)}, "four finite numbers"),
        ({**kept, "numbers": np.array([1.5, 1.0, 1.0, 1.0])}, "must be a count"),
        ({**kept, "vectors": kept["vectors"][:1]}, "must be rows of numbers"),
        ({**kept, "vectors": np.ones((4, 9))}, "is for 9 parameters, got 3 here"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.load_state_dict({**state, "state": [wrong]})
    assert repr(optimizer.state_dict()) == repr(state)


def test_steps_of_a_fixed_length_that_lead_nowhere_go_back_to_the_best_point() -> None:
    x = Value(1.0)
    optimizer = LBFGS([x], lr=50.0, line_search_fn=None)
    with pytest.warns(RuntimeWarning, match="LBFGS went back to the best point: .* length lr led"):
        optimizer.step(closure_for(optimizer, lambda: 5.0 * x - x.log()))
    assert x.data == 1.0


def test_step_ends_after_so_many_calls() -> None:
    x, y, count = Value(-1.2), Value(1.0), []
    optimizer = LBFGS([x, y], max_iter=50, max_eval=3)

    def loss() -> Value:
        count.append(1)
        return rosenbrock(x, y)

    optimizer.step(closure_for(optimizer, loss))
    assert 3 <= len(count) <= 6  # the iteration that is under way is finished
    assert rosenbrock(x, y).data > 1e-3


def test_tolerances_end_a_step() -> None:
    for settings in ({"tolerance_grad": 1e3}, {"tolerance_change": 1e3}):
        x, y = Value(-1.2), Value(1.0)
        optimizer = LBFGS([x, y], **settings)
        optimizer.step(closure_for(optimizer, lambda x=x, y=y: rosenbrock(x, y)))
        assert rosenbrock(x, y).data > 1.0


def test_frozen_parameter_stays() -> None:
    params = [Value(0.0), Value(0.5)]
    params[1].requires_grad = False
    optimizer = LBFGS(params)
    optimizer.step(closure_for(optimizer, lambda: bowl(params)))
    assert params[0].data == pytest.approx(1.0, abs=1e-8)
    assert params[1].data == 0.5


def test_all_frozen_is_no_step() -> None:
    w = Value(3.0)
    w.requires_grad = False
    assert LBFGS([w]).step(lambda: 7.0) == 7.0
    assert w.data == 3.0


# -- how it ends


class StopError(Exception):
    """An error of the closure's own."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, StopError])
@pytest.mark.parametrize("call", [1, 2, 3, 9, 10])
def test_interrupted_step_leaves_the_best_point(error, call) -> None:
    x, y, seen = Value(-1.2), Value(1.0), []
    optimizer = LBFGS([x, y], max_iter=100)

    def loss() -> Value:
        if len(seen) == call - 1:
            raise error
        value = rosenbrock(x, y)
        seen.append((value.data, x.data, y.data))
        return value

    with pytest.raises(error):
        optimizer.step(closure_for(optimizer, loss))
    assert (x.data, y.data) == (min(seen)[1:] if seen else (-1.2, 1.0))


@pytest.mark.parametrize("wrong", [math.inf, math.nan, -math.inf])
@pytest.mark.parametrize("start", [30.0, 500.0])
def test_search_turns_back_where_the_loss_is_not_finite(wrong, start) -> None:
    x, seen = Value(start), []
    optimizer = LBFGS([x])

    def loss() -> Value:
        value = x - x.log() if x.data > 0.0 else x * 0.0 + wrong
        seen.append((value.data, x.data))
        return value

    closure = closure_for(optimizer, loss)
    for _ in range(3):
        optimizer.step(closure)
    finite = [pair for pair in seen if math.isfinite(pair[0])]
    assert len(finite) < len(seen)
    assert x.data == min(finite)[1] == pytest.approx(1.0, abs=1e-4)


HARD = {
    "100 x - log x": ([0.5], lambda x: 100.0 * x - x.log(), [0.01]),
    "1e6 x - log x": ([0.5], lambda x: 1e6 * x - x.log(), [1e-6]),
    "x - log x from afar": ([50.0], lambda x: x - x.log(), [1.0]),
    "x log x": ([3.0], lambda x: x * x.log(), [math.exp(-1.0)]),
    "10 x - sqrt x": ([1.0], lambda x: 10.0 * x - x.sqrt(), [1 / 400]),
    "huge": ([0.5], lambda x: 1e140 * (100.0 * x - x.log()), [0.01]),
    "barrier at both ends": ([0.999], lambda x: x - (1.0 - x * x).log(), [1.0 - math.sqrt(2.0)]),
    "overflow": ([300.0], lambda x: (x * x / 200.0).exp(), [0.0]),
    "two variables": ([0.5, 0.5], lambda x, y: 100.0 * x + 9.0 * y - x.log() - y.log(), [0.01, 1 / 9]),
}
"""Starts from which the first step of the search leads to where the loss is inf or nan; the lowest points."""


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", HARD)
def test_hard_starts_arrive(name) -> None:
    start, loss, lowest = HARD[name]
    params = [Value(number) for number in start]
    optimizer = LBFGS(params, tolerance_grad=1e-10, tolerance_change=0.0)
    closure = closure_for(optimizer, lambda: loss(*params))
    for _ in range(40):
        optimizer.step(closure)
    assert [p.data for p in params] == pytest.approx(lowest, rel=1e-5, abs=1e-5)


def test_a_huge_gradient_does_not_keep_the_search_from_moving() -> None:
    x = Value(700.0)  # of which the gradient's square is inf
    optimizer = LBFGS([x])
    optimizer.step(closure_for(optimizer, lambda: x.exp() - x))
    assert x.data < 690.0


@pytest.mark.parametrize(
    ("start", "loss"),
    [
        (-1.0, lambda x: x.log()),
        (710.0, lambda x: x.exp()),
        (0.0, lambda x: x.sqrt()),  # whose gradient alone is inf
        (math.nan, lambda x: x * x),
    ],
    ids=["nan", "inf", "gradient", "parameter"],
)
def test_a_start_where_the_loss_is_not_finite_is_told_once_a_line(start, loss) -> None:
    x = Value(start)
    optimizer = LBFGS([x])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            optimizer.step(closure_for(optimizer, lambda: loss(x)))
    assert [str(each.message) for each in caught] == [
        "LBFGS did not move the parameters: loss or gradient are inf or nan where the step began. Begin "
        "elsewhere, scale inputs or loss down, or take some steps of Adam first"
    ]
    assert caught[0].filename == __file__
    assert (x.data == start) or math.isnan(start)


def test_a_search_that_meets_nothing_else_than_inf_and_nan_says_so() -> None:
    x = Value(1.0)
    optimizer = LBFGS([x])
    with pytest.warns(RuntimeWarning, match="inf or nan wherever the line search looked"):
        optimizer.step(closure_for(optimizer, lambda: x if x.data == 1.0 else x * math.nan))
    assert (x.data, x.grad) == (1.0, 1.0)


def test_a_search_that_has_arrived_is_silent() -> None:
    x = Value(0.5)
    optimizer = LBFGS([x], tolerance_grad=0.0, tolerance_change=0.0)
    for _ in range(30):
        optimizer.step(closure_for(optimizer, lambda: 100.0 * x - x.log()))
    assert x.data == pytest.approx(0.01, rel=1e-7)


# -- what is refused


@pytest.mark.parametrize("returned", [None, "loss", [1.0, 2.0]])
def test_closure_that_returns_no_loss_is_refused(returned) -> None:
    w = Value(3.0)
    with pytest.raises(TypeError, match="the closure must return the loss, a Value, got"):
        LBFGS([w]).step(lambda: returned)
    assert w.data == 3.0


def test_step_without_a_closure_is_refused() -> None:
    with pytest.raises(TypeError, match=r"several points in a step and needs step\(closure\)"):
        LBFGS([Value(1.0)]).step()


def test_second_group_is_refused() -> None:
    groups = [{"params": [Value(1.0)]}, {"params": [Value(1.0)]}]
    with pytest.raises(ValueError, match="LBFGS takes one group"):
        LBFGS(groups)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"max_iter": 0}, ValueError, "max_iter must be at least 1, got 0"),
        ({"max_iter": "20"}, TypeError, "max_iter must be an integer"),
        ({"max_eval": 0}, ValueError, "max_eval must be at least 1"),
        ({"history_size": 2.5}, TypeError, "history_size must be an integer"),
        ({"tolerance_grad": -1.0}, ValueError, "tolerance_grad must be at least 0"),
        ({"tolerance_change": math.nan}, ValueError, "tolerance_change must be at least 0"),
        ({"lr": -1.0}, ValueError, "lr must be at least 0"),
        ({"line_search_fn": "armijo"}, ValueError, "must be 'strong_wolfe' or None, got 'armijo'"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        LBFGS([Value(1.0)], **settings)


def test_settings_go_round_in_the_state() -> None:
    optimizer = LBFGS([Value(1.0)])
    optimizer.load_state_dict(LBFGS([Value(1.0)], max_iter=7, history_size=3).state_dict())
    group = optimizer.param_groups[0]
    assert (group["max_iter"], group["max_eval"], group["history_size"]) == (7, 8, 3)
