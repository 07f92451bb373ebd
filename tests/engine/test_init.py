"""What the package offers, as an editor and ``help()`` see it."""

import subprocess
import sys

import pytest

import engine


def test_dir_lists_what_is_offered_and_nothing_else() -> None:
    listed = {name for name in dir(engine) if not name.startswith("__")}
    assert listed == set(engine.__all__) | {"abs", "max", "min", "pow", "sum"}
    assert all(hasattr(engine, name) for name in listed)


def test_tools_are_listed_before_they_are_imported() -> None:
    program = "import engine; print('explain' in dir(engine), 'explain' in vars(engine))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_version_is_a_version() -> None:
    assert [part.isdigit() for part in engine.__version__.split(".")] == [True] * 3


def test_a_name_of_the_release_before_warns_in_the_line_that_uses_it() -> None:
    with pytest.warns(DeprecationWarning, match=r"engine\.parents is now engine\.consumers") as told:
        assert engine.parents is engine.consumers
    assert told[0].filename == __file__
