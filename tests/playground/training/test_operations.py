"""The operations by name, as the page calls them."""

import numpy as np
import pytest

from nn import MLP
from playground.training import OPERATIONS
from playground.training.data.own import read_table
from tests.cases import named


class Session:
    """Stands for the page's session, which the operations use as a key."""


@pytest.fixture
def call():
    session = Session()
    small = {"count": 40, "hidden": [{"neurons": 3}, {"neurons": 2}]}
    OPERATIONS["configure"](session, config=small)
    return lambda op, **args: OPERATIONS[op](session, **args)


def test_every_setting_of_an_optimiser_is_one_the_form_can_hold():
    optimizers = OPERATIONS["training_choices"](Session())["optimizers"]
    assert {"LBFGS", "RAdam", "Rprop", "ASGD"} <= set(optimizers)
    kinds = {"flag": bool, "integer": int, "number": float, "pair": tuple}
    for settings in optimizers.values():
        assert all(isinstance(each["default"], kinds[each["kind"]]) for each in settings)


def test_two_sessions_know_nothing_of_each_other(call):
    call("train", steps=5)
    assert OPERATIONS["train"](Session(), steps=0)["step"] == 0


def test_train_takes_steps_and_epochs(call):
    assert call("train", steps=3)["step"] == 3
    after = call("train", epochs=2)
    assert (after["epoch"], after["step"]) == (3, 6)


def test_train_for_a_time_takes_some_steps(call):
    assert call("train", budget_ms=1)["step"] >= 1


def test_train_says_whether_the_time_was_over_before_the_epoch(call, monkeypatch):
    assert call("train", epochs=1)["cut"] is False
    monkeypatch.setattr("playground.training.operations.LONGEST_MS", 0.0)
    answers = [call("train", epochs=1) for _ in range(2)]
    assert [(each["cut"], each["step"], each["epoch"]) for each in answers] == [(True, 3, 1), (False, 4, 2)]
    assert call("train", steps=1)["cut"] is call("train", budget_ms=1)["cut"] is False
    call("configure", config={"data": "points", "kind": "binary", "points": []})
    assert call("train", epochs=1)["cut"] is False


@pytest.mark.parametrize("data", ["xor", "three", "sine"])
def test_a_brief_picture_says_of_the_whole_one_what_moves(call, data):
    call("configure", config={"data": data, "count": 40, "hidden": [{"neurons": 3}]})
    brief = call("train", steps=7, brief=True)
    whole = call("train", steps=0)
    assert {"step", "epoch", "stopped"} < brief.keys() < whole.keys()
    for name, value in brief.items():
        np.testing.assert_array_equal(value, whole[name])
    assert whole["curves"][0, -1] == 7  # the course is brought up to here


def test_of_a_training_that_a_rule_has_ended_all_is_said(call):
    call("configure", config={"count": 40, "stop_epochs": 2, "hidden": []})
    assert call("train", budget_ms=900, brief=True)["curves"][0, -1] == 4


def test_the_same_seed_gives_the_same_numbers(call):
    first = call("train", steps=50)
    call("reset")
    again = call("train", steps=50)
    assert (first["weights"] == again["weights"]).all()
    assert (first["maps"] == again["maps"]).all()


def test_a_weight_can_be_set(call):
    before = call("train", steps=1)["weights"]
    after = call("set_parameter", layer=1, neuron=0, weight=2, value=0.75)["weights"]
    assert after[3 * 3 + 2] == 0.75
    assert np.flatnonzero(before != after).tolist() == [11]
    assert call("set_parameter", layer=1, neuron=0, value=-0.5)["weights"][12] == -0.5


def test_looking_back_changes_nothing_and_going_back_does(call):
    now = call("train", steps=40)
    entry = len(now["curves"][0]) // 2
    past = call("look_back", entry=entry)
    assert past["step"] == now["curves"][0][entry]
    assert (past["weights"] != now["weights"]).any()
    here = call("train", steps=0)
    assert here["step"] == 40
    assert (here["weights"] == now["weights"]).all()
    assert call("go_back", entry=entry)["step"] == past["step"]
    assert call("diagnose") == past["diagnosis"]
    assert (call("train", steps=40 - int(past["step"]))["weights"] == now["weights"]).all()


def test_layers_from_a_text(call):
    assert call("layers", text="8 relu, 2 tanh 0.25")["hidden"] == [
        {"neurons": 8, "activation": "relu", "dropout": 0.0},
        {"neurons": 2, "activation": "tanh", "dropout": 0.25},
    ]
    assert call("layers", text="")["hidden"] == []


def test_warped_grid_is_where_the_neurons_send_it(call):
    found = call("warp", layer=1)
    assert found["grid"].shape == (25, 25, 2)
    corner = call("probe", x=-6.0, y=-6.0)["outputs"][3:5]
    assert found["grid"][0, 0] == pytest.approx(corner)
    assert call("warp", layer=0)["axes"][0] == "principal components of 3 neurons"
    chosen = call("warp", layer=0, first=2, second=0)["grid"][0, 0]
    outputs = call("probe", x=-6.0, y=-6.0)["outputs"]
    assert chosen == pytest.approx([outputs[2], outputs[0]])


