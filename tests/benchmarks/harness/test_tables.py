import pytest

from benchmarks.harness.results import UNITS, Result
from benchmarks.harness.tables import case_table, quantity
from benchmarks.workload import Case, Figure, Workload
from benchmarks.workloads import WORKLOADS
from tests.benchmarks.samples import report


def table(workload: str, case: str) -> list[str]:
    chosen = WORKLOADS[workload]
    return case_table(report(), chosen, chosen.case(case, quick=False)).splitlines()


def test_line_tells_median_quartiles_ratio_and_nodes() -> None:
    line = next(line for line in table("moons", "demo") if line.startswith("chainrule"))
    for part in ("10.0 ms", "9.50 ms … 10.5 ms", " 1 ", "1,000"):
        assert part in line


def test_table_says_how_closely_libraries_agree() -> None:
    assert table("moons", "demo")[-1].startswith("10 values and gradients agree: largest difference 1.0e-16")


def test_library_of_which_nothing_could_be_measured_is_named() -> None:
    found = report()
    for each in found.results:
        each.samples = {name: [0.0] for name in each.samples}
    chosen = WORKLOADS["moons"]
    lines = case_table(found, chosen, chosen.cases[0]).splitlines()
    assert "micrograd: nothing above zero was measured" in lines


@pytest.mark.parametrize(
    ("unit", "number", "text"),
    [
        ("s", 0.0123, "12.3 ms"),
        ("B", 6.5e6, "6347.7 KiB"),
        ("B/node", 93.0, "93 bytes/node"),
        ("", 140.0, "140"),
    ],
)
def test_numbers_have_units_a_person_reads(unit, number, text) -> None:
    workload = Workload("w", "", (), (), {}, (Figure("f", unit),))
    assert quantity(Result(workload, Case("c", "one"), "numpy", samples={"f": [number]}), "f", number) == text


def test_every_unit_of_a_workload_is_known() -> None:
    assert {figure.unit for workload in WORKLOADS.values() for figure in workload.figures} <= UNITS.keys()


def test_columns_stand_in_line() -> None:
    rows = [line for line in table("moons", "demo") if line.startswith(("library", "chainrule", "micrograd"))]
    ends = {line.index("step") for line in rows[1:]}
    assert len(ends) == 1
