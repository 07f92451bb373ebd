"""S-CURSE: costs computed one weight at a time grow with the weights, those of backpropagation do not."""

import pytest

from demos.backpropagation import curse
from demos.backpropagation.curse import Gradient, backpropagation, finite_differences, measured
from engine import Value, dot, tanh
from tests.demos.running import assert_plot, in_process, numbers, written_by

SMALL = (1, 2, 4, 8, 16)


@pytest.mark.parametrize("width", SMALL)
def test_s_curse_evaluations_are_2n_against_1_and_the_gradients_the_same(width) -> None:
    nudged, walked = curse.compare(width, seed=3)
    weights = 4 * width + width + width + 1
    assert len(nudged.numbers) == len(walked.numbers) == weights
    assert (nudged.evaluations, walked.evaluations) == (2 * weights, 1)
    assert nudged.numbers == pytest.approx(walked.numbers, rel=1e-6, abs=1e-9)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curse, "WIDTHS", SMALL)
        return written_by(tmp_path_factory, "curse", "--seed", 4)


def test_s_curse_account_has_counts_and_times(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [numbers(line) for line in outcome.out.splitlines() if line[:1].isdigit()]
    rows = [row for row in rows if len(row) == 6]
    assert [row[:3] for row in rows] == [[6 * w + 1, 2 * (6 * w + 1), 1] for w in SMALL]
    assert all(row[3] > 0 and row[4] > 0 for row in rows)
    assert "Both ways find the same gradients" in outcome.out


def test_s_curse_plot_is_there(written) -> None:
    folder, _ = written
    assert [path.name for path in folder.iterdir()] == ["curse.png"]
    assert_plot(folder / "curse.png")


def test_growth_is_that_of_the_largest_network() -> None:
    assert curse.growth([Gradient([], 0, seconds) for seconds in (1.0, 2.0, 7.0)]) == 3.5


def test_a_wrong_gradient_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right = curse.backpropagation
    monkeypatch.setattr(curse, "WIDTHS", (1, 2))
    monkeypatch.setattr(curse, "backpropagation", lambda *args: [2 * grad for grad in right(*args)])
    outcome = in_process(capsys, "curse", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("NOT SO: Both ways find the same gradients")


def neuron(count: int) -> tuple[list[Value], object]:
    weights = [Value(0.1 * i - 0.3) for i in range(count)]
    return weights, lambda: (tanh(dot(weights, [1.0 + i for i in range(count)])) - 1) ** 2


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_s_curse_n_weights_take_2n_costs_one_at_a_time_and_1_by_backpropagation(count) -> None:
    weights, cost = neuron(count)
    nudged, walked = (measured(way, cost, weights) for way in (finite_differences, backpropagation))
    assert nudged.evaluations == 2 * count
    assert walked.evaluations == 1
    assert nudged.numbers == pytest.approx(walked.numbers, rel=1e-7, abs=1e-10)


def test_weights_end_where_they_were() -> None:
    weights, cost = neuron(3)
    before = [weight.data for weight in weights]
    finite_differences(cost, weights)
    assert [weight.data for weight in weights] == before


def test_repeats_are_not_counted_together() -> None:
    weights, cost = neuron(3)
    assert measured(backpropagation, cost, weights).evaluations == 1
    assert [weight.grad for weight in weights] == measured(backpropagation, cost, weights).numbers
