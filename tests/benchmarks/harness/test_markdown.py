import re

import pytest

from benchmarks.harness.markdown import BEGIN, END, check_target, markdown, write_markdown
from tests.benchmarks.samples import report


def rows(text: str) -> dict[str, list[str]]:
    """The cells of all tables by the first cell of their row; every row must be as wide as its heading."""
    found = {}
    for part in text.split("\n\n"):
        lines = [line for line in part.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        assert len({len(row) for row in cells}) <= 1
        found |= {row[0]: row[1:] for row in cells}
    return found


def test_speed_is_told_in_ratios_and_never_in_times() -> None:
    text = markdown(report())
    speed = next(cells for title, cells in rows(text).items() if title.startswith("`moons`"))
    assert speed == ["1,000", "150", "**1**", "1,500"]
    assert not re.search(r"\d (ns|µs|ms|s)\b", text)


def test_lifted_code_is_told_in_times_of_numpy_by_hand() -> None:
    assert rows_of("`moons-jit`") == ["300", "1.5", "**1**"]


def test_without_numpy_nothing_is_told_in_its_times() -> None:
    without = report()
    without.outcomes = [each for each in without.outcomes if each.library != "numpy"]
    assert "NumPy written by hand" not in markdown(without)


def rows_of(title: str) -> list[str]:
    return next(cells for first, cells in rows(markdown(report())).items() if first.startswith(title))


def test_growth_names_where_a_library_stops() -> None:
    assert rows_of("`chain`, chainrule, compiled") == ["1", "1.2"]
    assert rows_of("`chain`, a node of microgpt's kind") == ["recursion limit", "–"]


def test_memory_is_told_in_bytes() -> None:
    assert rows_of("a binary node, of a million, as built") == ["93 B/node", "760 B/node"]


def test_import_is_told_relative_to_numpy() -> None:
    assert rows_of("`engine`") == ["0.25 (60)"]


def test_machine_and_versions_are_named() -> None:
    text = markdown(report())
    assert "Z80" in text
    assert "micrograd 0.1.0" in text
    assert "python -m benchmarks" in text
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
        assert text == f"before\n\n{BEGIN}\n{markdown(report())}\n{END}\n\nafter\n"


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
