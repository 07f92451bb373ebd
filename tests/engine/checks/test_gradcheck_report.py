"""Reports of gradient checks: figures, findings and remarks."""

import math
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest

import engine
from engine import GradientError, gradcheck
from engine.checks.finite_differences import Sides
from engine.checks.gradcheck_report import Entry, GradcheckReport, relative_error


def test_figures_of_the_report() -> None:
    report = GradcheckReport((Entry("x", 1.0, 1.25, 0.1), Entry("long name", 2.0, 2.0, 0.1)), "complex")
    assert not report
    assert report.max_error == 0.2
    assert str(report).splitlines() == [
        "1 of 2 derivatives disagree (complex step)",
        "operand                  analytic                 numeric  relative error",
        "x                               1                    1.25        2.00e-01  <- wrong",
        "long name                       2                       2        0.00e+00",
    ]


def test_a_notebook_shows_a_table_with_what_is_wrong_before_what_is_least_exact() -> None:
    entries = [Entry(f"<w{i}>", 1.0, 1.0 + i * 1e-9, 0.1) for i in range(100)]
    entries[7] = Entry("<w7>", 1.0, -1.0, 0.1)
    report = GradcheckReport(tuple(entries), "central")
    html = fromstring(f"<root>{report._repr_html_()}</root>")
    rows = [[cell.text for cell in row] for row in html.findall("table/tr")]
    assert [row[0] for row in rows] == ["operand", "<w7>", *(f"<w{i}>" for i in range(71, 100))]
    assert rows[1][4] == "← wrong sign"
    assert [each.text for each in html.iter("p")] == [
        "1 of 100 derivatives disagree (central differences)",
        "70 more, no worse than these",
    ]
    assert repr(report) == "GradcheckReport(100 derivatives, 1 wrong, max_error=2, method='central')"
    shown: list[str] = []
    report._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == [str(report)]


def test_an_empty_report_is_true() -> None:
    report = GradcheckReport((), "central")
    assert report
    assert report.max_error == 0.0
    assert str(report).startswith("all 0 derivatives agree")


@pytest.mark.parametrize(
    ("analytic", "numeric", "ok"),
    [
        (1.0, 1.05, True),
        (1.0, 1.2, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1.0, False),
        (math.nan, math.nan, False),
        (0.0, math.nan, False),
        (0.0, -0.0, True),
    ],
)
def test_when_two_figures_agree(analytic, numeric, ok) -> None:
    assert Entry("x", analytic, numeric, 0.1).ok is ok


def test_relative_error() -> None:
    assert relative_error(2.0, 2.0) == 0.0
    assert relative_error(0.0, 0.0) == 0.0
    assert relative_error(1.0, 2.0) == relative_error(2.0, 1.0) == 0.5
    assert relative_error(-1.0, 1.0) == 2.0
    assert relative_error(0.0, 5e-324) == 1.0
    for one, other in ((math.nan, 1.0), (math.nan, 0.0), (0.0, math.nan), (math.inf, -math.inf)):
        assert math.isnan(relative_error(one, other))


def test_where_f_is_not_finite_there_is_nothing_to_compare_with() -> None:
    for f, x in ((lambda x: x**1.5, 0.0), (engine.sqrt, 0.0), (engine.asin, 1.0), (engine.log, 0.0)):
        with pytest.raises(GradientError, match="nan  <- cannot be compared: f is not finite beside"):
            gradcheck(f, x)


# -- kinks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("analytic", "sides", "ok", "remark"),
    [
        (0.0, Sides(0.0, 1.0, 1e-12), True, "kink: 0 lies in [0, 1]"),
        (1.0, Sides(1.0, -1.0, 1e-12), True, "kink: 1 lies in [-1, 1]"),
        (0.3, Sides(-1.0, 1.0, 1e-12), True, "kink: 0.3 lies in [-1, 1]"),
        (1.5, Sides(0.0, 1.0, 1e-12), False, "<- wrong; kink: 1.5 does not lie in [0, 1]"),
        (-0.5, Sides(0.0, 1.0, 1e-12), False, "<- wrong sign; kink: -0.5 does not lie in [0, 1]"),
        (0.0, Sides(0.5, 0.5, 1e-12), False, "<- wrong"),
        (2.0, Sides(math.nan, 2.0, 1e-12), True, "one-sided: 2 is the derivative to the right"),
        (2.0, Sides(2.0, math.nan, 1e-12), True, "one-sided: 2 is the derivative to the left"),
        (2.1, Sides(2.0, math.nan, 1e-12), False, "<- wrong"),
        (math.nan, Sides(0.0, 1.0, 1e-12), False, "<- wrong; kink: nan does not lie in [0, 1]"),
        (0.0, Sides(math.nan, math.nan, 0.0), False, "<- wrong"),
        (0.0, None, False, "<- wrong"),
    ],
)
def test_what_lies_between_the_derivatives_to_both_sides_is_right(analytic, sides, ok, remark) -> None:
    entry = Entry("x", analytic, 0.5, 1e-6, sides)
    assert (entry.ok, entry.at_kink, entry.remark) == (ok, ok, remark)
    report = GradcheckReport((entry, Entry("y", 2.0, 2.0, 1e-6)), "central")
    verdict, _, line, _ = str(report).splitlines()
    assert line.endswith(remark)
    assert verdict.startswith(
        "all 2 derivatives agree, 1 at a kink (" if ok else "1 of 2 derivatives disagree ("
    )
    assert (report.max_error == 0.0) is ok


def test_where_the_figures_agree_there_is_nothing_to_remark() -> None:
    entry = Entry("x", 0.5, 0.5, 1e-6, Sides(0.0, 1.0, 1e-12))
    assert (entry.ok, entry.at_kink, entry.remark) == (True, False, "")
