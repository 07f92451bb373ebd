"""Every demo there is can be run, and says of itself what the command line shows."""

import re
from pathlib import Path

import pytest

from demos.program.catalog import DEMOS, title
from tests.source_tree import ROOT


def test_every_module_that_is_a_demo_is_listed() -> None:
    sources = [
        path
        for path in (ROOT / "demos").rglob("*.py")
        if "\ndef run(page: Page) -> bool" in path.read_text("utf-8")
    ]
    names = {path.stem if path.stem != "demo" else path.parent.name for path in sources}
    assert names == set(DEMOS)


@pytest.mark.parametrize("name", DEMOS)
def test_demo_says_what_one_will_see_and_what_to_try(name) -> None:
    demo = DEMOS[name]
    assert re.fullmatch(r"[A-Z].{20,90}", title(demo)), "one line, not too long"
    assert "\n\nYou will see " in demo.__doc__
    assert demo.TRY.endswith((".", "?"))
    assert demo.EPOCHS >= 0


def test_every_demo_has_a_test_of_its_own() -> None:
    for name, demo in DEMOS.items():
        *chapter, module = demo.__name__.split(".")[1:]
        assert (ROOT / "tests" / "demos" / Path(*chapter) / f"test_{module}.py").exists(), name
