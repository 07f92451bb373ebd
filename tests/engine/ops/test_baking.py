"""Rows with numbers baked in."""

import sys
import threading
from functools import partial

from engine import Value


def test_threads_that_ask_for_a_row_at_once_get_the_same(request) -> None:
    request.addfinalizer(partial(sys.setswitchinterval, sys.getswitchinterval()))
    sys.setswitchinterval(1e-6)
    x, several = Value(1.3), 0
    for i in range(150):
        rows, begin = [], threading.Barrier(4)

        def work(exponent=3.03 + 0.37 * i, rows=rows, begin=begin) -> None:
            begin.wait()
            rows.extend((x**exponent)._row for _ in range(4))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        several += len(set(map(id, rows))) > 1
    assert several == 0
