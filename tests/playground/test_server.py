"""The server answers the page that it served, and refuses everybody else."""

import http.client
import json
import socket
import time

import pytest

import playground.core
from playground.core import Session
from playground.limits import MOST_BYTES
from playground.server import HEADERS, STATIC, TYPES, Server
from playground.wire import unpack
from tests.playground.conftest import serving


def ask(server, method="POST", path="/call", body=b'{"op": "hello"}', without=(), **headers):
    """The answer as (status, headers, body), to a question that is right but for what is named."""
    given = {
        "Host": f"127.0.0.1:{server.server_port}",
        "Content-Type": "application/json",
        "X-Token": server.token,
        "Content-Length": str(len(body)),
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in given.items():
        if name not in without:
            connection.putheader(name, value)
    connection.endheaders(body if method == "POST" else None)
    response = connection.getresponse()
    found = response.status, response.headers, response.read()
    connection.close()
    return found


def get(server, path, **headers):
    return ask(server, "GET", path, b"", **headers)


def test_a_question_is_answered(server) -> None:
    status, headers, body = ask(server)
    assert status == 200
    assert headers["Content-Type"] == "application/octet-stream"
    assert unpack(body)[0]["engine"] == "chainrule"


def test_localhost_is_this_machine_too(server) -> None:
    host = f"localhost:{server.server_port}"
    assert ask(server, Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "", "127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_foreign_host_is_misdirected(server, host, method) -> None:
    assert ask(server, method, "/call" if method == "POST" else "/", Host=host)[0] == 421


def test_missing_host_is_misdirected(server) -> None:
    assert ask(server, without=["Host"])[0] == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://127.0.0.1", "http://127.0.0.1:1"]
)
def test_wrong_origin_is_forbidden(server, origin) -> None:
    assert ask(server, Origin=origin)[0] == 403
    assert get(server, "/app.js", Origin=origin)[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_is_forbidden(server, site) -> None:
    assert ask(server, Sec_Fetch_Site=site)[0] == 403
    assert get(server, "/app.js", Sec_Fetch_Site=site)[0] == 403
    assert ask(server, Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate")[0] == 403


def test_a_link_from_elsewhere_opens_the_page(server) -> None:
    assert get(server, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 200


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_wrong_token_is_forbidden(server, token) -> None:
    status, _, body = ask(server, X_Token=token.encode("latin-1"))
    assert status == 403
    assert b"open the address" in body


def test_missing_token_is_forbidden(server) -> None:
    assert ask(server, without=["X-Token"])[0] == 403


def test_tokens_differ() -> None:
    with Server(Session()) as first, Server(Session()) as second:
        assert first.token != second.token
        assert len(first.token) >= 32


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_is_not_json_is_unsupported(server, kind) -> None:
    assert ask(server, Content_Type=kind)[0] == 415


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b'{"op": 1}', b'{"args": {}}', b"\xff", b"[" * 100_000], ids=range(8)
)
def test_broken_json_is_a_bad_request(server, body) -> None:
    assert ask(server, body=body)[0] == 400


def test_more_than_a_mebibyte_is_too_large(server) -> None:
    body = b'{"op": "hello"}'
    assert ask(server, body=body + b" " * (MOST_BYTES - len(body)))[0] == 200
    status, _, told = ask(server, body=b"", Content_Length=str(MOST_BYTES + 1))
    assert status == 413
    assert b"1,048,577 bytes" in told


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "²"])
def test_a_question_says_its_length(server, length) -> None:
    assert ask(server, Content_Length=length.encode())[0] == 411


def test_a_body_without_a_length_is_refused(server) -> None:
    assert ask(server, without=["Content-Length"])[0] == 411


