"""The page as one HTML file that opens from disk without a network.

Every file is in it, compressed and as text. ``static/single.js`` unpacks them, gives each module an address
of its own (a blob) and the imports the names that :func:`bare_imports` wrote for the relative ones.
"""

from __future__ import annotations

import base64
import gzip
import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from engine.files import write_atomically
from playground.build.archive import archive
from playground.build.site import NOTICE, STATIC, page_files

__all__ = ["bare_imports", "build_single", "single_html"]

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob: 'wasm-unsafe-eval'; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)

_IMPORT = re.compile(r"""(\b(?:from|import)\s*\(?\s*)(["'`])(\.{1,2}/[^"'`\n]+)\2""")
_STYLE = re.compile(r"""<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"[^>]*>""")
_ICON = re.compile(r"""<link\b[^>]*\brel="icon"[^>]*\bhref="(?!data:)[^"]+"[^>]*>""")
_SCRIPT = re.compile(r"""<script\b[^>]*\bsrc="([^"]+)"[^>]*>\s*</script>""")
_META_POLICY = re.compile(r"""<meta\b[^>]*http-equiv="Content-Security-Policy"[^>]*>""", re.IGNORECASE)


def build_single(path: Path, pyodide: Mapping[str, bytes]) -> Path:
    """Write the file, atomically.

    Args:
        path: where to.
        pyodide: Pyodide's files by name.

    Raises:
        OSError: it cannot be written.
    """
    return write_atomically(path, single_html(page_files(), {**pyodide, "engine.zip": archive()}))


def single_html(page: Mapping[str, bytes], engine: Mapping[str, bytes]) -> str:
    """The HTML text.

    Args:
        page: the page's files by their path, ``index.html`` among them.
        engine: what the worker loads, by name.

    Raises:
        ValueError: ``index.html`` names a file that is not there.
    """
    scripts: list[str] = []
    html = _META_POLICY.sub("", page["index.html"].decode())
    html = _STYLE.sub(lambda match: f"<style>\n{_named(page, match[1])}\n</style>", _ICON.sub("", html))
    html = _SCRIPT.sub(lambda match: scripts.append(match[1]) or "", html)  # type: ignore[func-returns-value]
    modules = {
        name: bare_imports(name, content.decode()).encode()
        for name, content in page.items()
        if name.endswith((".js", ".mjs"))
    }
    packed = {
        "main": [f"page/{posixpath.normpath(name)}" for name in scripts],
        "notice": NOTICE,
        "modules": {f"page/{name}": _packed(content) for name, content in modules.items()},
        "engine": {name: _packed(content) for name, content in engine.items()},
    }
    boot = (STATIC / "single.js").read_text(encoding="utf-8")
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    data = f'<script type="application/json" id="packed">{json.dumps(packed)}</script>'
    tail = f"{data}\n<script>{boot}</script>\n"
    html = re.sub(r"(<meta charset=[^>]*>)", lambda match: match[1] + head, html, count=1)
    before, body, after = html.rpartition("</body>")
    return f"{before}{tail}{body}{after}" if body else html + tail


def bare_imports(name: str, text: str) -> str:
    """A module's text with relative imports under the names that an import map knows.

    Args:
        name: the module's path in the page.
        text: JavaScript; the names in its imports are written out.

    >>> bare_imports("backward/tab.js", 'import { layout } from "../layout.js"')
    'import { layout } from "page/layout.js"'
    """
    folder = posixpath.dirname(name)
    return _IMPORT.sub(
        lambda match: f"{match[1]}{match[2]}page/{_joined(folder, match[3])}{match[2]}", text
    )


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _named(page: Mapping[str, bytes], name: str) -> str:
    content = page.get(posixpath.normpath(name))
    if content is None:
        raise ValueError(f"index.html names {name}, which is not there")
    return content.decode()


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()
