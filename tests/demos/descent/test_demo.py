"""Gradients on surfaces, the full rule of a step, and the three kinds of descent."""

import numpy as np
import pytest

from demos.descent import batch_sizes
from demos.descent import demo as descent
from demos.descent import update_rule as rule
from demos.descent.batch_sizes import LR, SAMPLES, SIZES, descend, least_squares, points
from demos.descent.landscapes import LANDSCAPES, survey
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import grad, sigmoid
from nn import half_squared_error
from tests.demos.running import assert_plot, in_process, written_by

PICTURES = ["descent_gradients.png", "descent_kinds.png", "descent_rule.png", "descent_surfaces.png"]


def height(name: str):
    (found,) = (each.height for each in LANDSCAPES if each.name == name)
    return found


# What a pencil says the gradients are.
SLOPES = {
    "bowl": lambda x, y: (2 * x, 2 * y),
    "hill": lambda x, y: (-2 * x, -2 * y),
    "saddle": lambda x, y: (2 * x, -2 * y),
    "two valleys": lambda x, y: (4 * x * (x**2 - 1), 2 * y),
}


@pytest.mark.parametrize("name", SLOPES)
def test_s_surf_gradient_is_that_of_the_formula(name) -> None:
    for x, y in np.random.default_rng(0).uniform(-2, 2, (20, 2)).tolist():
        found = grad(height(name), argnums=(0, 1))(x, y)
        np.testing.assert_allclose(
            [float(each) for each in found], SLOPES[name](x, y), rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("landscape", LANDSCAPES, ids=lambda each: each.name)
@pytest.mark.parametrize("seed", range(6))
def test_s_surf_gradient_is_zero_where_level_and_uphill_elsewhere(landscape, seed) -> None:
    found = survey(landscape, np.random.default_rng(seed), places=50)
    assert found.derivatives == [(0.0, 0.0)] * len(landscape.level)
    assert found.uphill == 50
    assert found.kinds == [kind for _, _, kind in landscape.level]
    assert found.right


def test_s_surf_saddle_rises_along_x_and_falls_along_y_and_only_the_bowl_is_convex() -> None:
    saddle = height("saddle")
    assert saddle(0.1, 0.0) > saddle(0.0, 0.0) > saddle(0.0, 0.1)
    assert [each.name for each in LANDSCAPES if each.convex] == ["bowl"]
    assert all((survey(each, np.random.default_rng(2)).below == 0) is each.convex for each in LANDSCAPES)


X, T = np.random.default_rng(3).normal(size=(6, 2)), np.array([0, 1, 1, 0, 1, 0])


def neuron_cost(w):
    return half_squared_error([sigmoid(w[0] * a + w[1] * b + w[2]) for a, b in X.tolist()], T.tolist())


def numpy_walk(start, steps, eta, alpha=0.0, decay=0.0):
    """The rule in NumPy, with the delta rule in place of the engine."""
    w, change = np.array(start), np.zeros(3)
    rows = np.column_stack([X, np.ones(len(X))])
    walk = []
    for _ in range(steps + 1):
        walk.append(w)
        y = 1 / (1 + np.exp(-rows @ w))
        change = -eta * (rows.T @ ((y - T) * y * (1 - y))) + alpha * change - decay * eta * w
        w = w + change
    return np.array(walk)


@pytest.mark.parametrize("terms", [{}, {"alpha": 0.8}, {"decay": 0.02}, {"alpha": 0.8, "decay": 0.02}])
def test_s_rule_sgd_keeps_the_full_rule_to_1e_12(terms) -> None:
    start = [0.3, -0.2, 0.1]
    expected = numpy_walk(start, 100, 0.5, **terms)
    by_hand = rule.by_hand(neuron_cost, start, 100, eta=0.5, **terms)
    names = {"alpha": "momentum", "decay": "weight_decay"}
    settings = {names[name]: number for name, number in terms.items()}
    theirs = rule.by_optimizer(neuron_cost, start, 100, lr=0.5, **settings)
    np.testing.assert_allclose(by_hand.weights, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(theirs.weights, expected, rtol=0, atol=1e-12)


def test_s_rates_weights_and_biases_have_step_sizes_of_their_own() -> None:
    start = [0.3, -0.2, 0.1]
    expected = numpy_walk(start, 50, np.array([0.5, 0.5, 2.0]))

    def groups(values):
        return [{"params": values[:2]}, {"params": values[2:], "lr": 2.0}]

    theirs = rule.by_optimizer(neuron_cost, start, 50, groups, lr=0.5)
    np.testing.assert_allclose(theirs.weights, expected, rtol=0, atol=1e-12)
    assert np.abs(expected - numpy_walk(start, 50, 0.5)).max() > 0.01


@pytest.mark.parametrize("seed", range(6))
def test_s_gd_stochastic_comes_near_the_least_cost_while_batch_is_far(seed) -> None:
    samples = points(np.random.default_rng(seed))
    least = least_squares(*samples)[2]
    runs = {kind: descend(kind, *samples, seed, descent.EPOCHS, Account(quiet=True)) for kind in SIZES}
    assert [(run.size, run.steps) for run in runs.values()] == [
        (SAMPLES, 1),
        (1, SAMPLES),
        (50, SAMPLES // 50),
    ]
    assert least < runs["stochastic"].costs[-1] < 1.1 * least
    assert runs["stochastic"].costs[-1] < runs["mini-batch"].costs[-1] < runs["batch"].costs[-1]


def test_s_gd_batch_is_plain_descent_on_the_mean_squared_error() -> None:
    inputs, targets = points(np.random.default_rng(0))
    run = descend("batch", inputs, targets, 0, 7, Account(quiet=True))
    rows, y, w = np.column_stack([inputs, np.ones(SAMPLES)]), np.array(targets), np.zeros(2)
    costs = [np.mean((rows @ w - y) ** 2)]
    for _ in range(7):
        w = w - LR * 2 / SAMPLES * rows.T @ (rows @ w - y)
        costs.append(np.mean((rows @ w - y) ** 2))
    np.testing.assert_allclose(run.costs, costs, rtol=1e-12)
    np.testing.assert_allclose([run.weight, run.bias], w, rtol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_what_the_account_says_of_momentum_and_decay_holds(seed, capsys, out_dir) -> None:
    options, account = Options(out=out_dir), Account()
    assert rule.show_rule(np.random.default_rng(seed), account, Pictures(options, account))
    lines = capsys.readouterr().out.splitlines()
    rows = {line[:28].strip(): line.split()[-2:] for line in lines if line.startswith("η")}
    E = {name: float(numbers[0]) for name, numbers in rows.items()}
    length = {name: float(numbers[1]) for name, numbers in rows.items()}
    assert E["η and α"] <= E["η alone"]
    assert E["η and α"] < E["η, α and λ"]
    assert length["η, α and λ"] < length["η and α"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "descent")


def test_account_tells_what_came_out_and_where_the_pictures_are(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    least = least_squares(*points(np.random.default_rng(0)))
    (line,) = (line for line in outcome.out.splitlines() if line.startswith("least squares"))
    assert [float(word) for word in line.split()[2:]] == pytest.approx([least[2], *least[:2]], abs=5.1e-5)
    assert outcome.out.count("100 of 100") == sum(len(each.level) for each in LANDSCAPES)
    for name in PICTURES:
        assert f"{folder / name}  " in outcome.out


def test_pictures_are_there(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    for name in PICTURES:
        assert_plot(folder / name)


def test_stochastic_descent_that_stays_too_far_is_told(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(batch_sizes, "NEAR", 1.0)  # the least cost itself
    outcome = in_process(capsys, "descent", "--quiet", "--out", tmp_path)
    assert (outcome.status, outcome.out) == (1, "")
    assert "more --epochs" in outcome.err


def test_wrong_rule_fails_the_run(capsys, tmp_path, monkeypatch) -> None:
    class Wrong(rule.SGD):
        def step(self, closure=None):
            super().step(closure)
            self.param_groups[0]["params"][0].data += 1e-9

    monkeypatch.setattr(rule, "SGD", Wrong)
    outcome = in_process(capsys, "descent", "--quiet", "--out", tmp_path)
    assert outcome.status == 1
    assert "The loop and SGD" in outcome.err
