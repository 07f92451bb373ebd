"""The project read as text: its modules and what each of them imports, without importing any of it."""

import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "nn", "viz", "demos", "playground", "chainrule")


@dataclass(frozen=True)
class Import:
    """One imported module: its full name, the line, and whether it is put off: until a call, or for ever."""

    module: str
    line: int
    lazy: bool


def source_files(package: str) -> list[Path]:
    """The Python files of a top-level package, sorted."""
    return sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    """The dotted name of a file: ``engine/ops/__init__.py`` is ``engine.ops``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def project_modules() -> frozenset[str]:
    """The dotted names of all modules of the packages."""
    return frozenset(module_name(path) for package in PACKAGES for path in source_files(package))


def imports_of(
    source: str, module: str, *, is_package: bool = False, modules: frozenset[str] = frozenset()
) -> list[Import]:
    """What a module imports, relative names resolved.

    Args:
        source: the text of the module.
        module: its dotted name, from which relative imports count.
        is_package: whether it is the ``__init__.py`` of a package.
        modules: names known to be modules: ``from a import b`` imports ``a.b`` if that is one, else ``a``.

    >>> [found.module for found in imports_of("from .. import graph, Value", "engine.autograd.backward",
    ...                                       modules=frozenset({"engine.graph"}))]
    ['engine.graph', 'engine']
    """
    package = module if is_package else module.rpartition(".")[0]
    found = []
    for node, lazy in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, lazy) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                found.append(Import(name if name in modules else base, node.lineno, lazy))
    return list(dict.fromkeys(found))


def _statements(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, lazy = waiting.pop()
        yield node, lazy
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            inside = True  # only type checkers go in there
        waiting.extend((child, inside) for child in reversed(list(ast.iter_child_nodes(node))))


@cache
def file_imports(path: Path) -> list[Import]:
    """What a file of the project imports."""
    return imports_of(
        path.read_text(encoding="utf-8"),
        module_name(path),
        is_package=path.name == "__init__.py",
        modules=project_modules(),
    )


def is_of_an_extra(path: Path) -> bool:
    """Whether a file is imported only where an extra is installed, so that it may import that at its top."""
    return path.is_relative_to(ROOT / "nn" / "estimators")


def top(module: str) -> str:
    """The top-level package of a dotted name."""
    return module.partition(".")[0]


def is_standard_library(module: str) -> bool:
    """Whether a module comes with Python."""
    return top(module) in sys.stdlib_module_names or top(module) == "__future__"


def setup_cfg() -> ConfigParser:
    """The settings in setup.cfg."""
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def requirements(section: str, option: str) -> set[str]:
    """The names in a list of requirements of setup.cfg, without versions and the project's own extras."""
    lines = setup_cfg()[section][option].split("\n")
    names = {re.split(r"[<>=!~; ]", line.strip())[0] for line in lines if line.strip()}
    return {name for name in names if not name.startswith("chainrule[")}


def ci_script(name: str) -> ModuleType:
    """One of the Python scripts of the gate, as a module."""
    specification = spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
