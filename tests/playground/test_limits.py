"""Limits of time, nodes and size: each stops what is too much, says so, and leaves the rest alone."""

import threading
from contextlib import suppress

import pytest

from playground.limits import LimitError, Stopped, limit_nodes, limit_size, time_limit


def endless() -> None:
    while True:
        pass


def test_what_never_ends_is_stopped_with_a_hint() -> None:
    with pytest.raises(LimitError, match=r"stopped after 0\.02 s.*loop without an end"), time_limit(0.02):
        endless()


def test_the_time_may_be_over_before_the_work_begins(monkeypatch) -> None:
    class Timer(threading.Timer):
        def start(self) -> None:
            super().start()
            self.join()

    monkeypatch.setattr(threading, "Timer", Timer)
    with pytest.raises(LimitError), time_limit(0.001):
        endless()


def test_a_program_that_catches_everything_is_stopped_too() -> None:
    def stubborn() -> None:
        while True:
            with suppress(Exception):
                endless()

    with pytest.raises(LimitError), time_limit(0.02):
        stubborn()


def test_other_threads_are_stopped_too() -> None:
    found: list[BaseException] = []

    def work() -> None:
        try:
            with time_limit(0.02):
                endless()
        except LimitError as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(found) == 1


def test_what_ends_in_time_is_left_alone_and_its_errors_are_its_own() -> None:
    with time_limit(60):
        assert sum(range(1000)) == 499500
    with pytest.raises(KeyError), time_limit(60):
        raise KeyError("w")


def test_no_timer_is_left_behind() -> None:
    before = threading.active_count()
    for _ in range(20):
        with time_limit(60):
            pass
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(10)
    assert threading.active_count() <= before


def test_many_short_limits_never_hit_what_comes_after() -> None:
    for _ in range(60):
        try:
            with time_limit(0.0005):
                for _ in range(4000):
                    pass
        except (LimitError, Stopped):
            pass
        for _ in range(2000):  # an exception that came late would be raised here
            pass


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_limit_is_more_than_nothing(seconds) -> None:
    with pytest.raises(ValueError, match="more than 0"), time_limit(seconds):
        pass


def test_without_threads_nothing_is_limited(monkeypatch) -> None:
    def refuse(self) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with time_limit(0.001):
        total = sum(range(100))
    assert total == 4950


def test_nodes_and_sizes_are_named() -> None:
    limit_nodes(10, 10)
    with pytest.raises(LimitError, match="11 nodes; the page takes at most 10"):
        limit_nodes(11, 10)
    limit_size("rows", 5, 5)
    with pytest.raises(LimitError, match="6 rows are more than the page takes: at most 5"):
        limit_size("rows", 6, 5)


def test_of_two_limits_the_shorter_stops_and_says_its_own_time() -> None:
    with pytest.raises(LimitError, match=r"stopped after 0\.02 s"), time_limit(0.02), time_limit(60):
        endless()
    with pytest.raises(LimitError, match=r"stopped after 0\.03 s"), time_limit(60), time_limit(0.03):
        endless()
