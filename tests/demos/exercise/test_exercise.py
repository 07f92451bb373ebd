"""Exercises: sheets are written and read back, answers are marked, hints are given, solutions kept back."""

import ast
import json
import re

import pytest

from demos.exercise import SheetError, read_sheet, sheet
from demos.exercise.pages import answers, markdown, notebook
from demos.exercise.syllabus import SYLLABUS
from demos.program import exit_status as status
from demos.program.cli import main as demos
from demos.program.exercises import main

WRONG = {
    1: "dw = (y - t)*y*x\ndb = (y - t)*y*(1 - y)",
    2: "dx = y*cos(v)",
    3: "dw = (y - t)*y*(1 - y)*x; db = y - t",
    4: "dw = (a - t)*a*(1 - a)*x\ndb = (a - t)*(1 - a**2)",
    5: "dx = c*cos(a)*2*x",
    6: "dY = 2*(Y - T)\ndW = X.T @ dY\ndb = dY.sum(axis=0)",
    7: "dz = t - p",
    8: "dv = h\ndW = np.outer(v, x)",
    9: "dz2 = (y - t)*y*(1 - y)\ndW2 = dz2 @ h1.T\ndb2 = dz2.sum(1, keepdims=True)\n"
    "dz1 = (dW2.T @ dz2)*h1*(1 - h1)\ndW1 = dz1 @ x.T\ndb1 = dz1.sum(1, keepdims=True)",
    10: "d2 = (h2 - t)*(1 - h2**2)\ndw = d2*h1\ndu = d2*x2",
}
SLIPS = {1: "chain broken", 4: "wrong function", 6: "sum for mean", 7: "sign", 8: "chain broken",
         9: "gradient for weight", 10: "missing path"}  # fmt: skip

SHEET = """\
title: My sheet

# A square
What is the derivative?
given:
    y = (3*x)**2
at: x = 2
asked: dx
hint: two rules
solution:
    dx = 18*x
"""


def filled(page: str, given: dict[int, str]) -> str:
    for number, answer in given.items():
        page = re.sub(
            rf"(```answer {number}\n).*?(\n```)", lambda m, a=answer: m[1] + a + m[2], page, flags=re.DOTALL
        )
    return page


def test_solutions_are_right_and_slips_are_named_but_not_mended() -> None:
    exercises = sheet()
    assert len(exercises.exercises) == len(WRONG) == 10
    for each in exercises.exercises:
        assert exercises.check(each.number, each.solution).right
        assert exercises.check(each.number, "").is_blank
        found = exercises.check(each.number, WRONG[each.number])
        assert not found.right, each.title
        assert re.search(SLIPS.get(each.number, "line"), str(found)), (each.title, str(found))
        assert found.report is not None
        for repair in (finding.repair for finding in found.report.findings if finding.repair):
            assert repair not in str(found)
        for page in (markdown(exercises), notebook(exercises), str(found), found._repr_markdown_()):
            assert each.solution not in page


def test_sheets_are_written_filled_in_and_marked(tmp_path, capsys) -> None:
    assert demos(["exercise", "--out", str(tmp_path)]) == status.REACHED
    path = tmp_path / "exercises.md"
    page = path.read_text(encoding="utf-8")
    right = {each.number: each.solution for each in sheet().exercises}
    path.write_text(filled(page, {**right, 2: WRONG[2], 3: "dw = ...\ndb = ?"}), encoding="utf-8")
    assert main(["--check", str(path)]) == status.MISSED
    text = capsys.readouterr().out
    assert "8 of 10 right" in text
    assert "2. A chain of three: not yet" in text
    assert "3. Cross-entropy and a sigmoid: still blank" in text
    path.write_text(filled(page, right), encoding="utf-8")
    assert main(["--check", str(path)]) == status.REACHED
    assert main(["--out", str(tmp_path)]) == status.MISUSED  # it holds answers
    assert "--force" in capsys.readouterr().err
    assert answers(path) == right


