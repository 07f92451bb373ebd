"""What holds for every test: the same numbers on every run, and pictures without a screen."""

import faulthandler
import gc
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from tests.sampling import THOROUGH, samples, with_every_value

# Before anything imports matplotlib, and for the demos that tests start as programs.
os.environ["MPLBACKEND"] = "Agg"

# A shell starts what runs in the background with Ctrl-C ignored, and so programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A program, not a test: test_added_operator.py runs it.
collect_ignore = ["engine/added_operator.py"]

# The examples that hypothesis draws are a function of the test alone, and a slow machine is no failure.
settings.register_profile(
    "chainrule",
    max_examples=samples(40, 500),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("chainrule")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test of many parameters, not all combinations: cases in which each parameter takes each value.

    All of them with ``CHAINRULE_THOROUGH=1``, and where each case goes a way of its own: those marked so.
    """
    if THOROUGH:
        return
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if hasattr(item, "callspec") and not item.get_closest_marker("measured"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = set()
    for test, of_it in cases.items():
        if len(of_it) > FEW:
            taken = with_every_value([_rows(item) for item in of_it], test)
            left_out |= set(of_it).difference(of_it[place] for place in taken)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _rows(item: pytest.Item) -> dict[str, object]:
    """The parameters of a case; those that one table gives together are one."""
    found = dict(item.callspec.params)
    for mark in item.iter_markers("parametrize"):
        names = mark.args[0]
        names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        if len(names) > 1 and all(name in found for name in names):
            found[" ".join(names)] = tuple(found.pop(name) for name in names)
    return found


FEW = 8
"""Cases of one test that all run."""


def pytest_collection_finish() -> None:
    """Keep the garbage collector off what lives as long as the run: a million objects of 25,000 tests.

    Without it each ``gc.collect()`` of a test takes a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _programs_take_the_same_form_on_every_machine() -> None:
    """By what forms cost on a quiet machine; only tests/engine/jit/test_costs.py measures."""
    from engine.jit import lowering, written
    from engine.jit.costs import Costs
    from engine.node.backend import compiled_tape

    if compiled_tape is None:
        here = Costs(3e-5, 1.4e-6, 2e-10, 1e-8, 0.0, 0.0, 0.0, 0.0, 9e-8, 1.4e-6)
    else:
        here = Costs(5e-6, 2e-8, 5e-9, 1e-11, 1.2e-6, 1.8e-9, 4e-8, 1.1e-7, 0.0, 0.0)
    lowering.costs_here = written.costs_here = lambda: here


@pytest.fixture(autouse=True, scope="module")
def _reports_are_not_collected() -> Generator[None]:
    """The same for the reports on the tests before; and the collector stays on."""
    gc.collect()
    gc.freeze()
    yield
    assert gc.isenabled(), "a test of this file turned the collector of cycles off"


@pytest.fixture(autouse=True, scope="module")
def _a_file_that_hangs_says_where(pytestconfig: pytest.Config) -> Generator[None]:
    """After ten minutes. (The option faulthandler_timeout starts a thread for each test.)"""
    uncaptured = sys.modules["_pytest.faulthandler"].fault_handler_stderr_fd_key
    faulthandler.dump_traceback_later(600, file=pytestconfig.stash[uncaptured])
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A net under tests that name their seeds: what is drawn without one is the same each time."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  # code under test may use the legacy generator


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    """A folder to write to that does not exist yet, as ``--out DIR`` may name one."""
    return tmp_path / "out"


MEASURED = {"nn": 30}
"""Of how many cases of each test coverage is measured, by the folder in tests/; elsewhere of four.

Measuring makes Python twice as slow.
"""

UNMEASURED = tuple(os.environ.get("CHAINRULE_UNMEASURED", "").split())
"""Files whose tests another run measures: .ci/run says so."""

PROGRAMS = "tests/engine/jit/test_*programs.py"
"""Drawn, or as people write them: they reach nothing that the tests of the rooms do not."""

_seen: Counter[tuple[Path, str]] = Counter()


def _is_measured(item: pytest.Item) -> bool:
    if item.get_closest_marker("unmeasured") or not item.nodeid.startswith(("engine/", "nn/", "tests/")):
        return False
    if item.nodeid.startswith(UNMEASURED) or item.path.match(PROGRAMS):
        return False
    test = (item.path, getattr(item, "originalname", None) or item.name)
    _seen[test] += 1
    folder = Path(item.nodeid).parts[1] if item.nodeid.startswith("tests/") else ""
    return _seen[test] <= MEASURED.get(folder, 4) or item.get_closest_marker("measured") is not None


@contextmanager
def _unmeasured() -> Iterator[None]:
    """Pause the measuring of coverage, where it goes on.

    Coverage's own collector is asked: pytest-cov's pause is slow, and under pytest-xdist it has no effect.
    """
    coverage = sys.modules.get("coverage.collector")
    collectors = coverage.Collector._collectors[-1:] if coverage else []
    for each in collectors:
        each.pause()
    try:
        yield
    finally:
        for each in collectors:
            each.resume()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Measure what importing the packages runs, not what pytest does with thousands of tests.

    These live on, so the collector of cycles would look at all of them, again and again, for nothing.
    """
    if "coverage.collector" in sys.modules:
        for package in ("engine", "nn"):
            for module in walk_packages([str(session.config.rootpath / package)], package + "."):
                with suppress(ImportError):  # such as that of what is not installed
                    import_module(module.name)
    gc.disable()
    try:
        with _unmeasured():
            return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage in a test in which it would bring nothing."""
    with nullcontext() if _is_measured(item) else _unmeasured():
        return (yield)
