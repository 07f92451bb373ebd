"""The table of variants, Nesterov's look ahead, the race, and L-BFGS."""

import re
import sys

import numpy as np
import pytest

from demos.optimizers import demo as optimizers
from demos.optimizers import lbfgs as second_order
from demos.optimizers import nesterov as lookahead
from demos.optimizers import race as racing
from demos.optimizers.race import CLOSE, START, STEPS, race, walk
from demos.optimizers.variants import OTHERS, SECOND_ORDER, VARIANTS, defaults, year
from tests.demos.running import assert_plot, in_process, written_by

YEARS = {
    "momentum": 1964,
    "AdaGrad": 2011,
    "RMSprop": 2012,
    "Adadelta": 2012,
    "Nesterov": 2013,
    "Adam": 2014,
    "AdaMax": 2015,
    "Nadam": 2015,
    "AMSGrad": 2018,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "optimizers")


def test_s_opt_every_variant_has_its_year() -> None:
    assert {each.name: year(each) for each in VARIANTS} == {"gradient descent": None, **YEARS}
    assert [year(each) for each in (*OTHERS, SECOND_ORDER)] == [2019, 1989]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("momentum", "lr=0.001, momentum=0.9"),
        ("RMSprop", "lr=0.01, alpha=0.9, eps=1e-08"),
        ("Adadelta", "lr=1, rho=0.95, eps=1e-06"),
        ("Adam", "lr=0.001, betas=(0.9, 0.999), eps=1e-08"),
        ("AdaMax", "lr=0.002, betas=(0.9, 0.999), eps=1e-08"),
        ("AMSGrad", "lr=0.001, betas=(0.9, 0.999), eps=1e-08"),
    ],
)
def test_s_opt_defaults_are_the_papers(name, expected) -> None:
    (variant,) = (each for each in VARIANTS if each.name == name)
    assert defaults(variant) == expected


def test_s_opt_defaults_are_read_from_the_class(monkeypatch) -> None:
    (adam,) = (each for each in VARIANTS if each.name == "Adam")
    monkeypatch.setattr(adam.kind.__init__, "__defaults__", (0.5, (0.1, 0.2), 1e-3, 0.0, False))
    assert defaults(adam) == "lr=0.5, betas=(0.1, 0.2), eps=0.001"


def test_s_opt_table_is_told(written) -> None:
    _, outcome = written
    for each in (*VARIANTS, *OTHERS):
        start = rf"^{each.name} +{year(each) or ''} +{each.kind.__name__} +{re.escape(defaults(each))} *$"
        assert re.search(start, outcome.out, re.MULTILINE), each.name


def numpy_nesterov() -> tuple[np.ndarray, np.ndarray]:
    """Nesterov's method on x²/20 + y², whose gradient is (x/10, 2y)."""
    w, v, weights, ahead = np.array(START), np.zeros(2), [], []
    for _ in range(lookahead.STEPS):
        v = 0.9 * v - lookahead.LR * (w + 0.9 * v) * [0.1, 2.0]
        w = w + v
        weights.append(w)
        ahead.append(w + 0.9 * v)
    return np.array(weights), np.array(ahead)


def test_s_nest_gradient_is_taken_at_w_plus_mu_v() -> None:
    weights, ahead = numpy_nesterov()
    np.testing.assert_allclose(lookahead.by_hand()[0], weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(lookahead.by_nesterov(), weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(lookahead.by_sgd(), ahead, rtol=0, atol=1e-12)


def test_s_race_all_start_at_one_point_and_arrive() -> None:
    ways = race()
    assert [way.variant.name for way in ways] == [each.name for each in VARIANTS]
    for way in ways:
        assert way.points.shape == (STEPS + 1, 2)
        assert tuple(way.points[0]) == START
        np.testing.assert_allclose(
            way.heights, way.points[:, 0] ** 2 / 20 + way.points[:, 1] ** 2, rtol=1e-12
        )
        assert way.arrived is not None
        assert way.heights[way.arrived :].max() < CLOSE <= way.heights[way.arrived - 1]


def test_s_race_plain_descent_and_momentum_go_where_the_formulas_say() -> None:
    plain, momentum = (walk(variant).points for variant in VARIANTS[:2])
    curvature, t = np.array([0.1, 2.0]), np.arange(STEPS + 1)[:, None]
    np.testing.assert_allclose(plain, np.array(START) * (1 - 0.9 * curvature) ** t, rtol=1e-9, atol=1e-12)
    expected, change = [np.array(START)], np.zeros(2)
    for _ in range(STEPS):
        change = 0.9 * change - 0.1 * curvature * expected[-1]
        expected.append(expected[-1] + change)
    np.testing.assert_allclose(momentum, expected, rtol=0, atol=1e-12)


def test_s_race_momentum_overshoots_further_than_nesterov_and_plain_descent_leaps() -> None:
    plain, momentum, nesterov = (walk(variant).points for variant in VARIANTS[:3])
    assert momentum[:, 0].max() > nesterov[:, 0].max() > 0
    assert (plain[:-1, 1] * plain[1:, 1] < 0).all()


def test_s_race_is_a_picture_and_an_animation(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["optimizers_race.gif", "optimizers_race.png"]
    assert_plot(folder / "optimizers_race.png")
    image = pytest.importorskip("PIL.Image")
    with image.open(folder / "optimizers_race.gif") as animation:
        assert animation.n_frames == STEPS // racing.STRIDE + 1
        frames = []
        for i in (0, animation.n_frames - 1):
            animation.seek(i)
            frames.append(np.asarray(animation.convert("L"), dtype=float))
    assert np.abs(frames[0] - frames[1]).max() > 100
    assert (folder / "optimizers_race.gif").stat().st_size < 1_500_000


@pytest.mark.parametrize("seed", range(6))
def test_s_lbfgs_finds_the_least_squares_in_few_calls(seed) -> None:
    pytest.importorskip("scipy")
    outcome = second_order.contest(seed)
    assert outcome.second_order < optimizers.ENOUGH
    assert outcome.calls < 30
    assert outcome.first_order > 100 * outcome.second_order


def test_s_lbfgs_without_scipy_is_skipped_and_said(capsys, tmp_path, monkeypatch) -> None:
    for name in ("scipy", "scipy.optimize", "matplotlib"):
        monkeypatch.setitem(sys.modules, name, None)
    outcome = in_process(capsys, "optimizers", "--out", tmp_path)
    assert outcome.status == 0
    assert "L-BFGS is skipped" in outcome.out
    assert list(tmp_path.iterdir()) == []


def test_wrong_nesterov_fails_the_run(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(optimizers, "by_nesterov", lookahead.by_sgd)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "optimizers", "--out", tmp_path)
    assert outcome.status == 1
    assert "w of the loop and of Nesterov" in outcome.err


@pytest.fixture(scope="module")
def written_again(tmp_path_factory):
    return written_by(tmp_path_factory, "optimizers")


def test_same_seed_gives_the_same_files(written, written_again) -> None:
    (first, outcome), (second, again) = written, written_again
    assert again.out.replace(str(second), "") == outcome.out.replace(str(first), "")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()
