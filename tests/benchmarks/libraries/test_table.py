import pytest

from benchmarks.libraries.table import LIBRARIES, Library, UnavailableError
from benchmarks.workload import Case, Program, Workload
from tests.source_tree import requirements

PEERS_OF_THE_EXTRA = {"micrograd", "autograd", "jax", "casadi"}


def program(adapter: object) -> Program:
    return Program(dict, lambda: None)


def test_missing_library_says_how_to_get_it() -> None:
    missing = Library("x", "X", "scalars", "no_such_module", "no-such-thing", "microgpt.Value")
    with pytest.raises(UnavailableError, match="pip install no-such-thing"):
        missing.load()


def test_library_that_fails_to_import_is_unavailable() -> None:
    broken = Library("x", "X", "scalars", "", "", "no_such_adapter.load")
    with pytest.raises(UnavailableError, match="cannot be imported"):
        broken.load()


def test_code_for_a_library_goes_before_code_for_its_kind() -> None:
    cases = (Case("all", ""), Case("some", "", libraries=frozenset({"micrograd"})))
    workload = Workload("w", "", cases, cases, {"scalars": program, "micrograd": dict})
    assert LIBRARIES["micrograd"].form(workload) is dict
    assert LIBRARIES["microgpt"].form(workload) is program
    assert LIBRARIES["jax"].form(workload) is None


def test_case_may_be_of_some_libraries_only() -> None:
    case = Case("some", "", libraries=frozenset({"micrograd"}))
    workload = Workload("w", "", (case,), (case,), {"scalars": program})
    assert LIBRARIES["micrograd"].form(workload, case) is program
    assert LIBRARIES["microgpt"].form(workload, case) is None


def test_version_of_chainrule_is_that_of_the_checkout() -> None:
    assert LIBRARIES["chainrule"].version().count(".") == 2


def test_extra_installs_the_peers_but_not_torch() -> None:
    extras = "options.extras_require"
    assert requirements(extras, "bench") | requirements(extras, "jax") == {*PEERS_OF_THE_EXTRA, "pyperf"}
    assert {library.distribution for library in LIBRARIES.values()} == {
        *PEERS_OF_THE_EXTRA,
        "",
        "chainrule",
        "numpy",
        "torch",
    }
