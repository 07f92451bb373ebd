"""The page in notebooks, over the widget's messages; in a terminal it opens in the browser.

The widget is an iframe without an origin of its own: what the page does cannot reach the notebook, and every
number in it is asked of the kernel.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import webbrowser
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine import Value
from engine.display.notebook import in_notebook
from playground.core import Session
from playground.limits import Stopped, time_limit
from playground.wire import pack

if TYPE_CHECKING:
    from playground.server import Server

__all__ = ["explore", "train"]

HEIGHT = 760
"""How tall the widget is, in pixels."""


def explore(loss: Value, height: int = HEIGHT) -> Any:
    """Step through the backward pass of a loss.

    Args:
        loss: the root of the graph.
        height: of the widget in pixels; default 760.

    Returns:
        In a notebook the widget, which shows itself as the last line of a cell; it takes
        ``chainrule[playground]``. In a terminal the page opens in the browser: a prompt gets the running
        server, whose ``shutdown()`` ends it, and a program waits until Ctrl-C.

    Raises:
        TypeError: the loss is not a Value.
        ImportError: in a notebook without anywidget.

    >>> explore(3.0)
    Traceback (most recent call last):
    TypeError: explore needs a Value, the root of a graph; got float: 3.0
    """
    if not isinstance(loss, Value):
        raise TypeError(
            f"explore needs a Value, the root of a graph; got {type(loss).__name__}: {loss!r:.60}"
        )
    return _shown({"loss": loss}, height)


def train(model: Any, X: Sequence[Any], y: Sequence[Any], height: int = HEIGHT) -> Any:
    """Train a model on data and watch it; the model's own parameters change.

    Args:
        model: an MLP, or a Sequential of layers and dropouts, of one or two inputs and one or three outputs.
        X: samples, two numbers each (or one, for a curve) between -6 and 6.
        y: their targets: classes, or heights.
        height: of the widget in pixels; default 760.

    Returns:
        As :func:`explore`.

    Raises:
        TypeError, ValueError: model or data do not fit the page; the message says which.
        ImportError: in a notebook without anywidget.

    >>> from nn import MLP
    >>> train(MLP(3, [1], rng=0), [[1, 2, 3]], [1])
    Traceback (most recent call last):
    ValueError: the page shows networks of one or two inputs ...
    """
    from playground.training.given import trainer_of

    given = {"model": model, "X": X, "y": y}
    trainer_of(given)  # refuses here, where the traceback names the cell, and not in the page
    return _shown(given, height)


def _shown(given: Mapping[str, Any], height: int) -> Any:
    session = Session(given=given)
    return widget(session, height) if in_notebook() else _in_browser(session)


def _in_browser(session: Session) -> Server | None:
    from playground.server import Server

    server = Server(session)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.address, flush=True)
    webbrowser.open(server.address)
    if hasattr(sys, "ps1") or sys.flags.interactive:
        return server
    print("Ctrl-C goes on", flush=True)
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        server.shutdown()
        server.server_close()
    return None


def widget(session: Session, height: int = HEIGHT) -> Any:
    """The page as a widget whose questions the session answers.

    Raises:
        ImportError: anywidget is not installed.
    """
    try:
        from anywidget import AnyWidget
    except ModuleNotFoundError:
        raise ImportError(
            'the page in a notebook takes anywidget: python -m pip install "chainrule[playground]"'
        ) from None

    class Page(AnyWidget):
        """The page; its state stays in the kernel."""

        _esm = _module(height)

    page = Page()
    page.on_msg(lambda _, message, buffers: answer(session, message, page.send))
    return page


def answer(session: Session, message: Any, send: Any) -> None:
    """Answer a question of the widget: ``{"id", "op", "args"}`` gets ``{"id"}`` with a buffer."""
    if not (isinstance(message, Mapping) and isinstance(message.get("op"), str)):
        return
    try:
        with time_limit():
            data = session.call(message["op"], message.get("args") or {})
    except (Exception, Stopped) as error:
        data = pack({"error": {"message": str(error)}})
    send({"id": message.get("id")}, [data])


def _module(height: int) -> str:
    """The widget's JavaScript: the page in an iframe, and its questions handed on to the kernel."""
    from playground.build.single import single_html
    from playground.build.site import page_files
    from playground.server import STATIC

    # What only a tab without a kernel needs stays out.
    page = {
        name: text
        for name, text in page_files().items()
        if name not in {"worker.js", "notebook.js", "widget.js"}
    }
    boot = STATIC.joinpath("widget.js").read_text(encoding="utf-8")
    html = single_html(page, {}).replace("<script", f"<script>{boot}</script><script", 1)
    around = STATIC.joinpath("notebook.js").read_text(encoding="utf-8")
    return f"const HTML = {json.dumps(html)};\nconst HEIGHT = {int(height)};\n{around}"