@pytest.mark.parametrize(
    "path",
    [
        "/../server.py",
        "/%2e%2e/server.py",
        "/backward/../../server.py",
        "/..%2fserver.py",
        "/%2e%2e%2f%2e%2e%2fsetup.cfg",
        "//etc/passwd",
        "/etc/passwd",
        "/%2fetc%2fpasswd.txt",
        "/..\\server.py",
        "/C:/x.txt",
        "/./app.js",
        "/app.js/",
        "/app.js%00.css",
        "/backward",
        "/missing.js",
        "/call",
        "/playground/server.py",
    ],
)
def test_only_files_of_the_page_are_served(server, path) -> None:
    assert get(server, path)[0] == 404


def test_questions_go_to_one_place(server) -> None:
    assert ask(server, path="/other")[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(server, method) -> None:
    assert ask(server, method, "/call")[0] == 501


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/?x=1", "/app.js", "/client.js", "/style.css", "/icon.svg"]
)
def test_the_page_is_served_with_its_headers(server, path) -> None:
    status, headers, body = get(server, path)
    assert status == 200
    assert body
    assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "'unsafe-eval'" not in policy


def test_refusals_carry_the_headers_too(server) -> None:
    headers = get(server, "/missing.js")[1]
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_head_has_no_body(server) -> None:
    status, headers, body = ask(server, "HEAD", "/app.js", b"")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 100


def test_every_file_that_the_page_names_is_served(server) -> None:
    names = [path for path in STATIC.rglob("*") if path.is_file() and path.suffix in TYPES]
    assert len(names) > 8
    for path in names:
        status, _, body = get(server, "/" + path.relative_to(STATIC).as_posix())
        assert status == 200
        assert body == path.read_bytes()


def test_it_listens_to_this_machine_only(server) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_program_that_never_ends_is_stopped_and_the_next_question_answered(monkeypatch) -> None:
    def endless(session):
        while True:
            pass

    monkeypatch.setitem(playground.core.OPERATIONS, "endless", endless)
    with serving(Server(Session(), seconds=0.05)) as server:
        status, _, body = ask(server, body=b'{"op": "endless"}')
        assert status == 200
        assert "stopped after 0.05 s" in unpack(body)[0]["error"]["message"]
        assert "engine" in unpack(ask(server)[2])[0]


def test_errors_of_the_server_itself_are_an_answer(server, monkeypatch, capsys) -> None:
    def broken(op, args):
        raise RuntimeError("lost")

    monkeypatch.setattr(server.session, "call", broken)
    status, _, body = ask(server)
    assert status == 200
    assert unpack(body)[0]["error"]["message"] == "RuntimeError: lost"
    assert "RuntimeError" in capsys.readouterr().err


def test_questions_on_one_connection_are_answered_in_turn(server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
    for _ in range(3):
        connection.request("POST", "/call", json.dumps({"op": "hello", "args": {}}),
                           {"Content-Type": "application/json", "X-Token": server.token})  # fmt: skip
        response = connection.getresponse()
        assert response.status == 200
        assert unpack(response.read())[0]["engine"] == "chainrule"
    connection.close()


def test_nagle_is_off_and_answers_are_written_at_once(server) -> None:
    handler = server.RequestHandlerClass
    assert handler.disable_nagle_algorithm
    assert handler.wbufsize == -1


def test_a_page_that_goes_away_says_nothing(monkeypatch, capfd) -> None:
    begun, go_on = [], []

    def slow(session):
        begun.append(True)
        while not go_on:
            time.sleep(0.001)
        return {"text": "x" * 4_000_000}

    monkeypatch.setitem(playground.core.OPERATIONS, "slow", slow)
    with serving(Server(Session())) as server:
        with socket.create_connection(("127.0.0.1", server.server_port)) as client:
            body = b'{"op": "slow"}'
            head = (
                f"POST /call HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\nX-Token: {server.token}\r\n"
            )
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
            while not begun:
                time.sleep(0.001)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset on closing
        go_on.append(True)
        assert "engine" in unpack(ask(server)[2])[0]
    assert capfd.readouterr().err == ""
