"""What all optimisers share."""

import copy
import math
import pickle

import numpy as np
import pytest

import nn
from engine import Value
from nn import (
    MLP,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    ExponentialLR,
    NAdam,
    Nesterov,
    Neuron,
    Optimizer,
    RMSprop,
)
from nn.optim.arithmetic import powers
from tests.nn.optim.runs import just_step, train

KINDS = {
    "SGD": lambda params: SGD(params, lr=0.1),
    "momentum": lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.1),
    "dampening": lambda params: SGD(params, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1),
    "look ahead": lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True),
    "Nesterov": lambda params: Nesterov(params, lr=0.1, weight_decay=0.1),
    "Adagrad": lambda params: Adagrad(params, lr=1.0, weight_decay=0.1),
    "RMSprop": lambda params: RMSprop(params, lr=0.1, weight_decay=0.1),
    "centered": lambda params: RMSprop(params, lr=0.1, eps=0.01, momentum=0.5, centered=True),
    "Adadelta": lambda params: Adadelta(params, lr=0.2, eps=0.01, weight_decay=0.1),
    "Adam": lambda params: Adam(params, lr=0.1, weight_decay=0.1),
    "AMSGrad": lambda params: AMSGrad(params, lr=0.1, weight_decay=0.1),
    "AdamW": lambda params: AdamW(params, lr=0.1, weight_decay=0.0),
    "Adamax": lambda params: Adamax(params, lr=0.1, weight_decay=0.1),
    "NAdam": lambda params: NAdam(params, lr=0.1, weight_decay=0.1),
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


@pytest.mark.unmeasured
@every_kind
def test_lowest_point_of_a_bowl_is_found(make) -> None:
    params = [Value(0.0), Value(0.0)]
    optimizer = make(params)
    decay = optimizer.param_groups[0]["weight_decay"]
    # steps scaled to their own size never end by themselves
    train(optimizer, params, 800, gamma=0.98 if isinstance(optimizer, RMSprop) else 1.0)
    # with decay the lowest point of i·(p - i)² + decay/2·p²
    expected = [2 * i**2 / (2 * i + decay) for i in (1, 2)]
    assert [p.data for p in params] == pytest.approx(expected, rel=1e-6)


@every_kind
def test_step_moves_the_values_themselves_and_leaves_gradients(make) -> None:
    params = [Value(1.0), Value(2.0)]
    optimizer = make(iter(params))
    params[0].grad, params[1].grad = 0.5, -0.5
    just_step(optimizer)
    assert params[0].data < 1.0
    assert params[1].data > 2.0 - 0.1
    assert [p.grad for p in params] == [0.5, -0.5]
    assert all(type(p.data) is float for p in params)
    optimizer.zero_grad(set_to_none=True)
    assert [p.grad for p in params] == [0.0, 0.0]


@every_kind
def test_parameters_do_not_mix(make) -> None:
    together, alone = [Value(0.0), Value(5.0)], [Value(5.0)]
    both, one = make(together), make(alone)
    for step in range(5):
        together[0].grad, together[1].grad, alone[0].grad = 100.0, math.sin(step), math.sin(step)
        just_step(both)
        just_step(one)
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
        just_step(optimizer)
        just_step(reference)
        assert (params[0].data == before) is (step in (2, 3))
        if step in (2, 3):
            assert {name: vector[0] for name, vector in optimizer.state_dict()["state"][0].items()} == memory
    assert params[1].data == alone.data


@every_kind
def test_all_frozen_is_no_step(make) -> None:
    w = Value(1.0)
    w.requires_grad = False
    just_step(make([w]))
    assert w.data == 1.0


@every_kind
@pytest.mark.parametrize("gradient", [math.inf, math.nan, 1e200])
def test_diverging_run_ends_in_nan_or_inf_without_a_warning(make, gradient) -> None:
    w = Value(1.0)
    optimizer = make([w])
    for _ in range(3):
        w.grad = gradient
        just_step(optimizer)
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


