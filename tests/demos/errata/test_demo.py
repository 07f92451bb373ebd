"""E-1 to E-7: the account of the slips; what each check finds is tested beside its code."""

import re

import pytest

from demos.errata import demo as errata
from demos.errata import network
from tests.demos.running import assert_plot, in_process, written_by


@pytest.mark.parametrize("seed", range(10))
def test_every_slip_is_exposed_and_every_right_form_passes(seed) -> None:
    found = errata.trials(seed)
    assert [trial.name for trial in found] == [f"E-{i}" for i in (1, 2, 3, 4, 5, 6, 7, 7)]
    for trial in found:
        assert trial.slip_off > 0.01, trial
        assert trial.right_off < (0.03 if trial.name == "E-6" else 1e-7), trial
        assert trial.exposed


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "errata", "--seed", 4)


def test_account_has_a_row_for_each_slip(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [
        re.match(r"(E-\d) +(.+?)  +([\d.]+)%  +(.+?)  +(\S+)  +(\S+)$", line)
        for line in outcome.out.splitlines()
    ]
    found = [row for row in rows if row]
    trials = errata.trials(4)
    assert [row[1] for row in found] == [trial.name for trial in trials]
    for row, trial in zip(found, trials, strict=True):
        assert (row[2], row[4]) == (trial.slip, trial.right)
        assert float(row[3]) / 100 == pytest.approx(trial.slip_off, abs=5.1e-4)
        assert float(row[3]) > 1
        assert float(row[5]) <= float(row[6])


def test_e_1_engines_check_fails_in_the_hidden_layer_and_passes_on_the_right_form(written) -> None:
    told = written[1].out.replace("\n", " ")
    assert "says of E-1: 6 of 12 derivatives disagree (central differences);" in told
    assert "of the right form: all 12 derivatives agree (central differences)." in told


def test_account_has_the_statistics_and_the_shares(written) -> None:
    _, outcome = written
    assert "the shares 1.33, -0.67, 0.33; softmax makes 0.79, 0.04, 0.18" in outcome.out.replace("\n", " ")
    lines = {line.split()[0]: line.split()[1:] for line in outcome.out.splitlines() if line}
    for name, expected in {"rand": "uniform", "randn": "normal"}.items():
        for place in (0, 1, 4, 5):  # mean, deviation, share within it, kurtosis
            assert float(lines[name][place]) == pytest.approx(float(lines[expected][place]), abs=0.15)


def test_pictures_are_there(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == ["errata_random.png", "errata_saddle.png"]
    for path in folder.iterdir():
        assert_plot(path)


def test_a_slip_that_is_not_exposed_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right = network.hidden_error
    monkeypatch.setattr(network, "hidden_error", lambda weights, slip: right(weights, slip=False))
    outcome = in_process(capsys, "errata", "--quiet", "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("E-1: the check did not distinguish 'dh = dW2^T dz2', off by")
