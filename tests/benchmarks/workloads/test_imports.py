import pytest

from benchmarks.workloads import imports


def test_module_that_fails_to_import_cannot_run(monkeypatch) -> None:
    monkeypatch.setitem(imports.MODULES["nn"], "numpy", "no_such_module")
    program = imports.WORKLOAD.forms["numpy"](None, case="nn")
    with pytest.raises(RuntimeError, match=r"^no no_such_module: ModuleNotFoundError"):
        program.run()


def test_modules_of_numpy_are_those_numpy_loads() -> None:
    figures = imports.WORKLOAD.forms["numpy"](None, case="engine").run()
    assert figures["modules"] > 50
    assert figures["import"] > 0


def test_every_case_has_code_for_its_libraries() -> None:
    for case in imports.WORKLOAD.cases:
        assert case.libraries <= set(imports.WORKLOAD.forms)