def test_text_says_what_it_is() -> None:
    assert repr(SGD([Value(1.0)], lr=0.1)) == (
        "SGD(1 parameters, lr=0.1, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False)"
    )
    groups = [{"params": [Value(1.0)], "name": "biases"}, {"params": [], "momentum": 0.5}]
    assert repr(Nesterov(groups, lr=0.1)) == (
        "Nesterov(1 parameters, lr=0.1, momentum=0.9, weight_decay=0.0, name='biases'; "
        "0 parameters, lr=0.1, momentum=0.5, weight_decay=0.0)"
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


@every_kind
def test_closure_is_called_once_and_its_result_returned(make) -> None:
    w, calls = Value(1.0), []
    optimizer = make([w])

    def closure() -> str:
        calls.append(w.data)
        w.grad = 1.0
        return "loss"

    assert optimizer.step(closure) == "loss"
    assert calls == [1.0]
    assert w.data < 1.0


def test_optimiser_without_a_step_size_says_so() -> None:
    with pytest.raises(AttributeError, match="Optimizer has no setting lr"):
        nn.Optimizer([Value(1.0)]).lr  # noqa: B018


# -- groups


@every_kind
def test_groups_move_as_optimisers_of_their_own_would(make) -> None:
    weights, biases = [Value(0.0), Value(1.0)], [Value(2.0)]
    alone_weights, alone_biases = [Value(0.0), Value(1.0)], [Value(2.0)]
    together = make([{"params": weights}, {"params": biases, "lr": 0.02, "weight_decay": 0.3}])
    first, second = make(alone_weights), make(alone_biases)
    second.param_groups[0].update(lr=0.02, weight_decay=0.3)
    for step in range(6):
        for i, (one, other) in enumerate(zip(weights + biases, alone_weights + alone_biases, strict=True)):
            one.grad = other.grad = math.sin(step + i)
        for optimizer in (together, first, second):
            just_step(optimizer)
        assert [p.data for p in weights + biases] == [p.data for p in alone_weights + alone_biases]


@every_kind
def test_group_added_later_starts_with_an_empty_memory(make) -> None:
    early, late, alone = Value(0.0), Value(1.0), Value(1.0)
    optimizer, reference = make([early]), make([alone])
    early.grad = 1.0
    just_step(optimizer)
    optimizer.add_param_group({"params": late})
    for step in range(4):
        late.grad = alone.grad = math.cos(step)
        just_step(optimizer)
        just_step(reference)
        assert late.data == alone.data


def test_weights_and_biases_have_step_sizes_of_their_own() -> None:
    neuron = Neuron(2, activation="sigmoid", init=[0.5, -0.5])
    optimizer = SGD([{"params": neuron.w}, {"params": [neuron.b], "lr": 1.0}], lr=0.1)
    (0.5 * (neuron([1.0, 2.0]) - 1.0) ** 2).backward()
    expected = [w.data - 0.1 * w.grad for w in neuron.w] + [neuron.b.data - 1.0 * neuron.b.grad]
    optimizer.step()
    assert [p.data for p in neuron.parameters()] == expected


def test_setting_the_step_size_sets_that_of_all_groups() -> None:
    optimizer = SGD([{"params": Value(1.0), "lr": 0.5}, {"params": Value(1.0)}], lr=0.1)
    assert optimizer.lr == 0.5
    optimizer.lr = 0.2
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.2]


def test_all_groups_are_cleared() -> None:
    w, b = Value(1.0), Value(1.0)
    w.grad = b.grad = 1.0
    SGD([{"params": w}, {"params": b}]).zero_grad()
    assert (w.grad, b.grad) == (0.0, 0.0)


def test_settings_of_a_group_are_checked_as_the_others() -> None:
    w, b = Value(1.0), Value(1.0)
    with pytest.raises(ValueError, match=r"lr must be at least 0 and finite, got -0\.5"):
        SGD([{"params": w}, {"params": b, "lr": -0.5}], lr=0.1)
    with pytest.raises(ValueError, match="nesterov=True needs momentum"):
        SGD([{"params": w, "momentum": 0.0}], momentum=0.9, nesterov=True)
    optimizer = SGD([w], lr=0.1)
    for wrong, error in (
        ({"params": b, "lr": "x"}, TypeError),
        ({"params": w}, ValueError),
        ({"params": b, "beta": 1}, ValueError),
    ):
        with pytest.raises(error):
            optimizer.add_param_group(wrong)
    assert len(optimizer.param_groups) == len(optimizer.state_dict()["state"]) == 1


def test_given_groups_are_not_changed() -> None:
    given = {"params": [Value(1.0)], "lr": 0.5}
    optimizer = SGD([given], momentum=0.9)
    optimizer.lr = 0.1
    assert given == {"params": given["params"], "lr": 0.5}


def test_empty_group_goes_along_and_no_parameters_at_all_are_an_error() -> None:
    w = Value(1.0)
    optimizer = Adam([{"params": [w]}, {"params": []}])
    w.grad = 1.0
    optimizer.step()
    assert w.data < 1.0
    with pytest.raises(ValueError, match="at least one parameter, got only empty groups"):
        Adam([{"params": []}, {"params": []}])


# -- state


@every_kind
def test_state_of_groups_goes_round(make) -> None:
    def optimizer_of(params: list[Value]) -> Optimizer:
        return make([{"params": params[:1]}, {"params": params[1:], "lr": 0.05}])

    params = [Value(0.0), Value(0.5), Value(-1.0)]
    optimizer = optimizer_of(params)
    train(optimizer, params, 4)
    state = copy.deepcopy(optimizer.state_dict())
    assert [group["params"] for group in state["param_groups"]] == [[0], [0, 1]]
    others = [Value(p.data) for p in params]
    other = optimizer_of(others)
    other.load_state_dict(state)
    assert train(other, others, 4) == train(optimizer, params, 4)


