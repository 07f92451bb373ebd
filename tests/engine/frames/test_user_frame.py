"""Places: the line of the user's code, its text, and the marks under the operation."""

import linecache
import site
import subprocess
import sys

import nn
from engine import Value, detect_anomaly
from engine.frames.user_frame import _library_folders, line_of, user_spot


def place_in(compute):
    """The place of the first anomaly in a computation."""
    with detect_anomaly(mode="report") as report:
        compute()
    return report.first.place


def test_the_line_is_the_users_not_one_of_the_library() -> None:
    model = nn.MLP(1, [2, 1], rng=0)
    for p in model.parameters():
        p.data = 1e308
    place = place_in(lambda: model([100.0]))
    assert place.file == __file__
    assert "model([100.0])" in place.source


def test_the_line_of_code_without_a_file() -> None:
    source = "def f(x):\n    return x.log()\n"
    namespace: dict = {"__name__": "made up"}
    exec(compile(source, "<made up>", "exec"), namespace)  # noqa: S102 - a user's notebook
    linecache.cache["<made up>"] = (len(source), None, source.splitlines(True), "<made up>")
    place = place_in(lambda: namespace["f"](Value(0.0)))
    assert (place.file, place.line, place.source) == ("<made up>", 2, "return x.log()")
    del linecache.cache["<made up>"]
    assert place_in(lambda: namespace["f"](Value(0.0))).source == ""


def test_marks_stand_under_the_operation_beside_letters_of_many_bytes() -> None:
    x = Value(0.0)
    "ä ö ü ∂"
    y = place_in(lambda: "∂∂∂" and x.log())
    start, end = y.marked
    assert y.source[start:end] == "x.log()"
    *_, source, marks = str(y).split("\n")
    assert source[marks.index("^") : marks.rindex("^") + 1] == "x.log()"


def test_positions_need_not_be_known() -> None:
    program = (
        "from engine import *\n"
        "with detect_anomaly(mode='report') as report:\n"
        "    Value(0.0).log()\n"
        "print(report)\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", program], capture_output=True, text=True, check=True
    )
    assert 'File "<string>", line 3, in <module>' in run.stdout


def test_the_innermost_frame_of_the_user_is_taken() -> None:
    place = line_of(user_spot())
    assert (place.file, place.function) == (__file__, "test_the_innermost_frame_of_the_user_is_taken")
    assert place.source == "place = line_of(user_spot())"
    assert place.source[slice(*place.marked)] == "user_spot()"


def test_no_spot_is_no_place() -> None:
    assert line_of(None) is None


def test_an_operation_over_several_lines_has_its_first_line_and_no_marks() -> None:
    numerator, denominator = Value(1.0, label="of some length"), Value(0.0, label="of some length")
    place = place_in(
        lambda: (
            numerator
            / denominator
        )
    )  # fmt: skip
    assert (place.source, place.marked) == ("numerator", None)
    assert "^" not in str(place)


def test_a_python_without_a_folder_of_the_users_packages_has_library_folders(monkeypatch) -> None:
    monkeypatch.setattr(site, "getusersitepackages", lambda: None)  # as in Pyodide
    assert all(_library_folders.__wrapped__())