def test_a_race_starts_all_from_the_same_weights(call):
    racers = [{"optimizer": "SGD", "settings": {"lr": 0.1}}, {"optimizer": "Adam"}]
    start = call("race", racers=racers)
    assert start["racers"][0]["train_loss"] == start["racers"][1]["train_loss"]
    end = call("race", steps=30)
    assert [each["step"] for each in end["racers"]] == [30, 30]
    assert end["racers"][0]["train_loss"] != end["racers"][1]["train_loss"]
    assert end["surface.1"].shape == (40, 40)
    ground = call("race_surface")
    assert ground["path.0"][0] == pytest.approx(ground["path.1"][0])
    assert 0 < ground["share"] <= 1
    alone = call("train", steps=30)
    assert end["racers"][0]["train_loss"] == pytest.approx(alone["train_loss"])


FAULTS = [
    ("train", {}),
    ("train", {"steps": 10**9}),
    ("set_parameter", {"layer": 9, "neuron": 0, "value": 1.0}),
    ("set_parameter", {"layer": 0, "neuron": 0, "weight": 5, "value": 1.0}),
    ("set_parameter", {"layer": 0, "neuron": 0, "value": float("nan")}),
    ("ablate", {"layer": 2, "neuron": 0}),
    ("look_back", {"entry": 9}),
    ("warp", {"layer": 3}),
    ("export", {"form": "exe"}),
    ("race", {}),
    ("race_surface", {}),
    ("race", {"racers": []}),
    ("table", {"text": ""}),
    ("load", {"text": "x"}),
    ("layers", {"text": "many relu"}),
    ("layers", {"text": "3 relu 0.1 4"}),
    ("layers", {"text": "3 softmax"}),
    ("configure", {"config": {"data": "formula", "formula": "__import__('os')"}}),
    ("configure", {"config": {}, "resolution": 9999}),
]


def test_faults_are_value_errors(call):
    for op, args in FAULTS:
        with named(op, args), pytest.raises(ValueError):
            call(op, **args)


@pytest.mark.parametrize(
    ("text", "kind", "points"),
    [
        ("1,2,A\n3,4,B", "binary", [[1, 2, 0], [3, 4, 1]]),
        ("x;y;c\n1;2;0\n3;4;1\n0;0;2\n", "three", [[1, 2, 0], [3, 4, 1], [0, 0, 2]]),
        ("1 2 0.1\n3 4 0.2\n0 0 0.3\n1 1 0.4", "plane", [[1, 2, 0.1], [3, 4, 0.2], [0, 0, 0.3], [1, 1, 0.4]]),
        ("1\t0.5\n2\t1", "curve", [[1, 0, 0.5], [2, 0, 1]]),
    ],
)
def test_tables(text, kind, points):
    table = read_table(text)
    assert table["kind"] == kind
    assert table["points"] == points


def test_a_table_that_leaves_the_square_is_scaled_and_says_so():
    table = read_table("0,0,0\n100,1,1\n")
    assert [point[0] for point in table["points"]] == [-5.0, 5.0]
    assert "x was scaled from 0 … 100" in table["note"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3,4", "two or three columns"),
        ("1,2,a\n1,2", "row 2"),
        ("1,b,c\n", "row 1: 'b'"),
        ("", "no rows"),
    ],
)
def test_faults_of_a_table_are_named(text, message):
    with pytest.raises(ValueError, match=message):
        read_table(text)


def given_session(**given):
    session = Session()
    session.given = given
    return session


def test_a_model_from_a_notebook_is_trained_itself():
    model = MLP(2, [3, 1], activation="tanh", rng=0, dropout=0.1)
    session = given_session(model=model, X=[[0, 1], [1, 1], [2, -1]], y=[-1, 1, 1])
    start = OPERATIONS["training_choices"](session)["defaults"]
    assert start["points"] == ((0, 1, 0), (1, 1, 1), (2, -1, 1))
    assert start["hidden"] == ({"neurons": 3, "activation": "tanh", "dropout": 0.1},)
    before = [p.data for p in model.parameters()]
    assert not OPERATIONS["configure"](session, config=start)["anew"]
    weights = OPERATIONS["train"](session, steps=3)["weights"]
    assert [p.data for p in model.parameters()] != before
    assert model.layers[0].neurons[0].w[0].data == weights[0]


@pytest.mark.parametrize(
    "given",
    [
        {"model": MLP(3, [1]), "X": [[0, 1, 2]], "y": [1]},
        {"model": MLP(2, [2]), "X": [[0, 1]], "y": [1]},
        {"model": MLP(2, [1]), "X": [[0, 1]], "y": [1, 2]},
        {"model": MLP(2, [1]), "X": [[0, 99]], "y": [1]},
        {"model": MLP(2, [1], output_activation="tanh"), "X": [[0, 1]], "y": [1]},
    ],
)
def test_models_that_the_page_cannot_show_are_refused(given):
    with pytest.raises(ValueError):
        OPERATIONS["training_choices"](given_session(**given))