def test_state_from_before_a_schedule_fits_after_it_and_the_other_way_round() -> None:
    plain, scheduled = (SGD([Value(1.0)], lr=0.5) for _ in range(2))
    ExponentialLR(scheduled, gamma=0.5).step()
    before, after = plain.state_dict(), scheduled.state_dict()
    assert after["param_groups"][0]["initial_lr"] == 0.5
    plain.load_state_dict(after)
    scheduled.load_state_dict(before)
    assert (plain.lr, scheduled.lr) == (0.25, 0.5)
    assert plain.param_groups[0]["initial_lr"] == scheduled.param_groups[0]["initial_lr"] == 0.5


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
    group = optimizer.param_groups[0]
    assert list(group.values())[1:] == [0.7, 0.5, 0.0, 0.1, True, False]


def test_states_saved_before_a_setting_was_added_are_loaded() -> None:
    state = SGD([Value(1.0)], lr=0.7).state_dict()
    del state["param_groups"][0]["maximize"]
    optimizer = SGD([Value(0.0)], lr=0.1, maximize=True)
    optimizer.load_state_dict(state)
    assert (optimizer.lr, optimizer.param_groups[0]["maximize"]) == (0.7, True)
    state["param_groups"][0]["maximize"] = "yes"
    with pytest.raises(TypeError, match="maximize must be True or False"):
        optimizer.load_state_dict(state)


def test_climbing_is_descending_the_negative() -> None:
    kinds = [kind for kind in vars(nn.optim).values() if isinstance(kind, type) and "maximize" in kind.rules]
    assert len(kinds) >= 12
    for kind in kinds:
        up, down = Value(0.5), Value(0.5)
        climbing = kind([{"params": [up], "maximize": True}], lr=0.1)
        descending = kind([down], lr=0.1)
        for g in (0.5, -2.0, 0.25):
            up.grad, down.grad = g, -g
            climbing.step()
            descending.step()
        assert up.data == down.data != 0.5


def wrong_states():
    good = SGD([Value(0.0)], lr=0.1, momentum=0.9).state_dict()
    groups, state = good["param_groups"], good["state"]
    return {
        "Adam": (Adam([Value(0.0)]).state_dict(), "is it that of another kind of optimiser"),
        "two parameters": (
            SGD([Value(0.0), Value(1.0)], lr=0.5).state_dict(),
            "is for 2 parameters, got 1 here",
        ),
        "short memory": (
            good | {"state": [{"step": [0.0], "momentum_buffer": []}]},
            "is for 0 parameters, got 1 here",
        ),
        "other memory": (
            good | {"state": [{"exp_avg": [0.0]}]},
            r"has the memory \['exp_avg'\], but SGD has",
        ),
        "two groups": (good | {"param_groups": groups * 2}, "has 2 parameter groups, this optimiser 1"),
        "groups alone": ({"param_groups": groups}, "has the entries 'param_groups' and 'state'"),
        "text": (
            good | {"state": [{"step": [0.0], "momentum_buffer": ["a"]}]},
            r"momentum_buffer must be a vector of numbers, got \['a'\]",
        ),
        "table": (
            good | {"state": [{"step": [[0.0]], "momentum_buffer": [0.0]}]},
            "is for 1, 1 parameters, got 1 here",
        ),
        "setting": (
            good | {"param_groups": [groups[0] | {"lr": -1.0}]},
            r"lr must be at least 0 and finite, got -1\.0",
        ),
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


def test_powers_are_the_same_together_and_apart() -> None:
    # a parameter that was frozen for a while must go on bit for bit as one that was trained for itself
    counts = np.arange(1.0, 60.0)
    bases = (0.0, 0.5, 0.9, 0.96, 0.999)
    together = powers(counts, *bases)
    for i, count in enumerate(counts):
        apart = powers(counts[i : i + 1], *bases)
        assert [column[i] for column in together] == apart == powers(np.full(7, count), *bases)
    assert [len(column) for column in powers(np.empty(0), 0.5)] == [0]


def test_what_an_update_keeps_is_a_copy() -> None:
    class Keeps(Optimizer):
        memory = ("last", "same")

        def update(self, theta, g, memory, settings):
            memory["last"] = memory["same"] = g
            return theta

    parameters = [Value(1.0), Value(2.0)]
    optimizer = Keeps(parameters, lr=0.1)
    for gradient in (1.0, 2.0):
        parameters[0].grad = gradient
        optimizer.step()
    (state,) = optimizer.state_dict()["state"]
    assert state["last"].tolist() == state["same"].tolist() == [2.0, 0.0]
    assert optimizer._state[0]["last"] is not optimizer._state[0]["same"]


@pytest.mark.parametrize(
    "result", [[5, 6], (5.0, 6.0), np.array([5, 6]), np.array([[5.0, 0.0], [6.0, 0.0]])[:, 0]]
)
def test_an_update_may_return_any_sequence_of_numbers(result) -> None:
    class Jumps(Optimizer):
        def update(self, theta, g, memory, settings):
            return result

    parameters = [Value(1.0), Value(2.0)]
    Jumps(parameters, lr=0.1).step()
    assert [parameter.data for parameter in parameters] == [5.0, 6.0]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("step", [-1.0, 0.0]),
        ("step", [0.5, 1.0]),
        ("step", [np.nan, 1.0]),
        ("exp_avg_sq", [-1.0, 0.0]),
        ("exp_avg", ["x", "y"]),
        ("exp_avg", ["1", "2"]),
        ("exp_avg", [None, None]),
        ("exp_avg", [1.0]),
        ("exp_avg", [[1.0, 2.0]]),
        ("exp_avg", [True, False]),
    ],
)
def test_memory_that_cannot_be_is_refused_and_nothing_changes(name, wrong) -> None:
    optimizer = Adam([Value(0.0), Value(1.0)])
    before = repr(optimizer.state_dict())
    state = optimizer.state_dict()
    state["state"][0][name] = np.array(wrong)
    with pytest.raises((ValueError, TypeError), match=f"{name} must be|{name} is never|for 1|for 1, 2"):
        optimizer.load_state_dict(state)
    assert repr(optimizer.state_dict()) == before


