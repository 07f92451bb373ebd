"""What holds for every workload."""

import pytest

from benchmarks.libraries.table import LIBRARIES
from benchmarks.workloads import WORKLOADS

ALL = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=list(WORKLOADS))


def test_names_are_those_of_the_documentation() -> None:
    assert list(WORKLOADS) == [
        *("moons", "transformer", "xor", "memory", "import"),
        *("moons-jit", "moons-batch", "fit", "loops", "transformer-jit", "transformer-batch", "documents"),
        *("expression", "irregular", "compile", "batch-1", "curvature", "orders", "insight"),
    ]


@ALL
def test_baseline_has_code(workload) -> None:
    assert LIBRARIES[workload.baseline].form(workload) is not None


@ALL
def test_both_forms_of_chainrule_run_the_same_code_as_the_peers(workload) -> None:
    names = ("chainrule", "chainrule-python", "micrograd")
    forms = {LIBRARIES[name].form(workload) for name in names} - {None}
    assert len(forms) <= 1 or workload.name == "import"


@ALL
def test_names_of_cases_are_unique(workload) -> None:
    for cases in (workload.cases, workload.quick):
        assert cases
        assert len({case.name for case in cases}) == len(cases)


def test_workloads_and_libraries_never_share_a_name() -> None:
    assert not set(WORKLOADS) & set(LIBRARIES)
