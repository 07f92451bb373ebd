"""docs/syllabus.md maps every idea of the lectures to the demo that shows it and the tests that check it."""

import ast
import re

import pytest

from demos.program.catalog import DEMOS
from tests.source_tree import ROOT

IDS = (
    *("S-531", "S-352", "S-252", "S-231", "S-NEURON", "S-3LAYER", "S-L"),
    *("S-PERC", "S-GATES", "S-XOR", "S-XORCOST", "S-WB"),
    *("S-ACT", "S-VANISH", "S-COST"),
    *("S-GD", "S-SURF", "S-RULE", "S-RATES", "S-NEST", "S-OPT", "S-LBFGS", "S-RACE"),
    *("S-CHAIN", "S-GRAPH", "S-FOUR", "S-PATHS", "S-NUDGE", "S-CURSE"),
    *("S-SINE", "S-IRIS", "S-LOGREG", "S-TUNE", "S-PLAY"),
    *(f"E-{number}" for number in range(1, 8)),
)
"""Every idea that a demo shows, by the name it has in the page."""

PAGE = (ROOT / "docs" / "syllabus.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([SE]-\w+) \| .+? \| `(\w+)` \| (.+) \|$", re.MULTILINE)
ROWS = {name: (demo, re.findall(r"\(\.\./([\w/.]+)\)", tests)) for name, demo, tests in ROW.findall(PAGE)}


def carrying_the_name(name: str, file: str) -> list[str]:
    """The tests in a file that carry an idea's name: S-231 is in ``test_s_231_…``."""
    word = name.lower().replace("-", "_")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [each for each in functions if re.match(rf"test_(\w+_)?{word}_", each)]


def test_page_has_a_row_for_every_idea() -> None:
    assert sorted(ROWS) == sorted(IDS)


@pytest.mark.parametrize("name", IDS)
def test_idea_has_a_demo_and_tests_that_carry_its_name(name) -> None:
    demo, files = ROWS[name]
    assert demo in DEMOS or demo == "playground"  # `python -m playground`: a page, no demo
    assert files
    assert [file for file in files if not carrying_the_name(name, file)] == []
