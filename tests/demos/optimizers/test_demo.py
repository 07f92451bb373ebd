"""The table of variants, Nesterov's look ahead, the race, and L-BFGS."""

import re
import sys

import numpy as np
import pytest

from demos.optimizers import demo as optimizers
from demos.optimizers import nesterov
from demos.optimizers import race as racing
from demos.optimizers.race import STEPS
from demos.optimizers.variants import OTHERS, VARIANTS, defaults, year
from tests.demos.running import assert_plot, in_process, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "optimizers")


def test_s_opt_table_is_told(written) -> None:
    _, outcome = written
    for each in (*VARIANTS, *OTHERS):
        start = rf"^{each.name} +{year(each) or ''} +{each.kind.__name__} +{re.escape(defaults(each))} *$"
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


def test_s_lbfgs_without_scipy_is_skipped_and_said(capsys, tmp_path, monkeypatch) -> None:
    for name in ("scipy", "scipy.optimize", "matplotlib"):
        monkeypatch.setitem(sys.modules, name, None)
    outcome = in_process(capsys, "optimizers", "--out", tmp_path)
    assert outcome.status == 0
    assert "L-BFGS is skipped" in outcome.out
    assert list(tmp_path.iterdir()) == []


def test_wrong_nesterov_fails_the_run(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(optimizers, "by_nesterov", nesterov.by_sgd)
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
