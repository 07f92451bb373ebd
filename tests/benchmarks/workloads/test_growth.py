import pytest

from benchmarks.libraries import microgpt
from benchmarks.workload import CannotRunError
from benchmarks.workloads import chain, fan
from benchmarks.workloads.growth import growth_workload


def form(build):
    return growth_workload("some", "", build).forms["scalars"]


def test_phases_add_up_to_the_total() -> None:
    figures = form(fan.build)(microgpt.load(), size=60).run()
    assert figures["total"] == pytest.approx(sum(figures[name] for name in ("forward", "backward", "free")))


def test_nodes_are_counted_leaves_included() -> None:
    assert form(chain.build)(microgpt.load(), size=60).nodes == 63


def test_recursive_library_stops_at_the_recursion_limit_and_says_so() -> None:
    program = form(chain.build)(microgpt.load(), size=10_000)
    with pytest.raises(CannotRunError, match=r"^recursion limit: .* deeper than Python's"):
        program.check()


def test_full_run_goes_from_ten_thousand_to_ten_million() -> None:
    assert [case.size for case in chain.WORKLOAD.cases] == [10**4, 10**5, 10**6, 10**7]
