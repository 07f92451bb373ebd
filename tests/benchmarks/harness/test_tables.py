from benchmarks.harness.results import Measured
from benchmarks.harness.tables import case_table, growth, growth_table, quantity
from benchmarks.workloads import WORKLOADS
from tests.benchmarks.samples import report


def table(workload: str, case: str) -> list[str]:
    chosen = WORKLOADS[workload]
    return case_table(report(), chosen, chosen.case(case, quick=False)).splitlines()


def test_line_tells_median_quartiles_ratio_and_nodes() -> None:
    line = next(line for line in table("moons", "demo") if line.startswith("chainrule"))
    assert line.split("  ")[0] == "chainrule, compiled"
    for part in ("10 ms", "9.5 ms … 10.5 ms", "150", "1,000"):
        assert part in line


def test_table_says_how_closely_libraries_agree() -> None:
    assert table("moons", "demo")[-1].startswith("10 values and gradients agree: largest difference 1.0e-16")


def test_library_that_stopped_is_named_with_its_reason() -> None:
    assert table("chain", "10000")[-1].endswith("kind: recursion limit: deeper than 1,000 calls")


def test_growth_is_relative_to_the_smallest_graph() -> None:
    ratios = growth(report(), WORKLOADS["chain"], "chainrule")
    assert {size: round(ratio, 9) for size, ratio in ratios.items()} == {10**4: 1.0, 10**5: 1.2}


def test_growth_table_needs_two_sizes() -> None:
    assert growth_table(report(), WORKLOADS["moons"]) == ""
    assert growth_table(report(), WORKLOADS["chain"]).splitlines()[-1].split() == [
        "chainrule,",
        "compiled",
        "1",
        "1.2",
    ]


def test_every_unit_of_a_workload_can_be_written() -> None:
    for workload in WORKLOADS.values():
        for figure in workload.figures:
            assert quantity(1.0, figure.unit)
            assert quantity(0.0, figure.unit).startswith("0")


def test_columns_stand_in_line() -> None:
    rows = [line for line in table("moons", "demo") if line.startswith(("library", "chainrule", "micrograd"))]
    ends = {line.index("step") for line in rows[1:]}
    assert len(ends) == 1
    assert isinstance(report().outcomes[0], Measured)
