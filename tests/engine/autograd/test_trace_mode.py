"""Whether a function is being traced is known to the thread that traces it."""

import threading

import pytest

from engine.autograd.trace_mode import is_tracing, tracing


def test_blocks_nest() -> None:
    assert not is_tracing()
    with tracing():
        with tracing():
            assert is_tracing()
        assert is_tracing()
    assert not is_tracing()


def test_an_error_ends_the_block() -> None:
    with pytest.raises(KeyError), tracing():
        raise KeyError
    assert not is_tracing()


def test_other_threads_are_not_tracing() -> None:
    seen = []
    with tracing():
        thread = threading.Thread(target=lambda: seen.append(is_tracing()))
        thread.start()
        thread.join()
    assert seen == [False]
