"""The table of variants, Nesterov's look ahead, the race, and L-BFGS."""

import re
import sys

import numpy as np
import pytest

from demos.descent import optimizers
from demos.descent import race as racing
from demos.descent.race import START, STEPS
from demos.descent.variants import OTHERS, VARIANTS, defaults, year
from tests.demos.running import assert_plot, in_process, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "optimizers")


def test_s_opt_table_is_told(written) -> None:
    _, outcome = written
    for each in (*VARIANTS, *OTHERS):
        start = rf"^{each.name} +{year(each) or ''} *{each.kind.__name__} +{re.escape(defaults(each))} *$"
        assert re.search(start, outcome.out, re.MULTILINE), each.name


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


def test_wrong_nesterov_fails_the_run(capsys, tmp_path, monkeypatch) -> None:
    right = optimizers.SGD
    monkeypatch.setattr(optimizers, "Nesterov", lambda p, lr, momentum: right(p, lr, momentum, nesterov=True))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "optimizers", "--out", tmp_path)
    assert outcome.status == 1
    assert "NOT SO: `nn.Nesterov`" in outcome.err


def test_s_nest_gradient_is_taken_at_w_plus_mu_v() -> None:
    """On x²/20 + y², whose gradient is (x/10, 2y); the demo compares the optimisers with its loop."""
    w, v, weights, ahead = np.array(START), np.zeros(2), [], []
    for _ in range(optimizers.STEPS):
        v = 0.9 * v - optimizers.LR * (w + 0.9 * v) * [0.1, 2.0]
        w = w + v
        weights.append(w)
        ahead.append(w + 0.9 * v)
    ours = optimizers.nesterov_by_hand()
    np.testing.assert_allclose(ours[0], weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[1], ahead, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_s_lbfgs_finds_the_least_squares_in_few_calls(seed) -> None:
    outcome = optimizers.contest(seed)
    assert outcome.second_order < optimizers.ENOUGH
    assert outcome.calls < 30
    assert outcome.first_order > 100 * outcome.second_order


@pytest.fixture(scope="module")
def written_again(tmp_path_factory):
    return written_by(tmp_path_factory, "optimizers")


def test_same_seed_gives_the_same_files(written, written_again) -> None:
    (first, outcome), (second, again) = written, written_again
    assert again.out.replace(str(second), "") == outcome.out.replace(str(first), "")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()
