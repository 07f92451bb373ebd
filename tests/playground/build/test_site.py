"""The two outputs as files: whole or not at all, nothing of another's overwritten, imports that resolve."""

import hashlib
import io
import re
import zipfile

import pytest

from playground.build import command, site
from playground.build.archive import PACKAGES, archive
from playground.build.single import bare_imports, single_html
from playground.build.site import STATIC, build_site, page_files

PYODIDE = {"pyodide.mjs": b"export const loadPyodide = 0"}


def test_vendored_files_are_those_of_the_digests() -> None:
    vendor = STATIC / "vendor"
    listed = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    assert {path.name for path in vendor.iterdir()} - {"SHA256SUMS", "README.md"} == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


def test_archive_is_pure_python_and_the_same_each_time() -> None:
    names = zipfile.ZipFile(io.BytesIO(archive())).namelist()
    assert {name.split("/")[0] for name in names} == set(PACKAGES)
    assert all(name.endswith(".py") for name in names)
    assert archive() == archive()


def test_site_holds_the_page_and_what_its_worker_loads(tmp_path) -> None:
    folder = build_site(tmp_path / "new" / "site", PYODIDE)
    assert all((folder / name).is_file() for name in page_files())
    assert {path.name for path in (folder / "pyodide").iterdir()} == {*PYODIDE, "engine.zip", "NOTICE.txt"}
    (folder / "stale.js").write_text("")
    build_site(folder, PYODIDE)
    assert not (folder / "stale.js").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["site"]


def test_folder_of_something_else_is_left_alone(tmp_path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(FileExistsError, match="holds something else"):
        build_site(tmp_path, PYODIDE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_site_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch) -> None:
    folder = build_site(tmp_path / "site", PYODIDE)
    (folder / "old.js").write_text("")
    monkeypatch.setattr(site, "page_files", lambda: {"index.html": None})
    with pytest.raises(TypeError):
        build_site(folder, PYODIDE)
    assert (folder / "old.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_single_file_refers_to_no_other() -> None:
    html = single_html(page_files(), PYODIDE)
    assert "default-src 'none'" in html
    before = html[: html.index('id="packed"')]
    assert re.findall(r"""(?:src|href)="(?!#|data:)[^"]*\"""", before) == []


def test_every_import_of_the_page_is_in_the_single_file() -> None:
    files = page_files()
    for name, content in files.items():
        if name.endswith(".js"):
            text = bare_imports(name, content.decode())
            for wanted in re.findall(r"""["']page/([^"'`$]+)["']""", text):
                assert wanted in files, f"{name} imports {wanted}"
            assert not re.search(r"""(?:from|import\()\s*["'`]\.""", text), name


def test_missing_style_is_an_error() -> None:
    page = {"index.html": b'<link rel="stylesheet" href="none.css">'}
    with pytest.raises(ValueError, match=r"none\.css, which is not there"):
        single_html(page, {})


def test_command_without_a_target_says_what_to_give(capsys) -> None:
    with pytest.raises(SystemExit):
        command.main([])
    assert "give a folder for the site, or --single FILE" in capsys.readouterr().err


def test_command_says_what_is_missing(capsys, tmp_path) -> None:
    assert command.main([str(tmp_path / "site"), "--pyodide", str(tmp_path)]) == 2
    assert "pyodide.mjs cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_help_says_where_the_files_come_from(capsys) -> None:
    with pytest.raises(SystemExit):
        command.main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "npm registry" in told
    assert "checked by their sha256" in told
