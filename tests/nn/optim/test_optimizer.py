"""What all optimisers share."""

import copy
import math
import pickle

import numpy as np
import pytest

from engine import Value
from nn import MLP, SGD, Adam, Neuron, Optimizer
from nn.optim.optimizer import checked

KINDS = [
    lambda params: SGD(params, lr=0.1),
    lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.1),
    lambda params: Adam(params, lr=0.1, weight_decay=0.1),
]
every_kind = pytest.mark.parametrize("make", KINDS, ids=["SGD", "momentum", "Adam"])


def train(optimizer: Optimizer, params: list[Value], steps: int) -> list[list[float]]:
    """Steps down a bowl with its lowest point at (1, 2, …); where they led."""
    run = []
    for _ in range(steps):
        optimizer.zero_grad()
        sum((p - (i + 1)) ** 2 * (i + 1) for i, p in enumerate(params)).backward()
        optimizer.step()
        run.append([p.data for p in params])
    return run


@every_kind
def test_lowest_point_of_a_bowl_is_found(make) -> None:
    params = [Value(0.0), Value(0.0)]
    optimizer = make(params)
    decay = optimizer.param_groups[0]["weight_decay"]
    train(optimizer, params, 600)
    # with decay the lowest point of (i+1)(p - (i+1))² + decay/2·p²
    expected = [2 * (i + 1) ** 2 / (2 * (i + 1) + decay) for i in range(2)]
    assert [p.data for p in params] == pytest.approx(expected, rel=1e-6)


@every_kind
def test_step_moves_the_values_themselves_and_leaves_gradients(make) -> None:
    params = [Value(1.0), Value(2.0)]
    optimizer = make(iter(params))
    params[0].grad, params[1].grad = 0.5, -0.5
    optimizer.step()
    assert params[0].data < 1.0
    assert params[1].data > 2.0 - 0.1
    assert [p.grad for p in params] == [0.5, -0.5]
    assert all(type(p.data) is float for p in params)
    optimizer.zero_grad()
    assert [p.grad for p in params] == [0.0, 0.0]


@every_kind
def test_parameters_do_not_mix(make) -> None:
    together, alone = [Value(0.0), Value(5.0)], [Value(5.0)]
    both, one = make(together), make(alone)
    for step in range(5):
        together[0].grad, together[1].grad, alone[0].grad = 100.0, math.sin(step), math.sin(step)
        both.step()
        one.step()
    assert together[1].data == alone[0].data


@every_kind
def test_frozen_parameter_stays_with_its_memory(make) -> None:
    params = [Value(1.0), Value(2.0)]
    optimizer, alone = make(params), Value(2.0)
    reference = make([alone])
    for step in range(6):
        params[0].requires_grad = step not in (2, 3)
        params[0].grad = params[1].grad = alone.grad = math.cos(step)
        before = params[0].data
        memory = {name: vector[0] for name, vector in optimizer.state_dict()["state"][0].items()}
        optimizer.step()
        reference.step()
        assert (params[0].data == before) is (step in (2, 3))
        if step in (2, 3):
            assert {name: vector[0] for name, vector in optimizer.state_dict()["state"][0].items()} == memory
    assert params[1].data == alone.data


@every_kind
def test_all_frozen_is_no_step(make) -> None:
    w = Value(1.0)
    w.requires_grad = False
    make([w]).step()
    assert w.data == 1.0


@every_kind
@pytest.mark.parametrize("gradient", [math.inf, math.nan, 1e200])
def test_diverging_run_ends_in_nan_or_inf_without_a_warning(make, gradient) -> None:
    w = Value(1.0)
    optimizer = make([w])
    for _ in range(3):
        w.grad = gradient
        optimizer.step()
    assert not (math.isfinite(w.data) and math.isnan(gradient))


# -- settings


def test_step_size_may_be_set_between_steps() -> None:
    w = Value(0.0)
    optimizer = SGD([w], lr=0.1)
    optimizer.lr = 0.5
    w.grad = 1.0
    optimizer.step()
    assert w.data == -0.5
    optimizer.param_groups[0]["lr"] = 2
    optimizer.step()
    assert (w.data, optimizer.lr) == (-2.5, 2)
    with pytest.raises(ValueError, match="lr must be at least 0 and finite, got -1"):
        optimizer.lr = -1
    assert optimizer.lr == 2


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
def test_setting_out_of_range(wrong) -> None:
    with pytest.raises(ValueError, match=f"decay must be at least 0 and finite, got {wrong}"):
        checked("decay", wrong)
    with pytest.raises(ValueError, match=r"beta must be at least 0 and below 1, got 1\.0"):
        checked("beta", 1.0, below=1.0)


@pytest.mark.parametrize("wrong", ["0.1", None, True, [0.1], Value(0.1)])
def test_setting_that_is_no_number(wrong) -> None:
    with pytest.raises(TypeError, match="lr must be a number, got"):
        checked("lr", wrong)
    assert checked("lr", np.float32(0.5)) == 0.5
    assert type(checked("lr", 1)) is float


