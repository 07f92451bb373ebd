import io

import pyperf
import pytest

from tests.benchmarks.samples import measured, report


def test_ratio_is_how_many_times_as_long_as_the_baseline() -> None:
    found = report()
    theirs = found.of("moons", "demo")["micrograd"]
    assert found.ratio(theirs, "step") == pytest.approx(150.0)


def test_first_measured_stands_in_for_a_missing_baseline() -> None:
    found = report()
    found.results = [each for each in found.results if each.library != "chainrule"]
    (theirs,) = [each for each in found.results if each.library == "micrograd" and each.case.name == "demo"]
    assert found.baseline(theirs.workload, "demo") == "micrograd"
    assert found.ratio(theirs, "step") == 1.0


def test_quartiles_hold_half_of_the_samples() -> None:
    result = measured("moons", "demo", "micrograd", step=1.0)
    result.samples["step"] = list(map(float, range(1, 10)))
    figure = result.figures["step"]
    assert [figure.percentile(p) for p in (25, 50, 75)] == [3.0, 5.0, 7.0]


def test_sample_of_zero_is_no_sample() -> None:
    found = report()
    found.results = [measured("moons", "demo", "micrograd", step=0.0)]
    assert found.results[0].figures == {}
    assert found.ratio(found.results[0], "step") is None


def test_nothing_measured_makes_no_suite() -> None:
    found = report()
    found.results = []
    with pytest.raises(ValueError, match="benchmarks"):
        found.suite()


def test_suite_is_as_documented_and_pyperf_reads_it_back() -> None:
    text = io.StringIO()
    report().suite().dump(text)
    suite = pyperf.BenchmarkSuite.loads(text.getvalue())
    assert suite.get_metadata()["cpu_model_name"] == "Z80"
    first = suite.get_benchmark("moons/demo/chainrule/step")
    assert first.get_unit() == "second"
    assert first.get_values() == (0.9 * 0.01, 0.01, 1.1 * 0.01)
    metadata = first.get_metadata()
    assert metadata["version"] == "0.1.0"
    assert metadata["nodes"] == 1000
    assert (metadata["compared"], metadata["difference"], metadata["tolerance"]) == (10, 1e-16, 1e-9)
    assert suite.get_benchmark("memory/node/chainrule/as built").get_unit() == "byte"
    assert suite.get_benchmark("import/engine/chainrule/modules").get_unit() == "integer"
    names = suite.get_benchmark_names()
    assert len(names) == len(set(names)) == 14
