"""Hold what ``python -m build`` made against the checkout.

``python .ci/check_distributions.py CHECKOUT DIST``: the wheel must hold every file of the packages and
nothing else that would be importable but a compiled node; the source distribution besides these what
building and testing takes.
"""

import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGES = ("engine", "nn", "viz", "demos", "playground", "chainrule")
BESIDES = (
    *("setup.cfg", "pyproject.toml", "MANIFEST.in", ".gitignore", "README.md", "LICENSE"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "docs/conf.py"),
    *(".ci/run", "tests/conftest.py"),
)
LEFTOVERS = {"__pycache__"}
COMPILED = {".so", ".pyd"}


def package_files(checkout: Path) -> set[str]:
    """The files of the packages, as paths below the checkout; what a compiler made of them left out."""
    return {
        path.relative_to(checkout).as_posix()
        for package in PACKAGES
        for path in (checkout / package).rglob("*")
        if path.is_file() and not LEFTOVERS.intersection(path.parts) and path.suffix not in COMPILED
    }


def complaints(checkout: Path, wheel: set[str], source: set[str]) -> list[str]:
    """What is wrong with the names in the two archives, a line each."""
    files = package_files(checkout)
    installed = {name for name in wheel if ".dist-info/" not in name and Path(name).suffix not in COMPILED}
    return [
        *(f"the wheel lacks {name}" for name in sorted(files - installed)),
        *(f"the wheel would install {name}" for name in sorted(installed - files)),
        *(f"the source distribution lacks {name}" for name in sorted((files | set(BESIDES)) - source)),
    ]


def main(checkout: Path, dist: Path) -> int:
    """Print the complaints; the exit status."""
    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(source) as archive:  # its names begin with a folder of its own
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    found = complaints(checkout, in_wheel, in_source)
    print("\n".join(found) or f"{wheel.name} and {source.name} hold what they should")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
