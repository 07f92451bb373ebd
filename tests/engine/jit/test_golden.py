"""The sources of five small programs, to the letter: a change in what is recognised shows here first.

``python -m tests.engine.jit.test_golden`` writes them anew; read the difference before it is committed.
"""

from pathlib import Path

import pytest

from tests.engine.jit.forms import forced
from tests.engine.jit.programs import PROGRAMS

FOLDER = Path(__file__).parent / "golden"


def source(name: str) -> str:
    """The source in the form in which a program is written down, whatever is quickest here."""
    with forced("scalars" if name == "formula" else "arrays"):
        return str(PROGRAMS[name]().source)


@pytest.mark.parametrize("name", PROGRAMS)
def test_source_is_the_one_written_down(name) -> None:
    assert source(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_source_written_down_has_its_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(PROGRAMS)


if __name__ == "__main__":
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(source(name), encoding="utf-8")