def test_text_says_what_it_is() -> None:
    assert repr(SGD([Value(1.0)], lr=0.1)) == (
        "SGD(1 parameters, lr=0.1, momentum=0.0, weight_decay=0.0, nesterov=False)"
    )


# -- parameters


@every_kind
@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "at least one parameter, got none"),
        (Value(1.0), TypeError, r"must be a list of Values, such as model\.parameters\(\), got Value"),
        (
            Neuron(1),
            TypeError,
            r"must be a list of Values, such as model\.parameters\(\), got ReLUNeuron\(1\)",
        ),
        (None, TypeError, "must be a list of Values"),
        ([1.0], TypeError, r"params\[0\] must be a Value, got 1\.0 of type float"),
        ([Value(1.0), "w"], TypeError, r"params\[1\] must be a Value, got 'w' of type str"),
        ([Value(1.0) * 2], ValueError, r"params\[0\] is the result of an operator"),
        ([Value(1.0)] * 2, ValueError, "holds a parameter twice"),
    ],
    ids=["none", "Value", "model", "None", "number", "text", "result", "twice"],
)
def test_wrong_parameters_are_refused(make, params, error, message) -> None:
    with pytest.raises(error, match=message):
        make(params)


def test_base_does_not_know_how_to_step() -> None:
    with pytest.raises(NotImplementedError, match="Optimizer does not define update"):
        Optimizer([Value(1.0)], lr=0.1).step()


# -- state


@every_kind
def test_training_goes_on_bit_for_bit_from_saved_state(make) -> None:
    params = [Value(0.0), Value(0.5), Value(-1.0)]
    optimizer = make(params)
    train(optimizer, params, 5)
    state, numbers = copy.deepcopy(optimizer.state_dict()), [p.data for p in params]
    expected = train(optimizer, params, 5)

    others = [Value(number) for number in numbers]
    other = make(others)
    other.load_state_dict(state)
    assert train(other, others, 5) == expected


@every_kind
def test_state_is_a_copy_both_ways(make) -> None:
    params = [Value(0.0)]
    optimizer = make(params)
    state = optimizer.state_dict()
    train(optimizer, params, 2)
    assert all((vector == 0.0).all() for vector in state["state"][0].values())
    optimizer.load_state_dict(state)
    train(optimizer, params, 2)
    assert all((vector == 0.0).all() for vector in state["state"][0].values())
    assert state["param_groups"][0]["params"] == [0]


def test_settings_come_with_the_state() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    optimizer.load_state_dict(
        SGD([Value(1.0)], lr=0.7, momentum=0.5, weight_decay=0.1, nesterov=True).state_dict()
    )
    assert repr(optimizer) == "SGD(1 parameters, lr=0.7, momentum=0.5, weight_decay=0.1, nesterov=True)"


def wrong_states():
    good = SGD([Value(0.0)], lr=0.1, momentum=0.9).state_dict()
    groups, state = good["param_groups"], good["state"]
    return {
        "Adam": (Adam([Value(0.0)]).state_dict(), "is it that of another kind of optimiser"),
        "two parameters": (
            SGD([Value(0.0), Value(1.0)], lr=0.5).state_dict(),
            "is for 2 parameters, got 1 here",
        ),
        "short memory": (good | {"state": [{"momentum_buffer": []}]}, "is for 0 parameters, got 1 here"),
        "other memory": (
            good | {"state": [{"exp_avg": [0.0]}]},
            r"has the memory \['exp_avg'\], but SGD has",
        ),
        "two groups": (good | {"param_groups": groups * 2}, "has 2 parameter groups, this optimiser 1"),
        "groups alone": ({"param_groups": groups}, "has the entries 'param_groups' and 'state'"),
        "text": ({"param_groups": groups, "state": [{"momentum_buffer": ["a"]}]}, "could not convert"),
        "list": ([groups, state], "has the entries 'param_groups' and 'state'"),
    }


@pytest.mark.parametrize("case", wrong_states())
def test_foreign_state_is_refused_and_changes_nothing(case) -> None:
    state, message = wrong_states()[case]
    params = [Value(0.0)]
    optimizer = SGD(params, lr=0.3, momentum=0.9)
    train(optimizer, params, 2)
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))],  # noqa: S301 - our own bytes
    ids=["deepcopy", "pickle"],
)
def test_model_and_optimiser_copied_together_stay_together(duplicate) -> None:
    model = MLP(2, [2, 1], rng=0)
    optimizer = Adam(model.parameters())
    twin, its_optimizer = duplicate((model, optimizer))
    assert its_optimizer.param_groups[0]["params"] == twin.parameters()
    before = model.state_dict()
    twin([1.0, 2.0]).backward()
    its_optimizer.step()
    assert model.state_dict() == before != twin.state_dict()


def test_model_trains() -> None:
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    model = MLP(2, [8, 1], activation="tanh", init="xavier_normal", rng=0)
    optimizer = Adam(model.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        sum((model(x) - t) ** 2 for x, t in zip(X, y, strict=True)).backward()
        optimizer.step()
    assert [round(model(x).data) for x in X] == y