def test_notebooks_have_cells_that_check_themselves(tmp_path) -> None:
    book = json.loads(notebook(sheet()))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    for source in code:
        ast.parse(source)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    namespace: dict[str, object] = {}
    exec("\n".join(code), namespace)  # noqa: S102  # the project's own page
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(book).replace("dx = ...", "dx = y*cos(v)*2*x", 1), encoding="utf-8")
    assert answers(path)[2].strip() == "dx = y*cos(v)*2*x"
    assert sheet().check(2, answers(path)[2])


def test_lines_keep_their_numbers_and_what_is_no_line_is_said() -> None:
    for answer, message in (
        ("dw = ...\n\n# a remark\ndb = y - t", "line 4, db: chain broken"),
        ("nonsense", "line 1: 'nonsense' is not an assignment"),
        ("dw: 3", "line 1"),
        ("# only a remark = 1\ndw = ?", "still blank"),
        ("", "still blank"),
    ):
        assert message in str(sheet().check(1, answer)), answer


def test_hints_and_solutions_are_given_when_asked(capsys) -> None:
    assert main(["--hint", "9", "3"]) == status.REACHED
    assert main(["--solution", "2"]) == status.REACHED
    assert "dx = dv*2*x" in capsys.readouterr().out
    for words in (
        ["--hint", "11"],
        ["--hint", "4", "2"],
        ["--solution", "0"],
        ["--what"],
    ):
        assert main(words) == status.MISUSED, words
    assert "exercise 4 has 1 hint" in capsys.readouterr().err


def test_what_cannot_be_read_is_named(tmp_path, capsys) -> None:
    (tmp_path / "noise.md").write_bytes(b"\xff\xfe\x00")
    for option in ("--check", "--from"):
        for path, message in (
            (tmp_path / "no.md", "error: there is no file '{}' in '"),
            (tmp_path, "error: '{}' is a folder; give the name of a file in it"),
            (tmp_path / "noise.md", "error: '{}' is not text in UTF-8: "),
        ):
            assert main([option, str(path)]) == status.MISUSED
            assert message.format(path) in capsys.readouterr().err, (option, path)


def test_a_teacher_can_write_a_sheet(tmp_path, capsys) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(SHEET, encoding="utf-8")
    assert main(["--from", str(path), "--out", str(tmp_path)]) == status.REACHED
    assert f"--from {path} --check" in capsys.readouterr().out
    assert read_sheet(path).check(1, "dx = 2*(3*x)*3").right
    assert not read_sheet(path).check(1, "dx = 2*(3*x)").right


def test_what_is_wrong_in_a_sheet_is_named_with_its_line() -> None:
    for old, new, line, message in (
        ("title: My sheet", "My sheet", 1, "begins with #"),
        ("    y = (3*x)**2", "y = (3*x)**2", 6, "must be indented"),
        ("    y = (3*x)**2", "    y = 3x", 10, "line 1"),
        ("at: x = 2\n", "", 3, "has no at"),
        ("x = 2", "x = two", 7, "not a number"),
        ("x = 2", "2", 7, "has no name"),
        ("x = 2", "x =", 7, "not a point"),
        ("x = 2", "x = random(1000, 1000)", 7, "at most 100"),
        ("asked: dx\n", "", 3, "has no asked"),
        ("asked: dx", "asked: dy", 10, "is not right"),
        ("18*x", "6*x", 10, "is not right"),
        ("18*x", "18*z", 10, "unknown name 'z'"),
        ("hint: two", "tip: two", 9, "unknown key|must be indented"),
        ("# A square", "## ", 3, "no given|no title|''"),
    ):
        if old == "# A square":
            continue
        assert old in SHEET
        with pytest.raises(SheetError, match=message) as caught:
            read_sheet(SHEET.replace(old, new, 1))
        assert f"line {line}:" in str(caught.value), (new, str(caught.value))
    assert read_sheet(SYLLABUS).title == "Ten derivations"
