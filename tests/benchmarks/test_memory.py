import pytest

from benchmarks import memory
from benchmarks.workload import CannotRunError

try:
    memory.resident()
except CannotRunError:
    pytest.skip("this system does not say how much memory a process uses", allow_module_level=True)

MEGABYTES = 64_000_000


def test_resident_grows_with_what_is_held() -> None:
    before = memory.resident()
    held = b"x" * MEGABYTES
    assert memory.resident() - before > 0.9 * MEGABYTES
    del held


def test_peak_remembers_what_is_gone() -> None:
    memory.forget_peak()
    before = memory.resident()
    gone = b"x" * MEGABYTES
    del gone
    assert memory.peak() - before > 0.9 * MEGABYTES


def test_system_that_says_nothing_is_told_apart(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(memory, "STATUS", tmp_path / "none")
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "none")
    monkeypatch.setattr(memory.os, "name", "nt")
    assert memory.available() is None
    with pytest.raises(CannotRunError, match=r"^not measured: "):
        memory.resident()
    with pytest.raises(CannotRunError, match=r"^not measured: "):
        memory.peak()
