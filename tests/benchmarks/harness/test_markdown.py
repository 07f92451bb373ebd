import re

import pytest

from benchmarks.harness.markdown import BEGIN, END, check_target, markdown, write_markdown
from benchmarks.harness.plot import drawn, ratios
from benchmarks.workloads import WORKLOADS
from tests.benchmarks.samples import measured, report


def rows(workload: str, text: str | None = None) -> dict[str, list[str]]:
    """The cells of a workload's tables by the first cell of their row; rows are as wide as their heading."""
    found: dict[str, list[str]] = {}
    for part in (text or markdown(report())).split("### ")[1:]:
        if part.startswith(f"`{workload}`"):
            for block in part.split("\n\n"):
                lines = [line for line in block.splitlines() if line.startswith("|")]
                cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
                assert len({len(row) for row in cells}) <= 1
                found |= {row[0]: row[1:] for row in cells}
    return found


def test_every_workload_measured_has_a_table() -> None:
    found = report()
    assert {each.workload.name for each in found.results} == {
        name for name in WORKLOADS if rows(name, markdown(found))
    }


def test_speed_is_told_in_ratios_and_never_in_times() -> None:
    text = markdown(report())
    assert rows("moons", text)["100 samples in a NumPy array, as in the notebook"] == [
        *("1,000", "**1**", "150", "0.1"),
    ]
    assert not re.search(r"\d (ns|us|ms|sec)\b", text)


def test_lifted_code_is_the_measure_where_there_is_some() -> None:
    assert rows("moons-jit")["a Python loop over 100 samples"] == ["1,000", "200", "**1**", "0.667"]


def test_without_chainrule_a_row_refers_to_the_first_library() -> None:
    without = report()
    without.results = [each for each in without.results if not each.library.startswith("chainrule")]
    assert rows("moons", markdown(without))["100 samples in a NumPy array, as in the notebook"] == [
        *("1,000", "**1**", "0.000667"),
    ]


def test_memory_is_told_in_bytes() -> None:
    assert rows("memory")["a binary node, of 1,000,000, as built"] == [
        *("1,000", "93 bytes/node", "760 bytes/node"),
    ]


def test_import_is_told_in_times_and_in_modules() -> None:
    found = rows("import")
    assert found["the engine, or the library itself, import"] == ["–", "**1**", "4"]
    assert found["the engine, or the library itself, modules"] == ["–", "60", "140"]


def test_machine_and_versions_are_named() -> None:
    text = markdown(report())
    assert "Z80" in text
    assert "micrograd 0.1.0" in text
    assert "load 0.1" in text
    assert "quick run" not in text


def test_quick_run_says_that_its_figures_mean_nothing() -> None:
    quick = report()
    quick.quick = True
    assert "A quick run" in markdown(quick)


def test_page_keeps_what_stands_around_the_markers(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", encoding="utf-8")
    for _ in range(2):  # writing again changes nothing
        write_markdown(page, report())
        text = page.read_text(encoding="utf-8")
        before, after = text.split(markdown(report()))
        assert before.startswith(f"before\n\n{BEGIN}\n![")
        assert before.endswith("(page.svg)\n\n")
        assert after == f"\n{END}\n\nafter\n"
    assert (tmp_path / "page.svg").read_text(encoding="utf-8") == drawn(ratios(markdown(report())))


def test_what_was_not_measured_again_stays_on_the_page(tmp_path) -> None:
    page, again = tmp_path / "page.md", report()
    write_markdown(page, report())
    libraries = ("chainrule-jit", "numpy")
    again.results = [measured("moons-jit", "100", name, None, step=1.0) for name in libraries]
    again.repeat, again.machine = 3, again.machine | {"load_avg_1min": 9.5}
    write_markdown(page, again)
    text = page.read_text(encoding="utf-8")
    assert rows("moons", text) == rows("moons")
    assert rows("moons-jit", text)["a Python loop over 100 samples"] == ["–", "**1**", "1"]
    said = ("\n7 rounds, load 0.1.", "\n3 rounds, load 9.5.", "Z80")
    assert [text.count(each) for each in said] == [3, 1, 1]
    assert "moons-jit: a Python loop" in (svg := page.with_suffix(".svg").read_text(encoding="utf-8"))
    assert "moons: 100 samples" in svg


def test_new_page_has_the_markers(tmp_path) -> None:
    write_markdown(tmp_path / "new.md", report())
    check_target(tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text(encoding="utf-8").startswith(BEGIN)


@pytest.mark.parametrize("text", ["", BEGIN, f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}"])
def test_page_without_its_two_markers_is_refused(text, tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="benchmarks:begin"):
        check_target(page)
    assert page.read_text(encoding="utf-8") == text
