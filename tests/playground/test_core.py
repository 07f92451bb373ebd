"""A session answers every question, also those nobody expected."""

import json

import pytest

from engine import GraphError
from playground import core
from playground.core import OPERATIONS, Session
from playground.wire import pack, unpack


def asked(op, args=None, session=None):
    head, _ = unpack((session or Session()).call(op, {} if args is None else args))
    return head


def test_hello_names_every_operation() -> None:
    head = asked("hello")
    assert head["operations"] == sorted(OPERATIONS)
    assert head["in_tab"] is False
    assert head["program"] is None


def test_session_says_what_it_was_given(tmp_path) -> None:
    session = Session(tmp_path / "loss.py", in_tab=True, given={"loss": 1})
    head = asked("hello", session=session)
    assert (head["program"], head["in_tab"], head["given"]) == ("loss.py", True, ["loss"])


def test_unknown_operation_names_the_nearest() -> None:
    error = asked("helo")["error"]
    assert error == {"message": "unknown operation 'helo'", "hint": "Did you mean 'hello'?"}


@pytest.mark.parametrize("args", [{"colour": 1}, {"session": 2}, [1], "x"])
def test_wrong_arguments_are_an_answer(args) -> None:
    assert "hello" in asked("hello", args)["error"]["message"]


def test_errors_carry_hint_and_line(monkeypatch) -> None:
    def operation(session):
        error = GraphError("no backward pass yet")
        error.hint, error.line = "Press Run.", 3
        raise error

    monkeypatch.setitem(OPERATIONS, "broken", operation)
    assert asked("broken")["error"] == {"message": "no backward pass yet", "hint": "Press Run.", "line": 3}


def test_what_nobody_expected_is_an_answer_too_and_is_printed(monkeypatch, capsys) -> None:
    def operation(session):
        return {"a": [][1]}

    monkeypatch.setitem(OPERATIONS, "broken", operation)
    assert asked("broken")["error"] == {"message": "IndexError: list index out of range"}
    assert "IndexError" in capsys.readouterr().err


def test_answers_that_cannot_travel_are_errors(monkeypatch, capsys) -> None:
    monkeypatch.setitem(OPERATIONS, "broken", lambda session: {"a": object()})
    assert "cannot send a object" in asked("broken")["error"]["message"]
    assert "TypeError" in capsys.readouterr().err


def test_what_takes_effect_is_not_stopped_any_more(monkeypatch) -> None:
    happened = []
    session = Session()
    session.done = lambda: happened.append("done")
    monkeypatch.setitem(OPERATIONS, "op", lambda session: happened.append("op") or {})
    monkeypatch.setattr(core, "pack", lambda answer: happened.append("pack") or pack(answer))
    session.call("op", {})
    assert happened == ["op", "done", "pack"]


def test_sessions_do_not_share_what_they_remember() -> None:
    first, second = Session(), Session()
    assert first.given is not second.given


def test_arguments_come_as_json_has_them() -> None:
    assert asked(**json.loads('{"op": "hello", "args": {}}'))["engine"] == "chainrule"