@pytest.mark.parametrize("positions", [[1, 0], [0, 0], ["a", "b"], [0, 2]])
def test_parameters_in_a_state_stand_in_their_order(positions) -> None:
    optimizer = SGD([Value(0.0), Value(1.0)])
    state = optimizer.state_dict()
    state["param_groups"][0]["params"] = positions
    with pytest.raises(ValueError, match="params must be the positions 0 to 1"):
        optimizer.load_state_dict(state)


def test_settings_are_attributes_of_all_groups() -> None:
    optimizer = nn.AdamW([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "weight_decay": 0.5}], lr=0.1)
    assert (optimizer.weight_decay, optimizer.betas, optimizer.amsgrad) == (0.01, (0.9, 0.999), False)
    optimizer.weight_decay, optimizer.betas = 0.25, [0.5, 0.75]
    for group in optimizer.param_groups:
        assert (group["weight_decay"], group["betas"]) == (0.25, (0.5, 0.75))
    for name, wrong in (("weight_decay", -1.0), ("betas", (0.5, 1.0))):
        with pytest.raises(ValueError, match=name):
            setattr(optimizer, name, wrong)
    assert optimizer.weight_decay == 0.25
    assert nn.LBFGS([Value(1.0)], max_iter=3).max_iter == 3


def test_the_init_of_a_class_of_the_user_is_that_of_its_subclasses() -> None:
    class Heavy(SGD):
        def __init__(self, params, lr=0.5) -> None:
            super().__init__(params, lr=lr, momentum=0.9)

    class Named(Heavy):
        """Says no more."""

    class Counted:
        def __init__(self, *given, **named) -> None:
            self.count = 0
            super().__init__(*given, **named)

    class CountedAdam(Counted, Adam): ...

    class Halved(nn.StepLR):
        def __init__(self, optimizer) -> None:
            super().__init__(optimizer, 3, gamma=0.5)

    class HalvedToo(Halved): ...

    class Wide(nn.TripletMarginLoss):
        def __init__(self) -> None:
            super().__init__(margin=3.0)

    class WideToo(Wide): ...

    optimizer = Named([Value(1.0)])
    assert (optimizer.lr, optimizer.momentum) == (0.5, 0.9)
    assert CountedAdam([Value(1.0)], lr=0.1).count == 0
    assert HalvedToo(optimizer).gamma == 0.5
    assert WideToo().margin == 3.0


def test_a_setting_that_is_set_must_go_with_the_others() -> None:
    optimizer = SGD([Value(1.0)], lr=0.1)
    with pytest.raises(ValueError, match="nesterov=True needs momentum"):
        optimizer.nesterov = True
    assert optimizer.nesterov is False
    optimizer.momentum = 0.9
    optimizer.nesterov = True
    assert optimizer.param_groups[0]["nesterov"] is True


def test_what_a_class_of_the_users_keeps_under_the_name_of_a_rule_is_its_own() -> None:
    class Kept(SGD):
        def __init__(self, params, lr=0.5):
            self.momentum = 5.0  # before the groups are there
            super().__init__(params, lr=lr, momentum=0.9)

    optimizer = Kept([Value(1.0)])
    assert optimizer.momentum == optimizer.param_groups[0]["momentum"] == 0.9
