import json

import pytest

from benchmarks.harness.results import Series
from tests.benchmarks.samples import measured, report


def test_quartiles_hold_half_of_the_samples() -> None:
    series = Series("s", tuple(map(float, range(1, 10))))
    assert series.median == 5.0
    assert series.quartiles == (3.0, 7.0)


def test_single_sample_is_its_own_quartiles() -> None:
    assert Series("s", (2.0,)).quartiles == (2.0, 2.0)


def test_ratio_is_how_many_times_less_than_the_baseline() -> None:
    found = report()
    ours = found.of("moons", "demo")["chainrule"]
    assert found.ratio(ours, "step") == pytest.approx(150.0)


def test_first_measured_stands_in_for_a_missing_baseline() -> None:
    found = report()
    (ours,) = [each for each in found.outcomes if each.library == "chainrule" and each.case.name == "100000"]
    assert found.baseline(ours.workload, "100000") == "chainrule"
    assert found.ratio(ours, "total") == 1.0


def test_time_of_nothing_has_no_ratio() -> None:
    found = report()
    found.outcomes = [measured("moons", "demo", "micrograd", step=0.0)]
    assert found.ratio(found.outcomes[0], "step") is None


def test_json_is_as_documented() -> None:
    document = json.loads(json.dumps(report().to_json()))
    assert list(document) == [
        "schema",
        "quick",
        "repeat",
        "machine",
        "libraries",
        "results",
        "errors",
    ]
    assert document["libraries"]["torch"] == {"label": "PyTorch (arrays)", "missing": "not installed"}
    first = document["results"][0]
    assert first["baseline"] == "micrograd"
    assert first["checked"] == {"numbers": 10, "difference": 1e-16, "tolerance": 1e-9}
    assert list(first["figures"]["step"]) == ["unit", "median", "quartiles", "ratio", "samples"]
    halted = document["results"][4]
    assert halted["stopped"].startswith("recursion limit")
    assert "figures" not in halted
