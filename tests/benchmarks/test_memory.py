from benchmarks import memory

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


def test_peak_without_proc_is_that_of_the_process(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(memory, "STATUS", tmp_path / "none")
    assert memory.peak() > 1_000_000
