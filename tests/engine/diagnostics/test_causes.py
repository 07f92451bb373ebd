"""What bad numbers come from, and which of them nothing has been computed of."""

import gc
import threading

from engine import Value
from engine.diagnostics.anomaly import Anomaly
from engine.diagnostics.causes import Cause, Causes


def cause() -> Cause:
    return Cause(Anomaly("nan", "forward", "operator", "log", (), 0.0))


def waiting_in(causes: Causes, *known: Cause) -> Value:
    node = Value(1.0)
    causes.put(node, known)
    causes.wait(node)
    return node


def test_a_cause_waits_until_something_is_computed_of_every_result_that_has_it() -> None:
    causes, one = Causes(), cause()
    a, b = waiting_in(causes, one), waiting_in(causes, one)
    causes.use([a])
    causes.use([a, a])  # again
    assert causes.forget() == {one}
    a, b = waiting_in(causes, one), waiting_in(causes, one)
    causes.use([a, b])
    assert causes.forget() == set()
    assert causes.of(a) == (one,)


def test_a_result_that_is_gone_waits_on() -> None:
    causes, one = Causes(), cause()
    waiting_in(causes, one)
    gc.collect()
    assert causes.forget() == {one}
    assert causes.forget() == set()


def test_a_result_is_waited_for_once() -> None:
    causes, one = Causes(), cause()
    node = waiting_in(causes, one)
    causes.wait(node)
    causes.use([node])
    assert causes.forget() == set()


def test_causes_are_in_the_order_in_which_they_arose_and_no_more_than_a_hundred() -> None:
    causes, many = Causes(), [cause() for _ in range(200)]
    assert sorted({*many}) == many
    assert causes.of(waiting_in(causes, *many)) == tuple(many[:100])


def test_each_thread_waits_for_its_own_results() -> None:
    causes, one, seen = Causes(), cause(), []
    waiting_in(causes, one)
    thread = threading.Thread(target=lambda: seen.append(causes.forget()))
    thread.start()
    thread.join()
    assert seen == [set()]
    assert causes.forget() == {one}
