"""Blocks of samples on several threads: the same results to the last bit, in the same order."""

import math
import threading
import time

import numpy as np
import pytest

from engine import Value, get_num_threads, jit, maximum, set_num_threads, tanh, vmap
from engine.jit.backends import blocks, threads
from engine.jit.backends.threads import in_order, is_only_thread
from tests.sampling import share_of


@pytest.fixture(autouse=True)
def _number_is_put_back():
    before = get_num_threads()
    yield
    set_num_threads(before)


@pytest.mark.unmeasured
def test_results_do_not_depend_on_the_number_of_threads(monkeypatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 13)  # so that some hundred samples are many blocks
    w = [Value(0.3), Value(-0.7), Value(0.1)]
    rng = np.random.default_rng(0)

    def one(x, t):
        return (tanh(w[0] * x[0] + w[1] * x[1]) * w[2] - t) ** 2 + w[0] * w[1]

    def several(x, t):
        return one(x, t), maximum(w[0] * x[0], 0.0) * t

    def found(f, *args):
        results = f(*args)
        results = results if isinstance(results, tuple) else (results,)
        return [(y.data, y._local_grads) for y in results]

    for count in share_of((640, 65, 1000, 5001), 1, 2):
        x, t = rng.normal(size=(count, 2)), rng.normal(size=count)
        given = [[Value(a) for a in row] for row in x[:70].tolist()], t[:70]
        outcomes = []
        for number in (1, 2, 5):
            set_num_threads(number)
            mean, both = jit(one, batch=True), jit(several, batch=True)
            mapped = vmap(lambda x, t: (0.5 * x[0] - t) ** 2 + x[1])
            outcomes.append(
                [found(mean, x, t), found(both, x, t), found(mean, *given), mapped(x, t).tolist()]
            )
            assert found(mean, x, t) == outcomes[-1][0]
        assert outcomes[0] == outcomes[1] == outcomes[2]
        (value, gradient), *_ = outcomes[0][0]
        a, b, c = (p.data for p in w)
        h = np.tanh(a * x[:, 0] + b * x[:, 1])
        error = h * c - t
        assert value == pytest.approx(np.mean(error**2) + a * b, rel=1e-12)
        by_a = np.mean(2 * error * c * (1 - h * h) * x[:, 0]) + b
        assert gradient[0] == pytest.approx(by_a, rel=1e-11)
        assert outcomes[0][3] == pytest.approx((0.5 * x[:, 0] - t) ** 2 + x[:, 1], rel=1e-12)


def test_what_is_not_finite_is_found_in_every_block(monkeypatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 13)
    set_num_threads(3)
    w = Value(2.0)
    f = jit(lambda x: (w * x).log(), batch=True)
    x = np.linspace(1.0, 2.0, 1000)
    assert f(x).data == pytest.approx(np.log(2.0 * x).mean(), rel=1e-12)
    x[777] = 0.0
    assert f(x).data == -math.inf


def test_results_come_in_order_and_no_thread_goes_on_after_an_error() -> None:
    set_num_threads(4)
    seen: set[int] = set()

    def slowly(i: int) -> int:
        time.sleep(0.001 * (i % 3))
        seen.add(threading.get_ident())
        return i * i

    assert list(in_order(slowly, range(200), 4)) == [i * i for i in range(200)]
    assert len(seen) > 1
    ran: list[int] = []
    failed = threading.Event()

    def fails(i: int) -> None:
        ran.append(i)
        if i == 5:
            failed.set()
            raise ZeroDivisionError
        if i > 5:
            failed.wait()
            time.sleep(0.01)

    with pytest.raises(ZeroDivisionError):
        list(in_order(fails, range(60), 3))
    before = len(ran)
    time.sleep(0.02)
    assert len(ran) == before < 60


def test_how_many_there_are_at_first(monkeypatch) -> None:
    monkeypatch.setattr(threads, "_number", 0)
    monkeypatch.setenv("OMP_NUM_THREADS", "3,2")
    monkeypatch.delenv("CHAINRULE_NUM_THREADS", raising=False)
    assert get_num_threads() == 3
    monkeypatch.setenv("CHAINRULE_NUM_THREADS", "5")
    assert get_num_threads() == 5
    for wrong in ("0", "many", ""):
        monkeypatch.setenv("CHAINRULE_NUM_THREADS", wrong)
        assert get_num_threads() == 3
    for wrong in (0, -1, 1.5, True, "2"):
        with pytest.raises(ValueError, match="a positive integer"):
            set_num_threads(wrong)


def test_threads_that_compute_blocks_are_nobody_elses() -> None:
    set_num_threads(3)
    assert list(in_order(abs, range(-200, 0), 3)) == [*range(200, 0, -1)]
    assert threading.active_count() > 1
    assert is_only_thread()
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    assert not is_only_thread()
    stop.set()
    other.join()


def test_an_interrupt_while_threads_start_leaves_none_at_work(monkeypatch) -> None:
    set_num_threads(3)
    assert list(in_order(abs, range(3), 3)) == [0, 1, 2]
    pool, ran = threads._pool, []
    submit = pool.submit

    def interrupted(work):
        monkeypatch.setattr(pool, "submit", stopped)
        return submit(work)

    def stopped(work):
        raise KeyboardInterrupt

    def slowly(i: int) -> None:
        time.sleep(0.005)
        ran.append(i)

    monkeypatch.setattr(pool, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(in_order(slowly, range(60), 3))
    before = len(ran)
    time.sleep(0.02)
    assert len(ran) == before < 60
