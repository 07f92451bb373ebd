"""Points at which derivations are tried: in the domain of f, targets kept, and as simple as they can be."""

import math

import numpy as np

from engine import check_derivation, log
from engine.checks.derivation.points import finite_run, kept_discrete, longer, sampled, simplest
from engine.checks.derivation.setting import setting_of


def test_points_at_which_f_is_not_defined_or_not_finite_are_passed_over() -> None:
    setting = setting_of(lambda x: log(x - 1.0) if x.data < 5.0 else x / 0.0, (2.0,))
    for x, is_defined in ((2.0, True), (0.5, False), (1.0, False), (6.0, False)):
        assert (finite_run(setting, {"x": x}) is not None) is is_defined, x
    found = [*sampled(setting, {"x"}, np.random.default_rng(0), 6)]
    assert len(found) == 6
    for point, forward in found:
        assert 1.0 < point["x"] < 5.0
        assert forward.loss.data == math.log(point["x"] - 1.0)


def test_numbers_that_are_not_finite_stay_and_those_that_are_move() -> None:
    masked = np.array([0.0, -math.inf, 0.0])
    text = "E = log(exp(z + masked).sum())"
    setting = setting_of(text, ({"z": np.array([0.1, 5.0, 0.2]), "masked": masked},))
    for point, _ in sampled(setting, {"z"}, np.random.default_rng(0), 6):
        assert point["masked"][1] == -math.inf
        assert (point["z"] != setting.base["z"]).all()
    right = {"dz": "exp(z + masked)/exp(z + masked).sum()"}
    assert check_derivation(text, right, {"z": np.array([0.1, 5.0, 0.2]), "masked": masked}).ok


def test_targets_that_are_probabilities_or_classes_are_shuffled_and_no_more() -> None:
    def f(w, t, y, d):
        return sum((w * each - 0.3) ** 2 for each in [*t, *y.ravel(), d])

    t, y, d = [0.0, 1.0, 1.0], np.array([[0.25, 0.75], [1.0, 0.0]]), -1.0
    setting = setting_of(f, (0.5, t, y, d))
    assert kept_discrete(setting, {"w"}) == ["t", "y", "d"]
    assert kept_discrete(setting, {"w", "y"}) == ["t", "d"]
    points = [point for point, _ in sampled(setting, {"w"}, np.random.default_rng(0), 20)]
    assert all(sorted(point["t"]) == t for point in points)
    assert all(sorted(point["y"].ravel()) == [0.0, 0.25, 0.75, 1.0] for point in points)
    assert {point["d"] for point in points} == {-1.0, 1.0}
    assert len({(*point["t"], *point["y"].ravel()) for point in points}) > 3


def test_the_simplest_point_still_shows_it_and_leaves_frozen_names() -> None:
    point = {"w": 0.731, "X": np.full((3, 4), 0.3), "t": 0.62, "pair": [0.4, 0.9]}

    def shows(point):
        return point["w"] > 0.5 and point["X"].shape[1] > 1 and sum(point["pair"]) > 1.0

    found, runs = simplest(point, shows, frozen=["t"])
    assert shows(found)
    assert (found["w"], found["t"], found["X"].tolist()) == (1.0, 0.62, [[0.0, 0.0]])
    assert found["pair"] == [1.0, 1.0]
    assert 0 < runs <= 300


def test_a_longer_point_has_one_entry_more_along_each_axis_of_a_length() -> None:
    found = longer({"w": 0.5, "v": np.array([1.0, 2.0]), "W": np.ones((2, 3)), "list": [1.0, 2.0]}, 2)
    assert (found["w"], found["list"], found["v"].tolist()) == (0.5, [1.0, 2.0], [1.0, 2.0, 1.0])
    assert found["W"].tolist() == [[1.0] * 3, [1.0] * 3, [0.5] * 3]
