"""Pyodide's files are those of the digests, from wherever they come; what is missing or wrong is named."""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from playground.build import pyodide
from playground.build.pyodide import FILES, PyodideError, cache_folder, pyodide_files

WHEEL = "numpy-0-cp313-pyodide_wasm32.whl"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """Small files in the place of Pyodide's, with digests of their own, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lock = {"packages": {"numpy": {"file_name": WHEEL, "sha256": sha256(b"numpy")}}}
    made = {name: name.encode() for name in FILES} | {"pyodide-lock.json": json.dumps(lock).encode()}
    for name, content in made.items():
        monkeypatch.setitem(FILES, name, sha256(content))
    return {**made, WHEEL: b"numpy"}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_files_of_a_folder(files, tmp_path) -> None:
    assert pyodide_files(written(tmp_path / "given", files)) == files


@pytest.mark.parametrize("name", [*FILES, WHEEL])
def test_changed_file_is_refused(files, tmp_path, name) -> None:
    folder = written(tmp_path / "given", files)
    (folder / name).write_bytes(files[name] + b" ")
    with pytest.raises(PyodideError, match=f"{name} from .* its sha256 is"):
        pyodide_files(folder)


def test_missing_file_is_named_with_what_to_do(files, tmp_path) -> None:
    folder = written(tmp_path / "given", files)
    (folder / "python_stdlib.zip").unlink()
    with pytest.raises(PyodideError, match=r"python_stdlib\.zip cannot be read.*--pyodide"):
        pyodide_files(folder)


def test_downloads_fill_the_cache_once(files, tmp_path, monkeypatch) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in FILES:
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(files[name])
            archive.addfile(member, io.BytesIO(files[name]))
    monkeypatch.setattr(pyodide, "_PACKED", sha256(packed.getvalue()))
    registry = tmp_path / "registry" / "pyodide" / "-"
    registry.mkdir(parents=True)
    (registry / f"pyodide-{pyodide.VERSION}.tgz").write_bytes(packed.getvalue())
    monkeypatch.setenv("npm_config_registry", f"{(tmp_path / 'registry').as_uri()}/")

    def download(command, **options):
        with zipfile.ZipFile(Path(command[command.index("--dest") + 1], "holder.whl"), "w") as holder:
            holder.writestr(f"somewhere/{WHEEL}", files[WHEEL])
        return type("Done", (), {"returncode": 0, "stderr": ""})

    monkeypatch.setattr(pyodide.subprocess, "run", download)
    told: list[str] = []
    assert pyodide_files(say=told.append) == files
    assert len(told) == 2
    assert pyodide_files(say=told.append) == files
    assert len(told) == 2
    assert {path.name for path in cache_folder().iterdir()} == set(files)


def test_registry_out_of_reach(files, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", (tmp_path / "nowhere").as_uri())
    with pytest.raises(PyodideError, match=r"nowhere.*cannot be downloaded.*--pyodide"):
        pyodide_files(say=lambda text: None)
