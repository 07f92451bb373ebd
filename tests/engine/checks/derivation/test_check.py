"""check_derivation: right derivations pass, however they are written; wrong ones are named, line and slip."""

import numpy as np

from engine import (
    check_derivation,
)
from engine.checks.derivation.slips.table import SLIPS
from tests.engine.checks.derivation.derivations import RIGHT, WRONG


def test_no_right_derivation_is_called_wrong() -> None:
    assert len(RIGHT) >= 25
    refused = {name: str(report) for name, (f, point, backward) in RIGHT.items()
               if not (report := check_derivation(f, backward, *point))}  # fmt: skip
    assert refused == {}


def test_wrong_derivations_are_named_by_line_and_slip() -> None:
    assert len(WRONG) >= 25 + 8
    found = {}
    for name, (f, point, backward, line, slip) in WRONG.items():
        report = check_derivation(f, backward, *point)
        first = report.first_wrong
        assert not report.ok, name
        assert first is not None, name
        assert np.isfinite(first.engines), name
        assert first.line in str(report), name
        if (first.line, first.slip) != (line, slip or first.slip):
            found[name] = (first.line, first.slip)
        assert first.slip in {*SLIPS, ""}, name
    assert found == {}
