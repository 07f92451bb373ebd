"""Gradients on surfaces, the full rule of a step, and the three kinds of descent."""

import numpy as np
import pytest

from demos.descent import batch_sizes, update_rule
from demos.descent.batch_sizes import SAMPLES, points
from demos.descent.surfaces import SURFACES
from tests.demos.running import assert_plot, in_process, written_by

PICTURES = ["descent_gradients.png", "descent_kinds.png", "descent_rule.png", "descent_surfaces.png"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "descent")


def test_account_tells_what_came_out_and_where_the_pictures_are(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    X, y = points(0)
    rows = np.column_stack([X, np.ones(SAMPLES)])
    best = np.linalg.pinv(rows) @ y
    (line,) = (line for line in outcome.out.splitlines() if line.startswith("least squares"))
    expected = [np.mean((rows @ best - y) ** 2), *best]
    assert [float(word) for word in line.split()[2:]] == pytest.approx(expected, abs=5.1e-5)
    assert outcome.out.count("100 of 100") == sum(len(each.level) for each in SURFACES)
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
    class Wrong(update_rule.SGD):
        def step(self, closure=None):
            super().step(closure)
            self.param_groups[0]["params"][0].data += 1e-9

    monkeypatch.setattr(update_rule, "SGD", Wrong)
    outcome = in_process(capsys, "descent", "--quiet", "--out", tmp_path)
    assert outcome.status == 1
    assert "NOT SO" in outcome.err
