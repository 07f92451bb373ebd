"""The local server: the page's files, and ``POST /call`` for its questions. Nobody else is answered.

It listens on 127.0.0.1 only and refuses a foreign Host (421), another site's page (403), a question without
the token of the page's address (403), what is not JSON (415) and what is longer than 1 MiB (413).
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

from playground.core import Session, explained
from playground.limits import MOST_BYTES, MOST_SECONDS, LimitError, Stopped, time_limit
from playground.wire import pack

__all__ = ["Server"]

STATIC = files("playground").joinpath("static")

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".whl": "application/octet-stream",
    ".txt": "text/plain; charset=utf-8",
}
"""The only kinds of file that are served."""

MOST_PAGES = 8
"""Pages that are remembered at a time."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""What every answer carries. Styles may stand in pictures; scripts only come from here."""


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Server(ThreadingHTTPServer):
    """Serves the page to this machine.

    Args:
        session: answers the questions, one at a time; those of a second page have a session of their own.
        port: the port; default 0, any that is free.
        seconds: the longest that one question may take; default :data:`playground.limits.MOST_SECONDS`.

    >>> with Server(Session()) as server:
    ...     print(server.address)
    http://127.0.0.1:.../#token=...
    """

    daemon_threads = True

    def __init__(self, session: Session, port: int = 0, seconds: float = MOST_SECONDS) -> None:
        self.session = session
        self.seconds = seconds
        self.token = secrets.token_urlsafe(24)
        self.lock = threading.Lock()
        self._pages: dict[str, Session] = {}
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """The page's address, with the token in the fragment, which browsers do not send on."""
        return f"http://127.0.0.1:{self.server_port}/#token={self.token}"

    def hosts(self) -> Iterable[str]:
        """The names under which this machine may ask."""
        return (f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}")

    def answer(self, op: Any, args: Any, page: str = "") -> bytes:
        """The answer to a question; one at a time, each within the time allowed.

        Args:
            op, args: see :meth:`Session.call`.
            page: who asks. Each page has a session of its own, unless a notebook handed something on, of
                which there is only one; "" is the first page.
        """
        with self.lock:
            try:
                with time_limit(self.seconds):
                    return self._session_of(op, page).call(op, args)
            except (Exception, Stopped) as error:
                return pack({"error": explained(error)})

    def _session_of(self, op: Any, page: str) -> Session:
        if not page or self.session.given:
            return self.session
        if page not in self._pages:
            if op != "hello":
                raise LimitError("This page was forgotten while others were opened. Load it again")
            self._pages[page] = Session(self.session.program) if self._pages else self.session
            if len(self._pages) > MOST_PAGES:
                del self._pages[next(iter(self._pages))]
        self._pages[page] = self._pages.pop(page)  # the last that was asked for is the last to go
        return self._pages[page]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that was closed while it was answered; print everything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # with it every question takes 44 ms instead of 0.13
    wbufsize = -1
    timeout = 120  # of a connection on which nothing is asked

    def do_GET(self) -> None:
        self._guarded(self._file)

    def do_HEAD(self) -> None:
        self._guarded(self._file)

    def do_POST(self) -> None:
        self._guarded(self._call)

    def _guarded(self, respond: Any) -> None:
        try:
            self._refuse_foreigners()
            respond()
        except _RefusedError as refused:
            self.close_connection = True  # what it sent on may be unread
            self._send(refused.status, "text/plain; charset=utf-8", f"{refused}\n".encode())
        except ConnectionError:
            self.close_connection = True
        except Exception as error:
            self.close_connection = True
            about = explained(error)
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", f"{about}\n".encode())

    def _refuse_foreigners(self) -> None:
        host = self.headers.get("Host", "")
        if host not in self.server.hosts():
            raise _RefusedError(HTTPStatus.MISDIRECTED_REQUEST, f"this server is not {host!r}")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{each}" for each in self.server.hosts()}:
            raise _RefusedError(HTTPStatus.FORBIDDEN, f"pages of {origin!r} may not ask here")
        # A link or a bookmark may open the page; no other site may fetch from it.
        opened = self.command == "GET" and self.headers.get("Sec-Fetch-Mode") == "navigate"
        if self.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and not opened:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "other sites may not ask here")

    def _call(self) -> None:
        if urlsplit(self.path).path != "/call":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "questions go to /call")
        token = self.headers.get("X-Token", "")
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            raise _RefusedError(
                HTTPStatus.FORBIDDEN, "the token is missing or wrong: open the address that was printed"
            )
        if self.headers.get_content_type() != "application/json":
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a question is application/json")
        question = self._json()
        if not isinstance(question, dict) or not isinstance(question.get("op"), str):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, 'a question is {"op": name, "args": {…}}')
        page = self.headers.get("X-Page", "")[:64]
        data = self.server.answer(question["op"], question.get("args", {}), page)
        self._send(HTTPStatus.OK, "application/octet-stream", data)

    def _json(self) -> Any:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "a question says its length")
        if int(length) > MOST_BYTES:
            raise _RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a question of {int(length):,} bytes; at most {MOST_BYTES:,} are read",
            )
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"not JSON: {error}") from None

    def _file(self) -> None:
        parts = unquote(urlsplit(self.path).path).split("/")[1:]
        if parts[-1] == "":
            parts[-1] = "index.html"
        suffix = "." + parts[-1].rpartition(".")[2]
        sound = all(part not in {"", ".", ".."} and part.isprintable() for part in parts)
        plain = sound and not any(sign in part for part in parts for sign in "\\:")
        found = STATIC.joinpath(*parts) if plain and suffix in TYPES else None
        if found is None or not found.is_file():
            raise _RefusedError(HTTPStatus.NOT_FOUND, "there is no such file")
        self._send(HTTPStatus.OK, TYPES[suffix], found.read_bytes())

    def _send(self, status: HTTPStatus, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def version_string(self) -> str:
        return "chainrule"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is the user's."""
