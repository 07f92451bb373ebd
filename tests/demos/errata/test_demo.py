"""E-1 to E-7: what the demo says of the slips; what each check finds is tested beside its code."""

import pytest

from demos.errata import demo as errata
from demos.errata import random_numbers, saddle, slips
from demos.errata.slips import SLIPS
from tests.demos.running import assert_plot, in_process, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "errata", "--seed", 4)


def test_every_slip_is_shown_as_it_was_written_with_what_the_check_says(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    for i in range(1, 8):
        assert outcome.out.count(f"\nE-{i}\n") == 1
    for slip in SLIPS:
        for line in slip.written.splitlines():
            assert f"    {line}\n" in outcome.out
    assert "gradient for weight: dW2, the gradient, stands where W2 itself belongs" in outcome.out
    assert "right would be: W2.T @ dz2" in outcome.out
    assert "33% less steeply" in " ".join(outcome.out.split())


def test_the_statistics_are_beside_those_of_the_distributions(written) -> None:
    lines = {line.split()[0]: line.split()[1:] for line in written[1].out.splitlines() if line}
    for name, expected in {"rand": "uniform", "randn": "normal"}.items():
        for place in (0, 1, 4, 5):  # mean, deviation, share within it, kurtosis
            assert float(lines[name][place]) == pytest.approx(float(lines[expected][place]), abs=0.15)


def test_pictures_are_there(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == ["errata_random.png", "errata_saddle.png"]
    for path in folder.iterdir():
        assert_plot(path)


def test_a_slip_that_is_not_exposed_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(
        errata, "SLIPS", [slips.Slip(**{**vars(SLIPS[0]), "written": SLIPS[0].right}), *SLIPS[1:]]
    )
    outcome = in_process(capsys, "errata", "--quiet", "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("NOT SO: E-1: the check does not part the slip")


def test_measures_that_do_not_part_the_words_fail_the_run(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(saddle, "less_steep", lambda: {"to the minimum": 0.3, "against the gradient": 0.1})
    monkeypatch.setattr(random_numbers, "from_normal", lambda numbers: 0.0)
    outcome = in_process(capsys, "errata", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert "the distances from a normal distribution" in outcome.err
