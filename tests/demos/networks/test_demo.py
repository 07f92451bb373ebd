"""The account of the networks built by hand; each network is tested beside its code."""

import pytest

from demos.networks import demo as networks
from tests.demos.running import assert_plot, in_process, svg_texts, written_by

PICTURES = ["networks_252_cost.png", "networks_352.svg", "networks_531_cost.png"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "networks", "--seed", 4, "--epochs", 40)


def test_account_goes_through_all_seven_and_all_agree(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    headings = ["5-3-1", "3-5-2", "2-5-2", "2-3-1", "One sigmoid neuron", "3-4-2", "L hidden layers"]
    lines = outcome.out.splitlines()
    found = [lines[i - 1] for i, line in enumerate(lines) if line and set(line) == {"-"}]
    for heading, expected in zip(found[1:], headings, strict=True):
        assert heading.startswith(expected)
    assert f"All {len(networks.NETWORKS)} networks gave the same numbers both ways" in outcome.out
    for name in PICTURES:
        assert f"\n{folder / name}  " in outcome.out


def test_lectures_number_of_iterations_is_the_default() -> None:
    assert networks.EPOCHS == 5000


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    svg_texts(folder / PICTURES[1])
    assert_plot(folder / PICTURES[0])
    assert_plot(folder / PICTURES[2])


def test_a_network_that_disagrees_fails_the_run_and_is_named(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(networks.any_depth, "EXACT", -1.0)
    outcome = in_process(capsys, "networks", "--quiet", "--epochs", 2, "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-1] == "Of 7 networks, these are not as they should be: L hidden layers."
