"""The error of pictures."""

from engine import ChainruleError
from viz import RenderError
from viz.rendering.errors import too_slow


def test_it_belongs_to_both_families() -> None:
    assert issubclass(RenderError, ChainruleError)
    assert issubclass(RenderError, RuntimeError)


def test_being_too_slow_names_the_time_and_what_to_try() -> None:
    message = str(too_slow(2.5))
    assert [word in message for word in ("2.5 s", "depth=", "focus=", "max_nodes=", "timeout=")] == [True] * 5
