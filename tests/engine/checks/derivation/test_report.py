"""Reports of derivations: what they say, count, and leave out."""

from types import SimpleNamespace

import numpy as np

from engine import check_derivation
from engine.checks.derivation.report import DerivationReport, Finding, shown_point


def test_points_are_written_out_as_long_as_they_are_short() -> None:
    for value, text in (
        (0.5, "0.5"),
        (np.array([[1.0, 2.0], [3.0, 1 / 3]]), "[[1, 2], [3, 0.333333]]"),
        ([1.0, [2.0, 3.0]], "[1, [2, 3]]"),
        (np.zeros((3, 5)), "0 in all of 3×5"),
        (np.arange(13.0), "13 numbers"),
        ("relu", "'relu'"),
    ):
        assert shown_point({"w": value}) == f"w = {text}"


def test_the_head_counts_what_is_wrong_and_says_how_the_rest_was_compared() -> None:
    def f(w, b, x):
        return (w * x + b) ** 2

    point = 0.5, 2.0, 3.0
    right = {"dw": "2*(w*x + b)*x", "db": "2*(w*x + b)"}
    for formulas, head in (
        (right, "right: 2 derivatives, the same formulas, at 9 points"),
        ({"db": right["db"]}, "right: 1 derivative, the same formulas, at 9 points"),
        (right | {"db": "2*w*x"}, "wrong: formula db"),
        ({"dw": "w", "db": "b"}, "wrong: 2 formulas, formula dw first"),
    ):
        report = check_derivation(f, formulas, *point)
        assert report.summary().splitlines()[0] == head
        shown = []
        report._repr_pretty_(SimpleNamespace(text=shown.append), False)
        assert shown == [str(report)]  # what IPython prints
    missing = DerivationReport(False, (Finding("db", 1, "2*b"),), 1)
    assert missing.summary() == "wrong: not all is there"
    assert missing.hint == "something is missing"
    assert (missing.first_wrong, missing.slip, missing.hints) == (None, "", [])
